"""Tools that people ask endpoints with get of ours what its store answers: rdflib, SPARQLWrapper, curl and others."""

import io
import json
import os
import shutil
import subprocess
from collections import Counter
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import networkx as nx
import pandas as pd
import polars as pl
import pytest
from rdflib import Dataset, Graph, URIRef
from rdflib.compare import isomorphic
from rdflib.extras.external_graph_libs import rdflib_to_networkx_multidigraph
from rdflib.plugins.stores.sparqlstore import SPARQLStore
from rdflib.query import Result
from servers import Running
from SPARQLWrapper import SPARQLExceptions, SPARQLWrapper

from kgtools.build import Built
from kgtools.model import Answer
from kgtools.names import KG, PREFIXES, expand
from kgtools.notebook import Session
from kgtools.store import Store

ROOT = Path(__file__).resolve().parents[2]
KG_LINE = f"PREFIX kg: <{PREFIXES['kg']}> "
SELECT = KG_LINE + (
    "SELECT ?source ?title ?day { ?source a kg:Source ; <http://purl.org/dc/terms/title> ?title "
    "OPTIONAL { ?source <http://purl.org/dc/terms/issued> ?day } }"
)
CONSTRUCT = KG_LINE + "CONSTRUCT { ?a kg:taxes ?b . ?a a ?kind } { ?a kg:taxes ?b ; a ?kind }"
ASK = KG_LINE + f"ASK {{ <{expand('actor:red-hand')}> a kg:ArmedGroup }}"
COUNT = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"


@pytest.fixture(scope="module")
def rows(store: Store) -> Counter[Any]:
    """What the store answers to SELECT."""
    found = Counter(store.query(SELECT).rows)
    assert len(found) > 3
    assert any(row[2] is None for row in found)
    assert any(row[2] is not None for row in found)
    return found


@pytest.fixture(scope="module")
def built(store: Store) -> Graph:
    """What the store answers to CONSTRUCT."""
    graph = graph_of(store.query(CONSTRUCT))
    assert len(graph) > 3
    return graph


@pytest.fixture(scope="module")
def count(store: Store) -> int:
    """How many triples the default graph holds."""
    return int(str(store.query(COUNT).rows[0][0]))


@pytest.fixture(scope="module")
def texts(rows: Counter[Any]) -> Counter[Any]:
    """The rows as CSV has them: texts alone."""
    return Counter({tuple("" if term is None else str(term) for term in row): n for row, n in rows.items()})


def graph_of(answer: Answer) -> Graph:
    graph = Graph()
    for triple in answer.triples or ():
        graph.add(triple)
    return graph


# rdflib


@pytest.mark.parametrize("method", ["GET", "POST", "POST_FORM"])
def test_rdflib_asks_all_kinds_of_query(server: Running, rows: Counter[Any], built: Graph, method: str):
    graph = Graph(SPARQLStore(f"{server.url}/sparql", method=method))
    assert Counter(tuple(row) for row in graph.query(SELECT)) == rows
    assert graph.query(ASK).askAnswer is True
    assert isomorphic(graph.query(CONSTRUCT).graph, built)


@pytest.mark.parametrize("returned", ["xml", "json", "csv", "tsv"])
def test_rdflib_reads_each_form_of_a_table(server: Running, texts: Counter[Any], returned: str):
    found = Graph(SPARQLStore(f"{server.url}/sparql", returnFormat=returned)).query(SELECT)
    assert Counter(tuple(str(term or "") for term in row) for row in found) == texts


def test_rdflib_sees_the_endpoint_as_a_graph(server: Running, built: Graph, count: int):
    graph = Graph(SPARQLStore(f"{server.url}/sparql"))
    assert len(graph) == count
    assert set(graph.triples((None, KG.taxes, None))) == set(built.triples((None, KG.taxes, None)))
    assert next(iter(built)) in graph
    assert (URIRef("urn:nothing"), None, None) not in graph


def test_rdflib_sees_the_named_graphs(server: Running, store: Store, count: int):
    counted = store.query("SELECT ?g (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g").rows
    expected = {name: int(str(number)) for name, number in counted}
    remote = SPARQLStore(f"{server.url}/sparql")
    assert {URIRef(name) for name in remote.contexts()} == expected.keys()
    assert {name: len(Graph(remote, name)) for name in expected} == expected
    # Otherwise rdflib asks any endpoint for a graph that is called as rdflib calls default graphs.
    assert int(next(iter(Dataset(remote, default_union=True).query(COUNT)))[0]) == count


# SPARQLWrapper


def wrapped(server: Running, query: str, form: str, method: str = "GET", posted: str = "urlencoded") -> Any:
    asking = SPARQLWrapper(f"{server.url}/sparql", returnFormat=form)
    asking.setMethod(method)
    asking.setRequestMethod(posted)
    asking.setQuery(query)
    return asking.query()


WAYS = [("GET", "urlencoded"), ("POST", "urlencoded"), ("POST", "postdirectly")]


