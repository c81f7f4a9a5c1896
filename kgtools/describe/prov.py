"""Where a snapshot comes from in the terms of PROV: the curated files that the build used, and the software."""

from collections.abc import Iterator, Mapping
from urllib.parse import quote

from rdflib import DCTERMS, PROV, RDF, RDFS, Literal, URIRef

from kgtools import __version__
from kgtools.describe.dcat import checksum, snapshot_iri
from kgtools.describe.edition import Edition
from kgtools.model import Triple
from kgtools.names import BASE


def prov_triples(edition: Edition, snapshot: str, curated: Mapping[str, str]) -> list[Triple]:
    """The build of this snapshot from curated files, given by path with SHA-256; when it ran is not recorded."""
    return sorted(_triples(edition, snapshot, curated))


def _triples(edition: Edition, snapshot: str, curated: Mapping[str, str]) -> Iterator[Triple]:
    build, software = URIRef(f"{edition.iri}/build"), URIRef(f"{BASE}software/kgtools/{__version__}")
    made = snapshot_iri(snapshot)
    yield (build, RDF.type, PROV.Activity)
    yield (build, RDFS.label, Literal("build of the snapshot", lang="en"))
    yield (build, PROV.wasAssociatedWith, software)
    yield (build, PROV.generated, made)
    yield (software, RDF.type, PROV.SoftwareAgent)
    yield (software, RDFS.label, Literal(f"kg {__version__}"))
    yield (made, RDF.type, PROV.Entity)
    yield (made, RDFS.label, Literal(f"snapshot {snapshot}"))
    yield (made, DCTERMS.identifier, Literal(snapshot))
    yield (made, PROV.wasGeneratedBy, build)
    yield (edition.iri, PROV.wasDerivedFrom, made)
    for path, digest in curated.items():
        file = URIRef(f"{edition.iri}/curated/{quote(path)}")
        yield (build, PROV.used, file)
        yield (file, RDF.type, PROV.Entity)
        yield (file, RDFS.label, Literal(path))
        yield from checksum(file, digest)
