"""A graph as arrays: who is joined to whom, whatever the direction, and how far all are from some."""

import hashlib
from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

SEED = 20  # of the hash of its name by which each node is set apart from others like it

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Wiring:
    """Nodes in sorted order, and each joined pair once as two numbers, the smaller first; loops are left out."""

    nodes: tuple[str, ...]
    ends: Ints

    @property
    def degrees(self) -> Ints:
        """With how many others each node is joined."""
        return np.bincount(self.ends.ravel(), minlength=len(self.nodes)).astype(np.int64)


def wiring(nodes: Iterable[str], edges: Iterable[tuple[str, str]]) -> Wiring:
    """The arrays for these nodes and edges, the same in whatever order they come."""
    names = tuple(sorted(nodes))
    number = {name: n for n, name in enumerate(names)}
    pairs = {(number[a], number[b]) if number[a] < number[b] else (number[b], number[a]) for a, b in edges if a != b}
    return Wiring(names, np.array(sorted(pairs), dtype=np.int64).reshape(-1, 2))


def components(whole: Wiring) -> list[Wiring]:
    """The parts that no edge joins, the largest first and then by their first names."""
    near = neighbours(whole)
    group = np.full(len(whole.nodes), -1, dtype=np.int64)
    parts: list[list[int]] = []
    for start in range(len(whole.nodes)):
        if group[start] < 0:
            group[start] = len(parts)
            reached = [start]
            for node in reached:
                for other in near[node]:
                    if group[other] < 0:
                        group[other] = len(parts)
                        reached.append(other)
            parts.append(sorted(reached))
    edges: dict[int, list[int]] = defaultdict(list)
    for edge, part in enumerate(group[whole.ends[:, 0]].tolist()):
        edges[part].append(edge)
    order = sorted(range(len(parts)), key=lambda part: (-len(parts[part]), parts[part][0]))
    return [_part(whole, parts[part], edges[part]) for part in order]


def _part(whole: Wiring, members: list[int], edges: list[int]) -> Wiring:
    ends = np.searchsorted(np.array(members), whole.ends[edges]) if edges else whole.ends[:0]
    return Wiring(tuple(whole.nodes[node] for node in members), ends.astype(np.int64))


def neighbours(part: Wiring) -> list[list[int]]:
    """For each node the numbers of those it is joined with."""
    near: list[list[int]] = [[] for _ in part.nodes]
    for one, other in part.ends.tolist():
        near[one].append(other)
        near[other].append(one)
    return near


def steps_from(start: int, near: Sequence[Sequence[int]]) -> list[int]:
    """How many edges away each node is, in one component."""
    steps = [-1] * len(near)
    steps[start] = 0
    queue = deque([start])
    while queue:
        node = queue.popleft()
        further = steps[node] + 1
        for other in near[node]:
            if steps[other] < 0:
                steps[other] = further
                queue.append(other)
    return steps


def steps_in_bulk(part: Wiring) -> Callable[[int], Ints]:
    """As `steps_from`, a whole level at a time: faster where levels are few."""
    one, other = np.concatenate([part.ends, part.ends[:, ::-1]]).T
    order = np.argsort(one, kind="stable")
    targets = other[order]
    first = np.concatenate([[0], np.cumsum(np.bincount(one, minlength=len(part.nodes)))])

    def steps(start: int) -> Ints:
        far = np.full(len(part.nodes), -1, dtype=np.int64)
        far[start], level, front = 0, 0, np.array([start])
        while len(front):
            level += 1
            counts = first[front + 1] - first[front]
            offsets = np.repeat(first[front] - np.cumsum(counts) + counts, counts)
            reached = targets[offsets + np.arange(len(offsets))]
            front = np.unique(reached[far[reached] < 0])
            far[front] = level
        return far

    return steps


def chance(nodes: Iterable[str]) -> Floats:
    """Two numbers in [-1, 1) for each node that hang on nothing but its name: a start that an edit elsewhere leaves."""
    names, salt = (node.encode(errors="surrogatepass") for node in nodes), SEED.to_bytes(1)
    digests = b"".join(hashlib.blake2b(name, digest_size=8, salt=salt).digest() for name in names)
    return np.frombuffer(digests, dtype="<u4").astype(np.float64).reshape(-1, 2) / 2**31 - 1
