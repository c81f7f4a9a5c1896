"""The grammar of a query as far as it is taken apart: its tokens, the elements of a group, and property paths.

The text is cut, not the algebra, so that what is made of a query stays the writer's own. Odd syntax is an IndexError.
"""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from rdflib import RDF

from kgtools.guard import Token, tokenize


def tokens_of(text: str) -> Iterator[Token]:
    """The tokens, with a literal's tag or datatype as part of it and the full stop after a name as its own."""
    waiting = deque(tokenize(text))
    while waiting:
        token = waiting.popleft()
        while token.kind == "string" and waiting and (waiting[0].kind == "tag" or waiting[0].text == "^^"):
            last = waiting.popleft() if waiting[0].kind == "tag" else (waiting.popleft(), waiting.popleft())[1]
            token = Token("literal", text[token.start : end_of(last)], token.start)
        stop = len(token.text) - len(token.text.rstrip(".")) if token.kind == "name" else 0
        yield Token(token.kind, token.text[: len(token.text) - stop], token.start) if stop else token
        if stop:
            yield Token("separator", ".", end_of(token) - 1)


def end_of(token: Token) -> int:
    """The position behind it."""
    return token.start + len(token.text)


def depth_of(tokens: Iterable[Token]) -> int:
    """How many brackets they leave open."""
    return sum((token.kind == "open") - (token.kind == "close") for token in tokens)


def closing(tokens: Sequence[Token], opening: int) -> int:
    """Where the bracket that opens there is closed."""
    depth = 0
    for place in range(opening, len(tokens)):
        depth += depth_of(tokens[place : place + 1])
        if depth == 0:
            return place
    raise IndexError(opening)


_KEYWORDS = frozenset(("FILTER", "OPTIONAL", "MINUS", "BIND", "VALUES", "GRAPH"))


def elements(tokens: Sequence[Token]) -> Iterator[tuple[str, tuple[Token, ...]]]:
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
                place = closing(tokens, place) + 1 if tokens[place].kind == "open" else place + 1
            kind = "triples"
        yield kind, tuple(tokens[start:place])


def _after_keyword(tokens: Sequence[Token], place: int, word: str) -> int:
    """Past the last bracket of what the keyword begins; VALUES with several variables has two pairs."""
    while tokens[place].kind != "open":
        place += 1
    place = closing(tokens, place) + 1
    pairs = word == "VALUES" and tokens[place - 1].text == ")"
    return closing(tokens, place) + 1 if pairs else place


def _braced(tokens: Sequence[Token], place: int) -> tuple[str, int]:
    kind = "subquery" if tokens[place + 1].text.upper() == "SELECT" else "group"
    place = closing(tokens, place) + 1
    while place < len(tokens) and tokens[place].text.upper() == "UNION":
        kind, place = "UNION", closing(tokens, place + 1) + 1
    return kind, place


def take_path(waiting: deque[Token]) -> list[Token]:
    """The tokens of a property or property path."""
    taken: list[Token] = []
    while not taken or waiting[0].text in ("/", "|"):
        taken += [waiting.popleft()] if taken else []
        while waiting[0].text in ("^", "!"):
            taken.append(waiting.popleft())
        depth = 0
        while True:
            taken.append(waiting.popleft())
            depth += depth_of(taken[-1:])
            if depth == 0:
                break
        while waiting[0].text in ("*", "+", "?"):
            taken.append(waiting.popleft())
    return taken


@dataclass(frozen=True, slots=True)
class Path:
    """A property path: its kind (`step`, `^`, `/`, `|`, `!`, `*`, `+`, `?`), its parts, and its text."""

    kind: str
    text: str
    parts: tuple["Path", ...] = ()


def read_path(waiting: deque[Token]) -> Path:
    """The path that these tokens write, which are used up."""
    parts = [_read_sequence(waiting)]
    while waiting and waiting[0].text == "|":
        waiting.popleft()
        parts.append(_read_sequence(waiting))
    return parts[0] if len(parts) == 1 else _joined("|", parts)


def _read_sequence(waiting: deque[Token]) -> Path:
    parts = [_read_step(waiting)]
    while waiting and waiting[0].text == "/":
        waiting.popleft()
        parts.append(_read_step(waiting))
    return parts[0] if len(parts) == 1 else _joined("/", parts)


def _joined(kind: str, parts: Sequence[Path]) -> Path:
    return Path(kind, f"({f' {kind} '.join(part.text for part in parts)})", tuple(parts))


def _read_step(waiting: deque[Token]) -> Path:
    token = waiting.popleft()
    if token.text == "^":
        inner = _read_step(waiting)
        return Path("^", f"(^{inner.text})", (inner,))
    if token.text == "!":
        inner = _read_negated(waiting)
    elif token.text == "(":
        inner = read_path(waiting)
        waiting.popleft()
    else:
        inner = Path("step", _property(token))
    if waiting and waiting[0].text in ("*", "+", "?"):
        kind = waiting.popleft().text
        return Path(kind, f"({inner.text}{kind})", (inner,))
    return inner


def _read_negated(waiting: deque[Token]) -> Path:
    """A negated property set: one part for what is listed forwards, one for what is listed backwards."""
    tokens = [waiting.popleft()]
    while (tokens[0].text == "(" and depth_of(tokens)) or tokens[-1].text == "^":
        tokens.append(waiting.popleft())
    text = "!" + " ".join(token.text for token in tokens)
    properties = [
        (before, token) for before, token in zip([None, *tokens], tokens, strict=False) if _is_property(token)
    ]
    back = [_property(token) for before, token in properties if before is not None and before.text == "^"]
    ahead = [_property(token) for before, token in properties if before is None or before.text != "^"]
    parts = [Path("step", ", ".join(ahead))] if ahead or not back else []
    parts += [Path("^", ", ".join(back))] if back else []
    return Path("!", text, tuple(parts))


def _is_property(token: Token) -> bool:
    return token.kind in ("iri", "name", "word")


def _property(token: Token) -> str:
    return RDF.type.n3() if token.text == "a" else token.text
