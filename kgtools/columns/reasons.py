"""Why a selection has a triple: the steps that lead to it, back to what is given, as values of the model."""

from dataclasses import dataclass

import numpy as np
import polars as pl
from rdflib import URIRef

from kgtools.columns.select import Selection
from kgtools.model import Inference, Triple
from kgtools.sources import nt, terms_of


@dataclass(frozen=True, slots=True)
class Reasons:
    """What leads to a triple: inferences, and the given triples among them with the claims that each is taken from.

    A given triple without claims is reference data; what follows from that alone counts as given too.
    """

    inferences: tuple[Inference, ...]
    given: dict[Triple, tuple[URIRef, ...]]


def reasons(selection: Selection, triple: Triple) -> Reasons:
    """The inferences from which *triple* follows in the selection, and theirs; none where it does not hold."""
    fact = _number_of(selection, triple)
    if fact is None or not selection.holds[fact]:
        return Reasons((), {})
    rows = _backwards(selection, fact)
    facts = sorted({fact, *(number for row in rows for number in (row[0], *row[2]))})
    triples = dict(zip(facts, _triples(selection, facts), strict=True))
    rules = selection.index.closed.rules
    found = (
        Inference(triples[done], rules[rule], tuple(triples[used] for used in premises))
        for done, rule, premises in rows
    )
    return Reasons(tuple(found), {triples[number]: claims for number, claims in _given(selection, facts).items()})


def _number_of(selection: Selection, triple: Triple) -> int | None:
    closed = selection.index.closed
    terms = [closed.terms.index_of(nt(term)) for term in triple]
    if None in terms:
        return None
    same = [closed.facts[name].to_numpy() == term for name, term in zip(closed.facts.columns, terms, strict=True)]
    rows = np.flatnonzero(same[0] & same[1] & same[2])
    return int(rows[0]) if rows.size else None


def _backwards(selection: Selection, fact: int) -> list[tuple[int, int, tuple[int, ...]]]:
    """Conclusion, rule and premises of every step that leads to the fact; steps are sorted by conclusion."""
    conclusions = selection.steps["fact"].to_numpy()
    rows, waiting, seen = [], [fact], {fact}
    while waiting:
        number = waiting.pop()
        first, last = np.searchsorted(conclusions, [number, number + 1])
        for done, rule, *premises in selection.steps[first:last].iter_rows():
            used = tuple(premise for premise in premises if premise is not None)
            rows.append((done, rule, used))
            waiting += [premise for premise in used if premise not in seen]
            seen.update(used)
    return rows


def _triples(selection: Selection, facts: list[int]) -> list[Triple]:
    texts = selection.index.closed.texts(pl.Series(facts, dtype=pl.UInt32))
    terms = iter(terms_of(text for row in texts.iter_rows() for text in row))
    return list(zip(terms, terms, terms, strict=True))  # type: ignore[arg-type]


def _given(selection: Selection, facts: list[int]) -> dict[int, tuple[URIRef, ...]]:
    """The facts among these that are taken from claims, with the claims, or hold without any."""
    index, found = selection.index, {}
    taken = selection.taken["fact"].to_numpy()
    for fact in facts:
        first, last = np.searchsorted(taken, [fact, fact + 1])
        claims = index.claims["iri"].gather(selection.taken["claim"][first:last])
        if len(claims) or index.known[fact]:
            found[fact] = tuple(URIRef(name[1:-1]) for name in index.names.gather(claims))
    return found
