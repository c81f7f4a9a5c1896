"""Every row of any SELECT query is traced: by its paths, subqueries, groups and branches, and by no claim too many."""

from importlib import import_module
from itertools import combinations, pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kgtools.build import Built
from kgtools.columns import Index, withdrawn
from kgtools.errors import StoreError, UsageError
from kgtools.evidence import evidence, row_lines
from kgtools.evidence.rewrite import named
from kgtools.evidence.solve import NOT_TRACED
from kgtools.explain import (
    ExplanationGraph,
    explain_row,
    explanation_dot,
    row_explanation_graph,
    row_explanation_lines,
    row_explanation_rows,
)
from kgtools.model import Answer, Evidence, Scope
from kgtools.names import shorten
from kgtools.ondemand import scoped_files
from kgtools.questions import ask, read_questions
from kgtools.store import Store

QUESTIONS = read_questions(Path(__file__).resolve().parents[2] / "ontology" / "questions")


def claims_of(found: Evidence, row: int) -> frozenset:
    return frozenset(iri for support in found.rows[row] for iri in support.claims)


def why(store: Store, query: str) -> list[set[str]]:
    found = evidence(store, store.query(query))
    assert not any(found.gaps), found.gaps
    return [set(map(shorten, claims_of(found, row))) for row in range(len(found.rows))]


# What a row may be made of. Each is asked as it is, and again of worlds without some of the claims under its rows.
TRACED = {
    "sequence": "SELECT ?a ?r { ?a kg:taxes/kg:segmentOf ?r }",
    "inverse": "SELECT ?g ?n { ?g ^kg:finances ?n }",
    "alternative": "SELECT ?a { ?a kg:escorts|kg:interdicts segment:coast-road-1 }",
    "alternative of sequences": "SELECT ?a { ?a (kg:taxes/kg:segmentOf)|(kg:escorts/kg:segmentOf) ?r }",
    "nested path": "SELECT ?n { ?n kg:finances/(kg:fundsActivity|^kg:supports) ?x }",
    "zero or one": "SELECT ?x { actor:red-hand kg:taxes? ?x }",
    "one or more": "SELECT ?a ?b { ?a kg:isMemberOf+ ?b }",
    "zero or more": "SELECT ?b { actor:red-hand (kg:taxes/kg:segmentOf)* ?b }",
    "round in a circle": "SELECT ?n { ?n (kg:finances/^kg:finances)+ ?n }",
    "negated": "SELECT ?a { ?a a kg:Agent ; !(kg:taxes|kg:usesRoute|^kg:finances) segment:coast-road-1 }",
    "negated, of any length": "SELECT ?a { ?a kg:escorts ?s ; !(rdf:type|kg:escorts)? ?a }",
    "subquery": "SELECT ?a { { SELECT ?a { ?a kg:taxes ?s . ?s kg:segmentOf ?r } } }",
    "subquery with a hidden name": "SELECT ?a ?s { ?a kg:escorts ?s { SELECT DISTINCT ?a { ?a kg:taxes ?s } } }",
    "subquery with a limit": "SELECT ?n { { SELECT ?g { ?n kg:finances ?g } ORDER BY ?g LIMIT 1 } ?n kg:finances ?g }",
    "subquery with groups": "SELECT ?r ?n { { SELECT ?r (COUNT(*) AS ?n) { ?a kg:taxesRoute ?r } GROUP BY ?r } }",
    "group": "SELECT ?r (COUNT(DISTINCT ?a) AS ?n) { ?a kg:interdictsRoute ?r } GROUP BY ?r",
    "group by an expression": "SELECT (COUNT(*) AS ?n) { ?a kg:isCalled ?w } GROUP BY (LANG(?w))",
    "group that is not shown": "SELECT (COUNT(*) AS ?n) { ?a kg:fundsActivity ?x } GROUP BY ?a",
    "having": "SELECT ?a (COUNT(*) AS ?n) { ?a kg:isCalled ?w } GROUP BY ?a HAVING(COUNT(*) > 1)",
    "sum of all": "SELECT (COUNT(*) AS ?n) { ?a kg:finances ?b }",
    "optional": "SELECT ?e ?d { ?e kg:takesPlaceIn ?k OPTIONAL { ?e kg:date ?d } }",
    "optional with a filter": "SELECT ?n { ?n kg:finances ?g OPTIONAL { ?g kg:fundsActivity ?x FILTER(?n = ?g) } }",
    "union": "SELECT ?a { { ?a kg:finances ?x } UNION { ?a kg:escorts ?x } }",
    "union with a branch that fails": """SELECT ?a { { ?a kg:escorts segment:coast-road-1 }
      UNION { ?a kg:attacks actor:belmor-army FILTER(1 > 2) } }""",
    "optional that fails": "SELECT ?a { ?a kg:escorts ?s OPTIONAL { ?a kg:attacks actor:belmor-army FILTER(1 > 2) } }",
    "bind and values": "SELECT ?b { VALUES ?p { kg:escorts } ?a ?p ?s . BIND(?a AS ?b) }",
    "expression": "SELECT (STR(?w) AS ?t) { actor:red-hand kg:isCalled ?w }",
    "graph": "SELECT ?a { GRAPH <https://w3id.org/sahel-kg/graph/view/all/facts> { ?a kg:escorts ?s } }",
    "exists": "SELECT ?n { ?n kg:finances ?g FILTER EXISTS { ?g kg:fundsActivity ?x } }",
    "exists twice": """SELECT ?a { ?a a kg:ArmedGroup FILTER EXISTS { ?a kg:escorts ?x }
      FILTER(EXISTS { ?a kg:taxes ?x } ) }""",
    "not exists": "SELECT ?a { ?a kg:escorts ?s FILTER NOT EXISTS { ?a kg:finances ?x } }",
    "blank node": "SELECT ?n { ?n kg:finances [ kg:fundsActivity [] ] }",
    "values at the end": "SELECT ?a { ?a kg:taxes ?s } VALUES ?s { segment:salt-road-1 }",
    "inference": "SELECT ?a { ?a kg:involvedInRoute route:coast-road }",
}


