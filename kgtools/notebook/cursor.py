"""What stands before the cursor in a query: what has been begun, and what is wanted there."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from kgtools.guard import MOST_BYTES, Token, tokenize


@dataclass(frozen=True, slots=True)
class Typed:
    """What has been begun: its sort (`variable`, `iri`, `word`, or `closed` where nothing may be offered) and text.

    *wants* is `class` or `property` where such a term is likely to come, `prefix` and `namespace` where a prefix is
    being declared (then *prefix* is its name), and else empty.
    """

    sort: str
    text: str = ""
    wants: str = ""
    prefix: str = ""


# Whatever ends with the text instead of its own end is what the cursor is in.
_ENCLOSED = re.compile(
    r"""
    (?P<comment>\#[^\r\n]*)
  | \"{3}(?:[^"\\]|\\.|\"(?!\"\"))*(?:\"{3}|(?P<long>\Z)) | '{3}(?:[^'\\]|\\.|'(?!''))*(?:'{3}|(?P<longer>\Z))
  | \"(?:[^"\\\r\n]|\\.)*(?:\"|(?P<string>\Z)|(?=[\r\n])) | '(?:[^'\\\r\n]|\\.)*(?:'|(?P<other>\Z)|(?=[\r\n]))
  | <(?![?$\s=])[^<>"{}|^`\\\x00-\x20]*(?:>|(?P<iri>\Z))
    """,
    re.VERBOSE | re.DOTALL,
)
_VARIABLE = re.compile(r"(?<![\w:>)*+])[?$]\w*\Z")  # else a path's question mark
_NOTHING_AFTER = ("@", "_:", "%", "\\")
_PATHS = frozenset(("^", "/", "|", "!"))


def typed_in(query: str) -> Typed:
    """What has been begun at the end of *query*, which is a query up to the cursor."""
    if len(query) > MOST_BYTES:  # the guard would refuse it
        return Typed("closed")
    for match in _ENCLOSED.finditer(query):
        if match.lastgroup == "iri":
            return _in_iri(query[: match.start()], match[0])
        if match.end() == len(query) and match.lastgroup:
            return Typed("closed")
    if variable := _VARIABLE.search(query):
        return Typed("variable", variable[0])
    word = word_at_end(query)
    before = query[: len(query) - len(word)]
    if before.endswith(_NOTHING_AFTER) or word.startswith("_:") or (word and word[0].isdigit()):
        return Typed("closed")
    return Typed("word", word, _wanted(list(tokenize(before))))


def word_at_end(text: str) -> str:
    """The letters, digits, marks, hyphens, underscores and colons at the end, from the first letter or digit on."""
    start = len(text)
    while start and (text[start - 1] in "-:" or is_letter(text[start - 1])):
        start -= 1
    return text[start:].lstrip("-")


def variables_in(text: str) -> Iterator[str]:
    """The names of the variables, without what marks them as such."""
    return (token.text[1:] for token in tokenize(text) if token.kind == "variable")


def declared_in(text: str) -> dict[str, str]:
    """The namespaces of the prefixes that are declared."""
    tokens = list(tokenize(text))
    return {
        name.text[:-1]: iri.text[1:-1]
        for word, name, iri in zip(tokens, tokens[1:], tokens[2:], strict=False)
        if word.text.upper() == "PREFIX" and name.text.endswith(":") and iri.kind == "iri"
    }


def is_letter(sign: str) -> bool:
    """Whether it is a letter, a mark on one, a digit or an underscore."""
    return sign == "_" or unicodedata.category(sign)[0] in "LMN"


def _in_iri(before: str, text: str) -> Typed:
    tokens = list(tokenize(before))
    if len(tokens) > 1 and tokens[-2].text.upper() == "PREFIX":
        return Typed("iri", text, "namespace", tokens[-1].text.rstrip(":"))
    return Typed("iri", text, _wanted(tokens))


def _wanted(tokens: Sequence[Token]) -> str:
    """What is likely to come after these tokens; empty where that is not certain."""
    last, before = ([None, None, *tokens][-2:])[::-1]
    if last is None:
        return ""
    if last.text.upper() == "PREFIX":
        return "prefix"
    if last.text in ("a", "rdf:type"):
        return "class"
    if last.text in _PATHS and before is not None and before.kind in ("iri", "name"):
        return "property"
    return "property" if last.text in (";", "^") or _after_subject(tokens) else ""


def _after_subject(tokens: Sequence[Token]) -> bool:
    """Whether the last token is a subject: a term that a group, a full stop or a brace comes before."""
    last = tokens[-1].text
    if tokens[-1].kind not in ("variable", "name", "iri") or last.endswith(".") or len(tokens) < 2:
        return False
    before = tokens[-2].text
    if before == "{":
        return "VALUES" not in [token.text.upper() for token in tokens[-4:-2]]
    return before in (".", "}") or (tokens[-2].kind == "name" and before.endswith("."))
