"""What the page for queries is told: names of the snapshot, questions, and where values of parameters stand in them."""

import json
from pathlib import Path

import pytest

from kgtools.names import PREFIXES, expand
from kgtools.questions import bind, read_questions
from kgtools.serve import offered as module
from kgtools.serve.offered import Offered, is_made, parted
from kgtools.sources import nt

ROOT = Path(__file__).resolve().parents[2]
QUESTIONS = read_questions(ROOT / "ontology" / "questions")
WITH_PARAMS = sorted(name for name, question in QUESTIONS.items() if question.params)


@pytest.fixture(scope="module")
def offered(world_project, world) -> Offered:
    return Offered(world_project, world.folder)


def test_each_name_of_the_snapshot_is_told_with_its_labels(offered):
    told = json.loads(offered.terms.body)
    rows = {row[0]: row[1:] for row in told["terms"]}
    kind, *labels = rows["kg:ArmedGroup"]
    assert told["kinds"][kind] == "class"
    assert {"armed group", "groupe armé"} <= set(labels)
    assert told["prefixes"] == dict(PREFIXES)
    assert "all" in told["views"]
    assert told["left_out"] == 0
    assert all(expand(name) for name in rows)


def test_terms_come_before_things_where_there_are_too_many(offered, world_project, world, monkeypatch):
    monkeypatch.setattr(module, "MOST", 5)
    told = json.loads(Offered(world_project, world.folder).terms.body)
    assert len(told["terms"]) == 5
    assert set(told["kinds"]) <= {"class", "property"}
    assert told["left_out"] == len(json.loads(offered.terms.body)["terms"]) - 5


def test_the_same_snapshot_gives_the_same_bytes(offered, world_project, world):
    again = Offered(world_project, world.folder)
    assert (again.terms, again.questions) == (offered.terms, offered.questions)


def test_the_first_place_within_the_outermost_group_is_found():
    query = 'SELECT (COUNT("{") AS ?n) (EXISTS { ?a ?b ?c } AS ?e) WHERE { # {\n { ?x ?y "}" } }\nLIMIT 1'
    before, inside, after = parted(query)
    assert before.endswith("WHERE {")
    assert after == " }\nLIMIT 1"
    assert before + inside + after == query
    assert parted("DESCRIBE <urn:x>") == ("DESCRIBE <urn:x>", "", "")


def values_of(store, question) -> dict[str, str]:
    """A value for each parameter: its default, else what the first row has in its column."""
    answer = store.query(question.text, bind(question, {}))
    first = dict(zip(answer.columns, answer.rows[0], strict=True)) if answer.rows else {}
    found = {
        p.name: p.default or (str(first[p.name]) if first.get(p.name) is not None else None) for p in question.params
    }
    return {name: value for name, value in found.items() if value is not None}


@pytest.mark.parametrize("name", WITH_PARAMS)
def test_values_in_that_place_answer_as_bound_parameters_do(name, store):
    question = QUESTIONS[name]
    given = values_of(store, question)
    bound = bind(question, given)
    before, inside, after = parted(question.text)
    lines = {name: f"\n  VALUES ?{name} {{ {nt(term)} }}" for name, term in bound.items()}
    first = "".join(line for name, line in lines.items() if not is_made(name, inside))
    last = "".join(line for name, line in lines.items() if is_made(name, inside))
    one, other = store.query(question.text, bound), store.query(before + first + inside + last + after)
    assert one.columns == other.columns
    assert sorted(map(repr, one.rows)) == sorted(map(repr, other.rows))
