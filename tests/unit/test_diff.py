"""Diffs of snapshots: each kind of change shows as itself, and a diff applied gives the later claims."""

import hashlib
import json
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rdflib import RDF, XSD, BNode, Literal, URIRef
from rdflib.namespace import DCTERMS

from kgtools.build import Built, build, write
from kgtools.claims import proposition_iri
from kgtools.diff import (
    Change,
    Diff,
    answer_lines,
    apply,
    changed_answers,
    claim_quads,
    diff,
    diff_json,
    diff_lines,
    labels_of,
    snapshot_of,
    snapshot_of_revision,
)
from kgtools.errors import InvalidGraph, KgError, QuestionError, StoreError, UsageError
from kgtools.freeze import nquads
from kgtools.model import Project, Quad, Triple
from kgtools.names import KG, expand, graph_iri, shorten
from kgtools.questions import read_question, read_questions

ROOT = Path(__file__).resolve().parents[2]
WORLD = ROOT / "tests" / "world" / "graph"
HERALD, ALMANAC, ACTORS = "sources/herald-2020.ttl", "sources/almanac-2024.ttl", "reference/actors.ttl"

# File, subject, what its block says, what the edited copy says instead.
EDITS = [
    (HERALD, "claim:herald-2020-001", 'kg:validFrom "2019"', 'kg:validFrom "2018"'),
    (HERALD, "claim:herald-2020-001", '    kg:validTo "2020"', '    kg:validTo "2021-05"'),
    (HERALD, "claim:herald-2020-001", '"2021-05"^^xsd:gYear', '"2021-05"^^xsd:gYearMonth'),
    (HERALD, "claim:herald-2020-001", '"drivers say"', '"drivers claim"'),
    (HERALD, "claim:herald-2020-007", "kg:holder actor:herald", "kg:holder actor:blogger"),
    (HERALD, "claim:herald-2020-010", "stance:asserts", "stance:speculates"),
    (HERALD, "claim:herald-2020-011", "paragraph 11", "paragraph 12"),
    (HERALD, "claim:herald-2020-013", "hedge:likely", "hedge:possible"),
    (HERALD, "claim:herald-2020-013", "kg:subject actor:salt-network", "kg:subject actor:dune-riders"),
    (HERALD, "claim:herald-2020-013", "probably pays", "may pay"),
    (HERALD, "source:herald-2020", "The Herald on the Salt Road", "The Herald on the Road"),
    (HERALD, "source:herald-2020", '"2020-05"', '"2020-06"'),
    (HERALD, "source:herald-2020", "perspective:press", "perspective:blog"),
    (ALMANAC, "claim:almanac-2024-022", 'kg:horizon "2023"', 'kg:horizon "2024"'),
    (
        "sources/institute-2023.ttl",
        "claim:institute-2023-009",
        "kg:locator",
        "kg:inScenario scenario:thaw ;\n    kg:locator",
    ),
    ("sources/institute-2023.ttl", "claim:institute-2023-009", "stance:asserts", "stance:forecasts"),
    (ACTORS, "actor:iron-shield", '"Iron Shield"@en', '"The Iron Shield"@en'),
]
GONE, NEW = "claim:herald-2020-003", "claim:herald-2020-099"


def block(text: str, subject: str) -> str:
    return re.search(rf"^{re.escape(subject)} .*?\.\n(?=\n|\Z)", text, re.DOTALL | re.MULTILINE)[0]


def edit(graph: Path) -> None:
    """The edits above; one claim dropped, and one of its kind added."""
    for name, subject, old, new in EDITS:
        text = (graph / name).read_text("utf-8")
        part = block(text, subject)
        assert old in part, (subject, old)
        (graph / name).write_text(text.replace(part, part.replace(old, new)), "utf-8")
    text = (graph / HERALD).read_text("utf-8")
    part = block(text, GONE)
    added = part.replace(GONE, NEW).replace('"bandits"', '"smugglers"')
    (graph / HERALD).write_text(text.replace(part, added), "utf-8")


