"""Deltas between datasets: applied they give the later one byte for byte, and what is not theirs they refuse."""

import io
import json
from collections.abc import Callable
from contextlib import redirect_stdout
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rdflib import Literal, URIRef

from kgtools.build import Built, build
from kgtools.cli import main
from kgtools.diff import (
    apply_delta,
    apply_json_lines,
    apply_rdf_patch,
    claim_quads,
    digest_of,
    json_lines,
    rdf_patch,
    undoing,
)
from kgtools.errors import SourceError
from kgtools.export import whole
from kgtools.freeze import nquads
from kgtools.model import Project
from kgtools.names import KG, expand, graph_iri

ROOT = Path(__file__).resolve().parents[2]
WORLD = ROOT / "tests" / "world" / "graph"
MAKERS: dict[str, Callable[[bytes, bytes], bytes]] = {"patch": rdf_patch, "jsonl": json_lines}

IRIS = st.sampled_from([*(expand(f"claim:c-{n}") for n in range(4)), expand("proposition:p"), expand("actor:é")])
PREDICATES = st.sampled_from([KG.onProposition, KG.locator, KG.stance, URIRef("http://example.org/p")])
GRAPHS = st.sampled_from([graph_iri(name) for name in ("herald", "derived", "reference", "view/all/facts", "odd")])
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
LITERALS = st.one_of(
    st.builds(Literal, TEXTS),
    st.builds(lambda text: Literal(text, lang="ar"), TEXTS),
    st.builds(lambda n: Literal(f"0{n}", datatype=URIRef("http://www.w3.org/2001/XMLSchema#integer")), st.integers(0)),
)
QUADS = st.tuples(IRIS, PREDICATES, st.one_of(IRIS, LITERALS), GRAPHS)
DATASETS = st.sets(QUADS, max_size=25).map(nquads)
EMPTY = b""


@given(before=DATASETS, after=DATASETS)
@settings(max_examples=80)
@pytest.mark.parametrize("form", MAKERS)
def test_a_delta_applied_gives_the_later_data(form: str, before: bytes, after: bytes):
    delta = MAKERS[form](before, after)
    assert apply_delta("d", delta, "b", before) == after
    assert delta == MAKERS[form](before, after)


@given(before=DATASETS, after=DATASETS)
@settings(max_examples=50)
def test_a_patch_undone_leads_back(before: bytes, after: bytes):
    patch = rdf_patch(before, after)
    assert apply_rdf_patch("p", undoing("p", patch), "a", after) == before
    assert undoing("p", patch) == rdf_patch(after, before)


@pytest.mark.parametrize("form", MAKERS)
def test_equal_and_empty_data_have_a_delta_too(form: str):
    one = nquads([(expand("claim:c-1"), KG.stance, Literal("a"), graph_iri("herald"))])
    for before, after in ((EMPTY, EMPTY), (one, one), (EMPTY, one), (one, EMPTY)):
        assert apply_delta("d", MAKERS[form](before, after), "b", before) == after


@pytest.fixture(scope="module")
def edited(tmp_path_factory: pytest.TempPathFactory) -> Built:
    folder = tmp_path_factory.mktemp("edited")
    for path in sorted(WORLD.rglob("*.ttl")):
        copy = folder / "graph" / path.relative_to(WORLD)
        copy.parent.mkdir(parents=True, exist_ok=True)
        text = path.read_text("utf-8")
        if path.name == "herald-2020.ttl":
            text = text.replace('"drivers say"', '"drivers claim"').replace("paragraph 11", "paragraph 12")
        if path.name == "actors.ttl":
            text = text.replace('"Iron Shield"@en', '"The Iron Shield"@en')
        copy.write_text(text, "utf-8")
    return build(Project(ROOT, ROOT / "ontology", folder / "graph"), folder / "build")


@pytest.fixture(scope="module")
def sides(world: Built, edited: Built) -> tuple[bytes, bytes]:
    return whole(world.folder), whole(edited.folder)


@pytest.mark.parametrize("form", MAKERS)
def test_a_delta_of_snapshots_gives_the_export_of_the_later(form: str, sides: tuple[bytes, bytes]):
    before, after = sides
    assert before != after
    assert apply_delta("d", MAKERS[form](before, after), "b", before) == after


def test_the_patch_has_the_rows_of_the_format(sides: tuple[bytes, bytes]):
    rows = rdf_patch(*sides).decode().splitlines()
    assert [row.split(" ")[1] for row in rows[:4]] == ["id", "sha256", "prev", "prevSha256"]
    assert rows[0].startswith("H id <uuid:")
    assert rows[4] == "TX ."
    assert rows[-1] == "TC ."
    codes = [row[:2] for row in rows[5:-1]]
    assert codes == sorted(codes, reverse=True)
    assert set(codes) == {"D ", "A "}


