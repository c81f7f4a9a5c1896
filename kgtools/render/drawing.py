"""The picture: nodes, edges and labels as SVG elements with plain numbers, ready for the template to write."""

import math
import textwrap
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pyvis.network import Network

RADIUS = 17
_LINE = 17
_WRAP = 24
_MOST_LINES = 3
_BEND = 46

# A shape for each kind, as points on the unit square, so that kinds differ without colour.
_SQUARE = ((-0.85, -0.85), (0.85, -0.85), (0.85, 0.85), (-0.85, 0.85))
_DIAMOND = ((0, -1.15), (1.15, 0), (0, 1.15), (-1.15, 0))
_TRIANGLE = ((0, -1.1), (1.1, 0.85), (-1.1, 0.85))
_UPSIDE = ((0, 1.1), (1.1, -0.85), (-1.1, -0.85))
_HEXAGON = tuple((math.cos(math.radians(a)) * 1.05, math.sin(math.radians(a)) * 1.05) for a in range(0, 360, 60))
_PENTAGON = tuple((math.cos(math.radians(a)) * 1.1, math.sin(math.radians(a)) * 1.1) for a in range(-90, 270, 72))
_LONG = ((-1.6, -0.6), (1.6, -0.6), (1.6, 0.6), (-1.6, 0.6))
_SLANTED = ((-1.2, -0.7), (1.6, -0.7), (1.2, 0.7), (-1.6, 0.7))
_CIRCLE = tuple((math.cos(math.radians(a)), math.sin(math.radians(a))) for a in range(0, 360, 15))
_STAR = tuple(
    (math.cos(math.radians(a)) * r, math.sin(math.radians(a)) * r)
    for a, r in ((-90 + 36 * n, 1.25 if n % 2 == 0 else 0.6) for n in range(10))
)

_FAMILIES = {
    "state": (_SQUARE, ("State", "StateOrgan")),
    "armed": (_DIAMOND, ("ArmedGroup", "PrivateMilitaryCompany")),
    "body": (_HEXAGON, ("Organization", "InternationalOrganization", "Network")),
    "people": (_CIRCLE, ("Person", "UnnamedCommunity", "AnalystCommunity", "Agent")),
    "place": (
        _UPSIDE,
        ("Place", "Country", "DisputedTerritory", "Region", "Settlement", "WaterBody", "MarketArea"),
    ),
    "route": (_LONG, ("Route", "RouteSegment")),
    "flow": (_SLANTED, ("Flow", "Initiative", "Agreement")),
    "happening": (
        _STAR,
        (
            *("Event", "DiplomaticAct", "InfluenceAttempt", "Seizure", "TakeoverOfPower", "LifecycleEvent"),
            *("Signature", "Suspension", "Withdrawal", "Termination"),
        ),
    ),
    "matter": (_PENTAGON, ("Situation", "Issue", "Position", "Scenario", "Indicator")),
    "other": (_TRIANGLE, ("Entity",)),
}
_FAMILY = {kind: family for family, (_, kinds) in _FAMILIES.items() for kind in kinds}
_POINTS = {family: points for family, (points, _) in _FAMILIES.items()}


@dataclass(frozen=True, slots=True)
class Shape:
    """How a kind is drawn: the family that gives colour, and the outline's points."""

    family: str
    points: str


@dataclass(frozen=True, slots=True)
class Picture:
    """Everything the template draws, and the box around it."""

    box: tuple[int, int, int, int]
    nodes: list[dict[str, object]]
    edges: list[dict[str, object]]


class _Shapes(dict[str, Shape]):
    """Kind to shape; an unknown kind gets the shape of `Entity`."""

    def __missing__(self, kind: str) -> Shape:
        family = _FAMILY.get(kind, "other")
        points = " ".join(f"{x * RADIUS:.1f},{y * RADIUS:.1f}" for x, y in _POINTS[family])
        return self.setdefault(kind, Shape(family, points))


SHAPES = _Shapes()


def outlines(families: Iterable[str]) -> dict[str, list[tuple[float, float]]]:
    """The corners of each family's shape around 0,0, in pixels."""
    return {
        family: [(round(x * RADIUS, 1), round(y * RADIUS, 1)) for x, y in _POINTS[family]]
        for family in sorted(families)
    }


def draw(net: "Network") -> Picture:
    """The network as positioned elements."""
    places = {node["id"]: (node["x"], node["y"]) for node in net.nodes}
    nodes, edges = [_node(node) for node in net.nodes], _edges(net.edges, places)
    words = _without_overlap(nodes, edges)
    return Picture(_box(list(places.values())), nodes, [{**edge, "said": n in words} for n, edge in enumerate(edges)])


def _without_overlap(nodes: list[dict[str, object]], edges: list[dict[str, object]]) -> set[int]:
    """Which edges carry their words: those with most claims first, none over other words or a shape.

    What is disputed or taken back always says so, whatever it covers.
    """
    taken: list[_Box] = [box for node in nodes for box in _boxes(node)]
    kept = set()
    for number in sorted(range(len(edges)), key=lambda n: (-_weight(edges[n]), n)):
        x, y, text = (edges[number][part] for part in ("tx", "ty", "text"))
        box = _around(float(str(x)), float(str(y)) - 5, str(text))
        states = {edges[number]["status"], edges[number].get("stands")}
        if states & _ALWAYS_SAID or not any(_meet(box, other) for other in taken):
            kept.add(number)
            taken.append(box)
    return kept


