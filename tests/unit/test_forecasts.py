"""Forecasts: their status by a day, and Brier's score, by hand on the invented world and by its laws on any."""

from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rdflib import Literal, URIRef

from kgtools import forecasts as module
from kgtools.build import Built
from kgtools.cli import main
from kgtools.errors import QuestionError, StoreError
from kgtools.forecasts import HAPPENED, OPEN, OVERDUE, STATUSES, Forecast, Likelihood, brier, forecasts, records, score
from kgtools.model import Scope
from kgtools.names import expand, shorten
from kgtools.questions import ask, find_question
from kgtools.store import Store

QUESTIONS = Path(__file__).resolve().parents[2] / "ontology" / "questions"
NOW = date(2026, 4, 10)
INSTITUTE, ALMANAC = expand("actor:institute"), expand("actor:almanac")


def kg(built: Built, *words: str, capsys) -> tuple[int, str, str]:
    code = main(["forecasts", *words, "--build", str(built.folder.parent)])
    return code, *capsys.readouterr()


def status(store: Store, day: date) -> dict[str, str]:
    return {shorten(one.claim).removeprefix("claim:"): one.status for one in forecasts(store, day)}


def test_each_forecast_has_its_status_and_what_it_rests_on(store: Store):
    found = {shorten(one.claim): one for one in forecasts(store, NOW)}
    true = found["claim:outlook-2022-001"]
    assert (true.status, str(true.horizon), true.assessed_on) == ("came true", "2023", "2024-03-09")
    assert [(shorten(g.claim), shorten(g.holder)) for g in true.grounds] == [
        ("claim:gazette-2024-003", "actor:blogger")
    ]
    assert [found[f"claim:outlook-2022-{n:03}"].status for n in range(2, 9)] == [
        "did not come true",
        "did not come true",
        "came true",
        "open",
        "came true late",
        "overdue",
        "came true in part",
    ]


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        ("2022-12-31", OPEN),  # "2022" lasts to its last day
        ("2023-01-01", OVERDUE),
    ],
)
def test_a_forecast_is_overdue_when_its_horizon_is_over(store: Store, day: str, expected: str):
    assert status(store, date.fromisoformat(day))["outlook-2022-007"] == expected


@pytest.mark.parametrize(("day", "expected"), [("2024-03-08", OVERDUE), ("2024-03-09", "came true")])
def test_an_assessment_counts_from_its_day(store: Store, day: str, expected: str):
    assert status(store, date.fromisoformat(day))["outlook-2022-001"] == expected


@pytest.mark.parametrize(("day", "known"), [("2022-01-09", False), ("2022-01-10", True)])
def test_a_forecast_counts_from_the_day_its_source_was_out(store: Store, day: str, known: bool):
    assert ("outlook-2022-001" in status(store, date.fromisoformat(day))) == known


def test_what_held_so_far_is_overdue_once_its_time_is_over():
    horizon = Literal("2023", datatype=expand("xsd:gYear"))
    assert module._status(expand("outcome:fulfilled-so-far"), horizon, "2023-12-31") == OPEN
    assert module._status(expand("outcome:fulfilled-so-far"), horizon, "2024-01-01") == OVERDUE


def test_an_outcome_without_a_status_is_refused():
    with pytest.raises(StoreError, match="outcome:odd is an outcome without a status"):
        module._status(expand("outcome:odd"), None, "2024-01-01")


def test_every_outcome_of_the_vocabulary_has_a_status(store: Store):
    rows = store.query("SELECT ?o { ?o skos:topConceptOf <https://w3id.org/sahel-kg/vocab/outcome> } ORDER BY ?o").rows
    assert {str(row[0]).rsplit("/", 1)[-1] for row in rows} == set(module.STATUS_OF)


