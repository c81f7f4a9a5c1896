"""Tables for `neo4j-admin database import full`: nodes and relationships in CSV, with headers in Neo4j's grammar.

Claims, propositions, locators, sources and entities are nodes. Only what the view takes as fact, or what follows from
that, is a relationship from entity to entity; it has a status, and the claims that it rests on.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from kgtools.errors import SourceError, UsageError
from kgtools.export.claimed import Given, Named, claims_from
from kgtools.export.contents import ClaimNode, Contents
from kgtools.export.csvfiles import cell_of, csv_bytes, csv_rows
from kgtools.export.filled import NO_FACT, filled
from kgtools.export.statements import STATEMENTS, detail, statement, statements
from kgtools.export.tables import LOSES as TABLES_LOSE
from kgtools.export.tables import TABLES, Cell, Column, Form, described, named
from kgtools.names import PREFIXES, shorten

LOSES = TABLES_LOSE
SEPARATOR = "|"  # which no IRI can hold

_TYPES: Mapping[Form, str] = {"iris": ":string[]", "whole": ":long", "number": ":double", "flag": ":boolean"}

_README = """# {title}, for Neo4j

Snapshot {snapshot}, view {view}. Licence: {license}

A claim is a node, and no fact. Only what the view takes as fact is a relationship between two entities: its `status`
is `fact`, or `inferred` where it follows from facts, and `claims` names the claims that it rests on. What somebody
denies, or what the view does not count, is a Proposition, reached through the claims about it:

    (:Claim {{stance}})-[:ON_PROPOSITION]->(:Proposition {{status}})-[:SUBJECT | OBJECT]->(:Entity)
    (:Claim)-[:HELD_BY]->(:Entity), (:Claim)-[:STATED_IN]->(:Source), (:Claim)-[:AT]->(:Locator)

Into a new database called sahel, in this folder, with Neo4j 5 stopped or the database not yet made:

    neo4j-admin database import full sahel \\
      --multiline-fields=true --array-delimiter="|" \\
{arguments}

    CREATE DATABASE sahel;

Neo4j's community edition has one database: write `neo4j` for `sahel`, add `--overwrite-destination`, and leave the
second line out. Then the constraints, which make look-ups by IRI quick:

    cypher-shell -d sahel -f constraints.cypher

Who says what about an actor:

    MATCH (e:Entity {{name: "actor:jnim"}})<-[:SUBJECT]-(p:Proposition)<-[:ON_PROPOSITION]-(c:Claim)-[:HELD_BY]->(h)
    RETURN h.label_en, c.stance, p.predicate, p.object, p.value, p.status;

Facts alone, without what is inferred:

    MATCH (a:Entity)-[f {{status: "fact"}}]->(b:Entity) RETURN a.label_en, type(f), b.label_en, f.claims;

Lost: {lost}
"""


@dataclass(frozen=True, slots=True)
class _File:
    """A file of nodes or of relationships: its header, and the rows under it."""

    header: tuple[str, ...]
    rows: Callable[[], Iterable[tuple[Cell, ...]]]


def neo4j(contents: Contents) -> dict[str, bytes]:
    """The files of the folder by name."""
    files = _Files(contents)
    nodes = {f"nodes-{name}.csv": file for name, file in files.nodes().items()}
    edges = {f"relationships-{name}.csv": file for name, file in files.relationships().items()}
    arguments = [f"  --nodes={name}" for name in nodes] + [f"  --relationships={name}" for name in edges]
    readme = _README.format(
        **described(contents, LOSES), arguments=" \\\n".join(f"    {argument}" for argument in arguments)
    )
    written = {name: csv_bytes(file.header, file.rows(), SEPARATOR) for name, file in (nodes | edges).items()}
    return {"README.md": readme.encode(), "constraints.cypher": _constraints().encode(), **written}


def from_neo4j(place: Path) -> tuple[ClaimNode, ...]:
    """The claim set of such a folder."""
    if not place.is_dir():
        raise UsageError(f"{place} is no folder; name the folder that holds nodes-claims.csv")
    rows = {
        name: _read(place / f"nodes-{name}.csv", (*(column.name for column in _kept(name)), *_also(name)))
        for name in ("claims", "propositions", "locators", "sources")
    }
    links = {
        "claim_propositions": _links(place / "relationships-propositions.csv", "Claim", "Proposition"),
        "locators": _links(place / "relationships-locators.csv", "Claim", "Locator"),
    }
    given = {
        name: _given(place / f"nodes-{name}.csv", name, rows[name]) for name in ("claims", "propositions", "sources")
    }
    about = {str(row["locator"]): (at, row) for at, row in rows["locators"]}
    given["claim_propositions"] = Given(
        place / "relationships-propositions.csv",
        [(at, {"claim": start, "proposition": stop}) for at, start, stop in links["claim_propositions"]],
    )
    path = place / "relationships-locators.csv"
    given["locators"] = Given(path, [_located(path, at, start, stop, about) for at, start, stop in links["locators"]])
    given["details"] = Given(
        place / "nodes-claims.csv",
        [
            (at, detail(*triple))
            for name in ("claims", "locators")
            for at, row in rows[name]
            for triple in statements(place / f"nodes-{name}.csv", at, str(row[STATEMENTS]))
        ],
    )
    return claims_from(given)


def relationship_type(predicate: str) -> str:
    """The type of the relationships that a property gives, spelt as Neo4j's users expect: HAS_PRESENCE_IN."""
    prefix, _, local = shorten(predicate).rpartition(":")
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", re.sub(r"\W+", "_", local.rpartition("/")[2])).upper() or "RELATED"
    # A property of another vocabulary, or one called as our own relationships are, must not be taken for those.
    if prefix == "kg" and words not in _OWN:
        return words
    return re.sub(r"\W+", "_", f"{prefix}_{words}").upper()


