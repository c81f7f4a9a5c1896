"""Exports: nothing lost, nothing added, the same bytes each time."""

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import networkx as nx
import pyoxigraph as ox
import pytest
from rdflib import RDF, Graph

from kgtools.build import Built
from kgtools.errors import QuestionError, StoreError
from kgtools.export import FORMS, export
from kgtools.export.propertygraph import SEPARATOR
from kgtools.names import KG
from kgtools.sources import parse_nquads

PARSERS = {"turtle": ox.RdfFormat.TURTLE, "rdfxml": ox.RdfFormat.RDF_XML, "jsonld": ox.RdfFormat.JSON_LD}
FILES = ("reference.nq", "claims.nq", "scenarios.nq", "views/all.nq")


def quads(built: Built, names: tuple[str, ...]) -> set[ox.Quad]:
    return {q for name in names for q in ox.parse((built.folder / name).read_bytes(), format=ox.RdfFormat.N_QUADS)}


@pytest.mark.parametrize("form", PARSERS)
def test_a_merged_export_holds_the_triples_of_the_view(form: str, world: Built):
    parsed = {quad.triple for quad in ox.parse(export(world.folder, form), format=PARSERS[form])}
    assert parsed == {quad.triple for quad in quads(world, FILES)}


@pytest.mark.parametrize(("form", "syntax"), [("trig", ox.RdfFormat.TRIG), ("nquads", ox.RdfFormat.N_QUADS)])
def test_a_dataset_export_keeps_the_named_graphs(form: str, syntax: ox.RdfFormat, world: Built):
    blank = {
        q for q in ox.parse(export(world.folder, form), format=syntax) if "/graph/ontology" not in str(q.graph_name)
    }
    assert blank == quads(world, (*FILES, "withdrawn.nq"))


def test_lexical_forms_survive(world: Built):
    text = export(world.folder, "turtle").decode()
    assert "kg:latitude 20.5" in text
    assert "kg:latitude 15.0" in text


@pytest.mark.parametrize("form", ["turtle", "rdfxml", "jsonld"])
def test_rdflib_reads_it_with_every_claim(form: str, world: Built):
    names = {"turtle": "turtle", "rdfxml": "xml", "jsonld": "json-ld"}
    graph = Graph().parse(data=export(world.folder, form), format=names[form])
    assert len(set(graph.subjects(RDF.type, KG.Claim))) == 97


def test_json_ld_needs_no_context_from_elsewhere(world: Built):
    context = json.loads(export(world.folder, "jsonld"))["@context"]
    assert context["kg"] == str(KG)
    assert all(isinstance(value, str | float) for value in context.values())


def test_prefixes_are_the_projects(world: Built):
    text = export(world.folder, "turtle").decode()
    assert "ns1:" not in text
    assert "claim:herald-2020-001 a kg:Claim" in text


def test_graphml_opens_in_networkx_with_every_claim_on_an_edge(world: Built):
    graph = nx.read_graphml(io.BytesIO(export(world.folder, "graphml")), force_multigraph=True)
    named = {claim for *_, data in graph.edges(data=True) for claim in data.get("claims", "").split(SEPARATOR) if claim}
    claims = {
        f"claim:{str(s).rsplit('/', 1)[-1]}"
        for name in ("claims.nq", "withdrawn.nq")
        for s, p, o, _ in parse_nquads((world.folder / name).read_bytes())
        if p == KG.onProposition
    }
    assert named == claims
    assert graph.nodes["actor:red-hand"]["label_ar"] == "اليد الحمراء"
    propositions = [data for _, data in graph.nodes(data=True) if data["kind"] == "proposition"]
    assert {data["status"] for data in propositions} == {"fact", "no fact of the view"}
    assert {data["status"] for *_, data in graph.edges(data=True) if "status" in data} == {"fact", "inferred"}


def test_a_view_exports_its_own_facts(world: Built):
    everything, calm = (export(world.folder, "graphml", view).decode() for view in ("all", "uncontested"))
    assert everything.count(">fact<") > calm.count(">fact<") > 0


def test_bytes_do_not_depend_on_process_seed_or_locale(world: Built, tmp_path: Path):
    """Of every form at once: starting a process takes longer than writing one."""
    code = (
        "import sys, pathlib; from kgtools.export import FORMS, export, write; "
        "[write(pathlib.Path(sys.argv[2], form), export(pathlib.Path(sys.argv[1]), form)) for form in FORMS]"
    )
    other = {**os.environ, "PYTHONHASHSEED": "99", "LC_ALL": "C", "POLARS_MAX_THREADS": "1"}
    subprocess.run([sys.executable, "-c", code, str(world.folder), str(tmp_path)], env=other, check=True)
    for form in FORMS:
        written = export(world.folder, form)
        files = {"": written} if isinstance(written, bytes) else written
        assert {name: (tmp_path / form / name).read_bytes() for name in files} == files, form


def test_an_unknown_format_or_view_names_the_known_ones(world: Built):
    with pytest.raises(QuestionError, match="the formats are turtle, trig"):
        export(world.folder, "xlsx")
    with pytest.raises(QuestionError, match="the views are all, blog"):
        export(world.folder, "turtle", "none")


def test_no_snapshot_is_said(tmp_path):
    with pytest.raises(StoreError, match="run kg build"):
        export(tmp_path, "turtle")
