"""The description of the dataset: every count is that of the data, and the shapes of VoID, DCAT and PROV hold."""

import csv
import json
import os
import re
import shutil
import subprocess
import sys
from itertools import takewhile
from pathlib import Path

import pytest
import yaml
from pyshacl import validate
from rdflib import DCTERMS, PROV, RDF, SKOS, VOID, XSD, Graph, Literal, Namespace, URIRef

from kgtools.build import Built, write
from kgtools.describe import (
    DATASET,
    KEYWORDS,
    Described,
    Edition,
    Written,
    dcat_triples,
    description,
    prov_triples,
    sha256,
    sssom,
    void_triples,
    written_turtle,
)
from kgtools.export import Contents
from kgtools.model import Triple
from kgtools.names import BASE, graph_iri
from kgtools.sources import parse_nquads
from kgtools.store import Store

ROOT = Path(__file__).resolve().parents[2]
DCAT, SPDX = Namespace("http://www.w3.org/ns/dcat#"), Namespace("http://spdx.org/rdf/terms#")
FILES = ("ontology.nq", "reference.nq", "claims.nq", "scenarios.nq")
EDITION = Edition("1.2.0", "2026-11-24", "1.1.0", "https://example.org/kg/1.2.0/")
WRITTEN = [
    Written("turtle", "one graph", "text/turtle", "exports/turtle.ttl", {"exports/turtle.ttl": b"abc"}),
    Written("odd", "tables", "x/odd", "exports/odd", {"exports/odd/a b": b"1", "exports/odd/c": b"23"}, "hedges"),
]


def read(triples: list[Triple]) -> Graph:
    return Graph().parse(data=written_turtle(triples), format="turtle")


@pytest.fixture(scope="module")
def data(world: Built) -> Described:
    return Described(Contents(world.folder))


@pytest.fixture(scope="module")
def void(data: Described) -> Graph:
    return read(void_triples(data))


@pytest.fixture(scope="module")
def dcat(data: Described) -> Graph:
    return read(
        [
            *dcat_triples(data, EDITION, WRITTEN),
            *prov_triples(EDITION, data.contents.snapshot, {"a b.ttl": sha256(b"")}),
        ]
    )


def default_graph(folder: Path) -> set[Triple]:
    """The triples of the default graph by a parser and sets alone."""
    files = (*FILES, "views/all.nq")
    return {quad[:3] for name in files for quad in parse_nquads((folder / name).read_bytes())}


def counts_of(triples: set[Triple]) -> dict[URIRef, int]:
    return {
        VOID.triples: len(triples),
        VOID.distinctSubjects: len({s for s, _, _ in triples}),
        VOID.distinctObjects: len({o for _, _, o in triples}),
        VOID.properties: len({p for _, p, _ in triples}),
        VOID.classes: len({o for _, p, o in triples if p == RDF.type}),
        VOID.entities: len({s for s, _, _ in triples if isinstance(s, URIRef) and s.startswith(BASE)}),
    }


def said(void: Graph, thing: URIRef) -> dict[URIRef, int]:
    return {predicate: void.value(thing, predicate).toPython() for predicate in counts_of(set())}


def check_counts(void: Graph, folder: Path) -> None:
    triples = default_graph(folder)
    assert said(void, DATASET) == counts_of(triples)
    parts = {void.value(node, VOID.property): node for node in void.objects(DATASET, VOID.propertyPartition)}
    assert parts.keys() == {p for _, p, _ in triples}
    for predicate, node in parts.items():
        of = {t for t in triples if t[1] == predicate}
        told = (
            void.value(node, part).toPython() for part in (VOID.triples, VOID.distinctSubjects, VOID.distinctObjects)
        )
        assert tuple(told) == (len(of), len({s for s, _, _ in of}), len({o for _, _, o in of}))
    classes = {
        void.value(n, VOID["class"]): void.value(n, VOID.entities).toPython()
        for n in void.objects(DATASET, VOID.classPartition)
    }
    of_class: dict[URIRef, set] = {}
    for s, p, o in triples:
        if p == RDF.type:
            of_class.setdefault(o, set()).add(s)
    assert classes == {kind: len(things) for kind, things in of_class.items()}


