"""From curated documents to the claim layer: IRIs minted, day bounds added, roots and disputes worked out.

`claim_layer` takes whatever the files say, so that the shapes can find what is missing. `read_claims` runs after the
shapes and relies on them. Roots and disputes follow DESIGN section 3; both are one pass over indexes, never pairs.
"""

import calendar
import hashlib
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from rdflib import RDF, RDFS, XSD, BNode, Literal, URIRef

from kgtools.model import (
    Claim,
    ClaimSet,
    Dispute,
    Document,
    Locator,
    Proposition,
    Quad,
    Source,
    Term,
    Triple,
    Withdrawal,
)
from kgtools.names import KG, OA, PREFIXES, PROV, graph_iri

DENIES = URIRef(PREFIXES["stance"] + "denies")
REPORTS = URIRef(PREFIXES["stance"] + "reports")
FORECASTS = URIRef(PREFIXES["stance"] + "forecasts")
SUPPOSES = URIRef(PREFIXES["stance"] + "supposes")
RETRACTS = URIRef(PREFIXES["stance"] + "retracts")
ASSERTING = frozenset(URIRef(PREFIXES["stance"] + name) for name in ("asserts", "reports", "speculates"))
DERIVED, SCENARIOS = graph_iri("derived"), graph_iri("scenarios")
# What roots, disputes and withdrawals depend on, and what views depend on.
_SAID = (
    *(RDF.type, KG.statedIn, KG.holder, KG.stance, KG.relays, KG.inScenario, KG.retracts, KG.supersedes),
    *(KG.withdrawnOn, KG.validFrom, KG.validTo, KG.onProposition, KG.subject, KG.predicate, KG.object, KG.value),
    URIRef(PREFIXES["dcterms"] + "issued"),
)
DECIDING = frozenset((*_SAID, KG.issuedBy, PROV.wasDerivedFrom))
INDEXED = frozenset((*_SAID, KG.confidence, KG.perspective, KG.hasRoot, KG.disputes, KG.countsAgainst))

Node = Mapping[URIRef, list[Term]]
Nodes = Mapping[Term, dict[URIRef, Node]]  # by class
_TYPE = RDF.type
_DATE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")
_DATE_PARTS = {XSD.gYear: 1, XSD.gYearMonth: 2, XSD.date: 3}
_DIGEST_LENGTH = 20
_NO_DAY = ("9999-12-31", "9999-12-31")


def claim_layer(sources: Iterable[Document], scenarios: Iterable[Document]) -> list[Quad]:
    """The quads of sources and scenarios: blank nodes become IRIs, `kg:statedIn` and what follows from it is added."""
    found = [source_quads(document) for document in sources] + [scenario_quads(document) for document in scenarios]
    return list(dict.fromkeys(quad for quads in found for quad in quads))


def source_quads(document: Document) -> list[Quad]:
    """What the file of one source adds to the claim layer; no other file has a part in it."""
    triples = _minted(document)
    source = URIRef(PREFIXES["source"] + document.path.stem)
    triples |= {(s, KG.statedIn, source) for s, p, o in triples if p == RDF.type and o == KG.Claim}
    return _with_derived([(*triple, graph_iri(document.path.stem)) for triple in triples])


def scenario_quads(document: Document) -> list[Quad]:
    """What one file of scenarios adds to the claim layer; no other file has a part in it."""
    return _with_derived([(*triple, SCENARIOS) for triple in _minted(document)])


def _with_derived(quads: list[Quad]) -> list[Quad]:
    said = _by_predicate(quads)
    return quads + [(*triple, DERIVED) for triple in {*_bounds(said), *_scenario_links(said)}]


def read_sources(layer: Iterable[Quad]) -> dict[URIRef, Source]:
    """Every source by IRI, from a claim layer that the shapes have passed."""
    return {iri: _source(iri, node) for iri, node in sorted(_nodes(layer)[KG.Source].items())}


def read_claims(layer: Iterable[Quad]) -> list[Claim]:
    """Every claim in order of its IRI, from a claim layer that the shapes have passed, or a part of one.

    What the quads do not say of a claim is empty.
    """
    return _claims(_nodes(layer))


