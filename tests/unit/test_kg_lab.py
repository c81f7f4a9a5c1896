"""`kg lab`: copies of the notebooks in a folder of the user's, from which the project is found."""

import os
import re
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from kgtools.cli.lab import copy_notebooks
from kgtools.errors import SourceError, UsageError
from kgtools.sources import POINTER, find_project

ROOT = Path(__file__).resolve().parents[2]


def test_notebooks_are_copied_and_what_is_there_stays(tmp_path: Path):
    folder = tmp_path / "mine"
    copied, kept = copy_notebooks(ROOT / "notebooks", folder)
    assert (copied > 0, kept) == (True, 0)
    changed = folder / "01-first-questions.ipynb"
    changed.write_text("my own work", encoding="utf-8")
    assert copy_notebooks(ROOT / "notebooks", folder) == (0, copied)
    assert changed.read_text(encoding="utf-8") == "my own work"


def test_the_originals_are_no_copies(tmp_path: Path):
    with pytest.raises(UsageError, match="where the originals are"):
        copy_notebooks(ROOT / "notebooks", ROOT / "docs" / ".." / "notebooks")
    with pytest.raises(UsageError, match="is a file; name a folder"):
        copy_notebooks(ROOT / "notebooks", ROOT / "README.md")
    with pytest.raises(SourceError, match="holds no notebook"):
        copy_notebooks(tmp_path, tmp_path / "mine")


def test_a_folder_elsewhere_points_to_its_project(tmp_path: Path):
    (tmp_path / POINTER).write_text(f"{ROOT}\n", encoding="utf-8")
    (tmp_path / "deeper").mkdir()
    assert find_project(tmp_path / "deeper").root == ROOT


@pytest.mark.parametrize("text", ["/nowhere/at/all", "relative/path", "", "\0"])
def test_a_folder_that_points_nowhere_says_how_to_mend_it(text: str, tmp_path: Path):
    (tmp_path / POINTER).write_text(text, encoding="utf-8")
    with pytest.raises(SourceError, match="run kg lab there again"):
        find_project(tmp_path)


def test_jupyterlab_opens_in_the_folder(real, tmp_path: Path):
    """The command serves the copies, on this machine alone, and leaves word there of where the project is."""
    project = tmp_path / "project"
    project.mkdir()
    for name in ("ontology", "graph", "notebooks"):
        (project / name).symlink_to(ROOT / name)
    (project / "build").symlink_to(real.folder.parent)
    (tmp_path / "c").mkdir()  # a Jupyter server lets root in only where its configuration says so
    (tmp_path / "c" / "jupyter_server_config.json").write_text('{"ServerApp": {"allow_root": true}}', encoding="utf-8")
    lab = subprocess.Popen(
        [sys.executable, "-m", "kgtools.cli", "lab", str(tmp_path / "mine"), "--no-browser", "--root", str(project)],
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "JUPYTER_CONFIG_DIR": str(tmp_path / "c"), "JUPYTER_RUNTIME_DIR": str(tmp_path / "r")},
    )
    try:
        assert lab.stderr is not None
        address = next(found for line in lab.stderr if (found := re.search(r"(http://127\S+?)lab\?(token=\w+)", line)))
        assert "01-first-questions.ipynb" in fetched(f"{address[1]}api/contents?{address[2]}")
    finally:
        lab.kill()
        lab.communicate()
    assert (tmp_path / "mine" / POINTER).read_text(encoding="utf-8").strip() == str(project)


def fetched(url: str) -> str:
    """The page, for which the server may not listen yet when it names its address."""
    for _ in range(100):
        try:
            with urllib.request.urlopen(url) as reply:
                return reply.read().decode()
        except urllib.error.URLError:
            time.sleep(0.2)
    pytest.fail(f"nothing listens at {url}")
