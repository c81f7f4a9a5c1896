"""A seeded generator of claims graphs shaped like ours, as large as one likes, written as N-Quads.

    python benchmarks/claims_graph.py --claims 100000 FOLDER

Sources with perspectives and dates, a third of them copies; claims of every stance, some of them relayed, some with a
valid time; propositions that several claims share: roles on the legs of routes, links between actors, dates, names; and
what a build works out of all this: roots and disputes. Some 25 quads a claim. All names are invented.
"""

import argparse
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
from rdflib import RDF, XSD

from kgtools.names import KG, PREFIXES, PROV, graph_iri

ROLES = ("controls", "escorts", "interdicts", "preysOn", "protects", "taxes", "uses")
KINDS = ("ArmedGroup", "InternationalOrganization", "Network", "Person", "State")
BETWEEN_AGENTS = ("attacks", "finances", "isInTensionWith", "isMemberOf", "isPartnerOf", "opposes")
STANCES = {"asserts": 0.72, "reports": 0.12, "speculates": 0.04, "denies": 0.04, "forecasts": 0.05, "supposes": 0.03}
CONFIDENCES = {"high": 0.7, "moderate": 0.25, "low": 0.05}
PERSPECTIVES = ("academic", "blog", "government", "ngo", "press", "state-media", "think-tank", "un")
ASSERTING = ("asserts", "reports", "speculates")
ON_EACH = 3  # propositions a claim


@dataclass(frozen=True, slots=True)
class Drawn:
    """What was drawn by chance. Sources, claims and propositions go by number; `on` joins claims to propositions."""

    sources: pl.DataFrame
    claims: pl.DataFrame
    propositions: pl.DataFrame
    on: pl.DataFrame


