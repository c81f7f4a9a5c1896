"""The page in a real browser, offline: it asks for nothing, runs nothing foreign, and opens its evidence."""

from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

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
    "<noscript><p title='</noscript><img src=x onerror=window.hacked=1>'>",
    "<template><script>window.hacked=1</script></template>",
    "<select autofocus onfocus=window.hacked=1><option>x",
    "<audio src=x onerror=window.hacked=1>",
    "<isindex type=image src=x onerror=window.hacked=1>",
    "<table background=javascript:window.hacked=1>",
    "<a href='vbscript:window.hacked=1'>x</a>",
    "<a href='jAvAsCrIpT&colon;window.hacked=1'>x</a>",
    "<a href='java\tscript:window.hacked=1'>x</a>",
    "<svg><use href='data:image/svg+xml,<svg onload=window.hacked=1>'/></svg>",
    "<foreignObject><script>window.hacked=1</script></foreignObject>",
    "<x style=animation-name:a onanimationstart=window.hacked=1>",
    "<button popovertarget=x onclick=window.hacked=1>x</button><p popover id=x onbeforetoggle=window.hacked=1>",
    "<img src=1 href=1 onerror='window.hacked=1' ping='http://a.invalid/'>",
    "<scr\u0000ipt>window.hacked=1</scr\u0000ipt>",
    "\ufeff<script>window.hacked=1</script>",
    "＜script＞window.hacked=1＜/script＞",
    "%3Cscript%3Ewindow.hacked=1%3C/script%3E",
    "__proto__",
    "constructor",
    "</article></section></aside><script>window.hacked=1</script>",
    "data.claims={};window.hacked=1//",
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


def hostile(text: str, number: int) -> tuple[Support, Support, ClaimRecord, dict]:
    """An edge and a saying with the text wherever a text can stand, and their claim."""
    claim = ClaimRecord(
        *(URIRef(f"urn:c{number}"), text, "asserts", text, text, text, URIRef(f"urn:s{number}"), text, text, (text,)),
        *(text, text, text, text),
        link=text,
    )
    claim = replace(claim, passage=text)
    one, other, role = (
        URIRef(f"urn:{end}{number}{more}") for end, more in (("a", ""), ("b", quote(text, safe="")), ("p", ""))
    )
    edge = Support((one, role, other), "claimed", (claim.iri,))
    name = Support((one, URIRef("urn:q"), Literal(text)), "claimed", (claim.iri,))
    return edge, name, claim, {iri: {"en": text, "ar": text, text: text} for iri in (one, other, role)}


def squeezed(text: str) -> str:
    """The text without what a page cannot hold, and with single spaces."""
    return " ".join(text.replace("\0", "").replace("\ufffd", "").split())


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
