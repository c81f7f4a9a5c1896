"""The page for queries, on a server of the invented world: it completes, asks, shows, says why not, and is safe."""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path
from urllib.parse import quote

import pytest
from hostile import TEXTS, poison, squeezed

from kgtools.build import Built

pytestmark = pytest.mark.browser

ROOT = Path(__file__).resolve().parents[2]
AXE = files("axe_playwright_python").joinpath("axe.min.js").read_text("utf-8")
FOUND = (
    "axe.run().then((r) => r.violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.html.slice(0, 120)).join(' | ')}`))"
)
SLOW = "SELECT (COUNT(*) AS ?n) WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER(?a != ?g) }"


@contextmanager
def serving(build: Path) -> Iterator[str]:
    """A server of the invented world."""
    flags = ["--root", ROOT, "--graph", ROOT / "tests" / "world" / "graph", "--build", build, "--port", "0"]
    command = [sys.executable, "-m", "kgtools.cli", "serve", *map(str, flags), "--workers", "1"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, cwd=ROOT) as server:
        try:
            yield server.stderr.readline().partition("sparql answers")[0]
        finally:
            server.terminate()


@pytest.fixture(scope="module")
def served(world: Built) -> Iterator[str]:
    with serving(world.folder.parent) as url:
        yield url


@pytest.fixture(scope="module")
def poisoned(world: Built, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    build = tmp_path_factory.mktemp("poisoned")
    shutil.copytree(world.folder, build / "snapshot")
    poison(build / "snapshot")
    with serving(build) as url:
        yield url


@pytest.fixture
def visit(chromium) -> Iterator:
    """A function that opens the page at an address, and returns it with the list of everything that went wrong."""
    contexts = []

    def opened(url: str, fragment: str = "", *, routes=None, **options):
        context = chromium.new_context(**{"viewport": {"width": 1280, "height": 900}, "locale": "en-GB", **options})
        contexts.append(context)
        page, wrong = context.new_page(), []
        page.on("console", lambda message: wrong.append(f"console: {message.text}"))
        page.on("pageerror", lambda error: wrong.append(f"error: {error}"))
        page.on("dialog", lambda dialog: (wrong.append(f"dialog: {dialog.message}"), dialog.dismiss()))
        page.on("request", lambda r: None if r.url.startswith((url, "blob:", "data:,")) else wrong.append(r.url))
        for pattern, fulfil in (routes or {}).items():
            page.route(pattern, fulfil)
        page.goto(f"{url}query{fragment}")
        page.wait_for_selector("html[data-ready]")
        return page, wrong

    yield opened
    for context in contexts:
        context.close()


@pytest.fixture(scope="module")
def desk(chromium, served) -> Iterator:
    """One page for all tests that only type, and the list of everything that went wrong in it."""
    page, wrong = chromium.new_page(locale="en-GB"), []
    page.on("console", lambda message: wrong.append(f"console: {message.text}"))
    page.on("pageerror", lambda error: wrong.append(f"error: {error}"))
    page.goto(f"{served}query")
    page.wait_for_selector("html[data-ready]")
    yield page, wrong
    page.close()


def asked(page, query: str) -> None:
    """Ask by keys, and wait for the answer."""
    page.fill("#query", query)
    page.locator("#query").press("Control+Enter")
    page.wait_for_selector("#answer:not([hidden])[aria-busy=false]")


def typed(page, text: str, key: str = "") -> list[str]:
    """What is offered when this is typed."""
    page.fill("#query", "")
    page.locator("#query").press_sequentially(text)
    if key:
        page.locator("#query").press(key)
    return page.locator("#offers code").all_inner_texts()


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("SELECT ?x WHERE { ?x a kg:ArmedG", "kg:ArmedGroup"),
        ("SELECT ?x WHERE { ?x a armed gr", "kg:ArmedGroup"),
        ("SELECT ?x WHERE { ?x a groupe ar", "kg:ArmedGroup"),
        ("SELECT ?x WHERE { ?x a جماعة", "kg:ArmedGroup"),
        ("SELECT ?x WHERE { ?x kg:isMem", "kg:isMemberOf"),
        ("SELECT ?x WHERE { ?x is memb", "kg:isMemberOf"),
        ("SELECT ?long WHERE { ?lo", "?long"),
        ("SELECT ?x WHERE { ?x ?y ?z } ORD", "ORDER"),
        ("PREFIX sko", "skos:"),
        ("SELECT ?x WHERE { ?x a <https://w3id.org/sahel-kg/def/ArmedG", "<https://w3id.org/sahel-kg/def/ArmedGroup>"),
    ],
)
def test_names_are_offered_where_they_can_stand(desk, text, first):
    page, wrong = desk
    assert typed(page, text)[0] == first
    page.locator("#query").press("Tab")
    assert page.input_value("#query").endswith(first)
    assert page.is_hidden("#offers")
    assert wrong == []


