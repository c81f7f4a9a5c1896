"""SHACL, each constraint compiled to one SPARQL query over all its focus nodes.

A SHACL processor asks node by node: on this project's data that takes a hundred times longer. The components compiled
here are those our shapes use; another one is an error, never passed over. pyshacl is the oracle in the tests: both find
the same results on every example.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import pyoxigraph
from rdflib import RDF, RDFS, Literal, Namespace, URIRef

from kgtools.errors import InvalidGraph
from kgtools.guard import Token, tokenize
from kgtools.model import Term, Triple
from kgtools.names import shorten

SH = Namespace("http://www.w3.org/ns/shacl#")

Node = dict[URIRef, list[Term]]


@dataclass(frozen=True, slots=True, order=True)
class Violation:
    """One validation result: the focus node, the property it is about, the message, and the shape's local name."""

    focus: str
    path: str | None
    message: str
    shape: str


@dataclass(frozen=True, slots=True)
class Constraint:
    """One constraint of a shape: the query for its violations, the property it is about, message and shape's name.

    *reads* are the IRIs that the query names, among them every predicate that its answer depends on; None: it may read
    any.
    """

    query: str
    path: URIRef | None
    message: str
    shape: str
    reads: frozenset[str] | None


def constraints(shapes: Iterable[Triple]) -> list[Constraint]:
    """Every constraint of the shapes, compiled."""
    nodes: dict[Term, Node] = defaultdict(lambda: defaultdict(list))
    for subject, predicate, term in shapes:
        nodes[subject][predicate].append(term)
    return [
        Constraint(query, path, message, str(shape).rsplit("/", 1)[-1], reads(query))
        for shape in [iri for iri, node in nodes.items() if SH.NodeShape in node[RDF.type]]
        for query, path, message in _queries(nodes[shape], nodes)
    ]


def data_graph(texts: Iterable[str], lines: bytes = b"") -> pyoxigraph.Store:
    """The data graph that Turtle texts and lines of N-Triples make together."""
    store = pyoxigraph.Store()
    for text in texts:
        store.load(text.encode(), format=pyoxigraph.RdfFormat.TURTLE)
    store.load(lines, format=pyoxigraph.RdfFormat.N_TRIPLES)
    return store


def violations(data: pyoxigraph.Store, checked: Iterable[Constraint]) -> list[Violation]:
    """Every violation of the constraints in a data graph; sorted, each once."""
    found = set()
    for constraint in checked:
        rows = data.query(constraint.query)
        assert isinstance(rows, pyoxigraph.QuerySolutions)
        found |= {_violation(row, constraint) for row in rows}
    return sorted(found, key=lambda v: (v.shape, v.focus, v.message))


def _violation(row: "pyoxigraph.QuerySolution", constraint: Constraint) -> Violation:
    def fill(match: re.Match[str]) -> str:
        term = row[match[1]]
        return shorten(term.value) if isinstance(term, pyoxigraph.NamedNode) else str(getattr(term, "value", "?"))

    message = re.sub(r"\{[?$](\w+)\}", fill, constraint.message)
    return Violation(row["this"].value, constraint.path, message, constraint.shape)


def _queries(shape: Node, nodes: dict[Term, Node]) -> Iterator[tuple[str, URIRef | None, str]]:
    """Query, property and message of each constraint of a node shape."""
    focus = _focus(shape)
    for constraint in (nodes[node] for node in shape[SH.sparql]):
        select = str(constraint[SH.select][0]).replace("$this", "?this")
        yield (
            _prefixes(constraint, nodes) + select.replace("WHERE {", f"WHERE {{ {focus}", 1),
            None,
            _message(constraint),
        )
    for constraint in (nodes[node] for node in shape[SH.property]):
        path = URIRef(constraint[SH.path][0])
        for component, values in constraint.items():
            if component in _IGNORED:
                continue
            compiled = _COMPONENTS.get(component)
            if compiled is None:
                raise InvalidGraph(
                    f"a shape uses {shorten(component)}, which is not compiled; add it to validate/shapes"
                )
            yield compiled(f"{focus} ", path.n3(), values[0], nodes), path, _message(constraint)


def _focus(shape: Node) -> str:
    kinds = " ".join(kind.n3() for kind in sorted(shape[SH.targetClass]))
    member = f"?this {RDF.type.n3()} ?kindOfThis . ?kindOfThis {RDFS.subClassOf.n3()}* ?target ."
    return f"VALUES ?target {{ {kinds} }} {member}"


def _prefixes(constraint: Node, nodes: dict[Term, Node]) -> str:
    declared = [nodes[d] for owner in constraint[SH.prefixes] for d in nodes[owner][SH.declare]]
    return "".join(f"PREFIX {d[SH.prefix][0]}: <{d[SH.namespace][0]}>\n" for d in declared)


def _message(constraint: Node) -> str:
    return str(constraint[SH.message][0])


