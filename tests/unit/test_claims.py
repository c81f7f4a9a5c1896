"""Roots, disputes and dates, each against its definition read literally."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st
from plain_views import facts as plain_facts
from plain_views import facts_of, indexed
from rdflib import RDFS, XSD, Literal, URIRef

from kgtools.claims import days, disputes, overlap, proposition_iri, roots
from kgtools.columns import select
from kgtools.model import Claim, ClaimSet, Dispute, Proposition, Source, View
from kgtools.names import KG, PREFIXES

STANCES = ("asserts", "denies", "reports", "speculates", "forecasts", "supposes")
FACTUAL = frozenset(URIRef(PREFIXES["stance"] + name) for name in ("asserts", "reports", "speculates"))


def thing(kind: str, name: object) -> URIRef:
    return URIRef(f"{PREFIXES[kind]}{name}")


def proposition(s: str, p: str, o: str) -> Proposition:
    triple = (thing("actor", s), KG[p], thing("flow", o))
    return Proposition(proposition_iri(triple), *triple)


def claim(name, stance="asserts", triple=("a", "facilitates", "resin"), **more) -> Claim:
    values = {
        "source": thing("source", "one"),
        "holder": thing("actor", "author"),
        "hedge": thing("hedge", "none"),
        "confidence": thing("confidence", "high"),
        "paraphrase": "made up",
        "propositions": (proposition(*triple),),
        "locators": (),
    } | more
    return Claim(thing("claim", name), stance=thing("stance", stance), **values)


SCHEMA = [
    (KG.facilitates, RDFS.subPropertyOf, KG.involvedInFlow),
    (thing("flow", "resin"), KG.isPartOf, thing("flow", "drugs")),
]


@pytest.mark.parametrize(
    ("text", "kind", "expected"),
    [
        ("2023", XSD.gYear, ("2023-01-01", "2023-12-31")),
        ("2024-02", XSD.gYearMonth, ("2024-02-01", "2024-02-29")),
        ("2023-07-15", XSD.date, ("2023-07-15", "2023-07-15")),
        ("2023-02-30", XSD.date, None),
        ("2023-13", XSD.gYearMonth, None),
        ("2023", XSD.date, None),
        ("0000", XSD.gYear, None),
    ],
)
def test_a_date_is_the_days_it_covers(text, kind, expected):
    assert days(Literal(text, datatype=kind, normalize=False)) == expected


def test_a_denial_of_the_broad_counts_against_the_narrow():
    broad = claim("d", "denies", ("a", "involvedInFlow", "drugs"))
    narrow = claim("n", "asserts", ("a", "facilitates", "resin"))
    assert disputes([broad, narrow], SCHEMA) == [Dispute(broad.iri, narrow.iri, narrow.propositions[0].iri)]


def test_a_denial_of_the_narrow_does_not_count_against_the_broad():
    narrow = claim("d", "denies", ("a", "facilitates", "resin"))
    broad = claim("b", "asserts", ("a", "involvedInFlow", "drugs"))
    assert disputes([narrow, broad], SCHEMA) == []


def test_a_denial_touches_only_the_proposition_it_is_about():
    both = claim("a", propositions=(proposition("a", "facilitates", "resin"), proposition("b", "facilitates", "resin")))
    denial = claim("d", "denies")
    assert disputes([both, denial], []) == [Dispute(denial.iri, both.iri, both.propositions[0].iri)]


def test_a_denial_of_another_time_is_change_not_dispute():
    year = {n: Literal(str(n), datatype=XSD.gYear) for n in (2015, 2020)}
    denial = claim("d", "denies", valid_to=year[2015])
    later = claim("a", valid_from=year[2020])
    assert not overlap(denial, later)
    assert disputes([denial, later], SCHEMA) == []


def test_a_relay_is_not_disputed_but_what_it_relays_is():
    said = claim("said", holder=thing("actor", "analysts"))
    relay = claim("relay", "reports", relays=(said.iri,))
    denial = claim("d", "denies")
    assert disputes([said, relay, denial], SCHEMA) == [Dispute(denial.iri, said.iri, said.propositions[0].iri)]


def test_ten_articles_on_one_report_are_one_root():
    report = thing("source", "report")
    copies = {thing("source", n): Source(thing("source", n), "copy", derived_from=(report,)) for n in range(10)}
    claims = [claim(n, source=iri) for n, iri in enumerate(copies)]
    assert set(roots(claims, copies).values()) == {frozenset({report})}


def test_relayed_speech_is_rooted_in_its_holder():
    said = claim("said", holder=thing("actor", "un"))
    relay = claim("relay", "reports", relays=(said.iri,))
    assert set(roots([said, relay], {}).values()) == {frozenset({thing("actor", "un")})}


def test_a_body_quoted_and_its_own_report_drawn_on_are_one_root():
    report, paper, un = thing("source", "report"), thing("source", "paper"), thing("actor", "un")
    sources = {paper: Source(paper, "Paper", derived_from=(report,)), report: Source(report, "Report", issued_by=(un,))}
    said = claim("said", source=paper, holder=un)
    relay = claim("relay", "reports", source=paper, holder=thing("actor", "paper"), relays=(said.iri,))
    drawn = claim("drawn", source=paper)
    assert set(roots([said, relay, drawn], sources).values()) == {frozenset({report})}


def test_a_body_quoted_beside_the_report_of_another_keeps_its_own_root():
    report, paper, un = thing("source", "report"), thing("source", "paper"), thing("actor", "un")
    sources = {paper: Source(paper, "Paper", derived_from=(report,)), report: Source(report, "Report")}
    said = claim("said", source=paper, holder=un)
    relay = claim("relay", "reports", source=paper, holder=thing("actor", "paper"), relays=(said.iri,))
    assert roots([said, relay], sources)[said.iri] == frozenset({un})


def test_a_circle_of_copies_is_one_root():
    one, two = thing("source", 1), thing("source", 2)
    sources = {one: Source(one, "", derived_from=(two,)), two: Source(two, "", derived_from=(one,))}
    found = roots([claim("a", source=one), claim("b", source=two)], sources)
    assert set(found.values()) == {frozenset({one})}


years = st.none() | st.integers(2015, 2020).map(lambda n: Literal(str(n), datatype=XSD.gYear))
triples = st.tuples(
    st.sampled_from("ab"), st.sampled_from(["facilitates", "involvedInFlow"]), st.sampled_from(["resin", "drugs"])
)
made_up = st.lists(st.tuples(st.sampled_from(STANCES), triples, years, years, st.integers(0, 2)), max_size=8)


def claims_from(rows) -> list[Claim]:
    return [
        claim(n, stance, triple, valid_from=start, valid_to=end, source=thing("source", source))
        for n, (stance, triple, start, end, source) in enumerate(rows)
    ]


def broader_or_equal(narrow: Proposition, broad: Proposition) -> bool:
    up = {KG.facilitates: {KG.involvedInFlow}, thing("flow", "resin"): {thing("flow", "drugs")}}
    return all(n == b or b in up.get(n, ()) for n, b in zip(narrow.triple, broad.triple, strict=True))


@given(made_up)
def test_disputes_are_what_the_definition_says(rows):
    claims = claims_from(rows)
    expected = {
        Dispute(d.iri, a.iri, n.iri)
        for d, a in product(claims, claims)
        if d.stance == thing("stance", "denies") and a.stance in FACTUAL and overlap(d, a)
        for n, b in product(a.propositions, d.propositions)
        if broader_or_equal(n, b)
    }
    assert set(disputes(claims, SCHEMA)) == expected


def claim_set(rows) -> ClaimSet:
    claims = tuple(claims_from(rows))
    sources = {c.source: Source(c.source, "", perspectives=(thing("perspective", c.source[-1]),)) for c in claims}
    return ClaimSet(claims, sources, roots(claims, sources), tuple(disputes(claims, SCHEMA)))


def facts(claims: ClaimSet, *views: View) -> list[dict]:
    """What the columns take under each view, which is what one takes claim by claim."""
    index = indexed(claims)
    found = [facts_of(select(index, view)) for view in views]
    assert found == [plain_facts(view, claims) for view in views]
    return found


@given(made_up)
def test_a_view_takes_exactly_the_claims_its_rule_names(rows):
    claims = claim_set(rows)
    view = View("v", FACTUAL, perspectives=frozenset({thing("perspective", 1)}))
    expected = {p.triple for c in claims.claims if c.stance in FACTUAL and c.source[-1] == "1" for p in c.propositions}
    [taken] = facts(claims, view)
    assert set(taken) == expected


@given(made_up)
def test_uncontested_facts_are_those_that_nobody_disputes(rows):
    claims = claim_set(rows)
    against = {dispute.proposition for dispute in claims.disputes}
    contested = {p.triple for c in claims.claims for p in c.propositions if p.iri in against}
    every, calm = facts(claims, View("all", FACTUAL), View("uncontested", FACTUAL, contested=False))
    assert set(calm) == set(every) - contested


@given(made_up)
def test_corroborated_facts_have_two_roots_in_two_sources(rows):
    claims = claim_set(rows)
    every, taken = facts(claims, View("all", FACTUAL), View("corroborated", FACTUAL, least_roots=2))
    for triple in every:
        sources = {c.source for c in claims.claims if c.stance in FACTUAL for p in c.propositions if p.triple == triple}
        assert (triple in taken) == (len(sources) >= 2)


@given(made_up)
def test_every_fact_rests_on_a_claim_that_says_it(rows):
    claims = claim_set(rows)
    said = {c.iri: {p.triple for p in c.propositions} for c in claims.claims}
    [taken] = facts(claims, View("all", FACTUAL))
    for triple, resting in taken.items():
        assert resting
        assert all(triple in said[iri] for iri in resting)


def test_a_scenario_is_never_a_fact():
    scenario = claim("s", scenarios=(thing("scenario", "x"),))
    sources = {scenario.source: Source(scenario.source, "")}
    assert facts(ClaimSet((scenario,), sources, {scenario.iri: frozenset()}, ()), View("all", FACTUAL)) == [{}]
