"""The graph page as its user sees it: pointer and keys, filters, time, search, ways, groups, files, languages."""

import csv
import io
import json
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit
from xml.etree import ElementTree

import networkx as nx
import pytest
from rdflib import Literal, URIRef

from kgtools.build import Built
from kgtools.evidence import evidence
from kgtools.model import Answer, ClaimRecord, Evidence, Support
from kgtools.questions import ask, find_question
from kgtools.render import graph_page
from kgtools.store import Store

pytestmark = pytest.mark.browser

ACTOR, DEF, CLAIM = (f"https://w3id.org/sahel-kg/{part}/" for part in ("id/actor", "def", "id/claim"))


def claim(name: str, **more: object) -> ClaimRecord:
    record = ClaimRecord(
        URIRef(CLAIM + name),
        f"holder of {name}",
        "asserts",
        "no hedge",
        None,
        f"what {name} says",
        URIRef(f"urn:source:{name}"),
        f"source of {name}",
        "2020",
        ("press",),
        "section 1",
        "high",
    )
    return replace(record, **more)


def edge(
    one: str, role: str, other: str, *claims: str, denials: tuple[str, ...] = (), status: str = "claimed"
) -> Support:
    ends = (URIRef(ACTOR + one), URIRef(DEF + role), URIRef(ACTOR + other))
    named = [tuple(URIRef(CLAIM + name) for name in names) for names in (claims, denials)]
    return Support(ends, status, *named)


def drawn(
    *edges: Support, claims: tuple[ClaimRecord, ...] = (), labels: dict | None = None, kinds: dict | None = None
) -> str:
    named = {record.iri: record for record in claims}
    under = {iri for one in edges for iri in (*one.claims, *one.denials)}
    known = {iri: named.get(iri) or claim(str(iri).removeprefix(CLAIM)) for iri in sorted(under)}
    iri = lambda names: {URIRef(ACTOR + name): value for name, value in (names or {}).items()}  # noqa: E731
    found = Evidence((edges,), known, iri(labels), iri(kinds))
    return graph_page(
        Answer("", question="made up", view="all", snapshot="0a1b"), found, title="Who deals with whom?"
    ).html


PAIR = drawn(edge("a", "meets", "b", "one"))
CHAIN = drawn(
    *(edge(one, "meets", other, one + other) for one, other in ("ab", "bc", "cd")), edge("a", "pays", "x", "ax"),
    labels={"a": {"en": "Algeria", "fr": "Algérie", "ar": "الجزائر"}, "d": {"en": "Déby", "ar": "ديبي"}},
    kinds={"a": "State", "b": "ArmedGroup", "c": "ArmedGroup", "d": "Person", "x": "Person"},
)  # fmt: skip


def counts(page) -> str:
    return page.locator("#counts").inner_text()


def live(page) -> str:
    return page.locator("#live").text_content() or ""


def look_for(page, text: str) -> None:
    page.locator("#search").fill(text)
    page.locator("#search").press("Enter")


def click_at(page, x: float, y: float) -> None:
    """Click where the picture has this point, by the camera in the page's address."""
    page.wait_for_url("**/*camera=*")
    left, top, scale = map(float, parse_qs(urlsplit(page.url).fragment)["camera"][0].split(","))
    box = page.locator("#drawing").bounding_box()
    page.mouse.click(box["x"] + box["width"] / 2 + (x - left) * scale, box["y"] + box["height"] / 2 + (y - top) * scale)


def test_a_click_on_an_edge_or_a_node_opens_it(visit):
    page, wrong = visit(PAIR)
    (x1, y1), (x2, y2) = ((node["x"], node["y"]) for node in json.loads(page.locator("#data").text_content())["nodes"])
    click_at(page, (x1 + x2) / 2, (y1 + y2) / 2)
    assert "holder of one" in page.locator("#panel").inner_text()
    assert page.locator("#panel h2").inner_text() == "Evidence"
    click_at(page, x2, y2)
    assert page.locator("#panel h2").inner_text() == "actor:b"
    assert wrong == []


def test_keys_reach_every_node_and_every_parallel_edge(visit):
    page, _ = visit(
        drawn(*(edge("a", role, "b", role) for role in ("meets", "pays", "taxes")), edge("b", "owes", "a", "owes"))
    )
    page.locator("#drawing").focus()
    page.keyboard.press("ArrowRight")
    heard = set()
    for _ in range(4):
        page.keyboard.press("]")
        heard.add(live(page))
    assert {word for text in heard for word in ("meets", "pays", "taxes", "owes") if f"kg:{word}" in text} == {
        "meets", "pays", "taxes", "owes",
    }  # fmt: skip
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "panel"
    assert page.locator("#panel .claim").count() == 1


