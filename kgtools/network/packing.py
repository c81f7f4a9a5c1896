"""Boxes packed into one of a given shape: the tallest in the middle, the others in columns and rows around it."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeVar

ASPECT = 1.3  # width by height that the whole is to have
_TRIES, _STEP = 9, 1.09

Size = tuple[float, float]
T = TypeVar("T")


@dataclass(slots=True)
class _Column:
    """Boxes one above another, the widest first."""

    width: float
    height: float = 0.0
    boxes: list[int] = field(default_factory=list)


@dataclass(slots=True)
class _Row:
    """Columns side by side, none higher than the first box."""

    height: float
    width: float = 0.0
    columns: list[_Column] = field(default_factory=list)


def packed(sizes: Sequence[Size]) -> list[tuple[float, float]]:
    """The upper left corner of each box; none overlap, and the whole is near to ASPECT wide for its height."""
    if not sizes:
        return []
    order = sorted(range(len(sizes)), key=lambda n: (-sizes[n][1], -sizes[n][0], n))
    least = max(wide for wide, _ in sizes)
    square = math.sqrt(sum(wide * high for wide, high in sizes) * ASPECT)
    widths = sorted({max(least, square * _STEP**step) for step in range(-2, _TRIES - 2)})
    tried = [_rows(sizes, order, width) for width in widths]
    best = min(tried, key=lambda rows: max(max(row.width for row in rows) / ASPECT, sum(row.height for row in rows)))
    return _corners(best, sizes)


def _rows(sizes: Sequence[Size], order: Sequence[int], width: float) -> list[_Row]:
    rows: list[_Row] = []
    for box in order:
        wide, high = sizes[box]
        last = rows[-1].columns[-1] if rows else None
        if last and last.height + high <= rows[-1].height and wide <= last.width:
            last.height += high
            last.boxes.append(box)
            continue
        if not rows or rows[-1].width + wide > width:
            rows.append(_Row(high))
        rows[-1].width += wide
        rows[-1].columns.append(_Column(wide, high, [box]))
    return rows


def _corners(rows: list[_Row], sizes: Sequence[Size]) -> list[tuple[float, float]]:
    corners: list[tuple[float, float]] = [(0.0, 0.0)] * len(sizes)
    whole, y = max(row.width for row in rows), 0.0
    ragged = len({row.height for row in rows}) > 1
    for row in _inside_out(rows) if ragged else rows:
        uneven = any(len(column.boxes) > 1 or column.height < row.height for column in row.columns)
        # A last row of equal boxes begins where the rows above begin, as in a table.
        x = (whole - row.width) / 2 if ragged or uneven else 0.0
        for column in _inside_out(row.columns) if uneven else row.columns:
            top = y + (row.height - column.height) / 2
            for box in column.boxes:
                corners[box] = (x + (column.width - sizes[box][0]) / 2, top)
                top += sizes[box][1]
            x += column.width
        y += row.height
    return corners


def _inside_out(things: list[T]) -> list[T]:
    """The first in the middle, the others in turn after and before it."""
    return [*things[2::2][::-1], *things[:1], *things[1::2]]
