"""A name brings every thing it may mean, says how it matches, and whose name for the thing it is."""

import json

import pytest

from kgtools.build import Built
from kgtools.cli import main
from kgtools.model import Scope
from kgtools.names import expand, shorten
from kgtools.resolve import Candidate, candidates, fold, nearest
from kgtools.store import Store


def of(found: list[Candidate]) -> list[tuple[str, str]]:
    return [(shorten(candidate.thing), candidate.match) for candidate in found]


@pytest.mark.parametrize(
    ("name", "thing", "match"),
    [
        ("Red Hand", "actor:red-hand", "exact"),
        ("the  RED-hand", "actor:red-hand", "folded"),
        ("MAIN ROUGE", "actor:red-hand", "folded"),
        ("اليَد الحمـراء", "actor:red-hand", "folded"),
        ("يد حمراء", "actor:red-hand", "folded"),
        ("ارلاند", "actor:arland", "folded"),
        ("Cote blanche", "place:white-coast", "folded"),
        ("villagers", "actor:villagers", "folded"),
        ("Shield", "actor:iron-shield", "within"),
        ("Dune Ridders", "actor:dune-riders", "near"),
        ("actor:red-hand", "actor:red-hand", "handle"),
        ("Red Hand Front", "actor:red-hand", "exact"),
        ("cannabis", "commodity:cannabis-resin", "within"),
    ],
)
def test_a_name_matches_so(name: str, thing: str, match: str, store: Store):
    assert (thing, match) in of(candidates(store, name))


def test_things_of_one_name_all_stay_before_the_looser_matches(store: Store):
    found = of(candidates(store, "belmor"))
    assert found[:2] == [("actor:belmor", "folded"), ("place:belmor", "folded")]
    assert {match for _, match in found[2:]} <= {"within", "near"}
    assert ("place:south-belmor", "within") in found


def test_a_name_that_only_claims_use_says_whose_it_is(store: Store):
    first = candidates(store, "Hand")[0]
    assert (shorten(first.thing), first.match) == ("actor:red-hand", "folded")
    uses = [use for use in first.uses if use.claim is not None]
    assert [(str(use.name), use.claim.holder, shorten(use.claim.iri)) for use in uses] == [
        ("the Hand", "The Herald", "claim:herald-2020-011")
    ]


def test_names_parted_by_a_slash_are_each_looked_for(store: Store):
    found = of(candidates(store, "Two Banners/Iron Shield"))
    assert found[:2] == [("actor:iron-shield", "exact"), ("actor:sand-league", "exact")]


def test_a_description_is_a_candidate_only_as_a_whole(store: Store):
    assert of(candidates(store, "bandits")) == [("actor:dune-riders", "exact")]
    assert candidates(store, "bandit") == []


def test_a_name_is_whose_the_view_and_the_scope_listen_to(world: Built):
    with Store.open(world.folder, "un") as store:
        assert candidates(store, "Two Banners") == []
    with Store.open(world.folder, scope=Scope(excluding=frozenset([expand("actor:almanac")]))) as store:
        assert candidates(store, "Two Banners") == []
        assert of(candidates(store, "Sand League"))[0] == ("actor:sand-league", "exact")


def test_the_command_says_who_uses_the_name(world: Built, world_project, capsys):
    where = [
        "--graph",
        str(world_project.graph),
        "--root",
        str(world_project.root),
        "--build",
        str(world.folder.parent),
    ]
    assert main(["resolve", "red", "hand", "front", *where]) == 0
    out = capsys.readouterr().out
    assert out.startswith("1. Red Hand — ArmedGroup [actor:red-hand], but for case")
    assert 'called "Red Hand Front"@en by River Commission — asserts' in out
    assert "claim:un-river-2022-011" in out
    assert main(["resolve", "road", "--most", "2", *where]) == 0
    assert "more that match loosely" in capsys.readouterr().out


def test_json_has_the_handle_and_the_claim(world: Built, world_project, capsys):
    where = [
        "--graph",
        str(world_project.graph),
        "--root",
        str(world_project.root),
        "--build",
        str(world.folder.parent),
    ]
    assert main(["resolve", "the Hand", "--format", "json", *where]) == 0
    first = json.loads(capsys.readouterr().out)[0]
    assert (first["thing"], first["match"]) == (str(expand("actor:red-hand")), "exact")
    assert first["uses"][0]["claim"]["iri"] == str(expand("claim:herald-2020-011"))


def test_a_name_that_nothing_has_brings_the_nearest_and_exit_code_one(world: Built, world_project, capsys):
    where = [
        "--graph",
        str(world_project.graph),
        "--root",
        str(world_project.root),
        "--build",
        str(world.folder.parent),
    ]
    assert main(["resolve", "Tamoro", *where]) == 1
    said = capsys.readouterr()
    assert "nothing is called 'Tamoro'" in said.err
    assert "Tamur" in said.err


def test_marks_without_a_letter_name_nothing(store: Store):
    assert candidates(store, " -?- ") == []
    assert nearest(store, " -?- ") == []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Abdelmadjid Tebboune", "ABDELMADJID TEBBOUNE"),
        ("Gheraïeb", "Gheraieb"),
        ("Tin-Zaouaten", "Tin Zaouaten"),
        ("l’Azawad", "Azawad"),
        ("Jama'at", "Jamaat"),
        ("أحمد", "احمد"),
        ("إسلامية", "اسلاميه"),
        ("موسى", "موسي"),
        ("الجزائر", "جزائر"),
        ("مـــالي", "مالي"),
        ("Bøås", "Boas"),
    ],
)
def test_spellings_of_one_name_fold_alike(one: str, other: str):
    assert "".join(fold(one)) == "".join(fold(other))


@pytest.mark.parametrize(
    ("one", "other"), [("Niger", "Nigeria"), ("Mali", "Malawi"), ("Gao", "Goa"), ("موالي", "مالي")]
)
def test_other_names_do_not(one: str, other: str):
    assert fold(one) != fold(other)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("ISGS", ["actor:isgs"]),
        ("ISGS/ISSP/EIGS", ["actor:isgs", "actor:issp"]),
        ("Kidal", ["place:kidal"]),
        ("الجزائر", ["actor:algeria", "place:algeria"]),
        ("Azawad", ["place:azawad"]),
        ("Africa Corps", ["actor:africa-corps"]),
        ("FLA", ["actor:fla"]),
    ],
)
def test_well_known_names_of_the_real_graph_come_first(name: str, expected: list[str], real_store: Store):
    found = of(candidates(real_store, name))
    assert [thing for thing, _ in found[: len(expected)]] == expected
    assert all(match in ("exact", "folded") for _, match in found[: len(expected)])


def test_wagner_is_the_group_first_and_its_units_too(real_store: Store):
    found = of(candidates(real_store, "Wagner"))
    assert found[0] == ("actor:wagner-group", "within")
    assert "actor:wagner-units-in-mali" in dict(found)


def test_one_name_that_a_source_gives_two_groups_brings_both(real_store: Store):
    found = candidates(real_store, "Islamic State Sahel Province")
    assert [shorten(candidate.thing) for candidate in found[:2]] == ["actor:isgs", "actor:issp"]
    for candidate in found[:2]:
        assert any(use.claim and use.claim.holder == "Wikipedia" for use in candidate.uses)