def test_whoever_denies_stands_beside_whoever_says_so(visit):
    page, _ = visit(drawn(edge("a", "meets", "b", "yes", denials=("no",)), claims=(claim("no", stance="denies"),)))
    page.locator("#edges tbody tr").click()
    sides = page.locator("#panel .side")
    boxes = [sides.nth(n).bounding_box() for n in range(2)]
    assert sides.locator("h3").all_inner_texts() == ["SAYS SO (1)", "DENIES IT (1)"]
    assert boxes[0]["y"] == boxes[1]["y"]
    assert boxes[0]["x"] < boxes[1]["x"]


@pytest.mark.parametrize(
    ("box", "left"),
    [
        ('[data-filter="source"][value="urn:source:ab"]', "3 of 4 edges"),
        ('[data-filter="kind"][value="ArmedGroup"]', "1 of 4 edges"),
        ('[data-filter="role"][value="kg:pays"]', "3 of 4 edges"),
        ('[data-filter="status"][value="claimed"]', "0 of 4 edges"),
        ('[data-filter="perspective"][value="press"]', "0 of 4 edges"),
        ('[data-filter="confidence"][value="high"]', "0 of 4 edges"),
    ],
)
def test_a_filter_hides_what_rests_on_nothing_else_and_the_count_says_so(visit, box: str, left: str):
    page, _ = visit(CHAIN)
    assert counts(page).startswith("4 of 4 edges, 5 of 5 nodes, 4 of 4 claims")
    page.locator(f"input{box}").evaluate("box => box.click()")
    assert counts(page).startswith(left)
    assert page.locator("#edges tbody tr:not(.off)").count() == int(left[0])
    page.locator(f"input{box}").evaluate("box => box.click()")
    assert counts(page).startswith("4 of 4 edges")


def test_with_no_relation_chosen_no_edge_is_shown_and_what_has_few_edges_can_be_hidden(visit):
    page, wrong = visit(
        drawn(edge("a", "meets", "b", "one"), edge("a", "pays", "c", "two"), edge("b", "pays", "c", "six"))
    )
    page.locator("#degree").fill("2")
    assert counts(page).startswith("3 of 3 edges, 3 of 3 nodes")
    page.locator('input[data-filter="role"][value="kg:meets"]').evaluate("box => box.click()")
    assert counts(page).startswith("0 of 3 edges, 1 of 3 nodes")
    page.wait_for_timeout(300)
    page.reload()
    assert page.locator("#degree").input_value() == "2"
    page.locator("#degree").fill("")
    assert counts(page).startswith("2 of 3 edges, 3 of 3 nodes")
    page.locator('input[data-filter="role"][value="kg:pays"]').evaluate("box => box.click()")
    assert counts(page).startswith("0 of 3 edges")
    assert wrong == []


def test_an_edge_stays_while_one_of_its_sources_is_shown(visit):
    page, _ = visit(drawn(edge("a", "meets", "b", "one", "two")))
    for name, left in (("one", "1 of 1 edges, 2 of 2 nodes, 1 of 2 claims"), ("two", "0 of 1 edges")):
        page.locator(f'input[value="urn:source:{name}"]').uncheck()
        assert counts(page).startswith(left)


def test_at_a_month_what_is_not_said_to_hold_then_is_hidden_and_what_has_no_date_is_told(visit):
    dated = [claim("old", valid="2012 to 2015-06"), claim("new", valid="2023-03-04 to ?"), claim("always")]
    page, _ = visit(drawn(*(edge("a", name, "b", name) for name in ("old", "new", "always")), claims=tuple(dated)))
    assert page.locator("#at").get_attribute("min") == str(2012 * 12)
    page.locator("#at-on").check()
    page.locator("#at").evaluate(
        "(at, month) => { at.value = month; at.dispatchEvent(new Event('input')); }", 2015 * 12 + 5
    )
    assert page.locator("#at-month").inner_text() == "2015-06"
    assert counts(page).startswith("2 of 3 edges")
    assert "1 of them undated" in counts(page)
    page.locator("#undated summary").click()
    assert page.locator("#undated button").all_inner_texts() == ["actor:a — kg:always — actor:b"]
    page.locator("#undated button").click()
    assert "what always says" in page.locator("#panel").inner_text()
    page.locator("#at").press("ArrowRight")
    assert counts(page).startswith("1 of 3 edges")


def test_what_was_published_later_was_not_known(visit):
    page, _ = visit(
        drawn(
            edge("a", "meets", "b", "early"), edge("a", "pays", "b", "late"), claims=(claim("late", issued="2024-05"),)
        )
    )
    page.locator("#known").fill("2024-04-30")
    assert counts(page).startswith("1 of 2 edges")
    page.locator("#known").fill("2024-05-01")
    assert counts(page).startswith("2 of 2 edges")


