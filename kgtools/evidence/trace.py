"""Trace each row of an answer, or each triple that it gives, to the claims it rests on.

The query is asked once more with all its steps named, so every solution behind a row is known. The triple patterns,
filled in, are the triples the row rests on; `kg:restsOn` leads from each to its claims. A row that names a claim itself
rests on that claim and on no other for the same proposition.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path

from rdflib import BNode, Literal, URIRef

from kgtools.claims import FORECASTS, SUPPOSES, proposition_iri
from kgtools.evidence.records import (
    OF_REFERENCE,
    Row,
    best_label,
    claim_lines,
    claim_records,
    grouped,
    kinds,
    labels,
    lookup,
)
from kgtools.evidence.solve import Found, solutions
from kgtools.model import Answer, Evidence, Support, Term, Triple
from kgtools.names import graph_iri, of_kind
from kgtools.store import Store

Rests = dict[Triple, tuple[str, set[URIRef]]]  # status and claims


def evidence(store: Store, answer: Answer, documents: Path | None = None) -> Evidence:
    """What each row of a SELECT rests on, or each triple of a CONSTRUCT or DESCRIBE, whose status else is unclaimed.

    With *documents*, also the passages of those that are at hand.
    """
    store = store.with_history() if answer.history else store
    found = solutions(store, answer) if answer.triples is None else [[_given(triple)] for triple in answer.triples]
    rests = _Rests(store, found)
    rows = tuple(tuple(rests.supports(row)) for row in found)
    if answer.triples is not None:
        rows = tuple(_given_supports(store, rows, answer.triples))
    gaps = tuple(tuple(rests.gaps(row)) for row in found)
    named = {iri for row in rows for support in row for iri in (*support.claims, *support.denials)}
    claims = claim_records(store, named, documents)
    things = {term for row in rows for support in row for term in support.triple if isinstance(term, URIRef)}
    return Evidence(rows, claims, labels(store, things), kinds(store, things), gaps)


def row_lines(found: Evidence, row: int) -> list[list[str]]:
    """The claims under a row, each as its lines, then a line for each inferred triple and for what is not traced."""
    claims = sorted({iri for support in found.rows[row] for iri in support.claims})
    lines = [claim_lines(found.claims[iri], found.claims) for iri in claims]
    inferred = (support.triple for support in found.rows[row] if support.status == "inferred")
    lines += [[f"inferred by rules, not said as such: {_in_words(triple, found)}"] for triple in inferred]
    lines += [[gap] for gap in found.gaps[row]]
    if any(support.status == "unclaimed" for support in found.rows[row]):
        return [["given by the query; no claim is known under it"]]
    return lines or [["rests on reference data only, no claim" if found.rows[row] else "rests on no claim"]]


_RESTS = """SELECT ?proposition ?claim {
  VALUES ?proposition { %s } ?proposition kg:restsOn ?claim
} ORDER BY ?proposition ?claim"""
_SAID = """SELECT ?proposition ?claim {
  VALUES ?proposition { %s } ?proposition kg:restsOn ?claim . ?claim kg:onProposition ?proposition
} ORDER BY ?proposition ?claim"""
_AGAINST = """SELECT DISTINCT ?proposition ?denial {
  VALUES ?proposition { %s } ?proposition (^kg:concludes/kg:premise)* ?under . ?denial kg:countsAgainst ?under
} ORDER BY ?proposition ?denial"""
_ON = """SELECT ?proposition ?claim ?stance ?subject ?predicate ?object {
  VALUES ?proposition { %s }
  ?claim kg:onProposition ?proposition ; kg:stance ?stance .
  ?proposition kg:subject ?subject ; kg:predicate ?predicate ; kg:object|kg:value ?object .
} ORDER BY ?proposition ?claim"""
_FOLLOWS = """SELECT ?proposition ?claim ?subject ?predicate ?object {
  VALUES ?proposition { %s }
  ?proposition kg:restsOn ?claim ; kg:subject ?subject ; kg:predicate ?predicate ; kg:object|kg:value ?object .
} ORDER BY ?proposition ?claim"""
_ABOUT = """SELECT ?subject ?predicate ?object { VALUES ?subject { %s } ?subject ?predicate ?object }
ORDER BY ?subject ?predicate ?object"""
_PROPOSITIONS = """SELECT ?claim ?proposition {
  VALUES ?claim { %s } ?claim kg:onProposition ?proposition
} ORDER BY ?claim ?proposition"""
_VALUED = """SELECT ?subject ?predicate ?value ?proposition {
  VALUES ?subject { %s } ?proposition kg:subject ?subject ; kg:predicate ?predicate ; kg:value ?value .
} ORDER BY ?subject ?predicate ?value ?proposition"""

_REFERENCE = frozenset((graph_iri("reference"), graph_iri("reference/inferred")))


def _given(triple: Triple) -> Found:
    # What has no name is in no proposition, so there is nothing to look up.
    nameless = any(isinstance(term, BNode) for term in triple)
    return Found({}, triples=[] if nameless else [(triple, None)])


def _given_supports(
    store: Store, rows: tuple[tuple[Support, ...], ...], triples: Iterable[Triple]
) -> Iterator[tuple[Support, ...]]:
    """The supports of each triple that a query gives, which the graph need not hold."""
    subjects = {support.triple[0] for row in rows for support in row if support.status == "reference"}
    held = {*map(tuple, lookup(store, _ABOUT, subjects))}
    for row, triple in zip(rows, triples, strict=True):
        known = tuple(support for support in row if support.status != "reference" or support.triple in held)
        yield known or (Support(triple, "unclaimed", ()),)


def _in_words(triple: Triple, found: Evidence) -> str:
    named = (best_label(found.labels.get(t, {}), t) if isinstance(t, URIRef) else f"“{t}”" for t in triple)
    return " — ".join(named)


class _Rests:
    """What a set of triples and claims rests on in the view: looked up once for the whole answer."""

    def __init__(self, store: Store, rows: list[list[Found]]) -> None:
        found = list(_all(rows))
        self.iri_of = _propositions(store, {triple for one in found for triple, _ in one.triples})
        bound = {term for one in found for term in one.solution.values() if isinstance(term, URIRef)}
        said_of = grouped(lookup(store, _PROPOSITIONS, of_kind(bound, "claim")))
        self.propositions_of = {claim: [row[0] for row in rows] for claim, rows in said_of.items()}
        resting = grouped(lookup(store, _RESTS, self.iri_of.values()))
        self.claims_of = {iri: [row[0] for row in rows] for iri, rows in resting.items()}
        self.said = {row[0] for row in lookup(store, _SAID, self.claims_of)}
        shown = {iri for iris in self.propositions_of.values() for iri in iris} | of_kind(bound, "proposition")
        self.on = grouped(lookup(store, _ON, shown))
        self.follows = grouped(lookup(store, _FOLLOWS, shown - self.on.keys()))
        self.against = grouped(lookup(store, _AGAINST, {*self.claims_of, *shown}))
        self.known: dict[int, Rests] = {}

    def supports(self, row: list[Found]) -> list[Support]:
        """The supports of one row, sorted."""
        return [
            Support(triple, status, tuple(sorted(claims)), self._denials_of(triple))
            for triple, (status, claims) in sorted(self._merged(row).items(), key=lambda item: tuple(map(str, item[0])))
        ]

    def gaps(self, row: list[Found]) -> list[str]:
        """What of a row is not traced, each a sentence."""
        return sorted({gap for one in _all([row]) for gap in one.gaps})

    def _denials_of(self, triple: Triple) -> tuple[URIRef, ...]:
        """The claims that count against a triple, or against a premise of it."""
        denials = self.against.get(self.iri_of.get(triple, proposition_iri(triple)), ())
        return tuple(row[0] for row in denials if isinstance(row[0], URIRef))

    def _merged(self, found: list[Found]) -> Rests:
        """What the solutions rest on, with the claims of equal triples put together; many share those of a subquery."""
        if id(found) in self.known:
            return self.known[id(found)]
        merged: Rests = {}
        for one in found:
            for triple, status, claims in self._of_solution(one):
                _add(merged, triple, status, claims)
            for below in one.below:
                for triple, (status, claims) in self._merged(below).items():
                    _add(merged, triple, status, claims)
        self.known[id(found)] = merged
        return merged

    def _of_solution(self, one: Found) -> Iterator[tuple[Triple, str, set[URIRef]]]:
        named = of_kind(one.solution.values(), "claim")
        covered: set[Term] = set()
        for triple, graph in one.triples:
            iri = self.iri_of[triple]
            under = {claim for claim in self.claims_of.get(iri, ()) if isinstance(claim, URIRef)}
            if under and graph not in _REFERENCE:
                covered |= {iri, *(under & named)}
                yield triple, "claimed" if iri in self.said else "inferred", under & named or under
            elif str(triple[0]).startswith(OF_REFERENCE) and isinstance(triple[2], URIRef):
                yield triple, "reference", set()
        propositions = of_kind(one.solution.values(), "proposition")
        for claim in sorted(named - covered):  # which comes first decides the status of what several say
            on = [iri for iri in self.propositions_of.get(claim, ()) if iri in propositions or not propositions]
            yield from (rest for iri in on for rest in _said(self.on[iri], {claim}))
        if not named:
            for iri in sorted(propositions - covered):
                yield from _said(self.on[iri], None)
                yield from ((tuple(triple), "inferred", {claim}) for claim, *triple in self.follows.get(iri, ()))  # type: ignore[misc]


def _all(rows: Iterable[list[Found]]) -> Iterator[Found]:
    """The solutions of all rows and of what is below them, each once."""
    seen: set[int] = set()
    waiting = list(rows)
    while waiting:
        found = waiting.pop()
        if id(found) not in seen:
            seen.add(id(found))
            for one in found:
                yield one
                waiting += one.below


def _propositions(store: Store, triples: set[Triple]) -> dict[Triple, URIRef]:
    """The proposition of each triple. The store rewrites numbers and times, so of such values it is looked up."""
    iris = {triple: proposition_iri(triple) for triple in triples}
    typed = {triple for triple in triples if isinstance(triple[2], Literal) and triple[2].datatype is not None}
    for subject, predicate, value, proposition in lookup(store, _VALUED, {triple[0] for triple in typed}):
        if (subject, predicate, value) in typed and isinstance(proposition, URIRef):
            iris[subject, predicate, value] = proposition  # type: ignore[index]
    return iris


def _add(merged: Rests, triple: Triple, status: str, claims: Iterable[URIRef]) -> None:
    before = merged.get(triple)
    if before is None or before[0] == "reference":
        merged[triple] = (status, set(claims))
    else:
        before[1].update(claims)


def _said(rows: list[Row], only: set[URIRef] | None) -> Iterator[tuple[Triple, str, set[URIRef]]]:
    """A proposition as the claims on it put it, whether or not the view takes it as fact."""
    for claim, stance, *triple in rows:
        if isinstance(claim, URIRef) and (only is None or claim in only):
            yield tuple(triple), "forecast" if stance in (FORECASTS, SUPPOSES) else "claimed", {claim}  # type: ignore[misc]
