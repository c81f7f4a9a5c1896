"""Timelines, maps and still images in a real browser, offline: nothing foreign runs, and each mark opens its claims."""

import base64
from dataclasses import replace
from pathlib import Path

import pytest
from hostile import TEXTS
from rdflib import XSD, Literal, URIRef

from kgtools.build import Built
from kgtools.evidence import evidence
from kgtools.model import Answer, ClaimRecord, Evidence, Support
from kgtools.names import KG, expand
from kgtools.places import Geography, Point, read_geography
from kgtools.questions import ask, find_question
from kgtools.render import Page, graph_page, map_page, timeline_page
from kgtools.store import Store
from kgtools.times import Times, read_times

pytestmark = pytest.mark.browser

QUESTIONS = Path(__file__).resolve().parents[2] / "ontology" / "questions"
# Presses Enter on one mark after the other; how many claims each opens.
OPEN_ALL = """Array.from(document.querySelectorAll(".mark, #edges tbody tr"), (mark) => {
  mark.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true, cancelable: true }));
  return document.querySelectorAll("#panel .claim").length;
})"""
EVENT, PLACE, ACTOR, SEGMENT, GAO = map(expand, ("event:e", "place:p", "actor:a", "segment:s", "place:gao"))
POINTS = {PLACE: Point(17.0, -1.0, "settlement"), GAO: Point(16.3, 0.0, "region")}


def page_for(built: Built, kind: str, name: str) -> Page:
    question = find_question(QUESTIONS, name)
    with Store.open(built.folder) as store:
        answer = ask(store, question)
        found = evidence(store, answer)
        if kind == "map":
            return map_page(answer, found, read_geography(store, answer, found), title=question.summary)
        return timeline_page(answer, found, read_times(store, answer, found), title=question.summary)


def hostile(*texts: str) -> dict[str, Page]:
    """All three drawings of an answer in which every text is one of these, and its origin is the first."""
    claims, rows, labels, kinds, points = {}, [], {}, {}, {}
    for number, text in enumerate(texts):
        event, place, actor, segment, gao = (URIRef(f"{one}{number}") for one in (EVENT, PLACE, ACTOR, SEGMENT, GAO))
        fields = (
            text,
            "asserts",
            text,
            text,
            text,
            URIRef(f"urn:s{number}"),
            text,
            text,
            (text,),
            text,
            text,
            text,
            text,
        )
        claim = replace(ClaimRecord(URIRef(f"urn:c{number}"), *fields), passage=text, link=text)
        said = (
            (event, KG.date, Literal("2021", datatype=XSD.gYear)),
            (event, KG.takesPlaceIn, place),
            (segment, KG.fromPlace, place),
            (segment, KG.toPlace, gao),
            (actor, KG.taxes, segment),
            (actor, KG.isCalled, Literal(text)),
        )
        claims[claim.iri], kinds[event] = claim, text
        rows.append(tuple(Support(triple, "claimed", (claim.iri,)) for triple in said))
        labels |= {term: {"en": text} for triple in said for term in triple if isinstance(term, URIRef)}
        points |= {place: Point(17.0 - number / 9, -1.0, "settlement"), gao: Point(16.0 - number / 9, 0.0, "region")}
    found, nothing = Evidence(tuple(rows), claims, labels, kinds), Evidence((), {}, {}, {})
    first = texts[0]
    answer = Answer("", columns=texts, rows=(tuple(map(Literal, texts)),), question=first, view=first, snapshot=first)
    times = Times(dict.fromkeys(claims, (("2020-01-01", "2020-12-31"), None)), nothing)
    where = Geography(points, {iri: frozenset({URIRef("urn:r")}) for iri in claims}, nothing)
    return {
        "graph": graph_page(answer, found, title=first),
        "map": map_page(answer, found, where, title=first),
        "timeline": timeline_page(answer, found, times, title=first),
    }


def nowhere(kind: str) -> Page:
    """A drawing of an answer that has neither a place nor a date."""
    claim = ClaimRecord(
        URIRef("urn:c"), "h", "asserts", "no hedge", None, "p", URIRef("urn:s"), "t", None, (), "para. 1", "high"
    )
    row = (Support((ACTOR, KG.finances, expand("actor:b")), "claimed", (claim.iri,)),)
    found, nothing = Evidence((row,), {claim.iri: claim}, {}, {}), Evidence((), {}, {}, {})
    if kind == "map":
        return map_page(Answer(""), found, Geography({}, {}, nothing), title="x")
    return timeline_page(Answer(""), found, Times({}, nothing), title="x")