@pytest.mark.parametrize(
    "text", ['SELECT ?x WHERE { ?x ?y "arm', "SELECT ?x # arm", 'SELECT ?x WHERE { ?x ?y "a"@en', "ASK { ?x ?y 12"]
)
def test_nothing_is_offered_in_texts_comments_tags_and_numbers(desk, text):
    page, _ = desk
    assert typed(page, text, "Control+Space") == []


def test_keys_mouse_and_undo_work_with_what_is_offered(visit, served):
    page, wrong = visit(served)
    offered = typed(page, "SELECT ?x WHERE { ?x ", "Control+Space")
    assert len(offered) > 5
    assert all(name.startswith("kg:") for name in offered[:5])
    page.keyboard.press("ArrowDown")
    assert page.get_attribute("#query", "aria-activedescendant") == "offer-1"
    page.keyboard.press("Escape")
    assert page.is_hidden("#offers")
    assert typed(page, "ASK { ?x a kg:Armed")
    page.locator("#offers [role=option]").first.click()
    assert page.input_value("#query") == "ASK { ?x a kg:ArmedGroup"
    page.keyboard.press("Control+z")
    assert page.input_value("#query") == "ASK { ?x a kg:Armed"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") != "query"  # no trap where nothing is offered
    assert wrong == []


def test_the_painted_text_lies_under_the_typed_one(visit, served):
    page, _ = visit(served)
    page.fill("#query", 'SELECT ?x WHERE {\n\t?x ?y "جماعة نصرة الإسلام" .\n' + "# " + "long " * 80 + "\n}\n\n")
    sizes = page.evaluate("""() => ["painted", "query"].map((id) => {
      const one = document.getElementById(id), box = one.getBoundingClientRect();
      return [box.left, box.top, box.width, box.height, one.scrollWidth, one.scrollHeight].map(Math.round);
    })""")
    assert sizes[0] == sizes[1]
    assert page.inner_text("#lines").split() == ["1", "2", "3", "4", "5", "6"]


def test_rows_are_shown_with_links_languages_and_types(visit, served):
    page, wrong = visit(served)
    asked(
        page,
        "SELECT ?s ?t ?d ?none WHERE { ?s a kg:Source ; dcterms:title ?t ; dcterms:issued ?d } ORDER BY ?s LIMIT 3",
    )
    assert page.locator("#result tbody tr").count() == 3
    assert page.inner_text("#told").startswith("3 rows")
    link = page.locator("#result td a").first
    assert link.inner_text().startswith("source:")
    assert link.get_attribute("title").startswith("https://w3id.org/sahel-kg/id/source/")
    assert "xsd:" in page.inner_text("#result tbody tr")
    assert "view all" in page.inner_text("#under").replace("\u2068", "").replace("\u2069", "")
    link.click()
    page.wait_for_url("**/id/source/*.html", timeout=30000)
    assert not [one for one in wrong if not one.startswith(served)]


def test_yes_no_nothing_and_a_graph_are_said(visit, served):
    page, wrong = visit(served)
    asked(page, "ASK { ?x a kg:Source }")
    assert page.inner_text(".verdict") == "Yes"
    asked(page, "ASK { ?x a kg:Nothing }")
    assert page.inner_text("#result").startswith("No")
    asked(page, "SELECT ?x WHERE { ?x a kg:Nothing }")
    assert "No row" in page.inner_text("#result")
    asked(page, "CONSTRUCT { ?x a kg:Source } WHERE { ?x a kg:Source }")
    assert "a kg:Source" in page.inner_text("#result pre")
    asked(page, "CONSTRUCT { ?x a kg:Source } WHERE { ?x a kg:Nothing }")
    assert "No triple" in page.inner_text("#result")
    assert wrong == []


def test_of_many_rows_the_first_are_shown_and_all_are_saved(visit, served):
    page, wrong = visit(served)
    asked(page, "SELECT ?s ?p ?o WHERE { ?s ?p ?o } LIMIT 1500")
    assert page.locator("#result tbody tr").count() == 1000
    assert "1,000 of 1,500" in page.inner_text("#result > p")
    with page.expect_download() as download:
        page.click("#saves button:text-is('TSV')")
    assert len(Path(download.value.path()).read_text("utf-8").rstrip("\n").split("\n")) == 1501
    assert download.value.suggested_filename == "answer.tsv"
    assert wrong == []


def test_a_mistake_is_said_and_marked_where_it_is(visit, served):
    page, _ = visit(served)
    asked(page, 'SELECT ?x WHERE {\n  ?x ?y "جماعة 🌍" , odd:name\n}')
    assert "line 2, column 21" in page.inner_text(".problem")
    assert page.inner_text(".t-wrong") == "odd:name"
    page.click("#result button")
    assert page.evaluate(
        "document.getElementById('query').value.slice(document.getElementById('query').selectionStart)"
    ).startswith("odd:name")
    page.keyboard.type(" ")
    assert page.locator(".t-wrong").count() == 0


