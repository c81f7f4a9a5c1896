"""Draw an answer as one HTML file that needs no network and shows, for every edge, the claims under it.

pyvis' `Network` is the model: nodes, edges and positions. The page is our own, because pyvis' page loads scripts from
elsewhere and runs what stands in labels. The picture is SVG written here, so it is there before and without any script.
"""

import base64
import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from importlib.resources import files
from typing import TYPE_CHECKING

from rdflib import URIRef

from kgtools.evidence import best_label
from kgtools.model import Answer, ClaimRecord, Evidence, Term
from kgtools.names import shorten
from kgtools.network import SEED, Multigraph, claims_in, layout, network
from kgtools.render import drawing
from kgtools.report import Section

if TYPE_CHECKING:
    from jinja2 import Template
    from pyvis.network import Network

__all__ = ["model", "report_html", "to_html"]

STATUS_WORDS = {
    "claimed": "claimed: a source says so",
    "disputed": "disputed: somebody denies it",
    "withdrawn": "taken back: somebody no longer stands by it",
    "inferred": "inferred from claims",
    "forecast": "forecast or supposed, no fact",
    "reference": "reference data, no claim",
}


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


def to_html(answer: Answer, found: Evidence, *, title: str) -> str:
    """The page: title, legend, search, filters, picture, evidence panel, and the same as tables; always equal bytes."""
    graph = network(found)
    net, shown = model(graph), sorted(claims_in(graph))
    style, script = _part("page.css"), _part("page.js")
    return _template("page.html").render(
        title=title,
        style=style,
        script=script,
        policy=_policy(style, script),
        picture=drawing.draw(net),
        data=_safe_json(_data(net, {iri: found.claims[iri] for iri in shown})),
        kinds=sorted({node["kind"] for node in net.nodes}),
        shapes=drawing.SHAPES,
        statuses={word: STATUS_WORDS[word] for word in STATUS_WORDS if any(e["status"] == word for e in net.edges)},
        columns=answer.columns,
        rows=_rows(answer, found),
        edges=[_edge_row(edge, net, found) for edge in net.edges],
        claims=len(shown),
        sources=sorted({(claim.source_title, str(claim.source)) for claim in map(found.claims.__getitem__, shown)}),
        footer=_footer(answer),
    )


def report_html(sections: Sequence[Section], snapshot: str) -> str:
    """The data report as one page that needs no network and no script."""
    style, title = _part("page.css"), "What the data look like"
    policy = _policy(style, "")
    return _template("report.html").render(
        title=title, style=style, policy=policy, sections=sections, snapshot=snapshot
    )


def _part(name: str) -> str:
    return files("kgtools.render").joinpath(name).read_text("utf-8")


def _template(name: str) -> "Template":
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("kgtools", "render"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template(name)


def _policy(style: str, script: str) -> str:
    """A content security policy under which only our own style and script run, and nothing is fetched."""
    rules = ("default-src 'none'", f"style-src '{_digest(style)}'", f"script-src '{_digest(script)}'", "img-src data:")
    return "; ".join((*rules, "base-uri 'none'", "form-action 'none'"))


def _digest(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _safe_json(value: object) -> str:
    """JSON that no text in it can end early: what HTML or JavaScript reads as more than text is escaped."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    for character in "&<>\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text


def _data(net: "Network", claims: Mapping[URIRef, ClaimRecord]) -> dict[str, object]:
    return {
        "nodes": {node["id"]: {key: node[key] for key in ("label", "labels", "kind", "sayings")} for node in net.nodes},
        "edges": net.edges,
        "claims": {str(iri): _claim(claim) for iri, claim in claims.items()},
        "words": STATUS_WORDS,
    }


def _claim(claim: ClaimRecord) -> dict[str, object]:
    shown = {name: getattr(claim, name) for name in claim.__dataclass_fields__}
    return {name: value for name, value in shown.items() if value} | {"id": shorten(claim.iri)}


def _rows(answer: Answer, found: Evidence) -> list[list[str]]:
    return [[_cell(term, found) for term in row] for row in answer.rows]


def _cell(term: Term | None, found: Evidence) -> str:
    if term is None:
        return ""
    return best_label(found.labels.get(term, {}), term) if isinstance(term, URIRef) else str(term)


def _edge_row(edge: Mapping[str, object], net: "Network", found: Evidence) -> dict[str, object]:
    names = {node["id"]: node["label"] for node in net.nodes}
    for_, against = (_named(edge[part], found) for part in ("claims", "denials"))
    return {
        "id": edge["id"],
        "words": [names[edge["from"]], edge["label"], names[edge["to"]]],
        "status": edge["status"],
        "inferred": edge["inferred"],
        "claims": for_,
        "denials": against,
    }


def _named(iris: object, found: Evidence) -> list[ClaimRecord]:
    assert isinstance(iris, Iterable)
    return [found.claims[iri] for iri in iris if iri in found.claims]


def _footer(answer: Answer) -> list[tuple[str, str]]:
    bound = ", ".join(f"{name} = {shorten(str(term))}" for name, term in sorted(answer.bindings.items()))
    parts = [
        ("question", answer.question or "own query"),
        ("parameters", bound or "none"),
        ("view", answer.view),
        ("snapshot", answer.snapshot),
        ("layout seed", str(SEED)),
    ]
    return [(name, value) for name, value in parts if value]
