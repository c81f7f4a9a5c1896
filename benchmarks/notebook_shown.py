"""What a notebook that has been run shows and holds, whichever made it."""

import html
import re
import textwrap
from collections.abc import Iterator

import nbformat
from packaging.version import Version

STATE = "application/vnd.jupyter.widget-state+json"
VIEW = "application/vnd.jupyter.widget-view+json"
_WHERE = re.compile(r"line \d+, column \d+|(?<![.\d])\d+:\d+\b")  # not the port of an address


def size(book: nbformat.NotebookNode, *, widgets: bool = True) -> int:
    """The bytes of the saved notebook."""
    metadata = {key: value for key, value in book.metadata.items() if widgets or key != "widgets"}
    return len(nbformat.writes(nbformat.from_dict({**book, "metadata": metadata})).encode())


def text_of(book: nbformat.NotebookNode, cell: nbformat.NotebookNode) -> str:
    """The beginning of what a cell shows as text, on one line; what stands in its widgets too."""
    return textwrap.shorten(" ".join(_lines(book, cell)), 300, placeholder=" …").replace("|", "\\|")


def failure(book: nbformat.NotebookNode, cell: nbformat.NotebookNode) -> str:
    """What a cell that went wrong tells: whether it failed, how many lines, whether they say where."""
    lines = _lines(book, cell)
    fails = any(output.output_type == "error" for output in cell.outputs)
    where = _WHERE.search(" ".join(lines))
    return ", ".join(
        (
            "fails its cell" if fails else "does not fail its cell",
            f"{len(lines)} lines",
            f"says “{where[0]}”" if where else "does not say where",
            "with a caret" if any(line.strip() == "^" for line in lines) else "no caret",
        )
    )


def kept_types(book: nbformat.NotebookNode) -> str:
    """What the last cell prints of types, on one line."""
    return ", ".join(
        f"{name} {kind}" for name, _, kind in (line.partition("=") for line in _lines(book, book.cells[-1]))
    )


def lowered(before: dict[str, str], after: dict[str, str]) -> Iterator[str]:
    """The packages that now have a lower version."""
    for name in sorted(before.keys() & after.keys()):
        if Version(after[name]) < Version(before[name]):
            yield f"{name} {before[name]} to {after[name]}"


def _lines(book: nbformat.NotebookNode, cell: nbformat.NotebookNode) -> list[str]:
    state = book.metadata.get("widgets", {}).get(STATE, {}).get("state", {})
    text = "\n".join(part for output in cell.outputs for part in _texts(output, state))
    return [line for line in text.splitlines() if line.strip()]


def _texts(output: dict, state: dict) -> Iterator[str]:  # type: ignore[type-arg]
    if "text" in output or "traceback" in output:
        told = output.get("text") or "\n".join(output["traceback"])
        yield re.sub(r"\x1b\[[0-9;]*m", "", told)
        return
    data = output.get("data", {})
    if VIEW in data:
        yield from _in_widget(data[VIEW]["model_id"], state)
    elif "text/html" in data:
        yield html.unescape(re.sub(r"<(script|style).*?</\1>|<[^>]+>", " ", data["text/html"], flags=re.DOTALL))
    else:
        yield data.get("text/plain", "")


def _in_widget(model: str, state: dict) -> Iterator[str]:  # type: ignore[type-arg]
    held = state.get(model, {}).get("state", {})
    for output in held.get("outputs", ()):
        yield from _texts(output, state)
    for child in held.get("children", ()):
        yield from _in_widget(child.removeprefix("IPY_MODEL_"), state)
