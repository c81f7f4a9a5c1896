"""Queries that would bring a server down, slow it for others, or read what is not here."""

import threading
import time
from collections.abc import Iterator
from itertools import cycle

import httpx
import psutil
import pytest
from servers import Running, eventually, serving, with_limits

from kgtools.build import Built
from kgtools.model import Project

EVERYTHING = "?a ?b ?c . ?d ?e ?f . ?g ?h ?i"
NUMBERS = " ".join(map(str, range(5000)))
DOUBLED = " ".join(f"BIND(CONCAT(?x{n}, ?x{n}) AS ?x{n + 1})" for n in range(40))
HOSTILE: dict[str, tuple[str | bytes, set[int]]] = {
    "nested-brackets": ("SELECT (" + "(" * 200_000 + "1" + ")" * 200_000 + " AS ?x) {}", {413}),
    "nested-a-little-less": ("SELECT (" + "(" * 30_000 + "1" + ")" * 30_000 + " AS ?x) {}", {400}),
    "service": ("SELECT * { SERVICE <http://127.0.0.1:8000/> { ?s ?p ?o } }", {403}),
    "service-silent": ("SELECT * { SERVICE SILENT ?s { ?s ?p ?o } }", {403}),
    "from-a-file": ("SELECT * FROM <file:///etc/passwd> { ?s ?p ?o }", {403}),
    "from-the-network": ("SELECT * FROM NAMED <http://127.0.0.1:8000/> { GRAPH ?g { ?s ?p ?o } }", {403}),
    "load": ("LOAD <file:///etc/passwd>", {403}),
    "update": ("DELETE WHERE { ?s ?p ?o }", {403}),
    "three-times-everything": (f"SELECT (COUNT(*) AS ?n) {{ {EVERYTHING} }}", {408}),
    "regex": (
        "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f FILTER REGEX(CONCAT(STR(?c), STR(?f)), '(.*a.*b){9}$') }",
        {408},
    ),
    "group-concat": ("SELECT (GROUP_CONCAT(?c) AS ?all) { ?a ?b ?c . ?d ?e ?f }", {408, 503}),
    "order-of-everything": (f"SELECT ?a ?i {{ {EVERYTHING} }} ORDER BY RAND() LIMIT 1", {408, 503}),
    "distinct-everything": (f"SELECT DISTINCT ?a ?c ?d ?f ?g ?i {{ {EVERYTHING} }} OFFSET 99999999", {408, 503}),
    "any-path": ("SELECT (COUNT(*) AS ?n) { ?a (!<a:a>|^!<a:a>)* ?b . ?c (!<a:a>)* ?d }", {408, 503}),
    "values": (
        f"SELECT (COUNT(*) AS ?n) {{ VALUES ?x {{ {NUMBERS} }} VALUES ?y {{ {NUMBERS} }} ?a ?b ?c }}",
        {408, 503},
    ),
    "megabyte": ("SELECT * { ?s ?p '" + "a" * 1_000_000 + "' }", {413}),
    "unions": ("SELECT * { {}" + " UNION {}" * 5000 + " }", {400}),
    "optionals": ("SELECT * { ?s ?p ?o" + " OPTIONAL { ?s ?p ?o }" * 2000 + " }", {400}),
    "doubled-text": (f"SELECT (STRLEN(?x40) AS ?n) {{ BIND('ab' AS ?x0) {DOUBLED} }}", {408, 503}),
    "large-result": ("SELECT * { ?a ?b ?c . ?d ?e ?f }", {408, 413}),
    "large-graph": ("CONSTRUCT { ?a ?e ?c } { ?a ?b ?c . ?d ?e ?f }", {408, 413, 503}),
    "unclosed": ('SELECT * { "' + '\\"' * 30_000, {400}),
    "dots": ("SELECT * { " + "a." * 30_000, {400}),
    "nul": ("SELECT * { ?s ?p '\0' }", {400}),
    "half-a-pair": (b"SELECT * { ?s ?p '\xed\xa0\x80' }", {400}),
    "no-utf-8": (b"SELECT * { ?s ?p '\xff\xfe' }", {400}),
    "empty": ("", {400}),
}


@pytest.fixture(scope="module")
def server(world: Built, world_project: Project) -> Iterator[Running]:
    """The invented world under limits that are soon reached."""
    code = with_limits(seconds=1.0, memory_mb=256, megabytes=8, rows=200_000)
    with serving(world.folder.parent, graph=world_project.graph, code=code) as running:
        assert running.lives()
        yield running


def posted(client: httpx.Client, name: str) -> httpx.Response:
    query = HOSTILE[name][0]
    content = query if isinstance(query, bytes) else query.encode()
    return client.post("/sparql", content=content, headers={"Content-Type": "application/sparql-query"})


@pytest.mark.parametrize("name", HOSTILE)
def test_it_is_refused_in_a_sentence_and_leaves_no_process(server: Running, name: str):
    before = len(server.processes())
    response = posted(server.client, name)
    assert response.status_code in HOSTILE[name][1], response.text[:300]
    sentence = response.text.partition("\n")[0]
    assert 10 < len(sentence) < 300
    assert response.headers["content-type"].startswith("text/plain")
    assert server.lives()
    assert eventually(lambda: len(server.processes()) <= max(before, 2))


def test_others_are_answered_all_the_while(server: Running):
    """From another address, so that it is another client."""
    statuses: dict[str, set[int]] = {name: set() for name in HOSTILE}
    over = threading.Event()

    def attack(names: list[str]) -> None:
        transport = httpx.HTTPTransport(local_address="127.0.0.2")
        with httpx.Client(base_url=server.url, transport=transport, timeout=30) as client:
            for name in cycle(names):
                if over.is_set() and all(statuses[name] for name in names):
                    return
                statuses[name].add(posted(client, name).status_code)

    def asked(number: int) -> float:
        began = time.monotonic()
        response = server.ask(f"SELECT ?s {{ ?s ?p ?o }} LIMIT {number + 1}")
        assert response.status_code == 200, response.text
        assert len(response.json()["results"]["bindings"]) == number + 1
        return time.monotonic() - began

    alone = sorted(map(asked, range(100)))
    attackers = [threading.Thread(target=attack, args=(list(HOSTILE)[start::6],)) for start in range(6)]
    for one in attackers:
        one.start()
    try:
        end, beside = time.monotonic() + 4, []
        while time.monotonic() < end:
            beside.append(asked(100 + len(beside)))
    finally:
        over.set()
        for one in attackers:
            one.join()
    beside.sort()
    assert all(found and found <= {400, 403, 408, 413, 429, 503} for found in statuses.values()), statuses
    # Each of them takes less than what a hostile query takes; on a quiet machine they take twice what they took alone.
    assert beside[len(beside) // 2] < 0.1 + 10 * alone[len(alone) // 2]
    assert beside[-1] < 2
    assert server.lives()


def test_afterwards_memory_and_processes_are_what_they_were(server: Running):
    for _ in range(3):
        posted(server.client, "large-result")
    before = psutil.Process(server.process.pid).memory_info().rss
    for name in ("large-result", "large-graph", "group-concat", "doubled-text", "megabyte"):
        posted(server.client, name)
    assert server.lives()
    assert psutil.Process(server.process.pid).memory_info().rss < before + (64 << 20)
    assert eventually(lambda: len(server.processes()) <= 4)  # the nursery, and what waits idly
