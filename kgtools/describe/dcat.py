"""A version of the dataset in the terms of DCAT 3: what it covers, who made it, and each form that it comes in."""

from collections.abc import Iterable, Iterator
from urllib.parse import quote

from rdflib import DCTERMS, FOAF, PROV, RDF, RDFS, SKOS, XSD, Literal, Namespace, URIRef

from kgtools.cite import AUTHOR, TITLE
from kgtools.describe.data import Described
from kgtools.describe.edition import Edition, Written, sha256
from kgtools.describe.void import DATASET, DESCRIPTION, LICENCE, NO_RIGHTS
from kgtools.model import Triple
from kgtools.names import BASE, DESCRIBING, KG

DCAT = Namespace(DESCRIBING["dcat"])  # rdflib knows no later one than DCAT 2
SPDX = Namespace(DESCRIBING["spdx"])
CATALOGUE, MAKERS = URIRef(BASE + "catalog"), URIRef(BASE + "makers")
ABSTRACT = "What is said about states, armed groups, agreements and routes in the Sahel, as attributed claims."
KEYWORDS = ("knowledge graph", "claims", "provenance", "Sahel", "armed groups", "trafficking routes")
LANGUAGES = ("en", "fr", "ar")  # that its things and terms are named in
_MEDIA = "https://www.iana.org/assignments/media-types/"
# Registered types among those that RDF and tables are written in; what is not registered may not be called so.
_REGISTERED = frozenset(
    (
        "application/geo+json",
        "application/gzip",
        "application/json",
        "application/ld+json",
        "application/n-quads",
        "application/n-triples",
        "application/rdf+xml",
        "application/sql",
        "application/trig",
        "application/vnd.google-earth.kml+xml",
        "application/vnd.sqlite3",
        "application/xml",
        "application/zip",
        "text/csv",
        "text/html",
        "text/markdown",
        "text/tab-separated-values",
        "text/turtle",
    )
)


def snapshot_iri(snapshot: str) -> URIRef:
    """What a snapshot is called: by its hash."""
    return URIRef(f"{BASE}snapshot/{snapshot}")


def dcat_triples(data: Described, edition: Edition, written: Iterable[Written]) -> list[Triple]:
    """The catalogue with the version and its distributions."""
    distributions = (triple for one in written for triple in _distribution(edition, one))
    return sorted({*_catalogue(edition), *about_triples(data, edition.iri), *_version(edition), *distributions})


def _catalogue(edition: Edition) -> Iterator[Triple]:
    yield (CATALOGUE, RDF.type, DCAT.Catalog)
    yield (CATALOGUE, DCTERMS.title, Literal(f"{TITLE}: releases", lang="en"))
    yield (
        CATALOGUE,
        DCTERMS.description,
        Literal("The version in this folder.", lang="en"),
    )
    yield (CATALOGUE, DCTERMS.publisher, MAKERS)
    yield (CATALOGUE, DCTERMS.license, LICENCE)
    yield (CATALOGUE, DCAT.dataset, edition.iri)


def about_triples(data: Described, iri: URIRef) -> Iterator[Triple]:
    """What the snapshot is about, who made it, and under which licence, said of a dataset with this IRI."""
    yield (iri, RDF.type, DCAT.Dataset)
    yield (iri, DCTERMS.description, Literal(ABSTRACT, lang="en"))
    yield (iri, DCTERMS.identifier, Literal(data.contents.snapshot))
    yield (iri, DCTERMS.creator, MAKERS)
    yield (iri, DCTERMS.publisher, MAKERS)
    yield (iri, DCTERMS.license, LICENCE)
    yield (iri, DCTERMS.rights, Literal(NO_RIGHTS, lang="en"))
    yield (iri, FOAF.isPrimaryTopicOf, DESCRIPTION)
    yield (iri, PROV.wasDerivedFrom, snapshot_iri(data.contents.snapshot))
    yield (snapshot_iri(data.contents.snapshot), RDF.type, PROV.Entity)
    yield (MAKERS, RDF.type, FOAF.Agent)
    yield (MAKERS, FOAF.name, Literal(AUTHOR))
    yield from ((iri, DCAT.keyword, Literal(word, lang="en")) for word in KEYWORDS)
    for language in LANGUAGES:
        yield (iri, DCTERMS.language, URIRef(f"http://id.loc.gov/vocabulary/iso639-1/{language}"))
    yield from _coverage(data, iri)


