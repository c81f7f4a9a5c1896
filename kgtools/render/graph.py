"""An answer as a network: actors, places and things, and an edge for each triple that the answer rests on."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from rdflib import RDF, URIRef

from kgtools.errors import UsageError
from kgtools.explain import Justified
from kgtools.model import Answer, Evidence, Term
from kgtools.names import shorten
from kgtools.network import SEED, Multigraph, circles, claims_in, communities, layout, network
from kgtools.render import drawing
from kgtools.render.packed import packed
from kgtools.render.page import CHANGES, STATUS_WORDS, Compared, Page, environment, named, page_html
from kgtools.render.still import Key, Part, as_address, shape_key, still
from kgtools.render.why import Ways, claims_under, ways_of, why_data
from kgtools.render.words import english, in_each_language, term

if TYPE_CHECKING:
    from pyvis.network import Network

SCRIPTS = ("model", "shown", "paint", "camera", "pointer", "pick", "tools", "table", "hash", "save", "start")
DRAGGED = 400  # nodes that can be dragged by hand
SINGLY = 400  # nodes above which communities are closed at first, as in shown.js
_PLAIN = ("predicate", "status", "inferred", "claims", "denials", "stands", "first", "second")
LISTED = 400  # edges up to which the table is part of the page, and can be read without a script
MOST_NODES, MOST_EDGES = 30, 40  # of a still image, so that its words can be read


def graph_page(
    answer: Answer, found: Evidence, why: Justified | None = None, *, title: str, drag: bool = False
) -> Page:
    """The answer as a network: title, legend, search, filters, picture, evidence, tables; always equal bytes.

    *why* says from what inferred edges follow. Above LISTED edges the table below the picture is written by the page's
    script, 200 rows at a time. With *drag* things can be dragged by hand, by vis-network; UsageError if they are many.
    """
    return page_of(answer, found, network(found), title, why=why, drag=drag)


def page_of(
    answer: Answer,
    found: Evidence,
    graph: Multigraph,
    title: str,
    *,
    why: Justified | None = None,
    drag: bool = False,
    compared: Compared | None = None,
) -> Page:
    """The page of a network that was made of this evidence, or of that of two answers that are compared."""
    if drag and len(graph) > DRAGGED:
        raise UsageError(
            f"{len(graph)} things are too many to drag by hand, at most {DRAGGED} can be; draw them as they lie, "
            "or ask for fewer with a parameter, a view or a scope"
        )
    why = why or Justified()
    net, shown = model(graph), sorted(claims_in(graph))
    drawn = replace(found, claims={iri: found.claims[iri] for iri in shown})
    still, many = _still(answer, graph, net, title), len(net.edges) > LISTED
    packs = many or drag  # such a page needs a script even to unpack itself
    ways = ways_of(net, why)
    under = tuple(why.claims[iri] for iri in sorted(claims_under(net, why) - {*shown}) if iri in why.claims)
    values = {
        "title": title,
        "counts": _counts(net, len(shown), len(under)),
        "under": under,
        "count": len(net.edges),
        "nodes": len(net.nodes),
        "still": as_address(still),
        "kinds": _kinds(net),
        "shapes": drawing.SHAPES,
        "statuses": _statuses(net),
        "predicates": {edge["predicate"]: edge["label"] for edge in sorted(net.edges, key=lambda edge: edge["label"])},
        "listed": many,
        "packs": packs,
        "drag": drag,
        "edges": [] if many else [_edge_row(edge, net, found, ways) for edge in net.edges],
        "more": (("layout seed", str(SEED)), *([_DRAWN_WITH] if drag else [])),
        "data": page_data(net, graph, found, why) | {"listed": many},
        "compared": compared,
    }
    html = page_html("drag.html" if drag else "graph.html", answer, drawn, _scripts(bool(ways), drag), values)
    return Page(packed(html, _instead(values)) if packs else html, still, title)


_DRAWN_WITH = (
    "dragged with",
    "vis-network 9.1.2, © Almende B.V. and visjs contributors, Apache License 2.0 or MIT",
)


def _instead(values: Mapping[str, object]) -> str:
    """What a packed page shows where no script runs."""
    return environment().get_template("instead.html").render(values)


def _scripts(inferred: bool, drag: bool) -> tuple[str, ...]:
    more = (*(["drag"] if drag else []), *(["why"] if inferred else []))
    return (*(name for name in SCRIPTS[:-1] if not (drag and name == "pointer")), *more, SCRIPTS[-1])


def _counts(net: "Network", claims: int, under: int) -> str:
    counts = f"{len(net.edges)} edges, {len(net.nodes)} nodes, {claims} claims"
    return f"{counts} · {english('why-more-claims').format(under)}" if under else counts


def page_data(net: "Network", graph: Multigraph, found: Evidence, why: Justified) -> dict[str, object]:
    """What the script needs of a network: nodes, edges whose ends are numbers of nodes, labels, groups and shapes."""
    number = {node["id"]: n for n, node in enumerate(net.nodes)}
    predicates = {shorten(triple[1]): triple[1] for row in found.rows for triple in (s.triple for s in row)}
    used = sorted({str(edge["predicate"]) for edge in net.edges})
    kinds = _kinds(net)
    reasons, ways = why_data(net, why)
    return {
        "nodes": [
            {
                **_filled({key: node[key] for key in ("label", "kind", "sayings", "x", "y")}),
                **({} if node["labels"] == {"en": node["label"]} else {"labels": node["labels"]}),
                "id": shorten(node["id"]),
            }
            for node in net.nodes
        ],
        "edges": [
            {
                **_filled({key: edge[key] for key in _PLAIN if key in edge}),
                "from": number[edge["from"]],
                "to": number[edge["to"]],
                **({"why": ways[edge["id"]]} if edge["id"] in ways else {}),
            }
            for edge in net.edges
        ],
        "predicates": {name: _predicate(predicates.get(name), name, net, found) for name in used},
        "families": {kind: drawing.SHAPES[kind].family for kind in kinds},
        "shapes": drawing.outlines({drawing.SHAPES[kind].family for kind in kinds} | {"other"}),
        "communities": _groups(graph, net, number),
        **({"why": reasons} if ways else {}),
    }


def _filled(one: Mapping[str, object]) -> dict[str, object]:
    """Without what is empty or not so, which the script takes for granted."""
    return {key: value for key, value in one.items() if value or key in ("x", "y")}


def _predicate(iri: Term | None, name: str, net: "Network", found: Evidence) -> dict[str, object]:
    label = next(str(edge["label"]) for edge in net.edges if edge["predicate"] == name)
    labels = in_each_language("is-a") if iri == RDF.type else found.labels.get(URIRef(str(iri)), {})
    return {"label": label, "labels": labels}


def _groups(graph: Multigraph, net: "Network", number: Mapping[str, int]) -> list[dict[str, object]]:
    """The communities of a network with too many nodes to be looked at singly, each with a circle to stand for it."""
    if len(graph) <= SINGLY:
        return []
    found = communities(graph)
    places = {node["id"]: (node["x"], node["y"]) for node in net.nodes}
    return [
        {
            "name": one.name,
            "linked": one.linked,
            "members": [number[member] for member in one.members],
            "x": circle.x,
            "y": circle.y,
            "r": circle.radius,
        }
        for one, circle in zip(found, circles(found, places), strict=True)
    ]


def model(graph: Multigraph, places: Mapping[str, tuple[int, int]] | None = None) -> "Network":
    """The network as a pyvis Network at fixed places, our layout's if none are given; `nodes` and `edges` are plain."""
    from pyvis.network import Network

    places = layout(graph) if places is None else places
    net = Network(directed=True, cdn_resources="in_line")
    # Filled directly: add_node and add_edge look through all that is there, which makes a large network quadratic.
    net.nodes = [
        {"id": node, **graph.nodes[node], "x": places[node][0], "y": places[node][1], "physics": False}
        for node in sorted(graph)
    ]
    net.node_ids = [node["id"] for node in net.nodes]
    net.edges = [
        {"id": key, "from": source, "to": target, **data, "dashes": data["status"] == "disputed"}
        for source, target, key, data in sorted(graph.edges(keys=True, data=True), key=lambda edge: edge[:3])
    ]
    net.toggle_physics(False)
    return net