def _claims(nodes: Nodes) -> list[Claim]:
    locators = {iri: _locator(iri, node) for iri, node in nodes[KG.Locator].items()}
    propositions = {iri: _proposition(iri, node) for iri, node in nodes[KG.Proposition].items()}
    return [_claim(iri, node, propositions, locators) for iri, node in sorted(nodes[KG.Claim].items())]


def claim_set(layer: Iterable[Quad], schema: Iterable[Triple]) -> ClaimSet:
    """The claims of a layer with their sources, roots and disputes; *schema* says what is broader than what."""
    nodes = _nodes(layer)
    claims = tuple(_claims(nodes))
    sources = {iri: _source(iri, node) for iri, node in sorted(nodes[KG.Source].items())}
    return ClaimSet(claims, sources, roots(claims, sources), tuple(disputes(claims, schema)))


def roots(claims: Iterable[Claim], sources: Mapping[URIRef, Source]) -> dict[URIRef, frozenset[URIRef]]:
    """The independent origins of each claim: ends of relay chains and of document dependence, each once.

    A claim that some other claim relays is its holder's word, known second-hand: its root is the document that the
    holder issued, where the relaying document derives from one, else the holder. A relaying claim has the roots of what
    it relays. Any other claim has the sources at the ends of its document's
    `prov:wasDerivedFrom` chain, or the document itself.
    """
    by_iri = {claim.iri: claim for claim in claims}
    relayed = {iri for claim in by_iri.values() for iri in claim.relays}

    def of(claim: Claim, above: frozenset[URIRef]) -> frozenset[URIRef]:
        inner = [by_iri[iri] for iri in claim.relays if iri in by_iri and iri not in above]
        if inner:
            return frozenset().union(*(of(other, above | {claim.iri}) for other in inner))
        ends = _ends(claim.source, sources)
        if claim.iri not in relayed:
            return ends
        # The panel that is quoted and the panel's report that is drawn on are one voice.
        own = {end for end in ends if end in sources and claim.holder in sources[end].issued_by}
        return frozenset(own or {claim.holder})

    return {iri: of(claim, frozenset({iri})) for iri, claim in by_iri.items()}


def disputes(claims: Iterable[Claim], schema: Iterable[Triple]) -> list[Dispute]:
    """Each denial of what another claim asserts: same or narrower proposition, overlapping valid times; sorted.

    A denial of a broad proposition counts against narrower ones: subproperty, subclass, and part of what is denied.
    """
    claims = list(claims)
    denied: dict[Triple, list[Claim]] = defaultdict(list)
    for claim in claims:
        if claim.stance == DENIES and not claim.scenarios:
            for proposition in claim.propositions:
                denied[proposition.triple].append(claim)
    broader = _broader(schema) if denied else {}
    found = set()
    for claim in claims:
        for proposition in claim.propositions if asserts(claim) else ():
            denials = (d for broad in _broadenings(proposition.triple, broader) for d in denied.get(broad, ()))
            found |= {Dispute(d.iri, claim.iri, proposition.iri) for d in denials if overlap(d, claim)}
    return sorted(found)


def asserts(claim: Claim) -> bool:
    """Whether the claim itself puts its propositions forward as so: not a denial, a scenario, or a mere relay."""
    return claim.stance in ASSERTING and not claim.scenarios and not (claim.stance == REPORTS and claim.relays)


