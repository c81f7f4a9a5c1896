"""Where nodes are drawn: the same for the same graph, apart from one another, and little moved by a small change."""

import math
import os
import random
import subprocess
import sys
from pathlib import Path

import networkx as nx
import pytest

from kgtools.memo import Memo
from kgtools.network import circles, communities, layout, layout_key

GRAPHS = {
    "no node": nx.empty_graph(0),
    "one node": nx.empty_graph(1),
    "a loop": nx.Graph([(0, 0)]),
    "two nodes": nx.path_graph(2),
    "lone nodes": nx.empty_graph(500),
    "a star": nx.star_graph(5000),
    "a complete graph": nx.complete_graph(60),
    "a path": nx.path_graph(2000),
    "a short path": nx.path_graph(200),
    "a ring": nx.cycle_graph(40),
    "a grid": nx.grid_2d_graph(30, 30),
    "a tree": nx.balanced_tree(3, 4),
    "two halves": nx.disjoint_union(nx.complete_graph(310), nx.complete_bipartite_graph(3, 310)),
    "many parts": nx.disjoint_union_all([nx.path_graph(1 + n % 6) for n in range(1100)]),
    "hubs": nx.barabasi_albert_graph(1500, 2, seed=1),
}
SAME = """
import json, random, sys
import networkx as nx
from kgtools.network import communities, layout
made = {"hubs": nx.barabasi_albert_graph(700, 2, seed=1), "tree": nx.random_labeled_tree(120, seed=2),
        "ring": nx.cycle_graph(24), "parts": nx.gnp_random_graph(300, 0.004, seed=3)}
for name, plain in made.items():
    nodes, edges = [f"urn:{n}" for n in plain], [(f"urn:{a}", f"urn:{b}") for a, b in plain.edges()]
    order = random.Random(int(sys.argv[1]))
    order.shuffle(nodes), order.shuffle(edges)
    graph = nx.MultiDiGraph()
    graph.add_nodes_from((node, {"label": f"{node} of many words"}) for node in nodes)
    graph.add_edges_from(edges)
    print(json.dumps(sorted(layout(graph).items())), [(c.name, c.members) for c in communities(graph)])
"""


def named(plain: nx.Graph, words: str = "some words of") -> nx.MultiDiGraph:
    graph = nx.MultiDiGraph()
    graph.add_nodes_from((f"urn:{n}", {"label": f"{words} {n}"}) for n in plain)
    graph.add_edges_from((f"urn:{a}", f"urn:{b}") for a, b in plain.edges())
    return graph


@pytest.mark.parametrize("name", GRAPHS)
def test_every_node_has_a_place_of_its_own(name: str):
    graph = named(GRAPHS[name])
    places = layout(graph)
    assert set(places) == set(graph)
    assert len(set(places.values())) == len(graph)
    assert all(isinstance(x, int) and isinstance(y, int) for x, y in places.values())


def test_hash_seed_order_and_the_processors_own_instructions_do_not_matter():
    runs = {
        subprocess.run(
            [sys.executable, "-c", SAME, seed], env=os.environ | more, capture_output=True, check=True
        ).stdout
        for seed, more in (
            ("1", {"PYTHONHASHSEED": "1"}),
            ("2", {"PYTHONHASHSEED": "2", "OPENBLAS_NUM_THREADS": "1", "OPENBLAS_CORETYPE": "Prescott"}),
            ("3", {"PYTHONHASHSEED": "3", "NPY_DISABLE_CPU_FEATURES": "AVX2 FMA3 AVX512F AVX512CD AVX512_SKX"}),
        )
    }
    assert len(runs) == 1