def check_graphs(void: Graph, folder: Path) -> None:
    manifest = json.loads((folder / "manifest.json").read_bytes())
    graphs: dict[URIRef, set[Triple]] = {}
    for name in (*FILES, *(f"views/{view}.nq" for view in manifest["views"])):
        for *triple, graph in parse_nquads((folder / name).read_bytes()):
            graphs.setdefault(graph, set()).add(tuple(triple))
    told = {node for node in void.subjects(RDF.type, VOID.Dataset) if node.startswith(graph_iri(""))}
    assert told == graphs.keys()
    default = default_graph(folder)
    for graph, triples in graphs.items():
        assert said(void, graph) == counts_of(triples)
        assert ((DATASET, VOID.subset, graph) in void) == (triples <= default)


def test_every_count_is_that_of_the_default_graph(void: Graph, world: Built):
    check_counts(void, world.folder)


def test_every_graph_has_its_own_counts(void: Graph, world: Built):
    check_graphs(void, world.folder)


def test_the_counts_of_the_real_graph_are_what_sparql_answers(real: Built, real_store: Store):
    told = read(void_triples(Described(Contents(real.folder))))
    for predicate, query in COUNTS.items():
        [[count]] = real_store.query(query).rows
        assert told.value(DATASET, predicate).toPython() == count.toPython()
    by_property = "SELECT ?p (COUNT(*) AS ?n) (COUNT(DISTINCT ?s) AS ?m) WHERE { ?s ?p ?o } GROUP BY ?p"
    assert {
        (told.value(part, VOID.property), told.value(part, VOID.triples), told.value(part, VOID.distinctSubjects))
        for part in told.objects(DATASET, VOID.propertyPartition)
    } == set(real_store.query(by_property).rows)
    by_class = "SELECT ?c (COUNT(DISTINCT ?s) AS ?n) WHERE { ?s a ?c } GROUP BY ?c"
    assert {
        (told.value(part, VOID["class"]), told.value(part, VOID.entities))
        for part in told.objects(DATASET, VOID.classPartition)
    } == set(real_store.query(by_class).rows)
    by_graph = "SELECT ?g (COUNT(*) AS ?n) WHERE { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g"
    rows = set(real_store.query(by_graph).rows)
    assert len(rows) > 500
    assert {(graph, told.value(graph, VOID.triples)) for graph, _ in rows} == rows


COUNTS = {
    VOID.triples: "SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }",
    VOID.distinctSubjects: "SELECT (COUNT(DISTINCT ?s) AS ?n) WHERE { ?s ?p ?o }",
    VOID.properties: "SELECT (COUNT(DISTINCT ?p) AS ?n) WHERE { ?s ?p ?o }",
    VOID.classes: "SELECT (COUNT(DISTINCT ?c) AS ?n) WHERE { ?s a ?c }",
}


@pytest.mark.parametrize("predicate", COUNTS)
def test_the_counts_are_what_sparql_answers(predicate: URIRef, void: Graph, store: Store):
    [[count]] = store.query(COUNTS[predicate]).rows
    assert void.value(DATASET, predicate).toPython() == count.toPython()


def test_another_view_has_other_counts(world: Built, void: Graph):
    press = read(void_triples(Described(Contents(world.folder, "press"))))
    assert press.value(DATASET, VOID.triples) != void.value(DATASET, VOID.triples)


def test_linksets_count_every_mapping(void: Graph, data: Described):
    links = list(void.subjects(RDF.type, VOID.Linkset))
    assert sum(void.value(link, VOID.triples).toPython() for link in links) == len(data.mappings) > 80
    assert {void.value(link, VOID.linkPredicate) for link in links} == {p for _, p, _ in data.mappings}


def test_an_endpoint_is_told_only_where_there_is_one(void: Graph, data: Described):
    assert not list(void.objects(None, VOID.sparqlEndpoint))
    told = read(void_triples(data, "http://localhost:1/sparql"))
    assert told.value(DATASET, VOID.sparqlEndpoint) == URIRef("http://localhost:1/sparql")


def test_examples_are_things_of_the_graph(void: Graph, world: Built):
    subjects = {s for s, _, _ in default_graph(world.folder)}
    assert set(void.objects(DATASET, VOID.exampleResource)) <= subjects
    assert len(list(void.objects(DATASET, VOID.exampleResource))) > 4


