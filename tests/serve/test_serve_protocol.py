"""The requests that the tests of the SPARQL 1.1 Protocol make of a query service, and what each must give.

The names are those of https://w3c.github.io/rdf-tests/sparql/sparql11/protocol/. Updates are not among them but to be
refused, since a snapshot is read only.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import quote, urlencode

import httpx
import pytest
from servers import Running, serving

from kgtools.build import write

DATA = "http://kasei.us/2009/09/sparql/data/data{}.rdf"
FORM, QUERY = "application/x-www-form-urlencoded", "application/sparql-query"
TABLES = {"application/sparql-results+xml", "application/sparql-results+json", "text/csv", "text/tab-separated-values"}
BOOLEANS = {"application/sparql-results+xml", "application/sparql-results+json"}
RDF = {"application/rdf+xml", "text/turtle", "application/n-triples", "application/ld+json"}


@dataclass(frozen=True)
class Sent:
    """A request, and the media types of which its answer has one; none if the request is to be refused."""

    method: str
    address: str = ""
    body: bytes = b""
    kind: str | None = None
    given: frozenset[str] = field(default_factory=frozenset)
    true: bool = False


def given(*parameters: tuple[str, str]) -> str:
    return "?" + urlencode(parameters, quote_via=quote)


def default(*numbers: int) -> list[tuple[str, str]]:
    return [("default-graph-uri", DATA.format(number)) for number in numbers]


def named(*numbers: int) -> list[tuple[str, str]]:
    return [("named-graph-uri", DATA.format(number)) for number in numbers]


def typed(*numbers: int) -> str:
    return " . ".join(f"<{DATA.format(number)}> a ?type" for number in numbers)


IN_TWO = f"GRAPH ?first {{ {typed(1)} }} GRAPH ?second {{ {typed(2)} }}"
ASK = ("query", "ASK {}")
YES = {"given": frozenset(BOOLEANS), "true": True}
POSTED = {"method": "POST", "kind": QUERY}
REQUESTS = {
    "query_get": Sent("GET", given(ASK, *default(0)), **YES),
    "query_post_form": Sent("POST", given(*default(0)), urlencode([ASK]).encode(), FORM, **YES),
    "query_post_direct": Sent(body=b"ASK {}", **POSTED, **YES),
    "query_dataset_default_graphs_get": Sent(
        "GET", given(("query", f"ASK {{ {typed(1, 2)} }}"), *default(1, 2)), **YES
    ),
    "query_dataset_default_graphs_post": Sent(
        address=given(*default(1, 2)), body=f"ASK {{ {typed(1, 2)} }}".encode(), **POSTED, **YES
    ),
    "query_dataset_named_graphs_get": Sent("GET", given(("query", f"ASK {{ {IN_TWO} }}"), *named(1, 2)), **YES),
    "query_dataset_named_graphs_post": Sent(
        address=given(*named(1, 2)), body=f"ASK {{ {IN_TWO} }}".encode(), **POSTED, **YES
    ),
    "query_dataset_full": Sent(
        address=given(*default(3), *named(1, 2)), body=f"ASK {{ {typed(3)} . {IN_TWO} }}".encode(), **POSTED, **YES
    ),
    # The protocol's own dataset goes before the query's: data3, which the query reads FROM, is not in it.
    "query_multiple_dataset": Sent(
        address=given(*named(1, 2)),
        body=f"ASK FROM <{DATA.format(3)}> {{ {IN_TWO} FILTER NOT EXISTS {{ {typed(3)} }} }}".encode(),
        **POSTED,
        **YES,
    ),
    "query_content_type_select": Sent(
        address=given(*default(0)), body=b"SELECT (1 AS ?value) {}", given=frozenset(TABLES), **POSTED
    ),
    "query_content_type_ask": Sent(address=given(*default(0)), body=b"ASK {}", given=frozenset(BOOLEANS), **POSTED),
    "query_content_type_describe": Sent(
        address=given(*default(0)), body=b"DESCRIBE <http://example.org/>", given=frozenset(RDF), **POSTED
    ),
    "query_content_type_construct": Sent(
        address=given(*default(0)), body=b"CONSTRUCT { <s> <p> 1 } WHERE {}", given=frozenset(RDF), **POSTED
    ),
    "bad_query_method": Sent("PUT", given(ASK, *default(0)), kind=FORM),
    "bad_multiple_queries": Sent("GET", given(ASK, ("query", "SELECT * {}"))),
    "bad_query_wrong_media_type": Sent("POST", body=b"ASK {}", kind="text/plain"),
    "bad_query_missing_form_type": Sent("POST", body=urlencode([ASK]).encode()),
    "bad_query_missing_direct_type": Sent("POST", body=b"ASK {}"),
    "bad_query_non_utf8": Sent("POST", body="ASK {}".encode("utf-16"), kind=f"{QUERY}; charset=UTF-16"),
    "bad_query_syntax": Sent("GET", given(("query", "ASK {"))),
    "bad_update_get": Sent("GET", given(("update", "CLEAR ALL"))),
    "update_post_form": Sent("POST", body=b"update=CLEAR+ALL", kind=FORM),
    "update_post_direct": Sent("POST", body=b"CLEAR ALL", kind="application/sparql-update"),
}


@pytest.fixture(scope="module")
def four_graphs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A server of four graphs, each of which says of itself what it is."""
    out = tmp_path_factory.mktemp("four-graphs")
    is_a = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <http://xmlns.com/foaf/0.1/Document>"
    graphs = [DATA.format(number) for number in range(4)]
    files = dict.fromkeys(("ontology.nq", "reference.nq", "withdrawn.nq", "scenarios.nq", "views/all.nq"), b"")
    files["claims.nq"] = "".join(f"<{graph}> {is_a} <{graph}> .\n" for graph in graphs).encode()
    write(files, out)
    with serving(out) as running:
        yield running


@pytest.mark.parametrize("name", REQUESTS)
def test_a_query_is_answered_by_the_protocol(four_graphs: Running, name: str):
    sent = REQUESTS[name]
    headers = {} if sent.kind is None else {"Content-Type": sent.kind}
    request = httpx.Request(sent.method, f"{four_graphs.url}/sparql/{sent.address}", content=sent.body, headers=headers)
    response = four_graphs.client.send(request)
    if not sent.given:
        assert 400 <= response.status_code < 500, response.text
        assert response.text.count("\n") <= 3
        return
    assert response.status_code == 200, response.text
    assert response.headers["content-type"].partition(";")[0] in sent.given
    if sent.true:
        assert response.json()["boolean"] is True
