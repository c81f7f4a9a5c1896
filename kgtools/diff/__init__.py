"""What differs between two snapshots, claim by claim, and deltas that lead from one to the other."""

from pathlib import Path

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
    diff_sides,
    labels_in,
    labels_of,
)
from kgtools.diff.delta import apply_json_lines, json_lines
from kgtools.diff.lines import answer_lines, change_line, diff_json, diff_lines
from kgtools.diff.patch import apply_rdf_patch, digest_of, rdf_patch, undoing
from kgtools.diff.read import Side, side_in, side_of
from kgtools.diff.revision import snapshot_of, snapshot_of_revision

__all__ = [
    "AnswerChange",
    "Change",
    "Diff",
    "Field",
    "GraphChange",
    "Side",
    "answer_lines",
    "apply",
    "apply_delta",
    "apply_json_lines",
    "apply_rdf_patch",
    "change_line",
    "changed_answers",
    "claim_quads",
    "diff",
    "diff_json",
    "diff_lines",
    "diff_sides",
    "digest_of",
    "json_lines",
    "labels_in",
    "labels_of",
    "rdf_patch",
    "side_in",
    "side_of",
    "snapshot_of",
    "snapshot_of_revision",
    "undoing",
]


def apply_delta(name: Path | str, delta: bytes, data_name: Path | str, data: bytes) -> bytes:
    """The dataset that a delta in either form leads to from the one given; SourceError if it begins at another."""
    read = apply_json_lines if delta.startswith(b"{") else apply_rdf_patch
    return read(name, delta, data_name, data)
