"""Whose word it is: what only one perspective speaks of is listed, and each claim shows the bias of its source."""

import shutil
from collections import defaultdict
from datetime import date
from pathlib import Path

import pytest

from kgtools.build import Built, build
from kgtools.claims import read_claims, read_sources
from kgtools.cli import main
from kgtools.model import Project
from kgtools.names import shorten
from kgtools.questions import ask, find_question
from kgtools.report import FEWEST, report
from kgtools.sources import parse_nquads
from kgtools.store import Store

QUESTIONS = Path(__file__).resolve().parents[2] / "ontology" / "questions"
DAY = date(2026, 4, 10)

Topics = dict[tuple[str, str], tuple[int, int]]  # thing and perspective: sources, claims


def counted(built: Built) -> Topics:
    """What the question should say, worked out from the claims one by one."""
    layer = list(parse_nquads((built.folder / "claims.nq").read_bytes()))
    sources, spoken = read_sources(layer), defaultdict(set)
    for claim in read_claims(layer):
        for proposition in claim.propositions:
            for thing in {proposition.subject, proposition.object}:
                if "/id/" in str(thing):
                    spoken[thing].add((claim.source, claim.iri))
    found = {}
    for thing, pairs in spoken.items():
        by = {source for source, _ in pairs}
        for common in set.intersection(*(set(sources[source].perspectives) for source in by)):
            found[shorten(thing), shorten(common)] = (len(by), len({claim for _, claim in pairs}))
    return found


def answered(store: Store) -> Topics:
    rows = ask(store, find_question(QUESTIONS, "one-sided-topics")).rows
    return {(shorten(row[0]), shorten(row[1])): (int(str(row[2])), int(str(row[3]))) for row in rows}


@pytest.mark.parametrize("which", ["world", "real"])
def test_the_question_lists_each_thing_that_one_perspective_alone_speaks_of(which: str, request):
    built, store = (
        request.getfixturevalue(which),
        request.getfixturevalue("store" if which == "world" else "real_store"),
    )
    assert answered(store) == counted(built) != {}


@pytest.mark.parametrize("which", ["store", "real_store"])
def test_the_report_lists_those_with_some_claims(which: str, request):
    store = request.getfixturevalue(which)
    [section] = [part for part in report(store, DAY) if part.title == "Who speaks alone"]
    things = {thing: figures for (thing, _), figures in answered(store).items() if figures[1] >= FEWEST}
    assert sorted((int(row[2]), int(row[3])) for row in section.rows) == sorted(things.values())
    assert section.rows


def test_a_thing_that_another_side_speaks_of_too_is_listed_no_more(world_project: Project, tmp_path: Path):
    graph = tmp_path / "graph"
    shutil.copytree(world_project.graph, graph)
    path = graph / "sources" / "ministry-2021.ttl"
    text = path.read_text("utf-8")
    old = "kg:object actor:river-commission ;\n            kg:predicate kg:values"
    assert old in text
    path.write_text(text.replace(old, "kg:object actor:villagers ;\n            kg:predicate kg:values"), "utf-8")
    built = build(Project(world_project.root, world_project.ontology, graph), tmp_path)
    with Store.open(built.folder) as store:
        things = {thing for thing, _ in answered(store)}
        [section] = [part for part in report(store, DAY) if part.title == "Who speaks alone"]
    assert "actor:villagers" not in things
    assert [row[0] for row in section.rows] == ["thaw"]


def test_sources_that_share_one_of_several_perspectives_are_one_side(world_project: Project, tmp_path: Path):
    graph = tmp_path / "graph"
    shutil.copytree(world_project.graph, graph)
    path = graph / "sources" / "almanac-2024.ttl"
    text = path.read_text("utf-8")
    path.write_text(text.replace("perspective:press ;", "perspective:blog,\n        perspective:press ;"), "utf-8")
    built = build(Project(world_project.root, world_project.ontology, graph), tmp_path)
    with Store.open(built.folder) as store:
        [section] = [part for part in report(store, DAY) if part.title == "Who speaks alone"]
    assert ("villagers (unnamed)", "press", "2", "3") in section.rows


@pytest.mark.parametrize(
    ("which", "words", "shown"),
    [
        ("world", ["ask", "denials", "--why"], "The Herald on the Salt Road (2020-05; press), "),
        ("world", ["explain", "actor:red-hand", "kg:taxesRoute", "route:salt-road"], "; United Nations), "),
        ("real", ["ask", "diplomatic-acts", "--param", "act=event:aes-recall-of-ambassadors-2025", "--why"], "; press"),
    ],
)
def test_each_claim_shows_the_bias_of_its_source(which: str, words: list[str], shown: str, request, capsys):
    built = request.getfixturevalue(which)
    main([*words, "--build", str(built.folder.parent)])
    assert shown in capsys.readouterr().out


def test_a_drawn_answer_shows_the_bias_of_its_sources(world: Built, tmp_path: Path):
    page = tmp_path / "page.html"
    main(["show", "actors-on-each-route", "-o", str(page), "--build", str(world.folder.parent)])
    assert '"perspectives":["United Nations"]' in page.read_text("utf-8")
