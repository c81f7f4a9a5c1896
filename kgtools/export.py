"""The snapshot for other tools: RDF in five syntaxes, and the claims as a property graph.

Made from the snapshot's own N-Quads, never through a store, so that every lexical form is as curated. TriG and N-Quads
keep the named graphs, and what was said and no longer stands. Turtle, RDF/XML and JSON-LD hold one merged graph of what
stands: reference data, claims with their evidence, scenarios, and the facts and inferences of one view. GraphML has one
edge for each proposition of that graph between two things, with who says so on it; what it loses is said in the graph's
own attributes.
"""

import json
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import pyoxigraph as ox
from rdflib import RDF, Literal, URIRef
from rdflib.namespace import SKOS

from kgtools.errors import QuestionError, StoreError
from kgtools.model import Quad, Term, Triple
from kgtools.names import KG, PREFIXES, graph_iri, shorten
from kgtools.sources import parse_nquads

if TYPE_CHECKING:
    from kgtools.network import Multigraph

__all__ = ["FORMATS", "export", "turtle"]

# Format: (media type, file extension)
FORMATS = {
    "turtle": ("text/turtle", "ttl"),
    "trig": ("application/trig", "trig"),
    "nquads": ("application/n-quads", "nq"),
    "jsonld": ("application/ld+json", "jsonld"),
    "rdfxml": ("application/rdf+xml", "rdf"),
    "graphml": ("application/graphml+xml", "graphml"),
}
SEPARATOR = " | "
_LOST = "propositions with a literal value, locators, paraphrases, hedges, inferences; take an RDF export for them"
_SYNTAXES = {
    "turtle": ox.RdfFormat.TURTLE,
    "trig": ox.RdfFormat.TRIG,
    "rdfxml": ox.RdfFormat.RDF_XML,
}


def export(folder: Path, form: str, view: str = "all") -> bytes:
    """The snapshot in *folder* under *view* in one of FORMATS; equal bytes for equal snapshots."""
    data = _read(folder, view)
    if form == "nquads":
        return b"".join(sorted(line for text in data.values() for line in text.splitlines(keepends=True)))
    if form == "trig":
        return _serialised(data.values(), form, merged=False)
    merged = [text for name, text in data.items() if name not in ("ontology.nq", "withdrawn.nq")]
    if form in _SYNTAXES:
        return _serialised(merged, form, merged=True)
    quads = [quad for text in merged for quad in parse_nquads(text)]
    if form == "jsonld":
        return _json_ld(quads)
    if form == "graphml":
        from kgtools.network import to_graphml

        return to_graphml(_property_graph(quads, view))
    raise QuestionError(f"there is no format {form!r}; the formats are {', '.join(FORMATS)}")


def turtle(triples: Iterable[Triple]) -> str:
    """Triples as Turtle with the project's prefixes, sorted."""
    lines = "".join(f"{subject.n3()} {predicate.n3()} {term.n3()} .\n" for subject, predicate, term in triples)
    quads = ox.parse(lines.encode(), format=ox.RdfFormat.TURTLE)
    return _written({quad.triple for quad in quads}, "turtle").decode()


def _read(folder: Path, view: str) -> dict[str, bytes]:
    try:
        manifest = json.loads((folder / "manifest.json").read_bytes())
        if view not in manifest["views"]:
            raise QuestionError(f"there is no view {view!r}; the views are {', '.join(sorted(manifest['views']))}")
        names = ("ontology.nq", "reference.nq", "claims.nq", "withdrawn.nq", "scenarios.nq", f"views/{view}.nq")
        return {name: (folder / name).read_bytes() for name in names}
    except (OSError, ValueError, KeyError):
        raise StoreError(f"{folder} holds no readable snapshot; run kg build") from None


def _serialised(texts: Iterable[bytes], form: str, *, merged: bool) -> bytes:
    quads = [quad for text in texts for quad in ox.parse(text, format=ox.RdfFormat.N_QUADS)]
    return _written({quad.triple if merged else quad for quad in quads}, form)


def _written(parts: "Iterable[ox.Triple | ox.Quad]", form: str) -> bytes:
    triples = sorted(parts, key=_order)
    used = "\n".join(str(part) for part in triples)
    prefixes = {prefix: iri for prefix, iri in PREFIXES.items() if f"<{iri}" in used}
    # An iterable of triples goes into the default graph, one of quads where each belongs.
    written = ox.serialize(triples, format=_SYNTAXES[form], prefixes=prefixes)  # type: ignore[arg-type]
    return written or b""


