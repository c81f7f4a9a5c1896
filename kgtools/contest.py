"""Set side by side what sources say of one thing and cannot all be right about.

Two claims clash where their valid times share a day and somebody denies what the other asserts, or both give a value
and a rule says that one value leaves no room for the other. All claims are looked at, whatever the view; a relay is no
voice of its own, and a forecast, a supposition or a claim of a scenario says nothing of what is so.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from itertools import combinations, groupby
from operator import ne

from rdflib import Literal, URIRef

from kgtools.claims import days
from kgtools.errors import QuestionError
from kgtools.model import Term
from kgtools.names import KG, shorten
from kgtools.store import Store

DENIED = "denied"
DATES = "clashing dates"
FIGURES = "clashing figures"
VALUES = "clashing values"

_RULES = {
    **dict.fromkeys((KG.date, KG.endDate), DATES),
    **dict.fromkeys((KG.amount, KG.amountAtLeast, KG.amountAtMost), FIGURES),
    KG.bornIn: VALUES,
}
_WHY = {
    DENIED: "denied",
    DATES: "clashing dates, which share no day",
    FIGURES: "clashing figures, which cannot hold at one time",
    VALUES: "clashing values, of which only one can be right",
}
_CHUNK = 250  # IRIs a lookup, so that no lookup outgrows the guard


@dataclass(frozen=True, slots=True)
class Voice:
    """One claim as a side of a contest: whose it is, where it stands, its independent roots, when it is to hold."""

    claim: URIRef
    holder: URIRef
    source: URIRef
    paraphrase: str
    perspectives: tuple[URIRef, ...]
    locators: tuple[str, ...]
    roots: tuple[URIRef, ...]
    valid_from: Literal | None = None
    valid_to: Literal | None = None


@dataclass(frozen=True, slots=True)
class Side:
    """The claims that assert a value, or those that deny it, and what they come to together; all sorted."""

    voices: tuple[Voice, ...]
    perspectives: tuple[URIRef, ...]
    sources: tuple[URIRef, ...]
    roots: tuple[URIRef, ...]  # independent origins, each once
    first: Literal | None  # the earliest and the latest date said to hold, as written; None where no claim says
    last: Literal | None


@dataclass(frozen=True, slots=True)
class Position:
    """One value, who asserts it and who denies it; the predicate says whether a figure is meant as a bound."""

    predicate: URIRef
    value: Term
    asserted: Side
    denied: Side
    slip: bool = False  # perhaps a slip: one root alone, and near to a date that two or more roots give


@dataclass(frozen=True, slots=True, order=True)
class Clash:
    """Two claims that cannot both be right, and the kind of reason; of a denial, it is the second."""

    kind: str
    claim: URIRef
    other: URIRef


@dataclass(frozen=True, slots=True)
class Contest:
    """What cannot all be right of one subject and predicate: positions in order of value, and who clashes with whom."""

    subject: URIRef
    predicate: URIRef  # kg:amount for figures of any kind
    positions: tuple[Position, ...]
    clashes: tuple[Clash, ...]
    unit: URIRef | None = None

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of clash that occur: `denied`, `clashing dates`, `clashing figures`, `clashing values`."""
        return tuple(sorted({clash.kind for clash in self.clashes}))


def contested(store: Store, subject: URIRef | None = None, predicate: URIRef | None = None) -> list[Contest]:
    """The contests, of one subject or one predicate if given, sorted; QuestionError where no claim uses a name."""
    given: dict[str, Term] = {} if subject is None else {"subject": subject}
    groups: dict[tuple[URIRef, URIRef], list[_Pair]] = defaultdict(list)
    for pair in (*_clashing(_said(store, given), set(store.query(_PARTS).rows)), *_denials(store, given)):
        groups[pair[1].subject, _asked(pair[1].predicate)].append(pair)
    keys = sorted(key for key in groups if predicate is None or key[1] == _asked(predicate))
    if not keys:
        _check_used(store, given if predicate is None else {**given, "predicate": predicate})
    voices = _voices(store, {side.claim for key in keys for _, *sides in groups[key] for side in sides})
    return [_contest(groups[key], voices) for key in keys]


def things(contests: Sequence[Contest]) -> set[URIRef]:
    """Everything that `contest_lines` names, for the caller to look up."""
    positions = [position for contest in contests for position in contest.positions]
    voices = [voice for position in positions for voice in (*position.asserted.voices, *position.denied.voices)]
    return {
        *(thing for contest in contests for thing in (contest.subject, contest.predicate, contest.unit) if thing),
        *(position.value for position in positions if isinstance(position.value, URIRef)),
        *(thing for v in voices for thing in (v.holder, v.source, *v.roots, *v.perspectives)),
    }


