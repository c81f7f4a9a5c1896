"""Tables for spreadsheet programs: names in place of IRIs, and no cell that such a program would run or rewrite.

One cannot have both: what opens well in a spreadsheet is not exact. The exact tables are those of `csvw`.
"""

import re
from collections.abc import Iterable, Mapping

from kgtools.export.contents import Contents
from kgtools.export.csvfiles import csv_bytes
from kgtools.export.filled import FACT, INFERRED, NO_FACT, filled, where
from kgtools.export.tables import Cell, Row, Tables, described, named, text_of
from kgtools.names import shorten

LOSES = (
    "datatypes and languages of values, characters of passages, second values, what no column is for; "
    "cells are changed so that no spreadsheet program runs or rewrites them; take csvw for the exact tables"
)
LONGEST = 32_000  # characters in a cell; Excel stops at 32,767

_README = """{title}: tables for spreadsheet programs

Snapshot {snapshot}, view {view}. Licence: {license}

claims.csv   a row for each claim and each thing that it says: who says it, with which stance, in which source
facts.csv    what the view takes as fact ("fact"), and what follows from that ("inferred"), with the claims under it
sources.csv  the documents
things.csv   every name in English, French and Arabic

A claim is no fact. Read the columns stance and status: a row with the stance denies says that somebody denies it.

The files are UTF-8 with a byte order mark, so that Excel shows Arabic and accents; cells are set apart by commas. Where
a double click puts all into one column, or where numbers are written with a decimal comma, import the file as English
(Excel: Data, From Text/CSV; LibreOffice asks by itself).

What was changed, so that no program runs a cell or rewrites it:
- A cell that a program could take for a formula (it begins with = + - @ or a look-alike) begins with an apostrophe.
- So does one that it would take for a date or a number and rewrite: dates and months such as 2023-07, numbers with
  zeros in front or behind, with an exponent, or of more than 11 digits, words such as TRUE. Take the apostrophe away to
  have the value.
- Coordinates have no zeros behind.
- Line breaks, tabs, characters that cannot be seen and marks that turn the direction of text are spaces, several in a
  row are one.
- A text of more than {longest} characters is cut there, and ends with …

Lost: {lost}
"""

_FORMULA = re.compile(r"[\s'\"\u200c\u200d]*[=+\-@\uFF1D\uFF0B\uFF0D\uFF20\u2212]")
_INNER = re.compile(r"([;|]\s*\"?)(?=[=+\-@])")  # where the list separator of the country is ; such a part is a cell
_PLAIN_NUMBER = re.compile(r"-?(0|[1-9]\d{0,10})(\.\d{0,8}[1-9])?", re.ASCII)
_DIGITS = 15  # that a spreadsheet program keeps of a number
_JOINERS = "\u200c\u200d"  # which Arabic script needs within words
_NUMBER_OR_DATE = re.compile(
    r"\(?[$€£]?\s*[\d.,]*\d[\d.,\s]*(e[+-]?\d+)?\s*[%$€£]?\)?"  # 01, 1.50, 1e5, 1,000, 50 %, (5)
    r"|\d{1,4}\s*[-/.:]\s*\d{1,2}(\s*[-/.:]\s*\d{1,4})?(t?\s*\d{1,2}:.*|z|[+-]\d\d:\d\d)?"  # 2023-07, 3/4, 10:30
    r"|\d{0,4}[-/. ]*(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?[-/., ]*\d{0,4}[-/., ]*\d{0,4}"
    r"|true|false|vrai|faux",
    re.ASCII | re.IGNORECASE,
)

_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "claims": (
        "claim",
        "holder",
        "stance",
        "subject",
        "predicate",
        "object",
        "status",
        "hedge",
        "confidence",
        "valid from",
        "valid to",
        "stands",
        "paraphrase",
        "source",
        "source title",
        "issued",
        "where in the source",
    ),
    "facts": ("status", "subject", "predicate", "object", "claims"),
    "sources": ("source", "title", "creator", "publisher", "issued", "language", "kind", "perspectives", "identifier"),
    "things": ("name", "English", "French", "Arabic", "classes", "latitude", "longitude", "located in"),
}


def spreadsheet(contents: Contents) -> dict[str, bytes]:
    """The files of the folder by name."""
    tables = filled(contents)
    rows = {
        "claims": _claims(tables),
        "facts": _facts(tables),
        "sources": _sources(tables),
        "things": _things(tables),
    }
    readme = _README.format(**described(contents, LOSES), longest=f"{LONGEST:,}")
    sheets = {f"{name}.csv": _sheet(_COLUMNS[name], rows[name]) for name in _COLUMNS}
    return {"README.txt": readme.encode("utf-8-sig"), **sheets}


