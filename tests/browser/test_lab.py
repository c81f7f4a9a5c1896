"""The notebook layer in a real JupyterLab, this interpreter's or that of KG_LAB_PYTHON, as its user sees it."""

import os
import re
import subprocess
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.util import find_spec
from pathlib import Path

import pytest
from lab import KERNEL, NOTEBOOK, NOW, PATIENCE, PYTHON, ROOT, Book, open_book, start_lab, write_book
from playwright.sync_api import Locator, expect
from playwright.sync_api import TimeoutError as NotSeen

from kgtools.build import Built
from kgtools.evidence import evidence
from kgtools.notebook import Render
from kgtools.notebook.drawn import RENDER
from kgtools.questions import ask, find_question
from kgtools.render import graph_page
from kgtools.store import Store

pytestmark = pytest.mark.browser

STILL = '<svg xmlns="http://www.w3.org/2000/svg" width="300" height="80"><text x="9" y="40">a still image</text></svg>'
QUERY = """
%%sparql --as-of 2024 --according-to source:algeria-mali-article
PREFIX x: <http://example.org/a#>
SELECT ?who WHERE {
  ?who a <http://example.org/b#C> # a real comment
}"""
SLOW = "%%sparql --timeout 300\nSELECT (COUNT(*) AS ?n) { ?a (!kg:x)* ?b . ?c (!kg:x)* ?d . ?e (!kg:x)* ?f }"
# What a hostile notebook would try from inside its drawing; each result is written into the page.
HOSTILE = """<!doctype html><title>hostile</title><p id="out"></p><script>
const out = document.getElementById("out");
const tell = (name, value) => { out.textContent += ` ${name}=${value}`; };
for (const [name, attempt] of Object.entries({
  parent: () => parent.document.title, top: () => top.document.title, cookie: () => document.cookie,
  storage: () => localStorage.length, leave: () => { top.location = "TRAP/top"; },
  open: () => Boolean(open("TRAP/open")),
})) { try { tell(name, attempt()); } catch (error) { tell(name, error.name); } }
new Image().src = "TRAP/image";
document.body.append(Object.assign(document.createElement("iframe"), { src: "TRAP/frame" }));
navigator.sendBeacon("TRAP/beacon");
fetch("TRAP/fetch").then(() => tell("fetch", "done"), (error) => tell("fetch", error.name)).then(() => tell("end", 1));
</script>"""
LEAVING = '<!doctype html><script>location = "TRAP/away"</script>'
LIFTED = """<iframe class="kg-render" sandbox="allow-scripts allow-same-origin allow-top-navigation" src="TRAP/src"
onload="alert(1)" srcdoc='"></iframe><script>document.title = "origin " + origin</script>'></iframe>
<script>alert(2)</script><img src=x onerror=alert(3)>"""


@pytest.fixture(scope="module")
def page_text(real: Built) -> str:
    """A page that is a drawing of the real graph."""
    with Store.open(real.folder) as store:
        answer = ask(store, find_question(ROOT / "ontology" / "questions", "money-paths"), {})
        return graph_page(answer, evidence(store, answer), title="Money").html


