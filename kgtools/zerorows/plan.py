"""What each part of a query costs: the solutions left after it, in the order written, and the time to count them."""

import time
from collections.abc import Mapping
from dataclasses import dataclass

from rdflib import Literal

from kgtools.errors import KgError, QuestionError
from kgtools.model import Answer, Term
from kgtools.store import Store
from kgtools.zerorows.parts import Step, taken_apart
from kgtools.zerorows.reasons import Prober

__all__ = ["Stage", "plan", "plan_rows"]


@dataclass(frozen=True, slots=True)
class Stage:
    """One part of the WHERE clause, with the solutions that it has alone and those of all parts up to it."""

    kind: str
    part: str
    line: int
    alone: int | None  # None where time or memory did not allow to count
    together: int | None
    seconds: float  # to count all up to this part


def plan(store: Store, answer: Answer, *, seconds: float = 20.0) -> list[Stage]:
    """The parts of a SELECT or ASK that was answered, counted during *seconds* at most.

    OPTIONAL and BIND are in the counts of the parts after them and make no stage, for they take no solution away. The
    engine joins in an order of its own, so the time of a stage is what the query up to there takes, not a share of it.
    """
    store = store.with_history() if answer.history else store
    if answer.triples is not None:
        raise QuestionError("only a SELECT or ASK has a plan; write the pattern of the query as a SELECT")
    try:
        query = taken_apart(answer.query)
    except IndexError:
        raise QuestionError("the query cannot be taken apart; write its WHERE clause out as patterns") from None
    prober = Prober(store, query.prologue, time.monotonic() + seconds)
    return [_stage(prober, step, answer.bindings) for step in query.steps]


def plan_rows(stages: list[Stage]) -> list[list[str]]:
    """The stages as lines of a table, the first one its head."""
    head = ["line", "part", "", "alone", "so far", "seconds"]
    return [head, *([str(s.line), s.kind, s.part, _count(s.alone), _count(s.together), _time(s)] for s in stages)]


def _stage(prober: Prober, step: Step, bindings: Mapping[str, Term]) -> Stage:
    fixed = "".join(f"VALUES ?{name} {{ {value.n3()} }} . " for name, value in bindings.items())
    began = time.perf_counter()
    together = _counted(prober, fixed + step.where)
    seconds = time.perf_counter() - began
    alone = _counted(prober, step.alone) if step.kind == "pattern" else None
    return Stage(step.kind, step.text, step.line, alone, together, seconds)


def _counted(prober: Prober, where: str) -> int | None:
    try:
        term = prober.answer(f"{prober.prologue}SELECT (COUNT(*) AS ?solutions) {{ {where} }}").rows[0][0]
    except KgError:
        return None
    return int(term) if isinstance(term, Literal) else None


def _count(solutions: int | None) -> str:
    return "–" if solutions is None else f"{solutions:,}"


def _time(stage: Stage) -> str:
    return f"over {stage.seconds:.1f}" if stage.together is None else f"{stage.seconds:.3f}"
