"""The solutions behind each row: the rewritten query is asked, and its patterns are filled in with what it binds."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from rdflib import URIRef

from kgtools.errors import QuestionError
from kgtools.evidence.named import Below, Closure, Named, Pattern
from kgtools.evidence.rewrite import named
from kgtools.model import Answer, Term, Triple
from kgtools.store import Store

Solution = dict[str, Term]
Key = tuple[Term | None, ...]
Quad = tuple[Triple, Term | None]  # the graph where the query names one
Ends = tuple[Term | None, Term | None, Term | None]  # graph, start, end

_CHUNK = 250  # places a lookup, so that no lookup outgrows the guard
NOT_TRACED = "not traced: the query cannot be asked again with all its steps named; write it out as patterns"
_SUBQUERY = "not traced in full: what a subquery rests on is not known here; write it as patterns of the query"
_NAMELESS = "not traced in full: a path of any length leads through something without a name"


@dataclass(slots=True, eq=False)
class Found:
    """What one solution consists of: its terms, triples and the solutions of its subqueries; and what is not known."""

    solution: Solution
    triples: list[Quad] = field(default_factory=list)
    below: list[list["Found"]] = field(default_factory=list)
    gaps: list[str] = field(default_factory=list)


def solutions(store: Store, answer: Answer) -> list[list[Found]]:
    """For each row of a SELECT answer the solutions behind it; where they are not to be had, one that says so."""
    if not answer.rows:
        return []
    try:
        query = named(answer.query)
        terms = _constants(store, query, answer.query)
        found = _solved(store, query, terms, answer.bindings)
        keys = _keys(store, query, answer)
    except (QuestionError, IndexError, StopIteration):  # what the engine or we cannot read written out
        return [[Found({}, gaps=[NOT_TRACED])] for _ in answer.rows]
    untraced = [] if query.aggregated and not query.key else [Found({}, gaps=[NOT_TRACED])]
    return [[one for key in keys[row] for one in found.get(key, [])] or untraced for row in answer.rows]


def _keys(store: Store, query: Named, answer: Answer) -> Mapping[Key, list[Key]]:
    """The keys of the solutions behind each row; rows that look the same share theirs."""
    if query.rows is None:
        places = [answer.columns.index(name[1:]) for name in query.key]
        return {row: [tuple(row[place] for place in places)] for row in answer.rows}
    whole = store.query(query.rows, answer.bindings)
    places = [whole.columns.index(name[1:]) for name in query.key]
    shown = [whole.columns.index(name) for name in answer.columns]
    keys: dict[Key, list[Key]] = defaultdict(list)
    for row in whole.rows:
        keys[tuple(row[place] for place in shown)].append(tuple(row[place] for place in places))
    return keys


def _solved(
    store: Store, query: Named, terms: Mapping[str, Term], bindings: Mapping[str, Term] | None = None
) -> dict[Key, list[Found]]:
    """The solutions of the query and of all below it, by key."""
    answer = store.query(query.text, bindings)
    columns = [f"?{name}" for name in answer.columns]
    rows = [{c: v for c, v in zip(columns, row, strict=True) if v is not None} for row in answer.rows]
    return _filled(store, query, rows, terms)


def _filled(store: Store, query: Named, rows: list[Solution], terms: Mapping[str, Term]) -> dict[Key, list[Found]]:
    """Each solution with its triples, by key."""
    below = [_solved(store, part.query, terms) for part in query.below]
    ways = [_ways(store, closure, [_ends(closure, row, terms) for row in rows], terms) for closure in query.closures]
    by_key: dict[Key, list[Found]] = defaultdict(list)
    for row in rows:
        one = Found(row, list(_triples(query.patterns, row, terms)))
        one.gaps += [f"not traced in full: {sentence}" for sentence, mark in query.gaps if mark is None or mark in row]
        for part, groups in zip(query.below, below, strict=True):
            if part.mark is None or part.mark in row:
                _add_below(one, part, groups.get(tuple(map(row.get, part.columns))))
        for closure, found in zip(query.closures, ways, strict=True):
            _add_way(one, closure, found.get(_ends(closure, row, terms)))
        by_key[tuple(map(row.get, query.key))].append(one)
    return by_key


def _triples(patterns: Iterable[Pattern], row: Solution, terms: Mapping[str, Term]) -> Iterator[Quad]:
    for pattern in patterns:
        if pattern.mark is None or pattern.mark in row:
            subject, predicate, term, graph = (
                row.get(part, terms.get(part)) if part else None
                for part in (pattern.subject, pattern.predicate, pattern.object, pattern.graph)
            )
            if isinstance(subject, URIRef) and isinstance(predicate, URIRef) and term is not None:
                yield (subject, predicate, term), graph


def _constants(store: Store, query: Named, text: str) -> dict[str, Term]:
    """The terms that the constants of the query stand for, as the engine reads them with the query's prefixes."""
    written = sorted(set(_written(query)))
    if not written:
        return {}
    names = [f"?c{place}" for place in range(len(written))]
    prologue = query.text[: query.text.index("SELECT DISTINCT")]
    values = f"VALUES ({' '.join(names)}) {{ ({' '.join(written)}) }}"
    [row] = store.query(f"{prologue}SELECT {' '.join(names)} {{ {values} }}").rows
    return {constant: term for constant, term in zip(written, row, strict=True) if term is not None}


