"""In which form an answer comes, for which view and scope, and what a client may keep of it."""

import gzip
import json
from collections.abc import Iterator
from pathlib import Path

import httpx
import pyoxigraph as ox
import pytest
from rdflib import Graph, URIRef
from rdflib.compare import isomorphic
from servers import Running, serving, with_limits

from kgtools.build import Built
from kgtools.model import Project, Scope
from kgtools.names import BASE
from kgtools.questions import read_questions
from kgtools.store import Store

SELECT, CONSTRUCT = (
    "SELECT ?s ?o { ?s skos:prefLabel ?o } ORDER BY ?s ?o LIMIT 3",
    "CONSTRUCT WHERE { ?s skos:prefLabel ?o }",
)
JSON, XML = "application/sparql-results+json", "application/sparql-results+xml"
CHOSEN = {  # what a client accepts, then what it gets of a table, then of a graph
    "": (JSON, "text/turtle"),
    "*/*": (JSON, "text/turtle"),
    JSON: (JSON, None),
    XML: (XML, None),
    "application/json": (JSON, "application/ld+json"),
    "application/xml": (XML, "application/rdf+xml"),
    "text/csv": ("text/csv", None),
    "text/tab-separated-values": ("text/tab-separated-values", None),
    "text/*": ("text/csv", "text/turtle"),
    "text/*;q=0.5, text/csv;q=0.1": ("text/tab-separated-values", "text/turtle"),
    "text/turtle": (None, "text/turtle"),
    "application/n-triples": (None, "application/n-triples"),
    "application/ld+json": (None, "application/ld+json"),
    "application/rdf+xml": (None, "application/rdf+xml"),
    "TEXT/CSV ; Q=1.0": ("text/csv", None),
    f"{JSON};q=0.2, {XML};q=0.3": (XML, None),
    f"{JSON};q=0, */*": (XML, "text/turtle"),
    "text/html, */*;q=0.1": (JSON, "text/turtle"),
    "image/png": (None, None),
    "*/*;q=0": (None, None),
    "text/csv;q=lots": (None, None),
    ",,;;": (None, None),
}


@pytest.fixture(scope="module")
def roomy(world: Built, world_project: Project) -> Iterator[Running]:
    """A server that holds two datasets at once."""
    with serving(world.folder.parent, graph=world_project.graph, code=with_limits(datasets=2)) as running:
        yield running


@pytest.mark.parametrize("accept", CHOSEN)
@pytest.mark.parametrize("graph", [False, True], ids=["table", "graph"])
def test_the_client_chooses_the_form(server: Running, accept: str, graph: bool):
    wanted = CHOSEN[accept][graph]
    response = server.ask(CONSTRUCT if graph else SELECT, accept)
    assert response.status_code == (406 if wanted is None else 200)
    assert response.headers["content-type"].partition(";")[0] == (wanted or "text/plain")
    if wanted is None:
        assert "text/turtle" in response.text
    else:
        assert "Accept" in response.headers["vary"]


def test_a_table_is_the_same_in_each_form(server: Running):
    forms = {JSON: ox.QueryResultsFormat.JSON, XML: ox.QueryResultsFormat.XML}
    forms["text/tab-separated-values"] = ox.QueryResultsFormat.TSV
    tables = [list(map(list, ox.parse_query_results(server.ask(SELECT, a).content, format=forms[a]))) for a in forms]
    assert len(tables[0]) == 3
    assert all(table == tables[0] for table in tables)
    assert server.ask(SELECT, "text/csv").text.splitlines()[0] == "s,o"


def test_a_graph_is_the_same_in_each_form(server: Running):
    forms = {"text/turtle": "turtle", "application/n-triples": "nt11"}
    forms |= {"application/ld+json": "json-ld", "application/rdf+xml": "xml"}
    graphs = [Graph().parse(data=server.ask(CONSTRUCT, accept).content, format=forms[accept]) for accept in forms]
    assert len(graphs[0]) > 10
    assert all(isomorphic(graph, graphs[0]) for graph in graphs)


