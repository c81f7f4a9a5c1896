"""What has no column, as N-Triples in one attribute: for forms in which a table of triples would have no place."""

from collections.abc import Iterator
from pathlib import Path

from rdflib import Literal, URIRef

from kgtools.errors import SourceError
from kgtools.export.claimed import Named
from kgtools.export.filled import term_cells
from kgtools.export.tables import Cell
from kgtools.model import Term, Triple
from kgtools.sources import nt, parse_nquads

STATEMENTS = "statements"


def statement(row: Named) -> str:
    """A row of the table of details as a line of N-Triples."""
    if row["object"]:
        last = str(row["object"]) if str(row["object"]).startswith("_:") else f"<{row['object']}>"
    else:
        last = nt(literal_of(row["value"], row["datatype"], row["language"]))
    return f"<{row['about']}> <{row['property']}> {last} ."


def statements(place: Path, row: str, text: str) -> Iterator[Triple]:
    """The triples of an attribute in N-Triples; SourceError, which names the row, where it is none."""
    try:
        yield from [quad[:3] for quad in parse_nquads(text.encode())]
    except (SyntaxError, ValueError):
        raise SourceError(place, f"{row}, {STATEMENTS}: is not N-Triples; write one triple a line") from None


def detail(s: object, p: object, term: Term) -> dict[str, Cell]:
    """A triple as a row of the table of details."""
    last = zip(("object", "value", "datatype", "language"), term_cells(term), strict=True)
    return {"about": str(s), "property": str(p), **{name: None if cell is None else str(cell) for name, cell in last}}


def literal_of(value: Cell, datatype: Cell, language: Cell) -> Literal:
    """The literal that three cells are."""
    kind = URIRef(str(datatype)) if datatype else None
    return Literal(str(value or ""), lang=str(language) if language else None, datatype=kind, normalize=False)
