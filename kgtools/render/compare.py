"""Two answers in one picture: what only one of them has, what stands on other claims, and the rest."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from rdflib import Literal, URIRef

from kgtools.claims import proposition_iri
from kgtools.evidence import joined
from kgtools.model import Answer, Evidence, Support, Term, Triple
from kgtools.names import shorten
from kgtools.network import Multigraph, network, status_of, supports
from kgtools.places import Geography
from kgtools.render import graph, maps, timeline
from kgtools.render.page import Compared, Page, Told
from kgtools.render.sites import Leg, Located, Site, located
from kgtools.render.spans import Dated, Span, dated
from kgtools.render.statements import GRAVE, Change, Statement, became, by_thing, standing, statements
from kgtools.times import Times

Changes = Mapping[Triple, Change]
Standing = tuple[frozenset[URIRef], frozenset[URIRef], str]  # claims, denials, status
Mark = TypeVar("Mark", Leg, Site)


@dataclass(frozen=True, slots=True)
class Side:
    """One of two answers: its evidence, what was asked of it, and what a map or a timeline reads besides."""

    answer: Answer
    found: Evidence
    asked: tuple[Told, ...] = ()
    more: Geography | Times | None = None

    @property
    def all(self) -> Evidence:
        """The evidence of the answer with what was read besides."""
        return self.found if self.more is None else joined(self.found, self.more.added)


def compare_page(first: Side, second: Side, *, title: str) -> Page:
    """Both answers as one map, timeline or graph, by what their sides have read.

    What only the second has is `added`, what only the first has `removed`; what stands on other claims or has another
    status is `changed`. All else keeps its status; what changed says besides that it is disputed, forecast or inferred.
    """
    changes = _changes(first.all, second.all)
    answer, found = _both(first.answer, second.answer), joined(first.found, second.found)
    same = not any(change.word for change in changes.values()) and all(str(row[-1]) == "in both" for row in answer.rows)
    compared = Compared((first.asked, second.asked), same)
    if isinstance(first.more, Geography) and isinstance(second.more, Geography):
        return maps.page_of(answer, found, _located(first, second, changes), title, compared)
    if isinstance(first.more, Times) and isinstance(second.more, Times):
        all_ = _dated(dated(first.found, first.more), dated(second.found, second.more), changes)
        return timeline.page_of(answer, found, all_, title, compared)
    return graph.page_of(answer, found, _network(found, changes), title, compared=compared)


def _both(first: Answer, second: Answer) -> Answer:
    """The rows of both, each with which of them has it; what was asked of them stands side by side where it differs."""
    columns = tuple(dict.fromkeys((*_columns(second), *_columns(first))))
    had, has = (dict.fromkeys(_rows(answer, columns)) for answer in (first, second))
    rows = [(*row, Literal("in both" if row in had else "added")) for row in has]
    rows += [(*row, Literal("removed")) for row in had if row not in has]
    bound: dict[str, Term] = {
        name: Literal(_beside(*(shorten(str(answer.bindings.get(name, "none"))) for answer in (first, second))))
        for name in first.bindings | second.bindings
    }
    return replace(
        second,
        columns=(*columns, "compared"),
        rows=tuple(rows),
        triples=None,
        view=_beside(first.view, second.view),
        question=_beside(first.question or "own query", second.question or "own query"),
        bindings=bound,
    )


def _beside(one: str, other: str) -> str:
    return one if one == other else f"{one} → {other}"


def _columns(answer: Answer) -> tuple[str, ...]:
    return answer.columns if answer.triples is None else ("subject", "predicate", "object")


def _rows(answer: Answer, columns: Sequence[str]) -> Iterator[tuple[Term | None, ...]]:
    """The rows of an answer in these columns, empty where it has none."""
    for row in answer.rows if answer.triples is None else answer.triples:
        cells: dict[str, Term | None] = dict(zip(_columns(answer), row, strict=True))
        yield tuple(map(cells.get, columns))


def _changes(first: Evidence, second: Evidence) -> Changes:
    """What became of each triple that either rests on."""
    before, after = ({support.triple: support for support in supports(found)} for found in (first, second))
    return {
        support.triple: _change(
            _standing(before.get(support.triple), first), _standing(after.get(support.triple), second)
        )
        for support in supports(joined(first, second))
    }


def _standing(support: Support | None, found: Evidence) -> Standing | None:
    if support is None:
        return None
    return frozenset(support.claims), frozenset(support.denials), status_of(support, found)


def _change(before: Standing | None, after: Standing | None) -> Change:
    word = "added" if before is None else "removed" if after is None else "" if before == after else "changed"
    had, has = (frozenset[URIRef]() if one is None else one[0] | one[1] for one in (before, after))
    return Change(word, tuple(sorted(had - has)), tuple(sorted(has - had)))


def _network(found: Evidence, changes: Changes) -> Multigraph:
    """The network of both, in which every edge and every saying has what became of it."""
    both = network(found)
    of_edge = {str(proposition_iri(triple)): change for triple, change in changes.items()}
    of_saying = {tuple(map(str, triple)): change for triple, change in changes.items()}
    for *_, key, data in both.edges(keys=True, data=True):
        data.update(standing(data["status"], of_edge.get(key, Change())))
    for node, data in both.nodes(data=True):
        for saying in data["sayings"]:
            named = str(node), saying["predicate"], saying["value"]
            saying.update(standing("", of_saying.get(named, Change())))
    return both


def _marked(of: Iterable[Statement], changes: Changes) -> tuple[Statement, ...]:
    return tuple(replace(one, change=changes.get(one.triple, Change())) for one in of)


def _located(first: Side, second: Side, changes: Changes) -> Located:
    """All that either answer has on the map, and no leg that neither has."""
    one, other = first.more, second.more
    assert isinstance(one, Geography)
    assert isinstance(other, Geography)
    where = _where(one, other)
    inside = maps.inside_of(where)
    before, after = located(first.found, one, inside), located(second.found, other, inside)
    both = located(joined(first.found, second.found), where, inside)
    had, has = ({*map(_key, all_.legs), *map(_key, all_.sites)} for all_ in (before, after))
    there = {key: (key in had, key in has) for key in had | has}
    legs = [_became(leg, there[_key(leg)], changes) for leg in both.legs if _key(leg) in there]
    drawn = {leg.segment for leg in legs}
    about = by_thing(_marked((said for said in statements(both.found) if said.under), changes))
    missing = before.segments | after.segments
    return replace(
        both,
        sites=tuple(_became(site, there[_key(site)], changes) for site in both.sites),
        legs=tuple(legs),
        routes={route: _marked(said, changes) for route, said in both.routes.items()},
        segments={s: (missing[s][0], about[s]) for s in sorted(missing) if s not in drawn},
        elsewhere=_marked(both.elsewhere, changes),
    )


def _where(one: Geography, other: Geography) -> Geography:
    """What both know of where things are."""
    nobody = frozenset[URIRef]()
    claims = sorted(one.roots.keys() | other.roots.keys())
    roots = {iri: one.roots.get(iri, nobody) | other.roots.get(iri, nobody) for iri in claims}
    return Geography(one.points | other.points, roots, joined(one.added, other.added))


def _key(mark: Leg | Site) -> tuple[object, ...]:
    return (mark.place,) if isinstance(mark, Site) else (mark.segment, mark.start, mark.end)


def _became(mark: Mark, there: tuple[bool, bool], changes: Changes) -> Mark:
    """A leg or a site with what became of it from the first answer to the second, which have or have not got it."""
    said = _marked(mark.statements, changes)
    return replace(mark, statements=said, change=became(said, there))


def _dated(first: Dated, second: Dated, changes: Changes) -> Dated:
    """All that either answer has in time, each mark as that answer has it."""
    found = joined(first.found, second.found)
    said = {one.triple: one for one in _marked(statements(found), changes)}
    before, after = ({_place(span): span for span in all_.spans} for all_ in (first, second))
    spans = [_one_span(before.get(place), after.get(place), said) for place in before | after]
    order = sorted(spans, key=lambda span: (span.first, str(span.lane), span.words))
    undated = _together((*second.undated, *first.undated), said)
    # An agreement that the one lets end otherwise than the other has no line; its marks say what they differ in.
    lines = {lane: at for lane, at in (first.standing | second.standing).items() if first.standing.get(lane, at) == at}
    return Dated(tuple(order), undated, lines, found)


def _place(span: Span) -> tuple[object, ...]:
    return span.lane, span.begins, span.ends, span.period, tuple(one.triple for one in span.dating)


def _one_span(before: Span | None, after: Span | None, said: Mapping[Triple, Statement]) -> Span:
    there = [span for span in (after, before) if span is not None]
    return replace(
        there[0],
        dating=_together((one for span in there for one in span.dating), said),
        more=_together((one for span in there for one in span.more), said),
        change=_between(before.dating if before else (), after.dating if after else ()),
    )


def _between(before: Sequence[Statement], after: Sequence[Statement]) -> str:
    """What became of a mark or a row that rests on the one in the first answer and on the other in the second."""
    had, has = ({(one.triple, frozenset(one.under), one.status) for one in of} for of in (before, after))
    return "added" if not had else "removed" if not has else "" if had == has else "changed"


def _together(of: Iterable[Statement], said: Mapping[Triple, Statement]) -> tuple[Statement, ...]:
    """Each triple once, with the claims that it has in any of these and the gravest of how it stands in them."""
    groups: dict[Triple, list[Statement]] = defaultdict(list)
    for one in of:
        groups[one.triple].append(one)
    return tuple(
        replace(
            ones[0],
            status=min((one.status for one in ones), key=GRAVE.index),
            claims=tuple(sorted({iri for one in ones for iri in one.claims})),
            denials=tuple(dict.fromkeys(iri for one in ones for iri in one.denials)),
            change=said[triple].change if triple in said else Change(),
        )
        for triple, ones in groups.items()
    )
