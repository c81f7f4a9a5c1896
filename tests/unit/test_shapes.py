"""Every shape is tripped by data that lack what it asks for, by that shape alone, and by nothing in the good world."""

from collections.abc import Callable

import pytest
from rdflib import RDF, XSD, Literal, URIRef
from rdflib.namespace import DCTERMS, SKOS

from kgtools.claims import claim_layer
from kgtools.model import Project, Triple
from kgtools.names import KG, OA, expand
from kgtools.sources import read_corpus
from kgtools.validate import as_triples
from kgtools.validate.shapes import constraints, data_graph, violations

Change = Callable[[set[Triple]], set[Triple]]

CLAIM = expand("claim:herald-2020-003")  # hedged, with a character locator and one literal proposition
RELAY = expand("claim:herald-2020-007")
SOURCE = expand("source:herald-2020")
UNDATED = expand("source:blog-copy")
RETRACTION = expand("claim:courier-correction-2025-002")
CORRECTION = expand("claim:courier-correction-2025-001")
EDITORS = expand("claim:courier-2025-004")  # withdrawn by the editors
TEXT = Literal("nothing that is asked for")


def without(subject: str | URIRef, path: URIRef) -> Change:
    subject = expand(subject) if not isinstance(subject, URIRef) else subject
    return lambda triples: {t for t in triples if t[:2] != (subject, path)}


def having(subject: str | URIRef, path: URIRef, *terms) -> Change:
    subject = expand(subject) if not isinstance(subject, URIRef) else subject
    return lambda triples: triples | {(subject, path, term) for term in terms}


def instead(subject: str | URIRef, path: URIRef, term) -> Change:
    return lambda triples: having(subject, path, term)(without(subject, path)(triples))


def unsaid(predicate: URIRef, subject: str) -> Change:
    """Without every proposition that says *predicate* of *subject*, and without what would point to it."""

    def change(triples: set[Triple]) -> set[Triple]:
        gone = {s for s, p, o in triples if (p, o) == (KG.predicate, predicate)}
        gone &= {s for s, p, o in triples if (p, o) == (KG.subject, expand(subject))}
        assert gone
        return {t for t in triples if t[0] not in gone and t[2] not in gone}

    return change


def of(triples: set[Triple], subject: URIRef, path: URIRef):
    return sorted(o for s, p, o in triples if (s, p) == (subject, path))[0]


def at(owner: URIRef, link: URIRef, change: Callable[[URIRef], Change]) -> Change:
    """A change to the proposition or locator that *owner* points to by *link*."""
    return lambda triples: change(of(triples, owner, link))(triples)


def number(digits: int) -> Literal:
    return Literal(str(digits), datatype=XSD.integer)


NAMED = {"actor": "actor:red-hand", "place": "place:tamur", "agreement": "agreement:river-accord"} | {
    "event": "event:odo-visit",
    "flow": "flow:resin",
    "office": "office:envoy-of-belmor",
    "provision": "provision:river-accord-2",
    "quantity": "quantity:raid-dead",
    "scenario": "scenario:thaw",
}
ASSESSMENT = "assessment:almanac-2024-022"
PALM, LEAGUE = "identity:red-palm", "identity:league-and-riders"
LIKELY = expand("claim:outlook-2022-004")  # from 0.55 to 0.80


def decimal(digits: str) -> Literal:
    return Literal(digits, datatype=XSD.decimal)


