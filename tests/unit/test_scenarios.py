"""Scenarios and overlays: what they add to a view, what follows, who claims it already, and that the base stays."""

import hashlib
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from plain_views import facts

from kgtools.build import Built, build
from kgtools.claims import DENIES, claim_layer, claim_set, read_claims
from kgtools.errors import QuestionError, StoreError
from kgtools.model import ClaimSet, Project, Triple
from kgtools.names import PREFIXES, expand, shorten
from kgtools.reason import materialise, rules
from kgtools.scenarios import compare, compare_lines, overlay, overlay_lines, scenario_lines, scenarios
from kgtools.sources import format_turtle, parse_turtle, read_corpus
from kgtools.store import Store
from kgtools.validate import as_triples
from kgtools.views import read_views

THAW, TOLL = expand("scenario:thaw"), expand("scenario:toll")

CLAIM = """claim:seer-2025-{number} a kg:Claim ; kg:stance stance:{stance} ; kg:inScenario scenario:toll ;
    kg:confidence confidence:high ; kg:hedge hedge:none ; kg:holder actor:institute ;
    kg:locator [ a kg:Locator ; kg:section "paragraph {number}" ] ; kg:paraphrase "As foreseen."@en ;
    kg:onProposition [ a kg:Proposition ; kg:subject {subject} ; kg:predicate {predicate} ; {part} {object} ] .
"""
SAID = (
    ("forecasts", "actor:red-hand", "kg:taxes", "segment:coast-road-1"),
    ("forecasts", "situation:thaw", "kg:involves", "actor:arland"),
    ("forecasts", "quantity:raid-dead", "kg:amount", '"012"^^xsd:integer'),
    ("supposes", "actor:belmor", "kg:takesPosition", "position:coast-open"),
    ("denies", "actor:dune-riders", "kg:preysOn", "segment:coast-road-1"),
)
SOURCE = """source:seer-2025 a kg:Source ; dcterms:issued "2025"^^xsd:gYear ; dcterms:language "en" ;
    dcterms:publisher "A seer" ; dcterms:title "Tolls to come"@en ;
    kg:perspective perspective:think-tank ; kg:sourceKind sourcekind:report .
"""
SCENARIO = """scenario:toll a kg:Scenario ; skos:definition "Tolls everywhere."@en ;
    skos:prefLabel "رسوم"@ar, "tolls"@en, "des péages"@fr .
indicator:toll-gate a kg:Indicator ; skos:definition "A gate stands."@en ;
    skos:prefLabel "بوابة"@ar, "a toll gate"@en, "un péage"@fr ; kg:indicates scenario:toll ;
    kg:watches [ a kg:Proposition ; kg:subject actor:red-hand ; kg:predicate kg:pledgedTo ; kg:object actor:arland ] .
"""


@pytest.fixture(scope="module")
def tolls(world_project: Project, tmp_path_factory: pytest.TempPathFactory) -> Built:
    """The world with a second scenario, which denies something and foresees something with consequences."""
    root = tmp_path_factory.mktemp("tolls")
    graph = root / "graph"
    shutil.copytree(world_project.graph, graph)
    head = "".join(f"@prefix {prefix}: <{iri}> .\n" for prefix, iri in PREFIXES.items())
    claims = [
        CLAIM.format(
            number=f"{number:03}",
            stance=stance,
            subject=subject,
            predicate=predicate,
            part="kg:value" if term.startswith('"') else "kg:object",
            object=term,
        )
        for number, (stance, subject, predicate, term) in enumerate(SAID, 1)
    ]
    for path, text in (
        (graph / "sources" / "seer-2025.ttl", SOURCE + "".join(claims)),
        (graph / "scenarios" / "toll.ttl", SCENARIO),
    ):
        path.write_text(format_turtle(parse_turtle(path, head + text)), encoding="utf-8")
    return build(Project(world_project.root, world_project.ontology, graph), root)


def short(*triples: Triple) -> list[str]:
    return [" ".join(map(shorten, triple)) for triple in triples]


