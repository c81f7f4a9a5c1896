"""What maps and timelines share: marks in SVG, rows below them, and a page in which each opens its claims."""

from collections.abc import Mapping, Sequence

from kgtools.model import Answer, Evidence
from kgtools.render.page import STATUS_WORDS, page_html
from kgtools.render.statements import Opened, marks_data
from kgtools.render.words import Phrase, said

FIRST, LAST = ("marks", "hand", "picture"), ("wiring",)  # scripts before and after those of the kind of page


def marks_html(
    template: str,
    answer: Answer,
    found: Evidence,
    scripts: Sequence[str],
    *,
    opened: Sequence[Opened],
    notes: Sequence[Phrase],
    values: Mapping[str, object],
) -> str:
    """The page of a template with all that its marks and rows open; *values* are those of the kind of page."""
    own = values["data"]
    assert isinstance(own, dict)
    there = {one.change or one.status for one in opened}
    shared = {
        "counts": f"{len(opened)} marks and rows, {len(found.claims)} claims",
        "notes": [said(note) for note in notes],
        "statuses": {word: words for word, words in STATUS_WORDS.items() if word in there},
        "data": marks_data(opened, notes, found) | own | {"invitation": values["invitation"]},
    }
    return page_html(template, answer, found, (*FIRST, *scripts, *LAST), {**values, **shared})
