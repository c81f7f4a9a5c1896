"""A read-only SPARQL endpoint over a snapshot, with its pages and its descriptions."""

import asyncio
import socket
from collections.abc import Callable

from kgtools.errors import StoreError, UsageError
from kgtools.serve.limits import Limits, Served

__all__ = ["Limits", "Served", "run"]

_BACKLOG = 2048


def run(served: Served, host: str, port: int, ready: Callable[[str], None]) -> int:
    """Serve the snapshot at a host and port until SIGINT or SIGTERM; *ready* is told the URL when it answers.

    UsageError if the address cannot be had, StoreError if the snapshot cannot be opened.
    """
    import uvloop

    from kgtools.serve.app import application
    from kgtools.serve.http import server

    listening = _bound(host, port)
    host, port = listening.getsockname()[:2]
    url = f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"
    problems: list[Exception] = []
    stops: list[Callable[[], object]] = []

    def started(stop: Callable[[], object]) -> None:
        stops.append(stop)
        ready(url)

    app = application(served, started, problems.append)
    http = server(app, served.limits, lambda: stops[0]() if stops else None)
    try:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(http.serve(sockets=[listening]))
    except (KeyboardInterrupt, SystemExit):
        pass  # uvicorn passes the first on when it has stopped, and raises the second when it could not start
    finally:
        listening.close()
    if problems:
        raise StoreError(str(problems[0]))
    return 0


def _bound(host: str, port: int) -> socket.socket:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        family, kind, protocol, _, address = found[0]
        listening = socket.socket(family, kind, protocol)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        # Connections inherit it. Else the end of an answer waits 40 ms for the client to say that it has the start.
        listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        listening.bind(address)
        listening.listen(_BACKLOG)  # at once, so that another server there is noticed before anything is loaded
    except OSError as error:
        raise UsageError(
            f"{host}:{port} cannot be listened at ({error.strerror}); name another --host or --port"
        ) from None
    return listening
