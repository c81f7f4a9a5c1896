"""The datasets that a server answers from: the snapshot under each view, and within each scope, that is asked for."""

import asyncio
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from kgtools.model import Scope
from kgtools.serve.limits import Limits
from kgtools.serve.pool import Pool
from kgtools.serve.refusals import Refusal
from kgtools.store import Store

_Key = tuple[str, Scope]
_FIRST: _Key = ("all", Scope())
_LINE = 8  # datasets that wait to be made


@dataclass(frozen=True, slots=True)
class Dataset:
    """An opened dataset, how many triples each of its named graphs holds, and who answers queries."""

    store: Store
    graphs: Mapping[str, int]
    pool: Pool

    async def close(self) -> None:
        """End its processes and remove its files."""
        await self.pool.close()
        self.store.close()


class Datasets:
    """Those in memory, up to a number; which of them was asked last is known."""

    def __init__(self, folder: Path, limits: Limits) -> None:
        """Of the snapshot in *folder*."""
        self._folder, self._limits = folder, limits
        self._held: OrderedDict[_Key, Dataset] = OrderedDict()
        self._making, self._line = asyncio.Lock(), 0

    async def first(self) -> Dataset:
        """The snapshot under the view `all`, which is always held."""
        return await self.of(*_FIRST)

    async def of(self, view: str, scope: Scope) -> Dataset:
        """The dataset of a view within a scope; QuestionError if there is none, Refusal if there is no room."""
        key = (view, scope)
        if key not in self._held:
            if self._line >= _LINE:
                raise Refusal(503, "too many views and scopes are asked for at once; try again", again=5)
            self._line += 1
            try:
                async with self._making:  # one at a time: each takes a core for a second or two
                    if key not in self._held:
                        await self._make_room()
                        self._held[key] = await self._made(view, scope)
            finally:
                self._line -= 1
        self._held.move_to_end(key)
        return self._held[key]

    async def close(self) -> None:
        """Close all."""
        while self._held:
            await self._held.popitem()[1].close()

    async def _make_room(self) -> None:
        if len(self._held) < self._limits.datasets:
            return
        for key, one in self._held.items():
            if key != _FIRST and not one.pool.busy:
                del self._held[key]
                await one.close()
                return
        raise Refusal(503, "all views and scopes in memory are being asked; try again", again=5)

    async def _made(self, view: str, scope: Scope) -> Dataset:
        store = await asyncio.to_thread(Store.open, self._folder, view, scope=scope)
        try:
            graphs = await asyncio.to_thread(_graphs, store)
            pool = Pool(store.files, self._limits)
            await pool.start()
        except BaseException:
            store.close()
            raise
        return Dataset(store, graphs, pool)


def _graphs(store: Store) -> dict[str, int]:
    """The named graphs of a store, with how many triples each holds."""
    counts: dict[bytes, int] = {}
    for path, _ in store.files:
        for line in Path(path).read_bytes().splitlines():
            graph = line[line.rindex(b" <") + 2 : -3]
            counts[graph] = counts.get(graph, 0) + 1
    return {graph.decode(): count for graph, count in sorted(counts.items())}
