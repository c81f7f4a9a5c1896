"""Find what is wrong with curated data: literals, names, ids and shapes, each finding with file and line."""

import difflib
import hashlib
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path

from rdflib import OWL, RDF, XSD, BNode, Literal, URIRef

from kgtools.claims import days
from kgtools.errors import SourceError
from kgtools.layer import Layer, Part, ours
from kgtools.memo import Memo, digest_of, key_of
from kgtools.model import Claim, Corpus, Document, Finding, Quad, Source, Term, Triple
from kgtools.names import KG, PREFIXES, shorten
from kgtools.sources import blocks, documents_by_digest, format_turtle, line_of
from kgtools.validate.shapes import Violation, constraints, data_graph, violations


def check(corpus: Corpus, parts: Mapping[Path, Part]) -> list[Finding]:
    """Every problem that shows only when all files are seen together, by file and line.

    *parts* are what the corpus' files add, by their paths.
    """
    findings = (
        _lack_of_claims(parts.values()),
        _repeated_subjects(corpus, parts),
        _undeclared_names(corpus, parts),
        _unused_terms(corpus),
    )
    return sorted_findings(finding for found in findings for finding in found)


def check_terms(document: Document) -> Iterator[Finding]:
    """What is wrong with one file of terms or shapes, whatever the others say."""
    return _bad_literals(document)


def check_data(document: Document) -> Iterator[Finding]:
    """The same for a file of data."""
    yield from _bad_literals(document)
    yield from _stray_blank_nodes(document)


def check_source(document: Document) -> Iterator[Finding]:
    """The same for the file of a source."""
    yield from check_data(document)
    yield from _misplaced_ids(document)


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
    return sorted_findings(finding for document in documents_of(corpus) for finding in _format(document))


def sorted_findings(findings: Iterable[Finding]) -> list[Finding]:
    """Findings by file, line and text, each once."""
    return sorted(set(findings), key=lambda f: (f.path, f.line or 0, f.message))


def documents_of(corpus: Corpus) -> tuple[Document, ...]:
    """Every Turtle file."""
    terms = (*corpus.ontology, *corpus.alignments, *corpus.shapes)
    return (*terms, *corpus.reference, *corpus.sources, *corpus.scenarios, *corpus.views)


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


def _bad_literals(document: Document) -> Iterator[Finding]:
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


def _stray_blank_nodes(document: Document) -> Iterator[Finding]:
    for subject, predicate, term in document.triples:
        if isinstance(term, BNode) and predicate not in _INLINE:
            what = f"{shorten(str(subject))} has a blank node under {shorten(predicate)}; give the thing an IRI"
            yield Finding(str(document.path), line_of(document, subject, predicate), what)


def _repeated_subjects(corpus: Corpus, parts: Mapping[Path, Part]) -> Iterator[Finding]:
    describing = (*corpus.ontology, *corpus.reference, *corpus.sources, *corpus.scenarios, *corpus.views)
    described = [iri for document in describing for iri in parts[document.path].described]
    first: dict[str, tuple[Document, int]] = {}
    for document in describing if len(set(described)) < len(described) else ():
        for line, iri in blocks(document):
            if iri in first:
                where = f"{first[iri][0].path}:{first[iri][1]}"
                what = f"{shorten(iri)} is described a second time (first in {where}); give one of them another id"
                yield Finding(str(document.path), line, what)
            first.setdefault(iri, (document, line))


def _lack_of_claims(parts: Iterable[Part]) -> Iterator[Finding]:
    if not any(name.startswith(PREFIXES["claim"]) for part in parts for name in part.declared):
        yield Finding("graph/sources", None, "holds no claim, so there is nothing to check; add a source with claims")


def _misplaced_ids(document: Document) -> Iterator[Finding]:
    stem = document.path.stem
    claim = re.compile(re.escape(PREFIXES["claim"] + stem) + r"-\d{3,}")
    if (URIRef(PREFIXES["source"] + stem), RDF.type, KG.Source) not in document.triples:
        what = f"does not describe source:{stem}; a file bears the id of the one source it holds"
        yield Finding(str(document.path), None, what)
    for subject, predicate, kind in document.triples:
        if predicate == RDF.type and kind == KG.Claim and not claim.fullmatch(subject):
            what = f"{shorten(subject)} is no claim id of this file; write claim:{stem}- and three digits"
            yield Finding(str(document.path), line_of(document, subject), what)