@pytest.fixture(scope="module")
def edited(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("edited")
    shutil.copytree(WORLD, folder / "graph")
    edit(folder / "graph")
    return build(Project(folder, ROOT / "ontology", folder / "graph"), folder / "build").folder


@pytest.fixture(scope="module")
def found(world: Built, edited: Path) -> Diff:
    return diff(world.folder, edited)


def text(value: object) -> str:
    return " ".join(map(text, value)) if isinstance(value, tuple) else shorten(str(value))


def fields(changes: Iterable[Change]) -> dict[str, dict[str, tuple[list[str], list[str]]]]:
    return {
        shorten(c.thing): {f.name: ([*map(text, f.before)], [*map(text, f.after)]) for f in c.fields}
        for c in changes
        if c.status == "changed"
    }


def test_equal_snapshots_do_not_differ(world: Built):
    same = diff(world.folder, world.folder)
    assert same.empty
    assert diff_lines(same, {}) == "no difference"


def test_claims_come_and_go_by_name(found: Diff):
    statuses = {shorten(c.thing): c.status for c in found.claims if c.status != "changed"}
    assert statuses == {GONE: "gone", NEW: "added"}


CHANGED = {
    "claim:almanac-2024-022": {"horizon": (["2023"], ["2024"])},
    "claim:herald-2020-001": {
        "hedge wording": (["drivers say"], ["drivers claim"]),
        "valid from": (["2019"], ["2018"]),
        "valid to": (["2020"], ["2021-05"]),
    },
    "claim:herald-2020-007": {"holder": (["actor:herald"], ["actor:blogger"])},
    "claim:herald-2020-010": {"stance": (["stance:asserts"], ["stance:speculates"])},
    "claim:herald-2020-011": {"locators": (["section paragraph 11"], ["section paragraph 12"])},
    "claim:herald-2020-013": {
        "hedge": (["hedge:likely"], ["hedge:possible"]),
        "paraphrase": (["The salt network probably pays the Red Hand."], ["The salt network may pay the Red Hand."]),
        "propositions": (
            ["actor:salt-network kg:finances actor:red-hand"],
            ["actor:dune-riders kg:finances actor:red-hand"],
        ),
    },
    "claim:institute-2023-009": {
        "scenarios": ([], ["scenario:thaw"]),
        "stance": (["stance:asserts"], ["stance:forecasts"]),
    },
}


def test_no_other_claim_changed(found: Diff):
    assert sorted(fields(found.claims)) == sorted(CHANGED)


@pytest.mark.parametrize("claim", CHANGED)
def test_a_changed_claim_shows_what_changed_with_old_and_new_value(found: Diff, claim: str):
    assert fields(found.claims)[claim] == CHANGED[claim]


def test_a_changed_source_shows_what_changed(found: Diff):
    assert fields(found.sources) == {
        "source:herald-2020": {
            "title": (["The Herald on the Salt Road"], ["The Herald on the Road"]),
            "date": (["2020-05"], ["2020-06"]),
            "perspective": (["perspective:press"], ["perspective:blog"]),
        }
    }


def test_a_name_in_the_reference_data_changes_there_alone(found: Diff):
    [graph] = found.reference
    assert (graph.name, [str(t[2]) for t in graph.lost], [str(t[2]) for t in graph.gained]) == (
        "reference",
        ["Iron Shield"],
        ["The Iron Shield"],
    )
    assert found.ontology == ()


def test_the_facts_of_a_view_change_by_triples_and_counts(found: Diff):
    [graph] = [graph for graph in found.views if graph.name == "view/all/facts"]
    described = (expand("actor:dune-riders"), KG.isDescribedAs)
    assert (*described, Literal("bandits", lang="en")) in graph.lost
    assert (*described, Literal("smugglers", lang="en")) in graph.gained
    assert graph.after - graph.before == len(graph.gained) - len(graph.lost)


def test_the_other_way_round_old_and_new_change_places(world: Built, edited: Path, found: Diff):
    back = diff(edited, world.folder)
    assert {c.thing: (c.lost, c.gained) for c in back.claims} == {c.thing: (c.gained, c.lost) for c in found.claims}


def test_the_diff_applied_to_the_world_gives_the_edited_world(world: Built, edited: Path, found: Diff):
    assert apply(found, claim_quads(world.folder)) == claim_quads(edited)


def test_a_diff_of_other_claims_is_not_applied(edited: Path, found: Diff):
    with pytest.raises(UsageError, match="does not begin at these claims"):
        apply(found, claim_quads(edited))


def test_people_get_counts_first_and_a_line_for_each_claim(found: Diff, world: Built, edited: Path):
    head, *lines = diff_lines(found, labels_of(world.folder, edited)).splitlines()
    assert head.startswith("claims: 1 added, 1 gone, 7 changed; sources: 0 added, 0 gone, 1 changed; ")
    assert f"- {GONE}  The Herald asserts: The Dune Riders are called bandits by some." in lines
    assert "~ claim:herald-2020-010  stance: asserts → speculates" in lines
    assert "  + The Iron Shield | skos:prefLabel | The Iron Shield" in lines


def test_a_long_list_of_triples_is_cut_on_each_side(found: Diff):
    lines = diff_lines(found, {}, most=1).splitlines()
    assert any(re.fullmatch(r"  \+ … and \d+ more", line) for line in lines)
    assert any(re.fullmatch(r"  - … and \d+ more", line) for line in lines)


def test_a_line_break_in_a_text_does_not_break_the_line(tmp_path: Path):
    old, new = (snapshot([*claim(1, paraphrase=t)], tmp_path / t[0]) for t in ("a\nb", "c\r\nd\te"))
    assert diff_lines(diff(old, new), {}).splitlines()[1:] == ["~ claim:one-001  paraphrase: a b → c d e"]


def test_programs_get_all_of_it(found: Diff):
    document = json.loads(diff_json(found))
    assert (document["before"], document["after"]) == (found.before, found.after)
    [change] = [c for c in document["claims"] if c["iri"].endswith("herald-2020-010")]
    assert change["status"] == "changed"
    assert [(f["field"], f["after"][0]["value"].rsplit("/", 1)[-1]) for f in change["fields"]] == [
        ("stance", "speculates")
    ]
    assert "answers" not in document


def test_the_questions_whose_answers_change_show_rows_lost_and_gained(world: Built, edited: Path):
    asked = read_question(
        Path("names.rq"),
        "#+ summary: What are the riders called?\nSELECT ?n { actor:dune-riders kg:isDescribedAs ?n } ORDER BY ?n",
    )
    steady = read_question(Path("steady.rq"), "#+ summary: One?\nSELECT (1 AS ?n) { } ORDER BY ?n")
    [change] = changed_answers(world.folder, edited, [steady, asked])
    assert (change.question, change.columns) == ("names", ("n",))
    assert "bandits" in {str(row[0]) for row in change.lost}
    assert answer_lines([change], {}).splitlines() == ["names: rows: 1 gained, 1 lost", "  - bandits", "  + smugglers"]
    assert json.loads(diff_json(diff(world.folder, edited), [change]))["answers"][0]["question"] == "names"


def test_the_shipped_questions_answer_alike_on_equal_snapshots(world: Built):
    assert changed_answers(world.folder, world.folder, read_questions(ROOT / "ontology" / "questions").values()) == []


def test_a_question_that_fails_is_named(world: Built, edited: Path):
    broken = read_question(Path("broken.rq"), "#+ summary: What?\nSELECT ?a { ?a ")
    with pytest.raises(QuestionError, match="broken: "):
        changed_answers(world.folder, edited, [broken])


# Snapshots by hand


def snapshot(quads: Iterable[Quad], out: Path) -> Path:
    """A snapshot folder with these claims and nothing else."""
    files = {
        "ontology.nq": b"",
        "reference.nq": b"",
        "claims.nq": nquads(quads),
        "scenarios.nq": b"",
        "withdrawn.nq": b"",
    }
    return write(files, out).folder


def claim(
    number: int,
    *,
    source: str = "one",
    holder: str = "x",
    stance: str = "asserts",
    hedge: str = "none",
    confidence: str = "high",
    date: str | None = None,
    objects: Iterable[str] = ("a",),
    section: str = "1",
    paraphrase: str = "p",
) -> Iterator[Quad]:
    """A claim as the build writes it."""
    iri, graph = expand(f"claim:one-{number:03}"), graph_iri(source)
    locator = expand(f"locator:{number}-{section}")
    triples: list[Triple] = [
        (iri, RDF.type, KG.Claim),
        (iri, KG.statedIn, expand(f"source:{source}")),
        (iri, KG.holder, expand(f"actor:{holder}")),
        (iri, KG.stance, expand(f"stance:{stance}")),
        (iri, KG.hedge, expand(f"hedge:{hedge}")),
        (iri, KG.confidence, expand(f"confidence:{confidence}")),
        (iri, KG.paraphrase, Literal(paraphrase, lang="en")),
        (iri, KG.locator, locator),
        (locator, RDF.type, KG.Locator),
        (locator, KG.section, Literal(section)),
    ]
    if date:
        triples.append((iri, KG.validFrom, Literal(date, datatype=XSD.gYear)))
    for name in objects:
        whole = (expand("actor:s"), KG.taxes, expand(f"segment:{name}"))
        node = proposition_iri(whole)
        triples += [(iri, KG.onProposition, node), (node, RDF.type, KG.Proposition)]
        triples += zip([node] * 3, (KG.subject, KG.predicate, KG.object), whole, strict=True)
    yield from ((*triple, graph) for triple in triples)


def source(name: str, title: str, origin: str | None) -> Iterator[Quad]:
    iri, graph = expand(f"source:{name}"), graph_iri(name)
    yield (iri, RDF.type, KG.Source, graph)
    yield (iri, DCTERMS.title, Literal(title), graph)
    if origin:
        yield (iri, URIRef("http://www.w3.org/ns/prov#wasDerivedFrom"), expand(f"source:{origin}"), graph)


CLAIMS = st.dictionaries(
    st.integers(1, 4),
    st.fixed_dictionaries(
        {
            "source": st.sampled_from(["one", "two"]),
            "holder": st.sampled_from("xy"),
            "stance": st.sampled_from(["asserts", "denies", "forecasts"]),
            "hedge": st.sampled_from(["none", "likely"]),
            "confidence": st.sampled_from(["high", "low"]),
            "date": st.sampled_from([None, "2019", "2020"]),
            "objects": st.sets(st.sampled_from("abc"), min_size=1),
            "section": st.sampled_from("12"),
        }
    ),
)
SOURCES = st.dictionaries(
    st.sampled_from(["one", "two"]), st.tuples(st.sampled_from("TU"), st.sampled_from([None, "three"]))
)
LAYERS = st.builds(
    lambda claims, sources: [
        *(quad for number, parts in claims.items() for quad in claim(number, **parts)),
        *(quad for name, parts in sources.items() for quad in source(name, *parts)),
    ],
    CLAIMS,
    SOURCES,
)
THINGS = [expand(name) for name in ("claim:a", "claim:b", "source:a", "proposition:a", "locator:a")]
QUADS = st.tuples(
    st.sampled_from([*THINGS, BNode("b")]),
    st.sampled_from([RDF.type, KG.statedIn, KG.onProposition, KG.locator, KG.subject, KG.predicate, KG.value]),
    st.sampled_from([*THINGS, KG.Claim, KG.Source, BNode("b"), Literal("v"), Literal("v", lang="en")]),
    st.sampled_from([graph_iri("a"), graph_iri("derived"), URIRef("urn:elsewhere")]),
)


def law_holds(before: Iterable[Quad], after: Iterable[Quad]) -> bool:
    with tempfile.TemporaryDirectory() as name:
        old, new = snapshot(before, Path(name) / "old"), snapshot(after, Path(name) / "new")
        return apply(diff(old, new), claim_quads(old)) == claim_quads(new)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(LAYERS, LAYERS)
def test_a_diff_applied_to_the_earlier_claims_gives_the_later(before: list[Quad], after: list[Quad]):
    assert law_holds(before, after)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(QUADS, max_size=25), st.lists(QUADS, max_size=25))