@pytest.mark.parametrize("kind", TRACED)
def test_every_row_of_the_world_is_traced(store: Store, kind: str):
    found = evidence(store, store.query(TRACED[kind]))
    assert found.rows, "a query without rows tests nothing"
    assert not any(found.gaps)
    assert any(claims_of(found, row) for row in range(len(found.rows)))


@pytest.mark.parametrize("kind", TRACED)
def test_the_rewritten_query_has_the_rows_of_the_query(store: Store, kind: str):
    check_rows(store, TRACED[kind])


@pytest.mark.parametrize("name", sorted(QUESTIONS))
def test_every_row_of_every_question_is_traced(store: Store, name: str):
    check_rows(store, QUESTIONS[name].text)
    assert not any(evidence(store, ask(store, QUESTIONS[name])).gaps)


def check_rows(store: Store, query: str) -> None:
    """The keys of the solutions are those of the rows; HAVING and LIMIT leave rows out after they are made."""
    answer, rewritten = store.query(query), named(query)
    solutions = {key(rewritten.key, store.query(rewritten.text), row) for row in store.query(rewritten.text).rows}
    if rewritten.rows:
        answer = store.query(rewritten.rows)
    rows = {key(rewritten.key, answer, row) for row in answer.rows}
    assert rows <= solutions or not rewritten.key
    if "HAVING" not in query:
        assert rows == solutions


def key(names: tuple[str, ...], answer: Answer, row: tuple) -> tuple:
    return tuple(row[answer.columns.index(name[1:])] for name in names)


@pytest.fixture(scope="module")
def without(world: Built):
    """The world as if some claims had never been made."""
    gone: frozenset = frozenset()
    made: dict[frozenset, dict[str, bytes]] = {}

    def within(index: Index, scope: Scope) -> np.ndarray:
        names = index.names.gather(index.claims["iri"])
        return ~names.is_in([*withdrawn(index), *(iri.n3() for iri in gone)]).to_numpy()

    def files(*of: object) -> dict[str, bytes]:
        if gone not in made:
            made[gone] = scoped_files(*of)
        return made[gone]

    def opened(iris: frozenset) -> Store:
        nonlocal gone
        gone = iris
        # In force for the opening alone: other stores of this module are to be explained as they are.
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(import_module("kgtools.columns.select"), "claims_within", within)
            patch.setattr("kgtools.ondemand.scoped_files", files)
            return Store.open(world.folder, scope=Scope(strict=True), timeout=5)

    return opened


def rows_of(store: Store, query: str) -> tuple:
    with store:
        return store.query(query).rows


@pytest.fixture(scope="module")
def all_claims(store: Store) -> frozenset:
    return frozenset(claim for (claim,) in store.query("SELECT ?c { ?c a kg:Claim }").rows)


MOST = 3  # claims under a row whose worlds are all tried
LIFTS = {"subquery with a limit"}  # another row comes up in the place of one that goes


