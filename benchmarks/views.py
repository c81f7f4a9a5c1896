"""The columns on claims graphs of growing size: closing with justifications, views on demand, one explanation.

    python benchmarks/views.py [--quads 100000 1000000 10000000] [--claims 1000000] [--seed 7]

Each size runs in a process of its own on a graph that `claims_graph` writes to a temporary folder. `index` is reading
the N-Quads, working out each claim's days, roots and disputes, and closing all that is asserted, with every
justification of every conclusion. A view is cut out of that; the figure is the least of three runs, of the slowest of
`SCOPES`. An explanation goes back to the claims and finds the least justifications; the figures are the median and the
worst of fifty.
"""

import argparse
import importlib.metadata
import os
import platform
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path

import claims_graph
import polars as pl
from reasoning import read_axioms

from kgtools.columns import Index, Selection, index_of, quads, select
from kgtools.columns.reasons import reasons
from kgtools.explain import justifications
from kgtools.model import Scope, Triple, View
from kgtools.names import expand
from kgtools.reason import rules
from kgtools.sources import terms_of

QUADS_A_CLAIM = 21.6
STANCES = frozenset(map(expand, ("stance:asserts", "stance:reports", "stance:speculates")))
SCOPES = {
    "all": (View("all", STANCES), Scope()),
    "as of 2015": (View("all", STANCES), Scope(as_of="2015")),
    "uncontested, known by 2015": (View("uncontested", STANCES, contested=False), Scope(known_by="2015", strict=True)),
    "two roots, without the press": (
        View("corroborated", STANCES, least_roots=2),
        Scope(excluding=frozenset({expand("perspective:press")}), least_confidence="moderate"),
    ),
    "according to the UN, as of 2020": (
        View("all", STANCES),
        Scope(according_to=frozenset({expand("perspective:un")}), as_of="2020", strict=True),
    ),
}


def main() -> None:
    """Print one row a size."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quads", type=int, nargs="*", default=[100_000, 1_000_000, 10_000_000])
    parser.add_argument("--claims", type=int, nargs="*", default=[1_000_000])
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--one", type=int, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.one:
        measure(arguments.one, arguments.seed)
        return
    print(
        f"{platform.platform()}, {os.cpu_count()} cores, Python {platform.python_version()}; {versions()}\n", flush=True
    )
    for claims in (*(round(size / QUADS_A_CLAIM) for size in arguments.quads), *arguments.claims):
        subprocess.run([sys.executable, __file__, "--one", str(claims), "--seed", str(arguments.seed)], check=True)


def measure(claims: int, seed: int) -> None:
    """Print what one size takes."""
    ruleset = rules(read_axioms())
    with tempfile.TemporaryDirectory() as folder:
        written = claims_graph.write(Path(folder), claims, seed)
        reference = quads([Path(folder) / "reference.nq"])
        before = peak()
        seconds, index = timed(lambda: index_of(ruleset, reference, [Path(folder) / "claims.nq"]), 2)
    facts, steps = index.closed.facts.height, index.closed.steps.height
    print(f"{written:,} quads, {claims:,} claims, {facts:,} triples closed, {steps:,} justifications")
    print(f"  index: {seconds:.2f} s, {1e6 * seconds / written:.2f} µs a quad")
    print(f"  memory: {kept(index) / facts:.0f} bytes a triple kept, {(peak() - before) / facts:.0f} at the peak")
    slowest = max((timed(lambda v=v, s=s: select(index, v, s), 3)[0], name) for name, (v, s) in SCOPES.items())
    print(f"  a view on demand: {slowest[0]:.3f} s ({slowest[1]})")
    times = explained(select(index, *SCOPES["all"]), seed)
    print(f"  an explanation: {1000 * times[len(times) // 2]:.1f} ms, at worst {1000 * times[-1]:.1f} ms", flush=True)


def explained(selection: Selection, seed: int) -> list[float]:
    """The seconds that explanations of fifty inferred triples took, least first."""
    inferred = selection.steps["fact"].unique()
    chosen = random.Random(seed).sample(inferred.to_list(), min(50, len(inferred)))
    texts = [text for row in selection.index.closed.texts(pl.Series(chosen)).iter_rows() for text in row]
    terms = iter(terms_of(texts))
    return sorted(explain(selection, triple) for triple in zip(terms, terms, terms, strict=True))


def explain(selection: Selection, triple: Triple) -> float:
    """The seconds that it takes to find the least justifications of one triple."""
    start = time.perf_counter()
    found = reasons(selection, triple)
    proofs, _, _ = justifications(triple, found.given, found.inferences)
    seconds = time.perf_counter() - start
    assert proofs, triple
    return seconds


def timed(work: Callable[[], object], runs: int) -> tuple[float, object]:
    """The least wall-clock seconds of some runs, and what the last one returned."""
    seconds = []
    for _ in range(runs):
        start = time.perf_counter()
        result = work()
        seconds.append(time.perf_counter() - start)
    return min(seconds), result


def kept(index: Index) -> int:
    """The bytes of an index's tables."""
    tables = (getattr(index, field.name) for field in fields(index) if field.name != "closed")
    closed = index.closed
    return sum(int(table.estimated_size()) for table in (*tables, closed.terms, closed.facts, closed.steps))


def peak() -> int:
    """The most bytes that this process has held so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def versions() -> str:
    """The versions of what is measured."""
    return ", ".join(f"{name} {importlib.metadata.version(name)}" for name in ("polars", "numpy", "rdflib"))


if __name__ == "__main__":
    main()
