"""The store: right answers, and one sentence for whatever stops a query; the store itself survives."""

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from rdflib import XSD, Literal, URIRef

from kgtools.build import Built
from kgtools.errors import QuestionError, StoreError
from kgtools.store import Store

ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a (!kg:none)* ?b . ?c (!kg:none)* ?d . ?e (!kg:none)* ?f }"
BOMB = "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } ORDER BY ?a ?i"


@pytest.fixture
def store(world: Built):
    with Store.open(world.folder) as opened:
        yield opened


def test_the_default_graph_holds_each_triple_once(store: Store, world: Built):
    files = ("ontology.nq", "reference.nq", "claims.nq", "scenarios.nq", "views/all.nq")
    lines = {line.rsplit(b" <", 1)[0] for name in files for line in (world.folder / name).read_bytes().splitlines()}
    [[count]] = store.query("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }").rows
    assert int(count) == len(lines)


def test_named_graphs_are_the_sources(store: Store):
    query = "SELECT ?g { GRAPH ?g { claim:herald-2020-001 a kg:Claim } }"
    assert store.query(query).rows == ((URIRef("https://w3id.org/sahel-kg/graph/herald-2020"),),)


def test_ask_construct_and_describe_have_their_own_kinds_of_answer(store: Store):
    assert store.query("ASK { claim:herald-2020-001 a kg:Claim }").boolean is True
    assert len(store.query("CONSTRUCT { ?s a kg:X } WHERE { ?s a kg:View }").triples or ()) == 8
    assert store.query("DESCRIBE actor:red-hand").triples


def test_terms_keep_language_and_type(store: Store):
    rows = store.query("SELECT ?x { VALUES ?x { 'a' 'b'@fr '2020'^^xsd:gYear true } } ORDER BY STR(?x)").rows
    expected = [
        Literal("2020", datatype=XSD.gYear),
        Literal("a"),
        Literal("b", lang="fr"),
        Literal("true", datatype=XSD.boolean),
    ]
    assert [row[0] for row in rows] == expected


def test_a_variable_is_bound_and_not_pasted(store: Store):
    hostile = Literal('" } DROP ALL #')
    assert store.query("SELECT ?x { ?s skos:prefLabel ?x }", {"x": hostile}).rows == ()


def test_a_bound_variable_must_be_selected(store: Store):
    with pytest.raises(QuestionError, match="SELECT"):
        store.query("SELECT ?s { ?s ?p ?o }", {"o": Literal("x")})


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("SELECT ?x { ?x actr:y ?z }", "did you mean 'actor'"),
        ("SELECT ?x {\n  ?x ?y }", "line 2"),
        ("SELEC ?x { ?x ?y ?z }", "unexpected"),
    ],
)
def test_a_wrong_query_says_where(store: Store, query: str, words: str):
    with pytest.raises(QuestionError, match=words) as caught:
        store.query(query)
    assert "^" in str(caught.value)
    assert len(str(caught.value).splitlines()) <= 15


def test_an_endless_query_is_stopped_and_the_next_one_works(store: Store):
    start = time.monotonic()
    with pytest.raises(StoreError, match="stopped after 1 seconds"):
        store.query(ENDLESS, timeout=1)
    assert time.monotonic() - start < 5
    assert store.query("ASK { ?s ?p ?o }").boolean


def test_a_query_that_eats_memory_is_stopped_and_the_next_one_works(world: Built):
    with Store.open(world.folder, memory_mb=700) as small:
        with pytest.raises(StoreError, match="memory"):
            small.query(BOMB)
        assert small.query("ASK { ?s ?p ?o }").boolean


def test_a_killed_worker_is_said_and_replaced(store: Store):
    store.query("ASK { ?s ?p ?o }")
    os.kill(store._worker.pid, signal.SIGKILL)
    time.sleep(0.2)
    with pytest.raises(StoreError, match="brought the engine down"):
        store.query("ASK { ?s ?p ?o }")
    assert store.query("ASK { ?s ?p ?o }").boolean


def test_an_interrupt_stops_the_query_within_a_second(store: Store, request: pytest.FixtureRequest):
    # A shell's background job starts with SIGINT ignored, and so would this test when run as one.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    request.addfinalizer(lambda: signal.signal(signal.SIGINT, before))
    store.query("ASK { ?s ?p ?o }")
    threading.Timer(0.5, lambda: os.kill(os.getpid(), signal.SIGINT)).start()
    start = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        store.query(ENDLESS)
    assert time.monotonic() - start < 2
    assert store.query("ASK { ?s ?p ?o }").boolean


def test_closing_leaves_no_process(world: Built):
    with Store.open(world.folder) as opened:
        opened.query("ASK { ?s ?p ?o }")
        pid = opened._worker.pid
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_a_killed_parent_takes_its_worker_along(world: Built, tmp_path: Path):
    script = (
        "import sys, pathlib\nfrom kgtools.store import Store\n"
        f"s = Store.open(pathlib.Path({str(world.folder)!r}))\ns.query('ASK {{ ?s ?p ?o }}')\n"
        f"print(s._worker.pid, flush=True)\ns.query({ENDLESS!r}, timeout=60)\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    pid = int(parent.stdout.readline())
    time.sleep(0.3)
    parent.kill()
    parent.wait()
    deadline = time.monotonic() + 5
    while Path(f"/proc/{pid}").exists() and "Z" not in Path(f"/proc/{pid}/stat").read_text().split()[2]:
        assert time.monotonic() < deadline, "the worker outlives its parent"
        time.sleep(0.05)


def test_an_unknown_view_names_the_known_ones(world: Built):
    with pytest.raises(QuestionError, match=r"the views are all, blog.*did you mean 'uncontested'"):
        Store.open(world.folder, "uncontestd")


@pytest.mark.parametrize("damage", ["gone", "cut", "no-manifest", "empty-manifest"])
def test_a_damaged_snapshot_is_refused(world: Built, tmp_path: Path, damage: str):
    import shutil

    folder = tmp_path / "snapshot"
    shutil.copytree(world.folder, folder)
    if damage == "gone":
        (folder / "claims.nq").unlink()
    elif damage == "cut":
        (folder / "claims.nq").write_bytes((folder / "claims.nq").read_bytes()[:-100])
    elif damage == "no-manifest":
        (folder / "manifest.json").unlink()
    else:
        (folder / "manifest.json").write_text(json.dumps({}))
    with pytest.raises(StoreError), Store.open(folder) as opened:
        opened.query("ASK { ?s ?p ?o }")


@pytest.mark.parametrize("read", [Store.read, Store.whole])
def test_a_file_that_was_changed_under_an_open_store_is_not_given_out(read, world: Built, tmp_path: Path):
    folder = tmp_path / "snapshot"
    shutil.copytree(world.folder, folder)
    with Store.open(folder) as store:
        assert read(store, "claims.nq") == (folder / "claims.nq").read_bytes()
        (folder / "claims.nq").write_bytes(b"")
        with pytest.raises(StoreError, match=r"claims\.nq is not the file that its manifest names"):
            read(store, "claims.nq")
