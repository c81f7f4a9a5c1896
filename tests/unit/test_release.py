"""Releases: all in one folder, equal bytes for equal content, whole or not at all, and verified from what is in it."""

import io
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import pytest
import yaml
from rdflib import DCTERMS, OWL, PROV, RDF, RDFS, Graph, URIRef

from kgtools.build import Built
from kgtools.cli import main
from kgtools.describe import Edition, sha256
from kgtools.diff import apply_rdf_patch
from kgtools.errors import SourceError, UsageError
from kgtools.export import FORMS, Form, export
from kgtools.model import Project
from kgtools.names import BASE, KG
from kgtools.questions import read_question
from kgtools.release import check_date, check_release, check_version, read_prior, release_files, write_release
from kgtools.release.ontology import names_in, ontology_triples, term_changes

ROOT = Path(__file__).resolve().parents[2]
DATA = "exports/nquads.nq"
OTHERS = {
    "CITATION.cff",
    "LICENSE-DATA",
    "README.md",
    "RELEASE-NOTES.md",
    "SHA256SUMS",
    "dcat.ttl",
    "mappings.sssom.tsv",
    "ontology.ttl",
    "prov.ttl",
    "questions.ttl",
    "release.json",
    "void.ttl",
    "withdrawn.nq",
}
FIRST = Edition("0.1.0", "2026-11-24")


def run(*words: object) -> tuple[int, str, str]:
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        code = main([str(word) for word in words])
    return code, out.getvalue(), err.getvalue()


