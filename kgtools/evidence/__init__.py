"""Which claims each row of a SELECT answer rests on, and claims as a reader meets them."""

from kgtools.evidence.records import (
    best_label,
    claim_json,
    claim_lines,
    claim_records,
    claim_triples,
    kinds,
    labels,
    lookup,
    valid_times,
)
from kgtools.evidence.told import joined, things_in, told
from kgtools.evidence.trace import evidence, row_lines

__all__ = [
    "best_label",
    "claim_json",
    "claim_lines",
    "claim_records",
    "claim_triples",
    "evidence",
    "joined",
    "kinds",
    "labels",
    "lookup",
    "row_lines",
    "things_in",
    "told",
    "valid_times",
]
