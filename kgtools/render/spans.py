"""When the things of an answer were: marks on lanes, from dated events and from claims with valid times."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from rdflib import Literal, URIRef

from kgtools.claims import days
from kgtools.evidence import joined
from kgtools.model import Evidence
from kgtools.names import KG
from kgtools.render.statements import Statement, by_thing, called, of_claims, statements
from kgtools.render.words import Phrase, Piece, Say, said
from kgtools.times import Days, Times

MOST_HOLDERS = 2


@dataclass(frozen=True, slots=True)
class Span:
    """One mark: what begins within some days and ends within others; None where no source says."""

    lane: URIRef
    phrase: Phrase
    begins: Days | None
    ends: Days | None
    period: bool  # whether it lasts from one to the other, or is on a day within `begins`
    dating: tuple[Statement, ...]  # what puts it there
    more: tuple[Statement, ...] = ()  # what else is said of the event
    change: str = ""  # what became of it, where two answers are compared

    @property
    def words(self) -> str:
        """The phrase in English."""
        return said(self.phrase)

    @property
    def statements(self) -> tuple[Statement, ...]:
        """All that it opens."""
        return (*self.dating, *self.more)

    @property
    def first(self) -> str:
        """The first day that it can touch, for sorting."""
        return (self.begins or self.ends or ("",))[0]


@dataclass(frozen=True, slots=True)
class Dated:
    """All of an answer: marks in order, statements that nothing dates, and from when to when agreements stand."""

    spans: tuple[Span, ...]
    undated: tuple[Statement, ...]
    standing: dict[URIRef, Days]  # agreement -> signed by; ended by, or "" where no end is dated
    found: Evidence

    def kind(self, statement: Statement) -> str:
        """The kind of thing that a statement is about."""
        return self.found.kinds.get(URIRef(statement.triple[0]), "Entity")


def dated(found: Evidence, times: Times) -> Dated:
    """Put everything the answer rests on, and what was added to date it, on lanes or among what is not dated."""
    both = joined(found, times.added)
    said = statements(both)
    dates = _dates_of_events(said)
    lanes = defaultdict(list)
    for one in said:
        if one.triple[1] == KG.changesAgreement:
            lanes[one.triple[0]].append(URIRef(one.triple[2]))
    said = [one for one in said if one.under]
    about = by_thing(said)
    spans = [
        span for event in sorted(dates) for span in _event(event, dates[event], about[event], lanes.get(event), both)
    ]
    undated = []
    on_events = {statement for event in dates for statement in dates[event]}
    for one in said:
        if one not in on_events and not ({*one.triple[::2]} & dates.keys()):
            held, rest = _held(one, times, both)
            spans += held
            undated += [rest] if rest.claims or (rest.denials and not held) else []
    order = sorted(spans, key=lambda span: (span.first, str(span.lane), span.words))
    return Dated(tuple(order), tuple(undated), _standing(spans, both), both)


def said_days(days_: Days) -> str:
    """The days in words as precise as they are: a day, a month, a year, else from and to."""
    first, last = days_
    if first == last:
        return first
    for length, start, ends in ((4, "-01-01", ("-12-31",)), (7, "-01", ("-28", "-29", "-30", "-31"))):
        if first[:length] == last[:length] and first[length:] == start and last[length:] in ends:
            return first[:length]
    return f"{first} to {last}"


def on_days(days_: Days) -> Piece:
    """The same as part of a phrase."""
    first, _, last = said_days(days_).partition(" to ")
    return Say("from-to", (first, last)) if last else first


def _dates_of_events(said: Iterable[Statement]) -> dict[URIRef, list[Statement]]:
    dates = defaultdict(list)
    for one in said:
        subject, predicate, value = one.triple
        if predicate in (KG.date, KG.endDate) and isinstance(value, Literal) and days(value):
            dates[URIRef(subject)].append(one)
    return dates


def _event(
    event: URIRef, dates: Sequence[Statement], about: Iterable[Statement], lanes: list[URIRef] | None, found: Evidence
) -> list[Span]:
    """The marks of one event: each date apart, joined to an end where one holder gives both."""
    more = tuple(one for one in about if one not in dates)
    starts = [one for one in dates if one.triple[1] == KG.date]
    ends = [one for one in dates if one.triple[1] == KG.endDate]
    parts = _joined(starts, ends, found)
    contested = len(parts) > 1
    spans = []
    for lane in lanes or [event]:
        for start, end in parts:
            own = tuple(one for one in (start, end) if one is not None)
            phrase = _event_words(event, start, end, lane, found) + (_by(own, found) if contested else ())
            begins = _days(start) if start else None
            spans.append(Span(lane, phrase, begins, _days(end) if end else begins, end is not None, own, more))
    return spans


def _joined(
    starts: Sequence[Statement], ends: Sequence[Statement], found: Evidence
) -> list[tuple[Statement | None, Statement | None]]:
    """Beginnings with ends, each as the holders put it who give both; then what the others say, alone."""
    parts: list[tuple[Statement | None, Statement | None]] = []
    paired: dict[Statement, set[str]] = defaultdict(set)
    for start in starts:
        for end in ends:
            both = _holders(start, found) & _holders(end, found)
            if both and _days(start)[0] <= _days(end)[1]:
                parts.append((_of_holders(start, both, found), _of_holders(end, both, found)))
                paired[start] |= both
                paired[end] |= both
    alone = [(one, _of_holders(one, _holders(one, found) - paired[one], found)) for one in (*starts, *ends)]
    left = [rest for one, rest in alone if rest.claims or not paired[one]]
    return [*parts, *((one, None) if one.triple[1] == KG.date else (None, one) for one in left)]


def _of_holders(one: Statement, holders: AbstractSet[str], found: Evidence) -> Statement:
    return of_claims(one, [iri for iri in one.claims if iri in found.claims and found.claims[iri].holder in holders])


def _event_words(
    event: URIRef, start: Statement | None, end: Statement | None, lane: URIRef, found: Evidence
) -> Phrase:
    parts = [on_days(_days(one)) for one in (start, end) if one is not None]
    first, rest = parts[0], parts[1:]
    when: Phrase = (Say("ends", (first,)),) if start is None else (first, " – ", rest[0]) if rest else (first,)
    return when if lane == event else (*when, " ", called(event, found))


def _held(one: Statement, times: Times, found: Evidence) -> tuple[list[Span], Statement]:
    """A mark for each valid time that claims give to a statement, and the statement as the other claims make it."""
    groups = defaultdict(list)
    for claim in one.claims:
        if claim in times.valid:
            groups[times.valid[claim]].append(claim)
    spans = []
    for begins, ends in sorted(groups, key=str):
        part = of_claims(one, groups[begins, ends])
        _, predicate, what = one.parts
        alone = one.triple[1] in (KG.takesPosition, KG.isCalled)
        phrase: Phrase = (what,) if alone else (predicate, " ", what)
        phrase += _by((part,), found) if len(groups) > 1 else ()
        spans.append(Span(URIRef(one.triple[0]), phrase, begins, ends, True, (part,)))
    return spans, of_claims(one, [claim for claim in one.claims if claim not in times.valid])


def _standing(spans: Iterable[Span], found: Evidence) -> dict[URIRef, Days]:
    """By the rule of the question agreements-in-force: signed on a day that has passed, and no end that has."""
    signed: dict[URIRef, list[str]] = defaultdict(list)
    ended: dict[URIRef, list[str]] = defaultdict(list)
    for span in spans:
        kind = found.kinds.get(URIRef(span.dating[0].triple[0]))
        if span.begins and not span.period and kind in ("Signature", "Termination"):
            (signed if kind == "Signature" else ended)[span.lane].append(span.begins[1])
    return {lane: (min(signed[lane]), min(ended[lane], default="")) for lane in sorted(signed)}


def _by(of: Iterable[Statement], found: Evidence) -> Phrase:
    names = sorted({name for one in of for name in _holders(one, found)})
    more = len(names) - MOST_HOLDERS
    by = Say("by", (", ".join(names[:MOST_HOLDERS]),))
    return () if not names else (by, " ", Say("and-more", (more,))) if more > 0 else (by,)


def _holders(one: Statement, found: Evidence) -> set[str]:
    return {found.claims[iri].holder for iri in one.claims if iri in found.claims}


def _days(one: Statement) -> Days:
    value = one.triple[2]
    found = days(value) if isinstance(value, Literal) else None
    assert found is not None  # _dates_of_events lets only real dates pass
    return found
