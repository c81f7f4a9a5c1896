"""Network and page: no claim lost, hostile text inert, equal bytes, linear growth."""

import json
import os
import re
import subprocess
import sys
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from rdflib import Literal, URIRef

from kgtools.build import Built
from kgtools.evidence import evidence
from kgtools.model import Answer, ClaimRecord, Evidence, Support
from kgtools.names import KG, shorten
from kgtools.network import claims_in, layout, network
from kgtools.questions import ask, read_questions
from kgtools.render import graph_page, model
from kgtools.store import Store

CLAIM = ClaimRecord(
    URIRef("urn:claim"),
    holder="holder",
    stance="asserts",
    hedge="no hedge",
    hedge_wording=None,
    paraphrase="paraphrase",
    source=URIRef("urn:source"),
    source_title="source",
    issued="2020",
    perspectives=("press",),
    locator="characters 1-2",
    confidence="high",
)
PAYLOADS = [
    "<script>alert(1)</script>",
    "</script><script>alert(1)</script>",
    "</title><script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)>",
    "javascript:alert(1)",
    'a" onmouseover="alert(1)',
    "a' onfocus='alert(1)",
    "{{ 7 * 7 }}{% include 'x' %}",
    "href=<a>b</a>",
    "<!--",
    "]]><script>alert(1)</script>",
    "&lt;b&gt;&amp;",
    "line\u2028sep\u2029arator",
    "\u202eright-to-left override",
    "\\u003cscript\\u003e",
]


def made_up(edges: list[tuple[str, str, str]], label: str | None = None, claim: ClaimRecord = CLAIM) -> Evidence:
    supports = tuple(Support((URIRef(s), URIRef(p), URIRef(o)), "claimed", (claim.iri,)) for s, p, o in edges)
    labels = {URIRef(end): {"en": label} for s, _, o in edges for end in (s, o)} if label else {}
    return Evidence((supports,), {claim.iri: claim}, labels, {})


