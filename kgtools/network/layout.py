"""Where each node is drawn."""

import json
from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from kgtools.memo import Memo, key_of
from kgtools.network.boxes import RADIUS, Box, as_array, box_of, pushed_apart
from kgtools.network.build import Multigraph
from kgtools.network.forces import large_layout
from kgtools.network.keeping import Position, kept, settled_in
from kgtools.network.packing import packed
from kgtools.network.stress import small_layouts
from kgtools.network.wiring import Floats, Wiring, chance, components, wiring

EDGE = 175.0  # pixels that three of four edges have at least, where the picture stays of a size to be read
_STRETCH = 1.4  # of a small component, since labels are wide
_MARGIN = 14.0
_SPACE = 26_000.0  # square pixels for each node of a large component
_WORDY = 1_000  # nodes up to which the words under each are given room
_PLAIN, _BARE = Box(120, 80, 10), Box(56, 50, 4)
_TINY, _TIGHT = 4, 40  # nodes
_FEW, _MANY = 3_000, 150  # nodes of a graph, and of a component, from which the faster way is taken

Laid = tuple[Floats, tuple[float, float]]  # from its upper left corner, and width and height


def layout(
    graph: Multigraph, like: Mapping[str, Position] | None = None, memo: Memo | None = None
) -> dict[str, Position]:
    """Whole pixels for each node: each component laid out apart, its words given room, then packed, the largest inside.

    The same graph has the same places whatever the order of its nodes and edges, the process and its hash seed, and a
    small change of the graph moves most nodes little. What is used of numpy is no more than arithmetic, square roots,
    sums in a fixed order and its own Fourier transform, so that processors agree as far as they round alike; other
    releases of numpy are not promised to.

    Where *like* gives places, nodes that are in it keep them and new ones are set near their neighbours. A *memo* keeps
    what has been laid out, under `layout_key`.
    """
    names = sorted(graph, key=str)
    if memo is None:
        return dict(zip(names, _places(graph, like), strict=True))
    content = memo.made(layout_key(graph, like), lambda: json.dumps(_places(graph, like)).encode())
    return {name: (x, y) for name, (x, y) in zip(names, json.loads(content), strict=True)}


def layout_key(graph: Multigraph, like: Mapping[str, Position] | None = None) -> str:
    """The digest of all that a layout hangs on: the nodes, their labels, who is joined to whom, and *like*."""
    whole = wiring(map(str, graph), _edges(graph))
    labels = {str(node): str(data.get("label", "")) for node, data in graph.nodes(data=True)}
    earlier = None if like is None else sorted((str(node), *place) for node, place in like.items())
    ends = whole.ends.astype("<i8").tobytes()
    return key_of("layout", json.dumps([[(name, labels[name]) for name in whole.nodes], earlier]), ends)


def _edges(graph: Multigraph) -> list[tuple[str, str]]:
    return [(str(one), str(other)) for one, other in graph.edges()]


def _places(graph: Multigraph, like: Mapping[str, Position] | None) -> list[Position]:
    """Places in the order of the nodes' names."""
    whole, boxes = wiring(map(str, graph), _edges(graph)), _boxes(graph)
    earlier = kept(whole.nodes, like or {})
    places = settled_in(whole, boxes, earlier, EDGE, _packed) if earlier else _packed(components(whole), boxes)
    return _distinct([places[node] for node in whole.nodes])


def _distinct(places: Iterable[Position]) -> list[Position]:
    """The places, each only once: what would cover another node goes to its right."""
    taken: dict[Position, None] = {}
    for x, y in places:
        right = x
        while (right, y) in taken:
            right += 2 * int(RADIUS)
        taken[right, y] = None
    return list(taken)


def _boxes(graph: Multigraph) -> dict[str, Box]:
    if len(graph) > _WORDY:
        return dict.fromkeys(map(str, graph), _PLAIN if len(graph) <= _FEW else _BARE)
    return {str(node): box_of(str(data.get("label", ""))) for node, data in graph.nodes(data=True)}


