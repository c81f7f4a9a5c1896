"""An answer on a map: its places and events, and the legs of its routes that a source names."""

from dataclasses import replace

from rdflib import URIRef

from kgtools.model import Answer, Evidence
from kgtools.places import Geography
from kgtools.render.basemap import inside
from kgtools.render.marks import marks_html
from kgtools.render.page import Compared, Page
from kgtools.render.plotted import Map, plotted, route_numbers
from kgtools.render.sites import Leg, Located, Site, located
from kgtools.render.statements import Opened, Statement, became, called, claims_under, listed, name_of, sides
from kgtools.render.still import Key, Part, change_keys, said_key, still
from kgtools.render.words import Phrase, Say, english, joined_by, said

MOST_SITES, MOST_LEGS, MOST_ROUTES = 70, 60, 24  # of a still image
KEYS = (
    said_key("key-place", "site", "M22,5 a5,5 0 1,0 0.01,0 z"),
    said_key("key-events", "site star", "M22,3 l2,5 5,.4 -4,3.4 1.4,5 -4.4,-2.8 -4.4,2.8 1.4,-5 -4,-3.4 5,-.4 z"),
    said_key("key-wide", "site wide", "M15,3 H29 V17 H15 Z"),
    said_key("key-leg", "leg named sample", "M2,10 H42"),
    said_key("key-exploited", "leg exploited sample", "M2,10 H42"),
    said_key("key-interdicted", "leg interdicted sample", "M2,10 H42"),
    said_key("key-line", "border disputed", "M2,10 H42"),
)
SCRIPTS = ("map",)


def map_page(answer: Answer, found: Evidence, geography: Geography, *, title: str) -> Page:
    """The answer on a map; what has no place there is listed below with its claims and the reason."""
    return page_of(answer, found, located(found, geography, inside_of(geography)), title)


def inside_of(geography: Geography) -> set[URIRef]:
    """The places that the basemap shows."""
    return {place for place, point in geography.points.items() if inside(point)}


def page_of(answer: Answer, found: Evidence, all_: Located, title: str, compared: Compared | None = None) -> Page:
    """The page of what was located for the evidence of an answer, or of two that are compared."""
    picture, numbers = plotted(all_, all_.sites, all_.legs), route_numbers(all_)
    routes = [
        _row(f"r{n}", (n, ": ", called(route, all_.found)), (Say("as-a-whole"),), all_.routes[route], "route")
        for route, n in sorted(numbers.items(), key=lambda item: item[1])
    ]
    missing = [
        _row(f"m{n}", (called(segment, all_.found),), why, about, "segment")
        for n, (segment, (why, about)) in enumerate(all_.segments.items())
    ]
    elsewhere = listed(all_.elsewhere, "n", lambda _: "other")
    opened = [*picture.opened, *routes, *missing, *elsewhere]
    shown = {iri for one in opened for statement in one.statements for iri in statement.under}
    notes = _notes(all_, picture, len(shown - claims_under(found)))
    values = {
        "title": title,
        "compared": compared,
        "picture": picture,
        "invitation": "invitation-map",
        "help": "keys-help-map",
        "empty": "empty-map" if _empty(all_) else "",
        "keys": _keys(all_, picture),
        "groups": [
            (f"rows-{kind}", [(one, *sides(one.statements, all_.found)) for one in opened if one.kind in kinds])
            for kind, kinds in (
                ("leg", ("leg",)),
                ("route", ("route",)),
                ("place", ("place", "events")),
                ("segment", ("segment",)),
            )
        ],
        "elsewhere": [(one.id, one.statements[0], *sides(one.statements, all_.found)) for one in elsewhere],
        "without": [name_of(place, all_.found) for place in all_.without],
        "outside": [name_of(place, all_.found) for place in all_.outside],
        "kinds": [
            (kind, f"mark-{kind}")
            for kind in ("place", "events", "leg", "route", "segment", "other")
            if any(one.kind == kind for one in opened)
        ],
        "data": {"plot": picture.plain, "columns": ("latitude", "longitude", "precision of the point")},
    }
    drawn = replace(all_.found, claims={iri: all_.found.claims[iri] for iri in sorted(shown)})
    html = marks_html("map.html", answer, drawn, SCRIPTS, opened=opened, notes=notes, values=values)
    return Page(html, _still(answer, all_, title, notes), title)


