"""Every term can be read in three languages, shows an example, and says where it is from; so do the vocabularies."""

from collections import defaultdict
from pathlib import Path

import pytest
from rdflib import OWL, RDF, RDFS, Literal, URIRef
from rdflib.namespace import DCTERMS, SKOS

from kgtools.model import Project
from kgtools.names import BASE, KG, PREFIXES, shorten
from kgtools.sources import read_corpus

ROOT = Path(__file__).resolve().parents[2]
CORPUS = read_corpus(Project(ROOT, ROOT / "ontology", ROOT / "graph"))[0]
TRIPLES = [triple for document in (*CORPUS.ontology, *CORPUS.alignments) for triple in document.triples]
ABOUT: dict = defaultdict(lambda: defaultdict(list))
for _s, _p, _o in TRIPLES:
    ABOUT[_s][_p].append(_o)
KINDS = {OWL.Class, OWL.ObjectProperty, OWL.DatatypeProperty, OWL.AnnotationProperty}
TERMS = sorted(s for s in ABOUT if str(s).startswith(str(KG)) and KINDS & set(ABOUT[s][RDF.type]))
CONCEPTS = sorted(s for s in ABOUT if {SKOS.Concept, SKOS.ConceptScheme} & set(ABOUT[s][RDF.type]))
HEADERS = sorted(s for s in ABOUT if OWL.Ontology in ABOUT[s][RDF.type])


def languages(thing: URIRef, predicate: URIRef) -> list[str | None]:
    return sorted(literal.language for literal in ABOUT[thing][predicate])


def test_there_are_terms_concepts_and_modules():
    assert len(TERMS) > 100
    assert len(CONCEPTS) > 50
    assert len(HEADERS) == 9


@pytest.mark.parametrize("term", TERMS, ids=shorten)
def test_a_term_is_labelled_defined_and_shown(term: URIRef):
    assert languages(term, SKOS.prefLabel) == ["ar", "en", "fr"]
    assert languages(term, SKOS.definition) == ["ar", "en", "fr"]
    assert ABOUT[term][SKOS.example]
    assert set(ABOUT[term][RDFS.isDefinedBy]) <= set(HEADERS)
    assert ABOUT[term][RDFS.isDefinedBy]


@pytest.mark.parametrize("concept", CONCEPTS, ids=shorten)
def test_a_concept_is_labelled_and_defined(concept: URIRef):
    assert languages(concept, SKOS.prefLabel) == ["ar", "en", "fr"]
    assert languages(concept, SKOS.definition) == ["ar", "en", "fr"]


@pytest.mark.parametrize("header", HEADERS, ids=str)
def test_a_module_says_version_licence_creator_and_prefix(header: URIRef):
    head = ABOUT[header]
    assert str(head[OWL.versionIRI][0]).startswith(BASE)
    assert head[DCTERMS.license] == [URIRef("https://creativecommons.org/licenses/by/4.0/")]
    assert head[DCTERMS.creator]
    assert head[URIRef(PREFIXES["vann"] + "preferredNamespacePrefix")] == [Literal("kg")]


def test_names_of_terms_follow_the_rule():
    for term in TERMS:
        name, kinds = str(term).removeprefix(str(KG)), ABOUT[term][RDF.type]
        assert name.isalnum()
        assert name[0].isupper() == (OWL.Class in kinds), name


def test_no_equality_is_ever_inferred():
    forbidden = {OWL.sameAs, OWL.hasKey, OWL.InverseFunctionalProperty}
    assert not [triple for triple in TRIPLES if forbidden & set(triple)]


def test_only_structural_links_are_functional():
    functional = {s for s, p, o in TRIPLES if p == RDF.type and o == OWL.FunctionalProperty}
    assert functional == {KG.segmentOf}


def test_every_role_on_a_segment_has_its_route_with_a_chain_to_it():
    chained = {s for s, p, _ in TRIPLES if p == OWL.propertyChainAxiom}
    roles = {s for s, p, o in TRIPLES if p == RDFS.range and o == KG.RouteSegment}
    for role in roles:
        route = URIRef(role.removesuffix("Segment") + "Route")
        assert route in chained, shorten(role)


def test_the_graph_keeps_no_sentence_of_a_source():
    """Words of a source are at most eight in a row; where no text was at hand, values are the editors' short words."""
    most = {KG.hedgeWording: 8, KG.value: 20}
    for document in CORPUS.sources:
        quoted = any(p == KG.documentDigest for _, p, _ in document.triples)
        for _, predicate, words in document.triples:
            if predicate in most:
                assert len(str(words).split()) <= (8 if quoted else most[predicate]), (document.path, str(words))
