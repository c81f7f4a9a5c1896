"""The tests of the W3C's suite as values, read from its manifests, and the comparison of results."""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path

import pyoxigraph as ox
from rdflib import RDF, BNode, Graph, Literal, Namespace, URIRef
from rdflib.collection import Collection

MF = Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#")
QT = Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-query#")
RS = Namespace("http://www.w3.org/2001/sw/DataAccess/tests/result-set#")
PLACEHOLDER = "urn:kg:a-graph-that-no-test-asks"
_PLACE = "http://www.w3.org/2009/sparql/docs/tests/"  # where the files are said to be; nothing is fetched
_NUMBERS = {
    f"http://www.w3.org/2001/XMLSchema#{name}" for name in ("integer", "decimal", "double", "float", "int", "long")
}
_STRING = "http://www.w3.org/2001/XMLSchema#string"
_OTHERS = ("entailment", "service", "syntax-fed")  # which ask more than a query service of one dataset
_FORMATS = {"ttl": ox.RdfFormat.TURTLE, "rdf": ox.RdfFormat.RDF_XML, "nt": ox.RdfFormat.N_TRIPLES}
_RESULTS = {
    "srx": ("application/sparql-results+xml", ox.QueryResultsFormat.XML),
    "srj": ("application/sparql-results+json", ox.QueryResultsFormat.JSON),
    "tsv": ("text/tab-separated-values", ox.QueryResultsFormat.TSV),
}


def cases_in(suite: Path) -> list["Case"]:
    """The query evaluation tests."""
    found = []
    for manifest, graph in _manifests(suite):
        for test in _entries(graph):
            action = graph.value(test, MF.action)
            if manifest.parent.name in _OTHERS or graph.value(action, QT.query) is None:
                continue
            if graph.value(test, MF.result) is None:
                continue
            paths = {
                key: tuple(sorted(str(one)[len(_PLACE) :] for one in graph.objects(action, QT[key])))
                for key in ("query", "data", "graphData")
            }
            found.append(
                Case(
                    _name(manifest, test),
                    suite,
                    paths["query"][0],
                    paths["data"],
                    paths["graphData"],
                    str(graph.value(test, MF.result))[len(_PLACE) :],
                )
            )
    return sorted(found, key=str)


def syntax_in(suite: Path) -> list["Syntax"]:
    """The tests of what is legal."""
    found = []
    for manifest, graph in _manifests(suite):
        for test in _entries(graph):
            kind = str(graph.value(test, RDF.type)).rpartition("#")[2]
            action = graph.value(test, MF.action)
            if re.fullmatch(r"(Positive|Negative)SyntaxTest(11)?", kind) and str(action).endswith(".rq"):
                text = (suite / str(action)[len(_PLACE) :]).read_text(encoding="utf-8")
                found.append(Syntax(_name(manifest, test), text, kind.startswith("Positive")))
    return sorted(found, key=str)


def _manifests(suite: Path) -> Iterator[tuple[Path, Graph]]:
    for manifest in sorted(suite.glob("data-sparql11/*/manifest.ttl")) + sorted(suite.glob("data-r2/*/manifest.ttl")):
        base = _PLACE + manifest.relative_to(suite).as_posix()
        yield manifest, Graph().parse(manifest, publicID=base)


def _entries(graph: Graph) -> Iterator[URIRef | BNode]:
    for entries in graph.objects(None, MF.entries):
        yield from Collection(graph, entries)


def _name(manifest: Path, test: URIRef | BNode) -> str:
    return f"{manifest.parent.name}/{str(test).rpartition('#')[2]}"


@dataclass(frozen=True)
class Found:
    """A result: its columns, and its rows by column; of a graph these are its triples."""

    columns: frozenset[str]
    rows: list[dict[str, object]]