def test_a_source_keeps_the_rights_that_the_graph_knows(world: Built, tmp_path: Path):
    files = {name: (world.folder / name).read_bytes() for name in (*FILES, "withdrawn.nq", "views/all.nq")}
    source, graph = f"{BASE}id/source/herald-2020", graph_iri("herald-2020")
    line = f"<{source}> {DCTERMS.license.n3()} <http://example.org/terms> {graph.n3()} .\n".encode()
    files["claims.nq"] = b"".join(sorted([*files["claims.nq"].splitlines(keepends=True), line]))
    changed = write(files, tmp_path)
    told = read(void_triples(Described(Contents(changed.folder))))
    assert list(told.objects(graph, DCTERMS.license)) == [URIRef("http://example.org/terms")]
    assert not list(told.objects(graph_iri("gazette-2024"), DCTERMS.license))


SHAPES = """
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix dcat: <http://www.w3.org/ns/dcat#> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix foaf: <http://xmlns.com/foaf/0.1/> .
@prefix prov: <http://www.w3.org/ns/prov#> .
@prefix spdx: <http://spdx.org/rdf/terms#> .
@prefix void: <http://rdfs.org/ns/void#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
<x:subset> sh:targetObjectsOf void:subset ;
    sh:property [ sh:path void:triples ; sh:minCount 1 ; sh:maxCount 1 ; sh:datatype xsd:integer ] .
<x:linkset> sh:targetClass void:Linkset ;
    sh:property [ sh:path void:subjectsTarget ; sh:minCount 1 ; sh:maxCount 1 ; sh:class void:Dataset ] ,
        [ sh:path void:objectsTarget ; sh:minCount 1 ; sh:maxCount 1 ; sh:class void:Dataset ] ,
        [ sh:path void:linkPredicate ; sh:minCount 1 ; sh:maxCount 1 ; sh:nodeKind sh:IRI ] .
<x:description> sh:targetClass void:DatasetDescription ;
    sh:property [ sh:path foaf:primaryTopic ; sh:minCount 1 ; sh:maxCount 1 ; sh:class void:Dataset ] .
<x:partition> sh:targetObjectsOf void:propertyPartition ;
    sh:property [ sh:path void:property ; sh:minCount 1 ; sh:maxCount 1 ] .
<x:catalogue> sh:targetClass dcat:Catalog ;
    sh:property [ sh:path dcterms:title ; sh:minCount 1 ] , [ sh:path dcterms:description ; sh:minCount 1 ] ,
        [ sh:path dcterms:publisher ; sh:minCount 1 ; sh:maxCount 1 ; sh:class foaf:Agent ] ,
        [ sh:path dcat:dataset ; sh:minCount 1 ; sh:class dcat:Dataset ] .
<x:dataset> sh:targetClass dcat:Dataset ;
    sh:property [ sh:path dcterms:title ; sh:minCount 1 ] , [ sh:path dcterms:description ; sh:minCount 1 ] ,
        [ sh:path dcterms:creator ; sh:minCount 1 ; sh:class foaf:Agent ] ,
        [ sh:path dcterms:license ; sh:minCount 1 ; sh:maxCount 1 ; sh:nodeKind sh:IRI ] ,
        [ sh:path dcterms:rights ; sh:minCount 1 ] , [ sh:path dcat:version ; sh:minCount 1 ; sh:maxCount 1 ] ,
        [ sh:path dcat:keyword ; sh:minCount 1 ] , [ sh:path dcat:landingPage ; sh:maxCount 0 ] ,
        [ sh:path dcterms:temporal ; sh:minCount 1 ; sh:maxCount 1 ; sh:class dcterms:PeriodOfTime ;
            sh:property [ sh:path dcat:startDate ; sh:minCount 1 ; sh:datatype xsd:date ; sh:lessThan dcat:endDate ] ] ,
        [ sh:path dcterms:spatial ; sh:minCount 1 ; sh:class dcterms:Location ] ,
        [ sh:path dcat:distribution ; sh:minCount 1 ; sh:class dcat:Distribution ] ,
        [ sh:path prov:wasDerivedFrom ; sh:minCount 1 ; sh:class prov:Entity ] .
<x:distribution> sh:targetClass dcat:Distribution ;
    sh:property [ sh:path dcterms:license ; sh:minCount 1 ; sh:maxCount 1 ] ,
        [ sh:path dcterms:title ; sh:minCount 1 ] , [ sh:path dcterms:identifier ; sh:minCount 1 ; sh:maxCount 1 ] ,
        [ sh:path dcat:byteSize ; sh:minCount 1 ; sh:maxCount 1 ; sh:datatype xsd:nonNegativeInteger ] ,
        [ sh:path [ sh:alternativePath ( spdx:checksum dcterms:hasPart ) ] ; sh:minCount 1 ] ,
        [ sh:path [ sh:alternativePath ( dcat:mediaType dcterms:format ) ] ; sh:minCount 1 ; sh:maxCount 1 ] .
<x:checksum> sh:targetObjectsOf spdx:checksum ; sh:class spdx:Checksum ;
    sh:property [ sh:path spdx:algorithm ; sh:hasValue spdx:checksumAlgorithm_sha256 ; sh:maxCount 1 ] ,
        [ sh:path spdx:checksumValue ; sh:minCount 1 ; sh:maxCount 1 ; sh:datatype xsd:hexBinary ] ,
        [ sh:path spdx:checksumValue ; sh:pattern "^[0-9a-f]{64}$" ] .
<x:activity> sh:targetClass prov:Activity ;
    sh:property [ sh:path prov:wasAssociatedWith ; sh:minCount 1 ; sh:class prov:SoftwareAgent ] ,
        [ sh:path prov:generated ; sh:minCount 1 ; sh:maxCount 1 ; sh:class prov:Entity ] ,
        [ sh:path prov:used ; sh:minCount 1 ; sh:class prov:Entity ] ,
        [ sh:path ( prov:used spdx:checksum ) ; sh:minCount 1 ] ,
        [ sh:path prov:endedAtTime ; sh:maxCount 0 ] .
"""


