"""The claims as a property graph in GEXF 1.3, for Gephi: the same as in GraphML, with times that a timeline shows."""

from collections.abc import Mapping
from pathlib import Path

from kgtools.export.contents import ClaimNode, Contents
from kgtools.export.graphxml import Drawn, Edge, Node, Span, read_graph, xml
from kgtools.export.propertygraph import LOSES as GRAPH_LOSES
from kgtools.export.propertygraph import claims_of, drawn

LOSES = (
    f"{GRAPH_LOSES}; a start or end is the first or last day of the year or month said, "
    "which valid_from and valid_to hold as they were written"
)


def gexf(contents: Contents) -> bytes:
    """The property graph of the claims as GEXF 1.3, with the times of nodes and edges as days."""
    return written(drawn(contents, LOSES))


def from_gexf(place: Path) -> tuple[ClaimNode, ...]:
    """The claim set of a GEXF file, as exported or as another program has saved it since."""
    return claims_of(place, read_graph(place, "gexf"))


def written(graph: Drawn) -> bytes:
    """A property graph as GEXF."""
    told = "; ".join(f"{name}: {value}" for name, value in graph.told.items() if name != "title")
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<gexf xmlns="http://gexf.net/1.3" version="1.3">',
        f"<meta><title>{xml(graph.told['title'])}</title><description>{xml(told)}</description></meta>",
        '<graph defaultedgetype="directed" mode="dynamic" timeformat="date" timerepresentation="interval">',
    ]
    names = {"node": graph.names_of(graph.nodes), "edge": graph.names_of(graph.edges)}
    for part, of_part in names.items():
        lines.append(f'<attributes class="{part}" mode="static">')
        lines += [f'<attribute id="{part}-{name}" title="{name}" type="string"/>' for name in of_part]
        lines.append("</attributes>")
    lines += ["<nodes>", *map(_gexf_node, graph.nodes), "</nodes>"]
    lines += ["<edges>", *map(_gexf_edge, graph.edges), "</edges>", "</graph>", "</gexf>", ""]
    return "\n".join(lines).encode()


def _gexf_node(node: Node) -> str:
    values = _attvalues("node", node.attributes)
    return f'<node id="{xml(node.name)}" label="{xml(node.label)}"{_bounds(node.span)}>{values}</node>'


def _gexf_edge(edge: Edge) -> str:
    ends = f'source="{xml(edge.start)}" target="{xml(edge.stop)}"'
    once = _bounds(edge.spans[0]) if len(edge.spans) == 1 else ""
    spells = "".join(f"<spell{_bounds(span)}/>" for span in edge.spans) if len(edge.spans) > 1 else ""
    return (
        f'<edge id="{xml(edge.name)}" {ends} kind="{xml(edge.kind)}" label="{xml(edge.label)}"{once}>'
        f"{_attvalues('edge', edge.attributes)}{f'<spells>{spells}</spells>' if spells else ''}</edge>"
    )


def _attvalues(part: str, attributes: Mapping[str, str]) -> str:
    values = "".join(f'<attvalue for="{part}-{name}" value="{xml(value)}"/>' for name, value in attributes.items())
    return f"<attvalues>{values}</attvalues>"


def _bounds(span: Span) -> str:
    return "".join(f' {name}="{day}"' for name, day in zip(("start", "end"), span, strict=True) if day)
