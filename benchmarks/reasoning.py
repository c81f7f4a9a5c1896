"""Our closure, with every justification, against owlrl and (if installed) reasonable, on data shaped like ours.

    python benchmarks/reasoning.py [--sizes 1000 10000 100000 1000000] [--owlrl-to 10000] [--seed 7]

Each reasoner does the same job in the same run: it reads axioms and facts from a Turtle file and closes them. Ours
keeps every one-step justification of every conclusion, the others keep none. `equal` says whether the other reasoner's
closure is ours exactly, on the part that can be compared: types by classes and links by properties of the ontology.
`bytes` is what ours keeps for a triple of the closure, justifications included. The others run in a process each, so
that one which takes all memory ends alone. Read the ratios.
"""

import argparse
import importlib.metadata
import os
import platform
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import polars as pl
from rdflib import OWL, RDF, RDFS, BNode, Graph, Literal, URIRef

from kgtools.model import Triple
from kgtools.names import KG, PREFIXES
from kgtools.reason import rules
from kgtools.reason.closure import TRIPLE, Closed, closed
from kgtools.sources import find_project, nt, read_corpus

ROOT = Path(__file__).resolve().parent.parent
ROLES = ("controls", "escorts", "interdicts", "preysOn", "protects", "taxes", "uses")
KINDS = ("ArmedGroup", "InternationalOrganization", "Network", "Person", "State")
BETWEEN_AGENTS = ("attacks", "finances", "isInTensionWith", "isMemberOf", "isPartnerOf", "opposes")


