"""When claims were last compared with their sources: recorded on a source or on a claim, reported as of a day."""

from datetime import date
from pathlib import Path

import pytest

from kgtools.build import Built
from kgtools.cli import main
from kgtools.names import expand, shorten
from kgtools.questions import ask, find_question
from kgtools.report import Section, report
from kgtools.store import Store

QUESTIONS = Path(__file__).resolve().parents[2] / "ontology" / "questions"
OUTLOOK = "source:outlook-2022"


def days(store: Store, source: str | None = None) -> dict[str, str]:
    given = {} if source is None else {"source": source}
    rows = ask(store, find_question(QUESTIONS, "claims-last-checked"), given).rows
    return {shorten(row[1]): "" if row[2] is None else str(row[2]) for row in rows}


def section(store: Store, day: date) -> Section:
    return next(part for part in report(store, day) if part.title == "Last checked")


def printed(built: Built, capsys, *words: str) -> tuple[int, str, str]:
    code = main(["report", *words, "--build", str(built.folder.parent)])
    return code, *capsys.readouterr()


def test_a_sources_day_is_that_of_its_claims_and_a_claims_own_goes_before_it(store: Store):
    found = days(store, OUTLOOK)
    assert found.pop("claim:outlook-2022-001") == "2023-05-20"
    assert set(found.values()) == {"2024-02-01"}
    assert len(found) == 7


@pytest.mark.parametrize("which", ["store", "real_store"])
def test_every_claim_is_told_and_those_without_a_day_come_first(which: str, request):
    store = request.getfixturevalue(which)
    claims = store.query("SELECT ?claim { ?claim a kg:Claim } ORDER BY ?claim").rows
    found = days(store)
    assert set(found) == {shorten(row[0]) for row in claims}
    assert list(found.values()) == sorted(found.values())


@pytest.mark.parametrize("which", ["store", "real_store"])
def test_the_report_counts_what_the_question_tells(which: str, request):
    store = request.getfixturevalue(which)
    found = list(days(store).values())
    assert section(store, date(2024, 3, 1)).rows[0] == ("never recorded", "", "", str(found.count("")))


def test_the_report_lists_the_oldest_first_with_days_until_then(store: Store):
    assert section(store, date(2024, 3, 1)).rows[1:] == (
        ("Outlook on Belmor", "2023-05-20", "286", "1"),
        ("Outlook on Belmor", "2024-02-01", "29", "7"),
    )


def test_only_the_days_depend_on_the_day(store: Store):
    one, other = report(store, date(2024, 3, 1)), report(store, date(2025, 3, 1))
    assert [a.title for a, b in zip(one, other, strict=True) if a != b] == ["Last checked"]


def test_the_day_is_an_argument_of_the_command(world: Built, capsys):
    code, out, _ = printed(world, capsys, "--day", "2024-03-01")
    assert code == 0
    assert "seen from 2024-03-01" in out
    assert "Outlook on Belmor  2023-05-20    286       1" in out


def test_without_it_the_day_is_today(world: Built, capsys):
    before = date.today()
    out = printed(world, capsys)[1]
    assert any(f"seen from {day}" in out for day in {before, date.today()})


def test_a_day_that_is_none_is_refused(world: Built, capsys):
    code, _, err = printed(world, capsys, "--day", "2024-02-30")
    assert (code, err) == (2, "kg report: --day '2024-02-30' is no day; write one such as 2026-04-10\n")


def test_the_snapshot_holds_the_recorded_day_and_no_other(world: Built):
    text = (world.folder / "claims.nq").read_text("utf-8")
    lines = [line for line in text.splitlines() if f"<{expand('kg:lastChecked')}>" in line]
    assert len(lines) == 2
