"""The page in a real browser, offline: it asks for nothing, runs nothing foreign, and opens its evidence."""

from dataclasses import replace
from pathlib import Path

import pytest
from rdflib import Literal, URIRef

from kgtools.build import Built
from kgtools.evidence import evidence
from kgtools.model import Answer, ClaimRecord, Evidence, Support
from kgtools.questions import ask, find_question
from kgtools.render import graph_page
from kgtools.store import Store

pytestmark = pytest.mark.browser

QUESTIONS = Path(__file__).resolve().parents[2] / "ontology" / "questions"
TEXTS = [
    "<script>window.hacked=1</script>",
    "</script><script>window.hacked=1</script>",
    "</style><script>window.hacked=1</script>",
    "</title><script>window.hacked=1</script>",
    "</textarea><script>window.hacked=1</script>",
    "<img src=x onerror=window.hacked=1>",
    "<image href=x onerror=window.hacked=1>",
    "<svg onload=window.hacked=1>",
    "<svg><script>window.hacked=1</script></svg>",
    "<svg><animate onbegin=window.hacked=1 attributeName=x>",
    "<math><mi xlink:href='javascript:window.hacked=1'>x</mi></math>",
    "<iframe srcdoc='<script>parent.hacked=1</script>'>",
    "<iframe src=javascript:window.hacked=1>",
    "<object data=javascript:window.hacked=1>",
    "<embed src=javascript:window.hacked=1>",
    "<a href=javascript:window.hacked=1>x</a>",
    "<form action=javascript:window.hacked=1><input type=submit>",
    "<base href='http://a.invalid/'>",
    "<meta http-equiv=refresh content='0;url=http://a.invalid/'>",
    "<link rel=stylesheet href='http://a.invalid/x.css'>",
    "<style>@import 'http://a.invalid/x.css';</style>",
    "<body onload=window.hacked=1>",
    "<details open ontoggle=window.hacked=1>",
    "<input autofocus onfocus=window.hacked=1>",
    "<video><source onerror=window.hacked=1>",
    "<marquee onstart=window.hacked=1>",
    "javascript:window.hacked=1",
    "data:text/html,<script>window.hacked=1</script>",
    '" onmouseover="window.hacked=1',
    "' onmouseover='window.hacked=1",
    "` onmouseover=`window.hacked=1",
    '"><script>window.hacked=1</script>',
    "'><script>window.hacked=1</script>",
    "<!--<script>window.hacked=1</script>-->",
    "--><script>window.hacked=1</script>",
    "]]><script>window.hacked=1</script>",
    "{{constructor.constructor('window.hacked=1')()}}",
    "{% raw %}{{ 7*7 }}{% endraw %}",
    "${window.hacked=1}",
    "\\u003cscript\\u003ewindow.hacked=1\\u003c/script\\u003e",
    "&lt;script&gt;window.hacked=1&lt;/script&gt;",
    "line\u2028window.hacked=1\u2029line",
    "\u202eright to left\u202c \u2066isolate\u2069",
    "href=x",
    "url(javascript:window.hacked=1)",
]


RESIN = {"route": "route:moroccan-cannabis-resin"}


def page_for(built: Built, name: str) -> str:
    question = find_question(QUESTIONS, name)
    with Store.open(built.folder) as store:
        answer = ask(store, question, RESIN if name == "actors-on-each-route" else {})
        return graph_page(answer, evidence(store, answer), title=question.summary).html


def test_the_page_asks_for_nothing_and_breaks_no_policy(real: Built, visit):
    for name in ("actors-on-each-route", "contested-claims", "relations-between-actors", "scenarios"):
        page, wrong = visit(page_for(real, name), f"{name}.html")
        assert page.locator(".edge").count() > 0
        assert wrong == []


def test_an_edge_opens_its_claims(real: Built, visit):
    page, wrong = visit(page_for(real, "actors-on-each-route"))
    page.locator(".edge", has_text="interdicts route").locator(".hit").click(force=True)
    text = page.locator("#panel").inner_text()
    assert "Algeria — interdicts route" in text
    assert "asserts" in text
    assert "claim:algeria-mali-article-" in text
    assert wrong == []


