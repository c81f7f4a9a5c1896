"""What users were promised, seen from outside on the invented world and on the real graph.

The numbers are those of the list of features. What another module shows on both graphs is not shown again here.
"""

import csv
import hashlib
import io
import re
import shlex
import shutil
from collections import defaultdict
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path

import pyoxigraph as ox
import pytest
from plain_views import facts, narrow
from rdflib import RDF, RDFS, SH, Graph
from test_diff import block
from test_render import page_data

from kgtools.build import MEMO, Built, build, load
from kgtools.claims import claim_set, read_claims
from kgtools.cli import main
from kgtools.corroborate import Corroboration, corroborations
from kgtools.diff import apply, claim_quads, diff
from kgtools.evidence import claim_records, evidence
from kgtools.explain import Proof, explain, explain_row
from kgtools.model import ClaimSet, Project, Quad, Scope, Triple, View
from kgtools.names import expand, graph_iri, shorten
from kgtools.questions import ask, read_questions
from kgtools.reason import Rule, materialise, rules
from kgtools.scenarios import overlay
from kgtools.sources import parse_nquads, read_text
from kgtools.store import Store
from kgtools.validate import as_triples
from kgtools.views import read_views

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = ROOT / "tests" / "world" / "documents"
QUESTIONS = read_questions(ROOT / "ontology" / "questions")
WHICH = ["world", "real"]
ASRIW = "actor:ahmoudou-ag-asriw kg:escortsRoute route:tabankort-amassine-niger"  # of UN listing MLi.001
UN, PRESS = expand("perspective:un"), expand("perspective:press")

Kg = Callable[..., str]


@pytest.fixture(params=WHICH)
def built(request: pytest.FixtureRequest) -> Built:
    """One of the two graphs after the other."""
    return request.getfixturevalue(request.param)


@pytest.fixture
def opened(built: Built, world: Built, store: Store, request: pytest.FixtureRequest) -> Store:
    return store if built == world else request.getfixturevalue("real_store")


@pytest.fixture
def kg(request: pytest.FixtureRequest, capsys: pytest.CaptureFixture[str]) -> Kg:
    """Run a command on the graph called *which* and give all that it prints."""

    def run(which: str, *words: str, code: int = 0) -> str:
        folder = request.getfixturevalue(which).folder
        assert main([*words, "--root", str(ROOT), "--build", str(folder.parent)]) == code
        said = capsys.readouterr()
        return said.out + said.err

    return run


def rows(printed: str) -> list[dict[str, str]]:
    """The rows of a table that was printed with --format csv, IRIs shortened."""
    found = csv.DictReader(io.StringIO(printed))
    return [{name: shorten(text) if "://" in text else text for name, text in row.items()} for row in found]


def quads(built: Built, name: str) -> list[Quad]:
    return list(parse_nquads((built.folder / name).read_bytes()))


def graph_in(quads: Iterable[Quad], name: str) -> set[Triple]:
    return {quad[:3] for quad in quads if quad[3] == graph_iri(name)}


def triple(text: str) -> Triple:
    return tuple(map(expand, text.split()))  # type: ignore[return-value]


# R5: zero rows are explained


@pytest.mark.parametrize(
    ("which", "query", "said"),
    [
        (
            "world",
            "SELECT ?a { ?a kg:taxes ?s . ?s kg:segmentOf route:salt-raod . ?a a ?k }",
            ["pattern ?s kg:segmentOf route:salt-raod (line 1)", "the nearest name is route:salt-road"],
        ),
        (
            "real",
            "SELECT ?s {\n  actor:ahmoudou-ag-asriw kg:escorts ?s .\n  ?s kg:segmentOf route:tabankort-amassine-nigr }",
            [
                "pattern ?s kg:segmentOf route:tabankort-amassine-nigr (line 3)",
                "the nearest name is route:tabankort-am",
            ],
        ),
        (
            "real",
            "SELECT ?s { actor:ahmoudou-ag-asriw kg:escort ?s }",
            ["pattern actor:ahmoudou-ag-asriw kg:escort ?s", "the nearest property is kg:escorts"],
        ),
    ],
)
def test_r5_no_rows_come_with_the_pattern_that_leaves_none_and_the_nearest_name(
    which: str, query: str, said: list[str], kg: Kg, tmp_path: Path
):
    path = tmp_path / "asked.rq"
    path.write_text(query, "utf-8")
    printed = kg(which, "sparql", str(path))
    assert [words for words in said if words not in printed] == []


