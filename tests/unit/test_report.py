"""The data report: its figures on the invented world, counted by hand, and the page that shows them."""

import re
from datetime import date

import pytest

from kgtools.build import Built
from kgtools.render import report_html
from kgtools.report import Section, report
from kgtools.store import Store


@pytest.fixture(scope="module")
def sections(world: Built) -> dict[str, Section]:
    with Store.open(world.folder) as store:
        return {section.title: section for section in report(store, date(2026, 4, 10))}


def test_it_counts_sources_claims_and_hedges(sections):
    rows = dict(sections["Overview"].rows)
    assert (rows["sources"], rows["claims"], rows["claims hedged"]) == ("10", "97", "15 (15%)")


def test_each_source_has_its_date_perspective_and_claims(sections):
    rows = {row[0]: row[1:] for row in sections["Claims per source"].rows}
    assert rows["The Herald on the Salt Road"] == ("2020-05", "press", "18", "6 (33%)")
    assert rows["A blog on the Salt Road"] == ("undated", "blog", "6", "0 (0%)")
    assert sum(int(row[3]) for row in sections["Claims per source"].rows) == 97


def test_perspectives_and_sources_count_the_same_claims_here(sections):
    assert {row[0]: row[2] for row in sections["Claims per perspective"].rows} == {
        "press": "44",
        "United Nations": "17",
        "think tank": "22",
        "blog": "9",
        "government": "5",
    }


def test_years_are_those_that_claims_name(sections):
    rows = dict(sections["Claims per year"].rows)
    assert rows["2015"] == "4"  # signing and initialling of the accord, who approves of it, the Hand among the Riders
    assert "2016" not in rows


def test_a_thing_that_two_perspectives_speak_of_is_not_one_sided(sections):
    alone = {row[0]: row[1] for row in sections["Who speaks alone"].rows}
    assert "Red Hand" not in alone
    assert all(int(row[3]) >= 3 for row in sections["Who speaks alone"].rows)


def test_gaps_are_counted(sections):
    rows = dict(sections["Gaps"].rows)
    assert rows["sources without a date"] == "1"
    assert rows["claims without a locator"] == "0"
    undated = int(rows["claims without any date, their source's included"])
    assert undated == 4  # of the blog's six claims two name a year


def test_the_page_holds_every_row_and_loads_nothing(sections):
    page = report_html(list(sections.values()), "abc")
    assert page.count("<tr>") == sum(len(section.rows) + bool(section.rows) for section in sections.values())
    assert "<script" not in page
    assert not re.findall(r'(?:src|href)="(?!#)', page)


def test_hostile_names_are_only_text():
    section = Section("<script>", "<b>", ("<i>",), (("</td><script>alert(1)</script>",),))
    assert "<script" not in report_html([section], "<x>")


def test_an_empty_section_says_so():
    assert "<p>None.</p>" in report_html([Section("Empty", "", ("a",), ())], "abc")