def safe(cell: Cell) -> str:
    """The cell as text that no spreadsheet program runs or rewrites."""
    text = text_of(cell, ", ")
    if not text.isprintable():  # breaks, controls, wide spaces that programs skip, marks that turn the direction
        text = "".join(one if one.isprintable() or one in _JOINERS else " " for one in text)
    text = _INNER.sub(r"\1'", " ".join(text.split()))
    if not _is_number(text) and (_FORMULA.match(text) or _NUMBER_OR_DATE.fullmatch(text)):
        text = f"'{text}"
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


def _is_number(text: str) -> bool:
    """Whether it is a number that programs keep as it is: no zero to lose, no digit too many."""
    return bool(_PLAIN_NUMBER.fullmatch(text)) and sum(map(str.isdigit, text)) <= _DIGITS


def _sheet(header: Iterable[str], rows: Iterable[Row]) -> bytes:
    return b"\xef\xbb\xbf" + csv_bytes(header, (tuple(map(safe, row)) for row in rows))


class _Names:
    """English labels of things, and cells of a table by the names of its columns."""

    def __init__(self, tables: Tables) -> None:
        self._labels = {row[0]: str(row[2] or row[1]) for row in tables["things"]}

    def __call__(self, cell: Cell) -> str:
        if isinstance(cell, tuple):
            return ", ".join(map(self, cell))
        return self._labels.get(cell) or shorten(str(cell)) if cell else ""


def _claims(tables: Tables) -> list[Row]:
    name = _Names(tables)
    claims = {row["claim"]: row for row in named("claims", tables["claims"])}
    propositions = {row["proposition"]: row for row in named("propositions", tables["propositions"])}
    sources = {row["source"]: row for row in named("sources", tables["sources"])}
    places: dict[Cell, list[str]] = {}
    for place in named("locators", tables["locators"]):
        places.setdefault(place["claim"], []).append(where(place))
    counted = {(proposition, claim) for proposition, claim in tables["fact_claims"]}
    statuses = {row[0]: row[1] for row in tables["facts"]}
    found: list[Row] = []
    for claim, proposition in tables["claim_propositions"]:
        one, said = claims[claim], propositions[proposition]
        source = sources[one["source"]]
        status = statuses.get(proposition) if (proposition, claim) in counted else NO_FACT
        found.append(
            (
                shorten(str(claim)),
                name(one["holder"]),
                name(one["stance"]),
                name(said["subject"]),
                name(said["predicate"]),
                name(said["object"]) or said["value"],
                status,
                name(one["hedge"]),
                name(one["confidence"]),
                one["valid_from"],
                one["valid_to"],
                "yes" if one["stands"] else "no",
                one["paraphrase"],
                shorten(str(one["source"])),
                source["title"],
                source["issued"],
                "; ".join(places.get(claim, [])),
            )
        )
    return found


def _facts(tables: Tables) -> list[Row]:
    name = _Names(tables)
    under: dict[Cell, list[str]] = {}
    for proposition, claim in tables["fact_claims"]:
        under.setdefault(proposition, []).append(shorten(str(claim)))
    order = {FACT: 0, INFERRED: 1}
    rows = sorted(named("facts", tables["facts"]), key=lambda row: (order[str(row["status"])], str(row["proposition"])))
    return [
        (
            row["status"],
            name(row["subject"]),
            name(row["predicate"]),
            name(row["object"]) or row["value"],
            ", ".join(under.get(row["proposition"], [])),
        )
        for row in rows
    ]


def _sources(tables: Tables) -> list[Row]:
    name = _Names(tables)
    plain = ("title", "creator", "publisher", "issued", "document_language")
    return [
        (
            shorten(str(row["source"])),
            *(row[column] for column in plain),
            name(row["kind"]),
            name(row["perspectives"]),
            row["identifier"],
        )
        for row in named("sources", tables["sources"])
    ]


def _things(tables: Tables) -> list[Row]:
    name = _Names(tables)
    plain = ("name", "label_en", "label_fr", "label_ar")
    return [
        (
            *(row[column] for column in plain),
            name(row["classes"]),
            _short_number(row["latitude"]),
            _short_number(row["longitude"]),
            name(row["located_in"]),
        )
        for row in named("things", tables["things"])
    ]


def _short_number(cell: Cell) -> str:
    text = text_of(cell)
    return text.rstrip("0").rstrip(".") if "." in text else text
