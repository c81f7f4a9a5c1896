"""Every question: its expected answer on the invented world, equal answers from both engines, evidence for each row."""

import csv
import re
from collections import Counter
from pathlib import Path

import pytest
from rdflib import Literal, URIRef
from second_engine import Loaded

from kgtools.build import Built
from kgtools.errors import SourceError
from kgtools.evidence import evidence
from kgtools.model import Answer
from kgtools.names import expand, shorten
from kgtools.questions import ask, bind, check_questions, read_question, read_questions
from kgtools.store import Store

ROOT = Path(__file__).resolve().parents[2]
ANSWERS = ROOT / "tests" / "world" / "answers"
QUESTIONS = read_questions(ROOT / "ontology" / "questions")

# Questions on which the real graph is silent so far, with the reason.
SILENT = {
    "conditions-already-claimed": "no condition of the article's futures is asserted anywhere yet",
    "likelihoods-of-forecasts": "no source read so far says how likely its forecast is, as a number or on a scale",
    "identity-decisions": "nobody has decided on two handles yet",
}
# Questions on which rdflib takes minutes with the real graph; on the invented world both engines answer them all.
SLOW_IN_RDFLIB = {
    "acts-between",
    "clashing-dates",
    "clashing-figures",
    "roles-by-commodity",
    "sides-on-segments",
    "unnamed-speakers",
}
# Questions about the reference data or about counts of it: their rows rest on no claim.
STRUCTURAL = {
    "copies",
    "disputed-places",
    "external-ids",
    "identity-decisions",
    "indicators",
    "kinds-of-things",
    "matches-of-terms",
    "places-and-states",
}


@pytest.fixture(scope="module")
def world_graph(world: Built) -> Loaded:
    return Loaded(world)


@pytest.fixture(scope="module")
def real_graph(real: Built) -> Loaded:
    return Loaded(real)


def cells(answer: Answer) -> list[list[str]]:
    return [["" if t is None else shorten(t) if isinstance(t, URIRef) else str(t) for t in row] for row in answer.rows]


def plain(term: object) -> object:
    """A term as both engines mean it: the store rewrites 5.0 to 5, so numbers are compared by value."""
    if isinstance(term, Literal) and term.value is not None and not isinstance(term.value, str):
        return term.value if not hasattr(term.value, "isoformat") else str(term)
    return term


def both(store: Store, graph: Loaded, name: str) -> tuple[Counter, Counter]:
    question = QUESTIONS[name]
    answer = ask(store, question)
    result = graph.ask(question, bind(question, {}))
    columns = [str(variable) for variable in result.vars or ()]
    assert columns == list(answer.columns)
    theirs = Counter(tuple(plain(row[column]) for column in columns) for row in result)
    return Counter(tuple(map(plain, row)) for row in answer.rows), theirs


def test_the_library_has_at_least_twenty_questions_in_good_style():
    texts = [(path, path.read_text("utf-8")) for path in sorted((ROOT / "ontology" / "questions").glob("*.rq"))]
    assert len(texts) >= 20
    assert check_questions(texts) == []


def test_every_question_is_asked_in_three_languages():
    assert {name for name, one in QUESTIONS.items() if set(one.summaries) != {"en", "fr", "ar"}} == set()
    assert all(one.summaries["en"] == one.summary for one in QUESTIONS.values())
    arabic = re.compile("[\u0600-\u06ff]")
    assert all(
        arabic.search(one.summaries["ar"]) and not arabic.search(one.summaries["fr"]) for one in QUESTIONS.values()
    )


@pytest.mark.parametrize("line", ["summary-fr: [Qui]", "summary-ar: من?", "summary-de: Wer?", "summary-fr: Qui"])
def test_a_summary_in_another_language_is_a_question_in_one_that_is_known(line: str):
    with pytest.raises(SourceError, match=r"q\.rq:1: .*(does not end in|unknown decorator)"):
        read_question(Path("q.rq"), f"#+ summary: Who?\n#+ {line}\nASK {{ }}")


def test_every_question_has_an_expected_answer_and_every_answer_a_question():
    assert {path.stem for path in ANSWERS.glob("*.csv")} == set(QUESTIONS)


