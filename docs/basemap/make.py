"""Make kgtools/render/basemap.json from countries-50m.json of the npm package world-atlas 2.0.2 (Natural Earth 4.1.0).

    python docs/basemap/make.py countries-50m.json kgtools/render/basemap.json

What is changed and why stands in kgtools/render/basemap.md.
"""

import json
import math
import sys
from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import pairwise
from pathlib import Path

Point = tuple[float, float]
WEST, EAST, SOUTH, NORTH = -19.0, 38.0, 0.0, 44.0
UNITS = 60  # a degree: coordinates are whole minutes, so the parallel of 27°40' is exact
TOLERANCE = 0.025  # degrees that a simplified line may be off
SMALLEST = 0.02  # square degrees of the smallest island kept
PARALLEL = 27 + 40 / 60  # northern boundary of Western Sahara, 27°40' N
MERIDIAN = -(8 + 40 / 60)  # where it ends in the east, 8°40' W

BERM = frozenset(("Morocco", "W. Sahara"))
DISPUTED = {
    frozenset(pair)
    for pair in (
        ("Cyprus", "N. Cyprus"),
        ("Egypt", "Palestine"),
        ("Eritrea", "Ethiopia"),
        ("Ethiopia", "Sudan"),
        ("Israel", "Lebanon"),
        ("Israel", "Palestine"),
        ("Israel", "Syria"),
        ("Jordan", "Palestine"),
        ("Kenya", "S. Sudan"),
        ("Kosovo", "Serbia"),
        ("S. Sudan", "Sudan"),
    )
}
HALAIB = 31.0  # degrees east, beyond which the line of Egypt and Sudan is disputed
NAMES: dict[str, Point] = {
    "Albania": (20.0, 41.1),
    "Algeria": (3.0, 29.2),
    "Benin": (2.3, 9.9),
    "Bulgaria": (25.2, 42.6),
    "Burkina Faso": (-1.7, 12.0),
    "Cameroon": (12.6, 5.4),
    "Central African Republic": (20.5, 6.6),
    "Chad": (18.6, 14.6),
    "Congo": (15.4, 1.2),
    "Côte d’Ivoire": (-5.6, 7.3),
    "DR Congo": (23.6, 2.4),
    "Egypt": (29.0, 26.4),
    "Ethiopia": (37.0, 8.6),
    "Gambia": (-15.6, 13.45),
    "Ghana": (-1.2, 7.4),
    "Greece": (21.9, 39.4),
    "Guinea": (-11.0, 10.8),
    "Guinea-Bissau": (-14.9, 12.0),
    "Italy": (14.6, 41.4),
    "Liberia": (-9.4, 6.4),
    "Libya": (18.0, 27.6),
    "Mali": (-1.6, 19.6),
    "Mauritania": (-10.4, 20.3),
    "Morocco": (-6.3, 31.6),
    "Niger": (9.4, 18.6),
    "Nigeria": (7.8, 9.6),
    "Portugal": (-8.1, 39.6),
    "Saudi Arabia": (37.2, 27.4),
    "Senegal": (-14.6, 14.8),
    "Sierra Leone": (-11.8, 8.5),
    "South Sudan": (30.2, 7.6),
    "Spain": (-3.6, 39.9),
    "Sudan": (29.6, 16.4),
    "Syria": (37.4, 35.2),
    "Togo": (1.0, 8.7),
    "Tunisia": (9.3, 34.6),
    "Türkiye": (32.6, 38.6),
    "Uganda": (32.4, 1.6),
    "Western Sahara": (-13.1, 24.9),
}


def main() -> None:
    """Read the topology, write the basemap."""
    source, target = map(Path, sys.argv[1:])
    topology = json.loads(source.read_text("utf-8"))
    arcs, owners = _arcs(topology), _owners(topology)
    simple = [_simplified(arc) for arc in arcs]
    land = [_clipped(_ring(ring, simple)) for ring in _rings(topology["objects"]["land"]["geometries"])]
    plain, disputed = _borders(simple, owners)
    disputed.append(_northern_line(arcs, owners))
    basemap = {
        "box": [WEST, SOUTH, EAST, NORTH],
        "units": UNITS,
        "land": sorted(_whole(ring) for ring in land if _area(ring) > SMALLEST),
        "borders": sorted(_whole(line) for line in plain),
        "disputed": sorted(_whole(line) for line in disputed),
        "names": [[name, *place] for name, place in sorted(NAMES.items())],
    }
    target.write_text(json.dumps(basemap, ensure_ascii=False, separators=(",", ":")) + "\n", "utf-8")


def _arcs(topology: dict) -> list[list[Point]]:  # type: ignore[type-arg]
    (sx, sy), (tx, ty) = topology["transform"]["scale"], topology["transform"]["translate"]
    arcs = []
    for deltas in topology["arcs"]:
        x = y = 0
        arc = []
        for dx, dy in deltas:
            x, y = x + dx, y + dy
            arc.append((x * sx + tx, y * sy + ty))
        arcs.append(arc)
    return arcs


