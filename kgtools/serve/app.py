"""The routes of the server, as an ASGI application."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable
from contextlib import asynccontextmanager, suppress
from typing import Any, TypeVar

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from kgtools.errors import KgError
from kgtools.model import Triple
from kgtools.serve.answers import Answers
from kgtools.serve.descriptions import Descriptions, written
from kgtools.serve.limits import Served
from kgtools.serve.media import GRAPHS, HTML, chosen, takes_gzip
from kgtools.serve.offered import Offered
from kgtools.serve.pages import Pages
from kgtools.serve.protocol import asked_of
from kgtools.serve.refusals import Refusal
from kgtools.serve.sending import Sending
from kgtools.serve.written import query_page

_T = TypeVar("_T")
Stop = Callable[[], object]

_DESCRIBED = '</.well-known/void>; rel="describedby"'
_METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]  # the last three so that they are refused in words
_SAFE = {"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer"}
_EXPOSED = ["ETag", "Link", "Retry-After"]


def application(
    served: Served,
    started: Callable[[Stop], None] = lambda _: None,
    failed: Callable[[Exception], None] = lambda _: None,
) -> Starlette:
    """The server, which tells when it has started, and how it is told to stop, or why it could not start."""
    server = _Server(served)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        try:
            await server.start()
        except KgError as error:
            failed(error)
            raise
        loop = asyncio.get_running_loop()
        started(lambda: loop.call_soon_threadsafe(server.stopping.set))
        try:
            yield
        finally:
            await server.stop()

    routes = [
        Route("/sparql", server.sparql, methods=_METHODS),
        Route("/sparql/", server.sparql, methods=_METHODS),
        Route("/query", server.query_page),
        Route("/query/{name:str}.json", server.offered),
        Route("/health", server.health),
        Route("/.well-known/void", server.void),
        Route("/.well-known/sparql-examples", server.examples),
        Route("/{path:path}", server.page),
    ]
    cors = Middleware(
        CORSMiddleware,
        allow_origins=["*"],
        allow_methods=["GET", "HEAD", "POST"],
        allow_headers=["*"],
        expose_headers=_EXPOSED,
    )
    handlers: Any = {Refusal: _refused, KgError: _unready, 404: _missing, 405: _wrong_method}
    return Starlette(routes=routes, middleware=[cors], exception_handlers=handlers, lifespan=lifespan)


class _Server:
    """What the routes answer from."""

    def __init__(self, served: Served) -> None:
        self._answers = Answers(served.snapshot, served.limits)
        self._offered = Offered(served.project, served.snapshot)
        self._pages = Pages(served.snapshot, served.site, self._offered)
        self._descriptions, self._limits = Descriptions(served.project, served.snapshot), served.limits
        self._sending = Sending(served.limits)
        self.stopping = asyncio.Event()

    async def start(self) -> None:
        """Load the snapshot."""
        await self._answers.datasets.first()

    async def stop(self) -> None:
        """Leave no process behind."""
        await self._answers.close()
        await self._pages.close()

    async def sparql(self, request: Request) -> Response:
        """An answer to a query, or the service description."""
        asked, accept = await asked_of(request, self._limits), request.headers.get("accept", "")
        if asked is None:
            return await self._service(request, accept)
        packed = takes_gzip(request.headers.get("accept-encoding", ""))
        known = "" if request.method == "POST" else request.headers.get("if-none-match", "")
        client = request.client.host if request.client else ""
        self._sending.check(client)
        sent = await self._in_time(request, self._answers.of(asked, client, accept, packed, known))
        headers = {"Vary": "Accept, Accept-Encoding", "Cache-Control": "no-cache", "Link": _DESCRIBED}
        if sent.tag:
            headers["ETag"] = f'W/"{sent.tag}"'
        else:
            headers["Cache-Control"] = "no-store"
        if sent.known:
            return Response(status_code=304, headers=headers)
        if sent.packed:
            headers["Content-Encoding"] = "gzip"
        return self._sending.response(sent.body, sent.media, headers | _SAFE, client)

    async def _in_time(self, request: Request, work: Coroutine[Any, Any, _T]) -> _T:
        """What the work gives; it is stopped if the client goes away, or soon if the server stops."""
        task, gone, stopped = map(asyncio.ensure_future, (work, _gone(request), self._stopped()))
        try:
            await asyncio.wait({task, gone, stopped}, return_when=asyncio.FIRST_COMPLETED)
            if task.done():
                return task.result()  # type: ignore[return-value]
            if gone.done():
                raise Refusal(499, "the client went away")
            raise Refusal(503, "the server stops; ask again when it is back", again=10)
        finally:
            for one in (task, gone, stopped):
                one.cancel()
            with suppress(asyncio.CancelledError, Exception):
                await task

    async def _stopped(self) -> None:
        await self.stopping.wait()
        await asyncio.sleep(self._limits.stopping)

    async def _service(self, request: Request, accept: str) -> Response:
        """To a program the service description, to a person the page to write queries on."""
        if chosen(accept, {**GRAPHS, "html": HTML}) == "html":
            return RedirectResponse("query", status_code=303, headers={"Vary": "Accept"})
        dataset = await self._answers.datasets.first()
        return self._described(request, self._descriptions.service(_endpoint(request), dataset.graphs))

    async def void(self, request: Request) -> Response:
        """What the dataset is."""
        return self._described(request, await asyncio.to_thread(self._descriptions.dataset))

    async def examples(self, request: Request) -> Response:
        """The questions, as queries that can be run."""
        return self._described(request, await asyncio.to_thread(self._descriptions.questions))

    def _described(self, request: Request, triples: Iterable[Triple]) -> Response:
        form = chosen(request.headers.get("accept", ""), GRAPHS)
        if form is None:
            names = ", ".join(names[0].partition(";")[0] for names in GRAPHS.values())
            raise Refusal(406, f"this can be had as {names}")
        return _tagged(request, written(triples, form), GRAPHS[form][0])

    async def query_page(self, request: Request) -> Response:
        """The page to write queries on."""
        return _tagged(request, query_page(), HTML[0])

    async def offered(self, request: Request) -> Response:
        """What that page completes, and the questions that it lists."""
        if request.path_params["name"] not in ("terms", "questions"):
            raise Refusal(404, f"there is nothing at {request.url.path[:200]}")
        document = await asyncio.to_thread(getattr, self._offered, request.path_params["name"])
        packed = takes_gzip(request.headers.get("accept-encoding", ""))
        headers = {"ETag": f'W/"{document.tag}"', "Cache-Control": "no-cache", "Vary": "Accept-Encoding"} | _SAFE
        if document.tag in request.headers.get("if-none-match", ""):
            return Response(status_code=304, headers=headers)
        headers |= {"Content-Encoding": "gzip"} if packed else {}
        return Response(document.packed if packed else document.body, media_type="application/json", headers=headers)

    async def page(self, request: Request) -> Response:
        """A page of the site, the data of an IRI, or the way to either from the IRI itself."""
        found = await self._pages.of(request.path_params["path"], request.headers.get("accept", ""))
        if found.location:
            return RedirectResponse(found.location, status_code=303, headers={"Vary": "Accept"})
        return _tagged(request, found.body, found.media)

    async def health(self, _: Request) -> Response:
        """That the server runs, and on which snapshot."""
        dataset = await self._answers.datasets.first()
        return JSONResponse({"status": "ok", "snapshot": dataset.store.snapshot})


def _tagged(request: Request, body: bytes, media: str) -> Response:
    tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    headers = {"ETag": tag, "Cache-Control": "no-cache", "Vary": "Accept"} | _SAFE
    if tag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    return Response(body, media_type=media, headers=headers)


async def _gone(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass


def _endpoint(request: Request) -> str:
    return str(request.base_url).rstrip("/") + "/sparql"


def _refused(_: Request, error: Exception) -> Response:
    assert isinstance(error, Refusal)
    headers = {"Retry-After": str(error.again)} if error.again else {}
    headers |= {"Allow": error.allow} if error.allow else {}
    return PlainTextResponse(error.sentence + "\n", status_code=error.status, headers=headers | _SAFE)


def _unready(_: Request, error: Exception) -> Response:
    return PlainTextResponse(f"{error}\n", status_code=503, headers=_SAFE)


def _missing(request: Request, _: Exception) -> Response:
    return PlainTextResponse(f"there is nothing at {request.url.path[:200]}\n", status_code=404, headers=_SAFE)


def _wrong_method(request: Request, _: Exception) -> Response:
    sentence = f"{request.method} is not for this address; use GET\n"
    return PlainTextResponse(sentence, status_code=405, headers={"Allow": "GET, HEAD"} | _SAFE)
