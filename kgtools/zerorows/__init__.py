"""Why a query has no rows: the first part that leaves none, the reason, and the views that would have some."""

import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from rdflib import URIRef

from kgtools.errors import KgError
from kgtools.evidence import labels
from kgtools.guard import Token
from kgtools.identities import REPLACED_BY
from kgtools.model import Answer, Term
from kgtools.store import Store
from kgtools.zerorows.parts import Query, Step, taken_apart
from kgtools.zerorows.reasons import Prober, Reason, nearest, shown, unused, why

_NAMED = 6  # views named in a line

__all__ = ["ZeroRows", "zero_rows", "zero_rows_lines"]


@dataclass(frozen=True, slots=True)
class ZeroRows:
    """The part that leaves no row, why, and what may help; a part is a pattern, a FILTER, a parameter and the like."""

    kind: str
    part: str
    line: int | None  # of the query, where the part stands in it
    reason: str
    hint: str | None
    views: tuple[tuple[str, int], ...] = ()  # other views with rows, and how many (1 for an ASK)
    empty: tuple[str, ...] = ()  # other views that were tried and have none
    untried: tuple[str, ...] = ()  # other views that time did not allow


def zero_rows(store: Store, answer: Answer, *, seconds: float = 4.0) -> ZeroRows | None:
    """Why a SELECT has no rows or an ASK is false, looked for during *seconds* at most; None for any other answer."""
    if answer.triples is not None or answer.boolean or answer.rows:
        return None
    store = store.with_history() if answer.history else store
    until = time.monotonic() + min(seconds, store.timeout)
    try:
        kind, part, line, reason = _first(store, answer, until)
    except (IndexError, KgError):  # odd syntax, or no time left: say the less that is surely true
        reason = Reason("which of its parts leaves no row could not be told")
        kind, part, line = "query", "as a whole", None
    tried = [] if reason.everywhere else _other_views(store, answer, until)
    return ZeroRows(
        kind,
        part,
        line,
        reason.text,
        reason.hint,
        views=tuple((name, count) for name, count in tried if count),
        empty=tuple(name for name, count in tried if count == 0),
        untried=tuple(name for name, count in tried if count is None),
    )


def zero_rows_lines(found: ZeroRows) -> str:
    """The finding for a reader, in at most six lines."""
    place = "" if found.line is None else f" (line {found.line})"
    lines = [f"No rows. What leaves none: {found.kind} {found.part}{place}", f"Why: {found.reason}."]
    lines += [f"Hint: {found.hint}."] if found.hint else []
    with_rows = [f"{name} ({count})" for name, count in found.views]
    for words, names in (
        ("Other views with rows", with_rows),
        ("Other views without any", found.empty),
        ("Other views, not tried for want of time", found.untried),
    ):
        lines += [f"{words}: {_some(names)}."] if names else []
    return "\n".join(lines)


def _some(names: Sequence[str]) -> str:
    more = len(names) - _NAMED
    return ", ".join([*names[:_NAMED], *([f"and {more} more"] if more > 0 else [])])


_Place = tuple[str, str, int | None, Reason]


def _first(store: Store, answer: Answer, until: float) -> _Place:
    """Kind, text and line of the first part that leaves no row, with the reason."""
    query = taken_apart(answer.query)
    prober = Prober(store, query.prologue, until)
    if answer.bindings and (found := _parameter(prober, answer)):
        return found
    fixed = "".join(f"VALUES ?{name} {{ {value.n3()} }} . " for name, value in answer.bindings.items())
    steps = [replace(step, where=fixed + step.where) for step in query.steps]
    for number, step in enumerate(steps):
        if not prober.holds(step.where):
            reason = _with_parameters(why(prober, step, steps[:number]), step, answer.bindings)
            return step.kind, step.text, step.line, reason
    return _modifier(prober, answer, query)


def _parameter(prober: Prober, answer: Answer) -> _Place | None:
    """The first parameter with which no row is left, or without which there are rows; None if that is no single one."""
    values = dict(answer.bindings)
    names = list(values)
    growing = [(names[:number], name) for number, name in enumerate(names)]
    others = [([other for other in names if other != name], name) for name in names]
    for kept, name in (*growing, *others):
        rows = prober.answer(answer.query, {other: values[other] for other in kept})
        if not _count(rows):
            continue
        if not _count(prober.answer(answer.query, {other: values[other] for other in (*kept, name)})):
            reason = _of_parameter(prober, rows, name, values[name], together=bool(kept))
            return "parameter", f"{name}={shown(values[name])}", None, reason
    return None


def _with_parameters(reason: Reason, step: Step, bindings: Mapping[str, Term]) -> Reason:
    """The reason with the values of the parameters that stand in the part, if there is no better hint."""
    variables = {token.text[1:] for token in step.tokens if token.kind == "variable"}
    here = [f"{name}={shown(value)}" for name, value in bindings.items() if name in variables]
    return replace(reason, hint=f"asked with {', '.join(here)}") if here and not reason.hint else reason


