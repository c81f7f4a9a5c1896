"""A view within a scope: what it takes, held to a filter written down a second time, and to the laws of views."""

import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from plain_views import facts, facts_of, indexed, narrow, resting, triple_of
from rdflib import URIRef

from kgtools.build import Built, load
from kgtools.claims import asserts, claim_set, days, withdrawn
from kgtools.columns import Index, index_bytes, read_index, select
from kgtools.columns.rests import resting as resting_in
from kgtools.columns.select import claims_within
from kgtools.errors import QuestionError
from kgtools.freeze import COLUMNS
from kgtools.model import Claim, ClaimSet, Project, Scope, View
from kgtools.names import KG, PREFIXES, expand, shorten
from kgtools.ondemand import index_in, scoped_files
from kgtools.questions import ask, read_questions
from kgtools.reason import materialise, rules
from kgtools.sources import read_corpus
from kgtools.store import Store
from kgtools.validate import as_triples
from kgtools.views import read_views, scope_words, span_of

QUESTIONS = read_questions(Path(__file__).resolve().parents[2] / "ontology" / "questions")


def claims_of(project: Project) -> tuple[ClaimSet, list]:
    corpus, layer, findings = load(project)
    assert not findings
    return claim_set(layer.quads(), [*as_triples(corpus.ontology), *as_triples(corpus.reference)]), read_views(
        corpus.views
    )


@pytest.fixture(scope="module")
def everything(world_project: Project) -> tuple[ClaimSet, list]:
    return claims_of(world_project)


@pytest.fixture(scope="module")
def real_claims(real_project: Project) -> ClaimSet:
    return claims_of(real_project)[0]


@pytest.fixture(scope="module")
def closed(world_project: Project) -> tuple[tuple, list]:
    """The rules, and the reference data with what follows from it alone."""
    corpus, _ = read_corpus(world_project)
    ruleset, reference = rules(as_triples(corpus.ontology)), as_triples(corpus.reference)
    return ruleset, [*reference, *{step.conclusion for step in materialise(ruleset, reference)}]


@pytest.fixture(scope="module")
def index(everything, closed, world_project: Project) -> Index:
    return indexed(everything[0], closed[0], as_triples(read_corpus(world_project)[0].reference))


def by_hand(claims: ClaimSet, claim: Claim, scope: Scope) -> bool:
    """Whether the claim is in the scope, said as plainly as can be."""
    source = claims.sources[claim.source]
    names = {claim.source, claim.holder} | set(source.perspectives)
    if scope.according_to and not names & scope.according_to:
        return False
    if names & scope.excluding:
        return False
    order = ["low", "moderate", "high"]
    if order.index(claim.confidence.rsplit("/", 1)[-1]) < order.index(scope.least_confidence):
        return False
    quoted = any(claim.iri in other.relays for other in claims.claims)
    if scope.first_hand and (quoted or claim.relays or claim.stance.endswith("/reports")):
        return False
    if scope.known_by:
        out = days(source.issued) if source.issued is not None else None
        last = span_of(scope.known_by)[1]
        if (out is None and scope.strict) or (out is not None and (out[1] if scope.strict else out[0]) > last):
            return False
    return scope.as_of is None or holds_by_hand(claims, claim, scope)


def kept_by_hand(claims: ClaimSet, scope: Scope) -> set[URIRef]:
    """The claims in the scope without those that no longer stand by its day; what these are has tests of its own."""
    day = Scope(known_by=scope.known_by, strict=scope.strict)
    known = [claim for claim in claims.claims if by_hand(claims, claim, day)]
    fallen = set() if scope.include_retracted else set(withdrawn(known, claims.sources))
    return {claim.iri for claim in claims.claims if by_hand(claims, claim, scope)} - fallen