@pytest.mark.parametrize(("which", "slip", "near"), [("world", "courir", "courier"), ("real", "reuter", "reuters")])
def test_r5_a_misspelt_value_is_named_also_where_what_was_taken_back_is_asked_for(
    which: str, slip: str, near: str, kg: Kg
):
    printed = kg(which, "ask", "withdrawn-claims", "--param", f"holder=actor:{slip}")
    assert f"What leaves none: parameter holder=actor:{slip}" in printed
    assert f"the nearest value that a row has is actor:{near}" in printed


# R6: every row leads to claims, their sources and passages

OWN = {
    "aggregate": "SELECT ?r (COUNT(DISTINCT ?a) AS ?n) { ?a kg:escortsRoute ?r } GROUP BY ?r",
    "optional": "SELECT ?e ?a ?d { ?e kg:performedBy ?a OPTIONAL { ?e kg:date ?d } }",
    "path": "SELECT ?a ?r { ?a kg:escorts/kg:segmentOf ?r }",
    "inference": "SELECT ?a ?r { ?a kg:escortsRoute ?r }",
}


@pytest.mark.parametrize("kind", OWN)
def test_r6_each_row_of_ones_own_query_rests_on_claims_that_say_it(built: Built, opened: Store, kind: str):
    said = {claim.iri: {p.triple for p in claim.propositions} for claim in read_claims(quads(built, "claims.nq"))}
    found = evidence(opened, opened.query(OWN[kind]))
    assert found.rows
    assert not any(found.gaps)
    for row in found.rows:
        assert any(support.claims for support in row)
        for support in row:
            assert support.status != "claimed" or all(support.triple in said[claim] for claim in support.claims)
            assert all(found.claims[claim].source_title and found.claims[claim].locator for claim in support.claims)


def test_r6_a_reader_is_led_from_a_row_to_holder_source_date_and_place(kg: Kg):
    words = ["ask", "actors-on-each-route", "--param", "actor=actor:ahmoudou-ag-asriw"]
    route = "route=route:tabankort-amassine-niger"
    printed = " ".join(kg("real", *words, "--param", route, "--why").split())
    assert "UN Security Council 2374 Committee — asserts, no hedge, valid 2018-04 to 2018-04" in printed
    assert "Narrative summary MLi.001 Ahmoudou Ag Asriw (2018-12-20; United Nations), additional information" in printed
    assert "[claim:un-listing-ag-asriw-2018-001]" in printed


def test_r6_each_passage_is_what_stands_in_the_document_at_its_place(world: Built, store: Store):
    claims = {claim.iri: claim for claim in read_claims(quads(world, "claims.nq")) if claim.locators[0].span_digest}
    texts = {path.stem: path.read_text("utf-8") for path in DOCUMENTS.glob("*.txt")}
    records = claim_records(store, claims, DOCUMENTS)
    assert {shorten(claim.source).removeprefix("source:") for claim in claims.values()} == set(texts)
    for iri, claim in claims.items():
        place = claim.locators[0]
        passage = texts[shorten(claim.source).removeprefix("source:")][place.start : place.end]
        assert records[iri].passage == passage
        assert hashlib.sha256(passage.encode()).hexdigest() == place.span_digest


def test_r6_each_claim_has_a_place_and_no_passage_of_another_document(built: Built, opened: Store):
    claims = [claim for claim in read_claims(quads(built, "claims.nq")) if claim.source.endswith("-article")]
    places = [place for claim in read_claims(quads(built, "claims.nq")) for place in claim.locators]
    assert all(
        place.section or (place.start < place.end and re.fullmatch("[0-9a-f]{64}", place.span_digest))
        for place in places
    )
    assert not any(record.passage for record in claim_records(opened, [c.iri for c in claims], DOCUMENTS).values())


