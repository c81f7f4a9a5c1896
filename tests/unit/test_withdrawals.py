"""Claims that are taken back, corrected, or withdrawn by the editors: what falls, since when, and by which claim."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from plain_views import facts, indexed
from rdflib import XSD, Literal, URIRef

from kgtools.build import Built
from kgtools.claims import disputes, withdrawn
from kgtools.cli import main
from kgtools.columns import select
from kgtools.columns import withdrawn as withdrawn_in
from kgtools.evidence import evidence
from kgtools.model import Claim, ClaimSet, Proposition, Scope, Source, View, Withdrawal
from kgtools.names import KG, expand, shorten
from kgtools.network import network
from kgtools.questions import ask, read_questions
from kgtools.render import graph_page
from kgtools.store import Store

ROOT = Path(__file__).resolve().parents[2]
QUESTIONS = read_questions(ROOT / "ontology" / "questions")
SAID = Proposition(expand("proposition:p"), expand("actor:a"), KG.supports, expand("actor:b"))
EDITORS = Withdrawal("withdrawn by the editors", ("2025-06-01", "2025-06-01"))
DAY = Literal("2025-06-01", datatype=XSD.date)


def claim(name: str, year: int | None = 2020, stance: str = "asserts", **more) -> Claim:
    links = {key: tuple(map(iri, more.pop(key, ""))) for key in ("retracts", "supersedes", "relays")}
    none, high = expand("hedge:none"), expand("confidence:high")
    return Claim(
        iri(name),
        source(year),
        expand("actor:a"),
        expand(f"stance:{stance}"),
        none,
        high,
        "",
        (SAID,),
        (),
        **links,
        **more,
    )


def iri(name: str) -> URIRef:
    return expand(f"claim:{name}")


def source(year: int | None) -> URIRef:
    return expand(f"source:{year or 'undated'}")


SOURCES = {
    source(year): Source(source(year), "", issued=year and Literal(str(year), datatype=XSD.gYear))
    for year in (None, *range(2018, 2026))
}


def by(how: str, year: int | None, name: str, relayed: str | None = None) -> Withdrawal:
    since = (f"{year}-01-01", f"{year}-12-31") if year else None
    return Withdrawal(how, since, iri(name), relayed and iri(relayed))


def found(*claims: Claim) -> dict[str, Withdrawal]:
    return {shorten(one).removeprefix("claim:"): how for one, how in withdrawn(claims, SOURCES).items()}


def test_what_its_holder_takes_back_no_longer_stands_since_the_day_of_that_document():
    assert found(claim("a"), claim("r", 2021, "retracts", retracts="a")) == {"a": by("retracted", 2021, "r")}


def test_what_its_holder_corrects_gives_way_to_the_correction():
    assert found(claim("a"), claim("b", 2021, supersedes="a")) == {"a": by("superseded", 2021, "b")}


def test_a_correction_in_an_undated_document_has_no_day():
    assert found(claim("a"), claim("b", None, supersedes="a")) == {"a": by("superseded", None, "b")}


def test_what_the_editors_withdraw_falls_on_their_day_by_no_claim():
    assert found(claim("a", withdrawn_on=DAY)) == {"a": EDITORS}


def test_taking_back_a_correction_does_not_bring_back_what_it_corrected():
    chain = (claim("a"), claim("b", 2021, supersedes="a"), claim("c", 2022, "retracts", retracts="b"))
    assert found(*chain) == {"a": by("superseded", 2021, "b"), "b": by("retracted", 2022, "c")}


def test_a_retraction_that_the_editors_withdraw_takes_nothing_back():
    wrong = claim("r", 2021, "retracts", retracts="a", withdrawn_on=DAY)
    assert found(claim("a"), wrong) == {"r": EDITORS}


def test_the_first_of_two_withdrawals_counts():
    later, first = claim("b", 2022, supersedes="a"), claim("r", 2021, "retracts", retracts="a")
    assert found(claim("a"), later, first) == {"a": by("retracted", 2021, "r")}


def test_a_dated_withdrawal_comes_before_an_undated_one():
    undated, dated = claim("b", None, supersedes="a"), claim("r", 2021, "retracts", retracts="a")
    assert found(claim("a"), undated, dated) == {"a": by("retracted", 2021, "r")}


def test_what_passes_on_speech_falls_with_the_speech():
    relay = claim("relay", stance="reports", relays="a")
    taken = found(claim("a"), relay, claim("r", 2021, "retracts", retracts="a"))
    assert taken["relay"] == by("retracted", 2021, "r", relayed="a")


def test_what_passes_on_two_sayings_falls_with_the_last_of_them():
    relay = claim("relay", stance="reports", relays="ab")
    back = (claim("r", 2021, "retracts", retracts="a"), claim("s", 2023, "retracts", retracts="b"))
    assert "relay" not in found(claim("a"), claim("b"), relay, back[0])
    assert found(claim("a"), claim("b"), relay, *back)["relay"] == by("retracted", 2023, "s", relayed="b")


def test_a_correction_that_only_passes_on_what_was_never_said_corrects_nothing():
    misread = claim("b", 2021, withdrawn_on=DAY)
    relay = claim("relay", 2021, "reports", relays="b", supersedes="a")
    assert set(found(claim("a"), misread, relay)) == {"b", "relay"}


def standing(built: Built, prefix: str, **scope) -> set[str]:
    """The last parts of the claims with the prefix that a store within the scope knows of."""
    with Store.open(built.folder, scope=Scope(**scope)) as opened:
        found = opened.query("SELECT ?c { ?c a kg:Claim } ORDER BY ?c").rows
    return {shorten(iri).removeprefix(prefix) for (iri,) in found if shorten(iri).startswith(prefix)}


@pytest.mark.parametrize(
    ("scope", "expected"),
    [
        ({}, []),
        ({"known_by": "2025-02"}, ["001", "002", "003"]),
        ({"known_by": "2025-05"}, []),
        ({"known_by": "2025-02", "include_retracted": True}, ["001", "002", "003", "004"]),
        ({"include_retracted": True}, ["001", "002", "003", "004"]),
        ({"according_to": frozenset({expand("actor:courier")})}, []),
    ],
    ids=["now", "before", "after", "before-with-history", "history", "another-speaker"],
)
def test_a_claim_stands_until_it_is_known_to_be_taken_back(scope: dict, expected: list[str], world: Built):
    assert standing(world, "claim:courier-2025-", **scope) == set(expected)


def test_the_uncorrected_report_is_gone_from_the_real_graph_unless_asked_for(real: Built):
    prefix = "claim:timesbrics-uae-hostages-uncorrected-2025-"
    assert "003" not in standing(real, prefix)
    assert "003" in standing(real, prefix, include_retracted=True)


def test_a_withdrawn_claim_is_no_fact_and_none_rests_on_it(world: Built):
    lost = "<https://w3id.org/sahel-kg/id/claim/courier-2025-00"
    assert lost not in "".join(path.read_text() for path in (world.folder / "views").glob("*.nq"))
    assert lost not in (world.folder / "claims.nq").read_text()
    assert lost in (world.folder / "withdrawn.nq").read_text()


@pytest.mark.parametrize("flags", [[], ["--include-retracted"]])
@pytest.mark.parametrize(
    ("which", "words", "claim"),
    [
        ("world", ["presence-of-actors"], "courier-2025-001"),
        (
            "real",
            ["claims-about", "--param", "subject=event:moroccan-drivers-release-2025"],
            "timesbrics-uae-hostages-uncorrected-2025-003",
        ),
    ],
)
def test_the_flag_shows_what_was_taken_back(which: str, words: list[str], claim: str, *, flags, request, capsys):
    asked = ["ask", *words, "--format", "csv", "--build", str(request.getfixturevalue(which).folder.parent), *flags]
    assert main(asked) == 0
    assert (f"claim/{claim}" in capsys.readouterr().out) == bool(flags)


@pytest.mark.parametrize("predicate", ["kg:hasMilitaryPresenceIn", "kg:hasPresenceIn"])
def test_an_explanation_says_that_it_was_taken_back(predicate: str, world: Built, capsys: pytest.CaptureFixture[str]):
    asked = ["explain", "actor:iron-shield", predicate, "place:port-sel", "--build", str(world.folder.parent)]
    assert main(asked) == 1
    assert "what it rests on was taken back or corrected" in capsys.readouterr().out
    assert main([*asked, "--include-retracted"]) == 0
    assert "claim:courier-2025-001" in capsys.readouterr().out


def test_what_was_taken_back_disputes_nothing_and_is_disputed_by_nothing(world: Built):
    disputes_query = "SELECT ?d ?c { ?d kg:disputes ?c } ORDER BY ?d ?c"
    with Store.open(world.folder) as opened:
        ends = {term for row in opened.query(disputes_query).rows for term in row}
    assert not {iri for iri in ends if "courier-2025-" in str(iri)}


def test_a_retraction_neither_denies_nor_is_denied():
    denial = claim("d", stance="denies")
    assert disputes([claim("r", 2021, "retracts", retracts="a"), denial], []) == []
    assert disputes([claim("r", 2021, "retracts", retracts="d"), denial, claim("a")], [])[0].denial == denial.iri


def test_no_view_can_take_a_retraction_as_a_fact():
    retraction = claim("r", 2021, "retracts", retracts="a")
    claims = ClaimSet((retraction,), SOURCES, {retraction.iri: frozenset()}, ())
    assert facts(View("v", frozenset({retraction.stance})), claims) == {}
    assert select(indexed(claims), View("v", frozenset({retraction.stance}))).taken.is_empty()


links = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5), st.booleans()), max_size=8)


@given(links, st.sets(st.integers(0, 5)))
def test_what_falls_is_what_some_claim_that_was_really_made_takes_back(pairs, by_editors):
    targets = {n: "".join(str(old) for new, old, hard in pairs if new == n and old < n and hard) for n in range(6)}
    others = {n: "".join(str(old) for new, old, hard in pairs if new == n and old < n and not hard) for n in range(6)}
    claims = [
        claim(
            str(n), 2018 + n, retracts=targets[n], supersedes=others[n], withdrawn_on=DAY if n in by_editors else None
        )
        for n in range(6)
    ]
    taken = {old for n in range(6) if n not in by_editors for old in targets[n] + others[n]}
    assert set(found(*claims)) == taken | {str(n) for n in by_editors}


relayed = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), max_size=6)


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(links, relayed, st.sets(st.integers(0, 5)))
def test_the_columns_know_the_same_claims_as_fallen(pairs, passed_on, by_editors):
    def of(n: int, *, hard: bool) -> str:
        return "".join(str(old) for new, old, is_hard in pairs if new == n and old < n and is_hard == hard)

    claims = [
        claim(
            str(n),
            2018 + n,
            "reports" if any(new == n for new, _ in passed_on) else "asserts",
            retracts=of(n, hard=True),
            supersedes=of(n, hard=False),
            relays="".join({str(old) for new, old in passed_on if new == n and old != n}),
            withdrawn_on=DAY if n in by_editors else None,
        )
        for n in range(6)
    ]
    made = ClaimSet(tuple(claims), SOURCES, {one.iri: frozenset() for one in claims}, ())
    assert {name[1:-1] for name in withdrawn_in(indexed(made))} == {str(one) for one in withdrawn(claims, SOURCES)}


# On the invented world and the real graph, from outside.


def rows(store: Store, **given: str) -> list[dict[str, str]]:
    answer = ask(store, QUESTIONS["withdrawn-claims"], given)
    texts = [[shorten(t) if isinstance(t, URIRef) else str(t or "") for t in row] for row in answer.rows]
    return [dict(zip(answer.columns, row, strict=True)) for row in texts]


def test_the_history_of_a_claim_can_be_asked_in_sparql(store: Store):
    query = "SELECT ?old ?new { ?old <https://w3id.org/sahel-kg/def/isWithdrawnBy> ?new } ORDER BY ?old"
    rows = store.with_history().query(query).rows
    assert not store.query(query).rows
    assert [tuple(shorten(term).removeprefix("claim:courier-") for term in row) for row in rows] == [
        ("2025-001", "correction-2025-001"),
        ("2025-002", "correction-2025-002"),
        ("2025-003", "correction-2025-002"),
    ]


@pytest.mark.parametrize("view", ["all", "government", "uncontested"])
def test_a_retraction_is_a_fact_of_no_view(view: str, world: Built):
    with Store.open(world.folder, view) as opened:
        resting = opened.query("SELECT ?claim { ?p <https://w3id.org/sahel-kg/def/restsOn> ?claim }").rows
    assert resting
    assert expand("claim:courier-correction-2025-002") not in {row[0] for row in resting}


def test_a_retraction_disputes_nothing_in_the_world(store: Store):
    denials = {row[0] for row in store.query(f"SELECT ?by {{ ?by {KG.disputes.n3()} ?claim }}").rows}
    assert denials
    assert expand("claim:courier-correction-2025-002") not in denials


def test_what_is_only_taken_back_is_drawn_as_taken_back(store: Store):
    query = (
        "SELECT ?claim { ?claim <https://w3id.org/sahel-kg/def/stance>"
        " <https://w3id.org/sahel-kg/vocab/stance/retracts> }"
    )
    answer = store.query(query)
    found = evidence(store, answer)
    assert [data["status"] for *_, data in network(found).edges(data=True)] == ["withdrawn"]
    assert "depends on (taken back)" in graph_page(answer, found, title="drawn").still


def test_the_agencys_correction_of_who_freed_the_drivers_is_in_the_real_graph(real_store: Store):
    [row] = rows(real_store, holder="actor:reuters")
    assert (row["claim"], row["by"], row["how"], row["day"]) == (
        "claim:timesbrics-uae-hostages-uncorrected-2025-003",
        "claim:studiocb55-uae-hostages-corrected-2025-007",
        "kg:supersedes",
        "2025-10-30",
    )


def test_the_question_prints_who_took_back_what(world: Built, capsys: pytest.CaptureFixture[str]):
    assert main(["ask", "withdrawn-claims", "--format", "csv", "--build", str(world.folder.parent)]) == 0
    assert "The ministry takes back that Iron Shield lives on Belmor." in capsys.readouterr().out
