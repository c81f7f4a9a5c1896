"""An answer as a network: actors, places and things as nodes, one edge for each triple that the answer rests on."""

from kgtools.network.build import (
    Multigraph,
    claims_in,
    network,
    predicate_label,
    status_of,
    supports,
)
from kgtools.network.communities import Circle, Community, circles, communities
from kgtools.network.keeping import Position
from kgtools.network.layout import layout, layout_key
from kgtools.network.wiring import SEED

__all__ = [
    "SEED",
    "Circle",
    "Community",
    "Multigraph",
    "Position",
    "circles",
    "claims_in",
    "communities",
    "layout",
    "layout_key",
    "network",
    "predicate_label",
    "status_of",
    "supports",
]
