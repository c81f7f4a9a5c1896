"""Two answers in one picture: what only one has, what stands on other claims, and that no claim of either is lost."""

import json
import re
from collections import Counter
from dataclasses import replace

import pytest
from rdflib import XSD, Literal, URIRef
from test_render import CLAIM, page_data

from kgtools.cli import main
from kgtools.model import Answer, Evidence, Support
from kgtools.names import KG, expand
from kgtools.places import Geography, Point
from kgtools.render import Page, Side, compare_page
from kgtools.render.parts import part
from kgtools.times import Times

WORDS = json.loads(part("words/page.json"))
ENDS = [(URIRef(f"urn:{one}"), KG.meets, URIRef(f"urn:{other}")) for one, other in ("ab", "bc", "cd", "de")]


def claims(*names: str) -> tuple[URIRef, ...]:
    return tuple(URIRef(f"urn:claim:{name}") for name in names)


def evidence(**of: tuple[str, ...]) -> Evidence:
    """Evidence in which the edge named `ab` … rests on these claims; `ab_` gives the claims against it."""
    rows = tuple(
        Support(triple, "claimed", claims(*of[name]), claims(*of.get(f"{name}_", ())))
        for triple in ENDS
        if (name := str(triple[0])[-1] + str(triple[2])[-1]) in of
    )
    under = {iri: CLAIM for support in rows for iri in (*support.claims, *support.denials)}
    return Evidence((rows,), under, {}, {})


def drawn(first: Evidence, second: Evidence) -> dict:
    sides = Side(Answer("", view="all"), first), Side(Answer("", view="un"), second)
    return page_data(compare_page(*sides, title="x").html)


def test_an_edge_says_which_side_has_it_or_that_its_claims_or_its_status_differ():
    first = evidence(ab=("1",), bc=("2",), cd=("3",), de=("4",), de_=("9",))
    second = evidence(bc=("2", "5"), cd=("3",), de=("4",), de_=("9",), ab=("1",), ab_=("8",))
    lost = evidence(ab=("1",))
    assert [edge["status"] for edge in drawn(first, second)["edges"]] == ["changed", "changed", "claimed", "disputed"]
    assert [edge["status"] for edge in drawn(first, lost)["edges"]] == ["claimed", "removed", "removed", "removed"]
    assert [edge["status"] for edge in drawn(lost, first)["edges"]] == ["claimed", "added", "added", "added"]


def test_the_claims_of_both_sides_are_in_the_page():
    data = drawn(evidence(ab=("1",), bc=("2",)), evidence(ab=("3",), ab_=("4",)))
    assert set(data["claims"]) == {f"urn:claim:{n}" for n in "1234"}
    (edge,) = (edge for edge in data["edges"] if edge["status"] == "changed")
    assert (edge["claims"], edge["denials"]) == (["urn:claim:1", "urn:claim:3"], ["urn:claim:4"])
    assert "view: all → un" in data["origin"]


def test_each_claim_says_which_side_it_counts_in():
    (edge,) = drawn(evidence(ab=("1", "2")), evidence(ab=("2", "3"), ab_=("4",)))["edges"]
    assert (edge["first"], edge["second"]) == (["urn:claim:1"], ["urn:claim:3", "urn:claim:4"])
    assert edge["stands"] == "disputed"


@pytest.mark.parametrize("kind", ["graph", "map", "timeline"])
def test_a_comparison_with_itself_changes_nothing_and_says_so(kind: str):
    one = side(kind, (EVENT, KG.takesPlaceIn, GAO, "1", ""), (EVENT, KG.date, YEAR, "1", "9"))
    page, other = compare_page(one, one, title="x"), compare_page(one, side(kind), title="x")
    assert not {*statuses(page)} & {"added", "removed", "changed"}
    assert ['data-say="nothing-differs"' in one.html for one in (page, other)] == [True, False]


def test_what_is_said_of_a_thing_alone_is_compared_too():
    def called(name: str) -> Evidence:
        support = Support((URIRef("urn:a"), KG.isCalled, Literal(name)), "claimed", claims("1"))
        return Evidence(((support,),), {claims("1")[0]: CLAIM}, {}, {})

    (node,) = drawn(called("A"), called("B"))["nodes"]
    assert sorted((saying["value"], saying["status"]) for saying in node["sayings"]) == [
        ("A", "removed"),
        ("B", "added"),
    ]


