"""The magics in a kernel with no network."""

from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from running import kernel, run, run_in, shown

from kgtools.errors import UsageError
from kgtools.notebook import Session

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def notebook(project: Path):
    """A kernel that the tests of this file share, as one's notebooks may: each finds it without names."""
    with pytest.MonkeyPatch.context() as patch, kernel(project / "notebooks", patch) as opened:
        run_in(opened, ["%load_ext kgtools"])
        yield opened


def test_a_select_gives_a_typed_frame(notebook: NotebookClient):
    query = "SELECT ?n ?d ?b ?x { VALUES (?n ?d ?b ?x) { (1 '2020-01-02'^^xsd:date true actor:jnim) } }"
    cells = [f"%%sparql --into df\n{query}", "print(df.dtypes.to_dict(), df.iloc[0].to_list())"]
    text = shown(run_in(notebook, cells))
    assert "Int64" in text
    assert "datetime.date(2020, 1, 2)" in text
    assert "'actor:jnim'" in text


def test_one_row_is_explained_and_an_answer_cited(notebook: NotebookClient):
    cells = [
        "from kgtools.notebook import Session\nanswer = Session('..').ask('money-paths')",
        "answer.why(row=1)",
        "answer.cite()",
        "print(answer.cite().bibtex()[:5], answer.cite().csl_json()[:1])",
        "%kg ask money-paths --row 2",
    ]
    book = run_in(notebook, cells)
    text, page = shown(book), shown(book, "text/html")
    assert "row 1: from: " in text
    assert "row 2: from: " in text
    assert "Asked again of this snapshot" in text
    assert "@misc [" in text
    assert page.count("<details open><summary dir='auto'>triple 1 of ") == 2


FAILING = [
    ("%%sparql\nSELECT ?x {\n  ?x ?y }", "line 2"),
    ("%%sparql\nSELECT ?x { SERVICE <http://a> { ?x ?y ?z } }", "SERVICE asks another server"),
    ("%kg ask actors-on-each-rout", "did you mean 'actors-on-each-route'"),
    ("%kg aks denials", "invalid choice"),
    ("%kg resolve 'ISGS", "end each quotation"),
    ("%kg ask denials --param view=x", "denials has no parameter 'view'"),
    ("%%sparql --nonsense\nASK { ?s ?p ?o }", "unrecognized arguments"),
    (
        "%%sparql --timeout 1\nSELECT (COUNT(*) AS ?n) { ?a (!kg:x)* ?b . ?c (!kg:x)* ?d . ?e (!kg:x)* ?f }",
        "stopped",
    ),
]


@pytest.fixture(scope="module")
def failed(notebook: NotebookClient) -> list[list[dict]]:
    """What each failing cell shows, all of them run in one kernel, which outlives them."""
    book = run_in(notebook, [*(cell for cell, _ in FAILING), "print('the kernel lives')"], to_the_end=True)
    assert "the kernel lives" in shown(book)
    return [cell.outputs for cell in book.cells[:-1]]


@pytest.mark.parametrize("number", range(len(FAILING)), ids=[words for _, words in FAILING])
def test_a_failing_query_fails_its_cell_in_few_words(number: int, failed: list[list[dict]]):
    (output,) = failed[number]
    assert output["output_type"] == "error"
    said = "\n".join(output["traceback"])
    assert FAILING[number][1] in said
    assert "Traceback" not in said
    assert len(said.splitlines()) <= 15


def test_a_table_of_ten_rows_is_small(notebook: NotebookClient):
    cells = ["%kg ask attempts-at-influence"]
    html = shown(run_in(notebook, cells), "text/html")
    rows = html.count("<tr>") - 1
    assert rows >= 10
    assert len(html.encode()) / rows * 10 < 10_000


def test_without_a_snapshot_one_sentence_says_what_to_run(tmp_path: Path, monkeypatch):
    for name in ("ontology", "graph"):
        (tmp_path / name).symlink_to(ROOT / name)
    with pytest.raises(CellExecutionError, match="run kg build first"):
        run(["%load_ext kgtools", "%kg ask denials"], tmp_path, monkeypatch)


def test_a_scope_goes_with_queries_and_questions_and_with_what_cites_them(notebook: NotebookClient):
    count = "SELECT (COUNT(?claim) AS ?n) (COUNT(DISTINCT ?source) AS ?s) { ?claim a kg:Claim ; kg:statedIn ?source }"
    within = "--according-to source:algeria-mali-article"
    cells = [
        f"%%sparql --into everything\n{count}",
        f"%%sparql {within} --into article\n{count}",
        "print('sources', everything.s[0] > 400, article.s[0], everything.n[0] > article.n[0] > 200)",
        "%kg ask agreements-in-force --as-of 2014 --into then",
        "%kg ask agreements-in-force --as-of 2016 --into later",
        "print('in force', ['algiers-agreement-2015' in str(answer.df) for answer in (then, later)])",
        f"%kg cite attempts-at-influence {within}",
        "then.why(row=1)",
    ]
    text = shown(run_in(notebook, cells))
    assert "sources True 1 True" in text
    assert "in force [False, True]" in text
    assert "--according-to source:algeria-mali-article" in text
    assert "row 1: " in text