@pytest.mark.parametrize(("method", "posted"), WAYS)
@pytest.mark.parametrize("form", ["json", "xml", "csv", "tsv"])
def test_sparqlwrapper_gets_tables(server: Running, texts: Counter[Any], form: str, method: str, posted: str):
    reply = wrapped(server, SELECT, form, method, posted)
    found = Result.parse(io.BytesIO(reply.response.read()), format=form)
    assert Counter(tuple(str(term or "") for term in row) for row in found) == texts


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning")
@pytest.mark.parametrize("form", ["n3", "turtle", "rdf+xml", "json-ld"])
def test_sparqlwrapper_gets_graphs(server: Running, built: Graph, form: str):
    reply = wrapped(server, CONSTRUCT, form).convert()
    graph = reply if isinstance(reply, Graph) else Graph().parse(data=reply, format="turtle")
    assert isomorphic(graph, built)


@pytest.mark.parametrize("form", ["json", "xml"])
def test_sparqlwrapper_asks(server: Running, form: str):
    reply = wrapped(server, ASK, form).convert()
    assert reply["boolean"] is True if form == "json" else "<boolean>true</boolean>" in reply.toxml()


def test_sparqlwrapper_tells_a_wrong_query(server: Running):
    with pytest.raises(SPARQLExceptions.QueryBadFormed, match="line 1, column 8"):
        wrapped(server, "SELECT }", "json")


# Others


@pytest.mark.skipif(not shutil.which("curl"), reason="curl is not on the path")
@pytest.mark.parametrize("way", [["--get"], []])
def test_curl_gets_what_it_asks(server: Running, rows: Counter[Any], way: list[str]):
    arguments = [
        "--data-urlencode",
        f"query={SELECT}",
        "-H",
        "Accept: text/csv",
        "--compressed",
        f"{server.url}/sparql",
    ]
    done = subprocess.run(["curl", "-sS", "--fail", *way, *arguments], capture_output=True, check=True)
    assert done.stdout.decode().count("\r\n") == rows.total() + 1


def address(server: Running, query: str) -> str:
    return f"{server.url}/sparql?{urlencode({'query': query})}"


def test_pandas_and_polars_read_csv_from_the_address(server: Running, texts: Counter[Any]):
    asked = address(server, SELECT)
    pandas = pd.read_csv(asked, storage_options={"Accept": "text/csv"}, dtype=str, keep_default_na=False)
    assert Counter(pandas.itertuples(index=False, name=None)) == texts
    body = server.client.get(asked, headers={"Accept": "text/csv"}).content
    polars = pl.read_csv(body, infer_schema=False).fill_null("")
    assert list(polars.columns) == ["source", "title", "day"]
    assert Counter(polars.iter_rows()) == texts


@pytest.mark.parametrize("query", [SELECT, COUNT, "SELECT ?t ?n { ?t skos:prefLabel ?n FILTER(LANG(?n) = 'ar') }"])
def test_our_own_notebooks_ask_it_as_they_ask_the_snapshot(server: Running, world: Built, query: str):
    session = Session(ROOT, world.folder.parent)
    try:
        expected = Counter(session.sparql(query).answer.rows)
        assert expected
        assert Counter(session.sparql(query, on=f"{server.url}/sparql").answer.rows) == expected
    finally:
        session.close()


def test_networkx_draws_on_a_construct(server: Running, built: Graph):
    graph = Graph().parse(data=server.ask(CONSTRUCT, "text/turtle").text, format="turtle")
    network: nx.MultiDiGraph = rdflib_to_networkx_multidigraph(graph)
    assert network.number_of_edges() == len(built)
    assert {(a, b) for a, b, key in network.edges(keys=True) if key == KG.taxes} == set(built.subject_objects(KG.taxes))


# Comunica: npm install @comunica/query-sparql in a folder, and name it.

COMUNICA = os.environ.get("KG_COMUNICA", "")
needs_comunica = pytest.mark.skipif(not COMUNICA, reason="KG_COMUNICA names no folder with @comunica/query-sparql")


@pytest.fixture(scope="module")
def comunica(server: Running) -> dict[str, Any]:
    """What it finds, told that the address is an endpoint, and left to find that out."""
    told = {"url": f"{server.url}/sparql", "queries": {"SELECT": SELECT, "CONSTRUCT": CONSTRUCT, "ASK": ASK}}
    script = str(Path(__file__).with_name("comunica.cjs"))
    command = ["node", script, str(Path(COMUNICA).resolve()), json.dumps(told)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout))


@needs_comunica
@pytest.mark.parametrize("how", ["found out", "told"])
def test_comunica_finds_what_the_store_finds(comunica: dict[str, Any], texts: Counter[Any], built: Graph, how: str):
    rows = ({name: value for name, _, value, *_ in row} for row in comunica[f"SELECT {how}"])
    assert Counter(tuple(row.get(name, "") for name in ("source", "title", "day")) for row in rows) == texts
    triples = [tuple(term[1] for term in triple) for triple in comunica[f"CONSTRUCT {how}"]]
    assert set(triples) == {tuple(map(str, triple)) for triple in built}
    assert comunica[f"ASK {how}"] is True