def test_what_is_stopped_frees_the_only_worker(visit, served):
    page, wrong = visit(served)
    page.fill("#query", SLOW)
    page.click("#run")
    page.wait_for_selector("#stop:enabled")
    page.wait_for_timeout(300)
    page.click("#stop")
    assert page.inner_text("#told") == "Stopped."
    asked(page, "ASK { ?x a kg:Source }")
    assert float(page.inner_text("#told").strip("\u2069 s").rpartition("\u2068")[2]) < 5
    assert [one for one in wrong if not one.startswith("console: ")] == []


def test_a_question_is_found_chosen_filled_in_and_shared(visit, served):
    page, wrong = visit(served)
    page.fill("#find-question", "accords fin jour donne")
    page.click("#questions button[data-name=agreements-in-force]")
    assert '  VALUES ?day { "2016-01-01"^^xsd:date }' in page.input_value("#query")
    page.locator("#scope summary").click()
    page.fill("#as-of", "2020")
    page.locator("#as-of").blur()
    assert page.input_value("#query").count("VALUES ?day") == 1
    assert '  VALUES ?day { "2020-01-01"^^xsd:date }' in page.input_value("#query")
    page.fill("#param-0", "tomorrow")
    page.locator("#param-0").blur()
    assert "no date" in page.inner_text("#param-0-bad")
    page.fill("#param-0", "2019-05")
    page.locator("#param-0").blur()
    page.select_option("#view", "uncontested")
    page.click("#run")
    page.wait_for_selector("#answer:not([hidden])[aria-busy=false]")
    said = page.inner_text("#under").replace("\u2068", "").replace("\u2069", "")
    assert "view uncontested" in said
    assert "as of 2020" in said
    again, others = visit(served, page.evaluate("location.hash"))
    assert again.input_value("#query") == page.input_value("#query")
    assert (again.input_value("#view"), again.input_value("#as-of")) == ("uncontested", "2020")
    assert again.input_value("#param-0") == "2019-05-01"
    assert again.is_hidden("#answer")  # a link runs nothing
    assert wrong == others == []


def test_a_name_is_offered_in_a_field_and_put_into_the_query(visit, served):
    page, wrong = visit(served, "#question=actors-on-each-route")
    page.locator("#param-1").press_sequentially("ar")
    first = page.locator("#offers code").first.inner_text()
    page.keyboard.press("Enter")
    assert page.input_value("#param-1") == first
    page.locator("#param-1").blur()
    assert f"\n  VALUES ?actor {{ {first} }}" in page.input_value("#query")
    assert wrong == []


def test_a_server_that_is_gone_is_said(visit, served):
    page, _ = visit(served, routes={"**/sparql": lambda route: route.abort()})
    asked(page, "ASK {}")
    assert "cannot be reached" in page.inner_text("#result")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_violation_in_any_language(visit, served, scheme):
    page, _ = visit(served, "#question=agreements-in-force&as-of=2020", color_scheme=scheme)
    page.evaluate(AXE)
    for language in ("en", "fr", "ar"):
        page.select_option("#language", language)
        assert page.get_attribute("html", "dir") == ("rtl" if language == "ar" else "ltr")
        asked(page, "SELECT ?s ?t WHERE { ?s a kg:Source ; dcterms:title ?t } ORDER BY ?s LIMIT 5")
        typed(page, "SELECT ?x WHERE { ?x a kg:A")
        assert page.evaluate(FOUND) == [], language
    for start in ("", "index.ar.html"):
        page.goto(served + start)
        page.evaluate(AXE)
        assert page.evaluate(FOUND) == [], start


def test_on_a_phone_nothing_is_wider_than_the_screen(visit, served):
    page, wrong = visit(
        served, "#question=actors-on-each-route", viewport={"width": 360, "height": 740}, has_touch=True
    )
    page.click("#run")
    page.wait_for_selector("#result table")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    typed(page, "SELECT ?x WHERE { ?x a kg:A")
    box = page.locator("#offers").bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 360
    page.locator("#offers [role=option]").first.tap()
    assert page.is_hidden("#offers")
    for start in ("index.html", "index.fr.html", "index.ar.html"):
        page.goto(served + start)
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert wrong == []


def test_in_forced_colours_the_text_is_seen(visit, served):
    page, _ = visit(served, forced_colors="active", reduced_motion="reduce")
    assert page.evaluate("getComputedStyle(document.getElementById('painted')).visibility") == "hidden"
    assert page.evaluate("getComputedStyle(document.getElementById('query')).color") != "rgba(0, 0, 0, 0)"


