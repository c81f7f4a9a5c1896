"""Refuse a query before it reaches the engine: what leaves the snapshot, writes, or would bring the engine down.

The limits come from experiment with pyoxigraph 0.5.13: it dies of stack overflow on tens of thousands of nested
brackets, operators, path steps or clauses in a row, and asks SERVICE and LOAD of the network by default. Below these
limits it was seen to live, and no question needs more.
"""

import re
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import urljoin

from kgtools.errors import Forbidden, QuestionError, TooLarge

MOST_BYTES = 64 * 1024
MOST_NESTING = 256
MOST_STEPS = 1000


@dataclass(frozen=True, slots=True)
class Token:
    """One lexical element of a query: its kind (a group name of the pattern below), text and position."""

    kind: str
    text: str
    start: int


# Each sign is looked at a bounded number of times: what an unclosed string has taken is not looked at again, and a
# prefix has a bounded length, else 60 kB of either would keep a server busy for a minute.
_PATTERN = re.compile(
    r"""
    (?P<space>[\x20\t\r\n]+|\#[^\r\n]*)
  | (?P<string>\"{3}(?:[^"\\]|\\.|\"(?!\"\"))*+\"{3}|'{3}(?:[^'\\]|\\.|'(?!''))*+'{3}
              |\"(?!\"\")(?:[^"\\\r\n]|\\.)*+\"|'(?!'')(?:[^'\\\r\n]|\\.)*+')
  | (?P<unclosed>\"{3}(?:[^"\\]|\\.|\"(?!\"\"))*+|'{3}(?:[^'\\]|\\.|'(?!''))*+
                |\"(?:[^"\\\r\n]|\\.)*+|'(?:[^'\\\r\n]|\\.)*+)
  | (?P<iri><[^<>"{}|^`\\\x00-\x20]*>)
  | (?P<variable>[?$]\w+)
  | (?P<name>[^\W\d_][\w.-]{0,254}+:(?:[\w.:-]|%[0-9A-Fa-f]{2}|\\.)*|:(?:[\w.:-]|%[0-9A-Fa-f]{2}|\\.)*|_:[\w.-]+)
  | (?P<tag>@[A-Za-z]+(?:-[A-Za-z0-9]+)*)
  | (?P<number>\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)
  | (?P<word>[^\W\d]\w*)
  | (?P<open>[({[])
  | (?P<close>[)}\]])
  | (?P<operator>\|\||&&|!=|<=|>=|\^\^|[!^|/*+=<>?-])
  | (?P<separator>[.;,])
  | (?P<other>.)
    """,
    re.VERBOSE | re.DOTALL,
)
_CLAUSES = frozenset(("AS", "BIND", "EXISTS", "FILTER", "GRAPH", "MINUS", "OPTIONAL", "SELECT", "UNION", "VALUES"))
_UPDATES = frozenset(("ADD", "CLEAR", "COPY", "CREATE", "DELETE", "DROP", "INSERT", "LOAD", "MOVE", "WITH"))
_REFUSED = dict.fromkeys(_UPDATES, "changes data; a snapshot is read only, so change the curated files") | {
    "SERVICE": "asks another server; a query may read this snapshot only",
    "FROM": "names another dataset; write GRAPH <iri> { … } for one source of this one",
}
_OPENING = {")": "(", "}": "{", "]": "["}


def check_query(text: str) -> None:
    """Return if the query may run; else raise QuestionError with line, column, reason and mend.

    A query with FROM may not, unless `dataset_clauses` has taken it out.
    """
    _check_text(text)
    tokens = list(tokenize(text))
    if not tokens:
        raise QuestionError("the query is empty; write SELECT, ASK, CONSTRUCT or DESCRIBE")
    for token in tokens:
        if token.kind == "unclosed":
            raise QuestionError(f"{_where(text, token.start)}: the string is never closed; mend the quotation marks")
        _check_word(text, token)
    _check_nesting(text, tokens)
    steps = [t for t in tokens if t.kind == "operator" or t.text in ".;" or t.text.upper() in _CLAUSES]
    if len(steps) > MOST_STEPS:
        where = _where(text, steps[MOST_STEPS].start)
        raise QuestionError(f"{where}: the query has over {MOST_STEPS:,} patterns, operators and clauses; split it")


def tokenize(text: str) -> Iterator[Token]:
    """The tokens of a query without space and comments; anything unknown is of kind `other`."""
    for match in _PATTERN.finditer(text):
        if match.lastgroup and match.lastgroup != "space":
            yield Token(match.lastgroup, match[0], match.start())


