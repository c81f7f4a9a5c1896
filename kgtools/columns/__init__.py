"""A snapshot's claims as columns of numbers, and views cut out of them: the door of polars."""

from kgtools.columns.file import closure_digest, index_bytes, read_index, selection_digest
from kgtools.columns.index import Index, index_of
from kgtools.columns.read import quads
from kgtools.columns.select import Selection, select, withdrawn
from kgtools.columns.write import reference_lines, view_lines

__all__ = [
    "Index",
    "Selection",
    "closure_digest",
    "index_bytes",
    "index_of",
    "quads",
    "read_index",
    "reference_lines",
    "select",
    "selection_digest",
    "view_lines",
    "withdrawn",
]
