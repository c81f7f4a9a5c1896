"""The tables that hold the claims: which there are, what each column holds, and how its cells are written as text.

Nothing of a claim is lost in them. A column holds terms of one form alone; what is stated of a claim and fits no
column (a second value, a property without a column) is a row of `details`, as any triple can be.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal as OneOf

from rdflib import RDF, URIRef
from rdflib.namespace import DCTERMS, SKOS

from kgtools.export.contents import Contents
from kgtools.names import KG, OA, PROV

Form = OneOf["iri", "iris", "text", "worded", "language", "dated", "datatype", "value", "whole", "number", "flag"]
Cell = str | int | bool | tuple[str, ...] | None
Row = tuple[Cell, ...]
Tables = Mapping[str, list[Row]]

LICENSE = "https://creativecommons.org/licenses/by/4.0/"
HOME = "https://w3id.org/sahel-kg/"
LOSES = (
    "of things all but labels, classes, places and links to other data; how inferences follow; scenarios; "
    "the ontology; claims, propositions, locators and sources are whole; take an RDF export for the rest"
)


@dataclass(frozen=True, slots=True)
class Column:
    """A column; `language` and `datatype` belong to the column before them.

    With a property, its cells are values of that property of what the row is about.
    """

    name: str
    form: Form
    what: str
    property: URIRef | None = None
    to: str = ""  # the table whose key it names
    stated: bool = False  # whether it says what a source's file states, not what the build has worked out
    required: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A table; its key is the column or columns that no two rows have alike."""

    name: str
    what: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]

    def column(self, name: str) -> Column:
        """The column of that name."""
        return next(column for column in self.columns if column.name == name)


def _iri(name: str, what: str, property_: URIRef | None = None, to: str = "", *, required: bool = True) -> Column:
    return Column(name, "iri", what, property_, to, stated=property_ is not None, required=required)


def _iris(name: str, what: str, property_: URIRef, to: str = "", *, stated: bool = True) -> Column:
    return Column(name, "iris", what, property_, to, stated=stated)


def _literal(name: str, form: Form, what: str, property_: URIRef) -> tuple[Column, ...]:
    first = Column(name, form, what, property_, stated=True)
    second: dict[Form, Form] = {"worded": "language", "dated": "datatype"}
    other = second.get(form)
    return (first, Column(f"{name}_{other}", other, f"{other} of {name}")) if other else (first,)


_TERM = (
    _iri("object", "the thing that is the object; empty where that is a literal", to="things", required=False),
    Column("value", "value", "the literal that is the object, exactly as written; read it only where object is empty"),
    Column("datatype", "datatype", "datatype of value; empty for text"),
    Column("language", "language", "language of value"),
)
_TRIPLE = (_iri("subject", "its subject", to="things"), _iri("predicate", "its property", to="things"), *_TERM)

