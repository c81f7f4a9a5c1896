"""Why a triple is in a view: proofs down to claims, what is said where there is none, and least justifications."""

from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from rdflib import RDF, XSD, Literal, URIRef
from test_reason import closure, facts, ontologies, turtle

from kgtools.build import Built
from kgtools.errors import KgError, QuestionError, UsageError
from kgtools.explain import (
    Explanation,
    Proof,
    explain,
    explanation_graph,
    explanation_lines,
    explanation_rows,
    justifications,
    parse_triple,
)
from kgtools.explain.justify import numbered
from kgtools.model import Inference, Project, Scope
from kgtools.names import KG, expand
from kgtools.reason import materialise, rules
from kgtools.sources import read_corpus
from kgtools.store import Store
from kgtools.validate import as_triples

ASRIW = "actor:ahmoudou-ag-asriw kg:escortsRoute route:tabankort-amassine-niger"


def why(store: Store, text: str, most: int = 3) -> Explanation:
    return explain(store, parse_triple(text), most)


def leaves(proof: Proof) -> set:
    return {proof.triple} if proof.rule is None else {leaf for premise in proof.premises for leaf in leaves(premise)}


def test_a_role_on_a_leg_explains_the_role_on_the_route(real_store: Store):
    found = why(real_store, ASRIW)
    rule = "kg:escorts ∘ kg:segmentOf ⊑ kg:escortsRoute"
    assert {(proof.rule, len(proof.premises)) for proof in found.proofs} == {(rule, 2)}
    assert {iri for leaf in found.leaves.values() for iri in leaf.claims} == {
        expand("claim:un-listing-ag-asriw-2018-001")
    }
    assert found.sentence == "In the view all it is inferred."


def test_every_justification_in_the_real_graph_derives_its_triple(real_store: Store, real_project: Project):
    ruleset = rules(as_triples(read_corpus(real_project)[0].ontology))
    query = "SELECT ?s ?p ?o { ?i kg:concludes ?c . ?c kg:subject ?s ; kg:predicate ?p ; kg:object ?o } ORDER BY ?c"
    for triple in sorted(set(real_store.query(query).rows), key=str)[::250]:
        for proof in explain(real_store, triple).proofs:
            given = sorted(leaves(proof), key=str)
            assert triple in {*given, *(inference.conclusion for inference in materialise(ruleset, given))}


def test_an_inference_of_several_steps_is_shown_step_by_step(store: Store):
    found = why(store, "actor:red-hand kg:exploitsRoute route:coast-road")
    steps = [(step, reason) for step, _, reason in explanation_rows(found)]
    assert steps == [
        ("1", "kg:escortsRoute ⊑ kg:exploitsRoute"),
        ("1.1", "kg:escorts ∘ kg:segmentOf ⊑ kg:escortsRoute"),
        ("1.1.1", "claim:blog-copy-005"),
        ("1.1.2", "reference data"),
    ]


def test_a_claimed_triple_is_a_leaf_with_its_claims(store: Store):
    rows = explanation_rows(why(store, "actor:red-hand kg:taxes segment:salt-road-1"))
    assert [(step, reason) for step, _, reason in rows] == [
        ("1", "claim:blog-copy-001"),
        ("1", "claim:herald-2020-001"),
        ("1", "claim:un-river-2022-001"),
    ]


def test_several_justifications_come_smallest_first_and_the_rest_is_counted(store: Store):
    text = "actor:red-hand kg:taxesRoute route:salt-road"
    both, one = why(store, text), why(store, text, most=1)
    assert [len(leaves(proof)) for proof in both.proofs] == [1, 2]
    assert (both.more, one.more, one.proofs) == (0, 1, both.proofs[:1])
    assert both.sentence == "In the view all it is claimed and inferred."


def test_reference_data_is_a_leaf_without_claims(store: Store):
    found = why(store, "segment:salt-road-1 kg:segmentOf route:salt-road")
    assert explanation_rows(found)[0][2] == "reference data"
    assert found.sentence == "In the view all it is stated in the reference data."


