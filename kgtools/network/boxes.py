"""Room for words: the box that a node takes with its label under it, and boxes pushed apart until few overlap."""

import textwrap
from dataclasses import dataclass

import numpy as np

from kgtools.network.wiring import Floats, Ints

RADIUS = 17.0  # pixels of a node's shape
_WRAP, _MOST_LINES = 24, 3  # letters a line, lines
_LETTER, _LINE = 6.8, 17.0  # pixels
_BASE = 20.0  # from the lower end of the shape to the line on which the first words stand
_GAP = 12.0
_ROUNDS = 120
_SHARE = 0.35  # of an overlap that each of the two gives way in one round
_MOST_NEAR = 24  # boxes to one side that are looked at in one round, so that a heap takes no time squared


@dataclass(frozen=True, slots=True)
class Box:
    """What a node takes up, and how far the middle of it lies below the node's own place."""

    width: float
    height: float
    below: float


def box_of(label: str) -> Box:
    """The box of a node with its words under it as they are wrapped in the picture."""
    lines = (textwrap.wrap(label[:200], _WRAP) or [""])[:_MOST_LINES]
    wide = max(2 * RADIUS, max(map(len, lines)) * _LETTER)
    top, bottom = RADIUS * 1.15, RADIUS + _BASE + _LINE * (len(lines) - 1) + 5
    return Box(wide + _GAP, top + bottom + _GAP, (bottom - top) / 2)


def as_array(boxes: list[Box]) -> Floats:
    """Rows of width, height and middle."""
    return np.array([(box.width, box.height, box.below) for box in boxes])


def pushed_apart(at: Floats, room: Floats, rounds: int = _ROUNDS) -> Floats:
    """The places after each pair of overlapping boxes has been pushed apart along the axis where less is needed."""
    at, half, reach = at.copy(), room[:, :2] / 2, room[:, :2].max(axis=0)
    for _ in range(rounds):
        middle = at + np.stack([np.zeros(len(at)), room[:, 2]], axis=1)
        one, other = _close(middle, reach)
        away, needed = middle[one] - middle[other], half[one] + half[other]
        over = needed - np.abs(away)
        hit = (over > 0.5).all(axis=1)
        if not hit.any():
            break
        at += _push((one[hit], other[hit]), away[hit], over[hit], needed[hit], len(at))
    return at


def _close(middle: Floats, reach: Floats) -> tuple[Ints, Ints]:
    """Pairs of boxes near enough to overlap, each once, found by sorting them into cells of the largest box's size."""
    cell = ((middle - middle.min(axis=0)) / reach).astype(np.int64)
    line = int(cell[:, 0].max()) + 3
    key = (cell[:, 1] + 1) * line + cell[:, 0] + 1
    order = np.argsort(key, kind="stable")
    key = key[order]
    here = np.arange(len(key))
    # Each cell with itself and the one after it, and with three in the next line: all neighbours, each pair once.
    ranges = (
        (here + 1, np.searchsorted(key, key + 1, side="right")),
        (np.searchsorted(key, key + line - 1), np.searchsorted(key, key + line + 1, side="right")),
    )
    pairs = [_pairs(first, np.minimum(last, first + _MOST_NEAR)) for first, last in ranges]
    one, other = (order[np.concatenate(side)] for side in zip(*pairs, strict=True))
    return np.minimum(one, other), np.maximum(one, other)


def _pairs(first: Ints, last: Ints) -> tuple[Ints, Ints]:
    counts = np.maximum(last - first, 0)
    offset = np.repeat(first - np.cumsum(counts) + counts, counts)
    return np.repeat(np.arange(len(first)), counts), offset + np.arange(len(offset))


def _push(pairs: tuple[Ints, Ints], away: Floats, over: Floats, needed: Floats, count: int) -> Floats:
    one, other = pairs
    sideways = over[:, 0] / needed[:, 0] * 1.2 < over[:, 1] / needed[:, 1]
    # At one and the same height the first by name goes up or left, else neither would move.
    push = np.where(away > 0, over, -over) * _SHARE
    push[sideways, 1] = 0
    push[~sideways, 0] = 0
    return np.stack([np.bincount(one, line, count) - np.bincount(other, line, count) for line in push.T], axis=1)
