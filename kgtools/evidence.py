"""Trace each row of an answer to the claims it rests on.

The query's own WHERE clause is run once more with all its variables kept, so every solution behind a row is known. The
triple patterns, filled in, are the triples the row rests on; `kg:restsOn` leads from each to its claims. A row that
names a claim itself rests on that claim and on no other for the same proposition.
"""

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from rdflib import Literal, URIRef, Variable

from kgtools.claims import FORECASTS, SUPPOSES, proposition_iri
from kgtools.model import Answer, ClaimRecord, Evidence, Support, Term, Triple
from kgtools.names import PREFIXES, shorten
from kgtools.sources import documents_by_digest
from kgtools.store import Store

Pattern = tuple[Term | Variable, Term | Variable, Term | Variable]
Solution = dict[str, Term]

_CHUNK = 250  # IRIs a lookup, so that no lookup outgrows the guard


def evidence(store: Store, answer: Answer, documents: Path | None = None) -> Evidence:
    """What each row of a SELECT answer rests on; with *documents*, also the passages of those that are at hand."""
    store = store.with_history() if answer.history else store
    solutions = _solutions(store, answer)
    rests = _Rests(store, solutions)
    rows = tuple(tuple(_supports(found, rests)) for found in solutions)
    named = {iri for row in rows for support in row for iri in (*support.claims, *support.denials)}
    claims = claim_records(store, named, documents)
    things = {term for row in rows for support in row for term in support.triple if isinstance(term, URIRef)}
    return Evidence(rows, claims, labels(store, things), kinds(store, things))


def claim_records(store: Store, wanted: Iterable[URIRef], documents: Path | None = None) -> dict[URIRef, ClaimRecord]:
    """The claims as a reader meets them, with every claim that disputes or relays one of them; by IRI, sorted."""
    iris = set(wanted)
    links = _lookup(store, _RELATED, iris)
    iris |= {other for row in links for other in row[1:] if isinstance(other, URIRef)}
    related = _grouped(_lookup(store, _RELATED, iris))
    rows = {row[0]: row for row in _lookup(store, _CLAIM, iris)}
    places = _grouped(_lookup(store, _PLACE, iris))
    perspectives = _grouped(_lookup(store, _PERSPECTIVE, iris))
    passages = _passages(documents, places) if documents else {}
    records = {
        iri: _record(iri, rows, related[iri], places[iri], perspectives[iri]) for iri in sorted(iris) if iri in rows
    }
    named = _grouped(_lookup(store, _AS_NAMED, records))
    return {
        iri: replace(record, passage=passages.get(iri), as_named=tuple(URIRef(str(row[0])) for row in named[iri]))
        for iri, record in records.items()
    }


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


def row_lines(found: Evidence, row: int) -> list[list[str]]:
    """The claims under a row, each as its lines; where there is none, one line that says why."""
    supports = found.rows[row]
    claims = sorted({iri for support in supports for iri in support.claims})
    if claims:
        return [claim_lines(found.claims[iri], found.claims) for iri in claims]
    if supports:
        return [["rests on reference data only, no claim"]]
    return [["not traced: a subquery or a path hides what the row rests on; write its steps out as patterns"]]


def best_label(known: Mapping[str, str], thing: URIRef, language: str = "en") -> str:
    """The label in *language*, else in English, else in any, else the prefixed name."""
    return known.get(language) or known.get("en") or next(iter(known.values()), None) or shorten(thing)


def labels(store: Store, things: Iterable[URIRef]) -> dict[URIRef, dict[str, str]]:
    """The preferred labels of each thing by language; a thing without any is left out."""
    found: dict[URIRef, dict[str, str]] = defaultdict(dict)
    for thing, label in _lookup(store, _LABEL, set(things)):
        if isinstance(thing, URIRef) and isinstance(label, Literal):
            found[thing][label.language or ""] = str(label)
    return {thing: dict(sorted(found[thing].items())) for thing in sorted(found)}


