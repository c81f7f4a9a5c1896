"""Why an inferred edge holds, as its reader meets it: ways, rules in words, premises that open, and who says them."""

import re
from dataclasses import replace

import pytest
from rdflib import Literal, URIRef
from test_graph import ACTOR, DEF, claim, edge

from kgtools.claims import proposition_iri
from kgtools.explain import Follows, Justified, Proof
from kgtools.model import Answer, Evidence, Support
from kgtools.render import graph_page

pytestmark = pytest.mark.browser

HOSTILE = "<img src=x onerror=alert(1)>"


def page_of() -> str:
    """An edge that follows in two ways: by a chain whose first premise is drawn, and by a text and reference data."""
    end = edge("a", "deals", "c", "one", "two", "three", status="inferred")
    drawn, hidden, known = edge("a", "meets", "b", "one"), edge("b", "sits", "c", "three"), edge("b", "is", "c")
    text = (URIRef(ACTOR + "a"), URIRef(DEF + "says"), Literal("x"))
    ways = (
        Proof(end.triple, "kg:meets ∘ kg:sits ⊑ kg:deals", (Proof(drawn.triple), Proof(hidden.triple))),
        Proof(end.triple, "∃kg:says ⊓ ∃kg:is ⊑ kg:deals", (Proof(text), Proof(known.triple))),
    )
    records = {
        one.iri: one
        for one in (claim("one"), claim("two", holder=HOSTILE), claim("three"), claim("not", stance="denies"))
    }
    why = Justified(
        {proposition_iri(end.triple): Follows(ways, 0, True)},
        {
            drawn.triple: replace(drawn, denials=(claim("not").iri,)),
            hidden.triple: hidden,
            text: Support(text, "claimed", (claim("two").iri,)),
            known.triple: replace(known, status="reference"),
        },
        records,
        {URIRef(ACTOR + "b"): {"en": HOSTILE, "fr": "Bé"}},
    )
    found = Evidence(((end, drawn),), {iri: records[iri] for iri in end.claims}, {}, {})
    return graph_page(Answer("", question="made up"), found, why, title="Title?").html


def test_an_inferred_edge_opens_the_ways_in_which_it_follows_down_to_who_says_so(visit):
    page, wrong = visit(page_of())
    panel = page.locator("#panel")
    page.locator("#edges tr", has_text="kg:deals").first.click()
    words = panel.inner_text()
    assert "It follows in 2 ways, and each is enough" in words
    assert "Rule: if “A — kg:meets — B” and “B — kg:sits — C”, then “A — kg:deals — C”" in words
    assert re.search(re.escape(f"{HOSTILE} — kg:is — actor:c") + "\\s+stated in the reference data", words)
    assert "rests on" not in words.lower()  # each claim stands under its premise, and only there
    assert panel.locator("summary").all_inner_texts() == [
        "holder of one — asserts (source of one, 2020)",
        "holder of not — denies (source of not, 2020)",
        "holder of three — asserts (source of three, 2020)",
        f"{HOSTILE} — asserts (source of two, 2020)",
    ]
    panel.locator("summary").first.focus()
    page.keyboard.press("Enter")
    assert panel.locator(".claim", has_text="what one says").is_visible()
    assert "1 more claims stand under premises" in page.locator("#counts").inner_text()

    page.get_by_role("button", name="kg:meets").focus()
    page.keyboard.press("Enter")
    assert panel.locator(".sentence").inner_text() == "actor:a — kg:meets — actor:b"
    assert page.evaluate("document.activeElement.id") == "panel"
    panel.get_by_role("button", name="kg:deals").click()
    assert "It follows in 2 ways" in panel.inner_text()

    page.locator("#language").select_option("fr")
    assert "Cela suit de 2 façons" in panel.inner_text()
    assert "suit de : actor:a — kg:meets — Bé; Bé — kg:sits — actor:c" in page.locator("#edges").inner_text()
    page.locator("#language").select_option("ar")
    assert "القاعدة: إذا كان" in panel.inner_text()
    assert wrong == []


def test_an_inferred_edge_goes_when_none_of_its_ways_is_left(visit):
    page, _ = visit(page_of())
    rows = page.locator("#edges tbody tr:not(.off)")

    def turn(name: str) -> list[str]:
        page.locator(f'input[data-filter="source"][value="urn:source:{name}"]').evaluate("(box) => box.click()")
        return sorted(words.split("\t")[0] for words in rows.all_inner_texts())

    both = ["actor:a kg:deals actor:c", "actor:a kg:meets actor:b"]
    assert turn("two") == both
    assert turn("three") == both[1:]  # a premise of the other way is left, which alone is not enough
    assert turn("two") == both
    assert turn("one") == both[:1]
