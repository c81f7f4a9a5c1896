"""Find what is wrong with curated data: literals, names, ids and shapes, each finding with file and line."""

import difflib
import hashlib
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import rdflib
from rdflib import OWL, RDF, XSD, BNode, Graph, Literal, URIRef

from kgtools.claims import days
from kgtools.errors import SourceError
from kgtools.model import Claim, Corpus, Document, Finding, Quad, Source, Term, Triple
from kgtools.names import BASE, KG, PREFIXES, shorten
from kgtools.sources import blocks, documents_by_digest, format_turtle, line_of

SH = rdflib.Namespace("http://www.w3.org/ns/shacl#")


def check(corpus: Corpus, layer: Iterable[Quad]) -> list[Finding]:
    """Every problem in the data, by file and line; *layer* is the claim layer made from the same corpus."""
    layer = list(layer)
    parts = (
        _bad_literals(corpus),
        _stray_blank_nodes(corpus),
        _repeated_subjects(corpus),
        _misplaced_ids(corpus),
        _undeclared_names(corpus, layer),
        _unused_terms(corpus),
    )
    findings = [finding for part in parts for finding in part]
    # The shapes assume sound names and literals: on top of broken ones they would only repeat the same faults.
    return sorted_findings(findings or _broken_shapes(corpus, layer))


def check_spans(
    corpus: Corpus, claims: Iterable[Claim], sources: Mapping[URIRef, Source], folder: Path
) -> list[Finding]:
    """One finding for each locator that does not fit its document, where *folder* holds the document."""
    texts = documents_by_digest(folder, {source.document_digest or "" for source in sources.values()})
    homes = {subject: document for document in corpus.sources for subject, _, _ in document.triples}
    findings = []
    for claim in claims:
        text = texts.get(sources[claim.source].document_digest or "")
        for place in claim.locators if text is not None else ():
            span = (text or "")[place.start : place.end] if place.start is not None else None
            if span is not None and hashlib.sha256(span.encode()).hexdigest() != place.span_digest:
                what = f"{shorten(claim.iri)} points to another passage than was read; measure start and end again"
                document = homes[claim.iri]
                findings.append(Finding(str(document.path), line_of(document, claim.iri, KG.locator), what))
    return sorted_findings(findings)


def check_format(corpus: Corpus) -> list[Finding]:
    """One finding for each curated Turtle file that is not in canonical form."""
    return sorted_findings(finding for document in _documents(corpus) for finding in _format(document))


def sorted_findings(findings: Iterable[Finding]) -> list[Finding]:
    """Findings by file, line and text, each once."""
    return sorted(set(findings), key=lambda f: (f.path, f.line or 0, f.message))


def _documents(corpus: Corpus) -> tuple[Document, ...]:
    return (*corpus.ontology, *corpus.shapes, *_data(corpus))


def _data(corpus: Corpus) -> tuple[Document, ...]:
    return (*corpus.reference, *corpus.sources, *corpus.scenarios, *corpus.views)


def _format(document: Document) -> Iterator[Finding]:
    try:
        if format_turtle(document) != document.text:
            yield Finding(str(document.path), None, "is not in canonical form; run kg fmt")
    except SourceError as error:
        yield Finding(str(document.path), error.line, error.what)


_LEXICAL = {
    XSD.integer: re.compile(r"[+-]?\d+"),
    XSD.nonNegativeInteger: re.compile(r"\+?\d+"),
    XSD.decimal: re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)"),
    XSD.boolean: re.compile(r"true|false|0|1"),
}
_DATES = (XSD.date, XSD.gYear, XSD.gYearMonth)


def _bad_literals(corpus: Corpus) -> Iterator[Finding]:
    for document in _documents(corpus):
        for subject, predicate, term in document.triples:
            if not isinstance(term, Literal) or term.datatype is None or _well_formed(term):
                continue
            what = f"{str(term)!r} is no {shorten(term.datatype)}; write {_ADVICE.get(term.datatype, 'a valid value')}"
            yield Finding(str(document.path), _line_of_text(document, str(term), subject, predicate), what)


