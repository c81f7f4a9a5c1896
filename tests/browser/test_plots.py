"""Maps and timelines as their user sees them: keys, address, search, kinds, zoom, and the files that the page saves."""

import csv
import io
from dataclasses import replace
from datetime import date
from itertools import pairwise
from xml.etree import ElementTree

import pytest
from rdflib import XSD, Literal, URIRef
from test_graph import claim, counts, live, look_for, saved

from kgtools.model import Answer, Evidence, Support
from kgtools.names import KG, expand
from kgtools.places import Geography, Point
from kgtools.render import map_page, timeline_page
from kgtools.times import Times

pytestmark = pytest.mark.browser

SIGNING, RAID, SEGMENT, ACTOR = map(expand, ("event:signing", "event:raid", "segment:s", "actor:a"))
GAO, MENAKA, KIDAL, PACT = map(expand, ("place:gao", "place:menaka", "place:kidal", "agreement:pact"))
LABELS = {
    GAO: {"en": "Gao", "ar": "غاو"},
    MENAKA: {"en": "Ménaka", "ar": "ميناكا"},
    KIDAL: {"en": "Kidal", "fr": "Kidal (ville)", "ar": "كيدال"},
    SIGNING: {"en": "signing of the pact", "fr": "signature du pacte", "ar": "توقيع الميثاق"},
    RAID: {"en": "=raid", "ar": "غارة"},
    PACT: {"en": "pact", "fr": "pacte", "ar": "ميثاق"},
    SEGMENT: {"en": "<img src=x onerror=window.hacked=1>"},
}
SAID = (
    (SIGNING, KG.date, Literal("2015-05-15", datatype=XSD.date), "one"),
    (SIGNING, KG.changesAgreement, PACT, "one"),
    (SIGNING, KG.takesPlaceIn, KIDAL, "one"),
    (RAID, KG.date, Literal("2016-02-29", datatype=XSD.date), "two"),
    (RAID, KG.takesPlaceIn, MENAKA, "two"),
    (SEGMENT, KG.fromPlace, GAO, "three"),
    (SEGMENT, KG.toPlace, MENAKA, "three"),
    (ACTOR, KG.taxes, SEGMENT, "three"),
)
POINTS = {
    GAO: Point(16.27, -0.04, "settlement"),
    MENAKA: Point(15.92, 2.4, "settlement"),
    KIDAL: Point(18.44, 1.41, "region"),
}
DRAWING, FIRST_TEXT = "#drawing", "#drawing .mark:not(.off) text"


def page_of(kind: str) -> str:
    iri = {name: URIRef(f"urn:{name}") for name in ("one", "two", "three", "no")}
    claims = {iri[name]: replace(claim(name), iri=iri[name], roots=(f"root of {name}",)) for name in iri}
    claims[iri["no"]] = replace(claims[iri["no"]], stance="denies")
    rows = tuple(
        (Support((s, p, o), "claimed", (iri[c],), (iri["no"],) if (p, c) == (KG.date, "two") else ()),)
        for s, p, o, c in SAID
    )
    found = Evidence(rows, claims, LABELS, {SIGNING: "Signature", RAID: "Incident", PACT: "Agreement"})
    answer, nothing = Answer("", question="made up", view="all", snapshot="0a1b"), Evidence((), {}, {}, {})
    if kind == "timeline":
        return timeline_page(answer, found, Times({}, nothing), title="What happened?").html
    roots = {iri[name]: frozenset({URIRef(f"urn:root-{name}")}) for name in iri}
    return map_page(answer, found, Geography(POINTS, roots, nothing), title="What happened where?").html


@pytest.mark.parametrize("kind", ["map", "timeline"])
def test_keys_go_from_mark_to_mark_and_each_move_is_spoken(kind: str, visit):
    page, wrong = visit(page_of(kind))
    page.locator(DRAWING).focus()
    heard = []
    for key in ("ArrowRight", *({"map": ("]", "ArrowUp"), "timeline": ("ArrowDown", "ArrowLeft")}[kind])):
        page.keyboard.press(key)
        heard.append(live(page))
    assert len(set(heard)) == 3
    assert all("claims for" in words for words in heard)
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "panel"
    assert page.locator("#panel .claim").count() >= 1
    assert "one independent origin" in page.locator("#panel").inner_text()
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.id") == "drawing"
    page.keyboard.press("+")
    page.wait_for_url("**/*camera=*")
    page.keyboard.press("0")
    page.wait_for_url(lambda url: "camera=" not in url)
    page.keyboard.press("Escape")
    assert page.locator("#drawing .chosen").count() == 0
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "search"
    assert wrong == []


