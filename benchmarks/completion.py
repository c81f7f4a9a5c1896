"""Completion at growing numbers of things with three labels each, against a scan of all and IPython's own for Python.

    python benchmarks/completion.py [--sizes 1000 10000 100000 1000000] [--queries 200] [--scan-to 100000] [--seed 7]

Each size runs in a process of its own, on a snapshot folder that it writes to a temporary place: places and actors
with a label in English, French and Arabic of two to five words. `read` is reading them from the files and making the
index, `index` how much more memory the process holds after it, `peak` the most that it ever held more. The queries
are beginnings of 1 to 12 letters of local names, of labels, and of later words of labels, in equal parts. `ours` is
one call of `Completer.completions` of an IPython shell in a cell that begins with `%%sparql`, all of IPython's own
work included; `scan` folds what is typed with casefold and looks at every name and label in turn, for the same fifty;
`jedi` is the same call of IPython for a cell of Python that begins a name of a module. All times are of the
processor, so that a busy machine does not show in them, and each is the least of three calls; the table has the
median and the worst of all queries.
"""

import argparse
import importlib.metadata
import os
import platform
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

SYLLABLES = [
    "ba",
    "ka",
    "ma",
    "na",
    "sa",
    "ti",
    "gui",
    "dou",
    "ga",
    "lo",
    "ze",
    "ra",
    "fi",
    "mo",
    "ky",
    "ai",
    "ou",
    "me",
    "ke",
    "bi",
    "za",
    "ni",
    "to",
    "wa",
    "el",
    "do",
]
ARABIC = [
    "با",
    "كا",
    "ما",
    "نا",
    "سا",
    "تي",
    "غي",
    "دو",
    "غا",
    "لو",
    "زي",
    "را",
    "في",
    "مو",
    "كي",
    "جا",
    "حم",
    "سر",
    "قب",
    "هد",
]
MOST = 50


def main() -> None:
    """Print one row a size."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="*", default=[1_000, 10_000, 100_000, 1_000_000])
    parser.add_argument("--queries", type=int, default=200)
    parser.add_argument("--scan-to", type=int, default=100_000, help="the largest size that is also scanned")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--one", type=int, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.one:
        measure(given.one, given.queries, given.seed, given.one <= given.scan_to)
        return
    versions = ", ".join(
        f"{name} {importlib.metadata.version(name)}" for name in ("ipython", "jedi", "polars", "numpy")
    )
    print(f"{platform.platform()}, {os.cpu_count()} cores, Python {platform.python_version()}; {versions}\n")
    print("| things | read s | index MB | peak MB | ours ms | worst | scan ms | worst | jedi ms | worst |")
    print("|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|", flush=True)
    for size in given.sizes:
        options = ["--queries", str(given.queries), "--scan-to", str(given.scan_to), "--seed", str(given.seed)]
        subprocess.run([sys.executable, __file__, "--one", str(size), *options], check=True)


def measure(size: int, queries: int, seed: int, scanned: bool) -> None:
    """Print what one size takes."""
    from IPython.core.interactiveshell import InteractiveShell

    from kgtools.notebook.complete import install
    from kgtools.resolve.labelled import begun_in

    things = list(invented(size, random.Random(seed)))
    with tempfile.TemporaryDirectory() as place:
        build = Path(place)
        write(build / "snapshot", things)
        before, peak_before, start = held(), peak(), time.thread_time()
        terms = begun_in(build / "snapshot")
        read, grown, most = time.thread_time() - start, held() - before, peak() - peak_before
        del terms
        shell = InteractiveShell.instance()
        session = SimpleNamespace(build=build, project=SimpleNamespace(ontology=build, root=build))
        install(shell, lambda _: session)  # type: ignore[arg-type,return-value]
        typed = list(beginnings(things, queries, random.Random(seed + 1)))
        while len(completions(shell, "%%sparql\nSELECT * { ?s ?p actor:")) == 0:
            time.sleep(0.1)
        ours = timed(typed, lambda text: completions(shell, f"%%sparql\nSELECT * {{ ?s ?p {text}"))
        scans = timed(typed[:12], lambda text: scan(things, text)) if scanned else []
        python = [name[: 1 + place % 6] for place, name in enumerate(dir(os)[:12])]
        jedi = timed(python, lambda text: completions(shell, f"import os\nos.{text}"))
    times = " | ".join(map(two, (ours, scans, jedi)))
    print(f"| {size:,} | {read:.2f} | {grown / 1e6:.0f} | {most / 1e6:.0f} | {times} |")


def invented(size: int, chance: random.Random) -> Iterator[tuple[str, tuple[str, str, str]]]:
    """IRIs, no two alike, each with three labels."""
    for number in range(size):
        words = ["".join(chance.choices(SYLLABLES, k=chance.randint(2, 4))) for _ in range(chance.randint(2, 5))]
        arabic = ["".join(chance.choices(ARABIC, k=chance.randint(2, 4))) for _ in words]
        kind = chance.choice(("actor", "place"))
        iri = f"https://w3id.org/sahel-kg/id/{kind}/{'-'.join(words)}-{number}"
        french = ["é".join(word.rsplit("e", 1)) for word in reversed(words)]
        yield iri, (" ".join(words).title(), "La " + " ".join(french), "ال" + " ".join(arabic))


def write(folder: Path, things: list[tuple[str, tuple[str, str, str]]]) -> None:
    """The snapshot's files, as far as completion reads them."""
    folder.mkdir()
    label, graph = "<http://www.w3.org/2004/02/skos/core#prefLabel>", "<https://w3id.org/sahel-kg/graph/reference>"
    with (folder / "reference.nq").open("w", encoding="utf-8") as lines:
        for iri, labels in sorted(things):
            for language, text in zip(("en", "fr", "ar"), labels, strict=True):
                lines.write(f'<{iri}> {label} "{text}"@{language} {graph} .\n')
    for name in ("ontology", "claims", "scenarios"):
        (folder / f"{name}.nq").write_bytes(b"")
    (folder / "manifest.json").write_text('{"snapshot": "invented", "views": {"all": {}}}')