def main() -> None:
    """Write one claims graph and say how large it is."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--claims", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=7)
    arguments = parser.parse_args()
    quads = write(arguments.folder, arguments.claims, arguments.seed)
    print(f"{arguments.claims:,} claims, {quads:,} quads in {arguments.folder}")


def write(folder: Path, claims: int, seed: int) -> int:
    """Write `reference.nq` and `claims.nq`, the same for the same seed; how many quads the two have."""
    folder.mkdir(parents=True, exist_ok=True)
    count = 0
    for name, parts in (("reference.nq", frame(claims)), ("claims.nq", layer(draw(claims, seed)))):
        with (folder / name).open("wb") as file:
            for part in parts:
                line = pl.concat_str("s", "p", "o", "g", pl.lit("."), separator=" ")
                part.select(line).write_csv(file, include_header=False, quote_style="never")
                count += part.height
    return count


def draw(claims: int, seed: int) -> Drawn:
    """The tables by chance: some four claims a source, three propositions a claim, popular ones in many claims."""
    rng = np.random.default_rng(seed)
    sources, scale = max(2, claims // 4), scale_of(claims)
    said = propositions(rng, claims * 2, scale)
    picked = (said.height * rng.random(claims * ON_EACH) ** 1.5).astype(np.int64)
    return Drawn(
        pl.DataFrame(
            {
                "source": np.arange(sources),
                "perspective": rng.choice(PERSPECTIVES, sources),
                "issued": np.where(rng.random(sources) < 0.77, rng.integers(2000, 2026, sources), 0),
                "copies": np.where(rng.random(sources) < 0.3, rng.integers(0, sources, sources), -1),
            }
        ),
        pl.DataFrame(
            {
                "claim": np.arange(claims),
                "source": np.sort(rng.integers(0, sources, claims)),
                "holder": rng.integers(0, scale, claims),
                "stance": rng.choice(list(STANCES), claims, p=list(STANCES.values())),
                "confidence": rng.choice(list(CONFIDENCES), claims, p=list(CONFIDENCES.values())),
                "from": np.where(rng.random(claims) < 0.24, rng.integers(1990, 2026, claims), 0),
                "relays": np.where(rng.random(claims) < 0.2, np.arange(claims) - 1, -1),
            }
        ),
        said,
        pl.DataFrame({"claim": np.repeat(np.arange(claims), ON_EACH), "proposition": picked}).unique(
            maintain_order=True
        ),
    )


def scale_of(claims: int) -> int:
    """How many routes and places there are, and half as many as actors."""
    return max(4, claims // 40)


def propositions(rng: np.random.Generator, wanted: int, scale: int) -> pl.DataFrame:
    """Distinct triples of the kinds that our sources make, in the proportions in which they make them."""
    tables = []
    for share, start, paths, end in (
        (0.40, ("actor", scale * 2), ROLES, ("segment", scale * 5)),
        (0.25, ("actor", scale * 2), BETWEEN_AGENTS, ("actor", scale * 2)),
        (0.10, ("actor", scale * 2), ("hasMilitaryPresenceIn",), ("place", scale)),
        (0.15, ("event", scale * 4), ("date",), (XSD.gYear, 30)),
        (0.10, ("actor", scale * 2), ("isCalled",), ("name", scale * 9)),
    ):
        size = int(wanted * share)
        s, p, o = rng.integers(0, start[1], size), rng.integers(0, len(paths), size), rng.integers(0, end[1], size)
        ends = {XSD.gYear: ('"', 1990, f'"^^<{XSD.gYear}>'), "name": ('"name ', 0, '"@en')}
        before, first, after = ends.get(end[0]) or (f"<{PREFIXES[end[0]]}", 0, ">")
        tables.append(
            pl.DataFrame({"s": s, "p": p, "o": o + first}).select(
                s=numbered(pl.col("s"), start[0]),
                p=pl.col("p").replace_strict(dict(enumerate(KG[path].n3() for path in paths)), return_dtype=pl.String),
                o=pl.lit(before) + pl.col("o").cast(pl.String) + pl.lit(after),
            )
        )
    mixed = pl.concat(tables).unique(maintain_order=True)
    return mixed[rng.permutation(mixed.height)].with_row_index("proposition")


def numbered(column: pl.Expr, kind: str) -> pl.Expr:
    """The IRIs of invented things by number."""
    return pl.lit(f"<{PREFIXES[kind]}") + column.cast(pl.String) + pl.lit(">")


def frame(claims: int) -> Iterator[pl.DataFrame]:
    """The reference data: places in a tree, flows, routes with five segments each, actors with kinds."""
    scale = scale_of(claims)
    n = pl.DataFrame({"n": np.arange(scale)})
    legs, actors = pl.DataFrame({"n": np.arange(scale * 5)}), pl.DataFrame({"n": np.arange(scale * 2)})
    place, flow = numbered(pl.col("n"), "place"), numbered(pl.col("n") % max(1, scale // 4), "flow")
    kinds = dict(enumerate(KG[kind].n3() for kind in KINDS))
    yield said(n, place, RDF.type.n3(), pl.lit(KG.Settlement.n3()), graph="reference")
    yield said(n[1:], place, KG.locatedIn.n3(), numbered((pl.col("n") - 1) // 6, "place"), graph="reference")
    yield said(n, numbered(pl.col("n"), "route"), KG.carriesFlow.n3(), flow, graph="reference")
    route = numbered(pl.col("n") // 5, "route")
    yield said(legs, numbered(pl.col("n"), "segment"), KG.segmentOf.n3(), route, graph="reference")
    kind = (pl.col("n") % len(KINDS)).replace_strict(kinds, return_dtype=pl.String)
    yield said(actors, numbered(pl.col("n"), "actor"), RDF.type.n3(), kind, graph="reference")


def layer(drawn: Drawn) -> Iterator[pl.DataFrame]:
    """The claim layer, table by table."""
    yield from source_quads(drawn.sources)
    yield from claim_quads(drawn.claims)
    yield from proposition_quads(drawn)
    yield from derived_quads(drawn)


def source_quads(sources: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """What is said of sources: class, title, perspective, date, and what they copy."""
    source = numbered(pl.col("source"), "source")
    title = pl.lit('"document ') + pl.col("source").cast(pl.String) + pl.lit('"@en')
    terms = f"<{PREFIXES['dcterms']}"
    yield said(sources, source, RDF.type.n3(), pl.lit(KG.Source.n3()))
    yield said(sources, source, f"{terms}title>", title)
    yield said(sources, source, KG.perspective.n3(), concept("perspective"))
    yield said(sources.filter(pl.col("issued") > 0), source, f"{terms}issued>", year("issued"))
    copies = sources.filter(pl.col("copies") >= 0)
    yield said(copies, source, PROV.wasDerivedFrom.n3(), numbered(pl.col("copies"), "source"))


def claim_quads(claims: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """What is said of claims alone."""
    claim = numbered(pl.col("claim"), "claim")
    locator = numbered(pl.col("claim"), "locator")
    number = pl.col("claim").cast(pl.String)
    yield said(claims, claim, RDF.type.n3(), pl.lit(KG.Claim.n3()))
    yield said(claims, claim, KG.statedIn.n3(), numbered(pl.col("source"), "source"))
    yield said(claims, claim, KG.holder.n3(), numbered(pl.col("holder"), "actor"))
    yield said(claims, claim, KG.stance.n3(), concept("stance"))
    yield said(claims, claim, KG.hedge.n3(), pl.lit(f"<{PREFIXES['hedge']}none>"))
    yield said(claims, claim, KG.confidence.n3(), concept("confidence"))
    yield said(claims, claim, KG.paraphrase.n3(), pl.lit('"what claim ') + number + pl.lit(' says"@en'))
    yield said(claims, claim, KG.locator.n3(), locator)
    yield said(claims, locator, RDF.type.n3(), pl.lit(KG.Locator.n3()))
    yield said(claims, locator, KG.section.n3(), pl.lit('"paragraph ') + number + pl.lit('"'))
    yield said(claims.filter(pl.col("from") > 0), claim, KG.validFrom.n3(), year("from"))
    relaying = claims.filter((pl.col("relays") >= 0) & (pl.col("stance") == "reports"))
    yield said(relaying, claim, KG.relays.n3(), numbered(pl.col("relays"), "claim"))


def proposition_quads(drawn: Drawn) -> Iterator[pl.DataFrame]:
    """Which claim is on which proposition, and the parts of each."""
    used = drawn.propositions.join(drawn.on, on="proposition", how="semi")
    proposition, literal = numbered(pl.col("proposition"), "proposition"), pl.col("o").str.starts_with('"')
    yield said(drawn.on, numbered(pl.col("claim"), "claim"), KG.onProposition.n3(), proposition)
    yield said(used, proposition, RDF.type.n3(), pl.lit(KG.Proposition.n3()))
    yield said(used, proposition, KG.subject.n3(), pl.col("s"))
    yield said(used, proposition, KG.predicate.n3(), pl.col("p"))
    yield said(used.filter(~literal), proposition, KG.object.n3(), pl.col("o"))
    yield said(used.filter(literal), proposition, KG.value.n3(), pl.col("o"))


def derived_quads(drawn: Drawn) -> Iterator[pl.DataFrame]:
    """A root for each claim (the source that its source copies, or its own), and who denies what whom asserts."""
    claims = drawn.claims.join(drawn.sources, on="source").with_columns(
        root=pl.when(pl.col("copies") >= 0).then("copies").otherwise("source")
    )
    claim = numbered(pl.col("claim"), "claim")
    yield said(claims, claim, KG.hasRoot.n3(), numbered(pl.col("root"), "source"), graph="derived")
    spoken = drawn.on.join(drawn.claims.filter(pl.col("from") == 0).select("claim", "stance"), on="claim")
    denied = spoken.filter(pl.col("stance") == "denies").select("proposition", denial="claim")
    asserted = spoken.filter(pl.col("stance").is_in(["asserts", "speculates"])).select("proposition", "claim")
    pairs = denied.join(asserted, on="proposition")
    denial = numbered(pl.col("denial"), "claim")
    disputes = pairs.select("denial", "claim").unique(maintain_order=True)
    against = pairs.select("denial", "proposition").unique(maintain_order=True)
    yield said(disputes, denial, KG.disputes.n3(), claim, graph="derived")
    yield said(against, denial, KG.countsAgainst.n3(), numbered(pl.col("proposition"), "proposition"), graph="derived")


def concept(name: str) -> pl.Expr:
    """The concept of a vocabulary that a column names."""
    return pl.lit(f"<{PREFIXES[name]}") + pl.col(name) + pl.lit(">")


def year(name: str) -> pl.Expr:
    """A column of years as literals."""
    return pl.lit('"') + pl.col(name).cast(pl.String) + pl.lit(f'"^^<{XSD.gYear}>')


def said(table: pl.DataFrame, s: pl.Expr, p: str, o: pl.Expr, graph: str = "generated") -> pl.DataFrame:
    """Quads, one a row of the table."""
    return table.select(s=s, p=pl.lit(p), o=o, g=pl.lit(graph_iri(graph).n3()))


if __name__ == "__main__":
    main()
