"""Marks on lanes as elements with plain numbers: where each stands on the axis, and in which row of its lane."""

import textwrap
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from rdflib import URIRef

from kgtools.render.spans import Dated, Span
from kgtools.render.statements import Opened, called, name_of
from kgtools.render.words import Phrase, Say, said
from kgtools.times import Days

Scale = Callable[[int], float]  # from a day to its place across
Plain = dict[str, Any]  # plain values for the script

WIDTH = 1080
_LEFT, _RIGHT = 250, 24  # room for the names of lanes, and beside the axis
_ROW, _PAD = 25, 6
_PER_LETTER = 6.7
_TAIL = 34  # an open end: short, because nobody says how long it goes on
_SAID_AGAIN = 600
_LEAST = 7  # pixels of the smallest mark
_STEPS = (1, 3, 12, 24, 60, 120, 240, 600, 1200)  # months between two lines of the axis
_SAID = ("disputed", "withdrawn", "forecast", "inferred")  # how a mark stands, where its words say so


@dataclass(frozen=True, slots=True)
class Timeline:
    """Everything the template draws, the box around it, and what each mark opens; `lanes` of `of_lanes` are drawn."""

    box: tuple[int, int, int, int]
    strips: list[int]  # heights at which the words of the axis stand
    ticks: list[tuple[float, str]]
    lanes: list[dict[str, object]]
    marks: list[dict[str, object]]
    opened: list[Opened]  # of the lanes
    drawn: list[tuple[Span, Opened]]  # of the marks, in their order
    of_lanes: int
    plain: Plain  # what the script needs to lay them out for another width or time


def laid(all_: Dated, most_rows: int | None = None) -> Timeline:
    """The marks on their lanes; with *most_rows* only the lanes under which most claims stand, in order of time."""
    groups = _groups(all_.spans)
    kept = _kept(groups, most_rows)
    first, last = _range([span for lane in kept for span in groups[lane]])
    scale, y = _scale(first, last), 34
    ticks = [(scale(at), words) for at, words in _ticks(first, last)]
    plain: Plain = {"range": (first, last), "lanes": [], "marks": []}
    out = Timeline((0, 0, 0, 0), [18], ticks, [], [], [], [], len(groups), plain)
    for lane in kept:
        if y - out.strips[-1] > _SAID_AGAIN:
            out.strips.append(y + 15)
            y += 22
        y += _add_lane(out, lane, groups[lane], all_, y, scale=scale)
    out.strips.append(y + 22)
    return replace(out, box=(0, 0, WIDTH, y + 30))


