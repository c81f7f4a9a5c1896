"""Why inferred edges hold, as the page's script needs it, and as lines for the table."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rdflib import RDF, Literal, URIRef

from kgtools.claims import proposition_iri
from kgtools.evidence import best_label
from kgtools.explain import Follows, Justified, Proof
from kgtools.explain.justify import sort_key, walk
from kgtools.model import Term, Triple
from kgtools.names import shorten
from kgtools.render.words import english

if TYPE_CHECKING:
    from pyvis.network import Network


@dataclass(frozen=True, slots=True)
class Ways:
    """The ways in which one edge follows: of each the leaves in words, and how many more there are."""

    lines: tuple[tuple[str, ...], ...]
    more: int
    counted: bool


def ways_of(net: "Network", justified: Justified) -> dict[str, Ways]:
    """By edge the ways in which it follows, for the table."""
    return {
        edge: Ways(tuple(_leaves(proof, justified) for proof in one.proofs), one.more, one.counted)
        for edge, one in _of_edges(net, justified).items()
    }


def claims_under(net: "Network", justified: Justified) -> set[URIRef]:
    """The claims under the leaves from which the edges follow, and those against them."""
    proofs = (proof for one in _of_edges(net, justified).values() for proof in one.proofs)
    leaves = {part.triple for proof in proofs for part in walk(proof) if part.rule is None} & justified.leaves.keys()
    return {iri for leaf in leaves for iri in (*justified.leaves[leaf].claims, *justified.leaves[leaf].denials)}


def why_data(net: "Network", justified: Justified) -> tuple[dict[str, object], dict[str, object]]:
    """What the script needs: names, facts and axioms once for the page, and by edge its proofs in their numbers.

    A name is a thing or a text. A fact is subject, predicate, object (names), the edge that it is (or -1), whether the
    reference data state it, and the claims for and against it. A proof is its steps, conclusion first: fact, axiom, and
    the facts that are its premises; what has no step is a leaf.
    """
    of = _of_edges(net, justified)
    parts = [part for one in of.values() for proof in one.proofs for part in walk(proof)]
    facts = sorted({part.triple for part in parts}, key=sort_key)
    axioms = sorted({part.rule for part in parts if part.rule is not None})
    terms = sorted({term for triple in facts for term in triple}, key=lambda term: (type(term).__name__, str(term)))
    place = {triple: number for number, triple in enumerate(facts)}
    axiom = {rule: number for number, rule in enumerate(axioms)}
    name = {term: number for number, term in enumerate(terms)}
    edges = {edge["id"]: number for number, edge in enumerate(net.edges)}
    shared = {
        "names": [_name(term, justified) for term in terms],
        "facts": [_fact(triple, name, edges, justified) for triple in facts],
        "axioms": axioms,
    }
    own: dict[str, object] = {
        edge: {"ways": [_steps(proof, place, axiom) for proof in one.proofs], "more": one.more, "counted": one.counted}
        for edge, one in of.items()
    }
    return shared, own


def _of_edges(net: "Network", justified: Justified) -> dict[str, Follows]:
    """By edge why it holds; what is not drawn, such as the other reading of a symmetric relation, is left out."""
    drawn = (str(edge["id"]) for edge in net.edges)
    return {edge: justified.why[URIRef(edge)] for edge in drawn if URIRef(edge) in justified.why}


def _steps(proof: Proof, place: Mapping[Triple, int], axiom: Mapping[str, int]) -> list[object]:
    return [
        [place[part.triple], axiom[part.rule], [place[premise.triple] for premise in part.premises]]
        for part in walk(proof)
        if part.rule is not None
    ]


def _fact(triple: Triple, name: Mapping[Term, int], edges: Mapping[str, int], justified: Justified) -> list[object]:
    leaf = justified.leaves.get(triple)
    stated, claims, denials = (leaf.status == "reference", leaf.claims, leaf.denials) if leaf else (False, (), ())
    number = edges.get(str(proposition_iri(triple)), -1)
    return [*(name[term] for term in triple), number, stated, claims, denials]


def _name(term: Term, justified: Justified) -> dict[str, object]:
    if isinstance(term, Literal):
        return {"label": f"“{term}”"}
    labels = justified.labels.get(URIRef(term), {})
    return {"id": shorten(term), "label": best_label(labels, URIRef(term)), "labels": labels}


def _leaves(proof: Proof, justified: Justified) -> tuple[str, ...]:
    return tuple(_words(part.triple, justified) for part in walk(proof) if part.rule is None)


def _words(triple: Triple, justified: Justified) -> str:
    named: Iterable[str] = (
        english("is-a") if term == RDF.type else str(_name(term, justified)["label"]) for term in triple
    )
    return " — ".join(named)
