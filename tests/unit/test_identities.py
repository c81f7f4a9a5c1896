"""A decision that two handles are one is read as such, keeps what was named, and leaves no trace when taken back."""

import re
import shutil
from pathlib import Path

import pytest
from rdflib import Literal

from kgtools.build import MEMO, Built, build
from kgtools.cli import main
from kgtools.errors import InvalidGraph
from kgtools.evidence import claim_lines, claim_records
from kgtools.model import Project, Scope
from kgtools.names import PREFIXES, expand, shorten
from kgtools.questions import ask, read_questions
from kgtools.resolve import candidates, suggestions
from kgtools.sources import format_turtle, parse_turtle
from kgtools.store import Store

ROOT = Path(__file__).resolve().parents[2]
QUESTIONS = read_questions(ROOT / "ontology" / "questions")


def copy_of(graph: Path, folder: Path) -> Project:
    shutil.copytree(graph, folder / "graph")
    return Project(folder, ROOT / "ontology", folder / "graph")


@pytest.fixture
def copy(world_project: Project, tmp_path: Path) -> Project:
    return copy_of(world_project.graph, tmp_path)


def decide(project: Project, text: str, name: str = "more-identities") -> Path:
    path = project.graph / "reference" / f"{name}.ttl"
    head = "".join(f"@prefix {prefix}: <{iri}> .\n" for prefix, iri in PREFIXES.items())
    path.write_text(format_turtle(parse_turtle(path, head + text)), encoding="utf-8")
    return path


def decision(name: str, what: str, by: str = "actor:almanac") -> str:
    return (
        f"identity:{name} a kg:IdentityDecision ; {what} ; kg:decidedBy {by} ; "
        f'kg:decidedOn "2026-11-25"^^xsd:date ; kg:because "Tried out in a test."@en .\n'
    )


def rename(project: Project, file: str, good: str, bad: str) -> None:
    path = project.graph / file
    text = path.read_text("utf-8")
    assert good in text
    path.write_text(text.replace(good, bad), encoding="utf-8")


def undecide(project: Project) -> None:
    path = project.graph / "reference" / "identities.ttl"
    head, _, _ = path.read_text("utf-8").partition("identity:red-palm a kg:IdentityDecision")
    path.write_text(head, encoding="utf-8")


def lines(built: Built, name: str) -> set[str]:
    return set((built.folder / name).read_text("utf-8").splitlines())


def slip(project: Project) -> None:
    """The blog names the Red Palm where it had named the Red Hand."""
    rename(project, "sources/blog-copy.ttl", "kg:subject actor:red-hand", "kg:subject actor:red-palm")


def test_claims_on_the_folded_handle_are_read_as_on_the_kept_one(copy: Project, world: Built):
    slip(copy)
    built = build(copy, copy.root / "build")
    assert lines(built, "views/all.nq") == lines(world, "views/all.nq")
    more = lines(built, "claims.nq") ^ lines(world, "claims.nq")
    named = f"<{expand('kg:asNamed')}> <{expand('actor:red-palm')}>"
    assert more
    assert all(named in line for line in more)


def test_without_the_decision_the_two_are_two(copy: Project):
    slip(copy)
    undecide(copy)
    with Store.open(build(copy, copy.root / "build").folder) as store:
        rows = ask(store, QUESTIONS["actors-on-each-route"], {"actor": "actor:red-palm"}).rows
        assert {shorten(row[4]) for row in rows} == {"source:blog-copy"}


def test_a_reader_sees_what_the_file_names(copy: Project):
    slip(copy)
    with Store.open(build(copy, copy.root / "build").folder) as store:
        records = claim_records(store, [expand("claim:blog-copy-005")])
        touched = {row[-1] for row in ask(store, QUESTIONS["identity-decisions"]).rows if row[1] is not None}
    claim = records[expand("claim:blog-copy-005")]
    assert claim.as_named == (expand("actor:red-palm"),)
    assert any("its file names actor:red-palm" in line for line in claim_lines(claim, records))
    assert claim.iri in touched


def test_taking_decisions_back_restores_the_very_same_snapshot(copy: Project, world: Built):
    path = decide(copy, decision("slip", "kg:keeps actor:almanac ; kg:folds actor:institute"))
    assert build(copy, copy.root / "with").snapshot != world.snapshot
    path.unlink()
    assert build(copy, copy.root / "without").snapshot == world.snapshot


