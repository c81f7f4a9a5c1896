"""What is wrong with a query, in words that point to the place."""

import difflib
import re

from kgtools.errors import QuestionError
from kgtools.guard import tokenize
from kgtools.names import PREFIXES


def check_prefixes(text: str) -> None:
    """Return if each prefix in the query is declared or known; else raise QuestionError with place and near name."""
    known = set(PREFIXES)
    tokens = list(tokenize(text))
    for before, token in zip([None, *tokens], tokens, strict=False):
        if token.kind != "name" or token.text.startswith("_:"):
            continue
        prefix = token.text.partition(":")[0]
        if before is not None and before.text.upper() == "PREFIX":
            known.add(prefix)
        elif prefix not in known:
            line, column = _position(text, token.start)
            hint = near(prefix, sorted(known)) or "; declare it with PREFIX"
            raise QuestionError(
                f"line {line}, column {column}: unknown prefix {prefix!r}{hint}\n{_caret(text, line, column)}"
            )


def near(word: str, known: list[str]) -> str:
    """A hint at the known word that is most like this one, or nothing."""
    close = difflib.get_close_matches(word, known, 1, 0.6)
    return f"; did you mean {close[0]!r}?" if close else ""


def _position(text: str, start: int) -> tuple[int, int]:
    return text.count("\n", 0, start) + 1, start - text.rfind("\n", 0, start)


def syntax_message(text: str, message: str) -> str:
    """Where the query stops making sense, with the line and a caret; the engine's own list of guesses is left out."""
    match = re.match(r"error at (\d+):(\d+): (.*)", message, re.DOTALL)
    if not match:
        return f"the query is not valid SPARQL: {message.splitlines()[0][:200]}"
    line, column = int(match[1]), int(match[2])
    lines = text.rstrip().splitlines()
    if line > len(lines):  # the query ends too early: point behind its last word, not at the empty line after it
        line, column = len(lines), len(lines[-1]) + 1
    rest = lines[line - 1][column - 1 :]
    word = re.search(r"\w+|\S", rest)
    what = f"unexpected {word[0]!r}" if word else "unexpected end"
    return f"line {line}, column {column}: {what}; mend the query there\n{_caret(text, line, column)}"


def _caret(text: str, line: int, column: int) -> str:
    lines = text.splitlines()
    shown = lines[line - 1] if line <= len(lines) else ""
    start = max(0, column - 60)
    return f"    {shown[start : start + 100]}\n    {' ' * (column - 1 - start)}^"
