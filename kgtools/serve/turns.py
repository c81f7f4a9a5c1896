"""Whose query runs next: clients take turns, however many queries each of them sends.

A query that runs longer than others makes room: it no longer counts, so that short ones never wait for it, and only a
few such may run at once. While it runs its client has one turn at a time beside it, since the next may be as long.
"""

import asyncio
from collections import Counter, deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from kgtools.serve.limits import Limits
from kgtools.serve.refusals import Refusal


class Turns:
    """As many turns as there are workers, one of which no single client can take."""

    def __init__(self, limits: Limits) -> None:
        """Nobody has a turn yet."""
        self._limits = limits
        self._free, self._most = limits.workers, max(1, limits.workers - 1)
        self._taken: Counter[str] = Counter()
        self._slow: Counter[str] = Counter()
        self._lines: dict[str, deque[asyncio.Future[None]]] = {}

    @asynccontextmanager
    async def turn(self, client: str) -> "AsyncIterator[Turn]":
        """A turn for the client, when it is there; Refusal if too many wait or none is free in time."""
        await self._take(client)
        turn = Turn(self, client)
        try:
            yield turn
        finally:
            turn.over()

    async def _take(self, client: str) -> None:
        limits = self._limits
        if self._may(client):
            self._give(client)
            return
        if len(self._lines.get(client, ())) >= limits.waiting_of_client:
            raise Refusal(429, "too many of your queries wait; send fewer at once", again=1)
        if sum(map(len, self._lines.values())) >= limits.waiting:
            raise Refusal(503, "too many queries wait; try again", again=2)
        mine: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._lines.setdefault(client, deque()).append(mine)
        try:
            await asyncio.wait_for(asyncio.shield(mine), limits.patience)
        except BaseException as error:
            if mine.done():
                self.give_back(client)
            else:
                self._leave(client, mine)
            if isinstance(error, TimeoutError):
                seconds = f"{limits.patience:g} seconds"
                raise Refusal(503, f"no worker was free within {seconds}; try again", again=2) from None
            raise

    def give_back(self, client: str) -> None:
        """One turn more is free."""
        self._free += 1
        less(self._taken, client)
        self._wake()

    def _wake(self) -> None:
        # Whoever has the fewest comes next, and of these whoever has waited longest.
        while waiting := [other for other in self._lines if self._may(other)]:
            other = min(waiting, key=lambda one: self._taken[one])
            mine = self._lines[other][0]
            self._leave(other, mine)
            if self._lines.get(other):
                self._lines[other] = self._lines.pop(other)  # to the end of those that have as many
            self._give(other)
            mine.set_result(None)

    def slow_down(self, client: str) -> None:
        """Count a query of the client as one that takes long; Refusal if there are too many."""
        if self._slow[client] >= self._limits.slow_of_client:
            raise Refusal(429, "another query of yours takes long; wait for its answer, or narrow this one", again=5)
        if self._slow.total() >= self._limits.slow:
            raise Refusal(503, "too many queries take long just now; try again, or narrow this one", again=5)
        self._slow[client] += 1

    def slow_ended(self, client: str) -> None:
        """Such a query has ended."""
        less(self._slow, client)
        self._wake()

    def _may(self, client: str) -> bool:
        return self._free > 0 and self._taken[client] < (1 if self._slow[client] else self._most)

    def _give(self, client: str) -> None:
        self._free -= 1
        self._taken[client] += 1

    def _leave(self, client: str, mine: "asyncio.Future[None]") -> None:
        line = self._lines[client]
        with suppress(ValueError):
            line.remove(mine)
        if not line:
            del self._lines[client]


class Turn:
    """The right to ask a worker."""

    def __init__(self, turns: Turns, client: str) -> None:
        self._turns, self._client = turns, client
        self._over = self._slow = False

    def make_room(self) -> None:
        """Let the next in the line go on, since this takes long; Refusal if too many do."""
        self._turns.slow_down(self._client)
        self._slow, self._over = True, True
        self._turns.give_back(self._client)

    def over(self) -> None:
        """Let the next in the line go on."""
        if not self._over:
            self._over = True
            self._turns.give_back(self._client)
        if self._slow:
            self._slow = False
            self._turns.slow_ended(self._client)


def less(counts: "Counter[str]", client: str, many: int = 1) -> None:
    """Take so many from a count, which is forgotten at none: clients come and go."""
    counts[client] -= many
    if counts[client] <= 0:
        del counts[client]
