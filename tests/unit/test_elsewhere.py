"""One query over the snapshot, a graph in memory, files and an endpoint: equal rows, or one clear sentence."""

import threading
import urllib.parse
from collections import Counter
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rdflib import BNode, Dataset, Graph, Literal, URIRef

from kgtools.build import Built
from kgtools.errors import QuestionError, StoreError, UsageError
from kgtools.names import KG, expand
from kgtools.notebook import Session
from kgtools.notebook.session import MOST_OTHERS
from kgtools.store.elsewhere import ask_endpoint, quads_of_graph

ROOT = Path(__file__).resolve().parents[2]
QUERIES = {
    "typed terms": "SELECT ?s ?day ?t { ?s a kg:Source ; dcterms:title ?t OPTIONAL { ?s dcterms:issued ?day } }",
    "counts": "SELECT ?stance (COUNT(?claim) AS ?n) { ?claim kg:stance ?stance } GROUP BY ?stance",
    "paths": "SELECT ?a ?b { ?a kg:partOf+|kg:locatedIn+ ?b }",
    "names": "SELECT ?thing ?name { ?thing skos:prefLabel ?name . FILTER(LANG(?name) = 'ar') }",
}


@pytest.fixture(scope="module")
def session(world: Built):
    opened = Session(ROOT, world.folder.parent)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def triples(world: Built) -> str:
    """What the store of the view all holds, as N-Triples."""
    names = ("ontology.nq", "reference.nq", "claims.nq", "scenarios.nq", "views/all.nq")
    lines = b"".join((world.folder / name).read_bytes() for name in names).decode().splitlines()
    return "\n".join(sorted({f"{line.rpartition(' <')[0]} ." for line in lines})) + "\n"