def _add_lane(out: Timeline, lane: URIRef, spans: Sequence[Span], all_: Dated, y: int, *, scale: Scale) -> int:
    """Add a lane and its marks at a height; how high it is."""
    name, (placed, rows) = f"l{len(out.lanes)}", _placed(spans, scale)
    title, name_ = name_of(lane, all_.found), (called(lane, all_.found),)
    own_kind = Say(f"kind:{all_.found.kinds.get(lane, 'Entity')}")
    label = textwrap.wrap(title, 36, max_lines=3, placeholder=" …")
    high = max(rows * _ROW, len(label) * 16) + 2 * _PAD
    lines = [(y + _PAD + 13 + 16 * n, line) for n, line in enumerate(label)]
    element = {"id": name, "name": title, "label": lines, "y": y, "high": high, "odd": len(out.lanes) % 2}
    out.lanes.append(element | _standing(all_.standing.get(lane), scale))
    every = tuple(dict.fromkeys(one for span in spans for one in span.statements))
    out.opened.append(Opened(name, name_, (own_kind,), "", every, ""))
    out.plain["lanes"].append((name, *_days_standing(all_.standing.get(lane))))
    for number, (span, (mark, row)) in enumerate(zip(spans, placed, strict=True)):
        words, status = span_words(span), span.dating[0].status
        days = ((span.begins or ("",))[0], (span.ends or ("",))[-1])
        kind = all_.kind(span.dating[0])
        line = (*words, " — ", Say(f"kind:{kind}"))
        one = Opened(f"{name}m{number}", name_, line, status, span.statements, kind, words, days, span.change)
        out.marks.append({**mark, "id": one.id, "y": y + _PAD + row * _ROW + _ROW // 2})
        out.plain["marks"].append(
            (one.id, len(out.lanes) - 1, _ordinals(span.begins), _ordinals(span.ends), span.period)
        )
        out.drawn.append((span, one))
    return high


def span_words(span: Span) -> Phrase:
    """The words of a mark, with what became of it, and how it stands where that is not as most do."""
    status = span.dating[0].status
    words = (Say(f"short-{span.change}"), ": ", *span.phrase) if span.change else span.phrase
    return (*words, " (", Say(f"short-{status}"), ")") if status in _SAID else words


def _ordinals(days: Days | None) -> tuple[int, int] | None:
    return (_ordinal(days[0]), _ordinal(days[1])) if days else None


def _days_standing(days: Days | None) -> tuple[int | None, int | None]:
    return (_ordinal(days[0]), _ordinal(days[1]) if days[1] else None) if days else (None, None)


def _standing(days: Days | None, scale: Scale) -> dict[str, object]:
    """From where to where an agreement is signed and not ended; a short arrow where no end is dated."""
    if days is None:
        return {"standing": None}
    start = scale(_ordinal(days[0]))
    return {"standing": (start, scale(_ordinal(days[1])) if days[1] else start + _TAIL), "ended": bool(days[1])}


def _groups(spans: Sequence[Span]) -> dict[URIRef, list[Span]]:
    groups: dict[URIRef, list[Span]] = defaultdict(list)
    for span in spans:
        groups[span.lane].append(span)
    return groups


def _kept(groups: dict[URIRef, list[Span]], most_rows: int | None) -> list[URIRef]:
    if most_rows is None:
        return list(groups)
    chosen: set[URIRef] = set()
    rows = 0
    for lane in sorted(groups, key=lambda lane: (not _changed(groups[lane]), -len(_claims(groups[lane])), lane)):
        if rows + len(groups[lane]) <= most_rows or not chosen:
            chosen.add(lane)
            rows += len(groups[lane])
    return [lane for lane in groups if lane in chosen]


def _changed(spans: Iterable[Span]) -> bool:
    return any(span.change for span in spans)


def _claims(spans: Iterable[Span]) -> set[URIRef]:
    return {iri for span in spans for one in span.statements for iri in one.under}


def _range(spans: Iterable[Span]) -> tuple[int, int]:
    """The first and last day of the axis, with a margin."""
    at = [_ordinal(day) for span in spans for days in (span.begins, span.ends) if days for day in days]
    if not at:
        return 0, 1
    margin = max((max(at) - min(at)) // 40, 20)
    return max(min(at) - margin, 1), min(max(at) + margin, date.max.toordinal())


def _ordinal(day: str) -> int:
    return date.fromisoformat(day).toordinal()


def _scale(first: int, last: int) -> Scale:
    return lambda at: round(_LEFT + (at - first) / (last - first) * (WIDTH - _LEFT - _RIGHT), 1)


def _ticks(first: int, last: int) -> list[tuple[int, str]]:
    """The days at which the axis has a line, at most fourteen, and their words."""
    if last <= 1:
        return []
    months = (last - first) / 30.44
    step = next((step for step in _STEPS if months / step <= 12), _STEPS[-1])
    begin = date.fromordinal(first)
    month = -(-(begin.year * 12 + begin.month - 1) // step) * step
    ticks = []
    while month < 12 * date.max.year and (at := date(max(month // 12, 1), month % 12 + 1, 1).toordinal()) <= last:
        words = f"{month // 12}" if step >= 12 or month % 12 == 0 else f"{month // 12}-{month % 12 + 1:02}"
        ticks += [(at, words)] if at >= first else []
        month += step
    return ticks


def _placed(spans: Sequence[Span], scale: Scale) -> tuple[list[tuple[dict[str, object], int]], int]:
    """Each mark with its row, the first in which neither it nor its words meet another, and how many rows there are."""
    drawn, taken = [], list[list[tuple[float, float]]]()
    for span in spans:
        mark, left, right = _mark(span, scale)
        row = next((r for r, used in enumerate(taken) if all(right < a or left > b for a, b in used)), len(taken))
        if row == len(taken):
            taken.append([])
        taken[row].append((left, right))
        drawn.append((mark, row))
    return drawn, len(taken)


def _mark(span: Span, scale: Scale) -> tuple[dict[str, object], float, float]:
    """A mark without its height, and from where to where it and its words reach."""
    status = span.dating[0].status
    x1, x2, x3, x4 = _edges(span, scale)
    left = x1 - _TAIL if span.begins is None else x1
    right = x4 + _TAIL if span.ends is None else x4
    words = said(span_words(span))
    need, beside, before = len(words) * _PER_LETTER + 10, WIDTH - 4 - right, left - _LEFT
    on_right = beside >= need or (before < need and beside >= before)
    room = (beside if on_right else before) - 10
    shown = words if len(words) * _PER_LETTER <= room else words[: max(int(room / _PER_LETTER) - 2, 0)].rstrip() + " …"
    wide = len(shown) * _PER_LETTER + 8
    mark = {
        "x1": x1,
        "x2": x2,
        "x3": x3,
        "x4": x4,
        "day": not span.period and span.begins is not None and span.begins[0] == span.begins[1],
        "open_start": span.begins is None,
        "open_end": span.ends is None,
        "status": status,
        "change": span.change,
        "words": words,
        "shown": shown,
        "tx": right + 6 if on_right else left - 6,
        "anchor": "start" if on_right else "end",
    }
    return mark, left - (0 if on_right else wide) - 2, right + (wide if on_right else 0) + 6


def _edges(span: Span, scale: Scale) -> tuple[float, float, float, float]:
    """Where it can begin first and last, and end first and last; between the middle two it surely is."""
    begins, ends = span.begins or span.ends, span.ends or span.begins
    assert begins is not None
    assert ends is not None
    x1, x4 = scale(_ordinal(begins[0])), scale(_ordinal(ends[1]) + 1)
    x2, x3 = scale(_ordinal(begins[1])), scale(_ordinal(ends[0]) + 1)
    if span.ends is None:
        x3 = x4 = max(scale(_ordinal(begins[1]) + 1), x1)
    if span.begins is None:
        x1 = x2 = scale(_ordinal(ends[0]))
    if x4 < x1:  # said to end before it begins: the span of both, and no more
        return x4, x1, x1, x1
    if x4 - x1 < _LEAST:
        middle = (x1 + x4) / 2
        x1, x4 = round(middle - _LEAST / 2, 1), round(middle + _LEAST / 2, 1)
        return (x1, x1, x4, x4) if span.period else (x1, x4, x4, x4)
    return (x1, x2, x3, x4) if x2 < x3 and span.period else (x1, x4, x4, x4)
