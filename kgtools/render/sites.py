"""What of an answer has a place: sites, legs of routes that one origin names from end to end, and what has none."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from rdflib import URIRef

from kgtools.evidence import joined
from kgtools.model import Evidence, Term
from kgtools.names import KG, of_kind
from kgtools.places import COURSE, EXPLOITS, INTERDICTS, Geography, Point
from kgtools.render.statements import GRAVE, Statement, by_thing, called, statements
from kgtools.render.words import Phrase, Say, joined_by

_AGAINST = ("denies", "retracts")


@dataclass(frozen=True, slots=True)
class Site:
    """A place with coordinates, and all that is said of it and of the events in it."""

    place: URIRef
    point: Point
    events: int
    statements: tuple[Statement, ...]
    change: str = ""  # what became of it, where two answers are compared


@dataclass(frozen=True, slots=True)
class Leg:
    """A stretch from one place to another that one origin at least names from end to end; with the roles on it."""

    segment: URIRef
    route: URIRef | None
    start: URIRef
    end: URIRef
    roots: int
    exploited: tuple[str, ...]  # what exploiters do on it, in words
    interdicted: tuple[str, ...]
    status: str
    statements: tuple[Statement, ...]
    change: str = ""


@dataclass(frozen=True, slots=True)
class Located:
    """All of an answer: what can be drawn, what cannot, and why."""

    sites: tuple[Site, ...]
    legs: tuple[Leg, ...]
    routes: dict[URIRef, tuple[Statement, ...]]  # what is said of each route as a whole
    segments: dict[URIRef, tuple[Phrase, tuple[Statement, ...]]]  # not drawn: why, and what is said of it
    without: tuple[URIRef, ...]  # places without coordinates
    outside: tuple[URIRef, ...]  # places beyond the basemap
    elsewhere: tuple[Statement, ...]  # statements that no mark and no row above opens
    found: Evidence


def located(found: Evidence, geography: Geography, inside: Collection[URIRef]) -> Located:
    """Sort everything the answer rests on by place; *inside* are the places that the basemap shows."""
    both = joined(found, geography.added)
    said = statements(both)
    claimed = [one for one in said if one.under]
    about = by_thing(claimed)
    places = _places(said)
    of_route = {one.triple[0]: URIRef(one.triple[2]) for one in said if one.triple[1] == KG.segmentOf}
    segments = sorted(of_kind(_ends(said), "segment"))
    legs = [leg for s in segments for leg in _legs(s, of_route.get(s), about[s], geography, both) if _both(leg, inside)]
    sites = [_site(place, geography.points[place], about) for place in places if place in inside]
    drawn = {leg.segment for leg in legs}
    missing = {s: (_why(about[s], inside, both), about[s]) for s in segments if s not in drawn}
    routes = {route: about[route] for route in sorted(of_kind(_ends(said), "route"))}
    groups = [*(site.statements for site in sites), *(leg.statements for leg in legs), *routes.values()]
    opened = {one for group in (*groups, *(on for _, on in missing.values())) for one in group}
    without = tuple(place for place in places if place not in geography.points)
    outside = tuple(place for place in places if place in geography.points and place not in inside)
    elsewhere = tuple(one for one in claimed if one not in opened)
    return Located(tuple(sites), tuple(legs), routes, missing, without, outside, elsewhere, both)


def _ends(said: Iterable[Statement]) -> Iterator[Term]:
    return (term for one in said for term in one.triple[::2])


def _places(said: Iterable[Statement]) -> list[URIRef]:
    """The places that the answer is about: not those that only say, as reference data, where another one lies."""
    terms = (one.triple[:1] if _lies(one) else one.triple[::2] for one in said)
    return sorted(of_kind((term for both in terms for term in both), "place"))


def _lies(one: Statement) -> bool:
    return not one.under and one.triple[1] in (KG.isPartOf, KG.locatedIn)


def _site(place: URIRef, point: Point, about: Mapping[Term, tuple[Statement, ...]]) -> Site:
    own = about[place]
    events = sorted({URIRef(one.triple[0]) for one in own if one.triple[1] == KG.takesPlaceIn})
    more = [one for event in events for one in about[event]]
    return Site(place, point, len(events), tuple(dict.fromkeys((*own, *more))))


def _legs(
    segment: URIRef, route: URIRef | None, own: Sequence[Statement], geography: Geography, found: Evidence
) -> list[Leg]:
    """A leg for each pair of ends that one root names both of; ends that nobody joins are not joined."""
    starts, ends = ([one for one in own if one.triple[1] == part] for part in (KG.fromPlace, KG.toPlace))
    others = tuple(one for one in own if one.triple[1] not in (KG.fromPlace, KG.toPlace))
    exploited, interdicted = (_roles(others, roles, geography, found) for roles in (EXPLOITS, INTERDICTS))
    legs = []
    for start in starts:
        for end in ends:
            roots = _roots(start, geography, found) & _roots(end, geography, found)
            if roots and start.triple[2] != end.triple[2]:
                status = min((start.status, end.status), key=GRAVE.index)
                ends_of = URIRef(start.triple[2]), URIRef(end.triple[2])
                on = (start, end, *others)
                legs.append(Leg(segment, route, *ends_of, len(roots), exploited, interdicted, status, on))
    return legs


def _roles(
    of: Iterable[Statement], roles: Collection[URIRef], geography: Geography, found: Evidence
) -> tuple[str, ...]:
    """What is said to be done on a segment, in words; a role that is only denied is none."""
    return tuple(sorted({s.words[1] for s in of if s.triple[1] in roles and _roots(s, geography, found)}))


def _roots(one: Statement, geography: Geography, found: Evidence) -> frozenset[URIRef]:
    """The independent origins that say so; those that deny it or took it back do not."""
    saying = (iri for iri in one.claims if found.claims[iri].stance not in _AGAINST)
    return frozenset(root for iri in saying for root in geography.roots.get(iri, ()))


def _both(leg: Leg, inside: Collection[URIRef]) -> bool:
    return leg.start in inside and leg.end in inside


def _why(own: Iterable[Statement], inside: Collection[URIRef], found: Evidence) -> Phrase:
    """Why a segment is not drawn."""
    course = [one for one in own if one.triple[1] in COURSE]
    ends = {one.triple[1] for one in course}
    missing = sorted({one.triple[2] for one in course if one.triple[2] not in inside})
    if not {KG.fromPlace, KG.toPlace} <= ends:
        return (Say("ends-unnamed"),)
    if missing:
        return (Say("not-on-map"), " ", *joined_by(", ", (called(place, found) for place in missing)))
    return (Say("ends-apart"),)
