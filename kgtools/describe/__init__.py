"""What the dataset is, for machines: VoID, DCAT 3, PROV and SSSOM, every count that of the data themselves."""

from collections.abc import Iterable
from pathlib import Path

from kgtools.describe.counts import Counts, counted
from kgtools.describe.data import Described, by_graph
from kgtools.describe.dcat import ABSTRACT, KEYWORDS, about_triples, dcat_triples
from kgtools.describe.edition import Edition, Written, sha256
from kgtools.describe.prov import prov_triples
from kgtools.describe.sssom import sssom
from kgtools.describe.void import DATASET, void_triples
from kgtools.export import Contents, turtle
from kgtools.model import Triple

__all__ = [
    "ABSTRACT",
    "DATASET",
    "KEYWORDS",
    "Counts",
    "Described",
    "Edition",
    "Written",
    "by_graph",
    "counted",
    "dcat_triples",
    "description",
    "prov_triples",
    "sha256",
    "sssom",
    "void_triples",
    "written_turtle",
]


def description(snapshot: Path, endpoint: str | None = None) -> list[Triple]:
    """What the snapshot in a folder is, in the terms of VoID and DCAT, with the address where it answers queries."""
    data = Described(Contents(snapshot))
    return sorted({*void_triples(data, endpoint), *about_triples(data, DATASET)})


def written_turtle(triples: Iterable[Triple]) -> bytes:
    """A description as Turtle, sorted."""
    return turtle(triples).encode()
