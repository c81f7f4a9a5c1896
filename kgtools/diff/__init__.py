"""What differs between two snapshots, claim by claim, and the snapshot of a git revision to compare with."""

from kgtools.diff.compare import (
    AnswerChange,
    Change,
    Diff,
    Field,
    GraphChange,
    apply,
    changed_answers,
    claim_quads,
    diff,
    labels_of,
)
from kgtools.diff.lines import answer_lines, diff_json, diff_lines
from kgtools.diff.revision import snapshot_of, snapshot_of_revision

__all__ = [
    "AnswerChange",
    "Change",
    "Diff",
    "Field",
    "GraphChange",
    "answer_lines",
    "apply",
    "changed_answers",
    "claim_quads",
    "diff",
    "diff_json",
    "diff_lines",
    "labels_of",
    "snapshot_of",
    "snapshot_of_revision",
]