def kinds(store: Store, things: Iterable[URIRef]) -> dict[URIRef, str]:
    """The local name of each thing's own class as the reference data states it."""
    found = {row[0]: str(row[1]).rsplit("/", 1)[-1] for row in sorted(_lookup(store, _KIND, set(things)), key=str)}
    return {thing: kind for thing, kind in found.items() if isinstance(thing, URIRef)}


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
_AS_NAMED = "SELECT ?claim ?handle { VALUES ?claim { %s } ?claim kg:asNamed ?handle } ORDER BY ?claim ?handle"
_PERSPECTIVE = """SELECT ?claim ?label {
  VALUES ?claim { %s } ?claim kg:statedIn/kg:perspective/skos:prefLabel ?label . FILTER(LANG(?label) = "en")
} ORDER BY ?claim ?label"""
_LABEL = (
    "SELECT ?thing ?label { VALUES ?thing { %s } ?thing skos:prefLabel|dcterms:title ?label } ORDER BY ?thing ?label"
)
_KIND = """SELECT ?thing ?kind {
  VALUES ?thing { %s } GRAPH <https://w3id.org/sahel-kg/graph/reference> { ?thing a ?kind }
} ORDER BY ?thing ?kind"""
_RESTS = """SELECT ?proposition ?claim {
  VALUES ?proposition { %s } ?proposition kg:restsOn ?claim
} ORDER BY ?proposition ?claim"""
_SAID = """SELECT ?proposition ?claim {
  VALUES ?proposition { %s } ?proposition kg:restsOn ?claim . ?claim kg:onProposition ?proposition
} ORDER BY ?proposition ?claim"""
_AGAINST = """SELECT DISTINCT ?proposition ?denial {
  VALUES ?proposition { %s } ?proposition (^kg:concludes/kg:premise)* ?under . ?denial kg:countsAgainst ?under
} ORDER BY ?proposition ?denial"""
_ON = """SELECT ?proposition ?claim ?stance ?subject ?predicate ?object {
  VALUES ?proposition { %s }
  ?claim kg:onProposition ?proposition ; kg:stance ?stance .
  ?proposition kg:subject ?subject ; kg:predicate ?predicate ; kg:object|kg:value ?object .
} ORDER BY ?proposition ?claim"""
_PROPOSITIONS = """SELECT ?claim ?proposition {
  VALUES ?claim { %s } ?claim kg:onProposition ?proposition
} ORDER BY ?claim ?proposition"""
_REFERENCE = """SELECT ?subject ?predicate ?object {
  VALUES ?subject { %s }
  { GRAPH <https://w3id.org/sahel-kg/graph/reference> { ?subject ?predicate ?object } }
  UNION { GRAPH <https://w3id.org/sahel-kg/graph/reference/inferred> { ?subject ?predicate ?object } }
} ORDER BY ?subject ?predicate ?object"""


def _lookup(store: Store, query: str, iris: Iterable[Term | None]) -> list[tuple[Term | None, ...]]:
    ordered = sorted(iri for iri in iris if isinstance(iri, URIRef))
    rows: list[tuple[Term | None, ...]] = []
    for start in range(0, len(ordered), _CHUNK):
        names = " ".join(iri.n3() for iri in ordered[start : start + _CHUNK])
        rows += store.query(query % names).rows
    return rows


def _grouped(rows: Iterable[tuple[Term | None, ...]]) -> dict[Term | None, list[tuple[Term | None, ...]]]:
    groups: dict[Term | None, list[tuple[Term | None, ...]]] = defaultdict(list)
    for row in rows:
        groups[row[0]].append(row[1:])
    return groups


def _solutions(store: Store, answer: Answer) -> list[list[tuple[Solution, list[Triple]]]]:
    """For each row of the answer the solutions behind it, each with the query's triple patterns filled in."""
    if not answer.rows:
        return []
    # Loading the parser takes as long as asking most questions, and only their evidence needs it.
    from rdflib.plugins.sparql.algebra import translateQuery
    from rdflib.plugins.sparql.parser import parseQuery

    prologue, where = _split(answer.query)
    parsed = parseQuery(answer.query)
    patterns = sorted(set(_patterns(translateQuery(parsed, initNs=dict(PREFIXES)).algebra)), key=str)
    computed = {str(part.evar) for part in parsed[1].get("projection") or () if "evar" in part}
    plain = [column for column in answer.columns if column not in computed]
    kept = sorted({str(v) for pattern in patterns for v in pattern if isinstance(v, Variable)} | set(plain))
    if not kept:  # all is computed from nothing, so there is nothing that it rests on
        return [[] for _ in answer.rows]
    query = f"{prologue}\nSELECT DISTINCT {' '.join('?' + name for name in kept)} WHERE {where}"
    full = store.query(query, bindings=answer.bindings)
    by_key = defaultdict(list)
    for values in full.rows:
        solution = {name: value for name, value in zip(full.columns, values, strict=True) if value is not None}
        by_key[tuple(solution.get(column) for column in plain)].append((solution, _filled(patterns, solution)))
    positions = [answer.columns.index(column) for column in plain]
    return [by_key.get(tuple(row[position] for position in positions), []) for row in answer.rows]