def _count(test: str) -> Callable[[str, str, Term, dict[Term, Node]], str]:
    def compiled(focus: str, path: str, value: Term, nodes: dict[Term, Node]) -> str:
        return (
            f"SELECT ?this WHERE {{ {focus} OPTIONAL {{ ?this {path} ?v }} }} "
            f"GROUP BY ?this HAVING(COUNT(DISTINCT ?v) {test} {value})"
        )

    return compiled


def _filter(test: Callable[[Term, dict[Term, Node]], str]) -> Callable[[str, str, Term, dict[Term, Node]], str]:
    def compiled(focus: str, path: str, value: Term, nodes: dict[Term, Node]) -> str:
        holds = f"COALESCE({test(value, nodes)}, false)"
        return f"SELECT DISTINCT ?this WHERE {{ {focus} ?this {path} ?v . FILTER(!{holds}) }}"

    return compiled


def _class(focus: str, path: str, value: Term, nodes: dict[Term, Node]) -> str:
    fits = f"?v {RDF.type.n3()} ?kind . ?kind {RDFS.subClassOf.n3()}* {value.n3()} . BIND(true AS ?fits)"
    return f"SELECT DISTINCT ?this WHERE {{ {focus} ?this {path} ?v . OPTIONAL {{ {fits} }} FILTER(!BOUND(?fits)) }}"


def _unique_language(focus: str, path: str, value: Term, nodes: dict[Term, Node]) -> str:
    two = f"?this {path} ?v , ?w . FILTER(LANG(?v) != '' && LANG(?v) = LANG(?w) && STR(?v) < STR(?w))"
    return f"SELECT DISTINCT ?this WHERE {{ {focus} {two} }}"


def _list(head: Term, nodes: dict[Term, Node]) -> list[Term]:
    return [] if head == RDF.nil else [nodes[head][RDF.first][0], *_list(nodes[head][RDF.rest][0], nodes)]


def _languages(value: Term, nodes: dict[Term, Node]) -> str:
    return " || ".join(f"LANGMATCHES(LANG(?v), '{tag}')" for tag in _list(value, nodes))


def _members(value: Term, nodes: dict[Term, Node]) -> str:
    return f"?v IN ({', '.join(term.n3() for term in _list(value, nodes))})"


_IGNORED = {RDF.type, SH.path, SH.message, SH.severity}
_COMPONENTS = {
    SH.minCount: _count("<"),
    SH.maxCount: _count(">"),
    SH["class"]: _class,
    SH.datatype: _filter(lambda value, _: f"DATATYPE(?v) = {value.n3()}"),
    SH.pattern: _filter(lambda value, _: f"!ISBLANK(?v) && REGEX(STR(?v), {Literal(str(value)).n3()})"),
    SH.languageIn: _filter(_languages),
    SH.uniqueLang: _unique_language,
    SH["in"]: _filter(_members),
    SH.minInclusive: _filter(lambda value, _: f"?v >= {value.n3()}"),
    SH.maxInclusive: _filter(lambda value, _: f"?v <= {value.n3()}"),
}


def reads(query: str) -> frozenset[str] | None:
    """What a query reads: see Constraint.

    It is read off the tokens, on the safe side: a variable or `!` in the place of a predicate, a path that may have no
    length, other than that of classes, and an escaped name may read any.
    """
    tokens = list(tokenize(query))
    if any(_open_ended(tokens, place) for place in range(len(tokens))):
        return None
    prefixes = {
        name.text: iri.text[1:-1]
        for word, name, iri in zip(tokens, tokens[1:], tokens[2:], strict=False)
        if word.text.upper() == "PREFIX"
    }
    named = {str(RDF.type)} | {token.text[1:-1] for token in tokens if token.kind == "iri"}
    for token in tokens:
        prefix, colon, local = token.text.rstrip(".").partition(":")
        if token.kind == "name" and prefix + colon in prefixes:
            named.add(prefixes[prefix + colon] + local)
    return frozenset(named)


def _open_ended(tokens: Sequence[Token], place: int) -> bool:
    """Whether the token there may stand for any predicate, or for none at all between any two nodes."""
    token = tokens[place]
    before, after, next_after = (
        tokens[n] if 0 <= n < len(tokens) else _NOTHING for n in (place - 1, place + 1, place + 2)
    )
    if token.kind == "variable":
        in_group = any(other.text == "{" for other in tokens[:place])
        starts = after.kind in _TERMS or after.text in ("[", "(", "<", "+", "-", "true", "false")
        return in_group and starts and (before.kind in _TERMS or before.text in ("[", "]", ")", ";"))
    if token.text == "!":
        follows = next_after if after.text == "(" else after
        return follows.kind in ("name", "iri") or follows.text in ("^", "a")
    if token.text in ("*", "?"):
        return before.text == ")" or (before.kind in ("name", "iri") and before.text not in _CLASS_PATHS)
    return token.kind == "name" and ("\\" in token.text or "%" in token.text)


_NOTHING = Token("", "", 0)
_TERMS = frozenset(("variable", "name", "iri", "string", "tag", "number"))
_CLASS_PATHS = (RDFS.subClassOf.n3(), "rdfs:subClassOf")  # from a class that something has