def _written(query: Named) -> Iterator[str]:
    parts = [part for p in query.patterns for part in (p.subject, p.predicate, p.object, p.graph)]
    parts += [part for closure in query.closures for part in (closure.start, closure.end, closure.graph)]
    yield from (part for part in parts if part and not part.startswith("?"))
    for inner in [*(closure.step for closure in query.closures), *(part.query for part in query.below)]:
        yield from _written(inner)


def _ends(closure: Closure, row: Solution, terms: Mapping[str, Term]) -> Ends:
    if closure.mark is not None and closure.mark not in row:
        return (None, None, None)
    graph = row.get(closure.graph, terms.get(closure.graph)) if closure.graph else None
    return graph, row.get(closure.start, terms.get(closure.start)), row.get(closure.end, terms.get(closure.end))


def _add_below(one: Found, part: Below, found: list[Found] | None) -> None:
    if found is not None:
        one.below.append(found)
    elif part.columns or not part.query.aggregated:  # else it is a count of nothing
        one.gaps.append(_SUBQUERY)


def _add_way(one: Found, closure: Closure, way: list[Found] | None) -> None:
    if way is not None:
        one.below.append(way)
    elif closure.mark is None or closure.mark in one.solution:
        one.gaps.append(_NAMELESS)


def _ways(store: Store, closure: Closure, wanted: Iterable[Ends], terms: Mapping[str, Term]) -> dict[Ends, list[Found]]:
    """For each pair of ends the steps of all shortest paths between them; a pair without any is left out."""
    waiting = set(wanted) - {(None, None, None)}
    ways: dict[Ends, list[Found]] = {ends: [] for ends in waiting if closure.least == 0 and ends[1] == ends[2]}
    waiting -= ways.keys()
    steps: dict[tuple[Term | None, Term], dict[Term, list[Found]]] = {}
    level = {start for _, start, _ in waiting if isinstance(start, URIRef)}
    depth = 0
    while waiting and level and (closure.most is None or depth < closure.most):
        depth += 1
        level = _step(store, closure, level, steps, terms)
        for ends in list(waiting):
            edges = _shortest(steps, *ends)
            if edges:
                ways[ends] = [found for one, other in edges for found in steps[ends[0], one][other]]
                waiting.discard(ends)
    return ways


def _step(
    store: Store,
    closure: Closure,
    level: set[URIRef],
    steps: dict[tuple[Term | None, Term], dict[Term, list[Found]]],
    terms: Mapping[str, Term],
) -> set[URIRef]:
    """Add the steps that lead on from these places, and return the places that are new."""
    query, ordered, rows = closure.step, sorted(level), []
    for at in range(0, len(ordered), _CHUNK):
        places = " ".join(place.n3() for place in ordered[at : at + _CHUNK])
        answer = store.query(query.text.replace(query.start(), query.start(places)))
        columns = [f"?{name}" for name in answer.columns]
        rows += [{c: v for c, v in zip(columns, row, strict=True) if v is not None} for row in answer.rows]
    reached = set()
    for (start, end), found in _filled(store, query, rows, terms).items():
        for one in found:
            graph = one.solution.get(closure.graph, terms.get(closure.graph)) if closure.graph else None
            if start is not None and end is not None:
                steps.setdefault((graph, start), {}).setdefault(end, []).append(one)
                reached.add(end)
    seen = level | {start for _, start in steps if isinstance(start, URIRef)}
    return {place for place in reached if isinstance(place, URIRef)} - seen


def _shortest(
    steps: Mapping[tuple[Term | None, Term], Mapping[Term, object]],
    graph: Term | None,
    start: Term | None,
    end: Term | None,
) -> set[tuple[Term, Term]]:
    """The steps of all shortest paths of one step or more."""
    if start is None or end is None:
        return set()
    before: dict[Term, set[Term]] = {}  # the step to the start itself may come last, so it counts as not yet reached
    level = {start}
    while level and end not in before:
        new: dict[Term, set[Term]] = defaultdict(set)
        for one in level:
            for other in steps.get((graph, one), ()):
                if other not in before:
                    new[other].add(one)
        before |= new
        level = set(new)
    edges: set[tuple[Term, Term]] = set()
    level = {end} & before.keys()
    while level:
        new_edges = {(one, other) for other in level for one in before[other]} - edges
        edges |= new_edges
        level = {one for one, _ in new_edges if one != start and one in before}
    return edges