def test_a_client_that_has_the_answer_is_told_so(server: Running):
    first = server.ask(SELECT)
    tag, parameters = first.headers["etag"], {"query": SELECT}
    for known in (tag, f'"x", {tag}', tag.removeprefix("W/")):
        headers = {"If-None-Match": known, "Accept": JSON}
        again = server.client.get("/sparql", params=parameters, headers=headers)
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    posted = server.client.post("/sparql", data=parameters, headers={"If-None-Match": tag, "Accept": JSON})
    assert posted.status_code == 200
    assert posted.content == first.content


@pytest.mark.parametrize("known", ['"x"', "W/", '""', '"' + "a" * 32 + '"', '"' * 4000, "\x80"])
def test_a_tag_of_something_else_changes_nothing(server: Running, known: str):
    headers = {"If-None-Match": known.encode("latin-1"), "Accept": JSON}
    response = server.client.get("/sparql", params={"query": SELECT}, headers=headers)
    assert response.status_code == 200
    assert response.json()["results"]["bindings"]


def test_each_form_and_query_and_view_has_a_tag_of_its_own(server: Running):
    responses = [server.ask(SELECT, accept) for accept in (JSON, XML, "text/csv")]
    responses += [server.ask(SELECT + " OFFSET 1"), server.ask(SELECT, view="uncontested")]
    assert len({response.headers["etag"] for response in responses}) == 5


@pytest.mark.parametrize("call", ["NOW()", "RAND()", "UUID()", "STRUUID()"])
def test_an_answer_that_is_another_each_time_is_not_kept(server: Running, call: str):
    responses = [server.ask(f"SELECT ({call} AS ?x) {{}}") for _ in range(2)]
    assert responses[0].json() != responses[1].json()
    assert all(response.headers["cache-control"] == "no-store" for response in responses)
    assert all("etag" not in response.headers for response in responses)


def test_a_large_answer_comes_packed_to_whoever_takes_it(server: Running):
    query = {"query": "SELECT ?s ?p ?o { ?s ?p ?o } ORDER BY ?s ?p ?o LIMIT 2000"}
    plain = server.client.get("/sparql", params=query, headers={"Accept-Encoding": "identity"})
    with server.client.stream("GET", "/sparql", params=query, headers={"Accept-Encoding": "gzip"}) as packed:
        body = b"".join(packed.iter_raw())
    assert packed.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert gzip.decompress(body) == plain.content
    assert len(body) < len(plain.content) / 4
    refused = server.client.get("/sparql", params=query, headers={"Accept-Encoding": "gzip;q=0"})
    assert refused.content == plain.content


@pytest.mark.parametrize("query", [SELECT, "ASK {", "SELECT ?s ?p ?o { ?s ?p ?o } LIMIT 9000"])
def test_head_says_what_get_would(server: Running, query: str):
    got, head = (server.client.request(method, "/sparql", params={"query": query}) for method in ("GET", "HEAD"))
    assert head.status_code == got.status_code
    assert head.content == b""
    for name in ("content-type", "content-length", "etag"):
        assert head.headers.get(name) == got.headers.get(name)


def test_pages_of_other_sites_may_ask(server: Running):
    origin = {"Origin": "https://example.org"}
    asked = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "content-type,x-any"}
    preflight = server.client.options("/sparql", headers=origin | asked)
    assert preflight.status_code == 200
    assert preflight.headers["access-control-allow-origin"] == "*"
    assert "POST" in preflight.headers["access-control-allow-methods"]
    answer = server.client.get("/sparql", params={"query": SELECT}, headers=origin)
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "access-control-allow-credentials" not in answer.headers
    refused = server.client.get("/sparql", params={"query": "ASK {"}, headers=origin)
    assert refused.headers["access-control-allow-origin"] == "*"


SCOPES: list[tuple[str, Scope, dict[str, str]]] = [
    ("all", Scope(), {}),
    ("uncontested", Scope(as_of="2020"), {"as-of": "2020"}),
    ("all", Scope(known_by="2021-06-30"), {"known-by": "2021-06-30"}),
    ("corroborated", Scope(first_hand=True), {"first-hand": "true"}),
    ("all", Scope(as_of="2022", strict=True), {"as-of": "2022", "strict": "yes"}),
    ("uncontested", Scope(include_retracted=True), {"include-retracted": ""}),
]