@pytest.mark.parametrize("kind", sorted(set(TRACED) - LIFTS))
def test_the_claims_under_a_row_are_those_that_it_turns_on(store: Store, without, all_claims, kind: str):
    query = TRACED[kind]
    answer = store.query(query)
    found = evidence(store, answer)
    everything = frozenset(iri for number in range(len(answer.rows)) for iri in claims_of(found, number))
    for number, row in enumerate(answer.rows[:3]):
        claims = claims_of(found, number)
        if not claims:
            assert row in rows_of(without(everything), query)
        elif len(claims) <= MOST:
            has = {gone: rows_of(without(gone), query).count(row) for gone in subsets(claims)}
            assert row in rows_of(without(all_claims - claims), query), "the row needs more than it is said to rest on"
            assert has[claims] < has[frozenset()], "the row stands without the claims that it is said to rest on"
            # A claim is used if in one of these worlds the row turns on it.
            assert claims == {one for one in claims for gone in has if has[gone] != has[gone | {one}]}


def subsets(claims: frozenset) -> list[frozenset]:
    return [frozenset(part) for size in range(len(claims) + 1) for part in combinations(sorted(claims), size)]


LINKS = "(kg:finances|kg:taxes|kg:escorts|kg:segmentOf|kg:fundsActivity|kg:supports|kg:isMemberOf)"


def test_a_path_of_any_length_rests_on_all_shortest_ways_and_no_other(store: Store):
    import networkx as nx

    rows = store.query(f"SELECT ?s ?p ?o {{ ?s ?p ?o FILTER(?p IN {LINKS.replace('|', ', ')}) }}").rows
    network = nx.Graph((s, o) for s, _, o in rows)
    query = f"SELECT ?a ?b {{ VALUES ?a {{ actor:red-hand actor:arland }} ?a ({LINKS}|^{LINKS})* ?b }}"
    answer = store.query(query)
    found = evidence(store, answer)
    assert len(answer.rows) > 10
    for (start, end), supports in zip(answer.rows, found.rows, strict=True):
        ways = nx.all_shortest_paths(network, start, end) if start in network else []
        steps = {frozenset(step) for way in ways for step in pairwise(way)}
        assert {frozenset((s.triple[0], s.triple[2])) for s in supports} == steps


GAPS = {
    "SELECT ?a { ?a a kg:ArmedGroup FILTER(?a = actor:arland || EXISTS { ?a kg:taxes ?g }) }": "what EXISTS asks",
    "SELECT ?a { ?a kg:taxes ?g FILTER EXISTS { ?a a kg:Entity MINUS { ?a kg:taxes ?a } } }": "what EXISTS asks",
    "SELECT ?r { kg:taxesRoute owl:propertyChainAxiom/rdf:rest*/rdf:first ?r }": "something without a name",
}


@pytest.mark.parametrize("query", GAPS)
def test_what_is_not_traced_is_said_in_one_sentence(store: Store, query: str):
    found = evidence(store, store.query(query))
    said = {line for row in range(len(found.rows)) for lines in row_lines(found, row) for line in lines}
    assert any(line.startswith("not traced in full") and GAPS[query] in line for line in said)


def test_a_count_of_nothing_rests_on_nothing_and_says_so(store: Store):
    found = evidence(store, store.query("SELECT (COUNT(*) AS ?n) { ?a kg:finances ?a }"))
    assert (found.rows, found.gaps) == (((),), ((),))
    assert row_lines(found, 0) == [["rests on no claim"]]


def test_rows_that_look_the_same_share_what_they_rest_on(store: Store):
    answers = why(store, "SELECT (COUNT(*) AS ?n) { ?a kg:escorts ?s } GROUP BY ?a ?s")
    assert all(claims == answers[0] for claims in answers)


def test_numbers_that_the_store_rewrites_are_traced(store: Store, real_store: Store):
    query = "SELECT ?q ?n { ?q kg:amount ?n }"
    for opened in (store, real_store):
        found = evidence(opened, opened.query(query))
        assert all(claims_of(found, row) for row in range(len(found.rows)))


