"""Our materialiser, justifications included, against owlrl and (if installed) reasonable, on data shaped like ours.

    python benchmarks/reasoning.py [--quick] [--seed 7]

Each line is measured in the same run, reading of the axioms included. `kgtools` keeps one justification of each
conclusion, `kgtools, all` every one. `equal` says whether the other reasoner's closure, on the part that can be
compared (types by classes and links by properties that the ontology declares), is ours exactly. `--quick` leaves out
owlrl above 1,000 facts. Machines differ and are noisy: read the ratios.
"""

import argparse
import gc
import importlib.metadata
import os
import platform
import random
import time
from collections.abc import Callable, Iterator, Sized
from pathlib import Path

from rdflib import OWL, RDF, RDFS, BNode, Graph, Literal, URIRef

from kgtools.model import Triple
from kgtools.names import KG, PREFIXES
from kgtools.reason import materialise, rules
from kgtools.sources import find_project, read_corpus

ROOT = Path(__file__).resolve().parent.parent
SIZES = (1_000, 10_000, 100_000)
ROLES = ("controls", "escorts", "interdicts", "preysOn", "protects", "taxes", "uses")
KINDS = ("ArmedGroup", "InternationalOrganization", "Network", "Person", "State")
BETWEEN_AGENTS = ("attacks", "finances", "isInTensionWith", "isMemberOf", "isPartnerOf", "opposes")


def main() -> None:
    """Print one row a reasoner and size."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="owlrl only at 1,000 facts")
    parser.add_argument("--seed", type=int, default=7)
    arguments = parser.parse_args()
    axioms = read_axioms()
    print(f"{platform.platform()}, {os.cpu_count()} cores, Python {platform.python_version()}; {versions()}")
    print(f"{len(rules(axioms))} rules from {len(axioms)} axiom triples; seconds are the least of several runs\n")
    print(f"{'facts':>8} {'reasoner':12} {'seconds':>9} {'closure':>9} {'justified':>10} {'times ours':>11}  equal")
    for size in SIZES:
        measure(axioms, facts(size, arguments.seed), size <= (1_000 if arguments.quick else 10_000))


def measure(axioms: list[Triple], data: list[Triple], with_owlrl: bool) -> None:
    """Print the rows of one size."""
    ours, inferences = timed(lambda: materialise(rules(axioms), data, every=False), 5)
    closure = {*data, *(inference.conclusion for inference in inferences)}
    row(data, "kgtools", ours, ours, closure, inferences=inferences)
    seconds, inferences = timed(lambda: materialise(rules(axioms), data), 3)
    row(data, "kgtools, all", seconds, ours, closure, inferences=inferences)
    others: dict[str, Callable[[list[Triple]], Graph]] = {"owlrl": by_owlrl} if with_owlrl else {}
    if installed("reasonable"):
        others["reasonable"] = by_reasonable
    for name, reasoner in others.items():
        seconds, graph = timed(lambda reason=reasoner: reason([*axioms, *data]), 1)
        theirs = comparable(graph, axioms, data)
        equal = "yes" if theirs == closure else f"no: {len(closure - theirs):,} missing, {len(theirs - closure):,} more"
        row(data, name, seconds, ours, theirs, equal=equal)


def row(
    data: Sized, name: str, seconds: float, ours: float, closure: Sized, *, inferences: Sized = (), equal: str = "-"
) -> None:
    """Print one row."""
    justified = f"{len(inferences):,}" if inferences else "-"
    counts = f"{len(data):8,} {name:12} {seconds:9.3f} {len(closure):9,} {justified:>10}"
    print(f"{counts} {seconds / ours:11.1f}  {equal}", flush=True)


def timed(work: Callable[[], object], runs: int) -> tuple[float, object]:
    """The least wall-clock seconds of some runs, and what the last one returned."""
    seconds = []
    for _ in range(runs):
        result = None
        gc.collect()
        start = time.perf_counter()
        result = work()
        seconds.append(time.perf_counter() - start)
    return min(seconds), result


def by_owlrl(triples: list[Triple]) -> Graph:
    """The OWL RL closure by owlrl, without axiomatic triples."""
    import owlrl

    graph = graph_of(triples)
    owlrl.DeductiveClosure(owlrl.OWLRL_Semantics).expand(graph)
    return graph


def by_reasonable(triples: list[Triple]) -> Graph:
    """The closure by reasonable, which knows no property chains."""
    from reasonable import PyReasoner

    reasoner = PyReasoner()
    reasoner.from_graph(graph_of(triples))
    return graph_of(reasoner.reason())


def graph_of(triples: list[Triple]) -> Graph:
    """An rdflib graph with nothing but these triples."""
    graph = Graph(bind_namespaces="none")
    for triple in triples:
        graph.add(triple)
    return graph


def comparable(graph: Graph, axioms: list[Triple], data: list[Triple]) -> set[Triple]:
    """What a closure says of the data's things in the ontology's own words."""
    declared = {s for s, p, _ in axioms if p == RDF.type}
    things = {s for s, _, _ in data} | {o for _, _, o in data}
    return {
        (s, p, o)
        for s, p, o in graph
        if s in things and not isinstance(s, Literal) and (o in declared if p == RDF.type else p in declared)
    }


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