def test_a_folded_holder_speaks_as_the_kept_one_everywhere(copy: Project):
    decide(copy, decision("slip", "kg:keeps actor:almanac ; kg:folds actor:institute"))
    built = build(copy, copy.root / "build")
    gone = str(expand("actor:institute"))
    files = ("claims.nq", "scenarios.nq", "views/all.nq")
    assert {line.split()[1] for name in files for line in lines(built, name) if f"> <{gone}> <" in line} == {
        f"<{expand('kg:asNamed')}>"
    }


def test_links_of_the_folded_handle_pass_to_the_kept_one_and_its_names_stay(copy: Project):
    decide(
        copy,
        'actor:belmor-forces a kg:StateOrgan ; kg:isOrganOf actor:arland ; skos:prefLabel "Forces"@en, "F"@fr, "ق"@ar .'
        + decision("forces", "kg:keeps actor:belmor-army ; kg:folds actor:belmor-forces"),
    )
    with Store.open(build(copy, copy.root / "build").folder) as store:
        about = "SELECT ?p ?o { GRAPH <https://w3id.org/sahel-kg/graph/reference> { <%s> ?p ?o } } ORDER BY ?p ?o"
        folded = store.query(about % expand("actor:belmor-forces")).rows
        kept = store.query(about % expand("actor:belmor-army")).rows
    assert {shorten(row[0]) for row in folded} == {"skos:prefLabel", "dcterms:isReplacedBy"}
    assert (expand("kg:isOrganOf"), expand("actor:arland")) in kept
    assert not any(row[1] == Literal("Forces", lang="en") for row in kept)


def test_the_folded_handle_and_its_names_lead_to_the_kept_one(store: Store):
    for name, match in (("Red Palm", "exact"), ("actor:red-palm", "handle")):
        found = candidates(store, name)
        assert [(shorten(one.thing), one.match) for one in found] == [("actor:red-hand", match)]
        assert expand("actor:red-palm") in {use.handle for use in found[0].uses}


def test_a_question_on_the_folded_handle_says_which_one_to_ask(world: Built, world_project: Project, capsys):
    where = [
        "--graph",
        str(world_project.graph),
        "--root",
        str(world_project.root),
        "--build",
        str(world.folder.parent),
    ]
    assert main(["ask", "names-used", "--param", "actor=actor:red-palm", *where]) == 0
    said = capsys.readouterr().err
    assert "editors have folded actor:red-palm into actor:red-hand" in said
    assert "ask with actor=actor:red-hand" in said


@pytest.mark.parametrize(
    ("what", "message"),
    [
        ("kg:keeps actor:red-palm ; kg:folds actor:iron-shield", "there are no chains"),
        ("kg:keeps actor:iron-shield ; kg:folds actor:red-palm", "folds too"),
        ("kg:keeps actor:red-palm ; kg:folds actor:red-hand", "there are no chains"),
        ("kg:keeps actor:arland ; kg:folds place:arland", "of two kinds"),
        ("kg:keeps actor:red-hand", "needs one kg:keeps and one kg:folds"),
        ("kg:setsApart actor:red-hand", "needs one kg:keeps and one kg:folds"),
        ("kg:restsOnClaim claim:almanac-2024-001", "needs one kg:keeps and one kg:folds"),
        ("kg:setsApart actor:red-hand, actor:red-palm", "sets apart what other decisions make one"),
        ("kg:keeps actor:sand-league ; kg:folds actor:dune-riders", "sets apart what other decisions make one"),
        ("kg:keeps actor:sand-league ; kg:folds actor:nobody", "actor:nobody is declared nowhere"),
    ],
)
def test_a_decision_that_cannot_be_is_one_clear_finding(what: str, message: str, copy: Project):
    decide(copy, decision("odd", what))
    with pytest.raises(InvalidGraph, match=message):
        build(copy, copy.root / "build")


def test_two_groups_that_a_claim_joins_cannot_be_one(copy: Project):
    decide(copy, decision("odd", "kg:keeps actor:arland ; kg:folds actor:belmor"))
    with pytest.raises(InvalidGraph, match="joins actor:arland with itself"):
        build(copy, copy.root / "build")


