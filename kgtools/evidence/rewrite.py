"""A SELECT query rewritten so that every step behind a row has a name, also those of paths, branches and subqueries.

The writer's own text is kept but for triple patterns and EXISTS. A sequence gets a variable between its steps; each
branch of a UNION or of alternatives, and each OPTIONAL, binds a mark, so that it is known which of them gave a
solution. A subquery stays as it is, with copies of its columns, and is a query of its own beside; so are the steps of
`*`, `+` and `?`.
"""

from collections import deque
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import count

from rdflib import RDF

from kgtools.evidence.named import Below, Closure, Named, Pattern
from kgtools.grammar import Path, closing, depth_of, elements, end_of, read_path, take_path, tokens_of
from kgtools.guard import Token

_AGGREGATES = frozenset(("AVG", "COUNT", "GROUP_CONCAT", "MAX", "MIN", "SAMPLE", "SUM"))
_ENDS_GROUPING = ("HAVING", "ORDER", "LIMIT", "OFFSET", "VALUES")
_EXISTS = "what EXISTS asks for here is not traced; write it as patterns of the query"


@dataclass(frozen=True, slots=True)
class _Clauses:
    """A SELECT query cut up: what it selects (name to expression, None for a variable), its group, and what follows."""

    words: tuple[str, ...]  # DISTINCT or REDUCED
    selected: dict[str, str | None] | None  # None for *
    group: tuple[Token, ...]
    keys: dict[str, str | None]  # of GROUP BY
    having: str
    order: str
    values: str
    aggregated: bool


@dataclass(frozen=True, slots=True)
class _Place:
    """Where in a query a group stands: whose parts it adds to, within which graph, behind which mark."""

    made: Named
    graph: str | None = None
    mark: str | None = None


def named(query: str) -> Named:
    """The query rewritten; IndexError where its syntax is odd."""
    tokens = list(tokens_of(query))
    start = next(n for n, token in enumerate(tokens) if _word(token) == "SELECT")
    writer = _Writer(query, query[: tokens[start].start])
    return writer.whole(writer.clauses(tokens[start:]), None)


