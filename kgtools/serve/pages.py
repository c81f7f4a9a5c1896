"""What the server has beside the endpoint: the pages of the site, and each IRI with its page and its data."""

import asyncio
import mimetypes
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from kgtools.serve import rendered
from kgtools.serve.media import GRAPHS, HTML, chosen
from kgtools.serve.offered import Offered
from kgtools.serve.refusals import Refusal
from kgtools.serve.written import STARTS, start_page

if TYPE_CHECKING:
    from collections.abc import Callable

_LINE = 64  # pages that wait to be made
_OFFERED = {"html": HTML, "ttl": GRAPHS["turtle"], "jsonld": GRAPHS["jsonld"]}
_START = "index.html"


@dataclass(frozen=True, slots=True)
class Found:
    """A page with its media type, or where to look instead."""

    body: bytes = b""
    media: str = ""
    location: str = ""


class Pages:
    """The pages of one snapshot: those of the site in *site*, and where that has none, made when they are asked for."""

    def __init__(self, snapshot: Path, site: Path | None, offered: Offered) -> None:
        """Nothing is read yet."""
        self._offered = offered
        self._snapshot, self._site = snapshot, None if site is None else site.resolve()
        self._maker: ProcessPoolExecutor | None = None
        self._line = 0

    async def of(self, path: str, accept: str) -> Found:
        """What is at a path below the root, or where the IRI with this path has its page or data."""
        file = self._file(path or _START)
        if file is not None:
            media = rendered.KINDS.get(file.suffix[1:]) or mimetypes.guess_type(file.name)[0]
            return Found(await asyncio.to_thread(file.read_bytes), media or "application/octet-stream")
        if (path or _START) in STARTS:
            return Found(await asyncio.to_thread(start_page, self._offered, STARTS[path or _START]), HTML[0])
        place, _, kind = path.rpartition(".")
        if kind in rendered.KINDS and (body := await self._asked(rendered.made, place, kind)) is not None:
            return Found(body, rendered.KINDS[kind])
        page = await self._asked(rendered.place_of, path)
        if page is None:
            raise Refusal(404, f"there is nothing at /{path[:200]}{self._hint(path)}")
        form = chosen(accept, _OFFERED)
        if form is None:
            raise Refusal(406, "this can be had as text/html, text/turtle and application/ld+json")
        return Found(location="/" + quote(f"{page}.{form}", safe="/~._-"))

    async def close(self) -> None:
        """End the process that makes pages, when it has made the one at hand."""
        if self._maker is not None:
            await asyncio.to_thread(self._maker.shutdown, cancel_futures=True)

    def _file(self, path: str) -> Path | None:
        """The file of the site at a path; None if there is none, or if the path leads out of the site."""
        if self._site is None or "\0" in path:
            return None
        try:
            file = (self._site / path).resolve()
            return file if file.is_relative_to(self._site) and file.is_file() else None
        except OSError:  # a name that is too long, or the like
            return None

    def _hint(self, path: str) -> str:
        return "" if self._site or not path.endswith(".html") else "; kg build --site writes the whole site"

    async def _asked(self, ask: "Callable[..., Any]", *arguments: str) -> Any:
        if self._line >= _LINE:
            raise Refusal(503, "too many pages are asked for at once; try again", again=2)
        if self._maker is None:
            self._maker = ProcessPoolExecutor(1, get_context("spawn"), rendered.hold, (self._snapshot,))
        self._line += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._maker, ask, *arguments)
        finally:
            self._line -= 1