def test_what_follows_from_reference_data_alone_says_so(store: Store):
    found = why(store, "actor:red-hand a kg:Entity")
    assert found.sentence == "In the view all it is inferred from the reference data alone."
    assert {leaf.status for leaf in found.leaves.values()} == {"reference"}


def test_a_denial_of_a_leaf_is_shown_with_it(store: Store):
    found = why(store, "actor:iron-shield kg:actsFor actor:arland")
    [leaf] = found.leaves.values()
    assert leaf.denials == (expand("claim:ministry-2021-005"),)
    assert "disputed by: Arland ministry" in explanation_lines(found, {})


def test_a_forecast_of_what_is_claimed_too_stands_apart(store: Store):
    found = why(store, "actor:belmor kg:hasPresenceIn place:tamur")
    assert found.others == (expand("claim:institute-2023-014"),)


ABSENT = {
    "scenario:thaw kg:hasDriver actor:river-commission": "nor does any other: it is only forecast in scenario:thaw.",
    "event:odo-visit kg:follows event:tam-takeover": "nor does any other: it is only supposed in scenario:thaw.",
    "actor:red-hand kg:taxes segment:coast-road-1": "nor does any other, and no claim is about it.",
    "claim:herald-2020-001 kg:onProposition actor:red-hand": "nor does any other, and no claim is about it.",
}


@pytest.mark.parametrize("text", ABSENT)
def test_what_no_view_has_is_said_in_a_sentence(store: Store, text: str):
    found = why(store, text)
    assert (found.proofs, found.leaves) == ((), {})
    assert found.sentence == f"The view all does not have it, {ABSENT[text]}"


def test_the_claims_on_what_no_view_has_are_found_all_the_same(store: Store):
    found = why(store, "scenario:thaw kg:hasDriver actor:river-commission")
    assert [found.claims[iri].stance for iri in found.others] == ["forecasts"]
    assert "claims about it:" in explanation_lines(found, {})


def test_what_is_only_forecast_in_the_real_graph_has_its_forecast(real_store: Store):
    query = """SELECT ?s ?p ?o ?c {
      ?claim kg:stance stance:forecasts ; kg:onProposition ?c . ?c kg:subject ?s ; kg:predicate ?p ; kg:object ?o
      MINUS { ?c kg:restsOn ?any } } ORDER BY ?c LIMIT 1"""
    [row] = real_store.query(query).rows
    found = explain(real_store, row[:3])
    assert "it is only forecast" in found.sentence
    assert "forecasts" in {found.claims[iri].stance for iri in found.others}


def test_what_another_view_has_is_said(world: Built):
    with Store.open(world.folder, "press") as press:
        found = why(press, "actor:red-hand kg:escortsRoute route:coast-road")
        denied = why(press, "actor:iron-shield kg:actsFor actor:arland")
    assert found.sentence == "The view press does not have it; of the other views these do: all, blog, uncontested."
    assert {denied.claims[iri].stance for iri in denied.others} == {"asserts", "denies"}


def test_a_view_within_a_scope_explains_what_it_has(world: Built):
    text = "actor:red-hand kg:taxesRoute route:salt-road"
    with Store.open(world.folder, scope=Scope(according_to=frozenset({expand("source:herald-2020")}))) as scoped:
        found, absent = why(scoped, text), why(scoped, "actor:red-hand kg:escortsRoute route:coast-road")
    assert {iri for leaf in found.leaves.values() for iri in leaf.claims} == {expand("claim:herald-2020-001")}
    assert found.sentence == f"In the view {found.view} it is inferred."
    assert absent.sentence.endswith("of the other views these do: all, blog, uncontested.")


def test_a_literal_of_another_view_is_found(world: Built):
    with Store.open(world.folder, "government") as government:
        found = why(government, 'actor:red-hand kg:isCalled "the Hand"')
    assert found.sentence.startswith("The view government does not have it; of the other views these do: all")