STEPS = ("kg:taxes", "kg:escorts", "kg:finances", "kg:segmentOf", "kg:fundsActivity", "a")
paths = st.recursive(
    st.sampled_from(STEPS),
    lambda inner: st.one_of(
        st.tuples(inner, inner).map(lambda two: f"({two[0]}/{two[1]})"),
        st.tuples(inner, inner).map(lambda two: f"({two[0]}|{two[1]})"),
        inner.map(lambda one: f"(^{one})"),
        inner.map(lambda one: f"({one}+)"),
        inner.map(lambda one: f"({one}?)"),
        st.sampled_from(STEPS).map(lambda one: f"!({one}|^kg:taxes)"),
    ),
    max_leaves=2,
)
names = st.sampled_from(["?a", "?b", "?c", "[]", "_:x", "actor:red-hand", "segment:salt-road-1", "?d"])
triples = st.tuples(names, paths, names).map(" ".join)
groups = st.recursive(
    st.lists(triples, min_size=1, max_size=2).map(" . ".join).map(lambda text: text.replace("_:x", "[]")),
    lambda inner: st.one_of(
        st.tuples(inner, inner).map(lambda two: f"{two[0]} OPTIONAL {{ {two[1]} }}"),
        st.tuples(inner, inner).map(lambda two: f"{two[0]} MINUS {{ {two[1]} }}"),
        st.tuples(inner, inner).map(lambda two: f"{two[0]} FILTER EXISTS {{ {two[1]} }}"),
        st.tuples(inner, inner).map(lambda two: f"{two[0]} FILTER NOT EXISTS {{ {two[1]} }}"),
        st.tuples(inner, inner).map(lambda two: f"{{ {two[0]} }} UNION {{ {two[1]} }}"),
        st.tuples(inner, inner).map(lambda two: f"{two[0]} {{ SELECT DISTINCT ?a ?b {{ {two[1]} }} }}"),
        st.tuples(inner, inner).map(
            lambda two: f"{two[0]} {{ SELECT ?b (COUNT(?a) AS ?n) {{ {two[1]} }} GROUP BY ?b }}"
        ),
    ),
    max_leaves=2,
)
heads = st.sampled_from(
    [
        "SELECT ?a {{ {} }}",
        "SELECT * {{ {} }}",
        "SELECT DISTINCT ?a ?b {{ {} }}",
        "SELECT ?c (COUNT(*) AS ?k) {{ {} }} GROUP BY ?c ?a",
    ]
)


@pytest.fixture(scope="module")
def patient(world: Built):
    """A store that does not wait long, since some of what is made up has too many rows."""
    with Store.open(world.folder, timeout=1) as opened:
        yield opened


@settings(max_examples=25, derandomize=True, suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow])
@given(heads, groups)
def test_whatever_is_asked_is_asked_again_with_the_same_rows(patient: Store, head: str, group: str):
    query = head.format(f"?a kg:taxes|kg:finances ?b . {group}")
    try:
        answer = patient.query(query)
        if len(answer.rows) >= 500:
            return
        check_rows(patient, query)
        found = evidence(patient, answer)
    except StoreError:  # stopped: to ask for another one each time would make the test as long as chance will have it
        return
    assert len(found.rows) == len(answer.rows)
    assert not any(gap == NOT_TRACED for gaps in found.gaps for gap in gaps)


plain = st.recursive(
    st.sampled_from(["kg:taxes", "kg:escorts", "kg:finances", "kg:segmentOf", "kg:fundsActivity", "kg:connectsActor"]),
    lambda inner: st.one_of(
        st.tuples(inner, inner).map(lambda two: f"({two[0]}/{two[1]})"),
        st.tuples(inner, inner).map(lambda two: f"({two[0]}|{two[1]})"),
        inner.map(lambda one: f"^({one})"),
    ),
    max_leaves=3,
)
joins = st.tuples(st.sampled_from(["?a", "?b", "?c"]), plain, st.sampled_from(["?b", "?c", "[]"])).map(" ".join)
positive = st.one_of(
    joins,
    joins.map(lambda text: f"FILTER EXISTS {{ {text} }}"),
    joins.map(lambda text: f"{{ SELECT ?a ?b {{ {text} }} }}"),
    joins.map(lambda text: f"{{ SELECT ?b (COUNT(*) AS ?n) {{ {text} }} GROUP BY ?b HAVING(COUNT(*) > 0) }}"),
    st.tuples(joins, joins).map(lambda two: f"{{ {two[0]} }} UNION {{ {two[1]} }}"),
)


@settings(max_examples=25, derandomize=True, suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow])
@given(plain, positive)
def test_the_claims_under_a_row_are_enough_and_without_them_none_is_left(
    patient: Store, without, all_claims, path: str, more: str
):
    query = f"SELECT ?a ?b {{ ?a {path} ?b . {more} }}"
    try:
        answer = patient.query(query)
        if not 0 < len(answer.rows) < 200:
            return
        found = evidence(patient, answer)
    except StoreError:  # stopped: to ask for another one each time would make the test as long as chance will have it
        return
    number = next((row for row in range(len(answer.rows)) if claims_of(found, row)), 0)
    row, claims = answer.rows[number], claims_of(found, number)
    assert row in rows_of(without(all_claims - claims), query)
    with without(claims) as narrowed:
        left = narrowed.query(query)
        if row in left.rows:  # by reference data alone
            assert not claims_of(evidence(narrowed, left), left.rows.index(row))


