"""An answer from Python: typed frames, terms that know what they stand for, and graphs that keep the claims."""

import pickle
from datetime import date
from decimal import Decimal
from pathlib import Path

import networkx as nx
import polars as pl
import pytest
from rdflib import RDF, SKOS, Graph, Literal

from kgtools.build import Built
from kgtools.errors import UsageError
from kgtools.evidence import evidence
from kgtools.names import KG, expand
from kgtools.network import claims_in
from kgtools.notebook import Session
from kgtools.notebook.arguments import binding
from kgtools.notebook.frames import Said

ROOT = Path(__file__).resolve().parents[2]
TYPED = """SELECT ?n ?day ?yes ?share ?text ?thing ?none ?many {
  VALUES (?n ?day ?yes ?share ?text ?thing ?none ?many) {
    (1 '2020-01-02'^^xsd:date true 0.10 'sel'@fr actor:red-hand UNDEF 1)
    (2 '2021-03-04'^^xsd:date false 2.5 'x' actor:herald UNDEF 'a')
  }
} ORDER BY ?n"""


@pytest.fixture(scope="module")
def session(world: Built):
    opened = Session(ROOT, world.folder.parent)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def on_real(real: Built):
    opened = Session(ROOT, real.folder.parent)
    yield opened
    opened.close()


def test_a_pandas_frame_keeps_types_languages_and_what_iris_stand_for(session: Session):
    table = session.sparql(TYPED).df
    kinds = table.dtypes.astype(str).to_dict()
    assert (kinds["n"], kinds["yes"]) == ("Int64", "boolean")
    first = table.iloc[0]
    assert (first.day, first.share) == (date(2020, 1, 2), Decimal("0.10"))
    assert (first.text, first.text.language, table.text[1].language) == ("sel", "fr", "")
    assert (first.thing, first.thing.iri, first.thing.label) == ("actor:red-hand", expand("actor:red-hand"), "Red Hand")
    assert str(pickle.loads(pickle.dumps(table)).thing[0].label) == "Red Hand"
    assert table[table.thing == "actor:herald"].n.to_list() == [2]


def test_two_answers_are_compared_in_one_drawing(session: Session):
    press, un = (session.ask("denials", view=view) for view in ("press", "un"))
    page = press.compare(un, "timeline").page
    assert "<bdi>the press perspective</bdi>" in page
    with pytest.raises(UsageError, match="no drawing 'table'"):
        press.compare(un, "table")
    with pytest.raises(UsageError, match="cannot be dragged"):
        press.compare(un, "drag")


def test_a_polars_frame_has_the_same_values(session: Session):
    table = session.sparql(TYPED).pl
    kinds = dict(table.schema)
    assert (kinds["n"], kinds["day"], kinds["yes"], kinds["text"]) == (pl.Int64, pl.Date, pl.Boolean, pl.String)
    assert table["share"].to_list() == [Decimal("0.10"), Decimal("2.5")]
    assert table["thing"].to_list() == ["actor:red-hand", "actor:herald"]
    assert table["none"].null_count() == 2
    assert table["many"].to_list() == ["1", "a"]
    assert hasattr(table, "__arrow_c_stream__")


@pytest.mark.parametrize("query", ["SELECT ?x { ?x a kg:Nothing }", "SELECT ?n { VALUES ?n { 99999999999999999999 } }"])
def test_frames_of_no_rows_and_of_numbers_that_outgrow_a_column(query: str, session: Session):
    answered = session.sparql(query)
    values = [int(row[0]) for row in answered.answer.rows]
    assert answered.df.iloc[:, 0].to_list() == values
    assert [int(value) for value in answered.pl[answered.answer.columns[0]]] == values


@pytest.mark.parametrize("which", ["session", "on_real"])
def test_a_network_keeps_every_claim_under_the_answer(which: str, request):
    session = request.getfixturevalue(which)
    answered = session.ask("actors-on-each-route")
    graph = answered.networkx()
    assert isinstance(graph, nx.MultiDiGraph)
    assert claims_in(graph) == {
        iri
        for row in evidence(answered.store, answered.answer).rows
        for support in row
        for iri in (*support.claims, *support.denials)
    }
    assert graph.number_of_edges() >= len({row[:2] for row in answered.answer.rows})


@pytest.mark.parametrize("which", ["session", "on_real"])
def test_an_rdflib_graph_can_be_asked_who_says_what_the_rows_say(which: str, request):
    session = request.getfixturevalue(which)
    answered = session.ask("actors-on-each-route")
    graph = answered.rdflib()
    assert isinstance(graph, Graph)
    found = evidence(answered.store, answered.answer)
    for row in found.rows:
        for support in row:
            assert support.triple in graph
    for claim in found.claims:
        assert (claim, RDF.type, KG.Claim) in graph
        assert graph.value(claim, KG.holder)
        assert graph.value(graph.value(claim, KG.statedIn), RDF.type) == KG.Source
        [*propositions] = graph.objects(claim, KG.onProposition)
        assert all(graph.value(proposition, KG.subject) for proposition in propositions)


def test_an_rdflib_graph_of_described_things_holds_their_triples(session: Session):
    answered = session.sparql("DESCRIBE actor:red-hand")
    graph = answered.rdflib()
    assert len(graph) == len(answered.answer.triples or ())
    assert (
        expand("actor:red-hand"),
        SKOS.prefLabel,
        Literal("Red Hand", "en"),
    ) in graph
    assert "actor:red-hand" in graph.serialize(format="turtle")


def test_each_cell_of_a_table_begins_where_its_writing_does(session: Session):
    page = session.sparql("SELECT ?n { VALUES ?n { 'Herald' 'اليد الحمراء' '2020' } }")._repr_html_()
    assert '<td dir="auto" style="text-align:left">Herald</td>' in page
    assert '<td dir="auto" style="text-align:right">اليد الحمراء</td>' in page
    assert '<td dir="auto" style="text-align:left">2020</td>' in page


@pytest.mark.parametrize(
    ("text", "term"),
    [
        ("x=actor:jnim", expand("actor:jnim")),
        ("x=<urn:a>", expand("<urn:a>")),
        ("x=5", Literal(5)),
        ("x=2020-01-02", Literal(date(2020, 1, 2))),
        ("x=a word", Literal("a word")),
        ("x=yes", Literal(True)),
        ("x=share", Literal(Decimal("0.5"))),
        ("x=french", Literal("sel", lang="fr")),
        ("x=table", Literal("table")),  # a variable that is no value
    ],
)
def test_what_a_parameter_is_bound_to(text: str, term: Literal):
    french = Said("sel")
    french.language = "fr"
    variables = {"yes": True, "share": Decimal("0.5"), "french": french, "table": [1, 2]}
    assert binding(text, variables) == ("x", term)


def test_a_parameter_without_a_value_is_refused():
    with pytest.raises(UsageError, match="has no value"):
        binding("x", {})