@pytest.mark.parametrize("name", sorted(QUESTIONS))
def test_the_world_answers_as_expected(name: str, store: Store):
    with (ANSWERS / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        head, *rows = list(csv.reader(file))
    answer = ask(store, QUESTIONS[name])
    assert rows, "an expected answer has at least one row"
    assert (list(answer.columns), cells(answer)) == (head, rows)


@pytest.mark.parametrize("name", sorted(QUESTIONS))
def test_rdflib_and_the_store_agree_on_the_world(name: str, store: Store, world_graph: Loaded):
    ours, theirs = both(store, world_graph, name)
    assert ours == theirs


@pytest.mark.parametrize("name", sorted(set(QUESTIONS) - SLOW_IN_RDFLIB))
def test_rdflib_and_the_store_agree_on_the_real_graph(name: str, real_store: Store, real_graph: Loaded):
    ours, theirs = both(real_store, real_graph, name)
    assert ours == theirs


@pytest.mark.parametrize("name", sorted(set(QUESTIONS) - set(SILENT)))
def test_the_real_graph_answers(name: str, real_store: Store):
    assert ask(real_store, QUESTIONS[name]).rows


@pytest.mark.parametrize("name", sorted(SILENT))
def test_a_question_is_called_silent_only_while_it_is(name: str, real_store: Store):
    assert not ask(real_store, QUESTIONS[name]).rows


@pytest.mark.parametrize("name", sorted(set(QUESTIONS) - STRUCTURAL))
@pytest.mark.parametrize("which", ["world", "real"])
def test_every_row_rests_on_a_claim(name: str, which: str, store: Store, real_store: Store):
    asked = store if which == "world" else real_store
    answer = ask(asked, QUESTIONS[name])
    found = evidence(asked, answer)
    assert len(found.rows) == len(answer.rows)
    bare = [cells(answer)[n] for n, row in enumerate(found.rows) if not any(support.claims for support in row)]
    assert bare == []


@pytest.mark.parametrize("name", sorted(name for name in QUESTIONS if "claim" in QUESTIONS[name].text))
def test_a_row_that_names_a_claim_rests_on_that_claim(name: str, store: Store):
    answer = ask(store, QUESTIONS[name])
    found = evidence(store, answer)
    for row, supports in zip(answer.rows, found.rows, strict=True):
        named = {term for term in row if isinstance(term, URIRef) and "/id/claim/" in term}
        assert named <= {iri for support in supports for iri in (*support.claims, *support.denials)}


PARAMETERS = [(name, param.name) for name in sorted(QUESTIONS) for param in QUESTIONS[name].params if not param.default]


@pytest.mark.parametrize(("name", "param"), PARAMETERS)
def test_a_parameter_keeps_the_rows_that_have_its_value(name: str, param: str, store: Store):
    everything = ask(store, QUESTIONS[name])
    place = everything.columns.index(param)
    value = everything.rows[-1][place]
    narrowed = ask(store, QUESTIONS[name], {param: str(value)})
    assert Counter(narrowed.rows) == Counter(row for row in everything.rows if row[place] == value)


FOLLOWING = sorted(name for name in QUESTIONS if any(param.follows for param in QUESTIONS[name].params))


def test_questions_about_a_day_follow_the_day_of_the_scope():
    assert FOLLOWING == ["agreements-in-force", "names-on-day", "position-on-day", "status-of-agreements"]


@pytest.mark.parametrize("name", FOLLOWING)
def test_the_day_of_the_scope_stands_in_for_the_default_and_for_no_day_that_is_given(name: str):
    question = QUESTIONS[name]
    days = [bind(question, given, as_of)["day"] for given, as_of in (({}, "2022-03"), ({"day": "2019"}, "2022-03"))]
    assert list(map(str, days)) == ["2022-03-01", "2019-01-01"]
    assert bind(question, {})["day"] == bind(question, {}, None)["day"] != days[0]


@pytest.mark.parametrize("param", ["type: date, follows: known-by", "type: iri, follows: as-of"])
def test_a_parameter_follows_nothing_else(param: str):
    text = f"#+ summary: When?\n#+ params:\n#+   - {{name: day, {param}, summary: a day}}\nASK {{ }}"
    with pytest.raises(SourceError, match="a date may follow as-of"):
        read_question(Path("odd.rq"), text)


@pytest.mark.parametrize(("day", "rows"), [("2014-12-31", 0), ("2015-03-03", 1), ("2020", 1), ("2021-06", 0)])
def test_an_agreement_is_in_force_between_signature_and_end(day: str, rows: int, store: Store):
    assert len(ask(store, QUESTIONS["agreements-in-force"], {"day": day}).rows) == rows


def test_a_role_on_a_leg_is_the_same_role_on_the_route_with_all_who_say_so(store: Store):
    answer = ask(store, QUESTIONS["actors-on-each-route"], {"actor": "actor:red-hand", "route": "route:salt-road"})
    sources = {shorten(row[4]) for row in answer.rows}
    assert sources == {"source:blog-copy", "source:herald-2020", "source:un-river-2022"}


def test_a_view_keeps_only_what_its_sources_say(world: Built):
    with Store.open(world.folder, "government") as store:
        answer = ask(store, QUESTIONS["diplomatic-acts"])
    assert {shorten(row[1]) for row in answer.rows} == {"event:arland-recall"}


def test_nothing_disputed_is_left_in_the_uncontested_view(world: Built):
    with Store.open(world.folder, "uncontested") as store:
        assert not ask(store, QUESTIONS["inferred-on-contested"]).rows
        assert {shorten(row[1]) for row in ask(store, QUESTIONS["indirect-hands"]).rows} == {"kg:tradesIn"}


def test_corroborated_facts_have_two_independent_roots(world: Built):
    with Store.open(world.folder, "corroborated") as store:
        rows = store.query(
            "SELECT DISTINCT ?s ?p ?o { GRAPH <https://w3id.org/sahel-kg/graph/view/corroborated/facts> { ?s ?p ?o } }"
        ).rows
    assert {tuple(map(shorten, row)) for row in rows} == {
        ("actor:red-hand", "kg:taxes", "segment:salt-road-1"),
        ("actor:arland", "kg:facilitates", "flow:resin"),
        ("actor:belmor", "kg:takesPosition", "position:coast-free"),
        ("agreement:river-accord", "kg:hasParty", "actor:arland"),
        ("agreement:river-accord", "kg:hasParty", "actor:belmor"),
    }


@pytest.mark.parametrize(
    ("day", "in_force"), [("2015-05-14", False), ("2016-01-01", True), ("2023-12-01", True), ("2024-02-01", False)]
)
def test_the_agreement_of_2015_is_in_force_between_its_signing_and_its_end(day: str, in_force: bool, real_store: Store):
    rows = ask(real_store, QUESTIONS["agreements-in-force"], {"day": day}).rows
    assert (expand("agreement:algiers-agreement-2015") in {row[1] for row in rows}) == in_force


def test_each_date_given_for_the_recall_of_2025_stands_with_its_source(real_store: Store):
    rows = ask(real_store, QUESTIONS["diplomatic-acts"], {"act": "event:aes-recall-of-ambassadors-2025"}).rows
    dates = {(str(row[3]), shorten(row[4]).removeprefix("source:")) for row in rows if shorten(row[2]) == "kg:date"}
    assert dates == {
        ("2025-04-06", "inter-lignes-aes-recall-2025"),
        ("2025-04-06", "tass-aes-recall-2025"),
        ("2025-04-07", "panapress-aes-recall-2025"),
    }


def test_ten_reports_on_one_communique_do_not_corroborate(real: Built):
    with Store.open(real.folder, "corroborated") as store:
        rows = ask(store, QUESTIONS["diplomatic-acts"]).rows
    parts = {(shorten(row[1]), shorten(row[2])) for row in rows}
    # Two outlets on one Algerian statement are one root; the recall of December 2023 has several.
    assert ("event:algerian-airspace-closure-2025", "kg:date") not in parts
    assert ("event:algerian-recall-december-2023", "kg:date") in parts


def test_a_role_stands_on_the_leg_that_its_source_names_and_on_no_other(real_store: Store):
    rows = ask(real_store, QUESTIONS["actors-on-each-route"], {"route": "route:gao-kidal"}).rows
    legs = {(shorten(row[1]), shorten(row[3])) for row in rows if row[3] is not None}
    assert legs == {
        ("actor:networks-linked-to-maa-platform", "segment:gao-kidal-1"),
        ("actor:networks-linked-to-cma", "segment:gao-kidal-2"),
    }