class _Writer:
    """What one rewriting shares: the text, its prologue, and the names given so far."""

    def __init__(self, query: str, prologue: str) -> None:
        self.query, self.prologue = query, prologue
        prefix = "?v_"
        while prefix[1:] in query:
            prefix += "_"
        self.fresh: Iterator[str] = (f"{prefix}{number}" for number in count())
        self.labels: dict[str, str] = {}
        self.renamed: dict[int, str] = {}  # by where the variable stands

    def clauses(self, tokens: Sequence[Token]) -> _Clauses:
        """The clauses of a SELECT query that begins with its first token."""
        opening = 0
        while tokens[opening].text != "{" or depth_of(tokens[:opening]):
            opening += 1
        closed = closing(tokens, opening)
        head = [token for token in tokens[1:opening] if _word(token) != "WHERE"]
        words = tuple(_word(token) for token in head if _word(token) in ("DISTINCT", "REDUCED") and token is head[0])
        head, parts = head[len(words) :], self._tail(tokens[closed + 1 :])
        grouping = parts.get("GROUP", [])
        aggregated = bool(grouping or "HAVING" in parts or {_word(token) for token in head} & _AGGREGATES)
        return _Clauses(
            words,
            None if head[0].text == "*" else dict(self._selected(head)),
            tuple(tokens[opening + 1 : closed]),
            dict(self._keys(grouping[2:])),
            self._source(parts.get("HAVING", [])),
            " ".join(self._source(parts[word]) for word in ("ORDER", "LIMIT", "OFFSET") if word in parts),
            self._source(parts.get("VALUES", [])),
            aggregated,
        )

    def whole(self, clauses: _Clauses, graph: str | None) -> Named:
        """The query of these clauses with all its solutions' variables, all of it within *graph*."""
        made = Named(aggregated=clauses.aggregated)
        body = self._group(clauses.group, _Place(made, graph))
        body = body if graph is None else f"GRAPH {graph} {{ {body} }}"
        shown = dict.fromkeys(self._visible(clauses.group)) if clauses.selected is None else clauses.selected
        keys = clauses.keys if clauses.aggregated else shown
        bound = "".join(f"\nBIND({text} AS {name})" for name, text in clauses.keys.items() if text)
        made.key = (*keys, *([graph] if graph and graph.startswith("?") else []))
        computed = {} if clauses.aggregated else {name: text for name, text in keys.items() if text}
        plain = sorted({*made.variables(), *made.key} - computed.keys())
        columns = " ".join([*plain, *(f"({text} AS {name})" for name, text in computed.items())])
        values = "" if clauses.aggregated else clauses.values
        made.text = f"{self.prologue}SELECT DISTINCT {columns or '*'} WHERE {{\n{body}{bound}\n{values}\n}}"
        if clauses.aggregated and not set(keys) <= set(shown):
            also = [name for name in keys if name not in shown]
            made.rows = f"{self.prologue}{self._verbatim(clauses, also, {})}"
        return made

    def _tail(self, tokens: Sequence[Token]) -> dict[str, list[Token]]:
        """The clauses behind the group, by their first word."""
        parts: dict[str, list[Token]] = {}
        at, depth = "", 0
        for token in tokens:
            if depth == 0 and _word(token) in ("GROUP", *_ENDS_GROUPING):
                at = _word(token)
            parts.setdefault(at, []).append(token)
            depth += depth_of([token])
        return parts

    def _selected(self, head: Sequence[Token]) -> Iterator[tuple[str, str | None]]:
        place = 0
        while place < len(head):
            if head[place].kind == "variable":
                yield self._name(head[place]), None
                place += 1
            else:
                end = closing(head, place)
                yield self._name(head[end - 1]), self._source(head[place + 1 : end - 2])
                place = end + 1

    def _keys(self, tokens: Sequence[Token]) -> Iterator[tuple[str, str | None]]:
        """The keys of GROUP BY, each a variable or an expression with the name it has or is given."""
        place = 0
        while place < len(tokens):
            start = place
            if tokens[place].kind == "variable":
                yield self._name(tokens[place]), None
                place += 1
                continue
            while tokens[place].kind != "open":
                place += 1
            end = closing(tokens, place)
            place = end + 1
            if _word(tokens[end - 2]) == "AS" and tokens[start].kind == "open":
                yield self._name(tokens[end - 1]), self._source(tokens[start + 1 : end - 2])
            else:
                yield next(self.fresh), self._source(tokens[start:place])

    def _verbatim(self, clauses: _Clauses, also: Sequence[str], copies: dict[str, str]) -> str:
        """The writer's own query that selects some keys and copies of columns too, and groups by names."""
        selected = dict.fromkeys(self._visible(clauses.group)) if clauses.selected is None else clauses.selected
        columns = [name if text is None else f"({text} AS {name})" for name, text in selected.items()]
        columns += [*also, *(f"({name} AS {copy})" for name, copy in copies.items())]
        keys = [name if text is None else f"({text} AS {name})" for name, text in clauses.keys.items()]
        grouping = f"GROUP BY {' '.join(keys)}" if keys else ""
        # The order of the whole answer does not matter, and its keys may be more than its columns; a subquery's does.
        tail = f"{grouping} {clauses.having} {clauses.order if copies else ''} {clauses.values}"
        words = " ".join(clauses.words) if copies else ""
        return f"SELECT {words} {' '.join(columns)} WHERE {{ {self._source(clauses.group)} }} {tail}"

    def _group(self, inside: Sequence[Token], place: _Place, known: Collection[str] = ()) -> str:
        """The inside of a group, rewritten; what EXISTS asks for comes last, where it sees the group's variables."""
        if inside and _word(inside[0]) == "SELECT":
            return self._subquery(inside, place)
        pieces: list[str] = []
        last: list[str] = []
        known = {*known, *self._visible(inside)}
        for kind, tokens in elements(inside):
            if kind == "FILTER" and (asked := _asked(tokens)) is not None:
                self._hide(asked, known)
                last.append(self._group(asked, place, known))
            else:
                pieces.append(self._element(kind, tokens, place))
        return "\n".join([*pieces, *last])

    def _element(self, kind: str, tokens: Sequence[Token], place: _Place) -> str:
        if kind == "triples":
            return "\n".join(self._triples(deque(tokens), place))
        if kind == "OPTIONAL":
            return f"OPTIONAL {self._branch(tokens[2:-1], place)}"
        if kind == "UNION":
            return " UNION ".join(self._branch(branch, place) for branch in _branches(tokens))
        if kind == "GRAPH":
            name = self._name(tokens[1]) if tokens[1].kind == "variable" else tokens[1].text
            return f"GRAPH {name} {{ {self._group(tokens[3:-1], _Place(place.made, name, place.mark))} }}"
        if kind in ("group", "subquery"):
            return f"{{ {self._group(tokens[1:-1], place)} }}"
        if kind != "MINUS" and _asks_exists(tokens):
            place.made.gaps.append((_EXISTS, place.mark))
        return self._source(tokens)

    def _branch(self, inside: Sequence[Token], place: _Place) -> str:
        mark = next(self.fresh)
        body = self._group(inside, _Place(place.made, place.graph, mark))
        body = f"{{ {body} }}" if inside and _word(inside[0]) == "SELECT" else body
        return f"{{ {body}\nBIND(true AS {mark}) }}"

    def _subquery(self, inside: Sequence[Token], place: _Place) -> str:
        clauses = self.clauses(inside)
        graph = next(self.fresh) if place.graph and place.graph.startswith("?") else place.graph
        query = self.whole(clauses, graph)
        keys = [name for name in query.key if name != graph]
        copies = {name: next(self.fresh) for name in keys}
        around = [place.graph] if graph != place.graph and place.graph else []
        place.made.below.append(Below(query, (*copies.values(), *around), place.mark))
        return self._verbatim(clauses, [], copies) if copies else self._source(inside)

    def _triples(self, waiting: deque[Token], place: _Place) -> Iterator[str]:
        found: list[str] = []
        subject = self._node(waiting, place, found)
        self._properties(waiting, subject, place, found)
        return iter(found)

    def _properties(self, waiting: deque[Token], subject: str, place: _Place, found: list[str]) -> None:
        path: deque[Token] = deque()
        while waiting and waiting[0].text != "]":
            if waiting[0].text in ";,":
                path = deque() if waiting.popleft().text == ";" else path
                continue
            path = path or deque(
                Token(t.kind, self._name(t) if t.kind == "variable" else t.text, t.start) for t in take_path(waiting)
            )
            found.append(self._path(subject, read_path(deque(path)), self._node(waiting, place, found), place))

    def _node(self, waiting: deque[Token], place: _Place, found: list[str]) -> str:
        """A term as written, with a variable for a blank node or a list."""
        token = waiting.popleft()
        if token.kind == "variable":
            return self._name(token)
        if token.text.startswith("_:"):
            return self.labels.setdefault(token.text, next(self.fresh))
        if token.text in "+-":
            return token.text + waiting.popleft().text
        if token.text == "(":
            return self._list(waiting, place, found)
        if token.text == "[":
            name = next(self.fresh)
            self._properties(waiting, name, place, found)
            waiting.popleft()
            return name
        return token.text

    def _list(self, waiting: deque[Token], place: _Place, found: list[str]) -> str:
        if waiting[0].text == ")":
            waiting.popleft()
            return RDF.nil.n3()
        name, item = next(self.fresh), self._node(waiting, place, found)
        rest = self._list(waiting, place, found)
        found += [self._plain(name, RDF.first.n3(), item, place), self._plain(name, RDF.rest.n3(), rest, place)]
        return name

    def _plain(self, subject: str, predicate: str, term: str, place: _Place) -> str:
        place.made.patterns.append(Pattern(subject, predicate, term, place.graph, place.mark))
        return f"{subject} {predicate} {term} ."

    def _path(self, start: str, path: Path, end: str, place: _Place) -> str:
        """The path between two terms as patterns, each step between named ends."""
        if path.kind == "step":
            return self._plain(start, path.text, end, place)
        if path.kind == "^":
            return self._path(end, path.parts[0], start, place)
        if path.kind == "/":
            between = [start, *(next(self.fresh) for _ in path.parts[1:]), end]
            steps = zip(between, path.parts, between[1:], strict=False)
            return "\n".join(self._path(one, part, other, place) for one, part, other in steps)
        if path.kind == "|":
            return " UNION ".join(self._alternative(start, part, end, place) for part in path.parts)
        if path.kind == "!":
            return " UNION ".join(self._other(start, part, end, place) for part in path.parts)
        least, most = {"*": (0, None), "+": (1, None), "?": (0, 1)}[path.kind]
        step = self._step(path.parts[0], place.graph)
        place.made.closures.append(Closure(start, end, place.graph, place.mark, least, most, step))
        return f"{start} {path.text} {end} ."

    def _alternative(self, start: str, path: Path, end: str, place: _Place) -> str:
        mark = next(self.fresh)
        body = self._path(start, path, end, _Place(place.made, place.graph, mark))
        return f"{{ {body} BIND(true AS {mark}) }}"

    def _other(self, start: str, path: Path, end: str, place: _Place) -> str:
        """Any property but those listed, one way or the other."""
        mark, name = next(self.fresh), next(self.fresh)
        ends = (end, start) if path.kind == "^" else (start, end)
        body = self._plain(ends[0], name, ends[1], _Place(place.made, place.graph, mark))
        return f"{{ {body} FILTER({name} NOT IN ({path.text})) BIND(true AS {mark}) }}"

    def _step(self, path: Path, graph: str | None) -> Named:
        """The query for the steps that a path of any length may take from some places; its key is (from, to)."""
        made = Named(key=(next(self.fresh), next(self.fresh)))
        body = self._path(made.key[0], path, made.key[1], _Place(made, graph))
        columns = sorted({*made.variables(), *made.key, *([graph] if graph and graph.startswith("?") else [])})
        body = f"{made.start()} " + (body if graph is None else f"GRAPH {graph} {{ {body} }}")
        made.text = f"{self.prologue}SELECT DISTINCT {' '.join(columns)} WHERE {{ {body} }}"
        return made

    def _visible(self, inside: Sequence[Token]) -> list[str]:
        """The variables that `*` selects from a group."""
        if inside and _word(inside[0]) == "SELECT":
            clauses = self.clauses(inside)
            return self._visible(clauses.group) if clauses.selected is None else sorted(clauses.selected)
        names: set[str] = set()
        for kind, tokens in elements(inside):
            if kind == "BIND":
                names.add(self._name(tokens[-2]))
            elif kind in ("VALUES", "triples"):
                names |= {self._name(token) for token in tokens if token.kind == "variable"}
            elif kind in ("OPTIONAL", "GRAPH", "group", "subquery", "UNION"):
                names |= {self._name(token) for token in tokens[1:2] if token.kind == "variable"}
                names |= {name for part in _branches(tokens) for name in self._visible(part)}
        return sorted(names)

    def _source(self, tokens: Sequence[Token]) -> str:
        """The writer's text, with the names that variables have been given."""
        at = tokens[0].start if tokens else 0
        parts = []
        for token in tokens:
            if token.start in self.renamed:
                parts += [self.query[at : token.start], self.renamed[token.start]]
                at = end_of(token)
        return "".join([*parts, self.query[at : end_of(tokens[-1])]]) if tokens else ""

    def _name(self, token: Token) -> str:
        return self.renamed.get(token.start, f"?{token.text[1:]}")

    def _hide(self, asked: Sequence[Token], known: Collection[str]) -> None:
        """New names for the variables of an EXISTS that the group around it does not know, since they are its own."""
        given: dict[str, str] = {}
        for token in asked:
            if token.kind == "variable" and self._name(token) not in known:
                self.renamed[token.start] = given.setdefault(token.text[1:], next(self.fresh))