@pytest.mark.parametrize("asked", SCOPES, ids=lambda asked: " ".join((asked[0], *asked[2])))
def test_a_view_and_a_scope_answer_as_the_store_does(
    roomy: Running, world: Built, world_project: Project, asked: tuple[str, Scope, dict[str, str]]
):
    """On two questions and on the number of facts; with two datasets held at once, each scope sends another away."""
    view, scope, given = asked
    questions = read_questions(world_project.ontology / "questions")
    texts = ["SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"]
    texts += [questions[name].text for name in sorted(questions) if not questions[name].params][:4]
    with Store.open(world.folder, view, scope=scope) as store:
        for text in texts:
            found = roomy.ask(text, view=view, **given)
            assert found.status_code == 200, found.text
            bindings, answer = found.json()["results"]["bindings"], store.query(text)
            rows = [tuple(row.get(column, {}).get("value") for column in answer.columns) for row in bindings]
            assert rows == [tuple(None if term is None else str(term) for term in row) for row in answer.rows]


def test_datasets_do_not_pile_up(roomy: Running):
    before = {name.name for name in Path("/tmp").glob("kg-view-*")}
    for year in range(2010, 2018):
        assert roomy.ask("ASK {}", **{"as-of": str(year)}).json()["boolean"] is True
    nurseries = [one for one in roomy.processes() if one.ppid() == roomy.process.pid]
    assert len([one for one in nurseries if "nursery.py" in " ".join(one.cmdline())]) <= 2
    assert len({name.name for name in Path("/tmp").glob("kg-view-*")} - before) <= 1


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"veiw": "all"}, "did you mean 'view'"),
        ({"as_of": "2020"}, "did you mean 'as-of'"),
        ({"time-out": "3"}, "did you mean 'timeout'"),
        ({"default-graph-url": "x"}, "did you mean 'default-graph-uri'"),
        ({"view": "al"}, "did you mean 'all'"),
        ({"as-of": "yesterday"}, "is no date"),
        ({"known-by": "2020-02-31"}, "is no date"),
        ({"least-confidence": "sure"}, "low, moderate and high"),
        ({"first-hand": "perhaps"}, "neither true nor false"),
        ({"according-to": "actor:nobody-of-that-name"}, "nobody-of-that-name"),
        ({"timeout": "-1"}, "number of seconds"),
        ({"timeout": "nan"}, "number of seconds"),
        ({"timeout": "9999"}, "number of seconds"),
        ({"default-graph-uri": "http://example.org/none"}, "no graph"),
        ({"named-graph-uri": "file:///etc/passwd"}, "no graph"),
    ],
)
def test_a_parameter_that_is_wrong_is_named(server: Running, given: dict[str, str], said: str):
    response = server.ask("ASK {}", **given)
    assert response.status_code == 400
    assert said in response.text
    assert "\n" not in response.text.rstrip("\n")


def test_a_parameter_of_others_is_let_pass(server: Running):
    assert server.ask("ASK {}", format="json", callback="x").status_code == 200


def test_a_view_given_twice_is_refused(server: Running):
    address = "/sparql?query=ASK%20%7B%7D&view=all&view=uncontested"
    assert "more than once" in server.client.get(address).text


def test_health_names_the_snapshot(server: Running, world: Built):
    assert server.client.get("/health").json() == {"status": "ok", "snapshot": world.snapshot}


SD = "http://www.w3.org/ns/sparql-service-description#"


def test_the_service_describes_itself_with_true_counts(server: Running):
    graph = Graph().parse(data=server.client.get("/sparql", headers={"Accept": "text/turtle"}).content, format="turtle")
    (endpoint,) = graph.objects(None, URIRef(SD + "endpoint"))
    assert str(endpoint) == f"{server.url}/sparql"
    counts = {}
    for named in graph.objects(None, URIRef(SD + "namedGraph")):
        (name,) = graph.objects(named, URIRef(SD + "name"))
        (one,) = graph.objects(named, URIRef(SD + "graph"))
        counts[str(name)] = int(str(graph.value(one, URIRef("http://rdfs.org/ns/void#triples"))))
    assert counts
    rows = server.ask("SELECT ?g (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g").json()["results"]["bindings"]
    assert counts == {row["g"]["value"]: int(row["n"]["value"]) for row in rows}
    languages = set(graph.objects(None, URIRef(SD + "supportedLanguage")))
    assert languages == {URIRef(SD + "SPARQL11Query")}


