"""Answers as text: a table for people, Markdown, CSV and SPARQL results JSON for programs, and evidence under each."""

import textwrap
from collections.abc import Callable, Mapping

from rdflib import URIRef

from kgtools.asking import aligned
from kgtools.evidence import best_label, labels, row_lines
from kgtools.model import Answer, Evidence
from kgtools.questions import Question
from kgtools.results import Names, as_csv, as_json, as_markdown, in_words, json_text, name_of
from kgtools.store import Store

_WIDTH = 100


def names(store: Store, answer: Answer, language: str = "en") -> dict[URIRef, str]:
    """The label, in *language* or else English, of everything that the rows name."""
    things = {term for row in answer.rows for term in row if isinstance(term, URIRef)}
    found = labels(store, things)
    return {thing: best_label(known, thing, language) for thing, known in found.items()}


def table(answer: Answer, named: Names, found: Evidence | None = None) -> str:
    """The answer for people: aligned columns, or row by row with the claims under each where there is evidence."""
    words = in_words(answer)
    if words is not None:
        return words
    if not answer.rows:
        return "no rows"
    cells = [[name_of(term, named) for term in row] for row in answer.rows]
    if found is None:
        return aligned([list(answer.columns), *([_short(cell) for cell in row] for row in cells)])
    return "\n\n".join(_with_claims(n, row, answer.columns, found) for n, row in enumerate(cells))


_WIDEST = 44  # characters of a cell in a table for people; csv, json and md have all of it

FORMATS: Mapping[str, Callable[[Answer, Names, Evidence | None], str]] = {
    "table": table,
    "md": as_markdown,
    "csv": lambda answer, _, found: as_csv(answer, found),
    "json": lambda answer, _, found: _json(answer, found),
}


def catalogue(questions: Mapping[str, Question]) -> str:
    """Every question: its name, what it asks, and its parameters."""
    lines = []
    for name in sorted(questions):
        question = questions[name]
        lines.append(f"{name}\n    {question.summary}")
        lines += [f"    --param {param.name}={param.type}: {param.summary}" for param in question.params]
    return "\n".join(lines)


def _json(answer: Answer, found: Evidence | None) -> str:
    words = None if answer.triples is None else in_words(answer)
    return json_text(as_json(answer, found)) if words is None else words


def _with_claims(number: int, cells: list[str], columns: tuple[str, ...], found: Evidence) -> str:
    head = "  ".join(f"{column}: {cell}" for column, cell in zip(columns, cells, strict=True) if cell)
    lines = [f"{number + 1}. {head}"]
    for first, *rest in row_lines(found, number):
        wrapped = (part for line in rest for part in textwrap.wrap(line, _WIDTH, break_on_hyphens=False) or [""])
        lines += [f"     {first}", *(f"        {line}" for line in wrapped)]
    return "\n".join(lines)


def _short(cell: str) -> str:
    """A cell that leaves room for others: names are cut, claims are not, since people copy them."""
    return cell if len(cell) <= _WIDEST or cell.startswith("claim:") else cell[: _WIDEST - 1].rstrip() + "…"
