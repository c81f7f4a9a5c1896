"""What the server says of itself and of what it serves, as RDF without blank nodes."""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path

from rdflib import RDF, VOID, XSD, Graph, Literal, Namespace, URIRef

from kgtools.export import turtle
from kgtools.model import Project, Triple
from kgtools.questions import question_triples, read_questions

_SD = Namespace("http://www.w3.org/ns/sparql-service-description#")
_FORMATS = Namespace("http://www.w3.org/ns/formats/")
_RESULTS = (
    *("SPARQL_Results_JSON", "SPARQL_Results_XML", "SPARQL_Results_CSV", "SPARQL_Results_TSV"),
    *("Turtle", "N-Triples", "JSON-LD", "RDF_XML"),
)
_RDFLIB = {"ntriples": "nt11", "jsonld": "json-ld", "rdfxml": "xml"}


class Descriptions:
    """Descriptions of one snapshot and of the questions of its project."""

    def __init__(self, project: Project, snapshot: Path) -> None:
        """Nothing is read before it is asked for."""
        self._project, self._snapshot = project, snapshot
        self._dataset: list[Triple] | None = None

    def dataset(self) -> list[Triple]:
        """The snapshot in the terms of VoID and DCAT."""
        from kgtools.describe import description

        if self._dataset is None:
            self._dataset = list(description(self._snapshot))
        return self._dataset

    def questions(self) -> list[Triple]:
        """The questions in the terms of SHACL."""
        return question_triples(read_questions(self._project.ontology / "questions").values())

    def service(self, endpoint: str, graphs: Mapping[str, int]) -> list[Triple]:
        """The endpoint in the terms of SPARQL 1.1 Service Description."""
        service, dataset, default = (URIRef(f"{endpoint}#{part}") for part in ("service", "dataset", "default"))
        triples: list[Triple] = [
            (service, RDF.type, _SD.Service),
            (service, _SD.endpoint, URIRef(endpoint)),
            (service, _SD.supportedLanguage, _SD.SPARQL11Query),
            (service, _SD.defaultDataset, dataset),
            *((service, _SD.resultFormat, _FORMATS[name]) for name in _RESULTS),
            (dataset, RDF.type, _SD.Dataset),
            (dataset, _SD.defaultGraph, default),
            (default, RDF.type, _SD.Graph),
        ]
        for number, (iri, count) in enumerate(graphs.items(), 1):
            named, graph = URIRef(f"{endpoint}#named-{number}"), URIRef(f"{endpoint}#graph-{number}")
            triples += [
                (dataset, _SD.namedGraph, named),
                (named, RDF.type, _SD.NamedGraph),
                (named, _SD.name, URIRef(iri)),
                (named, _SD.graph, graph),
                (graph, RDF.type, _SD.Graph),
                (graph, VOID.triples, Literal(str(count), datatype=XSD.integer)),
            ]
        return triples


def written(triples: Iterable[Triple], form: str) -> bytes:
    """The triples in one of the forms that RDF is served in."""
    return _written(tuple(triples), form)


@lru_cache(maxsize=16)
def _written(triples: tuple[Triple, ...], form: str) -> bytes:
    if form == "turtle":
        return turtle(triples).encode()
    graph = Graph(bind_namespaces="none")
    for triple in triples:
        graph.add(triple)
    return graph.serialize(format=_RDFLIB[form], encoding="utf-8")
