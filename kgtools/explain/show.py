"""An explanation as text for people, as rows, as nodes and edges, and as a drawing in the DOT language."""

import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from rdflib import RDF, Literal, URIRef

from kgtools.claims import proposition_iri
from kgtools.evidence import claim_lines
from kgtools.explain.justify import Proof, numbered, walk
from kgtools.explain.trace import Explanation
from kgtools.model import Term, Triple
from kgtools.names import shorten

_WIDTH = 100


@dataclass(frozen=True, slots=True)
class ExplanationGraph:
    """Nodes are (id, kind, text) with kind claim, rule, claimed, inferred, reference or row; edges are (from, to)."""

    nodes: tuple[tuple[str, str, str], ...]
    edges: tuple[tuple[str, str], ...]


def explanation_lines(explanation: Explanation, names: Mapping[URIRef, str]) -> str:
    """The explanation for people, as an indented tree; *names* are the labels to use, else prefixed names are."""
    names = {RDF.type: "is of class", **names}
    lines = [_named(explanation.triple, names), f"[{_named(explanation.triple, {})}]", explanation.sentence]
    for number, proof in enumerate(explanation.proofs, 1):
        size = sum(part.rule is None for part in walk(proof))
        lines += ["", f"{number}. from {size} {'leaf' if size == 1 else 'leaves'}"]
        lines += _tree(proof, explanation, names, str(number))
    if not explanation.counted:
        lines += ["", "and others, too many to count"]
    elif explanation.more:
        lines += ["", f"and {explanation.more} more; ask for more to see them"]
    if explanation.others:
        lines += ["", "other claims about it:" if explanation.proofs else "claims about it:"]
        lines += [line for iri in explanation.others for line in _claim(iri, explanation)]
    return "\n".join(lines)


def explanation_rows(explanation: Explanation) -> list[tuple[str, str, str]]:
    """Step (`1.2` is the second premise of proof 1), triple, and the rule, a claim, `reference data` or `as 1.1`."""
    return [
        (step, _named(part.triple, {}), reason)
        for number, proof in enumerate(explanation.proofs, 1)
        for step, part, before in numbered(proof, str(number), {})
        for reason in ([f"as {before}"] if before else _reasons_of(part, explanation))
    ]


def explanation_graph(explanation: Explanation) -> ExplanationGraph:
    """The proofs as nodes and edges, which run from claim or reference data by triples and rules to the conclusion."""
    nodes: dict[str, tuple[str, str]] = {}
    edges: set[tuple[str, str]] = set()
    for part in (part for proof in explanation.proofs for part in walk(proof)):
        end, leaf = str(proposition_iri(part.triple)), explanation.leaves.get(part.triple)
        nodes[end] = (leaf.status if leaf else "inferred", _named(part.triple, {}))
        if part.rule is not None:
            premises = [str(proposition_iri(premise.triple)) for premise in part.premises]
            rule = " ".join([end, part.rule, *premises])
            nodes[rule] = ("rule", part.rule)
            edges |= {(rule, end), *((premise, rule) for premise in premises)}
        elif leaf:
            nodes |= {str(iri): ("claim", shorten(iri)) for iri in leaf.claims}
            edges |= {(str(iri), end) for iri in leaf.claims}
    return ExplanationGraph(tuple((key, *nodes[key]) for key in sorted(nodes)), tuple(sorted(edges)))


def explanation_dot(graph: ExplanationGraph) -> str:
    """The graph in the DOT language, claims at the bottom; what is inferred has a dashed frame, reference data grey."""
    places = {node: f"n{place}" for place, (node, _, _) in enumerate(graph.nodes)}
    nodes = [f'  {places[node]} [label="{_dot(text)}", {_DOT[kind]}];' for node, kind, text in graph.nodes]
    edges = [f"  {places[start]} -> {places[end]};" for start, end in graph.edges]
    return "\n".join(["digraph explanation {", "  rankdir=BT;", *nodes, *edges, "}"])


_DOT = {
    "claim": "shape=note",
    "claimed": "shape=box",
    "inferred": "shape=box, style=dashed",
    "reference": "shape=box, color=grey",
    "row": "shape=box, peripheries=2",
    "rule": "shape=plaintext",
}


def _dot(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ")


def _tree(proof: Proof, explanation: Explanation, names: Mapping[URIRef, str], number: str) -> Iterator[str]:
    for step, part, before in numbered(proof, number, {}):
        indent = "   " * (step.count(".") + 1)
        yield indent + _named(part.triple, names) + (" (as above)" if before else "")
        if not before:
            yield from (indent + line for line in _because(part, explanation))


def _because(proof: Proof, explanation: Explanation) -> Iterator[str]:
    if proof.rule is not None:
        yield f"follows by {proof.rule} from"
        return
    leaf = explanation.leaves[proof.triple]
    if leaf.status == "reference":
        yield f"stated in the reference data{', and claimed' if leaf.claims else ''}"
    shown = {denial for iri in leaf.claims for denial in explanation.claims[iri].disputed_by}
    for iri in (*leaf.claims, *(denial for denial in leaf.denials if denial not in shown)):
        yield from _claim(iri, explanation)


def _claim(iri: URIRef, explanation: Explanation) -> list[str]:
    first, *rest = claim_lines(explanation.claims[iri], explanation.claims)
    wrapped = [part for line in rest for part in textwrap.wrap(line, _WIDTH, break_on_hyphens=False) or [""]]
    return [f"   {first}", *(f"      {line}" for line in wrapped)]


def _reasons_of(proof: Proof, explanation: Explanation) -> list[str]:
    if proof.rule is not None:
        return [proof.rule]
    leaf = explanation.leaves[proof.triple]
    return [*(["reference data"] if leaf.status == "reference" else []), *map(shorten, leaf.claims)]


def _named(triple: Triple, names: Mapping[URIRef, str]) -> str:
    return " ".join(_name(term, names) for term in triple)


def _name(term: Term, names: Mapping[URIRef, str]) -> str:
    if isinstance(term, URIRef):
        return names.get(term) or shorten(term)
    tag = f"@{term.language}" if isinstance(term, Literal) and term.language else ""
    return f"“{term}”{tag}"
