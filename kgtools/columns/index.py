"""The claims, what they say, and all that follows from it, as columns of numbers: what every view is cut out of.

Whatever a view takes as fact is asserted by some claim. So one closure, that of all asserted propositions, holds every
step of reasoning that any view can take; a view keeps the steps whose premises it has.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl
from rdflib import RDF, URIRef

from kgtools.claims import ASSERTING, INDEXED, REPORTS
from kgtools.columns.read import FIRST_DAY, LAST_DAY, spans, triples
from kgtools.names import KG, PREFIXES
from kgtools.reason.closure import TRIPLE, Closed, closed, following, numbered
from kgtools.reason.rules import Rule
from kgtools.views import CONFIDENCES

Links = Mapping[str, pl.DataFrame]  # by predicate: columns s and o


@dataclass(frozen=True, slots=True)
class Index:
    """A snapshot's claims in tables of numbers; a claim's number is its row in `claims`, a name's its place in `names`.

    - closed: all reference data and all that claims assert, closed; its steps are those that views take
    - grounds: the steps by which some of the facts follow from the reference data alone
    - stated, known: of each fact whether the reference data state it, and whether it holds by them alone
    - names: IRIs in angle brackets
    - claims: iri, source, holder, stance (names); level of confidence; asserts, first_hand, misread (yes or no); first
      and last day of the start, the end and the publication (start_lo, start_hi, end_lo, end_hi, issued_lo, issued_hi)
    - said: claim, fact, of claims that assert
    - disputes: denial, claim, fact
    - relays: claim, relayed; withdrawals: claim, old: the claim that is taken back or corrected
    - roots: claim, root (a name)
    - perspectives: source, perspective (names)
    """

    closed: Closed
    grounds: pl.DataFrame
    stated: pl.Series
    known: pl.Series
    names: pl.Series
    claims: pl.DataFrame
    said: pl.DataFrame
    disputes: pl.DataFrame
    relays: pl.DataFrame
    withdrawals: pl.DataFrame
    roots: pl.DataFrame
    perspectives: pl.DataFrame


def index_of(ruleset: Sequence[Rule], reference: pl.DataFrame, layer: bytes | Sequence[Path]) -> Index:
    """The index of the claims in a claim layer (N-Quads) over reference data (texts in columns s, p, o)."""
    links = _links(layer)
    claims = _claims(links)
    propositions = _propositions(links)
    on = _of_claims(links, KG.onProposition, claims).rename({"o": "proposition"})
    said = on.join(claims.filter("asserts").select("claim"), on="claim").join(propositions, on="proposition")
    found = closed(ruleset, pl.concat([reference.select(TRIPLE), said.select(TRIPLE)]).unique(), said.select(TRIPLE))
    facts = found.facts.with_row_index("fact")
    stated = facts["fact"].is_in(facts.join(numbered(found.terms, reference), on=TRIPLE, how="semi")["fact"].implode())
    steps = found.steps.drop("depth").sort("fact", "rule", pl.col("^premise.*$"))
    known, fired = following(steps, stated.to_numpy())
    concludes_known, concludes_stated = (column[steps["fact"].to_numpy()] for column in (known, stated.to_numpy()))
    placed = said.select("claim", "proposition").hstack(numbered(found.terms, said)).join(facts, on=TRIPLE)
    tables = {
        "claims": _dated(claims, on.join(propositions, on="proposition"), said, links),
        "said": placed.select("claim", "fact").unique(),
        "disputes": _disputes(links, claims, placed),
        "relays": _between(links, [KG.relays], claims)
        .rename({"other": "relayed"})
        .join(claims.filter(pl.col("stance") == REPORTS.n3()).select("claim"), on="claim"),
        "withdrawals": _between(links, [KG.retracts, KG.supersedes], claims).rename({"other": "old"}),
        "roots": _of_claims(links, KG.hasRoot, claims).rename({"o": "root"}),
        "perspectives": _link(links, KG.perspective).rename({"s": "source", "o": "perspective"}),
    }
    names, tables = _by_number(tables)
    # What holds without any claim needs no reasons from claims.
    found = replace(found, steps=steps.filter(~concludes_known))
    return Index(found, steps.filter(fired & ~concludes_stated), stated, pl.Series(known), names, **tables)


_NAMED = ("iri", "source", "holder", "stance", "root", "perspective")


def _links(layer: bytes | Sequence[Path]) -> Links:
    parts = triples(layer, INDEXED).partition_by("p", as_dict=True, include_key=False)
    return {str(key[0]): part for key, part in parts.items()}


def _link(links: Links, predicate: URIRef) -> pl.DataFrame:
    empty = pl.DataFrame(schema={"s": pl.String, "o": pl.String})
    return links.get(predicate.n3(), empty)


def _of_claims(links: Links, predicate: URIRef, claims: pl.DataFrame) -> pl.DataFrame:
    """What claims have by a predicate: claim (number) and o (text)."""
    return _link(links, predicate).join(claims.select("claim", s="iri"), on="s").select("claim", "o")


def _between(links: Links, predicates: Sequence[URIRef], claims: pl.DataFrame) -> pl.DataFrame:
    """The pairs of claims that one of the predicates joins: claim, other."""
    found = pl.concat([_of_claims(links, predicate, claims) for predicate in predicates]).unique()
    return found.join(claims.select("iri", other="claim"), left_on="o", right_on="iri").select("claim", "other")


def _claims(links: Links) -> pl.DataFrame:
    """The claims in order of their IRIs with all that is theirs alone, names as texts."""
    typed = _link(links, RDF.type)
    claims = typed.filter(pl.col("o") == KG.Claim.n3()).select(iri="s").unique().sort("iri").with_row_index("claim")
    columns = {"source": KG.statedIn, "holder": KG.holder, "stance": KG.stance, "confidence": KG.confidence}
    for name, predicate in columns.items():
        one = _link(links, predicate).unique("s").rename({"s": "iri", "o": name})
        claims = claims.join(one, on="iri", how="left", maintain_order="left")
    relays, scenarios = _link(links, KG.relays), _link(links, KG.inScenario)
    reports, iri = pl.col("stance") == REPORTS.n3(), pl.col("iri")
    relaying, relayed = iri.is_in(relays["s"].implode()), iri.is_in(relays["o"].implode())
    asserting = pl.col("stance").is_in([stance.n3() for stance in sorted(ASSERTING)])
    levels = {f"<{PREFIXES['confidence']}{name}>": level for level, name in enumerate(CONFIDENCES)}
    return claims.with_columns(
        level=pl.col("confidence").replace_strict(levels, return_dtype=pl.UInt8),
        asserts=asserting & ~iri.is_in(scenarios["s"].implode()) & ~(reports & relaying),
        first_hand=~relayed & ~relaying & ~reports,
        misread=iri.is_in(_link(links, KG.withdrawnOn)["s"].implode()),
    ).drop("confidence")


def _propositions(links: Links) -> pl.DataFrame:
    """Each proposition with its parts as texts."""
    ends = pl.concat([_link(links, KG.object), _link(links, KG.value)]).rename({"s": "proposition"})
    subjects = _link(links, KG.subject).rename({"s": "proposition", "o": "s"})
    predicates = _link(links, KG.predicate).rename({"s": "proposition", "o": "p"})
    return subjects.join(predicates, on="proposition").join(ends, on="proposition").unique("proposition")


def _dated(claims: pl.DataFrame, on: pl.DataFrame, said: pl.DataFrame, links: Links) -> pl.DataFrame:
    """The claims with their days; one without a valid time starts when the events that it speaks of had all happened.

    An event has happened within the days of all dates that claims assert of it.
    """
    dates = said.filter(pl.col("p") == KG.date.n3())
    dates = dates.join(spans(dates["o"]), left_on="o", right_on="text")
    events = dates.group_by("s").agg(pl.col("lo").min(), pl.col("hi").max())
    happened = on.join(events, on="s").group_by("claim").agg(pl.col("lo", "hi").max())
    stated = _spans_of(links, KG.validFrom).join(claims.select("claim", s="iri"), on="s").select("claim", "lo", "hi")
    starts = pl.concat([stated, happened.join(stated, on="claim", how="anti")])
    issued = _spans_of(links, URIRef(PREFIXES["dcterms"] + "issued"))
    dated = _with_days(claims, starts, "claim", "start", FIRST_DAY)
    dated = _with_days(dated, _spans_of(links, KG.validTo).rename({"s": "iri"}), "iri", "end", LAST_DAY)
    return _with_days(dated, issued.rename({"s": "source"}), "source", "issued", FIRST_DAY)


def _spans_of(links: Links, predicate: URIRef) -> pl.DataFrame:
    found = _link(links, predicate)
    return found.join(spans(found["o"]), left_on="o", right_on="text").select("s", "lo", "hi").unique("s")


def _with_days(claims: pl.DataFrame, days: pl.DataFrame, on: str, name: str, open_end: int) -> pl.DataFrame:
    """The claims with columns of first and last day, open where there is none."""
    joined = claims.join(days, on=on, how="left", maintain_order="left")
    first, last = pl.col("lo").fill_null(open_end), pl.col("hi").fill_null(LAST_DAY)
    return joined.with_columns(first.alias(f"{name}_lo"), last.alias(f"{name}_hi")).drop("lo", "hi")


def _disputes(links: Links, claims: pl.DataFrame, placed: pl.DataFrame) -> pl.DataFrame:
    """Denial, asserting claim and the fact that the denial counts against, from the two links that say so."""
    against = _of_claims(links, KG.countsAgainst, claims).rename({"claim": "denial", "o": "proposition"})
    pairs = _between(links, [KG.disputes], claims).select(denial="claim", claim="other")
    return pairs.join(placed, on="claim").join(against, on=["denial", "proposition"]).select("denial", "claim", "fact")


def _by_number(tables: Mapping[str, pl.DataFrame]) -> tuple[pl.Series, dict[str, pl.DataFrame]]:
    """The names in order, and the tables, sorted, with numbers in the place of names."""
    columns = [table[name] for table in tables.values() for name in table.columns if name in _NAMED]
    names = pl.concat(columns).unique().sort()
    placed = {}
    for key, table in tables.items():
        named = [name for name in table.columns if name in _NAMED]
        placed[key] = table.with_columns(pl.col(named).cast(pl.Enum(names)).to_physical().cast(pl.UInt32))
    return names, {key: table.sort(table.columns) for key, table in placed.items()}