def test_the_id_of_a_patch_is_the_prev_of_the_next(sides: tuple[bytes, bytes]):
    first, second = (rdf_patch(*pair).decode().splitlines() for pair in (sides, sides[::-1]))
    assert first[0].removeprefix("H id ") == second[2].removeprefix("H prev ")
    assert f'"{digest_of(sides[1])}"' in first[1]


def test_json_lines_say_what_became_of_each_thing(sides: tuple[bytes, bytes]):
    head, *changes = map(json.loads, json_lines(*sides).decode().split("\n")[:-1])
    assert (head["before"], head["after"]) == tuple(map(digest_of, sides))
    found = {(change["kind"], change["iri"].rpartition("/")[2]): change for change in changes}
    claim = found["claim", "herald-2020-011"]
    assert claim["op"] == "MOD"
    assert [field["field"] for field in claim["fields"]] == ["locators"]
    assert any("paragraph 12" in quad for quad in claim["gained"])
    assert found["reference", "iron-shield"]["gained"]
    assert {quad for change in changes for quad in change["lost"]} == {
        row[2:] for row in rdf_patch(*sides).decode().splitlines() if row.startswith("D ")
    }


def test_a_claim_that_goes_and_one_that_comes_are_told_so():
    def quads(name: str) -> list:
        claim, part = expand(f"claim:{name}"), expand(f"locator:{name}")
        rest = [(claim, KG.locator, part), (part, KG.section, Literal("1"))]
        return [(*triple, graph_iri("herald")) for triple in rest]

    before, after = nquads(quads("old")), nquads(quads("new"))
    changes = [json.loads(line) for line in json_lines(before, after).decode().split("\n")[1:-1]]
    assert [(c["op"], c["kind"], c["iri"][-3:], len(c["lost"]), len(c["gained"])) for c in changes] == [
        ("ADD", "claim", "new", 0, 2),
        ("DEL", "claim", "old", 2, 0),
    ]


ONE = b"<x:s> <x:p> <x:o> <x:g> .\n"
TWO = b"<x:s> <x:p> <x:o> <x:h> .\n"
GOOD = rdf_patch(ONE, ONE + TWO).decode()
BROKEN = {
    "another prev": (GOOD.replace("H prev <uuid:", "H prev <uuid:0"), "of different data"),
    "another hash": (GOOD.replace("H prevSha256 ", "H other "), "has no header H prevSha256"),
    "no transaction": (GOOD.replace("TX .\n", ""), ":5: is no row of a patch among its headers"),
    "no commit": (GOOD.replace("TC .\n", ""), "ends before its transaction"),
    "aborted": (GOOD.replace("TC .", "TA ."), ":7: is no row of a patch among its changes"),
    "twice": (GOOD + GOOD, ":8: is no row of a patch among its end"),
    "cut": (GOOD[:-1], "breaks off inside its last row"),
    "a word": (GOOD.replace("A <x:s>", "A x:s"), ":6: holds no quad as N-Quads writes it"),
    "two spaces": (GOOD.replace("A <x:s>", "A  <x:s>"), ":6: holds no quad"),
    "no full stop": (GOOD.replace("<x:h> .", "<x:h>"), ":6: holds no quad"),
    "a bad escape": (GOOD.replace("<x:o> <x:h>", '"\\q" <x:h>'), ":6: holds no quad"),
    "a bare number": (GOOD.replace("<x:o> <x:h>", "5 <x:h>"), ":6: holds no quad"),
    "unknown code": (GOOD.replace("A <", "B <"), ":6: is no row"),
    "no header": (GOOD.replace("H id <", "H id "), ":1: is no header"),
    "header twice": ("H id <uuid:1> .\n" + GOOD, ":2: gives the header id for a second time"),
    "a quad that is there": (GOOD.replace("<x:h>", "<x:g>"), ":6: adds a quad that is there already"),
    "a quad that is not there": (GOOD.replace("A <", "D <"), ":6: deletes a quad that is not there"),
    "another quad": (GOOD.replace("<x:h>", "<x:i>"), "does not give the data with SHA-256"),
    "empty": ("", "ends before its transaction"),
    "binary": ("\0\x01\n", ":1: is no row"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_patch_is_refused_with_where_and_why(name: str):
    text, why = BROKEN[name]
    with pytest.raises(SourceError, match=r"p\.rdfp") as told:
        apply_rdf_patch("p.rdfp", text.encode(), "data.nq", ONE)
    assert why in str(told.value)


def test_a_patch_may_hold_comments_prefixes_and_empty_lines():
    text = "# from a log\n\n" + GOOD.replace("TX .\n", 'TX .\nPA "x" <x:> .\nPD "x" .\n')
    assert apply_rdf_patch("p", text.encode(), "d", ONE) == ONE + TWO


@pytest.mark.parametrize("form", MAKERS)
def test_a_delta_refuses_data_that_it_does_not_begin_at(form: str):
    with pytest.raises(SourceError, match=r"begins at other data than data\.nq"):
        apply_delta("d", MAKERS[form](ONE, ONE + TWO), "data.nq", TWO)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda text: text.replace('"gained"', '"got"'), ":2: has no list of quads"),
        (lambda text: text.replace("<x:h> .", "<x:h>"), ":2: has no list of quads"),
        (lambda text: text.replace("kg-delta-1", "kg-delta-9"), ":1: does not begin with the line"),
        (lambda text: text + "\n", ":3: is no JSON object"),
        (lambda text: text[:-1], "breaks off"),
        (lambda text: text + text.splitlines()[1] + "\n", ":3: adds a quad that is there already"),
        (lambda text: "{}\n", ":1: does not begin"),
        (lambda text: '{"a":' + "[" * 100_000 + "\n", ":1: is no JSON object"),
        (lambda text: text.splitlines()[0] + "\n", "does not give the data"),
    ],
)
def test_broken_json_lines_are_refused_with_where_and_why(change: Callable[[str], str], why: str):
    text = change(json_lines(ONE, ONE + TWO).decode())
    with pytest.raises(SourceError) as told:
        apply_json_lines("d.jsonl", text.encode(), "data.nq", ONE)
    assert why in str(told.value)


