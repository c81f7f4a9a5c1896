"""Still images, timelines and maps: no claim lost, hostile text inert, nothing shown that no source says."""

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest
from rdflib import XSD, Literal, URIRef
from test_render import CLAIM, PAYLOADS, Elements, made_up, page_data

from kgtools.build import Built
from kgtools.evidence import evidence
from kgtools.model import Answer, Evidence, Support
from kgtools.names import KG, expand
from kgtools.places import Geography, Point, read_geography
from kgtools.questions import ask, find_question
from kgtools.render import Page, graph_page, map_page, timeline_page
from kgtools.render.basemap import inside
from kgtools.render.sites import Located, located
from kgtools.render.spans import dated, said_days
from kgtools.render.words import said
from kgtools.store import Store
from kgtools.times import Times, read_times

QUESTIONS = Path(__file__).resolve().parents[2] / "ontology" / "questions"
NAMES = sorted(path.stem for path in QUESTIONS.glob("*.rq"))
KINDS = ("graph", "map", "timeline")
NOTHING = Evidence((), {}, {}, {})
EVENT, LEG, ROUTE = expand("event:e"), expand("segment:s"), expand("route:r")
GAO, KIDAL = expand("place:gao"), expand("place:kidal")
POINTS = {GAO: Point(16.27, -0.04, "settlement"), KIDAL: Point(18.44, 1.41, "settlement")}
HARD = [*PAYLOADS, "\x00\x01\x1f\ufffe", "\ud800 half a pair", "حركة أزواد " * 12, "x" * 400, ""]


def claims_under(found: Evidence) -> set[str]:
    return {str(iri) for row in found.rows for s in row for iri in (*s.claims, *s.denials)}


def drawn(kind: str, answer: Answer, found: Evidence, store: Store | None = None, title: str = "Title?") -> Page:
    if kind == "graph":
        return graph_page(answer, found, title=title)
    if kind == "map":
        where = read_geography(store, answer, found) if store else Geography(POINTS, {}, NOTHING)
        return map_page(answer, found, where, title=title)
    when = (
        read_times(store, answer, found) if store else Times({CLAIM.iri: (("2020-01-01", "2020-12-31"), None)}, NOTHING)
    )
    return timeline_page(answer, found, when, title=title)


def words_of(image: str) -> str:
    """The words of a still image, whatever lines they are broken into."""
    return " ".join(" ".join(ElementTree.fromstring(image).itertext()).split())


def saying(
    *said: tuple[URIRef, URIRef, URIRef | Literal, str], stance: str = "asserts", denials: tuple = ()
) -> Evidence:
    """Evidence of one row: each triple with the name of its one claim, which is also its holder."""
    supports = tuple(Support((s, p, o), "claimed", (URIRef(f"urn:{c}"),), denials) for s, p, o, c in said)
    names = sorted({c for *_, c in said} | {str(d).removeprefix("urn:") for d in denials})
    claims = {URIRef(f"urn:{c}"): replace(CLAIM, iri=URIRef(f"urn:{c}"), holder=c, stance=stance) for c in names}
    return Evidence((supports,), claims, {}, {EVENT: "Event"})


def roots(**of: str) -> dict[URIRef, frozenset[URIRef]]:
    return {URIRef(f"urn:{claim}"): frozenset({URIRef(f"urn:root-{root}")}) for claim, root in of.items()}


def sited(found: Evidence, known: dict, points: dict = POINTS) -> Located:
    return located(found, Geography(points, known, NOTHING), {place for place, at in points.items() if inside(at)})


@pytest.fixture(scope="module")
def answers(store: Store) -> dict[str, tuple[Answer, Evidence]]:
    asked = {name: ask(store, find_question(QUESTIONS, name)) for name in NAMES}
    return {name: (answer, evidence(store, answer)) for name, answer in asked.items()}


@pytest.mark.parametrize("kind", ["map", "timeline"])
@pytest.mark.parametrize("name", NAMES)
def test_every_claim_of_the_answer_can_be_opened(kind: str, name: str, answers, store: Store):
    answer, found = answers[name]
    page = drawn(kind, answer, found, store)
    data = page_data(page.html)
    opened = {
        iri
        for mark in data["marks"].values()
        for number in mark["sections"]
        for iri in (*data["statements"][number]["claims"], *data["statements"][number]["denials"])
    }
    more = len(opened - claims_under(found))
    assert opened == set(data["claims"])
    assert opened >= claims_under(found)
    assert (f"{more} claims are not of the answer itself" in page.html) == bool(more)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("text", HARD, ids=range(len(HARD)))