@pytest.fixture(scope="module")
def first(world: Built, world_project: Project, tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("releases") / "0.1.0"
    write_release(place, release_files(world_project, world.folder, FIRST))
    return place


@pytest.fixture(scope="module")
def edited(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The invented world with a claim gone, one changed, and an ontology with a term gone, one new, one changed."""
    root = tmp_path_factory.mktemp("edited")
    shutil.copytree(ROOT / "ontology", root / "ontology")
    shutil.copytree(ROOT / "tests" / "world" / "graph", root / "graph")
    for name in ("CITATION.cff", "LICENSE-DATA"):
        shutil.copy(ROOT / name, root / name)
    herald, means = root / "graph/sources/herald-2020.ttl", root / "ontology/vocabularies/means.ttl"
    text = herald.read_text("utf-8").replace('"drivers say"', '"drivers *claim* <b>"')
    herald.write_text(re.sub(r"(?ms)^claim:herald-2020-003 .*?\.\n(?=\n|\Z)", "", text), "utf-8")
    terms = means.read_text("utf-8")
    assert "means:strategic-partnership" in terms
    means.write_text(terms.replace("means:strategic-partnership", "means:balloon"), "utf-8")
    flow = root / "ontology/modules/flow.ttl"
    flow.write_text(flow.read_text("utf-8").replace('"taxes"@en', '"levies"@en'), "utf-8")
    return Project(root, root / "ontology", root / "graph")


@pytest.fixture(scope="module")
def flags(edited: Project, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, ...]:
    """The flags that name the edited project and a place of its own to build in."""
    return ("--root", str(edited.root), "--build", str(tmp_path_factory.mktemp("out")))


@pytest.fixture(scope="module")
def second(flags: tuple[str, ...], first: Path) -> Path:
    """The release of the edited project, by the command."""
    addresses = ("--url", "https://example.org/kg", "--endpoint", "https://example.org/sparql")
    code, printed, _ = run("release", "0.2.0", *flags, *addresses, "--since", first)
    assert code == 0
    return Path(printed.strip())


@pytest.fixture
def copy(second: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(second, tmp_path / "copy"))


def files_in(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_release_has_every_form_and_every_paper(first: Path, world: Built):
    names = files_in(first).keys()
    assert {name for name in names if not name.startswith("exports/")} == OTHERS
    for name, form in FORMS.items():
        made = export(world.folder, name)
        if isinstance(made, bytes):
            assert (first / "exports" / f"{name}.{form.extension}").read_bytes() == made
        else:
            assert files_in(first / "exports" / name) == dict(made)


def test_a_form_that_is_a_folder_is_released_as_one(
    world: Built, world_project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    tables = Form("tables", "text/csv", "", lambda _: {"b.csv": b"2", "a/a.csv": b"1"}, "all | else")
    monkeypatch.setattr("kgtools.release.make.FORMS", {"nquads": FORMS["nquads"], "tables": tables})
    write_release(tmp_path / "r", release_files(world_project, world.folder, Edition("1.0.0")))
    assert files_in(tmp_path / "r" / "exports" / "tables") == {"a/a.csv": b"1", "b.csv": b"2"}
    assert check_release(tmp_path / "r") == []
    assert "| `exports/tables/` | tables | all \\| else |" in (tmp_path / "r" / "README.md").read_text("utf-8")


def test_sha256sum_accepts_the_list(second: Path):
    program = shutil.which("sha256sum")
    if program is None:
        pytest.skip("sha256sum is not installed")
    done = subprocess.run(
        [program, "-c", "--strict", "SHA256SUMS"], cwd=second, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0
    assert done.stdout.count(": OK") == len(files_in(second)) - 1


def test_a_release_is_whole(first: Path, second: Path):
    assert check_release(first) == check_release(second) == check_release(second, first) == []


def test_the_delta_applied_to_the_last_release_gives_this_one(first: Path, second: Path):
    patch = (second / "delta" / "from-0.1.0.rdfp").read_bytes()
    assert apply_rdf_patch("p", patch, "d", (first / DATA).read_bytes()) == (second / DATA).read_bytes()


def test_equal_content_is_equal_bytes(first: Path, world: Built, tmp_path: Path):
    code = (
        "import sys; from pathlib import Path; from kgtools.model import Project\n"
        "from kgtools.describe import Edition\n"
        "from kgtools.release import release_files, write_release\n"
        "root, graph, snapshot, place = map(Path, sys.argv[1:])\n"
        "project = Project(root, root / 'ontology', graph)\n"
        "write_release(place, release_files(project, snapshot, Edition('0.1.0', '2026-11-24')))"
    )
    command = [sys.executable, "-c", code, ROOT, ROOT / "tests/world/graph", world.folder, tmp_path / "again"]
    subprocess.run(command, env={**os.environ, "PYTHONHASHSEED": "99", "LC_ALL": "C"}, check=True)
    assert files_in(tmp_path / "again") == files_in(first)


def test_nothing_of_the_machine_is_in_it(second: Path, edited: Project):
    assert not [name for name, content in files_in(second).items() if str(edited.root).encode() in content]


def damaged(name: str, change: Callable[[bytes], bytes], *, listed: bool = False) -> Callable[[Path], None]:
    def damage(folder: Path) -> None:
        path = folder / name
        old = path.read_bytes()
        path.write_bytes(change(old))
        assert path.read_bytes() != old
        if listed:
            sums = folder / "SHA256SUMS"
            sums.write_bytes(sums.read_bytes().replace(sha256(old).encode(), sha256(path.read_bytes()).encode()))

    return damage


DAMAGES = {
    "a file changed": (
        damaged("void.ttl", lambda data: data + b"# x\n"),
        "void.ttl: is not the file that SHA256SUMS lists",
    ),
    "a file gone": (lambda folder: (folder / "README.md").unlink(), "README.md: is missing"),
    "a file more": (lambda folder: (folder / "x").write_bytes(b""), "x: is not of the release"),
    "an odd list": (damaged("SHA256SUMS", lambda data: data + b"x\n"), "is no line of sha256sum"),
    "a path that leads out": (
        damaged("SHA256SUMS", lambda data: data + b"0" * 64 + b"  ../x\n"),
        "is no line of sha256sum",
    ),
    "a wrong count": (
        damaged(
            "void.ttl",
            lambda data: re.sub(rb"void:distinctObjects (\d+)", rb"void:distinctObjects 1\1", data),
            listed=True,
        ),
        "says void:distinctObjects 1",
    ),
    "a patch less": (
        damaged("delta/from-0.1.0.rdfp", lambda data: re.sub(rb"\nA [^\n]*", b"", data, count=1), listed=True),
        "does not give the data",
    ),
    "lines less": (
        damaged("delta/from-0.1.0.jsonl", lambda data: b"\n".join(data.split(b"\n")[:2]) + b"\n", listed=True),
        "does not give the data",
    ),
}


@pytest.mark.parametrize("name", DAMAGES)
def test_what_is_damaged_is_found(name: str, copy: Path):
    damage, why = DAMAGES[name]
    damage(copy)
    assert any(why in finding for finding in check_release(copy))


def test_a_release_with_other_data_or_no_manifest_is_none(copy: Path, tmp_path: Path):
    damaged(DATA, lambda data: data[:-1], listed=True)(copy)
    with pytest.raises(SourceError, match=r"is not the file that release\.json names"):
        check_release(copy)
    odd = '{"version":"1.0.0","snapshot":"","data":"x","data_sha256":"","prior":"../1"}'
    out = '{"version":"1.0.0","snapshot":"","data":"../x","data_sha256":""}'
    for text in (odd, out, "{", "[]", '{"version": "1.0.0"}'):
        (tmp_path / "release.json").write_text(text)
        with pytest.raises(SourceError, match="name a folder that kg release wrote"):
            read_prior(tmp_path)


def test_a_check_against_another_release_says_so(first: Path, second: Path):
    assert "names no release before it" in check_release(first, second)[0]
    assert "is release 0.2.0" in check_release(second, second)[0]


def test_what_was_released_stays(first: Path, second: Path, copy: Path, tmp_path: Path):
    write_release(first, files_in(first))
    for place in (second, tmp_path):
        before = files_in(place)
        with pytest.raises(UsageError, match="what was released stays"):
            write_release(place, files_in(first))
        assert files_in(place) == before
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(UsageError, match="is a file"):
        write_release(tmp_path / "file", files_in(first))


def test_the_ontology_has_the_version_of_the_release(first: Path, second: Path):
    one, two = (Graph().parse(folder / "ontology.ttl") for folder in (first, second))
    ontology = URIRef(BASE + "ontology")
    assert list(one.subjects(RDF.type, OWL.Ontology)) == [ontology]
    assert one.value(ontology, OWL.versionIRI) == URIRef(BASE + "ontology/0.1.0")
    assert str(one.value(ontology, DCTERMS.modified)) == "2026-11-24"
    assert two.value(ontology, OWL.priorVersion) == one.value(ontology, OWL.versionIRI)
    assert (two.value(ontology, DCTERMS.modified), one.value(ontology, OWL.priorVersion)) == (None, None)
    assert not list(two.triples((None, OWL.imports, None)))
    assert (KG.Claim, RDF.type, OWL.Class) in two


def test_the_ontology_keeps_all_but_headers(world: Built):
    ontology = (world.folder / "ontology.nq").read_bytes()
    from kgtools.sources import parse_nquads

    before = {quad[:3] for quad in parse_nquads(ontology)}
    after = set(ontology_triples(ontology, FIRST))
    headers = {s for s, p, o in before if (p, o) == (RDF.type, OWL.Ontology)}
    assert len(headers) == 9
    assert {triple[0] for triple in before ^ after} <= headers


def test_the_citation_names_version_day_and_snapshot(first: Path, second: Path, world: Built):
    one, two = (yaml.safe_load((folder / "CITATION.cff").read_text("utf-8")) for folder in (first, second))
    assert (one["version"], str(one["date-released"])) == ("0.1.0", "2026-11-24")
    assert one["identifiers"][0]["value"] == f"sha256:{world.snapshot}"
    assert "date-released" not in two
    assert two["url"] == "https://example.org/kg/"
    known = yaml.safe_load((ROOT / "CITATION.cff").read_text("utf-8"))
    assert {key: one[key] for key in ("title", "authors", "license", "keywords", "abstract", "type")} == {
        key: known[key] for key in ("title", "authors", "license", "keywords", "abstract", "type")
    }


def test_the_provenance_has_each_curated_file_with_its_hash(first: Path, world: Built):
    told = Graph().parse(first / "prov.ttl")
    files = {str(told.value(file, RDFS.label)): file for file in told.objects(None, PROV.used)}
    assert "tests/world/graph/sources/herald-2020.ttl" in files
    assert len(files) == len([*(ROOT / "ontology").rglob("*.ttl"), *(ROOT / "tests/world/graph").rglob("*.ttl")])
    digest = sha256((ROOT / "ontology/kg.ttl").read_bytes())
    checksum = URIRef("http://spdx.org/rdf/terms#checksumValue")
    assert str(told.value(URIRef(f"{files['ontology/kg.ttl']}#checksum"), checksum)) == digest
    [made] = told.objects(None, PROV.generated)
    assert str(made).endswith(world.snapshot)


def test_the_questions_know_the_endpoint_only_where_it_is_told(first: Path, second: Path):
    target = URIRef("https://schema.org/target")
    asked = [set(Graph().parse(folder / "questions.ttl").objects(None, target)) for folder in (first, second)]
    assert asked == [set(), {URIRef("https://example.org/sparql")}]


def test_the_notes_say_what_has_changed(second: Path):
    notes = (second / "RELEASE-NOTES.md").read_text("utf-8")
    assert "- claims: 0 added, 1 gone, " in notes
    assert "## Claims: gone (1)\n\n- claim:herald-2020-003" in notes
    assert "drivers \\*claim\\* \\<b\\>" in notes
    assert "## Ontology: added (1)\n\n- means:balloon" in notes
    assert "## Ontology: removed (1)" in notes
    assert re.search(r"- kg:taxes \(levies\): skos:prefLabel; read by .*actors-on-each-route", notes)
    assert re.search(
        r"## Questions that read a changed or removed term .*\n\n(- .*\n)*- actors-on-each-route: kg:taxes", notes
    )


def test_the_notes_of_a_first_release_count(first: Path):
    assert "- 97 claims that stand" in (first / "RELEASE-NOTES.md").read_text("utf-8")


def test_a_query_names_terms_in_full_and_with_any_prefix():
    text = f"PREFIX x: <{KG}> SELECT ?a WHERE {{ ?a x:taxes <http://e/x> ; kg:uses 'kg:no' }} # kg:not"
    assert names_in(text) == {f"{KG}taxes", f"{KG}uses", "http://e/x", str(KG)}


def test_a_question_of_no_changed_term_is_not_affected(first: Path, second: Path):
    from kgtools.diff import diff_sides, side_in

    data = [(folder / DATA).read_bytes() for folder in (first, second)]
    found = diff_sides(*(side_in(Path("x"), one) for one in data))
    question = read_question(Path("who.rq"), "#+ summary: Who?\nSELECT ?a WHERE { ?a kg:uses ?b } ORDER BY ?a\n")
    assert {name for change in term_changes(found, *data, [question]) for name in change.questions} == set()


@pytest.mark.parametrize("version", ["0.1.0", "10.2.33", "1.0.0-beta.1", "2026-11-24"])
def test_a_version_is_semantic_or_a_day(version: str):
    check_version(version)


@pytest.mark.parametrize(
    "version",
    ["", "1", "1.0", "v1.0.0", "01.0.0", "1.0.0/..", "../1.0.0", "2026-02-30", "20261124", "١.٠.٠", "1.0.0\n"],
)
def test_anything_else_is_no_version(version: str):
    with pytest.raises(UsageError, match="is no version"):
        check_version(version)


@pytest.mark.parametrize("day", ["2026", "2026-13-01", "yesterday", ""])
def test_a_date_is_a_day(day: str):
    with pytest.raises(UsageError, match="is no day"):
        check_date(day)


def test_the_command_builds_and_writes_a_release_that_it_finds_whole(second: Path, first: Path):
    assert second.parts[-2:] == ("release", "0.2.0")
    assert json.loads((second / "release.json").read_bytes())["prior"] == "0.1.0"
    assert run("release", "--check", second, "--since", first) == (0, f"{second} is whole\n", "")


def test_the_command_applies_a_delta_to_the_folder_of_a_release(second: Path, first: Path, tmp_path: Path):
    assert run("apply", second / "delta/from-0.1.0.rdfp", first, "-o", tmp_path / "new.nq")[0] == 0
    assert (tmp_path / "new.nq").read_bytes() == (second / DATA).read_bytes()


def test_the_command_writes_no_other_release_over_it(flags: tuple[str, ...], second: Path):
    before = files_in(second)
    code, _, told = run("release", "0.2.0", *flags)
    assert (code, files_in(second)) == (2, before)
    assert "what was released stays" in told


def test_a_damaged_release_is_an_exit_code(copy: Path):
    (copy / "README.md").write_bytes(b"")
    code, printed, _ = run("release", "--check", copy)
    assert (code, printed.count("\n")) == (1, 1)


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (["release"], "a release has a version"),
        (["release", "one"], "is no version"),
        (["release", "1.0.0", "--date", "soon"], "is no day"),
        (["release", "1.0.0", "--url", "ftp://x/"], "is no address"),
        (["release", "1.0.0", "--url", "https://[x/"], "is no address"),
        (["release", "1.0.0", "--endpoint", "https://x/<y>"], "is no address"),
        (["release", "1.0.0", "--check", "."], "writes none"),
        (["release", "1.0.0", "--since", "nowhere"], "name a folder that kg release wrote"),
        (["release", "--check", "nowhere"], "name a folder that kg release wrote"),
    ],
)
def test_wrong_use_is_said_in_a_sentence(words: list[str], why: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    code, printed, told = run(*words)
    assert code in (1, 2)
    assert printed == ""
    assert why in told


def test_a_release_is_not_made_from_itself(first: Path):
    code, _, told = run("release", "0.1.0", "--since", first)
    assert code == 2
    assert "is release 0.1.0 itself" in told


def test_what_does_not_build_is_not_released(edited: Project, tmp_path: Path):
    graph = tmp_path / "graph"
    shutil.copytree(edited.graph, graph)
    (graph / "sources" / "herald-2020.ttl").write_text("broken")
    words = (
        "release",
        "1.0.0",
        "--root",
        edited.root,
        "--graph",
        graph,
        "--build",
        tmp_path / "b",
        "-o",
        tmp_path / "r",
    )
    assert run(*words)[0] == 1
    assert not (tmp_path / "r").exists()


def test_a_project_without_papers_is_told_which(edited: Project, world: Built, tmp_path: Path):
    bare = Project(tmp_path, edited.ontology, edited.graph)
    with pytest.raises(UsageError, match=r"CITATION\.cff cannot be read"):
        release_files(bare, world.folder, FIRST)
    (tmp_path / "CITATION.cff").write_text("a: [")
    with pytest.raises(SourceError, match="is no citation file"):
        release_files(bare, world.folder, FIRST)


def test_forms_of_the_command_line_write_the_description(world: Built, tmp_path: Path):
    graph = ROOT / "tests" / "world" / "graph"
    for form in ("void", "sssom"):
        words = (
            "export",
            form,
            "--root",
            ROOT,
            "--graph",
            graph,
            "--build",
            world.folder.parent,
            "-o",
            tmp_path / form,
        )
        assert run(*words)[0] == 0
    assert b"void:triples" in (tmp_path / "void").read_bytes()
    assert (tmp_path / "sssom").read_bytes().startswith(b"#curie_map:")