def _undeclared_names(corpus: Corpus, parts: Mapping[Path, Part]) -> Iterator[Finding]:
    declared = frozenset().union(*(part.declared for part in parts.values()))
    unknown = _namesakes(declared)
    suspect = [document for document in documents_of(corpus) if not parts[document.path].mentioned <= declared]
    for document in suspect:
        for subject, predicate, term in document.triples:
            for iri in (predicate, term):
                if isinstance(iri, URIRef) and ours(iri) and str(iri) not in declared:
                    yield Finding(str(document.path), line_of(document, subject, iri), unknown(iri))
    for path, text in corpus.questions:
        for number, line in enumerate(text.splitlines(), 1):
            for name in re.findall(r"(?<![\w?$<])kg:(\w+)", line):
                if str(KG[name]) not in declared:
                    yield Finding(str(path), number, unknown(KG[name]))


def _namesakes(declared: Iterable[str]) -> Callable[[URIRef], str]:
    """What to say of a name that is not declared, with the declared name of its kind that is most like it.

    Only the part after the last slash is compared, within one kind: whole IRIs are all alike, and thousands of them.
    """
    by_kind: dict[str, list[str]] = defaultdict(list)
    for iri in declared:
        kind, _, name = iri.rpartition("/")
        by_kind[kind].append(name)

    @cache
    def message(iri: URIRef) -> str:
        kind, _, name = iri.rpartition("/")
        near = difflib.get_close_matches(name, sorted(by_kind[kind]), 1, 0.75)
        hint = f"did you mean {shorten(f'{kind}/{near[0]}')}?" if near else "declare it, or mend the name"
        return f"{shorten(iri)} is declared nowhere; {hint}"

    return message


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


def check_shapes(corpus: Corpus, layer: Layer, memo: Memo) -> list[Finding]:
    """Every violation of a shape, by file and line. The shapes assume sound names and literals: see check.

    A constraint that was met is met again where nothing that it reads has changed.
    """
    ground = digest_of(ground_texts(corpus))
    checked = constraints(as_triples(corpus.shapes))
    keys = [key_of("met", each.query, ground, layer.digest(each.reads)) for each in checked]
    suspect = [(each, key) for each, key in zip(checked, keys, strict=True) if memo.get(key) is None]
    if not suspect:
        return []
    read = _union(each.reads for each, _ in suspect)
    data = data_graph(ground_texts(corpus), without_graphs(layer.about(read)))
    broken = []
    for each, key in suspect:
        found = violations(data, [each])
        broken += found
        if not found:
            memo.put(key, b"")
    return sorted_findings(_shown(broken, corpus, layer)) if broken else []


def _union(sets: Iterable[frozenset[str] | None]) -> frozenset[str] | None:
    known = list(sets)
    return None if None in known else frozenset().union(*(one for one in known if one is not None))


def _shown(broken: Iterable[Violation], corpus: Corpus, layer: Layer) -> Iterator[Finding]:
    homes = _homes(corpus, layer.quads())
    for violation in broken:
        focus = URIRef(violation.focus)
        document, subject = homes.get(focus, (None, focus))
        path = URIRef(violation.path) if violation.path else None
        line = line_of(document, subject, path) if document else None
        where = str(document.path) if document else "graph"
        yield Finding(where, line, f"{shorten(str(subject))} {violation.message}", violation.shape)


def ground_texts(corpus: Corpus) -> list[str]:
    """The Turtle texts that shapes are checked on together with the claim layer: ontology, reference and views."""
    return [document.text for document in (*corpus.ontology, *corpus.reference, *corpus.views)]


def without_graphs(nquads: bytes) -> bytes:
    """N-Quads lines as N-Triples."""
    return b"".join(line[: line.rindex(b" <")] + b" .\n" for line in nquads.splitlines())


def _homes(corpus: Corpus, layer: Iterable[Quad]) -> Mapping[Term, tuple[Document, Term]]:
    """For each subject the document that describes it; for a minted proposition or locator, its claim's."""
    homes: dict[Term, tuple[Document, Term]] = {}
    for document in documents_of(corpus):
        for subject, _, _ in document.triples:
            homes.setdefault(subject, (document, subject))
    for subject, predicate, term, _ in sorted(layer, key=lambda quad: str(quad[0])):
        if predicate in _INLINE and subject in homes:
            homes.setdefault(term, homes[subject])
    return homes


def as_triples(documents: Iterable[Document]) -> list[Triple]:
    """All triples of the documents, each once, in order of first appearance."""
    return list(dict.fromkeys(triple for document in documents for triple in document.triples))
