"""Bad data: one thing broken in a copy of the world gives findings that say where, what and how to mend it."""

import shutil
from functools import cache
from pathlib import Path

import pytest
from rdflib import Graph

from kgtools.build import build, load
from kgtools.claims import claim_layer
from kgtools.errors import InvalidGraph
from kgtools.freeze import nquads
from kgtools.model import Finding, Project
from kgtools.names import shorten
from kgtools.sources import read_corpus
from kgtools.validate import as_triples, check_format, ground_texts, without_graphs
from kgtools.validate.shapes import constraints, data_graph, violations

ROOT = Path(__file__).resolve().parents[2]
HERALD = "sources/herald-2020.ttl"
UN = "sources/un-river-2022.ttl"
BLOG = "sources/blog-copy.ttl"
THINGS = "reference/things.ttl"

# What is broken: file, text, its replacement; and the words of a finding that must be there.
BROKEN = {
    "misspelt-term": (HERALD, "kg:predicate kg:taxes", "kg:predicate kg:taxs", "did you mean kg:taxes?"),
    "dangling-reference": (
        HERALD,
        "kg:subject actor:villagers",
        "kg:subject actor:vilagers",
        "actor:vilagers is declared",
    ),
    "impossible-date": (UN, '"2021-01-20"^^xsd:date', '"2023-02-30"^^xsd:date', "'2023-02-30' is no xsd:date"),
    "valid-from-after-valid-to": (
        HERALD,
        'kg:validFrom "2019"^^xsd:gYear ;\n    kg:validTo "2020"',
        'kg:validFrom "2021"^^xsd:gYear ;\n    kg:validTo "2020"',
        "claim:herald-2020-001 is valid from a day after",
    ),
    "locator-outside-document": (HERALD, 'oa:end "83"', 'oa:end "9700"', "ends outside its document, which has"),
    "locator-backwards": (HERALD, 'oa:start "22"', 'oa:start "970"', "ends at or before its start"),
    "overlapping-ranks": (THINGS, "kg:rank 2", "kg:rank 1", "the same kg:rank as"),
    "gap-in-ranks": (THINGS, "kg:rank 2", "kg:rank 3", "no segment of its route comes right before"),
    "claim-without-holder": (HERALD, "    kg:holder actor:unnamed-analysts ;\n", "", "needs exactly one kg:holder"),
    "two-holders": (
        HERALD,
        "kg:holder actor:unnamed-analysts ;",
        "kg:holder actor:unnamed-analysts, actor:herald ;",
        "needs exactly one kg:holder",
    ),
    "hedge-without-words": (HERALD, '    kg:hedgeWording "argue"@en ;\n', "", "is hedged without the words"),
    "object-outside-range": (
        HERALD,
        "kg:object segment:salt-road-2",
        "kg:object place:tamur",
        "outside its predicate's range",
    ),
    "subject-outside-domain": (
        HERALD,
        "kg:object flow:arms ;\n            kg:predicate kg:carriesFlow ;\n            kg:subject route:coast-road",
        "kg:object flow:arms ;\n            kg:predicate kg:carriesFlow ;\n            kg:subject place:tamur",
        "outside its predicate's domain",
    ),
    "malformed-turtle": (
        HERALD,
        "claim:herald-2020-002 a kg:Claim ;",
        "claim:herald-2020-002 a kg:Claim",
        "is not Turtle",
    ),
    "duplicate-id": (HERALD, "claim:herald-2020-002 a", "claim:herald-2020-001 a", "is described a second time"),
    "claim-id-of-another-file": (BLOG, "claim:blog-copy-002 a", "claim:blog-002 a", "is no claim id of this file"),
    "source-of-another-name": (
        BLOG,
        "source:blog-copy a",
        "source:blog-copied a",
        "does not describe source:blog-copy",
    ),
    "relay-of-another-source": (
        HERALD,
        "kg:relays claim:herald-2020-006",
        "kg:relays claim:un-river-2022-001",
        "or one of another source",
    ),
    "stray-blank-node": (
        THINGS,
        "kg:segmentOf route:coast-road",
        "kg:segmentOf [ a kg:Route ]",
        "has a blank node under",
    ),
    "label-missing": (THINGS, '        "Coast Road"@en,\n', "", "needs one skos:prefLabel in each of en, fr and ar"),
    "undated-source-without-reason": (
        BLOG,
        ' ;\n    kg:undatedBecause "The page shows no date."@en',
        "",
        "has no date",
    ),
}


@pytest.fixture
def copy(tmp_path: Path) -> Project:
    """The repository's ontology with a copy of the world that a test may break."""
    shutil.copytree(ROOT / "tests" / "world" / "graph", tmp_path / "graph")
    (tmp_path / "ontology").symlink_to(ROOT / "ontology")
    return Project(tmp_path, tmp_path / "ontology", tmp_path / "graph")


def findings(project: Project) -> list[Finding]:
    return load(project)[2]


def test_the_world_has_no_finding_and_is_canonical(copy: Project):
    assert findings(copy) == []
    assert check_format(read_corpus(copy)[0]) == []


