"""What follows from the facts by the rules, each conclusion with its justifications, as values of the model."""

import gc
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from kgtools.model import Inference, Term, Triple
from kgtools.reason.rules import Rule
from kgtools.sources import nt

if TYPE_CHECKING:
    from kgtools.reason.closure import Closed


def materialise(
    ruleset: Iterable[Rule], triples: Iterable[Triple], also: Iterable[Triple] = (), *, every: bool = True
) -> list[Inference]:
    """Every one-step justification of everything that follows from *triples* and is not among them, or is in *also*.

    Sorted by conclusion. The first justification of a conclusion is well-founded: its premises are given or inferred in
    an earlier round, and of those that are it has the smallest depth, then rule, then premises. The others may lean on
    one another, but never on their own conclusion directly. A triple of *also*, which is one of *triples*, is given, so
    none of its justifications need be well-founded. With *every* off only the first justification of each conclusion is
    returned: a quarter of the values, for data where all of them would fill the memory.
    """
    import polars as pl

    from kgtools.reason.closure import TRIPLE, closed

    ordered = list(ruleset)
    parts = {part for rule in ordered for atom in (*rule.body, rule.head) for part in atom if not isinstance(part, int)}
    terms: dict[str, Term] = {nt(part): part for part in parts}

    def texts(triples: Sequence[Triple]) -> pl.DataFrame:
        columns = [[nt(triple[part]) for triple in triples] for part in range(3)]
        for part, column in enumerate(columns):
            terms.update(zip(column, (triple[part] for triple in triples), strict=True))
        return pl.DataFrame(columns, schema=dict.fromkeys(TRIPLE, pl.String), orient="col")

    with _collector_paused():
        found = closed(ordered, texts(list(triples)), texts(list(also)), every=every)
        return _decoded(found, [terms[text] for text in found.terms])


@contextmanager
def _collector_paused() -> Iterator[None]:
    """No cyclic garbage collection: there are no cycles here, and walking the new values again and again costs half."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def _decoded(found: "Closed", terms: Sequence[Term]) -> list[Inference]:
    s, p, o = (map(terms.__getitem__, found.facts[name].to_list()) for name in ("s", "p", "o"))
    facts: list[Triple] = list(zip(s, p, o, strict=True))  # type: ignore[arg-type]
    alone = [(fact,) for fact in facts]  # most steps have one premise: a tuple a fact, not one a step
    columns = [name for name in found.steps.columns if name.startswith("premise")]
    steps = found.steps.hstack(found.facts[found.steps["fact"]]).sort("s", "p", "o", "depth", "rule", *columns)
    conclusions, by, *premises = (steps[name].to_list() for name in ("fact", "rule", *columns))
    used = [
        alone[row[0]] if len(row) == 1 or row[1] is None else tuple(facts[n] for n in row if n is not None)
        for row in zip(*premises, strict=True)
    ]
    return list(map(Inference, map(facts.__getitem__, conclusions), map(found.rules.__getitem__, by), used))