_TOKEN = re.compile(
    r'"""(?:[^"\\]|\\.|"(?!""))*"""|\'\'\'(?:[^\'\\]|\\.|\'(?!\'\'))*\'\'\'|"(?:[^"\\\n]|\\.)*"|\'(?:[^\'\\\n]|\\.)*\''
    r"|<[^<>\"{}|^`\\\s]*>|#[^\n]*|[{}]|\bSELECT\b",
    re.S | re.I,
)


def _split(query: str) -> tuple[str, str]:
    """The text before SELECT, and the outermost group with its braces."""
    prologue, depth, start = None, 0, 0
    for token in _TOKEN.finditer(query):
        if token[0].upper() == "SELECT" and prologue is None:
            prologue = query[: token.start()]
        elif token[0] == "{":
            start = token.start() if depth == 0 else start
            depth += 1
        elif token[0] == "}":
            depth -= 1
            if depth == 0:
                return prologue or "", query[start : token.end()]
    return prologue or "", "{}"


def _patterns(node: object) -> Iterator[Pattern]:
    """Every triple pattern of the algebra; what MINUS and NOT EXISTS rule out supports no row."""
    from rdflib.plugins.sparql.parserutils import CompValue

    if isinstance(node, CompValue):
        if node.name == "Builtin_NOTEXISTS":
            return
        for triple in node.triples if node.name == "BGP" else ():
            yield from _plain_patterns(triple)
        for key, child in node.items():
            if key not in ("triples", "_vars") and not (node.name == "Minus" and key == "p2"):
                yield from _patterns(child)
    elif isinstance(node, list | tuple):
        for child in node:
            yield from _patterns(child)


def _plain_patterns(triple: tuple[object, object, object]) -> Iterator[Pattern]:
    """The pattern itself, or for a path of alternatives or an inverse the patterns that may have matched."""
    subject, predicate, term = triple
    if hasattr(predicate, "args") and type(predicate).__name__ == "AlternativePath":
        for one in predicate.args:
            yield from _plain_patterns((subject, one, term))
    elif type(predicate).__name__ == "InvPath":
        yield from _plain_patterns((term, predicate.arg, subject))  # type: ignore[attr-defined]
    elif isinstance(predicate, URIRef | Variable):
        yield (subject, predicate, term)  # type: ignore[misc]


def _filled(patterns: Iterable[Pattern], solution: Solution) -> list[Triple]:
    triples = []
    for pattern in patterns:
        terms = [solution.get(str(part)) if isinstance(part, Variable) else part for part in pattern]
        if None not in terms and isinstance(terms[0], URIRef):
            triples.append(tuple(terms))
    return triples  # type: ignore[return-value]


class _Rests:
    """What a set of triples and claims rests on in the view: looked up once for the whole answer."""

    def __init__(self, store: Store, found: list[list[tuple[Solution, list[Triple]]]]) -> None:
        solutions = [solution for row in found for solution in row]
        triples = {proposition_iri(triple): triple for _, filled in solutions for triple in filled}
        bound = {term for solution, _ in solutions for term in solution.values() if isinstance(term, URIRef)}
        said_of = _grouped(_lookup(store, _PROPOSITIONS, _of_kind(bound, "claim")))
        self.propositions_of = {claim: [row[0] for row in rows] for claim, rows in said_of.items()}
        self.claims_of = {
            iri: [row[0] for row in rows] for iri, rows in _grouped(_lookup(store, _RESTS, triples)).items()
        }
        self.said = {row[0] for row in _lookup(store, _SAID, self.claims_of)}
        shown = {iri for iris in self.propositions_of.values() for iri in iris} | _of_kind(bound, "proposition")
        self.on = _grouped(_lookup(store, _ON, shown))
        self.against = _grouped(_lookup(store, _AGAINST, {*self.claims_of, *shown}))
        subjects = {triple[0] for iri, triple in triples.items() if iri not in self.claims_of}
        self.reference = set(_lookup(store, _REFERENCE, subjects))

    def denials_of(self, triple: Triple) -> tuple[URIRef, ...]:
        """The claims that count against a triple, or against a premise of it."""
        return tuple(row[0] for row in self.against.get(proposition_iri(triple), ()) if isinstance(row[0], URIRef))


