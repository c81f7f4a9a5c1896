"""The process that holds the triples and runs the queries: one JSON request a line in, one JSON reply a line out.

It imports nothing of the package, so that it starts fast and can be run by its path. Queries run in a thread with a
deep stack; the first thread waits for the next request and ends the process when the parent is gone, mid-query or not.
A reply with a `length` is followed by so many bytes: the results in the format that was asked for.
"""

import hashlib
import json
import os
import queue
import sys
import threading
import zlib
from collections.abc import Iterator
from typing import IO, Any, BinaryIO, NoReturn, cast

import pyoxigraph as ox

STACK_BYTES = 256 * 1024 * 1024
OUT_OF_MEMORY = 77


Store = ox.Store
Request = dict[str, Any]


def main() -> None:
    """Serve requests on standard input until it ends."""
    serve(ox.Store(), sys.stdin.buffer, sys.stdout.buffer)


def serve(store: Store, requests: BinaryIO, replies: BinaryIO) -> NoReturn:
    """Do what each line asks of the store until there are no more lines, then end the process."""
    waiting: queue.SimpleQueue[bytes] = queue.SimpleQueue()
    threading.stack_size(STACK_BYTES)
    threading.Thread(target=_work, args=(store, waiting, replies), daemon=True).start()
    for line in requests:
        waiting.put(line)
    os._exit(0)


def _work(store: Store, waiting: "queue.SimpleQueue[bytes]", replies: BinaryIO) -> None:
    while True:
        request, body = json.loads(waiting.get()), b""
        try:
            reply = _JOBS[next(job for job in _JOBS if job in request)](store, request)
            body = reply.pop("body", b"")
        except SyntaxError as error:
            reply = {"syntax": str(error)}
        except (ValueError, OSError, RuntimeError) as error:
            reply = {"error": str(error)}
        except MemoryError:
            os._exit(OUT_OF_MEMORY)
        replies.write(json.dumps(reply, separators=(",", ":")).encode() + b"\n" + body)
        replies.flush()


def load(store: Store, request: Request) -> Request:
    """Load sorted N-Quads files, each triple once, into the default graph."""
    if "memory_mb" in request:
        limit_memory(request["memory_mb"])
    triples = b"".join(_without_graphs(data) for data in _read(request["files"]))
    # Lenient only spares a second look at what the build wrote and the digest vouches for.
    store.bulk_load(triples, format=ox.RdfFormat.N_TRIPLES, lenient=True)
    return {"loaded": True}


def load_graphs(store: Store, request: Request) -> Request:
    """Load the same files, each quad into its graph. Few queries name a graph, and loading takes the most time."""
    for data in _read(request["graphs"]):
        store.bulk_load(data, format=ox.RdfFormat.N_QUADS, lenient=True)
    return {"loaded": True}


def _read(files: list[list[str]]) -> Iterator[bytes]:
    for path, digest in files:
        with open(path, "rb") as file:  # noqa: PTH123  # pathlib would double the start-up time
            data = file.read()
        if hashlib.sha256(data).hexdigest() != digest:
            raise ValueError(f"{path} is not the file that its manifest names; run kg build to mend it")
        yield data


def limit_memory(megabytes: int, held: int = 0) -> None:
    """Let the process take so much and no more, beside the bytes of address space that it *held* before."""
    try:
        import resource
    except ImportError:  # not on Windows: there the deadline alone holds
        return
    resource.setrlimit(resource.RLIMIT_AS, (held + megabytes * 1024 * 1024,) * 2)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _without_graphs(data: bytes) -> bytes:
    """The triples of N-Quads lines as we write them: the graph is the last `<…>` of each line."""
    return b"".join([line.rpartition(b" <")[0] + b" .\n" for line in data.splitlines()])


def _query(store: Store, request: Request) -> Request:
    results = _results(store, request)
    if isinstance(results, ox.QueryBoolean):
        return {"boolean": bool(results)}
    if isinstance(results, ox.QueryTriples):
        return {"triples": [[_plain(t.subject), _plain(t.predicate), _plain(t.object)] for t in results]}
    columns = [variable.value for variable in results.variables]
    return {"columns": columns, "rows": [[_plain(term) for term in row] for row in results]}


def _results(store: Store, request: Request) -> "ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples":
    substitutions: dict[ox.Variable, ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple] = {
        ox.Variable(name): _term(term) for name, term in request["bindings"].items()
    }
    store, graphs = _dataset(store, request.get("default"), request.get("named"))
    return store.query(
        request["query"],
        base_iri=request.get("base"),
        prefixes=request["prefixes"],
        substitutions=substitutions or None,
        **graphs,
    )


