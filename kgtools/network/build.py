"""An answer as a network: actors, places and things as nodes, one edge for each triple that the answer rests on."""

import io
import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

import networkx as nx
from rdflib import BNode, Literal, URIRef

from kgtools.claims import proposition_iri
from kgtools.evidence import best_label
from kgtools.model import Evidence, Support, Term
from kgtools.names import shorten

SEED = 20
SPACING = 165.0
EDGE = 175.0  # pixels that three of four edges have at least, where the picture stays of a size to be read
STRETCH = 1.4
_LARGE, _BLOCK = 500, 256  # nodes from which networkx needs scipy; rows taken at a time then
ASPECT = 1.3  # of the box that a picture is to fill

Position = tuple[int, int]
if TYPE_CHECKING:
    import numpy as np

    Multigraph = nx.MultiDiGraph[str]
    Layout = Mapping[str, np.ndarray[tuple[int], np.dtype[np.float64]]]
else:
    Multigraph = nx.MultiDiGraph  # subscripted only for type checkers


def network(found: Evidence) -> Multigraph:
    """The multigraph of an answer's evidence: edge keys are proposition IRIs, every claim is on an edge or a node.

    Nodes have label, labels, kind and sayings; edges have predicate, label, status (claimed, disputed, withdrawn,
    inferred, forecast, reference, unclaimed), claims and denials. A triple with a literal is a saying of its subject:
    label, value, claims.
    """
    graph: Multigraph = nx.MultiDiGraph()
    for support in supports(found):
        subject, term = URIRef(_named(support.triple[0])), _named(support.triple[2])
        _add_node(graph, subject, found)
        if isinstance(term, Literal):
            graph.nodes[subject]["sayings"].append(_saying(support, found))
        else:
            _add_node(graph, term, found)
            graph.add_edge(subject, term, key=str(proposition_iri(support.triple)), **_edge(support, found))
    return graph


def _named(term: Term) -> URIRef | Literal:
    return URIRef(f"_:{term}") if isinstance(term, BNode) else term


def claims_in(graph: Multigraph) -> set[URIRef]:
    """Every claim on an edge or a node of the network: the same as in the evidence it was made from."""
    edges = {iri for *_, data in graph.edges(data=True) for iri in (*data["claims"], *data["denials"])}
    return edges | {iri for _, data in graph.nodes(data=True) for saying in data["sayings"] for iri in saying["claims"]}


def layout(graph: Multigraph) -> dict[str, Position]:
    """Whole pixels for each node, the same for the same graph: each component laid out apart, then packed in rows."""
    parts = sorted(
        (sorted(part) for part in nx.weakly_connected_components(graph)), key=lambda part: (-len(part), part)
    )
    laid = [_component(graph, part) for part in parts]
    widths = sorted({round(sum(size[0] for _, size in laid[: n + 1])) for n in range(len(laid))})
    packings = [_pack([size for _, size in laid], width) for width in widths]
    corners, _ = min(packings, key=lambda packing: max(packing[1][0] / ASPECT, packing[1][1]), default=([], (0, 0)))
    return {
        node: (round(x + px), round(y + py))
        for (x, y), (placed, _) in zip(corners, laid, strict=True)
        for node, (px, py) in placed.items()
    }


def _pack(sizes: list[Position], width: int) -> tuple[list[Position], Position]:
    """The upper left corner of each box, set in rows no wider than *width*, and the size of the whole."""
    corners, x, y, high, wide = [], 0, 0, 0, 0
    for across, down in sizes:
        if x and x + across > width:
            x, y, high = 0, y + high, 0
        corners.append((x, y))
        x, high = x + across, max(high, down)
        wide = max(wide, x)
    return corners, (wide, y + high)


def supports(found: Evidence) -> Iterable[Support]:
    """Each triple once, with the claims of all rows that rest on it; of a symmetric relation one reading."""
    merged: dict[tuple[object, ...], list[Support]] = defaultdict(list)
    for row in found.rows:
        for support in row:
            merged[support.triple].append(support)
    for triple in sorted(merged, key=lambda parts: tuple(map(str, parts))):
        same, mirrored = merged[triple], merged.get(triple[::-1], ())
        if same[0].status == "inferred" and any(other.claims == same[0].claims for other in mirrored):
            continue  # the other reading of a symmetric relation: one line says both
        claims = tuple(sorted({iri for support in same for iri in support.claims}))
        yield Support(same[0].triple, same[0].status, claims, same[0].denials)


def status_of(support: Support, found: Evidence) -> str:
    """How a triple stands: claimed, disputed, withdrawn, inferred, forecast or reference."""
    # A denial in the row itself (a claim that denies) makes the edge disputed just as one against it does.
    stances = {found.claims[iri].stance for iri in support.claims}
    if "denies" in stances or support.denials:
        return "disputed"
    # What is passed on beside a retraction may be the retraction, so only one's own word holds an edge against it.
    return "withdrawn" if "retracts" in stances and stances.isdisjoint({"asserts", "speculates"}) else support.status