@pytest.fixture(scope="module")
def files(triples: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The same in three files of three formats."""
    folder = tmp_path_factory.mktemp("files")
    lines = triples.splitlines(keepends=True)
    (folder / "a.nt").write_text("".join(lines[::3]), encoding="utf-8")
    (folder / "b.ttl").write_text("".join(lines[1::3]), encoding="utf-8")
    quads = ox.parse("".join(lines[2::3]).encode(), format=ox.RdfFormat.N_TRIPLES)
    ox.serialize(quads, str(folder / "c.trig"), format=ox.RdfFormat.TRIG)
    return f"{folder}/*"


class Endpoint(BaseHTTPRequestHandler):
    """A SPARQL endpoint as small as the protocol allows."""

    store = ox.Store()

    def do_POST(self) -> None:
        form = urllib.parse.parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        if self.path == "/page":
            return self.reply(200, "text/html", b"<html>welcome</html>")
        if self.path == "/cut":
            return self.reply(200, "application/sparql-results+json", b'{"head": {"vars"')
        try:
            found = self.store.query(form["query"][0])
        except SyntaxError as error:
            return self.reply(400, "text/plain", f"bad query\n{error}".encode())
        is_graph = isinstance(found, ox.QueryTriples)
        kind = "application/n-triples" if is_graph else "application/sparql-results+json"
        form = ox.RdfFormat.N_TRIPLES if is_graph else ox.QueryResultsFormat.JSON
        return self.reply(200, kind, found.serialize(format=form))

    def reply(self, code: int, kind: str, body: bytes) -> None:
        self.send_response(code)
        self.send_header("Content-Type", kind)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def endpoint(triples: str):
    Endpoint.store.load(triples.encode(), format=ox.RdfFormat.N_TRIPLES)
    server = HTTPServer(("127.0.0.1", 0), Endpoint)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


@pytest.mark.parametrize("name", QUERIES)
def test_rows_are_equal_wherever_the_same_triples_lie(name: str, session, triples, files, endpoint):
    expected = Counter(session.sparql(QUERIES[name]).answer.rows)
    graph = Graph().parse(data=triples, format="nt")
    assert expected
    for on in (graph, files, endpoint):
        assert Counter(session.sparql(QUERIES[name], on=on).answer.rows) == expected, on


def test_bound_variables_ask_and_graphs_are_answered_alike(session, triples, files, endpoint):
    graph = Graph().parse(data=triples, format="nt")
    bound = {"actor": expand("actor:red-hand")}
    for on in (None, graph, files, endpoint):
        rows = session.sparql("SELECT ?actor ?where { ?actor kg:taxes ?where }", bindings=bound, on=on).answer.rows
        assert {row[0] for row in rows} == {expand("actor:red-hand")}
        assert session.sparql("ASK { actor:red-hand a kg:ArmedGroup }", on=on).answer.boolean is True
        made = session.sparql("CONSTRUCT { ?a kg:taxes ?b } { ?a kg:taxes ?b }", on=on)
        assert (expand("actor:red-hand"), KG.taxes, expand("segment:salt-road-1")) in made.rdflib()


def test_a_changed_graph_is_asked_as_it_is_now(session):
    graph = Graph()
    query = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
    for count in range(MOST_OTHERS + 3):
        assert session.sparql(query, on=graph).df.n.to_list() == [count]
        graph.add((URIRef(f"urn:{count}"), KG.value, Literal(count)))
    assert len(session._others) == MOST_OTHERS


def test_named_graphs_are_asked_by_name(session, tmp_path: Path):
    dataset = Dataset()
    dataset.graph(URIRef("urn:g")).add((URIRef("urn:a"), KG.value, Literal("in g")))
    dataset.add((URIRef("urn:a"), KG.value, Literal("in none")))
    query = "SELECT ?g ?v { GRAPH ?g { ?s kg:value ?v } } ORDER BY ?v"
    assert [row[0] for row in session.sparql(query, on=dataset).answer.rows] == [
        URIRef("urn:g"),
        URIRef("urn:kg:in-memory"),
    ]
    (tmp_path / "one.ttl").write_text("<urn:a> <urn:p> 1 .", encoding="utf-8")
    rows = session.sparql("SELECT ?g { GRAPH ?g { ?s ?p ?o } }", on=tmp_path / "one.ttl").answer.rows
    assert rows == ((URIRef((tmp_path / "one.ttl").resolve().as_uri()),),)


def test_blank_nodes_of_two_files_stay_apart(session, tmp_path: Path):
    for name in ("one", "two"):
        (tmp_path / f"{name}.ttl").write_text(f"_:x <urn:p> '{name}' .", encoding="utf-8")
    rows = session.sparql("SELECT ?x (COUNT(?v) AS ?n) { ?x <urn:p> ?v } GROUP BY ?x", on=f"{tmp_path}/*.ttl").df
    assert rows.n.to_list() == [1, 1]


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=20), st.sampled_from([None, "fr", "ar"]))
def test_any_text_goes_through_memory_unchanged(text: str, language: str | None):
    graph = Graph()
    graph.add((BNode("b"), KG.value, Literal(text, lang=language)))
    [found] = ox.parse(quads_of_graph(graph), format=ox.RdfFormat.N_QUADS)
    assert (found.object.value, found.object.language) == (text, language)


@pytest.mark.parametrize(
    ("on", "words"),
    [
        ("nowhere/*.ttl", "names no file"),
        ("pyproject.toml", "an ending that is not known"),
    ],
)
def test_what_cannot_be_asked_is_said_in_a_sentence(on: str, words: str, session, monkeypatch):
    monkeypatch.chdir(ROOT)
    with pytest.raises(UsageError, match=words):
        session.sparql("ASK { ?s ?p ?o }", on=on)


@pytest.mark.parametrize("term", [URIRef("urn:a b"), URIRef("urn:<x>"), Literal("\ud800")])
def test_what_no_rdf_can_hold_is_named(term: URIRef | Literal, session):
    graph = Graph()
    graph.add((URIRef("urn:a"), KG.value, term))
    with pytest.raises(UsageError, match="which is no"):
        session.sparql("ASK { ?s ?p ?o }", on=graph)


def test_a_broken_file_is_named_with_its_line(session, tmp_path: Path):
    (tmp_path / "broken.ttl").write_text("<urn:a> <urn:b> <urn:c> .\n<urn:a> <urn:b>\n", encoding="utf-8")
    with pytest.raises(UsageError, match=r"broken\.ttl:\d"):
        session.sparql("ASK { ?s ?p ?o }", on=tmp_path / "broken.ttl")


def test_an_endpoint_that_refuses_or_answers_something_else_is_named(session, endpoint):
    with pytest.raises(QuestionError, match=r"refuses the query \(400\): bad query"):
        session.sparql("SELECT ?x { ?x ?y }", on=endpoint)
    for page in ("page", "cut"):
        with pytest.raises(StoreError, match="which is no SPARQL result"):
            session.sparql("ASK { ?s ?p ?o }", on=f"{endpoint}/{page}")
    with pytest.raises(StoreError, match="gives no answer"):
        ask_endpoint("http://127.0.0.1:9/sparql", "ASK { ?s ?p ?o }", timeout=2)


def test_updates_go_nowhere(session, endpoint):
    for on in (Graph(), endpoint):
        with pytest.raises(QuestionError, match="changes data"):
            session.sparql("INSERT DATA { <urn:a> <urn:b> <urn:c> }", on=on)


def test_of_other_data_no_claims_are_known_and_no_view_is_taken(session):
    answered = session.sparql("SELECT ?s { ?s ?p ?o }", on=Graph())
    for ask in (answered.why, answered.cite, answered.graph, answered.networkx, answered.rdflib):
        with pytest.raises(UsageError, match="not of the snapshot"):
            ask()
    with pytest.raises(UsageError, match="leave out"):
        session.sparql("ASK { ?s ?p ?o }", on=Graph(), view="press")