EVENT, OTHER, LEG = expand("event:e"), expand("event:f"), expand("segment:s")
GAO, KIDAL, ARLIT = expand("place:gao"), expand("place:kidal"), expand("place:arlit")
YEAR = Literal("2020", datatype=XSD.gYear)
NOTHING = Evidence((), {}, {}, {})
POINTS = {place: Point(16.0 + n, n, "settlement") for n, place in enumerate((GAO, KIDAL, ARLIT))}


def side(kind: str, *said: tuple[URIRef, URIRef, URIRef | Literal, str, str]) -> Side:
    """A side whose triples have the claims of these names for and against them; each claim is its own origin."""
    rows = tuple((Support((s, p, o), "claimed", claims(*by), claims(*against)),) for s, p, o, by, against in said)
    known = {iri: replace(CLAIM, iri=iri, holder=iri[-1]) for iri in claims(*"123456789")}
    # The claims of an even number have the same origin as the one before.
    roots = {iri: frozenset({URIRef(f"urn:root:{(int(iri[-1]) + 1) // 2}")}) for iri in known}
    valid = dict.fromkeys(claims("7"), (("2020-01-01", "2020-12-31"), None))
    more = {"map": Geography(POINTS, roots, NOTHING), "timeline": Times(valid, NOTHING)}.get(kind)
    return Side(Answer(""), Evidence(rows, known, {}, {}), more=more)


def statuses(page: Page) -> Counter:
    """How often the marks or the edges of a page have each status."""
    data = page_data(page.html)
    return Counter(one["status"] for one in (data["edges"] if "edges" in data else data["marks"].values()))


def test_marks_of_a_timeline_say_what_became_of_them_and_that_they_are_disputed():
    def at(event: URIRef, year: str, by: str, against: str = "") -> tuple:
        return event, KG.date, Literal(year, datatype=XSD.gYear), by, against

    first = side("timeline", at(EVENT, "2020", "1"), at(OTHER, "2021", "2", "9"))
    second = side("timeline", at(EVENT, "2020", "13"), at(EVENT, "2022", "4"))
    page = compare_page(first, second, title="x")
    marks = statuses(page)
    assert (marks["changed"], marks["added"], marks["removed"], marks["disputed"]) == (1, 1, 1, 0)
    for word in ("changed", "added", "removed"):  # in the picture and in the legend
        assert page.html.count(f'class="line {word}"') == 2
        assert f">{word}: 202" in page.html
        assert f">{word}: 202" in page.still
    assert "removed: 2021 (disputed)" in page.html
    assert re.search(r'data-say="short-removed">removed</b>\s*<span data-say="status-disputed">', page.html)


def test_marks_of_a_map_say_what_became_of_them():
    first = side(
        "map", (LEG, KG.fromPlace, GAO, "1", ""), (LEG, KG.toPlace, KIDAL, "1", "9"), (EVENT, KG.date, YEAR, "3", "")
    )
    second = side("map", (LEG, KG.fromPlace, GAO, "15", ""), (LEG, KG.toPlace, ARLIT, "5", ""))
    page = compare_page(first, second, title="x")
    assert statuses(page) == {"added": 2, "removed": 3, "changed": 1}
    assert page.html.count('class="line change added"') == page.html.count('class="line change removed"') == 1
    assert "removed, disputed" in page.still


def test_a_leg_that_neither_answer_joins_is_not_drawn():
    start, end = (LEG, KG.fromPlace, GAO, "1", ""), (LEG, KG.toPlace, KIDAL, "2", "")
    both, neither = (
        compare_page(side("map", *one), side("map", *other), title="x")
        for one, other in (((start, end), (end,)), ((start,), (end,)))
    )
    assert ('class="leg named"' in both.html, 'class="leg named"' in neither.html) == (True, False)
    assert "no source names both ends" in neither.html


def test_a_row_is_not_added_because_the_other_answer_has_a_date_for_it():
    near, dated = ((expand("actor:a"), KG.meets, expand("actor:b"), by, "") for by in "17")
    page = compare_page(side("timeline", dated), side("timeline", near), title="x")
    assert statuses(page) == {"": 1, "removed": 1, "changed": 1}