@pytest.mark.parametrize("address", ["/sparql", "/.well-known/void", "/.well-known/sparql-examples"])
def test_a_description_is_the_same_graph_in_each_form(server: Running, address: str):
    forms = {"text/turtle": "turtle", "application/n-triples": "nt11"}
    forms |= {"application/ld+json": "json-ld", "application/rdf+xml": "xml"}
    graphs = []
    for accept, form in forms.items():
        response = server.client.get(address, headers={"Accept": accept})
        assert response.headers["content-type"].partition(";")[0] == accept
        graphs.append(Graph().parse(data=response.content, format=form))
    assert len(graphs[0]) > 5
    assert all(isomorphic(graph, graphs[0]) for graph in graphs)
    assert server.client.get(address, headers={"Accept": "image/png"}).status_code == 406


def test_the_dataset_says_how_many_triples_it_has(server: Running):
    graph = Graph().parse(data=server.client.get("/.well-known/void").content, format="turtle")
    counts = {int(str(one)) for one in graph.objects(None, URIRef("http://rdfs.org/ns/void#triples"))}
    found = server.ask("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }").json()["results"]["bindings"]
    assert int(found[0]["n"]["value"]) in counts


def test_the_questions_are_queries_that_run(server: Running):
    graph = Graph().parse(data=server.client.get("/.well-known/sparql-examples").content, format="turtle")
    queries = [
        str(one)
        for name in ("select", "ask", "construct")
        for one in graph.objects(None, URIRef(f"http://www.w3.org/ns/shacl#{name}"))
    ]
    assert len(queries) > 10
    statuses = {query: server.ask(query, "*/*").status_code for query in queries[:12]}
    assert set(statuses.values()) == {200}, statuses


@pytest.mark.parametrize("accept", ["text/turtle", "application/ld+json", "text/html"])
def test_an_iri_leads_to_its_page_or_data(server: Running, accept: str):
    suffix = {"text/turtle": ".ttl", "application/ld+json": ".jsonld", "text/html": ".html"}[accept]
    found = server.client.get("/id/actor/" + _an_actor(server), headers={"Accept": accept})
    assert found.status_code == 303
    assert found.headers["location"].endswith(suffix)
    assert "Accept" in found.headers["vary"]
    body = server.client.get(found.headers["location"])
    assert body.status_code == 200
    assert body.headers["content-type"].partition(";")[0] == accept


def _an_actor(server: Running) -> str:
    rows = server.ask(f"SELECT ?s {{ ?s a ?k FILTER(STRSTARTS(STR(?s), '{BASE}id/actor/')) }} ORDER BY ?s LIMIT 1")
    return str(rows.json()["results"]["bindings"][0]["s"]["value"]).rpartition("/")[2]


def test_each_iri_has_data_that_is_the_same_in_both_forms(server: Running):
    rows = server.ask(f"SELECT DISTINCT ?s {{ ?s ?p ?o FILTER(STRSTARTS(STR(?s), '{BASE}')) }} ORDER BY ?s")
    iris = [row["s"]["value"] for row in rows.json()["results"]["bindings"] if "#" not in row["s"]["value"]]
    assert len(iris) > 100
    missing, different = [], []
    for number, iri in enumerate(iris):
        found = server.client.get("/" + iri.removeprefix(BASE), headers={"Accept": "text/turtle"})
        if found.status_code != 303:
            missing.append(iri)
        elif number % 12 == 0:
            turtle = server.client.get(found.headers["location"])
            json_ld = server.client.get(found.headers["location"].removesuffix(".ttl") + ".jsonld")
            one = Graph().parse(data=turtle.content, format="turtle")
            if not len(one) or not isomorphic(one, Graph().parse(data=json_ld.content, format="json-ld")):
                different.append(iri)
    assert not missing
    assert not different


