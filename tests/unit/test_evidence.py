"""Evidence: which claims a row rests on, for queries of every kind, and the passages where documents are at hand."""

from pathlib import Path

import pytest

from kgtools.errors import SourceError
from kgtools.evidence import claim_records, evidence
from kgtools.model import Evidence
from kgtools.names import expand, shorten
from kgtools.store import Store

DOCUMENTS = Path(__file__).resolve().parents[1] / "world" / "documents"


def why(store: Store, query: str) -> list[set[str]]:
    found = evidence(store, store.query(query))
    return [{shorten(iri) for support in row for iri in support.claims} for row in found.rows]


def statuses(found: Evidence) -> set[str]:
    return {support.status for row in found.rows for support in row}


def test_a_fact_rests_on_the_claims_that_say_it(store: Store):
    assert why(store, "SELECT ?a { ?a kg:taxes segment:salt-road-1 }") == [
        {"claim:herald-2020-001", "claim:un-river-2022-001", "claim:blog-copy-001"}
    ]


def test_an_inferred_triple_rests_on_the_claims_below_it(store: Store):
    found = evidence(store, store.query("SELECT ?a { ?a kg:escortsRoute route:coast-road }"))
    assert statuses(found) == {"inferred"}
    assert [{shorten(iri) for s in row for iri in s.claims} for row in found.rows] == [{"claim:blog-copy-005"}]


def test_a_row_that_names_a_claim_rests_on_no_other(store: Store):
    query = """SELECT ?claim { ?a kg:taxes segment:salt-road-1 .
      ?p kg:predicate kg:taxes ; kg:object segment:salt-road-1 ; kg:restsOn ?claim } ORDER BY ?claim"""
    assert why(store, query) == [{"claim:blog-copy-001"}, {"claim:herald-2020-001"}, {"claim:un-river-2022-001"}]


def test_a_join_rests_on_the_claims_of_both_sides(store: Store):
    query = "SELECT ?n { ?n kg:finances ?g . ?g kg:fundsActivity ?a }"
    assert why(store, query) == [{"claim:herald-2020-013", "claim:un-river-2022-014"}]


def test_an_aggregate_rests_on_all_the_rows_that_it_counts(store: Store):
    query = "SELECT ?r (COUNT(DISTINCT ?a) AS ?n) { ?a kg:interdictsRoute ?r } GROUP BY ?r ORDER BY ?r"
    assert why(store, query) == [{"claim:blog-copy-006"}, {"claim:un-river-2022-009"}]


def test_an_optional_part_adds_its_claims_where_it_is_there(store: Store):
    query = "SELECT ?e ?d { ?e kg:actKind ?k OPTIONAL { ?e kg:date ?d } } ORDER BY ?e ?d"
    assert [len(claims) for claims in why(store, query)] == [1, 1, 1, 1, 2]


def test_alternatives_and_inverses_are_traced(store: Store):
    query = "SELECT ?g { route:coast-road ^kg:escortsRoute|^kg:controlsRoute ?g } ORDER BY ?g"
    assert why(store, query) == [{"claim:blog-copy-006"}, {"claim:blog-copy-005"}]


def test_what_is_ruled_out_supports_nothing(store: Store):
    query = "SELECT ?a { ?a kg:taxesRoute route:salt-road MINUS { ?a kg:escortsRoute route:coast-road } }"
    assert why(store, query) == [{"claim:un-river-2022-007"}]


def test_denials_stand_beside_what_they_count_against(store: Store):
    found = evidence(store, store.query("SELECT ?a { ?a kg:facilitates flow:resin }"))
    [[support]] = found.rows
    assert {shorten(iri) for iri in support.denials} == {"claim:herald-2020-004"}
    assert set(support.denials) <= set(found.claims)


def test_an_inference_from_a_disputed_claim_is_disputed(store: Store):
    found = evidence(store, store.query("SELECT ?f { actor:arland kg:involvedInFlow ?f }"))
    assert [support.denials for row in found.rows for support in row] != [()]


def test_reference_data_rests_on_no_claim(store: Store):
    found = evidence(store, store.query("SELECT ?r { segment:salt-road-1 kg:segmentOf ?r }"))
    assert [(support.status, support.claims) for row in found.rows for support in row] == [("reference", ())]


def test_names_in_strings_and_comments_do_not_disturb_the_tracing(store: Store):
    query = (
        "# SELECT { }\nSELECT ?n ('}' AS ?brace) { actor:red-hand kg:isCalled ?n FILTER(?n != '{ SELECT') } ORDER BY ?n"
    )
    assert why(store, query) == [{"claim:un-river-2022-011"}, {"claim:herald-2020-011"}]


def test_a_row_computed_from_nothing_rests_on_nothing(store: Store):
    assert why(store, "SELECT (1 + 1 AS ?n) { }") == [set()]


def test_no_rows_have_no_evidence(store: Store):
    assert evidence(store, store.query("SELECT ?a { ?a kg:pledgedTo actor:arland }")).rows == ()


def test_a_passage_is_shown_where_the_document_is_at_hand(store: Store):
    claim = expand("claim:herald-2020-002")
    assert claim_records(store, {claim}, DOCUMENTS)[claim].passage == "may guard the second leg"
    assert claim_records(store, {claim})[claim].passage is None


def test_a_changed_document_shows_no_passage(store: Store, tmp_path: Path):
    (tmp_path / "herald.txt").write_bytes((DOCUMENTS / "herald-2020.txt").read_bytes() + b"!")
    claim = expand("claim:herald-2020-002")
    assert claim_records(store, {claim}, tmp_path)[claim].passage is None


def test_a_folder_that_is_not_there_is_said(store: Store, tmp_path: Path):
    with pytest.raises(SourceError, match="is no folder"):
        claim_records(store, {expand("claim:herald-2020-002")}, tmp_path / "none")


def test_a_relayed_claim_says_who_passes_it_on(store: Store):
    claim = expand("claim:herald-2020-006")
    record = claim_records(store, {claim})[claim]
    assert (record.holder, record.relayed_by) == ("analysts (unnamed)", "The Herald")
    assert record.locator.startswith("characters ")
    assert record.hedge_wording == "argue"
