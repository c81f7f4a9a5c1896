"""Corroboration: copies count once, a contradiction counts against, and whatever is printed gives the score."""

import re
from collections import defaultdict
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from rdflib import XSD, Literal, URIRef

from kgtools.build import Built
from kgtools.claims import DENIES, asserts, disputes, proposition_iri, roots
from kgtools.corroborate import (
    PLAIN,
    WEIGHTS,
    Corroboration,
    WeighedClaim,
    corroboration,
    corroboration_lines,
    corroborations,
    mentioned,
    score,
    summary_lines,
    weigh,
    weight,
)
from kgtools.errors import QuestionError, StoreError
from kgtools.evidence import best_label, labels
from kgtools.model import Claim, Proposition, Source, Triple
from kgtools.names import KG, PREFIXES, expand, shorten
from kgtools.store import Store

ROOT = Path(__file__).resolve().parents[2]
F = Fraction


def triple(text: str) -> Triple:
    subject, predicate, value = text.split()
    day = re.fullmatch(r"\d{4}-\d{2}-\d{2}", value)
    return (expand(subject), expand(predicate), Literal(value, datatype=XSD.date) if day else expand(value))


def short(things) -> list[str]:
    return [shorten(str(thing)) for thing in things]


def names(store: Store, found: list[Corroboration]) -> dict[URIRef, str]:
    return {iri: best_label(known, iri) for iri, known in labels(store, mentioned(found)).items()}


def test_a_copy_adds_no_root(store: Store):
    found = corroboration(store, triple("actor:red-hand kg:taxes segment:salt-road-1"))
    assert {shorten(root): len(behind) for root, behind in found.roots.items()} == {
        "source:herald-2020": 1,
        "source:un-river-2022": 2,  # the report and the blog that copies it
    }
    assert found.score == 1 - (1 - F("0.25")) * (1 - F("0.5"))  # alleged, and plain


def test_relayed_speech_is_its_holders_and_the_relay_no_second_voice(store: Store):
    found = corroboration(store, triple("actor:arland kg:facilitates flow:resin"))
    assert short(found.roots) == ["actor:unnamed-analysts", "source:institute-2023"]
    assert "claim:herald-2020-007" not in short(claim.claim for claim in found.claims)


def test_a_denial_counts_against_every_claim_that_it_disputes(store: Store):
    found = corroboration(store, triple("actor:arland kg:facilitates flow:resin"))
    assert short(found.contradicting_roots) == ["actor:arland-ministry"]
    supports = F("0.25") ** 2 / F("0.75"), F("0.5") ** 2 / F("1")
    assert found.score == 1 - (1 - supports[0]) * (1 - supports[1])


def test_perspectives_are_those_of_the_sources_for_it(store: Store):
    found = corroboration(store, triple("actor:red-hand kg:taxes segment:salt-road-1"))
    assert short(found.perspectives) == ["perspective:blog", "perspective:press", "perspective:un"]


def test_a_view_weighs_only_the_claims_that_it_takes(world: Built):
    with Store.open(world.folder, "press") as press:
        found = corroboration(press, triple("actor:red-hand kg:taxes segment:salt-road-1"))
    assert short(found.roots) == ["source:herald-2020"]


def test_a_denial_from_outside_the_view_counts_all_the_same(world: Built):
    with Store.open(world.folder, "think-tank") as view:
        found = corroboration(view, triple("event:odo-visit kg:interferesIn actor:belmor"))
    assert short(found.contradicting_roots) == ["source:ministry-2021"]


def test_what_no_claim_of_the_view_asserts_scores_nothing(world: Built):
    with Store.open(world.folder, "government") as view:
        found = corroboration(view, triple("actor:red-hand kg:taxes segment:salt-road-1"))
    assert (found.score, found.claims, found.denials) == (0, (), ())
    assert "score 0.000" in corroboration_lines(found, {})
    assert "no roots for it" in corroboration_lines(found, {})


