"""The claims as a property graph in GraphML, for networkx, yEd, Gephi and igraph."""

from collections.abc import Mapping
from pathlib import Path

from kgtools.export.contents import ClaimNode, Contents
from kgtools.export.graphxml import Drawn, read_graph, xml
from kgtools.export.propertygraph import LOSES, claims_of, drawn


def graphml(contents: Contents) -> bytes:
    """The property graph of the claims as GraphML."""
    return written(drawn(contents, LOSES))


def from_graphml(place: Path) -> tuple[ClaimNode, ...]:
    """The claim set of a GraphML file, as exported or as another program has saved it since."""
    return claims_of(place, read_graph(place, "graphml"))


def written(graph: Drawn) -> bytes:
    """A property graph as GraphML."""
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', '<graphml xmlns="http://graphml.graphdrawing.org/xmlns">']
    keys: dict[tuple[str, str], str] = {}
    parts = {
        "graph": list(graph.told),
        "node": ["label", *graph.names_of(graph.nodes)],
        "edge": ["label", *graph.names_of(graph.edges)],
    }
    for part, names in parts.items():
        for name in names:
            keys[part, name] = f"{part}-{name}"
            lines.append(f'<key id="{part}-{name}" for="{part}" attr.name="{name}" attr.type="string"/>')

    def data(part: str, attributes: Mapping[str, str]) -> str:
        return "".join(f'<data key="{keys[part, name]}">{xml(value)}</data>' for name, value in attributes.items())

    lines += ['<graph id="claims" edgedefault="directed">', data("graph", graph.told)]
    lines += [
        f'<node id="{xml(node.name)}">{data("node", {"label": node.label, **node.attributes})}</node>'
        for node in graph.nodes
    ]
    lines += [
        f'<edge id="{xml(edge.name)}" source="{xml(edge.start)}" target="{xml(edge.stop)}">'
        f"{data('edge', {'label': edge.label, **edge.attributes})}</edge>"
        for edge in graph.edges
    ]
    return "\n".join([*lines, "</graph>", "</graphml>", ""]).encode()
