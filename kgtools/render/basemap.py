"""The land and the lines behind a map, projected; `basemap.md` says where they come from and whose lines they are."""

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import pairwise

from kgtools.places import Point

WIDTH = 1000
_LEAST = 14.0  # degrees across that a map shows at least
_TALLEST = 0.8  # of the width
Box = tuple[float, float, float, float]  # west, south, east, north


@dataclass(frozen=True, slots=True)
class Chart:
    """A part of the basemap on paper: how it is projected, and its lines as path data."""

    box: Box
    scale: float
    squeeze: float  # of a degree of longitude against one of latitude, in the middle of the map
    height: int

    def place(self, latitude: float, longitude: float) -> tuple[float, float]:
        """Where a point is on the chart."""
        west, _, _, north = self.box
        return round((longitude - west) * self.squeeze * self.scale, 1), round((north - latitude) * self.scale, 1)


def inside(point: Point) -> bool:
    """Whether the basemap shows the point."""
    west, south, east, north = _basemap()["box"]
    return bool(west <= point.longitude <= east and south <= point.latitude <= north)


def chart(points: Sequence[Point]) -> Chart:
    """The part of the basemap around the points."""
    limits: Box = tuple(_basemap()["box"])
    if not points:
        return _chart(limits)
    west, east = min(p.longitude for p in points), max(p.longitude for p in points)
    south, north = min(p.latitude for p in points), max(p.latitude for p in points)
    squeeze = math.cos(math.radians((south + north) / 2))
    across = max((east - west) * 1.3, (north - south) * 1.35 / _TALLEST / squeeze, _LEAST)
    down = max((north - south) * 1.35, across * squeeze * 0.55)
    middle, centre = (west + east) / 2, (south + north) / 2
    west, east = _within(middle - across / 2, middle + across / 2, limits[0], limits[2])
    south, north = _within(centre - down / 2, centre + down / 2, limits[1], limits[3])
    return _chart((west, south, east, north))


def lines(of: Chart, margin: float = 0.5) -> dict[str, object]:
    """Land, borders and disputed lines as path data, with a margin in widths of the chart, and the names in it."""
    basemap = _basemap()
    west, south, east, north = of.box
    least_lon, least_lat, most_lon, most_lat = basemap["box"]
    (left, top), (right, bottom) = of.place(most_lat, least_lon), of.place(least_lat, most_lon)
    within = [(name, lon, lat) for name, lon, lat in basemap["names"] if west < lon < east and south < lat < north]
    return {
        "sea": (left, top, round(right - left, 1), round(bottom - top, 1)),
        "land": _paths(of, "land", "z", margin),
        "borders": _paths(of, "borders", "", margin),
        "disputed": _paths(of, "disputed", "", margin),
        "names": [(name, *of.place(lat, lon)) for name, lon, lat in within],
    }


@cache
def _basemap() -> dict:  # type: ignore[type-arg]
    return dict(json.loads(files("kgtools.render").joinpath("basemap.json").read_text("utf-8")))


def _chart(box: Box) -> Chart:
    west, south, east, north = box
    squeeze = math.cos(math.radians((south + north) / 2))
    scale = WIDTH / ((east - west) * squeeze)
    return Chart(box, scale, squeeze, round((north - south) * scale))


def _within(low: float, high: float, least: float, most: float) -> tuple[float, float]:
    """The stretch, moved or cut so that it lies within the limits."""
    if high - low >= most - least:
        return least, most
    move = max(least - low, 0) - max(high - most, 0)
    return low + move, high + move


def _paths(of: Chart, kind: str, close: str, margin: float) -> str:
    """Those lines that meet the chart and its margin, each as a first point and steps."""
    west, south, east, north = of.box
    more = (east - west) * margin
    parts = []
    for points, box in _outlines(kind):
        if _meet(box, (west - more, south - more, east + more, north + more)):
            rounded = [(round(x), round(y)) for x, y in (of.place(lat, lon) for lon, lat in points)]
            steps = [(x2 - x1, y2 - y1) for (x1, y1), (x2, y2) in pairwise(rounded)]
            way = " ".join(f"{dx},{dy}" for dx, dy in steps if (dx, dy) != (0, 0))
            parts.append(f"M{rounded[0][0]},{rounded[0][1]}l{way}{close}" if way else "")
    return "".join(parts)


def _meet(one: Box, other: Box) -> bool:
    return one[0] < other[2] and one[2] > other[0] and one[1] < other[3] and one[3] > other[1]


@cache
def _outlines(kind: str) -> list[tuple[list[tuple[float, float]], Box]]:
    """The lines of a kind, each as its points and the box around them."""
    found = []
    for line in _basemap()[kind]:
        points = _points(line)
        longitudes, latitudes = zip(*points, strict=True)
        found.append((points, (min(longitudes), min(latitudes), max(longitudes), max(latitudes))))
    return found


def _points(line: Sequence[int]) -> list[tuple[float, float]]:
    units = _basemap()["units"]
    x = y = 0
    points = []
    for dx, dy in zip(line[::2], line[1::2], strict=True):
        x, y = x + dx, y + dy
        points.append((x / units, y / units))
    return points