def moved(before: dict, after: dict) -> float:
    """The median way that nodes have gone, as a part of the picture's diagonal."""
    both = sorted(before.keys() & after.keys())
    way = [(after[n][0] - before[n][0], after[n][1] - before[n][1]) for n in both]
    middle = [sorted(step[axis] for step in way)[len(way) // 2] for axis in (0, 1)]
    far = sorted(math.dist(step, middle) for step in way)[len(way) // 2]
    wide, high = (max(p[axis] for p in before.values()) - min(p[axis] for p in before.values()) for axis in (0, 1))
    return far / math.hypot(wide, high)


def edited(graph: nx.MultiDiGraph, chance: random.Random) -> nx.MultiDiGraph:
    other, nodes = graph.copy(), sorted(graph)
    edit = chance.choice(("node", "edge", "no node", "no edge"))
    if edit == "node":
        other.add_node("urn:new", label="new")
        other.add_edge("urn:new", chance.choice(nodes))
    elif edit == "edge":
        other.add_edge(*chance.sample(nodes, 2))
    elif edit == "no node":
        other.remove_node(chance.choice(nodes))
    else:
        other.remove_edge(*chance.choice(sorted(graph.edges(keys=True))))
    return other


@pytest.mark.parametrize(
    "plain",
    [
        nx.random_labeled_tree(100, seed=1),
        nx.barabasi_albert_graph(60, 1, seed=1),
        nx.barabasi_albert_graph(150, 2, seed=1),
        nx.barabasi_albert_graph(1000, 2, seed=1),
        nx.random_labeled_tree(800, seed=1),
    ],
    ids=["tree", "few hubs", "hubs", "many hubs", "large tree"],
)
def test_most_small_edits_move_most_nodes_little(plain: nx.Graph):
    graph, chance = named(plain), random.Random(7)
    before = layout(graph)
    ways = sorted(moved(before, layout(edited(graph, chance))) for _ in range(9))
    assert ways[len(ways) // 2] < 0.05


def test_what_had_a_place_keeps_it_and_what_is_new_is_set_near_its_neighbour():
    graph = named(nx.random_labeled_tree(80, seed=4))
    before = layout(graph)
    graph.add_node("urn:new", label="a new one")
    graph.add_edge("urn:7", "urn:new")
    graph.add_node("urn:alone", label="apart")
    after = layout(graph, like=before)
    assert {node: after[node] for node in before} == before
    assert math.dist(after["urn:new"], after["urn:7"]) < 700
    assert len(set(after.values())) == len(graph)
    assert after["urn:alone"][1] > max(y for _, y in before.values())


def test_new_nodes_cover_nothing():
    graph = named(nx.star_graph(5))
    before = layout(graph)
    graph.add_nodes_from((f"urn:new{n}", {"label": "new"}) for n in range(300))
    graph.add_edges_from(("urn:0", f"urn:new{n}") for n in range(300))
    after = sorted(layout(graph, like=before).values())
    assert min(math.dist(one, other) for n, one in enumerate(after) for other in after[n + 1 :]) > 34


def test_of_two_that_were_at_one_place_only_one_keeps_it():
    places = layout(named(nx.path_graph(3)), like={"urn:0": (5, 5), "urn:1": (5, 5), "urn:gone": (9, 9)})
    assert places["urn:0"] == (5, 5)
    assert len(set(places.values())) == 3


def test_places_of_other_nodes_only_change_nothing():
    graph = named(nx.path_graph(5))
    assert layout(graph, like={"urn:other": (1, 1)}) == layout(graph) == layout(graph, like={})


def test_words_do_not_cover_one_another_where_there_are_few():
    graph = named(
        nx.barabasi_albert_graph(60, 1, seed=3), "a label that goes on for three whole lines of words, number"
    )
    spots = sorted(layout(graph).values())
    near = [(a, b) for n, a in enumerate(spots) for b in spots[n + 1 :] if abs(a[0] - b[0]) < 150]
    assert min(abs(a[1] - b[1]) for a, b in near) >= 90


def test_the_largest_part_is_in_the_middle_and_the_whole_wider_than_high():
    parts = [nx.random_labeled_tree(60, seed=1), *(nx.path_graph(2) for _ in range(40))]
    graph = named(nx.disjoint_union_all(parts))
    places = layout(graph)
    (left, right), (top, bottom) = ((min(line), max(line)) for line in zip(*places.values(), strict=True))
    large = [places[f"urn:{n}"] for n in range(60)]
    assert 0.3 < (sum(y for _, y in large) / 60 - top) / (bottom - top) < 0.7
    assert 0.3 < (sum(x for x, _ in large) / 60 - left) / (right - left) < 0.7
    assert 0.8 < (right - left) / (bottom - top) < 2.2


def test_lone_nodes_stand_in_rows_in_the_order_of_their_names():
    places = layout(named(nx.empty_graph(9)))
    assert sorted(places, key=lambda node: places[node][::-1]) == sorted(places)
    assert len({y for _, y in places.values()}) < 5


def test_a_memo_gives_what_was_laid_out(tmp_path: Path):
    graph = named(nx.random_labeled_tree(40, seed=1))
    first = layout(graph, memo=Memo(tmp_path))
    assert first == layout(graph, memo=Memo(tmp_path)) == layout(graph)
    assert [path.name for path in tmp_path.iterdir()] == [layout_key(graph)]


def test_the_key_tells_labels_edges_and_earlier_places_apart():
    graph, longer, other = named(nx.path_graph(4)), named(nx.path_graph(4), "longer words"), named(nx.star_graph(3))
    keys = [layout_key(graph), layout_key(longer), layout_key(other), layout_key(graph, {"urn:0": (1, 2)})]
    assert len(set(keys)) == 4
    assert layout_key(named(nx.path_graph(4))) == keys[0]


@pytest.mark.parametrize("name", GRAPHS)
def test_each_node_is_in_one_of_few_communities(name: str):
    graph = named(GRAPHS[name])
    found = communities(graph)
    assert sorted(node for group in found for node in group.members) == sorted(graph)
    assert len(found) <= 60
    assert len(circles(found, layout(graph))) == len(found)


def test_dense_groups_are_found_and_named_after_the_member_with_most_claims():
    graph = named(nx.connected_caveman_graph(5, 12))
    graph.nodes["urn:3"]["sayings"] = [{"claims": ("urn:claim-1", "urn:claim-2")}]
    found = communities(graph)
    assert [len(group.members) for group in found] == [12] * 5
    assert "some words of 3" in [group.name for group in found]
    assert all(group.linked for group in found)


def test_leftovers_that_no_edge_joins_say_so():
    found = communities(named(nx.disjoint_union_all([nx.path_graph(3) for _ in range(100)])))
    assert [group.linked for group in found] == [False, *[True] * 59]


def test_circles_of_communities_hardly_overlap():
    graph = named(nx.barabasi_albert_graph(1500, 2, seed=1))
    drawn = circles(communities(graph), layout(graph))
    pairs = [(a, b) for n, a in enumerate(drawn) for b in drawn[n + 1 :]]
    over = [1 for a, b in pairs if math.dist((a.x, a.y), (b.x, b.y)) < (a.radius + b.radius) * 0.95]
    assert len(over) <= len(drawn) // 10