@pytest.mark.parametrize(("kind", "camera"), [("map", "500,300,3"), ("timeline", "2015-05-01,2015-12-31")])
def test_a_link_brings_back_what_was_shown_and_nonsense_is_passed_over(kind: str, camera: str, visit, tmp_path):
    page, wrong = visit(page_of(kind))
    page.locator("#language").select_option("fr")
    page.locator('[data-filter="source"][value="urn:source:three"]').evaluate("box => box.click()")
    look_for(page, "kidal")
    page.wait_for_url("**/*open=*")
    page.evaluate("camera => { location.hash += `&camera=${camera}`; }", camera)
    seen = lambda: (  # noqa: E731
        counts(page), page.locator("#panel h2").inner_text(), page.locator("html").get_attribute("lang"),
        page.locator(DRAWING).evaluate("d => d.getAttribute('viewBox') + d.querySelector('.axis, .place').textContent"),
    )  # fmt: skip
    page.wait_for_timeout(400)
    before, address = seen(), page.url
    assert (
        before[1] == {"map": "Kidal (ville)", "timeline": "signature du pacte — kg:takesPlaceIn — Kidal (ville)"}[kind]
    )
    assert "3 assertions sur 4" in before[0]
    page.goto("about:blank")
    page.goto(address)
    page.wait_for_timeout(400)
    assert (seen(), page.url) == (before, address)
    for nonsense in (
        "#camera=1e999,0,0&open=__proto__&lang=zz&at=x&known=2020&off=x",
        "#camera=2020-99-99,2021-01-01&open=%3Cimg%20src%3Dx%3E",
        "#%",
    ):
        page.goto("about:blank")
        page.goto((tmp_path / "page.html").as_uri() + nonsense)
        assert counts(page).startswith({"map": "4 of 4 marks, 4 of 4", "timeline": "2 of 2 marks, 4 of 4"}[kind])
    assert wrong == []


@pytest.mark.parametrize("kind", ["map", "timeline"])
def test_files_have_what_is_shown_and_say_of_how_much_and_by_whom(kind: str, visit):
    page, wrong = visit(page_of(kind))
    page.locator('[data-filter="source"][value="urn:source:one"]').evaluate("box => box.click()")
    image = ElementTree.fromstring(saved(page, "svg"))
    words = " ".join(" ".join(image.itertext()).split())
    for text in (counts(page), "without: source of one", "source of two (2020)", "snapshot: 0a1b", "What happened"):
        assert text in words
    assert ("27°40' N" in words) == (kind == "map")
    assert {"map": "Ménaka", "timeline": "2016-02-29 (disputed)"}[kind] in words
    assert {"map": "Kidal", "timeline": "signing of the pact"}[kind] not in words.split("Sources")[0]
    tags = {element.tag.split("}")[1] for element in image.iter()}
    assert tags <= {"svg", "title", "rect", "text", "g", "path", "circle", "defs", "marker", "clipPath"}
    assert saved(page, "png").startswith(b"\x89PNG")
    rows = list(csv.DictReader(io.StringIO(saved(page, "csv").decode())))
    assert {name for row in rows for name in row["claims"].split()} == {"urn:two", "urn:three"}
    assert {name for row in rows for name in row["denials"].split()} == {"urn:no"}
    assert "'=raid" in {row["subject label"] for row in rows}
    extra = {"map": ("latitude", "15.92"), "timeline": ("first day", "2016-02-29")}[kind]
    assert extra[1] in {row[extra[0]] for row in rows}
    assert page.evaluate("window.hacked") is None
    assert wrong == []