@pytest.mark.parametrize(
    "text",
    [
        "actor:nobody kg:taxes segment:salt-road-1",
        "actor:red-hand kg:escortsRoute route:coast-road",  # inferred
    ],
)
def test_what_no_claim_is_on_is_an_error(store: Store, text: str):
    with pytest.raises(QuestionError, match=r"no claim is on .+; check the names"):
        corroboration(store, triple(text))


def test_a_name_that_is_no_iri_is_an_error(store: Store):
    with pytest.raises(QuestionError, match="is no IRI, since it holds a character"):
        corroboration(store, triple("<http://x/\"}'> kg:taxes <http://x/>"))
    with pytest.raises(QuestionError):
        corroborations(store, URIRef("http://x/\"}'"))


def test_the_list_holds_each_claimed_proposition_of_the_view_best_first(store: Store):
    found = corroborations(store)
    scores = [one.score for one in found]
    assert scores == sorted(scores, reverse=True)
    facts = store.query("SELECT DISTINCT ?p { ?p kg:restsOn ?c . ?c kg:onProposition ?p }").rows
    assert {proposition_iri(one.triple) for one in found} == {row[0] for row in facts}
    assert found == corroborations(store)


def test_the_list_and_the_single_look_agree(store: Store):
    for one in corroborations(store, predicate=KG.facilitates):
        assert corroboration(store, one.triple) == one


def test_a_subject_or_a_predicate_narrows_the_list(store: Store):
    hand, taxes = expand("actor:red-hand"), KG.taxes
    both = corroborations(store, hand, taxes)
    assert both == [one for one in corroborations(store) if one.triple[:2] == (hand, taxes)] != []
    assert corroborations(store, expand("actor:nobody")) == []
    assert summary_lines([], {}) == "no claim of this view is about that; check the spelling, or try another view"


def test_the_summary_has_a_line_for_each(store: Store):
    found = corroborations(store, expand("actor:arland"), KG.facilitates)
    assert summary_lines(found, names(store, found)) == (
        "score  roots  against  proposition\n0.312      2        1  Arland — facilitates — resin of Arland"
    )


def test_the_lines_print_formula_inputs_and_both_sides(store: Store):
    found = corroboration(store, triple("actor:arland kg:facilitates flow:resin"))
    text = corroboration_lines(found, names(store, [found]))
    assert text.startswith("Arland — facilitates — resin of Arland\nscore 0.312, view all, snapshot ")
    assert "score = 1 − product over the roots" in text
    assert text.split("2 roots for it\n")[1] == (
        "  analysts (unnamed) [actor:unnamed-analysts]\n"
        "    claim:herald-2020-006: analysts (unnamed), in The Herald on the Salt Road\n"
        "      weight 0.5 × 1 (asserts) × 0.5 (alleged) × 1 (high) = 0.25, against 0.5, support 0.083\n"
        "      disputed by claim:herald-2020-004\n"
        "  Futures of the border [source:institute-2023]\n"
        "    claim:institute-2023-006: Dry Lands Institute, in Futures of the border\n"
        "      weight 0.5 × 1 (asserts) × 1 (no hedge) × 1 (high) = 0.5, against 0.5, support 0.250\n"
        "      disputed by claim:herald-2020-004\n"
        "\n1 root against it\n"
        "  Arland ministry [actor:arland-ministry]\n"
        "    claim:herald-2020-004: Arland ministry, in The Herald on the Salt Road\n"
        "      weight 0.5 × 1 (denies) × 1 (no hedge) × 1 (high) = 0.5\n"
        "\nperspectives for it: press, think tank"
    )


