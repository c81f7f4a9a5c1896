"""The magics in an IPython shell: what a cell gives back, keeps, saves and shows."""

import json
from pathlib import Path

import pandas as pd
import polars as pl
import pytest
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output
from rdflib import Graph

from kgtools.build import Built
from kgtools.errors import UsageError
from kgtools.names import KG, expand
from kgtools.notebook import Answered, Render, Text, register

ROOT = Path(__file__).resolve().parents[2]
GROUPS = "SELECT ?g { ?g a kg:ArmedGroup } ORDER BY ?g"
PAIRS = "SELECT ?a ?b { ?a kg:taxes ?b } ORDER BY ?a ?b"


class Cells:
    """A shell at the project's root whose cells ask the invented world."""

    def __init__(self, build: Path) -> None:
        self.shell, self.build = InteractiveShell(), build
        self.shown: list[object] = []
        register(self.shell)

    def run(self, line: str, query: str = ""):
        """What the cell gives back; what it displayed before that is in `shown`."""
        first, _, rest = line.partition(" ")
        at = "" if first == "%kg" and rest.split()[0] in ("why", "endpoint") else f" --build {self.build}"
        cell = f"{line}{at}\n{query}" if query else f"{line}{at}"
        self.shown.clear()
        with capture_output():
            done = self.shell.run_cell(cell)
        if done.error_in_exec is not None:
            raise done.error_in_exec
        return done.result

    def __getitem__(self, name: str):
        return self.shell.user_ns[name]


@pytest.fixture
def cells(world: Built, monkeypatch):
    monkeypatch.chdir(ROOT)
    opened = Cells(world.folder.parent)
    monkeypatch.setattr("IPython.display.display", opened.shown.append)
    yield opened
    opened.shell.history_manager.end_session()


def bundle(value: Answered) -> dict:
    return value._repr_mimebundle_()


def test_a_select_gives_an_answer_that_keeps_query_time_and_snapshot(cells: Cells, world: Built):
    answered = cells.run("%%sparql", GROUPS)
    assert isinstance(answered, Answered)
    assert answered.answer.query.strip() == GROUPS
    assert answered.answer.snapshot == world.snapshot
    assert answered.seconds > 0
    assert isinstance(answered.df, pd.DataFrame)


def test_an_answer_is_shown_in_every_form_that_notebooks_choose_from(cells: Cells):
    forms = bundle(cells.run("%%sparql", GROUPS))
    assert set(forms) == {"text/plain", "text/html", "text/markdown", "application/sparql-results+json"}
    rows = forms["application/sparql-results+json"]["results"]["bindings"]
    assert rows[0]["g"]["type"] == "uri"
    assert f"<th>{len(rows)}</th>" in forms["text/html"]
    assert forms["text/markdown"].splitlines()[:2] == ["| g |", "| --- |"]


def test_rows_beyond_the_cap_are_said_and_not_given_as_if_whole(cells: Cells):
    forms = bundle(cells.run("%%sparql --rows 1", GROUPS))
    assert "application/sparql-results+json" not in forms
    for form in ("text/plain", "text/html", "text/markdown"):
        assert "showing 1 of " in forms[form]


@pytest.mark.parametrize(("query", "word"), [("ASK { ?g a kg:ArmedGroup }", "yes"), ("ASK { ?g a kg:Nobody }", "no")])
def test_ask_is_answered_in_a_word(query: str, word: str, cells: Cells):
    answered = cells.run("%%sparql", query)
    assert repr(answered) == word
    assert bool(answered) is (word == "yes")
    assert bundle(answered)["application/sparql-results+json"]["boolean"] is (word == "yes")
    cells.run("%%sparql --into kept", query)
    assert cells["kept"] is (word == "yes")


@pytest.mark.parametrize("line", ["%%sparql", "%kg describe actor:red-hand"])
def test_triples_are_drawn_and_given_as_turtle(line: str, cells: Cells):
    answered = cells.run(line, "CONSTRUCT { ?a kg:taxes ?b } { ?a kg:taxes ?b }" if line == "%%sparql" else "")
    assert Graph().parse(data=bundle(answered)["text/turtle"], format="turtle")
    assert [type(shown) for shown in cells.shown] == [Render]


