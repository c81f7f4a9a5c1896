"""What leads from one whole dataset to the next as JSON lines: one line a change, with its quads lost and gained.

The first line names the data that the delta begins and ends at by their SHA-256. Every other line says what became of
one thing in one graph, where the quads of propositions and locators stand with their claim; all quads together are
those of the RDF Patch.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from kgtools.diff.compare import Change, diff_sides
from kgtools.diff.lines import json_fields
from kgtools.diff.patch import Edit, applied, digest_of, is_quad, quad_lines
from kgtools.diff.read import side_in
from kgtools.errors import SourceError
from kgtools.names import KG, PREFIXES, graph_iri

FORMAT = "kg-delta-1"
_OF_GRAPHS = {
    "ontology": "term",
    "reference": "reference",
    "reference/inferred": "inferred",
    "reference/inferences": "inference",
    "derived": "derived",
    "scenarios": "scenario",
}
_OF_VIEWS = {"facts": "fact", "inferred": "inferred", "inferences": "inference"}
_OPS = {(False, True): "ADD", (True, False): "DEL"}
_PARTS = tuple(f" {predicate.n3()} ".encode() for predicate in (KG.onProposition, KG.locator))
_MEND = "take the file that kg diff or kg release wrote"
_Place = tuple[bytes, bytes]  # a subject and a graph, as N-Quads writes them


@dataclass(slots=True)
class _Lines:
    """The lines that one thing lost and gained in one graph."""

    lost: list[bytes] = field(default_factory=list)
    gained: list[bytes] = field(default_factory=list)


def json_lines(before: bytes, after: bytes) -> bytes:
    """The delta from one dataset to another."""
    old, new = quad_lines("the earlier", before), quad_lines("the later", after)
    told = diff_sides(side_in(Path("the earlier"), before), side_in(Path("the later"), after))
    head = {"format": FORMAT, "before": digest_of(before), "after": digest_of(after)}
    changes = _changes(old, new, (*told.claims, *told.sources))
    return b"".join(json.dumps(one, ensure_ascii=False).encode() + b"\n" for one in (head, *changes))


def apply_json_lines(name: Path | str, delta: bytes, data_name: Path | str, data: bytes) -> bytes:
    """The dataset that a delta leads to; SourceError unless it begins at exactly this one and holds what it says."""
    lines = delta.split(b"\n")
    if lines.pop():
        raise SourceError(name, f"breaks off inside its last line; {_MEND}", len(lines) + 1)
    before, after = _head(name, lines[0] if lines else b"")
    edits = [edit for number, line in enumerate(lines[1:], 2) for edit in _edits(name, number, line)]
    # A quad may leave the line of one thing and come in that of another.
    return applied(name, sorted(edits, key=lambda edit: edit.added), data_name, data, (before, after))


def _changes(old: Sequence[bytes], new: Sequence[bytes], told: Iterable[Change]) -> Iterator[dict[str, object]]:
    lost, gained = set(old) - set(new), set(new) - set(old)
    owners = _owners((*old, *new))
    found: dict[_Place, _Lines] = defaultdict(_Lines)
    for line in sorted(lost):
        found[_owner(_place(line), owners)].lost.append(line)
    for line in sorted(gained):
        found[_owner(_place(line), owners)].gained.append(line)
    fields = {_place_of(change): change for change in told}
    before, after = set(map(_place, old)), set(map(_place, new))
    for place in sorted({*found, *fields}, key=lambda place: (place[1], place[0])):
        yield {
            "op": _OPS.get((place in before, place in after), "MOD"),
            "kind": _kind(place),
            "iri": place[0].decode().strip("<>"),
            "graph": place[1].decode().strip("<>"),
            "lost": [line.decode() for line in found[place].lost],
            "gained": [line.decode() for line in found[place].gained],
            **({"fields": json_fields(fields[place])} if place in fields else {}),
        }


def _place(line: bytes) -> _Place:
    return line[: line.index(b" ")], line[line.rindex(b" <") + 1 : -2]


def _place_of(change: Change) -> _Place:
    graph = (*change.lost, *change.gained)[0][3]
    return change.thing.n3().encode(), graph.n3().encode()


def _owners(lines: Iterable[bytes]) -> dict[_Place, bytes]:
    """The first claim of each graph that has a proposition or locator."""
    found: dict[_Place, bytes] = {}
    for line in lines:
        if any(part in line for part in _PARTS):
            claim, _, node, *_ = line.split(b" ", 3)
            place = (node, _place(line)[1])
            found[place] = min(claim, found.get(place, claim))
    return found


def _owner(place: _Place, owners: Mapping[_Place, bytes]) -> _Place:
    return owners.get(place, place[0]), place[1]


def _kind(place: _Place) -> str:
    graph = place[1].decode().strip("<>").removeprefix(graph_iri(""))
    if graph in _OF_GRAPHS:
        return _OF_GRAPHS[graph]
    if graph.startswith("view/"):
        return _OF_VIEWS.get(graph.rpartition("/")[2], "other")
    subject = place[0].decode().removeprefix("<")
    return next((kind for kind in ("claim", "source") if subject.startswith(PREFIXES[kind])), "other")


def _head(name: Path | str, line: bytes) -> tuple[str, str]:
    head = _object(name, 1, line)
    known = {"format": FORMAT, "before": head.get("before"), "after": head.get("after")}
    if head != known or not all(isinstance(value, str) for value in known.values()):
        raise SourceError(name, f"does not begin with the line of a delta that names its data; {_MEND}", 1)
    return str(head["before"]), str(head["after"])


def _edits(name: Path | str, number: int, line: bytes) -> Iterator[Edit]:
    change = _object(name, number, line)
    for key in ("lost", "gained"):
        quads = change.get(key)
        if not isinstance(quads, list) or not all(isinstance(quad, str) and is_quad(quad.encode()) for quad in quads):
            raise SourceError(name, f"has no list of quads as N-Quads writes them for {key!r}; {_MEND}", number)
        yield from (Edit(key == "gained", quad.encode(), number) for quad in quads)


def _object(name: Path | str, number: int, line: bytes) -> dict[str, object]:
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        raise SourceError(name, f"is no JSON object on one line; {_MEND}", number)
    return value