def test_the_score_of_a_forecaster_is_what_the_hand_computes(store: Store):
    """80 % true, 80 % false, 30 % false, 55 to 80 % true: (0.04 + 0.64 + 0.09 + 0.04…0.2025) / 4."""
    [record] = [record for record in records(forecasts(store, NOW)) if record.holder == INSTITUTE]
    made = record.score
    assert (made.count, made.base_rate) == (4, Fraction(1, 2))
    assert (made.least, made.most) == (Fraction("0.2025"), Fraction("0.243125"))
    assert made.middle == Fraction("0.21890625")  # (0.77 + 0.325²) / 4
    assert made.reliability == Fraction("0.09390625")  # (0.3² + 0.325² + 2 · 0.3²) / 4
    assert (made.resolution, made.uncertainty) == (Fraction("0.125"), Fraction("0.25"))
    assert [(float(one.likelihood.middle), one.count, one.came_true) for one in made.bins] == [
        (0.3, 1, 0),
        (0.675, 1, 1),
        (0.8, 2, 1),
    ]


def test_what_comes_late_counts_as_not_so_and_what_comes_in_part_is_not_scored(store: Store):
    [record] = records(forecasts(store, NOW, ALMANAC))
    assert record.counts == {"came true": 1, "came true late": 1, "came true in part": 1, "overdue": 1}
    assert (record.score.count, record.score.middle) == (1, Fraction("0.25"))


def test_a_likelihood_with_one_end_reaches_to_the_last(store: Store):
    found = {shorten(one.claim): one.likelihood for one in forecasts(store, NOW)}
    assert found["claim:outlook-2022-008"] == Likelihood(Fraction("0.9"), Fraction(1))
    assert found["claim:outlook-2022-007"] is None


def test_a_misspelt_forecaster_is_refused(store: Store):
    with pytest.raises(QuestionError, match="no forecast is of actor:almanack"):
        forecasts(store, NOW, expand("actor:almanack"))


def test_outside_the_scope_there_is_neither_forecast_nor_ground(world: Built):
    with Store.open(world.folder, scope=Scope(according_to=frozenset({INSTITUTE}))) as within:
        found = forecasts(within, NOW)
    assert {one.holder for one in found} == {INSTITUTE}
    assert not any(one.grounds for one in found)


def test_the_command_prints_status_score_and_what_it_is_made_of(world: Built, capsys):
    code, out, _ = kg(world, "--day", "2026-04-10", capsys=capsys)
    assert code == 0
    assert out.startswith("11 forecasts by 2 forecasters, as of 2026-04-10\n")
    assert "Dry Lands Institute: 7 forecasts: 2 came true, 2 did not come true, 3 open" in out
    assert "Brier score 0.203 to 0.243, at the middles 0.219, n = 4" in out
    assert "reliability 0.094 − resolution 0.125 + uncertainty 0.250" in out
    assert "stated 80 %: 1 of 2 came true" in out
    assert "n = 4 is too small to say anything of a forecaster" in out
    assert "all 2 forecasters with a score\n  Brier score 0.212 to 0.244, at the middles 0.225, n = 5" in out


def test_the_day_is_one(world: Built, capsys):
    code, _, err = kg(world, "--day", "soon", capsys=capsys)
    assert (code, err) == (2, "kg forecasts: --day 'soon' is no day; write one such as 2026-04-10\n")


def test_before_all_forecasts_there_are_none(world: Built, capsys):
    assert kg(world, "--day", "1999-01-01", capsys=capsys)[1] == "No forecast was made by 1999-01-01.\n"


def test_settled_forecasts_are_scored_no_earlier_than_they_are_settled(world: Built, capsys):
    out = kg(world, "actor:almanac", "--day", "2024-03-08", capsys=capsys)[1]
    assert "2 of the forecasts say how likely they are, and none of these is settled; so no score is given." in out


def test_the_real_graph_says_in_one_sentence_that_no_likelihood_is_given(real: Built, capsys):
    out = kg(real, "--day", "2026-04-10", capsys=capsys)[1]
    assert out.endswith("says how likely it is, as a number or on a published scale; so no score is given.\n")
    assert "Brier" not in out


