"""The index as one file of plain arrays: read in some milliseconds, and equal bytes for an equal index."""

import io
from dataclasses import fields
from typing import Any

import numpy as np
import polars as pl

from kgtools.columns.index import Index
from kgtools.columns.select import Selection
from kgtools.memo import digest_of
from kgtools.reason.closure import Closed

Array = np.ndarray[Any, np.dtype[Any]]

_TEXTS = ("terms", "rules", "names")
_NULL = np.iinfo(np.uint32).max


def index_bytes(index: Index) -> bytes:
    """The content of `columns.npz` for the index."""
    closed = index.closed
    texts = zip(_TEXTS, (closed.terms.to_list(), closed.rules, index.names.to_list()), strict=True)
    arrays: dict[str, Array] = {name: np.frombuffer("\n".join(t).encode(), dtype=np.uint8) for name, t in texts}
    arrays |= {"stated": index.stated.to_numpy(), "known": index.known.to_numpy()}
    for name, table in {"facts": closed.facts, "steps": closed.steps, **_tables(index)}.items():
        arrays |= {f"{name}.{column.name}": _plain(column) for column in table}
    buffer = io.BytesIO()
    np.savez(buffer, allow_pickle=False, **arrays)
    return buffer.getvalue()


def read_index(data: bytes) -> Index:
    """The index that the bytes hold; ValueError if they hold none."""
    with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
        parts = {name: arrays[name] for name in arrays.files}
    texts = {name: parts.pop(name).tobytes().decode().split("\n") for name in _TEXTS}
    stated, known = (pl.Series(name, parts.pop(name)) for name in ("stated", "known"))
    tables: dict[str, dict[str, pl.Series]] = {}
    for name, array in parts.items():
        table, column = name.split(".")
        tables.setdefault(table, {})[column] = _column(column, array)
    frames = {name: pl.DataFrame(columns) for name, columns in tables.items()}
    closed = Closed(pl.Series("terms", texts["terms"]), tuple(texts["rules"]), frames.pop("facts"), frames.pop("steps"))
    return Index(closed, stated=stated, known=known, names=pl.Series("names", texts["names"]), **frames)


def closure_digest(index: Index) -> str:
    """A hash of the closure and of the claims' names: what the lines of every view depend on."""
    closed, names = index.closed, index.names.gather(index.claims["iri"])
    texts = ["\n".join(part) for part in (closed.terms.to_list(), closed.rules, names.to_list())]
    return digest_of([*texts, *(_plain(column).tobytes() for column in closed.facts)])


def selection_digest(selection: Selection) -> str:
    """A hash of what else the lines of one view depend on: what is taken by which claims, and what follows."""
    return digest_of(_plain(column).tobytes() for column in (*selection.steps, *selection.taken))


def _tables(index: Index) -> dict[str, pl.DataFrame]:
    return {f.name: getattr(index, f.name) for f in fields(index) if isinstance(getattr(index, f.name), pl.DataFrame)}


def _plain(column: pl.Series) -> Array:
    return (column.fill_null(_NULL) if column.dtype == pl.UInt32 else column).to_numpy()


def _column(name: str, array: Array) -> pl.Series:
    column = pl.Series(name, array)
    return column.replace(_NULL, None) if name.startswith("premise") else column
