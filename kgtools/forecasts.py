"""What has become of forecasts: who foresaw what by when, how it came out, and how well stated likelihoods did.

The score is Brier's (1950), the mean square of likelihood less outcome: 0 at best and 1 at worst. Only forecasts are
scored whose source gives a likelihood and that have come true or not; one without a likelihood is counted, no more.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from rdflib import Literal, URIRef

from kgtools.claims import days
from kgtools.errors import QuestionError, StoreError
from kgtools.model import Term
from kgtools.names import shorten
from kgtools.store import Store

TRUE, LATE, PARTLY, FALSE, UNSCORABLE, OPEN, OVERDUE = STATUSES = (
    "came true",
    "came true late",
    "came true in part",
    "did not come true",
    "cannot be checked",
    "open",
    "overdue",
)
# What holds so far is open until its time is over.
STATUS_OF: Mapping[str, str] = {
    "fulfilled": TRUE,
    "fulfilled-late": LATE,
    "partly-fulfilled": PARTLY,
    "not-fulfilled": FALSE,
    "not-scorable": UNSCORABLE,
    "open": OPEN,
    "fulfilled-so-far": OPEN,
}
# What comes late was not so by its time. What came true in part is not scored: its likelihood was meant for the whole.
HAPPENED: Mapping[str, bool] = {TRUE: True, LATE: False, FALSE: False}
ENOUGH = 25  # scored forecasts from which the standard error of a score, 0.5 / √n at most, is a tenth or less


@dataclass(frozen=True, slots=True, order=True)
class Likelihood:
    """How likely a source calls its forecast: one number twice, or the range of a word on a published scale."""

    least: Fraction
    most: Fraction

    @property
    def middle(self) -> Fraction:
        """The middle of the range."""
        return (self.least + self.most) / 2


@dataclass(frozen=True, slots=True, order=True)
class Ground:
    """A claim that an assessment rests on, and who holds it."""

    claim: URIRef
    holder: URIRef


@dataclass(frozen=True, slots=True)
class Forecast:
    """A forecasting claim, and what has become of it by a day."""

    claim: URIRef
    holder: URIRef
    source: URIRef
    paraphrase: str
    status: str  # one of STATUSES
    said: Literal | None = None
    horizon: Literal | None = None
    likelihood: Likelihood | None = None
    wording: str | None = None
    outcome: URIRef | None = None
    assessed_on: str | None = None
    grounds: tuple[Ground, ...] = ()


@dataclass(frozen=True, slots=True)
class Bin:
    """The scored forecasts that were given the same likelihood, and how many of them came true."""

    likelihood: Likelihood
    count: int
    came_true: int

    @property
    def share(self) -> Fraction:
        """The share that came true."""
        return Fraction(self.came_true, self.count)

    def loss(self, if_true: Fraction, if_false: Fraction) -> Fraction:
        """The sum of squares, with one likelihood for those that came true and one for the others."""
        return self.came_true * (1 - if_true) ** 2 + (self.count - self.came_true) * if_false**2


@dataclass(frozen=True, slots=True)
class Score:
    """Brier's score, exact, and all that it is made of: a bin for each likelihood stated."""

    bins: tuple[Bin, ...]

    @property
    def count(self) -> int:
        """How many forecasts are scored."""
        return sum(one.count for one in self.bins)

    @property
    def base_rate(self) -> Fraction:
        """The share of them that came true."""
        return Fraction(sum(one.came_true for one in self.bins), self.count)

    @property
    def least(self) -> Fraction:
        """The score if each range meant its end that turned out better."""
        return self._mean(one.loss(one.likelihood.most, one.likelihood.least) for one in self.bins)

    @property
    def most(self) -> Fraction:
        """The score if each range meant its end that turned out worse; without ranges the same as the least."""
        return self._mean(one.loss(one.likelihood.least, one.likelihood.most) for one in self.bins)

    @property
    def middle(self) -> Fraction:
        """The score at the middles of ranges: reliability less resolution plus uncertainty (Murphy 1973)."""
        return self._mean(one.loss(one.likelihood.middle, one.likelihood.middle) for one in self.bins)

    @property
    def reliability(self) -> Fraction:
        """How far what is stated lies from what comes true, likelihood by likelihood; 0 at best."""
        return self._mean(one.count * (one.likelihood.middle - one.share) ** 2 for one in self.bins)

    @property
    def resolution(self) -> Fraction:
        """How well the likelihoods part what comes true from what does not; 0 at worst."""
        return self._mean(one.count * (one.share - self.base_rate) ** 2 for one in self.bins)

    @property
    def uncertainty(self) -> Fraction:
        """The score of whoever gives every forecast the base rate."""
        return self.base_rate * (1 - self.base_rate)

    def _mean(self, sums: Iterable[Fraction]) -> Fraction:
        return sum(sums, Fraction()) / self.count


