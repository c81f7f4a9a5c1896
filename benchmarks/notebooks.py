"""The same notebook of ten cells in ours and in graph-notebook: size, time, types, failures, what is installed.

    python benchmarks/notebooks.py [--runs 5] [--folder FOLDER] [--ours-only]

graph-notebook asks `oxigraph serve` on 127.0.0.1, which holds in memory the very triples that our default graph has;
both must give equal rows, else the script ends. Each of the two, and the server, gets a virtual environment in
FOLDER, made of the newest packages: first rdflib, IPython and nbconvert, then the notebook itself beside them. With
`--ours-only` nothing is installed and our half runs in this interpreter.

Every run has a kernel of its own, and one run before the clock fills caches. The first cell is the import. The server
has its data before the clock starts; our first query loads the snapshot within its time. nbclient runs the cells.
Sizes are with and without the state of widgets, since JupyterLab saves that only where its user asks for it.
"""

import argparse
import json
import os
import platform
import queue
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass, replace
from pathlib import Path

import nbformat
import notebook_cells
from nbclient import NotebookClient
from notebook_shown import failure, kept_types, lowered, size, text_of
from rdflib import Graph

from kgtools.build import build
from kgtools.model import Answer, Project
from kgtools.notebook import Session

ROOT = Path(__file__).resolve().parent.parent
FILES = ("ontology.nq", "reference.nq", "claims.nq", "scenarios.nq", "views/all.nq")  # what a query of ours asks
BESIDE = ("rdflib", "ipython", "nbconvert")


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two notebooks: where it runs and what differs in its cells."""

    name: str
    python: str
    load: str
    drawing: str
    formats: tuple[str, ...] = ("",)  # flags of --store-to


OURS = Side("kgtools", sys.executable, "%load_ext kgtools", "%kg show actors-on-each-route")
THEIRS = Side(
    "graph-notebook",
    "",
    "%load_ext graph_notebook.magics",
    notebook_cells.cell(notebook_cells.DRAWN),
    ("", "--store-format pandas"),
)


def main() -> None:
    """Print one table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--folder", type=Path, help="keeps environments and notebooks; without it nothing is kept")
    parser.add_argument("--ours-only", action="store_true")
    given = parser.parse_args()
    print(
        f"{platform.platform()}, {os.cpu_count()} cores, Python {platform.python_version()}, {given.runs} runs, medians"
    )
    with nullcontext(given.folder) if given.folder else tempfile.TemporaryDirectory(prefix="kg-notebooks-") as name:
        folder = Path(name).resolve()
        folder.mkdir(parents=True, exist_ok=True)
        project = project_in(folder / "project")
        columns = [seen(OURS, project, given.runs)] if given.ours_only else both(folder, project, given.runs)
    print(table(columns))


def both(folder: Path, project: Path, runs: int) -> list[dict[str, str]]:
    """What was seen of each notebook, installed anew."""
    ours = replace(OURS, python=environment(folder / "ours", ["-e", f"{ROOT}[notebook]"]))
    theirs = replace(THEIRS, python=environment(folder / "theirs", ["graph-notebook"]))
    server = environment(folder / "server", ["oxigraph"], beside=())
    print(versions(ours.python, "rdflib", "ipython", "pandas", "pyoxigraph"))
    print(versions(theirs.python, "graph-notebook", "rdflib", "ipython", "pandas"))
    print(versions(server, "oxigraph"), flush=True)
    with served(server, triples(project)) as port:
        answers_are_equal(project, port)
        os.environ["GRAPH_NOTEBOOK_CONFIG"] = str(configured(folder / "config.json", port))
        return [{**seen(side, project, runs), **beside(Path(side.python))} for side in (ours, theirs)]


def project_in(folder: Path) -> Path:
    """A project of links with a snapshot of its own, so that the working copy's stays as it is."""
    if not folder.exists():
        folder.mkdir()
        for name in ("ontology", "graph"):
            (folder / name).symlink_to(ROOT / name)
        build(Project(folder, folder / "ontology", folder / "graph"), folder / "build")
    return folder


def environment(folder: Path, packages: list[str], beside: tuple[str, ...] = BESIDE) -> str:
    """The interpreter of a virtual environment, made if need be, with lists of what was in it before and after."""
    python = str(folder / "bin" / "python")
    if not (folder / "after.json").exists():
        print(f"installing {' '.join(packages)}", file=sys.stderr, flush=True)
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(folder)], check=True)
        for names, when in ((beside, "before"), (packages, "after")):
            if names:
                subprocess.run([*pip(python), "install", "-q", *names], check=True)
            (folder / f"{when}.json").write_text(json.dumps(installed(python)), encoding="utf-8")
    return python