def _kinds(net: "Network") -> list[str]:
    return sorted({node["kind"] for node in net.nodes})


def _statuses(net: "Network") -> dict[str, str]:
    return {word: STATUS_WORDS[word] for word in STATUS_WORDS if any(e["status"] == word for e in net.edges)}


def _edge_row(
    edge: Mapping[str, object], net: "Network", found: Evidence, ways: Mapping[str, Ways]
) -> dict[str, object]:
    names = {node["id"]: node["label"] for node in net.nodes}
    for_, against = (named(_iris(edge[part]), found) for part in ("claims", "denials"))
    return {
        "words": [names[edge["from"]], edge["label"], names[edge["to"]]],
        "status": edge["status"],
        "stands": edge.get("stands", ""),
        "inferred": edge["inferred"],
        "claims": for_,
        "denials": against,
        "ways": ways.get(str(edge["id"])),
    }


def _iris(part: object) -> Iterable[URIRef]:
    assert isinstance(part, Iterable)
    return part


def _still(answer: Answer, graph: Multigraph, whole: "Network", title: str) -> str:
    part = _most_claimed(graph)
    net, left_out = whole if part is graph else model(part), []
    if len(part) < len(graph) or part.number_of_edges() < graph.number_of_edges():
        left_out = [
            f"Shown: {len(part)} of {len(graph)} things and {part.number_of_edges()} of {graph.number_of_edges()} "
            "edges, those under which most claims stand. The page has them all."
        ]
    if not part:
        left_out = ["This answer has no edges to draw."]
    picture, statuses = drawing.draw(net), _statuses(net)
    if unsaid := sum(not edge["said"] for edge in picture.edges):
        left_out.append(f"Words of edges left out where they would overlap: {unsaid}.")
    keys = [Key(words, f"line {word}", "M0,10 L44,10") for word, words in statuses.items()]
    keys += [
        shape_key(term("kind", kind), drawing.SHAPES[kind].family, drawing.SHAPES[kind].points) for kind in _kinds(net)
    ]
    return still(
        Part("graph.svg", picture.box, {"picture": picture, "statuses": statuses}), title, keys, left_out, answer
    )


def _most_claimed(graph: Multigraph) -> Multigraph:
    """The network, or as much of it as a still image can show: the edges with most claims, and their ends."""
    if len(graph) <= MOST_NODES and graph.number_of_edges() <= MOST_EDGES:
        return graph
    edges = sorted(
        graph.edges(keys=True, data=True),
        key=lambda e: (e[3]["status"] not in CHANGES, -len({*e[3]["claims"], *e[3]["denials"]}), e[2], e[0]),
    )
    nodes: set[str] = set()
    kept: list[tuple[str, str, str]] = []
    for source, target, key, _ in edges:
        if len(kept) < MOST_EDGES and len(nodes | {source, target}) <= MOST_NODES:
            kept.append((source, target, key))
            nodes |= {source, target}
    alone = sorted((n for n in graph if graph.degree(n) == 0), key=lambda n: (-len(graph.nodes[n]["sayings"]), n))
    nodes |= set(alone[: MOST_NODES - len(nodes)])
    part: Multigraph = graph.subgraph(nodes).copy()
    part.remove_edges_from(set(part.edges(keys=True)) - set(kept))
    return part
