"""Notebooks run in a kernel of their own or in one that many share, and what they show as text."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from nbformat import NotebookNode


def run(
    cells: list[str] | Path, folder: Path, monkeypatch: pytest.MonkeyPatch, more: Sequence[str] = ()
) -> NotebookNode:
    """The notebook, or one of these cells, after a run in the folder without a network, up to a cell that fails.

    Of *more* cells, which come last, each is run whatever has failed before.
    """
    book = nbformat.read(cells, 4) if isinstance(cells, Path) else _book(cells)
    book.cells += [nbformat.v4.new_code_cell(cell, metadata={"tags": ["raises-exception"]}) for cell in more]
    return _client(book, folder, monkeypatch).execute()


@contextmanager
def kernel(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[NotebookClient]:
    """A kernel in the folder without a network, for `run_in`."""
    client = _client(_book([]), folder, monkeypatch)
    with client.setup_kernel():
        yield client


def run_in(client: NotebookClient, cells: list[str], *, to_the_end: bool = False) -> NotebookNode:
    """A notebook of these cells after a run in the kernel, whose names are gone, up to a cell that fails."""
    client.nb, client.allow_errors = _book(["%reset -f", *cells]), to_the_end
    for number, cell in enumerate(client.nb.cells):
        client.execute_cell(cell, number)
    del client.nb.cells[0]
    return client.nb


def shown(book: NotebookNode, kind: str = "text/plain") -> str:
    """All that the code cells show of a kind, what they print among it."""
    outputs = [output for cell in book.cells if cell.cell_type == "code" for output in cell.outputs]
    return "\n".join(output.get("data", {}).get(kind, output.get("text", "")) for output in outputs)


def _book(cells: list[str]) -> NotebookNode:
    return nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])


def _client(book: NotebookNode, folder: Path, monkeypatch: pytest.MonkeyPatch) -> NotebookClient:
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")  # nothing listens there
    return NotebookClient(book, timeout=120, kernel_name="python3", resources={"metadata": {"path": str(folder)}})