@pytest.mark.parametrize("name", BROKEN)
def test_each_fault_is_found_where_it_is(name: str, copy: Project):
    file, good, bad, words = BROKEN[name]
    path = copy.graph / file
    text = path.read_text("utf-8")
    assert good in text, "the world no longer holds what this test breaks"
    path.write_text(text.replace(good, bad, 1), encoding="utf-8")
    found = [finding for finding in findings(copy) if words in finding.message]
    assert found, findings(copy)
    assert {finding.path for finding in found} == {f"graph/{file}"}
    assert "\n" not in str(found[0])


@pytest.mark.parametrize("name", ["misspelt-term", "impossible-date", "malformed-turtle", "claim-without-holder"])
def test_a_finding_names_the_line(name: str, copy: Project):
    file, good, bad, words = BROKEN[name]
    path = copy.graph / file
    text = path.read_text("utf-8")
    path.write_text(text.replace(good, bad, 1), encoding="utf-8")
    line = text[: text.index(good)].count("\n") + 1
    found = next(finding for finding in findings(copy) if words in finding.message)
    assert found.line is not None
    assert abs(found.line - line) <= 12


def test_a_file_that_is_not_utf8_is_named(copy: Project):
    path = copy.graph / HERALD
    path.write_bytes(path.read_bytes() + b"# caf\xe9\n")
    assert any("is not UTF-8" in finding.message and finding.line for finding in findings(copy))


def test_an_empty_folder_is_a_finding(copy: Project):
    shutil.rmtree(copy.graph / "sources")
    (copy.graph / "sources").mkdir()
    assert any("nothing to read" in finding.message for finding in findings(copy))


def test_a_bad_graph_leaves_the_last_snapshot_as_it_was(copy: Project, tmp_path: Path):
    built = build(copy, tmp_path / "build")
    before = {path.name: path.read_bytes() for path in built.folder.rglob("*") if path.is_file()}
    path = copy.graph / HERALD
    path.write_text(path.read_text("utf-8").replace("kg:taxes", "kg:taxs"), encoding="utf-8")
    with pytest.raises(InvalidGraph, match=r"herald-2020\.ttl:\d+: kg:taxs"):
        build(copy, tmp_path / "build")
    assert {path.name: path.read_bytes() for path in built.folder.rglob("*") if path.is_file()} == before
    assert [path.name for path in (tmp_path / "build").iterdir() if path.name != "memo"] == ["snapshot"]


def ours_and_pyshacls(project: Project) -> tuple[set, set]:
    """Results of our compiled shapes and of pyshacl, as (focus, shape)."""
    import pyshacl
    import rdflib

    corpus, _ = read_corpus(project)
    layer = claim_layer(corpus.sources, corpus.scenarios)
    texts = [*ground_texts(corpus), without_graphs(nquads(layer)).decode()]
    shapes = as_triples(corpus.shapes)
    data, shapes_graph = Graph(), Graph()
    for text in texts:
        data.parse(data=text, format="turtle")
    for triple in shapes:
        shapes_graph.add(triple)
    normalize = rdflib.NORMALIZE_LITERALS
    _, report, _ = pyshacl.validate(data, shacl_graph=shapes_graph, inference="none")
    rdflib.NORMALIZE_LITERALS = normalize
    sh = rdflib.Namespace("http://www.w3.org/ns/shacl#")
    # pyshacl names the property shape or the node shape with the rule: both begin with the node shape's name.
    theirs = {
        (str(focus), shorten(str(next(report.objects(node, sh.sourceShape)))).removeprefix("shape:"))
        for node in report.subjects(rdflib.RDF.type, sh.ValidationResult)
        for focus in report.objects(node, sh.focusNode)
    }
    ours = {(violation.focus, violation.shape) for violation in violations(data_graph(texts), constraints(shapes))}
    endings = ("-value", "-in-three-languages", "-rule")
    return ours, {(focus, next((s.removesuffix(e) for e in endings if s.endswith(e)), s)) for focus, s in theirs}


@pytest.fixture
def each_query_read_once(monkeypatch: pytest.MonkeyPatch):
    """Have rdflib read each text of a query once: pyshacl asks the same of every node, and reading takes most of it."""
    from rdflib.plugins.sparql import processor

    translate, parse = processor.translateQuery, processor.parseQuery
    read = cache(lambda text, base, names: translate(parse(text), base, dict(names)))
    monkeypatch.setattr(processor, "parseQuery", lambda text: text)
    monkeypatch.setattr(
        processor, "translateQuery", lambda text, base, names: read(text, base, tuple(sorted((names or {}).items())))
    )


@pytest.mark.usefixtures("each_query_read_once")
def test_compiled_shapes_find_what_pyshacl_finds(copy: Project):
    shaped = ("valid-from-after-valid-to", "locator-backwards", "locator-outside-document", "object-outside-range")
    for name in (*shaped, "overlapping-ranks", "claim-without-holder", "hedge-without-words", "label-missing"):
        file, good, bad, _ = BROKEN[name]
        path = copy.graph / file
        path.write_text(path.read_text("utf-8").replace(good, bad, 1), encoding="utf-8")
    ours, theirs = ours_and_pyshacls(copy)
    assert len(ours) >= 8
    assert ours == theirs