def test_what_is_no_iri_of_the_graph_is_not_found(server: Running):
    for path in ("/id/actor/nobody", "/id/actor/", "/x", "/id/actor/nobody.ttl", "/%00", "/%ff", "/" + "a" * 5000):
        response = server.client.get(path)
        assert (path[:20], response.status_code) == (path[:20], 404)
        assert len(response.text) < 400


@pytest.fixture(scope="module")
def with_site(world: Built, world_project: Project, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A server with a small site, beside which lies what nobody may have."""
    out = tmp_path_factory.mktemp("with-site")
    (out / "snapshot").symlink_to(world.folder)
    site = out / "site"
    (site / "inner").mkdir(parents=True)
    (site / "inner" / "page.html").write_text("<p>page</p>")
    (site / "style.css").write_text("p {}")
    (out / "secret.txt").write_text("secret")
    (site / "link.txt").symlink_to(out / "secret.txt")
    (site / "folder").symlink_to(out)
    with serving(out, graph=world_project.graph) as running:
        yield running


def test_files_of_the_site_are_served(with_site: Running):
    page = with_site.client.get("/inner/page.html")
    assert (page.status_code, page.text) == (200, "<p>page</p>")
    assert page.headers["x-content-type-options"] == "nosniff"
    assert with_site.client.get("/style.css").headers["content-type"].startswith("text/css")
    tag = page.headers["etag"]
    assert with_site.client.get("/inner/page.html", headers={"If-None-Match": tag}).status_code == 304


@pytest.mark.parametrize(
    "path",
    [
        *("/../secret.txt", "/..%2fsecret.txt", "/%2e%2e/secret.txt", "/inner/../../secret.txt", "//secret.txt"),
        *("/inner/..%2f..%2fsecret.txt", "/..%5csecret.txt", "/%2e%2e%2fsecret.txt%00.html", "/link.txt"),
        *(
            "/folder/secret.txt",
            "/%2fetc%2fpasswd",
            "//etc/passwd",
            "/inner%00/page.html",
            "/" + "../" * 50 + "etc/passwd",
        ),
        *(
            "/..%c0%afsecret.txt",
            "/%252e%252e%252fsecret.txt",
            "/inner",
            "/inner/",
            "/.",
            "/..",
            "/" + "a" * 300 + ".css",
        ),
    ],
)
def test_nothing_outside_the_site_is_served(with_site: Running, path: str):
    response = with_site.raw(f"GET {path} HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n".encode())
    assert response.startswith((b"HTTP/1.1 404", b"HTTP/1.1 400"))
    assert b"root:" not in response
    assert b"\r\nsecret" not in response


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_pages_are_only_read(server: Running, method: str):
    response = server.client.request(method, "/health")
    assert response.status_code == 405
    assert "GET" in response.headers["allow"]


def test_an_answer_is_json_that_names_its_columns(server: Running):
    body = json.loads(server.ask("SELECT ?b ?a { VALUES (?a ?b) { (1 2) } }").content)
    assert body["head"]["vars"] == ["b", "a"]


def test_two_default_graphs_hold_each_triple_once(server: Running):
    """The engine alone gives a triple once for each graph that it is in."""
    rows = server.ask("SELECT ?g (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g ORDER BY ?g LIMIT 2").json()
    graphs = [row["g"]["value"] for row in rows["results"]["bindings"]]
    pairs = httpx.QueryParams([("query", "SELECT * { ?s ?p ?o }"), *(("default-graph-uri", one) for one in graphs)])
    found = server.client.get("/sparql", params=pairs, headers={"Accept": JSON}).json()["results"]["bindings"]
    clauses = " ".join(f"FROM <{one}>" for one in graphs)
    same = server.ask(f"SELECT * {clauses} {{ ?s ?p ?o }}").json()["results"]["bindings"]
    assert len(found) == len({json.dumps(row, sort_keys=True) for row in found}) > 0
    assert sorted(map(json.dumps, found)) == sorted(map(json.dumps, same))
