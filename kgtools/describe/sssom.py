"""Every mapping of the graph to other vocabularies as SSSOM/TSV, in its canonical form."""

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping

import yaml
from rdflib import OWL, RDF, SKOS, URIRef

from kgtools.cite import AUTHOR, TITLE
from kgtools.describe.data import Described
from kgtools.describe.edition import Edition
from kgtools.describe.void import LICENCE, namespace_of
from kgtools.names import BASE, PREFIXES

JUSTIFICATION = "semapv:ManualMappingCuration"  # editors have written each of them into a curated file
COLUMNS = (
    "subject_id",
    "subject_label",
    "predicate_id",
    "object_id",
    "object_label",
    "mapping_justification",
    "subject_type",
    "object_type",
)
BUILT_IN = ("owl", "rdf", "rdfs", "semapv", "skos", "sssom", "xsd")  # prefixes that the format declares itself
_TYPES = {
    OWL.Class: "owl class",
    OWL.ObjectProperty: "owl object property",
    OWL.DatatypeProperty: "owl data property",
    OWL.AnnotationProperty: "owl annotation property",
    SKOS.Concept: "skos concept",
}


def sssom(data: Described, edition: Edition | None = None) -> bytes:
    """The mapping set: its metadata, then a line a mapping; with *edition*, the version and day that it comes out."""
    prefixes = _prefixes(term for mapping in data.mappings for term in mapping)
    rows = sorted(_row(data, mapping, prefixes) for mapping in data.mappings)
    text = io.StringIO()
    writer = csv.writer(text, delimiter="\t", lineterminator="\n")
    writer.writerows([COLUMNS, *rows])
    used = {name: iri for iri, name in prefixes.items() if name not in BUILT_IN}
    return "".join([*_metadata(used, edition), text.getvalue()]).encode()


def _metadata(prefixes: Mapping[str, str], edition: Edition | None) -> Iterator[str]:
    yield "#curie_map:\n"
    yield from (f"#  {name}: {_scalar(iri)}\n" for name, iri in sorted(prefixes.items()))
    yield f"#mapping_set_id: {BASE}mappings\n"
    if edition:
        yield f"#mapping_set_version: {_scalar(edition.version)}\n"
    yield f"#mapping_set_title: {TITLE} mappings\n"
    yield "#mapping_set_description: Terms and things of the graph that other vocabularies have too.\n"
    yield f"#creator_label:\n#- {AUTHOR}\n"
    yield f"#license: {LICENCE}\n"
    if edition and edition.date:
        yield f"#publication_date: {edition.date}\n"


def _scalar(text: str) -> str:
    """A text as YAML: plain where it stays the text that it is."""
    return text if yaml.safe_load(text) == text else json.dumps(text)


def _row(data: Described, mapping: tuple[URIRef, URIRef, URIRef], prefixes: Mapping[str, str]) -> tuple[str, ...]:
    subject, predicate, term = mapping
    return (
        _curie(subject, prefixes),
        data.label(subject),
        _curie(predicate, prefixes),
        _curie(term, prefixes),
        data.label(term),
        JUSTIFICATION,
        _type(data, subject) or "owl named individual",
        _type(data, term),
    )


def _type(data: Described, thing: URIRef) -> str:
    """What the ontology declares a term to be; nothing for things and for terms of others."""
    kinds = data.values(thing, RDF.type)
    return next((name for kind, name in _TYPES.items() if kind in kinds), "")


def _prefixes(terms: Iterable[URIRef]) -> dict[str, str]:
    """A prefix for the namespace of each term; one without a prefix of ours gets a numbered one."""
    known = {iri: prefix for prefix, iri in PREFIXES.items()}
    spaces = sorted({namespace_of(term) for term in terms})
    other = (f"vocabulary{number}" for number in range(1, len(spaces) + 1))
    return {space: known.get(space) or next(other) for space in spaces}


def _curie(term: URIRef, prefixes: Mapping[str, str]) -> str:
    space = namespace_of(term)
    return f"{prefixes[space]}:{term.removeprefix(space)}"