def predicate_label(predicate: URIRef, found: Evidence) -> str:
    """The English label of a property, else its prefixed name."""
    return found.labels.get(predicate, {}).get("en") or shorten(predicate)


def to_graphml(graph: Multigraph) -> bytes:
    """GraphML of a multigraph whose attributes are strings, numbers and booleans."""
    out = io.BytesIO()
    writer = nx.readwrite.graphml.GraphMLWriter(encoding="utf-8", prettyprint=True)
    writer.add_graph_element(graph)
    writer.dump(out)
    return out.getvalue()


def _add_node(graph: Multigraph, iri: URIRef, found: Evidence) -> None:
    if iri not in graph:
        labels = found.labels.get(iri, {})
        graph.add_node(
            iri, label=best_label(labels, iri), labels=labels, kind=found.kinds.get(iri, "Entity"), sayings=[]
        )


def _saying(support: Support, found: Evidence) -> dict[str, object]:
    _, predicate, value = support.triple
    claims = (*support.claims, *support.denials)
    return {"label": predicate_label(predicate, found), "value": str(value), "claims": claims}


def _edge(support: Support, found: Evidence) -> dict[str, object]:
    return {
        "predicate": shorten(support.triple[1]),
        "label": predicate_label(support.triple[1], found),
        "status": status_of(support, found),
        "inferred": support.status == "inferred",
        "claims": support.claims,
        "denials": support.denials,
    }


def _component(graph: Multigraph, nodes: list[str]) -> tuple[Mapping[str, tuple[float, float]], Position]:
    """Positions of one component from its own upper left corner, and its width and height with a margin."""
    if len(nodes) == 1:
        return {nodes[0]: (SPACING / 2, SPACING / 2)}, (round(SPACING), round(SPACING))
    # A simple graph in sorted order: the layout's random start then depends on nothing but the seed.
    plain: nx.Graph[str] = nx.Graph()
    plain.add_nodes_from(nodes)
    plain.add_edges_from(sorted({(min(a, b), max(a, b)) for a, b in graph.subgraph(nodes).edges() if a != b}))
    start = nx.circular_layout(plain)
    pull = 2.2 / math.sqrt(len(nodes))
    laid: Layout
    if len(nodes) < _LARGE:
        laid = nx.spring_layout(plain, pos=start, k=pull, iterations=300, seed=SEED)
    else:
        laid = _large_layout(plain, start, pull)
    # Labels are wide, so the picture lies on its longer side and is stretched; and it is large enough for most edges
    # to carry their words.
    across, down = (1, 0) if _extent(laid, 1) > _extent(laid, 0) else (0, 1)
    points = {node: (float(place[across]) * STRETCH, float(place[down])) for node, place in laid.items()}
    lengths = sorted(math.dist(points[one], points[other]) for one, other in plain.edges())
    scale = min(EDGE / lengths[len(lengths) // 4], SPACING * math.sqrt(len(nodes)) * 0.8)
    left, top = (min(point[axis] for point in points.values()) for axis in (0, 1))
    margin = SPACING / 2
    placed = {node: (margin + (x - left) * scale, margin + (y - top) * scale) for node, (x, y) in points.items()}
    return placed, tuple(round(max(place[axis] for place in placed.values()) + margin) for axis in (0, 1))  # type: ignore[return-value]


def _large_layout(plain: "nx.Graph[str]", start: "Layout", pull: float, rounds: int = 60) -> "Layout":
    """The same layout by numpy alone, a block of rows at a time: networkx asks for scipy where nodes are many."""
    import numpy as np

    nodes = list(plain)
    number = {node: n for n, node in enumerate(nodes)}
    at = np.array([start[node] for node in nodes], dtype=np.float64)
    ends = np.array([(number[a], number[b]) for a, b in plain.edges()])
    for heat in np.linspace(0.2, 0.2 / rounds, rounds):
        move = np.zeros_like(at)
        for first in range(0, len(at), _BLOCK):
            away = at[first : first + _BLOCK, None] - at[None]
            near = np.maximum((away**2).sum(axis=2), 1e-4)
            move[first : first + _BLOCK] = (away * (pull**2 / near)[..., None]).sum(axis=1)
        along = at[ends[:, 0]] - at[ends[:, 1]]
        along *= np.maximum(np.hypot(along[:, 0], along[:, 1]), 0.01)[:, None] / pull
        np.add.at(move, ends[:, 0], -along)
        np.add.at(move, ends[:, 1], along)
        at += move * (heat / np.maximum(np.hypot(move[:, 0], move[:, 1]), 0.01))[:, None]
    return dict(zip(nodes, at, strict=True))


def _extent(laid: "Layout", axis: int) -> float:
    along = [float(place[axis]) for place in laid.values()]
    return max(along) - min(along)
