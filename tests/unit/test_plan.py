"""The plan of a query: the solutions after each of its parts, which a count of the same patterns gives too."""

import pytest

from kgtools.errors import QuestionError
from kgtools.store import Store
from kgtools.zerorows.plan import plan, plan_rows

QUERY = """SELECT ?actor ?claim {
  ?actor kg:taxes ?segment .
  ?p kg:subject ?actor ; kg:object ?segment ; kg:restsOn ?claim .
  OPTIONAL { ?claim kg:hedgeWording ?words }
  FILTER(?segment = segment:salt-road-1)
}"""


def count(store: Store, where: str) -> int:
    return len(store.query(f"SELECT * {{ {where} }}").rows)


def test_each_stage_counts_the_solutions_so_far_and_alone(store: Store):
    stages = plan(store, store.query(QUERY))
    assert [stage.kind for stage in stages] == ["pattern"] * 4 + ["FILTER"]
    assert [stage.line for stage in stages] == [2, 3, 3, 3, 5]
    first = "?actor kg:taxes ?segment"
    assert (stages[0].alone, stages[0].together) == (count(store, first), count(store, first))
    assert stages[1].alone == count(store, "?p kg:subject ?actor")
    assert stages[1].together == count(store, f"{first} . ?p kg:subject ?actor")
    assert stages[-1].together == len(store.query(QUERY).rows) > 0


def test_parameters_hold_from_the_first_stage(store: Store):
    answer = store.query("SELECT ?a ?b { ?a kg:taxes ?b }")
    bound = store.query(answer.query, {"a": answer.rows[0][0]})
    assert plan(store, bound)[0].together == len(bound.rows) < len(answer.rows)


def test_what_time_does_not_allow_is_not_counted(store: Store):
    stages = plan(store, store.query(QUERY), seconds=0.0)
    assert {stage.together for stage in stages} == {None}
    assert [line[4] for line in plan_rows(stages)[1:]] == ["–"] * len(stages)


@pytest.mark.parametrize("query", ["DESCRIBE actor:red-hand", "CONSTRUCT { ?a a ?b } { ?a a ?b } LIMIT 1"])
def test_only_a_select_or_ask_has_a_plan(query: str, store: Store):
    with pytest.raises(QuestionError, match="only a SELECT or ASK has a plan"):
        plan(store, store.query(query))