def _version(edition: Edition) -> Iterator[Triple]:
    iri = edition.iri
    yield (iri, DCTERMS.title, Literal(f"{TITLE} {edition.version}", lang="en"))
    yield (iri, DCAT.version, Literal(edition.version))
    yield (iri, DCTERMS.isVersionOf, DATASET)
    if edition.date:
        yield (iri, DCTERMS.issued, Literal(edition.date, datatype=XSD.date))
    if edition.prior:
        yield (iri, DCAT.previousVersion, URIRef(f"{DATASET}/{edition.prior}"))


def _coverage(data: Described, iri: URIRef) -> Iterator[Triple]:
    """The days that claims, forecasts apart, are said to hold for, and the countries and territories they speak of."""
    days = _days(data)
    if days:
        period = URIRef(f"{iri}/temporal")
        yield (iri, DCTERMS.temporal, period)
        yield (period, RDF.type, DCTERMS.PeriodOfTime)
        yield (period, DCAT.startDate, Literal(days[0], datatype=XSD.date))
        yield (period, DCAT.endDate, Literal(days[-1], datatype=XSD.date))
    named = {
        term
        for proposition in data.instances(KG.Proposition)
        for predicate in (KG.subject, KG.object)
        for term in data.values(proposition, predicate)
    }
    for place in data.instances(KG.Country, KG.DisputedTerritory):
        if place in named:
            yield (iri, DCTERMS.spatial, place)
            yield (place, RDF.type, DCTERMS.Location)
            yield from ((place, SKOS.prefLabel, name) for name in data.values(place, SKOS.prefLabel))


def _days(data: Described) -> list[str]:
    """The first and last days that claims as made are dated to, in order; years of four digits compare as text."""
    forecast = URIRef(f"{BASE}vocab/stance/forecasts")
    return sorted(
        str(day)
        for claim in data.instances(KG.Claim)
        if forecast not in data.values(claim, KG.stance) and claim not in data.contents.withdrawn
        for predicate in (KG.earliest, KG.latest)
        for day in data.values(claim, predicate)
    )


def _distribution(edition: Edition, written: Written) -> Iterator[Triple]:
    iri = URIRef(f"{edition.iri}/{quote(written.path)}")
    loses = f" It loses: {written.loses}" if written.loses else ""
    yield (edition.iri, DCAT.distribution, iri)
    yield (iri, RDF.type, DCAT.Distribution)
    yield (iri, DCTERMS.title, Literal(written.form))
    yield (iri, DCTERMS.description, Literal(f"{written.what[:1].upper()}{written.what[1:]}.{loses}", lang="en"))
    yield (iri, DCTERMS.license, LICENCE)
    yield from _media(iri, written.media)
    yield from _place(iri, edition, written.path)
    if list(written.files) == [written.path]:
        yield from _bytes(iri, written.files[written.path])
        return
    yield (iri, DCAT.byteSize, _size(written.size))
    for path, content in written.files.items():
        part = URIRef(f"{edition.iri}/{quote(path)}")
        yield (iri, DCTERMS.hasPart, part)
        yield from _place(part, edition, path)
        yield from _bytes(part, content)


def _media(iri: URIRef, media: str) -> Iterator[Triple]:
    if media in _REGISTERED:
        yield (iri, DCAT.mediaType, URIRef(_MEDIA + media))
        return
    kind = URIRef(f"{iri}#format")
    yield (iri, DCTERMS["format"], kind)
    yield (kind, RDF.type, DCTERMS.MediaTypeOrExtent)
    yield (kind, RDFS.label, Literal(media))


def _place(iri: URIRef, edition: Edition, path: str) -> Iterator[Triple]:
    """Its path in the release, and its address where one is told."""
    yield (iri, DCTERMS.identifier, Literal(path))
    if edition.url:
        yield (iri, DCAT.downloadURL, URIRef(edition.url + quote(path)))


def _bytes(iri: URIRef, content: bytes) -> Iterator[Triple]:
    yield (iri, DCAT.byteSize, _size(len(content)))
    yield from checksum(iri, sha256(content))


def checksum(iri: URIRef, digest: str) -> Iterator[Triple]:
    """The SHA-256 of what an IRI names."""
    node = URIRef(f"{iri}#checksum")
    yield (iri, SPDX.checksum, node)
    yield (node, RDF.type, SPDX.Checksum)
    yield (node, SPDX.algorithm, SPDX.checksumAlgorithm_sha256)
    yield (node, SPDX.checksumValue, Literal(digest, datatype=XSD.hexBinary))


def _size(value: int) -> Literal:
    return Literal(str(value), datatype=XSD.nonNegativeInteger)