@pytest.mark.parametrize("kind", ["map", "timeline"])
def test_a_mark_is_found_however_it_is_spelt(kind: str, visit):
    page, _ = visit(page_of(kind))
    for text in ("menaka", "MÉNAKA", "مِيناكا", "place:menaka"):
        page.locator("#clear").click()
        look_for(page, text)
        assert "Ménaka" in page.locator("#panel h2").inner_text(), text
    page.locator("#search").focus()
    assert page.locator("#names button").count() >= 1


def test_kinds_can_be_left_out_and_the_count_says_so(visit):
    page, _ = visit(page_of("map"))
    assert counts(page).startswith("4 of 4 marks")
    page.locator('[data-filter="kind"][value="leg"]').evaluate("box => box.click()")
    assert counts(page).startswith("3 of 4 marks")
    page, _ = visit(page_of("timeline"), "timeline.html")
    page.locator('[data-filter="kind"][value="Incident"]').evaluate("box => box.click()")
    assert counts(page).startswith("1 of 2 marks")
    assert page.locator("#drawing .lane:not(.off)").count() == 1


def test_what_is_disputed_says_so_in_words(visit):
    page, _ = visit(page_of("map"))
    page.locator("#drawing .mark.place", has_text="Ménaka").dispatch_event("click")
    assert "disputed: 1 of 3 statements" in page.locator("#panel").inner_text()
    assert "disputed" in page.locator("#drawing .mark.place", has_text="Ménaka").get_attribute("aria-label")


def test_lines_of_the_axis_stand_on_their_days_at_every_zoom(visit):
    page, _ = visit(page_of("timeline"))
    page.wait_for_url("**/*lang=*")
    steps = set()
    for days in ("2015-05-01,2016-03-01", "2015-05-10,2015-05-25", "2015-05-10,2015-11-25"):
        page.evaluate("days => { location.hash = `camera=${days}`; }", days)
        page.wait_for_timeout(50)
        ticks = page.locator("#drawing .tick").evaluate_all(
            "all => all.map((t) => [t.textContent, t.getAttribute('x')])"
        )
        at = [(date.fromisoformat((text + "-01-01")[:10]).toordinal(), float(x)) for text, x in ticks]
        (first, x1), (last, x2) = at[0], at[-1]
        scale = (x2 - x1) / (last - first)
        assert all(abs(x1 + (day - first) * scale - x) < 0.5 for day, x in at)
        assert all(b - a > 40 for (_, a), (_, b) in pairwise(at))
        mark = page.locator("#drawing .mark.claimed .mark-day").get_attribute("d")
        middle = x1 + (date(2015, 5, 15).toordinal() + 0.5 - first) * scale
        assert abs(float(mark[1:].split(",")[0]) - middle) < 0.6
        steps.add(at[1][0] - first)
    assert len(steps) == 3


def test_closer_up_words_keep_their_size_and_places_come_apart(visit):
    page, _ = visit(page_of("map"))
    boxes = lambda: [page.locator("#drawing .place .site").nth(n).bounding_box() for n in (0, 2)]  # noqa: E731
    words = lambda: page.locator(FIRST_TEXT, has_text="Gao").bounding_box()  # noqa: E731
    (one, other), high = boxes(), words()["height"]
    assert "outside" not in page.locator("#notes").inner_text()
    page.mouse.move(one["x"] + one["width"] / 2, one["y"] + one["height"] / 2)
    for _ in range(3):
        page.mouse.wheel(0, -300)
    page.wait_for_timeout(100)
    near, far = boxes()
    assert "Marks outside the part that is seen" in page.locator("#notes").inner_text()
    assert abs(words()["height"] - high) < 1.5
    assert abs(far["x"] - near["x"]) > 2 * abs(other["x"] - one["x"])
    assert abs(near["x"] - one["x"]) < 8


def test_marks_are_called_in_the_language_of_the_page(visit):
    page, wrong = visit(page_of("timeline"))
    page.locator("#language").select_option("ar")
    words = page.locator(DRAWING).text_content() or ""
    assert "ميثاق" in words
    assert "توقيع الميثاق" in words
    assert "متنازع عليه" in words
    page.locator("#drawing .lane").first.dispatch_event("click")
    assert page.locator("#panel h2").inner_text().strip("\u2068\u2069") == "ميثاق"
    assert wrong == []
