"""The page in a real browser, offline: it asks for nothing, runs nothing foreign, and opens its evidence."""

from pathlib import Path

import pytest
from hostile import TEXTS, hostile, squeezed
from rdflib import Literal, URIRef

from kgtools.build import Built
from kgtools.evidence import evidence
from kgtools.model import Answer, Evidence
from kgtools.questions import ask, find_question
from kgtools.render import graph_page
from kgtools.store import Store

pytestmark = pytest.mark.browser

QUESTIONS = Path(__file__).resolve().parents[2] / "ontology" / "questions"
RESIN = {"route": "route:moroccan-cannabis-resin"}


def page_for(built: Built, name: str) -> str:
    question = find_question(QUESTIONS, name)
    with Store.open(built.folder) as store:
        answer = ask(store, question, RESIN if name == "actors-on-each-route" else {})
        return graph_page(answer, evidence(store, answer), title=question.summary).html


def test_the_page_asks_for_nothing_and_breaks_no_policy(real: Built, visit):
    for name in ("actors-on-each-route", "contested-claims", "relations-between-actors", "scenarios"):
        page, wrong = visit(page_for(real, name), f"{name}.html")
        assert page.locator("#edges tbody tr").count() > 0
        assert wrong == []


def test_an_edge_opens_its_claims(real: Built, visit):
    page, wrong = visit(page_for(real, "actors-on-each-route"))
    page.locator("#edges tbody tr", has_text="interdicts route").click()
    text = page.locator("#panel").inner_text()
    assert "Algeria — interdicts route" in text
    assert "asserts" in text
    assert "claim:algeria-mali-article-" in text
    assert wrong == []


def test_who_takes_something_back_is_not_shown_as_saying_so(world: Built, visit):
    retracting = "<https://w3id.org/sahel-kg/vocab/stance/retracts>"
    with Store.open(world.folder) as store:
        answer = store.query(f"SELECT ?claim {{ ?claim <https://w3id.org/sahel-kg/def/stance> {retracting} }}")
        page, _ = visit(graph_page(answer, evidence(store, answer), title="taken back").html)
    page.locator("#edges tbody tr", has_text="withdrawn").first.focus()
    page.keyboard.press("Enter")
    text = page.locator("#panel").inner_text().lower()
    assert "takes it back (1)" in text
    assert "says so" not in text


def test_without_script_the_picture_and_the_tables_are_there(real: Built, visit):
    page, wrong = visit(page_for(real, "actors-on-each-route"), java_script_enabled=False)
    assert page.locator("img.still").evaluate("image => image.naturalWidth") > 300
    assert page.locator("#edges tbody tr").count() == 4
    assert "JNIM" in page.locator("#edges").inner_text()
    assert wrong == []


def test_hostile_text_never_runs_and_is_seen_as_text(visit):
    parts = [hostile(text, number) for number, text in enumerate(TEXTS)]
    claims = {claim.iri: claim for *_, claim, _ in parts}
    labels = {iri: names for *_, of in parts for iri, names in of.items()}
    kinds = {URIRef(f"urn:a{number}"): text for number, text in enumerate(TEXTS)}
    known = Evidence(tuple((edge, name) for edge, name, *_ in parts), claims, labels, kinds)
    page, wrong = visit(
        graph_page(Answer("", columns=TEXTS, rows=(tuple(map(Literal, TEXTS)),)), known, title="x").html
    )
    rows = page.locator("#edges tbody tr")
    seen = {}
    for number in range(len(TEXTS)):
        rows.nth(number).focus()
        page.keyboard.press("Enter")
        seen[page.locator("#panel .claim").first.inner_text()] = page.locator("#panel .claim *").count()
    everything = [squeezed(text) for text in seen]
    assert [text for text in TEXTS if not any(squeezed(text) in shown for shown in everything)] == []
    assert max(seen.values()) < 14  # elements of a claim, none of which a text has made
    page.locator("#search").fill("script")
    page.locator("#language").select_option("ar")
    assert page.locator("#names button").count() == 12
    assert page.evaluate("window.hacked") is None
    assert page.locator("#panel a").count() == 0
    assert wrong == []


@pytest.mark.parametrize("start", range(0, len(TEXTS), 17))
def test_a_hostile_title_or_origin_is_text(start: int, walk):
    for text in TEXTS[start : start + 17]:
        edge, name, claim, labels = hostile(text, 1)
        known = Evidence(((edge, name),), {claim.iri: claim}, labels, {})
        answer = Answer("", columns=(text,), rows=((Literal(text),),), question=text, view=text, snapshot=text)
        page, wrong = walk(graph_page(answer, known, title=text).html)
        assert squeezed(page.locator("h1").inner_text()) == squeezed(text)
        assert page.evaluate("window.hacked") is None
        assert wrong == [], text


def test_the_question_follows_the_language_of_the_page(visit):
    titles = {"en": "Who?", "fr": "Qui ? <b>", "ar": "من؟"}
    edge, name, claim, labels = hostile("x", 1)
    found = Evidence(((edge, name),), {claim.iri: claim}, labels, {})
    page, wrong = visit(graph_page(Answer("", titles=titles), found, title="Who?").html)
    for language, text in titles.items():
        page.locator("#language").select_option(language)
        assert page.locator("h1").inner_text() == page.title() == text
        assert page.locator("h1").get_attribute("lang") == language
        assert page.locator("#drawing").get_attribute("aria-label") == text
    page, _ = visit(graph_page(Answer("", titles=titles), found, title="Another").html)
    page.locator("#language").select_option("fr")
    assert page.locator("h1").inner_text() == "Another"
    assert page.locator("h1").get_attribute("lang") == "en"
    assert wrong == []
