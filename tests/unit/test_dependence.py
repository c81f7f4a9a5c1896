"""What is recorded of who draws on whom is used where origins are counted, and nothing that draws on another is one."""

import shutil
from pathlib import Path

import pytest
from rdflib import URIRef

from kgtools.build import Built, build
from kgtools.cli import main
from kgtools.corroborate import corroborations
from kgtools.model import Project
from kgtools.names import expand, shorten
from kgtools.store import Store

DERIVED = "SELECT DISTINCT ?copy { ?copy prov:wasDerivedFrom ?root } ORDER BY ?copy"


@pytest.mark.parametrize("which", ["store", "real_store"])
def test_no_document_that_draws_on_another_is_an_origin(which: str, request):
    store: Store = request.getfixturevalue(which)
    copies = {row[0] for row in store.query(DERIVED).rows}
    roots: set[URIRef] = {root for one in corroborations(store) for root in (*one.roots, *one.contradicting_roots)}
    assert copies
    assert roots
    assert copies.isdisjoint(roots)


def counts(built: Built, capsys) -> str:
    main(["corroborate", "actor:red-hand", "kg:taxes", "--build", str(built.folder.parent)])
    line = next(line for line in capsys.readouterr().out.splitlines() if "first leg" in line)
    return line.split()[1]


def test_a_dependence_taken_out_of_the_record_makes_the_copy_a_witness(
    world: Built, world_project: Project, tmp_path: Path, capsys
):
    graph = tmp_path / "graph"
    shutil.copytree(world_project.graph, graph)
    path = graph / "sources" / "blog-copy.ttl"
    lines = path.read_text("utf-8").splitlines(keepends=True)
    kept = [line for line in lines if "prov:" not in line]
    assert len(kept) < len(lines)
    path.write_text("".join(kept), "utf-8")
    built = build(Project(world_project.root, world_project.ontology, graph), tmp_path)
    assert (counts(world, capsys), counts(built, capsys)) == ("2", "3")


def test_on_the_real_graph_outlets_that_pass_on_one_text_are_fewer_origins_than_documents(real_store: Store):
    found = corroborations(real_store, expand("event:algerian-airspace-closure-2025"), expand("kg:date"))
    assert found
    for one in found:
        documents = {claim.source for claim in one.claims}
        assert len(one.roots) < len(documents), [shorten(source) for source in documents]
