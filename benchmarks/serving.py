"""`kg serve` beside other SPARQL endpoints: the same triples, questions and clients, in one run on one machine.

    python benchmarks/serving.py [--seconds 4] [--clients 1 8 64] [--questions NAME ...] [--graph FOLDER]

Beside ours are `oxigraph serve-read-only` and `rdflib-endpoint serve`, if their programs are on the PATH or named by
KG_OXIGRAPH and KG_RDFLIB_ENDPOINT; each has every triple of our default graph once. Ours runs twice, with and without
its memory of answers. All must give equal rows, else the script ends.

A client asks, waits for the whole answer and asks again on the same connection. Each has a comment of its own in its
query, so that no server answers two of them with one run. The clock starts when each has had its first answer, or has
waited for it ten times as long as the clock runs; what is cold is seen in the rows without memory. Clients have a
process of their own, which takes its share of the machine. Rates and times are of answers with status 200 and all their
bytes; `CPU ms` is what all processes of the server used for each. Memory is the proportional share (PSS) of all its
processes after the load.

The neighbour is a client with an address of its own that sends 20 queries at once which never end, and again as soon as
they are refused or stopped.
"""

import argparse
import json
import os
import platform
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

import psutil

from kgtools.build import build
from kgtools.model import Project
from kgtools.questions import read_questions
from kgtools.store import Store

ROOT = Path(__file__).resolve().parent.parent
LOAD = Path(__file__).with_name("serving_load.py")
# Light, middling and heavy among those that rdflib answers within a second.
QUESTIONS = ("denials", "positions-on-issues", "words-for-actors")
NEVER_ENDS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER(?a != ?f) }"
NEIGHBOURS, HOSTILE = 8, 20
LONGEST = 10  # times the seconds of a measurement, for the first answers and then for one more to each client

# Runs the command line with a limit that it has no option for.
FORGETFUL = """
import sys, functools, kgtools.serve
from kgtools.cli import main
kgtools.serve.Limits = functools.partial(kgtools.serve.Limits, remembered_mb=0)
sys.exit(main())
"""


@dataclass(frozen=True, slots=True)
class Server:
    """A server that answers at a port."""

    name: str
    process: psutil.Process
    port: int
    path: str


@dataclass(frozen=True, slots=True)
class Seen:
    """What clients have seen of a server, and what it used for that."""

    answers: int
    rate: float
    half: str  # within how many milliseconds half of the answers came
    most: str  # and 99 of 100
    errors: int
    cpu: float


