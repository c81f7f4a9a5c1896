"""Two answers to one question in one picture: what only one of them has, what stands on other claims, and the rest."""

from collections.abc import Mapping
from dataclasses import replace

from kgtools.claims import proposition_iri
from kgtools.evidence import joined
from kgtools.model import Answer, Evidence, Support
from kgtools.network import Multigraph, network, status_of, supports
from kgtools.render.graph import page_of
from kgtools.render.page import Page

Side = tuple[Answer, Evidence]


def compare_page(first: Side, second: Side, *, title: str) -> Page:
    """Both answers as one graph.

    An edge that only the second has is `added`, one that only the first has `removed`; one that stands on other claims
    or has another status is `changed`. All others keep their status, so that what is disputed on both sides says so.
    The rows below are those of the second, and the line at the foot names both sides.
    """
    both = joined(first[1], second[1])
    graph = network(both)
    said = _changes(first[1], second[1])
    for *_, key, data in graph.edges(keys=True, data=True):
        data["status"] = said.get(key, data["status"])
    _mark_sayings(graph, first[1], second[1])
    answer = replace(second[0], view=f"{first[0].view} → {second[0].view}")
    return page_of(answer, both, graph, title)


def _changes(first: Evidence, second: Evidence) -> Mapping[str, str]:
    """What became of each proposition whose edge is not the same on both sides, by its IRI."""
    before, after = _by_proposition(first), _by_proposition(second)
    changed = {
        iri for iri in before.keys() & after.keys() if _standing(before[iri], first) != _standing(after[iri], second)
    }
    return (
        dict.fromkeys(after.keys() - before.keys(), "added")
        | dict.fromkeys(before.keys() - after.keys(), "removed")
        | dict.fromkeys(changed, "changed")
    )


def _by_proposition(found: Evidence) -> dict[str, Support]:
    return {str(proposition_iri(support.triple)): support for support in supports(found)}


def _standing(support: Support, found: Evidence) -> tuple[object, ...]:
    return set(support.claims), set(support.denials), status_of(support, found)


def _mark_sayings(graph: Multigraph, first: Evidence, second: Evidence) -> None:
    """Give each literal of a node the word for what became of it."""
    before, after = (
        {(str(s.triple[0]), str(s.triple[1]), str(s.triple[2])) for s in supports(found)} for found in (first, second)
    )
    for node, data in graph.nodes(data=True):
        for saying in data["sayings"]:
            triple = (str(node), saying["predicate"], saying["value"])
            saying["status"] = "" if triple in before & after else "added" if triple in after else "removed"
