"""A build that takes what it can from earlier ones ends as one that makes all anew, in bytes and in findings."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rdflib import URIRef
from rdflib.paths import Path as PropertyPath
from rdflib.plugins.sparql import prepareQuery
from rdflib.plugins.sparql.parserutils import CompValue
from test_validate import BROKEN

from kgtools import memo as memo_module
from kgtools import sources
from kgtools.build import MEMO, build, load
from kgtools.errors import InvalidGraph
from kgtools.memo import Memo, key_of
from kgtools.model import Project
from kgtools.names import KG, PREFIXES
from kgtools.sources import read_corpus
from kgtools.validate import as_triples
from kgtools.validate.shapes import constraints, reads

ROOT = Path(__file__).resolve().parents[2]
WORLD = ROOT / "tests" / "world" / "graph"
HERALD, UN, ACTORS = "sources/herald-2020.ttl", "sources/un-river-2022.ttl", "reference/actors.ttl"

# What an editor may do to a file: its name, a text in it, and what is written for that.
EDITS = {
    "words": (HERALD, "Drivers tell of a Red Hand toll", "Drivers speak of a Red Hand toll"),
    "hedge": (HERALD, "kg:hedge hedge:possible", "kg:hedge hedge:alleged"),
    "stance": (HERALD, "kg:stance stance:speculates", "kg:stance stance:asserts"),
    "object": (HERALD, "kg:object segment:salt-road-1 ;", "kg:object segment:salt-road-2 ;"),
    "valid time": (HERALD, 'kg:validTo "2020"^^xsd:gYear', 'kg:validTo "2021"^^xsd:gYear'),
    "publication": (UN, 'dcterms:issued "2022"', 'dcterms:issued "2019"'),
    "label": (ACTORS, '"Red Hand"@en', '"The Red Hand"@en'),
    "decision": ("reference/identities.ttl", "kg:keeps actor:red-hand", "kg:keeps actor:dune-riders"),
    "no copy": ("sources/blog-copy.ttl", None, None),
    "no holder": (HERALD, "    kg:holder actor:unnamed-analysts ;\n", ""),  # which is a finding
    "no Turtle": (UN, "kg:Source ;", "kg:Source"),
}


@pytest.fixture
def copy(tmp_path: Path) -> Project:
    return copied(tmp_path / "project")


def copied(folder: Path) -> Project:
    """A copy of the world and of the ontology that a test may change."""
    shutil.copytree(WORLD, folder / "graph")
    shutil.copytree(ROOT / "ontology", folder / "ontology")
    return Project(folder, folder / "ontology", folder / "graph")


def edit(project: Project, *names: str) -> None:
    """Put the files as these edits make them out of the world."""
    shutil.rmtree(project.graph)
    shutil.copytree(WORLD, project.graph)
    for name in names:
        file, old, new = EDITS[name]
        path = project.graph / file
        if old is None:
            path.unlink()
            continue
        text = path.read_text("utf-8")
        assert old in text, "the world no longer holds what this test edits"
        path.write_text(text.replace(old, new, 1), encoding="utf-8")


def ended(project: Project, out: Path) -> dict[str, bytes] | str:
    """What a build ends with: every byte of the snapshot, or its findings."""
    try:
        folder = build(project, out).folder
    except InvalidGraph as error:
        return str(error)
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@settings(max_examples=6, suppress_health_check=list(HealthCheck))
@given(states=st.lists(st.sets(st.sampled_from(sorted(EDITS)), max_size=3), min_size=1, max_size=3))
def test_after_any_edits_a_rebuild_ends_as_a_cold_build(states: list[set], tmp_path_factory: pytest.TempPathFactory):
    folder = tmp_path_factory.mktemp("rebuild")
    project = copied(folder / "project")
    for number, names in enumerate(states):
        edit(project, *sorted(names))
        assert ended(project, folder / "out") == ended(project, folder / f"cold{number}"), states[: number + 1]


def test_each_edit_alone_makes_a_difference_and_undone_makes_none(copy: Project, tmp_path: Path):
    before = ended(copy, tmp_path / "out")
    for name in EDITS:
        edit(copy, name)
        assert ended(copy, tmp_path / "out") != before, name
    edit(copy)
    assert ended(copy, tmp_path / "out") == before


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a build of the unbroken world leaves in its memo."""
    folder = tmp_path_factory.mktemp("sound")
    build(copied(folder / "project"), folder / "out")
    return folder / "out" / MEMO


@pytest.mark.parametrize("name", BROKEN)
def test_a_fault_is_found_after_a_sound_build_as_without_one(name: str, copy: Project, sound: Path):
    file, good, bad, _ = BROKEN[name]
    path = copy.graph / file
    path.write_text(path.read_text("utf-8").replace(good, bad, 1), encoding="utf-8")
    found = load(copy, Memo(sound))[2]
    assert found
    assert found == load(copy)[2]


