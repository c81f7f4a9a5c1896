"""Small components: distances in the picture as near as can be to distances in the graph (stress majorization)."""

from collections import defaultdict
from collections.abc import Sequence

import numpy as np

from kgtools.network.wiring import Floats, Wiring, chance

_START_ROUNDS, _ROUNDS, _STEP = 30, 100, 0.6
_CELLS = 400_000  # of distance matrices that are worked on at a time
_TINY = 1e-9


def small_layouts(parts: Sequence[Wiring]) -> list[Floats]:
    """Places for each component, in units of one edge; those of one size are laid out together."""
    sizes: dict[int, list[int]] = defaultdict(list)
    for number, part in enumerate(parts):
        sizes[len(part.nodes)].append(number)
    laid: dict[int, Floats] = {}
    for size, numbers in sizes.items():
        block = max(1, _CELLS // size**2)
        for first in range(0, len(numbers), block):
            some = numbers[first : first + block]
            laid.update(zip(some, _laid([parts[number] for number in some], size), strict=True))
    return [laid[number] for number in range(len(parts))]


def _laid(parts: Sequence[Wiring], size: int) -> Floats:
    """Places of components with *size* nodes each: an array of components by nodes by two."""
    if size == 1:
        return np.zeros((len(parts), 1, 2))
    jitter = np.array([chance(part.nodes) for part in parts])
    far = _distances(parts, size)
    return _settled(_start(far, jitter), far)


def _distances(parts: Sequence[Wiring], size: int) -> Floats:
    """All distances along edges; an edge at a hub is longer, so that what hangs on it finds room around it."""
    far = np.full((len(parts), size, size), np.inf)
    for number, part in enumerate(parts):
        one, other = part.ends[:, 0], part.ends[:, 1]
        crowd = np.maximum(part.degrees[one], part.degrees[other])
        far[number, one, other] = far[number, other, one] = np.sqrt(1 + np.maximum(crowd - 4, 0) / 12)
    far[:, np.arange(size), np.arange(size)] = 0
    for via in range(size):
        np.minimum(far, far[:, :, via, None] + far[:, None, via, :], out=far)
    return far


def _start(far: Floats, jitter: Floats) -> Floats:
    """Classical scaling by repeated multiplication: no library whose last digits hang on the processor."""
    square = far**2
    centred = square.mean(axis=1, keepdims=True) + square.mean(axis=2, keepdims=True) - square
    centred -= square.mean(axis=(1, 2), keepdims=True)
    x, y = jitter[:, :, 0], jitter[:, :, 1]
    for _ in range(_START_ROUNDS):
        x = _unit((centred * x[:, None, :]).sum(axis=2))
        y = (centred * y[:, None, :]).sum(axis=2)
        y = _unit(y - (x * y).sum(axis=1, keepdims=True) * x)
    wide, high = (np.sqrt(np.abs((v * (centred * v[:, None, :]).sum(axis=2)).sum(axis=1)) / 2) for v in (x, y))
    return np.stack([x * wide[:, None], y * high[:, None]], axis=2) + jitter * 0.05


def _unit(vectors: Floats) -> Floats:
    unit: Floats = vectors / np.maximum(np.sqrt((vectors**2).sum(axis=1, keepdims=True)), _TINY)
    return unit


def _settled(at: Floats, far: Floats) -> Floats:
    """The places after rounds in each of which every node goes a part of the way to where the others want it."""
    with np.errstate(divide="ignore"):
        weight = np.where(far > 0, far**-2.0, 0.0)
    push, total = weight * far, weight.sum(axis=2)
    x, y = at[:, :, 0], at[:, :, 1]
    for _ in range(_ROUNDS):
        across, down = x[:, :, None] - x[:, None, :], y[:, :, None] - y[:, None, :]
        ratio = push / np.maximum(np.sqrt(across**2 + down**2), _TINY) - weight
        x = x + (ratio * across).sum(axis=2) / total * _STEP
        y = y + (ratio * down).sum(axis=2) / total * _STEP
    return np.stack([x, y], axis=2)