# R7: contested claims stand side by side


@pytest.mark.parametrize(
    ("which", "contest", "value", "asserted", "denied"),
    [
        ("world", ("actor:arland", "kg:facilitates"), "resin of Arland", "herald-2020-006", "herald-2020-004"),
        (
            "real",
            ("actor:morocco", "kg:facilitates"),
            "Moroccan cannabis resin",
            "algeria-mali-article-138",
            "algeria-mali-article-136",
        ),
    ],
)
def test_r7_whoever_denies_stands_beside_whoever_asserts_and_no_fact_rests_on_a_denial(
    which: str, contest: tuple[str, str], value: str, *, asserted: str, denied: str, kg: Kg, request
):
    [part] = re.findall(rf"^    {value}\n((?: {{6}}.*\n?)*)", kg(which, "contested", *contest), re.MULTILINE)
    side_for, _, side_against = part.partition("      denied: ")
    assert (f"[claim:{asserted}]" in side_for, f"[claim:{denied}]" in side_against) == (True, True)
    assert f"[claim:{denied}]" not in side_for
    folder = request.getfixturevalue(which).folder
    views = "".join(path.read_text("utf-8") for path in (folder / "views").glob("*.nq"))
    resting = {line.split()[2] for line in views.splitlines() if "/def/restsOn>" in line}
    assert f"<{expand(f'claim:{asserted}')}>" in resting
    assert f"<{expand(f'claim:{denied}')}>" not in resting


# R8: according to whom; R9: as of and as known by

SCOPES = {
    "r8-according-to-the-un": Scope(according_to=frozenset({UN})),
    "r8-without-the-press": Scope(excluding=frozenset({PRESS})),
    "r8-the-un-and-first-hand": Scope(according_to=frozenset({UN}), first_hand=True),
    "r9-as-of": Scope(as_of="2020-01-01"),
    "r9-as-known-by": Scope(known_by="2021"),
    "r9-both": Scope(as_of="2020", known_by="2022-06"),
    "r9-both-strictly": Scope(as_of="2020", known_by="2022-06", strict=True),
}

Parts = tuple[ClaimSet, tuple[Rule, ...], list[Triple], View]


@pytest.fixture(scope="module")
def parts_of(world_project: Project, real_project: Project) -> Callable[[str], Parts]:
    """From the files of a graph: all claims, the rules, the reference data with what follows from it, the view all."""
    made: dict[str, Parts] = {}

    def parts(which: str) -> Parts:
        if which not in made:
            corpus, layer, _ = load(world_project if which == "world" else real_project)
            ontology, reference = as_triples(corpus.ontology), as_triples(corpus.reference)
            ruleset = rules(ontology)
            closed = [*reference, *{step.conclusion for step in materialise(ruleset, reference)}]
            view = next(view for view in read_views(corpus.views) if view.name == "all")
            made[which] = claim_set(layer.quads(), [*ontology, *reference]), ruleset, closed, view
        return made[which]

    return parts


@pytest.mark.parametrize("which", WHICH)
@pytest.mark.parametrize("scope", SCOPES)
def test_a_scope_holds_what_a_graph_of_its_claims_alone_would_hold(scope: str, which: str, parts_of, request):
    """R8, R9: claims, facts and inferences, and so every answer, are those of a filter on all claims."""
    claims, ruleset, closed, view = parts_of(which)
    kept = narrow(claims, SCOPES[scope])
    taken = set(facts(view, kept))
    steps = materialise(ruleset, [*closed, *taken])
    with Store.open(request.getfixturevalue(which).folder, scope=SCOPES[scope]) as store:
        held = list(parse_nquads(store.read("views/all.nq")))
        said, inferred = (graph_in(held, f"view/all/{part}") for part in ("facts", "inferred"))
        known = {row[0] for row in store.query("SELECT ?c { ?c a kg:Claim }").rows}
    assert 0 < len(kept.claims) < len(claims.claims)
    assert known == {claim.iri for claim in kept.claims}
    assert said == taken
    assert inferred == {step.conclusion for step in steps}