def contest_lines(contests: Iterable[Contest], names: Mapping[URIRef, str]) -> str:
    """The contests for people: subject, predicate, then each value with who asserts it and who denies it."""
    lines: list[str] = []
    for subject, group in groupby(contests, key=lambda contest: contest.subject):
        lines += [*([""] if lines else []), f"{_name(subject, names)} [{shorten(subject)}]"]
        for contest in group:
            why = "; ".join(_WHY[kind] for kind in contest.kinds)
            lines.append(f"  {_name(contest.predicate, names)} — {why}")
            lines += [line for position in contest.positions for line in _position_lines(position, contest, names)]
    return "\n".join(lines) or "nothing is contested"


@dataclass(frozen=True, slots=True)
class _Said:
    """One value that one claim gives or denies; days are ISO text."""

    subject: URIRef
    predicate: URIRef
    value: Term
    claim: URIRef
    unit: URIRef | None = None
    start: str = ""
    end: str = ""
    first: str = ""  # the days that a date can mean
    last: str = ""
    denies: bool = False


_Pair = tuple[str, _Said, _Said]

# Which claims assert is written here as kgtools.claims.asserts has it.
_SAID = """SELECT DISTINCT ?subject ?predicate ?value ?claim ?unit (COALESCE(?from, "0000-01-01") AS ?start)
  (COALESCE(?to, "9999-12-31") AS ?end) (COALESCE(?early, "") AS ?first) (COALESCE(?late, "") AS ?last) {
  { VALUES ?predicate { kg:date kg:endDate } ?p kg:predicate ?predicate ; kg:earliest ?early ; kg:latest ?late }
  UNION
  { VALUES ?predicate { kg:amount kg:amountAtLeast kg:amountAtMost kg:bornIn } ?p kg:predicate ?predicate }
  ?p kg:subject ?subject ; kg:object|kg:value ?value .
  ?claim kg:onProposition ?p ; kg:stance ?stance .
  FILTER(?stance IN (stance:asserts, stance:reports, stance:speculates))
  MINUS { ?claim kg:inScenario ?scenario }
  MINUS { ?claim kg:relays ?relayed ; kg:stance stance:reports }
  OPTIONAL { ?subject kg:inUnit ?unit }
  OPTIONAL { ?claim kg:earliest ?from }
  OPTIONAL { ?claim kg:latest ?to }
} ORDER BY ?subject ?predicate ?value ?claim"""
_DENIALS = """SELECT DISTINCT ?subject ?predicate ?value ?claim ?unit ?denial {
  ?denial kg:countsAgainst ?p ; kg:disputes ?claim .
  ?claim kg:onProposition ?p .
  ?p kg:subject ?subject ; kg:predicate ?predicate ; kg:object|kg:value ?value .
  OPTIONAL { ?subject kg:inUnit ?unit }
} ORDER BY ?subject ?predicate ?value ?claim ?denial"""
# A place of birth and a larger place around it can both be right.
_PARTS = """SELECT DISTINCT ?part ?whole {
  ?p kg:predicate kg:bornIn ; kg:object ?part . ?part kg:isPartOf ?whole
} ORDER BY ?part ?whole"""
_VOICES = """SELECT DISTINCT ?claim ?what ?value {
  VALUES ?claim { %s }
  { VALUES ?what { kg:hasRoot kg:holder kg:paraphrase kg:statedIn kg:validFrom kg:validTo } ?claim ?what ?value }
  UNION { ?claim kg:statedIn ?source . ?source kg:perspective ?value BIND(kg:perspective AS ?what) }
  UNION { ?claim kg:locator ?place . ?place kg:section ?value BIND(kg:locator AS ?what) }
  UNION {
    ?claim kg:locator ?place . ?place oa:start ?from ; oa:end ?to
    BIND(CONCAT("characters ", STR(?from), "-", STR(?to)) AS ?value) BIND(kg:locator AS ?what)
  }
} ORDER BY ?claim ?what ?value"""
_USED = (
    "SELECT ?subject ?predicate { ?p kg:subject ?subject ; kg:predicate ?predicate . ?c kg:onProposition ?p } LIMIT 1"
)


def _said(store: Store, given: Mapping[str, Term]) -> list[_Said]:
    """Every value that a rule looks at, with the claim that asserts it; an unknown end of a valid time is open."""
    rows = ((row[:5], map(str, row[5:])) for row in store.query(_SAID, given).rows)
    return [replace(_one(row), start=a, end=b, first=c, last=d) for row, (a, b, c, d) in rows]


def _one(row: tuple[Term | None, ...]) -> _Said:
    subject, predicate, value, claim, unit = row
    assert value is not None
    return _Said(_iri(subject), _iri(predicate), value, _iri(claim), None if unit is None else _iri(unit))