def holds_by_hand(claims: ClaimSet, claim: Claim, scope: Scope) -> bool:
    first, last = span_of(scope.as_of or "")
    starts = [days(claim.valid_from)] if claim.valid_from is not None else []
    if not starts:
        for subject in {p.subject for p in claim.propositions}:
            dates = [
                days(p.object)
                for c in claims.claims
                if asserts(c)
                for p in c.propositions
                if p.predicate == KG.date and p.subject == subject
            ]
            if dates:
                starts.append((min(d[0] for d in dates), max(d[1] for d in dates)))
    start = (max(s[0] for s in starts), max(s[1] for s in starts)) if starts else None
    end = days(claim.valid_to) if claim.valid_to is not None else None
    if scope.strict:
        return start is not None and start[1] <= first and (end is None or end[0] >= last)
    return (start is None or start[0] <= last) and (end is None or end[1] >= first)


NAMES = [
    expand(name)
    for name in (
        *("source:herald-2020", "source:un-river-2022", "source:almanac-2024", "source:blog-copy"),
        *("actor:herald", "actor:unnamed-analysts", "actor:sand-league", "actor:almanac"),
        *("perspective:press", "perspective:un", "perspective:blog"),
    )
]
DATES = st.none() | st.sampled_from(
    ["2014", "2015-03", "2019-06-01", "2020", "2021-05", "2022-03-15", "2023", "2024-02", "2025-02", "2025-05"]
)
SCOPES = st.builds(
    Scope,
    according_to=st.frozensets(st.sampled_from(NAMES), max_size=3),
    excluding=st.frozensets(st.sampled_from(NAMES), max_size=2),
    least_confidence=st.sampled_from(["low", "moderate", "high"]),
    first_hand=st.booleans(),
    as_of=DATES,
    known_by=DATES,
    strict=st.booleans(),
    include_retracted=st.booleans(),
)


def claims_in(index: Index, scope: Scope) -> set[URIRef]:
    within = index.claims.filter(claims_within(index, scope))
    return {URIRef(name[1:-1]) for name in index.names.gather(within["iri"])}


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(scope=SCOPES)
def test_a_scope_takes_what_a_filter_by_hand_takes(scope: Scope, everything, index: Index):
    claims, _ = everything
    assert claims_in(index, scope) == kept_by_hand(claims, scope)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(scope=SCOPES, data=st.data())
def test_a_view_in_a_scope_is_what_one_finds_claim_by_claim(scope: Scope, data, everything, index: Index, closed):
    claims, views = everything
    view = data.draw(st.sampled_from([*views, View("odd", views[0].stances, contested=False, least_roots=2)]))
    ruleset, known = closed
    taken = facts(view, narrow(claims, scope))
    steps = materialise(ruleset, [*known, *taken], also=set(taken) - set(known))
    selection = select(index, view, scope)
    assert facts_of(selection) == taken
    assert {triple_of(index, fact) for fact in selection.steps["fact"]} == {step.conclusion for step in steps}
    assert selection.steps.height == len(steps)
    rests = {triple_of(index, fact): names(index, found) for fact, found in resting_in(selection).items()}
    assert rests == resting(steps, taken)


def names(index: Index, claims: frozenset[int]) -> frozenset[URIRef]:
    return frozenset(URIRef(index.names[index.claims["iri"][claim]][1:-1]) for claim in claims)


def test_columns_read_back_are_the_columns_written(index: Index):
    again = read_index(index_bytes(index))
    assert index_bytes(again) == index_bytes(index)
    assert again.closed.facts.equals(index.closed.facts)
    assert again.closed.steps.equals(index.closed.steps)
    assert again.claims.equals(index.claims)


@pytest.mark.parametrize("damage", [None, b"", b"no columns"])
def test_columns_that_are_gone_or_damaged_are_made_anew(damage: bytes | None, world: Built, tmp_path: Path):
    folder = tmp_path / "snapshot"
    shutil.copytree(world.folder, folder)
    (folder / COLUMNS).unlink() if damage is None else (folder / COLUMNS).write_bytes(damage)
    scope = Scope(according_to=frozenset({expand("perspective:un")}), as_of="2020")
    assert scoped_files(folder, "all", scope) == scoped_files(world.folder, "all", scope)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(scope=SCOPES)