def beginnings(things: list[tuple[str, tuple[str, str, str]]], many: int, chance: random.Random) -> Iterator[str]:
    """What somebody may have typed."""
    for number in range(many):
        iri, labels = chance.choice(things)
        label = chance.choice(labels)
        source = (iri.rsplit("/", 1)[1].replace("-", ""), label.split()[0], label.split()[-1])[number % 3]
        yield source[: 1 + number // 3 % 12]


def scan(things: list[tuple[str, tuple[str, str, str]]], typed: str) -> list[str]:
    """The same by looking at everything, accents and all."""
    sought = typed.casefold()
    found: list[tuple[int, str]] = []
    for iri, labels in things:
        names = [label.casefold() for label in labels]
        if iri.rsplit("/", 1)[1].casefold().startswith(sought):
            found.append((0, iri))
        elif any(name.startswith(sought) for name in names):
            found.append((1, iri))
        elif any(word.startswith(sought) for name in names for word in name.split()):
            found.append((2, iri))
    return [iri for _, iri in sorted(found)[:MOST]]


def completions(shell: Any, cell: str) -> list[Any]:
    """What the shell offers at the end of the cell."""
    from IPython.core.completer import provisionalcompleter

    with provisionalcompleter():
        return list(shell.Completer.completions(cell, len(cell)))


def timed(typed: list[str], call: Callable[[str], object]) -> list[float]:
    """Milliseconds of the processor for each call, the least of three."""
    return [min(_once(call, text) for _ in range(3)) for text in typed]


def _once(call: Callable[[str], object], text: str) -> float:
    start = time.thread_time()
    call(text)
    return (time.thread_time() - start) * 1000


def two(taken: list[float]) -> str:
    """Median and worst."""
    return f"{statistics.median(taken):.1f} | {max(taken):.1f}" if taken else "– | –"


def held() -> int:
    """Bytes that the process holds now."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()


def peak() -> int:
    """The most bytes that the process has held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


if __name__ == "__main__":
    main()