class Elements(HTMLParser):
    """The event handlers and script addresses among the attributes of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.handlers: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handlers += [
            name
            for name, value in attrs
            if name.startswith("on")
            or (name in ("href", "src") and not (value or "").startswith("data:image/svg+xml;base64,"))
        ]


def page_data(page: str) -> dict:
    return json.loads(re.search(r'<script type="application/json" id="data">(.*?)</script>', page, re.DOTALL)[1])


@pytest.fixture(scope="module")
def found(world: Built) -> dict[str, tuple[Answer, Evidence]]:
    from pathlib import Path

    questions = read_questions(Path(__file__).resolve().parents[2] / "ontology" / "questions")
    with Store.open(world.folder) as store:
        answers = {name: ask(store, question) for name, question in questions.items()}
        return {name: (answer, evidence(store, answer)) for name, answer in answers.items()}


def test_no_claim_is_lost_between_answer_and_page(found):
    for name, (answer, known) in found.items():
        under = {iri for row in known.rows for s in row for iri in (*s.claims, *s.denials)}
        data = page_data(graph_page(answer, known, title=name).html)
        assert set(data["claims"]) == set(map(str, under)), name
        on_edges = {iri for edge in data["edges"] for iri in (*edge.get("claims", ()), *edge.get("denials", ()))}
        on_nodes = {iri for node in data["nodes"] for saying in node.get("sayings", ()) for iri in saying["claims"]}
        assert on_edges | on_nodes == set(data["claims"]), name


def test_edges_are_the_triples_that_the_answer_rests_on(found):
    answer, known = found["actors-on-each-route"]
    triples = {tuple(map(shorten, support.triple)) for row in known.rows for support in row}
    data = page_data(graph_page(answer, known, title="x").html)
    ids = [node["id"] for node in data["nodes"]]
    assert sorted((ids[e["from"]], e["predicate"], ids[e["to"]]) for e in data["edges"]) == sorted(triples)


def test_claims_in_a_network_are_those_of_its_evidence(found):
    _, known = found["contested-claims"]
    assert claims_in(network(known)) == {iri for row in known.rows for s in row for iri in (*s.claims, *s.denials)}


def test_parallel_edges_are_kept_apart():
    known = made_up([("urn:a", "urn:p", "urn:b"), ("urn:a", "urn:q", "urn:b"), ("urn:b", "urn:p", "urn:a")])
    page = graph_page(Answer(""), known, title="x")
    paths = re.findall(r'<path class="line claimed" d="([^"]+)" marker-end', page.still)
    assert len(page_data(page.html)["edges"]) == len(set(paths)) == 3


def test_a_disputed_edge_is_dashed_and_says_so(found):
    image = graph_page(*found["contested-claims"], title="x").still
    assert 'class="line disputed"' in image
    assert "facilitates (disputed)</text>" in image
    assert re.search(r"\.line\.disputed \{[^}]*stroke-dasharray", image)


def test_literals_are_sayings_of_their_node():
    support = Support((URIRef("urn:a"), KG.isCalled, Literal("A")), "claimed", (CLAIM.iri,))
    net = network(Evidence(((support,),), {CLAIM.iri: CLAIM}, {}, {}))
    assert [saying["value"] for saying in net.nodes[URIRef("urn:a")]["sayings"]] == ["A"]
    assert claims_in(net) == {CLAIM.iri}


def test_an_empty_answer_says_so():
    page = graph_page(Answer("", columns=("a",)), Evidence((), {}, {}, {}), title="Nothing?").html
    assert "no edges to draw" in page
    assert "No rows." in page


def test_the_policy_lets_nothing_in_from_elsewhere(found):
    page = graph_page(*found["actors-on-each-route"], title="x").html
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', page)[1]
    assert policy.startswith("default-src &#39;none&#39;")
    assert "unsafe" not in policy
    assert not re.findall(r'(?:src|href)="(?!#|data:image/)', page)
    assert " style=" not in page


@pytest.mark.parametrize("payload", PAYLOADS)
def test_hostile_text_is_only_text(payload: str):
    claim = replace(CLAIM, holder=payload, paraphrase=payload, source_title=payload, locator=payload, passage=payload)
    known = made_up([("urn:a", "urn:p", "urn:b")], payload, claim)
    answer = Answer(
        "", columns=(payload,), rows=((Literal(payload),),), question=payload, view=payload, snapshot=payload
    )
    page = graph_page(answer, known, title=payload).html
    assert page.count("<script") == 2
    assert page.count("<svg") == graph_page(answer, made_up([("urn:a", "urn:p", "urn:b")]), title="x").html.count(
        "<svg"
    )
    assert Elements(page).handlers == []
    assert page_data(page)["claims"]["urn:claim"]["passage"] == payload


def test_equal_input_gives_equal_bytes_in_any_process(world: Built):
    code = (
        "import sys, pathlib\nfrom kgtools.store import Store\nfrom kgtools.questions import ask, find_question\n"
        "from kgtools.evidence import evidence\nfrom kgtools.render import graph_page\n"
        "s = Store.open(pathlib.Path(sys.argv[1]))\n"
        "q = find_question(pathlib.Path('ontology/questions'), sys.argv[2])\n"
        "a = ask(s, q)\np = graph_page(a, evidence(s, a), title=q.summary)\n"
        "sys.stdout.buffer.write(p.html.encode())\ns.close()"
    )
    command = [sys.executable, "-c", code, str(world.folder), "relations-between-actors"]
    runs = [
        subprocess.run(command, env={**os.environ, **more}, capture_output=True, check=True).stdout
        for more in ({"PYTHONHASHSEED": "1"}, {"PYTHONHASHSEED": "2", "LC_ALL": "C"})
    ]
    assert runs[0] == runs[1]


def test_the_same_graph_has_the_same_places_whatever_the_order():
    edges = [(f"urn:{n % 7}", "urn:p", f"urn:{(n * 3) % 11}") for n in range(20)]
    assert layout(network(made_up(edges))) == layout(network(made_up(edges[::-1])))


def test_a_model_is_filled_without_what_looks_through_all_nodes_for_each(monkeypatch: pytest.MonkeyPatch):
    import networkx as nx
    from pyvis.network import Network

    said = {"predicate": "p", "label": "p", "status": "claimed", "inferred": False, "claims": (), "denials": ()}

    def refuse(*_: object, **__: object) -> None:
        pytest.fail("of a large graph this takes time that grows with the square of its nodes")

    for name in ("add_node", "add_nodes", "add_edge", "add_edges", "from_nx", "get_nodes"):
        monkeypatch.setattr(Network, name, refuse)
    graph = nx.MultiDiGraph()
    graph.add_nodes_from((name, {"label": "x", "labels": {}, "kind": "State", "sayings": []}) for name in "ab")
    graph.add_edges_from([("a", "b", said), ("b", "a", said)])
    filled = model(graph, dict.fromkeys(graph, (0, 0)))
    assert (len(filled.nodes), len(filled.edges)) == (2, 2)


def test_edges_there_and_back_bend_to_different_sides():
    known = made_up([("urn:a", "urn:p", "urn:b"), ("urn:b", "urn:p", "urn:a")])
    page = graph_page(Answer(""), known, title="x").still
    words = re.findall(r'<text x="(-?\d+)" y="(-?\d+)" dy', page)
    assert len(set(words)) == 2


def test_a_component_of_many_nodes_is_laid_out_too():
    graph = network(made_up([(f"urn:{n}", "urn:p", f"urn:{n // 2}") for n in range(1, 700)]))
    places = layout(graph)
    assert len(places) == 700
    assert len(set(places.values())) > 650
    assert places == layout(graph)
