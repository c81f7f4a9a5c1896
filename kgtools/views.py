"""A view picks the claims to take as facts; here it is read from its file and applied."""

from collections import defaultdict
from collections.abc import Iterable

from rdflib import RDF, Literal, URIRef

from kgtools.claims import asserts
from kgtools.model import ClaimSet, Document, Term, Triple, View
from kgtools.names import KG, PREFIXES


def read_views(documents: Iterable[Document]) -> list[View]:
    """Every view that the files declare, by name."""
    views = [
        _view(document, subject)
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


def _view(document: Document, subject: Term) -> View:
    node: dict[URIRef, list[Term]] = defaultdict(list)
    for s, p, o in document.triples:
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