def test_only_the_edited_source_is_parsed_again(copy: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    build(copy, tmp_path / "out")
    edit(copy, "words")
    parsed = []
    parse = sources.parse_turtle
    monkeypatch.setattr(sources, "parse_turtle", lambda path, text: parsed.append(str(path)) or parse(path, text))
    build(copy, tmp_path / "out")
    assert [path for path in parsed if path.startswith("graph/sources")] == [f"graph/{HERALD}"]


@pytest.mark.parametrize(
    "damage",
    [lambda data: b"", lambda data: data[: len(data) // 2], lambda data: data[:-1] + b"?", lambda data: b"\xff" * 70],
    ids=["empty", "cut", "changed", "garbage"],
)
def test_what_is_damaged_is_made_anew(damage: Callable[[bytes], bytes], copy: Project, tmp_path: Path):
    before = ended(copy, tmp_path / "out")
    for path in (tmp_path / "out" / MEMO).iterdir():
        path.write_bytes(damage(path.read_bytes()))
    assert ended(copy, tmp_path / "out") == before
    assert ended(copy, tmp_path / "out") == before


def test_without_a_folder_to_keep_things_in_a_build_is_as_good(copy: Project, tmp_path: Path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / MEMO).write_text("no folder", encoding="utf-8")
    assert ended(copy, tmp_path / "out") == ended(copy, tmp_path / "other")


def test_what_no_build_needs_any_more_is_forgotten(copy: Project, tmp_path: Path):
    build(copy, tmp_path / "out")
    memo = tmp_path / "out" / MEMO
    before = {path.name for path in memo.iterdir()}
    (memo / ".half-written-by-a-killed-build").write_bytes(b"x")
    edit(copy, "words")
    build(copy, tmp_path / "out")
    after = {path.name for path in memo.iterdir()}
    assert len(after) == len(before)
    assert after != before


def test_what_else_lies_in_the_folder_stops_no_build(copy: Project, tmp_path: Path):
    (tmp_path / "out" / MEMO / "a folder").mkdir(parents=True)
    assert isinstance(ended(copy, tmp_path / "out"), dict)
    assert (tmp_path / "out" / MEMO / "a folder").is_dir()


def test_a_new_version_of_the_program_takes_nothing_from_an_old_one(monkeypatch: pytest.MonkeyPatch):
    key = key_of("part", "text")
    monkeypatch.setattr(memo_module, "_program", lambda: "another version")
    assert key_of("part", "text") != key


def test_parts_of_a_key_are_told_apart():
    assert len({key_of("a", "b", "c"), key_of("a", "bc"), key_of("a", "b", "", "c"), key_of("ab", "c")}) == 4


def test_every_shape_says_what_it_reads(real_project: Project):
    """So that an edit has only those checked again that it can break. Where FILTER (…) or BIND (…) comes before a
    subject, write the full stop between them."""
    for constraint in constraints(as_triples(read_corpus(real_project)[0].shapes)):
        read = constraint.reads
        assert read is not None, constraint.shape
        assert predicates_of(constraint.query) <= read, constraint.shape


KG_PREFIX = f"PREFIX kg: <{KG}> PREFIX rdfs: <{PREFIXES['rdfs']}> "


@pytest.mark.parametrize(
    "group",
    [
        "?s ?p ?o",
        "?s kg:a ?o ; ?p ?q",
        "kg:x ?p kg:y",
        "?s ?p 'text'",
        "?s ?p 5",
        "?s ?p -5",
        "?s ?p true",
        "?s kg:a [ ?p ?q ]",
        "?s !kg:a ?o",
        "?s !(kg:a|^kg:b) ?o",
        "?s !a ?o",
        "?s kg:a* ?o",
        "?s kg:a? ?o",
        "?s (kg:a/kg:b)* ?o",
        "?s kg:%61 ?o",
        "FILTER NOT EXISTS { ?s ?p ?o }",
        "{ SELECT ?s WHERE { ?s ?p ?o } }",
    ],
)
def test_what_may_read_any_predicate_is_taken_to(group: str):
    assert reads(f"{KG_PREFIX}SELECT ?s WHERE {{ {group} }}") is None


@pytest.mark.parametrize(
    "group",
    [
        "?s kg:a ?o . ?o kg:b ?q",
        "?s kg:a/kg:b|^kg:c ?o FILTER(!BOUND(?q)) OPTIONAL { ?o kg:d+ ?q }",
        "?s a ?k . ?k rdfs:subClassOf* kg:Thing",
        "{ ?s kg:a 5 } UNION { ?s kg:b 'x'@en } BIND(?s AS ?t) VALUES ?v { kg:x kg:y }",
        "?s kg:a ?o, ?q ; kg:b ?r . FILTER(!(?o < ?q) && ?r * 2 > 3)",
    ],
)
def test_the_predicates_that_a_query_reads_are_read_off(group: str):
    query = f"{KG_PREFIX}SELECT ?s WHERE {{ {group} }}"
    read = reads(query)
    assert read is not None
    assert predicates_of(query) <= read


def predicates_of(query: str) -> set[str]:
    """The predicates in the algebra of a query, by rdflib's parser."""
    return {iri for triple in _triples(prepareQuery(query).algebra) for iri in _iris(triple[1])}


def _triples(node: object) -> Iterator[tuple]:
    if isinstance(node, CompValue):
        yield from dict.get(node, "triples", ())  # CompValue has another get
        node = list(node.values())
    if isinstance(node, list | tuple):
        for part in node:
            yield from _triples(part)


def _iris(path: object) -> Iterator[str]:
    if isinstance(path, URIRef):
        yield str(path)
    elif isinstance(path, PropertyPath):
        path = list(vars(path).values())
    if isinstance(path, list):
        for part in path:
            yield from _iris(part)
