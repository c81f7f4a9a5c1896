"""Notebooks run in a kernel of their own, and what they show as text."""

from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from nbformat import NotebookNode


def run(
    cells: list[str] | Path, folder: Path, monkeypatch: pytest.MonkeyPatch, *, to_the_end: bool = False
) -> NotebookNode:
    """The notebook, or one of these cells, after a run in the folder without a network, up to a cell that fails."""
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")  # nothing listens there
    if isinstance(cells, Path):
        book = nbformat.read(cells, 4)
    else:
        book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    resources = {"metadata": {"path": str(folder)}}
    return NotebookClient(
        book, timeout=120, kernel_name="python3", resources=resources, allow_errors=to_the_end
    ).execute()


def shown(book: NotebookNode, kind: str = "text/plain") -> str:
    """All that the code cells show of a kind, what they print among it."""
    outputs = [output for cell in book.cells if cell.cell_type == "code" for output in cell.outputs]
    return "\n".join(output.get("data", {}).get(kind, output.get("text", "")) for output in outputs)
