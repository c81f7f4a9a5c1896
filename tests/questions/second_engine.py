"""rdflib as a second engine: the store's default graph, read once, and joins that do not compare all with all."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator
from contextlib import contextmanager
from functools import cached_property

from rdflib import Dataset, Graph, URIRef
from rdflib.plugins.sparql import CUSTOM_EVALS
from rdflib.plugins.sparql.evaluate import evalPart
from rdflib.plugins.sparql.parserutils import CompValue
from rdflib.plugins.sparql.sparql import FrozenBindings, QueryContext
from rdflib.query import Result
from rdflib.term import Identifier

from kgtools.build import Built
from kgtools.model import Triple
from kgtools.questions import Question
from kgtools.sources import parse_nquads

FILES = ("ontology.nq", "reference.nq", "claims.nq", "scenarios.nq", "views/all.nq")
Rows = list[FrozenBindings]


class Loaded:
    """The default graph of a snapshot, read once: plain, or with its named graphs for what asks for them."""

    def __init__(self, built: Built) -> None:
        self.graphs: dict[URIRef, list[Triple]] = defaultdict(list)
        for name in FILES:
            for s, p, o, graph in parse_nquads((built.folder / name).read_bytes()):
                self.graphs[graph].append((s, p, o))
        self.withdrawn = [quad[:3] for quad in parse_nquads((built.folder / "withdrawn.nq").read_bytes())]

    @cached_property
    def plain(self) -> Graph:
        """All triples in one graph, where rdflib finds them far sooner than in a union of graphs."""
        graph = Graph(bind_namespaces="none")
        graph.addN((*triple, graph) for triples in self.graphs.values() for triple in triples)
        return graph

    @cached_property
    def named(self) -> Dataset:
        """The triples in their graphs, and all of them in the default graph."""
        data = Dataset(default_union=True)
        for name, triples in self.graphs.items():
            graph = data.graph(name)
            data.addN((*triple, graph) for triple in triples)
        return data

    def ask(self, question: Question, bindings: dict[str, Identifier]) -> Result:
        """The rows of a question; with what no longer stands if it asks for that."""
        by_name = "GRAPH" in question.text
        assert not (by_name and question.history), "no question does both so far; give the dataset what was withdrawn"
        data = self.named if by_name else self.plain
        more = [triple for triple in self.withdrawn if triple not in data] if question.history else []
        with joined_by_hash():
            for triple in more:
                data.add(triple)
            try:
                result = data.query(question.text, initBindings=bindings)
                len(result)  # which makes rdflib find the rows
                return result
            finally:
                for triple in more:
                    data.remove(triple)


@contextmanager
def joined_by_hash() -> Iterator[None]:
    """Have rdflib join two lists of solutions by their common values, and run a subquery once for the same values.

    It would compare each solution with each other one, and run a subquery in an OPTIONAL anew for every row before it.
    """
    CUSTOM_EVALS["join"], CUSTOM_EVALS["subquery"] = join, subquery_once()
    try:
        yield
    finally:
        del CUSTOM_EVALS["join"], CUSTOM_EVALS["subquery"]


def join(context: QueryContext, part: CompValue) -> Iterable[FrozenBindings]:
    """What rdflib's own join gives: all compatible pairs, merged."""
    if part.name != "Join" or part.lazy:
        raise NotImplementedError  # so rdflib does it
    left, right = list(evalPart(context, part.p1)), set(evalPart(context, part.p2))
    if not left or not right:
        return []
    common = sorted(set.intersection(*map(set, left), *map(set, right)))
    places: dict[Hashable, Rows] = defaultdict(list)
    for row in right:
        places[tuple(row[name] for name in common)].append(row)
    pairs = ((one, other) for one in left for other in places.get(tuple(one[name] for name in common), ()))
    return [one.merge(other) for one, other in pairs if one.compatible(other)]


def subquery_once() -> Callable[[QueryContext, CompValue], Rows]:
    """An evaluation of subqueries for one query, which keeps what it found by the values that a subquery can see."""
    found: dict[Hashable, Rows] = {}

    def subquery(context: QueryContext, part: CompValue) -> Rows:
        if part.name != "ToMultiSet" or part.p.name == "values":
            raise NotImplementedError
        key = (id(part), *((name, context[name]) for name in sorted(part._vars)))
        if key not in found:
            found[key] = list(evalPart(context, part.p))
        return found[key]

    return subquery
