"""What the region's record answers on the matters that it is for, each with who says so.

More sources may come to say more; what is here must stay said.
"""

from pathlib import Path

import pytest
from rdflib import URIRef

from kgtools.build import Built
from kgtools.model import Scope
from kgtools.names import expand, shorten
from kgtools.questions import ask, read_questions
from kgtools.store import Store

QUESTIONS = read_questions(Path(__file__).resolve().parents[2] / "ontology" / "questions")


@pytest.fixture(scope="module")
def rows(real: Built):
    with Store.open(real.folder) as store:

        def rows(name: str, **given: str) -> list[dict[str, str]]:
            answer = ask(store, QUESTIONS[name], given)
            texts = [
                [shorten(t) if isinstance(t, URIRef) else "" if t is None else str(t) for t in row]
                for row in answer.rows
            ]
            return [dict(zip(answer.columns, row, strict=True)) for row in texts]

        yield rows


def test_four_groups_formed_jnim_on_2_march_2017(rows):
    said = {
        (row["part"], row["value"], row["holder"])
        for row in rows("formation-of-groups", change="event:jnim-founding-2017")
    }
    founders = {
        value
        for part, value, holder in said
        if (part, holder) == ("kg:changesOrganization", "actor:us-state-department")
    }
    assert founders == {"actor:al-mourabitoun", "actor:ansar-dine", "actor:aqim-sahara-branch", "actor:katiba-macina"}
    assert ("kg:date", "2017-03-02", "actor:un-1267-committee") in said


@pytest.mark.parametrize(
    ("day", "name"), [("2020-01-01", "ISWAP-Greater Sahara"), ("2023-01-01", "Islamic State Sahel Province")]
)
def test_the_group_is_called_otherwise_before_and_after_2022(day: str, name: str, rows):
    assert ("actor:wikipedia", name) in {
        (row["holder"], row["name"]) for row in rows("names-on-day", actor="actor:isgs", day=day)
    }


def test_the_province_is_said_to_come_after_the_group_and_is_not_the_same(rows):
    assert "actor:isgs" in {row["earlier"] for row in rows("succession-of-organizations", later="actor:issp")}


@pytest.mark.parametrize(
    ("day", "status", "last"),
    [
        ("2016-01-01", "kg:Signature", "2015-06-20"),
        ("2023-12-01", "kg:Signature", "2015-06-20"),
        ("2024-02-01", "kg:Termination", "2024-01-25"),
    ],
)
def test_the_agreement_of_2015_stands_where_its_last_event_left_it(day: str, status: str, last: str, rows):
    first = rows("status-of-agreements", agreement="agreement:algiers-agreement-2015", day=day)[0]
    assert (first["status"], first["date"]) == (status, last)


def test_both_signings_of_2015_are_there(rows):
    events = {row["event"] for row in rows("status-of-agreements", agreement="agreement:algiers-agreement-2015")}
    assert {"event:algiers-agreement-signing-may-2015", "event:algiers-agreement-signing-june-2015"} <= events


def test_recalls_between_algeria_and_mali_come_in_order(rows):
    pair = {"actor:algeria", "actor:mali", "actor:alliance-of-sahel-states"}
    recalls = [
        row for row in rows("acts-between", kind="act:ambassador-recall") if {row["actor"], row["target"]} <= pair
    ]
    dated = [(row["date"], row["actor"], row["target"]) for row in recalls if len(row["date"]) == 10]
    assert dated == sorted(dated)
    assert {
        ("2023-12-22", "actor:algeria", "actor:mali"),
        ("2023-12-22", "actor:mali", "actor:algeria"),
        ("2025-04-06", "actor:mali", "actor:algeria"),
        ("2025-04-07", "actor:algeria", "actor:mali"),
    } <= set(dated)


@pytest.mark.parametrize(
    ("day", "position"),
    [
        ("1990-01-01", "position:recognition-of-the-sahrawi-republic"),
        ("2015-01-01", "position:western-sahara-pro-moroccan"),
        ("2026-04-11", "position:support-for-moroccan-autonomy-plan"),
    ],
)
def test_malis_position_on_western_sahara_changes_over_the_years(day: str, position: str, rows):
    taken = rows("position-on-day", actor="actor:mali", day=day)
    latest = max(row["from"] for row in taken)
    assert position in {row["position"] for row in taken if row["from"] == latest}


def test_no_source_puts_jnim_on_a_named_leg_of_a_resin_route(rows):
    on_resin = rows("roles-by-commodity", commodity="commodity:cannabis-resin")
    assert on_resin
    assert "actor:jnim" not in {row["actor"] for row in on_resin}


def test_whoever_taxes_escorts_or_protects_is_on_the_leg_that_the_source_names(rows):
    said = {(row["actor"], row["role"]) for row in rows("roles-on-segments")}
    assert ("actor:ahmoudou-ag-asriw", "kg:escorts") in said
    assert {role for _, role in said} >= {"kg:taxes", "kg:escorts", "kg:protects"}


def test_two_dates_are_given_for_the_filing_at_the_court_and_by_whom(rows):
    said = {(row["date"], row["holder"]) for row in rows("dates-of-events", event="event:icj-filing-2025")}
    assert {("2025-09-16", "actor:international-court-of-justice"), ("2025-09-04", "actor:malian-authorities")} <= said


def test_the_filing_at_the_court_is_denied_by_algerias_minister(rows):
    denials = rows("denials")
    assert any("actor:ahmed-attaf" in row.values() and "event:icj-filing-2025" in row.values() for row in denials)


def test_the_tolls_of_tinzaouaten_differ_by_who_counts(rows):
    figures = rows("figures", thing="event:tinzaouaten-battle-2024")
    wagner = {
        (row["holder"], row["bound"], row["figure"])
        for row in figures
        if (row["measure"], row["of"]) == ("measure:persons-killed", "actor:wagner-group")
    }
    assert {("actor:csp", "kg:amount", "84"), ("actor:jnim", "kg:amount", "50")} <= wagner
    assert len({holder for holder, _, _ in wagner}) > 3


def test_forecasts_that_came_true_name_what_bears_them_out(rows):
    fulfilled = [row for row in rows("forecasts") if row["outcome"] in ("outcome:fulfilled", "outcome:fulfilled-late")]
    assert len({row["holder"] for row in fulfilled}) >= 4
    assert all(row["borneOutBy"] for row in fulfilled)


def test_the_record_is_as_large_as_it_says(rows):
    kinds = {row["kind"]: int(row["things"]) for row in rows("kinds-of-things")}
    assert kinds["kg:Route"] >= 39
    places = ("Country", "DisputedTerritory", "MarketArea", "Place", "Region", "Settlement", "WaterBody")
    assert sum(kinds.get(f"kg:{kind}", 0) for kind in places) >= 110


@pytest.mark.parametrize(("known_by", "in_force"), [("2023-12-31", True), ("2024-12-31", False)])
def test_an_end_that_nobody_had_told_by_a_day_ends_no_agreement(real: Built, known_by: str, in_force: bool):
    with Store.open(real.folder, scope=Scope(known_by=known_by)) as store:
        answer = ask(store, QUESTIONS["agreements-in-force"], {"day": "2024-02-01"})
    assert (expand("agreement:algiers-agreement-2015") in {row[1] for row in answer.rows}) == in_force