def _order(part: "ox.Triple | ox.Quad") -> tuple[str, ...]:
    graph = str(part.graph_name) if isinstance(part, ox.Quad) else ""
    return (
        graph,
        str(part.subject),
        "" if part.predicate.value == str(RDF.type) else str(part.predicate),
        str(part.object),
    )


def _json_ld(quads: Iterable[Quad]) -> bytes:
    """Flattened JSON-LD with the project's prefixes as its own context, nodes and values in order."""
    nodes: dict[str, dict[str, list[object]]] = defaultdict(lambda: defaultdict(list))
    for subject, predicate, term, _ in sorted(set(quads), key=lambda quad: tuple(part.n3() for part in quad)):
        if predicate == RDF.type:
            key: str = "@type"
            value: object = _name(term)
        else:
            key, value = shorten(predicate), _json_value(term)
        if value not in nodes[_name(subject)][key]:
            nodes[_name(subject)][key].append(value)
    graph = [{"@id": name, **nodes[name]} for name in sorted(nodes)]
    document = {"@context": {"@version": 1.1, **PREFIXES}, "@graph": graph}
    return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode()


def _name(term: Term) -> str:
    return shorten(term) if isinstance(term, URIRef) else f"_:{term}"


def _json_value(term: Term) -> dict[str, object]:
    if not isinstance(term, Literal):
        return {"@id": _name(term)}
    if term.language:
        return {"@value": str(term), "@language": term.language}
    return {"@value": str(term), "@type": shorten(term.datatype)} if term.datatype else {"@value": str(term)}


Nodes = dict[Term, dict[URIRef, list[Term]]]


def _property_graph(quads: Iterable[Quad], view: str) -> "Multigraph":
    """Things as nodes, propositions between two things as edges, with status and the claims on each."""
    about: Nodes = defaultdict(lambda: defaultdict(list))
    in_graph = defaultdict(set)
    for subject, predicate, term, graph in quads:
        if term not in about[subject][predicate]:
            about[subject][predicate].append(term)
        in_graph[graph].add((subject, predicate, term))
    facts, inferred = (in_graph[graph_iri(f"view/{view}/{part}")] for part in ("facts", "inferred"))
    claims_on = _claims_on(about)
    import networkx as nx

    out: Multigraph = nx.MultiDiGraph(view=view, lost=_LOST, separator=SEPARATOR.strip())
    for proposition in sorted(p for p in about if KG.Proposition in about[p][RDF.type]):
        triple = tuple(about[proposition].get(part, [None])[0] for part in (KG.subject, KG.predicate, KG.object))
        if None in triple or triple[1] == RDF.type:
            continue
        start, path, stop = map(str, triple)
        status = "fact" if triple in facts else "inferred" if triple in inferred else "no fact of the view"
        claims = claims_on.get(proposition) or sorted(about[proposition][KG.restsOn])
        for end in (start, stop):
            out.add_node(shorten(end), iri=end, **_node(about[URIRef(end)]))
        edge = {"predicate": shorten(path), "status": status, **_said(claims, about)}
        out.add_edge(shorten(start), shorten(stop), key=shorten(str(proposition)), **edge)
    return out


def _claims_on(about: Nodes) -> dict[Term, list[Term]]:
    found = defaultdict(list)
    for claim in sorted(claim for claim in about if KG.Claim in about[claim][RDF.type]):
        for proposition in about[claim][KG.onProposition]:
            found[proposition].append(claim)
    return found


def _node(node: dict[URIRef, list[Term]]) -> dict[str, str]:
    labels = {f"label_{label.language}": str(label) for label in node[SKOS.prefLabel] if isinstance(label, Literal)}
    kinds = SEPARATOR.join(sorted(shorten(str(kind)) for kind in node[RDF.type]))
    return {"kinds": kinds, **dict(sorted(labels.items()))}


def _said(claims: list[Term], about: Nodes) -> dict[str, str]:
    """Claims, holders, stances and sources of an edge, each joined in the order of the claims."""
    paths = {"holders": KG.holder, "stances": KG.stance, "sources": KG.statedIn}
    joined = {name: SEPARATOR.join(shorten(str(about[c][path][0])) for c in claims) for name, path in paths.items()}
    return {"claims": SEPARATOR.join(shorten(str(claim)) for claim in claims), **joined}
