"""An answer to a query that came over HTTP: guarded, asked of a worker, and kept for whoever asks the same again."""

import asyncio
import hashlib
import json
from collections import OrderedDict
from collections.abc import Callable, Coroutine, Hashable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, Generic, TypeVar

from kgtools.errors import Forbidden, QuestionError, StoreError, TooLarge
from kgtools.guard import check_query, dataset_clauses, tokenize
from kgtools.names import BASE, PREFIXES
from kgtools.serve.datasets import Dataset, Datasets
from kgtools.serve.limits import Limits
from kgtools.serve.media import GRAPHS, TABLES, chosen
from kgtools.serve.protocol import Asked
from kgtools.serve.refusals import Refusal
from kgtools.store.wording import check_prefixes, syntax_message

# What gives another answer each time, so that none is kept.
_FRESH = frozenset(("NOW", "RAND", "UUID", "STRUUID", "BNODE"))
_MEGABYTE = 1 << 20
_LOOKED_AT = 4 * _MEGABYTE  # bytes, roughly, of queries that need not be looked at again
_SHORT = 4096  # characters of a query that is looked at in a few milliseconds
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Sent:
    """What goes to the client, or that it has it already; without a tag it must not be kept."""

    body: bytes
    media: str
    packed: bool
    tag: str
    known: bool = False


class Answers:
    """Answers from a snapshot."""

    def __init__(self, folder: Path, limits: Limits) -> None:
        """Nothing is loaded yet."""
        self.datasets, self._limits = Datasets(folder, limits), limits
        self._kept = _Kept[Sent](limits.remembered_mb * _MEGABYTE)
        self._looked_at = _Kept[_Prepared](_LOOKED_AT)
        self._running: dict[str, _Shared] = {}
        self._guard = ThreadPoolExecutor(1, "guard")

    async def of(self, asked: Asked, client: str, accept: str, packed: bool, known: str = "") -> Sent:
        """The answer in the form that *accept* prefers, without a body if its tag is among the *known* ones.

        Refusal if there is none. Those that ask the same at the same time wait for one worker; it stops when the last
        of them is gone.
        """
        table, graph = chosen(accept, TABLES), chosen(accept, GRAPHS)
        if table is None and graph is None:
            raise _not_acceptable(accept)
        try:
            dataset = await self.datasets.of(asked.view, asked.scope)
            with dataset.pool.used():
                prepared = await self._prepared(asked, dataset, table, graph, packed)
                run, key = partial(self._found, prepared, asked, dataset, client, accept), prepared.tag
                if prepared.fresh:
                    return replace(await run(), tag="")
                if f'"{key}"' in known:
                    return Sent(b"", "", False, key, known=True)
                found = self._kept.get(key) or await self._shared(f"{key} {asked.seconds}", client, run)
                self._kept.put(key, found, len(found.body))
                return found
        except Forbidden as error:
            raise Refusal(403, str(error)) from None
        except TooLarge as error:
            raise Refusal(413, str(error)) from None
        except QuestionError as error:
            raise Refusal(400, str(error)) from None
        except StoreError as error:  # also where the process that had loaded it is gone, and its files are others now
            raise Refusal(503, str(error)) from None

    async def close(self) -> None:
        """End all processes."""
        self._guard.shutdown(wait=False, cancel_futures=True)
        await self.datasets.close()

    async def _prepared(
        self, asked: Asked, dataset: Dataset, table: str | None, graph: str | None, packed: bool
    ) -> "_Prepared":
        """What to ask of a worker; kept, since looking at a query takes longer than finding an answer that is kept."""
        parts = (asked.view, asked.scope, asked.query, asked.default, asked.named, table, graph, packed)
        key = (dataset.store.snapshot, *parts)
        prepared = self._looked_at.get(key)
        if prepared is None:
            request, fresh = await self._aside(asked, dataset, table, graph, packed)
            prepared = _Prepared(request, _tag(dataset, request), fresh)
            self._looked_at.put(key, prepared, 4 * len(asked.query) + 2000)
        return prepared

    async def _aside(
        self, asked: Asked, dataset: Dataset, table: str | None, graph: str | None, packed: bool
    ) -> tuple[Mapping[str, Any], bool]:
        """What to ask of a worker, and whether each answer differs; long queries are looked at beside the others."""
        work = partial(self._request, asked, dataset, table, graph, packed)
        if len(asked.query) <= _SHORT:
            return work()
        return await asyncio.get_running_loop().run_in_executor(self._guard, work)

    def _request(
        self, asked: Asked, dataset: Dataset, table: str | None, graph: str | None, packed: bool
    ) -> tuple[Mapping[str, Any], bool]:
        clauses = dataset_clauses(asked.query, dataset.graphs, PREFIXES, BASE)
        check_query(clauses.text)
        check_prefixes(clauses.text)
        default, named = clauses.default, clauses.named
        if asked.default or asked.named:  # the protocol's word goes before the query's
            default, named = asked.default, asked.named
            unknown = [iri for iri in default + named if iri not in dataset.graphs]
            if unknown:
                raise Refusal(
                    400, f"there is no graph <{unknown[0][:200]}> here; the description of /sparql lists them"
                )
        whole = not default and not named
        fresh = any(token.text.upper() in _FRESH for token in tokenize(asked.query) if token.kind == "word")
        return {
            "query": clauses.text,
            "base": BASE,
            "prefixes": dict(PREFIXES),
            "bindings": {},
            "default": None if whole else default,
            "named": None if whole else named,
            "table": table,
            "graph": graph,
            "gzip": packed,
            "most_bytes": self._limits.megabytes * _MEGABYTE,
            "most_rows": self._limits.rows,
        }, fresh

    async def _shared(self, key: str, client: str, run: Callable[[], Coroutine[Any, Any, Sent]]) -> Sent:
        """What the run gives, or another that runs already for the same; it is stopped when nobody waits any more."""
        shared = self._running.get(key)
        if shared is None:
            shared = self._running[key] = _Shared(asyncio.ensure_future(run()), client)
            shared.task.add_done_callback(_heard)
        shared.waiting += 1
        try:
            return await asyncio.shield(shared.task)
        except Refusal as refusal:
            if refusal.status != 429 or shared.client == client:
                raise
            return await run()  # that other client has asked too much, not this one
        finally:
            shared.waiting -= 1
            if not shared.waiting:
                shared.task.cancel()
                self._running.pop(key, None)

    async def _found(self, prepared: "_Prepared", asked: Asked, dataset: Dataset, client: str, accept: str) -> Sent:
        reply = await dataset.pool.ask(prepared.request, client, asked.seconds)
        head = reply.head
        if "syntax" in head:
            raise Refusal(400, syntax_message(asked.query, head["syntax"]))
        if "error" in head:
            raise Refusal(400, f"the engine refuses the query: {head['error']}")
        if "large" in head:
            raise Refusal(413, f"{head['large']}; narrow the query, or ask for parts with LIMIT and OFFSET")
        if "kind" in head:
            raise _not_acceptable(accept)
        media = {**GRAPHS, **TABLES}[head["form"]][0]
        return Sent(reply.body, media, head["gzip"], prepared.tag)