def test_the_start_page_says_what_is_here_and_leads_on(visit, served):
    page, wrong = visit(served)
    page.goto(served)
    assert "claims" in page.inner_text(".counts")
    page.click("a[href^='query#question=agreements-in-force']")
    page.wait_for_selector("html[data-ready]")
    assert "VALUES ?day" in page.input_value("#query")
    assert wrong == []


def unharmed(page, wrong) -> bool:
    page.wait_for_timeout(50)
    return page.evaluate("window.hacked === undefined && !Object.prototype.hacked") and wrong == []


def test_no_text_of_the_graph_runs(visit, poisoned):
    page, wrong = visit(poisoned)
    asked(
        page, 'SELECT DISTINCT (STR(?o) AS ?text) WHERE { ?s ?p ?o FILTER(isLiteral(?o) && REGEX(STR(?o), "[^0-9-]")) }'
    )
    shown = {squeezed(text) for text in page.locator("#result td bdi").all_text_contents()}
    assert {squeezed(text) for text in TEXTS} <= shown
    asked(page, "CONSTRUCT { ?s skos:prefLabel ?o } WHERE { ?s skos:prefLabel ?o }")
    typed(page, "SELECT ?x WHERE { ?x kg:y script")
    typed(page, "SELECT ?x WHERE { ?x kg:y actor:")
    assert page.locator("#offers [role=option]").count() > 0
    assert unharmed(page, wrong)
    page.goto(poisoned)
    assert unharmed(page, wrong)


def test_no_text_in_any_place_of_an_answer_runs(visit, served):
    kinds = [
        lambda text: {"type": "uri", "value": text},
        lambda text: {"type": "uri", "value": f"https://w3id.org/sahel-kg/{text}"},
        lambda text: {"type": "bnode", "value": text},
        lambda text: {"type": "literal", "value": text, "xml:lang": text},
        lambda text: {"type": "literal", "value": text, "datatype": text},
        lambda text: {"type": text, "value": text},
    ]
    columns = ["a", "b", "c", "d", "e", "__proto__"]
    rows = [dict(zip(columns, (kind(text) for kind in kinds), strict=True)) for text in TEXTS]
    answer = json.dumps({"head": {"vars": columns + TEXTS}, "results": {"bindings": rows}})
    kind = "application/sparql-results+json"
    page, wrong = visit(served, routes={"**/sparql": lambda route: route.fulfill(body=answer, content_type=kind)})
    asked(page, "SELECT * WHERE { ?a ?b ?c }")
    assert page.locator("#result tbody tr").count() == len(TEXTS)
    assert {squeezed(text) for text in page.locator("#result thead th").all_text_contents()} >= {
        squeezed(t) for t in TEXTS
    }
    for href in page.locator("#result a").evaluate_all("links => links.map((one) => one.href)"):
        assert href.startswith((served, "http://", "https://"))
    assert unharmed(page, wrong)


@pytest.mark.parametrize("text", [*TEXTS[:3], "x" * 70000, "[" * 30000, "a." * 30000], ids=lambda text: text[:12])
def test_no_text_in_the_address_runs(visit, served, text):
    each = quote(text, safe="")
    names = ("query", "question", "view", "as-of", "according-to", "least-confidence", "lang", "first-hand")
    page, wrong = visit(
        served, "#" + "&".join(f"{name}={each if len(text) < 5000 or name == 'query' else ''}" for name in names)
    )
    assert page.input_value("#query") == text[:65536]
    assert unharmed(page, wrong)


def test_no_name_in_what_is_offered_runs(visit, served):
    terms = [[f"actor:x{n}", 0, text, f"zz {text}"] for n, text in enumerate(TEXTS)] + [
        [text, 0, text] for text in TEXTS
    ]
    told = {
        "snapshot": TEXTS[0],
        "prefixes": {"actor": "https://a.invalid/", "kg": "urn:kg:", "view": "urn:v:", "<b>": TEXTS[0]},
    }
    told |= {"views": ["all", *TEXTS], "kinds": [TEXTS[1]], "terms": terms, "left_out": 0}
    questions = [
        {
            "name": t,
            "summaries": {"en": t},
            "tags": [t],
            "history": False,
            "query": [t, t, t],
            "params": [{"name": "x", "type": "iri", "summary": t, "default": t, "follows": None, "made": False}],
        }
        for t in TEXTS
    ]
    routes = {"**/terms.json": lambda r: r.fulfill(json=told), "**/questions.json": lambda r: r.fulfill(json=questions)}
    page, wrong = visit(served, routes=routes)
    assert typed(page, "SELECT ?x WHERE { ?x kg:y zz")
    assert typed(page, "SELECT ?x WHERE { ?x kg:y actor:x")
    for n in range(0, len(TEXTS), 9):
        page.locator("#questions button").nth(n).click()
    assert unharmed(page, wrong)
