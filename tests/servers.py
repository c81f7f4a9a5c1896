"""Servers as users run them: processes of their own, asked over real sockets."""

import contextlib
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO
from urllib.parse import urlencode

import httpx
import psutil

ROOT = Path(__file__).resolve().parents[1]


@dataclass
class Running:
    """A server that answers at a port of this machine, and whoever asks it."""

    process: "subprocess.Popen[bytes]"
    port: int
    client: httpx.Client

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def ask(self, query: str, accept: str = "application/sparql-results+json", **parameters: str) -> httpx.Response:
        """The response to a query, sent as most clients send one."""
        return self.client.get("/sparql", params={"query": query} | parameters, headers={"Accept": accept})

    def raw(self, data: bytes, *, wait: float = 20.0) -> bytes:
        """All that comes back on a connection on which these bytes are sent."""
        with self.connected() as connection:
            connection.settimeout(wait)
            connection.sendall(data)
            return received(connection)

    def connected(self, source: str = "127.0.0.1") -> socket.socket:
        """A connection from an address of this machine; each address is another client."""
        return socket.create_connection(("127.0.0.1", self.port), timeout=20, source_address=(source, 0))

    def processes(self) -> list[psutil.Process]:
        """Those that it has started, and those that these have."""
        return psutil.Process(self.process.pid).children(recursive=True)

    def lives(self) -> bool:
        """Whether it answers a short query, as it should whatever came before."""
        return self.ask("ASK {}").json() == {"head": {}, "boolean": True}


def received(connection: socket.socket) -> bytes:
    """All that comes until the other end closes."""
    parts = []
    with contextlib.suppress(ConnectionResetError):
        while part := connection.recv(1 << 16):
            parts.append(part)
    return b"".join(parts)


def query_line(query: str, **parameters: str) -> bytes:
    """The start of a request for an answer: its line and its host."""
    return f"GET /sparql?{urlencode({'query': query} | parameters)} HTTP/1.1\r\nHost: here\r\n".encode()


def eventually(holds: Callable[[], bool], seconds: float = 5.0) -> bool:
    """Whether it holds within so many seconds."""
    end = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


@contextlib.contextmanager
def serving(build: Path, *options: str, graph: Path | None = None, code: str = "") -> Iterator[Running]:
    """A server of the snapshot in a build folder; *code* is run in its process first."""
    command = [sys.executable, "-m", "kgtools.cli"] if not code else [sys.executable, "-c", code]
    arguments = ["--root", str(ROOT), "--build", str(build), *(["--graph", str(graph)] if graph else []), "--port", "0"]
    with tempfile.TemporaryFile("w+") as log:
        process = subprocess.Popen([*command, "serve", *arguments, *options], stderr=log, cwd=build)
        try:
            port = _port(process, log)
            with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60) as client:
                yield Running(process, port, client)
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(20)
            finally:
                process.kill()
        log.seek(0)
        said = log.read()
        assert "Traceback" not in said, said


def _port(process: "subprocess.Popen[bytes]", log: IO[str]) -> int:
    """The port that it says it answers at."""

    def said() -> str:
        log.seek(0)
        return log.read()

    assert eventually(lambda: "answers" in said() or process.poll() is not None, 60), said()
    found = re.search(r":(\d+)/sparql answers", said())
    assert found, said()
    return int(found[1])


# Runs the command line with other limits than it has options for.
WITH_LIMITS = """
import sys
from dataclasses import replace
import kgtools.serve, kgtools.serve.http, kgtools.serve.limits
from kgtools.cli import main
plain = kgtools.serve.limits.Limits
kgtools.serve.Limits = lambda **given: plain(**(given | dict({changes})))
kgtools.serve.http._KEEP_ALIVE = 1
sys.exit(main())
"""


def with_limits(**changes: object) -> str:
    """Code that runs the command line with these limits."""
    return WITH_LIMITS.format(changes=repr(changes))
