"""Tables as CSV on the Web: a folder of CSV files, and metadata that say what each column is."""

import json
from collections.abc import Mapping
from pathlib import Path

from kgtools.errors import UsageError
from kgtools.export.claimed import NEEDED, Given, claims_from
from kgtools.export.contents import ClaimNode, Contents
from kgtools.export.csvfiles import cell_of, csv_bytes, csv_rows, missing_columns
from kgtools.export.filled import filled
from kgtools.export.tables import LICENSE, TABLES, Column, Form, Table, described
from kgtools.names import KG

METADATA = "csv-metadata.json"
_DATATYPES: Mapping[Form, object] = {
    "iri": "anyURI",
    "iris": "anyURI",
    "language": {"base": "string", "format": "[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*"},
    "datatype": "anyURI",
    "whole": "nonNegativeInteger",
    "number": "decimal",
    "flag": "boolean",
}


def csvw(contents: Contents) -> dict[str, bytes]:
    """The files of the folder by name."""
    tables = filled(contents)
    files = {f"{name}.csv": csv_bytes(_header(table), tables[name]) for name, table in TABLES.items()}
    metadata = json.dumps(_metadata(contents), ensure_ascii=False, indent=1) + "\n"
    return {METADATA: metadata.encode(), **files}


def from_csvw(place: Path) -> tuple[ClaimNode, ...]:
    """The claim set of such a folder; the metadata are for others, and not needed."""
    if not place.is_dir():
        raise UsageError(f"{place} is no folder; name the folder that holds claims.csv")
    return claims_from({name: _given(place / f"{name}.csv", TABLES[name]) for name in NEEDED})


def _given(path: Path, table: Table) -> Given:
    (_, header), *rows = csv_rows(path)
    missing_columns(path, table, header)
    at = [(header.index(column.name), column) for column in table.columns]
    return Given(
        path,
        [(f"row {number}", {column.name: cell_of(column, row[index]) for index, column in at}) for number, row in rows],
    )


def _header(table: Table) -> list[str]:
    return [column.name for column in table.columns]


def _metadata(contents: Contents) -> dict[str, object]:
    told = described(contents)
    return {
        "@context": ["http://www.w3.org/ns/csvw", {"@language": "en"}],
        "dc:title": told["title"],
        "dc:source": {"@id": told["source"]},
        "dc:license": {"@id": LICENSE},
        "dc:identifier": told["snapshot"],
        "dc:description": f"View {told['view']}: {told['facts']}. Lost: {told['lost']}.",
        "tables": [_table(table) for table in TABLES.values()],
    }


def _table(table: Table) -> dict[str, object]:
    schema: dict[str, object] = {"columns": [_column(column, table) for column in table.columns]}
    if table.key:
        schema["primaryKey"] = list(table.key)
    # Validators differ on an empty cell in a foreign key, so only columns that are never empty are declared as one.
    keys = [column for column in table.columns if column.to and column.form == "iri" and column.required]
    if keys:
        schema["foreignKeys"] = [
            {
                "columnReference": column.name,
                "reference": {"resource": f"{column.to}.csv", "columnReference": TABLES[column.to].key[0]},
            }
            for column in keys
        ]
    about = "subject" if table.name == "facts" else table.columns[0].name
    return {
        "url": f"{table.name}.csv",
        "dc:description": table.what,
        "aboutUrl": f"{{+{about}}}",
        "tableSchema": schema,
    }


def _column(column: Column, table: Table) -> dict[str, object]:
    found: dict[str, object] = {
        "name": column.name,
        "titles": column.name,
        "dc:description": column.what,
        "datatype": _DATATYPES.get(column.form, "string"),
    }
    if column.required:
        found["required"] = True
    if column.form == "iris":
        found["separator"] = " "
    property_ = _property(column, table)
    if property_:
        found["propertyUrl"] = property_
        if column.form in ("iri", "iris"):
            found["valueUrl"] = f"{{+{column.name}}}"
    else:
        found["suppressOutput"] = True
    return found


def _property(column: Column, table: Table) -> str:
    """The property that a cell is a value of, when the table is read as RDF; empty where it is of none."""
    whole: dict[str, dict[str, object]] = {
        "propositions": {
            "subject": KG.subject,
            "predicate": KG.predicate,
            "object": KG.object,
            "value": KG.value,
        },
        "facts": {"object": "{+predicate}", "value": "{+predicate}"},
        "details": {"object": "{+property}", "value": "{+property}"},
    }
    return str(column.property or whole.get(table.name, {}).get(column.name, ""))