def main() -> None:
    """Print one table a question, one of memory, and one of the neighbour."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=4.0)
    parser.add_argument("--clients", type=int, nargs="+", default=[1, 8, 64])
    parser.add_argument("--questions", nargs="+", default=list(QUESTIONS))
    parser.add_argument("--graph", type=Path, default=ROOT / "graph")
    parser.add_argument("--ours-only", action="store_true")
    given = parser.parse_args()
    project = Project(ROOT, ROOT / "ontology", given.graph.resolve())
    asked = read_questions(project.ontology / "questions")
    queries = {name: asked[name].text for name in given.questions}
    print(
        f"{platform.platform()}, {os.cpu_count()} cores, Python {platform.python_version()}, load {os.getloadavg()[0]}"
    )
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="kg-serving-")))
        build(project, folder / "build")
        servers = [stack.enter_context(one) for one in all_servers(project, folder, ours_only=given.ours_only)]
        for name, query in queries.items():
            rows = equal_rows(servers, name, query)
            print(f"\n{name}: {rows} rows, {len(answer(servers[0], query)):,} bytes\n")
            compare(servers, query, given.clients, given.seconds)
        print("\n| server | processes | memory, MB |\n|---|---:|---:|")
        for server in servers:
            print(f"| {server.name} | {len(family(server))} | {memory(server):,.0f} |")
        print(f"\nA neighbour that sends {HOSTILE} queries at once which never end; {NEIGHBOURS} clients ask\n")
        for server in servers[:2]:
            neighbour(server, queries, given.seconds)


def all_servers(project: Project, folder: Path, *, ours_only: bool) -> Iterator[AbstractContextManager["Server"]]:
    """Ours with and without memory, and those of others that are there."""
    yield served(ours(project, folder, ["-m", "kgtools.cli"]), "kgtools", "/sparql")
    yield served(ours(project, folder, ["-c", FORGETFUL]), "kgtools, remembering nothing", "/sparql")
    if ours_only:
        return
    triples = folder / "triples.nt"
    triples.write_bytes(each_once(folder / "build" / "snapshot"))
    oxigraph, endpoint = program("KG_OXIGRAPH", "oxigraph"), program("KG_RDFLIB_ENDPOINT", "rdflib-endpoint")
    if oxigraph:
        store = ["--location", str(folder / "oxigraph")]
        subprocess.run([oxigraph, "load", *store, "--file", str(triples)], check=True, stderr=subprocess.DEVNULL)
        yield served([oxigraph, "serve-read-only", *store, "--bind", "127.0.0.1:{port}"], "oxigraph", "/query")
    if endpoint:
        command = [endpoint, "serve", "--host", "127.0.0.1", "--port", "{port}", str(triples)]
        yield served(command, "rdflib-endpoint", "/")


def ours(project: Project, folder: Path, how: list[str]) -> list[str]:
    """The command that serves the snapshot in a folder."""
    where = ["--root", str(ROOT), "--graph", str(project.graph), "--build", str(folder / "build")]
    return [sys.executable, *how, "serve", *where, "--port", "{port}"]


def program(variable: str, name: str) -> str | None:
    """Where a program is; without it a word on standard error."""
    found = os.environ.get(variable) or shutil.which(name)
    if not found:
        print(f"{name} is left out: it is not on the PATH, and {variable} does not name it", file=sys.stderr)
    return found


def each_once(snapshot: Path) -> bytes:
    """The triples of our default graph as N-Triples, each once."""
    with Store.open(snapshot) as store:
        lines = {line.rpartition(b" <")[0] for path, _ in store.files for line in Path(path).read_bytes().splitlines()}
    return b"".join(line + b" .\n" for line in sorted(lines))


@contextmanager
def served(command: list[str], name: str, path: str) -> Iterator[Server]:
    """A server, once it answers."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    process = subprocess.Popen(
        [part.replace("{port}", str(port)) for part in command],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=os.environ | {"PYTHONPATH": str(ROOT)} if command[0] == sys.executable else None,
    )
    server = Server(name, psutil.Process(process.pid), port, path)
    try:
        wait_for(server, process)
        yield server
    finally:
        process.terminate()
        process.wait()


def wait_for(server: Server, process: "subprocess.Popen[bytes]") -> None:
    """Return when it answers a query."""
    for _ in range(1200):
        try:
            answer(server, "ASK {}")
        except (urllib.error.URLError, ConnectionError):
            if process.poll() is not None:
                break
            time.sleep(0.1)
        else:
            return
    raise SystemExit(f"{server.name} does not start")


def answer(server: Server, query: str) -> bytes:
    """The body of its answer."""
    address = f"http://127.0.0.1:{server.port}{server.path}?{urlencode({'query': query})}"
    request = urllib.request.Request(address, headers={"Accept": "application/sparql-results+json"})
    with urllib.request.urlopen(request, timeout=120) as reply:
        return bytes(reply.read())


def equal_rows(servers: Sequence[Server], name: str, query: str) -> int:
    """How many rows all of them give, in whichever order; the end where they differ, since then nothing is compared."""
    first, *others = (rows(answer(server, query)) for server in servers)
    for server, other in zip(servers[1:], others, strict=True):
        if other != first:
            differing = list((first - other).items())[:1] + list((other - first).items())[:1]
            raise SystemExit(f"{server.name} answers {name} otherwise: {differing}")
    if not first:
        raise SystemExit(f"{name} has no rows, so nothing can be compared")
    return first.total()


