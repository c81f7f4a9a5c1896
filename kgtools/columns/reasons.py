"""Why a selection has a triple: the steps that lead to it, back to what is given, as values of the model."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

import numpy as np
import polars as pl
from rdflib import URIRef

from kgtools.columns.select import Selection
from kgtools.columns.write import proposition_text
from kgtools.model import Inference, Triple
from kgtools.reason.closure import TRIPLE
from kgtools.sources import nt, terms_of

Step = tuple[int, int, tuple[int, ...]]  # conclusion, rule, premises


@dataclass(frozen=True, slots=True)
class Reasons:
    """What leads to a triple: inferences, and the given triples that they lead back to.

    A given triple is stated in the reference data (True), or else taken from claims.
    """

    inferences: tuple[Inference, ...]
    given: dict[Triple, bool]
    taken: bool  # the triple itself is taken from claims, whatever the reference data state
    alone: bool  # it follows from the reference data alone, which do not state it


def reasons(selection: Selection, triple: Triple, alike: Collection[URIRef] = ()) -> Reasons:
    """The inferences from which *triple* follows in the selection, and theirs; none where it does not hold.

    *alike* are propositions that say the same of a literal written otherwise, such as 012; they count as the triple.
    """
    found = [fact for fact in _numbers_of(selection, triple, {iri.n3() for iri in alike}) if selection.holds[fact]]
    inferences, given, taken = _led_back(selection, found, dict.fromkeys(found, triple))
    stated = selection.index.stated
    alone = any(selection.index.known[fact] and not stated[fact] for fact in found)
    return Reasons(inferences, given, not taken.isdisjoint(found), alone)


def reasons_together(
    selection: Selection, wanted: Collection[Triple]
) -> tuple[tuple[Inference, ...], dict[Triple, bool]]:
    """The inferences that lead to any of these triples, and the given triples that they lead back to, in one pass."""
    terms = selection.index.closed.terms.to_frame("text").with_row_index("number")
    named = terms.filter(pl.col("text").is_in([nt(term) for term in {term for triple in wanted for term in triple}]))
    place = dict(zip(named["text"], named["number"], strict=True))
    coded = [tuple(place.get(nt(term)) for term in triple) for triple in wanted]
    asked = pl.DataFrame(coded, schema=dict.fromkeys(TRIPLE, pl.UInt32), orient="row").unique()
    found = selection.index.closed.facts.with_row_index("fact").join(asked, on=TRIPLE)["fact"]
    inferences, given, _ = _led_back(selection, [fact for fact in found if selection.holds[fact]], {})
    return inferences, given


def _led_back(
    selection: Selection, found: list[int], triples: dict[int, Triple]
) -> tuple[tuple[Inference, ...], dict[Triple, bool], set[int]]:
    """The inferences behind these facts, what is given under them, and which facts of all these claims say.

    *triples* are those of facts that are to be read otherwise than they are written.
    """
    steps = _backwards(selection, found)
    facts = sorted({*found, *(number for done, _, premises in steps for number in (done, *premises))})
    triples = dict(zip(facts, _triples(selection, facts), strict=True)) | triples
    rules, stated = selection.index.closed.rules, selection.index.stated
    taken = set(selection.taken["fact"].filter(selection.taken["fact"].is_in(facts)))
    inferences = (
        Inference(triples[done], rules[rule], tuple(map(triples.__getitem__, by))) for done, rule, by in steps
    )
    given: dict[Triple, bool] = {}
    for fact in facts:
        if stated[fact] or fact in taken:
            given[triples[fact]] = given.get(triples[fact], False) or bool(stated[fact])
    return tuple(inferences), given, taken


def _numbers_of(selection: Selection, triple: Triple, alike: Collection[str]) -> list[int]:
    """The facts that are the triple, or the proposition of which is among those alike."""
    closed = selection.index.closed
    terms = [closed.terms.index_of(nt(term)) for term in triple]
    if terms[0] is None or terms[1] is None:
        return []
    same = (closed.facts["s"].to_numpy() == terms[0]) & (closed.facts["p"].to_numpy() == terms[1])
    rows = np.flatnonzero(same).tolist()
    if not alike:
        return [row for row in rows if closed.facts["o"][row] == terms[2]]
    texts = zip(rows, closed.texts(pl.Series(rows, dtype=pl.UInt32)).iter_rows(), strict=True)
    return [row for row, text in texts if closed.facts["o"][row] == terms[2] or proposition_text(text) in alike]


def _backwards(selection: Selection, facts: list[int]) -> list[Step]:
    """Every step that leads to one of the facts. What holds by reference data alone has its steps there."""
    found: list[Step] = []
    level, seen = set(facts), set(facts)
    while level:
        new: set[int] = set()
        for done, rule, *premises in (row for steps in _to(selection, level) for row in steps.iter_rows()):
            used = tuple(premise for premise in premises if premise is not None)
            found.append((done, rule, used))
            new.update(used)
        level = new - seen
        seen |= level
    return found


def _to(selection: Selection, facts: Iterable[int]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The steps to these facts from the reference data alone, and those to the others."""
    number = pl.Series(sorted(facts), dtype=pl.UInt32)
    known = selection.index.known.gather(number)
    grounds, steps = number.filter(known), number.filter(~known)
    return (
        selection.index.grounds.filter(pl.col("fact").is_in(grounds.implode())),
        selection.steps.filter(pl.col("fact").is_in(steps.implode())),
    )


def _triples(selection: Selection, facts: list[int]) -> list[Triple]:
    texts = selection.index.closed.texts(pl.Series(facts, dtype=pl.UInt32))
    terms = iter(terms_of(text for row in texts.iter_rows() for text in row))
    return list(zip(terms, terms, terms, strict=True))  # type: ignore[arg-type]
