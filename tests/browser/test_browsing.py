"""The site in a browser, from disk: nothing leaves it, search finds names in three languages, and it fits a phone."""

import json
import re
import shutil
from collections import defaultdict
from pathlib import Path

import pytest
from hostile import TEXTS, instead, poison, squeezed

from kgtools.build import Built
from kgtools.model import Project
from kgtools.site import write_site

pytestmark = pytest.mark.browser

PAGES = (
    *("index.html", "index.fr.html", "index.ar.html", "search.html", "id/index.html", "id/actor/index.ar.html"),
    *("def/index.html", "def/index.ar.html", "def/usesRoute.html", "question/index.html"),
    *("question/actors-on-each-route.html", "question/actors-on-each-route.graph.html"),
)
SUMMARY = re.compile(r"^#\+ summary: *(.+)$", re.MULTILINE)


@pytest.fixture(scope="module")
def site(world_project: Project, world: Built, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_site(world_project, world.folder, tmp_path_factory.mktemp("site")).start.parent


@pytest.fixture
def open_at(chromium, site):
    """A function that opens a page of the site, and returns it with the list of everything that went wrong."""
    contexts = []

    def opened(path: str, **options):
        context = chromium.new_context(**{"viewport": {"width": 1280, "height": 900}, **options})
        contexts.append(context)
        context.set_offline(True)
        page, wrong = context.new_page(), []
        page.on("console", lambda message: wrong.append(f"console: {message.text}"))
        page.on("pageerror", lambda error: wrong.append(f"error: {error}"))
        page.on("request", lambda r: None if r.is_navigation_request() else wrong.append(r.url))
        page.goto((site / path).as_uri())
        return page, wrong

    yield opened
    for context in contexts:
        context.close()


def things(site: Path) -> list[str]:
    """The richest page of each kind."""
    found = []
    for folder in sorted((site / "id").iterdir()):
        pages = [path for path in folder.glob("*.html") if path.name.count(".") == 1] if folder.is_dir() else []
        if pages:
            found.append(str(max(pages, key=lambda path: (path.stat().st_size, path.name)).relative_to(site)))
    return found


def test_nothing_leaves_any_kind_of_page_and_no_policy_is_broken(open_at, site):
    page, wrong = open_at("index.html")
    for path in (*PAGES, *things(site)):
        page.goto((site / path).as_uri())
        page.wait_for_timeout(50)
        assert wrong == [], path


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_scrolls_sideways_on_a_phone(open_at, site, scheme):
    page, _ = open_at("index.html", viewport={"width": 360, "height": 780}, color_scheme=scheme)
    for path in (*PAGES[:-1], *things(site)):
        page.goto((site / path).as_uri())
        assert page.evaluate("document.documentElement.scrollWidth") <= 360, path


def sought(page, text: str) -> list[str]:
    page.wait_for_selector("html[data-ready]")
    page.fill("#search", text)
    return page.locator("#found a").evaluate_all("links => links.map(link => link.getAttribute('href'))")


@pytest.fixture(scope="module")
def real_start(real_project: Project, real: Built, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The search page of the real graph; the pages that it leads to are not written."""
    from kgtools.questions import read_questions
    from kgtools.site.paths import Paths
    from kgtools.site.read import Known
    from kgtools.site.said import Record
    from kgtools.site.shell import Shell
    from kgtools.site.start import Start

    known = Known(real.folder)
    shell = Shell(Record(known), Paths(known.iris))
    pages = dict(Start(shell, read_questions(real_project.ontology / "questions").values()).pages())
    folder = tmp_path_factory.mktemp("real-start")
    for path in ("search.html", "index.ar.html"):
        (folder / path).write_text(pages[path], "utf-8")
    return folder


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("الجزائر", "id/actor/algeria.html"),
        ("الجَزَائِر", "id/actor/algeria.html"),
        ("Algerie", "id/actor/algeria.html"),
        ("ALGÉRIE", "id/actor/algeria.html"),
        ("jnim", "id/actor/jnim.html"),
        ("trafficking route", "question/actors-on-each-route.html"),
        ("uses route", "def/usesRoute.html"),
    ],
)
@pytest.mark.parametrize("start", ["search.html", "index.ar.html"])
def test_search_finds_a_name_in_any_of_three_languages(chromium, real_start, start, text, path):
    context = chromium.new_context()
    page = context.new_page()
    page.goto((real_start / start).as_uri())
    assert path in sought(page, text)[:6]
    context.close()


def test_search_is_used_by_keyboard(open_at):
    page, wrong = open_at("index.html")
    page.wait_for_selector("html[data-ready]")
    page.keyboard.press("/")
    page.keyboard.type("a")
    page.wait_for_selector("#found a")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.closest('li') === document.querySelectorAll('#found li')[1]")
    page.keyboard.press("Enter")
    page.wait_for_url("**/id/**")
    assert wrong == []


def test_what_is_called_by_no_name_is_said_so(open_at):
    page, _ = open_at("search.html")
    assert sought(page, "qqqqqq") == []
    assert page.inner_text("#told") == "Nothing is called so"


def test_without_a_script_the_lists_are_named(open_at):
    page, wrong = open_at("search.html", java_script_enabled=False)
    assert page.locator("noscript a").count() > 5
    page.locator("noscript a").nth(2).click()
    assert page.locator("main li a").count() > 0
    assert wrong == []


def test_a_row_opens_its_claims_without_a_script(open_at):
    page, _ = open_at("question/actors-on-each-route.html", java_script_enabled=False)
    page.locator("td.under summary").first.click()
    assert page.locator("td.under details[open] li").first.is_visible()


def test_the_first_stop_of_the_keyboard_is_the_way_past_the_bar(open_at):
    page, _ = open_at("def/index.ar.html")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    assert page.evaluate("document.activeElement.getBoundingClientRect().left >= 0")


def test_the_arabic_reference_reads_from_the_right(open_at):
    page, _ = open_at("def/index.ar.html")
    box = page.locator("h1").bounding_box()
    assert page.evaluate("getComputedStyle(document.querySelector('h1')).direction") == "rtl"
    assert box["x"] > 100


def test_the_picture_of_a_thing_is_dark_where_the_page_is(open_at, site):
    path = next(
        str(p.relative_to(site)) for p in sorted(site.glob("id/*/*.html")) if 'class="pic"' in p.read_text("utf-8")
    )
    colours = set()
    for scheme in ("light", "dark"):
        page, _ = open_at(path, color_scheme=scheme)
        colours.add(page.evaluate("getComputedStyle(document.querySelector('.pic rect.paper')).fill"))
    assert len(colours) == 2


@pytest.fixture(scope="module")
def hostile_site(world_project: Project, world: Built, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site of the invented world with hostile strings in the place of all strings, of the questions' words too."""
    folder = tmp_path_factory.mktemp("hostile")
    shutil.copytree(world.folder, folder / "snapshot")
    poison(folder / "snapshot")
    shutil.copytree(world_project.ontology, folder / "ontology")
    for path in (folder / "ontology" / "questions").glob("*.rq"):
        text = path.read_text("utf-8")
        path.write_text(SUMMARY.sub(lambda found: f"#+ summary: {json.dumps(instead(found[1]) + '?')}", text), "utf-8")
    project = Project(world_project.root, folder / "ontology", world_project.graph)
    return write_site(project, folder / "snapshot", folder).start.parent


def test_hostile_strings_are_text_on_every_kind_of_page(open_at, hostile_site):
    by_kind = defaultdict(list)
    for path in hostile_site.rglob("*.html"):
        by_kind[path.parent, path.name.split(".", 1)[1]].append(path)
    largest = [
        path for paths in by_kind.values() for path in sorted(paths, key=lambda p: (-p.stat().st_size, p.name))[:2]
    ]
    page, wrong = open_at(str(hostile_site / "index.html"))
    seen = []
    for path in sorted(largest):
        page.goto(path.as_uri())
        seen.append(squeezed(page.locator("body").inner_text()))
        assert page.evaluate("window.hacked") is None, path
        assert wrong == [], path
    assert [text for text in TEXTS if not any(squeezed(text) in shown for shown in seen)] == []