_OWN = frozenset(
    (
        *("ON_PROPOSITION", "STATED_IN", "HELD_BY", "AT", "SUBJECT", "OBJECT"),
        *("RELAYS", "RETRACTS", "SUPERSEDES", "DISPUTES", "COUNTS_AGAINST"),
    )
)


class _Files:
    """The files, each made of the tables."""

    def __init__(self, contents: Contents) -> None:
        tables = filled(contents)
        self.rows = {name: named(name, rows) for name, rows in tables.items()}
        self.statements: dict[Cell, list[str]] = defaultdict(list)
        for row in self.rows["details"]:
            self.statements[row["about"]].append(statement(row))
        self.under: dict[Cell, list[str]] = defaultdict(list)
        for row in self.rows["fact_claims"]:
            self.under[row["proposition"]].append(str(row["claim"]))
        self.against: dict[Cell, list[str]] = defaultdict(list)
        for row in self.rows["claims"]:
            for proposition in _list(row["counts_against"]):
                self.against[proposition].append(str(row["claim"]))

    def nodes(self) -> dict[str, _File]:
        """The files of nodes by what they hold."""
        statuses = {row["proposition"]: row["status"] for row in self.rows["facts"]}

        def also(name: str, row: Named) -> tuple[Cell, ...]:
            if name == "propositions":
                return (statuses.get(row["proposition"], NO_FACT),)
            return ("\n".join(self.statements[row[_key(name)]]),) if name != "things" else ()

        def rows(name: str) -> Iterator[tuple[Cell, ...]]:
            seen = set()
            for row in self.rows[name]:
                if row[_key(name)] not in seen:  # two claims may share a locator
                    seen.add(row[_key(name)])
                    yield (*(row[column.name] for column in _kept(name)), *also(name, row), _labels(name, row))

        return {
            name: _File(
                (*(_header(column, name) for column in _kept(name)), *_also(name), ":LABEL"),
                lambda name=name: rows(name),  # type: ignore[misc]
            )
            for name in _NODES
        }

    def relationships(self) -> dict[str, _File]:
        """The files of relationships by what they hold."""
        claims = self.rows["claims"]
        return {
            "propositions": _File(
                (*_ends("Claim", "Proposition"), "counts:boolean", ":TYPE"),
                lambda: (
                    (row["claim"], row["proposition"], row["claim"] in self.under[row["proposition"]], "ON_PROPOSITION")
                    for row in self.rows["claim_propositions"]
                ),
            ),
            "sources": _plain("Claim", "Source", ((row["claim"], row["source"], "STATED_IN") for row in claims)),
            "holders": _plain(
                "Claim", "Entity", ((row["claim"], row["holder"], "HELD_BY") for row in claims if row["holder"])
            ),
            "locators": _plain(
                "Claim", "Locator", ((row["claim"], row["locator"], "AT") for row in self.rows["locators"])
            ),
            "claims": _plain("Claim", "Claim", self._between_claims()),
            "against": _plain(
                "Claim",
                "Proposition",
                (
                    (claim, one, "COUNTS_AGAINST")
                    for one in sorted(map(str, self.against))
                    for claim in self.against[one]
                ),
            ),
            "ends": _plain(
                "Proposition",
                "Entity",
                (
                    (row["proposition"], row[end], end.upper())
                    for row in self.rows["propositions"]
                    for end in ("subject", "object")
                    if row[end]
                ),
            ),
            "facts": self._facts(),
        }

    def _between_claims(self) -> Iterator[tuple[Cell, ...]]:
        known = {row["claim"] for row in self.rows["claims"]}
        for row in self.rows["claims"]:
            for name in ("relays", "retracts", "supersedes", "disputes"):
                yield from ((row["claim"], other, name.upper()) for other in _list(row[name]) if other in known)

    def _facts(self) -> _File:
        header = ("status", "predicate", "proposition", "claims:string[]", "denials:string[]")
        return _File(
            (*_ends("Entity", "Entity"), *header, ":TYPE"),
            lambda: (
                (
                    *(row[name] for name in ("subject", "object", "status", "predicate", "proposition")),
                    tuple(self.under[row["proposition"]]),
                    tuple(self.against[row["proposition"]]),
                    relationship_type(str(row["predicate"])),
                )
                for row in self.rows["facts"]
                if row["object"]
            ),
        )


