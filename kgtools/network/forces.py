"""Large components: distances to some landmarks and along edges as in the graph, and all else kept apart.

A sparse form of stress majorization. All distances would be too many, so each node heeds those to its neighbours and to
a few landmarks, each landmark for the nodes around it; and all nodes push one another away, less from round to round,
by a force that is looked up on a grid.
"""

import math
from dataclasses import dataclass

import numpy as np

from kgtools.network.wiring import Floats, Ints, Wiring, chance, neighbours, steps_from, steps_in_bulk

_LANDMARKS = 24
_TURNS = 30
_ROUNDS, _FREE = 50, 15  # the last rounds, in which landmarks count less
_LAST = 0.15
_PUSH = (1.0, 0.1)  # at first and in the last round, against a pull of one at an edge of twice its length
_LONGEST = 4.0  # edges at hubs
_FARTHEST = 3.0  # in one round
_TINY = 1e-9


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What the nodes heed: distances to landmarks and along edges, each with its weight."""

    landmarks: Ints
    far: Floats  # landmarks by nodes
    weight: Floats
    length: Floats
    strength: Floats


def large_layout(part: Wiring) -> Floats:
    """Places for one component, in units of about one edge."""
    wanted = _wanted(part)
    return _settled(_start(wanted, part), wanted, part)


def _wanted(part: Wiring) -> _Wanted:
    landmarks, far = _landmarks(part)
    owner, weight = far.argmin(axis=0), np.zeros_like(far)
    for number, steps in enumerate(far):
        # A landmark stands for those of its nodes that are nearer to it than to the middle of the way.
        own = np.sort(steps[owner == number])
        for_many = np.searchsorted(own, steps / 2, side="right")
        weight[number] = np.where(steps > 0, for_many / np.maximum(steps, 1) ** 2, 0.0)
    crowd = part.degrees[part.ends].max(axis=1)
    length = np.minimum(np.sqrt(1 + np.maximum(crowd - 4, 0) / 12), _LONGEST)
    return _Wanted(landmarks, far, weight, length, 1 / length**2)


def _landmarks(part: Wiring) -> tuple[Ints, Floats]:
    """Nodes far from one another, and how many edges all nodes are from each."""
    near = neighbours(part)
    first = np.array(steps_from(0, near))
    # Level by level in bulk, unless the levels are many and small.
    bulk = steps_in_bulk(part) if first.max() < (len(near) + len(part.ends)) / 60 else None
    nearest, found, rows = first, [], []
    for _ in range(min(_LANDMARKS, len(near))):
        found.append(int(nearest.argmax()))
        rows.append(np.array(steps_from(found[-1], near)) if bulk is None else bulk(found[-1]))
        nearest = np.minimum(nearest, rows[-1])
    return np.array(found), np.array(rows, dtype=np.float64)


def _start(wanted: _Wanted, part: Wiring) -> Floats:
    """Pivot scaling: the two directions in which the distances to the landmarks differ most."""
    square = wanted.far**2
    centred = square.mean(axis=0, keepdims=True) + square.mean(axis=1, keepdims=True) - square - square.mean()
    product = np.stack([(centred * row).sum(axis=1) for row in centred])
    first, second = chance(map(str, range(len(centred)))).T
    for _ in range(_TURNS):
        first = _unit((product * first).sum(axis=1))
        second = (product * second).sum(axis=1)
        second = _unit(second - (first * second).sum() * first)
    at = np.stack([(centred * vector[:, None]).sum(axis=0) for vector in (first, second)])
    apart = np.sqrt(((at[:, wanted.landmarks, None] - at[:, None, :]) ** 2).sum(axis=0))
    scale = float((wanted.far * apart).sum()) / max(float((apart**2).sum()), _TINY)
    placed: Floats = at * scale + chance(part.nodes).T / 2
    return placed


def _unit(vector: Floats) -> Floats:
    unit: Floats = vector / max(float(np.sqrt((vector**2).sum())), _TINY)
    return unit


def _settled(at: Floats, wanted: _Wanted, part: Wiring) -> Floats:
    count = len(part.nodes)
    one, other = part.ends.T.copy()
    pull = np.bincount(one, wanted.strength, count) + np.bincount(other, wanted.strength, count)
    heeded = wanted.weight.sum(axis=0)
    grid, (hot, cold) = _Grid(min(256, max(32, 2 ** round(math.log2(count) / 2)))), _PUSH
    for turn in range(_ROUNDS):
        move = grid.push(at) * (hot + (cold - hot) * (turn / (_ROUNDS - 1)) ** 0.4)
        move += _along_edges(at, one, other, wanted)
        share = 1.0 if turn < _ROUNDS - _FREE else _LAST
        move += _from_landmarks(at, wanted) * share
        move *= 0.6 / (pull + heeded * share)
        length = np.sqrt((move**2).sum(axis=0))
        at = at + move * (np.minimum(length, _FARTHEST) / np.maximum(length, _TINY))
    return at.T.copy()


def _along_edges(at: Floats, one: Ints, other: Ints, wanted: _Wanted) -> Floats:
    along = at[:, one] - at[:, other]
    long = np.sqrt((along**2).sum(axis=0))
    along *= wanted.strength * (wanted.length / np.maximum(long, _TINY) - 1)
    count = at.shape[1]
    return np.stack([np.bincount(one, line, count) - np.bincount(other, line, count) for line in along])


def _from_landmarks(at: Floats, wanted: _Wanted) -> Floats:
    move = np.zeros_like(at)
    # A landmark at a time: what is worked on then stays in the processor's cache.
    for landmark, far, weight in zip(wanted.landmarks, wanted.far, wanted.weight, strict=True):
        away = at - at[:, landmark, None]
        long = np.sqrt(away[0] ** 2 + away[1] ** 2)
        move += away * (weight * (far / np.maximum(long, _TINY) - 1))
    return move


class _Grid:
    """The push of all on each, by one over the distance, from how many are in each cell."""

    def __init__(self, cells: int) -> None:
        self._cells, self._shape = cells, (2 * cells, 2 * cells)
        line = np.arange(2 * cells)
        line = np.where(line < cells, line, line - 2 * cells)
        down, across = np.meshgrid(line, line, indexing="ij")
        far = across**2 + down**2 + 0.5
        self._fields = [np.fft.rfft2(across / far), np.fft.rfft2(down / far)]

    def push(self, at: Floats) -> Floats:
        cells, low = self._cells, at.min(axis=1, keepdims=True)
        cell = float((at - low).max()) / (cells - 2) or 1.0
        spot = (at - low) / cell
        corner = np.minimum(spot.astype(np.int64), cells - 2)
        (x, y), first = spot - corner, corner[1] * cells + corner[0]
        # A node counts in the four cells around it by how near it is, so that no force jumps where cells meet.
        shares = (
            (first, (1 - x) * (1 - y)),
            (first + 1, x * (1 - y)),
            (first + cells, (1 - x) * y),
            (first + cells + 1, x * y),
        )
        mass = sum(np.bincount(index, share, cells**2) for index, share in shares)
        whole = np.fft.rfft2(np.reshape(mass, (cells, cells)), self._shape)
        fields = [np.fft.irfft2(whole * field)[:cells, :cells].ravel() / cell for field in self._fields]
        return np.stack([sum(field[index] * share for index, share in shares) for field in fields])
