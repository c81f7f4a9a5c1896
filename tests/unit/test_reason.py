"""Each rule kind on the least data that shows it, then laws of closure and justifications on made-up ontologies."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rdflib import OWL, RDF, RDFS, XSD, BNode, Graph, Literal, URIRef
from rdflib.collection import Collection

from kgtools.errors import InvalidGraph
from kgtools.model import Inference
from kgtools.names import KG, PREFIXES
from kgtools.reason import materialise, rules

HEADER = "".join(f"@prefix {prefix}: <{iri}> .\n" for prefix, iri in PREFIXES.items()) + "@prefix : <urn:x:> .\n"


def turtle(text):
    return list(Graph(bind_namespaces="none").parse(data=HEADER + text, format="turtle"))


def conclusions(axioms, data):
    return {inference.conclusion for inference in materialise(rules(turtle(axioms)), turtle(data))}


KINDS = {
    "subclass": ("kg:A rdfs:subClassOf kg:B .", ":x a kg:A .", ":x a kg:B ."),
    "equivalent-class": ("kg:A owl:equivalentClass kg:B .", ":x a kg:A . :y a kg:B .", ":x a kg:B . :y a kg:A ."),
    "subproperty": ("kg:p rdfs:subPropertyOf kg:q .", ":x kg:p :y, 'l' .", ":x kg:q :y, 'l' ."),
    "equivalent-property": (
        "kg:p owl:equivalentProperty kg:q .",
        ":x kg:p :y . :x kg:q :z .",
        ":x kg:q :y ; kg:p :z .",
    ),
    "domain": ("kg:p rdfs:domain kg:A .", ":x kg:p 'l' .", ":x a kg:A ."),
    "range": ("kg:p rdfs:range kg:A .", ":x kg:p :y .", ":y a kg:A ."),
    "inverse": ("kg:p owl:inverseOf kg:q .", ":x kg:p :y . :v kg:q :w .", ":y kg:q :x . :w kg:p :v ."),
    "symmetric": ("kg:p a owl:SymmetricProperty .", ":x kg:p :y .", ":y kg:p :x ."),
    "transitive": (
        "kg:p a owl:TransitiveProperty .",
        ":w kg:p :x . :x kg:p :y . :y kg:p :z .",
        ":w kg:p :y, :z . :x kg:p :z .",
    ),
    "chain-of-two": ("kg:r owl:propertyChainAxiom (kg:p kg:q) .", ":x kg:p :y . :y kg:q :z .", ":x kg:r :z ."),
    "chain-of-four": (
        "kg:r owl:propertyChainAxiom (kg:p kg:q kg:p kg:s) .",
        ":v kg:p :w . :w kg:q :x . :x kg:p :y . :y kg:s :z .",
        ":v kg:r :z .",
    ),
    "chain-with-an-inverse": (
        "kg:r owl:propertyChainAxiom (kg:p [ owl:inverseOf kg:q ]) .",
        ":x kg:p :y . :z kg:q :y .",
        ":x kg:r :z .",
    ),
    "subproperty-of-an-inverse": ("kg:p rdfs:subPropertyOf [ owl:inverseOf kg:q ] .", ":x kg:p :y .", ":y kg:q :x ."),
    "has-value": (
        "[ owl:onProperty kg:p ; owl:hasValue :v ] rdfs:subClassOf kg:A .",
        ":x kg:p :v . :y kg:p :w .",
        ":x a kg:A .",
    ),
    "has-literal": (
        "[ owl:onProperty kg:p ; owl:hasValue 'v' ] rdfs:subClassOf kg:A .",
        ":x kg:p 'v' . :y kg:p 'v'@en .",
        ":x a kg:A .",
    ),
    "some-values": (
        "[ owl:onProperty kg:p ; owl:someValuesFrom kg:B ] rdfs:subClassOf kg:A .",
        ":x kg:p :v . :v a kg:B . :y kg:p :w .",
        ":x a kg:A .",
    ),
    "some-thing": (
        "[ owl:onProperty kg:p ; owl:someValuesFrom owl:Thing ] rdfs:subClassOf kg:A .",
        ":x kg:p :v .",
        ":x a kg:A .",
    ),
    "nested-some": (
        "[ owl:onProperty kg:p ; owl:someValuesFrom _:q ] rdfs:subClassOf kg:A ."
        "_:q owl:onProperty kg:q ; owl:someValuesFrom kg:B .",
        ":x kg:p :y . :y kg:q :z . :z a kg:B .",
        ":x a kg:A .",
    ),
    "intersection": (
        "[ owl:intersectionOf (kg:B kg:C [ owl:onProperty kg:p ; owl:hasValue :v ]) ] rdfs:subClassOf kg:A .",
        ":x a kg:B, kg:C ; kg:p :v . :y a kg:B ; kg:p :v .",
        ":x a kg:A .",
    ),
    "union": (
        "[ owl:unionOf (kg:B kg:C) ] rdfs:subClassOf kg:A .",
        ":x a kg:B . :y a kg:C .",
        ":x a kg:A . :y a kg:A .",
    ),
    "union-within-intersection": (
        "[ owl:intersectionOf (kg:B [ owl:unionOf (kg:C kg:D) ]) ] rdfs:subClassOf kg:A .",
        ":x a kg:B, kg:C . :y a kg:B, kg:D . :z a kg:C, kg:D .",
        ":x a kg:A . :y a kg:A .",
    ),
    "defined-class": (
        "kg:A owl:equivalentClass [ owl:intersectionOf (kg:B [ owl:onProperty kg:p ; owl:hasValue :v ]) ] .",
        ":x a kg:B ; kg:p :v . :y a kg:A .",
        ":x a kg:A . :y a kg:B ; kg:p :v .",
    ),
    "all-values": (
        "kg:A rdfs:subClassOf [ owl:onProperty kg:p ; owl:allValuesFrom kg:B ] .",
        ":x a kg:A ; kg:p :y . :z kg:p :w .",
        ":y a kg:B .",
    ),
}


@pytest.mark.parametrize("kind", KINDS)
def test_an_axiom_says_what_owl_2_rl_says(kind):
    axioms, data, expected = KINDS[kind]
    assert conclusions(axioms, data) == set(turtle(expected))


NOTHING = {
    "a-superclass-of-everything": ("kg:A rdfs:subClassOf owl:Thing .", ":x a kg:A ."),
    "a-class-under-itself": ("kg:A rdfs:subClassOf kg:A .", ":x a kg:A ."),
    "a-datatype-range": ("kg:p rdfs:range xsd:integer .", ":x kg:p 1 ."),
    "a-declared-datatype-range": ("kg:p rdfs:range kg:D . kg:D a rdfs:Datatype .", ":x kg:p 1 ."),
    "a-range-on-a-literal": ("kg:p rdfs:range kg:A .", ":x kg:p 'l' ."),
    "an-inverse-on-a-literal": ("kg:p owl:inverseOf kg:q .", ":x kg:p 'l' ."),
    "symmetry-on-a-literal": ("kg:p a owl:SymmetricProperty .", ":x kg:p 'l' ."),
    "an-annotation-property": (
        "kg:p a owl:AnnotationProperty ; rdfs:domain kg:A ; rdfs:subPropertyOf rdfs:label .",
        ":x kg:p 'l' .",
    ),
    "under-an-annotation-property": ("kg:q a owl:AnnotationProperty . kg:p rdfs:subPropertyOf kg:q .", ":x kg:p :y ."),
    "a-chain-through-an-annotation": (
        "kg:q a owl:AnnotationProperty . kg:r owl:propertyChainAxiom (kg:p kg:q) .",
        ":x kg:p :y . :y kg:q :z .",
    ),
    "functional": ("kg:p a owl:FunctionalProperty .", ":x kg:p :y, :z ."),
    "inverse-functional": ("kg:p a owl:InverseFunctionalProperty .", ":x kg:p :z . :y kg:p :z ."),
    "key": ("kg:A owl:hasKey (kg:p) .", ":x a kg:A ; kg:p 'k' . :y a kg:A ; kg:p 'k' ."),
    "disjointness": ("kg:A owl:disjointWith kg:B .", ":x a kg:A ."),
    "a-complement": ("kg:A rdfs:subClassOf [ owl:complementOf kg:B ] .", ":x a kg:A ."),
    "same-as": ("kg:A rdfs:subClassOf kg:B .", ":x owl:sameAs :y ."),
    "a-given-conclusion": ("kg:A rdfs:subClassOf kg:B .", ":x a kg:A, kg:B ."),
    "no-facts": ("kg:A rdfs:subClassOf kg:B .", ""),
    "no-rules": ("", ":x a kg:A ."),
}


@pytest.mark.parametrize("kind", NOTHING)
def test_nothing_follows_from(kind):
    axioms, data = NOTHING[kind]
    assert materialise(rules(turtle(axioms)), turtle(data)) == []


NAMES = {
    "kg:p rdfs:subPropertyOf kg:q .": ["kg:p ⊑ kg:q"],
    "kg:r owl:propertyChainAxiom (kg:p kg:q kg:s) .": ["kg:p ∘ kg:q ∘ kg:s ⊑ kg:r"],
    "kg:p rdfs:domain kg:A .": ["domain of kg:p is kg:A"],
    "kg:p rdfs:range kg:A .": ["range of kg:p is kg:A"],
    "kg:p owl:inverseOf kg:q .": ["kg:p ≡ inverse of kg:q", "kg:q ≡ inverse of kg:p"],
    "kg:p a owl:SymmetricProperty, owl:TransitiveProperty .": ["kg:p is symmetric", "kg:p is transitive"],
    "[ owl:unionOf (kg:B kg:C) ] rdfs:subClassOf kg:A .": ["kg:B ⊑ kg:A", "kg:C ⊑ kg:A"],
    "[ owl:intersectionOf (kg:B [ owl:onProperty kg:p ; owl:someValuesFrom kg:C ]) ] rdfs:subClassOf kg:A .": [
        "kg:B ⊓ ∃kg:p.kg:C ⊑ kg:A"
    ],
    "[ owl:onProperty kg:p ; owl:hasValue actor:v ] rdfs:subClassOf kg:A .": ["∃kg:p.{actor:v} ⊑ kg:A"],
}


@pytest.mark.parametrize("axiom", NAMES)
def test_a_rule_is_named_as_a_reader_would_say_it(axiom):
    assert [rule.name for rule in rules(turtle(axiom))] == NAMES[axiom]


REFUSED = {
    "kg:A rdfs:subClassOf [ owl:onProperty kg:p ; owl:someValuesFrom kg:B ] .": "superclass side.*say it in a shape",
    "kg:A rdfs:subClassOf [ owl:unionOf (kg:B kg:C) ] .": "owl:unionOf stands on the superclass side",
    "[ owl:complementOf kg:B ] rdfs:subClassOf kg:A .": "with owl:complementOf stands on the subclass side",
    "[ owl:onProperty kg:p ; owl:someValuesFrom xsd:date ] rdfs:subClassOf kg:A .": "asks for a datatype",
    "[ owl:onProperty kg:p, kg:q ; owl:hasValue :v ] rdfs:subClassOf kg:A .": "2 values for owl:onProperty",
    "kg:r owl:propertyChainAxiom () .": "list in an axiom is empty",
    "kg:r owl:propertyChainAxiom _:l . _:l rdf:first kg:p ; rdf:rest _:l .": "runs in a circle",
    "kg:p rdfs:subPropertyOf [ a owl:ObjectProperty ] .": "0 values for owl:inverseOf",
}


@pytest.mark.parametrize("axiom", REFUSED)
def test_an_axiom_the_rules_cannot_honour_is_refused(axiom):
    with pytest.raises(InvalidGraph, match=REFUSED[axiom]):
        rules(turtle(axiom))


def test_a_chain_is_justified_by_all_its_premises_in_order():
    axioms = "kg:r owl:propertyChainAxiom (kg:p kg:q kg:s) ."
    [inference] = materialise(rules(turtle(axioms)), turtle(":y kg:q :z . :z kg:s :w . :x kg:p :y ."))
    parts = (*turtle(":x kg:p :y ."), *turtle(":y kg:q :z ."), *turtle(":z kg:s :w ."))
    assert inference == Inference(*turtle(":x kg:r :w ."), "kg:p ∘ kg:q ∘ kg:s ⊑ kg:r", parts)


def test_every_justification_is_returned_shallowest_first():
    axioms = "kg:a rdfs:subPropertyOf kg:c . kg:b rdfs:subPropertyOf kg:c . kg:d rdfs:subPropertyOf kg:b, kg:c ."
    found = materialise(reversed(rules(turtle(axioms))), turtle(":x kg:a :y ; kg:d :y ."))
    reasons = [inference.rule for inference in found if inference.conclusion[1] == KG.c]
    assert reasons == ["kg:a ⊑ kg:c", "kg:d ⊑ kg:c", "kg:b ⊑ kg:c"]


def test_a_conclusion_is_no_premise_of_itself():
    axioms = "kg:p a owl:SymmetricProperty, owl:TransitiveProperty ."
    found = materialise(rules(turtle(axioms)), turtle(":x kg:p :y ."))
    assert {inference.conclusion for inference in found} == set(turtle(":y kg:p :x . :x kg:p :x . :y kg:p :y ."))
    assert all(inference.conclusion not in inference.premises for inference in found)


CLASSES = [KG[name] for name in "ABCDE"]
LINKS = [KG[name] for name in "pqrs"]
VALUES = [KG.name, KG.note]
THINGS = [URIRef(f"urn:x:{name}") for name in "uvwxyz"]
LITERALS = [Literal("a"), Literal("a", lang="en"), Literal("7", datatype=XSD.integer)]
classes, links, values = st.sampled_from(CLASSES), st.sampled_from(LINKS), st.sampled_from(VALUES)
things, literals = st.sampled_from(THINGS), st.sampled_from(LITERALS)


def restriction(path, kind, value):
    node = BNode()
    return node, [(node, RDF.type, OWL.Restriction), (node, OWL.onProperty, path), (node, kind, value)]


def listed(members, kind):
    graph, node, head = Graph(), BNode(), BNode()
    Collection(graph, head, [member for member, _ in members])
    return node, [
        (node, RDF.type, OWL.Class),
        (node, kind, head),
        *graph,
        *(t for _, triples in members for t in triples),
    ]


named = classes.map(lambda kind: (kind, []))
simple = st.one_of(
    named,
    st.builds(restriction, links, st.just(OWL.hasValue), things),
    st.builds(restriction, values, st.just(OWL.hasValue), literals),
    st.builds(restriction, links, st.just(OWL.someValuesFrom), classes),
    st.builds(restriction, links, st.just(OWL.someValuesFrom), st.just(OWL.Thing)),
)
below = st.one_of(
    simple,
    st.builds(listed, st.lists(simple, min_size=2, max_size=3), st.just(OWL.intersectionOf)),
    st.builds(listed, st.lists(simple, min_size=2, max_size=3), st.just(OWL.unionOf)),
)


def chain(broad, parts):
    graph, head = Graph(), BNode()
    Collection(graph, head, parts)
    return [(broad, OWL.propertyChainAxiom, head), *graph]


def triples(subjects, predicates, objects):
    return st.tuples(subjects, predicates, objects).map(lambda triple: [triple])


axioms = st.one_of(
    st.builds(lambda low, high: [*low[1], (low[0], RDFS.subClassOf, high)], below, classes),
    triples(classes, st.just(OWL.equivalentClass), classes),
    triples(links, st.sampled_from([RDFS.subPropertyOf, OWL.equivalentProperty, OWL.inverseOf]), links),
    triples(values, st.sampled_from([RDFS.subPropertyOf, OWL.equivalentProperty]), values),
    triples(links, st.sampled_from([RDFS.domain, RDFS.range]), classes),
    triples(values, st.just(RDFS.domain), classes),
    triples(links, st.just(RDF.type), st.sampled_from([OWL.SymmetricProperty, OWL.TransitiveProperty])),
    st.builds(chain, links, st.lists(links, min_size=2, max_size=4)),
)
DECLARED = [
    *((kind, RDF.type, OWL.Class) for kind in CLASSES),
    *((link, RDF.type, OWL.ObjectProperty) for link in LINKS),
    *((value, RDF.type, OWL.DatatypeProperty) for value in VALUES),
]
ontologies = st.lists(axioms, max_size=7).map(lambda parts: [*DECLARED, *(t for part in parts for t in part)])
facts = st.lists(
    st.one_of(
        st.tuples(things, links, things),
        st.tuples(things, values, literals),
        st.tuples(things, st.just(RDF.type), classes),
    ),
    max_size=10,
    unique=True,
)


def closure(ontology, data):
    return {*data, *(inference.conclusion for inference in materialise(rules(ontology), data))}


@settings(max_examples=100, deadline=None)
@given(ontologies, facts)
def test_the_closure_is_that_of_owl_2_rl(ontology, data):
    import owlrl

    graph = Graph(bind_namespaces="none")
    for triple in [*ontology, *data]:
        graph.add(triple)
    owlrl.DeductiveClosure(owlrl.OWLRL_Semantics).expand(graph)
    vocabulary = {*LINKS, *VALUES}
    theirs = {(s, p, o) for s, p, o in graph if s in THINGS and (o in CLASSES if p == RDF.type else p in vocabulary)}
    assert closure(ontology, data) == theirs


@settings(max_examples=150, deadline=None)
@given(ontologies, facts)
def test_every_premise_holds_and_the_first_justifications_rest_on_what_is_given(ontology, data):
    found = materialise(rules(ontology), data)
    first = {inference.conclusion: inference for inference in reversed(found)}
    assert len(found) == len(set(found))
    assert materialise(rules(ontology), data, every=False) == list(first.values())[::-1]
    assert {premise for inference in found for premise in inference.premises} <= {*data, *first}
    reached, size = set(data), -1
    while size < len(reached):
        size = len(reached)
        reached |= {conclusion for conclusion, one in first.items() if reached.issuperset(one.premises)}
    assert reached == {*data, *first}


def derivable(found, data):
    """What the justifications alone derive from the data."""
    reached, size = set(data), -1
    while size < len(reached):
        size = len(reached)
        reached |= {inference.conclusion for inference in found if reached.issuperset(inference.premises)}
    return reached


@settings(max_examples=60, deadline=None)
@given(ontologies, facts.filter(bool), st.data())
def test_without_a_fact_exactly_what_has_another_justification_stays(ontology, data, choice):
    """So no justification is missing, and what rests on its only justification goes with any premise of it."""
    taken = choice.draw(st.sampled_from(data))
    rest = [triple for triple in data if triple != taken]
    left = closure(ontology, rest)
    if taken not in left:
        assert derivable(materialise(rules(ontology), data), rest) == left


@settings(max_examples=60, deadline=None)
@given(ontologies, facts.filter(bool))
def test_a_conclusion_goes_with_any_given_premise_of_its_only_justification(ontology, data):
    found = materialise(rules(ontology), data)
    conclusions = [inference.conclusion for inference in found]
    only = [inference for inference in found if conclusions.count(inference.conclusion) == 1]
    for inference in only[:3]:
        for premise in set(inference.premises) & set(data):
            left = closure(ontology, [triple for triple in data if triple != premise])
            assert premise in left or inference.conclusion not in left


@settings(max_examples=60, deadline=None)
@given(ontologies, facts, st.randoms())
def test_the_order_of_the_input_does_not_matter(ontology, data, random):
    expected = materialise(rules(ontology), data)
    random.shuffle(ontology)
    random.shuffle(data)
    ruleset = list(rules(ontology))
    random.shuffle(ruleset)
    assert materialise(ruleset, [*data, *data]) == expected


SCRIPT = """
from test_reason import turtle, materialise, rules
axioms = "kg:p rdfs:subPropertyOf kg:q ; rdfs:domain kg:A ; rdfs:range kg:B . kg:q a owl:TransitiveProperty ." \\
    "kg:r owl:propertyChainAxiom (kg:q kg:p) . kg:A rdfs:subClassOf kg:C . kg:B rdfs:subClassOf kg:C ."
data = ":a kg:p :b, :c . :b kg:p :d . :c kg:p :d . :d kg:p :e, 'x', 'x'@en ."
print(*materialise(rules(turtle(axioms)), turtle(data)), sep="\\n")
"""


def test_the_hash_seed_does_not_matter():
    outputs = set()
    for seed in ("0", "1", "4711"):
        environment = os.environ | {"PYTHONHASHSEED": seed, "PYTHONPATH": str(Path(__file__).parent)}
        done = subprocess.run([sys.executable, "-c", SCRIPT], env=environment, capture_output=True, check=True)
        outputs.add(done.stdout)
    assert len(outputs) == 1
    assert outputs.pop().count(b"Inference(") > 30


def test_a_given_fact_is_justified_only_where_asked():
    ruleset, data = rules(turtle("kg:p rdfs:subPropertyOf kg:q .")), turtle(":x kg:p :y ; kg:q :y .")
    assert materialise(ruleset, data) == []
    [inference] = materialise(ruleset, data, also=turtle(":x kg:q :y ."))
    assert (inference.conclusion, inference.premises) == (turtle(":x kg:q :y .")[0], tuple(turtle(":x kg:p :y .")))