def _row(id_: str, name: Phrase, line: Phrase, about: tuple[Statement, ...], kind: str) -> Opened:
    return Opened(id_, name, line, "", about, kind, change=became(about))


def _empty(all_: Located) -> bool:
    return not all_.sites and not all_.legs


def _notes(all_: Located, picture: Map, more: int) -> list[Phrase]:
    counts = (
        (len(all_.sites), "places-on-map"),
        (len(all_.legs), "legs-of-routes"),
        (len(all_.without), "places-without"),
        (len(all_.outside), "places-beyond"),
        (len(all_.segments), "segments-not-drawn"),
        (len(all_.elsewhere), "statements-elsewhere"),
    )
    notes: list[Phrase] = [(*joined_by("; ", (Say(key, (count,)) for count, key in counts if count)), ".")]
    notes += [(Say("more-where", (more,)),)] if more else []
    notes += [(Say("names-left-out", (picture.nameless,)),)] if picture.nameless else []
    return [*notes, *([(Say("arrows"),)] if all_.legs else []), (Say("basemap"),)]


def _keys(all_: Located, picture: Map) -> list[Key]:
    """The entries of the legend that something drawn needs."""
    there = (
        any(not site.events and site.point.precision == "settlement" for site in all_.sites),
        any(site.events for site in all_.sites),
        any(site.point.precision != "settlement" for site in all_.sites),
        any(not leg.exploited and not leg.interdicted for leg in all_.legs),
        any(leg.exploited for leg in all_.legs),
        any(leg.interdicted for leg in all_.legs),
        bool(picture.base["disputed"]),
    )
    own = [key for key, needed in zip(KEYS, there, strict=True) if needed]
    return own + change_keys([*(site.change for site in all_.sites), *(leg.change for leg in all_.legs)])


def _still(answer: Answer, all_: Located, title: str, notes: list[Phrase]) -> str:
    if _empty(all_):
        return still(Part("map.svg", (0, 0, 1000, 10), {"picture": None}), title, (), [english("empty-map")], answer)
    legs = sorted(all_.legs, key=lambda leg: (not leg.change, -leg.roots))[:MOST_LEGS]
    sites = _most_claimed(all_, legs)
    picture, numbers = plotted(all_, sites, legs, margin=0), route_numbers(all_)
    routes = sorted({leg.route for leg in legs if leg.route in numbers}, key=lambda route: numbers[route])
    lines = (
        ["Routes: " + "; ".join(f"{numbers[r]} {name_of(r, all_.found)}" for r in routes[:MOST_ROUTES])]
        if routes
        else []
    )
    if len(routes) > MOST_ROUTES:
        lines.append(f"{len(routes) - MOST_ROUTES} more routes are named in the page.")
    if len(legs) < len(all_.legs) or len(sites) < len(all_.sites):
        lines.append(
            f"Shown: {len(sites)} of {len(all_.sites)} places and {len(legs)} of {len(all_.legs)} legs, "
            "those that most sources name. The page has them all."
        )
    lines += [*map(said, notes), english("page-lists")]
    return still(Part("map.svg", picture.box, {"picture": picture}), title, _keys(all_, picture), lines, answer)


def _most_claimed(all_: Located, legs: list[Leg]) -> list[Site]:
    """The sites of a still image: the ends of its legs, then those of which most is said."""
    ends = {end for leg in legs for end in (leg.start, leg.end)}
    ranked = sorted(all_.sites, key=lambda s: (s.place not in ends, not s.change, -len(s.statements), s.place))
    kept = {site.place for site in ranked[: max(MOST_SITES, len(ends))]}
    return [site for site in all_.sites if site.place in kept]
