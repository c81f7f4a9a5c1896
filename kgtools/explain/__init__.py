"""Why a view has a triple: its least justifications, from rules and premises down to claims and reference data.

A justification is a set of leaves, triples that are claimed or stated in the reference data, from which the recorded
inferences lead to the triple, and of which none can be spared. Each is shown by its flattest proof.
"""

from kgtools.explain.justify import Proof, justifications
from kgtools.explain.rows import (
    RowExplanation,
    explain_row,
    row_explanation_graph,
    row_explanation_lines,
    row_explanation_rows,
)
from kgtools.explain.show import (
    ExplanationGraph,
    explanation_dot,
    explanation_graph,
    explanation_lines,
    explanation_rows,
)
from kgtools.explain.together import Follows, Justified, follows, justified, parts_of
from kgtools.explain.trace import Explanation, explain, parse_triple

__all__ = [
    "Explanation",
    "ExplanationGraph",
    "Follows",
    "Justified",
    "Proof",
    "RowExplanation",
    "explain",
    "explain_row",
    "explanation_dot",
    "explanation_graph",
    "explanation_lines",
    "explanation_rows",
    "follows",
    "justifications",
    "justified",
    "parse_triple",
    "parts_of",
    "row_explanation_graph",
    "row_explanation_lines",
    "row_explanation_rows",
]
