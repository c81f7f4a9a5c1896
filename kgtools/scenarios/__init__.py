"""Scenarios as sources describe them, and what the graph would be if one came about: laid over a view, never put in it.

What a scenario's claims forecast it projects, what they suppose is its condition, what they deny it takes away. An
overlay closes the view's facts with these under the rules of the build, in memory; it only reads the snapshot.
A scope narrows what a scenario is laid over, never the scenario: it is whole also where its source is left out.
"""

from kgtools.scenarios.described import Indicator, Move, Part, Said, Scenario, scenarios
from kgtools.scenarios.laid import Comparison, Overlay, Shared, compare, comparison, overlay, overlays
from kgtools.scenarios.lines import compare_lines, overlay_lines, scenario_lines

__all__ = [
    "Comparison",
    "Indicator",
    "Move",
    "Overlay",
    "Part",
    "Said",
    "Scenario",
    "Shared",
    "compare",
    "compare_lines",
    "comparison",
    "overlay",
    "overlay_lines",
    "overlays",
    "scenario_lines",
    "scenarios",
]