def conforms(graph: Graph) -> bool:
    return validate(graph, shacl_graph=SHAPES, shacl_graph_format="turtle")[0]


def test_the_description_has_its_shapes(void: Graph, dcat: Graph):
    assert conforms(void + dcat)


@pytest.mark.parametrize(
    "predicate",
    [VOID.triples, VOID.objectsTarget, DCTERMS.title, DCTERMS.temporal, SPDX.checksumValue, DCAT.byteSize, PROV.used],
)
def test_the_shapes_miss_what_is_taken_out(predicate: URIRef, void: Graph, dcat: Graph):
    without = void + dcat
    without.remove((None, predicate, None))
    assert not conforms(without)


def test_a_distribution_has_size_and_hash_of_each_file(dcat: Graph):
    paths = {str(path): node for node, path in dcat.subject_objects(DCTERMS.identifier) if path.startswith("exports")}
    assert paths.keys() == {"exports/turtle.ttl", "exports/odd", "exports/odd/a b", "exports/odd/c"}
    turtle, folder, part = paths["exports/turtle.ttl"], paths["exports/odd"], paths["exports/odd/a b"]
    assert dcat.value(dcat.value(turtle, SPDX.checksum), SPDX.checksumValue) == Literal(
        sha256(b"abc"), datatype=XSD.hexBinary
    )
    assert dcat.value(folder, DCAT.byteSize).toPython() == 3
    assert "hedges" in dcat.value(folder, DCTERMS.description)
    assert dcat.value(part, DCAT.downloadURL) == URIRef("https://example.org/kg/1.2.0/exports/odd/a%20b")
    assert dcat.value(turtle, DCAT.mediaType) == URIRef("https://www.iana.org/assignments/media-types/text/turtle")
    assert dcat.value(folder, DCAT.mediaType) is None


def test_a_snapshot_that_is_no_release_is_described_too(world: Built, void: Graph):
    told = read(description(world.folder, "http://localhost:1/sparql"))
    assert (void - told).serialize(format="nt").strip() == ""
    assert (DATASET, RDF.type, DCAT.Dataset) in told
    assert told.value(DATASET, DCTERMS.spatial) is not None
    assert told.value(DATASET, DCAT.version) is None


