"""An answer as a network: actors, places and things as nodes, one edge for each triple that the answer rests on."""

from collections import defaultdict
from collections.abc import Iterable
from typing import TYPE_CHECKING

import networkx as nx
from rdflib import RDF, BNode, Literal, URIRef

from kgtools.claims import proposition_iri
from kgtools.evidence import best_label
from kgtools.model import Evidence, Support, Term
from kgtools.names import shorten

if TYPE_CHECKING:
    Multigraph = nx.MultiDiGraph[str]
else:
    Multigraph = nx.MultiDiGraph  # subscripted only for type checkers


def network(found: Evidence) -> Multigraph:
    """The multigraph of an answer's evidence: edge keys are proposition IRIs, every claim is on an edge or a node.

    Nodes have label, labels, kind and sayings; edges have predicate, label, status (claimed, disputed, withdrawn,
    inferred, forecast, reference, unclaimed), claims and denials. A triple with a literal is a saying of its subject:
    label, value, claims. What reference data say of a thing's class is its kind, and no edge.
    """
    graph: Multigraph = nx.MultiDiGraph()
    for support in supports(found):
        if support.triple[1] == RDF.type and support.status == "reference":
            continue  # the kind of a node says it
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
        denials = tuple(dict.fromkeys(iri for support in same for iri in support.denials))
        yield Support(same[0].triple, same[0].status, claims, denials)


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
    if predicate == RDF.type:
        return "is of class"
    return found.labels.get(predicate, {}).get("en") or shorten(predicate)


def _add_node(graph: Multigraph, iri: URIRef, found: Evidence) -> None:
    if iri not in graph:
        labels = found.labels.get(iri, {})
        graph.add_node(
            iri, label=best_label(labels, iri), labels=labels, kind=found.kinds.get(iri, "Entity"), sayings=[]
        )


def _saying(support: Support, found: Evidence) -> dict[str, object]:
    _, predicate, value = support.triple
    claims = (*support.claims, *support.denials)
    label = predicate_label(predicate, found)
    return {"label": label, "predicate": str(predicate), "value": str(value), "claims": claims}


def _edge(support: Support, found: Evidence) -> dict[str, object]:
    return {
        "predicate": shorten(support.triple[1]),
        "label": predicate_label(support.triple[1], found),
        "status": status_of(support, found),
        "inferred": support.status == "inferred",
        "claims": support.claims,
        "denials": support.denials,
    }
