"""Claims as a reader meets them, and the names and kinds of things."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from rdflib import RDF, Literal, URIRef

from kgtools.claims import proposition_iri
from kgtools.model import ClaimRecord, Term, Triple
from kgtools.names import KINDS, PREFIXES, shorten
from kgtools.sources import documents_by_digest
from kgtools.store import Store

Row = tuple[Term | None, ...]

_CHUNK = 250  # IRIs a lookup, so that no lookup outgrows the guard
# Those that reference data describe; the rest is the record of who said what.
OF_REFERENCE = tuple(
    PREFIXES[kind]
    for kind in KINDS
    if kind not in ("assessment", "claim", "indicator", "inference", "locator", "proposition", "scenario", "source")
)


def claim_records(store: Store, wanted: Iterable[URIRef], documents: Path | None = None) -> dict[URIRef, ClaimRecord]:
    """The claims as a reader meets them, with every claim that disputes or relays one of them; by IRI, sorted."""
    iris = set(wanted)
    links = lookup(store, _RELATED, iris)
    iris |= {other for row in links for other in row[1:] if isinstance(other, URIRef)}
    related = grouped(lookup(store, _RELATED, iris))
    rows = {row[0]: row for row in lookup(store, _CLAIM, iris)}
    places = grouped(lookup(store, _PLACE, iris))
    perspectives = grouped(lookup(store, _PERSPECTIVE, iris))
    roots, addresses = grouped(lookup(store, _ROOT, iris)), grouped(lookup(store, _LINK, iris))
    passages = _passages(documents, places) if documents else {}
    records = {
        iri: _record(iri, rows, related[iri], places[iri], perspectives[iri]) for iri in sorted(iris) if iri in rows
    }
    named = grouped(lookup(store, _AS_NAMED, records))
    return {
        iri: replace(
            record,
            passage=passages.get(iri),
            link=next((str(row[0]) for row in addresses[iri]), None),
            roots=tuple(URIRef(str(row[0])) for row in roots[iri]),
            as_named=tuple(URIRef(str(row[0])) for row in named[iri]),
        )
        for iri, record in records.items()
    }


def claim_triples(store: Store, wanted: Iterable[URIRef]) -> list[Triple]:
    """All that the graph says of these claims, of their propositions and locators, and of their sources."""
    iris = list(wanted)
    rows = dict.fromkeys([*lookup(store, _OF_CLAIM, iris), *_asked(store, _OF_ITS_PARTS, iris)])
    return [row for row in rows if None not in row]  # type: ignore[misc]


def claim_lines(claim: ClaimRecord, claims: Mapping[URIRef, ClaimRecord]) -> list[str]:
    """One claim for a reader: who says what how surely, where, and who disputes it; a line each."""
    hedge = f"{claim.hedge} (“{claim.hedge_wording}”)" if claim.hedge_wording else claim.hedge
    valid = f", valid {claim.valid}" if claim.valid else ""
    by = f", passed on by: {claim.relayed_by}" if claim.relayed_by else ""
    bias = f"; {', '.join(claim.perspectives)}" if claim.perspectives else ""
    place = f"{claim.source_title} ({claim.issued or 'undated'}{bias}), {claim.locator} [{shorten(claim.iri)}]"
    lines = [f"{claim.holder} — {claim.stance}, {hedge}{valid}", claim.paraphrase, f"in: {place}{by}"]
    if claim.as_named:
        lines.append(f"its file names {', '.join(map(shorten, claim.as_named))}; kg ask identity-decisions says why")
    if claim.passage:
        lines.append(f"passage: {claim.passage}")
    for word, others in (("disputed by", claim.disputed_by), ("disputes", claim.disputes)):
        lines += [f"{word}: {claims[o].holder} — {claims[o].paraphrase} [{shorten(o)}]" for o in others if o in claims]
    return lines


def claim_json(claim: ClaimRecord) -> dict[str, object]:
    """One claim for a program: what is known of it, by name."""
    plain = {name: getattr(claim, name) for name in claim.__dataclass_fields__}
    return {
        name: list(map(str, value)) if isinstance(value, tuple) else value for name, value in plain.items() if value
    }


def best_label(known: Mapping[str, str], thing: URIRef, language: str = "en") -> str:
    """The label in *language*, else in English, else in any, else the prefixed name."""
    return known.get(language) or known.get("en") or next(iter(known.values()), None) or shorten(thing)


def labels(store: Store, things: Iterable[URIRef]) -> dict[URIRef, dict[str, str]]:
    """The preferred labels of each thing by language; a thing without any is left out."""
    found: dict[URIRef, dict[str, str]] = defaultdict(dict)
    for thing, label in lookup(store, _LABEL, set(things)):
        if isinstance(thing, URIRef) and isinstance(label, Literal):
            found[thing][label.language or ""] = str(label)
    return {thing: dict(sorted(found[thing].items())) for thing in sorted(found)}


def kinds(store: Store, things: Iterable[URIRef]) -> dict[URIRef, str]:
    """The local name of each thing's narrowest class by the reference data, whatever claims say of its class."""
    wanted = {thing for thing in things if str(thing).startswith(OF_REFERENCE)}
    rows = lookup(store, _KIND, wanted)
    iris = {row: proposition_iri((row[0], RDF.type, row[1])) for row in rows}  # type: ignore[arg-type]
    claimed = {proposition for (proposition,) in lookup(store, _CLAIMED, iris.values())}
    of: dict[Term | None, set[Term | None]] = defaultdict(set)
    for row in rows:
        of[row[0]] |= {row[1]} if iris[row] not in claimed else set()
    above = grouped(store.query(_ABOVE).rows) if wanted else {}
    found = {thing: kinds - {up for kind in kinds for (up,) in above.get(kind, ())} for thing, kinds in of.items()}
    return {
        thing: sorted(map(str, narrow))[-1].rsplit("/", 1)[-1]
        for thing, narrow in sorted(found.items(), key=str)
        if narrow and isinstance(thing, URIRef)
    }


