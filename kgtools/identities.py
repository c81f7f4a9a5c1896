"""Decisions of editors that two handles are one thing: applied when files are read, so that undoing one undoes all.

The files stay as they were written. What they say of the folded handle is read as said of the kept one, and whatever
named the folded handle says so with `kg:asNamed`. No equality is stated, so nothing else follows from a decision.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from rdflib import RDF, BNode, Literal, URIRef

from kgtools.model import Corpus, Document, Term, Triple
from kgtools.names import KG, PREFIXES, shorten

_FOLDS = shorten(KG.folds).partition(":")[2]
REPLACED_BY = URIRef(PREFIXES["dcterms"] + "isReplacedBy")


def decided_reference(corpus: Corpus) -> tuple[Document, ...]:
    """The reference files with every folded handle read as the one that is kept."""
    kept = decisions(corpus)
    return tuple(
        _with(document, _reference(document.triples, kept)) if kept else document for document in corpus.reference
    )


def decided_claims(document: Document, kept: Mapping[URIRef, URIRef]) -> Document:
    """A file of sources or scenarios, read so."""
    return _with(document, _claims(document.triples, kept)) if kept else document


def decisions(corpus: Corpus) -> dict[URIRef, URIRef]:
    """Each handle that the reference files fold with the one that is kept for it."""
    deciding = (document for document in corpus.reference if _FOLDS in document.text)  # most files decide nothing
    return folded(triple for document in deciding for triple in document.triples)


def folded(triples: Iterable[Triple]) -> dict[URIRef, URIRef]:
    """Each folded handle with the one that is kept for it. One step only: the shapes refuse chains and circles."""
    keeps: dict[Term, URIRef] = {}
    folds: list[tuple[Term, URIRef]] = []
    for subject, predicate, term in triples:
        if predicate == KG.keeps and isinstance(term, URIRef):
            keeps[subject] = min(term, keeps.get(subject, term))
        elif predicate == KG.folds and isinstance(term, URIRef):
            folds.append((subject, term))
    return {term: keeps[subject] for subject, term in sorted(folds) if keeps.get(subject, term) != term}


def _with(document: Document, triples: list[Triple]) -> Document:
    return replace(document, triples=tuple(triples))


def _claims(triples: Iterable[Triple], kept: Mapping[URIRef, URIRef]) -> list[Triple]:
    """The triples of a file of claims, read so; the claim or source that named a folded handle says which."""
    triples = list(triples)
    above: dict[Term, Term] = {o: s for s, _, o in triples if isinstance(o, BNode)}
    read: list[Triple] = []
    for subject, predicate, term in triples:
        if not isinstance(term, URIRef) or term not in kept:
            read.append((subject, predicate, term))
            continue
        owner: Term = subject
        while owner in above:
            owner = above[owner]
        read += [(subject, predicate, kept[term]), (owner, KG.asNamed, term)]  # type: ignore[list-item]
    return read


def _reference(triples: Iterable[Triple], kept: Mapping[URIRef, URIRef]) -> list[Triple]:
    """Reference data read so: classes and links pass to the kept handle, names and numbers stay with the folded one."""
    triples = list(triples)
    decisions = {s for s, p, o in triples if (p, o) == (RDF.type, KG.IdentityDecision)}
    read: list[Triple] = [
        (s, REPLACED_BY, kept[s]) for s in sorted({s for s, _, _ in triples}) if isinstance(s, URIRef) and s in kept
    ]
    for triple in triples:
        subject, predicate, term = triple
        if subject in decisions or isinstance(term, Literal):
            read.append(triple)
            continue
        new: Triple = (_read(subject, kept), predicate, _read(term, kept))  # type: ignore[assignment]
        if new[0] != new[2]:
            read.append(new)
        if new[2] != term:
            read.append((new[0], KG.asNamed, term))
    return read


def _read(term: Term, kept: Mapping[URIRef, URIRef]) -> Term:
    return kept.get(term, term) if isinstance(term, URIRef) else term