def reckoned(text: str) -> Fraction:
    """The score as a reader would compute it, from the printed factors and the claims named as disputing."""
    side_for, side_against = re.split(r"\n\n(?:no|\d+) roots? against it", text)
    own = {claim: factors(line) for _, claim, line in claims_in(text)}
    denying = defaultdict(dict)
    for root, claim, _ in claims_in(side_against):
        denying[root][claim] = own[claim]
    disputing = dict(re.findall(r"    (claim:\S+): .*\n.*\n +disputed by (.*)", side_for))
    best = defaultdict(Fraction)
    for root, claim, _ in claims_in(side_for):
        by = set(disputing.get(claim, "").split(", "))
        opposed = sum(max([w for c, w in found.items() if c in by], default=F(0)) for found in denying.values())
        best[root] = max(best[root], own[claim] ** 2 / (own[claim] + opposed))
    left = F(1)
    for value in best.values():
        left *= 1 - value
    return 1 - left


def claims_in(text: str) -> list[tuple[str, str, str]]:
    root, found = "", []
    for line in text.splitlines():
        if re.match(r"  \S", line):
            root = line
        elif claim := re.match(r"    (claim:\S+): ", line):
            found.append([root, claim[1], ""])
        elif line.startswith("      weight "):
            found[-1][2] = line
    return [tuple(each) for each in found]


def factors(line: str) -> Fraction:
    printed = line.partition(" = ")[0]
    value = F(1)
    for factor in re.findall(r"(?:weight|×) ([\d.]+)", printed):
        value *= F(factor)
    return value


def test_the_score_can_be_computed_from_what_is_printed(store: Store, real_store: Store):
    contested = [one for one in corroborations(real_store) if one.denials or len(one.roots) > 2]
    assert len(contested) > 10
    for one in [*corroborations(store), *contested]:
        assert reckoned(corroboration_lines(one, {})) == one.score


@pytest.mark.parametrize("kind", WEIGHTS)
def test_every_word_of_the_vocabulary_has_a_weight(kind: str):
    text = (ROOT / "ontology" / "vocabularies" / f"{kind}.ttl").read_text("utf-8")
    words = set(re.findall(rf"^{kind}:([\w-]+) a skos:Concept", text, re.MULTILINE))
    assert set(WEIGHTS[kind]) == words - {"forecasts", "retracts", "supposes"}  # these three never become facts
    assert all(0 < value <= 1 for value in WEIGHTS[kind].values())


def test_a_word_without_a_weight_is_an_error():
    claim = weighed(0, (thing("source", 0),), hedge=thing("hedge", "rumoured"))
    with pytest.raises(StoreError, match="claim:0 has the hedge hedge:rumoured, which has no weight; add it"):
        weight(claim)


weights = st.fractions(F(1, 100), PLAIN)
pairs = st.tuples(weights, st.fractions(0, 3))
root_lists = st.lists(st.lists(pairs, min_size=1, max_size=4), max_size=6)


@given(root_lists)
def test_a_score_is_at_least_nought_and_under_one(found):
    assert 0 <= score(found) < 1


def test_no_number_of_roots_reaches_one():
    assert score([[(PLAIN, F(0))]] * 500) < 1


@given(root_lists, st.data())
def test_without_a_claim_no_score_is_higher(found, data):
    assume(found)
    n = data.draw(st.integers(0, len(found) - 1))
    m = data.draw(st.integers(0, len(found[n]) - 1))
    fewer = [*found[:n], found[n][:m] + found[n][m + 1 :], *found[n + 1 :]]
    assert score(fewer) <= score(found)
    assert score([*found[:n], *found[n + 1 :]]) <= score(fewer)


@given(root_lists, st.data(), weights)
def test_with_more_against_a_claim_no_score_is_higher(found, data, more):
    assume(found)
    n = data.draw(st.integers(0, len(found) - 1))
    m = data.draw(st.integers(0, len(found[n]) - 1))
    value, opposed = found[n][m]
    heavier = [*found[:n], [*found[n][:m], (value, opposed + more), *found[n][m + 1 :]], *found[n + 1 :]]
    assert score(heavier) <= score(found)


