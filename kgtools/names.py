"""IRIs and prefixes: the one place where names are written down."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from rdflib import Namespace, URIRef

from kgtools.errors import UsageError

BASE = "https://w3id.org/sahel-kg/"


class _Terms(Namespace):
    """A namespace that makes each term once: reading claims asks for the same ones a million times."""

    def __getattr__(self, name: str) -> URIRef:
        term = super().__getattr__(name)
        self.__dict__[name] = term
        return term


KG = _Terms(BASE + "def/")
OA = _Terms("http://www.w3.org/ns/oa#")
PROV = _Terms("http://www.w3.org/ns/prov#")

KINDS = (
    "actor",
    "agreement",
    "assessment",
    "claim",
    "event",
    "flow",
    "identity",
    "indicator",
    "inference",
    "initiative",
    "issue",
    "locator",
    "office",
    "place",
    "position",
    "proposition",
    "provision",
    "quantity",
    "route",
    "scenario",
    "segment",
    "situation",
    "source",
    "view",
)
SCHEMES = (
    "act",
    "activity",
    "commodity",
    "confidence",
    "ftm",
    "hedge",
    "means",
    "measure",
    "outcome",
    "perspective",
    "plover",
    "regime",
    "sanction",
    "sourcekind",
    "stance",
    "stix",
    "unit",
)
PREFIXES: Mapping[str, str] = MappingProxyType(
    dict(
        sorted(
            {
                "kg": str(KG),
                **{kind: f"{BASE}id/{kind}/" for kind in KINDS},
                **{scheme: f"{BASE}vocab/{scheme}/" for scheme in SCHEMES},
                "foaf": "http://xmlns.com/foaf/0.1/",
                "geosparql": "http://www.opengis.net/ont/geosparql#",
                "org": "http://www.w3.org/ns/org#",
                "schema": "https://schema.org/",
                "sem": "http://semanticweb.cs.vu.nl/2009/11/sem/",
                "dcterms": "http://purl.org/dc/terms/",
                "oa": str(OA),
                "owl": "http://www.w3.org/2002/07/owl#",
                "prov": str(PROV),
                "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
                "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
                "shape": BASE + "shape/",
                "sh": "http://www.w3.org/ns/shacl#",
                "skos": "http://www.w3.org/2004/02/skos/core#",
                "vann": "http://purl.org/vocab/vann/",
                "wd": "http://www.wikidata.org/entity/",
                "xsd": "http://www.w3.org/2001/XMLSchema#",
            }.items()
        )
    )
)
# What only descriptions of the data use; queries and exports do without these.
DESCRIBING: Mapping[str, str] = MappingProxyType(
    {
        "dcat": "http://www.w3.org/ns/dcat#",
        "sd": "http://www.w3.org/ns/sparql-service-description#",
        "spdx": "http://spdx.org/rdf/terms#",
        "void": "http://rdfs.org/ns/void#",
    }
)
# Longest namespace first, so that `…/vocab/stance/x` is never shortened by a namespace that only begins like it.
_BY_LENGTH = sorted(((iri, prefix) for prefix, iri in PREFIXES.items()), key=lambda pair: -len(pair[0]))


def of_kind(terms: Iterable[object], kind: str) -> set[URIRef]:
    """The IRIs among the terms that name things of a kind, such as `actor`."""
    return {term for term in terms if isinstance(term, URIRef) and term.startswith(PREFIXES[kind])}


def shorten(iri: str) -> str:
    """The prefixed name of *iri* if a known prefix fits and the rest is a plain local name, else the IRI itself."""
    iri = str(iri)  # a URIRef takes far longer to look at its beginning
    for namespace, prefix in _BY_LENGTH:
        if iri.startswith(namespace):
            local = iri[len(namespace) :]
            return f"{prefix}:{local}" if local.replace("-", "").replace("_", "").isalnum() else iri
    return iri


def expand(name: str) -> URIRef:
    """The IRI that a prefixed name such as `actor:jnim`, or an absolute IRI in or out of angle brackets, stands for."""
    if name.startswith("<") and name.endswith(">"):
        return URIRef(name[1:-1])
    prefix, colon, local = name.partition(":")
    if colon and prefix in PREFIXES:
        return URIRef(PREFIXES[prefix] + local)
    if "://" in name or name.startswith("urn:"):
        return URIRef(name)
    raise UsageError(
        f"{name!r} is no IRI and has no known prefix; write actor:jnim or a full IRI (kg resolve finds it)"
    )


def graph_iri(name: str) -> URIRef:
    """The IRI of the named graph called *name*: a source id, `ontology`, `reference`, or `view/<name>/facts`."""
    return URIRef(f"{BASE}graph/{name}")