_ALWAYS_SAID = {"disputed", "withdrawn"}
_Box = tuple[float, float, float, float]


def _boxes(node: Mapping[str, object]) -> Iterable[_Box]:
    """The boxes of a node's shape and of the lines of its label."""
    x, y, lines = float(str(node["x"])), float(str(node["y"])), node["lines"]
    assert isinstance(lines, list)
    yield x - RADIUS, y - RADIUS, x + RADIUS, y + RADIUS
    yield from (_around(x, y + down, line, 8.2) for down, line in lines)


def _around(x: float, y: float, text: str, letter: float = 7.0) -> _Box:
    half = len(text) * letter / 2
    return x - half, y - 13, x + half, y + 4


def _meet(one: _Box, other: _Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _weight(edge: Mapping[str, object]) -> int:
    claims, denials = edge["claims"], edge["denials"]
    assert isinstance(claims, tuple)
    assert isinstance(denials, tuple)
    return len(claims) + 100 * len(denials)  # what is disputed says so first


def _box(places: list[tuple[int, int]]) -> tuple[int, int, int, int]:
    if not places:
        return (0, 0, 600, 200)
    left, top = min(x for x, _ in places) - 130, min(y for _, y in places) - 60
    return (left, top, max(x for x, _ in places) + 130 - left, max(y for _, y in places) + 90 - top)


def _node(node: Mapping[str, object]) -> dict[str, object]:
    shape = SHAPES[str(node["kind"])]
    lines = _wrapped(str(node["label"]))
    return {
        **{key: node[key] for key in ("id", "x", "y", "label", "kind")},
        "family": shape.family,
        "points": shape.points,
        "lines": [(RADIUS + 20 + _LINE * number, line) for number, line in enumerate(lines)],
    }


def _wrapped(label: str) -> list[str]:
    lines = textwrap.wrap(label, _WRAP) or [""]
    return lines if len(lines) <= _MOST_LINES else [*lines[: _MOST_LINES - 1], lines[_MOST_LINES - 1] + " …"]


def _edges(edges: list[dict[str, object]], places: Mapping[object, tuple[int, int]]) -> list[dict[str, object]]:
    """Each edge with its curve; edges between the same two nodes are bent apart so that each can be reached."""
    between = defaultdict(list)
    for edge in edges:
        between[tuple(sorted((str(edge["from"]), str(edge["to"]))))].append(edge)
    drawn = []
    for pair in sorted(between):
        group = between[pair]
        for number, edge in enumerate(group):
            bend = (number - (len(group) - 1) / 2) * _BEND * (1 if str(edge["from"]) == pair[0] else -1)
            drawn.append(
                {**edge, **_curve(places[edge["from"]], places[edge["to"]], bend, number), "text": _text(edge)}
            )
    return drawn


def _text(edge: Mapping[str, object]) -> str:
    """The label with the word for the status, so that nothing hangs on colour or dash alone."""
    states = {edge["status"], edge.get("stands"), "inferred" if edge["inferred"] else ""}
    words = [word for status, word in _SAID if status in states]
    return f"{edge['label']} ({', '.join(words)})" if words else str(edge["label"])


_SAID = (
    *((word, word) for word in ("added", "removed", "changed", "inferred", "disputed", "forecast")),
    ("withdrawn", "taken back"),
)


def _curve(start: tuple[int, int], end: tuple[int, int], bend: float, number: int) -> dict[str, object]:
    (x1, y1), (x2, y2) = start, end
    if start == end:
        high = 60 + 26 * number
        path = (
            f"M{x1 - 8:.0f},{y1 - 18:.0f} C{x1 - high},{y1 - high} {x1 + high},{y1 - high} {x1 + 8:.0f},{y1 - 20:.0f}"
        )
        return {"path": path, "tx": x1, "ty": y1 - high * 0.8}
    length = math.hypot(x2 - x1, y2 - y1)
    ux, uy = (x2 - x1) / length, (y2 - y1) / length
    cx, cy = (x1 + x2) / 2 - uy * bend * 2, (y1 + y2) / 2 + ux * bend * 2
    sx, sy = _towards(x1, y1, cx, cy, RADIUS + 6)
    ex, ey = _towards(x2, y2, cx, cy, RADIUS + 12)
    path = f"M{sx:.1f},{sy:.1f} Q{cx:.1f},{cy:.1f} {ex:.1f},{ey:.1f}"
    return {"path": path, "tx": round((sx + 2 * cx + ex) / 4), "ty": round((sy + 2 * cy + ey) / 4)}


def _towards(x: float, y: float, to_x: float, to_y: float, distance: float) -> tuple[float, float]:
    length = math.hypot(to_x - x, to_y - y) or 1.0
    return x + (to_x - x) / length * distance, y + (to_y - y) / length * distance