def valid_times(store: Store, claims: Iterable[URIRef]) -> dict[URIRef, tuple[Literal | None, Literal | None]]:
    """When each claim is said to hold, from and to, as written; a claim without any valid time is left out."""
    rows = lookup(store, _VALID, claims)
    return {URIRef(str(claim)): (start, end) for claim, start, end in rows if start or end}  # type: ignore[misc]


_VALID = """SELECT ?claim ?from ?to {
  VALUES ?claim { %s } ?claim a kg:Claim
  OPTIONAL { ?claim kg:validFrom ?from } OPTIONAL { ?claim kg:validTo ?to }
} ORDER BY ?claim ?from ?to"""
_CLAIM = """SELECT ?claim ?holder ?stance ?hedge ?wording ?paraphrase ?source ?title ?issued ?confidence ?from ?to {
  VALUES ?claim { %s }
  ?claim kg:holder/skos:prefLabel ?holder ; kg:stance/skos:prefLabel ?stance ; kg:hedge/skos:prefLabel ?hedge ;
    kg:confidence/skos:prefLabel ?confidence ; kg:paraphrase ?paraphrase ; kg:statedIn ?source .
  ?source dcterms:title ?title .
  FILTER(LANG(?holder) = "en" && LANG(?stance) = "en" && LANG(?hedge) = "en" && LANG(?confidence) = "en")
  OPTIONAL { ?claim kg:hedgeWording ?wording } OPTIONAL { ?source dcterms:issued ?issued }
  OPTIONAL { ?claim kg:validFrom ?from } OPTIONAL { ?claim kg:validTo ?to }
} ORDER BY ?claim ?paraphrase ?title"""
_RELATED = """SELECT ?claim ?disputes ?disputedBy ?relayedBy {
  VALUES ?claim { %s }
  { ?claim kg:disputes ?disputes } UNION { ?disputedBy kg:disputes ?claim } UNION { ?relayedBy kg:relays ?claim }
} ORDER BY ?claim ?disputes ?disputedBy ?relayedBy"""
_PLACE = """SELECT ?claim ?digest ?start ?end ?span ?section {
  VALUES ?claim { %s }
  ?claim kg:locator ?locator ; kg:statedIn ?source .
  OPTIONAL { ?source kg:documentDigest ?digest }
  OPTIONAL { ?locator oa:start ?start ; oa:end ?end ; kg:spanDigest ?span }
  OPTIONAL { ?locator kg:section ?section }
} ORDER BY ?claim ?start ?end ?section"""
_OF_CLAIM = "SELECT ?claim ?p ?o { VALUES ?claim { %s } ?claim ?p ?o } ORDER BY ?claim ?p ?o"
_OF_ITS_PARTS = """SELECT DISTINCT ?part ?p ?o {
  VALUES ?claim { %s } ?claim kg:onProposition|kg:locator|kg:statedIn ?part . ?part ?p ?o
} ORDER BY ?part ?p ?o"""
_ROOT = "SELECT ?claim ?root { VALUES ?claim { %s } ?claim kg:hasRoot ?root } ORDER BY ?claim ?root"
_LINK = """SELECT ?claim ?link {
  VALUES ?claim { %s } ?claim kg:statedIn/dcterms:identifier ?link . FILTER(REGEX(?link, "^https?://", "i"))
} ORDER BY ?claim ?link"""
_AS_NAMED = "SELECT ?claim ?handle { VALUES ?claim { %s } ?claim kg:asNamed ?handle } ORDER BY ?claim ?handle"
_PERSPECTIVE = """SELECT ?claim ?label {
  VALUES ?claim { %s } ?claim kg:statedIn/kg:perspective/skos:prefLabel ?label . FILTER(LANG(?label) = "en")
} ORDER BY ?claim ?label"""
_LABEL = (
    "SELECT ?thing ?label { VALUES ?thing { %s } ?thing skos:prefLabel|dcterms:title ?label } ORDER BY ?thing ?label"
)
_KIND = "SELECT ?thing ?kind { VALUES ?thing { %s } ?thing a ?kind } ORDER BY ?thing ?kind"
_CLAIMED = "SELECT DISTINCT ?p { VALUES ?p { %s } ?p kg:restsOn ?claim } ORDER BY ?p"
_ABOVE = "SELECT DISTINCT ?kind ?above { ?kind rdfs:subClassOf+ ?above FILTER(?kind != ?above) } ORDER BY ?kind ?above"


