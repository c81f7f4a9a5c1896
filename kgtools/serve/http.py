"""HTTP by uvicorn, with what it leaves open: a client that is slow to send or to take is not waited for without end."""

import asyncio
from collections.abc import Callable
from types import FrameType
from typing import Any

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from kgtools.serve.limits import Limits

_KEEP_ALIVE = 15  # seconds
_SHUTDOWN = 10  # seconds for what still runs when the server is stopped


def server(app: Any, limits: Limits, stopping: Callable[[], object]) -> uvicorn.Server:
    """A server of the application, to be stopped by SIGINT or SIGTERM; it tells when it was."""

    class Patient(_Protocol):
        receiving, sending = limits.receiving, limits.sending

    config = uvicorn.Config(
        app,
        http=Patient,
        ws="none",
        access_log=False,
        log_level="warning",
        limit_concurrency=limits.connections,
        timeout_keep_alive=_KEEP_ALIVE,
        timeout_graceful_shutdown=_SHUTDOWN,
        server_header=False,
    )
    return _Stoppable(config, stopping)


class _Stoppable(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, stopping: Callable[[], object]) -> None:
        super().__init__(config)
        self._stopping = stopping

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Take no more requests, and tell so."""
        super().handle_exit(sig, frame)
        self._stopping()


class _Protocol(HttpToolsProtocol):
    """A connection that is closed if the head of a request is long in coming, or nothing of an answer is taken."""

    receiving: float
    sending: float
    _late: asyncio.TimerHandle | None = None
    _stuck: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Wait for a request, but not long."""
        super().connection_made(transport)
        self._late = self.loop.call_later(self.receiving, transport.abort)

    def on_message_begin(self) -> None:
        """Wait for its head, but not long."""
        super().on_message_begin()
        self._in_time()
        self._late = self.loop.call_later(self.receiving, self.transport.abort)

    def on_headers_complete(self) -> None:
        """Whoever reads the body waits for that."""
        self._in_time()
        super().on_headers_complete()

    def pause_writing(self) -> None:
        """Wait for the client to take what is sent, but not long."""
        super().pause_writing()
        self._stuck = self.loop.call_later(self.sending, self.transport.abort)

    def resume_writing(self) -> None:
        """It has."""
        super().resume_writing()
        self._taken()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing is awaited any more."""
        self._in_time()
        self._taken()
        super().connection_lost(exc)

    def _in_time(self) -> None:
        if self._late is not None:
            self._late.cancel()
            self._late = None

    def _taken(self) -> None:
        if self._stuck is not None:
            self._stuck.cancel()
            self._stuck = None