def thing(kind: str, name: object) -> URIRef:
    return URIRef(f"{PREFIXES[kind]}{name}")


def weighed(name: object, ends: tuple[URIRef, ...], **more) -> WeighedClaim:
    values = {"stance": thing("stance", "asserts"), "hedge": thing("hedge", "none")} | more
    return WeighedClaim(
        thing("claim", name),
        thing("actor", "a"),
        thing("source", "s"),
        values["stance"],
        values["hedge"],
        thing("confidence", "high"),
        ends,
    )


SAID = (thing("actor", "a"), KG.facilitates, thing("flow", "resin"))
PROPOSITION = Proposition(proposition_iri(SAID), *SAID)
_years = st.one_of(st.none(), st.integers(2015, 2018).map(lambda year: Literal(str(year), datatype=XSD.gYear)))
_claims = st.lists(
    st.tuples(
        st.integers(0, 4),  # source
        st.integers(0, 2),  # holder
        st.sampled_from(["asserts", "reports", "speculates", "denies", "relays"]),
        st.sampled_from(["none", "alleged", "possible"]),
        st.sampled_from(["high", "low"]),
        _years,
        _years,
        st.integers(0, 9),  # which claim of the same source a relaying claim relays
    ),
    max_size=9,
)
_parents = st.lists(st.lists(st.integers(0, 4), max_size=2), min_size=5, max_size=5)  # circles of copies included


def corpus(rows, parents) -> tuple[list[Claim], dict[URIRef, Source]]:
    """Claims on one proposition; a relaying claim relays one of its own source, as curated files write it."""
    own = defaultdict(list)
    for number, row in enumerate(rows):
        own[row[0]].append(thing("claim", number))
    claims = []
    for number, (source, holder, stance, hedge, confidence, start, end, relayed) in enumerate(rows):
        others = [iri for iri in own[source] if iri != thing("claim", number)]
        relays = (others[relayed % len(others)],) if stance == "relays" and others else ()
        claims.append(
            Claim(
                thing("claim", number),
                thing("source", source),
                thing("actor", holder),
                thing("stance", "reports" if stance == "relays" else stance),
                thing("hedge", hedge),
                thing("confidence", confidence),
                "made up",
                (PROPOSITION,),
                (),
                valid_from=start,
                valid_to=end,
                relays=relays,
            )
        )
    origins = {
        thing("source", n): Source(thing("source", n), "", derived_from=tuple(thing("source", m) for m in of if m != n))
        for n, of in enumerate(parents)
    }
    return claims, origins


def score_of(claims: list[Claim], sources: dict[URIRef, Source]) -> Fraction:
    """The score as the build and the module find it together: roots and disputes worked out anew from the claims."""
    ends, against = roots(claims, sources), defaultdict(list)
    for dispute in disputes(claims, []):
        against[dispute.claim].append(dispute.denial)

    def of(claim: Claim) -> WeighedClaim:
        parts = (claim.iri, claim.holder, claim.source, claim.stance, claim.hedge, claim.confidence)
        return WeighedClaim(*parts, tuple(sorted(ends[claim.iri])), (), tuple(sorted(against[claim.iri])))

    return weigh(map(of, filter(asserts, claims)), [of(claim) for claim in claims if claim.stance == DENIES])


@given(_claims, _parents, st.data())
def test_without_a_claim_for_it_a_proposition_never_scores_higher(rows, parents, data):
    claims, sources = corpus(rows, parents)
    supporting = [claim for claim in claims if asserts(claim)]
    gone = data.draw(st.sets(st.sampled_from(supporting))) if supporting else set()
    assert score_of([claim for claim in claims if claim not in gone], sources) <= score_of(claims, sources)


@given(_claims, _parents, st.integers(0, 4))
def test_without_a_source_for_it_a_proposition_never_scores_higher(rows, parents, gone):
    claims, sources = corpus(rows, parents)
    assume(not any(claim.source == thing("source", gone) and claim.stance == DENIES for claim in claims))
    fewer = [claim for claim in claims if claim.source != thing("source", gone)]
    assert score_of(fewer, sources) <= score_of(claims, sources)


