"""The workers of one dataset, and what becomes of a query that takes long or that nobody awaits.

A query that runs longer than others goes on at the lowest priority. One that takes too long, or whose client has gone,
is stopped by ending its worker, in whose place a new one is made in milliseconds.
"""

import asyncio
import json
import os
import signal
import socket
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kgtools import store as _store
from kgtools.errors import StoreError
from kgtools.serve.limits import Limits
from kgtools.serve.refusals import Refusal
from kgtools.serve.turns import Turn, Turns

_NURSERY = Path(_store.__file__).with_name("nursery.py")
_OUT_OF_MEMORY = (77, -6)  # the worker's own word, and the engine's abort
_LOADING = 600.0  # seconds
_LINE = 1 << 20  # bytes that the head of a reply may have
_LOWEST = 19


@dataclass(frozen=True, slots=True)
class Reply:
    """What a worker found: what it says of it, and the results as they go to the client."""

    head: Mapping[str, Any]
    body: bytes


class Pool:
    """The workers of one dataset."""

    def __init__(self, files: Sequence[tuple[str, str]], limits: Limits) -> None:
        """Nothing is started yet; *files* are the paths of N-Quads with their SHA-256."""
        self._files, self._limits = list(files), limits
        self._nursery: _Nursery | None = None
        self._idle: list[_Worker] = []
        self._turns, self._users = Turns(limits), 0
        self._starting = asyncio.Lock()

    @property
    def busy(self) -> bool:
        """Whether it is in use."""
        return self._users > 0

    @contextmanager
    def used(self) -> Iterator[None]:
        """Keep it while something is asked of it."""
        self._users += 1
        try:
            yield
        finally:
            self._users -= 1

    async def start(self) -> None:
        """Load the dataset; StoreError if it cannot be."""
        async with self._starting:
            if self._nursery is None or self._nursery.ended:
                self._nursery = await _Nursery.started(self._files, self._limits.memory_mb)

    async def ask(self, request: Mapping[str, Any], client: str, seconds: float) -> Reply:
        """The reply to a request; Refusal if it is not to be had. Whoever cancels this stops the query."""
        await self.start()
        async with self._turns.turn(client) as turn:
            worker = await self._free()
            done = asyncio.ensure_future(worker.exchange(request))
            try:
                reply = await self._reply(done, worker, turn, seconds)
            except BaseException:
                done.cancel()
                await self._end(worker)
                raise
            if worker.lowered:  # no process may raise its priority again
                await self._end(worker)
            else:
                self._idle.append(worker)
            return reply

    async def close(self) -> None:
        """End all processes."""
        for worker in self._idle:
            worker.kill()
        self._idle.clear()
        if self._nursery is not None:
            await self._nursery.close()

    async def _reply(self, done: "asyncio.Future[Reply]", worker: "_Worker", turn: Turn, seconds: float) -> Reply:
        limits = self._limits
        try:
            with suppress(TimeoutError):
                return await asyncio.wait_for(asyncio.shield(done), min(seconds, limits.slow_after))
            if seconds > limits.slow_after:
                turn.make_room()
                worker.lower()
                return await asyncio.wait_for(asyncio.shield(done), seconds - limits.slow_after)
        except TimeoutError:
            pass
        except (asyncio.IncompleteReadError, ConnectionError, ValueError):
            raise await self._death(worker) from None
        raise Refusal(408, f"the query was stopped after {seconds:g} seconds; narrow it or allow more time")

    async def _free(self) -> "_Worker":
        while self._idle:
            worker = self._idle.pop()
            if not worker.gone:
                return worker
            await self._end(worker)  # somebody has killed it
        return await self._born()

    async def _born(self) -> "_Worker":
        assert self._nursery is not None
        try:
            return await self._nursery.born()
        except (OSError, ValueError) as error:
            await self._nursery.close()  # so that the next query starts another
            raise Refusal(503, f"no worker can be made ({error}); try again", again=2) from None

    async def _end(self, worker: "_Worker") -> int | None:
        """End a worker, and tell with which code it ended."""
        if not worker.ended:
            worker.kill()
            worker.code = await worker.nursery.code_of(worker.pid)
        return worker.code

    async def _death(self, worker: "_Worker") -> Refusal:
        code = await self._end(worker)
        if code in _OUT_OF_MEMORY:
            most = self._limits.memory_mb
            return Refusal(503, f"the query needed more memory than it may have ({most} MB); narrow it")
        return Refusal(503, f"the query brought its worker down (exit code {code}); simplify it")