def test_a_scope_keeps_the_laws_of_views(scope: Scope, everything, index: Index):
    claims, views = everything
    taken = {view.name: facts_of(select(index, view, scope)) for view in views}
    assert (
        set(taken["uncontested"])
        <= set(taken["all"])
        <= set(facts_of(select(index, views_named(views, "all"), Scope(include_retracted=True))))
    )
    assert all(iris for found in taken.values() for iris in found.values())
    in_scenarios = {c.iri for c in claims.claims if c.scenarios}
    assert not in_scenarios & {iri for found in taken.values() for iris in found.values() for iri in iris}


def views_named(views: list, name: str):
    return next(view for view in views if view.name == name)


def test_on_the_real_graph_a_scope_takes_what_a_filter_by_hand_takes(real_claims: ClaimSet, real: Built):
    for scope in (
        Scope(according_to=frozenset({expand("perspective:un")}), known_by="2020"),
        Scope(excluding=frozenset({expand("perspective:press")}), first_hand=True, strict=True, known_by="2024-06"),
    ):
        kept = claims_in(index_in(real.folder), scope)
        assert kept
        assert kept == kept_by_hand(real_claims, scope)


def rows(built: Built, name: str, scope: Scope, **given: str) -> list[tuple[str, ...]]:
    with Store.open(built.folder, scope=scope) as store:
        answer = ask(store, QUESTIONS[name], given)
    return [tuple(shorten(t) if isinstance(t, URIRef) else str(t) for t in row) for row in answer.rows]


def test_as_of_a_day_before_its_end_the_agreement_has_no_end(real: Built):
    given = {"agreement": "agreement:algiers-agreement-2015", "day": "2025-01-01"}
    before = {row[2] for row in rows(real, "status-of-agreements", Scope(as_of="2020-01-01"), **given)}
    after = {row[2] for row in rows(real, "status-of-agreements", Scope(as_of="2025-01-01"), **given)}
    assert "kg:Termination" in after - before
    assert "kg:Signature" in before


def test_a_question_about_claims_alone_sees_no_claim_outside_the_scope(world: Built):
    found = rows(world, "claims-about", Scope(according_to=frozenset({expand("source:blog-copy")})))
    assert found
    assert {cell.rsplit("-", 1)[0] for row in found for cell in row if cell.startswith("claim:")} == {"claim:blog-copy"}


def test_what_was_published_later_is_unknown(world: Built):
    with Store.open(world.folder, scope=Scope(known_by="2021")) as store:
        sources = store.query("SELECT DISTINCT ?s { ?c kg:statedIn ?s } ORDER BY ?s").rows
    assert {shorten(str(row[0])) for row in sources} == {
        "source:blog-copy",
        "source:herald-2020",
        "source:ministry-2021",
    }


def test_an_answer_says_in_which_scope_it_was_given(world: Built):
    scope = Scope(according_to=frozenset({expand("perspective:un")}), as_of="2020")
    with Store.open(world.folder, "uncontested", scope=scope) as store:
        assert store.query("ASK { ?s ?p ?o }").view == "uncontested, according to perspective:un, as of 2020"
    assert scope_words(Scope()) == ""


def test_opening_a_scope_leaves_the_snapshot_as_it_was(world: Built):
    before = {path: path.read_bytes() for path in world.folder.rglob("*.nq")}
    rows(world, "claims-about", Scope(first_hand=True))
    assert before == {path: path.read_bytes() for path in world.folder.rglob("*.nq")}


@pytest.mark.parametrize(
    ("scope", "words"),
    [
        (Scope(according_to=frozenset({expand("perspective:unn")})), "did you mean perspective:un?"),
        (Scope(excluding=frozenset({URIRef(PREFIXES["actor"] + "nobody-at-all")})), "name a source, a holder or"),
        (Scope(as_of="2020-13"), "write a year, a month or a day"),
        (Scope(known_by="yesterday"), "write a year, a month or a day"),
    ],
)
def test_a_scope_that_means_nothing_is_one_sentence(scope: Scope, words: str, world: Built):
    with pytest.raises(QuestionError, match=words.replace("?", r"\?")):
        Store.open(world.folder, scope=scope)