def main() -> None:
    """Print one row a reasoner and size."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=[1_000, 10_000, 100_000, 1_000_000])
    parser.add_argument("--owlrl-to", type=int, default=10_000, help="the largest size that owlrl is given")
    parser.add_argument("--reasonable-to", type=int, default=1_000_000, help="the largest that reasonable is given")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--one", nargs=3, metavar=("REASONER", "FROM", "TO"), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.one:
        run_one(*arguments.one)
        return
    axioms = read_axioms()
    print(f"{platform.platform()}, {os.cpu_count()} cores, Python {platform.python_version()}; {versions()}")
    print(f"{len(rules(axioms))} rules from {len(axioms)} axiom triples\n")
    heads = f"{'facts':>10} {'reasoner':10} {'seconds':>9} {'closure':>11} {'justified':>11}"
    print(f"{heads} {'bytes':>6} {'times ours':>11}  equal")
    for size in arguments.sizes:
        largest = {"owlrl": arguments.owlrl_to, "reasonable": arguments.reasonable_to}
        others = [name for name in OTHERS if installed(name) and size <= largest[name]]
        measure(axioms, facts(size, arguments.seed), others)


def measure(axioms: list[Triple], data: list[Triple], others: list[str]) -> None:
    """Print the rows of one size."""
    with tempfile.TemporaryDirectory() as folder:
        both, alone, result = (Path(folder) / name for name in ("all.ttl", "facts.ttl", "closure.nt"))
        write(alone, data)
        write(both, [*axioms, *data])
        ours, found = timed(lambda: by_columns(axioms, alone), 3)
        kept = sum(int(table.estimated_size()) for table in (found.terms, found.facts, found.steps))
        counts = f"{found.steps.height:11,} {kept / found.facts.height:6.0f}"
        print(f"{len(data):10,} {'kgtools':10} {ours:9.3f} {found.facts.height:11,} {counts} {1:11.1f}  -", flush=True)
        for name in others:
            ended = subprocess.run(
                [sys.executable, __file__, "--one", name, both, result], check=False, stdout=subprocess.PIPE
            )
            if ended.returncode:
                print(f"{len(data):10,} {name:10} ended without a result (status {ended.returncode})", flush=True)
                continue
            seconds, theirs = float(ended.stdout), comparable(result, axioms, data)
            less, more = differences(found, theirs)
            equal = f"no: {less:,} missing, {more:,} more" if less or more else "yes"
            row = f"{len(data):10,} {name:10} {seconds:9.3f} {theirs.height:11,} {'-':>11} {'-':>6}"
            print(f"{row} {seconds / ours:11.1f}  {equal}", flush=True)


def run_one(name: str, start: str, result: str) -> None:
    """Write the closure by one of the others and print the seconds that it took."""
    seconds, triples = timed(lambda: OTHERS[name](Path(start)), 1)
    write(Path(result), triples)
    print(seconds)


def write(path: Path, triples: Iterable[Triple]) -> None:
    """Write the triples, one a line."""
    with path.open("w", encoding="utf-8") as file:
        file.writelines(f"{' '.join(map(nt, triple))} .\n" for triple in triples)


def timed(work: Callable[[], object], runs: int) -> tuple[float, object]:
    """The least wall-clock seconds of some runs, and what the last one returned."""
    seconds = []
    for _ in range(runs):
        start = time.perf_counter()
        result = work()
        seconds.append(time.perf_counter() - start)
    return min(seconds), result


def by_columns(axioms: list[Triple], path: Path) -> Closed:
    """The closure by this project."""
    return closed(rules(axioms), lines(path))


def lines(path: Path) -> pl.DataFrame:
    """The triples of a file that has one a line, as the files of a snapshot have."""
    parts = pl.col("line").str.strip_suffix(" .").str.splitn(" ", 3).struct.rename_fields(TRIPLE)
    return pl.scan_lines(path).select(parts).unnest("line").collect()


def by_owlrl(path: Path) -> Graph:
    """The OWL RL closure by owlrl, without axiomatic triples."""
    import owlrl

    graph = Graph(bind_namespaces="none").parse(path, format="turtle")
    owlrl.DeductiveClosure(owlrl.OWLRL_Semantics).expand(graph)
    return graph


def by_reasonable(path: Path) -> list[Triple]:
    """The closure by reasonable, which knows no property chains."""
    from reasonable import PyReasoner

    reasoner = PyReasoner()
    reasoner.load_file(str(path))
    return reasoner.reason()


OTHERS: dict[str, Callable[[Path], Iterable[Triple]]] = {"owlrl": by_owlrl, "reasonable": by_reasonable}


def comparable(path: Path, axioms: list[Triple], data: list[Triple]) -> pl.DataFrame:
    """What the closure in a file says of the data's things in the ontology's own words."""
    declared = pl.Series(sorted({nt(s) for s, p, _ in axioms if p == RDF.type}))
    things = pl.Series(sorted({nt(end) for s, _, o in data for end in (s, o) if not isinstance(end, Literal)}))
    word = pl.when(pl.col("p") == nt(RDF.type)).then("o").otherwise("p")
    return lines(path).filter(pl.col("s").is_in(things.implode()), word.is_in(declared.implode())).unique()


def differences(found: Closed, theirs: pl.DataFrame) -> tuple[int, int]:
    """How many triples of ours the others lack, and how many they have beyond ours."""
    ours = found.texts()
    return ours.join(theirs, on=TRIPLE, how="anti").height, theirs.join(ours, on=TRIPLE, how="anti").height


def read_axioms() -> list[Triple]:
    """The ontology of this repository without labels, definitions and imports, which no reasoner needs."""
    corpus = read_corpus(find_project(ROOT))[0]
    keep = {RDF.type, RDF.first, RDF.rest, RDFS.subClassOf, RDFS.subPropertyOf, RDFS.domain, RDFS.range}
    triples = {triple for document in corpus.ontology for triple in document.triples}
    kinds = (str(OWL.inverseOf), str(OWL.propertyChainAxiom), str(OWL.disjointWith), str(OWL.members))
    found = [t for t in triples if t[1] in keep or str(t[1]) in kinds]
    vocabulary = {s for s, p, o in found if p == RDF.type and o.startswith(str(OWL)) and o != OWL.Ontology}
    return sorted(t for t in found if t[0] in vocabulary or isinstance(t[0], BNode))


def versions() -> str:
    """The versions of what is compared."""
    names = ("polars", "rdflib", "owlrl", "reasonable")
    return ", ".join(f"{name} {importlib.metadata.version(name)}" for name in names if installed(name))


def installed(name: str) -> bool:
    """Whether a distribution is here."""
    try:
        importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return False
    return True


def facts(size: int, seed: int) -> list[Triple]:
    """So many distinct facts on actors, routes in segments, flows and places, the same for the same seed."""
    found: dict[Triple, None] = {}
    for triple in draw(random.Random(seed), max(4, size // 40)):
        found.setdefault(triple)
        if len(found) == size:
            return list(found)
    raise AssertionError("the generator never ends")


def draw(rng: random.Random, scale: int) -> Iterator[Triple]:
    """Facts without end: first the frame of places, flows, routes and actors, then links between them."""
    yield from frame(scale)
    while True:
        actor = thing("actor", rng.randrange(scale * 2))
        segment = thing("segment", rng.randrange(scale * 5))
        draws = {
            "role": (actor, KG[rng.choice(ROLES)], segment),
            "agents": (actor, KG[rng.choice(BETWEEN_AGENTS)], thing("actor", rng.randrange(scale * 2))),
            "presence": (actor, KG.hasMilitaryPresenceIn, thing("place", rng.randrange(scale))),
            "trade": (actor, KG.tradesIn, thing("flow", rng.randrange(max(1, scale // 4)))),
            "name": (
                actor,
                KG.isCalled,
                Literal(f"name {rng.randrange(scale * 9)}", lang=rng.choice(("ar", "en", "fr"))),
            ),
        }
        yield draws[rng.choices(tuple(draws), (5, 3, 1, 1, 2))[0]]


def frame(scale: int) -> Iterator[Triple]:
    """Places in a tree, flows, routes with five segments each, actors with kinds."""
    for n in range(scale):
        route, place = thing("route", n), thing("place", n)
        yield (place, RDF.type, KG.Settlement if n * 6 >= scale else KG.Region)
        if n:
            yield (place, KG.locatedIn, thing("place", (n - 1) // 6))
        yield (route, KG.carriesFlow, thing("flow", n % max(1, scale // 4)))
        for leg in range(5):
            segment = thing("segment", n * 5 + leg)
            yield (segment, KG.segmentOf, route)
            yield (segment, KG["rank"], Literal(leg + 1))
        for actor in (n * 2, n * 2 + 1):
            yield (thing("actor", actor), RDF.type, KG[KINDS[actor % len(KINDS)]])


def thing(kind: str, number: int) -> URIRef:
    """The IRI of an invented thing."""
    return URIRef(f"{PREFIXES[kind]}{number}")


if __name__ == "__main__":
    main()