@pytest.mark.parametrize("name", ["ministry-2021", "blog-copy"])
def test_r8_without_a_source_every_question_is_answered_as_if_its_file_were_not_there(
    name: str, world: Built, world_project: Project, tmp_path: Path
):
    shutil.copytree(world_project.graph, tmp_path / "graph")
    (tmp_path / "graph" / "sources" / f"{name}.ttl").unlink()
    poorer = build(Project(tmp_path, ROOT / "ontology", tmp_path / "graph"), tmp_path / "build")
    scope = Scope(excluding=frozenset({expand(f"source:{name}")}))
    with Store.open(poorer.folder) as without, Store.open(world.folder, scope=scope) as excluding:
        # Which document copies which is no claim: it is known of a document, whoever is listened to.
        for question in (QUESTIONS[name] for name in sorted(set(QUESTIONS) - {"copies"})):
            assert ask(without, question).rows == ask(excluding, question).rows, question.name
        assert len(ask(without, QUESTIONS["claims-about"]).rows) > 100


@pytest.mark.parametrize(
    ("which", "asked", "name"),
    [
        ("world", ["actors-on-each-route"], "source:un-river-2022"),
        ("real", ["actors-on-each-route"], "source:un-listing-ag-asriw-2018"),
        (
            "real",
            ["dates-of-events", "--param", "event=event:aes-recall-of-ambassadors-2025"],
            "source:panapress-aes-recall-2025",
        ),
    ],
)
def test_r8_a_source_is_heard_alone_or_left_out(which: str, asked: list[str], name: str, kg: Kg):
    everything, alone, others = (
        rows(kg(which, "ask", *asked, "--format", "csv", *flags))
        for flags in ([], ["--according-to", name], ["--excluding", name])
    )
    assert alone
    assert alone == [row for row in everything if row["source"] == name]
    assert others == [row for row in everything if row["source"] != name]


@pytest.mark.parametrize(
    ("which", "agreement", "days"),
    [
        # Signed on 3 March 2015 (un-river-2022-002) and ended in January 2021 (un-river-2022-004).
        ("world", "agreement:river-accord", {"2014": False, "2015-03-03": True, "2020": True, "2022": False}),
        # Signed on 15 May 2015 (afp-signing-may-2015-001) and ended on 25 January 2024 (setal-agreement-end-2024-001).
        (
            "real",
            "agreement:algiers-agreement-2015",
            {"2015-05-14": False, "2020-01-01": True, "2024-01-25": True, "2025-01-01": False},
        ),
    ],
)
def test_r9_an_agreement_is_in_force_as_of_the_days_between_signature_and_end(
    which: str, agreement: str, days: dict[str, bool], kg: Kg
):
    for day, in_force in days.items():
        found = rows(kg(which, "ask", "agreements-in-force", "--as-of", day, "--format", "csv"))
        assert (agreement in {row["agreement"] for row in found}) == in_force, day


def test_r9_a_day_that_is_given_goes_before_the_day_of_the_scope(kg: Kg):
    words = ["ask", "agreements-in-force", "--as-of", "2022", "--param", "day=2019-07-01", "--format", "csv"]
    assert {(row["day"], row["agreement"]) for row in rows(kg("world", *words))} == {
        ("2019-07-01", "agreement:river-accord")
    }


def test_r9_what_was_published_later_is_unknown_also_when_it_speaks_of_earlier(kg: Kg):
    words = ["ask", "status-of-agreements", "--param", "agreement=agreement:algiers-agreement-2015", "--format", "csv"]
    now, then = (
        {row["claim"] for row in rows(kg("real", *words, "--as-of", "2025", *flags))}
        for flags in ([], ["--known-by", "2023-12", "--strict"])
    )
    assert "claim:setal-agreement-end-2024-001" in now - then  # of January 2024
    assert "claim:afp-signing-may-2015-001" in now & then


# R10: scenarios