def _of_kind(terms: Iterable[Term | None], kind: str) -> set[URIRef]:
    return {term for term in terms if isinstance(term, URIRef) and term.startswith(PREFIXES[kind])}


def _supports(found: list[tuple[Solution, list[Triple]]], rests: _Rests) -> list[Support]:
    """The supports of one row: those of its solutions, with the claims of equal triples put together."""
    merged: dict[Triple, tuple[str, set[URIRef]]] = {}
    for solution, triples in found:
        for support in _solution_supports(solution, triples, rests):
            merged.setdefault(support.triple, (support.status, set()))[1].update(support.claims)
    return [
        Support(triple, status, tuple(sorted(claims)), rests.denials_of(triple))
        for triple, (status, claims) in sorted(merged.items(), key=lambda item: tuple(map(str, item[0])))
    ]


def _solution_supports(solution: Solution, triples: list[Triple], rests: _Rests) -> Iterator[Support]:
    named = _of_kind(solution.values(), "claim")
    covered: set[Term] = set()
    for triple in triples:
        iri = proposition_iri(triple)
        under = {claim for claim in rests.claims_of.get(iri, ()) if isinstance(claim, URIRef)}
        if under:
            covered |= {iri, *(under & named)}
            yield Support(triple, "claimed" if iri in rests.said else "inferred", tuple(under & named or under))
        elif triple in rests.reference and isinstance(triple[2], URIRef):
            yield Support(triple, "reference", ())
    propositions = _of_kind(solution.values(), "proposition")
    for claim in named - covered:
        on = [iri for iri in rests.propositions_of.get(claim, ()) if iri in propositions or not propositions]
        yield from (support for iri in on for support in _said(rests.on[iri], {claim}))
    if not named:
        yield from (support for iri in propositions - covered for support in _said(rests.on[iri], None))


def _said(rows: list[tuple[Term | None, ...]], only: set[URIRef] | None) -> Iterator[Support]:
    """A proposition as the claims on it put it, whether or not the view takes it as fact."""
    for claim, stance, *triple in rows:
        if isinstance(claim, URIRef) and (only is None or claim in only):
            status = "forecast" if stance in (FORECASTS, SUPPOSES) else "claimed"
            yield Support(tuple(triple), status, (claim,))  # type: ignore[arg-type]


def _record(
    claim: URIRef,
    rows: Mapping[Term | None, tuple[Term | None, ...]],
    related: list[tuple[Term | None, ...]],
    places: list[tuple[Term | None, ...]],
    perspectives: list[tuple[Term | None, ...]],
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


def _place(place: tuple[Term | None, ...]) -> str:
    _, start, end, _, section = place
    parts = ([f"characters {start}-{end}"] if start is not None else []) + ([str(section)] if section else [])
    return ", ".join(parts)


def _passages(documents: Path, places: Mapping[Term | None, list[tuple[Term | None, ...]]]) -> dict[Term | None, str]:
    """The passage of each claim whose document lies in the folder."""
    texts = documents_by_digest(documents, {str(place[0]) for rows in places.values() for place in rows})
    found = {}
    for claim, rows in places.items():
        spans = [_span(texts[str(row[0])], row) for row in rows if str(row[0]) in texts and row[1] is not None]
        if spans:
            found[claim] = " […] ".join(spans)
    return found


def _span(text: str, place: tuple[Term | None, ...]) -> str:
    span = text[int(str(place[1])) : int(str(place[2]))]
    if hashlib.sha256(span.encode()).hexdigest() != str(place[3]):
        return "(the passage at this place is not the one that was read: its digest differs)"
    return span