_ADVICE = {
    XSD.date: "a real day such as 2023-07-15",
    XSD.gYear: "a year such as 2023",
    XSD.gYearMonth: "a month such as 2023-07",
    XSD.boolean: "true or false",
    XSD.integer: "a whole number",
    XSD.nonNegativeInteger: "a whole number from 0",
}


def _well_formed(literal: Literal) -> bool:
    if literal.datatype in _DATES:
        return days(literal) is not None
    pattern = _LEXICAL.get(literal.datatype) if literal.datatype else None
    return pattern is None or pattern.fullmatch(str(literal)) is not None


def _line_of_text(document: Document, text: str, subject: Term, predicate: URIRef) -> int | None:
    for number, line in enumerate(document.text.splitlines(), 1):
        if f'"{text}"^^' in line:
            return number
    return line_of(document, subject, predicate)


_INLINE = (KG.onProposition, KG.locator, KG.watches)


def _stray_blank_nodes(corpus: Corpus) -> Iterator[Finding]:
    for document in _data(corpus):
        for subject, predicate, term in document.triples:
            if isinstance(term, BNode) and predicate not in _INLINE:
                what = f"{shorten(str(subject))} has a blank node under {shorten(predicate)}; give the thing an IRI"
                yield Finding(str(document.path), line_of(document, subject, predicate), what)


def _repeated_subjects(corpus: Corpus) -> Iterator[Finding]:
    first: dict[str, tuple[Document, int]] = {}
    for document in (*corpus.ontology, *_data(corpus)):
        for line, iri in blocks(document):
            if iri in first:
                where = f"{first[iri][0].path}:{first[iri][1]}"
                what = f"{shorten(iri)} is described a second time (first in {where}); give one of them another id"
                yield Finding(str(document.path), line, what)
            first.setdefault(iri, (document, line))


def _misplaced_ids(corpus: Corpus) -> Iterator[Finding]:
    if not corpus.sources or not any(o == KG.Claim for document in corpus.sources for _, _, o in document.triples):
        yield Finding("graph/sources", None, "holds no claim, so there is nothing to check; add a source with claims")
    for document in corpus.sources:
        stem = document.path.stem
        claim = re.compile(re.escape(PREFIXES["claim"] + stem) + r"-\d{3,}")
        if (URIRef(PREFIXES["source"] + stem), RDF.type, KG.Source) not in document.triples:
            what = f"does not describe source:{stem}; a file bears the id of the one source it holds"
            yield Finding(str(document.path), None, what)
        for subject, predicate, kind in document.triples:
            if predicate == RDF.type and kind == KG.Claim and not claim.fullmatch(subject):
                what = f"{shorten(subject)} is no claim id of this file; write claim:{stem}- and three digits"
                yield Finding(str(document.path), line_of(document, subject), what)


def _undeclared_names(corpus: Corpus, layer: list[Quad]) -> Iterator[Finding]:
    declared = {s for document in _documents(corpus) for s, p, _ in document.triples if p == RDF.type}
    declared |= {s for s, p, _, _ in layer if p == RDF.type}
    known = sorted(str(iri) for iri in declared if isinstance(iri, URIRef))
    for document in _documents(corpus):
        for subject, predicate, term in document.triples:
            for iri in (predicate, term):
                if isinstance(iri, URIRef) and _ours(iri) and iri not in declared:
                    yield Finding(str(document.path), line_of(document, subject, predicate), _unknown(iri, known))
    for path, text in corpus.questions:
        for number, line in enumerate(text.splitlines(), 1):
            for name in re.findall(r"(?<![\w?$<])kg:(\w+)", line):
                if KG[name] not in declared:
                    yield Finding(str(path), number, _unknown(KG[name], known))