def lookup(store: Store, query: str, iris: Iterable[Term | None]) -> list[Row]:
    """The rows of a query with `%s` in the place of IRIs, which its first column gives back, for all that are wanted.

    A store that remembers is asked for each IRI once.
    """
    if store.remembered is None:
        return _asked(store, query, iris)
    known = store.remembered.setdefault(query, {})
    wanted = {iri for iri in iris if isinstance(iri, URIRef)}
    missing = wanted - known.keys()
    known.update((iri, []) for iri in missing)
    for row in _asked(store, query, missing):
        known[row[0]].append(row)
    return [row for iri in sorted(wanted) for row in known[iri]]


def _asked(store: Store, query: str, iris: Iterable[Term | None]) -> list[Row]:
    ordered = sorted({iri for iri in iris if isinstance(iri, URIRef)})
    rows: list[Row] = []
    for start in range(0, len(ordered), _CHUNK):
        names = " ".join(iri.n3() for iri in ordered[start : start + _CHUNK])
        rows += store.query(query % names).rows
    return rows


def grouped(rows: Iterable[Row]) -> dict[Term | None, list[Row]]:
    """The rows by their first column, without it."""
    groups: dict[Term | None, list[Row]] = defaultdict(list)
    for row in rows:
        groups[row[0]].append(row[1:])
    return groups


def _record(
    claim: URIRef,
    rows: Mapping[Term | None, Row],
    related: list[Row],
    places: list[Row],
    perspectives: list[Row],
) -> ClaimRecord:
    _, holder, stance, hedge, wording, paraphrase, source, title, issued, confidence, start, end = rows[claim]
    valid = " to ".join(str(part) if part is not None else "?" for part in (start, end)) if start or end else None
    relaying = [str(rows[by][1]) for _, _, by in related if by in rows]
    return ClaimRecord(
        claim,
        holder=str(holder),
        stance=str(stance),
        hedge=str(hedge),
        hedge_wording=None if wording is None else str(wording),
        paraphrase=str(paraphrase),
        source=URIRef(str(source)),
        source_title=str(title),
        issued=None if issued is None else str(issued),
        perspectives=tuple(str(label) for (label,) in perspectives),
        locator="; ".join(dict.fromkeys(_place(place) for place in places)),
        confidence=str(confidence),
        valid=valid,
        relayed_by=", ".join(relaying) or None,
        disputes=tuple(URIRef(str(other)) for other, _, _ in related if other is not None),
        disputed_by=tuple(URIRef(str(other)) for _, other, _ in related if other is not None),
    )


def _place(place: Row) -> str:
    _, start, end, _, section = place
    parts = ([f"characters {start}-{end}"] if start is not None else []) + ([str(section)] if section else [])
    return ", ".join(parts)


def _passages(documents: Path, places: Mapping[Term | None, list[Row]]) -> dict[Term | None, str]:
    """The passage of each claim whose document lies in the folder."""
    texts = documents_by_digest(documents, {str(place[0]) for rows in places.values() for place in rows})
    found = {}
    for claim, rows in places.items():
        spans = [_span(texts[str(row[0])], row) for row in rows if str(row[0]) in texts and row[1] is not None]
        if spans:
            found[claim] = " […] ".join(spans)
    return found


def _span(text: str, place: Row) -> str:
    span = text[int(str(place[1])) : int(str(place[2]))]
    if hashlib.sha256(span.encode()).hexdigest() != str(place[3]):
        return "(the passage at this place is not the one that was read: its digest differs)"
    return span