@dataclass(frozen=True)
class Syntax:
    """A query that is legal or not."""

    name: str
    query: str
    legal: bool

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True)
class Case:
    """A query, the files of its dataset, and that of its result; paths are relative to the suite."""

    name: str
    suite: Path
    path: str
    data: tuple[str, ...]
    graph_data: tuple[str, ...]
    result: str

    def __str__(self) -> str:
        return self.name

    @property
    def query(self) -> str:
        """Its text, where relative IRIs mean what they mean in its file."""
        return f"BASE <{_PLACE}{self.path}>\n" + (self.suite / self.path).read_text(encoding="utf-8")

    @property
    def default(self) -> list[str]:
        """The IRIs of the graphs that its default graph is made of."""
        return [_PLACE + one for one in self.data if triples_of(self.suite, one)]

    @property
    def named(self) -> list[str]:
        """The IRIs of its named graphs."""
        return [_PLACE + one for one in self.graph_data if triples_of(self.suite, one)]

    @property
    def has_from(self) -> bool:
        """Whether the query itself names its dataset."""
        return has_from(self.query)

    @property
    def files(self) -> Iterator[str]:
        """Those of the graphs that it may ask."""
        yield from self.data + self.graph_data
        for iri in re.findall(r"\bFROM\s+(?:NAMED\s+)?<([^>:]+)>", self.query, re.IGNORECASE):
            yield (Path(self.path).parent / iri).as_posix()

    @property
    def ordered(self) -> bool:
        """Whether the order of its rows counts."""
        return re.search(r"\bORDER\s+BY\b[^}]*\Z", self.query, re.IGNORECASE) is not None

    @property
    def suffix(self) -> str:
        """Of the file of its result."""
        return self.result.rpartition(".")[2]

    @property
    def accept(self) -> str:
        """The media types in which its result is asked."""
        table = "text/csv" if self.suffix == "csv" else _RESULTS.get(self.suffix, _RESULTS["srj"])[0]
        return f"{table}, application/n-triples"

    def asked_directly(self) -> object:
        """What the engine says, without anything of ours."""
        store = ox.Store()
        for path in self.data:
            store.extend(ox.Quad(*triple) for triple in triples_of(self.suite, path))
        for path in self.files if self.has_from else self.graph_data:
            graph = ox.NamedNode(_PLACE + path)
            store.extend(ox.Quad(*triple, graph) for triple in triples_of(self.suite, path))
        return store.query(self.query)

    def read(self, body: bytes, media: str) -> Found:
        """An answer that came over the wire."""
        kind = media.partition(";")[0]
        if kind == "application/n-triples":
            return _of_graph(Graph().parse(data=body, format="nt11"))
        if kind == "text/csv":
            return _csv(body)
        form = next(form for name, form in _RESULTS.values() if name == kind)
        return _rows(ox.parse_query_results(body, format=form))


def has_from(query: str) -> bool:
    """Whether a query names its dataset."""
    return re.search(r"\bFROM\s", query, re.IGNORECASE) is not None


@cache
def triples_of(suite: Path, path: str) -> tuple[ox.Triple, ...]:
    """The triples of a file, with blank nodes that no other file has."""
    data = (suite / path).read_bytes()
    form = _FORMATS[path.rpartition(".")[2]]
    return tuple(quad.triple for quad in ox.parse(data, format=form, base_iri=_PLACE + path, rename_blank_nodes=True))


def quads_of(cases: Iterable[Case]) -> bytes:
    """All graphs of the tests as N-Quads."""
    files = sorted({(case.suite, path) for case in cases for path in case.files})
    quads = [ox.Quad(*t, ox.NamedNode(_PLACE + path)) for suite, path in files for t in triples_of(suite, path)]
    quads.append(ox.Quad(*[ox.NamedNode(PLACEHOLDER)] * 4))
    return ox.serialize(quads, format=ox.RdfFormat.N_QUADS) or b""


def expected_of(case: Case) -> Found:
    """The result as the suite has it."""
    data = (case.suite / case.result).read_bytes()
    if case.suffix == "csv":
        return _csv(data)
    if case.suffix in _RESULTS:
        return _rows(ox.parse_query_results(data, format=_RESULTS[case.suffix][1]))
    graph = Graph().parse(data=data, format={"ttl": "turtle", "rdf": "xml"}[case.suffix], publicID=_PLACE + case.result)
    return _of_result_set(graph) if (None, RDF.type, RS.ResultSet) in graph else _of_graph(graph)


