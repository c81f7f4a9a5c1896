"""Every name in a view with whoever uses it, and how names are compared."""

import difflib
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from rdflib import Literal, URIRef

from kgtools.identities import REPLACED_BY
from kgtools.names import BASE, KG, shorten
from kgtools.store import Store

DESCRIBED = KG.isDescribedAs
# Likeness from which a spelling is near: "Ansar Dine" and "Ansar Eddine" are, "Niger" and "Nigeria" are not.
NEAR = 0.84
SHORTEST = 5  # letters from which a name has near spellings: of shorter ones, one letter makes another name


@dataclass(frozen=True, slots=True)
class Named:
    """One name of a thing: by which property, folded how, and by which claim unless it is of the reference data.

    The handle is the thing's own, or one that editors have folded into it and that the name was written for.
    """

    thing: URIRef
    handle: URIRef
    predicate: URIRef
    name: Literal
    words: tuple[str, ...]
    keys: tuple[str, ...]
    claim: URIRef | None


def named(store: Store) -> Iterator[Named]:
    """Every name of a thing or a concept in the store's view; the terms of the ontology are no things."""
    kept = {row[0]: row[1] for row in store.query(_REPLACED).rows}
    for handle, predicate, name, claim in store.query(_NAMES).rows:
        ours = str(handle).startswith((BASE + "id/", BASE + "vocab/"))
        thing = kept.get(handle, handle)
        if ours and isinstance(handle, URIRef) and isinstance(thing, URIRef) and isinstance(name, Literal):
            by = claim if isinstance(claim, URIRef) else None
            yield Named(thing, handle, URIRef(str(predicate)), name, tuple(fold(name)), tuple(_keys(name)), by)


def fold(name: str) -> list[str]:
    """The words of a name without what spellings of it differ in: case, accents, Arabic letter forms, articles."""
    words = [_ARABIC_ARTICLE.sub("", word) for word in plain(name).split()]
    return [word for word in words if word not in _ARTICLES] or words


def plain(text: str) -> str:
    """The text without case, accents and Arabic letter forms, one space between words; each line is as it is alone."""
    text = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    for sign in set(text):  # few signs, in what may be a million names
        if unicodedata.combining(sign):
            text = text.replace(sign, "")
        elif sign in _FORMS:
            text = text.replace(sign, _FORMS[sign])
    text = _ELISION.sub(r"\1 ", text).translate(_APOSTROPHES)
    return _LINE_ENDS.sub("\n", _GAPS.sub(" ", text)).strip(" ")


def alike(one: str, other: str, least: float = NEAR) -> float:
    """How like two folded names are, from 0 to 1; 0 if they are no near spellings of one another."""
    if min(len(one), len(other)) < SHORTEST or 2 * min(len(one), len(other)) < least * (len(one) + len(other)):
        return 0.0
    matcher = difflib.SequenceMatcher(None, one, other, autojunk=False)
    if matcher.quick_ratio() < least:
        return 0.0
    return likeness if (likeness := matcher.ratio()) >= least else 0.0


def _keys(name: str) -> list[str]:
    """A name folded and without gaps (Tinzaouaten, Tin Zaouaten): whole, without remarks, and what it is short for.

    Remarks in brackets are the editors': "Azawad (as sources name it)". Only an abbreviation in them is a name.
    """
    spellings = [name]
    if "(" in name and ":" not in name:  # with a colon it says what is measured of whom
        spellings += [_REMARK.sub(" ", name), *filter(_ABBREVIATION.fullmatch, _REMARK.findall(name))]
    return ["".join(fold(spelling)) for spelling in spellings]


_FORMS = {
    "\N{ARABIC LETTER ALEF WASLA}": "\N{ARABIC LETTER ALEF}",
    "\N{ARABIC LETTER ALEF MAKSURA}": "\N{ARABIC LETTER YEH}",
    "\N{ARABIC LETTER FARSI YEH}": "\N{ARABIC LETTER YEH}",
    "\N{ARABIC LETTER TEH MARBUTA}": "\N{ARABIC LETTER HEH}",
    "\N{ARABIC LETTER KEHEH}": "\N{ARABIC LETTER KAF}",
    "\N{ARABIC TATWEEL}": "",
    "ø": "o",
    "ł": "l",
    "đ": "d",
    "ı": "i",
    "æ": "ae",
    "œ": "oe",
}
_APOSTROPHES = str.maketrans(dict.fromkeys("'’‘ʼʿʾ`´"))
_ELISION = re.compile(r"\b([ld]|al|el)['’ʼ]")
_GAPS = re.compile(r"(?:[^\w\n]|_)+")
_LINE_ENDS = re.compile(" ?\n ?")
_ARTICLES = frozenset(("the", "le", "la", "les", "l", "d", "al", "el"))
_ARABIC_ARTICLE = re.compile("^\N{ARABIC LETTER ALEF}\N{ARABIC LETTER LAM}(?=.{2})")
# The same where many folded names lie in one text, a line each.
ARTICLE_IN_LINES = re.compile(rb"(?<![^ \n])\xd8\xa7\xd9\x84(?=(?:[!-\x7f]|[\xc0-\xff][\x80-\xbf]+){2})")
_REMARK = re.compile(r"\(([^()]*)\)")
_ABBREVIATION = re.compile(r"(?=.*[A-Z].*[A-Z])[\w-]+")

_NAMES = """SELECT ?thing ?predicate ?name ?claim WHERE {
  { VALUES ?predicate { skos:prefLabel skos:altLabel } ?thing ?predicate ?name }
  UNION
  { VALUES ?predicate { kg:isCalled kg:isDescribedAs }
    ?p kg:predicate ?predicate ; kg:subject ?thing ; kg:value ?name ; kg:restsOn ?claim . ?claim kg:onProposition ?p }
} ORDER BY ?thing ?predicate ?name ?claim"""
_REPLACED = f"SELECT ?old ?new WHERE {{ ?old {shorten(REPLACED_BY)} ?new }} ORDER BY ?old ?new"