def digests(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_a_scenario_has_its_conditions_projections_drivers_and_source(world: Built):
    with Store.open(world.folder) as store:
        [thaw] = scenarios(store)
    assert (thaw.labels["en"], thaw.definitions["en"]) == ("a thaw", "The two states draw closer.")
    assert short(*(part.triple for part in thaw.conditions)) == [
        "actor:belmor kg:takesPosition position:coast-open",
        "event:odo-visit kg:follows event:tam-takeover",
    ]
    assert [shorten(claim) for part in thaw.projections for claim in part.claims] == ["claim:institute-2023-010"] * 2
    assert short(*(part.triple for part in thaw.drivers)) == ["scenario:thaw kg:hasDriver actor:river-commission"]
    assert list(map(shorten, thaw.sources)) == ["source:institute-2023"]


def test_an_indicator_has_the_claims_that_moved_it_in_the_view(world: Built):
    moved = {}
    for view in ("all", "blog"):
        with Store.open(world.folder, view) as store:
            [[indicator]] = [scenario.indicators for scenario in scenarios(store)]
            moved[view] = [shorten(said.claim) for said in indicator.moved_by]
    assert moved == {"all": ["claim:almanac-2024-023"], "blog": []}


def test_an_overlay_says_what_is_new_and_what_somebody_claims_already(world: Built):
    laid = overlay(world.folder, "all", THAW)
    assert short(*laid.already) == ["actor:belmor kg:takesPosition position:coast-open"]
    assert "situation:thaw kg:involves actor:arland" in short(*laid.added)
    assert [said.claim for said in laid.claimed[laid.already[0]]] != []


def test_what_the_view_does_not_take_is_new_although_somebody_claims_it(world: Built):
    laid = overlay(world.folder, "blog", THAW)
    assert laid.already == ()
    assert [shorten(triple[0]) for triple in laid.claimed] == ["actor:belmor"]


def test_what_follows_from_a_projection_comes_with_its_rule(tolls: Built):
    found = {short(step.conclusion)[0]: step for step in overlay(tolls.folder, "all", TOLL).consequences}
    step = found["actor:red-hand kg:taxesRoute route:coast-road"]
    assert "segmentOf" in step.rule
    assert short(*step.premises) == [
        "actor:red-hand kg:taxes segment:coast-road-1",
        "segment:coast-road-1 kg:segmentOf route:coast-road",
    ]


def test_what_a_scenario_denies_is_gone_with_all_that_followed_from_it(tolls: Built):
    laid = overlay(tolls.folder, "all", TOLL)
    assert short(*laid.removed) == ["actor:dune-riders kg:preysOn segment:coast-road-1"]
    assert "actor:dune-riders kg:preysOnRoute route:coast-road" in short(*laid.lost)


def test_an_overlay_keeps_literals_as_the_source_writes_them(tolls: Built):
    assert any(str(triple[2]) == "012" for triple in overlay(tolls.folder, "all", TOLL).added)


def believed(claims: ClaimSet) -> ClaimSet:
    """The claims as if all that a scenario foresees were asserted, and what it denies had never been said."""
    denied = {p for c in claims.claims if c.scenarios and c.stance == DENIES for p in c.propositions}
    changed = [
        replace(claim, propositions=tuple(p for p in claim.propositions if p not in denied))
        if TOLL not in claim.scenarios
        else replace(claim, scenarios=(), stance=DENIES if claim.stance == DENIES else expand("stance:asserts"))
        for claim in claims.claims
    ]
    return replace(claims, claims=tuple(changed))


def test_an_overlay_is_what_a_build_would_make_of_the_scenario_as_fact(tolls: Built, world_project: Project):
    corpus, _ = read_corpus(Project(world_project.root, world_project.ontology, tolls.folder.parent / "graph"))
    ontology, reference = as_triples(corpus.ontology), as_triples(corpus.reference)
    claims = claim_set(claim_layer(corpus.sources, corpus.scenarios), [*ontology, *reference])
    ruleset = rules(ontology)
    known = [*reference, *{step.conclusion for step in materialise(ruleset, reference)}]
    view = next(view for view in read_views(corpus.views) if view.name == "all")
    made = []
    for taken in (facts(view, claims), facts(view, believed(claims))):
        steps = materialise(ruleset, [*known, *taken])
        made.append({*taken, *(step.conclusion for step in steps)})
    laid = overlay(tolls.folder, "all", TOLL)
    assert made[1] - made[0] == {*laid.added, *(step.conclusion for step in laid.consequences)}
    assert made[0] - made[1] == {*laid.removed, *laid.lost}


def test_who_claims_it_is_told_by_the_rule_of_the_build(world: Built, world_project: Project):
    corpus, _ = read_corpus(world_project)
    never = {c.iri for c in read_claims(claim_layer(corpus.sources, corpus.scenarios)) if c.scenarios}
    laid = overlay(world.folder, "all", THAW)
    assert never
    assert never.isdisjoint(said.claim for found in laid.claimed.values() for said in found)


def test_an_overlay_leaves_the_snapshot_and_its_answers_as_they_were(tolls: Built):
    query = "SELECT ?s ?p ?o { ?s ?p ?o FILTER(ISIRI(?s) && !ISBLANK(?o)) } ORDER BY ?s ?p ?o"
    before = digests(tolls.folder)
    with Store.open(tolls.folder) as store:
        rows = store.query(query).rows
        overlay(tolls.folder, "all", TOLL)
        compare(tolls.folder, "all", [THAW, TOLL])
        assert store.query(query).rows == rows
    with Store.open(tolls.folder) as store:
        assert store.query(query).rows == rows
    assert digests(tolls.folder) == before


def test_two_overlays_of_one_scenario_are_equal(tolls: Built):
    assert overlay(tolls.folder, "all", TOLL) == overlay(tolls.folder, "all", TOLL)


def test_a_comparison_says_what_is_shared_and_what_is_of_one_alone(tolls: Built):
    compared = compare(tolls.folder, "all", [THAW, TOLL])
    assert {short(row.triple)[0]: [role for _, role in row.roles] for row in compared.shared} == {
        "actor:belmor kg:takesPosition position:coast-open": ["condition", "condition"],
        "situation:thaw kg:involves actor:arland": ["projection", "projection"],
    }
    alone = {short(row.triple)[0]: row.roles[0][1] for row in compared.alone[TOLL]}
    assert alone["actor:red-hand kg:taxesRoute route:coast-road"] == "consequence"
    assert "situation:thaw kg:involves actor:belmor" in [short(row.triple)[0] for row in compared.alone[THAW]]


def test_the_lines_are_for_people(tolls: Built):
    with Store.open(tolls.folder) as store:
        told = scenario_lines(scenarios(store))
    assert "a thaw [scenario:thaw]\nThe two states draw closer.\nin: Futures of the border" in told
    assert "  indicator: a toll gate (not moved)" in told
    laid = overlay_lines(overlay(tolls.folder, "all", TOLL))
    assert laid.startswith("If this came about: tolls [scenario:toll], laid over view all\nNew in the view: 3\n")
    assert "claimed by" in laid
    assert "    projection of a thaw; projection of tolls" in compare_lines(compare(tolls.folder, "all", [THAW, TOLL]))


def test_no_scenario_is_said():
    assert scenario_lines([]) == "The snapshot has no scenario."


def test_an_unknown_scenario_is_refused_with_those_there_are(world: Built):
    with pytest.raises(QuestionError, match="no scenario scenario:thew; the scenarios are scenario:thaw"):
        overlay(world.folder, "all", expand("scenario:thew"))


@pytest.mark.parametrize("wanted", [[], [THAW], [THAW, THAW]])
def test_a_comparison_of_fewer_than_two_is_refused(world: Built, wanted):
    with pytest.raises(QuestionError, match="two scenarios or more"):
        compare(world.folder, "all", wanted)


def test_an_unknown_view_is_refused(world: Built):
    with pytest.raises(QuestionError, match="no view"):
        overlay(world.folder, "nobody", THAW)


def test_a_changed_snapshot_is_refused(world: Built, tmp_path: Path):
    folder = tmp_path / "snapshot"
    shutil.copytree(world.folder, folder)
    (folder / "views" / "all.nq").write_bytes(b"")
    with pytest.raises(StoreError, match="manifest"):
        overlay(folder, "all", THAW)
