"""The tables of a snapshot, filled from its files: rows in order of their keys."""

import re
from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence

from rdflib import RDF, XSD, BNode, Literal, URIRef
from rdflib.namespace import SKOS

from kgtools.claims import DERIVED, proposition_iri
from kgtools.export.contents import ClaimNode, Contents, Properties
from kgtools.export.tables import TABLES, Cell, Column, Form, Row, Tables
from kgtools.model import Proposition, Term
from kgtools.names import KG, PREFIXES, shorten
from kgtools.sources import nt, parse_nquads

About = Mapping[Term, Properties]

_CLAIM = f"<{PREFIXES['claim']}".encode()
_PARTS = tuple(f"<{PREFIXES[kind]}".encode() for kind in ("inference", "locator", "proposition"))
_DERIVED = f" {DERIVED.n3()} .\n".encode()

FACT, INFERRED, NO_FACT = "fact", "inferred", "no fact of the view"
_DECIMAL = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)", re.ASCII)
_WHOLE = re.compile(r"0|[1-9]\d{0,17}", re.ASCII)


def filled(contents: Contents) -> Tables:
    """Every table of the snapshot under its view."""
    claims, about = contents.claims, _about(contents)
    propositions = {one.iri: one for claim in claims for one in claim.propositions}
    facts, rests_on = facts_of(contents)
    details: set[tuple[str, ...]] = set()
    tables: dict[str, list[Row]] = {
        "claims": [_claim(claim, about, contents.withdrawn, details) for claim in claims],
        "claim_propositions": sorted((str(claim.iri), str(one.iri)) for claim in claims for one in claim.propositions),
        "propositions": [(iri, *triple_cells(propositions[iri])) for iri in sorted(propositions, key=str)],
        "locators": sorted(_locators(claims, details), key=lambda row: (str(row[0]), str(row[1]))),
        "sources": [_source(iri, about.get(iri, {}), details) for iri in sorted(_sources(claims, about))],
        "facts": [(iri, status, *triple_cells(one)) for iri, (status, one) in sorted(facts.items())],
        "fact_claims": [(iri, claim) for iri in sorted(rests_on, key=str) for claim in rests_on[iri]],
    }
    tables["details"] = [tuple(cell or None for cell in row) for row in sorted(details)]
    tables["things"] = [_thing(thing, about.get(URIRef(thing), {})) for thing in sorted(_named(tables, about))]
    return {name: [tuple(map(_plain, row)) for row in tables[name]] for name in TABLES}


def facts_of(contents: Contents) -> tuple[dict[URIRef, tuple[str, Proposition]], dict[URIRef, list[URIRef]]]:
    """The facts and inferences of the view by the proposition that each is, and the claims that each rests on."""
    found: dict[URIRef, tuple[str, Proposition]] = {}
    for status, triples in ((INFERRED, contents.inferred), (FACT, contents.facts)):
        for triple in triples:
            subject, predicate, term = triple
            if not isinstance(subject, BNode) and not isinstance(term, BNode):
                iri = proposition_iri(triple)
                found[iri] = (status, Proposition(iri, subject, predicate, term))
    under: dict[URIRef, set[URIRef]] = defaultdict(set)
    for s, p, o, _ in parse_nquads(contents.read(f"views/{contents.view}.nq")):
        if p == KG.restsOn and s in found:
            under[URIRef(s)].add(URIRef(o))
    return found, {iri: sorted(claims, key=str) for iri, claims in under.items()}


def term_cells(term: Term) -> tuple[Cell, ...]:
    """A term as object, value, datatype and language: a literal where object is empty."""
    if not isinstance(term, Literal):
        return (term if isinstance(term, URIRef) else f"_:{term}", None, None, None)
    return (None, str(term), str(term.datatype) if term.datatype else None, term.language)


def triple_cells(one: Proposition) -> tuple[Cell, ...]:
    """A proposition as subject, predicate and the cells of its last term."""
    return (one.subject, one.predicate, *term_cells(one.object))


def where(place: Mapping[str, Cell]) -> str:
    """A locator in words."""
    if place["start"] is not None and place["end"] is not None:
        return f"characters {place['start']} to {place['end']}"
    return str(place["section"] or "")


def fitted(columns: Sequence[Column], properties: Properties) -> tuple[list[Cell], list[tuple[URIRef, Term]]]:
    """The cells of the columns that state properties, and what of the properties fits no column."""
    cells: list[Cell] = []
    rest = {p: list(terms) for p, terms in properties.items()}
    for column in columns:
        if column.form in ("language", "datatype"):
            continue  # filled together with the one before
        terms = rest.get(column.property, []) if column.property else []
        taken = [term for term in terms if _fits(term, column.form)][: None if column.form == "iris" else 1]
        if column.property:
            rest[column.property] = [term for term in terms if not any(term is one for one in taken)]
        cells.extend(_cells_of(column.form, taken))
    return cells, [(p, term) for p, terms in rest.items() for term in terms]