@pytest.mark.parametrize(
    ("which", "scenario", "condition", "claim"),
    [
        ("world", "thaw", "actor:belmor kg:takesPosition position:coast-open", "institute-2023-011"),
        (
            "real",
            "renewed-moroccan-influence-on-mali",
            "actor:morocco kg:contributesTo situation:closer-morocco-mali-ties",
            "algeria-mali-article-186",
        ),
    ],
)
def test_r10_a_scenario_tells_what_it_would_change_and_changes_nothing(
    which: str, scenario: str, condition: str, *, claim: str, kg: Kg, request
):
    folder = request.getfixturevalue(which).folder
    before = {path: path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}
    assert kg(which, "scenario", "show", scenario).startswith("If this came about: ")
    assert {path: path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()} == before
    laid = overlay(folder, "all", expand(f"scenario:{scenario}"))
    [part] = [part for part in laid.scenario.conditions if part.triple == triple(condition)]
    assert expand(f"claim:{claim}") in part.claims
    assert part.triple in {*laid.added, *laid.already}
    with Store.open(folder) as store:
        for changed in (*laid.added, *(step.conclusion for step in laid.consequences)):
            assert not store.query(f"ASK {{ {' '.join(term.n3() for term in changed)} }}").boolean
        for kept in (*laid.already, *laid.removed, *laid.lost):
            assert store.query(f"ASK {{ {' '.join(term.n3() for term in kept)} }}").boolean


# R11: corroboration

SOURCES = {
    "world": ["herald-2020", "un-river-2022", "blog-copy", "institute-2023", "almanac-2024", "ministry-2021"],
    "real": ["algeria-mali-article", "dakaractu-trafic-stupefiants-2020", "rtl-be-niger-saisie-17-tonnes-2021"],
}


@pytest.fixture(scope="module")
def scored(request: pytest.FixtureRequest) -> Callable[[str], list[Corroboration]]:
    """How well each proposition of the graph called so stands."""

    @cache
    def of(which: str) -> list[Corroboration]:
        return corroborations(request.getfixturevalue("store" if which == "world" else "real_store"))

    return of


@pytest.mark.parametrize(("which", "name"), [(which, name) for which in WHICH for name in SOURCES[which]])
def test_r11_without_a_source_nothing_that_it_supports_scores_higher(which: str, name: str, scored, request):
    source, folder = expand(f"source:{name}"), request.getfixturevalue(which).folder
    with Store.open(folder, scope=Scope(excluding=frozenset({source}))) as fewer:
        before, after = scored(which), {one.triple: one.score for one in corroborations(fewer)}
    supported = [
        one
        for one in before
        if source in {claim.source for claim in one.claims} - {claim.source for claim in one.denials}
    ]
    assert supported
    assert [one.triple for one in supported if after.get(one.triple, 0) > one.score] == []
    assert any(after.get(one.triple, 0) < one.score for one in supported)


# R12: why something was inferred


def leaves(proof: Proof) -> set[Triple]:
    return {proof.triple} if proof.rule is None else {leaf for premise in proof.premises for leaf in leaves(premise)}


def inferences(store: Store) -> list[Triple]:
    query = """SELECT DISTINCT ?s ?p ?o { ?i kg:concludes ?c . ?c kg:subject ?s ; kg:predicate ?p ; kg:object ?o ;
      kg:restsOn ?claim } ORDER BY ?s ?p ?o"""
    return list(store.query(query).rows)  # type: ignore[arg-type]