@pytest.mark.parametrize("kind", TRACED)
def test_a_row_is_explained_down_to_the_claims_that_it_rests_on(store: Store, kind: str):
    answer = store.query(TRACED[kind])
    for number in range(1, min(3, len(answer.rows)) + 1):
        found = explain_row(store, answer, number)
        leaves = {iri for _, why in found.parts for leaf in why.leaves.values() for iri in leaf.claims}
        assert claims_of(evidence(store, answer), number - 1) <= leaves
        assert all(why.proofs for _, why in found.parts)
        assert {shorten(iri) for iri in leaves} == {
            reason for _, _, reason in row_explanation_rows(found) if reason.startswith("claim:")
        }


def test_a_row_is_explained_triple_by_triple(store: Store):
    answer = store.query("SELECT ?g ?r { ?g kg:escortsRoute ?r ; a kg:ArmedGroup }")
    text = row_explanation_lines(explain_row(store, answer, 1), {})
    assert text.startswith("row 1: g: actor:red-hand  r: route:coast-road\n\ntriple 1 of 2: actor:red-hand is of class")
    assert "follows by kg:escorts ∘ kg:segmentOf ⊑ kg:escortsRoute from" in text


def test_a_row_that_names_a_claim_says_which(store: Store):
    query = """SELECT ?c { ?a kg:taxes segment:salt-road-1 .
      ?p kg:subject ?a ; kg:predicate kg:taxes ; kg:object segment:salt-road-1 ; kg:restsOn ?c } ORDER BY ?c"""
    text = row_explanation_lines(explain_row(store, store.query(query), 2), {})
    assert text.endswith("of these claims the row itself names claim:herald-2020-001")


def test_the_graph_of_a_row_leads_from_its_claims_to_the_row(store: Store):
    found = explain_row(store, store.query("SELECT ?a { ?a kg:taxes/kg:segmentOf ?r }"), 1)
    graph = row_explanation_graph(found)
    starts = {start for start, _ in graph.edges}
    assert [node for node, _, _ in graph.nodes if node not in starts] == ["row 1"]
    assert {kind for _, kind, _ in graph.nodes} == {"claim", "claimed", "reference", "row"}
    lines = explanation_dot(graph).splitlines()
    assert (lines[0], lines[-1]) == ("digraph explanation {", "}")
    assert len(lines) == len(graph.nodes) + len(graph.edges) + 3


def test_what_dot_would_misread_is_escaped():
    graph = ExplanationGraph((("a", "claimed", 'say “"x"; }\\ \n'),), ())
    assert '[label="say “\\"x\\"; }\\\\  ", shape=box]' in explanation_dot(graph)


def test_what_is_inferred_is_drawn_otherwise_than_what_is_claimed(store: Store):
    found = explain_row(store, store.query("SELECT ?g { ?g kg:escortsRoute route:coast-road }"), 1)
    kinds = {text: kind for _, kind, text in row_explanation_graph(found).nodes}
    assert kinds["actor:red-hand kg:escortsRoute route:coast-road"] == "inferred"
    dashed = [line for line in explanation_dot(row_explanation_graph(found)).splitlines() if "dashed" in line]
    assert len(dashed) == list(kinds.values()).count("inferred")


@pytest.mark.parametrize(
    ("query", "row", "words"),
    [
        ("SELECT ?a { ?a kg:escorts ?s }", 0, "there is no row 0: the answer has the rows 1 to"),
        ("SELECT ?a { ?a kg:escorts ?s }", 99, "there is no row 99"),
        ("SELECT ?a { ?a kg:escorts ?a }", 1, "the answer has no rows"),
        ("ASK { ?a kg:escorts ?s }", 1, "only a SELECT query"),
    ],
)
def test_a_row_that_is_not_there_is_said_in_one_sentence(store: Store, query: str, row: int, words: str):
    with pytest.raises(UsageError, match=words):
        explain_row(store, store.query(query), row)


@pytest.mark.parametrize("name", sorted(QUESTIONS))
def test_a_row_of_every_question_of_the_real_graph_is_explained(real_store: Store, name: str):
    answer = ask(real_store, QUESTIONS[name])
    if not answer.rows:
        pytest.skip("the real graph is silent on this question")
    short = min(range(len(answer.rows)), key=lambda place: sum(term is None for term in answer.rows[place]))
    found = explain_row(real_store, answer, short + 1, most=1)
    assert found.parts or found.rest
    assert not any("not traced" in line for line in found.rest)