def installed(python: str) -> dict[str, str]:
    """The version of each package of an interpreter, without what installs them."""
    listed = subprocess.run([*pip(python), "list", "--format=json"], check=True, capture_output=True, text=True)
    rows = json.loads(listed.stdout)
    return {row["name"].lower(): row["version"] for row in rows if row["name"] not in ("pip", "setuptools")}


def pip(python: str) -> list[str]:
    """The pip of an environment, which sees nothing beside it."""
    return [python, "-I", "-m", "pip", "--disable-pip-version-check"]


def versions(python: str, *names: str) -> str:
    """Some packages of an interpreter with their versions."""
    found = json.loads(Path(python).parents[1].joinpath("after.json").read_bytes())
    return ", ".join(f"{name} {found[name]}" for name in names)


def beside(python: Path) -> dict[str, str]:
    """What installing beside the newest rdflib, IPython and nbconvert has added and lowered."""
    before, after = (json.loads((python.parents[1] / f"{when}.json").read_bytes()) for when in ("before", "after"))
    return {
        "packages added": str(len(after.keys() - before.keys())),
        "packages lowered": ", ".join(lowered(before, after)) or "none",
    }


def triples(project: Path) -> bytes:
    """The triples of our default graph as N-Triples, each once."""
    snapshot = project / "build" / "snapshot"
    lines = {line.rpartition(b" <")[0] for name in FILES for line in (snapshot / name).read_bytes().splitlines()}
    return b"".join(line + b" .\n" for line in sorted(lines))