class _Worker:
    """A process that answers one request at a time."""

    def __init__(
        self, pid: int, nursery: "_Nursery", reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self.pid, self.nursery, self._reader, self._writer = pid, nursery, reader, writer
        self.lowered = self.ended = False
        self.code: int | None = None

    @property
    def gone(self) -> bool:
        """Whether the process has ended of itself."""
        return self._reader.at_eof() or self._writer.transport.is_closing()

    async def exchange(self, request: Mapping[str, Any]) -> Reply:
        """The reply to a request; IncompleteReadError if the process ends."""
        self._writer.write(json.dumps(request).encode() + b"\n")
        await self._writer.drain()
        head = json.loads(await self._reader.readuntil())
        return Reply(head, await self._reader.readexactly(head.get("length", 0)))

    def lower(self) -> None:
        """Let it run when nobody else wants to."""
        self.lowered = True
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, self.pid, _LOWEST)

    def kill(self) -> None:
        """End it, in the midst of a query too."""
        self.ended = True
        with suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)
        self._writer.transport.abort()


class _Nursery:
    """The process that has loaded the dataset."""

    def __init__(self, process: asyncio.subprocess.Process, control: socket.socket) -> None:
        self._process, self._control, self._one = process, control, asyncio.Lock()

    @classmethod
    async def started(cls, files: list[tuple[str, str]], memory_mb: int) -> "_Nursery":
        """A process that has loaded the files; StoreError if it could not."""
        ours, its = socket.socketpair()
        ours.setblocking(False)
        # In a session of its own, so that Ctrl-C reaches the server alone, which then ends what it started.
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-I", str(_NURSERY), str(its.fileno())),
            pass_fds=[its.fileno()],
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
            start_new_session=True,
        )
        its.close()
        nursery = cls(process, ours)
        request = json.dumps({"files": files, "memory_mb": memory_mb}).encode() + b"\n"
        try:
            loaded = json.loads(await asyncio.wait_for(nursery._said(request), _LOADING))
        except (OSError, ValueError, TimeoutError):
            loaded = {"error": "the process that reads it ended"}
        except asyncio.CancelledError:
            await nursery.close()
            raise
        if "error" in loaded:
            await nursery.close()
            raise StoreError(f"the snapshot cannot be opened: {loaded['error']}")
        return nursery

    @property
    def ended(self) -> bool:
        """Whether the process is gone."""
        return self._process.returncode is not None or self._control.fileno() < 0

    async def born(self) -> _Worker:
        """A new worker; if nobody awaits it any more, it ends as soon as it is there."""
        making = asyncio.ensure_future(self._born())
        try:
            return await asyncio.shield(making)
        except asyncio.CancelledError:
            making.add_done_callback(_unwanted)
            raise

    async def _born(self) -> _Worker:
        ours, its = socket.socketpair()
        with its:
            async with self._one:
                socket.send_fds(self._control, [b"f"], [its.fileno()])
                pid = int(await self._said(b""))
        reader, writer = await asyncio.open_connection(sock=ours, limit=_LINE)
        return _Worker(pid, self, reader, writer)

    async def code_of(self, pid: int) -> int | None:
        """With which code a worker that was ended, or has ended, did so."""
        return await asyncio.shield(asyncio.ensure_future(self._code_of(pid)))

    async def _code_of(self, pid: int) -> int | None:
        try:
            async with self._one:
                return int(await self._said(f"w{pid}\n".encode()))
        except (OSError, ValueError):
            return None

    async def close(self) -> None:
        """End the process."""
        self._control.close()
        with suppress(ProcessLookupError):
            self._process.kill()
        await self._process.wait()

    async def _said(self, word: bytes) -> bytes:
        """The line with which the process answers; ConnectionError if it is gone.

        Nobody may cancel this: the answer that is left would be taken for that to the next word, a code for a process.
        """
        loop, found = asyncio.get_running_loop(), b""
        await loop.sock_sendall(self._control, word)
        while not found.endswith(b"\n"):
            part = await loop.sock_recv(self._control, 4096)
            if not part:
                raise ConnectionError("the process that makes workers is gone")
            found += part
        return found


def _unwanted(making: "asyncio.Future[_Worker]") -> None:
    """End a worker that was made for somebody who is gone."""
    if not making.cancelled() and making.exception() is None:
        worker = making.result()
        worker.kill()
        ending = asyncio.ensure_future(worker.nursery.code_of(worker.pid))
        _ENDING.add(ending)  # else nothing holds it until it is done
        ending.add_done_callback(_ENDING.discard)


_ENDING: set["asyncio.Future[int | None]"] = set()