def _heard(task: "asyncio.Future[Sent]") -> None:
    """Take a refusal that comes when everybody who waited is gone, else asyncio complains that nobody has."""
    if not task.cancelled():
        task.exception()


@dataclass(slots=True)
class _Shared:
    """A query that runs, who asked it first, and how many wait for it."""

    task: "asyncio.Future[Sent]"
    client: str
    waiting: int = 0


@dataclass(frozen=True, slots=True)
class _Prepared:
    """What to ask of a worker, the name of the answer, and whether there is another one each time."""

    request: Mapping[str, Any]
    tag: str
    fresh: bool


class _Kept(Generic[_T]):
    """Values, up to a number of bytes; those go first that were not asked for longest."""

    def __init__(self, most: int) -> None:
        self._most, self._size = most, 0
        self._values: OrderedDict[Hashable, tuple[_T, int]] = OrderedDict()

    def get(self, key: Hashable) -> _T | None:
        """The value kept under the key."""
        found = self._values.get(key)
        if found is None:
            return None
        self._values.move_to_end(key)
        return found[0]

    def put(self, key: Hashable, value: _T, size: int) -> None:
        """Keep a value of so many bytes, unless it would take the place of most others."""
        if key in self._values or size > self._most // 8:
            return
        self._values[key] = value, size
        self._size += size
        while self._size > self._most:
            self._size -= self._values.popitem(last=False)[1][1]


def _tag(dataset: Dataset, request: Mapping[str, Any]) -> str:
    """A name of the answer, the same for the same question to the same snapshot."""
    parts = [dataset.store.snapshot, dataset.store.view, json.dumps({**request, "prefixes": None}, sort_keys=True)]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:32]


def _not_acceptable(accept: str) -> Refusal:
    names = [names[0].partition(";")[0] for names in (*TABLES.values(), *GRAPHS.values())]
    return Refusal(406, f"no answer is of the type {accept[:100]!r}; there are {', '.join(names)}")