def withdrawn(claims: Iterable[Claim], sources: Mapping[URIRef, Source]) -> dict[URIRef, Withdrawal]:
    """Each claim that no longer stands, with its first withdrawal; only the claims given withdraw one another.

    What was taken back or corrected stays so when its holder withdraws that claim too: nobody has said the old thing
    again. What the editors withdraw was never said as recorded, so it takes nothing back. A claim that only relays
    speaks through what it relays, and falls when all of that has fallen.
    """
    by_iri = {claim.iri: claim for claim in claims}
    found = {
        claim.iri: Withdrawal("withdrawn by the editors", days(claim.withdrawn_on))
        for claim in by_iri.values()
        if claim.withdrawn_on is not None
    }
    _let_relays_fall(found, by_iri)
    said = [claim for iri, claim in sorted(by_iri.items()) if iri not in found]
    dated = [(claim, _issued_days(sources[claim.source])) for claim in said if claim.retracts or claim.supersedes]
    # The first withdrawal is the one that counts; one without a date comes last, since it may be of any day.
    for claim, since in sorted(dated, key=lambda pair: pair[1] or _NO_DAY):
        for how, old in (("retracted", claim.retracts), ("superseded", claim.supersedes)):
            for iri in old:
                found.setdefault(iri, Withdrawal(how, since, claim.iri))
    _let_relays_fall(found, by_iri)
    return {iri: found[iri] for iri in sorted(found) if iri in by_iri}


def overlap(one: Claim, other: Claim) -> bool:
    """Whether the valid times of two claims share a day; an unknown end is open."""
    (start, end), (other_start, other_end) = valid_days(one), valid_days(other)
    return max(start, other_start) <= min(end, other_end)


def valid_days(claim: Claim) -> tuple[str, str]:
    """The first and last day, as ISO text, on which the claim is said to hold; open ends are the ends of time."""
    start = days(claim.valid_from) if claim.valid_from is not None else None
    end = days(claim.valid_to) if claim.valid_to is not None else None
    return (start[0] if start else "0000-01-01", end[1] if end else "9999-12-31")


def days(date: Literal) -> tuple[str, str] | None:
    """The first and last day, as ISO text, of a year, month or day; None if the literal is no real date."""
    return days_of(str(date), date.datatype or XSD.string)


def days_of(text: str, datatype: URIRef) -> tuple[str, str] | None:
    """The same for a date as text and its datatype: xsd:gYear, xsd:gYearMonth or xsd:date."""
    match = _DATE.fullmatch(text)
    parts = _DATE_PARTS.get(datatype)
    if not match or parts is None or sum(part is not None for part in match.groups()) != parts:
        return None
    year, month, day = (int(part) if part else None for part in match.groups())
    if not year or (month is not None and not 1 <= month <= 12):
        return None
    last = calendar.monthrange(year, month or 12)[1]
    if day is not None and not 1 <= day <= last:
        return None
    return f"{year:04}-{month or 1:02}-{day or 1:02}", f"{year:04}-{month or 12:02}-{day or last:02}"


def derived_quads(claims: ClaimSet) -> list[Quad]:
    """Roots, disputes and withdrawals as quads of the derived graph."""
    links: list[Quad] = [(claim, KG.hasRoot, root, DERIVED) for claim, ends in claims.roots.items() for root in ends]
    for dispute in claims.disputes:
        links += [
            (dispute.denial, KG.disputes, dispute.claim, DERIVED),
            (dispute.denial, KG.countsAgainst, dispute.proposition, DERIVED),
        ]
    taken_back = withdrawn(claims.claims, claims.sources).items()
    links += [(iri, KG.isWithdrawnBy, how.by, DERIVED) for iri, how in taken_back if how.by is not None]
    return links


def _issued_days(source: Source) -> tuple[str, str] | None:
    return days(source.issued) if source.issued is not None else None


def _let_relays_fall(found: dict[URIRef, Withdrawal], claims: Mapping[URIRef, Claim]) -> None:
    """Add to *found* each claim that relays only what has fallen: it falls with the last of that."""
    waiting = {iri: claim for iri, claim in sorted(claims.items()) if claim.stance == REPORTS and claim.relays}
    while falling := [c for iri, c in waiting.items() if iri not in found and found.keys() >= set(c.relays)]:
        for claim in falling:
            last = max(claim.relays, key=lambda iri: (found[iri].since or _NO_DAY, iri))
            found[claim.iri] = replace(found[last], relayed=last)


def proposition_iri(triple: Iterable[Term]) -> URIRef:
    """The IRI of the proposition with these subject, predicate and object: a hash of the three."""
    return URIRef(PREFIXES["proposition"] + _digest(" ".join(term.n3() for term in triple)))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:_DIGEST_LENGTH]