@contextmanager
def served(python: str, data: bytes) -> Iterator[int]:
    """The port of a server that holds triples in memory."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    command = [str(Path(python).with_name("oxigraph")), "serve", "--bind", f"127.0.0.1:{port}"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_for(port)
        sent(f"http://127.0.0.1:{port}/store?default", data, "application/n-triples")
        yield port
    finally:
        process.terminate()
        process.wait()


def wait_for(port: int) -> None:
    """Return when something listens."""
    for _ in range(100):
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except ConnectionError:
            time.sleep(0.1)
        else:
            return
    raise SystemExit(f"nothing listens on port {port}")


def sent(address: str, data: bytes, kind: str) -> bytes:
    """What an address replies to data; results of queries as JSON, triples as N-Triples."""
    head = {"Content-Type": kind, "Accept": "application/sparql-results+json, application/n-triples;q=0.9"}
    with urllib.request.urlopen(urllib.request.Request(address, data, head), timeout=300) as reply:
        return bytes(reply.read())


def answers_are_equal(project: Path, port: int) -> None:
    """End where the server and our snapshot answer a query otherwise: then nothing could be compared."""
    session = Session(project)
    for name, query in {**notebook_cells.QUERIES, "drawing": notebook_cells.DRAWN}.items():
        if name == "syntax error":
            continue
        text = notebook_cells.PREFIXES + query
        ours = told(session.sparql(text).answer)
        theirs = told_by(sent(f"http://127.0.0.1:{port}/query", text.encode(), "application/sparql-query"))
        if ours != theirs:
            raise SystemExit(f"the two differ in {name!r}: {str(ours)[:300]} and {str(theirs)[:300]}")
        print(f"{name}: equal, {len(ours)} lines", file=sys.stderr)
    session.close()


def told(answer: Answer) -> list[tuple[str, ...]]:
    """An answer as texts: its rows in their order, or its triples sorted, or yes or no."""
    if answer.triples is not None:
        return sorted(tuple(map(str, triple)) for triple in answer.triples)
    return [tuple(map(str, row)) for row in answer.rows] if answer.boolean is None else [(str(answer.boolean),)]


def told_by(reply: bytes) -> list[tuple[str, ...]]:
    """The same of what a server replies."""
    if not reply.startswith(b"{"):
        return sorted(tuple(map(str, triple)) for triple in Graph().parse(data=reply, format="nt"))
    found = json.loads(reply)
    if "boolean" in found:
        return [(str(found["boolean"]),)]
    return [tuple(row[name]["value"] for name in found["head"]["vars"]) for row in found["results"]["bindings"]]


def configured(path: Path, port: int) -> Path:
    """A file that tells graph-notebook where the server is."""
    told = {"host": "127.0.0.1", "port": port, "ssl": False, "ssl_verify": False, "sparql": {"path": "query"}}
    path.write_text(json.dumps(told), encoding="utf-8")
    return path


def seen(side: Side, project: Path, runs: int) -> dict[str, str]:
    """What was seen of one notebook, by the name of the row of the table."""
    cells = notebook_cells.cells(side.load, side.drawing)
    first, _ = run(side, list(cells.values()), project)  # fills caches, and is one of the two compared below
    undrawn, _ = run(side, list(cells.values())[:-1], project)
    books, times = zip(*(run(side, list(cells.values()), project) for _ in range(runs)), strict=True)
    book, cell = books[-1], dict(zip(cells, books[-1].cells, strict=True))
    nbformat.write(book, project.parent / f"{side.name}.ipynb")
    seconds = zip(cells, zip(*times, strict=True), strict=True)
    return {
        "": side.name,
        **sizes("", book),
        **sizes(" without the drawing", undrawn),
        "the same bytes again": "yes" if nbformat.writes(first) == nbformat.writes(book) else "no",
        **{f"{name}, ms": f"{1000 * statistics.median(taken):,.0f}" for name, taken in seconds},
        "all ten cells, ms": f"{1000 * statistics.median(map(sum, times)):,.0f}",
        **{f"`--store-to` {flags}".strip(): kept(side, flags, project) for flags in side.formats},
        "a syntax error": failure(book, cell["syntax error"]),
        "no rows": text_of(book, cell["no rows"]) or "nothing",
    }


def sizes(which: str, book: nbformat.NotebookNode) -> dict[str, str]:
    """The bytes of a saved notebook, by the name of the row."""
    return {
        f"saved{which}, bytes": f"{size(book):,}",
        f"saved{which}, no state of widgets": f"{size(book, widgets=False):,}",
    }


def kept(side: Side, flags: str, project: Path) -> str:
    """The Python types that a variable holds."""
    book, _ = run(side, notebook_cells.probes(side.load, flags), project)
    return kept_types(book)


def run(side: Side, sources: list[str], project: Path) -> tuple[nbformat.NotebookNode, list[float]]:
    """Cells run in a kernel of their own, and the seconds that each took."""
    cells = [nbformat.v4.new_code_cell(source, id=f"cell-{n}") for n, source in enumerate(sources, 1)]
    book = nbformat.v4.new_notebook(cells=cells)
    begun: list[float] = []
    ended: list[float] = []
    client = NotebookClient(
        book,
        timeout=300,
        allow_errors=True,
        record_timing=False,
        kernel_name=kernel(side, project.parent),
        resources={"metadata": {"path": str(project)}},
        on_notebook_start=lambda **_: look_again(client),
        on_cell_execute=lambda **_: begun.append(time.perf_counter()),
        on_cell_executed=lambda **_: ended.append(time.perf_counter()),
    )
    client.execute()
    return book, [after - before for before, after in zip(begun, ended, strict=True)]


def look_again(client: NotebookClient) -> None:
    """Let a client look for replies every 10 ms.

    What it sends for an output widget can make it overlook a reply that is there, which then waits for the timeout.
    """
    channel = client.kc.shell_channel
    get_msg = channel.get_msg

    async def get(timeout: float | None = None) -> dict[str, object]:
        end = time.monotonic() + (timeout or 0)
        while True:
            with suppress(queue.Empty):
                return await get_msg(timeout=0.01)
            if timeout is not None and time.monotonic() > end:
                raise queue.Empty

    channel.get_msg = get


def kernel(side: Side, folder: Path) -> str:
    """The name of a kernel that runs in the notebook's own environment."""
    os.environ["JUPYTER_PATH"] = str(folder / "jupyter")
    os.environ["IPYTHONDIR"] = str(folder / "ipython")  # no profile of the user's, and a history that nobody else locks
    spec = folder / "jupyter" / "kernels" / side.name / "kernel.json"
    spec.parent.mkdir(parents=True, exist_ok=True)
    start = [side.python, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    spec.write_text(json.dumps({"argv": start, "display_name": side.name, "language": "python"}), encoding="utf-8")
    return side.name


def table(columns: list[dict[str, str]]) -> str:
    """Markdown, a row a figure, a column a notebook."""
    names = list(dict.fromkeys(name for column in columns for name in column))
    lines = [f"| {' | '.join([name, *(column.get(name, '–') for column in columns)])} |" for name in names]
    return "\n".join(["", lines[0], f"|{'---|' * (len(columns) + 1)}", *lines[1:]])


if __name__ == "__main__":
    main()
