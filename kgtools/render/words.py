"""The words of the pages in English, French and Arabic: their own, and labels of the vocabularies."""

import json
from collections.abc import Iterable
from functools import cache

from kgtools.model import ClaimRecord
from kgtools.render.parts import part

LANGUAGES = ("en", "fr", "ar")
Words = dict[str, dict[str, str]]  # language -> key -> words


@cache
def _of(name: str) -> Words:
    words: Words = json.loads(part(name))
    return words


def english(key: str) -> str:
    """The English words for a key of the pages."""
    return _of("words.json")["en"][key]


def term(kind: str, word: str) -> str:
    """The English label of a word of a vocabulary, or of a class by its local name; the word itself if it has none."""
    key = f"{kind}:{word}"
    return _of("terms.json")["en"].get(key) or _of("words.json")["en"].get(key, word)


def words_for(claims: Iterable[ClaimRecord], kinds: Iterable[str], without: tuple[str, ...] = ()) -> Words:
    """What a page with these claims and kinds of things says, by language, but for keys that begin with *without*."""
    wanted = {f"kind:{kind}" for kind in kinds}
    for claim in claims:
        wanted |= {f"stance:{claim.stance}", f"hedge:{claim.hedge}", f"confidence:{claim.confidence}"}
        wanted |= {f"perspective:{one}" for one in claim.perspectives}
    own, terms = _of("words.json"), _of("terms.json")
    return {
        language: {key: word for key, word in own[language].items() if not key.startswith(without)}
        | {key: word for key, word in terms[language].items() if key in wanted}
        for language in LANGUAGES
    }
