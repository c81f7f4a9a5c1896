"""Groups of nodes that are joined more among themselves than with others, and a circle for each."""

import heapq
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from kgtools.network.boxes import RADIUS, pushed_apart
from kgtools.network.build import Multigraph
from kgtools.network.keeping import Position
from kgtools.network.wiring import Wiring, neighbours, wiring

MOST = 60  # groups, so that a picture of them can be read
_LEAST_GAIN = 1e-9
_PASSES = 8
_FILLED = 0.25  # of the picture's box, by all circles


@dataclass(frozen=True, slots=True)
class Community:
    """Members in sorted order, and the label of the one under which most claims stand.

    Where *linked* is false, the members are leftovers of several parts that no edge joins, and the name is that of one.
    """

    name: str
    members: tuple[str, ...]
    linked: bool = True


@dataclass(frozen=True, slots=True)
class Circle:
    """Where a community is drawn as one, in whole pixels."""

    x: int
    y: int
    radius: int


def communities(graph: Multigraph, most: int = MOST) -> list[Community]:
    """Every node in just one community, the largest first; at most *most* of them, the same for the same graph."""
    nodes = sorted(graph, key=str)
    whole = wiring(map(str, nodes), ((str(one), str(other)) for one, other in graph.edges()))
    groups, leftovers = _gathered(_merged(_groups(whole), whole, most), whole, most)
    claims = _claims_on(graph)
    found = []
    for number, group in enumerate(groups):
        members = [nodes[node] for node in sorted(group)]
        first = max(members, key=lambda node: (len(claims[node]), graph.degree(node)))
        name = str(graph.nodes[first].get("label", first))
        found.append(Community(name, tuple(members), number != leftovers))
    return sorted(found, key=lambda community: (-len(community.members), community.members[0]))


def circles(groups: Sequence[Community], places: Mapping[str, Position]) -> list[Circle]:
    """A circle for each community near the middle of its members, as large as they are many; few overlap."""
    if not groups:
        return []
    at = np.array([places[node] for group in groups for node in group.members], dtype=np.float64)
    size = np.maximum(at.max(axis=0) - at.min(axis=0), 4 * RADIUS)
    counts = np.array([len(group.members) for group in groups])
    radius = np.maximum(np.sqrt(counts / len(at) * size.prod() * _FILLED / np.pi), 1.5 * RADIUS)
    first = np.cumsum(counts) - counts
    middle = np.add.reduceat(at, first) / counts[:, None]
    wide = 2 * radius + RADIUS
    middle = pushed_apart(middle, np.stack([wide, wide, np.zeros(len(wide))], axis=1))
    rows = zip(np.rint(middle).astype(int).tolist(), np.rint(radius).astype(int).tolist(), strict=True)
    return [Circle(x, y, far) for (x, y), far in rows]


def _claims_on(graph: Multigraph) -> dict[str, set[object]]:
    claims: dict[str, set[object]] = {
        node: {claim for saying in data.get("sayings", ()) for claim in saying["claims"]}
        for node, data in graph.nodes(data=True)
    }
    for one, other, data in graph.edges(data=True):
        for claim in (*data.get("claims", ()), *data.get("denials", ())):
            claims[one].add(claim)
            claims[other].add(claim)
    return claims


def _groups(whole: Wiring) -> list[list[int]]:
    """Louvain's method with nodes taken in order of their names, so that nothing is left to chance."""
    links = [dict.fromkeys(others, 1.0) for others in neighbours(whole)]
    groups = [[node] for node in range(len(links))]
    while True:
        owner = _moved(links)
        names = {old: new for new, old in enumerate(dict.fromkeys(owner))}
        if len(names) == len(groups):
            return groups
        joined: list[list[int]] = [[] for _ in names]
        further: list[dict[int, float]] = [defaultdict(float) for _ in names]
        for node, old in enumerate(owner):
            joined[names[old]] += groups[node]
            for other, weight in links[node].items():
                further[names[old]][names[owner[other]]] += weight
        groups, links = joined, further


def _moved(links: Sequence[Mapping[int, float]]) -> list[int]:
    """For each node the group to which it belongs after no single move makes the groups denser."""
    degrees = [sum(near.values()) for near in links]
    whole, owner, total = sum(degrees) or 1.0, list(range(len(links))), list(degrees)
    for _ in range(_PASSES):
        moves = 0
        for node, near in enumerate(links):
            old, share = owner[node], degrees[node] / whole
            weights: dict[int, float] = {old: 0.0}
            for other, weight in near.items():
                if other != node:
                    weights[owner[other]] = weights.get(owner[other], 0.0) + weight
            total[old] -= degrees[node]
            best, most = old, weights[old] - total[old] * share
            for group, weight in weights.items():
                if (gain := weight - total[group] * share) > most + _LEAST_GAIN:
                    best, most = group, gain
            total[best] += degrees[node]
            owner[node] = best
            moves += best != old
        if moves * 100 <= len(links):
            break
    return owner


def _merged(groups: list[list[int]], whole: Wiring, most: int) -> list[list[int]]:
    """Fewer groups: the smallest joins the one with which it has most edges, until they are few or none is joined."""
    owner = {node: number for number, group in enumerate(groups) for node in group}
    links: list[Counter[int]] = [Counter() for _ in groups]
    for one, other in whole.ends.tolist():
        if owner[one] != owner[other]:
            links[owner[one]][owner[other]] += 1
            links[owner[other]][owner[one]] += 1
    groups, left = [list(group) for group in groups], sum(map(bool, links))
    most -= min(len(groups) - left, most // 4)  # what no edge joins to the rest is to be seen too
    queue = [(len(group), number) for number, group in enumerate(groups)]
    heapq.heapify(queue)
    while queue and left > most:
        size, small = heapq.heappop(queue)
        if size != len(groups[small]) or not links[small]:
            continue
        into = min(links[small], key=lambda other: (-links[small][other], len(groups[other]), other))
        for other, count in links[small].items():
            del links[other][small]
            if other != into:
                links[other][into] += count
                links[into][other] += count
        groups[into] += groups[small]
        groups[small], links[small] = [], Counter()
        left -= 1 if links[into] else 2
        heapq.heappush(queue, (len(groups[into]), into))
    return [group for group in groups if group]


def _gathered(groups: list[list[int]], whole: Wiring, most: int) -> tuple[list[list[int]], int]:
    """The groups with the smallest of those that no edge leaves put together, and which one that is, else -1."""
    if len(groups) <= most:
        return groups, -1
    by_size = sorted(groups, key=lambda group: (-len(group), min(group)))
    return [*by_size[: most - 1], [node for group in by_size[most - 1 :] for node in group]], most - 1