def _of_parameter(prober: Prober, rows: Answer, name: str, value: Term, *, together: bool) -> Reason:
    if kept := _kept(prober, value):
        folded = f"editors have folded {shown(value)} into {shown(kept)}"
        return Reason(folded, f"ask with {name}={shown(kept)}", everywhere=True)
    column = rows.columns.index(name)
    present = {row[column] for row in rows.rows} - {None}
    named = labels(prober.store, {term for term in present if isinstance(term, URIRef)})
    words = {term: sorted({label.casefold() for label in known.values()}) for term, known in named.items()}
    near = nearest(value, (term for term in present if term is not None), words)
    known = named.get(near, {}).get("en") if isinstance(near, URIRef) else None
    hint = (
        None if near is None else f"the nearest value that a row has is {shown(near)}" + f" (“{known}”)" * bool(known)
    )
    if isinstance(value, URIRef) and unused(prober, value.n3()):
        return Reason(f"{shown(value)} is declared and used nowhere in the snapshot", hint, everywhere=True)
    others = " together with the other parameters" if together else ""
    return Reason(f"no row of view {prober.store.view} has this value{others}", hint)


def _kept(prober: Prober, value: Term) -> Term | None:
    """The handle that is kept in the place of one that an identity decision folds."""
    if not isinstance(value, URIRef):
        return None
    rows = prober.store.query(f"SELECT ?kept {{ {value.n3()} {REPLACED_BY.n3()} ?kept }} ORDER BY ?kept").rows
    return rows[0][0] if rows else None


def _count(answer: Answer) -> int:
    return int(answer.boolean) if answer.boolean is not None else len(answer.rows)


_CLAUSES = ("HAVING", "VALUES", "OFFSET", "LIMIT")  # in the order in which they are applied
_BEHIND = frozenset((*_CLAUSES, "GROUP", "ORDER"))


def _modifier(prober: Prober, answer: Answer, query: Query) -> _Place:
    """What stands behind the WHERE clause and leaves no row of those that the clauses before it leave."""
    spans = _spans(query.tail)
    present = [word for word in _CLAUSES if word in spans]
    before = _count(prober.answer(_without(answer.query, spans, present), answer.bindings))
    for number, word in enumerate(present):
        rows = _count(prober.answer(_without(answer.query, spans, present[number + 1 :]), answer.bindings))
        if before and not rows:
            start, end = spans[word]
            text = " ".join(answer.query[start + len(word) : end].split())
            reason = Reason(_of_modifier(word, before), everywhere=word in ("OFFSET", "LIMIT"))
            return word, text, answer.query.count("\n", 0, start) + 1, reason
        before = rows
    return "query", "as a whole", None, Reason("which of its parts leaves no row could not be told")


def _spans(tail: Sequence[Token]) -> dict[str, tuple[int, int]]:
    """Where each clause behind the WHERE clause begins and ends in the query."""
    depth, found, last = 0, {}, None
    for token in tail:
        word = token.text.upper()
        depth += (token.kind == "open") - (token.kind == "close")
        if depth == 0 and token.kind == "word" and word in _BEHIND:
            last = word
            found[last] = (token.start, token.start)
        if last is not None:
            found[last] = (found[last][0], token.start + len(token.text))
    return found


def _without(text: str, spans: Mapping[str, tuple[int, int]], words: Sequence[str]) -> str:
    for start, end in sorted((spans[word] for word in words), reverse=True):
        text = text[:start] + text[end:]
    return text


def _of_modifier(word: str, rows: int) -> str:
    have = f"there {'is 1 row' if rows == 1 else f'are {rows} rows'} without it"
    return {
        "VALUES": f"{have}, and none has these values",
        "HAVING": f"{have}, and none passes it",
        "OFFSET": f"{have}, so it is past the last row",
        "LIMIT": f"{have}, and it lets none through",
    }[word]


def _other_views(store: Store, answer: Answer, until: float) -> list[tuple[str, int | None]]:
    """Each other view with its count of rows, the views with most facts first; None where time or memory ran out."""
    counts = json.loads((store.folder / "manifest.json").read_bytes())["views"]
    if store.view not in counts:  # a view within a scope: no other view has been narrowed so
        return []
    emptied = [_triples(store, store.view)] if _is_monotone(answer.query) else []
    found: list[tuple[str, int | None]] = []
    for name in sorted(counts.keys() - {store.view}, key=lambda name: (-counts[name]["facts"], name)):
        # What has no rows in one view has none in a view without a triple beyond.
        triples = _triples(store, name) if emptied else set()
        poorer = any(triples <= more for more in emptied)
        count = 0 if poorer else _rows_in(store, name, answer, until)
        emptied += [triples] if emptied and count == 0 and not poorer else []
        found.append((name, count))
    return found


def _is_monotone(query: str) -> bool:
    try:
        return taken_apart(query).monotone
    except IndexError:
        return False


def _triples(store: Store, view: str) -> set[bytes]:
    """The lines of a view's file without their graphs."""
    lines = (store.folder / "views" / f"{view}.nq").read_bytes().splitlines()
    return {line.rpartition(b" <")[0] for line in lines}


def _rows_in(store: Store, view: str, answer: Answer, until: float) -> int | None:
    left = until - time.monotonic()
    if left <= 0:
        return None
    try:
        with Store.open(store.folder, view, timeout=left, memory_mb=store.memory_mb) as other:
            return _count(other.query(answer.query, answer.bindings))
    except KgError:
        return None
