"""The questions as RDF: SHACL holds of each, and each runs as it is, with the answer that `kg ask` gives."""

from pathlib import Path

import pytest
from pyshacl import validate
from rdflib import RDF, RDFS, SH, Graph, Literal, URIRef

from kgtools.build import Built
from kgtools.export import turtle
from kgtools.names import BASE
from kgtools.questions import ask, question_triples, read_question, read_questions
from kgtools.store import Store

ROOT = Path(__file__).resolve().parents[2]
QUESTIONS = read_questions(ROOT / "ontology" / "questions")
TARGET = URIRef("https://schema.org/target")
ENDPOINT = "http://localhost:8000/sparql"
SHAPES = """
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix schema: <https://schema.org/> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
<x:executable> sh:targetClass sh:SPARQLExecutable ;
    sh:class sh:SPARQLSelectExecutable ; sh:nodeKind sh:IRI ;
    sh:property [ sh:path sh:select ; sh:minCount 1 ; sh:maxCount 1 ; sh:datatype xsd:string ] ,
        [ sh:path rdfs:comment ; sh:minCount 3 ; sh:maxCount 3 ; sh:uniqueLang true ] ,
        [ sh:path rdfs:comment ; sh:languageIn ( "en" "fr" "ar" ) ] ,
        [ sh:path rdfs:label ; sh:minCount 3 ; sh:maxCount 3 ; sh:uniqueLang true ; sh:datatype rdf:langString ] ,
        [ sh:path schema:target ; sh:minCount 1 ; sh:maxCount 1 ; sh:nodeKind sh:IRI ] ,
        [ sh:path schema:keywords ; sh:minCount 1 ; sh:pattern "^\\\\S(.*\\\\S)?$" ] ,
        [ sh:path ( sh:prefixes sh:declare ) ; sh:minCount 1 ; sh:class sh:PrefixDeclaration ] ,
        [ sh:path sh:parameter ; sh:class sh:Parameter ; sh:node <x:parameter> ] .
<x:declaration> sh:targetClass sh:PrefixDeclaration ;
    sh:property [ sh:path sh:prefix ; sh:minCount 1 ; sh:maxCount 1 ; sh:datatype xsd:string ] ,
        [ sh:path sh:namespace ; sh:minCount 1 ; sh:maxCount 1 ; sh:datatype xsd:anyURI ] .
<x:parameter> a sh:NodeShape ;
    sh:xone ( [ sh:property [ sh:path sh:nodeKind ; sh:minCount 1 ; sh:maxCount 1 ; sh:in ( sh:IRI ) ] ]
              [ sh:property [ sh:path sh:datatype ; sh:minCount 1 ; sh:maxCount 1 ] ] ) ;
    sh:property [ sh:path sh:path ; sh:minCount 1 ; sh:maxCount 1 ; sh:nodeKind sh:IRI ] ,
        [ sh:path sh:name ; sh:minCount 1 ; sh:maxCount 1 ] , [ sh:path sh:description ; sh:minCount 1 ] ,
        [ sh:path sh:optional ; sh:hasValue true ] .
"""


@pytest.fixture(scope="module")
def graph() -> Graph:
    return Graph().parse(data=turtle(question_triples(QUESTIONS.values(), ENDPOINT)), format="turtle")


def conforms(graph: Graph) -> bool:
    return validate(graph, shacl_graph=SHAPES, shacl_graph_format="turtle")[0]


def test_every_question_is_a_whole_executable(graph: Graph):
    assert len(set(graph.subjects(RDF.type, SH.SPARQLExecutable))) == len(QUESTIONS)
    assert len(set(graph.subjects(RDF.type, SH.Parameter))) == sum(len(q.params) for q in QUESTIONS.values()) > 50
    assert conforms(graph)


@pytest.mark.parametrize("predicate", [SH.select, TARGET, SH.prefixes, RDFS.comment])
def test_the_shapes_miss_what_is_taken_out(predicate: URIRef, graph: Graph):
    without = Graph() + graph
    without.remove((URIRef(f"{BASE}id/question/denials"), predicate, None))
    assert not conforms(without)


def test_without_an_endpoint_no_target_is_claimed():
    assert all(predicate != TARGET for _, predicate, _ in question_triples(QUESTIONS.values()))


DEFAULTS = [name for name, question in QUESTIONS.items() if any(param.default for param in question.params)]


def test_some_questions_have_defaults():
    assert len(DEFAULTS) > 3


@pytest.mark.parametrize("name", QUESTIONS)
def test_a_query_runs_as_it_is_with_the_answer_of_the_question(name: str, graph: Graph, store: Store):
    iri = URIRef(f"{BASE}id/question/{name}")
    asked = store.with_history() if QUESTIONS[name].history else store
    answer = ask(store, QUESTIONS[name])
    assert asked.query(str(graph.value(iri, SH.select))).rows == answer.rows


@pytest.mark.parametrize("name", DEFAULTS)
def test_a_default_is_told_as_such(name: str, graph: Graph):
    node = URIRef(f"{BASE}id/question/{name}/parameter/day")
    assert (node, SH.datatype, None) in graph
    assert any(str(value).startswith("20") for value in graph.objects(node, SH.defaultValue))


def test_a_default_with_quotes_stays_one_value(world: Built):
    head = "#+ summary: Who?\n#+ params:\n#+   - {name: word, type: string, summary: w, default: 'a \"b\\'}\n"
    question = read_question(Path("odd.rq"), head + "SELECT ?word WHERE { FILTER(BOUND(?word)) } ORDER BY ?word\n")
    text = next(str(o) for _, p, o in question_triples([question]) if p == SH.select)
    with Store.open(world.folder) as opened:
        assert opened.query(text).rows == ((Literal('a "b\\'),),)