def test_a_triple_of_the_record_is_no_fact(store: Store):
    found = why(store, "claim:herald-2020-001 a kg:Claim")
    assert found.sentence == (
        "The view all does not have it as a fact: it is part of the record itself, in the graph herald-2020."
    )


MISSPELT = {
    "actor:red-hnad kg:taxes segment:salt-road-1": "actor:red-hnad is declared nowhere; did you mean actor:red-hand",
    "actor:red-hand kg:taxs segment:salt-road-1": "kg:taxs is no property; did you mean kg:taxes",
    "actor:red-hand kg:Claim segment:salt-road-1": "kg:Claim is no property",
    "actor:red-hand kg:taxes segment:salt-rod-1": "segment:salt-rod-1 is declared nowhere; did you mean segment:salt-r",
    "actor:red-hand a kg:Entty": "kg:Entty is declared nowhere; did you mean kg:Entity",
    "actor:zzzzzzzzzzzz kg:taxes segment:salt-road-1": "actor:zzzzzzzzzzzz is declared nowhere; check its spelling",
    "urn:x:y kg:taxes segment:salt-road-1": "urn:x:y is declared nowhere; check its spelling",
}


@pytest.mark.parametrize("text", MISSPELT)
def test_a_misspelt_name_is_an_error_with_the_nearest(store: Store, text: str):
    with pytest.raises(QuestionError, match=MISSPELT[text]):
        why(store, text)


OBJECTS = {
    '"the Hand"': Literal("the Hand"),
    '"la Main"@fr': Literal("la Main", lang="fr"),
    '"46"^^xsd:integer': Literal("46", datatype=XSD.integer),
    r'"a \"b\" \\ c"': Literal('a "b" \\ c'),
    "2019": Literal("2019", datatype=XSD.gYear),
    "2023-07": Literal("2023-07", datatype=XSD.gYearMonth),
    "2023-07-15": Literal("2023-07-15", datatype=XSD.date),
    "-7": Literal("-7", datatype=XSD.integer),
    "1.50": Literal("1.50", datatype=XSD.decimal, normalize=False),
    "true": Literal("true", datatype=XSD.boolean),
    "actor:jnim .": expand("actor:jnim"),
    "<urn:x:y>": URIRef("urn:x:y"),
}


@pytest.mark.parametrize("text", OBJECTS)
def test_an_object_is_read_as_a_person_writes_it(text: str):
    assert parse_triple(f"actor:jnim a {text}") == (expand("actor:jnim"), RDF.type, OBJECTS[text])


WRONG = {
    "": "is no triple",
    "actor:jnim kg:opposes": "is no triple",
    "actor:jnim kg:opposes isgs": "neither a name nor a text",
    'actor:jnim kg:isCalled "open': "neither a name nor a text",
    '"x" kg:isCalled "x"': "only the object",
    "actor:jnim kg:date 2023-02-30": "no real date",
    "nobody:x kg:opposes actor:isgs": "no known prefix",
    "<urn:x}> kg:opposes actor:isgs": "no IRI may have",
    "actor:x\ud800 kg:opposes actor:isgs": "no IRI may have",
}


@pytest.mark.parametrize("text", WRONG)
def test_what_is_no_triple_is_refused_with_a_reason(text: str):
    with pytest.raises(UsageError, match=WRONG[text]):
        parse_triple(text)


@given(st.text() | st.lists(st.sampled_from(["actor:x", "a", '"', "^^", "@en", "<", ">", "2023-13", "\n", "\\", " "])))
def test_whatever_is_written_gives_a_triple_or_one_sentence(text: str | list[str]):
    try:
        triple = parse_triple(text if isinstance(text, str) else "".join(text))
    except KgError:
        return
    assert len(triple) == 3


@pytest.mark.parametrize("iri", ["urn:x> } #", "urn:x:\ud800", "no iri", ""])
def test_a_hostile_name_is_refused_and_the_store_lives_on(store: Store, iri: str):
    with pytest.raises(QuestionError):
        explain(store, (URIRef(iri), KG.taxes, URIRef("urn:y")))
    assert why(store, "actor:red-hand a kg:Entity").proofs


