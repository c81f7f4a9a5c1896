"""Zero rows explained: the part that leaves none, a true reason, what is near, and which views would have rows."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from kgtools.build import Built
from kgtools.model import Scope
from kgtools.names import expand
from kgtools.questions import ask, find_question
from kgtools.store import Store
from kgtools.zerorows import ZeroRows, zero_rows, zero_rows_lines
from kgtools.zerorows.parts import taken_apart

QUESTIONS = Path(__file__).resolve().parents[2] / "ontology" / "questions"


@pytest.fixture(scope="module")
def lone(world: Built):
    """The world without one source: a store that is compared with no other view, so that it answers fast."""
    with Store.open(world.folder, scope=Scope(excluding=frozenset({expand("source:gazette-2024")}))) as opened:
        yield opened


@pytest.fixture(scope="module")
def poorer(world: Built):
    with Store.open(world.folder, "blog") as opened:
        yield opened


def explain(store: Store, query: str, **bindings: str) -> ZeroRows:
    found = zero_rows(store, store.query(query, {name: expand(value) for name, value in bindings.items()}))
    assert found is not None
    assert len(zero_rows_lines(found).splitlines()) <= 6
    return found


def in_short(found: ZeroRows) -> tuple[str, str]:
    return found.kind, found.part


@pytest.mark.parametrize(
    "query",
    [
        "SELECT ?a { ?a kg:taxes ?s }",
        "SELECT (COUNT(*) AS ?n) { ?a kg:taxess ?s }",
        "ASK { ?a kg:taxes ?s }",
        "CONSTRUCT { ?a a ?s } { ?a kg:taxess ?s }",
        "DESCRIBE ?a { ?a kg:taxess ?s }",
    ],
)
def test_only_a_select_without_rows_and_a_false_ask_are_explained(store: Store, query: str):
    assert zero_rows(store, store.query(query)) is None


@pytest.mark.parametrize(
    ("query", "kind", "part"),
    [
        ("SELECT ?a { ?a kg:taxes ?s . ?s kg:taxes ?a }", "pattern", "?s kg:taxes ?a"),
        ("SELECT ?a { ?a kg:taxes ?s ; kg:leads ?x , ?y ; a ?k }", "pattern", "?a kg:leads ?x"),
        ("SELECT ?c { ?c kg:onProposition [ kg:subject ?s ; kg:object kg:x ] }", "pattern", "[] kg:object kg:x"),
        ("SELECT ?a { ?a kg:taxes ?s FILTER(?s = ?a) ?a a kg:Place }", "pattern", "?a a kg:Place"),
        ("SELECT ?a { FILTER(?s = ?a) ?a kg:taxes ?s . ?a a ?k }", "FILTER", "(?s = ?a)"),
        ("SELECT ?a { ?a kg:taxes ?s FILTER NOT EXISTS { ?a a ?k } }", "FILTER", "NOT EXISTS { ?a a ?k }"),
        ("SELECT ?a { ?a kg:taxes ?s FILTER EXISTS { ?a a kg:Place } }", "FILTER", "EXISTS { ?a a kg:Place }"),
        ("SELECT ?a { ?a kg:taxes ?s MINUS { ?a a ?k } }", "MINUS", "{ ?a a ?k }"),
        ("SELECT ?a { ?a kg:taxes ?s VALUES ?s { actor:arland } }", "VALUES", "?s { actor:arland }"),
        ("SELECT ?a { ?a kg:taxes ?s } VALUES ?s { actor:arland }", "VALUES", "?s { actor:arland }"),
        ("SELECT ?a { VALUES (?a ?b) { } }", "VALUES", "(?a ?b) { }"),
        ("SELECT ?a { OPTIONAL { ?a kg:leads kg:x } ?a kg:taxes ?s . ?s a kg:State }", "pattern", "?s a kg:State"),
        ("SELECT ?a { { ?a kg:taxes ?s . { ?s kg:taxes ?a } } ?a a ?k }", "pattern", "?s kg:taxes ?a"),
        ("SELECT ?a { GRAPH ?g { ?a kg:taxes ?s . ?s kg:taxes ?a } }", "pattern", "?s kg:taxes ?a"),
        ("SELECT ?a { ?a kg:taxes/kg:segmentOf/^kg:taxes ?s }", "pattern", "?a kg:taxes/kg:segmentOf/^kg:taxes ?s"),
        ("SELECT ?a { ?a kg:leads ?s BIND(1 AS ?n) FILTER(?n > 1) } ORDER BY ?a", "FILTER", "(?n > 1)"),
        ("SELECT ?a (COUNT(?s) AS ?n) { ?a kg:taxes ?s } GROUP BY ?a HAVING(?n > 9)", "HAVING", "(?n > 9)"),
        ("SELECT ?a (COUNT(?s) AS ?n) { ?s kg:taxes ?a . ?a kg:taxes ?s } GROUP BY ?a", "pattern", "?a kg:taxes ?s"),
        ("SELECT ?a { ?a kg:taxes ?s } ORDER BY ?a LIMIT 0", "LIMIT", "0"),
        ("SELECT * { actor:arland kg:leads actor:arland }", "pattern", "actor:arland kg:leads actor:arland"),
        ("ASK { actor:arland kg:leads ?x }", "pattern", "actor:arland kg:leads ?x"),
        ("SELECT ?a { (1 2) kg:taxes ?a }", "pattern", "( 1 2 ) kg:taxes ?a"),
        ("SELECT ?a { ?a kg:amount -5 }", "pattern", "?a kg:amount -5"),
        ("SELECT ?a {?a a kg:Place.?a kg:taxes ?s.}", "pattern", "?a kg:taxes ?s"),
    ],
)
def test_the_first_part_that_leaves_none_is_named(lone: Store, query: str, kind: str, part: str):
    assert in_short(explain(lone, query)) == (kind, part)


@pytest.mark.parametrize(
    ("query", "kind"),
    [
        ("SELECT ?a { { ?a kg:leads kg:x } UNION { ?a kg:taxes ?s . ?s kg:taxes ?a } }", "UNION"),
        ("SELECT ?a { { SELECT ?a { ?a kg:taxes ?s . ?s kg:taxes ?a } } }", "subquery"),
    ],
)
def test_what_cannot_be_cut_is_named_whole(lone: Store, query: str, kind: str):
    found = explain(lone, query)
    assert found.kind == kind
    assert "matches" in found.reason


def test_the_line_is_that_of_the_query(store: Store):
    found = explain(store, "# find { them }\nSELECT ?a {\n  ?a kg:taxes ?s ; # all of them\n    kg:leads kg:x\n}")
    assert (found.line, found.part) == (4, "?a kg:leads kg:x")


@pytest.mark.parametrize(
    ("query", "hint"),
    [
        ("SELECT ?a { ?a kg:taxess ?s }", "the nearest property is kg:taxes (“taxes”)"),
        ("SELECT ?a { ?a <https://w3id.org/sahel-kg/def/taxess> ?s }", "the nearest property is kg:taxes (“taxes”)"),
        ("SELECT ?a { ?a a kg:Rout }", "the nearest class is kg:Route (“route”)"),
        ("SELECT ?a { actor:red-hnad kg:taxes ?a }", "the nearest name is actor:red-hand (“Red Hand”)"),
        ("SELECT ?a { ?a skos:prefLable ?s }", "the nearest property is skos:prefLabel"),
        (
            "SELECT ?a { VALUES ?a { actor:red-hnad } ?a kg:taxes ?s }",
            "the nearest name is actor:red-hand (“Red Hand”)",
        ),
    ],
)
def test_a_name_that_nothing_uses_comes_with_the_nearest_of_its_kind(store: Store, query: str, hint: str):
    found = explain(store, query)
    assert found.reason.endswith("is declared and used nowhere in the snapshot")
    assert found.hint == hint
    assert found.views == found.empty == found.untried == ()


def test_an_unknown_name_that_need_not_match_is_only_a_hint(store: Store):
    found = explain(store, "SELECT ?a { ?a kg:taxes ?s FILTER(?a != actor:nobody && ?a = actor:arland) }")
    assert found.reason == "no row that was left passes it"
    assert found.hint is not None
    assert found.hint.startswith("actor:nobody is declared and used nowhere")


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ("SELECT ?a { ?a a kg:PurchaseX }", "kg:PurchaseX is declared and used nowhere in the snapshot"),
        ("SELECT ?a { ?a kg:uses ?s }", "kg:uses is declared, but no triple in view all has it"),
        (
            "SELECT ?a { actor:arland kg:taxes ?s }",
            "kg:taxes is used in view all, but never with actor:arland as its subject",
        ),
        (
            "SELECT ?a { ?s kg:taxes actor:arland }",
            "kg:taxes is used in view all, but never with actor:arland as its object",
        ),
        (
            "SELECT ?a { ?a kg:taxes ?s . ?s kg:taxes ?a }",
            "it has matches of its own, but none fits the parts before it",
        ),
    ],
)
def test_the_reason_is_said(store: Store, query: str, reason: str):
    assert explain(store, query).reason == reason


def test_a_class_without_a_member_is_said(store: Store):
    [(empty,), *_] = store.query(
        "SELECT ?k { ?k a owl:Class MINUS { ?x a ?k } FILTER(STRSTARTS(STR(?k), STR(kg:))) } ORDER BY ?k"
    ).rows
    found = explain(store, f"SELECT ?a {{ ?a a <{empty}> }}")
    assert found.reason == f"nothing in view all is of the class <{empty}>"


def test_a_property_that_is_only_foreseen_is_said(store: Store):
    found = explain(store, "SELECT ?s { ?s kg:hasDriver ?d }")
    assert found.reason == "view all takes no claim on kg:hasDriver as a fact"
    assert found.hint == "claims have it: ?claim kg:onProposition ?p . ?p kg:predicate kg:hasDriver"


def test_a_pattern_the_wrong_way_round_is_said(store: Store):
    found = explain(store, "SELECT ?a { segment:salt-road-1 kg:taxes ?a }")
    assert found.hint == "turned round, ?a kg:taxes segment:salt-road-1, it has matches"


@pytest.mark.parametrize(
    ("query", "written"),
    [
        ("SELECT ?a { ?a skos:prefLabel 'red hand' }", '"Red Hand"@en'),
        ("SELECT ?a { ?a skos:prefLabel ?l FILTER(?l = 'Red Hand') }", '"Red Hand"@en'),
        ("SELECT ?a { ?a skos:prefLabel ?l FILTER('Red Hand' = ?l) }", '"Red Hand"@en'),
        ("SELECT ?a { VALUES ?l { 'Red Hand' } ?a skos:prefLabel ?l }", '"Red Hand"@en'),
        ("SELECT ?a { ?a skos:prefLabel ?l VALUES ?l { 'Red Hand'@fr-BE } }", '"Red Hand"@en'),
        ("SELECT ?a { ?a kg:amount '12' }", '"12"^^xsd:integer'),
        ("SELECT ?a { ?a kg:date '2019' }", '"2019"^^xsd:gYear'),
    ],
)
def test_a_literal_with_another_tag_type_or_case_is_said(lone: Store, query: str, written: str):
    found = explain(lone, query)
    assert f"only as {written}" in found.reason
    assert found.hint == f"write {written}, tag, datatype and case included"


def test_a_literal_that_has_no_like_comes_with_the_nearest(store: Store):
    found = explain(store, "SELECT ?a { ?a skos:prefLabel 'Red Hands' }")
    assert found.hint == 'the nearest value is "Red Hand"@en'


def test_a_filter_that_ignores_tag_and_case_itself_is_not_accused_of_them(lone: Store):
    query = "SELECT ?a { ?a skos:prefLabel ?l FILTER(LCASE(STR(?l)) = 'red hand' && ?a = actor:arland) }"
    assert explain(lone, query).reason == "no row that was left passes it"


def test_an_offset_past_the_end_is_said(lone: Store):
    found = explain(lone, "SELECT ?a { ?a kg:taxes segment:salt-road-1 } ORDER BY ?a LIMIT 5 OFFSET 7")
    assert in_short(found) == ("OFFSET", "7")
    assert found.reason == "there is 1 row without it, so it is past the last row"


@pytest.mark.parametrize(
    ("parameters", "part", "reason", "hint"),
    [
        (
            {"actor": "actor:red-hnad"},
            "actor=actor:red-hnad",
            "actor:red-hnad is declared and used nowhere in the snapshot",
            "the nearest value that a row has is actor:red-hand (“Red Hand”)",
        ),
        (
            {"route": "route:salt-road", "actor": "actor:belmor-army"},
            "actor=actor:belmor-army",
            "no row of view all has this value together with the other parameters",
            None,
        ),
    ],
)
def test_a_parameter_that_no_row_has_comes_with_the_nearest(
    store: Store, parameters: dict[str, str], part: str, reason: str, hint: str | None
):
    question = find_question(QUESTIONS, "actors-on-each-route")
    found = zero_rows(store, ask(store, question, parameters))
    assert found is not None
    assert (found.kind, found.part, found.reason, found.hint) == ("parameter", part, reason, hint)


def test_without_rows_even_unbound_the_query_is_to_blame_and_no_parameter(store: Store):
    found = explain(store, "SELECT ?a { ?a kg:uses ?s }", a="actor:arland")
    assert in_short(found) == ("pattern", "?a kg:uses ?s")


def test_a_question_that_needs_a_parameter_is_explained_with_it(lone: Store):
    found = zero_rows(lone, ask(lone, find_question(QUESTIONS, "position-on-day"), {"day": "1800"}))
    assert found is not None
    assert in_short(found) == ("FILTER", "(?first <= ?day)")
    assert found.hint == 'asked with day="1800-01-01"^^xsd:date'


def test_of_two_parameters_that_are_needed_the_wrong_one_is_named(lone: Store):
    given = {"day": "2024", "actor": "actor:nobody"}
    found = zero_rows(lone, ask(lone, find_question(QUESTIONS, "position-on-day"), given))
    assert found is not None
    assert in_short(found) == ("parameter", "actor=actor:nobody")


def test_a_view_that_takes_none_of_the_claims_is_said(world: Built):
    with Store.open(world.folder, "blog") as store:
        found = explain(store, "SELECT ?p { ?p kg:predicate kg:finances ; kg:restsOn ?claim }")
    assert found.reason == "view blog takes none of the propositions before it as a fact"


def test_other_views_with_rows_are_named(world: Built):
    with Store.open(world.folder, "blog") as store:
        found = explain(store, "SELECT ?a { ?a kg:finances ?g }")
    assert ("all", 1) in found.views
    assert "think-tank" in found.empty
    assert "Other views with rows: all (1)" in zero_rows_lines(found)


def test_views_with_fewer_triples_need_no_query(store: Store):
    found = explain(store, "SELECT ?a { ?a kg:uses ?s OPTIONAL { ?s a ?k } }")
    assert (found.views, found.untried, len(found.empty)) == ((), (), 7)


def test_what_turns_on_absence_is_asked_of_the_other_views(store: Store):
    query = "SELECT ?k { segment:salt-road-1 a ?k FILTER NOT EXISTS { segment:salt-road-1 kg:fromPlace ?p } }"
    found = explain(store, query)
    assert "blog" in dict(found.views)
    assert "press" in found.empty


@pytest.mark.parametrize(
    ("query", "monotone"),
    [
        ("SELECT ?a { ?a kg:taxes ?s }", True),
        ("SELECT ?a { ?a kg:taxes ?s OPTIONAL { ?s a ?k } } ORDER BY ?a", True),
        ("SELECT ?a { OPTIONAL { ?s a ?k } ?a kg:taxes ?s }", False),
        ("SELECT ?a { ?a kg:taxes ?s OPTIONAL { ?s a ?k } FILTER(!BOUND(?k)) }", False),
        ("SELECT ?a { FILTER(!BOUND(?k)) ?a kg:taxes ?s OPTIONAL { ?s a ?k } }", False),
        ("SELECT ?a { { ?a kg:taxes ?s OPTIONAL { ?s a ?k } } }", False),
        ("SELECT ?a { ?a kg:taxes ?s } OFFSET 3", False),
        ("SELECT ?a { { SELECT (COUNT(?s) AS ?n) { ?a kg:taxes ?s } } FILTER(?n = 0) }", False),
        ("SELECT ?a { GRAPH ?g { ?a kg:taxes ?s } }", False),
    ],
)
def test_a_query_is_monotone_only_where_that_is_sure(query: str, monotone: bool):
    assert taken_apart(query).monotone is monotone


def test_a_view_within_a_scope_is_compared_with_none(lone: Store):
    found = explain(lone, "SELECT ?a { ?a kg:taxes ?s MINUS { ?a a ?k } }")
    assert found.views == found.empty == found.untried == ()


def test_without_time_the_less_is_said(store: Store):
    found = zero_rows(store, store.query("SELECT ?a { ?a kg:uses ?s MINUS { ?a a ?k } }"), seconds=0)
    assert found is not None
    assert (found.kind, found.part) == ("query", "as a whole")
    assert len(found.untried) == 7


@pytest.mark.parametrize(
    "query",
    [
        "SELECT ?x { << ?x kg:taxes ?y >> kg:foo ?z }",
        "SELECT ?x { ?x kg:taxes ?r {| kg:foo ?z |} }",
        "BASE <http://example.org/> SELECT ?x { ?x <taxes> ?y }",
        "PREFIX select: <http://example.org/> SELECT ?x { ?x select:x ?y }",
        "select ?x where { ?x kg:leads ?y . filter(?y in (actor:nobody)) } order by ?x",
        'SELECT ?x { ?x kg:isCalled "a } { SELECT . ;"@en }',
        "SELECT ?x { ?x !(kg:leads|^kg:leads|a) kg:nobody }",
        "SELECT (EXISTS { ?q kg:x ?y } AS ?e) { ?x kg:leads kg:x }",
        "SELECT ?x { ?x kg:leads [ ] , [ a kg:Place ; ] ; . }",
        "SELECT ?x { [ kg:leads ?x ] . [] a kg:Place ; kg:leads ?x }",
        "SELECT ?x { ?x kg:leads true, 1.5e3, '''a'''@en-GB, 'x'^^kg:foo }",
        "ASK { FILTER(false) }",
        "SELECT ?x { } VALUES ?x { }",
    ],
)
def test_odd_queries_are_explained_without_a_fault(lone: Store, query: str):
    assert zero_rows_lines(explain(lone, query)).startswith("No rows.")


PIECES = (
    "?a kg:taxes ?s .",
    "?s kg:segmentOf ?r .",
    "?a a kg:ArmedGroup ; kg:finances ?b .",
    "?b kg:leads ?a .",
    "?c kg:onProposition [ kg:subject ?a ; kg:object ?s ] .",
    "{ ?a kg:taxes ?s } UNION { ?a kg:escorts ?s }",
    "{ ?a kg:protects ?s FILTER(?s != ?a) }",
    "OPTIONAL { ?a kg:finances ?b }",
    "MINUS { ?a kg:escorts ?x }",
    "FILTER(?a != actor:red-hand)",
    "FILTER NOT EXISTS { ?a kg:preysOn ?x }",
    "VALUES ?a { actor:red-hand actor:dune-riders }",
    "BIND(?a AS ?copy)",
    "{ SELECT ?a { ?a kg:escorts ?x } }",
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(pieces=st.lists(st.sampled_from(PIECES), max_size=5, unique=True))
def test_a_part_is_named_for_every_query_without_rows_and_the_parts_before_it_have_some(lone: Store, pieces):
    query = f"SELECT * {{ {' '.join(pieces)} }}"
    answer = lone.query(query)
    found = zero_rows(lone, answer, seconds=30)
    steps = taken_apart(query).steps
    counts = [bool(lone.query(f"ASK {{ {step.where} }}").boolean) for step in steps]
    assert counts == sorted(counts, reverse=True)
    assert (found is None) == bool(answer.rows) == all(counts)
    if found is not None:
        assert found.part == steps[counts.index(False)].text


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(pieces=st.lists(st.sampled_from(PIECES), max_size=4, unique=True))
@example(
    pieces=["BIND(?a AS ?copy)", "OPTIONAL { ?a kg:finances ?b }", "{ ?a kg:taxes ?s } UNION { ?a kg:escorts ?s }"]
)
def test_a_monotone_query_with_rows_in_a_poorer_view_has_rows_in_a_richer_one(store: Store, poorer: Store, pieces):
    query = f"SELECT * {{ {' '.join(pieces)} }}"
    if taken_apart(query).monotone and poorer.query(query).rows:
        assert store.query(query).rows