@dataclass(frozen=True, slots=True)
class Record:
    """One forecaster's forecasts in order of their claims, and the score of those that have one."""

    holder: URIRef
    forecasts: tuple[Forecast, ...]
    score: Score | None

    @property
    def counts(self) -> dict[str, int]:
        """How many have each status that one of them has, in the order of STATUSES."""
        found = Counter(one.status for one in self.forecasts)
        return {status: found[status] for status in STATUSES if found[status]}


def forecasts(store: Store, day: date, holder: URIRef | None = None) -> list[Forecast]:
    """Every forecast made by *day*, of *holder* or of all, with the last assessment made by then; by claim.

    QuestionError if *holder* has made none: a misspelt name would look like somebody who never foresees anything.
    """
    until = day.isoformat()
    assessed = {row[0]: row for row in store.query(_ASSESSMENTS).rows if str(row[2]) <= until}
    grounds: dict[Term | None, set[Ground]] = defaultdict(set)
    for assessment, claim, who in store.query(_GROUNDS).rows:
        grounds[assessment].add(Ground(URIRef(str(claim)), URIRef(str(who))))
    rows = store.query(_FORECASTS, {} if holder is None else {"holder": holder}).rows
    if holder is not None and not rows:
        raise QuestionError(f"no forecast is of {shorten(holder)}; kg forecasts without a name lists whose there are")
    found = [_forecast(row, assessed.get(row[0]), grounds, until) for row in rows]
    return [one for one in found if _first_day(one.said) <= until]


def records(found: Iterable[Forecast]) -> list[Record]:
    """The forecasts by forecaster, in order of the forecasters' IRIs."""
    by_holder: dict[URIRef, list[Forecast]] = defaultdict(list)
    for one in found:
        by_holder[one.holder].append(one)
    return [
        Record(holder, tuple(sorted(made, key=lambda one: one.claim)), score(made))
        for holder, made in sorted(by_holder.items())
    ]


def score(found: Iterable[Forecast]) -> Score | None:
    """The score of those that have a likelihood and have come true or not; None if there are none."""
    return brier(
        (one.likelihood, HAPPENED[one.status]) for one in found if one.likelihood is not None and one.status in HAPPENED
    )


def brier(stated: Iterable[tuple[Likelihood, bool]]) -> Score | None:
    """The score of likelihoods and whether each came true; None of none."""
    outcomes: dict[Likelihood, list[bool]] = defaultdict(list)
    for likelihood, came_true in stated:
        outcomes[likelihood].append(came_true)
    bins = tuple(Bin(likelihood, len(those), sum(those)) for likelihood, those in sorted(outcomes.items()))
    return Score(bins) if bins else None


def mentioned(found: Iterable[Forecast]) -> set[URIRef]:
    """All that the lines about these forecasts name."""
    return {
        thing
        for one in found
        for thing in (one.holder, one.source, one.outcome, *(ground.holder for ground in one.grounds))
        if thing is not None
    }


def forecast_lines(found: Iterable[Forecast], day: date, names: Mapping[URIRef, str]) -> str:
    """The forecasts by forecaster for a reader, each forecaster with counts and score, and the score of all."""
    found = list(found)
    made = records(found)
    if not made:
        return f"No forecast was made by {day}."
    parts = ["\n".join(_record_lines(record, names)) for record in made]
    scored = [record for record in made if record.score]
    whole = score(found)
    if whole is None:
        given = sum(one.likelihood is not None for one in found)
        reason = (
            f"{given} of the forecasts say how likely they are, and none of these is settled" if given else _UNSTATED
        )
        parts.append(f"{reason}; so no score is given.")
    elif len(scored) > 1:
        parts.append("\n".join([f"all {len(scored)} forecasters with a score", *_score_lines(whole)]))
    head = f"{_counted(len(found), 'forecast')} by {_counted(len(made), 'forecaster')}, as of {day}"
    return "\n\n".join([head, *parts])


# What is said to drive a scenario foresees nothing by itself.
_FORECASTS = """SELECT DISTINCT ?claim ?holder ?source ?paraphrase ?said ?horizon ?least ?most ?wording {
  ?claim kg:stance stance:forecasts ; kg:holder ?holder ; kg:statedIn ?source ; kg:paraphrase ?paraphrase .
  ?claim kg:onProposition/kg:predicate ?predicate . FILTER(?predicate != kg:hasDriver)
  OPTIONAL { ?source dcterms:issued ?said }
  OPTIONAL { ?claim kg:horizon ?horizon }
  OPTIONAL { ?claim kg:likelihoodAtLeast ?least }
  OPTIONAL { ?claim kg:likelihoodAtMost ?most }
  OPTIONAL { ?claim kg:hedgeWording ?wording }
} ORDER BY ?claim"""
# The last assessment of a forecast comes last, so that it is the one kept.
_ASSESSMENTS = """SELECT ?claim ?assessment ?day ?outcome {
  ?assessment kg:ofForecast ?claim ; kg:assessedOn ?day ; kg:outcome ?outcome .
} ORDER BY ?claim ?day ?assessment"""
_GROUNDS = """SELECT ?assessment ?claim ?holder {
  ?assessment kg:borneOutBy ?claim . ?claim kg:holder ?holder .
} ORDER BY ?assessment ?claim"""
_UNSTATED = "No forecast here says how likely it is, as a number or on a published scale"