@pytest.mark.parametrize("which", WHICH)
def test_r12_without_any_one_premise_of_its_only_justification_a_conclusion_is_gone(which: str, parts_of, request):
    built, ruleset = request.getfixturevalue(which), parts_of(which)[1]
    given = graph_in(quads(built, "reference.nq"), "reference") | graph_in(
        quads(built, "views/all.nq"), "view/all/facts"
    )
    with Store.open(built.folder) as store:
        every = inferences(store)
        found = [explain(store, one) for one in every[:: len(every) // 20]]
    alone = [one for one in found if len(one.proofs) == 1 and not one.more and one.triple not in given]
    assert len(alone) > 5
    resting: dict[Triple, set[Triple]] = defaultdict(set)
    for one in alone:
        for leaf in leaves(one.proofs[0]):
            resting[leaf].add(one.triple)
    assert resting.keys() <= given
    for leaf, conclusions in resting.items():
        assert conclusions.isdisjoint(concluded(ruleset, given - {leaf}))
    assert {one.triple for one in alone} <= concluded(ruleset, given)


def concluded(ruleset: Iterable[Rule], given: set[Triple]) -> set[Triple]:
    return {step.conclusion for step in materialise(ruleset, given, every=False)}


@pytest.mark.parametrize(
    ("which", "claim"),
    [("world", "courier-2025-002"), ("real", "timesbrics-uae-hostages-uncorrected-2025-003")],
)
def test_r12_a_row_on_what_was_taken_back_is_explained_by_it(which: str, claim: str, request):
    with Store.open(request.getfixturevalue(which).folder) as store:
        answer = ask(store, QUESTIONS["withdrawn-claims"])
        [number] = [n for n, row in enumerate(answer.rows, 1) if expand(f"claim:{claim}") in row]
        found = explain_row(store, answer, number)
    assert all(why.proofs for _, why in found.parts)
    assert expand(f"claim:{claim}") in {
        iri for _, why in found.parts for leaf in why.leaves.values() for iri in leaf.claims
    }


# R13: what is inferred is told apart from what is said

INFERRED = [
    # A role on a leg, by a claim; the same on the route, by a rule.
    ("world", "actor:red-hand kg:escorts segment:coast-road-1", "actor:red-hand kg:escortsRoute route:coast-road"),
    ("real", "actor:ahmoudou-ag-asriw kg:escorts segment:tabankort-amassine-niger-1", ASRIW),
]


@pytest.mark.parametrize(("which", "said", "inferred"), INFERRED)
def test_r13_an_export_keeps_what_is_inferred_in_a_graph_of_its_own(
    which: str, said: str, inferred: str, kg: Kg, tmp_path: Path
):
    kg(which, "export", "trig", "-o", str(tmp_path / "graph.trig"))
    found = {"said": set(), "inferred": set()}
    parts = {said: triple(said), inferred: triple(inferred)}
    for quad in ox.parse(path=tmp_path / "graph.trig"):
        name = str(quad.graph_name)
        for text, (s, p, o) in parts.items():
            if (quad.subject, quad.predicate, quad.object) == tuple(map(ox.NamedNode, (s, p, o))):
                found["inferred" if "inferred" in name else "said"].add(text)
    assert found == {"said": {said}, "inferred": {inferred}}


@pytest.mark.parametrize(("which", "said", "inferred"), INFERRED)
def test_r13_a_drawing_dashes_flags_and_names_what_is_inferred(
    which: str, said: str, inferred: str, kg: Kg, tmp_path: Path
):
    actor, _, route = inferred.split()
    words = ["--param", f"actor={actor}", "--param", f"route={route}"]
    kg(which, "show", "actors-on-each-route", *words, "-o", str(tmp_path / "page.html"))
    page = read_text(tmp_path / "page.html")
    edges = page_data(page)["edges"]
    [number] = [number for number, edge in enumerate(edges) if edge["predicate"] == "kg:escortsRoute"]
    assert edges[number]["inferred"]
    assert edges[number]["status"] == "inferred"  # which the picture dashes and names, see tests/browser/test_graph.py
    assert re.search(r"\.line\.inferred \{[^}]*stroke-dasharray", page)
    assert re.search(rf'<tr data-id="{number}">.*\n<td>inferred</td>', page)


@pytest.mark.parametrize(("which", "said", "inferred"), INFERRED)
def test_r13_in_words_what_is_inferred_is_called_so(which: str, said: str, inferred: str, kg: Kg):
    assert "In the view all it is claimed." in kg(which, "explain", *said.split())
    assert "In the view all it is inferred." in kg(which, "explain", *inferred.split())
    actor, _, route = inferred.split()
    words = ["--param", f"actor={actor}", "--param", f"route={route}", "--why"]
    assert "inferred by rules, not said as such: " in kg(which, "ask", "actors-on-each-route", *words)


# R14: what changed between two snapshots

# What an earlier state of the files lacked or had otherwise: file, what it says now, what it said; then what is told.
EARLIER = {
    "world": (
        [
            ("courier-correction-2025", " ;\n    kg:supersedes claim:courier-2025-001 .", " ."),
            ("blog-copy", "    prov:wasDerivedFrom source:un-river-2022 ;\n", ""),
            (
                "herald-2020",
                "claim:herald-2020-001 a kg:Claim ;\n    kg:confidence confidence:high ;",
                "claim:herald-2020-001 a kg:Claim ;\n    kg:confidence confidence:low ;\n"
                '    kg:confidenceReason "Read in haste."@en ;',
            ),
            ("herald-2020", "claim:herald-2020-003", None),
        ],
        [
            "  + claim:courier-2025-001 | is withdrawn by | claim:courier-correction-2025-001",
            "~ source:blog-copy  derivation: none → River Commission report",
            "~ claim:herald-2020-001  confidence: low → high; confidence reason: Read in haste. → none",
            "+ claim:herald-2020-003  The Herald asserts: The Dune Riders are called bandits by some.",
        ],
    ),
    "real": (
        [
            (
                "studiocb55-uae-hostages-corrected-2025",
                " ;\n    kg:supersedes claim:timesbrics-uae-hostages-uncorrected-2025-003 .",
                " .",
            ),
            ("aps-bilan-anp-kif-2021", "    prov:wasDerivedFrom source:algerian-defence-balance-2021 ;\n", ""),
            (
                "un-listing-ag-asriw-2018",
                "claim:un-listing-ag-asriw-2018-004 a kg:Claim ;\n    kg:confidence confidence:high ;",
                "claim:un-listing-ag-asriw-2018-004 a kg:Claim ;\n    kg:confidence confidence:low ;\n"
                '    kg:confidenceReason "Read in haste."@en ;',
            ),
            ("un-listing-ag-asriw-2018", "claim:un-listing-ag-asriw-2018-007", None),
        ],
        [
            "  + claim:timesbrics-uae-hostages-uncorrected-2025-003 | is withdrawn by | "
            "claim:studiocb55-uae-hostages-corrected-2025-007",
            "~ source:aps-bilan-anp-kif-2021  derivation: none → Algerian army, balance of seizures from 2017 to 2021",
            "~ claim:un-listing-ag-asriw-2018-004  confidence: low → high; confidence reason: Read in haste. → none",
            "+ claim:un-listing-ag-asriw-2018-007  UN Security Council 2374 Committee asserts: The UN judges it highly "
            "likely that drug trafficking pays for Ag Asriw's military operations.",
        ],
    ),
}


@pytest.fixture(scope="module")
def earlier(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Built]:
    """A graph as it was before some changes."""
    made: dict[str, Built] = {}

    def of(which: str) -> Built:
        if which not in made:
            folder = tmp_path_factory.mktemp(f"earlier-{which}")
            shutil.copytree(request.getfixturevalue(f"{which}_project").graph, folder / "graph")
            for name, now, then in EARLIER[which][0]:
                path = folder / "graph" / "sources" / f"{name}.ttl"
                text = read_text(path)
                part = now if then is not None else block(text, now)
                assert text.count(part) == 1, part
                path.write_text(text.replace(part, then or ""), "utf-8")
            # From what the later build kept: that this ends as a build from nothing is known from test_rebuild.
            shutil.copytree(request.getfixturevalue(which).folder.parent / MEMO, folder / "build" / MEMO)
            made[which] = build(Project(folder, ROOT / "ontology", folder / "graph"), folder / "build")
        return made[which]

    return of


@pytest.mark.parametrize("which", WHICH)
def test_r14_a_diff_tells_of_claims_added_taken_back_and_changed(which: str, earlier, kg: Kg, request):
    later = request.getfixturevalue(which).folder
    told = kg(which, "diff", str(earlier(which).folder), str(later)).splitlines()
    assert [line for line in EARLIER[which][1] if line not in told] == []


@pytest.mark.parametrize("which", WHICH)
def test_r14_a_diff_applied_to_the_earlier_claims_gives_the_later(which: str, earlier, request):
    before, after = earlier(which).folder, request.getfixturevalue(which).folder
    assert claim_quads(before) != claim_quads(after)
    assert apply(diff(before, after), claim_quads(before)) == claim_quads(after)


# R19: cite


@pytest.mark.parametrize(
    ("which", "words"),
    [
        ("world", ["actors-on-each-route", "--param", "route=route:salt-road"]),
        ("world", ["agreements-in-force", "--as-of", "2018", "--excluding", "source:herald-2020"]),
        ("world", ["presence-of-actors", "--include-retracted", "--known-by", "2025-05"]),
        ("world", ["withdrawn-claims"]),
        ("real", ["actors-on-each-route", "--param", "actor=actor:ahmoudou-ag-asriw"]),
        ("real", ["diplomatic-acts", "--view", "press", "--known-by", "2025-06"]),
        ("real", ["agreements-in-force", "--as-of", "2020"]),
        ("real", ["withdrawn-claims"]),
        ("real", ["claims-about", "--param", "subject=event:moroccan-drivers-release-2025", "--include-retracted"]),
    ],
)
def test_r19_what_a_citation_says_to_ask_gives_the_same_rows_from_the_same_snapshot(
    which: str, words: list[str], kg: Kg, request
):
    text = kg(which, "cite", *words)
    again = shlex.split(re.search(r"it is the same: kg (.+) \(SHA-256", text)[1])
    assert f"of snapshot {request.getfixturevalue(which).snapshot}." in text
    answer = kg(which, *again, "--format", "csv")
    assert answer == kg(which, "ask", *words, "--format", "csv")
    assert f"with {len(rows(answer))} row" in text


@pytest.mark.parametrize("which", WHICH)
def test_r19_each_form_of_a_citation_lists_the_sources_of_the_rows(which: str, kg: Kg):
    words = ["actors-on-each-route", "--format"]
    sources = {row["source"].removeprefix("source:") for row in rows(kg(which, "ask", *words, "csv"))}
    bibtex, csl, text = (kg(which, "cite", *words, form) for form in ("bibtex", "csl-json", "text"))
    assert set(re.findall(r"^@misc\{([^,\s]+),$", bibtex, re.MULTILINE)[1:]) == sources
    assert set(re.findall(r'^ *"id": "([^"]+)"', csl, re.MULTILINE)[1:]) == sources
    assert set(re.findall(r"\[source:([^\]]+)\]$", text, re.MULTILINE)) == sources


# R16: the catalogue of questions


def test_r16_every_question_is_exported_as_a_query_that_any_engine_answers_alike(kg: Kg, world: Built, tmp_path: Path):
    kg("world", "export", "questions", "-o", str(tmp_path / "questions.ttl"))
    graph = Graph().parse(tmp_path / "questions.ttl")
    executables = set(graph.subjects(RDF.type, SH.SPARQLSelectExecutable))
    assert {iri.rpartition("/")[2] for iri in executables} == set(QUESTIONS)
    with Store.open(world.folder) as store:
        for iri in executables:
            question = QUESTIONS[iri.rpartition("/")[2]]
            asked = store.with_history() if question.history else store
            assert {text.language: str(text) for text in graph.objects(iri, RDFS.comment)} == question.summaries
            assert asked.query(str(graph.value(iri, SH.select))).rows == ask(store, question).rows


# R18: what a query costs


@pytest.mark.parametrize("which", WHICH)
def test_r18_the_plan_of_a_question_ends_at_the_solutions_of_its_patterns(which: str, kg: Kg):
    printed = kg(which, "ask", "contested-claims", "--plan").splitlines()
    counts = [re.findall(r"(\d[\d,]*|–)  +\d+\.\d+$", line) for line in printed[2:]]
    assert len(counts) >= 3
    assert all(count and count[0] not in ("0", "–") for count in counts)
    assert int(counts[-1][0].replace(",", "")) >= len(rows(kg(which, "ask", "contested-claims", "--format", "csv")))
