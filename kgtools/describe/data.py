"""The data that are described: the triples of the default graph and of each named graph, and what is looked up in them.

The default graph is the one that queries are answered from where they name no graph: what stands under the view,
ontology and reference data included, each triple once. What was taken back, corrected or withdrawn is in none.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cached_property

from rdflib import OWL, RDF, SKOS, Literal, URIRef

from kgtools.export import Contents
from kgtools.model import Term, Triple
from kgtools.names import KG, PREFIXES, graph_iri
from kgtools.sources import parse_nquads

_MAPPING_PREDICATES = (
    SKOS.exactMatch,
    SKOS.closeMatch,
    SKOS.broadMatch,
    SKOS.narrowMatch,
    SKOS.relatedMatch,
    OWL.sameAs,
    OWL.equivalentClass,
    OWL.equivalentProperty,
)


class Described:
    """The graphs of a snapshot under one view, as lines `subject predicate object`, and the graphs of other views."""

    def __init__(self, contents: Contents) -> None:
        self.contents = contents

    @cached_property
    def graphs(self) -> Mapping[str, frozenset[str]]:
        """The triples of each named graph that the default graph is merged from, by the graph's IRI."""
        return by_graph(self.contents.read(name) for name in self.contents.names if name != "withdrawn.nq")

    @cached_property
    def default(self) -> frozenset[str]:
        """The triples of the default graph."""
        return frozenset().union(*self.graphs.values())

    @cached_property
    def others(self) -> Mapping[str, frozenset[str]]:
        """The triples of the named graphs of every other view."""
        views = sorted(self.contents.manifest["views"])
        return by_graph(self.contents.read(f"views/{view}.nq") for view in views if view != self.contents.view)

    @cached_property
    def mappings(self) -> tuple[tuple[URIRef, URIRef, URIRef], ...]:
        """Every mapping of a term or thing to another, in order."""
        named = tuple(f" {predicate.n3()} <" for predicate in _MAPPING_PREDICATES)
        found = _parsed(triple for triple in self.default if any(part in triple for part in named))
        return tuple(
            sorted(
                (s, p, o)
                for s, p, o in found
                if isinstance(s, URIRef) and isinstance(o, URIRef) and p in _MAPPING_PREDICATES
            )
        )

    @cached_property
    def sources(self) -> Mapping[URIRef, URIRef]:
        """The named graph of each source that has one: a source's file is named after it."""
        names = {graph.removeprefix(graph_iri("")): graph for graph in self.graphs}
        kind = f"{RDF.type.n3()} {KG.Source.n3()}"
        return {
            URIRef(PREFIXES["source"] + name): URIRef(graph)
            for name, graph in names.items()
            if f"<{PREFIXES['source']}{name}> {kind}" in self.graphs[graph]
        }

    @cached_property
    def nodes(self) -> Mapping[Term, Mapping[URIRef, tuple[Term, ...]]]:
        """What the snapshot says of each thing."""
        return self.contents.about

    def values(self, thing: Term, predicate: URIRef) -> tuple[Term, ...]:
        """The values that a property of a thing has, in order."""
        return self.nodes.get(thing, {}).get(predicate, ())

    def label(self, thing: Term) -> str:
        """The English label of a thing; nothing if it has none."""
        texts = [text for text in self.values(thing, SKOS.prefLabel) if isinstance(text, Literal)]
        return next((str(text) for text in texts if text.language == "en"), "")

    def instances(self, *kinds: URIRef) -> list[URIRef]:
        """The things that are said to be of one of these classes."""
        wanted = set(kinds)
        return sorted(
            URIRef(thing)
            for thing, node in self.nodes.items()
            if isinstance(thing, URIRef) and not wanted.isdisjoint(node.get(RDF.type, ()))
        )


def by_graph(texts: Iterable[bytes]) -> dict[str, frozenset[str]]:
    """The triples of each graph: in lines of the build the graph is the last `<…>`."""
    found: dict[str, set[str]] = defaultdict(set)
    for text in texts:
        for line in text.decode().split("\n")[:-1]:
            triple, _, graph = line.rpartition(" <")
            found[graph[:-3]].add(triple)
    return {graph: frozenset(found[graph]) for graph in sorted(found)}


def _parsed(triples: Iterable[str]) -> list[Triple]:
    lines = "".join(f"{triple} <x:g> .\n" for triple in triples)
    return [quad[:3] for quad in parse_nquads(lines.encode())]
