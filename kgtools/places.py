"""Where the things in an answer are: coordinates of places, courses of its routes, and where its events took place."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from rdflib import URIRef

from kgtools.evidence import evidence, joined, lookup, things_in, told
from kgtools.model import Answer, Evidence
from kgtools.names import KG, of_kind
from kgtools.store import Store

COURSE = (KG.fromPlace, KG.crosses, KG.toPlace)
EXPLOITS = (KG.controls, KG.escorts, KG.preysOn, KG.protects, KG.taxes, KG.uses)
INTERDICTS = (KG.interdicts,)


@dataclass(frozen=True, slots=True)
class Point:
    """Where a place is by the reference data, and whether the point stands for a settlement, a region or a country."""

    latitude: float
    longitude: float
    precision: str


@dataclass(frozen=True, slots=True)
class Geography:
    """Places with coordinates, the independent roots of each claim, and more that sources say of where things are.

    `added` has the segments of the routes in the answer, their course, who has which role on them, and the places of
    its events.
    """

    points: dict[URIRef, Point]
    roots: dict[URIRef, frozenset[URIRef]]
    added: Evidence


def read_geography(store: Store, answer: Answer, found: Evidence) -> Geography:
    """What the view of the store has of place for the things in the evidence of an answer."""
    store = store.with_history() if answer.history else store
    things = things_in(found)
    routes = " ".join(route.n3() for route in sorted(of_kind(things, "route")))
    parts = evidence(store, store.query(_PARTS % routes)) if routes else Evidence((), {}, {}, {})
    segments = of_kind(things | things_in(parts), "segment")
    course = joined(told(store, segments, COURSE), told(store, segments, (*EXPLOITS, *INTERDICTS), of=False))
    sites = told(store, of_kind(things, "event"), (KG.takesPlaceIn,))
    added = joined(joined(parts, course), sites)
    places = of_kind(things | things_in(added), "place")
    points = {
        URIRef(str(place)): Point(float(str(latitude)), float(str(longitude)), str(precision or "settlement"))
        for place, latitude, longitude, precision in lookup(store, _POINT, places)
    }
    return Geography(points, _roots(store, {*found.claims, *added.claims}), added)


_PARTS = """SELECT ?segment ?route {
  VALUES ?route { %s } ?segment kg:segmentOf ?route
} ORDER BY ?route ?segment"""
_POINT = """SELECT ?place ?latitude ?longitude ?precision {
  VALUES ?place { %s } ?place kg:latitude ?latitude ; kg:longitude ?longitude .
  OPTIONAL { ?place kg:coordinatePrecision ?precision }
} ORDER BY ?place ?latitude ?longitude"""
_ROOT = "SELECT ?claim ?root { VALUES ?claim { %s } ?claim kg:hasRoot ?root } ORDER BY ?claim ?root"


def _roots(store: Store, claims: Iterable[URIRef]) -> dict[URIRef, frozenset[URIRef]]:
    roots: dict[URIRef, set[URIRef]] = defaultdict(set)
    for claim, root in lookup(store, _ROOT, claims):
        roots[URIRef(str(claim))].add(URIRef(str(root)))
    return {claim: frozenset(found) for claim, found in roots.items()}
