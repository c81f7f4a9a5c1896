"""The claims as a property graph: things, claims and propositions as nodes; what the view takes as fact, as edges.

Only a fact of the view, or what follows from facts, is an edge from thing to thing. Whatever else is said stays a
proposition, a node of its own between the claims about it and the two things, so that no tool that forgets attributes
takes a denial for a relation. Without the nodes of the kinds claim and proposition, what is left are the facts.
"""

from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping
from functools import lru_cache
from pathlib import Path

from kgtools.claims import days
from kgtools.errors import SourceError, UsageError
from kgtools.export.claimed import Given, Named, claims_from
from kgtools.export.contents import ClaimNode, Contents
from kgtools.export.filled import NO_FACT, filled, where
from kgtools.export.graphxml import Drawn, Edge, Node, Read, Span
from kgtools.export.statements import STATEMENTS, detail, literal_of, statement, statements
from kgtools.export.tables import TABLES, Cell, Column, Tables, described, named, text_of
from kgtools.names import KG, expand, shorten
from kgtools.sources import nt

SEPARATOR = " | "
LOSES = (
    "of things all but labels, classes and coordinates; of sources all but title, day and sides; "
    "how inferences follow; scenarios; the ontology; claims, propositions and locators are whole; "
    "take an RDF export for the rest"
)
_ENDS = ("subject", "object")


def drawn(contents: Contents, loses: str) -> Drawn:
    """The property graph of a snapshot under its view."""
    tables = filled(contents)
    parts = _Parts(tables)
    ends = {
        str(row[end]) for name in ("propositions", "facts") for row in parts.rows[name] for end in _ENDS if row[end]
    }
    nodes = [*_things(parts, ends), *_claim_nodes(parts, contents), *_propositions(parts)]
    edges = [*_fact_edges(parts), *_claim_edges(parts), *_ends(parts)]
    return Drawn({**described(contents, loses), "separator": SEPARATOR.strip()}, tuple(nodes), tuple(edges))


@lru_cache(maxsize=100_000)
def name_of(iri: str) -> str:
    """A short name from which `expand` makes the same IRI again."""
    name = shorten(iri)
    try:
        return name if str(expand(name)) == iri else f"<{iri}>"
    except UsageError:
        return f"<{iri}>"


class _Parts:
    """The rows of the tables by what the graph asks for."""

    def __init__(self, tables: Tables) -> None:
        self.rows = {name: named(name, tables[name]) for name in tables}
        known = {row["proposition"] for row in self.rows["propositions"]}
        # A value that was only inferred has no claim of its own, and so no row among the propositions.
        self.said = [
            *self.rows["propositions"],
            *(row for row in self.rows["facts"] if not row["object"] and row["proposition"] not in known),
        ]
        self.labels = {str(row["thing"]): str(row["label_en"] or row["name"]) for row in self.rows["things"]}
        self.claims = {str(row["claim"]): row for row in self.rows["claims"]}
        self.sources = {str(row["source"]): row for row in self.rows["sources"]}
        self.statuses = {str(row["proposition"]): str(row["status"]) for row in self.rows["facts"]}
        self.under: dict[str, list[str]] = defaultdict(list)
        for row in self.rows["fact_claims"]:
            self.under[str(row["proposition"])].append(str(row["claim"]))
        self.against: dict[str, list[str]] = defaultdict(list)
        for claim, row in self.claims.items():
            for proposition in _list(row["counts_against"]):
                self.against[proposition].append(claim)

    def label(self, cell: Cell) -> str:
        """The English label of a thing."""
        return self.labels.get(str(cell)) or name_of(str(cell)) if cell else ""


def _things(parts: _Parts, ends: Container[str]) -> Iterator[Node]:
    for row in (row for row in parts.rows["things"] if str(row["thing"]) in ends):
        labels = {name: str(row[name]) for name in ("label_ar", "label_en", "label_fr") if row[name]}
        classes = SEPARATOR.join(map(name_of, _list(row["classes"])))
        where_ = {name: str(row[name]) for name in ("latitude", "longitude") if row[name]}
        yield Node(
            name_of(str(row["thing"])),
            parts.label(row["thing"]),
            {"kind": "thing", "iri": str(row["thing"]), "classes": classes, **labels, **where_},
        )


