"""The claims as a property graph in GraphML: an edge for each proposition between two things, with who says so."""

from collections import defaultdict
from collections.abc import Iterable
from typing import TYPE_CHECKING

from rdflib import RDF, Literal, URIRef
from rdflib.namespace import SKOS

from kgtools.export.contents import Contents
from kgtools.model import Quad, Term
from kgtools.names import KG, graph_iri, shorten
from kgtools.sources import parse_nquads

if TYPE_CHECKING:
    from kgtools.network import Multigraph

SEPARATOR = " | "
LOSES = "propositions with a literal value, locators, paraphrases, hedges, inferences; take an RDF export for them"


def graphml(contents: Contents) -> bytes:
    """GraphML of what stands under the view."""
    from kgtools.network import to_graphml

    names = [name for name in contents.names if name not in ("ontology.nq", "withdrawn.nq")]
    quads = (quad for name in names for quad in parse_nquads(contents.read(name)))
    return to_graphml(_property_graph(quads, contents.view))


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

    out: Multigraph = nx.MultiDiGraph(view=view, lost=LOSES, separator=SEPARATOR.strip())
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