def rows(body: bytes) -> "Counter[tuple[tuple[str, ...], ...]]":
    """The rows of an answer, each term by its parts."""
    found = json.loads(body)
    names = found["head"]["vars"]
    return Counter(tuple(term(row.get(name, {})) for name in names) for row in found["results"]["bindings"])


def term(value: dict[str, str]) -> tuple[str, ...]:
    """A term by its parts, told apart as SPARQL 1.1 does: xsd:string need not be said."""
    kind, datatype = value.get("type", ""), value.get("datatype", "")
    plain = datatype.removesuffix("http://www.w3.org/2001/XMLSchema#string")
    return (kind.replace("typed-literal", "literal"), value.get("value", ""), plain, value.get("xml:lang", "").lower())


def compare(servers: Sequence[Server], query: str, clients: Sequence[int], seconds: float) -> None:
    """A row for each server and number of clients."""
    columns = ("clients", "server", "answers a second", "p50 ms", "p99 ms", "errors", "CPU ms")
    print(f"| {' | '.join(columns)} |\n|---:|---|{'---:|' * 5}")
    for number in clients:
        for server in servers:
            seen = measured(server, query, number, seconds)
            used = f"{1000 * seen.cpu / seen.answers:,.2f}" if seen.answers else "–"
            numbers = f"{seen.rate:,.1f} | {seen.half} | {seen.most} | {seen.errors} | {used}"
            print(f"| {number} | {server.name} | {numbers} |", flush=True)


def neighbour(server: Server, queries: dict[str, str], seconds: float) -> None:
    """What becomes of the time of others."""
    print(f"{server.name}\n\n| question | alone, p50 and p99 ms | beside it | errors |\n|---|---:|---:|---:|")
    for name, query in queries.items():
        alone = measured(server, query, NEIGHBOURS, seconds)
        with clients(server, NEVER_ENDS, HOSTILE, 60 * seconds, source="127.0.0.2"):
            time.sleep(1)
            beside = measured(server, query, NEIGHBOURS, seconds)
        times = (f"{seen.half}, {seen.most}" for seen in (alone, beside))
        print(f"| {name} | {' | '.join(times)} | {beside.errors} |", flush=True)
    print()


def measured(server: Server, query: str, number: int, seconds: float) -> Seen:
    """What so many clients see."""
    least = len(answer(server, query))  # which also fills caches
    with clients(server, query, number, seconds, least=least) as process:
        before = cpu(server)
        assert process.stdout is not None
        output = process.stdout.read()
    found = json.loads(output)
    errors = sum(found["errors"].values())
    if errors:
        print(f"{server.name}: {found['errors']}", file=sys.stderr)
    half, most = (f"{value:,.1f}" if value else "–" for value in found["within"])
    return Seen(found["answers"], found["answers"] / found["seconds"], half, most, errors, cpu(server) - before)


@contextmanager
def clients(
    server: Server, query: str, number: int, seconds: float, *, least: int = 0, source: str = "127.0.0.1"
) -> "Iterator[subprocess.Popen[str]]":
    """Clients in a process of their own, which have had their first answers."""
    load = {"port": server.port, "path": server.path, "query": query, "clients": number, "seconds": seconds}
    load |= {"longest": LONGEST * seconds, "least_bytes": least, "source": source, "warm": query != NEVER_ENDS}
    process = subprocess.Popen([sys.executable, str(LOAD)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(json.dumps(load) + "\n")
        process.stdin.flush()
        assert process.stdout.readline() == "ready\n", f"no clients for {server.name}"
        yield process
    finally:
        process.kill()
        process.wait()


def family(server: Server) -> list[psutil.Process]:
    """All processes of a server."""
    return [server.process, *server.process.children(recursive=True)]


def cpu(server: Server) -> float:
    """The seconds of processors that it has used, with those of processes that have ended."""
    times = [process.cpu_times() for process in family(server)]
    return sum(one.user + one.system + one.children_user + one.children_system for one in times)


def memory(server: Server) -> float:
    """Megabytes, where what processes share counts once."""
    return sum(process.memory_full_info().pss for process in family(server)) / (1 << 20)


if __name__ == "__main__":
    main()