def test_what_a_query_makes_is_drawn_as_what_nobody_claims(cells: Cells):
    answered = cells.run("%%sparql", "CONSTRUCT { ?a <urn:made> ?b ; kg:taxes ?b } { ?a kg:taxes ?b }")
    statuses = {str(data["predicate"]): data["status"] for *_, data in answered.networkx().edges(data=True)}
    assert statuses["urn:made"] == "unclaimed"
    assert statuses["kg:taxes"] != "unclaimed"
    made, claimed = rows_of(answered, ("urn:made", str(KG.taxes)))
    assert "claim:" in str(answered.why(row=claimed))
    with pytest.raises(Exception, match="urn:made is no property"):
        answered.why(row=made)
    assert "given by the query; no claim is known under it" in str(answered.why())
    for drawing in (answered.graph(), answered.map(), answered.timeline()):
        assert drawing.page.count('<td dir="auto">urn:made</td>') == len(answered.answer.triples) / 2


def rows_of(answered: Answered, predicates: tuple[str, ...]) -> list[int]:
    said = [str(triple[1]) for triple in answered.answer.triples or ()]
    return [said.index(predicate) + 1 for predicate in predicates]


@pytest.mark.parametrize(
    ("form", "kind"),
    [("pandas", pd.DataFrame), ("polars", pl.DataFrame), ("csv", str), ("json", dict), ("rdflib", Graph)],
)
@pytest.mark.parametrize("line", ["%%sparql", "%kg ask actors-on-each-route"])
def test_an_answer_is_kept_as_what_is_asked_for(line: str, form: str, kind: type, cells: Cells):
    cells.run(f"{line} --store-to kept --store-format {form}", GROUPS if line == "%%sparql" else "")
    assert isinstance(cells["kept"], kind)
    assert len(cells["kept"]) > 0


@pytest.mark.parametrize("ending", ["csv", "json", "md", "parquet", "ttl", "html"])
def test_an_answer_is_saved_whole_in_the_format_that_the_ending_names(ending: str, cells: Cells, tmp_path: Path):
    path = tmp_path / f"pairs.{ending}"
    answered = cells.run(f"%%sparql --rows 1 --export-to {path}", PAIRS)
    first = path.read_bytes()
    count, things = len(answered.answer.rows), {str(term) for row in answered.answer.rows for term in row}
    if ending == "parquet":
        assert pl.read_parquet(path).height == count
    elif ending == "json":
        assert len(json.loads(first)["results"]["bindings"]) == count
    elif ending == "ttl":
        assert things <= {str(term) for triple in Graph().parse(path) for term in triple}
    else:
        assert first.count(b"\n") >= count
    cells.run(f"%%sparql --export-to {path} --silent", PAIRS)
    assert path.read_bytes() == first


