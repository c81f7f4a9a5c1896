"""The same tables as Parquet: a folder with a file for each, typed, with what it is in the metadata of each file."""

import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from kgtools.errors import SourceError, UsageError
from kgtools.export.claimed import NEEDED, Given, claims_from
from kgtools.export.contents import ClaimNode, Contents
from kgtools.export.csvfiles import missing_columns
from kgtools.export.filled import filled
from kgtools.export.tables import LOSES as TABLES_LOSE
from kgtools.export.tables import TABLES, Cell, Column, Row, Table, described

if TYPE_CHECKING:
    import polars as pl

LOSES = f"{TABLES_LOSE}; coordinates are numbers, without the zeros that they may be written with"


def parquet(contents: Contents) -> dict[str, bytes]:
    """The files of the folder by name."""
    metadata = described(contents, LOSES)
    tables = filled(contents)
    return {f"{name}.parquet": _bytes(table, tables[name], metadata) for name, table in TABLES.items()}


def from_parquet(place: Path) -> tuple[ClaimNode, ...]:
    """The claim set of such a folder."""
    if not place.is_dir():
        raise UsageError(f"{place} is no folder; name the folder that holds claims.parquet")
    return claims_from({name: _given(place / f"{name}.parquet", TABLES[name]) for name in NEEDED})


def _bytes(table: Table, rows: Sequence[Row], metadata: Mapping[str, str]) -> bytes:
    import polars as pl

    cells = list(zip(*rows, strict=True)) or [()] * len(table.columns)
    frame = pl.DataFrame([_series(column, some) for column, some in zip(table.columns, cells, strict=True)])
    told = {**metadata, "table": table.name, "description": table.what}
    columns = {f"column {column.name}": column.what for column in table.columns}
    out = io.BytesIO()
    frame.write_parquet(out, compression="zstd", metadata={**told, **columns})
    return out.getvalue()


def _series(column: Column, cells: Sequence[Cell]) -> "pl.Series":
    import polars as pl

    if column.form == "number":  # its cells are decimals as written
        return pl.Series(column.name, cells, pl.String()).cast(pl.Float64())
    return pl.Series(column.name, cells, _type(column))


def _type(column: Column) -> "pl.DataType":
    import polars as pl

    types: dict[str, pl.DataType] = {"iris": pl.List(pl.String()), "whole": pl.Int64(), "flag": pl.Boolean()}
    return types.get(column.form, pl.String())


def _given(path: Path, table: Table) -> Given:
    import polars as pl

    try:
        found = pl.read_parquet(path, glob=False)
    except OSError as error:
        why = error.strerror or "it is cut off"
        raise SourceError(path, f"cannot be read ({why}); name a folder that kg export has written, whole") from None
    except pl.exceptions.PolarsError:
        raise SourceError(path, "is no whole Parquet file; export it again") from None
    missing_columns(path, table, found.columns)
    read = [column for column in table.columns if column.form not in ("number", "flag")]
    for column in read:
        kind, wanted = found[column.name].dtype, _type(column)
        if kind not in (wanted, pl.Null()):
            raise SourceError(path, f"column {column.name} holds {kind}, where {wanted} belongs; cast it before saving")
    rows = found.select(column.name for column in read).iter_rows(named=True)
    return Given(
        path,
        [(f"row {number}", {name: _cell(cell) for name, cell in row.items()}) for number, row in enumerate(rows, 1)],
    )


def _cell(cell: str | int | list[str] | None) -> Cell:
    return tuple(cell) if isinstance(cell, list) else cell
