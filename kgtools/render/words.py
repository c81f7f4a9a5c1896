"""The words of the pages in English, French and Arabic: their own, and labels of the vocabularies."""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Union

from rdflib import URIRef

from kgtools.model import ClaimRecord
from kgtools.render.parts import part

LANGUAGES = ("en", "fr", "ar")
OWN = ("marks", "map", "why", "drag")  # scripts that bring words of their own
Words = dict[str, dict[str, str]]  # language -> key -> words


@dataclass(frozen=True, slots=True)
class Name:
    """A thing, and what it is called in English."""

    iri: URIRef
    label: str


@dataclass(frozen=True, slots=True)
class Say:
    """Words of the pages by their key, or a class as `kind:X`, with what stands in their places."""

    key: str
    values: tuple["Piece", ...] = ()


Piece = Union[str, int, Name, Say, "Phrase"]
Phrase = tuple[Piece, ...]  # what a script can put into another language, as `said` puts it into English


def said(phrase: Iterable[Piece]) -> str:
    """The phrase in English."""
    return "".join(map(_piece, phrase))


def joined_by(between: str, pieces: Iterable[Piece]) -> Phrase:
    """The pieces with this text between them."""
    return tuple(part for piece in pieces for part in (between, piece))[1:]


def _piece(piece: Piece) -> str:
    if isinstance(piece, Name):
        return piece.label
    if isinstance(piece, tuple):
        return said(piece)
    if not isinstance(piece, Say):
        return str(piece)
    words = term(*piece.key.split(":", 1)) if ":" in piece.key else english(piece.key)
    return re.sub(r"\{(\d)\}", lambda place: _piece(piece.values[int(place[1])]), words)


@cache
def _of(*names: str) -> Words:
    tables: list[Words] = [json.loads(part(f"words/{name}.json")) for name in names]
    return {
        language: {key: words for table in tables for key, words in table[language].items()} for language in LANGUAGES
    }


def english(key: str) -> str:
    """The English words for a key of the pages."""
    return _of("page", *OWN)["en"][key]


def in_each_language(key: str) -> dict[str, str]:
    """The words for a key of every page, by language."""
    return {language: words[key] for language, words in _of("page").items()}


def term(kind: str, word: str) -> str:
    """The English label of a word of a vocabulary, or of a class by its local name; the word itself if it has none."""
    key = f"{kind}:{word}"
    return _of("terms")["en"].get(key) or _of("page")["en"].get(key, word)


def words_for(claims: Iterable[ClaimRecord], kinds: Iterable[str], scripts: Iterable[str] = ()) -> Words:
    """What a page with these claims, kinds of things and scripts says, by language."""
    wanted = {f"kind:{kind}" for kind in kinds}
    for claim in claims:
        wanted |= {f"stance:{claim.stance}", f"hedge:{claim.hedge}", f"confidence:{claim.confidence}"}
        wanted |= {f"perspective:{one}" for one in claim.perspectives}
    own, terms = _of("page", *(name for name in OWN if name in scripts)), _of("terms")
    return {
        language: own[language] | {key: word for key, word in terms[language].items() if key in wanted}
        for language in LANGUAGES
    }
