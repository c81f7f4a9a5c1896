"""Sites and legs as elements with plain numbers: where each stands on the chart, and which names there is room for."""

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rdflib import URIRef

from kgtools.render.basemap import WIDTH, chart, lines
from kgtools.render.page import CHANGES
from kgtools.render.sites import Leg, Located, Site
from kgtools.render.statements import Opened, called, name_of
from kgtools.render.words import Phrase, Piece, Say, joined_by, said

_PER_LETTER = 6.6
_BEND = 16
SAID = ("disputed", "withdrawn", "forecast", "inferred")  # how a mark stands, where its words say so
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
    plain: dict[str, object]  # what the script needs to draw it at another scale


@dataclass(frozen=True, slots=True)
class _Drawn:
    """A leg as an element, with its curve, and what the script needs to draw it at another scale."""

    curve: Curve
    element: dict[str, object]
    plain: tuple[float, ...]  # from, to, and how far it is bent


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
    base = lines(of, margin)
    opened = [
        *(_opened_site(site, f"s{n}", all_) for n, site in enumerate(sites)),
        *(
            Opened(
                f"e{n}",
                leg_name(leg, all_),
                leg_note(leg, numbers),
                leg.status,
                leg.statements,
                "leg",
                joined_by(", ", leg_words(leg)),
                change=leg.change,
            )
            for n, leg in enumerate(legs)
        ),
    ]
    nameless = sum(site["label"] is None for site in drawn_sites)
    nameless += sum(bool(one.element["words"]) and one.element["label"] is None for one in drawn_legs)
    elements = [one.element for one in drawn_legs]
    plain = {
        "sites": {site["id"]: (site["x"], site["y"]) for site in drawn_sites},
        "legs": {one.element["id"]: one.plain for one in drawn_legs},
        "badges": [(badge["leg"], badge["share"]) for badge in badges],
        "states": base["names"],
    }
    base = _with_room(base, taken, of.height)
    return Map((0, 0, WIDTH, of.height), base, drawn_sites, elements, badges, opened, nameless, plain)


def route_numbers(all_: Located) -> dict[URIRef, int]:
    """A number for each route, in the order of their names."""
    ordered = sorted(all_.routes, key=lambda route: (name_of(route, all_.found), route))
    return {route: number for number, route in enumerate(ordered, 1)}


def leg_name(leg: Leg, all_: Located) -> Phrase:
    """From where to where, in words."""
    return called(leg.start, all_.found), " → ", called(leg.end, all_.found)


def leg_note(leg: Leg, numbers: dict[URIRef, int]) -> Phrase:
    """The number of the route, the independent origins, and the roles on the leg."""
    parts: list[Piece] = [Say("route-number", (numbers[leg.route],))] if leg.route in numbers else []
    parts.append(Say("origins-1") if leg.roots == 1 else Say("origins", (leg.roots,)))
    for key, roles in (("exploiters-are", leg.exploited), ("interdictors-are", leg.interdicted)):
        parts += [Say(key, (joined_by(", ", _listed(leg, roles)),))] if roles else []
    return joined_by("; ", parts)


def _listed(leg: Leg, roles: Sequence[str]) -> Phrase:
    """Roles on a leg by their names."""
    return tuple(dict.fromkeys(one.parts[1] for one in leg.statements if one.words[1] in roles))


def _opened_site(site: Site, id_: str, all_: Located) -> Opened:
    where = (site.point.latitude, site.point.longitude, site.point.precision)
    kind = "events" if site.events else "place"
    name = (called(site.place, all_.found),)
    return Opened(id_, name, _note(site), "", site.statements, kind, _site_words(site, all_), where, site.change)


def _site_words(site: Site, all_: Located) -> Phrase:
    """What stands beside a place: its name, how many events, and what became of it."""
    events = (" · ", site.events) if site.events else ()
    change = (" (", Say(f"short-{site.change}"), ")") if site.change else ()
    return (called(site.place, all_.found), *events, *change)


def _note(site: Site) -> Phrase:
    parts: list[Piece] = [Say("events-1") if site.events == 1 else Say("events", (site.events,))] if site.events else []
    parts += [Say(f"stands-for-{site.point.precision}")] if site.point.precision in ("region", "country") else []
    return joined_by("; ", parts)


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
        plain = (*at[leg.start], *at[leg.end], bend)
        drawn.append(_Drawn(curve, _leg(leg, f"e{number}", curve, beside, all_), plain))
    return drawn


def leg_words(leg: Leg) -> Phrase:
    """What stands beside a leg: the roles on it, and how it stands."""
    stands = [Say(f"short-{word}") for word in (leg.change, leg.status) if word in (*CHANGES, *SAID)]
    return (*_listed(leg, (*leg.exploited, *leg.interdicted)), *stands)


def _leg(leg: Leg, id_: str, curve: Curve, beside: Curve, all_: Located) -> dict[str, object]:
    roles = [role for role, there in (("exploited", leg.exploited), ("interdicted", leg.interdicted)) if there]
    return {
        "id": id_,
        "name": said(leg_name(leg, all_)),
        "lines": [(role, _path(way)) for role, way in zip(roles or ["named"], (curve, beside), strict=False)],
        "wide": round(1.6 + 1.3 * (min(leg.roots, 4) - 1), 1),
        "status": leg.status,
        "change": leg.change,
        "words": said(joined_by(", ", leg_words(leg))),
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
            places = [(share, *_on(one.curve, share)) for share in _SHARES]
            free = [p for p in places if not any(_overlap(_around(*p[1:], 9), other) for other in taken)]
            share, x, y = (free or places)[0]
            taken.append(_around(x, y, 9))
            number, name = numbers[leg.route], name_of(leg.route, all_.found)
            badges.append({"id": f"r{number}", "x": x, "y": y, "number": number, "name": f"{number}: {name}"})
            badges[-1] |= {"leg": one.element["id"], "share": share}
    return badges


def _site(site: Site, number: int, at: tuple[float, float], taken: list[Rectangle], all_: Located) -> dict[str, object]:
    name = name_of(site.place, all_.found)
    return {
        "id": f"s{number}",
        "x": at[0],
        "y": at[1],
        "name": ", ".join(part for part in (name, site.change, said(_note(site))) if part),
        "change": site.change,
        "shape": "star" if site.events else "dot",
        "precision": site.point.precision,
        "label": _label(said(_site_words(site, all_)), at, taken),
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
