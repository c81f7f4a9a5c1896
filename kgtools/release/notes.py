"""Release notes for people, drawn from the comparison with the release before."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from rdflib import URIRef

from kgtools.cite import TITLE
from kgtools.describe import Edition
from kgtools.diff import Change, Diff, change_line, diff_sides, labels_in, side_in
from kgtools.names import shorten
from kgtools.questions import Question
from kgtools.release.ontology import TermChange, questions_reading, term_changes
from kgtools.release.places import LINES, Prior, delta_path

_MOST = 200  # lines of a list; the delta has all of it
_STATUSES = (("added", "Added"), ("gone", "Gone"), ("changed", "Changed"))


def first_notes(edition: Edition, counts: Mapping[str, int]) -> str:
    """The notes of a release that names none before it."""
    lines = [f"- {count:,} {word}" for word, count in counts.items()]
    return "\n".join([*_head(edition), "It is compared with no release before it. It holds", "", *lines, ""])


def release_notes(edition: Edition, prior: Prior, data: bytes, questions: Iterable[Question]) -> str:
    """The notes of a release: claims and sources added, gone and changed, terms with the questions that read them."""
    sides = [side_in(Path(version), found) for version, found in ((prior.version, prior.data), (edition.version, data))]
    found, names = diff_sides(*sides), labels_in(side.files for side in sides)
    terms = term_changes(found, prior.data, data, questions)
    lines = [*_head(edition), f"Compared with {prior.version}:", "", *_summary(found, terms)]
    for word, changes in (("Claims", found.claims), ("Sources", found.sources)):
        for status, title in _STATUSES:
            chosen = [change_line(change, names)[2:] for change in changes if change.status == status]
            lines += _section(f"{word}: {title.lower()}", chosen, delta_path(prior.version, LINES))
    for status in ("added", "removed", "changed"):
        chosen = [_term_line(change, names) for change in terms if change.status == status]
        lines += _section(f"Ontology: {status}", chosen, delta_path(prior.version, LINES))
    affected = [f"{name}: {', '.join(map(shorten, read))}" for name, read in questions_reading(terms).items()]
    lines += _section("Questions that read a changed or removed term", affected, delta_path(prior.version, LINES))
    return "\n".join([*lines, ""])


def _head(edition: Edition) -> list[str]:
    day = f", {edition.date}" if edition.date else ""
    return [f"# {TITLE} {edition.version}{day}", ""]


def _summary(found: Diff, terms: Sequence[TermChange]) -> Iterator[str]:
    if found.empty:
        yield "- no difference in claims, sources, reference data, ontology or facts"
        return
    for word, changes in (("claims", found.claims), ("sources", found.sources)):
        yield f"- {word}: {_counted(changes)}"
    counts = Counter(change.status for change in terms)
    yield f"- terms of the ontology: {counts['added']} added, {counts['removed']} removed, {counts['changed']} changed"
    for graph in (*found.reference, *found.links, *found.views):
        yield f"- triples of {graph.name}: {len(graph.gained)} gained, {len(graph.lost)} lost"


def _counted(changes: Iterable[Change]) -> str:
    counts = Counter(change.status for change in changes)
    return ", ".join(f"{counts[status]} {status}" for status, _ in _STATUSES)


def _section(title: str, lines: Sequence[str], rest: str) -> list[str]:
    if not lines:
        return []
    more = [f"- … and {len(lines) - _MOST:,} more, all of them in `{rest}`"] if len(lines) > _MOST else []
    return ["", f"## {title} ({len(lines)})", "", *(f"- {_escaped(line)}" for line in lines[:_MOST]), *more]


def _term_line(change: TermChange, names: Mapping[URIRef, str]) -> str:
    label = f" ({names[change.term]})" if change.term in names else ""
    what = f": {', '.join(map(shorten, change.properties))}" if change.status == "changed" else ""
    reading = f"; read by {', '.join(change.questions)}" if change.questions else ""
    return f"{shorten(change.term)}{label}{what}{reading}"


def _escaped(text: str) -> str:
    """A text as Markdown shows it letter by letter."""
    return re.sub(r"([\\`*_\[\]<>&|~])", r"\\\1", text)
