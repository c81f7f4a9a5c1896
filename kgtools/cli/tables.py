"""Answers as text: a table for people, Markdown, CSV and SPARQL results JSON for programs, and evidence under each."""

import csv
import io
import json
import textwrap
from collections.abc import Callable, Mapping

from rdflib import BNode, URIRef

from kgtools.asking import aligned
from kgtools.evidence import best_label, claim_json, labels, row_lines
from kgtools.export import turtle
from kgtools.model import Answer, Evidence, Term
from kgtools.names import shorten
from kgtools.questions import Question
from kgtools.store import Store

Names = Mapping[URIRef, str]

_WIDTH = 100


def names(store: Store, answer: Answer, language: str = "en") -> dict[URIRef, str]:
    """The label, in *language* or else English, of everything that the rows name."""
    things = {term for row in answer.rows for term in row if isinstance(term, URIRef)}
    found = labels(store, things)
    return {thing: best_label(known, thing, language) for thing, known in found.items()}


def table(answer: Answer, named: Names, found: Evidence | None = None) -> str:
    """The answer for people: aligned columns, or row by row with the claims under each where there is evidence."""
    if answer.boolean is not None:
        return "yes" if answer.boolean else "no"
    if answer.triples is not None:
        return turtle(answer.triples).rstrip("\n")
    if not answer.rows:
        return "no rows"
    cells = [[_text(term, named) for term in row] for row in answer.rows]
    if found is None:
        return aligned([list(answer.columns), *([_short(cell) for cell in row] for row in cells)])
    return "\n\n".join(_with_claims(n, row, answer.columns, found) for n, row in enumerate(cells))


def markdown(answer: Answer, named: Names, found: Evidence | None = None) -> str:
    """The answer as a Markdown table, with one more column of claims where there is evidence."""
    if answer.boolean is not None or answer.triples is not None:
        return table(answer, named)
    head = [*answer.columns, *(["claims"] if found else [])]
    lines = [head, ["---"] * len(head)]
    for number, row in enumerate(answer.rows):
        claims = [", ".join(map(shorten, _claims(found, number)))] if found else []
        lines.append([_text(term, named) for term in row] + claims)
    return "\n".join("| " + " | ".join(_markdown_cell(cell) for cell in line) + " |" for line in lines)


def as_csv(answer: Answer, named: Names, found: Evidence | None = None) -> str:
    """The rows as SPARQL 1.1 CSV results: whole IRIs and bare values; evidence adds a column of claim IRIs."""
    if answer.boolean is not None or answer.triples is not None:
        return table(answer, named)
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([*answer.columns, *(["claims"] if found else [])])
    for number, row in enumerate(answer.rows):
        claims = [" ".join(_claims(found, number))] if found else []
        writer.writerow(["" if term is None else str(term) for term in row] + claims)
    return out.getvalue().rstrip("\r\n")


def as_json(answer: Answer, named: Names, found: Evidence | None = None) -> str:
    """The answer as SPARQL 1.1 Query Results JSON; evidence adds the member `claims`, one list a row."""
    if answer.triples is not None:
        return table(answer, named)
    document: dict[str, object] = {"head": {"vars": list(answer.columns)}}
    if answer.boolean is not None:
        document = {"head": {}, "boolean": answer.boolean}
    else:
        rows = [zip(answer.columns, row, strict=True) for row in answer.rows]
        document["results"] = {"bindings": [{c: _json_term(t) for c, t in row if t is not None} for row in rows]}
    if found:
        document["claims"] = [
            [claim_json(found.claims[iri]) for iri in _claims(found, n)] for n in range(len(found.rows))
        ]
    return json.dumps(document, ensure_ascii=False, indent=2)


_WIDEST = 44  # characters of a cell in a table for people; csv, json and md have all of it

FORMATS: Mapping[str, Callable[[Answer, Names, Evidence | None], str]] = {
    "table": table,
    "md": markdown,
    "csv": as_csv,
    "json": as_json,
}


def catalogue(questions: Mapping[str, Question]) -> str:
    """Every question: its name, what it asks, and its parameters."""
    lines = []
    for name in sorted(questions):
        question = questions[name]
        lines.append(f"{name}\n    {question.summary}")
        lines += [f"    --param {param.name}={param.type}: {param.summary}" for param in question.params]
    return "\n".join(lines)


def _with_claims(number: int, cells: list[str], columns: tuple[str, ...], found: Evidence) -> str:
    head = "  ".join(f"{column}: {cell}" for column, cell in zip(columns, cells, strict=True) if cell)
    lines = [f"{number + 1}. {head}"]
    for first, *rest in row_lines(found, number):
        wrapped = (part for line in rest for part in textwrap.wrap(line, _WIDTH, break_on_hyphens=False) or [""])
        lines += [f"     {first}", *(f"        {line}" for line in wrapped)]
    return "\n".join(lines)


def _claims(found: Evidence | None, row: int) -> list[URIRef]:
    if found is None or row >= len(found.rows):
        return []
    return sorted({iri for support in found.rows[row] for iri in support.claims})


def _text(term: Term | None, named: Names) -> str:
    if term is None:
        return ""
    return named.get(term) or shorten(term) if isinstance(term, URIRef) else str(term)


def _short(cell: str) -> str:
    """A cell that leaves room for others: names are cut, claims are not, since people copy them."""
    return cell if len(cell) <= _WIDEST or cell.startswith("claim:") else cell[: _WIDEST - 1].rstrip() + "…"


def _markdown_cell(cell: str) -> str:
    return cell.replace("\\", "\\\\").replace("|", "\\|").replace("\n", " ").replace("<", "&lt;")


def _json_term(term: Term) -> dict[str, str]:
    if isinstance(term, URIRef):
        return {"type": "uri", "value": str(term)}
    if isinstance(term, BNode):
        return {"type": "bnode", "value": str(term)}
    extra = {"xml:lang": term.language} if term.language else {"datatype": str(term.datatype)} if term.datatype else {}
    return {"type": "literal", "value": str(term), **extra}