@pytest.mark.parametrize(
    ("flags", "words"),
    [
        ("--export-to pairs.doc", "end it in .csv"),
        ("--export-to .", "says no format"),
        ("--store-format csv", "add --into"),
        ("--store-format xml --into x", "invalid choice"),
        ("--rows 0", "shows none"),
        ("--graph --map", "not allowed with"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_sentence(flags: str, words: str, cells: Cells):
    with pytest.raises(Exception, match=words) as caught:
        cells.run(f"%%sparql {flags}", GROUPS)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("query", ["ASK { ?a ?b ?c }", "DESCRIBE actor:red-hand"])
def test_what_has_no_rows_becomes_no_frame(query: str, cells: Cells):
    with pytest.raises(Exception, match="only SELECT gives rows"):
        cells.run("%%sparql --into x --store-format pandas", query)


def test_the_last_answer_is_explained_drawn_and_cited(cells: Cells):
    with pytest.raises(Exception, match="nothing has been asked"):
        cells.run("%kg why")
    answered = cells.run("%kg ask denials")
    assert str(cells.run("%kg why")) == str(answered.why())
    assert str(cells.run("%kg why 1")) == str(answered.why(row=1))
    assert cells.run("%kg show").page == answered.graph().page
    assert "denials" in str(cells.run("%kg cite"))


def test_a_row_opens_to_the_claims_under_it(cells: Cells):
    page = cells.run("%kg ask denials --why")._repr_html_()
    rows = page.count("<th>") - 1
    assert page.count("<details><summary dir='auto'>") == rows
    assert "denies: " in page


@pytest.mark.parametrize(
    ("comment", "kind"), [("#defaultView:Graph", Render), ("# defaultView: table", Answered), ("", Answered)]
)
def test_a_comment_says_how_an_answer_is_shown(comment: str, kind: type, cells: Cells):
    assert isinstance(cells.run("%%sparql", f"{comment}\n{PAIRS}"), kind)


def test_an_answer_is_drawn_beside_one_of_other_claims(cells: Cells):
    both = cells.run("%kg show denials --map --against='--view un'").page
    one, un = cells.run("%kg ask denials"), cells.run("%kg ask denials --view un")
    assert both == one.compare(un, "map").page
    with pytest.raises(UsageError, match="--against '--as-of x': 'x' is no date"):
        cells.run("%kg show denials --against='--as-of x'")
    with pytest.raises(UsageError, match="name it"):
        cells.run("%kg show --against='--view un'")


def test_a_comment_that_asks_for_what_is_not_there_shows_a_table_and_says_so(cells: Cells):
    assert isinstance(cells.run("%%sparql", f"#defaultView:BubbleChart\n{PAIRS}"), Answered)
    assert "BubbleChart" in str(cells.shown[0])


def test_a_flag_goes_before_the_comment(cells: Cells):
    assert isinstance(cells.run("%%sparql --table", f"#defaultView:Graph\n{PAIRS}"), Answered)


def test_queries_ask_an_endpoint_until_it_is_off(cells: Cells):
    count = "SELECT (COUNT(?c) AS ?n) { ?c a kg:Claim }"
    claims = cells.run("%%sparql", count).df.n[0]
    assert "modules" in str(cells.run("%kg endpoint ontology/modules/*.ttl"))
    assert cells.run("%%sparql", count).df.n[0] == 0
    assert "snapshot" in str(cells.run("%kg endpoint off"))
    assert cells.run("%%sparql", count).df.n[0] == claims > 0


def test_two_snapshots_are_compared(cells: Cells):
    assert str(cells.run(f"%kg diff {cells.build} {cells.build}")) == "no difference"


@pytest.mark.parametrize("line", ["scenario list", "scenario show thaw", "scenario show nowhere"])
def test_scenarios_are_told_as_at_the_command_line(line: str, cells: Cells):
    if line.endswith("nowhere"):
        with pytest.raises(Exception, match="scenario:nowhere"):
            cells.run(f"%kg {line}")
    else:
        assert isinstance(told := cells.run(f"%kg {line}"), Text)
        assert "scenario:thaw" in str(told)


def test_names_in_an_answer_are_of_things_that_are_there(cells: Cells):
    assert {str(term) for term in cells.run("%%sparql", GROUPS).df.g} >= {"actor:red-hand"}
    assert expand("actor:red-hand") in {row[0] for row in cells.run("%%sparql", GROUPS).answer.rows}


def test_no_prefix_is_needed_and_each_short_name_has_its_iri(cells: Cells):
    answered = cells.run("%%sparql", GROUPS)
    assert answered.df.attrs["iris"]["actor:red-hand"] == str(expand("actor:red-hand"))
    assert answered.df.attrs["query"] == answered.answer.query
    assert f'title="{expand("actor:red-hand")}">Red Hand<' in bundle(answered)["text/html"]


def test_views_are_listed_by_the_names_that_a_flag_takes(cells: Cells):
    names = list(cells.run("%kg view").df["view"])
    assert "uncontested" in names
    assert all(isinstance(cells.run(f"%%sparql --view {name}", GROUPS), Answered) for name in names[:2])


def test_an_interrupt_ends_the_cell_in_a_sentence_and_the_next_cell_asks(cells: Cells, monkeypatch):
    cells.run("%%sparql", GROUPS)
    with monkeypatch.context() as patch:
        patch.setattr("kgtools.store.select.select", interrupted)
        with pytest.raises(Exception, match="the query was interrupted"):
            cells.run("%%sparql", PAIRS)
    assert cells.run("%%sparql", PAIRS)


def interrupted(*_: object) -> None:
    raise KeyboardInterrupt


def test_a_citation_has_links_and_no_markup_of_others(cells: Cells):
    page = cells.run("%kg cite actors-on-each-route")._repr_html_()
    assert page.count("<a href=") == page.count("</a>")
    assert "kg ask actors-on-each-route" in page