def as_images(stills: list[str]) -> str:
    """A page that shows nothing but still images, as a notebook without script would."""
    data = [base64.b64encode(still.encode()).decode() for still in stills]
    images = "".join(f"<img src='data:image/svg+xml;base64,{one}'>" for one in data)
    return f"<!doctype html><title>x</title><body>{images}"


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("map", "actors-on-each-route"),
        ("map", "seizures"),
        ("timeline", "life-of-each-agreement"),
        ("timeline", "positions-on-issues"),
    ],
)
def test_every_mark_opens_its_claims_by_click_and_by_key(kind: str, name: str, real: Built, visit):
    page, wrong = visit(page_for(real, kind, name).html)
    marks = page.locator("#drawing .mark")
    assert marks.count() > 5
    for number in (0, marks.count() // 2, marks.count() - 1):
        for key in ("Enter", " "):
            marks.nth(number).focus()
            page.keyboard.press(key)
            by_key = page.locator("#panel").inner_text()
            assert "claim:" in by_key
    marks.nth(0).locator(".hit").dispatch_event("click")
    assert "claim:" in page.locator("#panel").inner_text()
    row = page.locator("tr[data-id]").first
    row.focus()
    page.keyboard.press("Enter")
    assert "claim:" in page.locator("#panel").inner_text()
    assert wrong == []


@pytest.mark.parametrize(("kind", "name"), [("map", "actors-on-each-route"), ("timeline", "diplomatic-acts")])
def test_every_mark_of_the_picture_has_its_row(kind: str, name: str, real: Built, visit):
    page, _ = visit(page_for(real, kind, name).html)
    ids = "(s) => Array.from(new Set(Array.from(document.querySelectorAll(s)).map((e) => e.dataset.id))).sort()"
    drawn = set(page.evaluate(ids, "#drawing .mark:not(.lane)"))
    assert drawn
    assert drawn <= set(page.evaluate(ids, "tr[data-id]"))


@pytest.mark.parametrize(("kind", "name"), [("map", "actors-on-each-route"), ("timeline", "diplomatic-acts")])
def test_hiding_every_source_hides_every_mark_and_the_count_says_so(kind: str, name: str, real: Built, visit):
    page, _ = visit(page_for(real, kind, name).html)
    page.evaluate(
        "document.querySelectorAll('input[data-filter=source]').forEach((b) => { if (b.checked) b.click(); })"
    )
    assert page.locator("#drawing .mark:not(.off)").count() == 0
    assert page.locator("#counts").inner_text().startswith("0 of ")


@pytest.mark.parametrize(("kind", "name"), [("map", "actors-on-each-route"), ("timeline", "diplomatic-acts")])
def test_without_script_picture_and_lists_are_there(kind: str, name: str, real: Built, visit):
    page, _ = visit(page_for(real, kind, name).html, java_script_enabled=False)
    assert page.locator("#drawing .mark").count() > 5
    assert page.locator("tr[data-id]").count() > 5


@pytest.mark.parametrize("kind", ["map", "timeline"])
def test_a_page_without_a_picture_still_opens_what_it_lists(kind: str, visit):
    page, wrong = visit(nowhere(kind).html)
    assert "Nothing in this answer has a" in page.locator(".empty").inner_text()
    assert page.locator("#drawing").is_hidden()
    page.locator("tr[data-id]").first.click()
    assert page.locator("#panel .claim").count() == 1
    assert wrong == []


@pytest.mark.parametrize("start", range(0, len(TEXTS), 6))
def test_hostile_text_never_runs_in_any_drawing(start: int, walk):
    texts = TEXTS[start : start + 6]
    for kind, drawing in hostile(*texts).items():
        page, wrong = walk(drawing.html, f"{kind}.html")
        opened = page.evaluate(OPEN_ALL)
        assert len(opened) >= len(texts)
        assert min(opened) >= 1
        assert page.evaluate("window.hacked") is None
        assert wrong == [], (kind, texts)


@pytest.mark.parametrize("start", range(0, len(TEXTS), 15))
def test_a_still_image_opens_as_an_image_whatever_it_says(start: int, visit):
    stills = [drawing.still for text in TEXTS[start : start + 15] for drawing in hostile(text).values()]
    page, wrong = visit(as_images(stills), "images.html")
    decoded = "Promise.all(Array.from(document.images, (i) => i.decode().then(() => i.naturalWidth)))"
    assert page.evaluate(decoded) == [960] * len(stills)
    assert [line for line in wrong if not line.startswith("data:image/svg+xml")] == []
