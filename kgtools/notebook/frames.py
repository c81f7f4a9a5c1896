"""Answers as data frames with typed columns, and IRIs and texts in them that know what they stand for."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from rdflib import XSD, Literal, URIRef

from kgtools.evidence import best_label
from kgtools.model import Answer, Term
from kgtools.names import shorten

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl

Labels = Mapping[URIRef, Mapping[str, str]]


class Name(str):
    """An IRI in a frame: it prints, sorts and compares as its prefixed name, and knows its IRI and its label."""

    iri: URIRef
    label: str


class Said(str):
    """A text in a frame that knows its language, empty where the graph gives none."""

    language: str


def frame(answer: Answer, labels: Labels) -> "pd.DataFrame":
    """The rows as a pandas DataFrame: integers Int64, booleans boolean, decimals Decimal, days dates, else text.

    IRIs become Names and other texts Said; whole IRIs by prefixed name are in `attrs["iris"]`, the query in
    `attrs["query"]`.
    """
    import pandas as pd

    columns = {}
    for name, terms in _columns(answer):
        columns[name] = pd.Series([_value(term, labels) for term in terms], dtype=_dtype(terms))
    table = pd.DataFrame(columns, columns=list(answer.columns))
    table.attrs["iris"] = {shorten(t): str(t) for row in answer.rows for t in row if isinstance(t, URIRef)}
    table.attrs["query"], table.attrs["snapshot"] = answer.query, answer.snapshot
    return table


def polars_frame(answer: Answer) -> "pl.DataFrame":
    """The rows as a polars DataFrame: Int64, Boolean, Float64, Decimal and Date where all of a column is, else String.

    IRIs are prefixed names. Whatever reads Arrow's C stream reads the frame, such as `pyarrow.table(frame)`.
    """
    import polars as pl

    columns = []
    for name, terms in _columns(answer):
        values = [_value(term, {}) for term in terms]
        kind = _KINDS.get(_dtype(terms)) or _kind(values)
        plain = values if kind else [None if value is None else str(value) for value in values]
        columns.append(pl.Series(name, plain, dtype=getattr(pl, kind or "String")))
    return pl.DataFrame(columns)


def label_of(iri: URIRef, labels: Labels) -> str:
    """The name that people read for a thing."""
    return best_label(labels.get(iri, {}), iri)


_KINDS = {"Int64": "Int64", "boolean": "Boolean", "Float64": "Float64"}
_INTEGERS = (XSD.integer, XSD.nonNegativeInteger, XSD.positiveInteger, XSD.int, XSD.long)
_LARGEST = 2**63


def _columns(answer: Answer) -> list[tuple[str, list[Term | None]]]:
    return [(name, [row[place] for row in answer.rows]) for place, name in enumerate(answer.columns)]


def _value(term: Term | None, labels: Labels) -> object:
    if term is None:
        return None
    if not isinstance(term, Literal):
        return _name(term, labels) if isinstance(term, URIRef) else f"_:{term}"
    if term.datatype in _INTEGERS:
        return int(term)
    if term.datatype == XSD.decimal:
        return Decimal(str(term))
    if term.datatype in (XSD.boolean, XSD.date, XSD.dateTime, XSD.double, XSD.float):
        return term.toPython()
    said = Said(str(term))
    said.language = term.language or ""
    return said


def _name(iri: URIRef, labels: Labels) -> Name:
    name = Name(shorten(iri))
    name.iri, name.label = iri, label_of(iri, labels)
    return name


def _dtype(terms: Sequence[Term | None]) -> str:
    kinds = {term.datatype if isinstance(term, Literal) else None for term in terms if term is not None}
    if kinds and kinds <= set(_INTEGERS):
        return "Int64" if all(-_LARGEST <= int(term) < _LARGEST for term in terms if term is not None) else "object"
    return "boolean" if kinds == {XSD.boolean} else "Float64" if kinds in ({XSD.double}, {XSD.float}) else "object"


def _kind(values: Sequence[object]) -> str | None:
    """The polars type of the values where they are all dates or all decimals."""
    kinds = {type(value) for value in values if value is not None}
    return "Date" if kinds == {date} else "Decimal" if kinds == {Decimal} else None