def _fits(term: Term, form: Form) -> bool:
    if form in ("iri", "iris"):
        return isinstance(term, URIRef)
    if not isinstance(term, Literal) or not str(term):
        return False  # in CSV an empty text is no text
    if form == "whole":
        return term.datatype == XSD.nonNegativeInteger and bool(_WHOLE.fullmatch(term))
    if form == "number":
        return bool(_DECIMAL.fullmatch(term))
    if form == "worded":
        return term.datatype is None
    return term.datatype is not None if form == "dated" else term.datatype is None and not term.language


def _cells_of(form: Form, taken: Sequence[Term]) -> tuple[Cell, ...]:
    term = taken[0] if taken else None
    if form == "iris":
        return (tuple(sorted(str(one) for one in taken)),)
    if form == "whole":
        return (None if term is None else int(term),)
    if form not in ("worded", "dated"):
        return (None if term is None else str(term),)
    if not isinstance(term, Literal):
        return (None, None)
    return (str(term), term.language if form == "worded" else str(term.datatype))


def _about(contents: Contents) -> About:
    """What is said of things and sources, and worked out of claims: a small part of what the snapshot's files say."""
    found: dict[Term, dict[URIRef, list[Term]]] = defaultdict(lambda: defaultdict(list))
    for name in contents.names[:-1]:
        lines = [line for line in contents.read(name).splitlines(keepends=True) if _tells(line)]
        for s, p, o, _ in parse_nquads(b"".join(lines)):
            found[s][p].append(o)
    return {s: {p: tuple(dict.fromkeys(terms)) for p, terms in node.items()} for s, node in found.items()}


def _tells(line: bytes) -> bool:
    return not line.startswith(_PARTS) and (not line.startswith(_CLAIM) or line.endswith(_DERIVED))


def _claim(claim: ClaimNode, about: About, withdrawn: Container[URIRef], details: set[tuple[str, ...]]) -> Row:
    columns = TABLES["claims"].columns
    at = columns.index(TABLES["claims"].column("stands"))
    cells, rest = fitted(columns[2:at], claim.properties)
    _keep(claim.iri, rest, details)
    worked_out, _ = fitted(columns[at + 1 :], _in_order(about.get(claim.iri, {})))
    return (claim.iri, claim.source, *cells, claim.iri not in withdrawn, *worked_out)


def _locators(claims: Iterable[ClaimNode], details: set[tuple[str, ...]]) -> Iterator[Row]:
    for claim in claims:
        for place in claim.locators:
            cells, rest = fitted(TABLES["locators"].columns[2:], place.properties)
            _keep(place.iri, rest, details)
            yield (claim.iri, place.iri, *cells)


def _sources(claims: Iterable[ClaimNode], about: About) -> set[URIRef]:
    known = {URIRef(s) for s, node in about.items() if KG.Source in node.get(RDF.type, ())}
    return known | {claim.source for claim in claims}


def _source(iri: URIRef, properties: Properties, details: set[tuple[str, ...]]) -> Row:
    cells, rest = fitted(TABLES["sources"].columns[1:], _in_order(properties))
    _keep(iri, [(p, term) for p, term in rest if (p, term) != (RDF.type, KG.Source)], details)
    return (iri, *cells)


def _keep(about: URIRef, rest: Iterable[tuple[URIRef, Term]], details: set[tuple[str, ...]]) -> None:
    details.update((about, p, *(str(cell or "") for cell in term_cells(term))) for p, term in rest)


def _thing(thing: str, properties: Properties) -> Row:
    labels = {
        term.language: str(term)
        for term in sorted(properties.get(SKOS.prefLabel, ()), key=nt, reverse=True)
        if isinstance(term, Literal) and str(term)
    }
    cells, _ = fitted(TABLES["things"].columns[5:], _in_order(properties))
    return (thing, shorten(thing), *(labels.get(language) for language in ("en", "fr", "ar")), *cells)


def _in_order(properties: Properties) -> Properties:
    return {p: tuple(sorted(terms, key=nt)) for p, terms in properties.items()}


def _named(tables: Mapping[str, Iterable[Row]], about: About) -> set[str]:
    """Every IRI in a column that leads to the things, with their classes and the places around them."""
    found: set[str] = set()
    for name, rows in tables.items():
        at = [number for number, column in enumerate(TABLES[name].columns) if column.to == "things"]
        for row in rows:
            for cell in (row[number] for number in at):
                found.update(cell if isinstance(cell, tuple) else [str(cell)] if cell else [])
    new = found
    while new:
        nodes = [about.get(URIRef(thing), {}) for thing in new]
        beyond = (term for node in nodes for p in (RDF.type, KG.locatedIn) for term in node.get(p, ()))
        new = {str(term) for term in beyond if isinstance(term, URIRef)} - found
        found |= new
    return found


def _plain(cell: Cell) -> Cell:
    return str(cell) if isinstance(cell, str) else cell
