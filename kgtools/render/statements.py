"""What an answer rests on as sentences with their claims, and the marks of a picture that open them."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from rdflib import Literal, URIRef

from kgtools.evidence import best_label
from kgtools.model import ClaimRecord, Evidence, Term, Triple
from kgtools.names import shorten
from kgtools.network import predicate_label, status_of, supports
from kgtools.render.page import named
from kgtools.render.words import Name, Phrase, Piece, Say, said

GRAVE = ("disputed", "withdrawn", "forecast", "inferred", "claimed", "unclaimed", "reference")


@dataclass(frozen=True, slots=True)
class Change:
    """What became of a statement from one answer to another, and the claims that count for it in one of them only."""

    word: str = ""  # "added", "removed", "changed" or none
    first: tuple[URIRef, ...] = ()
    second: tuple[URIRef, ...] = ()


@dataclass(frozen=True, slots=True)
class Statement:
    """One triple in words, how it stands, the claims for and against it, and what became of it in a comparison."""

    triple: Triple
    words: tuple[str, str, str]
    status: str
    inferred: bool
    claims: tuple[URIRef, ...]
    denials: tuple[URIRef, ...]
    change: Change = Change()

    @property
    def under(self) -> tuple[URIRef, ...]:
        """All claims that it shows."""
        return (*self.claims, *self.denials)

    @property
    def parts(self) -> tuple[Piece, Piece, Piece]:
        """Its words, in which things can be called otherwise in another language."""
        subject, predicate, object_ = map(_part, self.triple, self.words)
        return subject, predicate, object_


@dataclass(frozen=True, slots=True)
class Opened:
    """What a mark or a row opens in the evidence panel: a heading, a line on it, and statements."""

    id: str
    heading: Phrase
    line: Phrase
    status: str  # "" for what is shown with any status
    statements: tuple[Statement, ...]
    kind: str  # what the filter of kinds calls it
    label: Phrase = ()  # what stands beside its mark
    cells: tuple[str | float, ...] = ()  # what a saved table has besides
    change: str = ""  # what became of it, where two answers are compared

    @property
    def name(self) -> str:
        """The heading in English."""
        return said(self.heading)

    @property
    def note(self) -> str:
        """The line in English."""
        return said(self.line)


def statements(found: Evidence) -> list[Statement]:
    """Every triple of the evidence once, sorted, with the claims of all rows that rest on it."""
    return [
        Statement(
            support.triple,
            (
                name_of(support.triple[0], found),
                predicate_label(support.triple[1], found),
                name_of(support.triple[2], found),
            ),
            status_of(support, found),
            support.status == "inferred",
            support.claims,
            support.denials,
        )
        for support in supports(found)
    ]


def by_thing(of: Iterable[Statement]) -> Mapping[Term, tuple[Statement, ...]]:
    """The statements that say something of a thing or give it as a value; none for a thing that is in none."""
    about: dict[Term, dict[Statement, None]] = defaultdict(dict)
    for one in of:
        for term in one.triple[::2]:
            about[term][one] = None
    return defaultdict(tuple, {term: tuple(ones) for term, ones in about.items()})


def name_of(term: Term, found: Evidence) -> str:
    """The label of a thing, or a value in quotation marks."""
    return f"“{term}”" if isinstance(term, Literal) else best_label(found.labels.get(URIRef(term), {}), URIRef(term))


def called(term: Term, found: Evidence) -> Piece:
    """The same as part of a phrase."""
    return _part(term, name_of(term, found))


def _part(term: Term, words: str) -> Piece:
    return Name(term, words) if isinstance(term, URIRef) else words


def of_claims(statement: Statement, claims: Iterable[URIRef]) -> Statement:
    """The statement as these of its claims make it."""
    kept = set(claims)
    return replace(statement, claims=tuple(iri for iri in statement.claims if iri in kept))


def claims_under(found: Evidence) -> set[URIRef]:
    """Every claim that the evidence rests on or that counts against it."""
    return {iri for row in found.rows for support in row for iri in (*support.claims, *support.denials)}


def listed(of: Iterable[Statement], name: str, kind: Callable[[Statement], str]) -> list[Opened]:
    """What the rows of a list open: a statement each."""
    return [
        Opened(f"{name}{number}", _dashed(one.parts), (), one.status, (one,), kind(one), change=one.change.word)
        for number, one in enumerate(of)
    ]


def _dashed(parts: tuple[Piece, Piece, Piece]) -> Phrase:
    return parts[0], " — ", parts[1], " — ", parts[2]


def sides(of: Sequence[Statement], found: Evidence) -> tuple[list[ClaimRecord], list[ClaimRecord]]:
    """The claims for and against statements, each once."""
    for_ = dict.fromkeys(iri for statement in of for iri in statement.claims)
    against = dict.fromkeys(iri for statement in of for iri in statement.denials if iri not in for_)
    return named(for_, found), named(against, found)


def marks_data(opened: Iterable[Opened], notes: Iterable[Phrase], found: Evidence) -> dict[str, object]:
    """What the script needs to open the marks: each statement once, which of them a mark opens, names, and notes."""
    marks, numbers, names = {}, dict[Statement, int](), dict[Name, int]()

    def plain(phrase: Iterable[Piece]) -> list[object]:
        return [_plain(piece, names) for piece in phrase]

    for one in opened:
        sections = [numbers.setdefault(statement, len(numbers)) for statement in one.statements]
        mark = {"name": plain(one.heading), "note": plain(one.line), "sections": sections}
        mark |= standing(one.status, Change(one.change))
        marks[one.id] = {**mark, "kind": one.kind, "label": plain(one.label), "cells": one.cells}
    return {
        "marks": marks,
        "statements": [
            {
                "words": plain(statement.parts),
                "inferred": statement.inferred,
                "claims": statement.claims,
                "denials": statement.denials,
                **standing(statement.status, statement.change),
            }
            for statement in numbers
        ],
        "notes": [plain(note) for note in notes],
        "names": [{"id": shorten(n.iri), "label": n.label, "labels": found.labels.get(n.iri, {})} for n in names],
    }


def standing(status: str, change: Change) -> dict[str, object]:
    """How something stands, for the script: what became of it, where it changed, then takes the place of its status."""
    if not change.word:
        return {"status": status}
    only = {"first": change.first, "second": change.second}
    return {"status": change.word, "stands": status, **{side: claims for side, claims in only.items() if claims}}


def became(of: Iterable[Statement], there: tuple[bool, bool] = (True, True)) -> str:
    """What became of a mark that rests on these statements and that the first and the second answer have or have not.

    What rests on statements of one answer only is of that answer only.
    """
    words = {one.change.word for one in of}
    for has, word in zip(there, ("added", "removed"), strict=True):
        if not has or words == {word}:
            return word
    return "changed" if words - {""} else ""


def _plain(piece: Piece, names: dict[Name, int]) -> object:
    """A piece for the script: the number of a name, a key with its values, a list for a phrase, or what it is."""
    if isinstance(piece, Name):
        return {"n": names.setdefault(piece, len(names))}
    if isinstance(piece, Say):
        return {"say": piece.key, "with": [_plain(value, names) for value in piece.values]}
    return [_plain(part, names) for part in piece] if isinstance(piece, tuple) else piece