def _packed(parts: Sequence[Wiring], boxes: Mapping[str, Box]) -> dict[str, Position]:
    """Each component laid out from a corner of its own, and all of them packed."""
    most = 2 * _MANY if sum(len(part.nodes) for part in parts) <= _FEW else _MANY
    alone = [part.nodes[0] for part in parts if len(part.nodes) == 1]
    some = [part for part in parts if len(part.nodes) > 1]
    laid = _laid(some, [as_array([boxes[node] for node in part.nodes]) for part in some], most)
    if alone:
        cell = as_array([boxes[node] for node in alone]).max(axis=0)
        middle = np.array([[cell[0] / 2, cell[1] / 2 - cell[2]]])
        laid += [(middle, (float(cell[0]) + _MARGIN, float(cell[1]) + _MARGIN))] * len(alone)
    names = [*(part.nodes for part in some), *((node,) for node in alone)]
    corners = packed([size for _, size in laid])
    return {
        node: (round(left + x), round(top + y))
        for nodes, (left, top), (at, _) in zip(names, corners, laid, strict=True)
        for node, (x, y) in zip(nodes, at.tolist(), strict=True)
    }


def _laid(parts: Sequence[Wiring], rooms: Sequence[Floats], most: int) -> list[Laid]:
    """Each component from a corner of its own; tiny ones of one shape look alike, and are laid out once."""
    keys: list[object] = [
        (part.ends.tobytes(), room.tobytes()) if len(part.nodes) <= _TINY else number
        for number, (part, room) in enumerate(zip(parts, rooms, strict=True))
    ]
    first = {key: number for number, key in reversed(list(enumerate(keys)))}
    unlike = {number: _shape(parts[number]) for number in sorted(first.values())}
    small = [number for number, part in unlike.items() if len(part.nodes) <= most]
    at = dict(zip(small, small_layouts([unlike[number] for number in small]), strict=True))
    done = {number: _finished(part, at.get(number), rooms[number]) for number, part in unlike.items()}
    return [done[first[key]] for key in keys]


def _shape(part: Wiring) -> Wiring:
    return Wiring(tuple(map(str, range(len(part.nodes)))), part.ends) if len(part.nodes) <= _TINY else part


def _finished(part: Wiring, small: Floats | None, room: Floats) -> Laid:
    """Places of a component, given or still to be found, and its size with the words in it."""
    at = _turned(large_layout(part) if small is None else small, part)
    if small is not None:
        at[:, 0] *= _STRETCH
    at = pushed_apart(_scaled(at, part, small is None), room, 120 if small is not None else 40)
    half, middle = room[:, :2] / 2, at + np.stack([np.zeros(len(room)), room[:, 2]], axis=1)
    low, high = (middle - half).min(axis=0) - _MARGIN, (middle + half).max(axis=0) + _MARGIN
    wide, tall = (high - low).tolist()
    return at - low, (wide, tall)


def _turned(at: Floats, part: Wiring) -> Floats:
    """The places around their middle with the longer side across, mirrored by a rule that small edits seldom upset."""
    at = at - at.mean(axis=0)
    x, y = at.T
    double, spread = float(2 * (x * y).sum()), float((1.3 * x**2 - 0.7 * y**2).sum())
    # Half of the angle of the longest axis, by square roots alone: sines differ between processors. A picture as wide
    # as it is high stays as it is, for its longest axis turns with every edit.
    long = (double**2 + spread**2) ** 0.5
    cos = ((1 + spread / long) / 2) ** 0.5 if long > 0 else 1.0
    sin = (max(0.0, 1 - cos**2)) ** 0.5 * (1 if double >= 0 else -1)
    at = np.stack([x * cos + y * sin, y * cos - x * sin], axis=1)
    # The crowded side goes left and up, or else the hubs decide by chance: either changes with many edits only.
    size = np.sqrt(np.maximum((at**2).mean(axis=0), 1e-9))
    crowd = part.degrees[:, None] / part.degrees.sum()
    lean = (at**3).mean(axis=0) / size**3 / 2 + 2 * (at * chance(part.nodes) * crowd).sum(axis=0) / size
    return at * np.where(lean < 0, -1.0, 1.0)


def _scaled(at: Floats, part: Wiring, large: bool) -> Floats:
    """The places at a size where most edges are long enough for their words, unless nodes are too many for that."""
    along = at[part.ends[:, 0]] - at[part.ends[:, 1]]
    lengths = np.sort(np.sqrt((along**2).sum(axis=1)))
    scale = EDGE / max(float(lengths[len(lengths) // 4]), 1e-6)
    area = float(np.prod(np.maximum(at.max(axis=0) - at.min(axis=0), 1.0)))
    roomy = (_SPACE * len(at) / area) ** 0.5
    if large:
        scale = min(max(scale, roomy * 0.6), roomy)
    elif len(at) > _TIGHT:
        scale = max(scale, roomy * 0.85)
    return at * scale