def _minted(document: Document) -> set[Triple]:
    """The document's triples with an IRI for each proposition and locator written inline."""
    about: dict[Term, list[Triple]] = defaultdict(list)
    for triple in document.triples:
        about[triple[0]].append(triple)
    names: dict[Term, URIRef] = {}
    for subject, predicate, node in document.triples:
        if not isinstance(node, BNode):
            continue
        if predicate in (KG.onProposition, KG.watches):
            names[node] = _proposition_name(about[node])
        elif predicate == KG.locator:
            content = sorted(f"{p.n3()} {o.n3()}" for _, p, o in about[node])
            names[node] = URIRef(PREFIXES["locator"] + _digest(" ".join([subject.n3(), *content])))
    typed = {(name, RDF.type, _NODE_CLASS[name.rsplit("/", 2)[1]]) for name in names.values()}
    return typed | {(names.get(s, s), p, names.get(o, o)) for s, p, o in document.triples}


_NODE_CLASS = {"proposition": KG.Proposition, "locator": KG.Locator}


def _proposition_name(triples: list[Triple]) -> URIRef:
    parts = {p: o for _, p, o in triples}
    whole = [parts.get(KG.subject), parts.get(KG.predicate), parts.get(KG.object, parts.get(KG.value))]
    if len(triples) - (RDF.type in parts) == len(whole) and None not in whole:
        return proposition_iri(term for term in whole if term is not None)
    return URIRef(PREFIXES["proposition"] + _digest(" ".join(sorted(f"{p.n3()} {o.n3()}" for _, p, o in triples))))


Said = Mapping[Term, list[tuple[Term, Term]]]  # by predicate: subjects and objects


def _by_predicate(quads: Iterable[Quad]) -> Said:
    said: dict[Term, list[tuple[Term, Term]]] = defaultdict(list)
    for s, p, o, _ in quads:
        said[p].append((s, o))
    return said


def _bounds(said: Said) -> Iterator[Triple]:
    """Day bounds of claims (from valid times) and of propositions that say a date."""
    dated = {s for s, o in said[KG.predicate] if o in (KG.date, KG.endDate)}
    values = [(s, o) for s, o in said[KG.value] if s in dated]
    for bound, place, dates in ((KG.earliest, 0, said[KG.validFrom]), (KG.latest, 1, said[KG.validTo])):
        for s, o in (*dates, *values):
            span = days(o) if isinstance(o, Literal) else None
            if span:
                yield (s, bound, Literal(span[place], datatype=XSD.date))  # type: ignore[misc]


def _scenario_links(said: Said) -> Iterator[Triple]:
    """What a scenario projects and is conditioned on, from the claims that are in it."""
    stances, on = dict(said[KG.stance]), defaultdict(set)
    for claim, proposition in said[KG.onProposition]:
        on[claim].add(proposition)
    links: dict[Term, URIRef] = {FORECASTS: KG.projects, SUPPOSES: KG.conditionedOn}
    for claim, scenario in said[KG.inScenario]:
        link = links.get(stances[claim]) if claim in stances else None
        if link is not None and isinstance(scenario, URIRef):
            yield from ((scenario, link, proposition) for proposition in on[claim])


def _nodes(layer: Iterable[Quad]) -> Nodes:
    """All that is said of each thing, by the classes that it has, each value once."""
    about: dict[Term, dict[URIRef, dict[Term, None]]] = defaultdict(lambda: defaultdict(dict))
    for s, p, o, _ in layer:
        about[s][p][o] = None
    found: Nodes = defaultdict(dict)
    for subject, said in about.items():
        node = {predicate: list(values) for predicate, values in said.items()}
        for kind in node.get(_TYPE, ()):
            if isinstance(subject, URIRef):
                found[kind][subject] = node
    return found