def found_as(case: Case, found: object) -> Found:
    """What the engine says."""
    if isinstance(found, ox.QueryTriples):
        data = ox.serialize(found, format=ox.RdfFormat.N_TRIPLES) or b""
        return _of_graph(Graph().parse(data=data, format="nt11"))
    if case.suffix == "csv" and isinstance(found, ox.QuerySolutions):
        return _csv(found.serialize(format=ox.QueryResultsFormat.CSV) or b"")
    return _rows(found)


def same(one: Found, other: Found, ordered: bool) -> bool:
    """Whether two results are the same but for the names of blank nodes, and the order if that does not count."""
    return one.columns == other.columns and _named_by_use(one, ordered) == _named_by_use(other, ordered)


def _named_by_use(found: Found, ordered: bool) -> Counter[frozenset[tuple[str, object]]]:
    """The rows, in which each blank node has the name of the rows that it is in, and these of theirs."""
    rows = [row | ({"": str(number)} if ordered else {}) for number, row in enumerate(found.rows)]
    names: dict[object, object] = {term: "blank" for row in rows for term in row.values() if isinstance(term, BNode)}
    for _ in range(4 if names else 0):
        uses: dict[object, Counter[object]] = {node: Counter() for node in names}
        for row in rows:
            shape = frozenset((name, names.get(term, term)) for name, term in row.items())
            for name, term in row.items():
                if term in names:
                    uses[term][name, shape] += 1
        names = {node: hash(frozenset(used.items())) for node, used in uses.items()}
    return Counter(frozenset((name, names.get(term, term)) for name, term in row.items()) for row in rows)


def _rows(found: object) -> Found:
    if isinstance(found, ox.QueryBoolean):
        return _of_boolean(bool(found))
    assert isinstance(found, ox.QuerySolutions)
    names = [variable.value for variable in found.variables]
    rows = [{n: _term(t) for n, t in zip(names, row, strict=True) if t is not None} for row in found]
    return Found(frozenset(names), rows)


def _of_boolean(boolean: bool) -> Found:
    return Found(frozenset(("boolean",)), [{"boolean": str(boolean)}])


def _of_graph(graph: Graph) -> Found:
    return Found(frozenset("spo"), [{"s": s, "p": p, "o": _normal(o)} for s, p, o in graph])


def _csv(data: bytes) -> Found:
    """The rows of a CSV, in which only blank nodes and numbers can be told from other terms."""
    names, *rows = csv.reader(io.StringIO(data.decode()))
    return Found(frozenset(names), [dict(zip(names, map(_cell, row), strict=True)) for row in rows])


def _cell(text: str) -> object:
    if text.startswith("_:"):
        return BNode(text[2:])
    try:
        return float(text)
    except ValueError:
        return text


def _of_result_set(graph: Graph) -> Found:
    """Rows that are written in the vocabulary of result sets."""
    for boolean in graph.objects(None, RS.boolean):
        return _of_boolean(str(boolean) == "true")
    names = frozenset(map(str, graph.objects(None, RS.resultVariable)))
    rows = []
    for solution in graph.objects(None, RS.solution):
        bound = {
            str(graph.value(one, RS.variable)): _normal(graph.value(one, RS.value))
            for one in graph.objects(solution, RS.binding)
        }
        rows.append((int(str(graph.value(solution, RS["index"]) or 0)), bound))
    return Found(names, [bound for _, bound in sorted(rows, key=lambda row: row[0])])


def _term(term: object) -> object:
    if isinstance(term, ox.NamedNode):
        return URIRef(term.value)
    if isinstance(term, ox.BlankNode):
        return BNode(term.value)
    assert isinstance(term, ox.Literal)
    if term.language:
        return _normal(Literal(term.value, lang=term.language))
    return _normal(Literal(term.value, datatype=URIRef(term.datatype.value), normalize=False))


def _normal(term: object) -> object:
    """A term; of numbers the value, of plain strings one of their two forms."""
    if not isinstance(term, Literal):
        return term
    datatype, text = str(term.datatype or ""), str(term)
    if datatype in _NUMBERS:
        try:
            return datatype, float(text) if datatype.endswith(("double", "float")) else Decimal(text).normalize()
        except (ArithmeticError, ValueError):
            return datatype, text
    return "" if datatype == _STRING else datatype, text, (term.language or "").lower()
