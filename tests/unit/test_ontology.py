"""The ontology itself: within OWL 2 DL and OWL 2 RL, sound, and with the closure that other reasoners give it."""

from pathlib import Path

import pytest
from rdflib import OWL, RDF, RDFS, BNode, Graph, Literal, URIRef

from kgtools.model import Triple
from kgtools.names import KG, PREFIXES
from kgtools.reason import entailments, materialise, owl_report, rules
from kgtools.sources import find_project, read_corpus

ROLES = ("controls", "escorts", "interdicts", "preysOn", "protects", "taxes", "uses")


def thing(kind: str, name: str) -> URIRef:
    return URIRef(PREFIXES[kind] + name)


@pytest.fixture(scope="module")
def ontology() -> list[Triple]:
    corpus, findings = read_corpus(find_project(Path(__file__).parent))
    assert not findings
    assert corpus.ontology
    return list(dict.fromkeys(triple for document in corpus.ontology for triple in document.triples))


@pytest.fixture(scope="module")
def data(ontology) -> list[Triple]:
    """One link by every property of ours between things of its own, and one actor for each role on a leg of a route."""
    route, leg, flow = thing("route", "r"), thing("segment", "leg"), thing("flow", "f")
    roles = [(thing("actor", role), KG[role], leg) for role in ROLES]
    places = [(thing("place", a), KG.locatedIn, thing("place", b)) for a, b in ("ab", "bc", "cd")]
    links = [
        (thing("issue", f"from-{path[len(KG) :]}"), path, thing("issue", f"to-{path[len(KG) :]}"))
        for path, _, kind in ontology
        if kind == OWL.ObjectProperty and path.startswith(KG)
    ]
    assert len(links) > 50
    words = [(thing("actor", "taxes"), KG.isCalled, Literal("a name", lang="en"))]
    return [*roles, *places, *links, *words, (leg, KG.segmentOf, route), (route, KG.carriesFlow, flow)]


@pytest.fixture(scope="module")
def closure(ontology, data) -> set[Triple]:
    return {*data, *(inference.conclusion for inference in materialise(rules(ontology), data))}


def test_it_lies_in_owl_2_dl_and_rl_and_every_class_can_have_members(ontology):
    assert owl_report(ontology) == []


def test_a_link_by_every_property_contradicts_nothing(ontology, data):
    assert owl_report(ontology, data) == []


def test_its_closure_is_what_hermit_entails(ontology, data, closure):
    words = {path for path, _, kind in ontology if kind == OWL.DatatypeProperty}
    inside = {end for s, p, o in data for end in (s, o)}
    entailed = {triple for triple in entailments(ontology, data) if triple[0] in inside}
    assert {triple for triple in closure if triple[1] not in words} == entailed


def test_its_closure_is_owlrls(ontology, data, closure):
    import owlrl

    graph = Graph(bind_namespaces="none")
    for triple in [*filter(is_axiom, ontology), *data]:
        graph.add(triple)
    owlrl.DeductiveClosure(owlrl.OWLRL_Semantics).expand(graph)
    declared = {s for s, p, _ in ontology if p == RDF.type and s.startswith(KG)}
    inside = {end for s, _, o in data for end in (s, o) if isinstance(end, URIRef)}
    theirs = {(s, p, o) for s, p, o in graph if s in inside and (o in declared if p == RDF.type else p in declared)}
    assert closure == theirs


def is_axiom(triple: Triple) -> bool:
    """Whether reasoning needs the triple: labels and definitions only slow owlrl down."""
    annotations = (str(PREFIXES["skos"]), str(PREFIXES["dcterms"]), str(PREFIXES["vann"]), str(RDFS.isDefinedBy))
    return isinstance(triple[0], BNode) or not triple[1].startswith(annotations)


@pytest.mark.parametrize("role", ROLES)
def test_a_role_on_a_leg_is_that_role_on_the_route_and_no_other(closure, role):
    on_route = {p for s, p, o in closure if s == thing("actor", role) and o == thing("route", "r")}
    side = KG.exploitsRoute if role != "interdicts" else KG.interdictsRoute
    assert on_route == {KG[f"{role}Route"], side, KG.involvedInRoute}


def test_a_route_connects_every_actor_with_a_role_on_a_leg(closure):
    connected = {o for s, p, o in closure if (s, p) == (thing("route", "r"), KG.connectsActor)}
    assert connected == {thing("actor", role) for role in ROLES}


def test_who_exploits_a_route_is_involved_in_what_it_carries_and_who_interdicts_is_not(closure):
    involved = {s for s, p, o in closure if (p, o) == (KG.involvedInFlow, thing("flow", "f"))}
    assert involved == {thing("actor", role) for role in ROLES if role != "interdicts"}