_NODES = {
    "things": "Entity",
    "claims": "Claim",
    "propositions": "Proposition",
    "locators": "Locator",
    "sources": "Source",
}


def _key(name: str) -> str:
    return TABLES[name].key[-1]


def _kept(name: str) -> list[Column]:
    """The columns of a table that are properties of its nodes, the key first."""
    columns = [column for column in TABLES[name].columns if not (name == "locators" and column.name == "claim")]
    return sorted(columns, key=lambda column: column.name != _key(name))


def _also(name: str) -> tuple[str, ...]:
    return {"things": (), "propositions": ("status",)}.get(name, (STATEMENTS,))


def _header(column: Column, name: str) -> str:
    if column.name == _key(name):
        return f"{column.name}:ID({_NODES[name]})"
    return f"{column.name}{_TYPES.get(column.form, '')}"


def _labels(name: str, row: Named) -> Cell:
    if name != "things":
        return _NODES[name]
    kinds = {iri.removeprefix(PREFIXES["kg"]) for iri in _list(row["classes"]) if iri.startswith(PREFIXES["kg"])}
    return ("Entity", *sorted(kind for kind in kinds if kind.isidentifier() and kind != "Entity"))


def _plain(start: str, stop: str, rows: Iterable[tuple[Cell, ...]]) -> _File:
    return _File((*_ends(start, stop), ":TYPE"), lambda: rows)


def _ends(start: str, stop: str) -> tuple[str, str]:
    return f":START_ID({start})", f":END_ID({stop})"


def _list(cell: Cell) -> tuple[str, ...]:
    return cell if isinstance(cell, tuple) else ()


def _constraints() -> str:
    return (
        "".join(
            f"CREATE CONSTRAINT {label.lower()}_iri IF NOT EXISTS FOR (n:{label}) REQUIRE n.{_key(name)} IS UNIQUE;\n"
            for name, label in _NODES.items()
        )
        + "CREATE INDEX entity_name IF NOT EXISTS FOR (n:Entity) ON (n.name);\n"
    )


def _read(path: Path, wanted: Iterable[str]) -> list[tuple[str, dict[str, str]]]:
    """The rows of a file by the names in its header without their types."""
    (_, header), *rows = csv_rows(path)
    names = [part if part.startswith(":") else part.partition(":")[0] for part in header]
    missing = [name for name in wanted if name not in names]
    if missing:
        raise SourceError(path, f"has no column {', '.join(missing)}; name a folder that kg export neo4j has written")
    return [(f"row {number}", dict(zip(names, row, strict=True))) for number, row in rows]


def _links(path: Path, start: str, stop: str) -> list[tuple[str, str, str]]:
    ends = _ends(start, stop)
    return [(at, row[ends[0]], row[ends[1]]) for at, row in _read(path, ends)]


def _given(path: Path, name: str, rows: Iterable[tuple[str, Mapping[str, str]]]) -> Given:
    return Given(path, [(at, _cells(name, row)) for at, row in rows])


def _cells(name: str, row: Mapping[str, str]) -> dict[str, Cell]:
    return {column.name: cell_of(column, row[column.name], SEPARATOR) for column in _kept(name)}


def _located(
    path: Path, at: str, claim: str, locator: str, about: Mapping[str, tuple[str, Mapping[str, str]]]
) -> tuple[str, Named]:
    if locator not in about:
        raise SourceError(path, f"{at}: <{locator}> is not in nodes-locators.csv; add it there")
    return at, {**_cells("locators", about[locator][1]), "claim": claim}
