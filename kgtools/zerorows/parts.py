"""A query taken apart as it is written: the parts of its WHERE clause, each with all that stands before it.

The text is cut, not the algebra, so that every trial is the writer's own query up to some place, with brackets closed.
The filters of a group come after its other parts, since they hold for the whole group. What cannot be cut without
another meaning (the branches of a UNION, a subquery, what MINUS takes away) is one part. Odd syntax is an IndexError.
"""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from kgtools.guard import Token, tokenize

_LONGEST = 100  # characters of a part that are shown


@dataclass(frozen=True, slots=True)
class Query:
    """What stands before SELECT or ASK, the parts of the WHERE clause, and the tokens behind it."""

    prologue: str
    steps: tuple["Step", ...]
    tail: tuple[Token, ...]
    monotone: bool  # whether it surely has rows over more triples wherever it has rows over fewer


@dataclass(frozen=True, slots=True)
class Step:
    """One part of the WHERE clause."""

    kind: str
    text: str
    line: int
    where: str  # all up to this part and with it, as the inside of a group
    alone: str
    tokens: tuple[Token, ...]
    parts: tuple[str, str, str] | None = None  # subject, predicate and object of a pattern, as written


@dataclass(frozen=True, slots=True)
class _Pattern:
    """One triple pattern of a block, where the block is cut so that it is the last, and what then closes brackets."""

    parts: tuple[str, str, str]
    tokens: tuple[Token, ...]
    end: int
    closers: str


def taken_apart(text: str) -> Query:
    """The parts of a SELECT or ASK query that the engine accepts."""
    tokens = list(_tokens(text))
    form = next((n for n, t in enumerate(tokens) if t.kind == "word" and t.text.upper() in ("SELECT", "ASK")), -1)
    opening = form
    while tokens[opening].text != "{" or _depth(tokens[form:opening]):
        opening += 1
    closing = _close(tokens, opening)
    inside, tail = tokens[opening + 1 : closing], tokens[closing + 1 :]
    words = [token.text.upper() for token in tail]
    if "VALUES" in words and "GROUP" not in words:  # then it means what it would mean in the WHERE clause
        inside, tail = [*inside, *tail[words.index("VALUES") :]], tail[: words.index("VALUES")]
    steps = _walk(text, inside, "", "")
    return Query(text[: tokens[form].start], tuple(steps), tuple(tail), _keeps_rows(inside, tail))


def _keeps_rows(inside: Sequence[Token], tail: Sequence[Token]) -> bool:
    """Whether nothing in the query turns on what is absent; OPTIONAL is harmless where only it has its variables."""
    words = {token.text.upper() for token in (*inside, *tail) if token.kind == "word"}
    if words & {"MINUS", "EXISTS", "SELECT", "HAVING", "OFFSET", "GRAPH"}:
        return False
    optional: set[str] = set()
    seen: set[str] = set()
    for kind, tokens in sorted(_elements(inside), key=lambda element: element[0] == "FILTER"):
        variables = {token.text[1:] for token in tokens if token.kind == "variable"}
        if kind == "OPTIONAL":
            optional |= variables - seen
        elif variables & optional or "OPTIONAL" in {token.text.upper() for token in tokens}:
            return False
        seen |= variables
    return True


def _tokens(text: str) -> Iterator[Token]:
    """The tokens, with a literal's tag or datatype as part of it and the full stop after a name as its own."""
    waiting = deque(tokenize(text))
    while waiting:
        token = waiting.popleft()
        while token.kind == "string" and waiting and (waiting[0].kind == "tag" or waiting[0].text == "^^"):
            last = waiting.popleft() if waiting[0].kind == "tag" else (waiting.popleft(), waiting.popleft())[1]
            token = Token("literal", text[token.start : _end(last)], token.start)
        stop = len(token.text) - len(token.text.rstrip(".")) if token.kind == "name" else 0
        yield Token(token.kind, token.text[: len(token.text) - stop], token.start) if stop else token
        if stop:
            yield Token("separator", ".", _end(token) - 1)


def _end(token: Token) -> int:
    return token.start + len(token.text)


def _depth(tokens: Iterable[Token]) -> int:
    return sum((token.kind == "open") - (token.kind == "close") for token in tokens)


def _close(tokens: Sequence[Token], opening: int) -> int:
    """Where the bracket that opens there is closed."""
    depth = 0
    for place in range(opening, len(tokens)):
        depth += _depth(tokens[place : place + 1])
        if depth == 0:
            return place
    raise IndexError(opening)