def test_a_hostile_text_is_only_compared(store: Store):
    found = explain(store, (expand("actor:red-hand"), KG.isCalled, Literal('" } # \n\ud800', lang="en")))
    assert found.sentence.endswith("no claim is about it.")


def test_no_justifications_are_not_to_be_had(store: Store):
    with pytest.raises(UsageError, match="ask for 1 or more"):
        why(store, ASRIW, most=0)


def test_a_text_is_found_whatever_its_language(store: Store):
    found = why(store, 'actor:red-hand kg:isCalled "the Hand"')
    assert found.triple[2] == Literal("the Hand", lang="en")
    assert found.sentence == "In the view all it is claimed."


def test_a_year_is_found(store: Store):
    assert why(store, "event:tam-takeover kg:date 2019").proofs


def test_the_tree_names_things_and_indents_premises(store: Store):
    found = why(store, "actor:red-hand kg:escortsRoute route:coast-road")
    lines = explanation_lines(found, {expand("actor:red-hand"): "Red Hand"}).splitlines()
    assert lines[:3] == [
        "Red Hand kg:escortsRoute route:coast-road",
        "[actor:red-hand kg:escortsRoute route:coast-road]",
        "In the view all it is inferred.",
    ]
    assert "      Red Hand kg:escorts segment:coast-road-1" in lines
    assert lines[-1] == "      stated in the reference data"


def test_the_graph_leads_from_claims_to_the_conclusion(store: Store):
    found = explanation_graph(why(store, "actor:red-hand kg:taxesRoute route:salt-road"))
    ids = {node for node, _, _ in found.nodes}
    assert {end for edge in found.edges for end in edge} == ids
    assert [text for node, _, text in found.nodes if node not in {start for start, _ in found.edges}] == [
        "actor:red-hand kg:taxesRoute route:salt-road"
    ]
    assert {kind for _, kind, _ in found.nodes} == {"claim", "claimed", "reference", "rule"}


def test_what_is_proved_twice_is_shown_once():
    axioms = "kg:r owl:propertyChainAxiom (kg:q kg:s kg:q) . kg:p rdfs:subPropertyOf kg:q ."
    data = turtle(":x kg:p :x ; kg:s :x .")
    [target] = turtle(":x kg:r :x .")
    [proof], more, counted = justifications(target, data, materialise(rules(turtle(axioms)), data))
    assert (len(proof.premises), leaves(proof), more, counted) == (3, set(data), 0, True)
    steps = [(step, before) for step, _, before in numbered(proof, "1", {})]
    assert steps == [("1", ""), ("1.1", ""), ("1.1.1", ""), ("1.2", ""), ("1.3", "1.1")]


def test_too_many_justifications_to_count_are_said_to_be_more_and_those_shown_are_least():
    things = [URIRef(f"urn:x:{number}") for number in range(9)]
    pairs = [(a, KG.p, b) for a in things for b in things if a != b]
    steps = [Inference((a, KG.p, c), "t", ((a, KG.p, b), (b, KG.p, c))) for a, _, b in pairs for c in things if c != a]
    target, *data = pairs
    proofs, more, counted = justifications(target, data, steps)
    assert (bool(proofs), counted) == (True, False)
    for proof in proofs:
        used = leaves(proof)
        assert all(justifications(target, used - {leaf}, steps)[0] == () for leaf in used)
    found = Explanation(target, "all", "", (), more, counted, {}, (), {}, {})
    assert explanation_lines(found, {}).endswith("and others, too many to count")


def test_what_does_not_follow_has_no_justification():
    [target] = turtle(":x kg:p :y .")
    assert justifications(target, [], []) == ((), 0, True)
    assert justifications(target, [], [Inference(target, "circle", (target,))]) == ((), 0, True)


