"""Drawings of what claims say of a thing: a still picture for its page, and live pages beside it."""

import re
from collections.abc import Iterator, Mapping
from functools import cached_property

from rdflib import Literal, URIRef

from kgtools.claims import days
from kgtools.evidence import joined
from kgtools.model import Answer, Evidence
from kgtools.names import of_kind, shorten
from kgtools.places import COURSE, EXPLOITS, INTERDICTS, Geography, Point
from kgtools.render import graph_page, map_page, timeline_page
from kgtools.render.packed import packed
from kgtools.site.pages import THINGS, kind_of
from kgtools.site.read import KG, LANGUAGES, VIEW, bare
from kgtools.site.said import Record, Said
from kgtools.site.shell import words
from kgtools.sources import terms_of
from kgtools.times import DATED, Times

FEWEST = 3  # statements between things from which a picture says more than a line of text
_ON_MAP = frozenset(("route", "place", "event", "flow"))
_IN_TIME = frozenset(("actor", "agreement", "event", "office", "initiative", "situation"))
_FEWEST_DATED = 2
_STYLE = re.compile(r"<style>.*?</style>", re.DOTALL)


class Drawn:
    """Draws the things of one snapshot."""

    def __init__(self, record: Record) -> None:
        """Nothing is drawn before it is asked for."""
        self._record, self._known = record, record.known

    def of(self, iri: str) -> Iterator[tuple[str, str]]:
        """The drawings that say something: `still` with an SVG element, then `graph`, `map`, `timeline` with a page."""
        ones = self._record.about.get(iri, ())
        if kind_of(iri) not in THINGS or not ones:
            return
        found = self._record.evidence(ones)
        titles = {
            language: words(language)["said_of"].format(self._known.label(iri, language)) for language in LANGUAGES
        }
        answer, title = self._answer(iri, found, titles), titles["en"]
        if sum(one.term.startswith("<") for one in ones) >= FEWEST:
            page = graph_page(answer, found, self._record.justified, title=title)
            yield "still", inline(page.still)
            yield "graph", packed(page.html)
        if kind_of(iri) in _ON_MAP and (geography := self._geography(ones, found)) is not None:
            yield "map", packed(map_page(answer, found, geography, title=title).html)
        if kind_of(iri) in _IN_TIME and (times := self._times(found)) is not None:
            yield "timeline", packed(timeline_page(answer, found, times, title=title).html)

    def _answer(self, iri: str, found: Evidence, titles: dict[str, str]) -> Answer:
        asked = f"what claims say of {shorten(iri)}"
        triples = tuple(support.triple for support in found.rows[0])
        known = self._known.snapshot
        return Answer("", triples=triples, question=asked, view=VIEW, snapshot=known, titles=titles)

    def _geography(self, ones: tuple[Said, ...], found: Evidence) -> Geography | None:
        """Where its places are, and the course of its routes; None where nothing would be on the map."""
        segments = {bare(one.subject) for one in ones if one.predicate == f"<{KG}segmentOf>"}
        more = {
            one: None
            for segment in sorted(segments)
            for one in self._record.about.get(segment, ())
            if one.predicate in _LEGS
        }
        added = self._record.evidence(one for one in more if one not in ones)
        places = {term for row in (*found.rows, *added.rows) for support in row for term in support.triple[::2]}
        points = {URIRef(place): self._points[place] for place in sorted(map(str, places)) if place in self._points}
        if not points:
            return None
        claims = {*found.claims, *added.claims}
        roots = {claim: frozenset(map(URIRef, self._record.roots([str(claim)]))) for claim in sorted(claims)}
        return Geography(points, roots, added)

    def _times(self, found: Evidence) -> Times | None:
        """When its claims are to hold, and the dates of its events; None where nothing would be on the axis."""
        ends = {end for row in found.rows for support in row for end in support.triple[::2]}
        events = sorted(map(str, of_kind(ends, "event")))
        dates = {one: None for event in events for one in self._record.about.get(event, ()) if one.predicate in _DATING}
        said = {support.triple for row in found.rows for support in row}
        whole = self._record.evidence(dates)
        added = Evidence(
            (tuple(support for support in whole.rows[0] if support.triple not in said),),
            whole.claims, whole.labels, whole.kinds, whole.gaps,
        )  # fmt: skip
        both = joined(found, added)
        valid = {claim: span for claim in both.claims if (span := self._valid.get(str(claim))) is not None}
        dated = len(valid) + sum(s.triple[1] in DATED for row in both.rows for s in row)
        return Times(valid, added) if dated >= _FEWEST_DATED else None

    @cached_property
    def _points(self) -> dict[str, Point]:
        known, found = self._known, {}
        for iri in known.nodes:
            latitude, longitude = known.text(iri, KG + "latitude"), known.text(iri, KG + "longitude")
            if latitude is not None and longitude is not None:
                precision = known.text(iri, KG + "coordinatePrecision") or "settlement"
                found[iri] = Point(float(latitude), float(longitude), precision)
        return found

    @cached_property
    def _valid(self) -> Mapping[str, tuple[tuple[str, str] | None, tuple[str, str] | None]]:
        found = {}
        for claim in self._record.claims:
            ends = [self._known.node(claim).get(KG + part, ()) for part in ("validFrom", "validTo")]
            if any(ends):
                found[claim] = (_days(ends[0]), _days(ends[1]))
        return found


_LEGS = frozenset(f"<{iri}>" for iri in (*COURSE, *EXPLOITS, *INTERDICTS))
_DATING = frozenset(f"<{iri}>" for iri in (*DATED, KG + "changesAgreement"))


def inline(still: str) -> str:
    """A still image as part of a page: it takes the page's style, so it is dark where the page is."""
    return _STYLE.sub("", still, count=1)


def _days(terms: tuple[str, ...]) -> tuple[str, str] | None:
    date = terms_of(terms[:1])[0] if terms else None
    return days(date) if isinstance(date, Literal) else None