TABLES: Mapping[str, Table] = {
    table.name: table
    for table in (
        Table(
            "claims",
            "Who says it, with which stance, in which source: a claim is no fact, and a denial is a claim too.",
            (
                _iri("claim", "the claim"),
                _iri("source", "the document that it is made in", KG.statedIn, "sources"),
                _iri("holder", "who holds it", KG.holder, "things", required=False),
                _iri("stance", "whether the holder asserts, denies, reports, …", KG.stance, "things", required=False),
                _iri("hedge", "how far the wording commits", KG.hedge, "things", required=False),
                *_literal("hedge_wording", "worded", "the hedge as worded", KG.hedgeWording),
                _iri("confidence", "the editors' confidence", KG.confidence, "things", required=False),
                *_literal("confidence_reason", "worded", "why that confidence", KG.confidenceReason),
                *_literal("paraphrase", "worded", "what it says, in the editors' words", KG.paraphrase),
                *_literal("valid_from", "dated", "from when it is said to hold", KG.validFrom),
                *_literal("valid_to", "dated", "until when it is said to hold", KG.validTo),
                _iris("relays", "claims that it passes on", KG.relays, "claims"),
                _iris("retracts", "claims that it takes back", KG.retracts, "claims"),
                _iris("supersedes", "claims that it replaces", KG.supersedes, "claims"),
                _iris("scenarios", "futures that it belongs to", KG.inScenario, "things"),
                Column("stands", "flag", "false if it was taken back, replaced or withdrawn", required=True),
                _iris("withdrawn_by", "claims by which it no longer stands", KG.isWithdrawnBy, "claims", stated=False),
                _iris("roots", "independent origins of it: documents, or who issued them", KG.hasRoot, stated=False),
                _iris("disputes", "claims that it contradicts", KG.disputes, "claims", stated=False),
                _iris(
                    "counts_against",
                    "propositions that it speaks against",
                    KG.countsAgainst,
                    "propositions",
                    stated=False,
                ),
            ),
            ("claim",),
        ),
        Table(
            "claim_propositions",
            "Which claim is about which propositions; what the claim does with them is its stance.",
            (
                _iri("claim", "the claim", to="claims"),
                _iri("proposition", "a proposition that it is about", KG.onProposition, "propositions"),
            ),
            ("claim", "proposition"),
        ),
        Table(
            "propositions",
            "What claims are about: no proposition is a fact by standing here.",
            (_iri("proposition", "the proposition"), *_TRIPLE),
            ("proposition",),
        ),
        Table(
            "locators",
            "Where in its source a claim is made.",
            (
                _iri("claim", "the claim", to="claims"),
                _iri("locator", "the place", KG.locator),
                *_literal("section", "text", "section, paragraph or page", KG.section),
                *_literal("start", "whole", "first character, counted from 0", OA.start),
                *_literal("end", "whole", "character after the last", OA.end),
                *_literal("span_digest", "text", "SHA-256 of the passage", KG.spanDigest),
            ),
            ("claim", "locator"),
        ),
        Table(
            "sources",
            "The documents in which claims are made.",
            (
                _iri("source", "the document"),
                *_literal("title", "worded", "its title", DCTERMS.title),
                *_literal("creator", "text", "who wrote it", DCTERMS.creator),
                *_literal("publisher", "text", "who published it", DCTERMS.publisher),
                *_literal("issued", "dated", "when, as precisely as it says", DCTERMS.issued),
                *_literal("document_language", "text", "its language", DCTERMS.language),
                *_literal("identifier", "text", "address or number", DCTERMS.identifier),
                _iri("kind", "kind of document", KG.sourceKind, "things", required=False),
                _iris("perspectives", "the sides that it speaks from", KG.perspective, "things"),
                _iris("issued_by", "the actors that issued it", KG.issuedBy, "things"),
                _iris("derived_from", "documents that it passes on", PROV.wasDerivedFrom, "sources"),
            ),
            ("source",),
        ),
        Table(
            "details",
            "What is stated of a claim, locator or source and has no column: each row a triple.",
            (_iri("about", "the claim, locator or source"), _iri("property", "what is stated", to="things"), *_TERM),
            (),
        ),
        Table(
            "things",
            "Everything that the other tables name: actors, places, routes, events, concepts, classes, properties.",
            (
                _iri("thing", "the thing"),
                Column("name", "text", "its prefixed name", required=True),
                *(
                    Column(f"label_{language}", "text", f"its name in {word}")
                    for language, word in (("en", "English"), ("fr", "French"), ("ar", "Arabic"))
                ),
                _iris("classes", "what it is, by the reference data and the ontology", RDF.type, "things"),
                Column("latitude", "number", "of a point in it, in degrees", KG.latitude),
                Column("longitude", "number", "of a point in it, in degrees", KG.longitude),
                _iris("located_in", "the places around it", KG.locatedIn, "things"),
                _iris("same_as", "the same thing in other data, such as Wikidata", SKOS.exactMatch),
            ),
            ("thing",),
        ),
        Table(
            "facts",
            "What the view takes as fact, and what follows from that; nothing else is to be read as a relation.",
            (
                _iri("proposition", "the proposition"),
                Column("status", "text", "fact (a claim that the view counts) or inferred", required=True),
                *_TRIPLE,
            ),
            ("proposition",),
        ),
        Table(
            "fact_claims",
            "The claims that each fact of the view, and each inference, rests on.",
            (_iri("proposition", "the fact", to="facts"), _iri("claim", "a claim under it", to="claims")),
            ("proposition", "claim"),
        ),
    )
}


def described(contents: Contents, loses: str = LOSES) -> dict[str, str]:
    """What the metadata of an export say: of what it is, under which view, its licence, what is lost."""
    return {
        "title": "Sahel Knowledge Graph",
        "source": HOME,
        "snapshot": contents.snapshot,
        "view": contents.view,
        "license": LICENSE,
        "lost": loses,
        "facts": f"a fact is what the view {contents.view!r} takes from claims; every other proposition is only said",
    }


def text_of(cell: Cell, separator: str = " ") -> str:
    """The cell as text: empty where there is none, lists joined by what no IRI can hold."""
    if cell is None:
        return ""
    if isinstance(cell, tuple):
        return separator.join(cell)
    return str(cell).lower() if isinstance(cell, bool) else str(cell)


def named(table: str, rows: Iterable[Row]) -> list[dict[str, Cell]]:
    """The rows of a table with each cell by the name of its column."""
    names = [column.name for column in TABLES[table].columns]
    return [dict(zip(names, row, strict=True)) for row in rows]
