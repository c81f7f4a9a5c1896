"""The committed notebooks: stripped, short, offline, and each showing the findings that its story rests on."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import nbformat
import pytest
from nbconvert import HTMLExporter
from nbformat import NotebookNode
from running import run, shown

from kgtools.notebook.drawn import MOST_BYTES
from kgtools.questions import read_questions

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
EACH = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)

# What each story rests on: who says a thing, who denies it, what is not there.
FINDINGS = {
    "01-first-questions": (
        "author of the article on Algeria-Mali relations",
        "JNIM exploits route route of Moroccan cannabis resin",
        "follows by kg:taxesRoute ⊑ kg:exploitsRoute",
        "denied: 1 root (Moroccan authorities)",
        "claim:aps-bilan-anp-kif-2021-011",
        "Asked again of this snapshot",
    ),
    "02-who-says-what": (
        "Mali has never officially acknowledged the presence of Wagner",
        "[claim:liberal-gr-mali-denies-wagner-2021-001]",
        "2 roots against it",
        "denied: 2 roots (Permanent Strategic Framework",
        "Russian military bloggers (unnamed)",
        "asserted: 1 root (Communiqué of the AES heads of state on the downed drone)",
        "\nno\n",
        "nothing is contested",
        "In the view uncontested, known by 2024-12-31 it is claimed.",
        "initiative:mali-atlantic-corridor",
    ),
    "03-routes-and-actors": (
        "place:western-sahara",
        "claim:maliactu-panel-2020-001",
        "roles on routes rest on one origin",
        "gold sites of northern Mali, Intahaka",
        "jihadist groups of the Sahel (unnamed)",
        "the largest parts that hang together",
    ),
    "04-agreements-over-time": (
        "no longer:\n  agreement:algiers-agreement-2015",
        "in force as known then and not as known now:\n  agreement:algiers-agreement-2015",
        "claim:un-secretary-general-report-mali-2015-004",
        "[claim:pressafrik-alliance-etats-sahel-2023-001]",
        "Malian recall of the ambassador in Algiers, December 2023",
        "claim:deutsche-welle-fin-accord-alger-2024-001",
        "ISWAP-Greater Sahara",
    ),
    "05-three-futures": (
        "scenario:algeria-mali-gradual-normalisation",
        "Russian offer of mediation",
        "0 conditions are claimed as facts by somebody",
        "supposes",
        "by kg:isInTensionWith is symmetric",
        "so no score is given",
        "claim:arab-news-morocco-atlantic-gambit-2025-003",
    ),
    "06-bring-your-own-sources": (
        "graph/sources/invented-notes-2026.ttl:",
        "kg:taxesRoutes is declared nowhere; did you mean kg:taxesRoute?",
        "0.500      1        0  JNIM",
        "0.750      2        0  JNIM",
        "denied: 1 root (INVENTED notes from a road that nobody travelled)",
        "The view uncontested does not have it",
        "claims: 2 added, 0 gone, 0 changed",
        "kg:holder actor:invented-traveller",
        "An INVENTED traveller. INVENTED notes",
    ),
}

# Told to the kernel and to every process that it starts: whoever leaves this machine is written down and stopped.
WATCH = """
import os, sys
def watch(event, arguments):
    if event == "socket.getaddrinfo":
        place = arguments[0]
    elif event == "socket.connect" and isinstance(arguments[1], tuple):
        place = arguments[1][0]
    else:
        return
    if place not in (None, "", "localhost", b"localhost") and not str(place).startswith(("127.", "::1", "b'127.")):
        with open(os.environ["KG_TEST_CALLS"], "a") as calls:
            print(event, place, file=calls)
        raise OSError("this test lets nothing leave the machine")
sys.addaudithook(watch)
"""


@pytest.fixture(scope="module")
def calls(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The file in which attempts to leave the machine are written down."""
    folder = tmp_path_factory.mktemp("watched")
    (folder / "sitecustomize.py").write_text(WATCH, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(folder), prepend=":")
        patch.setenv("KG_TEST_CALLS", str(folder / "calls"))
        yield folder / "calls"


@pytest.fixture(scope="module")
def first_runs() -> dict[Path, NotebookNode]:
    return {}


@pytest.fixture
def ran(
    path: Path, project: Path, calls: Path, first_runs: dict[Path, NotebookNode], monkeypatch: pytest.MonkeyPatch
) -> NotebookNode:
    """The notebook after its first run, which the tests of this file share."""
    if path not in first_runs:
        first_runs[path] = run(path, project / "notebooks", monkeypatch)
    return first_runs[path]


@dataclass(frozen=True)
class Again:
    """A notebook after its second run, the cells that it proposes run at its end, and the files around it."""

    book: NotebookNode
    proposed: list[NotebookNode]
    before: dict[Path, tuple[int, int]]
    after: dict[Path, tuple[int, int]]
    left_over: list[Path]


@pytest.fixture(scope="module")
def second_runs() -> dict[Path, Again]:
    return {}


