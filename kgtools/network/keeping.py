"""New nodes in an earlier picture: what had a place keeps it, what is new is set near its neighbours."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from kgtools.network.boxes import Box
from kgtools.network.wiring import Wiring, components, neighbours, wiring

_COS, _SIN = -0.7373688780783197, 0.6754902942615238  # of the golden angle: a spiral that meets no direction twice
_STEP = 34.0  # pixels by which the spiral widens
_CELL = 260.0  # no box is wider

Position = tuple[int, int]
Packing = Callable[[Sequence[Wiring], Mapping[str, Box]], dict[str, Position]]


def kept(nodes: Iterable[str], like: Mapping[str, Position]) -> dict[str, Position]:
    """The earlier places of nodes that are still there; of two at one place only the first has it."""
    given = {str(node): place for node, place in like.items()}
    owner: dict[Position, str] = {}
    for node in nodes:
        if node in given:
            x, y = given[node]
            owner.setdefault((round(x), round(y)), node)
    return {node: place for place, node in owner.items()}


def settled_in(
    whole: Wiring, boxes: Mapping[str, Box], earlier: Mapping[str, Position], edge: float, pack: Packing
) -> dict[str, Position]:
    """Places for all: the earlier ones, new nodes beside their neighbours, and new components below the picture."""
    near = neighbours(whole)
    number = {node: n for n, node in enumerate(whole.nodes)}
    beside = {node: [whole.nodes[other] for other in near[number[node]]] for node in whole.nodes}
    filled = _Filled(boxes, earlier)
    spirals: dict[tuple[str | int, ...], Iterator[tuple[float, float]]] = {}
    for node, hosts in _reached(beside, earlier):
        target = _target(hosts, beside, filled.places, edge)
        # One spiral for all that belong at about one place: each goes on where the one before it stopped.
        key = hosts if len(hosts) == 1 else _cell(target)
        if key not in spirals:
            spirals[key] = _spiral(target)
        filled.put(node, next(spot for spot in spirals[key] if filled.free(node, spot)))
    rest = [node for node in whole.nodes if node not in filled.places]
    return {**filled.places, **_below(rest, beside, boxes, filled.places, pack)}


def _reached(beside: Mapping[str, Sequence[str]], earlier: Iterable[str]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """New nodes outward from the earlier ones, each with those of its neighbours that have a place by then."""
    placed = set(earlier)
    front = sorted({other for node in placed for other in beside[node]} - placed)
    while front:
        hosts = {node: tuple(other for other in beside[node] if other in placed) for node in front}
        yield from sorted(hosts.items(), key=lambda item: (-len(item[1]), item[0]))
        placed |= hosts.keys()
        front = sorted({other for node in front for other in beside[node]} - placed)


def _target(
    hosts: Sequence[str], beside: Mapping[str, Sequence[str]], places: Mapping[str, Position], edge: float
) -> tuple[float, float]:
    """Between several hosts; of one host an edge away on the side where it has fewest others."""
    x, y = _middle(hosts, places)
    others = [other for other in beside[hosts[0]] if other in places]
    if len(hosts) > 1 or not others:
        return (x, y) if len(hosts) > 1 else (x + edge, y)
    away_x, away_y = (mine - theirs for mine, theirs in zip((x, y), _middle(others, places), strict=True))
    far = (away_x**2 + away_y**2) ** 0.5
    return (x + away_x / far * edge, y + away_y / far * edge) if far > 1 else (x + edge, y)


def _middle(nodes: Sequence[str], places: Mapping[str, Position]) -> tuple[float, float]:
    return sum(places[node][0] for node in nodes) / len(nodes), sum(places[node][1] for node in nodes) / len(nodes)


def _spiral(start: tuple[float, float]) -> Iterator[tuple[float, float]]:
    x, y, count = 1.0, 0.0, 0
    while True:
        far = _STEP * count**0.5
        yield start[0] + x * far * 1.4, start[1] + y * far
        x, y, count = x * _COS - y * _SIN, x * _SIN + y * _COS, count + 1
        length = (x**2 + y**2) ** 0.5
        x, y = x / length, y / length


class _Filled:
    """What is taken already: places, and the boxes in each cell of a coarse grid."""

    def __init__(self, boxes: Mapping[str, Box], earlier: Mapping[str, Position]) -> None:
        self.places: dict[str, Position] = {}
        self._boxes = boxes
        self._cells: dict[tuple[int, int], list[str]] = defaultdict(list)
        for node, place in earlier.items():
            self.put(node, place)

    def put(self, node: str, spot: tuple[float, float]) -> None:
        self.places[node] = (round(spot[0]), round(spot[1]))
        self._cells[_cell(spot)].append(node)

    def free(self, node: str, spot: tuple[float, float]) -> bool:
        across, down = _cell(spot)
        around = ((across + x, down + y) for x in (-1, 0, 1) for y in (-1, 0, 1))
        return not any(self._clash(node, spot, other) for cell in around for other in self._cells.get(cell, ()))

    def _clash(self, node: str, spot: tuple[float, float], other: str) -> bool:
        mine, theirs, (x, y) = self._boxes[node], self._boxes[other], self.places[other]
        apart = abs(spot[0] - x), abs(spot[1] + mine.below - y - theirs.below)
        return apart[0] < (mine.width + theirs.width) / 2 and apart[1] < (mine.height + theirs.height) / 2


def _cell(spot: tuple[float, float]) -> tuple[int, int]:
    return int(spot[0] // _CELL), int(spot[1] // _CELL)


def _below(
    rest: Sequence[str],
    beside: Mapping[str, Sequence[str]],
    boxes: Mapping[str, Box],
    places: Mapping[str, Position],
    pack: Packing,
) -> dict[str, Position]:
    """What no edge joins to the earlier picture, laid out by itself under it."""
    parts = components(wiring(rest, [(node, other) for node in rest for other in beside[node]]))
    left = min(x for x, _ in places.values()) - 80
    top = max(y + boxes[node].height for node, (_, y) in places.items()) + 40
    return {node: (round(left + x), round(top + y)) for node, (x, y) in pack(parts, boxes).items()}
