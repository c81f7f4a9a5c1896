"""The real graph keeps the laws: sound under every view, closed as HermiT closes it, no scenario among the facts."""

import pytest
from plain_views import facts
from rdflib import OWL, RDF, Graph, Literal

from kgtools.build import Built
from kgtools.claims import claim_layer, claim_set
from kgtools.model import ClaimSet, Project, Triple
from kgtools.names import KG, graph_iri
from kgtools.reason import entailments, materialise, owl_report, rules
from kgtools.sources import parse_nquads, read_corpus
from kgtools.validate import as_triples
from kgtools.views import read_views


@pytest.fixture(scope="module")
def parts(real_project: Project) -> tuple[list[Triple], list[Triple], ClaimSet, list]:
    corpus, _ = read_corpus(real_project)
    ontology, reference = as_triples(corpus.ontology), as_triples(corpus.reference)
    claims = claim_set(claim_layer(corpus.sources, corpus.scenarios), [*ontology, *reference])
    return ontology, reference, claims, read_views(corpus.views)


def test_every_view_is_consistent_and_has_no_impossible_class(parts):
    """A part of what is consistent is consistent, so the views that are part of no other speak for all."""
    ontology, reference, claims, views = parts
    taken = {frozenset(facts(view, claims)) for view in views}
    for largest in [one for one in taken if not any(one < other for other in taken)]:
        assert owl_report(ontology, [*reference, *largest]) == []


def test_our_closure_of_the_view_all_contains_hermits(parts):
    ontology, reference, claims, views = parts
    taken = facts(next(view for view in views if view.name == "all"), claims)
    given = [*reference, *taken]
    ours = {*given, *(inference.conclusion for inference in materialise(rules(ontology), given))}
    things = {s for s, p, _ in given if p == RDF.type}
    theirs = {
        t
        for t in entailments(ontology, given)
        if t[0] in things and (t[1] == RDF.type or str(t[1]).startswith(str(KG)))
    }
    assert len(theirs) > 500
    assert theirs - ours == set()


def test_our_closure_of_the_view_all_is_owlrls(parts):
    import owlrl

    ontology, reference, claims, views = parts
    given = [*reference, *facts(next(view for view in views if view.name == "all"), claims)]
    ours = {*given, *(inference.conclusion for inference in materialise(rules(ontology), given))}
    graph = Graph()
    for triple in (*ontology, *given):
        if not isinstance(triple[2], Literal):  # labels and dates take no part
            graph.add(triple)
    owlrl.DeductiveClosure(owlrl.OWLRL_Semantics).expand(graph)
    things = {s for s, p, _ in given if p == RDF.type}
    classes = {s for s, _, o in ontology if o == OWL.Class}
    links = {s for s, _, o in ontology if o == OWL.ObjectProperty and str(s).startswith(str(KG))}

    def comparable(triples) -> set[Triple]:
        """Types by declared classes and links by declared properties; keys and equality are aside."""
        return {t for t in triples if t[0] in things and (t[1] in links or (t[1] == RDF.type and t[2] in classes))}

    assert len(comparable(ours)) > 500
    assert comparable(ours) == comparable(graph) - {t for t in graph if t[2] == OWL.Thing}


def test_smaller_views_are_part_of_larger_ones(parts):
    _, _, claims, views = parts
    taken = {view.name: set(facts(view, claims)) for view in views}
    assert all(found <= taken["all"] for found in taken.values())
    assert taken["uncontested"] < taken["all"]


def test_nothing_that_is_only_forecast_or_supposed_is_a_fact(parts):
    _, _, claims, views = parts
    only = {
        p.triple
        for c in claims.claims
        if c.scenarios or c.stance.endswith(("forecasts", "supposes"))
        for p in c.propositions
    }
    said = {
        p.triple
        for c in claims.claims
        if not c.scenarios and c.stance.endswith(("asserts", "speculates"))
        for p in c.propositions
    }
    assert only - said
    for view in views:
        assert not (only - said) & set(facts(view, claims))


def test_every_fact_and_inference_in_the_snapshot_rests_on_a_claim(real: Built):
    quads = list(parse_nquads((real.folder / "views" / "all.nq").read_bytes()))
    resting = {s for s, p, _, _ in quads if p == KG.restsOn}
    counts = real.views["all"]
    assert len(resting) == counts["facts"] + counts["inferred"]
    assert {g for *_, g in quads} == {graph_iri(f"view/all/{part}") for part in ("facts", "inferred", "inferences")}


def test_the_article_makes_more_than_seventy_claims(parts):
    _, _, claims, _ = parts
    ours = [claim for claim in claims.claims if claim.source.endswith("algeria-mali-article")]
    assert len(ours) > 70
    assert all(claim.locators[0].start is not None and claim.locators[0].span_digest for claim in ours)
