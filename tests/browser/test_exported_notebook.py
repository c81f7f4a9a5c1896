"""A notebook exported with the template `kg`: one page that asks no server for anything, with its drawings live."""

from pathlib import Path

import nbformat
import pytest
from hostile import TEXTS, hostile, squeezed
from lab import NOTEBOOK
from nbconvert import HTMLExporter
from rdflib import Literal

from kgtools.build import Built
from kgtools.evidence import evidence
from kgtools.model import Answer, Evidence
from kgtools.notebook import Render
from kgtools.notebook.rows import Rows
from kgtools.notebook.shown import Evidenced
from kgtools.questions import ask, find_question
from kgtools.render import graph_page
from kgtools.store import Store

pytestmark = pytest.mark.browser

ROOT = Path(__file__).resolve().parents[2]
QUERY = """
%%sparql --as-of 2024 --param x="</pre><script>window.hacked=1</script>"
SELECT ?who { ?who a <http://example.org/b#C> # </pre><script>window.hacked=1</script>
}"""
PROSE = (
    "# A title\n\nA formula $x^2$, a [link](https://example.org/there), a diagram:\n\n```mermaid\ngraph TD; A-->B\n```"
)
FOREIGN = """<img src="https://example.org/image.png"><script src="https://example.org/script.js"></script>
<link rel="stylesheet" href="https://example.org/style.css"><iframe src="https://example.org/frame"></iframe>"""


def export(tmp_path: Path, *cells: nbformat.NotebookNode) -> str:
    (tmp_path / "kg").symlink_to(NOTEBOOK / "template")
    metadata = {
        "language_info": {"name": "python", "pygments_lexer": "ipython3"},
        "widgets": {"application/vnd.jupyter.widget-state+json": {"state": {}}},
    }
    book = nbformat.v4.new_notebook(cells=list(cells), metadata=metadata)
    return HTMLExporter(template_name="kg", extra_template_basedirs=[str(tmp_path)]).from_notebook_node(book)[0]


def shown(source: str, data: dict[str, object]) -> nbformat.NotebookNode:
    return nbformat.v4.new_code_cell(source, outputs=[nbformat.v4.new_output("display_data", data=data)])


@pytest.fixture
def book(world: Built, store: Store, tmp_path: Path) -> str:
    answer = ask(store, find_question(ROOT / "ontology" / "questions", "actors-on-each-route"), {})
    drawn = Render(graph_page(answer, evidence(store, answer), title="Routes").html, "", "Routes", 620)
    return export(
        tmp_path,
        nbformat.v4.new_markdown_cell(PROSE),
        nbformat.v4.new_code_cell(QUERY),
        shown("show()", dict(drawn._repr_mimebundle_())),
        shown("table", {"text/html": "<table class='dataframe'><tr><td>1</td></tr></table>"}),
    )


def test_it_asks_for_nothing_and_nothing_goes_wrong(book: str, visit):
    _, wrong = visit(book)
    assert wrong == []
    assert len(book.encode()) < 250_000


def test_a_drawing_in_it_opens_its_claims(book: str, visit):
    page, wrong = visit(book)
    drawing = page.frame_locator("iframe.kg-render")
    drawing.locator("#edges tbody tr").first.press("Enter")
    assert drawing.locator("#panel .claim").count() > 0
    assert page.locator("iframe.kg-render").get_attribute("sandbox") == "allow-scripts"
    assert wrong == []


def test_a_query_in_it_is_coloured_and_runs_nothing(book: str, visit):
    page, _ = visit(book)
    assert page.locator(".kg-magic").inner_text() == QUERY.splitlines()[1]
    assert "b#C" in page.locator(".kg-sparql .nl").inner_text()
    assert page.locator(".kg-sparql .c").inner_text() == "# </pre><script>window.hacked=1</script>"
    assert page.evaluate("window.hacked") is None


def test_hostile_strings_in_rows_evidence_and_drawings_are_text(tmp_path: Path, visit):
    parts = [hostile(text, number) for number, text in enumerate(TEXTS)]
    labels = {iri: names for *_, of in parts for iri, names in of.items()}
    claims = {claim.iri: claim for *_, claim, _ in parts}
    known = Evidence(tuple((edge, name) for edge, name, *_ in parts), claims, labels, {}, ((),) * len(parts))
    rows = Rows(TEXTS, [tuple(map(Literal, TEXTS))] * len(parts), labels, len(parts))
    drawn = graph_page(Answer("", columns=tuple(TEXTS)), known, title=TEXTS[0])
    page, wrong = visit(
        export(
            tmp_path,
            shown("rows", {"text/html": rows.html()}),
            shown("evidence", {"text/html": Evidenced(rows, known)._repr_html_()}),
            shown("show()", dict(Render(drawn.html, drawn.still, TEXTS[0], 620)._repr_mimebundle_())),
        )
    )
    page.locator("details").evaluate_all("ones => ones.forEach((one) => { one.open = true; })")
    page.frame_locator("iframe.kg-render").locator("#edges").wait_for()
    seen = squeezed(page.locator("body").inner_text())
    assert [text for text in TEXTS if squeezed(text) not in seen] == []
    assert [frame.evaluate("window.hacked") for frame in page.frames] == [None, None]
    assert wrong == []


def test_what_the_notebook_would_fetch_is_refused(tmp_path: Path, visit):
    page, wrong = visit(export(tmp_path, shown("x", {"text/html": FOREIGN})))
    page.wait_for_load_state()
    refused = [text for text in wrong if text.startswith("console: ")]
    for kind in ("image.png", "script.js", "style.css"):
        assert any(kind in text and "violates the following Content Security Policy" in text for text in refused)
    assert any("Framing 'https://example.org/' violates" in text for text in refused)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_its_text_is_dark_on_light_or_light_on_dark(scheme: str, book: str, visit):
    page, _ = visit(book, color_scheme=scheme)
    read = "e => getComputedStyle(e)[{}].match(/\\d+/g).slice(0, 3).reduce((a, b) => a + Number(b), 0)"
    paper = page.locator("body").evaluate(read.format("'backgroundColor'"))
    for part in ("h1", "p", ".kg-magic", ".kg-sparql .k", ".kg-sparql .nl", ".kg-sparql .c", "td"):
        ink = page.locator(part).first.evaluate(read.format("'color'"))
        assert (ink < paper - 250) if scheme == "light" else (ink > paper + 250), part
