"""The dataset in the terms of VoID: what is in it, counted, for whoever decides what to ask of it."""

from collections import Counter
from collections.abc import Iterable, Iterator
from urllib.parse import quote

from rdflib import DCTERMS, FOAF, RDF, RDFS, VOID, XSD, Literal, URIRef

from kgtools.cite import TITLE
from kgtools.describe.counts import Counts, counted
from kgtools.describe.data import Described
from kgtools.model import Triple
from kgtools.names import BASE, PREFIXES, graph_iri, shorten

DATASET = URIRef(BASE + "dataset")
DESCRIPTION = URIRef(BASE + "void")
LICENCE = URIRef("https://creativecommons.org/licenses/by/4.0/")
RIGHTS = (DCTERMS.license, DCTERMS.accessRights, DCTERMS.rights)
NO_RIGHTS = (
    "What the sources say is recorded in own words, with where it stands; their texts are not in the data, and the"
    " rights to them remain with their holders. Where the data know the licence or the access rights of a source, its"
    " named graph says so."
)
_EXAMPLES = ("actor", "claim", "event", "place", "route", "source")
_GRAPHS = {
    "ontology": "terms of the ontology, with vocabularies and alignments",
    "reference": "reference data: identity, names and places",
    "reference/inferred": "what follows from the reference data alone",
    "reference/inferences": "why that follows",
    "derived": "what is derived from claims: roots, disputes and bounds of dates",
    "scenarios": "scenarios and forecasts",
}
_PARTS = {"facts": "facts", "inferred": "inferred triples", "inferences": "reasons of inferred triples"}


def void_triples(data: Described, endpoint: str | None = None) -> list[Triple]:
    """The description; with *endpoint*, the address where the default graph can be queried."""
    return sorted({*_head(data, endpoint), *_whole(data), *_graphs(data), *_linksets(data)})


def _head(data: Described, endpoint: str | None) -> Iterator[Triple]:
    contents = data.contents
    what = (
        f"The default graph under the view {contents.view}: ontology, reference data, claims that stand, scenarios, and"
        " the facts and inferences of the view, merged, each triple once. All counts are of it or of the named graph"
        " that they stand at. What was taken back, corrected or withdrawn is not in it."
    )
    yield (DESCRIPTION, RDF.type, VOID.DatasetDescription)
    yield (DESCRIPTION, DCTERMS.title, Literal(f"{TITLE}: description of the dataset", lang="en"))
    yield (DESCRIPTION, FOAF.primaryTopic, DATASET)
    yield (DATASET, RDF.type, VOID.Dataset)
    yield (DATASET, DCTERMS.title, Literal(TITLE, lang="en"))
    yield (DATASET, DCTERMS.description, Literal(what, lang="en"))
    yield (DATASET, DCTERMS.identifier, Literal(contents.snapshot))
    yield (DATASET, DCTERMS.license, LICENCE)
    yield (DATASET, DCTERMS.rights, Literal(NO_RIGHTS, lang="en"))
    yield (DATASET, VOID.uriSpace, Literal(BASE))
    if endpoint:
        yield (DATASET, VOID.sparqlEndpoint, URIRef(endpoint))


def _whole(data: Described) -> Iterator[Triple]:
    counts = counted(data.default)
    yield from _numbers(DATASET, counts)
    for iri in _namespaces([*counts.properties, *counts.classes]):
        yield (DATASET, VOID.vocabulary, URIRef(iri))
    for example in _examples(data.default):
        yield (DATASET, VOID.exampleResource, example)
    for iri, part in counts.properties.items():
        node = _part("property", iri)
        yield (DATASET, VOID.propertyPartition, node)
        yield (node, VOID.property, URIRef(iri))
        yield (node, VOID.triples, _number(part.triples))
        yield (node, VOID.distinctSubjects, _number(part.subjects))
        yield (node, VOID.distinctObjects, _number(part.objects))
    for iri, entities in counts.classes.items():
        node = _part("class", iri)
        yield (DATASET, VOID.classPartition, node)
        yield (node, VOID["class"], URIRef(iri))
        yield (node, VOID.entities, _number(entities))