def test_the_law_holds_for_claims_that_no_build_would_write(before: list[Quad], after: list[Quad]):
    assert law_holds(before, after)


def test_a_claim_that_moves_to_another_source_is_changed_not_replaced(tmp_path: Path):
    old, new = snapshot(claim(1), tmp_path / "old"), snapshot(claim(1, source="two"), tmp_path / "new")
    assert fields(diff(old, new).claims) == {"claim:one-001": {"source": (["source:one"], ["source:two"])}}


def test_a_claim_that_leaves_a_shared_proposition_takes_it_from_nobody(tmp_path: Path):
    old = snapshot([*claim(1), *claim(2)], tmp_path / "old")
    new = snapshot([*claim(1), *claim(2, objects=("b",))], tmp_path / "new")
    found = diff(old, new)
    assert [shorten(change.thing) for change in found.claims] == ["claim:one-002"]
    assert apply(found, claim_quads(old)) == claim_quads(new)


def test_what_a_claim_relays_shows_by_name(tmp_path: Path):
    relays = (expand("claim:one-001"), KG.relays, expand("claim:two-001"), graph_iri("one"))
    old, new = snapshot(claim(1), tmp_path / "old"), snapshot([*claim(1), relays], tmp_path / "new")
    assert fields(diff(old, new).claims) == {"claim:one-001": {"relays": ([], ["claim:two-001"])}}


