"""Our compiled shapes against pyshacl, on the same data and shapes: the invented world and the real graph.

    python benchmarks/shapes.py

Each is timed once in the same process; data are parsed before. Machines differ and are noisy: read the ratio.
"""

import os
import platform
import time
from collections.abc import Callable
from pathlib import Path

import pyshacl
from rdflib import Graph

from kgtools.claims import claim_layer
from kgtools.freeze import nquads
from kgtools.model import Project
from kgtools.sources import read_corpus
from kgtools.validate import as_triples, ground_texts, without_graphs
from kgtools.validate.shapes import constraints, data_graph, violations

ROOT = Path(__file__).resolve().parent.parent


def main() -> None:
    """Print one row a graph."""
    print(f"{platform.platform()}, {os.cpu_count()} cores, Python {platform.python_version()}\n")
    print(f"{'graph':18} {'triples':>8} {'ours s':>8} {'pyshacl s':>10} {'ratio':>7}")
    for name in ("tests/world/graph", "graph"):
        corpus, _ = read_corpus(Project(ROOT, ROOT / "ontology", ROOT / name))
        said = without_graphs(nquads(claim_layer(corpus.sources, corpus.scenarios)))
        texts, shapes = [*ground_texts(corpus), said.decode()], as_triples(corpus.shapes)
        data, shapes_graph = Graph(), Graph()
        for text in texts:
            data.parse(data=text, format="turtle")
        for triple in shapes:
            shapes_graph.add(triple)
        ours = seconds(lambda texts=texts, shapes=shapes: violations(data_graph(texts), constraints(shapes)))
        theirs = seconds(lambda data=data, shapes=shapes_graph: pyshacl.validate(data, shacl_graph=shapes))
        print(f"{name:18} {len(data):8,} {ours:8.2f} {theirs:10.1f} {theirs / ours:7.0f}")


def seconds(work: Callable[[], object]) -> float:
    """How long one call takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
