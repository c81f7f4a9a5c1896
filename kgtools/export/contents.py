"""What exports are made from: the files of a snapshot, read when first asked for, and its claims one by one.

The claim set of a snapshot is all that was ever claimed in it, as stated: the quads about claims, propositions and
locators in the graphs of their sources, with what no longer stands, without what follows from them. An export carries
the claims if it can be read back into the same claim set.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from rdflib import RDF, Literal, URIRef

from kgtools.claims import DERIVED
from kgtools.errors import QuestionError, StoreError
from kgtools.freeze import nquads
from kgtools.model import Proposition, Quad, Term, Triple
from kgtools.names import KG, PREFIXES, graph_iri
from kgtools.sources import nt, parse_nquads

Properties = Mapping[URIRef, tuple[Term, ...]]  # each with its values, both in order
CLAIM_FILES = ("claims.nq", "withdrawn.nq")


@dataclass(frozen=True, slots=True)
class LocatorNode:
    """Where in its source a claim is made."""

    iri: URIRef
    properties: Properties


@dataclass(frozen=True, slots=True)
class ClaimNode:
    """A claim with all that is stated of it; propositions and locators apart, in order of their IRIs."""

    iri: URIRef
    source: URIRef
    properties: Properties
    propositions: tuple[Proposition, ...]
    locators: tuple[LocatorNode, ...]


class Contents:
    """A snapshot under one view."""

    def __init__(self, folder: Path, view: str = "all") -> None:
        """QuestionError if there is no such view, StoreError if there is no snapshot."""
        try:
            manifest = json.loads((folder / "manifest.json").read_bytes())
            views, self.snapshot = sorted(manifest["views"]), str(manifest["snapshot"])
        except (OSError, ValueError, KeyError):
            raise _unreadable(folder) from None
        if view not in views:
            raise QuestionError(f"there is no view {view!r}; the views are {', '.join(views)}")
        self.folder, self.view, self.manifest = folder, view, manifest
        self.names = ("ontology.nq", "reference.nq", *CLAIM_FILES, "scenarios.nq", f"views/{view}.nq")

    def read(self, name: str) -> bytes:
        """One of the snapshot's files, such as `claims.nq`."""
        try:
            return (self.folder / name).read_bytes()
        except OSError:
            raise _unreadable(self.folder) from None

    @cached_property
    def claims(self) -> tuple[ClaimNode, ...]:
        """The claim set, in order of the claims' IRIs."""
        return claim_nodes(quad for name in CLAIM_FILES for quad in parse_nquads(self.read(name)))

    @cached_property
    def withdrawn(self) -> frozenset[URIRef]:
        """The claims that no longer stand."""
        quads = parse_nquads(self.read("withdrawn.nq"))
        return frozenset(URIRef(s) for s, p, o, _ in quads if (p, o) == (RDF.type, KG.Claim))

    @cached_property
    def about(self) -> Mapping[Term, Properties]:
        """What the reference data, the claim layer, the scenarios and the ontology say of each thing."""
        found: dict[Term, dict[URIRef, dict[Term, None]]] = defaultdict(lambda: defaultdict(dict))
        for name in self.names[:-1]:
            for s, p, o, _ in parse_nquads(self.read(name)):
                found[s][p][o] = None
        return {s: {p: tuple(values) for p, values in node.items()} for s, node in found.items()}

    @cached_property
    def facts(self) -> frozenset[Triple]:
        """The facts of the view: what claims that it counts put forward."""
        return self._of_view("facts")

    @cached_property
    def inferred(self) -> frozenset[Triple]:
        """What follows from the facts of the view."""
        return self._of_view("inferred")

    def _of_view(self, part: str) -> frozenset[Triple]:
        graph = graph_iri(f"view/{self.view}/{part}")
        quads = parse_nquads(self.read(f"views/{self.view}.nq"))
        return frozenset((s, p, o) for s, p, o, where in quads if where == graph)


def claim_nodes(quads: Iterable[Quad]) -> tuple[ClaimNode, ...]:
    """The claims that the quads of a claim layer state, in order of their IRIs; what is derived is left out."""
    about: dict[Term, dict[URIRef, set[Term]]] = defaultdict(lambda: defaultdict(set))
    claims = set()
    for s, p, o, graph in quads:
        if graph != DERIVED:
            about[s][p].add(o)
            if (p, o) == (RDF.type, KG.Claim):
                claims.add(URIRef(s))
    return tuple(_claim_node(claim, about) for claim in sorted(claims))


def claim_lines(claims: Iterable[ClaimNode]) -> bytes:
    """The claim set as sorted N-Quads: the inverse of `claim_nodes`."""
    return nquads(quad for claim in claims for quad in _quads_of(claim))


def _claim_node(iri: URIRef, about: Mapping[Term, Mapping[URIRef, set[Term]]]) -> ClaimNode:
    node = about[iri]
    return ClaimNode(
        iri,
        next(URIRef(term) for term in node[KG.statedIn]),
        _properties(node, KG.statedIn, KG.onProposition, KG.locator),
        tuple(_proposition(URIRef(p), about[p]) for p in sorted(node.get(KG.onProposition, ()))),
        tuple(LocatorNode(URIRef(place), _properties(about[place])) for place in sorted(node.get(KG.locator, ()))),
    )


def _proposition(iri: URIRef, node: Mapping[URIRef, set[Term]]) -> Proposition:
    def one(*predicates: URIRef) -> Term:
        return next(term for predicate in predicates for term in node.get(predicate, ()))

    value = one(KG.object, KG.value)
    subject, predicate = URIRef(one(KG.subject)), URIRef(one(KG.predicate))
    return Proposition(iri, subject, predicate, value if isinstance(value, Literal) else URIRef(value))


def _properties(node: Mapping[URIRef, set[Term]], *without: URIRef) -> Properties:
    return {p: tuple(sorted(node[p], key=nt)) for p in sorted(node) if p != RDF.type and p not in without}


def _quads_of(claim: ClaimNode) -> Iterable[Quad]:
    graph = graph_iri(claim.source.removeprefix(PREFIXES["source"]))
    yield (claim.iri, RDF.type, KG.Claim, graph)
    yield (claim.iri, KG.statedIn, claim.source, graph)
    yield from ((claim.iri, p, term, graph) for p, terms in claim.properties.items() for term in terms)
    for one in claim.propositions:
        last = KG.value if isinstance(one.object, Literal) else KG.object
        parts = ((RDF.type, KG.Proposition), (KG.subject, one.subject), (KG.predicate, one.predicate))
        yield (claim.iri, KG.onProposition, one.iri, graph)
        yield from ((one.iri, p, term, graph) for p, term in (*parts, (last, one.object)))
    for place in claim.locators:
        yield (claim.iri, KG.locator, place.iri, graph)
        yield (place.iri, RDF.type, KG.Locator, graph)
        yield from ((place.iri, p, term, graph) for p, terms in place.properties.items() for term in terms)


def _unreadable(folder: Path) -> StoreError:
    return StoreError(f"{folder} holds no readable snapshot; run kg build")