def _source(iri: URIRef, node: Node) -> Source:
    title, issued = (node.get(URIRef(PREFIXES["dcterms"] + name)) for name in ("title", "issued"))
    digest, length = node.get(KG.documentDigest), node.get(KG.documentLength)
    return Source(
        iri,
        str(title[0]) if title else "",
        perspectives=_iris(node, KG.perspective),
        derived_from=_iris(node, PROV.wasDerivedFrom),
        issued_by=_iris(node, KG.issuedBy),
        issued=issued[0] if issued and isinstance(issued[0], Literal) else None,
        document_digest=str(digest[0]) if digest else None,
        document_length=int(str(length[0])) if length else None,
    )


def _locator(iri: URIRef, node: Node) -> Locator:
    def text(predicate: URIRef) -> str | None:
        return str(node[predicate][0]) if predicate in node else None

    start, end = text(OA.start), text(OA.end)
    return Locator(iri, int(start) if start else None, int(end) if end else None, text(KG.spanDigest), text(KG.section))


def _proposition(iri: URIRef, node: Node) -> Proposition:
    value = (node.get(KG.object) or node[KG.value])[0]
    return Proposition(iri, node[KG.subject][0], node[KG.predicate][0], value)  # type: ignore[arg-type]


def _claim(
    iri: URIRef, node: Node, propositions: Mapping[URIRef, Proposition], locators: Mapping[URIRef, Locator]
) -> Claim:
    def one(predicate: URIRef) -> URIRef:
        return URIRef(next(iter(node.get(predicate, ())), ""))

    def literal(predicate: URIRef) -> Literal | None:
        return next((term for term in node.get(predicate, ()) if isinstance(term, Literal)), None)

    wording = literal(KG.hedgeWording)
    return Claim(
        iri,
        source=one(KG.statedIn),
        holder=one(KG.holder),
        stance=one(KG.stance),
        hedge=one(KG.hedge),
        confidence=one(KG.confidence),
        paraphrase=str(literal(KG.paraphrase) or ""),
        propositions=tuple(propositions[p] for p in _iris(node, KG.onProposition)),
        locators=tuple(locators[where] for where in _iris(node, KG.locator)),
        hedge_wording=None if wording is None else str(wording),
        valid_from=literal(KG.validFrom),
        valid_to=literal(KG.validTo),
        relays=_iris(node, KG.relays),
        scenarios=_iris(node, KG.inScenario),
        retracts=_iris(node, KG.retracts),
        supersedes=_iris(node, KG.supersedes),
        withdrawn_on=literal(KG.withdrawnOn),
    )


def _iris(node: Node, predicate: URIRef) -> tuple[URIRef, ...]:
    return tuple(sorted(term for term in node.get(predicate, ()) if isinstance(term, URIRef)))


def _ends(source: URIRef, sources: Mapping[URIRef, Source]) -> frozenset[URIRef]:
    """The sources at the ends of the derivation chain; a circle of copies is one root, its least member."""
    seen, ends, waiting = {source}, set(), [source]
    while waiting:
        current = waiting.pop()
        parents = sources[current].derived_from if current in sources else ()
        if not parents:
            ends.add(current)
        waiting += [parent for parent in parents if parent not in seen]
        seen |= set(parents)
    return frozenset(ends or {min(seen)})


def _broader(schema: Iterable[Triple]) -> dict[Term, set[Term]]:
    """One step up from a term: superproperty, superclass, or the thing that it is part of."""
    triples = list(schema)
    part = {KG.isPartOf} | {s for s, p, o in triples if p == RDFS.subPropertyOf and o == KG.isPartOf}
    steps: dict[Term, set[Term]] = defaultdict(set)
    for s, p, o in triples:
        if p in (RDFS.subPropertyOf, RDFS.subClassOf) or p in part:
            steps[s].add(o)
    return steps


def _broadenings(triple: Triple, broader: Mapping[Term, set[Term]]) -> Iterator[Triple]:
    subjects, predicates, objects = ([*_upwards(term, broader)] for term in triple)
    for s in subjects:
        for p in predicates:
            yield from ((s, p, o) for o in objects)  # type: ignore[misc]


def _upwards(term: Term, broader: Mapping[Term, set[Term]]) -> set[Term]:
    seen, waiting = {term}, [term]
    while waiting:
        new = broader.get(waiting.pop(), set()) - seen
        seen |= new
        waiting += new
    return seen
