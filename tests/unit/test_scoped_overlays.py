"""Overlays within a scope: the scenario is whole, what it is laid over is narrowed, and the base stays as it is."""

import hashlib
import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from rdflib import URIRef

from kgtools.build import Built, build
from kgtools.cli import main
from kgtools.errors import QuestionError
from kgtools.forecasts import forecasts
from kgtools.model import Project, Scope, Triple
from kgtools.names import expand, graph_iri, shorten
from kgtools.ondemand import scoped_files
from kgtools.questions import ask, find_question
from kgtools.scenarios import Scenario, compare, overlay, scenarios
from kgtools.sources import format_turtle, parse_nquads, parse_turtle
from kgtools.store import Store

QUESTIONS = Path(__file__).resolve().parents[2] / "ontology" / "questions"
THAW = expand("scenario:thaw")
INFLUENCE = expand("scenario:renewed-moroccan-influence-on-mali")
REAL = [expand("scenario:algeria-mali-fragile-reconciliation"), INFLUENCE]
OWN = Scope(excluding=frozenset({expand("source:institute-2023")}))  # the source of the scenario itself
PANEL = Scope(excluding=frozenset({expand("source:un-river-2022")}))  # the source that claims its condition already
BEFORE = Scope(known_by="2024-12")


def short(triples: tuple[Triple, ...]) -> list[str]:
    return [" ".join(map(shorten, triple)) for triple in triples]


def digests(folder: Path) -> dict[Path, str]:
    paths = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    return {path: hashlib.sha256(path.read_bytes()).hexdigest() for path in paths}


def held(folder: Path, view: str, scope: Scope) -> set[Triple]:
    """What the view has within the scope, from the files that are made for it, and what reference data say."""
    graphs = {graph_iri(name) for name in ("reference", "reference/inferred")}
    graphs |= {graph_iri(f"view/{view}/{part}") for part in ("facts", "inferred")}
    data = scoped_files(folder, view, scope)[f"views/{view}.nq"] + (folder / "reference.nq").read_bytes()
    return {quad[:3] for quad in parse_nquads(data) if quad[3] in graphs}


def told(folder: Path, scenario: URIRef, view: str = "all", scope: Scope | None = None) -> Scenario:
    with Store.open(folder, view, scope=scope) as store:
        return next(one for one in scenarios(store) if one.iri == scenario)


def moved(scenario: Scenario) -> dict[str, list[tuple[str, str | None]]]:
    found = {shorten(i.iri): [(shorten(m.claim), m.day) for m in i.moved_by] for i in scenario.indicators}
    return {name: moves for name, moves in found.items() if moves}


def kg(built: Built, capsys, *words: str) -> tuple[int, str, str]:
    code = main(["scenario", *words, "--build", str(built.folder.parent)])
    return code, *capsys.readouterr()


def test_a_condition_that_the_scope_leaves_unclaimed_is_new(world: Built):
    whole, narrowed = overlay(world.folder, "all", THAW), overlay(world.folder, "all", THAW, PANEL)
    position = "actor:belmor kg:takesPosition position:coast-open"
    assert (position in short(whole.already), position in short(narrowed.already)) == (True, False)
    assert position in short(narrowed.added)
    assert narrowed.claimed == {}


def test_a_scenario_is_whole_also_where_its_source_is_left_out(world: Built):
    whole, narrowed = overlay(world.folder, "all", THAW), overlay(world.folder, "all", THAW, OWN)
    for part in ("conditions", "projections", "denials", "drivers", "sources"):
        assert getattr(narrowed.scenario, part) == getattr(whole.scenario, part)
    assert narrowed.scenario.conditions != ()
    assert (narrowed.added, narrowed.already) == (whole.added, whole.already)


def test_an_overlay_names_its_scope(world: Built):
    assert overlay(world.folder, "all", THAW, PANEL).view == "all, excluding source:un-river-2022"
    assert overlay(world.folder, "all", THAW).view == "all"


def test_the_empty_scope_is_no_scope(world: Built):
    assert overlay(world.folder, "all", THAW, Scope()) == overlay(world.folder, "all", THAW)


@pytest.mark.parametrize(
    ("which", "view", "scenario", "scope"),
    [
        ("world", "all", THAW, PANEL),
        ("world", "press", THAW, Scope(as_of="2020")),
        ("real", "all", INFLUENCE, BEFORE),
        ("real", "un", INFLUENCE, Scope(first_hand=True)),
    ],
)
def test_new_and_already_are_told_apart_by_what_the_view_has_within_the_scope(which, view, scenario, scope, request):
    folder = request.getfixturevalue(which).folder
    laid, base = overlay(folder, view, scenario, scope), held(folder, view, scope)
    wanted = {part.triple for part in (*laid.scenario.conditions, *laid.scenario.projections)}
    assert set(laid.added) == wanted - base
    assert set(laid.already) == wanted & base
    assert base.isdisjoint(step.conclusion for step in laid.consequences)


@pytest.mark.parametrize(
    ("which", "wanted", "scope"), [("world", [THAW], PANEL), ("real", REAL, BEFORE)], ids=["world", "real"]
)
def test_the_base_is_untouched(which, wanted, scope, request):
    folder = request.getfixturevalue(which).folder
    query = "SELECT ?s ?p ?o { ?s ?p ?o . FILTER(!ISBLANK(?o)) } ORDER BY ?s ?p ?o LIMIT 2000"
    before = digests(folder)
    with Store.open(folder) as store:
        rows = store.query(query).rows
        # A comparison lays each of its scenarios over the view.
        compare(folder, "all", wanted, scope) if len(wanted) > 1 else overlay(folder, "all", *wanted, scope)
        assert store.query(query).rows == rows
    assert digests(folder) == before