CHANGES: dict[str, Change] = {
    "claim-needs-holder": without(CLAIM, KG.holder),
    "claim-needs-stance": without(CLAIM, KG.stance),
    "claim-needs-hedge": without(CLAIM, KG.hedge),
    "claim-needs-confidence": without(CLAIM, KG.confidence),
    "claim-needs-source": without(CLAIM, KG.statedIn),
    "claim-needs-proposition": without(CLAIM, KG.onProposition),
    "claim-needs-locator": without(CLAIM, KG.locator),
    "claim-needs-paraphrase": instead(CLAIM, KG.paraphrase, Literal("mots", lang="fr")),
    "claim-scenario-is-a-scenario": having(CLAIM, KG.inScenario, expand("actor:red-hand")),
    "hedged-claim-needs-wording": without(CLAIM, KG.hedgeWording),
    "doubtful-claim-needs-reason": instead(CLAIM, KG.confidence, expand("confidence:low")),
    "valid-from-before-valid-to": lambda triples: having(CLAIM, KG.latest, Literal("2018-12-31", datatype=XSD.date))(
        having(CLAIM, KG.earliest, Literal("2019-01-01", datatype=XSD.date))(
            having(CLAIM, KG.validFrom, Literal("2019"))(having(CLAIM, KG.validTo, Literal("2018"))(triples))
        )
    ),
    "relay-passes-on-another": instead(RELAY, KG.holder, expand("actor:unnamed-analysts")),
    "relay-reports": instead(RELAY, KG.stance, expand("stance:asserts")),
    "relay-on-same-proposition": instead(RELAY, KG.relays, expand("claim:herald-2020-004")),
    "retraction-names-what-it-retracts": without(RETRACTION, KG.retracts),
    "only-a-retraction-retracts": instead(RETRACTION, KG.stance, expand("stance:asserts")),
    "retracted-thing-is-a-claim": having(RETRACTION, KG.retracts, expand("actor:red-hand")),
    "superseded-thing-is-a-claim": having(CORRECTION, KG.supersedes, expand("actor:red-hand")),
    "retraction-on-same-propositions": instead(RETRACTION, KG.retracts, expand("claim:ministry-2021-004")),
    "withdrawal-by-the-same-voice": instead(RETRACTION, KG.holder, expand("actor:unnamed-analysts")),
    "withdrawal-comes-later": instead(
        "source:courier-correction-2025", DCTERMS.issued, Literal("2024", datatype=XSD.gYear)
    ),
    "withdrawal-has-no-circle": lambda triples: having(
        "claim:almanac-2024-002", KG.supersedes, expand("claim:almanac-2024-003")
    )(having("claim:almanac-2024-003", KG.supersedes, expand("claim:almanac-2024-002"))(triples)),
    "passed-on-speech-goes-with-its-relay": having(CLAIM, KG.supersedes, RELAY),
    "editors-withdrawal-is-whole": without(EDITORS, KG.withdrawnBecause),
    "withdrawn-on-a-day": instead(EDITORS, KG.withdrawnOn, Literal("2025", datatype=XSD.gYear)),
    "withdrawn-with-one-reason": instead(EDITORS, KG.withdrawnBecause, Literal("mots", lang="fr")),
    "proposition-is-whole": at(CLAIM, KG.onProposition, lambda node: without(node, KG.value)),
    "predicate-is-a-property": at(CLAIM, KG.onProposition, lambda node: instead(node, KG.predicate, KG.Agent)),
    "subject-fits-predicate": at(
        expand("claim:un-river-2022-010"),
        KG.onProposition,
        lambda node: instead(node, KG.subject, expand("claim:un-river-2022-010")),
    ),
    "object-fits-predicate": at(
        expand("claim:un-river-2022-017"),
        KG.onProposition,
        lambda node: instead(node, KG.object, expand("place:tamur")),
    ),
    "literal-or-thing": at(
        expand("claim:un-river-2022-017"),
        KG.onProposition,
        lambda node: lambda triples: having(node, KG.value, TEXT)(without(node, KG.object)(triples)),
    ),
    "locator-is-whole": at(CLAIM, KG.locator, lambda node: without(node, KG.spanDigest)),
    "locator-in-order": at(CLAIM, KG.locator, lambda node: instead(node, OA.end, number(0))),
    "locator-inside-document": at(CLAIM, KG.locator, lambda node: instead(node, OA.end, number(99_999))),
    "span-digest-is-sha256": at(CLAIM, KG.locator, lambda node: instead(node, KG.spanDigest, Literal("ABC"))),
    "source-needs-title": without(SOURCE, DCTERMS.title),
    "source-needs-language": without(SOURCE, DCTERMS.language),
    "source-needs-kind": without(SOURCE, KG.sourceKind),
    "source-needs-perspective": without(SOURCE, KG.perspective),
    "document-digest-is-sha256": instead(SOURCE, KG.documentDigest, Literal("ABC")),
    "source-needs-date": without(UNDATED, KG.undatedBecause),
    "view-needs-stance": without("view:all", KG.takesStance),
    "view-perspective-is-known": having("view:all", KG.takesPerspective, expand("actor:red-hand")),
    "view-contested-is-said-once": having("view:all", KG.takesContested, TEXT),
    "view-roots-is-a-number": instead("view:corroborated", KG.leastRoots, number(0)),
    **{f"{name}-is-named": without(thing, SKOS.prefLabel) for name, thing in NAMED.items()},
    "organ-has-a-state": without("actor:belmor-army", KG.isOrganOf),
    "state-needs-code": instead("actor:belmor", KG.isoCode, Literal("belmor")),
    "country-needs-code": without("place:belmor", KG.isoCode),
    "country-has-one-state": without("place:belmor", KG.territoryOf),
    "place-needs-latitude": instead("place:tamur", KG.latitude, Literal("91.0", datatype=XSD.decimal)),
    "place-needs-longitude": without("place:tamur", KG.longitude),
    "place-says-precision": instead("place:tamur", KG.coordinatePrecision, Literal("roughly")),
    "lifecycle-event-changes-agreement": unsaid(KG.changesAgreement, "event:accord-end"),
    "position-answers-issue": without("position:coast-free", KG.positionOn),
    "office-has-a-body": without("office:envoy-of-belmor", KG.officeOf),
    "provision-is-of-an-agreement": unsaid(KG.hasProvision, "agreement:river-accord"),
    "designation-designates-somebody": unsaid(KG.designates, "event:red-hand-listing"),
    "change-changes-something": lambda triples: unsaid(KG.resultsIn, "event:league-merger")(
        unsaid(KG.changesOrganization, "event:league-merger")(triples)
    ),
    "dissolution-ends-something": lambda triples: having("event:league-merger", RDF.type, KG.Dissolution)(
        unsaid(KG.changesOrganization, "event:league-merger")(triples)
    ),
    "quantity-is-of-something": without("quantity:raid-dead", KG.quantityOf),
    "quantity-says-measure": without("quantity:raid-dead", KG.measures),
    "quantity-says-unit": without("quantity:raid-dead", KG.inUnit),
    "horizon-is-of-a-forecast": having(CLAIM, KG.horizon, Literal("2030", datatype=XSD.gYear)),
    "last-checked-is-a-day": having(SOURCE, KG.lastChecked, Literal("2024", datatype=XSD.gYear)),
    "likelihood-is-from-0-to-1": instead(LIKELY, KG.likelihoodAtMost, decimal("55.0")),
    "likelihood-in-order": instead(LIKELY, KG.likelihoodAtMost, decimal("0.5")),
    "likelihood-is-of-a-forecast": having(CLAIM, KG.likelihoodAtLeast, decimal("0.5")),
    "likelihood-has-its-wording": without(LIKELY, KG.hedgeWording),
    "route-says-synthesis": without("route:long-road", KG.isSynthesis),
    "assessment-is-of-a-forecast": without(ASSESSMENT, KG.ofForecast),
    "assessment-has-an-outcome": without(ASSESSMENT, KG.outcome),
    "assessment-says-until-when": without(ASSESSMENT, KG.assessedOn),
    "assessed-claim-forecasts": instead(ASSESSMENT, KG.ofForecast, CLAIM),
    "decision-is-somebodys": without(PALM, KG.decidedBy),
    "decision-has-a-day": instead(PALM, KG.decidedOn, Literal("2024", datatype=XSD.gYear)),
    "decision-has-a-reason": without(PALM, KG.because),
    "decision-rests-on-claims": having(PALM, KG.restsOnClaim, expand("actor:red-hand")),
    "decision-is-on-two-handles": having(LEAGUE, KG.setsApart, expand("actor:salt-network")),
    "decision-is-on-one-kind": instead(PALM, KG.keeps, expand("place:tamur")),
    "kept-handle-is-not-folded": lambda triples: having(LEAGUE, KG.folds, expand("actor:red-hand"))(
        having(LEAGUE, KG.keeps, expand("actor:sand-league"))(without(LEAGUE, KG.setsApart)(triples))
    ),
    "handle-is-folded-once": lambda triples: having(LEAGUE, KG.folds, expand("actor:red-palm"))(
        having(LEAGUE, KG.keeps, expand("actor:sand-league"))(without(LEAGUE, KG.setsApart)(triples))
    ),
    "decisions-agree": lambda triples: having(LEAGUE, KG.setsApart, expand("actor:red-hand"), expand("actor:red-palm"))(
        without(LEAGUE, KG.setsApart)(triples)
    ),
    "proposition-joins-two": at(
        expand("claim:un-river-2022-017"),
        KG.onProposition,
        lambda node: lambda triples: instead(node, KG.object, of(triples, node, KG.subject))(triples),
    ),
    "influence-attempt-has-performer": unsaid(KG.performedBy, "event:port-offer"),
    "segment-has-one-route": without("segment:coast-road-1", KG.segmentOf),
    "segment-has-one-rank": without("segment:coast-road-1", KG.rank),
    "ranks-are-unique": instead("segment:long-road-2", KG.rank, number(1)),
    "ranks-have-no-gap": instead("segment:coast-road-1", KG.rank, number(2)),
    "segments-meet": lambda triples: {
        (
            s,
            p,
            expand("place:tamur")
            if (p, o) == (KG.object, expand("place:oasis-nine")) and _says_from(triples, s)
            else o,
        )
        for s, p, o in triples
    },
    "route-carries-flow": unsaid(KG.carriesFlow, "route:coast-road"),
    "scenario-needs-projection": without("scenario:thaw", KG.projects),
    "scenario-needs-condition-or-driver": lambda triples: unsaid(KG.hasDriver, "scenario:thaw")(
        without("scenario:thaw", KG.conditionedOn)(triples)
    ),
    "scenario-needs-indicator": instead("indicator:envoy-back", KG.indicates, expand("scenario:other")),
    "indicator-watches-something": without("indicator:envoy-back", KG.watches),
    "indicator-indicates-scenario": having("indicator:envoy-back", KG.indicates, expand("actor:red-hand")),
}
# Where one fault is two by nature: the driver's claim loses its only proposition, the indicator its only scenario.
ALSO = {
    "scenario-needs-condition-or-driver": {"claim-needs-proposition"},
    "scenario-needs-indicator": {"indicator-indicates-scenario"},
}


