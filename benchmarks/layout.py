"""How long a layout takes and what it looks like in figures, ours beside networkx' own, in one run.

python benchmarks/layout.py --sizes 300,1000,3000,10000 --others-to 1000
"""

import argparse
import math
import time
from collections.abc import Callable, Mapping
from typing import TypeVar

import networkx as nx

from kgtools.network import communities, layout

T = TypeVar("T")
Places = Mapping[str, tuple[float, float]]
OTHERS = (nx.spring_layout, nx.forceatlas2_layout)
NEEDS_SCIPY = 500  # nodes from which the first does
KINDS: dict[str, Callable[[int], nx.Graph]] = {
    "hubs": lambda size: nx.barabasi_albert_graph(size, 2, seed=1),
    "hubs in a tree": lambda size: nx.barabasi_albert_graph(size, 1, seed=1),
    "grid": lambda size: nx.grid_2d_graph(math.isqrt(size), math.isqrt(size)),
    "tree": lambda size: nx.random_labeled_tree(size, seed=1),
    "many parts": lambda size: nx.disjoint_union_all([nx.path_graph(1 + part % 5) for part in range(size // 3)]),
}


def main() -> None:
    """Print one row for each kind of graph, size and way to lay it out."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sizes", default="300,1000,10000")
    parser.add_argument("--others-to", type=int, default=1000, help="most nodes for which networkx' own are run")
    arguments = parser.parse_args()
    print("| graph | nodes | edges | layout | seconds | to ours | edge length | closer than a shape | in the middle |")
    print("|---|---|---|---|---|---|---|---|---|")
    for size in map(int, arguments.sizes.split(",")):
        for kind, make in KINDS.items():
            plain = nx.relabel_nodes(make(size), str)
            rows(kind, plain, size <= arguments.others_to)


def rows(kind: str, plain: nx.Graph, others: bool) -> None:
    """The rows of one graph: ours, the groups found in it, and networkx' two."""
    graph = nx.MultiDiGraph()
    graph.add_nodes_from((node, {"label": f"node {node}"}) for node in plain)
    graph.add_edges_from(plain.edges())
    ours, places = timed(lambda: layout(graph))
    head = f"| {kind} | {len(plain)} | {plain.number_of_edges()} |"
    print(head, f"ours | {ours:.2f} | 1 |", quality(places, plain))
    grouping, groups = timed(lambda: communities(graph))
    print(head, f"ours, {len(groups)} communities | {grouping:.2f} | {grouping / ours:.1f} | | | |")
    if others:
        for draw in OTHERS if len(plain) < NEEDS_SCIPY else OTHERS[1:]:
            seconds, laid = timed(lambda draw=draw: draw(plain, seed=1))
            print(head, f"{draw.__name__} | {seconds:.2f} | {seconds / ours:.1f} |", quality(laid, plain))


def timed(make: Callable[[], T]) -> tuple[float, T]:
    """Seconds of this process, which other work on the machine does not lengthen, and what was made."""
    start = time.process_time()
    made = make()
    return time.process_time() - start, made


def quality(places: Places, plain: nx.Graph) -> str:
    """Mean length of edges as a share of the diagonal, nodes closer than a shape is wide, and those in the middle.

    A shape is 34 pixels where each node has 160 by 160 on average; the middle is 80 % of width and height.
    """
    spots = [(float(places[node][0]), float(places[node][1])) for node in plain]
    (left, right), (top, bottom) = ((min(line), max(line)) for line in zip(*spots, strict=True))
    wide, high = max(right - left, 1e-9), max(bottom - top, 1e-9)
    lengths = [math.dist(places[one], places[other]) for one, other in plain.edges()]
    mean = sum(lengths) / max(len(lengths), 1) / math.hypot(wide, high)
    shape = 34 * math.sqrt(wide * high / len(spots)) / 160
    inner = sum(
        abs(x - (left + right) / 2) <= 0.4 * wide and abs(y - (top + bottom) / 2) <= 0.4 * high for x, y in spots
    )
    return f"{mean:.3f} | {crowded(spots, shape) / len(spots):.1%} | {inner / len(spots):.0%} |"


def crowded(spots: list[tuple[float, float]], shape: float) -> int:
    """How many spots have another one nearer than *shape*."""
    cells: dict[tuple[int, int], list[tuple[float, float]]] = {}
    for x, y in spots:
        cells.setdefault((int(x // shape), int(y // shape)), []).append((x, y))
    count = 0
    for x, y in spots:
        across, down = int(x // shape), int(y // shape)
        near = (cells.get((across + dx, down + dy), ()) for dx in (-1, 0, 1) for dy in (-1, 0, 1))
        count += sum(math.dist((x, y), spot) < shape for cell in near for spot in cell) > 1
    return count


if __name__ == "__main__":
    main()