INQUIRED = [
    ("contested actor:algeria", "groups that sources call terrorist (unnamed)"),
    ("explain actor:ahmoudou-ag-asriw kg:escortsRoute route:tabankort-amassine-niger", "claim:"),
    ("corroborate event:aes-recall-of-ambassadors-2025 kg:date", "roots"),
    ("resolve ISGS", "[actor:isgs], exactly"),
    ("resolve Wagnr", "nothing is called 'Wagnr' in this view; the nearest names are"),
    ("forecasts --day 2026-04-10", "as of 2026-04-10"),
    ("describe actor:jnim", "skos:prefLabel"),
    ("report --day 2026-04-10", "Who speaks alone"),
    ("view", "what the press says"),
    ("prefix", "https://w3id.org/sahel-kg/id/actor/"),
    ("prefix <https://w3id.org/sahel-kg/id/actor/jnim>", "actor:jnim is <https://w3id.org/sahel-kg/id/actor/jnim>"),
]


@pytest.fixture(scope="module")
def told(notebook: NotebookClient) -> list:
    """The cells of all inquiries after a run in one kernel."""
    return run_in(notebook, [f"%kg {line}" for line, _ in INQUIRED]).cells


@pytest.mark.parametrize("number", range(len(INQUIRED)), ids=[line for line, _ in INQUIRED])
def test_an_inquiry_tells_in_a_notebook_what_kg_tells(number: int, told: list):
    book = nbformat.v4.new_notebook(cells=[told[number]])
    assert INQUIRED[number][1] in shown(book)
    assert "<pre" in (page := shown(book, "text/html")) or "<table" in page


def test_the_same_from_python(project: Path):
    session = Session(project)
    try:
        assert "[actor:isgs], exactly" in repr(session.inquire("resolve ISGS"))
        assert repr(session.inquire("contested actor:algeria --excluding perspective:press")) != repr(
            session.inquire("contested actor:algeria")
        )
        with pytest.raises(UsageError, match="invalid choice"):
            session.inquire("contestd actor:algeria")
        with pytest.raises(UsageError, match="end each quotation"):
            session.inquire("contested 'actor:algeria")
        assert repr(session.inquire("contested --help")) == ""
    finally:
        session.close()


def test_no_rows_are_explained(notebook: NotebookClient):
    query = "SELECT ?x { actor:jnmi kg:opposes ?x }"
    cells = [
        f"%%sparql\n{query}",
        f"%%sparql --silent\n{query}",
        "%kg ask actors-on-each-route --param route=route:gao-kidall",
    ]
    book = run_in(notebook, cells)
    texts = [shown(type(book)(book | {"cells": [cell]})) for cell in book.cells]
    assert "actor:jnim" in texts[0]
    assert texts[1] == ""
    assert "No rows." in texts[2]


def test_a_cell_asks_a_graph_files_or_what_its_comment_names(notebook: NotebookClient, tmp_path: Path):
    (tmp_path / "mine.ttl").write_text("<urn:a> a <urn:Thing> . <urn:b> a <urn:Thing> .", encoding="utf-8")
    query = "SELECT (COUNT(?x) AS ?n) { ?x a <urn:Thing> }"
    cells = [
        f"from rdflib import Graph\nmine = Graph().parse('{tmp_path}/mine.ttl')\nwrong = 5",
        f"%%sparql --on mine --into a\n{query}",
        f"%%sparql --on {tmp_path}/*.ttl --into b\n{query}",
        f"%%sparql --into c\n# [endpoint={tmp_path}/mine.ttl]\n{query}",
        f"%%sparql --into d\n{query}",
        "print('counted', [int(table.n[0]) for table in (a, b, c, d)])",
    ]
    assert "counted [2, 2, 2, 0]" in shown(run_in(notebook, cells))
    with pytest.raises(CellExecutionError, match="wrong is a int; name an rdflib Graph"):
        run_in(notebook, [*cells[:1], f"%%sparql --on wrong\n{query}"])


def test_variables_of_the_notebook_are_bound_as_what_they_are(notebook: NotebookClient):
    hostile = "x' } ; DROP"
    cells = [
        f"from datetime import date\nday, many, said = date(2016, 1, 1), 7, {hostile!r}",
        "%%sparql --into groups\nSELECT ?g { ?g a kg:ArmedGroup } ORDER BY ?g LIMIT 1",
        "group = groups.g[0]",
        "%%sparql --param g=group --into names\nSELECT ?g ?name { ?g skos:prefLabel ?name }",
        "%%sparql --param n=many --param t=said --param d=day --into bound\nSELECT ?n ?t ?d { }",
        "%kg ask agreements-in-force --param day=day --into force",
        "print('same', set(names.g) == {group}, len(names) >= 3)",
        "print('bound', [int(bound.n[0]), bound.t[0], bound.d[0]], force.df.day[0])",
    ]
    text = shown(run_in(notebook, cells))
    assert "same True True" in text
    assert f"bound [7, {hostile!r}, datetime.date(2016, 1, 1)] 2016-01-01" in text