def _branches(tokens: Sequence[Token]) -> Iterator[Sequence[Token]]:
    """The insides of the braces that stand beside one another."""
    place = 0
    while place < len(tokens):
        if tokens[place].text == "{":
            closed = closing(tokens, place)
            yield tokens[place + 1 : closed]
            place = closed
        place += 1


_STAYS = frozenset(("BIND", "FILTER", "MINUS", "SELECT"))


def _asked(tokens: Sequence[Token]) -> Sequence[Token] | None:
    """The inside of `FILTER EXISTS { … }` where it means the same as part of the group around it."""
    tokens = tokens[1:]
    while tokens[0].text == "(" and closing(tokens, 0) == len(tokens) - 1:
        tokens = tokens[1:-1]
    if _word(tokens[0]) != "EXISTS" or closing(tokens, 1) != len(tokens) - 1:
        return None
    for kind, inner in elements(tokens[2:-1]):
        nested = kind in ("OPTIONAL", "UNION", "GRAPH", "group", "subquery")
        if kind == "MINUS" or (nested and any(_word(token) in _STAYS for token in inner)):
            return None
    return tokens[2:-1] if not tokens[2:] or _word(tokens[2]) != "SELECT" else None


def _asks_exists(tokens: Sequence[Token]) -> bool:
    """Whether there is an EXISTS that is not ruled out by NOT before it or around it."""
    place = 0
    while place < len(tokens):
        if _word(tokens[place]) == "EXISTS":
            if place == 0 or _word(tokens[place - 1]) != "NOT":
                return True
            place = closing(tokens, place + 1)
        place += 1
    return False


def _word(token: Token) -> str:
    return token.text.upper() if token.kind == "word" else ""