def _rings(geometries: Iterable[dict]) -> Iterable[list[int]]:  # type: ignore[type-arg]
    for geometry in geometries:
        polygons = [geometry["arcs"]] if geometry["type"] == "Polygon" else geometry["arcs"]
        yield from (ring for polygon in polygons for ring in polygon)


def _owners(topology: dict) -> dict[int, frozenset[str]]:  # type: ignore[type-arg]
    owners: dict[int, set[str]] = defaultdict(set)
    for country in topology["objects"]["countries"]["geometries"]:
        for ring in _rings([country]):
            for arc in ring:
                owners[arc if arc >= 0 else ~arc].add(country["properties"]["name"])
    return {arc: frozenset(names) for arc, names in owners.items()}


def _ring(ring: Iterable[int], arcs: Sequence[list[Point]]) -> list[Point]:
    return [point for arc in ring for point in (arcs[arc] if arc >= 0 else arcs[~arc][::-1])[:-1]]


def _borders(
    arcs: Sequence[list[Point]], owners: dict[int, frozenset[str]]
) -> tuple[list[list[Point]], list[list[Point]]]:
    plain, disputed = [], []
    for number, pair in sorted(owners.items()):
        if len(pair) < 2 or pair == BERM:
            continue
        for line in _inside(arcs[number]):
            if pair == frozenset(("Egypt", "Sudan")):
                east, west = [p for p in line if p[0] >= HALAIB], [p for p in line if p[0] <= HALAIB]
                cut = [(HALAIB, 22.0)]
                disputed.append(sorted(cut + east))
                plain.append(sorted(west + cut))
            else:
                (disputed if pair in DISPUTED else plain).append(line)
    return plain, disputed


def _northern_line(arcs: Sequence[list[Point]], owners: dict[int, frozenset[str]]) -> list[Point]:
    """The parallel from the Atlantic coast to the end of the boundary in the east."""
    coast = [arcs[number] for number, names in owners.items() if names == frozenset(("Morocco",))]
    crossings = [
        x1 + (x2 - x1) * (PARALLEL - y1) / (y2 - y1)
        for arc in coast
        for (x1, y1), (x2, y2) in pairwise(arc)
        if min(y1, y2) <= PARALLEL < max(y1, y2)
    ]
    return [(min(crossings), PARALLEL), (MERIDIAN, PARALLEL)]


def _simplified(line: list[Point]) -> list[Point]:
    """Douglas and Peucker's simplification, ends kept."""
    if len(line) < 3:
        return line
    if line[0] == line[-1]:
        middle = len(line) // 2
        return _simplified(line[: middle + 1])[:-1] + _simplified(line[middle:])
    offs = [_off(point, line[0], line[-1]) for point in line[1:-1]]
    worst = max(range(len(offs)), key=offs.__getitem__)
    if offs[worst] <= TOLERANCE:
        return [line[0], line[-1]]
    return _simplified(line[: worst + 2])[:-1] + _simplified(line[worst + 1 :])


def _off(point: Point, start: Point, end: Point) -> float:
    (px, py), (x1, y1), (x2, y2) = point, start, end
    length = math.hypot(x2 - x1, y2 - y1)
    if not length:
        return math.hypot(px - x1, py - y1)
    return abs((x2 - x1) * (y1 - py) - (x1 - px) * (y2 - y1)) / length


def _clipped(ring: list[Point]) -> list[Point]:
    """The ring within the box, by Sutherland and Hodgman."""
    for axis, edge, keep in ((0, WEST, 1), (0, EAST, -1), (1, SOUTH, 1), (1, NORTH, -1)):
        out: list[Point] = []
        for before, point in zip(ring[-1:] + ring[:-1], ring, strict=True):
            inside, was = (point[axis] - edge) * keep >= 0, (before[axis] - edge) * keep >= 0
            if inside != was:
                share = (edge - before[axis]) / (point[axis] - before[axis])
                out.append(tuple(before[n] + (point[n] - before[n]) * share for n in (0, 1)))  # type: ignore[arg-type]
            if inside:
                out.append(point)
        ring = out
    return ring


def _inside(line: list[Point]) -> list[list[Point]]:
    """The parts of a line within the box."""
    parts: list[list[Point]] = [[]]
    for before, point in pairwise(line):
        if _within(before) and _within(point):
            parts[-1] += [point] if parts[-1] else [before, point]
        elif parts[-1]:
            parts.append([])
    return [part for part in parts if part]


def _within(point: Point) -> bool:
    return WEST <= point[0] <= EAST and SOUTH <= point[1] <= NORTH


def _area(ring: Sequence[Point]) -> float:
    return abs(sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in zip(ring, [*ring[1:], *ring[:1]], strict=True))) / 2


def _whole(line: Sequence[Point]) -> list[int]:
    """The line as whole numbers: the first point, then each step."""
    points = [(round(x * UNITS), round(y * UNITS)) for x, y in line]
    steps = [(x2 - x1, y2 - y1) for (x1, y1), (x2, y2) in pairwise(points)]
    return [number for pair in (*points[:1], *(step for step in steps if step != (0, 0))) for number in pair]


if __name__ == "__main__":
    main()
