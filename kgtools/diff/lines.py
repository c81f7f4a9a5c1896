"""A diff as lines for people and as JSON for programs."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from rdflib import BNode, Literal, URIRef

from kgtools.diff.compare import AnswerChange, Change, Diff, Row, Value
from kgtools.names import shorten

Names = Mapping[URIRef, str]


def diff_lines(found: Diff, names: Names, most: int = 20) -> str:
    """The diff for people: counts, a line for each claim and source, then triples by graph, at most *most* a side."""
    lines = [_summary(found)]
    lines += [change_line(change, names) for change in (*found.claims, *found.sources)]
    for graph in (*found.links, *found.reference, *found.ontology, *found.views):
        counts = f"{len(graph.gained)} gained, {len(graph.lost)} lost ({graph.before} before, {graph.after} after)"
        lines += [f"{_graph_words(graph.name)}: {counts}", *_signed(graph.lost, graph.gained, names, most)]
    return "\n".join(lines)


def answer_lines(changes: Iterable[AnswerChange], names: Names, most: int = 20) -> str:
    """The changed answers for people: each question, then the rows lost and gained, at most *most* a side."""
    lines = []
    for change in changes:
        counts = f"rows: {len(change.gained)} gained, {len(change.lost)} lost"
        lines += [f"{change.question}: {counts}", *_signed(change.lost, change.gained, names, most)]
    return "\n".join(lines) or "no shipped question has another answer"


def diff_json(found: Diff, answers: Iterable[AnswerChange] | None = None) -> str:
    """The diff as JSON, with *answers* as a member if they are given; terms as in SPARQL JSON results."""
    document: dict[str, object] = {"before": found.before, "after": found.after}
    for part in ("claims", "sources"):
        document[part] = [_json_change(change) for change in getattr(found, part)]
    for part in ("links", "reference", "ontology", "views"):
        document[part] = [
            {"graph": graph.name, "before": graph.before, "after": graph.after, **_json_sides(graph.lost, graph.gained)}
            for graph in getattr(found, part)
        ]
    if answers is not None:
        document["answers"] = [
            {"question": a.question, "columns": list(a.columns), **_json_sides(a.lost, a.gained)} for a in answers
        ]
    return json.dumps(document, ensure_ascii=False, indent=2)


def json_fields(change: Change) -> list[dict[str, object]]:
    """The fields of a change as JSON: each with its values before and after."""
    return [
        {"field": f.name, "before": [*map(_json, f.before)], "after": [*map(_json, f.after)]} for f in change.fields
    ]


_WIDEST = 100  # characters of a value in a line for people; JSON has all of it
_SIGNS = {"added": "+", "gone": "-", "changed": "~"}


def _summary(found: Diff) -> str:
    """One line of counts; what did not change is left out."""
    parts = []
    for word, changes in (("claims", found.claims), ("sources", found.sources)):
        counts = Counter(change.status for change in changes)
        words = [f"{counts['added']} added", f"{counts['gone']} gone", f"{counts['changed']} changed"]
        parts += [f"{word}: {', '.join(words)}"] if changes else []
    rest = (
        ("roots, disputes, withdrawals and scenarios", found.links),
        ("reference", found.reference),
        ("ontology", found.ontology),
    )
    for word, graphs in rest:
        gained, lost = (sum(len(getattr(graph, side)) for graph in graphs) for side in ("gained", "lost"))
        parts += [f"{word}: {gained} triples gained, {lost} lost"] if graphs else []
    views = {graph.name.split("/")[1] for graph in found.views if graph.name.endswith("/facts")}
    parts += [f"facts changed in views: {', '.join(sorted(views))}"] if views else []
    inferred = {graph.name.split("/")[1] for graph in found.views} - views
    parts += [f"only inferred triples changed in views: {', '.join(sorted(inferred))}"] if inferred else []
    return "; ".join(parts) or "no difference"


def change_line(change: Change, names: Names) -> str:
    """A claim or source in one line: who says what if it came or went, else each field with old and new value."""
    head = f"{_SIGNS[change.status]} {shorten(change.thing)}  "
    if change.status == "changed":
        fields = (f"{f.name}: {_texts(f.before, names)} → {_texts(f.after, names)}" for f in change.fields)
        return head + ("; ".join(fields) or "the same in other triples")
    values = {field.name: _texts(field.before + field.after, names) for field in change.fields}
    if "title" in values:
        return f"{head}{values['title']} ({values.get('date', 'undated')})"
    return f"{head}{values.get('holder', '?')} {values.get('stance', '?')}: {values.get('paraphrase', '?')}"


def _signed(lost: Sequence[Row], gained: Sequence[Row], names: Names, most: int) -> list[str]:
    lines = []
    for sign, rows in (("-", lost), ("+", gained)):
        lines += [f"  {sign} {_text(row, names)}" for row in rows[:most]]
        lines += [f"  {sign} … and {len(rows) - most} more"] if len(rows) > most else []
    return lines


def _texts(values: Iterable[Value], names: Names) -> str:
    return ", ".join(_text(value, names) for value in values) or "none"


def _text(value: Value | Row | None, names: Names) -> str:
    """A term, or a triple or row of terms, on one line."""
    if isinstance(value, tuple):
        return " | ".join(_text(part, names) for part in value)
    if value is None:
        return ""
    text = " ".join((names.get(value) or shorten(value) if isinstance(value, URIRef) else str(value)).split())
    return text if len(text) <= _WIDEST else text[: _WIDEST - 1].rstrip() + "…"


def _graph_words(name: str) -> str:
    if name.startswith("view/"):
        _, view, part = name.split("/", 2)
        return f"{part} of view {view}" if part == "facts" else f"{part} triples of view {view}"
    return {"derived": "roots, disputes and days", "reference/inferred": "inferred from reference"}.get(name, name)


def _json_change(change: Change) -> dict[str, object]:
    return {"iri": str(change.thing), "status": change.status, "fields": json_fields(change)}


def _json_sides(lost: Iterable[Row], gained: Iterable[Row]) -> dict[str, object]:
    return {"lost": [*map(_json, lost)], "gained": [*map(_json, gained)]}


def _json(value: Value | Row | None) -> object:
    if isinstance(value, tuple):
        return [_json(part) for part in value]
    if value is None:
        return None
    if not isinstance(value, Literal):
        return {"type": "bnode" if isinstance(value, BNode) else "uri", "value": str(value)}
    extra = (
        {"xml:lang": value.language} if value.language else {"datatype": str(value.datatype)} if value.datatype else {}
    )
    return {"type": "literal", "value": str(value), **extra}
