"""An answer on a time axis: events, what became of agreements, positions, names and whatever claims hold for a time."""

from collections.abc import Iterable
from dataclasses import replace

from kgtools.model import Answer, Evidence
from kgtools.render import lanes
from kgtools.render.marks import marks_html
from kgtools.render.page import Compared, Page
from kgtools.render.spans import Dated, dated, said_days
from kgtools.render.statements import Statement, claims_under, listed, sides
from kgtools.render.still import Key, Part, change_keys, said_key, still
from kgtools.render.words import Phrase, Say, english, said
from kgtools.times import Days, Times

MOST_ROWS = 36  # of a still image
KEYS = (
    said_key("key-day", "mark-day claimed", "M22,4 L28,10 L22,16 L16,10 Z"),
    said_key("key-within", "bar soft claimed", "M4,5 H40 V15 H4 Z"),
    said_key("key-time", "bar claimed", "M4,5 H40 V15 H4 Z"),
    said_key("key-open", "tail claimed", "M4,10 H36 M30,5 L37,10 L30,15"),
    said_key("short-disputed", "bar disputed", "M4,5 H40 V15 H4 Z"),
    said_key("key-forecast", "bar forecast", "M4,5 H40 V15 H4 Z"),
    said_key("key-standing", "standing", "M2,10 H42"),
)
SCRIPTS = ("axis", "timeline")


def timeline_page(answer: Answer, found: Evidence, times: Times, *, title: str) -> Page:
    """The answer on a time axis, one lane a thing; what nothing dates is listed below with its claims."""
    return page_of(answer, found, dated(found, times), title)


def page_of(answer: Answer, found: Evidence, all_: Dated, title: str, compared: Compared | None = None) -> Page:
    """The page of what was dated for the evidence of an answer, or of two that are compared."""
    picture = lanes.laid(all_)
    undated, also = (listed(of, name, all_.kind) for of, name in ((all_.undated, "u"), (_also(all_), "a")))
    opened = [*picture.opened, *(one for _, one in picture.drawn), *undated, *also]
    shown = {iri for one in opened for statement in one.statements for iri in statement.under}
    more = len(shown - claims_under(found))
    notes = _notes(picture, all_, more)
    drawn = replace(all_.found, claims={iri: all_.found.claims[iri] for iri in sorted(shown)})
    values = {
        "title": title,
        "compared": compared,
        "picture": picture,
        "invitation": "invitation-timeline",
        "help": "keys-help-timeline",
        "empty": "" if picture.marks else "empty-timeline",
        "keys": _keys(picture),
        "entries": _rows(picture, all_),
        "also": [(one.id, one.statements[0], *sides(one.statements, all_.found)) for one in also],
        "undated": [(one.id, one.statements[0], *sides(one.statements, all_.found)) for one in undated],
        "kinds": [(kind, f"kind:{kind}") for kind in sorted({one.kind for one in opened if one.kind})],
        "data": {"plot": picture.plain, "columns": ("first day", "last day")},
    }
    html = marks_html("timeline.html", answer, drawn, SCRIPTS, opened=opened, notes=notes, values=values)
    return Page(html, _still(answer, all_, title, more), title)


def _notes(picture: lanes.Timeline, all_: Dated, more: int) -> list[Phrase]:
    counts = (len(picture.marks), len(picture.lanes), len(all_.undated))
    return [(Say("marks-and-lanes", counts),), *([(Say("more-when", (more,)),)] if more else [])]


def _keys(picture: lanes.Timeline) -> list[Key]:
    """The entries of the legend that something drawn needs."""
    marks = picture.marks
    soft = any(not m["day"] and (m["x2"] != m["x1"] or m["x3"] != m["x4"]) for m in marks)
    there = (
        any(m["day"] for m in marks),
        soft,
        any(not m["day"] and m["x3"] != m["x2"] for m in marks),
        any(m["open_start"] or m["open_end"] for m in marks),
        any(m["status"] == "disputed" for m in marks),
        any(m["status"] in ("forecast", "inferred") for m in marks),
        any(lane["standing"] for lane in picture.lanes),
    )
    own = [key for key, needed in zip(KEYS, there, strict=True) if needed]
    return own + change_keys(str(mark["change"]) for mark in marks)


def _rows(picture: lanes.Timeline, all_: Dated) -> list[dict[str, object]]:
    """The table twin: each mark with its lane, when, what, status and claims."""
    rows: list[dict[str, object]] = []
    for span, one in picture.drawn:
        for_, against = sides(span.dating, all_.found)
        row = {"id": one.id, "lane": one.name, "when": _when(span.begins, span.ends), "what": one.note}
        rows.append({**row, "status": one.status, "change": one.change, "claims": for_, "denials": against})
    return rows


def _also(all_: Dated) -> Iterable[Statement]:
    """What the answer says of the events on the axis besides their dates, each once."""
    return dict.fromkeys(one for span in all_.spans for one in span.more)


def _when(begins: Days | None, ends: Days | None) -> str:
    if begins == ends and begins is not None:
        return said_days(begins)
    start, end = (said_days(days) if days else "?" for days in (begins, ends))
    return f"{start} to {end}"


def _still(answer: Answer, all_: Dated, title: str, more: int) -> str:
    picture = lanes.laid(all_, MOST_ROWS)
    notes = [said(note) for note in _notes(picture, all_, more)]
    if len(picture.lanes) < picture.of_lanes:
        notes.insert(
            0,
            f"Shown: {len(picture.lanes)} of {picture.of_lanes} lanes, those under which most claims stand. "
            "The page has them all.",
        )
    if not picture.marks:
        notes = [english("empty-timeline")]
    return still(Part("timeline.svg", picture.box, {"picture": picture}), title, _keys(picture), notes, answer)