def _ours(iri: URIRef) -> bool:
    return any(iri.startswith(BASE + folder) for folder in ("def/", "id/", "vocab/"))


def _unknown(iri: URIRef, known: list[str]) -> str:
    near = difflib.get_close_matches(str(iri), known, 1, 0.85)
    hint = f"did you mean {shorten(near[0])}?" if near else "declare it, or mend the name"
    return f"{shorten(iri)} is declared nowhere; {hint}"


def _unused_terms(corpus: Corpus) -> Iterator[Finding]:
    """A term that no question and no shape uses is one nobody asks about."""
    kinds = {OWL.Class, OWL.ObjectProperty, OWL.DatatypeProperty, OWL.AnnotationProperty}
    used = {KG[name] for _, text in corpus.questions for name in re.findall(r"\bkg:(\w+)", text)}
    for document in corpus.shapes:
        used |= {term for triple in document.triples for term in triple if isinstance(term, URIRef)}
        used |= {KG[n] for _, _, o in document.triples if isinstance(o, Literal) for n in re.findall(r"\bkg:(\w+)", o)}
    for document in corpus.ontology:
        for subject, predicate, kind in document.triples:
            if predicate == RDF.type and kind in kinds and subject.startswith(str(KG)) and subject not in used:
                what = f"{shorten(str(subject))} is used by no question and no shape; use it in one, or take it out"
                yield Finding(str(document.path), line_of(document, subject), what)


def _broken_shapes(corpus: Corpus, layer: list[Quad]) -> Iterator[Finding]:
    data = _graph((*corpus.ontology, *corpus.reference, *corpus.views), layer)
    homes = _homes(corpus, layer)
    for result in _shacl_results(data, _graph(corpus.shapes, ())):
        focus = result["focusNode"]
        document, subject = homes.get(focus, (None, focus))
        path = result.get("resultPath")
        line = line_of(document, subject, path if isinstance(path, URIRef) else None) if document else None
        shape = str(result.get("sourceShape", "")).rsplit("/", 1)[-1]
        where = str(document.path) if document else "graph"
        yield Finding(where, line, f"{shorten(str(subject))}: {result['resultMessage']}", shape)


def _graph(documents: Iterable[Document], quads: Iterable[Quad]) -> Graph:
    graph = Graph(bind_namespaces="none")
    for triple in {*(t for document in documents for t in document.triples), *((s, p, o) for s, p, o, _ in quads)}:
        graph.add(triple)
    return graph


def _homes(corpus: Corpus, layer: Iterable[Quad]) -> Mapping[Term, tuple[Document, Term]]:
    """For each subject the document that describes it; for a minted proposition or locator, its claim's."""
    homes: dict[Term, tuple[Document, Term]] = {}
    for document in _documents(corpus):
        for subject, _, _ in document.triples:
            homes.setdefault(subject, (document, subject))
    for subject, predicate, term, _ in sorted(layer, key=lambda quad: str(quad[0])):
        if predicate in _INLINE and subject in homes:
            homes.setdefault(term, homes[subject])
    return homes


def _shacl_results(data: Graph, shapes: Graph) -> Iterator[dict[str, Term]]:
    """The validation results of pyshacl, which is let in only here because it switches a setting of rdflib's."""
    import pyshacl

    normalize = rdflib.NORMALIZE_LITERALS
    try:
        _, report, _ = pyshacl.validate(data, shacl_graph=shapes, inference="none", meta_shacl=False)
    finally:
        rdflib.NORMALIZE_LITERALS = normalize
    results: dict[Term, dict[str, Term]] = defaultdict(dict)
    for node in report.subjects(RDF.type, SH.ValidationResult):
        for predicate, term in report.predicate_objects(node):
            results[node][str(predicate).removeprefix(str(SH))] = term
    yield from results.values()


def as_triples(documents: Iterable[Document]) -> list[Triple]:
    """All triples of the documents, each once, in order of first appearance."""
    return list(dict.fromkeys(triple for document in documents for triple in document.triples))
