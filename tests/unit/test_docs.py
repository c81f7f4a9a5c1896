"""Documents that could drift from the code are held to it."""

import re
import shlex
import shutil
from pathlib import Path

import pytest

from kgtools.build import Built, load
from kgtools.cli import _parser
from kgtools.model import Project
from kgtools.names import PREFIXES
from kgtools.questions import read_questions
from kgtools.sources import format_turtle, parse_turtle

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md")), ROOT / "CHANGELOG.md"]


def commands(text: str) -> list[str]:
    inline = re.findall(r"`(kg [^`]+)`", text)
    inline = [command for command in inline if "--help" not in command]
    return inline + re.findall(r"^ {4}(?:echo .* \| )?(kg .+)$", text, re.MULTILINE)


COMMANDS = [(page.name, command) for page in PAGES for command in commands(page.read_text("utf-8"))]


def test_the_documents_show_commands():
    assert len(COMMANDS) > 20


@pytest.mark.parametrize(("page", "command"), COMMANDS)
def test_every_command_shown_is_one(page: str, command: str):
    words = shlex.split(re.split(r"[,;]? …| \|$", command)[0])[1:]
    words = ["json" if word == "csv|json|md" else "1" if word == "SECONDS" else word for word in words]
    if words[0] in ("show", "export") and "-o" not in words:
        words += ["x"] * (len(words) == 1 and words[0] == "show") + ["-o", "x"]
    if words[0] == "export" and words[1] in ("-o", "FORMAT"):
        words[1:1] = ["turtle"]
    if words[0] == "sparql" and len(words) == 1:
        words.append("-")
    arguments = _parser().parse_args(words)
    if getattr(arguments, "question", None) not in (None, "QUESTION", "x"):
        assert arguments.question in read_questions(ROOT / "ontology" / "questions")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_leads_somewhere(page: Path):
    for target in re.findall(r"\]\(([^)#]+)\)", page.read_text("utf-8")):
        assert (page.parent / target).exists(), target


@pytest.mark.parametrize(("name", "sources"), [("add-a-source", 1), ("record-a-retraction", 2)])
def test_the_example_sources_have_no_finding(name: str, sources: int, tmp_path: Path):
    page = (ROOT / "docs" / "how-to" / f"{name}.md").read_text("utf-8")
    examples = re.findall(r"```turtle\n(source:([\w-]+) .*?)```", page, re.DOTALL)
    assert len(examples) == sources
    shutil.copytree(ROOT / "graph", tmp_path / "graph")
    for example, stem in examples:
        text = "".join(f"@prefix {prefix}: <{iri}> .\n" for prefix, iri in PREFIXES.items()) + example
        path = tmp_path / "graph" / "sources" / f"{stem}.ttl"
        path.write_text(format_turtle(parse_turtle(path, text)), encoding="utf-8")
    assert load(Project(tmp_path, ROOT / "ontology", tmp_path / "graph"))[2] == []


PYTHON = re.compile(r"^```py\w*\n(.*?)^```$", re.DOTALL | re.MULTILINE)
RUNNABLE = [page for page in PAGES if PYTHON.search(page.read_text("utf-8"))]


@pytest.fixture
def after_a_build(real: Built, world: Built, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Work where the pages are read: in a project that is built, with an older snapshot beside it."""
    targets = {"ontology": ROOT / "ontology", "graph": ROOT / "graph"}
    for name, target in (targets | {"build": real.folder.parent, "old": world.folder.parent}).items():
        (tmp_path / name).symlink_to(target)
    monkeypatch.chdir(tmp_path)


def test_no_page_with_python_is_missed():
    fences = sum(page.read_text("utf-8").lower().count("```py") for page in PAGES)
    assert fences == sum(len(PYTHON.findall(page.read_text("utf-8"))) for page in RUNNABLE) > 10


@pytest.mark.usefixtures("after_a_build")
@pytest.mark.parametrize("page", RUNNABLE, ids=lambda page: page.name)
def test_the_python_of_a_page_runs_from_top_to_bottom(page: Path, capsys: pytest.CaptureFixture[str]):
    text, names = page.read_text("utf-8"), {}
    for block in PYTHON.finditer(text):
        exec(compile("\n" * text.count("\n", 0, block.start(1)) + block[1], page, "exec"), names)
        printed = capsys.readouterr().out
        assert printed
        if shown := re.match(r"\n\n```text\n(.*?)```$", text[block.end() :], re.DOTALL | re.MULTILINE):
            assert printed == shown[1], "the page shows another text than it prints"


def test_the_readme_begins_with_two_commands():
    blocks = re.findall(r"```bash\n(.*?)\n```", (ROOT / "README.md").read_text("utf-8"), re.DOTALL)
    assert len(blocks) == 2
    assert blocks[0].endswith("kg build")
    assert blocks[1].partition("/pytest")[1]
