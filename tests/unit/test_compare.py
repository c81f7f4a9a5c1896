"""Two answers in one picture: what only one has, what stands on other claims, and that no claim of either is lost."""

import pytest
from rdflib import Literal, URIRef
from test_render import CLAIM, page_data

from kgtools.cli import main
from kgtools.model import Answer, Evidence, Support
from kgtools.names import KG
from kgtools.render import Side, compare_page

ENDS = [(URIRef(f"urn:{one}"), KG.meets, URIRef(f"urn:{other}")) for one, other in ("ab", "bc", "cd", "de")]


def claims(*names: str) -> tuple[URIRef, ...]:
    return tuple(URIRef(f"urn:claim:{name}") for name in names)


def evidence(**of: tuple[str, ...]) -> Evidence:
    """Evidence in which the edge named `ab` … rests on these claims; `ab_` gives the claims against it."""
    rows = tuple(
        Support(triple, "claimed", claims(*of[name]), claims(*of.get(f"{name}_", ())))
        for triple in ENDS
        if (name := str(triple[0])[-1] + str(triple[2])[-1]) in of
    )
    under = {iri: CLAIM for support in rows for iri in (*support.claims, *support.denials)}
    return Evidence((rows,), under, {}, {})


def drawn(first: Evidence, second: Evidence) -> dict:
    sides = Side(Answer("", view="all"), first), Side(Answer("", view="un"), second)
    return page_data(compare_page(*sides, title="x").html)


def test_an_edge_says_which_side_has_it_or_that_its_claims_or_its_status_differ():
    first = evidence(ab=("1",), bc=("2",), cd=("3",), de=("4",), de_=("9",))
    second = evidence(bc=("2", "5"), cd=("3",), de=("4",), de_=("9",), ab=("1",), ab_=("8",))
    lost = evidence(ab=("1",))
    assert [edge["status"] for edge in drawn(first, second)["edges"]] == ["changed", "changed", "claimed", "disputed"]
    assert [edge["status"] for edge in drawn(first, lost)["edges"]] == ["claimed", "removed", "removed", "removed"]
    assert [edge["status"] for edge in drawn(lost, first)["edges"]] == ["claimed", "added", "added", "added"]


def test_the_claims_of_both_sides_are_in_the_page():
    data = drawn(evidence(ab=("1",), bc=("2",)), evidence(ab=("3",), ab_=("4",)))
    assert set(data["claims"]) == {f"urn:claim:{n}" for n in "1234"}
    (edge,) = (edge for edge in data["edges"] if edge["status"] == "changed")
    assert (edge["claims"], edge["denials"]) == (["urn:claim:1", "urn:claim:3"], ["urn:claim:4"])
    assert "view: all → un" in data["origin"]


def test_a_comparison_with_itself_changes_nothing():
    one = evidence(ab=("1",), bc=("2",), bc_=("3",))
    assert [edge["status"] for edge in drawn(one, one)["edges"]] == ["claimed", "disputed"]


def test_what_is_said_of_a_thing_alone_is_compared_too():
    def called(name: str) -> Evidence:
        support = Support((URIRef("urn:a"), KG.isCalled, Literal(name)), "claimed", claims("1"))
        return Evidence(((support,),), {claims("1")[0]: CLAIM}, {}, {})

    (node,) = drawn(called("A"), called("B"))["nodes"]
    assert sorted((saying["value"], saying["status"]) for saying in node["sayings"]) == [
        ("A", "removed"),
        ("B", "added"),
    ]


@pytest.mark.parametrize(
    ("flags", "words"),
    [
        ("--view nowhere", "nowhere"),
        ("--as-of x", "'x' is no date"),
        ("'", "no closing quotation"),
        ("--excluding x", "x"),
    ],
)
def test_flags_of_the_second_side_that_make_no_sense_are_said(flags: str, words: str, real, tmp_path, capsys):
    page = tmp_path / "page.html"
    command = ["show", "contested-claims", "--build", str(real.folder.parent), "-o", str(page), f"--against={flags}"]
    assert main(command) != 0
    assert words in capsys.readouterr().err
    assert not page.exists()


def test_the_command_compares(real, tmp_path, capsys):
    page = tmp_path / "page.html"
    command = ["show", "contested-claims", "--build", str(real.folder.parent), "-o", str(page)]
    assert main([*command, "--against=--excluding source:algeria-mali-article"]) == 0
    statuses = {edge["status"] for edge in page_data(page.read_text("utf-8"))["edges"]}
    assert statuses & {"removed", "changed"}