def test_handles_of_equal_and_near_names_are_suggested_until_somebody_decides(copy: Project):
    twins = 'actor:%s a kg:ArmedGroup ; skos:prefLabel "%s"@en, "%s"@fr, "%s"@ar .\n'
    decide(copy, twins % ("riders", "Dune Ryders", "x", "س") + twins % ("shield", "iron-shield", "y", "ص"), "twins")

    def pairs(out: str) -> dict[tuple[str, str], str]:
        with Store.open(build(copy, copy.root / out).folder) as store:
            return {(shorten(one.one), shorten(one.other)): one.why for one in suggestions(store)}

    assert pairs("undecided") == {
        ("actor:iron-shield", "actor:shield"): "equal names",
        ("actor:dune-riders", "actor:riders"): "near names",
    }
    decide(
        copy,
        decision("riders", "kg:keeps actor:dune-riders ; kg:folds actor:riders")
        + decision("shield", "kg:setsApart actor:iron-shield, actor:shield"),
    )
    assert pairs("decided") == {}


def test_one_source_that_calls_two_by_one_name_is_the_strongest_reason(copy: Project):
    rename(copy, "sources/almanac-2024.ttl", '"Two Banners"@en ]', '"Two Banners"@en ], [ a kg:Proposition ; '
           'kg:predicate kg:isCalled ; kg:subject actor:salt-network ; kg:value "Two Banners"@en ]')  # fmt: skip
    with Store.open(build(copy, copy.root / "build").folder) as store:
        first = suggestions(store)[0]
    assert (shorten(first.one), shorten(first.other)) == ("actor:salt-network", "actor:sand-league")
    assert first.why == "one source calls both so"
    assert first.claims == (expand("claim:almanac-2024-003"),)


def test_the_example_of_the_how_to_has_no_finding(copy: Project):
    page = (ROOT / "docs" / "how-to" / "decide-that-two-names-are-one.md").read_text("utf-8")
    example = re.search(r"```turtle\n(.*?)```", page, re.DOTALL)[1]
    decide(copy, example, name="identities")
    assert build(copy, copy.root / "build").views


def test_the_command_lists_suggestions_and_takes_no_name_with_them(real: Built, real_project: Project, capsys):
    where = ["--root", str(real_project.root), "--build", str(real.folder.parent)]
    assert main(["resolve", "--suggest", *where]) == 0
    assert capsys.readouterr().out.startswith("ISGS [actor:isgs] and Islamic State Sahel Province (ISSP) [actor:issp]")
    assert main(["resolve", "--suggest", "ISGS", *where]) == 2
    assert main(["resolve", *where]) == 2
    assert main(["resolve", "ISGS", "--most", "-1", *where]) == 2
    assert "name what to resolve" in capsys.readouterr().err


def test_a_claim_that_a_decision_rests_on_is_none_where_it_is_outside_the_scope(world: Built):
    asked = "ASK { claim:almanac-2024-001 a kg:Claim }"
    with Store.open(world.folder, scope=Scope(excluding=frozenset({expand("source:almanac-2024")}))) as store:
        assert store.query("ASK { ?decision kg:restsOnClaim claim:almanac-2024-001 }").boolean
        assert not store.query(asked).boolean
    with Store.open(world.folder) as store:
        assert store.query(asked).boolean


def test_the_real_graph_is_the_same_after_a_decision_is_taken_back(real: Built, real_project: Project, tmp_path: Path):
    project = copy_of(real_project.graph, tmp_path)
    what = "kg:keeps actor:the-guardian ; kg:folds actor:guardian-nigeria"
    path = decide(project, decision("tried", what, by="actor:acled"))
    shutil.copytree(real.folder.parent / MEMO, tmp_path / "build" / MEMO)
    built = build(project, tmp_path / "build")
    assert built.snapshot != real.snapshot
    assert any(str(expand("kg:asNamed")) in line for line in lines(built, "claims.nq"))
    with Store.open(built.folder) as store:
        told = {
            tuple(shorten(str(term)) for term in row[5:8]) for row in ask(store, QUESTIONS["identity-decisions"]).rows
        }
        assert ("actor:acled", "2026-11-25", "Tried out in a test.") in told
        assert shorten(candidates(store, "The Guardian (Nigeria)")[0].thing) == "actor:the-guardian"
    path.unlink()
    assert build(project, tmp_path / "build").snapshot == real.snapshot