@pytest.mark.parametrize("text", ["algerie", "ALGÉRIE", "الجزائر", "الجَزَائِر", "actor:a"])
def test_a_name_is_found_however_it_is_spelt(visit, text: str):
    page, _ = visit(CHAIN)
    look_for(page, text)
    assert page.locator("#panel h2").inner_text() == "Algeria"
    assert page.locator("#names button").first.inner_text() == "Algeria"


def test_the_way_between_two_nodes_is_shown_alone(visit):
    page, _ = visit(CHAIN)
    look_for(page, "algeria")
    page.get_by_role("button", name="way from here").click()
    look_for(page, "deby")
    page.get_by_role("button", name="way to here").click()
    assert page.locator("#path-words").inner_text() == "A shortest way from Algeria to Déby: 3 edges"
    assert counts(page).startswith("3 of 4 edges")
    assert page.locator("#panel .sentence").count() == 3
    page.locator('input[value="urn:source:bc"]').uncheck()
    assert page.locator("#path-words").inner_text() == "No way from Algeria to Déby over what is shown"
    assert counts(page).startswith("3 of 4 edges")
    page.locator("#path-clear").click()
    assert not page.locator("#path").is_visible()


@pytest.mark.parametrize(("depth", "left"), [("1", "2 of 4 edges"), ("2", "3 of 4 edges"), ("3", "4 of 4 edges")])
def test_the_neighbourhood_of_the_chosen_node_is_as_deep_as_asked(visit, depth: str, left: str):
    page, _ = visit(CHAIN)
    look_for(page, "algeria")
    page.locator("#depth").select_option(depth)
    assert counts(page).startswith(left)


def test_a_link_brings_back_filters_choice_language_and_camera(visit):
    page, _ = visit(CHAIN)
    page.locator("#language").select_option("fr")
    page.locator('input[value="urn:source:bc"]').uncheck()
    page.locator("#known").fill("2021-01-01")
    look_for(page, "algerie")
    page.locator("#in").click()
    page.wait_for_timeout(400)
    address, before = page.url, (counts(page), page.locator("#panel h2").inner_text())
    assert "off=source%3Aurn%3Asource%3Abc" in address
    page.goto("about:blank")
    page.goto(address)
    page.wait_for_timeout(400)
    assert (counts(page), page.locator("#panel h2").inner_text()) == before
    assert page.locator("#panel h2").inner_text() == "Algérie"
    assert page.url == address


@pytest.mark.parametrize(
    "address", ["#camera=a,b,c&depth=99&open=nobody&at=x&known=2020&off=x&lang=zz&from=q", "#%", "#camera=0,0,0"]
)
def test_an_address_that_makes_no_sense_is_passed_over(visit, address: str, tmp_path):
    page, wrong = visit(CHAIN)
    page.goto("about:blank")
    page.goto((tmp_path / "page.html").as_uri() + address)
    assert counts(page).startswith("4 of 4 edges")
    assert wrong == []


def saved(page, kind: str) -> bytes:
    page.locator(".save summary").click()
    with page.expect_download() as found:
        page.locator(f'button[data-save="{kind}"]').click()
    page.locator(".save summary").click()
    return found.value.path().read_bytes()


def test_files_have_what_the_filters_leave_with_its_claims(visit):
    page, wrong = visit(CHAIN)
    page.locator('input[value="urn:source:bc"]').uncheck()
    graphs = [nx.read_graphml(io.BytesIO(saved(page, "graphml"))), nx.read_gexf(io.BytesIO(saved(page, "gexf")))]
    for graph in graphs:
        assert sorted(data["claims"] for *_, data in graph.edges(data=True)) == ["claim:ab", "claim:ax", "claim:cd"]
        assert graph.nodes["actor:a"]["label"] == "Algeria"
    rows = list(csv.DictReader(io.StringIO(saved(page, "csv").decode())))
    assert [row["claims"] for row in rows] == ["claim:ab", "claim:ax", "claim:cd"]
    assert rows[0]["sources"] == "source of ab"
    assert wrong == []