def test_who_claims_it_today_is_told_of_the_scope_alone(real: Built):
    laid = overlay(real.folder, "all", INFLUENCE, BEFORE)
    with Store.open(real.folder, scope=BEFORE) as store:
        within = {row[0] for row in store.query("SELECT ?claim { ?claim a kg:Claim } ORDER BY ?claim").rows}
    said = {one.claim for found in laid.claimed.values() for one in found}
    assert said
    assert said <= within


def test_an_indicator_tells_what_moved_it_and_when_by_which_claim(world: Built):
    [move] = told(world.folder, THAW).indicators[0].moved_by
    assert short((move.triple,)) == ["actor:belmor kg:hasPresenceIn place:tamur"]
    assert (shorten(move.claim), move.holder, move.day) == ("claim:almanac-2024-023", "Almanac", "2024-01")


def test_an_indicator_has_not_moved_where_the_scope_leaves_out_what_moved_it(world: Built):
    assert moved(told(world.folder, THAW, scope=OWN)) == moved(told(world.folder, THAW)) != {}
    assert moved(told(world.folder, THAW, scope=Scope(known_by="2023"))) == {}


def test_indicators_moved_by_events_of_2025_had_not_moved_before(real: Built):
    now, then = moved(told(real.folder, INFLUENCE)), moved(told(real.folder, INFLUENCE, scope=BEFORE))
    assert ("claim:aco-news-airspace-2025-001", "2025-04-07") in now["indicator:mali-closes-its-airspace-to-algeria"]
    assert set(then) < set(now)
    assert "indicator:mali-closes-its-airspace-to-algeria" not in then


@pytest.mark.parametrize("which", ["world", "real"])
def test_the_question_and_the_listing_agree_on_what_has_moved(which, request):
    folder = request.getfixturevalue(which).folder
    with Store.open(folder) as store:
        rows = ask(store, find_question(QUESTIONS, "moved-indicators")).rows
        listed = {
            (one.iri, indicator.iri, move.claim, *move.triple, move.day)
            for one in scenarios(store)
            for indicator in one.indicators
            for move in indicator.moved_by
        }
    asked = {(r[0], r[1], r[9], *r[2:5], str(r[5] or r[6]) if r[5] or r[6] else None) for r in rows}
    assert asked == listed != set()


def test_the_command_takes_a_scope(world: Built, real: Built, capsys):
    code, out, _ = kg(world, capsys, "show", "thaw", "--excluding", "source:un-river-2022")
    assert code == 0
    assert out.startswith(
        "If this came about: a thaw [scenario:thaw], laid over view all, excluding source:un-river-2022"
    )
    out = kg(world, capsys, "list")[1]
    assert "indicator: an envoy is back (moved)\n    Belmor — has presence in — Tamur, 2024-01: Almanac [claim:" in out
    out = kg(world, capsys, "list", "--known-by", "2023")[1]
    assert "condition: Belmor — takes position — the status is open" in out
    assert "indicator: an envoy is back (not moved)" in out
    names = [shorten(iri).removeprefix("scenario:") for iri in REAL]
    assert (
        "2 scenarios, laid over view un, known by 2024-12"
        in kg(real, capsys, "compare", *names, "--view", "un", "--known-by", "2024-12")[1]
    )


def test_a_misspelt_speaker_is_refused(world: Built, capsys):
    code, _, err = kg(world, capsys, "show", "thaw", "--excluding", "source:un-river-2023")
    assert (code, err) == (
        2,
        "kg scenario: no claim is of source:un-river-2023; did you mean source:un-river-2022?\n",
    )
    with pytest.raises(QuestionError, match="no claim is of actor:nobody"):
        overlay(world.folder, "all", THAW, Scope(according_to=frozenset({expand("actor:nobody")})))


def test_what_was_withdrawn_of_a_scenario_is_laid_only_where_withdrawn_claims_are_asked_for(
    world_project: Project, tmp_path: Path
):
    graph = tmp_path / "graph"
    shutil.copytree(world_project.graph, graph)
    path = graph / "sources" / "institute-2023.ttl"
    head = "claim:institute-2023-010 a kg:Claim ;\n"
    note = '    kg:withdrawnOn "2024-06-01"^^xsd:date ;\n    kg:withdrawnBecause "Misread."@en ;\n'
    text = path.read_text("utf-8")
    assert head in text
    path.write_text(format_turtle(parse_turtle(path, text.replace(head, head + note))), "utf-8")
    built = build(Project(world_project.root, world_project.ontology, graph), tmp_path)
    foreseen = "situation:thaw kg:involves actor:arland"
    assert foreseen not in short(overlay(built.folder, "all", THAW).added)
    assert foreseen not in short(overlay(built.folder, "all", THAW, PANEL).added)
    with_all = replace(PANEL, include_retracted=True)
    assert foreseen in short(overlay(built.folder, "all", THAW, with_all).added)
    with Store.open(built.folder) as store:
        claims = {one.claim for one in forecasts(store, date(2026, 4, 10))}
    assert expand("claim:institute-2023-010") not in claims
    assert expand("claim:institute-2023-014") in claims