Row = tuple[Term | None, ...]


def _forecast(row: Row, assessment: Row | None, grounds: Mapping[Term | None, set[Ground]], until: str) -> Forecast:
    claim, holder, source, paraphrase, said, horizon, least, most, wording = row
    outcome = None if assessment is None else URIRef(str(assessment[3]))
    return Forecast(
        URIRef(str(claim)),
        URIRef(str(holder)),
        URIRef(str(source)),
        str(paraphrase),
        _status(outcome, horizon, until),
        said=said if isinstance(said, Literal) else None,
        horizon=horizon if isinstance(horizon, Literal) else None,
        likelihood=_likelihood(least, most),
        wording=None if wording is None else str(wording),
        outcome=outcome,
        assessed_on=None if assessment is None else str(assessment[2]),
        grounds=() if assessment is None else tuple(sorted(grounds.get(assessment[1], ()))),
    )


def _status(outcome: URIRef | None, horizon: Term | None, until: str) -> str:
    name = "open" if outcome is None else outcome.rsplit("/", 1)[-1]
    status = STATUS_OF.get(name)
    if status is None:
        raise StoreError(
            f"{shorten(outcome or '')} is an outcome without a status; add it to STATUS_OF in kgtools/forecasts.py"
        )
    span = days(horizon) if isinstance(horizon, Literal) else None
    return OVERDUE if status == OPEN and span and span[1] < until else status


def _likelihood(least: Term | None, most: Term | None) -> Likelihood | None:
    """What is stated; an end that a source leaves open ("more than 90 per cent") is that of all likelihoods."""
    if least is None and most is None:
        return None
    return Likelihood(Fraction(0 if least is None else str(least)), Fraction(1 if most is None else str(most)))


def _first_day(date_: Literal | None) -> str:
    span = None if date_ is None else days(date_)
    return span[0] if span else ""


def _record_lines(record: Record, names: Mapping[URIRef, str]) -> list[str]:
    counts = ", ".join(f"{count} {status}" for status, count in record.counts.items())
    head = f"{_name(record.holder, names)}: {_counted(len(record.forecasts), 'forecast')}: {counts}"
    lines = [line for one in record.forecasts for line in _forecast_lines(one, names)]
    return [head, *lines, *(_score_lines(record.score) if record.score else ())]


def _forecast_lines(one: Forecast, names: Mapping[URIRef, str]) -> list[str]:
    stated = [
        f"said {one.said}" if one.said is not None else "undated",
        f"by {one.horizon}" if one.horizon is not None else "",
        f"likelihood {_range(one.likelihood)} (“{one.wording}”)" if one.likelihood else "",
    ]
    lines = [f"  {one.status}: {one.paraphrase}", f"    {', '.join(filter(None, stated))} [{shorten(one.claim)}]"]
    if one.outcome is not None:
        grounds = ", ".join(f"{_name(ground.holder, names)} [{shorten(ground.claim)}]" for ground in one.grounds)
        lines.append(f"    {_name(one.outcome, names)} on {one.assessed_on}, going by {grounds or 'no claim'}")
    return lines


def _score_lines(found: Score) -> list[str]:
    ranged = found.least != found.most
    value = f"{_short(found.least)} to {_short(found.most)}, at the middles {_short(found.middle)}"
    parts = f"reliability {_short(found.reliability)} − resolution {_short(found.resolution)}"
    lines = [
        f"  Brier score {value if ranged else _short(found.middle)}, n = {found.count}"
        f" (always to say the base rate {_short(found.base_rate)}: {_short(found.uncertainty)}; always 50 %: 0.250)",
        f"    = {parts} + uncertainty {_short(found.uncertainty)}{', at the middles of ranges' if ranged else ''}",
        *(f"    stated {_range(one.likelihood)}: {one.came_true} of {one.count} came true" for one in found.bins),
    ]
    if found.count < ENOUGH:
        lines.append(
            f"    n = {found.count} is too small to say anything of a forecaster: chance alone moves such a score by "
            f"up to {0.5 / found.count**0.5:.2f} (one standard error); from n = {ENOUGH} on it is 0.10 or less"
        )
    return lines


def _range(likelihood: Likelihood) -> str:
    ends = [f"{float(end * 100):g}" for end in (likelihood.least, likelihood.most)]
    return f"{' to '.join(dict.fromkeys(ends))} %"


def _short(value: Fraction) -> str:
    return f"{float(value):.3f}"


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _name(thing: URIRef, names: Mapping[URIRef, str]) -> str:
    return names.get(thing) or shorten(thing)