@dataclass(frozen=True, slots=True)
class DatasetClauses:
    """What a query says of its dataset: the graphs, if any, and its text with spaces in the place of the clauses."""

    text: str
    default: tuple[str, ...] = ()
    named: tuple[str, ...] = ()


def dataset_clauses(text: str, graphs: Container[str], prefixes: Mapping[str, str], base: str = "") -> DatasetClauses:
    """The FROM and FROM NAMED clauses of a query; Forbidden if one names a graph that is not among *graphs*.

    Only the guard looks at these, so that no engine has a chance to fetch what they name. A query need not declare
    *prefixes* and *base*. Lines and columns stay what they were.
    """
    _check_text(text)
    prologue = _Prologue(prefixes, base)
    found: dict[bool, list[str]] = {False: [], True: []}
    tokens, kept = list(tokenize(text)), list(text)
    for number, token in enumerate(tokens):
        prologue.read(tokens[number : number + 3])
        if token.kind != "word" or token.text.upper() != "FROM":
            continue
        named = number + 1 < len(tokens) and tokens[number + 1].text.upper() == "NAMED"
        place = number + 1 + named
        iri = prologue.iri(tokens[place]) if place < len(tokens) else None
        if iri is None:
            raise QuestionError(f"{_where(text, token.start)}: FROM is not followed by an IRI; write FROM <iri>")
        if iri not in graphs:
            raise Forbidden(f"{_where(text, tokens[place].start)}: there is no graph <{iri}> here to read FROM")
        found[named].append(iri)
        end = tokens[place].start + len(tokens[place].text)
        kept[token.start : end] = [char if char in "\r\n" else " " for char in kept[token.start : end]]
    return DatasetClauses("".join(kept), tuple(dict.fromkeys(found[False])), tuple(dict.fromkeys(found[True])))


class _Prologue:
    """The base and the prefixes that a query has declared so far."""

    def __init__(self, prefixes: Mapping[str, str], base: str) -> None:
        self._base, self._prefixes = base, dict(prefixes)

    def read(self, tokens: list[Token]) -> None:
        """Take in the declaration that begins with these tokens, if one does."""
        kinds, word = [token.kind for token in tokens], tokens[0].text.upper()
        if word == "BASE" and kinds[:2] == ["word", "iri"]:
            self._base = urljoin(self._base, tokens[1].text[1:-1])
        elif word == "PREFIX" and kinds == ["word", "name", "iri"]:
            self._prefixes[tokens[1].text[:-1]] = urljoin(self._base, tokens[2].text[1:-1])

    def iri(self, token: Token) -> str | None:
        """The IRI that a token stands for."""
        prefix, _, local = token.text.partition(":")
        if token.kind == "iri":
            return urljoin(self._base, token.text[1:-1])
        return self._prefixes[prefix] + local if token.kind == "name" and prefix in self._prefixes else None


def _check_text(text: str) -> None:
    try:
        size = len(text.encode())
    except UnicodeEncodeError as error:
        raise QuestionError(
            f"{_where(text, error.start)}: half of a surrogate pair is no character; take it out"
        ) from None
    if size > MOST_BYTES:
        raise TooLarge(f"the query has {size:,} bytes; the most is {MOST_BYTES:,}")
    if "\0" in text:
        raise QuestionError(f"{_where(text, text.index(chr(0)))}: a query may hold no NUL character; take it out")


def _check_word(text: str, token: Token) -> None:
    word = token.text.upper()
    if token.kind != "word" or word not in _REFUSED:
        return
    raise Forbidden(f"{_where(text, token.start)}: {word} {_REFUSED[word]}")


def _check_nesting(text: str, tokens: list[Token]) -> None:
    opened: list[Token] = []
    for token in tokens:
        if token.kind == "open":
            opened.append(token)
        if len(opened) > MOST_NESTING:
            raise QuestionError(
                f"{_where(text, token.start)}: brackets nest deeper than {MOST_NESTING}; make it flatter"
            )
        if token.kind == "close" and (not opened or opened.pop().text != _OPENING[token.text]):
            raise QuestionError(f"{_where(text, token.start)}: {token.text} closes nothing; mend the brackets")
    if opened:
        raise QuestionError(f"{_where(text, opened[-1].start)}: {opened[-1].text} is never closed; mend the brackets")


def _where(text: str, position: int) -> str:
    line = text.count("\n", 0, position) + 1
    return f"line {line}, column {position - text.rfind(chr(10), 0, position)}"