def test_a_still_image_is_sound_xml_whatever_stands_in_labels(kind: str, text: str):
    claim = replace(CLAIM, holder=text, paraphrase=text, source_title=text)
    known = made_up([(EVENT, KG.takesPlaceIn, GAO), (EVENT, KG.follows, expand("event:f"))], text or " ", claim)
    answer = Answer("", columns=(text,), rows=((Literal(text),),), question=text, view=text, snapshot=text)
    page = drawn(kind, answer, known, title=text)
    image = ElementTree.fromstring(page.still.encode("utf-8"))
    tags = {element.tag.split("}")[1] for element in image.iter()}
    assert tags <= {"svg", "title", "style", "rect", "text", "g", "path", "polygon", "circle", "defs", "marker"}
    assert not {name for element in image.iter() for name in element.attrib if name.startswith("on") or "href" in name}
    assert Elements(page.html).handlers == []
    assert page.html.count("<script") == 2
    page.html.encode("utf-8")


@pytest.mark.parametrize("kind", KINDS)
def test_a_still_image_says_what_it_is_of_and_what_it_is_not(kind: str):
    known = made_up([(EVENT, KG.takesPlaceIn, GAO)])
    answer = Answer("", question="events", view="press", snapshot="0a1b")
    image = drawn(kind, answer, known, title="Which events?").still
    words = words_of(image)
    assert "Which events?" in words
    assert "An edge shows what sources say, not what is so" in words
    assert "view: press; snapshot: 0a1b" in words
    assert "url(" not in image.replace("url(#", "")
    assert "var(" not in image


