"""Two answers in one drawing, in a real browser: which side each claim counts in, both sides named, nothing runs."""

import pytest
from rdflib import XSD, Literal, URIRef
from test_marks import POINTS

from kgtools.model import Answer, ClaimRecord, Evidence, Support
from kgtools.names import KG, expand
from kgtools.places import Geography
from kgtools.render import Side, compare_page
from kgtools.times import Times

pytestmark = pytest.mark.browser

NOTHING = Evidence((), {}, {}, {})
HOSTILE = "</script><img src=x onerror=alert(1)>"
EVENT, PLACE, GAO, SEGMENT = map(expand, ("event:e", "place:p", "place:gao", "segment:s"))
SAID = (
    (EVENT, KG.date, Literal("2021", datatype=XSD.gYear)),
    (SEGMENT, KG.fromPlace, PLACE),
    (SEGMENT, KG.toPlace, GAO),
    (EVENT, KG.follows, expand("event:f")),
)


def side(kind: str, *names: str) -> Side:
    """A side whose triples all rest on the claims of these names."""
    iris = tuple(URIRef(f"urn:{name}") for name in names)
    rows = tuple((Support(triple, "claimed", iris),) for triple in SAID) if names else ()
    said = (HOSTILE, "asserts", "no hedge", None, HOSTILE, URIRef("urn:s"), HOSTILE, None, (), HOSTILE, "high")
    known = {iri: ClaimRecord(iri, *said) for iri in iris}
    origin = {iri: frozenset({URIRef("urn:root")}) for iri in iris}
    more = {"map": Geography(POINTS, origin, NOTHING), "timeline": Times({}, NOTHING)}.get(kind)
    asked = (("side-view", {"en": HOSTILE, "ar": "كل الادعاءات"}), ("side-as-of", HOSTILE))
    return Side(Answer("", view=HOSTILE), Evidence(rows, known, {EVENT: {"en": HOSTILE}}, {}), asked, more)


@pytest.mark.parametrize("kind", ["graph", "map", "timeline"])
def test_a_comparison_says_what_changed_and_which_side_each_claim_counts_in(kind: str, walk):
    page, wrong = walk(compare_page(side(kind, "a", "b"), side(kind, "b", "c"), title=HOSTILE).html)
    page.locator("tr[data-id]").first.click()
    assert page.locator("#panel .status", has_text="changed: on other claims").count()
    assert page.locator("#panel .which").all_inner_texts()[:3] == [
        "counts in the first answer only",
        "counts in both answers",
        "counts in the second answer only",
    ]
    assert page.locator("#asked bdi").all_inner_texts() == [f"{HOSTILE}; said to hold in {HOSTILE}"] * 2
    page.select_option("#language", "ar")
    told = page.locator("#asked").inner_text().replace("\u2068", "").replace("\u2069", "")
    assert told.startswith("الجواب الأول: كل الادعاءات؛ يقال إنه صحيح في")
    page.locator("input[data-filter=status][value=changed]").uncheck()
    assert page.locator("tr[data-id]:not(.off)").count() == 0
    page, _ = walk(compare_page(side(kind, "a"), side(kind, "a"), title="x").html, "same.html")
    assert page.locator("#asked li").nth(2).inner_text().startswith("Nothing differs")
    assert page.evaluate("window.hacked") is None
    assert wrong == []
