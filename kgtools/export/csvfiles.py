"""Tables in files of CSV, written and read with every character kept."""

import csv
import io
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from kgtools.errors import SourceError
from kgtools.export.tables import Cell, Column, Row, Table, text_of


def csv_bytes(header: Iterable[str], rows: Iterable[Row], separator: str = " ") -> bytes:
    """Rows as CSV by RFC 4180, in UTF-8."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)  # ends lines by CR LF: with LF alone, Python would leave a lone CR in a cell unquoted
    writer.writerow(header)
    writer.writerows([text_of(cell, separator) for cell in row] for row in rows)
    return out.getvalue().encode()


def csv_rows(path: Path) -> Iterator[tuple[int, list[str]]]:
    """The rows of a CSV file, numbered from the header's 1 on, each as wide as that; SourceError where it is none."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise SourceError(
            path, f"cannot be read ({error.strerror}); name a folder that kg export has written, whole"
        ) from None
    except UnicodeDecodeError:
        raise SourceError(path, "is not UTF-8; save it as CSV in UTF-8") from None
    limit = csv.field_size_limit(sys.maxsize)  # a literal may be longer than the 128 KiB that Python allows
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    except csv.Error as error:
        raise SourceError(path, f"is no whole CSV file ({error}); export it again") from None
    finally:
        csv.field_size_limit(limit)
    if not rows or not rows[0]:
        raise SourceError(path, "is empty; its first line should name the columns")
    for number, row in enumerate(rows, 1):
        if row and len(row) != len(rows[0]):
            raise SourceError(path, f"row {number} has {len(row)} cells, but there are {len(rows[0])} columns; mend it")
        if row:
            yield number, row


def cell_of(column: Column, text: str, separator: str = " ") -> Cell:
    """What a cell's text says: the inverse of `text_of`, but for numbers, which stay as they are written."""
    if column.form == "iris":
        return tuple(text.split(separator)) if text else ()
    return text or None


def missing_columns(place: Path, table: Table, names: Iterable[str]) -> None:
    """SourceError if a column of the table is not among the names."""
    missing = [column.name for column in table.columns if column.name not in set(names)]
    if missing:
        raise SourceError(place, f"has no column {', '.join(missing)}; it is not the table {table.name} of an export")
