"""Sites and legs as elements with plain numbers: where each stands on the chart, and which names there is room for."""

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rdflib import URIRef

from kgtools.render.basemap import WIDTH, chart, lines
from kgtools.render.sites import Leg, Located, Site
from kgtools.render.statements import Opened, name_of, said_apart

_PER_LETTER = 6.6
_BEND = 16
_SHARES = (0.5, 0.4, 0.6, 0.3, 0.7, 0.22, 0.78)  # of the way, where a number may stand
Rectangle = tuple[float, float, float, float]  # left, top, right, bottom
Curve = tuple[tuple[float, float], tuple[float, float], tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Map:
    """Everything the template draws, the box around it, and what each mark opens."""

    box: tuple[int, int, int, int]
    base: dict[str, object]
    sites: list[dict[str, object]]
    legs: list[dict[str, object]]
    badges: list[dict[str, object]]  # numbers of routes
    opened: list[Opened]
    nameless: int  # sites and legs whose words there is no room for


@dataclass(frozen=True, slots=True)
class _Drawn:
    """A leg as an element, with its curve."""

    curve: Curve
    element: dict[str, object]


def plotted(all_: Located, sites: Sequence[Site], legs: Sequence[Leg], margin: float = 0.5) -> Map:
    """These sites and legs on the part of the basemap around them."""
    points = {site.place: site.point for site in all_.sites}
    ends = [points[end] for leg in legs for end in (leg.start, leg.end)]
    of = chart([*(site.point for site in sites), *ends])
    numbers = route_numbers(all_)
    at = {place: of.place(point.latitude, point.longitude) for place, point in points.items()}
    drawn_legs = _legs(legs, at, all_)
    taken = [_around(x, y, 8) for x, y in (at[site.place] for site in sites)]
    badges = _badges(drawn_legs, legs, numbers, taken, all_)
    drawn_sites = [_site(site, n, at[site.place], taken, all_) for n, site in enumerate(sites)]
    for one in drawn_legs:
        one.element["label"] = _leg_label(str(one.element["words"]), one.curve, taken)
    base = _with_room(lines(of, margin), taken, of.height)
    opened = [
        *(Opened(f"s{n}", name_of(s.place, all_.found), _note(s), s.change, s.statements) for n, s in enumerate(sites)),
        *(
            Opened(f"e{n}", leg_name(e, all_), leg_note(e, numbers), e.change or e.status, e.statements)
            for n, e in enumerate(legs)
        ),
    ]
    nameless = sum(site["label"] is None for site in drawn_sites)
    nameless += sum(bool(one.element["words"]) and one.element["label"] is None for one in drawn_legs)
    return Map(
        (0, 0, WIDTH, of.height), base, drawn_sites, [one.element for one in drawn_legs], badges, opened, nameless
    )


def route_numbers(all_: Located) -> dict[URIRef, int]:
    """A number for each route, in the order of their names."""
    ordered = sorted(all_.routes, key=lambda route: (name_of(route, all_.found), route))
    return {route: number for number, route in enumerate(ordered, 1)}


def leg_name(leg: Leg, all_: Located) -> str:
    """From where to where, in words."""
    return f"{name_of(leg.start, all_.found)} → {name_of(leg.end, all_.found)}"


def leg_note(leg: Leg, numbers: dict[URIRef, int]) -> str:
    """The number of the route, the independent origins, and the roles on the leg."""
    parts = [f"route {numbers[leg.route]}" if leg.route in numbers else "", _roots(leg.roots)]
    parts += [f"exploiters: {', '.join(leg.exploited)}" if leg.exploited else ""]
    parts += [f"interdictors: {', '.join(leg.interdicted)}" if leg.interdicted else ""]
    return "; ".join(part for part in parts if part)


def _roots(count: int) -> str:
    return "one independent origin names it" if count == 1 else f"{count} independent origins name it"


def _note(site: Site) -> str:
    stands = "" if site.point.precision == "settlement" else f"the mark stands for the whole {site.point.precision}"
    events = "" if not site.events else "one event" if site.events == 1 else f"{site.events} events"
    return "; ".join(part for part in (events, stands) if part)


def _legs(legs: Sequence[Leg], at: dict[URIRef, tuple[float, float]], all_: Located) -> list[_Drawn]:
    """Each leg with its curve; legs between the same two places are bent apart."""
    between: dict[frozenset[URIRef], int] = defaultdict(int)
    drawn = []
    for number, leg in enumerate(legs):
        pair = frozenset((leg.start, leg.end))
        order = between[pair]
        between[pair] += 1
        bend = (1 if leg.start < leg.end else -1) * ((order + 1) // 2) * (1 if order % 2 else -1) * _BEND
        curve = _curve(at[leg.start], at[leg.end], bend)
        beside = _curve(at[leg.start], at[leg.end], bend + 7)
        drawn.append(_Drawn(curve, _leg(leg, f"e{number}", curve, beside, leg_name(leg, all_))))
    return drawn


def _leg(leg: Leg, id_: str, curve: Curve, beside: Curve, name: str) -> dict[str, object]:
    roles = [role for role, there in (("exploited", leg.exploited), ("interdicted", leg.interdicted)) if there]
    words = [*leg.exploited, *leg.interdicted, *said_apart(leg.status, leg.change)]
    return {
        "id": id_,
        "name": name,
        "lines": [(role, _path(way)) for role, way in zip(roles or ["named"], (curve, beside), strict=False)],
        "wide": round(1.6 + 1.3 * (min(leg.roots, 4) - 1), 1),
        "status": leg.status,
        "change": leg.change,
        "words": ", ".join(words),
    }


def _curve(start: tuple[float, float], end: tuple[float, float], bend: float) -> Curve:
    """From near one place to near another, bent to a side: start, pull and end of a quadratic curve."""
    (x1, y1), (x2, y2) = start, end
    length = math.hypot(x2 - x1, y2 - y1) or 1.0
    ux, uy = (x2 - x1) / length, (y2 - y1) / length
    gap = min(9.0, length / 4)
    pull = ((x1 + x2) / 2 - uy * bend * 2, (y1 + y2) / 2 + ux * bend * 2)
    return (x1 + ux * gap, y1 + uy * gap), pull, (x2 - ux * (gap + 3), y2 - uy * (gap + 3))


def _path(curve: Curve) -> str:
    (sx, sy), (cx, cy), (ex, ey) = curve
    return f"M{sx:.0f},{sy:.0f} Q{cx:.0f},{cy:.0f} {ex:.0f},{ey:.0f}"


def _on(curve: Curve, share: float) -> tuple[float, float]:
    """The point after a share of the way."""
    rest = 1 - share
    weights = (rest * rest, 2 * rest * share, share * share)
    x, y = (sum(weight * point[axis] for weight, point in zip(weights, curve, strict=True)) for axis in (0, 1))
    return round(x, 1), round(y, 1)


def _badges(
    drawn: Sequence[_Drawn], legs: Sequence[Leg], numbers: dict[URIRef, int], taken: list[Rectangle], all_: Located
) -> list[dict[str, object]]:
    """The number of its route on each leg, where it meets nothing if there is such a place; the place is then taken."""
    badges = []
    for one, leg in zip(drawn, legs, strict=True):
        if leg.route in numbers:
            places = [_on(one.curve, share) for share in _SHARES]
            free = [p for p in places if not any(_overlap(_around(*p, 9), other) for other in taken)]
            x, y = (free or places)[0]
            taken.append(_around(x, y, 9))
            number, name = numbers[leg.route], name_of(leg.route, all_.found)
            badges.append({"id": f"r{number}", "x": x, "y": y, "number": number, "name": f"route {number}: {name}"})
    return badges


def _site(site: Site, number: int, at: tuple[float, float], taken: list[Rectangle], all_: Located) -> dict[str, object]:
    name = name_of(site.place, all_.found)
    label = f"{name} · {site.events}" if site.events else name
    label += f" ({site.change})" if site.change else ""
    return {
        "id": f"s{number}",
        "x": at[0],
        "y": at[1],
        "name": ", ".join(filter(None, (name, site.change, _note(site)))),
        "change": site.change,
        "shape": "star" if site.events else "dot",
        "precision": site.point.precision,
        "label": _label(label, at, taken),
    }


def _leg_label(words: str, curve: Curve, taken: list[Rectangle]) -> tuple[str, float, float] | None:
    """The words with a place beside the leg where they meet nothing, which is then taken; None if there is none."""
    wide = len(words) * 5.8 / 2
    for share in _SHARES if words else ():
        x, y = _on(curve, share)
        for base in (y + 20, y - 13):
            box = (x - wide, base - 10, x + wide, base + 3)
            if not any(_overlap(box, other) for other in taken):
                taken.append(box)
                return words, x, round(base, 1)
    return None


def _label(words: str, at: tuple[float, float], taken: list[Rectangle]) -> tuple[str, float, float, str] | None:
    """The words with a place beside the mark where they meet nothing, which is then taken; None if there is none."""
    (x, y), wide = at, len(words) * _PER_LETTER
    for anchor, left, base in (
        ("start", x + 11, y + 4),
        ("end", x - 11 - wide, y + 4),
        ("middle", x - wide / 2, y - 13),
        ("middle", x - wide / 2, y + 22),
    ):
        box = (left, base - 11, left + wide, base + 3)
        if left >= 6 and left + wide <= WIDTH - 6 and not any(_overlap(box, other) for other in taken):
            taken.append(box)
            across = {"start": left, "end": left + wide, "middle": x}[anchor]
            return words, round(across, 1), round(base, 1), anchor
    return None


def _with_room(base: dict[str, object], taken: Sequence[Rectangle], height: int) -> dict[str, object]:
    """The basemap with only those names of states that are whole and meet no name of the answer."""
    names: Iterable[tuple[str, float, float]] = base["names"]  # type: ignore[assignment]
    kept = []
    for name, x, y in names:
        left, top, right, bottom = box = (x - len(name) * 3.7, y - 11, x + len(name) * 3.7, y + 3)
        if left > 0 and top > 0 and right < WIDTH and bottom < height and not any(_overlap(box, o) for o in taken):
            kept.append((name, x, y))
    return {**base, "names": kept}


def _around(x: float, y: float, far: float) -> Rectangle:
    return x - far, y - far, x + far, y + far


def _overlap(one: Rectangle, other: Rectangle) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