def test_on_the_real_graph_every_forecast_is_there_once_with_a_claim_under_what_came_true(real_store: Store):
    found = forecasts(real_store, NOW)
    said: dict[object, set[str]] = {}
    for claim, predicate in real_store.query(
        "SELECT ?c ?p { ?c kg:stance stance:forecasts ; kg:onProposition/kg:predicate ?p }"
    ).rows:
        said.setdefault(claim, set()).add(shorten(str(predicate)))
    assert {"kg:hasDriver"} in said.values()
    assert [one.claim for one in found] == sorted(claim for claim, what in said.items() if what != {"kg:hasDriver"})
    assert all(one.grounds for one in found if one.status in ("came true", "came true late"))


@pytest.mark.parametrize("which", ["world", "real"])
def test_the_question_on_open_forecasts_and_the_command_agree(which: str, store: Store, real_store: Store):
    asked = store if which == "world" else real_store
    rows = ask(asked, find_question(QUESTIONS, "open-forecasts"), {"day": "2026-04-10"}).rows
    told = {row[1]: OVERDUE if str(row[4]) == "true" else OPEN for row in rows}
    assert told == {one.claim: one.status for one in forecasts(asked, NOW) if one.status in (OPEN, OVERDUE)}


def test_many_forecasts_are_not_called_too_few():
    likely = Likelihood(Fraction("0.7"), Fraction("0.7"))
    told = ["\n".join(module._score_lines(brier([(likely, True)] * n))) for n in (24, 25)]
    assert ["too small" in text for text in told] == [True, False]


percents = st.integers(0, 100).map(lambda percent: Fraction(percent, 100))
likelihoods = st.tuples(percents, percents).map(lambda ends: Likelihood(min(ends), max(ends)))
outcomes = st.lists(st.tuples(likelihoods, st.booleans()), min_size=1, max_size=12)


def made(stated: Likelihood | None, status: str) -> Forecast:
    return Forecast(URIRef("c"), URIRef("h"), URIRef("s"), "as foreseen", status, likelihood=stated)


@given(outcomes)
def test_a_score_lies_between_nought_and_one_and_in_its_interval(stated):
    found = brier(stated)
    assert 0 <= found.least <= found.middle <= found.most <= 1


@given(outcomes)
def test_the_score_is_the_mean_of_squares_and_the_sum_of_its_parts(stated):
    found = brier(stated)
    squares = [(likelihood.middle - came_true) ** 2 for likelihood, came_true in stated]
    assert found.middle == sum(squares) / len(squares)
    assert found.middle == found.reliability - found.resolution + found.uncertainty


@given(st.lists(st.booleans(), min_size=1, max_size=12))
def test_a_perfect_forecaster_has_nought_and_one_always_wrong_has_one(came_true):
    sure = [(Likelihood(Fraction(one), Fraction(one)), one) for one in came_true]
    assert brier(sure).most == 0
    assert brier([(likelihood, not one) for likelihood, one in sure]).least == 1


@given(outcomes, st.randoms())
def test_the_order_of_forecasts_does_not_matter(stated, random):
    shuffled = random.sample(stated, len(stated))
    assert brier(shuffled) == brier(stated)


@given(
    st.lists(st.tuples(likelihoods, st.sampled_from(sorted(HAPPENED))), max_size=8),
    st.lists(st.tuples(likelihoods, st.sampled_from(sorted(set(STATUSES) - set(HAPPENED)))), max_size=8),
    st.lists(st.sampled_from(STATUSES), max_size=8),
)
def test_unsettled_forecasts_and_those_without_likelihood_do_not_change_the_score(settled, unsettled, bare):
    scored = [made(*one) for one in settled]
    more = [*(made(*one) for one in unsettled), *scored, *(made(None, one) for one in bare)]
    assert score(more) == score(scored)