def _iri(term: Term | None) -> URIRef:
    return URIRef(str(term))


def _clashing(said: Iterable[_Said], parts: set[tuple[Term | None, ...]]) -> list[_Pair]:
    """The pairs of values, of one subject and under one rule, that leave no room for one another."""
    groups: dict[tuple[URIRef, URIRef], list[_Said]] = defaultdict(list)
    for one in said:
        groups[one.subject, _asked(one.predicate)].append(one)
    return [
        (_RULES[one.predicate], one, other)
        for group in groups.values()
        for one, other in combinations(sorted(group, key=lambda said: said.claim), 2)
        if max(one.start, other.start) <= min(one.end, other.end) and _exclude(one, other, parts)
    ]


def _asked(predicate: URIRef) -> URIRef:
    """The predicate that a contest goes by: figures and bounds on them are compared with one another."""
    return KG.amount if _RULES.get(predicate) == FIGURES else predicate


def _exclude(one: _Said, other: _Said, parts: set[tuple[Term | None, ...]]) -> bool:
    """Whether the two values cannot both be right at one time."""
    kind = _RULES[one.predicate]
    if kind == DATES:
        return one.last < other.first or other.last < one.first
    if kind == FIGURES:
        (low, high), (other_low, other_high) = _range(one), _range(other)
        return high < other_low or other_high < low
    return one.value != other.value and not parts & {(one.value, other.value), (other.value, one.value)}


def _range(said: _Said) -> tuple[Decimal, Decimal]:
    """The least and the greatest number that the figure can mean; any, if it is no number."""
    figure = _figure(said.predicate, said.value)
    low = None if said.predicate == KG.amountAtMost else figure
    high = None if said.predicate == KG.amountAtLeast else figure
    return Decimal("-Infinity") if low is None else low, Decimal("Infinity") if high is None else high


def _figure(predicate: URIRef, value: Term) -> Decimal | None:
    """The number that a figure is; None of other predicates' values, and of what is no number."""
    try:
        number = Decimal(str(value)) if _RULES.get(predicate) == FIGURES else None
    except InvalidOperation:
        return None
    return number if number is not None and number.is_finite() else None


def _denials(store: Store, given: Mapping[str, Term]) -> list[_Pair]:
    """The pairs of a claim and a denial that counts against it, of the same or of a broader proposition."""
    rows = [(_one(row[:5]), _iri(row[5])) for row in store.query(_DENIALS, given).rows]
    return [(DENIED, one, replace(one, claim=denial, denies=True)) for one, denial in rows]


def _check_used(store: Store, given: Mapping[str, Term]) -> None:
    """Refuse a name that no claim uses: no contest on it would say nothing."""
    for part, name in given.items():
        if not store.query(_USED, {part: name}).rows:
            raise QuestionError(f"no claim has the {part} {shorten(str(name))}; check the spelling, or ask without it")


def _voices(store: Store, claims: Iterable[URIRef]) -> dict[URIRef, Voice]:
    told: dict[URIRef, dict[URIRef, list[Term | None]]] = defaultdict(lambda: defaultdict(list))
    ordered = sorted(claims)
    for start in range(0, len(ordered), _CHUNK):
        listed = " ".join(claim.n3() for claim in ordered[start : start + _CHUNK])
        for claim, what, value in store.query(_VOICES % listed).rows:
            told[_iri(claim)][_iri(what)].append(value)
    return {claim: _voice(claim, told[claim]) for claim in ordered}


def _voice(claim: URIRef, told: Mapping[URIRef, list[Term | None]]) -> Voice:
    def dated(predicate: URIRef) -> Literal | None:
        return next((term for term in told.get(predicate, ()) if isinstance(term, Literal)), None)

    return Voice(
        claim,
        holder=_iri(told[KG.holder][0]),
        source=_iri(told[KG.statedIn][0]),
        paraphrase=str(told[KG.paraphrase][0]),
        perspectives=tuple(map(_iri, told.get(KG.perspective, ()))),
        locators=tuple(map(str, told.get(KG.locator, ()))),
        roots=tuple(map(_iri, told.get(KG.hasRoot, ()))),
        valid_from=dated(KG.validFrom),
        valid_to=dated(KG.validTo),
    )


def _contest(pairs: list[_Pair], voices: Mapping[URIRef, Voice]) -> Contest:
    """One contest from its clashing pairs; a claim is in a position only if it clashes with somebody."""
    first = pairs[0][1]
    values: dict[tuple[object, ...], list[_Said]] = defaultdict(list)
    for side in (side for _, *sides in pairs for side in sides):
        values[_order(side)].append(side)
    positions = [_position(values[key], voices) for key in sorted(values)]
    marked = tuple(replace(one, slip=_is_slip(one, positions)) for one in positions)
    clashes = {Clash(kind, one.claim, other.claim) for kind, one, other in pairs}
    return Contest(first.subject, _asked(first.predicate), marked, tuple(sorted(clashes)), first.unit)