def test_confidence_and_derivation_show_by_name(tmp_path: Path):
    old = snapshot([*claim(1), *source("one", "T", None)], tmp_path / "old")
    new = snapshot([*claim(1, confidence="low"), *source("one", "T", "two")], tmp_path / "new")
    found = diff(old, new)
    assert fields(found.claims)["claim:one-001"] == {"confidence": (["confidence:high"], ["confidence:low"])}
    assert fields(found.sources)["source:one"] == {"derivation": ([], ["source:two"])}


def test_sources_come_and_go(tmp_path: Path):
    old, new = snapshot(source("one", "T", None), tmp_path / "a"), snapshot(source("two", "U", None), tmp_path / "b")
    lines = diff_lines(diff(old, new), {}).splitlines()
    assert lines == ["sources: 1 added, 1 gone, 0 changed", "- source:one  T (undated)", "+ source:two  U (undated)"]


def test_an_empty_snapshot_lacks_all_claims(tmp_path: Path):
    old, new = snapshot([], tmp_path / "old"), snapshot(claim(1), tmp_path / "new")
    assert [c.status for c in diff(old, new).claims] == ["added"]
    assert [c.status for c in diff(new, old).claims] == ["gone"]


def rewritten(folder: Path, out: Path, name: str, data: bytes) -> Path:
    """A copy of the snapshot with other bytes in one file, and a manifest that says so."""
    shutil.copytree(folder, out)
    (out / name).write_bytes(data)
    manifest = json.loads((out / "manifest.json").read_bytes())
    manifest["files"][name]["sha256"] = hashlib.sha256(data).hexdigest()
    (out / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    return out


@pytest.mark.parametrize("name", ["claims.nq", "ontology.nq", "reference.nq", "views/all.nq"])
def test_the_order_of_lines_and_the_labels_of_blank_nodes_make_no_difference(world: Built, tmp_path: Path, name: str):
    data = (world.folder / name).read_bytes()
    lines = re.sub(rb"_:(\w+)", lambda m: b"_:x" + hashlib.sha256(m[1]).hexdigest()[:9].encode(), data).splitlines(True)
    assert name != "ontology.nq" or b"_:" in data
    other = rewritten(world.folder, tmp_path / "other", name, b"".join(reversed(lines)))
    assert diff(world.folder, other).empty
    assert diff(other, world.folder).empty


def test_blank_nodes_in_a_circle_end(tmp_path: Path):
    graph = graph_iri("one")
    circle = [(BNode(a), KG.subject, BNode(b), graph) for a, b in ("xy", "yx")]
    relabelled = [(BNode(a), KG.subject, BNode(b), graph) for a, b in ("pq", "qp")]
    assert diff(snapshot(circle, tmp_path / "a"), snapshot(relabelled, tmp_path / "b")).empty


def test_a_changed_axiom_of_blank_nodes_is_found(tmp_path: Path, world: Built):
    data = (world.folder / "ontology.nq").read_bytes()
    first = next(line for line in data.splitlines(True) if b" _:" in line and b"propertyChainAxiom" in line)
    other = rewritten(world.folder, tmp_path / "other", "ontology.nq", data.replace(first, b""))
    [graph] = diff(world.folder, other).ontology
    assert (len(graph.lost), len(graph.gained)) == (1, 0)


def test_the_diff_is_the_same_bytes_every_time(world: Built, edited: Path, found: Diff):
    assert diff(world.folder, edited) == found
    assert diff_json(diff(world.folder, edited)) == diff_json(found)


# Broken on purpose


@pytest.mark.parametrize(
    "content", [None, "", "{}", "[]", '{"files": [], "snapshot": "x"}', '{"files": {"a": 1}}', "\x00"]
)
def test_a_folder_without_a_readable_manifest_is_said_in_one_sentence(
    world: Built, tmp_path: Path, content: str | None
):
    if content is not None:
        (tmp_path / "manifest.json").write_text(content, "utf-8")
    with pytest.raises(StoreError, match=r"holds no readable snapshot; run kg build"):
        diff(world.folder, tmp_path)


def test_a_file_that_is_missing_is_named(world: Built, tmp_path: Path):
    shutil.copytree(world.folder, tmp_path / "s")
    (tmp_path / "s" / "scenarios.nq").unlink()
    with pytest.raises(StoreError, match=r"scenarios\.nq cannot be read"):
        diff(world.folder, tmp_path / "s")


def test_a_file_that_was_changed_by_hand_is_named(world: Built, tmp_path: Path):
    shutil.copytree(world.folder, tmp_path / "s")
    with (tmp_path / "s" / "claims.nq").open("ab") as file:
        file.write(b"\n")
    with pytest.raises(StoreError, match=r"claims\.nq is not the file that the manifest names"):
        diff(tmp_path / "s", world.folder)


@pytest.mark.parametrize("data", [b"rubbish\n", b"<a> <b> .\n", b"\xff\xfe\n", b'<urn:a> <urn:b> "c\n'])
def test_a_file_that_is_no_n_quads_is_named(world: Built, tmp_path: Path, data: bytes):
    other = rewritten(world.folder, tmp_path / "s", "claims.nq", data)
    with pytest.raises(StoreError, match=r"claims\.nq:\d+: is not N-Quads"):
        diff(world.folder, other)


# Revisions


def git(folder: Path, *arguments: str) -> str:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    who = ["-c", "user.name=test", "-c", "user.email=test@example.org", "-c", "commit.gpgsign=false"]
    done = subprocess.run(["git", *who, *arguments], cwd=folder, env=environment, check=True, capture_output=True)
    return done.stdout.decode()


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three revisions: nothing but a note, the world, and the world with a claim of no stance."""
    folder = tmp_path_factory.mktemp("repository") / "sub"
    folder.mkdir()
    git(folder.parent, "init", "--quiet")
    (folder / "note").write_text("x", "utf-8")
    commit(folder, "note")
    shutil.copytree(ROOT / "ontology", folder / "ontology")
    shutil.copytree(WORLD, folder / "graph")
    commit(folder, "world")
    path = folder / "graph" / HERALD
    path.write_text(path.read_text("utf-8").replace("kg:stance stance:asserts", "kg:stance stance:asertz"), "utf-8")
    commit(folder, "broken")
    return folder


def commit(folder: Path, message: str) -> None:
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", message)


def test_a_revision_is_built_as_its_files_stand_and_the_tree_is_left_alone(
    repository: Path, world: Built, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("GIT_DIR", str(ROOT / ".git"))  # as in a hook of another repository
    (repository / "note").write_text("being edited", "utf-8")
    before = git(repository, "status", "--porcelain"), git(repository, "worktree", "list")
    folder = snapshot_of_revision(repository, "HEAD~1", tmp_path)
    assert json.loads((folder / "manifest.json").read_bytes())["snapshot"] == world.snapshot
    assert (git(repository, "status", "--porcelain"), git(repository, "worktree", "list")) == before


def test_a_revision_that_does_not_build_shows_its_first_findings(repository: Path, tmp_path: Path):
    with pytest.raises(
        InvalidGraph, match=r"revision HEAD does not build .*herald-2020\.ttl:\d+: .*and \d+ more"
    ) as error:
        snapshot_of_revision(repository, "HEAD", tmp_path)
    assert "\n" not in str(error.value)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["no-such", "", "--output=x", "HEAD:note", "-h", "; true", "HEAD~99", "../note"])
def test_an_unknown_revision_is_said(repository: Path, tmp_path: Path, name: str):
    with pytest.raises(UsageError, match="neither a snapshot folder nor a revision"):
        snapshot_of_revision(repository, name, tmp_path)


def test_a_revision_before_there_was_a_graph_is_said(repository: Path, tmp_path: Path):
    with pytest.raises(UsageError, match="revision HEAD~2 has no ontology or no graph"):
        snapshot_of_revision(repository, "HEAD~2", tmp_path)


def test_a_folder_outside_any_repository_is_said(tmp_path: Path):
    with pytest.raises(UsageError, match="is in no git repository"):
        snapshot_of_revision(tmp_path, "HEAD", tmp_path / "out")


def test_a_machine_without_git_is_said(repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(UsageError, match="git is not installed"):
        snapshot_of_revision(repository, "HEAD", tmp_path)


def test_a_name_means_a_snapshot_folder_a_build_folder_or_a_revision(world: Built, repository: Path, tmp_path: Path):
    assert snapshot_of(repository, str(world.folder), tmp_path) == world.folder
    assert snapshot_of(repository, str(world.folder.parent), tmp_path) == world.folder
    with pytest.raises(KgError, match="neither a snapshot folder nor a revision"):
        snapshot_of(repository, str(tmp_path), tmp_path)
