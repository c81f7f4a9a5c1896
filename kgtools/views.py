"""A view picks the claims to take as facts, within a scope if one is given; here both are applied."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from rdflib import RDF, XSD, Literal, URIRef

from kgtools.claims import REPORTS, asserts, days, days_of
from kgtools.errors import QuestionError
from kgtools.model import Claim, ClaimSet, Document, Scope, Source, Term, Triple, View
from kgtools.names import KG, PREFIXES, shorten

CONFIDENCES = ("low", "moderate", "high")

Span = tuple[str, str]  # first and last day as ISO text


def read_views(documents: Iterable[Document]) -> list[View]:
    """Every view that the files declare, by name."""
    views = [
        view_of(document.triples, subject)
        for document in documents
        for subject, predicate, kind in document.triples
        if predicate == RDF.type and kind == KG.View
    ]
    return sorted(views, key=lambda view: view.name)


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
    kept = tuple(
        claim
        for claim in claims.claims
        if _speaks(claim, claims.sources[claim.source], scope)
        and (not scope.first_hand or _first_hand(claim, relayed))
        and (scope.as_of is None or _holds(claim, span_of(scope.as_of), events, strict=scope.strict))
        and (scope.known_by is None or _known(claims.sources[claim.source], span_of(scope.known_by), scope.strict))
    )
    within = {claim.iri for claim in kept}
    return ClaimSet(
        kept,
        claims.sources,
        {iri: ends for iri, ends in claims.roots.items() if iri in within},
        tuple(dispute for dispute in claims.disputes if {dispute.denial, dispute.claim} <= within),
    )


def scope_words(scope: Scope) -> str:
    """The scope in words, as an answer and a citation name it; empty for the whole."""
    parts = [
        *(f"according to {shorten(iri)}" for iri in sorted(scope.according_to)),
        *(f"excluding {shorten(iri)}" for iri in sorted(scope.excluding)),
        "" if scope.least_confidence == "low" else f"confidence {scope.least_confidence} at least",
        "first-hand only" if scope.first_hand else "",
        f"as of {scope.as_of}" if scope.as_of else "",
        f"known by {scope.known_by}" if scope.known_by else "",
        "undated claims left out" if scope.strict else "",
    ]
    return ", ".join(filter(None, parts))


def span_of(text: str) -> Span:
    """The first and last day that a year, a month or a day means; QuestionError if the text is none of them."""
    for datatype in (XSD.gYear, XSD.gYearMonth, XSD.date):
        if found := days_of(text, datatype):
            return found
    raise QuestionError(f"{text!r} is no date; write a year, a month or a day such as 2023-07-15")


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


def view_of(triples: Iterable[Triple], subject: Term) -> View:
    """The view that the triples about *subject* describe."""
    node: dict[URIRef, list[Term]] = defaultdict(list)
    for s, p, o in triples:
        if s == subject:
            node[p].append(o)
    contested, least = node[KG.takesContested], node[KG.leastRoots]
    return View(
        str(subject).removeprefix(PREFIXES["view"]),
        stances=frozenset(map(URIRef, node[KG.takesStance])),
        perspectives=frozenset(map(URIRef, node[KG.takesPerspective])),
        contested=not contested or contested[0] == Literal(True),
        least_roots=int(str(least[0])) if least else 1,
    )


def _in_perspective(view: View, claims: ClaimSet, source: URIRef) -> bool:
    return not view.perspectives or bool(view.perspectives.intersection(claims.sources[source].perspectives))


def _root_count(iris: Iterable[URIRef], claims: ClaimSet) -> int:
    return len({root for iri in iris for root in claims.roots[iri]})


def _written(triple: Triple) -> tuple[str, ...]:
    return tuple(term.n3() for term in triple)