def _order(side: _Said) -> tuple[Decimal, str, str]:
    """Figures in order of size, whatever their spelling; dates and names in order of their text."""
    figure = _figure(side.predicate, side.value)
    return (figure, "", side.predicate) if figure is not None else (Decimal(0), side.value.n3(), side.predicate)


def _position(said: list[_Said], voices: Mapping[URIRef, Voice]) -> Position:
    sides = ({one.claim for one in said if one.denies == denies} for denies in (False, True))
    asserted, denied = (_side([voices[claim] for claim in sorted(side)]) for side in sides)
    value = min((one.value for one in said), key=lambda value: value.n3())
    return Position(said[0].predicate, value, asserted, denied)


def _side(voices: list[Voice]) -> Side:
    starts = [(days(voice.valid_from), voice.valid_from) for voice in voices if voice.valid_from is not None]
    ends = [(days(voice.valid_to), voice.valid_to) for voice in voices if voice.valid_to is not None]
    return Side(
        tuple(voices),
        perspectives=tuple(sorted({perspective for voice in voices for perspective in voice.perspectives})),
        sources=tuple(sorted({voice.source for voice in voices})),
        roots=tuple(sorted({root for voice in voices for root in voice.roots})),
        first=min(starts, key=lambda pair: (pair[0] or ("",))[0], default=(None, None))[1],
        last=max(ends, key=lambda pair: (pair[0] or ("",))[-1], default=(None, None))[1],
    )


def _is_slip(position: Position, positions: Iterable[Position]) -> bool:
    """Whether one root alone gives a date and more give one that differs in year, month or day alone.

    Dates are compared in the precision of the one in doubt, as who says a day says its month; some part must agree.
    """
    if _RULES.get(position.predicate) != DATES:
        return False
    date = tuple(str(position.value).split("-"))
    support: dict[tuple[str, ...], set[URIRef]] = defaultdict(set)
    for other in positions:
        support[tuple(str(other.value).split("-")[: len(date)])].update(other.asserted.roots)
    return len(support[date]) == 1 and any(
        len(roots) > 1 and len(other) == len(date) > 1 and sum(map(ne, date, other)) == 1
        for other, roots in support.items()
    )


def _position_lines(position: Position, contest: Contest, names: Mapping[URIRef, str]) -> list[str]:
    slip = " — perhaps a slip: one root only, and one part away from a date that more roots give"
    lines = [
        f"    {_value(position, contest, names)}{slip if position.slip else ''}",
        f"      asserted: {_summary(position.asserted, names)}",
        *(f"        {_voice_text(voice, names)}" for voice in position.asserted.voices),
    ]
    if position.denied.voices:
        lines.append(f"      denied: {_summary(position.denied, names)}")
        lines += [f"        {_voice_text(v, names)}: {_one_line(v.paraphrase)}" for v in position.denied.voices]
    return lines


def _summary(side: Side, names: Mapping[URIRef, str]) -> str:
    """The roots, perspectives and dates of one side."""
    roots, perspectives = ([_name(thing, names) for thing in part] for part in (side.roots, side.perspectives))
    dates = ["?" if date is None else str(date) for date in (side.first, side.last)]
    held = f"; said to hold {' to '.join(dates)}" if dates != ["?", "?"] else ""
    count = f"{len(roots)} root{'' if len(roots) == 1 else 's'} ({'; '.join(roots)})"
    return f"{count}; perspectives: {', '.join(perspectives) or 'none given'}{held}"


def _value(position: Position, contest: Contest, names: Mapping[URIRef, str]) -> str:
    value, figure = position.value, _figure(position.predicate, position.value)
    if isinstance(value, URIRef):
        return _name(value, names)
    if figure is None:
        return _one_line(str(value))
    bound = {KG.amountAtLeast: "at least ", KG.amountAtMost: "at most "}.get(position.predicate, "")
    return f"{bound}{figure:,f}{f' ({_name(contest.unit, names)})' if contest.unit else ''}"


def _voice_text(voice: Voice, names: Mapping[URIRef, str]) -> str:
    place = f", {_one_line('; '.join(voice.locators))}" if voice.locators else ""
    return f"{_name(voice.holder, names)} in “{_name(voice.source, names)}”{place} [{shorten(voice.claim)}]"


def _name(thing: URIRef, names: Mapping[URIRef, str]) -> str:
    return _one_line(names.get(thing, shorten(thing)))


def _one_line(text: str) -> str:
    return " ".join(text.split())
