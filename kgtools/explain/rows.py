"""Why one row of an answer is there: an explanation of each triple that it rests on."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from rdflib import URIRef

from kgtools.errors import UsageError
from kgtools.evidence import evidence, row_lines
from kgtools.explain.show import ExplanationGraph, explanation_graph, explanation_lines, explanation_rows
from kgtools.explain.trace import Explanation, explain
from kgtools.model import Answer, Support, Term
from kgtools.names import shorten
from kgtools.store import Store


@dataclass(frozen=True, slots=True)
class RowExplanation:
    """One row with why its triples are in the view; *rest* says what is not traced, or why there is no triple."""

    number: int  # counted from 1
    columns: tuple[str, ...]
    row: tuple[Term | None, ...]
    parts: tuple[tuple[Support, Explanation], ...]
    rest: tuple[str, ...]

    @property
    def labels(self) -> dict[URIRef, dict[str, str]]:
        """The labels of everything in the explanations."""
        return {thing: known for _, explanation in self.parts for thing, known in explanation.labels.items()}


def explain_row(store: Store, answer: Answer, row: int, most: int = 3) -> RowExplanation:
    """Why the row with this number, counted from 1, is in the answer, by at most *most* justifications a triple."""
    if answer.boolean is not None or answer.triples is not None:
        raise UsageError("only a SELECT query has rows that can be explained; this one has none")
    count = len(answer.rows)
    if not 1 <= row <= count:
        known = f"the answer has the rows 1 to {count}" if count else "the answer has no rows"
        raise UsageError(f"there is no row {row}: {known}")
    values = answer.rows[row - 1]
    store = store.with_history() if answer.history else store
    found = evidence(store, replace(answer, rows=(values,)))
    [supports], [gaps] = found.rows, found.gaps
    parts = tuple((support, explain(store, support.triple, most)) for support in supports)
    rest = gaps if parts or gaps else tuple(line for lines in row_lines(found, 0) for line in lines)
    return RowExplanation(row, answer.columns, values, parts, rest)


def row_explanation_lines(found: RowExplanation, names: Mapping[URIRef, str]) -> str:
    """The explanation for people, triple by triple; *names* are the labels to use, else prefixed names are."""
    cells = [
        f"{column}: {_cell(term, names)}"
        for column, term in zip(found.columns, found.row, strict=True)
        if term is not None
    ]
    blocks = [f"row {found.number}: {'  '.join(cells)}"]
    for place, (support, explanation) in enumerate(found.parts, 1):
        lines = f"triple {place} of {len(found.parts)}: {explanation_lines(explanation, names)}"
        blocks.append("\n".join([lines, *_named(support, explanation)]))
    return "\n\n".join([*blocks, *found.rest])


def row_explanation_rows(found: RowExplanation) -> list[tuple[str, str, str]]:
    """As `explanation_rows`, each step behind the number of the row's triple that it belongs to: `2: 1.1`."""
    return [
        (f"{place}: {step}", triple, reason)
        for place, (_, explanation) in enumerate(found.parts, 1)
        for step, triple, reason in explanation_rows(explanation)
    ]


def row_explanation_graph(found: RowExplanation) -> ExplanationGraph:
    """The proofs of all the row's triples as one graph; they lead to a node of kind row."""
    end = f"row {found.number}"
    nodes, edges = {(end, "row", end)}, set()
    for _, explanation in found.parts:
        graph = explanation_graph(explanation)
        tops = {node for node, _, _ in graph.nodes} - {start for start, _ in graph.edges}
        nodes |= set(graph.nodes)
        edges |= {*graph.edges, *((top, end) for top in tops)}
    return ExplanationGraph(tuple(sorted(nodes)), tuple(sorted(edges)))


def _named(support: Support, explanation: Explanation) -> list[str]:
    """Which of the claims the row itself names, where it does not rest on all."""
    shown = {iri for leaf in explanation.leaves.values() for iri in leaf.claims}
    if not support.claims or shown <= set(support.claims):
        return []
    return [f"of these claims the row itself names {', '.join(map(shorten, support.claims))}"]


def _cell(term: Term, names: Mapping[URIRef, str]) -> str:
    return names.get(term) or shorten(term) if isinstance(term, URIRef) else str(term)
