"""An answer on a map: its places and events, and the legs of its routes that a source names."""

from dataclasses import replace

from rdflib import URIRef

from kgtools.model import Answer, Evidence
from kgtools.places import Geography
from kgtools.render.basemap import CREDIT, inside
from kgtools.render.page import STATUS_WORDS, Compared, Page, page_html
from kgtools.render.plotted import Map, plotted, route_numbers
from kgtools.render.sites import Leg, Located, Site, located
from kgtools.render.statements import Opened, became, claims_under, listed, marks_data, name_of, sides
from kgtools.render.still import Key, Part, change_keys, still

MOST_SITES, MOST_LEGS, MOST_ROUTES = 70, 60, 24  # of a still image
NOTHING = (
    "Nothing in this answer has a place on the map. A map is for questions about routes, places or events, such as "
    "course-of-each-route, roles-on-segments, events-in-places and seizures."
)
ARROWS = "Arrows join what one origin names as the two ends of a leg; they are no tracks. Thicker: more origins."
KEYS = (
    Key("place", "site", "M22,5 a5,5 0 1,0 0.01,0 z"),
    Key(
        "place of events, with their number",
        "site star",
        "M22,3 l2,5 5,.4 -4,3.4 1.4,5 -4.4,-2.8 -4.4,2.8 1.4,-5 -4,-3.4 5,-.4 z",
    ),
    Key("stands for a whole region or country: uncertain", "site wide", "M15,3 H29 V17 H15 Z"),
    Key("leg of a route", "leg named sample", "M2,10 H42"),
    Key("exploiters on it (control, tax, use …)", "leg exploited sample", "M2,10 H42"),
    Key("interdictors on it", "leg interdicted sample", "M2,10 H42"),
    Key("disputed line", "border disputed", "M2,10 H42"),
)


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
        Opened(
            f"r{numbers[route]}", f"{numbers[route]}: {name_of(route, all_.found)}", "as a whole", became(said), said
        )
        for route, said in sorted(all_.routes.items(), key=lambda item: numbers[item[0]])
    ]
    missing = [
        Opened(f"m{n}", name_of(segment, all_.found), why, became(said), said)
        for n, (segment, (why, said)) in enumerate(all_.segments.items())
    ]
    elsewhere = listed(all_.elsewhere, "n")
    opened = [*picture.opened, *routes, *missing, *elsewhere]
    shown = {iri for one in opened for statement in one.statements for iri in statement.under}
    notes = _notes(all_, picture, len(shown - claims_under(found)))
    values = {
        "title": title,
        "counts": f"{len(opened)} marks and rows, {len(shown)} claims",
        "picture": picture,
        "empty": _empty(all_),
        "notes": notes,
        "keys": _keys(all_, picture),
        "statuses": {word: STATUS_WORDS[word] for word in STATUS_WORDS if any(o.status == word for o in opened)},
        "groups": [
            (heading, [(one, *sides(one.statements, all_.found)) for one in rows])
            for heading, rows in (
                ("Legs", [one for one in picture.opened if one.id.startswith("e")]),
                ("Routes as a whole", routes),
                ("Places", [one for one in picture.opened if one.id.startswith("s")]),
                ("Segments that are not drawn", missing),
            )
        ],
        "elsewhere": [(one.id, one.statements[0], *sides(one.statements, all_.found)) for one in elsewhere],
        "without": [name_of(place, all_.found) for place in all_.without],
        "outside": [name_of(place, all_.found) for place in all_.outside],
        "data": marks_data(opened),
        "compared": compared,
    }
    drawn = replace(all_.found, claims={iri: all_.found.claims[iri] for iri in sorted(shown)})
    html = page_html("map.html", answer, drawn, ("wiring", "svg-camera", "marks"), values)
    return Page(html, _still(answer, all_, title, notes), title)


def _empty(all_: Located) -> str:
    return "" if all_.sites or all_.legs else NOTHING


def _notes(all_: Located, picture: Map, more: int) -> list[str]:
    counts = (
        (len(all_.sites), "places on the map"),
        (len(all_.legs), "legs of routes"),
        (len(all_.without), "places without coordinates"),
        (len(all_.outside), "places beyond the map"),
        (len(all_.segments), "segments not drawn"),
        (len(all_.elsewhere), "statements without a place"),
    )
    notes = ["; ".join(f"{words}: {count}" for count, words in counts if count) + ". They are listed below."]
    if more:
        notes.append(f"{more} claims are not of the answer itself: they say where its routes and events are.")
    if picture.nameless:
        notes.append(
            f"Names of places and roles left out where they would overlap: {picture.nameless}. Each mark still says "
            "its own."
        )
    return [*notes, *([ARROWS] if all_.legs else []), CREDIT]


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


def _still(answer: Answer, all_: Located, title: str, notes: list[str]) -> str:
    if _empty(all_):
        return still(Part("map.svg", (0, 0, 1000, 10), {"picture": None}), title, (), [NOTHING], answer)
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
    lines += [note.replace("They are listed below.", "The page lists them.") for note in notes]
    return still(Part("map.svg", picture.box, {"picture": picture}), title, _keys(all_, picture), lines, answer)


def _most_claimed(all_: Located, legs: list[Leg]) -> list[Site]:
    """The sites of a still image: the ends of its legs, then those of which most is said."""
    ends = {end for leg in legs for end in (leg.start, leg.end)}
    ranked = sorted(all_.sites, key=lambda s: (s.place not in ends, not s.change, -len(s.statements), s.place))
    kept = {site.place for site in ranked[: max(MOST_SITES, len(ends))]}
    return [site for site in all_.sites if site.place in kept]
