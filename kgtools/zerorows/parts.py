"""A query taken apart as it is written: the parts of its WHERE clause, each with all that stands before it.

The text is cut, not the algebra, so that every trial is the writer's own query up to some place, with brackets closed.
The filters of a group come after its other parts, since they hold for the whole group. What cannot be cut without
another meaning (the branches of a UNION, a subquery, what MINUS takes away) is one part. Odd syntax is an IndexError.
"""

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from kgtools.grammar import closing, depth_of, elements, end_of, take_path, tokens_of
from kgtools.guard import Token

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
    tokens = list(tokens_of(text))
    form = next((n for n, t in enumerate(tokens) if t.kind == "word" and t.text.upper() in ("SELECT", "ASK")), -1)
    opening = form
    while tokens[opening].text != "{" or depth_of(tokens[form:opening]):
        opening += 1
    closed = closing(tokens, opening)
    inside, tail = tokens[opening + 1 : closed], tokens[closed + 1 :]
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
    for kind, tokens in sorted(elements(inside), key=lambda element: element[0] == "FILTER"):
        variables = _names(tokens)
        if kind == "BIND":
            variables -= _names(tokens[:-2]) - seen  # it reads all but its last name, and gives them no value
        if kind == "OPTIONAL":
            optional |= variables - seen
        elif variables & optional or "OPTIONAL" in {token.text.upper() for token in tokens}:
            return False
        seen |= variables
    return True


def _names(tokens: Iterable[Token]) -> set[str]:
    return {token.text[1:] for token in tokens if token.kind == "variable"}


def _walk(query: str, inside: Sequence[Token], opened: str, closed: str) -> list[Step]:
    """The parts of a group in the order in which they are tried; *opened* and *closed* stand around the group."""
    pieces: list[str] = []
    steps: list[Step] = []
    filters: list[tuple[Token, ...]] = []

    def add(kind: str, tokens: Sequence[Token], source: str, parts: tuple[str, str, str] | None = None) -> None:
        shown = " ".join(parts or query[tokens[0].start : end_of(tokens[-1])].removeprefix(kind).split())
        shown = shown if len(shown) <= _LONGEST else shown[: _LONGEST - 1] + "…"
        where = f"{opened}{' . '.join([*pieces, source])}{closed}"
        line = query.count("\n", 0, tokens[-1 if parts else 0].start) + 1
        steps.append(Step(kind, shown, line, where, " ".join(parts) if parts else source, tuple(tokens), parts))

    for kind, tokens in elements(inside):
        source = query[tokens[0].start : end_of(tokens[-1])]
        if kind == "FILTER":
            filters.append(tokens)
            continue
        if kind == "triples":
            for pattern in _patterns(tokens):
                add("pattern", pattern.tokens, query[tokens[0].start : pattern.end] + pattern.closers, pattern.parts)
        elif kind in ("group", "GRAPH"):
            brace = next(n for n, token in enumerate(tokens) if token.text == "{")
            head = query[tokens[0].start : end_of(tokens[brace])]
            steps += _walk(query, tokens[brace + 1 : -1], opened + " . ".join([*pieces, head]), "}" + closed)
        elif kind not in ("OPTIONAL", "BIND"):  # these never take a row away
            add(kind, tokens, source)
        pieces.append(source)
    for tokens in filters:
        source = query[tokens[0].start : end_of(tokens[-1])]
        add("FILTER", tokens, source)
        pieces.append(source)
    return steps


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
    while taken[-1].text in "+-" or depth_of(taken):
        taken.append(waiting.popleft())
    return ("" if taken[0].text in "+-" else " ").join(token.text for token in taken), taken


def _properties(waiting: deque[Token], subject: str, of: list[Token], found: list[_Pattern], closers: str = "") -> None:
    path: list[Token] = []
    while waiting and waiting[0].text != "]":
        if waiting[0].text in ";,":
            path = [] if waiting.popleft().text == ";" else path
            continue
        path = path or take_path(waiting)
        at = len(found)
        term, taken = _node(waiting, found, closers)
        inner = "]" + closers if term == "[]" else closers
        parts = (subject, "".join(token.text for token in path), term)
        found.insert(at, _Pattern(parts, (*of, *path, *taken), end_of(taken[-1]), inner))
