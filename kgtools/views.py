"""Views pick the claims to take as facts, and scopes the claims that exist at all: what they say, read and in words."""

from collections import defaultdict
from collections.abc import Iterable

from rdflib import RDF, XSD, Literal, URIRef

from kgtools.claims import days_of
from kgtools.errors import QuestionError
from kgtools.model import Document, Scope, Term, Triple, View
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
        "withdrawn claims included" if scope.include_retracted else "",
    ]
    return ", ".join(filter(None, parts))


def span_of(text: str) -> Span:
    """The first and last day that a year, a month or a day means; QuestionError if the text is none of them."""
    for datatype in (XSD.gYear, XSD.gYearMonth, XSD.date):
        if found := days_of(text, datatype):
            return found
    raise QuestionError(f"{text!r} is no date; write a year, a month or a day such as 2023-07-15")


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