def test_no_day_and_no_address_are_made_up(data: Described):
    told = read(dcat_triples(data, Edition("1.0.0"), WRITTEN))
    assert not list(told.objects(None, DCTERMS.issued))
    assert not list(told.objects(None, DCAT.downloadURL))
    assert not list(told.objects(None, DCAT.previousVersion))


def test_keywords_are_those_of_the_citation():
    assert list(KEYWORDS) == yaml.safe_load((ROOT / "CITATION.cff").read_text("utf-8"))["keywords"]


def mapping_set(text: bytes) -> tuple[dict, list[dict[str, str]]]:
    lines = text.decode().splitlines(keepends=True)
    head = [line[1:] for line in takewhile(lambda line: line.startswith("#"), lines)]
    return yaml.safe_load("".join(head)), list(csv.DictReader(lines[len(head) :], delimiter="\t"))


# What the specification requires of a set and of a mapping, and the justifications that it knows.
OF_A_SET, OF_A_MAPPING = (
    {"mapping_set_id", "license"},
    ("subject_id", "predicate_id", "object_id", "mapping_justification"),
)
ENTITY_TYPES = {"owl class", "owl object property", "owl data property", "skos concept", "owl named individual", ""}


def check_mappings(folder: Path) -> None:
    about, rows = mapping_set(sssom(Described(Contents(folder)), EDITION))
    assert about.keys() >= OF_A_SET
    assert (about["mapping_set_version"], str(about["publication_date"])) == ("1.2.0", "2026-11-24")
    known = about["curie_map"] | {"skos": str(SKOS), "owl": "http://www.w3.org/2002/07/owl#"}

    def expanded(curie: str) -> URIRef:
        prefix, _, local = curie.partition(":")
        return URIRef(known[prefix] + local)

    triples = [tuple(expanded(row[slot]) for slot in OF_A_MAPPING[:3]) for row in rows]
    matches = {SKOS.exactMatch, SKOS.closeMatch, SKOS.broadMatch, SKOS.narrowMatch, SKOS.relatedMatch}
    assert len(set(triples)) == len(triples)
    lines = b"".join((folder / name).read_bytes() for name in (*FILES, "views/all.nq")).splitlines(keepends=True)
    quads = parse_nquads(b"".join(line for line in lines if b"Match> " in line))
    assert set(triples) == {quad[:3] for quad in quads if quad[1] in matches}
    assert all(
        re.fullmatch("semapv:(ManualMappingCuration|MappingReview)", row["mapping_justification"]) for row in rows
    )
    assert {row["subject_type"] for row in rows} | {row["object_type"] for row in rows} <= ENTITY_TYPES
    assert all(row["subject_label"] for row in rows)
    assert rows == sorted(rows, key=lambda row: tuple(row.values()))


def test_the_mapping_set_has_every_mapping_and_no_other(world: Built):
    check_mappings(world.folder)


def test_the_mapping_set_of_the_real_graph_too(real: Built):
    check_mappings(real.folder)


def test_labels_with_tabs_and_quotes_stay_in_their_column(world: Built, tmp_path: Path):
    shutil.copytree(world.folder, tmp_path / "snapshot")
    path = tmp_path / "snapshot" / "ontology.nq"
    path.write_bytes(path.read_bytes().replace(b'"accusation"@en', b'"a \\"b\\"\tc\\n# d"@en'))
    _, rows = mapping_set(sssom(Described(Contents(tmp_path / "snapshot"))))
    assert next(row for row in rows if row["subject_id"] == "act:accusation")["subject_label"] == 'a "b"\tc\n# d'


def test_the_bytes_do_not_depend_on_seed_or_locale(world: Built):
    code = (
        "import sys, pathlib; from kgtools.describe import *; from kgtools.export import Contents\n"
        "data = Described(Contents(pathlib.Path(sys.argv[1])))\n"
        "triples = [*void_triples(data), *dcat_triples(data, Edition('1.0.0'), [])]\n"
        "sys.stdout.buffer.write(written_turtle(triples) + sssom(data))"
    )
    command = [sys.executable, "-c", code, str(world.folder)]
    runs = [
        subprocess.run(
            command, env={**os.environ, "PYTHONHASHSEED": seed, "LC_ALL": "C"}, capture_output=True, check=True
        )
        for seed in ("1", "77")
    ]
    assert runs[0].stdout == runs[1].stdout != b""