LAPSES: dict[str, tuple[str, Change]] = {
    "two days of checking": (
        "last-checked-is-a-day",
        having(
            expand("source:outlook-2022"),
            KG.lastChecked,
            Literal("2024-01-01", datatype=XSD.date),
        ),
    ),
    "a claim checked in a year": (
        "last-checked-is-a-day",
        having(CLAIM, KG.lastChecked, Literal("2024", datatype=XSD.gYear)),
    ),
    "a likelihood below nought": (
        "likelihood-is-from-0-to-1",
        instead(LIKELY, KG.likelihoodAtLeast, decimal("-0.1")),
    ),
    "a likelihood that is a double": (
        "likelihood-is-from-0-to-1",
        instead(LIKELY, KG.likelihoodAtMost, Literal("0.8", datatype=XSD.double)),
    ),
    "two least likelihoods": ("likelihood-is-from-0-to-1", having(LIKELY, KG.likelihoodAtLeast, decimal("0.6"))),
}


def _says_from(triples: set[Triple], node: URIRef) -> bool:
    return (node, KG.predicate, KG.fromPlace) in triples


@pytest.fixture(scope="module")
def world(world_project: Project) -> tuple[set[Triple], list[Triple]]:
    corpus, _ = read_corpus(world_project)
    said = {quad[:3] for quad in claim_layer(corpus.sources, corpus.scenarios)}
    ground = as_triples((*corpus.ontology, *corpus.reference, *corpus.views))
    return {*ground, *said}, as_triples(corpus.shapes)


def tripped(triples: set[Triple], shapes: list[Triple]) -> set[str]:
    text = "".join(f"{s.n3()} {p.n3()} {o.n3()} .\n" for s, p, o in triples)
    return {violation.shape for violation in violations(data_graph([text]), constraints(shapes))}


def test_the_world_trips_no_shape(world):
    assert tripped(*world) == set()


def test_every_shape_has_a_change_that_trips_it(world):
    shape = URIRef("http://www.w3.org/ns/shacl#NodeShape")
    names = {str(s).rsplit("/", 1)[-1] for s, p, o in world[1] if (p, o) == (RDF.type, shape)}
    assert names == set(CHANGES)


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_trips_its_shape_and_no_other(name: str, world):
    triples, shapes = world
    changed = CHANGES[name](triples)
    assert changed != triples
    assert tripped(changed, shapes) == {name} | ALSO.get(name, set())


@pytest.mark.parametrize("lapse", LAPSES)
def test_each_way_to_go_wrong_trips_the_shape(lapse: str, world):
    name, change = LAPSES[lapse]
    assert tripped(change(world[0]), world[1]) == {name}