@pytest.mark.parametrize("kind", KINDS)
def test_a_still_image_of_much_stays_small_and_says_what_it_leaves_out(kind: str):
    edges = [(f"{EVENT}{n}", KG.takesPlaceIn, expand(f"place:p{n}")) for n in range(400)]
    points = {expand(f"place:p{n}"): Point(10 + n % 20, n // 20, "settlement") for n in range(400)}
    known, answer = made_up(edges), Answer("")
    if kind == "map":
        page = map_page(answer, known, Geography(points, {}, NOTHING), title="x")
    else:
        page = drawn(kind, answer, known)
    assert len(page.still.encode()) < 60_000
    assert "Shown: " in page.still


@pytest.mark.parametrize(
    ("kind", "sentence"), [("graph", "no edges to draw"), ("map", "has a place on the map"), ("timeline", "has a date")]
)
def test_an_empty_answer_says_so_in_page_and_image(kind: str, sentence: str):
    page = drawn(kind, Answer("", columns=("a",)), NOTHING)
    assert sentence in page.html
    assert sentence in words_of(page.still)


@pytest.mark.parametrize("kind", KINDS)
def test_equal_input_gives_equal_bytes(kind: str, world: Built):
    code = (
        "import sys\nsys.path.insert(0, 'tests/unit')\nfrom pathlib import Path\nfrom test_drawings import *\n"
        "with Store.open(Path(sys.argv[1])) as s:\n"
        "    a = ask(s, find_question(QUESTIONS, 'roles-on-segments'))\n"
        "    p = drawn(sys.argv[2], a, evidence(s, a), s)\n"
        "    sys.stdout.buffer.write((p.html + p.still).encode())"
    )
    command = [sys.executable, "-c", code, str(world.folder), kind]
    runs = [
        subprocess.run(command, env={**os.environ, **more}, capture_output=True, check=True).stdout
        for more in ({"PYTHONHASHSEED": "1"}, {"PYTHONHASHSEED": "2", "LC_ALL": "C"})
    ]
    assert runs[0] == runs[1]
    assert b"<svg" in runs[0]


# Timeline


def test_a_year_is_the_span_that_it_means():
    found = saying((EVENT, KG.date, Literal("2021", datatype=XSD.gYear), "one"))
    (span,) = dated(found, Times({}, NOTHING)).spans
    assert (span.begins, span.ends, span.period) == (("2021-01-01", "2021-12-31"),) * 2 + (False,)
    assert 'class="bar soft claimed"' in timeline_page(Answer(""), found, Times({}, NOTHING), title="x").html


def test_contested_dates_stand_side_by_side_with_their_holders():
    days = [
        (EVENT, KG.date, Literal(day, datatype=XSD.date), who)
        for day, who in (("2021-03-01", "x"), ("2021-03-09", "y"))
    ]
    spans = dated(saying(*days), Times({}, NOTHING)).spans
    assert [(span.lane, span.words) for span in spans] == [(EVENT, "2021-03-01, by x"), (EVENT, "2021-03-09, by y")]


def test_an_end_is_joined_to_a_beginning_only_where_one_holder_gives_both():
    start = (EVENT, KG.date, Literal("2021-03-01", datatype=XSD.date))
    end = (EVENT, KG.endDate, Literal("2021-04-01", datatype=XSD.date))
    joined = dated(saying((*start, "x"), (*end, "x")), Times({}, NOTHING)).spans
    apart = dated(saying((*start, "x"), (*end, "y")), Times({}, NOTHING)).spans
    assert [span.words for span in joined] == ["2021-03-01 – 2021-04-01"]
    assert [span.words for span in apart] == ["2021-03-01, by x", "ends 2021-04-01, by y"]


def test_who_gives_only_the_beginning_is_not_said_to_give_the_end():
    start = (EVENT, KG.date, Literal("2021-03-01", datatype=XSD.date))
    end = (EVENT, KG.endDate, Literal("2021-04-01", datatype=XSD.date))
    found = saying((*start, "x"), (*start, "y"), (*end, "x"))
    spans = dated(found, Times({}, NOTHING)).spans
    assert [span.words for span in spans] == ["2021-03-01 – 2021-04-01, by x", "2021-03-01, by y"]
    assert [{iri for one in span.dating for iri in one.claims} for span in spans] == [
        {URIRef("urn:x")},
        {URIRef("urn:y")},
    ]


def test_an_open_end_stays_open():
    found = saying((expand("actor:a"), KG.takesPosition, expand("position:p"), "one"))
    times = Times({URIRef("urn:one"): (("2020-01-01", "2020-01-01"), None)}, NOTHING)
    (span,) = dated(found, times).spans
    page = timeline_page(Answer(""), found, times, title="x").html
    assert span.ends is None
    assert 'class="tail claimed"' in page
    assert "2020-01-01 to ?" in page


def test_what_nothing_dates_is_listed_and_counted():
    found = saying((expand("actor:a"), KG.finances, expand("actor:b"), "one"))
    page = timeline_page(Answer(""), found, Times({}, NOTHING), title="x").html
    assert "Not dated</span> (1)" in page
    assert "statements without a date: 1" in page


def test_a_denied_date_is_dashed_and_says_so():
    found = saying((EVENT, KG.date, Literal("2021-03-01", datatype=XSD.date), "x"), denials=(URIRef("urn:y"),))
    page = timeline_page(Answer(""), found, Times({}, NOTHING), title="x").html
    assert 'class="mark-day disputed"' in page
    assert "2021-03-01 (disputed)</text>" in page


def test_an_agreement_stands_until_it_is_dated_to_have_ended(real_store: Store):
    answer = ask(real_store, find_question(QUESTIONS, "agreements-in-force"))
    found = evidence(real_store, answer)
    standing = dated(found, read_times(real_store, answer, found)).standing
    assert standing[expand("agreement:algiers-agreement-2015")][1] == "2024-01-25"


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (("2021-01-01", "2021-12-31"), "2021"),
        (("2024-02-01", "2024-02-29"), "2024-02"),
        (("2021-03-04", "2021-03-04"), "2021-03-04"),
        (("2021-03-04", "2021-05-01"), "2021-03-04 to 2021-05-01"),
    ],
)
def test_days_are_said_as_precisely_as_they_are(days: tuple[str, str], words: str):
    assert said_days(days) == words


# Map


