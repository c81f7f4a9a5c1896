"""Open JupyterLab on copies of the notebooks."""

import importlib.util
import os
import shutil
import sys
from argparse import Namespace
from pathlib import Path

from kgtools.build import snapshot_folder
from kgtools.errors import SourceError, UsageError
from kgtools.files import write_whole
from kgtools.sources import POINTER, find_project


def lab(arguments: Namespace) -> int:
    """Copy what the folder lacks of the notebooks, then become JupyterLab there; what is there is left as it is."""
    if importlib.util.find_spec("jupyterlab") is None:
        raise UsageError("JupyterLab is not installed; pip install -c constraints.txt -e '.[notebook]' in the project")
    project = find_project(arguments.root)
    snapshot_folder(project.root / "build")
    copied, kept = copy_notebooks(project.root / "notebooks", arguments.folder)
    write_whole(arguments.folder / POINTER, f"{project.root}\n".encode())
    print(f"{arguments.folder}: {copied} notebooks copied, {kept} left as they were there", file=sys.stderr)
    options = [f"--ServerApp.root_dir={arguments.folder.resolve()}"]
    options += [f"--ServerApp.port={arguments.port}"] if arguments.port is not None else []
    options += ["--no-browser"] if arguments.no_browser else []
    sys.stderr.flush()
    os.execv(sys.executable, [sys.executable, "-m", "jupyterlab", *options])  # noqa: S606  our own interpreter


def copy_notebooks(originals: Path, folder: Path) -> tuple[int, int]:
    """How many notebooks were copied, and how many of that name were in the folder already, which stay."""
    books = sorted(originals.glob("*.ipynb"))
    if not books:
        raise SourceError(originals, "holds no notebook, so there is nothing to copy")
    if folder.resolve() == originals.resolve():
        raise UsageError(f"{folder} is where the originals are; name another folder for your copies")
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"{folder} is a file; name a folder")
    folder.mkdir(parents=True, exist_ok=True)
    missing = [book for book in books if not (folder / book.name).exists()]
    for book in missing:
        shutil.copyfile(book, folder / book.name)
    return len(missing), len(books) - len(missing)