@pytest.mark.parametrize("kind", ["map", "timeline"])
def test_a_row_that_has_no_mark_is_compared_too(kind: str):
    near = (expand("actor:a"), KG.meets, expand("actor:b"), "1", "")
    page = compare_page(side(kind, near), side(kind), title="x")
    assert statuses(page) == {"removed": 1}


def test_the_rows_of_both_answers_are_listed_with_which_of_them_has_each():
    first, second = (
        Side(Answer("", columns=("a",), rows=tuple((Literal(cell),) for cell in cells)), NOTHING)
        for cells in (("one", "both"), ("both", "two"))
    )
    html = "".join(compare_page(first, second, title="x").html.split())
    for cell, word in (("both", "inboth"), ("two", "added"), ("one", "removed")):
        assert f'<tddir="auto">{cell}</td><tddir="auto">{word}</td>' in html


@pytest.mark.parametrize(
    ("flags", "words"),
    [
        ("--view nowhere", "there is no view 'nowhere'"),
        ("--as-of x", "'x' is no date"),
        ("'", "no closing quotation"),
        ("--excluding x", "'x' is no IRI"),
        ("--source source:a", "unrecognized arguments: --source source:a; its flags are --view"),
        ("--least-confidence x", "choose from"),
        ("--param x", "--param 'x' has no value"),
        ("--param x=y", "x"),
    ],
)
def test_flags_of_the_second_side_that_make_no_sense_are_said_in_one_sentence(
    flags: str, words: str, world, tmp_path, capsys
):
    page = tmp_path / "page.html"
    command = ["show", "contested-claims", "--build", str(world.folder.parent), "-o", str(page), f"--against={flags}"]
    assert main(command) == 2
    said = capsys.readouterr().err
    assert said.startswith("kg show: --against ")
    assert repr(flags) in said
    assert words in said
    assert said.count("\n") == 1
    assert not page.exists()


def test_an_empty_second_side_is_said(world, tmp_path, capsys):
    command = ["show", "contested-claims", "--build", str(world.folder.parent), "-o", str(tmp_path / "x"), "--against="]
    assert main(command) == 2
    assert "--against is empty" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("asked", "flags", "said"),
    [
        ("actors-on-each-route", "--view un --include-retracted", "side-include-retracted"),
        ("course-of-each-route --map", "--excluding actor:herald --first-hand", "side-excluding side-first-hand"),
        ("dates-of-events --timeline", "--known-by 2021 --least-confidence high", "side-known-by side-confidence-high"),
    ],
)
def test_the_command_compares_and_names_both_sides(asked: str, flags: str, said: str, world, tmp_path):
    page = tmp_path / "page.html"
    command = ["show", *asked.split(), "--build", str(world.folder.parent), "-o", str(page)]
    assert main([*command, f"--against={flags}"]) == 0
    html = page.read_text("utf-8")
    assert statuses(Page(html, "", ""))["removed"]
    first, second = page_data(html)["sides"]
    assert [key for key, *_ in first] == ["side-view"]
    assert [key for key, *_ in second] == ["side-view", *said.split()]
    assert all(key in WORDS["ar"] for key, *_ in second)
    assert f"<bdi>{first[0][1]['en']}</bdi>" in html


def test_two_scenarios_are_two_sides_of_one_picture(real, tmp_path):
    page = tmp_path / "page.html"
    one, other = "renewed-moroccan-influence-on-mali", "algeria-mali-fragile-reconciliation"
    command = ["show", "scenarios", "--build", str(real.folder.parent), "-o", str(page)]
    assert main([*command, f"--param=scenario=scenario:{one}", f"--against=--param scenario=scenario:{other}"]) == 0
    data = page_data(page.read_text("utf-8"))
    assert {edge["status"] for edge in data["edges"]} == {"added", "removed"}
    assert {edge["stands"] for edge in data["edges"] if edge["predicate"] != "kg:hasDriver"} == {"forecast"}
    names = [side[1][2]["en"] for side in data["sides"]]
    assert names == [
        "new tension after renewed Moroccan influence on Mali",
        "short and fragile reconciliation of Algeria and Mali",
    ]
