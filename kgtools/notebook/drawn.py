"""What a cell shows of a drawing: a live page in a sandbox, a still image where nothing may run, words elsewhere."""

import html
import json
from dataclasses import dataclass
from pathlib import Path

from kgtools.render.packed import packed
from kgtools.render.still import as_address

RENDER = "application/vnd.sahel-kg.render+json"  # known to our extension of JupyterLab, see labextension/
MOST_BYTES = 250_000  # of one output in a notebook file


@dataclass(frozen=True, slots=True)
class Render:
    """A page and its still image, an SVG text, that show themselves inline and cannot reach the notebook around them.

    Without a still image there are words where the page cannot run.
    """

    page: str
    still: str
    title: str
    height: int

    def __repr__(self) -> str:
        """What stands where nothing can be drawn."""
        return f"[drawing: {self.title}; write it to a file with .save('drawing.html')]"

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, object]:
        """The page for all that shows HTML, and a note that lets our extension show it where HTML is not trusted.

        What is too large for a notebook file is left out: first the still image, then the page, which is then told of.
        """
        live = self._live(self._image() or self._words())
        if _size(live) <= MOST_BYTES:
            return live
        without = self._live(self._words())
        return without if _size(without) <= MOST_BYTES else self._told(_size(without))

    def save(self, path: Path | str) -> Path:
        """Write the page to a file."""
        Path(path).write_text(self.page, encoding="utf-8")
        return Path(path)

    def _live(self, instead: str) -> dict[str, object]:
        """The page in a frame, with what is shown where frames are not."""
        style = f"display:block;width:100%;height:{self.height}px;border:0"
        frame = f'class="kg-render" sandbox="allow-scripts" title="{html.escape(self.title)}" style="{style}"'
        return {
            "text/plain": repr(self),
            "text/html": f"<iframe {frame} srcdoc='{_attribute(packed(self.page))}'>{instead}</iframe>",
            RENDER: {"height": self.height, "title": self.title},
        }

    def _words(self) -> str:
        return html.escape(repr(self))

    def _image(self) -> str:
        if not self.still:
            return ""
        return f'<img alt="{html.escape(self.title)}" style="max-width:100%" src="{as_address(self.still)}">'

    def _told(self, size: int) -> dict[str, object]:
        notice = (
            f"This drawing has {size // 1000:,} kB, and a cell keeps at most {MOST_BYTES // 1000} kB; "
            "ask for fewer rows, or write it to a file with .save('drawing.html')."
        )
        told: dict[str, object] = {"text/plain": notice, "text/html": f"<p>{html.escape(notice)}</p>"}
        pictured = told | {"text/html": f"{told['text/html']}{self._image()}"}
        return pictured if _size(pictured) <= MOST_BYTES else told


def _attribute(text: str) -> str:
    """The text as the value of an attribute in single quotes; pages are full of double ones, which stay as they are."""
    return text.replace("&", "&amp;").replace("'", "&#39;").replace("<", "&lt;")


def _size(bundle: dict[str, object]) -> int:
    return len(json.dumps(bundle, ensure_ascii=False).encode())
