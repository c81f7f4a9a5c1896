"""An answer in the formats of SPARQL results, whole: CSV, JSON, a Markdown table, Turtle."""

import csv
import io
import json
from collections.abc import Mapping, Sequence

from rdflib import BNode, URIRef

from kgtools.evidence import claim_json
from kgtools.export import turtle
from kgtools.model import Answer, Evidence, Term
from kgtools.names import shorten

__all__ = ["Names", "as_csv", "as_json", "as_markdown", "in_words", "json_text", "markdown_table", "name_of"]

Names = Mapping[URIRef, str]


def in_words(answer: Answer) -> str | None:
    """Yes or no to ASK, the triples of CONSTRUCT and DESCRIBE as Turtle; None for an answer of rows."""
    if answer.boolean is not None:
        return "yes" if answer.boolean else "no"
    return None if answer.triples is None else turtle(answer.triples).rstrip("\n")


def as_csv(answer: Answer, found: Evidence | None = None) -> str:
    """The rows as SPARQL 1.1 CSV results: whole IRIs and bare values; evidence adds a column of claim IRIs."""
    words = in_words(answer)
    if words is not None:
        return words
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([*answer.columns, *(["claims"] if found else [])])
    for number, row in enumerate(answer.rows):
        claims = [" ".join(_claims(found, number))] if found else []
        writer.writerow(["" if term is None else str(term) for term in row] + claims)
    return out.getvalue().rstrip("\r\n")


def as_json(answer: Answer, found: Evidence | None = None) -> dict[str, object]:
    """Rows, or yes or no, as SPARQL 1.1 Query Results JSON; evidence adds the member `claims`, one list a row."""
    if answer.boolean is not None:
        return {"head": {}, "boolean": answer.boolean}
    rows = [zip(answer.columns, row, strict=True) for row in answer.rows]
    bindings = [{column: _json_term(term) for column, term in row if term is not None} for row in rows]
    document: dict[str, object] = {"head": {"vars": list(answer.columns)}, "results": {"bindings": bindings}}
    if found:
        document["claims"] = [
            [claim_json(found.claims[iri]) for iri in _claims(found, number)] for number in range(len(found.rows))
        ]
    return document


def json_text(document: Mapping[str, object]) -> str:
    """The document as text, one value a line."""
    return json.dumps(document, ensure_ascii=False, indent=2)


def as_markdown(answer: Answer, named: Names, found: Evidence | None = None) -> str:
    """The answer as a Markdown table, with one more column of claims where there is evidence."""
    words = in_words(answer)
    if words is not None:
        return words
    head = [*answer.columns, *(["claims"] if found else [])]
    lines = []
    for number, row in enumerate(answer.rows):
        claims = [", ".join(map(shorten, _claims(found, number)))] if found else []
        lines.append([name_of(term, named) for term in row] + claims)
    return markdown_table([head, *lines])


def markdown_table(lines: Sequence[Sequence[str]]) -> str:
    """The lines as a Markdown table, the first one as its head."""
    lines = [lines[0], ["---"] * len(lines[0]), *lines[1:]]
    return "\n".join("| " + " | ".join(_markdown_cell(cell) for cell in line) + " |" for line in lines)


def name_of(term: Term | None, named: Names) -> str:
    """What people read for a term: the name of a thing, the words of a literal, nothing where nothing is bound."""
    if term is None:
        return ""
    return named.get(term) or shorten(term) if isinstance(term, URIRef) else str(term)


def _claims(found: Evidence | None, row: int) -> list[URIRef]:
    if found is None or row >= len(found.rows):
        return []
    return sorted({iri for support in found.rows[row] for iri in support.claims})


def _markdown_cell(cell: str) -> str:
    return cell.replace("\\", "\\\\").replace("|", "\\|").replace("\n", " ").replace("<", "&lt;")


def _json_term(term: Term) -> dict[str, str]:
    if isinstance(term, URIRef):
        return {"type": "uri", "value": str(term)}
    if isinstance(term, BNode):
        return {"type": "bnode", "value": str(term)}
    extra = {"xml:lang": term.language} if term.language else {"datatype": str(term.datatype)} if term.datatype else {}
    return {"type": "literal", "value": str(term), **extra}