def _claim_nodes(parts: _Parts, contents: Contents) -> Iterator[Node]:
    details: dict[str, list[str]] = defaultdict(list)
    for row in parts.rows["details"]:
        details[str(row["about"])].append(statement(row))
    for claim, locators in zip(contents.claims, _located(contents, parts), strict=True):
        row = parts.claims[str(claim.iri)]
        source = parts.sources[str(row["source"])]
        places = [f"{claim.iri.n3()} {KG.locator.n3()} {place.iri.n3()} ." for place in claim.locators] + [
            f"{place.iri.n3()} {p.n3()} {nt(term)} ."
            for place in claim.locators
            for p, terms in place.properties.items()
            for term in terms
        ]
        attributes = {
            "kind": "claim",
            **_attributes(row, TABLES["claims"].columns),
            "source_title": str(source["title"] or ""),
            "source_issued": str(source["issued"] or ""),
            "source_perspectives": SEPARATOR.join(map(name_of, _list(source["perspectives"]))),
            "where": locators,
            STATEMENTS: "\n".join([*places, *details[str(claim.iri)]]),
        }
        label = f"{parts.label(row['holder'])} {parts.label(row['stance'])}".strip() or name_of(str(claim.iri))
        yield Node(name_of(str(claim.iri)), label, _told(attributes), _span(row))


def _located(contents: Contents, parts: _Parts) -> Iterator[str]:
    found: dict[str, list[str]] = defaultdict(list)
    for row in parts.rows["locators"]:
        found[str(row["claim"])].append(where(row))
    return ("; ".join(found[str(claim.iri)]) for claim in contents.claims)


def _propositions(parts: _Parts) -> Iterator[Node]:
    for row in parts.said:
        iri = str(row["proposition"])
        predicate = parts.label(row["predicate"])
        label = predicate if row["object"] else f"{predicate}: {row['value'] or ''}"
        yield Node(
            name_of(iri),
            label,
            {
                "kind": "proposition",
                "status": parts.statuses.get(iri, NO_FACT),
                **_attributes(row, TABLES["propositions"].columns),
            },
        )


def _fact_edges(parts: _Parts) -> Iterator[Edge]:
    for row in parts.rows["facts"]:
        if not row["object"]:
            continue  # its proposition has the value
        iri = str(row["proposition"])
        claims, predicate = parts.under[iri], name_of(str(row["predicate"]))
        attributes = {
            "kind": str(row["status"]),
            "status": str(row["status"]),
            "predicate": predicate,
            "claims": SEPARATOR.join(map(name_of, claims)),
            **{
                f"{name}s": SEPARATOR.join(name_of(str(parts.claims[claim][name])) for claim in claims)
                for name in ("holder", "stance", "source")
            },
            "denials": SEPARATOR.join(map(name_of, parts.against[iri])),
        }
        spans = tuple(sorted({_span(parts.claims[claim]) for claim in claims}))
        timed = spans if all(any(span) for span in spans) else ()
        ends = name_of(str(row["subject"])), name_of(str(row["object"]))
        yield Edge(
            f"{row['status']} {name_of(iri)}", *ends, parts.label(row["predicate"]), predicate, _told(attributes), timed
        )


def _claim_edges(parts: _Parts) -> Iterator[Edge]:
    for row in parts.rows["claim_propositions"]:
        claim, proposition = str(row["claim"]), str(row["proposition"])
        one = parts.claims[claim]
        stance = parts.label(one["stance"])
        attributes = {
            "kind": "claim",
            "claims": name_of(claim),
            "counts": str(claim in parts.under[proposition]).lower(),
            **{f"{name}s": name_of(str(one[name])) for name in ("holder", "stance", "source") if one[name]},
        }
        span = _span(one)
        ends = name_of(claim), name_of(proposition)
        yield Edge(" ".join(ends), *ends, stance or "is about", "claim", attributes, (span,) if any(span) else ())


