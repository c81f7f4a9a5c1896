"""The claim set out of the tables that hold it, checked cell by cell: what is wrong is said with its table and row."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pyoxigraph as ox
from rdflib import XSD, BNode, Literal, URIRef

from kgtools.errors import SourceError
from kgtools.export.contents import ClaimNode, LocatorNode
from kgtools.export.tables import TABLES, Cell, Column
from kgtools.model import Proposition, Term
from kgtools.sources import nt

NEEDED = ("claims", "claim_propositions", "propositions", "locators", "sources", "details")

_WHOLE = re.compile(r"\d{1,18}", re.ASCII)

Named = Mapping[str, Cell]
Values = dict[URIRef, set[Term]]


@dataclass(frozen=True, slots=True)
class Given:
    """A table as it was read: where from, and its rows by what a reader calls each ("row 7")."""

    place: Path
    rows: Sequence[tuple[str, Named]]


@dataclass(frozen=True, slots=True)
class _At:
    """A row while it is read, for what is to be said of it."""

    table: str
    place: Path
    row: str
    cells: Named

    def wrong(self, column: str, what: str) -> SourceError:
        return SourceError(self.place, f"{self.row}, column {column}: {what}")

    def iri(self, column: str) -> URIRef | None:
        cell = self.cells.get(column)
        return None if cell is None or cell == "" else self._checked(column, cell)

    def needed(self, column: str) -> URIRef:
        found = self.iri(column)
        if found is None:
            raise self.wrong(column, "is empty; write the IRI that belongs there")
        return found

    def iris(self, column: str) -> list[URIRef]:
        cell = self.cells.get(column)
        return [self._checked(column, one) for one in cell] if isinstance(cell, tuple) else []

    def text(self, column: str) -> str:
        cell = self.cells.get(column)
        return "" if cell is None else str(cell)

    def literal(self, column: str, datatype: str = "", language: str = "") -> Literal:
        """What stands in the column as a literal; the others name the columns of its datatype and its language."""
        kind, tag = self.iri(datatype) if datatype else None, self.text(language) if language else ""
        if tag and (kind is not None or not _is_language(tag)):
            raise self.wrong(language, f"{tag!r} is no language of a text; write one such as fr, and no datatype")
        return Literal(self.text(column), lang=tag or None, datatype=kind, normalize=False)

    def term(self) -> URIRef | BNode | Literal:
        cell = self.text("object")
        if cell.startswith("_:"):
            return BNode(cell[2:])
        return self.iri("object") or self.literal("value", "datatype", "language")

    def stated(self, column: Column) -> list[Term]:
        """The terms in a column that states a property."""
        if column.form == "iris":
            return list(self.iris(column.name))
        if column.form == "iri":
            return [one for one in [self.iri(column.name)] if one is not None]
        text = self.text(column.name)
        if not text:
            return []
        if column.form == "whole":
            if not _WHOLE.fullmatch(text):
                raise self.wrong(column.name, f"{text!r} is no whole number; write digits alone")
            return [Literal(text, datatype=XSD.nonNegativeInteger, normalize=False)]
        pair = {"worded": ("", f"{column.name}_language"), "dated": (f"{column.name}_datatype", "")}
        return [self.literal(column.name, *pair.get(column.form, ("", "")))]

    def _checked(self, column: str, cell: Cell) -> URIRef:
        if not isinstance(cell, str) or not _is_iri(cell):
            raise self.wrong(column, f"{_short(cell)} is no IRI; write a whole one, such as https://example.org/a")
        return URIRef(cell)


@dataclass(frozen=True, slots=True)
class _Parts:
    """What the tables say of one claim."""

    source: URIRef
    properties: Values
    propositions: dict[URIRef, Proposition] = field(default_factory=dict)
    locators: set[URIRef] = field(default_factory=set)


def claims_from(given: Mapping[str, Given]) -> tuple[ClaimNode, ...]:
    """The claim set that these tables hold; SourceError where a cell cannot be what its column says."""
    places: dict[URIRef, Values] = defaultdict(lambda: defaultdict(set))
    sources = {at.needed("source") for at in _rows(given, "sources")}
    parts = _claims(given, sources)
    _link(given, parts)
    for at in _rows(given, "locators"):
        locator = at.needed("locator")
        _known(at, "claim", parts).locators.add(locator)
        _state(at, places[locator])
    for at in _rows(given, "details"):
        about, term = at.needed("about"), at.term()
        if about in parts:
            parts[about].properties[at.needed("property")].add(term)
        elif about in places:
            places[about][at.needed("property")].add(term)
        elif about not in sources:
            raise at.wrong("about", f"<{about}> is no claim, locator or source of the other tables; mend the IRI")
    return tuple(_node(iri, parts[iri], places) for iri in sorted(parts))


def _claims(given: Mapping[str, Given], sources: set[URIRef]) -> dict[URIRef, _Parts]:
    parts: dict[URIRef, _Parts] = {}
    for at in _rows(given, "claims"):
        claim, source = at.needed("claim"), at.needed("source")
        if claim in parts:
            raise at.wrong("claim", f"<{claim}> has a row above; keep one of the two")
        if source not in sources:
            raise at.wrong("source", f"<{source}> is not in the table sources; add it there")
        parts[claim] = _Parts(source, defaultdict(set))
        _state(at, parts[claim].properties)
    return parts


def _link(given: Mapping[str, Given], parts: Mapping[URIRef, _Parts]) -> None:
    propositions: dict[URIRef, Proposition] = {}
    for at in _rows(given, "propositions"):
        iri, last = at.needed("proposition"), at.term()
        if iri in propositions:
            raise at.wrong("proposition", f"<{iri}> has a row above; keep one of the two")
        if isinstance(last, BNode):
            raise at.wrong("object", f"{at.text('object')} is no IRI; write a whole one")
        propositions[iri] = Proposition(iri, at.needed("subject"), at.needed("predicate"), last)
    for at in _rows(given, "claim_propositions"):
        iri = at.needed("proposition")
        if iri not in propositions:
            raise at.wrong("proposition", f"<{iri}> is not in the table propositions; add it there")
        _known(at, "claim", parts).propositions[iri] = propositions[iri]


def _rows(given: Mapping[str, Given], table: str) -> Iterator[_At]:
    for row, cells in given[table].rows:
        yield _At(table, given[table].place, row, cells)


def _known(at: _At, column: str, parts: Mapping[URIRef, _Parts]) -> _Parts:
    found = parts.get(at.needed(column))
    if found is None:
        raise at.wrong(column, f"<{at.text(column)}> is not in the table claims; add it there")
    return found


def _state(at: _At, properties: Values) -> None:
    for column in STATING[at.table]:
        terms = at.stated(column)
        if terms and column.property is not None:
            properties[column.property].update(terms)


STATING: Mapping[str, Sequence[Column]] = {
    name: [column for column in TABLES[name].columns[2:] if column.stated] for name in ("claims", "locators")
}


def _node(iri: URIRef, parts: _Parts, places: Mapping[URIRef, Values]) -> ClaimNode:
    return ClaimNode(
        iri,
        parts.source,
        _sorted(parts.properties),
        tuple(parts.propositions[one] for one in sorted(parts.propositions)),
        tuple(LocatorNode(place, _sorted(places[place])) for place in sorted(parts.locators)),
    )


def _sorted(properties: Values) -> dict[URIRef, tuple[Term, ...]]:
    return {p: tuple(sorted(properties[p], key=nt)) for p in sorted(properties)}


def _is_iri(text: str) -> bool:
    """Whether N-Quads with it could be read again."""
    try:
        ox.NamedNode(text)
    except ValueError:
        return False
    return True


def _is_language(text: str) -> bool:
    try:
        ox.Literal("", language=text)
    except ValueError:
        return False
    return True


def _short(cell: object) -> str:
    text = repr(cell)
    return text if len(text) <= 80 else f"{text[:77]}…"
