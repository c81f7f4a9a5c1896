"""Views and scopes claim by claim, as plainly as can be said: what the columns are held to."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from rdflib import RDF, Literal, URIRef

from kgtools.claims import REPORTS, asserts, days, derived_quads, withdrawn
from kgtools.columns import Index, Selection, index_of, quads
from kgtools.freeze import nquads
from kgtools.model import Claim, ClaimSet, Inference, Quad, Scope, Source, Term, Triple, View
from kgtools.names import KG, PREFIXES, graph_iri
from kgtools.reason import Rule
from kgtools.sources import terms_of
from kgtools.views import CONFIDENCES, Span, span_of


def facts(view: View, claims: ClaimSet) -> dict[Triple, tuple[URIRef, ...]]:
    """Each triple that the view takes as fact, with the claims (sorted) that it takes it from; triples sorted.

    A proposition is contested when a denial counts against it, whether or not the view takes the claim that asserts it;
    roots are counted over the claims that the view takes.
    """
    contested = {dispute.proposition for dispute in claims.disputes}
    taken: dict[Triple, list[URIRef]] = defaultdict(list)
    for claim in claims.claims:
        if asserts(claim) and claim.stance in view.stances and _in_perspective(view, claims, claim.source):
            for proposition in claim.propositions:
                if view.contested or proposition.iri not in contested:
                    taken[proposition.triple].append(claim.iri)
    enough = {triple for triple, iris in taken.items() if _root_count(iris, claims) >= view.least_roots}
    return {triple: tuple(sorted(taken[triple])) for triple in sorted(enough, key=_written)}


def narrow(claims: ClaimSet, scope: Scope) -> ClaimSet:
    """The claims that exist within the scope, with the disputes among them; roots stay what they are.

    As of a day: a claim counts that is said to hold then; without a valid time of its own, an event's from the first
    date that anybody gives for it. Known by a day: a claim counts whose source was out by then. What has no date is
    taken, unless the scope is strict.
    """
    relayed = {iri for claim in claims.claims for iri in claim.relays}
    events = _event_days(claims.claims)
    day = span_of(scope.known_by) if scope.known_by else None
    known = [c for c in claims.claims if day is None or _known(claims.sources[c.source], day, scope.strict)]
    fallen = set() if scope.include_retracted else withdrawn(known, claims.sources).keys()
    kept = tuple(
        claim
        for claim in known
        if claim.iri not in fallen
        and _speaks(claim, claims.sources[claim.source], scope)
        and (not scope.first_hand or _first_hand(claim, relayed))
        and (scope.as_of is None or _holds(claim, span_of(scope.as_of), events, strict=scope.strict))
    )
    within = {claim.iri for claim in kept}
    return ClaimSet(
        kept,
        claims.sources,
        {iri: ends for iri, ends in claims.roots.items() if iri in within},
        tuple(dispute for dispute in claims.disputes if {dispute.denial, dispute.claim} <= within),
    )


def _event_days(claims: Iterable[Claim]) -> dict[URIRef, Span]:
    """For each event from the first day that an asserting claim can mean to the last."""
    found: dict[URIRef, Span] = {}
    for claim in filter(asserts, claims):
        for proposition in claim.propositions:
            span = days(proposition.object) if proposition.predicate == KG.date else None  # type: ignore[arg-type]
            if span:
                first, last = found.get(proposition.subject, span)
                found[proposition.subject] = (min(first, span[0]), max(last, span[1]))
    return found


def _speaks(claim: Claim, source: Source, scope: Scope) -> bool:
    names = {claim.source, claim.holder, *source.perspectives}
    level = CONFIDENCES.index(str(claim.confidence).rsplit("/", 1)[-1])
    return (
        (not scope.according_to or not names.isdisjoint(scope.according_to))
        and names.isdisjoint(scope.excluding)
        and level >= CONFIDENCES.index(scope.least_confidence)
    )


def _first_hand(claim: Claim, relayed: set[URIRef]) -> bool:
    """Whether the holder speaks in a document of its own: neither quoted, nor passing on what somebody said."""
    return claim.iri not in relayed and not claim.relays and claim.stance != REPORTS


def _holds(claim: Claim, day: Span, events: Mapping[URIRef, Span], *, strict: bool) -> bool:
    start = days(claim.valid_from) if claim.valid_from is not None else _happened(claim, events)
    end = days(claim.valid_to) if claim.valid_to is not None else None
    if strict:
        return start is not None and start[1] <= day[0] and (end is None or end[0] >= day[1])
    return (start is None or start[0] <= day[1]) and (end is None or end[1] >= day[0])


def _happened(claim: Claim, events: Mapping[URIRef, Span]) -> Span | None:
    """When the events that the claim speaks of had all happened, if they are dated."""
    spans = [events[p.subject] for p in claim.propositions if p.subject in events]
    return (max(first for first, _ in spans), max(last for _, last in spans)) if spans else None


def _known(source: Source, day: Span, strict: bool) -> bool:
    span = days(source.issued) if source.issued is not None else None
    if span is None:
        return not strict
    return span[1 if strict else 0] <= day[1]


def _in_perspective(view: View, claims: ClaimSet, source: URIRef) -> bool:
    return not view.perspectives or bool(view.perspectives.intersection(claims.sources[source].perspectives))


def _root_count(iris: Iterable[URIRef], claims: ClaimSet) -> int:
    return len({root for iri in iris for root in claims.roots[iri]})


def _written(triple: Triple) -> tuple[str, ...]:
    return tuple(term.n3() for term in triple)


def resting(
    inferences: Iterable[Inference], taken: Mapping[Triple, tuple[URIRef, ...]]
) -> dict[Triple, frozenset[URIRef]]:
    """For each fact and conclusion the claims at the bottom of every proof of it that never uses what it proves."""
    steps: dict[Triple, list[tuple[Triple, ...]]] = defaultdict(list)
    for inference in inferences:
        steps[inference.conclusion].append(inference.premises)

    def of(triple: Triple, above: frozenset[Triple]) -> frozenset[URIRef]:
        path = above | {triple}
        proofs = [premises for premises in steps.get(triple, ()) if path.isdisjoint(premises)]
        return frozenset(taken.get(triple, ())).union(*(of(one, path) for premises in proofs for one in premises))

    return {triple: of(triple, frozenset()) for triple in {*taken, *steps}}


def indexed(claims: ClaimSet, ruleset: tuple[Rule, ...] = (), known: Iterable[Triple] = ()) -> Index:
    """The columns of a claim set, through the N-Quads that a build would write of it."""
    reference = nquads((*triple, graph_iri("reference")) for triple in known)
    return index_of(ruleset, quads(reference), nquads([*_layer(claims), *derived_quads(claims)]))


def facts_of(selection: Selection) -> dict[Triple, tuple[URIRef, ...]]:
    """The facts of a selection with their claims, as values of the model."""
    index, found = selection.index, defaultdict(list)
    for fact, claim in selection.taken.iter_rows():
        found[fact].append(URIRef(index.names[index.claims["iri"][claim]][1:-1]))
    return {triple_of(index, fact): tuple(sorted(claims)) for fact, claims in found.items()}


def triple_of(index: Index, fact: int) -> Triple:
    """A fact as a triple of the model."""
    return tuple(terms_of(index.closed.terms[number] for number in index.closed.facts.row(fact)))


def _layer(claims: ClaimSet) -> list[Quad]:
    graph = graph_iri("made-up")
    quads: list[Quad] = []

    def say(subject: URIRef, predicate: URIRef, *terms: Term | None) -> None:
        quads.extend((subject, predicate, term, graph) for term in terms if term is not None)

    for claim in claims.claims:
        say(claim.iri, RDF.type, KG.Claim)
        say(claim.iri, KG.onProposition, *(p.iri for p in claim.propositions))
        say(claim.iri, KG.relays, *claim.relays)
        say(claim.iri, KG.retracts, *claim.retracts)
        say(claim.iri, KG.supersedes, *claim.supersedes)
        say(claim.iri, KG.inScenario, *claim.scenarios)
        for name in ("source", "holder", "stance", "confidence", "valid_from", "valid_to", "withdrawn_on"):
            say(claim.iri, _PREDICATES[name], getattr(claim, name))
        for p in claim.propositions:
            say(p.iri, KG.subject, p.subject)
            say(p.iri, KG.predicate, p.predicate)
            say(p.iri, KG.value if isinstance(p.object, Literal) else KG.object, p.object)
    for source in claims.sources.values():
        say(source.iri, KG.perspective, *source.perspectives)
        say(source.iri, URIRef(PREFIXES["dcterms"] + "issued"), source.issued)
    return quads


_PREDICATES = {
    "source": KG.statedIn,
    "holder": KG.holder,
    "stance": KG.stance,
    "confidence": KG.confidence,
    "valid_from": KG.validFrom,
    "valid_to": KG.validTo,
    "withdrawn_on": KG.withdrawnOn,
}