@pytest.fixture
def again(
    path: Path,
    *,
    project: Path,
    ran: NotebookNode,
    second_runs: dict[Path, Again],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Again:
    """The second run, in which a reader follows what the notebook proposes; the tests of this file share it."""
    if path not in second_runs:
        monkeypatch.setenv("TMPDIR", str(tmp_path))
        around = (project, *(ROOT / name for name in ("graph", "ontology", "notebooks")))
        before = _files(*around)
        book = run(path, project / "notebooks", monkeypatch, _proposed(path))
        proposed = book.cells[len(ran.cells) :]
        del book.cells[len(ran.cells) :]
        second_runs[path] = Again(book, proposed, before, _files(*around), list(tmp_path.iterdir()))
    return second_runs[path]


def _proposed(path: Path) -> list[str]:
    last = nbformat.read(path, 4).cells[-1].source
    return [line for line in re.findall(r"`(%kg [^`]+)`", last) if "…" not in line and "FOLDER" not in line]


def test_each_notebook_has_findings():
    assert {path.stem for path in NOTEBOOKS} == FINDINGS.keys()


@EACH
def test_a_notebook_is_stripped_and_short(path: Path):
    book = nbformat.read(path, 4)
    code = [cell for cell in book.cells if cell.cell_type == "code"]
    assert book.metadata.kernelspec.name == "python3"
    assert [cell.id for cell in book.cells] == [f"cell-{number:02}" for number in range(len(book.cells))]
    assert len(book.cells) <= 30
    assert all(cell.source.count("\n") < 15 and not cell.outputs and cell.execution_count is None for cell in code)
    assert not any(re.search(r"\b(def|class) ", cell.source) for cell in code)
    assert not any(re.search(r"(?<![\w:<./])/\w+/", cell.source) for cell in book.cells), "no path of one machine"


@EACH
def test_a_notebook_begins_with_its_title_and_ends_with_what_to_try(path: Path):
    first, *_, last = nbformat.read(path, 4).cells
    title, gap, promise = first.source.split("\n")[:3]
    assert title.startswith("# ")
    assert not gap
    assert promise.startswith("You will ")
    assert promise.count(". ") == 0
    assert "## Try next\n\n- " in last.source


@EACH
def test_a_notebook_names_only_questions_that_there_are(path: Path):
    text = "\n".join(cell.source for cell in nbformat.read(path, 4).cells)
    named = set(re.findall(r"%kg (?:ask|show|cite) ([\w-]+)", text))
    assert named
    assert named <= read_questions(ROOT / "ontology" / "questions").keys()


@EACH
def test_a_notebook_shows_the_findings_of_its_story(path: Path, ran: NotebookNode):
    text = shown(ran)
    assert [finding for finding in FINDINGS[path.stem] if finding not in text] == []


@EACH
def test_a_notebook_has_no_wall_of_rows(path: Path, ran: NotebookNode):
    outputs = [output for cell in ran.cells if cell.cell_type == "code" for output in cell.outputs]
    tables = [output.get("data", {}).get("text/html", "").count("<tr") for output in outputs]
    texts = [output.get("data", {}).get("text/plain", output.get("text", "")).count("\n") for output in outputs]
    assert max(tables) <= 30
    assert max(texts) <= 130  # frames are folded in plain text


@EACH
def test_a_notebook_stays_small_when_it_is_saved(path: Path, ran: NotebookNode):
    outputs = [output for cell in ran.cells if cell.cell_type == "code" for output in cell.outputs]
    assert max(len(json.dumps(output).encode()) for output in outputs) <= MOST_BYTES


@EACH
def test_the_exported_page_names_nothing_to_fetch(path: Path, ran: NotebookNode, tmp_path: Path):
    (tmp_path / "kg").symlink_to(ROOT / "kgtools" / "notebook" / "template")
    page, _ = HTMLExporter(template_name="kg", extra_template_basedirs=[str(tmp_path)]).from_notebook_node(ran)
    fetched = re.findall(
        r"<(?:script|img|iframe|link|source|video|audio|object|embed)\b[^>]*?\b(?:src|href|data)=\S+", page
    )
    assert [tag for tag in fetched if not re.search(r"""=["']?data:""", tag)] == []


@EACH
def test_a_second_run_shows_the_same_and_leaves_everything_as_it_was(path: Path, ran: NotebookNode, again: Again):
    assert again.before == again.after
    assert again.left_over == []
    for kind in ("text/plain", "text/html", "text/markdown"):
        assert shown(again.book, kind) == shown(ran, kind)


@EACH
def test_a_notebook_asks_nothing_of_the_network(path: Path, ran: NotebookNode, calls: Path):
    assert not calls.exists() or not calls.read_text()
    queries = [cell.source for cell in ran.cells if cell.source.startswith("%%sparql")]
    assert not any("SERVICE" in query or "[endpoint=" in query or "--on http" in query for query in queries)


def test_what_would_leave_the_machine_is_seen(project: Path, calls: Path, monkeypatch: pytest.MonkeyPatch):
    ask = "import urllib.request\nopener = urllib.request.build_opener(urllib.request.ProxyHandler({}))"
    cells = [f"{ask}\ntry:\n    opener.open('http://example.org')\nexcept OSError as error:\n    print(error)"]
    assert "lets nothing leave" in shown(run(cells, project / "notebooks", monkeypatch))
    assert "example.org" in calls.read_text()
    calls.unlink()


@EACH
def test_what_a_notebook_proposes_works(path: Path, again: Again):
    assert [cell.source for cell in again.proposed] == _proposed(path)
    assert [cell.outputs for cell in again.proposed if not cell.outputs] == []
    assert [output for cell in again.proposed for output in cell.outputs if output.output_type == "error"] == []


def _files(*folders: Path) -> dict[Path, tuple[int, int]]:
    """Size and time of change of every file below the folders, links followed."""
    found = (path for folder in folders for top in (folder, *folder.iterdir()) for path in top.rglob("*"))
    return {path: (path.stat().st_size, path.stat().st_mtime_ns) for path in found if path.is_file()}
