"""Rules from axioms: each OWL axiom of the fragment becomes Horn rules with names that a reader recognises.

The rules are those of OWL 2 RL for these axioms (tables 5, 6 and 8 of the OWL 2 Profiles recommendation): cax-sco,
cax-eqc, prp-spo1, prp-spo2, prp-eqp, prp-dom, prp-rng, prp-inv, prp-symp, prp-trp; cls-int1, cls-uni, cls-svf1,
cls-svf2 and cls-hv2 for class expressions on the subclass side; cls-int2, cls-hv1 and cls-avf on the other.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import count, product
from typing import NamedTuple

from rdflib import OWL, RDF, RDFS, XSD, BNode, Literal, URIRef

from kgtools.errors import InvalidGraph
from kgtools.model import Term, Triple
from kgtools.names import shorten


class Atom(NamedTuple):
    """A triple pattern: a number is a variable, a term is itself."""

    subject: int
    predicate: URIRef
    object: int | Term


@dataclass(frozen=True, slots=True)
class Rule:
    """If every atom of the body holds, so does the head. Every atom after the first shares a variable with another."""

    name: str
    body: tuple[Atom, ...]
    head: Atom


Node = Mapping[URIRef, list[Term]]


def rules(ontology: Iterable[Triple]) -> tuple[Rule, ...]:
    """The rules that the ontology's axioms stand for, by name; InvalidGraph on an axiom that the rules cannot honour.

    Axioms that only forbid (disjointness, complements, cardinalities), equality, keys and functional properties give
    no rule; nor does anything said of an annotation property.
    """
    triples = list(ontology)
    nodes = _nodes(triples)
    annotations = _ANNOTATIONS | {s for s, p, o in triples if p == RDF.type and o == OWL.AnnotationProperty}
    found = {
        _renumbered(rule)
        for subject, predicate, term in triples
        if predicate in _AXIOMS and subject not in annotations
        for rule in _AXIOMS[predicate](subject, term, nodes)
    }
    kept = [rule for rule in found if not _trivial(rule) and not _predicates(rule) & annotations]
    return tuple(sorted(kept, key=sort_key))


def sort_key(rule: Rule) -> tuple[str, ...]:
    """What rules are ordered by: the name, then what they say."""
    return (rule.name, *(f"{part} {type(part).__name__}" for atom in (*rule.body, rule.head) for part in atom))


def _nodes(triples: list[Triple]) -> dict[Term, dict[URIRef, list[Term]]]:
    nodes: dict[Term, dict[URIRef, list[Term]]] = {}
    for subject, predicate, term in triples:
        nodes.setdefault(subject, {}).setdefault(predicate, []).append(term)
    return nodes


_ANNOTATIONS = frozenset(
    {
        RDFS.label,
        RDFS.comment,
        RDFS.seeAlso,
        RDFS.isDefinedBy,
        OWL.backwardCompatibleWith,
        OWL.deprecated,
        OWL.incompatibleWith,
        OWL.priorVersion,
        OWL.versionInfo,
    }
)
_TOPS = frozenset({OWL.Thing, RDFS.Resource, RDFS.Literal, OWL.topObjectProperty, OWL.topDataProperty})


def _trivial(rule: Rule) -> bool:
    return rule.head in rule.body or rule.head.object in _TOPS or rule.head.predicate in _TOPS


def _predicates(rule: Rule) -> set[URIRef]:
    return {atom.predicate for atom in (*rule.body, rule.head)}


def _renumbered(rule: Rule) -> Rule:
    """The rule with its variables numbered by first appearance, so that equal rules are equal values."""
    numbers: dict[int, int] = {}

    def atom(old: Atom) -> Atom:
        ends = [numbers.setdefault(x, len(numbers)) if isinstance(x, int) else x for x in (old.subject, old.object)]
        return Atom(ends[0], old.predicate, ends[1])  # type: ignore[arg-type]

    return Rule(rule.name, tuple(atom(old) for old in rule.body), atom(rule.head))


Nodes = Mapping[Term, Node]


def _subclass(narrow: Term, broad: Term, nodes: Nodes) -> Iterator[Rule]:
    fresh = count(1)
    if broad in _TOPS or narrow == OWL.Nothing:
        return
    heads = list(_heads(broad, 0, nodes, fresh))
    for body, name in _bodies(narrow, 0, nodes, fresh) if heads else ():
        for more, head, head_name in heads:
            yield Rule(f"{name} ⊑ {head_name}", (*body, *more), head)


def _equivalent_class(one: Term, other: Term, nodes: Nodes) -> Iterator[Rule]:
    yield from _subclass(one, other, nodes)
    yield from _subclass(other, one, nodes)


def _subproperty(narrow: Term, broad: Term, nodes: Nodes) -> Iterator[Rule]:
    yield Rule(
        f"{_path(narrow, nodes)} ⊑ {_path(broad, nodes)}", (_link(0, narrow, 1, nodes),), _link(0, broad, 1, nodes)
    )


def _equivalent_property(one: Term, other: Term, nodes: Nodes) -> Iterator[Rule]:
    yield from _subproperty(one, other, nodes)
    yield from _subproperty(other, one, nodes)


def _chain(broad: Term, links: Term, nodes: Nodes) -> Iterator[Rule]:
    parts = _list(links, nodes)
    body = tuple(_link(place, part, place + 1, nodes) for place, part in enumerate(parts))
    name = f"{' ∘ '.join(_path(part, nodes) for part in parts)} ⊑ {_path(broad, nodes)}"
    yield Rule(name, body, _link(0, broad, len(parts), nodes))


def _domain(path: Term, kind: Term, nodes: Nodes) -> Iterator[Rule]:
    if kind not in _TOPS:
        for more, head, name in _heads(kind, 0, nodes, count(2)):
            yield Rule(f"domain of {_path(path, nodes)} is {name}", (_link(0, path, 1, nodes), *more), head)


def _range(path: Term, kind: Term, nodes: Nodes) -> Iterator[Rule]:
    if kind not in _TOPS and not _is_datatype(kind, nodes):
        for more, head, name in _heads(kind, 1, nodes, count(2)):
            yield Rule(f"range of {_path(path, nodes)} is {name}", (_link(0, path, 1, nodes), *more), head)


def _inverse(one: Term, other: Term, nodes: Nodes) -> Iterator[Rule]:
    if isinstance(one, BNode):
        return  # `[ owl:inverseOf p ]` is an expression, read by _link
    for here, there in ((one, other), (other, one)):
        name = f"{_path(here, nodes)} ≡ inverse of {_path(there, nodes)}"
        yield Rule(name, (_link(0, there, 1, nodes),), _link(1, here, 0, nodes))


def _characteristic(path: Term, kind: Term, nodes: Nodes) -> Iterator[Rule]:
    if kind == OWL.SymmetricProperty:
        yield Rule(f"{_path(path, nodes)} is symmetric", (_link(0, path, 1, nodes),), _link(1, path, 0, nodes))
    if kind == OWL.TransitiveProperty:
        body = (_link(0, path, 1, nodes), _link(1, path, 2, nodes))
        yield Rule(f"{_path(path, nodes)} is transitive", body, _link(0, path, 2, nodes))


_AXIOMS = {
    RDFS.subClassOf: _subclass,
    OWL.equivalentClass: _equivalent_class,
    RDFS.subPropertyOf: _subproperty,
    OWL.equivalentProperty: _equivalent_property,
    OWL.propertyChainAxiom: _chain,
    RDFS.domain: _domain,
    RDFS.range: _range,
    OWL.inverseOf: _inverse,
    RDF.type: _characteristic,
}


Body = tuple[tuple[Atom, ...], str]


def _bodies(term: Term, var: int, nodes: Nodes, fresh: Iterator[int]) -> Iterator[Body]:
    """The ways to be a member of a class or class expression: atoms about *var*, and how they read."""
    node = nodes.get(term, {})
    if isinstance(term, URIRef):
        yield (Atom(var, RDF.type, term),), _name(term)
    elif OWL.unionOf in node:
        for member in _list(_one(node, OWL.unionOf), nodes):
            yield from _bodies(member, var, nodes, fresh)
    elif OWL.intersectionOf in node:
        members = _list(_one(node, OWL.intersectionOf), nodes)
        for bodies in product(*(list(_bodies(member, var, nodes, fresh)) for member in members)):
            yield tuple(atom for body, _ in bodies for atom in body), " ⊓ ".join(name for _, name in bodies)
    elif OWL.hasValue in node:
        path, value = _one(node, OWL.onProperty), _one(node, OWL.hasValue)
        yield (_link(var, path, value, nodes),), f"∃{_path(path, nodes)}.{{{_name(value)}}}"
    elif OWL.someValuesFrom in node:
        yield from _some(node, var, nodes, fresh)
    else:
        raise InvalidGraph(f"{_unknown(node)} stands on the subclass side; the rules know {_KNOWN_BELOW} there")


def _some(node: Node, var: int, nodes: Nodes, fresh: Iterator[int]) -> Iterator[Body]:
    path, filler = _one(node, OWL.onProperty), _one(node, OWL.someValuesFrom)
    if _is_datatype(filler, nodes) and filler not in _TOPS:
        raise InvalidGraph(
            f"∃{_path(path, nodes)}.{_name(filler)} asks for a datatype; the rules know only classes there"
        )
    other = next(fresh)
    link = _link(var, path, other, nodes)
    if filler in _TOPS:
        yield (link,), f"∃{_path(path, nodes)}"
        return
    for body, name in _bodies(filler, other, nodes, fresh):
        yield (link, *body), f"∃{_path(path, nodes)}.{f'({name})' if ' ' in name else name}"


def _heads(term: Term, var: int, nodes: Nodes, fresh: Iterator[int]) -> Iterator[tuple[tuple[Atom, ...], Atom, str]]:
    """What follows from being a member: further atoms that must hold first, the head, and how it reads."""
    node = nodes.get(term, {})
    if isinstance(term, URIRef):
        if term not in (OWL.Nothing, *_TOPS):
            yield (), Atom(var, RDF.type, term), _name(term)
    elif OWL.intersectionOf in node:
        for member in _list(_one(node, OWL.intersectionOf), nodes):
            yield from _heads(member, var, nodes, fresh)
    elif OWL.hasValue in node:
        path, value = _one(node, OWL.onProperty), _one(node, OWL.hasValue)
        yield (), _link(var, path, value, nodes), f"∃{_path(path, nodes)}.{{{_name(value)}}}"
    elif OWL.allValuesFrom in node:
        path, filler, other = _one(node, OWL.onProperty), _one(node, OWL.allValuesFrom), next(fresh)
        for more, head, name in () if _is_datatype(filler, nodes) else _heads(filler, other, nodes, fresh):
            yield (_link(var, path, other, nodes), *more), head, f"∀{_path(path, nodes)}.{name}"
    elif not any(key in node for key in _FORBIDDING):
        raise InvalidGraph(f"{_unknown(node)} stands on the superclass side, outside OWL 2 RL; say it in a shape")


_KNOWN_BELOW = "intersectionOf, unionOf, someValuesFrom and hasValue"
_FORBIDDING = (OWL.complementOf, OWL.maxCardinality, OWL.maxQualifiedCardinality)


def _unknown(node: Node) -> str:
    parts = sorted(shorten(str(key)) for key in node if key not in (RDF.type, OWL.onProperty, *_AXIOMS))
    return f"a class expression with {', '.join(parts)}" if parts else "a class expression that says nothing"


def _link(start: int, path: Term, end: int | Term, nodes: Nodes) -> Atom:
    """The atom `start path end`, turned round where the path is an inverse expression."""
    if isinstance(path, URIRef):
        return Atom(start, path, end)
    inverse = _one(nodes.get(path, {}), OWL.inverseOf)
    if isinstance(inverse, URIRef) and isinstance(end, int):
        return Atom(end, inverse, start)
    raise InvalidGraph(f"a property expression is neither an IRI nor the inverse of one; found {_path(path, nodes)}")


def _path(path: Term, nodes: Nodes) -> str:
    inverse = nodes.get(path, {}).get(OWL.inverseOf)
    return f"{_name(inverse[0])}⁻" if isinstance(path, BNode) and inverse else _name(path)


def _one(node: Node, predicate: URIRef) -> Term:
    values = node.get(predicate, [])
    if len(values) != 1:
        raise InvalidGraph(f"an axiom has {len(values)} values for {shorten(predicate)}; give it exactly one")
    return values[0]


def _list(head: Term, nodes: Nodes) -> list[Term]:
    members, seen = [], set()
    while head != RDF.nil:
        if head in seen:
            raise InvalidGraph("an RDF list in an axiom runs in a circle; end it with rdf:nil")
        seen.add(head)
        node = nodes.get(head, {})
        members.append(_one(node, RDF.first))
        head = _one(node, RDF.rest)
    if not members:
        raise InvalidGraph("an RDF list in an axiom is empty; give it members or take the axiom out")
    return members


def _is_datatype(term: Term, nodes: Nodes) -> bool:
    kinds = nodes.get(term, {}).get(RDF.type, [])
    return term == RDFS.Literal or str(term).startswith(str(XSD)) or term in _DATATYPES or RDFS.Datatype in kinds


_DATATYPES = (RDF.langString, RDF.PlainLiteral, RDF.XMLLiteral, OWL.real, OWL.rational)


def _name(term: Term) -> str:
    return term.n3() if isinstance(term, Literal) else shorten(str(term))
