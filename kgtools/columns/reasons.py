"""Why a selection has a triple: the steps that lead to it, back to what is given, as values of the model."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from kgtools.columns.select import Selection
from kgtools.model import Inference, Triple
from kgtools.sources import nt, terms_of

Step = tuple[int, int, tuple[int, ...]]  # conclusion, rule, premises


@dataclass(frozen=True, slots=True)
class Reasons:
    """What leads to a triple: inferences, and the given triples that they lead back to.

    A given triple is stated in the reference data (True), or else taken from claims.
    """

    inferences: tuple[Inference, ...]
    given: dict[Triple, bool]


def reasons(selection: Selection, triple: Triple) -> Reasons:
    """The inferences from which *triple* follows in the selection, and theirs; none where it does not hold."""
    fact = _number_of(selection, triple)
    if fact is None or not selection.holds[fact]:
        return Reasons((), {})
    steps = _backwards(selection, fact)
    facts = sorted({fact, *(number for done, _, premises in steps for number in (done, *premises))})
    triples = dict(zip(facts, _triples(selection, facts), strict=True))
    rules, stated = selection.index.closed.rules, selection.index.stated
    taken = set(selection.taken["fact"].filter(selection.taken["fact"].is_in(facts)))
    inferences = (
        Inference(triples[done], rules[rule], tuple(map(triples.__getitem__, by))) for done, rule, by in steps
    )
    given = {triples[number]: bool(stated[number]) for number in facts if stated[number] or number in taken}
    return Reasons(tuple(inferences), given)


def _number_of(selection: Selection, triple: Triple) -> int | None:
    closed = selection.index.closed
    terms = [closed.terms.index_of(nt(term)) for term in triple]
    if None in terms:
        return None
    same = [closed.facts[name].to_numpy() == term for name, term in zip(closed.facts.columns, terms, strict=True)]
    rows = np.flatnonzero(same[0] & same[1] & same[2])
    return int(rows[0]) if rows.size else None


def _backwards(selection: Selection, fact: int) -> list[Step]:
    """Every step that leads to the fact. What holds by reference data alone has its steps there."""
    found: list[Step] = []
    waiting, seen = [fact], {fact}
    while waiting:
        number = waiting.pop()
        steps = selection.index.grounds if selection.index.known[number] else selection.steps
        for done, rule, *premises in _to(steps, number).iter_rows():
            used = tuple(premise for premise in premises if premise is not None)
            found.append((done, rule, used))
            waiting += [premise for premise in used if premise not in seen]
            seen.update(used)
    return found


def _to(steps: pl.DataFrame, fact: int) -> pl.DataFrame:
    """The steps to one fact; they are sorted by it."""
    first, last = np.searchsorted(steps["fact"].to_numpy(), [fact, fact + 1])
    return steps[first:last]


def _triples(selection: Selection, facts: list[int]) -> list[Triple]:
    texts = selection.index.closed.texts(pl.Series(facts, dtype=pl.UInt32))
    terms = iter(terms_of(text for row in texts.iter_rows() for text in row))
    return list(zip(terms, terms, terms, strict=True))  # type: ignore[arg-type]
