"""Why inferred edges hold, in the page: what `kg explain` gives, and no claim lost or counted twice."""

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
from rdflib import RDF, URIRef
from test_render import CLAIM, PAYLOADS, Elements, page_data

from kgtools.asking import drawn
from kgtools.build import Built
from kgtools.claims import proposition_iri
from kgtools.evidence import evidence
from kgtools.explain import Follows, Justified, Proof, explain, justified
from kgtools.model import Answer, Evidence, Support, Triple
from kgtools.names import KG
from kgtools.network import claims_in, network
from kgtools.notebook import Session
from kgtools.questions import ask, find_question
from kgtools.render import graph_page
from kgtools.render.parts import vis_network
from kgtools.store import Store

QUESTIONS = Path(__file__).resolve().parents[2] / "ontology" / "questions"
INFERRED = ("actors-on-several-routes", "involvement-in-flows", "places-and-states", "provisions-that-bind")
A, B, C = (URIRef(f"https://w3id.org/sahel-kg/id/actor/{name}") for name in "abc")
END: Triple = (A, KG.isAlliedWith, C)
FIRST, SECOND, THIRD = (A, KG.controls, B), (B, KG.isPartOf, C), (A, RDF.type, KG.ArmedGroup)


def justification(*, label: str = "a name", more: int = 0, counted: bool = True) -> Justified:
    """A made-up one: two ways to END, one of them by a premise that the reference data state."""
    ways = tuple(
        Proof(END, rule, tuple(Proof(leaf) for leaf in leaves))
        for rule, leaves in (("kg:p ∘ kg:q ⊑ kg:r", (FIRST, SECOND)), (f"∃{label} ⊑ kg:r", (THIRD,)))
    )
    other = replace(CLAIM, iri=URIRef("urn:other"), holder=f"other {label}", stance="denies")
    return Justified(
        {proposition_iri(END): Follows(ways, more, counted)},
        {
            FIRST: Support(FIRST, "claimed", (CLAIM.iri,), (other.iri,)),
            SECOND: Support(SECOND, "reference", ()),
            THIRD: Support(THIRD, "claimed", (CLAIM.iri,)),
        },
        {CLAIM.iri: CLAIM, other.iri: other},
        {term: {"en": f"{label} {str(term)[-1]}"} for term in (A, B, C)},
    )


def page_of(why: Justified | None) -> str:
    rows = ((Support(END, "inferred", (CLAIM.iri,)), Support(FIRST, "claimed", (CLAIM.iri,))),)
    found = Evidence(rows, {CLAIM.iri: CLAIM}, {}, {})
    return graph_page(Answer("", question="made up"), found, why, title="Title?").html


@pytest.mark.parametrize("question", INFERRED)
def test_an_inferred_edge_has_what_explain_gives(question: str, store: Store):
    answer = ask(store, find_question(QUESTIONS, question))
    found = evidence(store, answer)
    why = justified(store, answer, found)
    inferred = {s.triple for row in found.rows for s in row if s.status == "inferred"}
    assert {proposition_iri(triple) for triple in inferred} <= why.why.keys()
    for one in why.why.values():
        alone = explain(store, one.proofs[0].triple, 10)
        assert (alone.proofs, alone.more, alone.counted) == (one.proofs, one.more, one.counted)
        assert alone.leaves.items() <= why.leaves.items()


def test_every_proof_is_in_the_page_and_no_claim_is_counted_that_the_answer_does_not_rest_on(store: Store):
    answer = ask(store, find_question(QUESTIONS, "involvement-in-flows"))
    found = evidence(store, answer)
    data = page_data(drawn(store, answer, found, kind="graph", title="Title?").html)
    assert set(data["claims"]) == set(map(str, claims_in(network(found))))
    told = [edge["why"] for edge in data["edges"] if edge.get("inferred")]
    assert len(told) == sum(edge.get("inferred", False) for edge in data["edges"]) > 0
    assert {len(way["ways"]) for way in told} == {1, 2}
    under = {claim for fact in data["why"]["facts"] for claim in (*fact[5], *fact[6])}
    assert under
    assert under <= {*data["claims"], *data.get("under", ())}


def test_a_claim_under_a_premise_alone_is_counted_apart():
    page = page_of(justification())
    data = page_data(page)
    assert (set(data["claims"]), set(data["under"])) == ({"urn:claim"}, {"urn:other"})
    assert "2 edges, 3 nodes, 1 claims · 1 more claims stand under premises" in page


def test_the_table_says_from_what_an_edge_follows_and_what_is_left_out():
    assert "follows from: a name a — kg:controls — a name b; a name b — kg:isPartOf — a name c" in page_of(
        justification()
    )
    assert "5 more ways are not shown here" in page_of(justification(more=5))
    assert "too many to count" in page_of(justification(counted=False))


def test_a_page_without_inferred_edges_has_nothing_of_it():
    data = page_data(page := page_of(None))
    assert "why" not in data
    assert "under" not in data
    assert not [key for key in data["languages"]["en"] if key.startswith("why-")]
    assert "reasonsOf" not in page


@pytest.mark.parametrize("payload", PAYLOADS)
def test_hostile_text_in_a_premise_is_only_text(payload: str):
    page = page_of(justification(label=payload))
    assert Elements(page).handlers == []
    assert page.count("<script") == 2
    data = page_data(page)
    assert payload in data["under"]["urn:other"]["holder"]
    assert json.dumps(payload)[1:-1] in json.dumps(data["why"]["names"])
    assert not re.search(r"<(img|svg) (src=x|onload)", page)


def test_a_notebook_draws_the_ways_and_what_can_be_dragged(world: Built):
    session = Session(Path(__file__).resolve().parents[2], world.folder.parent)
    answered = session.ask("presence-of-actors")
    assert '"ways"' in answered.graph().page
    dragged = answered.graph(drag=True)
    assert "dragged by hand" in dragged.page
    assert "<iframe" in dragged._repr_mimebundle_()["text/html"]
    session.close()


def test_what_is_dragged_has_the_licence_note_of_vis_network_and_looks_for_no_other_file():
    assert re.search(r"@license\s+\* vis.js is dual licensed", vis_network())
    assert "sourceMappingURL" not in vis_network()
    assert "</script" not in vis_network()