@pytest.mark.parametrize("data", [TWO + ONE, ONE + ONE, ONE[:-1], b"\n", b"x\n", b"<x:s> <x:p> <x:o>\n"])
def test_data_that_are_not_sorted_n_quads_have_no_delta(data: bytes):
    with pytest.raises(SourceError, match="kg export nquads"):
        rdf_patch(data, EMPTY)


def run(*words: object) -> tuple[int, str]:
    out = io.StringIO()
    with redirect_stdout(out):
        code = main([str(word) for word in words])
    return code, out.getvalue()


@pytest.mark.parametrize("form", MAKERS)
def test_what_the_commands_write_is_the_export(form: str, world: Built, edited: Built, tmp_path: Path):
    delta, new = tmp_path / "delta", tmp_path / "new.nq"
    code, printed = run("diff", world.folder, edited.folder, "--format", form)
    assert code == 0
    assert run("diff", world.folder, edited.folder, "--format", form, "-o", delta) == (0, f"{delta}\n")
    assert delta.read_text("utf-8") == printed
    assert run("apply", delta, world.folder, "-o", new)[0] == 0
    assert new.read_bytes() == whole(edited.folder)


def test_a_delta_takes_another_view(world: Built, edited: Built, tmp_path: Path):
    delta, old, new = (tmp_path / name for name in ("delta", "old.nq", "new.nq"))
    run("diff", world.folder, edited.folder, "--format", "patch", "--view", "press", "-o", delta)
    old.write_bytes(whole(world.folder, "press"))
    assert run("apply", delta, old, "-o", new)[0] == 0
    assert new.read_bytes() == whole(edited.folder, "press")


def test_wrong_use_is_said(world: Built, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    same = ("diff", world.folder, world.folder, "--format", "patch")
    assert main([*map(str, same), "--answers"]) == 2
    assert "leave one out" in capsys.readouterr().err
    (tmp_path / "p").write_bytes(rdf_patch(ONE, TWO))
    assert main(["apply", str(tmp_path / "p"), str(tmp_path / "none"), "-o", str(tmp_path / "x")]) == 2
    assert main(["apply", str(tmp_path / "p"), str(tmp_path), "-o", str(tmp_path / "x")]) == 1
    assert main(["apply", str(tmp_path / "p"), str(world.folder), "-o", str(tmp_path / "x")]) == 1
    assert "begins at other data" in capsys.readouterr().err
    assert not (tmp_path / "x").exists()


def test_claims_of_the_patched_data_are_those_of_the_snapshot(edited: Built, sides: tuple[bytes, bytes]):
    from kgtools.diff.read import LAYER, quads_of, side_in

    patched = apply_rdf_patch("p", rdf_patch(*sides), "b", sides[0])
    assert quads_of(side_in(Path("x"), patched), LAYER) == claim_quads(edited.folder)
