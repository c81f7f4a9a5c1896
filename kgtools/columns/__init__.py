"""A snapshot's claims as columns of numbers, and views cut out of them: the door of polars."""

from kgtools.columns.file import index_bytes, read_index
from kgtools.columns.index import Index, index_of
from kgtools.columns.read import lines_of, quads
from kgtools.columns.select import Selection, select
from kgtools.columns.write import inferred_lines, view_lines

__all__ = [
    "Index",
    "Selection",
    "index_bytes",
    "index_of",
    "inferred_lines",
    "lines_of",
    "quads",
    "read_index",
    "select",
    "view_lines",
]