@pytest.mark.parametrize(("second", "legs"), [("a", 1), ("b", 0)])
def test_a_leg_is_drawn_only_where_one_origin_names_both_ends(second: str, legs: int):
    found = saying((LEG, KG.fromPlace, GAO, "one"), (LEG, KG.toPlace, KIDAL, "two"))
    all_ = sited(found, roots(one="a", two=second))
    assert len(all_.legs) == legs
    assert [said(why) for why, _ in all_.segments.values()] == ["no origin names both ends together"] * (1 - legs)


def test_who_denies_a_leg_does_not_name_it():
    found = saying((LEG, KG.fromPlace, GAO, "one"), (LEG, KG.toPlace, KIDAL, "one"), stance="denies")
    assert sited(found, roots(one="a")).legs == ()


def test_roles_on_a_leg_are_told_apart_and_a_denied_role_is_none():
    ends = ((LEG, KG.fromPlace, GAO, "one"), (LEG, KG.toPlace, KIDAL, "one"))
    found = saying(*ends, (expand("actor:a"), KG.taxes, LEG, "one"), (expand("actor:b"), KG.interdicts, LEG, "one"))
    (leg,) = sited(found, roots(one="a")).legs
    page = map_page(Answer(""), found, Geography(POINTS, roots(one="a"), NOTHING), title="x").html
    assert (leg.exploited, leg.interdicted) == (("kg:taxes",), ("kg:interdicts",))
    assert 'class="leg exploited"' in page
    assert 'class="leg interdicted"' in page
    denied = saying((expand("actor:a"), KG.taxes, LEG, "two"), stance="denies")
    both = Evidence((*saying(*ends).rows, *denied.rows), saying(*ends).claims | denied.claims, {}, {})
    assert sited(both, roots(one="a", two="b")).legs[0].exploited == ()


def test_a_role_on_a_whole_route_is_on_none_of_its_legs():
    ends = ((LEG, KG.fromPlace, GAO, "one"), (LEG, KG.toPlace, KIDAL, "one"), (LEG, KG.segmentOf, ROUTE, "one"))
    all_ = sited(saying(*ends, (expand("actor:a"), KG.taxesRoute, ROUTE, "one")), roots(one="a"))
    assert all_.legs[0].exploited == ()
    assert KG.taxesRoute in {one.triple[1] for one in all_.routes[ROUTE]}


def test_places_without_coordinates_and_beyond_the_map_are_counted():
    far = {**POINTS, expand("place:far"): Point(60, 100, "country")}
    found = saying(
        (EVENT, KG.takesPlaceIn, expand("place:far"), "one"), (EVENT, KG.takesPlaceIn, expand("place:x"), "one")
    )
    page = map_page(Answer(""), found, Geography(far, {}, NOTHING), title="x").html
    assert "places without coordinates: 1; places beyond the map: 1; statements without a place: 2" in page


def test_the_map_draws_no_berm_and_dashes_the_line_of_the_united_nations():
    from kgtools.render import basemap

    lines = {kind: [basemap._points(line) for line in basemap._basemap()[kind]] for kind in ("borders", "disputed")}
    northern = [line for line in lines["disputed"] if all(abs(lat - (27 + 40 / 60)) < 1e-9 for _, lat in line)]
    assert [[round(lon, 2) for lon, _ in line] for line in northern] == [[-13.17, -8.67]]
    berm = ((-9.98, 26.89), (-11.4, 26.58), (-12.5, 24.77), (-13.77, 23.79), (-14.19, 22.45))
    points = [point for kind in lines.values() for line in kind for point in line]
    assert points
    assert not [p for p in points for lon, lat in berm if abs(p[0] - lon) < 0.3 and abs(p[1] - lat) < 0.3]


def test_the_caption_says_whose_lines_are_drawn():
    found = saying((EVENT, KG.takesPlaceIn, GAO, "one"))
    page = map_page(Answer(""), found, Geography(POINTS, {}, NOTHING), title="x")
    for words in ("Natural Earth", "non-self-governing territories", "berm is not drawn"):
        assert words in page.html
        assert words in words_of(page.still)


def test_a_point_that_stands_for_a_country_is_marked_as_uncertain():
    found = saying((EVENT, KG.takesPlaceIn, GAO, "one"))
    points = {GAO: Point(16.0, 0.0, "country")}
    page = map_page(Answer(""), found, Geography(points, {}, NOTHING), title="x").html
    assert 'class="site wide"' in page
    assert "the mark stands for the whole country" in page