@pytest.fixture(scope="module")
def trap() -> Iterator[tuple[str, list[str]]]:
    """An address that nothing may ask, and what was asked there."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(204)
            self.end_headers()

        def do_POST(self) -> None:
            self.do_GET()

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}", asked
        server.shutdown()


@pytest.fixture(scope="module")
def bundles(page_text: str, trap) -> list[dict[str, object]]:
    """What notebooks may hold: a drawing of ours, then what a hand could make of it."""
    address, _ = trap
    ours = Render(page_text, STILL, "Money & <b>paths</b>", 620)._repr_mimebundle_()
    note = {"height": 1e9, "title": "<img src=x onerror=alert(4)>\"'"}
    return [
        ours,
        dict(Render(HOSTILE.replace("TRAP", address), "", "hostile", 200)._repr_mimebundle_()),
        dict(Render(LEAVING.replace("TRAP", address), "", "leaving", 200)._repr_mimebundle_()),
        {"text/plain": "lifted", "text/html": LIFTED.replace("TRAP", address), RENDER: note},
        {"text/plain": "no frame", "text/html": "<script>alert(5)</script><b>words</b>", RENDER: note},
        {"text/plain": "no page", RENDER: {"height": "tall", "title": {"no": "text"}}},
        {"text/plain": "no note", "text/html": ours["text/html"], RENDER: None},
    ]


@pytest.fixture(scope="module")
def lab(chromium, real: Built, bundles, tmp_path_factory) -> Iterator[tuple[str, object]]:
    """A Lab over a project of links, with a notebook to work in and one that came from elsewhere; and a browser."""
    folder, project = tmp_path_factory.mktemp("lab"), tmp_path_factory.mktemp("project")
    for name, target in {"ontology": ROOT / "ontology", "graph": ROOT / "graph", "build": real.folder.parent}.items():
        (project / name).symlink_to(target)
    write_book(project / "work.ipynb", ["%load_ext kgtools", QUERY, "x = '#'  # Python", "", "", ""])
    write_book(project / "received.ipynb", list(bundles))
    server, url = start_lab(folder, project)
    context = chromium.new_context(viewport={"width": 1300, "height": 1000})
    yield url, context
    context.close()
    server.terminate()
    server.wait()


@pytest.fixture(scope="module")
def work(lab) -> Book:
    url, context = lab
    book = open_book(context.new_page(), url, "work.ipynb")
    book.kernel()
    book.run(0)
    book.done(0)
    return book


@pytest.fixture(scope="module")
def received(lab) -> Iterator[Book]:
    """The notebook from elsewhere, with the extension."""
    url, context = lab
    book = open_book(context.new_page(), url, "received.ipynb")
    yield book
    book.page.close()


def test_a_sparql_cell_is_coloured_on_opening_and_others_are_not(work: Book):
    work.language(1, "sparql")
    work.language(2, "python")
    spans = {span.inner_text(): span.get_attribute("class") for span in work.cell(1).locator(".cm-line > span").all()}
    comment = spans["# a real comment"]
    assert spans["<http://example.org/a#>"] != comment
    assert spans["<http://example.org/b#C>"] != comment
    magic = work.cell(1).locator(".cm-kg-magic")
    assert magic.inner_text() == QUERY.splitlines()[1]
    colours = magic.evaluate("m => [m, ...m.querySelectorAll('*')].map((e) => getComputedStyle(e).color)")
    assert len(colours) > 1
    assert len(set(colours)) == 1


def test_a_cell_changes_its_language_with_its_magic(work: Book):
    keyboard = work.page.keyboard
    work.cell(3).locator(".cm-content").click()
    keyboard.type("%%sparq")
    work.language(3, "python")
    keyboard.type("l")
    work.language(3, "sparql")
    keyboard.press("Backspace")
    work.language(3, "python")
    work.write(3, QUERY)  # as pasted
    work.language(3, "sparql")
    work.write(3, "%%sparqlish\n1")
    work.language(3, "python")


def test_the_language_outlives_a_restart_and_what_the_kernel_says_of_its_own(work: Book):
    work.page.evaluate(f"{KERNEL}.restart()")
    work.kernel()
    work.run(0)
    work.done(0)
    told = {"name": "python", "codemirror_mode": {"name": "ipython", "version": 3}, "version": "3.0"}
    work.page.evaluate(f"told => {NOW}.content.model.setMetadata('language_info', told)", told)
    work.language(2, "python")
    work.language(1, "sparql")


def test_split_and_merged_cells_have_the_language_of_their_first_line(work: Book):
    work.write(4, "%%sparql\nASK { ?s ?p ?o }")
    work.page.keyboard.press("Home")
    work.page.keyboard.press("ControlOrMeta+Shift+Minus")
    work.language(4, "sparql")
    work.language(5, "python")
    work.cell(4).locator(".jp-InputPrompt").click()
    work.page.keyboard.press("Shift+ArrowDown")
    work.page.keyboard.press("Shift+M")
    expect(work.page.locator(".jp-Notebook .jp-Cell")).to_have_count(6)  # Lab merges in its own time
    work.language(4, "sparql")


@pytest.mark.skipif(find_spec("kgtools.notebook.complete") is None, reason="there is no completion yet")
def test_tab_completes_a_thing_and_offers_no_python(work: Book):
    work.write(3, "%%sparql\nSELECT ?x { actor:jn")
    offered = work.page.locator(".jp-Completer-item")
    for _ in range(12):  # JupyterLab drops what a kernel says after a second, which a busy machine may need
        work.page.keyboard.press("Tab")
        if shown_within(offered, 5_000):
            break
    names = [name.strip() for name in offered.locator(".jp-Completer-match").all_inner_texts()]
    assert any(name.startswith("actor:jnim") for name in names)
    assert all("actor:" in name for name in names)
    work.page.keyboard.press("Enter")
    offered.first.wait_for(state="hidden", timeout=PATIENCE)
    assert "actor:jnim" in work.cell(3).locator(".cm-content").inner_text()


def shown_within(items: Locator, milliseconds: float) -> bool:
    try:
        items.first.wait_for(timeout=milliseconds)
    except NotSeen:
        return False
    return True


def test_a_wrong_query_shows_where_it_is_wrong_and_no_traceback(work: Book):
    work.run(3, "%%sparql\nSELECT ?x {\n  ?x ?y }")
    lines = work.done(3).inner_text().splitlines()
    assert any("line 2, column 10" in line for line in lines)
    assert any(line.strip() == "^" for line in lines)
    assert "Traceback" not in "".join(lines)


def test_a_row_opens_its_claims(work: Book):
    work.run(3, "%kg ask money-paths --why")
    row = work.done(3).locator("details").first
    claim = row.locator("p").filter(has_text="[claim:").first
    assert not claim.is_visible()
    row.locator("summary").click()
    claim.wait_for(state="visible", timeout=PATIENCE)


def test_an_edge_opens_its_claims_where_the_notebook_is_trusted(work: Book):
    work.run(3, "%kg show money-paths")
    work.done(3)
    assert opened_claims(work, 3)
    assert work.refused == []
    assert work.outside == []


def opened_claims(book: Book, cell: int) -> str:
    """What the panel of a drawing says after an edge was chosen by the keyboard."""
    drawing = book.drawing(cell)
    drawing.locator("#edges tbody tr").first.focus(timeout=PATIENCE)
    drawing.locator("#edges tbody tr").first.press("Enter")
    return drawing.locator("#panel .claim").first.inner_text()


def test_a_slow_query_is_stopped_by_a_click_and_the_kernel_lives(work: Book):
    work.run(3, SLOW)
    work.cell(3).locator(".jp-InputPrompt").filter(has_text="[*]").wait_for(timeout=PATIENCE)
    work.page.locator('.jp-Notebook-ExecutionIndicator[data-status="busy"]').wait_for(timeout=PATIENCE)
    work.cell(3).locator(".jp-InputPrompt").click()
    work.page.keyboard.press("i")
    work.page.keyboard.press("i")
    assert re.search("interrupt|stopped", work.done(3).inner_text(), re.IGNORECASE)  # it has 300 seconds of its own
    work.run(3, "%%sparql\nASK { ?s ?p ?o }")
    assert "yes" in work.done(3).inner_text()


def test_a_drawing_is_live_in_a_notebook_that_is_not_trusted(received: Book, trap):
    assert received.page.evaluate(f"[...{NOW}.content.model.cells].every((cell) => !cell.trusted)")
    frame = received.cell(0).locator(f'[data-mime-type="{RENDER}"] > iframe')
    assert frame.get_attribute("sandbox") == "allow-scripts"
    assert frame.get_attribute("title") == "Money & <b>paths</b>"
    assert opened_claims(received, 0)
    assert not [url for url in received.outside if not url.startswith(trap[0])]


def test_a_hostile_drawing_reaches_nothing(received: Book, trap):
    told = received.drawing(1).locator("#out").filter(has_text="end=1")
    told.wait_for(timeout=PATIENCE)
    results = dict(word.split("=") for word in told.inner_text().split())
    refused = dict.fromkeys(("parent", "top", "cookie", "storage", "leave"), "SecurityError")
    assert results == refused | {"open": "false", "fetch": "TypeError", "end": "1"}
    received.cell(2).scroll_into_view_if_needed()
    frame = received.cell(2).locator(".jp-OutputArea-output iframe")
    inner = next(f for f in frame.element_handle().content_frame().child_frames)
    inner.wait_for_url("chrome-error://**", timeout=PATIENCE)  # it left, and was stopped on its way
    assert trap[1] == []


def test_what_a_notebook_says_of_the_sandbox_is_not_heard(received: Book, trap):
    received.cell(3).scroll_into_view_if_needed()
    frame = received.cell(3).locator(".jp-OutputArea-output iframe")
    assert frame.get_attribute("sandbox") == "allow-scripts"
    assert frame.get_attribute("title") == "<img src=x onerror=alert(4)>\"'"
    assert frame.evaluate("frame => frame.clientHeight") == 2000
    inner = next(f for f in frame.element_handle().content_frame().child_frames)
    inner.wait_for_function("document.title === 'origin null'", timeout=PATIENCE)
    assert not [text for text in received.refused if text.startswith("dialog")]
    assert trap[1] == []


@pytest.mark.parametrize("cell", [4, 5])
def test_a_drawing_that_has_lost_its_page_says_so(cell: int, received: Book):
    received.cell(cell).scroll_into_view_if_needed()
    assert received.cell(cell).locator(".jp-Cell-outputArea").inner_text().strip() == (
        "This drawing has lost its page; run the cell again."
    )


def test_a_drawing_without_a_note_has_a_height_and_a_title(received: Book):
    received.cell(6).scroll_into_view_if_needed()
    frame = received.cell(6).locator(".jp-OutputArea-output iframe")
    assert frame.get_attribute("title") == "drawing"
    assert frame.evaluate("frame => frame.clientHeight") == 620


def test_without_the_extension_the_still_image_stands_for_the_drawing(lab):
    url, context = lab
    page = context.new_page()
    page.route("**/sahel-kg.js*", lambda route: route.abort())
    book = open_book(page, url, "received.ipynb")
    image = book.cell(0).locator(".jp-Cell-outputArea img")
    image.wait_for(timeout=PATIENCE)
    assert image.get_attribute("alt") == "Money & <b>paths</b>"
    assert image.evaluate("image => image.naturalWidth") == 300
    assert book.cell(0).locator("iframe").count() == 0
    assert "[drawing: hostile" in book.cell(1).inner_text()
    page.close()


@pytest.fixture(scope="module")
def installed() -> Path:
    """Where Jupyter's files are installed. In CI ours must be among them; elsewhere the tests skip and say why."""
    asked = [PYTHON, "-c", "import sys; print(sys.prefix)"]
    prefix = subprocess.run(asked, check=True, capture_output=True, text=True).stdout.strip()
    share = Path(prefix) / "share" / "jupyter"
    package = share / "labextensions" / "sahel-kg" / "package.json"
    if not package.exists() or package.read_bytes() != (NOTEBOOK / "labextension" / "package.json").read_bytes():
        decide = pytest.fail if os.environ.get("CI") else pytest.skip
        decide(f"{package} is not this tree's; install the project anew")
    return share


PLACES = {"labextensions/sahel-kg": "labextension", "nbconvert/templates/kg": "template"}


@pytest.mark.parametrize("place", PLACES)
def test_the_installed_files_are_those_of_this_tree(place: str, installed: Path):
    ours = NOTEBOOK / PLACES[place]
    files = [path.relative_to(ours) for path in ours.rglob("*") if path.is_file()]
    assert len(files) == 3
    for file in files:
        assert (installed / place / file).read_bytes() == (ours / file).read_bytes()


@pytest.mark.usefixtures("installed")
def test_lab_lists_the_extension_as_enabled():
    asked = [PYTHON, "-m", "jupyter", "labextension", "list"]
    listed = subprocess.run(asked, check=True, capture_output=True, text=True)
    line = next(line for line in (listed.stderr + listed.stdout).splitlines() if "sahel-kg" in line)
    assert "enabled" in line
    assert "OK" in line
