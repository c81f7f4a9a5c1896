"""Completion of queries and of `%kg` lines, as a matcher of IPython; other cells never notice it."""

import re
from collections.abc import Callable, Iterator
from itertools import islice
from typing import TYPE_CHECKING

from kgtools.errors import KgError
from kgtools.notebook.cursor import is_letter
from kgtools.notebook.known import Known, Shelf
from kgtools.notebook.offers import Offer, in_query, on_kg_line, on_sparql_line
from kgtools.notebook.session import Session

if TYPE_CHECKING:
    from IPython.core.completer import CompletionContext, SimpleCompletion
    from IPython.core.interactiveshell import InteractiveShell

MOST = 60  # offered at a time
_WIDTH, _LEAST_BESIDE = 80, 24  # letters, so that JupyterLab's list fits beside its side bar
_IDENTIFIER = "kgtools"
_FIRST = 1000.0  # before the others, which then need not run
_QUERY = re.compile(r"\s*%%sparql(?=\s|\Z)")
_LINE = re.compile(r"\s*(?:[^\s=%]+\s*=\s*)?%kg\s")
_BUILD = re.compile(r"--build(?:\s+|=)(\S+)")

_Sessions = Callable[[str | None], Session]


def install(shell: "InteractiveShell", session_of: _Sessions) -> None:
    """Complete in the shell's queries and `%kg` lines what *session_of* knows, given what `--build` says there."""
    from IPython.core.completer import context_matcher

    shelf = Shelf()

    @context_matcher(identifier=_IDENTIFIER, priority=_FIRST)  # type: ignore[untyped-decorator]
    def matcher(context: "CompletionContext") -> dict[str, object]:
        lines = context.full_text.split("\n")
        before = "\n".join([*lines[: context.cursor_line], context.text_until_cursor])
        place = _place(context.full_text, before)
        if place is None:
            return {"completions": [], "suppress": False}
        offer, line = place
        build = _BUILD.search(line)
        known = _known(shelf, session_of, build[1] if build else None)
        fragment, offers = offer(known)
        return {
            "completions": _Completions(_aligned(fragment, offers)),
            "matched_fragment": fragment,
            "ordered": True,
            "suppress": True,
        }

    others = [one for one in shell.Completer.custom_matchers if getattr(one, "matcher_identifier", "") != _IDENTIFIER]
    shell.Completer.custom_matchers = [*others, matcher]
    _known(shelf, session_of, None, patient=False)  # begins to read, so that the first completion need not wait


_Offering = Callable[[Known], tuple[str, Iterator[Offer]]]


def _place(cell: str, before: str) -> tuple[_Offering, str] | None:
    """What can be offered there, and the line that has the flags; None where the place is not ours."""
    if head := _QUERY.match(cell):
        first_end = cell.find("\n", head.end())
        line = cell[head.end() : first_end if first_end >= 0 else len(cell)]
        if len(before) <= head.end():
            return None
        if first_end < 0 or len(before) <= first_end:
            return (lambda known: on_sparql_line(known, before[head.end() :], cell[head.end() :])), line
        query, rest = before[first_end + 1 :], cell[len(before) :]
        elsewhere = bool(re.search(r"(?:^|\s)--on\b", line)) or "[endpoint=" in cell
        return (lambda known: in_query(known.elsewhere() if elsewhere else known, query, rest)), line
    line = before[before.rfind("\n") + 1 :]
    if (start := _LINE.match(line)) and not cell.lstrip().startswith("%%"):
        return (lambda known: on_kg_line(known, line[start.end() :])), line
    return None


def _known(shelf: Shelf, session_of: _Sessions, build: str | None, *, patient: bool = True) -> Known:
    try:
        return shelf.of(session_of(build), patient=patient)
    except (KgError, OSError):  # no project here; whoever runs the cell is told so
        return Known()


def _aligned(fragment: str, offers: Iterator[Offer]) -> Iterator[Offer]:
    """The offers that begin with what has been typed before the last word of it, such as `actor:katiba-`.

    JupyterLab also offers words of the cell. Where it has some for the last word alone, it puts our offers in the place
    of that word only, and cuts off what comes before it where they begin so.
    """
    start = max((place for place, sign in enumerate(fragment) if not is_letter(sign)), default=-1)
    return (offer for offer in offers if offer.text.startswith(fragment[: start + 1]))


class _Completions:
    """What is offered. It counts as something even if it is nothing, else IPython would add names of Python."""

    def __init__(self, offers: Iterator[Offer]) -> None:
        from IPython.core.completer import SimpleCompletion

        once: dict[str, Offer] = {}
        for offer in islice(offers, 2 * MOST):
            once.setdefault(offer.text, offer)
        shown = list(once.values())[:MOST]
        room = max(_LEAST_BESIDE, _WIDTH - max((len(offer.text) for offer in shown), default=0))
        self._all = [SimpleCompletion(offer.text, type=offer.beside(room)) for offer in shown]

    def __len__(self) -> int:
        return max(1, len(self._all))

    def __iter__(self) -> "Iterator[SimpleCompletion]":
        return iter(self._all)