def test_an_image_says_what_it_shows_of_how_much_and_by_whom(visit):
    page, _ = visit(CHAIN)
    page.locator('input[value="urn:source:bc"]').uncheck()
    image = ElementTree.fromstring(saved(page, "svg"))
    words = " ".join(" ".join(image.itertext()).split())
    for text in (
        "3 of 4 edges",
        "without: source of bc",
        "Sources (3): source of ab (2020)",
        "snapshot: 0a1b",
        "claimed",
        "Algeria",
    ):
        assert text in words
    assert saved(page, "png").startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("status", "words"), [("inferred", "inferred"), ("disputed", "disputed"), ("forecast", "forecast"), ("claimed", "")]
)
def test_an_edge_says_how_it_stands_by_dash_and_by_word(visit, status: str, words: str):
    said = {"denials": ("no",)} if status == "disputed" else {"status": status}
    page, _ = visit(drawn(edge("a", "meets", "b", "yes", **said), claims=(claim("no", stance="denies"),)))
    image = saved(page, "svg").decode()
    assert (f"({words})" in image) == bool(words)
    assert ("stroke-dasharray" in image) == bool(words)


def test_a_cell_of_the_table_is_no_formula(visit):
    page, _ = visit(drawn(edge("a", "meets", "b", "one"), labels={"a": {"en": '=HYPERLINK("http://a.invalid")'}}))
    (row,) = csv.DictReader(io.StringIO(saved(page, "csv").decode()))
    assert row["subject label"] == '\'=HYPERLINK("http://a.invalid")'


@pytest.mark.parametrize("language", ["en", "fr", "ar"])
def test_the_page_speaks_three_languages(visit, language: str):
    page, wrong = visit(CHAIN)
    page.locator("#language").select_option(language)
    assert page.evaluate("[document.documentElement.lang, document.documentElement.dir]") == [
        language, "rtl" if language == "ar" else "ltr",
    ]  # fmt: skip
    keys = page.evaluate("Array.from(document.querySelectorAll('[data-say]'), (e) => [e.dataset.say, e.textContent])")
    assert all(text and (language == "en" or text != key) for key, text in keys)
    assert {"en": "armed group", "fr": "groupe armé", "ar": "جماعة مسلحة"}[language] in page.locator(
        ".controls"
    ).inner_text()
    look_for(page, "algeria")
    assert page.locator("#panel h2").inner_text() == {"en": "Algeria", "fr": "Algérie", "ar": "الجزائر"}[language]
    assert wrong == []


def test_many_edges_are_listed_in_parts(visit):
    page, wrong = visit(drawn(*(edge(f"n{n}", "meets", f"n{n + 1}", "one") for n in range(900))))
    if page.locator("#open-all").is_visible():
        page.locator("#open-all").click()
    page.locator("#edges tbody tr").first.wait_for()  # written after the picture
    assert page.locator("#edges tbody tr").count() == 200
    assert page.locator("#part").inner_text() == "rows 1 to 200 of 900"
    page.locator("#later").click()
    page.locator("#edges tbody tr").first.click()
    assert page.locator("#panel .claim").count() == 1
    assert wrong == []


def test_an_empty_answer_draws_nothing_and_says_so(visit):
    page, wrong = visit(graph_page(Answer("", columns=("a",)), Evidence((), {}, {}, {}), title="Nothing?").html)
    assert "no edges to draw" in page.locator(".picture").inner_text()
    assert wrong == []


def test_what_is_said_of_a_node_alone_is_opened_with_it(visit):
    called = Support(
        (URIRef(ACTOR + "a"), URIRef(DEF + "isCalled"), Literal("the A")), "claimed", (URIRef(CLAIM + "one"),)
    )
    page, _ = visit(drawn(called))
    look_for(page, "actor:a")
    assert "“the A”" in page.locator("#panel .sentence").inner_text()
    assert counts(page).startswith("0 of 0 edges, 1 of 1 nodes, 1 of 1 claims")


def test_a_link_leads_to_its_source_and_only_by_http(visit):
    records = (claim("one", link="https://a.example/x"), claim("two", link="javascript:alert(1)"))
    page, _ = visit(drawn(edge("a", "meets", "b", "one", "two"), claims=records))
    page.locator("#edges tbody tr").click()
    links = page.locator("#panel a")
    assert links.evaluate_all("all => all.map((a) => [a.href, a.rel])") == [
        ["https://a.example/x", "noopener noreferrer"]
    ]


def test_a_real_answer_opens_its_claims_by_key(real: Built, visit):
    with Store.open(real.folder) as store:
        from test_page import QUESTIONS

        answer = ask(store, find_question(QUESTIONS, "contested-claims"))
        found = evidence(store, answer)
        page, wrong = visit(graph_page(answer, found, title="contested").html)
    shown = json.loads(page.locator("#data").text_content() or "{}")
    under = {str(iri) for row in found.rows for support in row for iri in (*support.claims, *support.denials)}
    assert set(shown["claims"]) == under
    page.locator("#drawing").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("]")
    page.keyboard.press("Enter")
    assert page.locator("#panel .claim.against").count() >= 1
    assert wrong == []
