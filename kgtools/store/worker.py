"""The process that holds the triples and runs the queries: one JSON request a line in, one JSON reply a line out.

It imports nothing of the package, so that it starts fast and can be run by its path. Queries run in a thread with a
deep stack; the first thread waits for the next request and ends the process when the parent is gone, mid-query or not.
"""

import hashlib
import json
import os
import queue
import sys
import threading
from collections.abc import Iterator
from typing import Any

import pyoxigraph as ox

STACK_BYTES = 256 * 1024 * 1024


def main() -> None:
    """Serve requests until standard input ends."""
    requests: queue.SimpleQueue[str] = queue.SimpleQueue()
    threading.stack_size(STACK_BYTES)
    threading.Thread(target=_serve, args=(requests,), daemon=True).start()
    for line in sys.stdin.buffer:
        requests.put(line.decode())
    os._exit(0)


def _serve(requests: "queue.SimpleQueue[str]") -> None:
    store = ox.Store()
    while True:
        request = json.loads(requests.get())
        try:
            reply = _JOBS[next(job for job in _JOBS if job in request)](store, request)
        except SyntaxError as error:
            reply = {"syntax": str(error)}
        except (ValueError, OSError, RuntimeError) as error:
            reply = {"error": str(error)}
        except MemoryError:
            os._exit(77)
        sys.stdout.write(json.dumps(reply, separators=(",", ":")) + "\n")
        sys.stdout.flush()


def _load(store: ox.Store, request: dict) -> dict:  # type: ignore[type-arg]
    """Load sorted N-Quads files, each triple once, into the default graph."""
    _limit_memory(request["memory_mb"])
    triples = b"".join(_without_graphs(data) for data in _read(request["files"]))
    # Lenient only spares a second look at what the build wrote and the digest vouches for.
    store.bulk_load(triples, format=ox.RdfFormat.N_TRIPLES, lenient=True)
    return {"loaded": True}


def _load_graphs(store: ox.Store, request: dict) -> dict:  # type: ignore[type-arg]
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


def _limit_memory(megabytes: int) -> None:
    try:
        import resource
    except ImportError:  # not on Windows: there the deadline alone holds
        return
    resource.setrlimit(resource.RLIMIT_AS, (megabytes * 1024 * 1024,) * 2)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _without_graphs(data: bytes) -> bytes:
    """The triples of N-Quads lines as we write them: the graph is the last `<…>` of each line."""
    return b"".join([line.rpartition(b" <")[0] + b" .\n" for line in data.splitlines()])


def _query(store: ox.Store, request: dict) -> dict:  # type: ignore[type-arg]
    substitutions: dict[ox.Variable, ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple] = {
        ox.Variable(name): _term(term) for name, term in request["bindings"].items()
    }
    results = store.query(request["query"], prefixes=request["prefixes"], substitutions=substitutions or None)
    if isinstance(results, ox.QueryBoolean):
        return {"boolean": bool(results)}
    if isinstance(results, ox.QueryTriples):
        return {"triples": [[_plain(t.subject), _plain(t.predicate), _plain(t.object)] for t in results]}
    columns = [variable.value for variable in results.variables]
    return {"columns": columns, "rows": [[_plain(term) for term in row] for row in results]}


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


_JOBS = {"files": _load, "graphs": _load_graphs, "query": _query}

if __name__ == "__main__":
    main()
