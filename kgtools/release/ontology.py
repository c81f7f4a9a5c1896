"""The released ontology: one document with a version of its own, and which terms differ between two releases."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from rdflib import DCTERMS, OWL, RDF, XSD, Literal, URIRef

from kgtools.describe import Edition
from kgtools.diff import Diff
from kgtools.guard import tokenize
from kgtools.model import Triple
from kgtools.names import BASE, PREFIXES
from kgtools.questions import Question
from kgtools.sources import parse_nquads

ONTOLOGY = URIRef(BASE + "ontology")
_OF_A_VERSION = (OWL.imports, OWL.versionIRI, OWL.versionInfo, OWL.priorVersion, DCTERMS.modified)


@dataclass(frozen=True, slots=True)
class TermChange:
    """What has become of a term, and which questions read it."""

    term: URIRef
    status: str  # "added", "removed" or "changed"
    properties: tuple[URIRef, ...]  # that have other values
    questions: tuple[str, ...]


def ontology_triples(ontology: bytes, edition: Edition) -> list[Triple]:
    """The ontology's modules, vocabularies and alignments in one document, which has the version of the release.

    The modules are in it, so it imports none, and their own headers are left out.
    """
    triples: list[Triple] = [quad[:3] for quad in parse_nquads(ontology)]
    modules = {s for s, p, o in triples if (p, o) == (RDF.type, OWL.Ontology)} - {ONTOLOGY}
    kept = [t for t in triples if t[0] not in modules and not (t[0] == ONTOLOGY and t[1] in _OF_A_VERSION)]
    said: list[tuple[URIRef, URIRef | Literal]] = [
        (RDF.type, OWL.Ontology),
        (OWL.versionIRI, URIRef(f"{ONTOLOGY}/{edition.version}")),
        (OWL.versionInfo, Literal(edition.version)),
    ]
    if edition.prior:
        said.append((OWL.priorVersion, URIRef(f"{ONTOLOGY}/{edition.prior}")))
    if edition.date:
        said.append((DCTERMS.modified, Literal(edition.date, datatype=XSD.date)))
    return [*kept, *((ONTOLOGY, p, o) for p, o in said)]


def term_changes(found: Diff, before: bytes, after: bytes, questions: Iterable[Question]) -> list[TermChange]:
    """The terms that differ, by their IRIs; the datasets tell which were there before and which are after."""
    there = [_subjects(data) for data in (before, after)]
    reads = {question.name: names_in(question.text) for question in questions}
    properties: dict[URIRef, set[URIRef]] = {}
    for graph in found.ontology:
        for subject, predicate, _ in (*graph.lost, *graph.gained):
            if isinstance(subject, URIRef):
                properties.setdefault(subject, set()).add(predicate)
    return [
        TermChange(
            term,
            _status(*(term in subjects for subjects in there)),
            tuple(sorted(properties[term])),
            tuple(sorted(name for name, terms in reads.items() if str(term) in terms)),
        )
        for term in sorted(properties)
    ]


def names_in(text: str) -> set[str]:
    """The IRIs that a query names, in full or with a prefix."""
    tokens = list(tokenize(text))
    prefixes = dict(PREFIXES)
    for word, name, iri in zip(tokens, tokens[1:], tokens[2:], strict=False):
        if word.text.upper() == "PREFIX" and iri.kind == "iri":
            prefixes[name.text.removesuffix(":")] = iri.text[1:-1]
    found = {token.text[1:-1] for token in tokens if token.kind == "iri"}
    for token in tokens:
        prefix, colon, local = token.text.partition(":")
        if token.kind == "name" and colon and prefix in prefixes:
            found.add(prefixes[prefix] + local)
    return found


def _subjects(data: bytes) -> set[URIRef]:
    """What the ontology's graph speaks of in a dataset."""
    graph = f" <{BASE}graph/ontology> .".encode()
    lines = (line for line in data.split(b"\n") if line.endswith(graph) and line.startswith(b"<"))
    return {URIRef(line[1 : line.index(b">")].decode()) for line in lines}


def _status(before: bool, after: bool) -> str:
    return "changed" if before and after else "added" if after else "removed"


def questions_reading(changes: Iterable[TermChange]) -> Mapping[str, list[URIRef]]:
    """The questions that read a term that is gone or another than before, each with these terms."""
    found: dict[str, list[URIRef]] = {}
    for change in changes:
        for name in change.questions if change.status != "added" else ():
            found.setdefault(name, []).append(change.term)
    return dict(sorted(found.items()))
