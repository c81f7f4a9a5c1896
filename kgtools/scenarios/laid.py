"""What a view, within a scope, would be if a scenario came about: in memory, from files that are only read."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from rdflib import URIRef

from kgtools.claims import asserts, proposition_iri
from kgtools.errors import QuestionError
from kgtools.layer import in_graphs, with_predicates
from kgtools.model import Inference, Scope, Triple
from kgtools.names import KG, shorten
from kgtools.reason import Rule, materialise, rules
from kgtools.scenarios.described import Said, Scenario, claims_named, scenarios, written
from kgtools.sources import parse_nquads
from kgtools.store import Store


@dataclass(frozen=True, slots=True)
class Overlay:
    """A view as it would be if a scenario came about, told by what differs from the view as it is."""

    view: str
    snapshot: str
    scenario: Scenario
    added: tuple[Triple, ...]  # conditions and projections that the view does not have
    already: tuple[Triple, ...]  # those that it has, as fact, by inference or from reference data
    removed: tuple[Triple, ...]  # facts of the view that the scenario denies and that nothing else leads to
    consequences: tuple[Inference, ...]  # what would follow and does not now, each with its first justification
    lost: tuple[Triple, ...]  # what follows now and would no longer
    claimed: Mapping[Triple, tuple[Said, ...]]  # who puts any of these forward as so, whether or not the view takes it


@dataclass(frozen=True, slots=True)
class Shared:
    """One triple, and for each scenario that has it (by IRI) whether as condition, projection or consequence."""

    triple: Triple
    roles: tuple[tuple[URIRef, str], ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Several scenarios over one view: what more than one of them has, and what is of one alone."""

    view: str
    overlays: tuple[Overlay, ...]
    shared: tuple[Shared, ...]
    alone: Mapping[URIRef, tuple[Shared, ...]]


@dataclass(frozen=True, slots=True)
class _Base:
    """What overlays are laid on, read once."""

    ruleset: tuple[Rule, ...]
    known: tuple[Triple, ...]  # reference data with what follows from it alone
    facts: tuple[Triple, ...]
    inferred: frozenset[Triple]
    claims: bytes  # the claim layer within the scope


def overlay(folder: Path, view: str, scenario: URIRef, scope: Scope | None = None) -> Overlay:
    """The view, within the scope, as it would be if *scenario* came about; QuestionError if there is none."""
    with Store.open(folder, view, scope=scope) as store:
        return overlays(store, [scenario])[0]


def compare(folder: Path, view: str, wanted: Iterable[URIRef], scope: Scope | None = None) -> Comparison:
    """Which conditions, projections and consequences the wanted scenarios share, and which are of one alone."""
    with Store.open(folder, view, scope=scope) as store:
        return comparison(store, wanted)


def overlays(store: Store, wanted: Iterable[URIRef]) -> list[Overlay]:
    """The same of each wanted scenario, laid over what an open store holds."""
    known = {scenario.iri: scenario for scenario in scenarios(store)}
    wanted = list(wanted)
    for iri in wanted:
        if iri not in known:
            names = ", ".join(map(shorten, known)) or "none"
            raise QuestionError(f"there is no scenario {shorten(iri)}; the scenarios are {names}")
    base = _base(store)
    return [_overlay(store, base, known[iri]) for iri in wanted]


def comparison(store: Store, wanted: Iterable[URIRef]) -> Comparison:
    """The same comparison over what an open store holds."""
    wanted = list(dict.fromkeys(wanted))
    if len(wanted) < 2:
        raise QuestionError("a comparison needs two scenarios or more that differ; name another")
    laid = overlays(store, wanted)
    roles: dict[Triple, list[tuple[URIRef, str]]] = defaultdict(list)
    for one in laid:
        for triple, role in _roles(one).items():
            roles[triple].append((one.scenario.iri, role))
    rows = [Shared(triple, tuple(roles[triple])) for triple in sorted(roles, key=written)]
    alone = {iri: tuple(row for row in rows if [one for one, _ in row.roles] == [iri]) for iri in wanted}
    return Comparison(store.view, tuple(laid), tuple(row for row in rows if len(row.roles) > 1), alone)


def _base(store: Store) -> _Base:
    ontology, reference, viewed = map(store.read, ("ontology.nq", "reference.nq", f"views/{store.rule}.nq"))
    return _Base(
        rules(_triples(ontology)),
        known=_triples(in_graphs(reference, "reference", "reference/inferred")),
        facts=_triples(in_graphs(viewed, f"view/{store.rule}/facts")),
        inferred=frozenset(_triples(in_graphs(viewed, f"view/{store.rule}/inferred"))),
        claims=store.read("claims.nq"),
    )


def _triples(nquads: bytes) -> tuple[Triple, ...]:
    return tuple(quad[:3] for quad in parse_nquads(nquads))


def _overlay(store: Store, base: _Base, scenario: Scenario) -> Overlay:
    wanted = {part.triple for part in (*scenario.conditions, *scenario.projections)}
    denied = {part.triple for part in scenario.denials} - wanted
    held = {*base.known, *base.facts, *base.inferred}
    new = _sorted(wanted.difference(base.known, base.facts))
    given = [*base.known, *(fact for fact in base.facts if fact not in denied), *new]
    # Each conclusion's first justification is well-founded, so a new one leans on something that the scenario adds.
    steps = materialise(base.ruleset, given, every=False)
    consequences = tuple(step for step in steps if step.conclusion not in held)
    after = {*given, *(step.conclusion for step in steps)}
    return Overlay(
        store.view,
        store.snapshot,
        scenario,
        added=_sorted(wanted - held),
        already=_sorted(wanted & held),
        removed=_sorted(denied.intersection(base.facts) - after),
        consequences=consequences,
        lost=_sorted(base.inferred - after),
        claimed=_claimed(base, _sorted({*wanted, *(step.conclusion for step in consequences)}), scenario.names),
    )


def _claimed(base: _Base, triples: Iterable[Triple], names: Mapping[URIRef, str]) -> dict[Triple, tuple[Said, ...]]:
    """Who puts each of the triples forward as so, by the rule that the build has for facts."""
    by_name = {proposition_iri(triple).n3().encode(): triple for triple in triples}
    on = (line.split(b" ", 3) for line in with_predicates(base.claims, [KG.onProposition]).splitlines())
    claims = claims_named(base.claims, {claim for claim, _, proposition, _ in on if proposition in by_name})
    said: dict[Triple, set[Said]] = {triple: set() for triple in by_name.values()}
    for claim in filter(asserts, claims):
        for proposition in claim.propositions:
            if proposition.triple in said:
                said[proposition.triple].add(Said(claim.iri, names.get(claim.holder, shorten(claim.holder))))
    return {triple: tuple(sorted(found)) for triple, found in said.items() if found}


def _sorted(triples: Iterable[Triple]) -> tuple[Triple, ...]:
    return tuple(sorted(triples, key=written))


def _roles(laid: Overlay) -> dict[Triple, str]:
    """What each triple is in a scenario; a condition that it also projects is a condition."""
    following = {step.conclusion: "consequence" for step in laid.consequences}
    projected = {part.triple: "projection" for part in laid.scenario.projections}
    return following | projected | {part.triple: "condition" for part in laid.scenario.conditions}