def _graphs(data: Described) -> Iterator[Triple]:
    of_source = {graph: source for source, graph in data.sources.items()}
    for name, triples in (*data.graphs.items(), *data.others.items()):
        graph = URIRef(name)
        yield (graph, RDF.type, VOID.Dataset)
        # The facts of another view need not be in the default graph.
        yield (DATASET, VOID.subset if triples <= data.default else DCTERMS.relation, graph)
        yield from _numbers(graph, counted(triples))
        source = of_source.get(graph)
        if source is None:
            yield (graph, DCTERMS.title, Literal(_title(graph.removeprefix(graph_iri(""))), lang="en"))
            continue
        yield (graph, DCTERMS.source, source)
        for predicate in (DCTERMS.title, *RIGHTS):
            yield from ((graph, predicate, term) for term in data.values(source, predicate))


def _title(name: str) -> str:
    if name.startswith("view/"):
        _, view, part = name.split("/", 2)
        return f"{_PARTS.get(part, part)} of the view {view}"
    return _GRAPHS.get(name, name)


def _linksets(data: Described) -> Iterator[Triple]:
    found = Counter((predicate, namespace_of(term)) for _, predicate, term in data.mappings)
    for (predicate, target), triples in sorted(found.items()):
        node = URIRef(f"{DATASET}/links/{slug(predicate)}/{quote(_prefix(target), safe='')}")
        other = URIRef(f"{DATASET}/target/{quote(_prefix(target), safe='')}")
        yield (node, RDF.type, VOID.Linkset)
        yield (DATASET, VOID.subset, node)
        yield (node, VOID.subjectsTarget, DATASET)
        yield (node, VOID.objectsTarget, other)
        yield (node, VOID.linkPredicate, predicate)
        yield (node, VOID.triples, _number(triples))
        yield (other, RDF.type, VOID.Dataset)
        yield (other, VOID.uriSpace, Literal(target))
        yield (other, RDFS.label, Literal(_prefix(target)))


def namespace_of(iri: str) -> str:
    """The namespace of a name: the longest that has a prefix of ours, else up to its last `#` or `/`."""
    known = [namespace for namespace in PREFIXES.values() if iri.startswith(namespace) and namespace != iri]
    return max(known, key=len) if known else iri[: max(iri.rfind("#"), iri.rfind("/")) + 1] or iri


def _prefix(namespace: str) -> str:
    return next((prefix for prefix, iri in PREFIXES.items() if iri == namespace), namespace)


def _numbers(dataset: URIRef, counts: Counts) -> Iterator[Triple]:
    yield (dataset, VOID.triples, _number(counts.triples))
    yield (dataset, VOID.entities, _number(counts.entities))
    yield (dataset, VOID.distinctSubjects, _number(counts.subjects))
    yield (dataset, VOID.distinctObjects, _number(counts.objects))
    yield (dataset, VOID.properties, _number(len(counts.properties)))
    yield (dataset, VOID.classes, _number(len(counts.classes)))


def _number(value: int) -> Literal:
    return Literal(str(value), datatype=XSD.integer)


def _part(kind: str, iri: str) -> URIRef:
    return URIRef(f"{DATASET}/{kind}/{slug(iri)}")


def slug(iri: str) -> str:
    """A name as the end of an IRI: prefix and local name where it has a prefix, else all of it, escaped."""
    short = shorten(iri)
    return quote(short, safe="") if short == iri else short.replace(":", "-")


def _namespaces(iris: Iterable[str]) -> list[str]:
    return sorted({namespace_of(iri) for iri in iris})


def _examples(triples: Iterable[str]) -> list[URIRef]:
    """Of each main kind the thing that most is said of."""
    said = Counter(triple[1 : triple.index(">")] for triple in triples if triple.startswith("<"))
    found = []
    for kind in _EXAMPLES:
        things = [(-count, iri) for iri, count in said.items() if iri.startswith(PREFIXES[kind])]
        found += [URIRef(min(things)[1])] if things else []
    return found