RICH = turtle(
    """kg:p rdfs:subPropertyOf kg:q ; rdfs:domain kg:A ; rdfs:range kg:B . kg:q a owl:TransitiveProperty .
    kg:r owl:propertyChainAxiom (kg:q kg:p) ; owl:inverseOf kg:s . kg:s a owl:SymmetricProperty .
    kg:A rdfs:subClassOf kg:C . [ owl:intersectionOf (kg:B kg:C) ] rdfs:subClassOf kg:D ."""
)
few = st.sampled_from([URIRef(f"urn:x:{name}") for name in "xyz"])
linked = st.lists(st.tuples(few, st.sampled_from([KG.p, KG.q, KG.s]), few), min_size=3, max_size=6, unique=True)
worlds = st.one_of(  # made-up ontologies and scattered facts alone seldom lead far
    st.tuples(st.just(RICH), linked), st.tuples(ontologies, linked), st.tuples(ontologies, facts.filter(bool))
)


def targets(data, found):
    """A triple of the closure, as often as can be one that follows."""
    following = sorted({one.conclusion for one in found}, key=str)
    return st.sampled_from(following or data)


@settings(max_examples=80, deadline=None)
@given(worlds, st.data())
def test_each_justification_derives_its_triple_and_needs_each_leaf(world, choice):
    ontology, data = world
    ruleset = rules(ontology)
    found = materialise(ruleset, data, also=data)
    target = choice.draw(targets(data, found))
    proofs, _, counted = justifications(target, data, found, most=5)
    assert proofs
    assert counted
    for proof in proofs:
        used = leaves(proof)
        assert used <= set(data)
        assert target in closure(ontology, sorted(used, key=str))
        for leaf in used:
            assert target not in closure(ontology, sorted(used - {leaf}, key=str))
        assert not uses(proof, target)


def uses(proof: Proof, target) -> bool:
    return any(premise.triple == target or uses(premise, target) for premise in proof.premises)


@settings(max_examples=40, deadline=None)
@example((RICH, turtle(":x kg:q :x, :y, :z . :y kg:q :z .")))  # a longer way holds the leaf of a shorter one
@example((RICH, turtle(":w kg:q :x . :x kg:p :y . :y kg:s :w .")))  # the shortest is not the first by name
@example((RICH, turtle(":w kg:p :x . :x kg:p :y . :y kg:p :z . :z kg:p :w .")))  # round in a circle
@given(worlds.filter(lambda world: len(world[1]) <= 6))
def test_the_justifications_are_all_the_least_sets_that_derive_the_triple_smallest_first(world):
    ontology, data = world
    parts = [frozenset(part) for size in range(1, len(data) + 1) for part in combinations(data, size)]
    derived = {part: closure(ontology, sorted(part, key=str)) for part in parts}
    found = materialise(rules(ontology), data, also=data)
    for target in derived[frozenset(data)]:
        enough = [part for part in parts if target in derived[part]]
        least = {part for part in enough if not any(other < part for other in enough)}
        proofs, more, _ = justifications(target, data, found, most=100)
        sizes = [len(leaves(proof)) for proof in proofs]
        assert ({frozenset(leaves(proof)) for proof in proofs}, more) == (least, 0)
        assert sizes == sorted(map(len, least))


@settings(max_examples=40, deadline=None)
@given(worlds, st.randoms(), st.data())
def test_the_order_of_facts_and_inferences_does_not_matter(world, random, choice):
    ontology, data = world
    found = materialise(rules(ontology), data, also=data)
    target = choice.draw(targets(data, found))
    expected = justifications(target, data, found)
    random.shuffle(found)
    random.shuffle(data)
    assert justifications(target, data, found) == expected


@pytest.fixture(scope="module")
def folder(world: Built) -> Path:
    return world.folder


def test_equal_questions_get_equal_words(folder: Path):
    words = set()
    for _ in range(2):
        with Store.open(folder) as opened:
            words.add(explanation_lines(why(opened, "route:salt-road kg:connectsActor actor:red-hand"), {}))
    assert len(words) == 1