def _walk(query: str, inside: Sequence[Token], opened: str, closed: str) -> list[Step]:
    """The parts of a group in the order in which they are tried; *opened* and *closed* stand around the group."""
    pieces: list[str] = []
    steps: list[Step] = []
    filters: list[tuple[Token, ...]] = []

    def add(kind: str, tokens: Sequence[Token], source: str, parts: tuple[str, str, str] | None = None) -> None:
        shown = " ".join(parts or query[tokens[0].start : _end(tokens[-1])].removeprefix(kind).split())
        shown = shown if len(shown) <= _LONGEST else shown[: _LONGEST - 1] + "…"
        where = f"{opened}{' . '.join([*pieces, source])}{closed}"
        line = query.count("\n", 0, tokens[-1 if parts else 0].start) + 1
        steps.append(Step(kind, shown, line, where, " ".join(parts) if parts else source, tuple(tokens), parts))

    for kind, tokens in _elements(inside):
        source = query[tokens[0].start : _end(tokens[-1])]
        if kind == "FILTER":
            filters.append(tokens)
            continue
        if kind == "triples":
            for pattern in _patterns(tokens):
                add("pattern", pattern.tokens, query[tokens[0].start : pattern.end] + pattern.closers, pattern.parts)
        elif kind in ("group", "GRAPH"):
            brace = next(n for n, token in enumerate(tokens) if token.text == "{")
            head = query[tokens[0].start : _end(tokens[brace])]
            steps += _walk(query, tokens[brace + 1 : -1], opened + " . ".join([*pieces, head]), "}" + closed)
        elif kind not in ("OPTIONAL", "BIND"):  # these never take a row away
            add(kind, tokens, source)
        pieces.append(source)
    for tokens in filters:
        source = query[tokens[0].start : _end(tokens[-1])]
        add("FILTER", tokens, source)
        pieces.append(source)
    return steps


_KEYWORDS = frozenset(("FILTER", "OPTIONAL", "MINUS", "BIND", "VALUES", "GRAPH"))


def _elements(tokens: Sequence[Token]) -> Iterator[tuple[str, tuple[Token, ...]]]:
    """The elements of a group: each keyword with its brackets, each bare group, and triples up to their full stop."""
    place = 0
    while place < len(tokens):
        start, word = place, tokens[place].text.upper()
        if word == ".":
            place += 1
            continue
        if word in _KEYWORDS:
            place = _after_keyword(tokens, place, word)
            kind = word
        elif word == "{":
            kind, place = _braced(tokens, place)
        else:
            while place < len(tokens) and tokens[place].text.upper() not in (*_KEYWORDS, ".", "{"):
                place = _close(tokens, place) + 1 if tokens[place].kind == "open" else place + 1
            kind = "triples"
        yield kind, tuple(tokens[start:place])


def _after_keyword(tokens: Sequence[Token], place: int, word: str) -> int:
    """Past the last bracket of what the keyword begins; VALUES with several variables has two pairs."""
    while tokens[place].kind != "open":
        place += 1
    place = _close(tokens, place) + 1
    pairs = word == "VALUES" and tokens[place - 1].text == ")"
    return _close(tokens, place) + 1 if pairs else place


def _braced(tokens: Sequence[Token], place: int) -> tuple[str, int]:
    kind = "subquery" if tokens[place + 1].text.upper() == "SELECT" else "group"
    place = _close(tokens, place) + 1
    while place < len(tokens) and tokens[place].text.upper() == "UNION":
        kind, place = "UNION", _close(tokens, place + 1) + 1
    return kind, place


def _patterns(tokens: Sequence[Token]) -> list[_Pattern]:
    """The triple patterns of `subject property object ; …`, with those inside square brackets."""
    found: list[_Pattern] = []
    waiting = deque(tokens)
    subject, taken = _node(waiting, found, "")
    _properties(waiting, subject, taken, found)
    return found


def _node(waiting: deque[Token], found: list[_Pattern], closers: str) -> tuple[str, list[Token]]:
    """A term as written, and its tokens; the patterns inside square brackets are added to those found."""
    taken = [waiting.popleft()]
    if taken[0].text == "[":
        _properties(waiting, "[]", [], found, "]" + closers)
        waiting.popleft()
        return "[]", taken
    while taken[-1].text in "+-" or _depth(taken):
        taken.append(waiting.popleft())
    return ("" if taken[0].text in "+-" else " ").join(token.text for token in taken), taken


def _properties(waiting: deque[Token], subject: str, of: list[Token], found: list[_Pattern], closers: str = "") -> None:
    path: list[Token] = []
    while waiting and waiting[0].text != "]":
        if waiting[0].text in ";,":
            path = [] if waiting.popleft().text == ";" else path
            continue
        path = path or _path(waiting)
        at = len(found)
        term, taken = _node(waiting, found, closers)
        inner = "]" + closers if term == "[]" else closers
        parts = (subject, "".join(token.text for token in path), term)
        found.insert(at, _Pattern(parts, (*of, *path, *taken), _end(taken[-1]), inner))


def _path(waiting: deque[Token]) -> list[Token]:
    """The tokens of a property or property path."""
    taken: list[Token] = []
    while not taken or waiting[0].text in ("/", "|"):
        taken += [waiting.popleft()] if taken else []
        while waiting[0].text in ("^", "!"):
            taken.append(waiting.popleft())
        depth = 0
        while True:
            taken.append(waiting.popleft())
            depth += _depth(taken[-1:])
            if depth == 0:
                break
        while waiting[0].text in ("*", "+", "?"):
            taken.append(waiting.popleft())
    return taken