def _dataset(store: Store, default: list[str] | None, named: list[str] | None) -> tuple[Store, dict[str, Any]]:
    """The store to ask, and how, where the asker says of which graphs the dataset is made."""
    if default is None and named is None:
        return store, {}
    default, named = default or [], named or []
    if len(default) < 2:
        return store, {"default_graph": [*map(ox.NamedNode, default)], "named_graphs": [*map(ox.NamedNode, named)]}
    # The engine gives a triple once for each default graph that holds it, where their merge holds it once.
    return _merged(store, tuple(default), tuple(named)), {}


_last: dict[tuple[tuple[str, ...], tuple[str, ...]], Store] = {}


def _merged(store: Store, default: tuple[str, ...], named: tuple[str, ...]) -> Store:
    if (default, named) not in _last:
        _last.clear()
        merged = ox.Store()
        for graph in map(ox.NamedNode, default):
            merged.extend(ox.Quad(*quad.triple) for quad in store.quads_for_pattern(None, None, None, graph))
        for graph in map(ox.NamedNode, named):
            merged.extend(store.quads_for_pattern(None, None, None, graph))
        _last[default, named] = merged
    return _last[default, named]


class _TooMuch(ValueError):
    """The results are larger than the asker takes."""


class _Sink:
    """Takes the results as they are written, up to so many bytes and rows: a mark for each, with some *beside*."""

    def __init__(self, most_bytes: int, mark: bytes, beside: int, most_rows: int) -> None:
        self.parts: list[bytes] = []
        self._bytes, self._rows = 0, -beside
        self._most_bytes, self._mark, self._most_rows, self._end = most_bytes, mark, most_rows, b""

    def write(self, data: bytes) -> int:
        """Keep the bytes."""
        self.parts.append(bytes(data))
        self._bytes += len(data)
        if self._bytes > self._most_bytes:
            raise _TooMuch(f"the results have more than {self._most_bytes:,} bytes")
        if self._mark:
            seen = self._end + data
            self._rows += seen.count(self._mark)
            self._end = seen[max(0, len(seen) - len(self._mark) + 1) :]
            if self._rows > self._most_rows:
                raise _TooMuch(f"the answer has more than {self._most_rows:,} rows")
        return len(data)

    def flush(self) -> None:
        """Nothing waits."""


# What ends a row in each format, or stands between two, and how many more of these there are than rows. None can be
# part of a value, but for a line break in quotation marks in CSV, which a limit on rows may count too.
_MARKS = {"json": (b'}},{"', -1), "xml": (b"</result>", 0), "csv": (b"\r\n", 1), "tsv": (b"\n", 1)}
_TABLES = {name: getattr(ox.QueryResultsFormat, name.upper()) for name in _MARKS}
_GRAPHS = {
    "turtle": ox.RdfFormat.TURTLE,
    "ntriples": ox.RdfFormat.N_TRIPLES,
    "jsonld": ox.RdfFormat.JSON_LD,
    "rdfxml": ox.RdfFormat.RDF_XML,
}


def _serialise(store: Store, request: Request) -> Request:
    """The results in the format that the asker prefers for results of their kind, compressed where that is asked."""
    try:
        results = _results(store, request)
        graph = isinstance(results, ox.QueryTriples)
        form = request["graph" if graph else "table"]
        if form is None:
            return {"kind": "graph" if graph else "table"}
        sink = _Sink(request["most_bytes"], *((b"", 0) if graph else _MARKS[form]), request["most_rows"])
        out = cast("IO[bytes]", sink)
        if isinstance(results, ox.QueryTriples):
            ox.serialize(results, out, format=_GRAPHS[form], prefixes=request["prefixes"])
        else:
            results.serialize(out, format=_TABLES[form])
    except _TooMuch as error:
        return {"large": str(error)}
    body = b"".join(sink.parts)
    if request["gzip"] and len(body) > _WORTH_PACKING:
        packer = zlib.compressobj(5, wbits=31)
        body = packer.compress(body) + packer.flush()
        return {"form": form, "length": len(body), "gzip": True, "body": body}
    return {"form": form, "length": len(body), "gzip": False, "body": body}


_WORTH_PACKING = 1000  # bytes


def _plain(term: object) -> object:
    if term is None:
        return None
    if isinstance(term, ox.NamedNode):
        return term.value
    if isinstance(term, ox.BlankNode):
        return ["b", term.value]
    if isinstance(term, ox.Literal):
        return ["l", term.value, term.language, term.datatype.value]
    raise ValueError(f"a result holds {term}, which is no IRI, blank node or literal")


def _term(plain: Any) -> "ox.NamedNode | ox.BlankNode | ox.Literal":
    if isinstance(plain, str):
        return ox.NamedNode(plain)
    if plain[0] == "b":
        return ox.BlankNode(plain[1])
    _, value, language, datatype = plain
    return ox.Literal(value, language=language) if language else ox.Literal(value, datatype=ox.NamedNode(datatype))


_JOBS = {"files": load, "graphs": load_graphs, "most_bytes": _serialise, "query": _query}

if __name__ == "__main__":
    main()