def test_both_sides_of_a_dispute_stand_side_by_side(real: Built, visit):
    page, _ = visit(page_for(real, "contested-claims"))
    edge = page.locator(".edge.disputed").first
    assert "disputed" in (edge.locator("text").text_content() or "")
    assert page.evaluate("getComputedStyle(document.querySelector('.line.disputed')).strokeDasharray") != "none"
    edge.focus()
    page.keyboard.press("Enter")
    assert page.locator("#panel .claim.against").count() == 1
    assert "denies it (1)" in page.locator("#panel").inner_text().lower()


def test_who_takes_something_back_is_not_shown_as_saying_so(world: Built, visit):
    retracting = "<https://w3id.org/sahel-kg/vocab/stance/retracts>"
    with Store.open(world.folder) as store:
        answer = store.query(f"SELECT ?claim {{ ?claim <https://w3id.org/sahel-kg/def/stance> {retracting} }}")
        page, _ = visit(graph_page(answer, evidence(store, answer), title="taken back").html)
    page.locator(".edge.withdrawn").focus()
    page.keyboard.press("Enter")
    text = page.locator("#panel").inner_text().lower()
    assert "takes it back (1)" in text
    assert "says so" not in text


def test_filters_change_the_counts_and_hide_edges(real: Built, visit):
    page, _ = visit(page_for(real, "actors-on-each-route"))
    before = page.locator("#counts").inner_text()
    page.locator('input[data-filter="kind"][value="ArmedGroup"]').uncheck()
    after = page.locator("#counts").inner_text()
    assert before.startswith("4 of 4 edges")
    assert after.startswith("2 of 4 edges")
    page.locator('input[data-filter="source"]').uncheck()
    assert page.locator("#counts").inner_text().startswith("0 of 4 edges")


def test_search_folds_accents_and_finds_by_any_language(real: Built, visit):
    page, _ = visit(page_for(real, "actors-on-each-route"))
    for text in ("algerie", "الجزائر", "ALGERIA"):
        page.locator("#search").fill(text)
        assert page.locator(".node.found").count() == 1
    page.locator("#search").fill("")
    assert page.locator(".node.found").count() == 0


def test_without_script_the_picture_and_the_tables_are_there(real: Built, visit):
    page, _ = visit(page_for(real, "actors-on-each-route"), java_script_enabled=False)
    assert page.locator(".edge").count() == 4
    assert page.locator("#edges tbody tr").count() == 4
    assert "JNIM" in page.locator("#edges").inner_text()


def test_the_table_has_the_edges_of_the_picture(real: Built, visit):
    page, _ = visit(page_for(real, "relations-between-actors"))
    ids = "(s) => Array.from(document.querySelectorAll(s)).map((e) => e.dataset.id).sort()"
    assert page.evaluate(ids, ".edge") == page.evaluate(ids, "#edges tbody tr")


@pytest.mark.parametrize("start", range(0, len(TEXTS), 9))
def test_hostile_text_never_runs_and_is_seen_as_text(start: int, walk):
    for text in TEXTS[start : start + 9]:
        claim = ClaimRecord(
            URIRef("urn:c"),
            text,
            "asserts",
            text,
            text,
            text,
            URIRef("urn:s"),
            text,
            text,
            (text,),
            text,
            "high",
            text,
            text,
        )
        claim = replace(claim, passage=text)
        edge = Support((URIRef("urn:a"), URIRef("urn:p"), URIRef("urn:b")), "claimed", (claim.iri,))
        name = Support((URIRef("urn:a"), URIRef("urn:q"), Literal(text)), "claimed", (claim.iri,))
        labels = {URIRef(iri): {"en": text, "ar": text} for iri in ("urn:a", "urn:b", "urn:p", "urn:q")}
        known = Evidence(((edge, name),), {claim.iri: claim}, labels, {})
        answer = Answer("", columns=(text,), rows=((Literal(text),),), question=text, view=text, snapshot=text)
        page, wrong = walk(graph_page(answer, known, title=text).html)
        for group in (".edge", ".node"):
            page.locator(group).first.focus()
            page.keyboard.press("Enter")
            assert page.locator("#panel .claim").count() >= 1
        assert page.evaluate("window.hacked") is None
        assert wrong == [], text
        assert page.locator("h1").inner_text().split() == text.split()