@given(_claims, _parents, st.data())
def test_with_a_denial_more_a_proposition_never_scores_higher(rows, parents, data):
    claims, sources = corpus(rows, parents)
    denials = [claim for claim in claims if claim.stance == DENIES]
    added = data.draw(st.sets(st.sampled_from(denials))) if denials else set()
    assert score_of(claims, sources) <= score_of([claim for claim in claims if claim not in added], sources)


@given(_claims, _parents)
def test_a_copy_of_what_a_root_says_plainly_changes_nothing(rows, parents):
    claims, sources = corpus(rows, parents)
    plain = [claim for claim in claims if asserts(claim) and claim.stance.endswith("/asserts")]
    assume(plain)
    copy = thing("source", "copy")
    relayed = {iri for claim in claims for iri in claim.relays}
    origin = next((claim for claim in plain if claim.iri not in relayed), None)
    assume(origin)
    twin = Claim(
        thing("claim", "copy"),
        copy,
        thing("actor", "copyist"),
        origin.stance,
        origin.hedge,
        origin.confidence,
        "copied",
        origin.propositions,
        (),
        valid_from=origin.valid_from,
        valid_to=origin.valid_to,
    )
    more = sources | {copy: Source(copy, "", derived_from=(origin.source,))}
    assert roots([*claims, twin], more)[twin.iri] == roots(claims, sources)[origin.iri]
    assert score_of([*claims, twin], more) == score_of(claims, sources)


# The real graph

PANEL = {expand("actor:un-panel-of-experts-mali"), expand("source:un-panel-mali-2020")}


@pytest.fixture(scope="module")
def press_items(real_store: Store) -> set[URIRef]:
    rows = real_store.query("SELECT ?s { ?s prov:wasDerivedFrom source:un-panel-mali-2020 }").rows
    return {row[0] for row in rows}


def test_press_items_that_give_the_panels_word_are_one_root(real_store: Store, press_items: set[URIRef]):
    assert len(press_items) == 10
    found = corroboration(real_store, triple("route:resin-sahel-trunk kg:carriesFlow flow:moroccan-cannabis-resin"))
    ours = [claim for claim in found.claims if claim.source in press_items]
    assert len({claim.source for claim in ours}) == 3
    assert {root for claim in ours for root in claim.roots} == {expand("source:un-panel-mali-2020")}
    assert weigh(ours, ()) == PLAIN


def test_no_press_item_on_the_report_is_a_root_of_its_own(real_store: Store, press_items: set[URIRef]):
    found = [claim for one in corroborations(real_store) for claim in one.claims if claim.source in press_items]
    assert len(found) > 20
    assert not press_items & {root for claim in found for root in claim.roots}


def test_the_panels_word_and_its_report_are_one_root(real_store: Store):
    found = corroboration(real_store, triple("route:resin-truck-south kg:carriesFlow flow:moroccan-cannabis-resin"))
    assert len(PANEL & set(found.roots)) == 1


@pytest.mark.parametrize(
    ("day", "root", "expected"),
    [
        ("2025-04-06", "source:aes-communique-2025", F("0.5")),  # two outlets, one communiqué
        ("2025-04-07", "source:panapress-aes-recall-2025", F("0.4")),  # reports
    ],
)
def test_each_date_of_the_recall_of_ambassadors_has_one_root(real_store: Store, day: str, root: str, expected: F):
    found = corroboration(real_store, triple(f"event:aes-recall-of-ambassadors-2025 kg:date {day}"))
    assert short(found.roots) == [root]
    assert found.score == expected


def test_every_score_of_the_real_graph_is_within_bounds(real_store: Store):
    found = corroborations(real_store)
    assert len(found) > 1000
    assert all(0 < one.score < 1 and one.roots for one in found)