def _ends(parts: _Parts) -> Iterator[Edge]:
    for row in parts.said:
        start = name_of(str(row["proposition"]))
        for end in _ENDS:
            if row[end]:
                yield Edge(f"{start} {end}", start, name_of(str(row[end])), end, end, {"kind": end})


def _attributes(row: Named, columns: Iterable[Column]) -> dict[str, str]:
    return _told({column.name: _written(row[column.name], column) for column in columns})


def _told(attributes: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in attributes.items() if value}


def _written(cell: Cell, column: Column) -> str:
    if column.form in ("iri", "iris", "datatype") and cell:
        return " ".join(map(name_of, _list(cell)))
    return text_of(cell)


def _list(cell: Cell) -> tuple[str, ...]:
    return cell if isinstance(cell, tuple) else (cell,) if isinstance(cell, str) else ()


def _span(row: Named) -> Span:
    bounds = []
    for at, name in enumerate(("valid_from", "valid_to")):
        kind = row[f"{name}_datatype"]
        found = days(literal_of(row[name], kind, None)) if row[name] and kind else None
        bounds.append(found[at] if found else "")
    return ("", "") if all(bounds) and bounds[0] > bounds[1] else (bounds[0], bounds[1])


def claims_of(place: Path, found: Read) -> tuple[ClaimNode, ...]:
    """The claims of a graph that was read."""
    rows: dict[str, list[tuple[str, Named]]] = {name: [] for name in ("details", "locators", "sources")}
    for table, kind in (("claims", "claim"), ("propositions", "proposition")):
        nodes = [(node, given) for node, given in found.nodes.items() if given.get("kind") == kind]
        rows[table] = [(f"node {node}", _cells(place, node, given, table)) for node, given in nodes]
    if found.nodes and not rows["claims"]:
        raise SourceError(place, "has no node of the kind claim; export it again, or keep those nodes")
    for row, cells in rows["claims"]:
        rows["sources"].append((row, {"source": cells.get("source")}))
        given = found.nodes[row.removeprefix("node ")].get(STATEMENTS, "")
        for s, p, o in statements(place, row, given):
            if p == KG.locator:
                rows["locators"].append((row, {"claim": str(s), "locator": str(o)}))
            else:
                rows["details"].append((row, detail(s, p, o)))
    rows["claim_propositions"] = [
        (f"edge from {start} to {stop}", _linked(place, start, stop, found))
        for start, stop, given in found.edges
        if given.get("kind") == "claim"
    ]
    return claims_from({table: Given(place, some) for table, some in rows.items()})


def _cells(place: Path, node: str, given: Mapping[str, str], table: str) -> dict[str, Cell]:
    cells: dict[str, Cell] = {}
    for column in TABLES[table].columns:
        text = given.get(column.name, "")
        if column.form in ("iri", "iris", "datatype"):
            iris = tuple(_expanded(place, f"node {node}, attribute {column.name}", name) for name in text.split())
            cells[column.name] = iris if column.form == "iris" else " ".join(iris) or None
        else:
            cells[column.name] = text or None
    return cells


def _expanded(place: Path, at: str, name: str) -> str:
    try:
        return str(expand(name))
    except UsageError:
        raise SourceError(place, f"{at}: {name!r} is no name of the project and no IRI; write <…> around one") from None


def _linked(place: Path, start: str, stop: str, found: Read) -> Named:
    ends = {"claim": start, "proposition": stop}
    for kind, node in ends.items():
        if found.nodes.get(node, {}).get("kind") != kind:
            raise SourceError(place, f"edge from {start} to {stop}: {node} is no {kind} among the nodes; mend the edge")
    return {
        kind: _expanded(place, f"node {node}, attribute {kind}", found.nodes[node].get(kind, node))
        for kind, node in ends.items()
    }
