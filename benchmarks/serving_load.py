"""Clients that each ask, wait for the whole answer and ask again: a process beside benchmarks/serving.py.

It reads what to ask as JSON from standard input, says `ready` on its own line once all have had their first answer,
unless it is not to wait for these, and ends with how many later answers there were and how long they took, as JSON. It
understands as much of HTTP as these servers speak, and checks that an answer has status 200 and all its bytes.
"""

import asyncio
import json
import re
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import cast
from urllib.parse import urlencode

import uvloop


@dataclass(slots=True)
class Load:
    """What is asked of a server, by how many clients, for how long, and what has come back."""

    port: int
    path: str
    query: str
    clients: int
    seconds: float
    longest: float  # how long to wait until each client has had an answer
    source: str = "127.0.0.1"
    least_bytes: int = 0
    warm: bool = True  # whether to wait for the first answers
    taken: list[float] = field(default_factory=list)
    errors: dict[str, int] = field(default_factory=dict)


class Client(asyncio.Protocol):
    """A connection that is kept, with one request on its way."""

    def __init__(self, load: Load, number: int) -> None:
        # A comment of its own for each client: else a server could answer all of them with one run of the query.
        query = urlencode({"query": f"{load.query}\n# {number}"})
        self._load, self._got = load, bytearray()
        self._request = (
            f"GET {load.path}?{query} HTTP/1.1\r\nHost: 127.0.0.1:{load.port}\r\n"
            "Accept: application/sparql-results+json\r\n\r\n"
        ).encode()
        self._start, self._end = 0.0, 0  # the end of an answer whose head tells its length
        self.gone = asyncio.get_running_loop().create_future()
        self.done = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the connection."""
        self._transport = cast("asyncio.Transport", transport)

    def ask(self) -> None:
        """Send the query."""
        self._got.clear()
        self._end, self._start = 0, time.perf_counter()
        self._transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        """Ask again once the answer is whole."""
        self._got += data
        if not self._end:
            head = self._got.find(b"\r\n\r\n")
            if head < 0:
                return
            length = re.search(rb"(?i)\r\ncontent-length: *(\d+)", self._got[: head + 2])
            self._end = head + 4 + int(length[1]) if length else -1
        if len(self._got) >= self._end if self._end > 0 else self._got.endswith(b"\r\n0\r\n\r\n"):
            self._answered()

    def connection_lost(self, error: Exception | None) -> None:
        """Tell whoever opened it."""
        if not self.gone.done():
            self.gone.set_result(None)

    def close(self) -> None:
        """Await nothing any more."""
        self._transport.abort()

    def _answered(self) -> None:
        status = self._got[9:12].decode()
        if status == "200" and len(self._got) < self._load.least_bytes:
            status = "short"
        if status == "200":
            self._load.taken.append(time.perf_counter() - self._start)
        else:
            self._load.errors[status] = self._load.errors.get(status, 0) + 1
        self.done += 1
        self.ask()


async def run(load: Load) -> float:
    """Ask until the time is over and each client has had an answer, but not for ever; how long that was."""
    loop = asyncio.get_running_loop()
    address = {"host": "127.0.0.1", "port": load.port, "local_addr": (load.source, 0)}

    async def opened(number: int) -> Client:
        _, client = await loop.create_connection(lambda: Client(load, number), **address)
        client.ask()
        return client

    async def until(over: Callable[[float], bool]) -> float:
        begun = time.perf_counter()
        while not over(spent := time.perf_counter() - begun):
            await asyncio.sleep(0.02)
            for number, client in enumerate(clients):
                if client.gone.done():
                    load.errors["closed"] = load.errors.get("closed", 0) + 1
                    clients[number] = await opened(number)
        return spent

    clients = [await opened(number) for number in range(load.clients)]
    await until(lambda spent: spent > load.longest or not load.warm or all(client.done for client in clients))
    for client in clients:
        client.done = 0
    load.taken.clear()
    load.errors.clear()
    print("ready", flush=True)
    spent = await until(lambda spent: spent > (load.seconds if all(c.done for c in clients) else load.longest))
    for client in clients:
        client.close()
    return spent


def main() -> None:
    """Ask, and print what came back."""
    load = Load(**json.loads(sys.stdin.readline()))
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        spent = runner.run(run(load))
    taken = sorted(load.taken)
    within = [1000 * taken[int(share * len(taken))] if taken else None for share in (0.5, 0.99)]
    print(json.dumps({"seconds": spent, "answers": len(taken), "within": within, "errors": load.errors}))


if __name__ == "__main__":
    main()
