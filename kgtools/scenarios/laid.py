"""What a view, within a scope, would be if a scenario came about: in memory, from files that are only read."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from rdflib import URIRef

from kgtools.claims import asserts, read_claims
from kgtools.errors import QuestionError
from kgtools.model import Claim, Inference, Quad, Scope, Triple
from kgtools.names import PREFIXES, graph_iri, shorten
from kgtools.reason import Rule, materialise, rules
from kgtools.scenarios.described import Said, Scenario, best_names, scenarios, written
from kgtools.sources import parse_nquads
from kgtools.store import Store

_NAMING = (URIRef(PREFIXES["skos"] + "prefLabel"), URIRef(PREFIXES["dcterms"] + "title"))


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
    """What overlays are laid on, read once: the view, the claims within the scope, and all literals as written."""

    ruleset: tuple[Rule, ...]
    known: tuple[Triple, ...]  # reference data with what follows from it alone
    facts: tuple[Triple, ...]
    inferred: frozenset[Triple]
    exact: Mapping[URIRef, Triple]  # proposition -> triple; the store rewrites numbers
    claimed: Mapping[Triple, tuple[Said, ...]]
    names: Mapping[URIRef, str]


def overlay(folder: Path, view: str, scenario: URIRef, scope: Scope | None = None) -> Overlay:
    """The view, within the scope, as it would be if *scenario* came about; QuestionError if there is none."""
    return _overlays(folder, view, [scenario], scope)[0]


def compare(folder: Path, view: str, wanted: Iterable[URIRef], scope: Scope | None = None) -> Comparison:
    """Which conditions, projections and consequences the wanted scenarios share, and which are of one alone."""
    wanted = list(dict.fromkeys(wanted))
    if len(wanted) < 2:
        raise QuestionError("a comparison needs two scenarios or more that differ; name another")
    overlays = _overlays(folder, view, wanted, scope)
    roles: dict[Triple, list[tuple[URIRef, str]]] = defaultdict(list)
    for laid in overlays:
        for triple, role in _roles(laid).items():
            roles[triple].append((laid.scenario.iri, role))
    rows = [Shared(triple, tuple(roles[triple])) for triple in sorted(roles, key=written)]
    alone = {iri: tuple(row for row in rows if [one for one, _ in row.roles] == [iri]) for iri in wanted}
    return Comparison(overlays[0].view, tuple(overlays), tuple(row for row in rows if len(row.roles) > 1), alone)


def _overlays(folder: Path, view: str, wanted: list[URIRef], scope: Scope | None) -> list[Overlay]:
    with Store.open(folder, view, scope=scope) as store:
        known = {scenario.iri: scenario for scenario in scenarios(store)}
        for iri in wanted:
            if iri not in known:
                names = ", ".join(map(shorten, known)) or "none"
                raise QuestionError(f"there is no scenario {shorten(iri)}; the scenarios are {names}")
        base = _base(store)  # the store's worker has just compared these files with their digests
        return [_overlay(store, base, known[iri]) for iri in wanted]


def _base(store: Store) -> _Base:
    names = ("ontology.nq", "reference.nq", "scenarios.nq", f"views/{store.rule}.nq")
    ontology, reference, described, viewed = (list(parse_nquads(store.read(name))) for name in names)
    layer = [
        quad for name in ("claims.nq", "withdrawn.nq") for quad in parse_nquads((store.folder / name).read_bytes())
    ]
    claims = read_claims(layer)
    within = read_claims(parse_nquads(store.read("claims.nq")))
    everything = (*ontology, *reference, *layer, *described)
    named = best_names((thing, name) for thing, predicate, name, _ in everything if predicate in _NAMING)
    return _Base(
        rules([quad[:3] for quad in ontology]),
        known=_of_graphs(reference, "reference", "reference/inferred"),
        facts=_of_graphs(viewed, f"view/{store.rule}/facts"),
        inferred=frozenset(_of_graphs(viewed, f"view/{store.rule}/inferred")),
        exact={proposition.iri: proposition.triple for claim in claims for proposition in claim.propositions},
        claimed=_claimed(within, named),
        names=named,
    )


def _of_graphs(quads: Iterable[Quad], *names: str) -> tuple[Triple, ...]:
    graphs = set(map(graph_iri, names))
    return tuple(quad[:3] for quad in quads if quad[3] in graphs)


def _claimed(claims: Iterable[Claim], names: Mapping[URIRef, str]) -> dict[Triple, tuple[Said, ...]]:
    """Who puts each triple forward as so, by the rule that the build has for facts."""
    said: dict[Triple, set[Said]] = defaultdict(set)
    for claim in filter(asserts, claims):
        for proposition in claim.propositions:
            said[proposition.triple].add(Said(claim.iri, names.get(claim.holder, shorten(claim.holder))))
    return {triple: tuple(sorted(found)) for triple, found in said.items()}


def _overlay(store: Store, base: _Base, scenario: Scenario) -> Overlay:
    scenario = _exact(scenario, base)
    wanted = {part.triple for part in (*scenario.conditions, *scenario.projections)}
    denied = {part.triple for part in scenario.denials} - wanted
    held = {*base.known, *base.facts, *base.inferred}
    new = _sorted(wanted.difference(base.known, base.facts))
    given = [*base.known, *(fact for fact in base.facts if fact not in denied), *new]
    # Each conclusion's first justification is well-founded, so a new one leans on something that the scenario adds.
    steps = materialise(base.ruleset, given, every=False)
    consequences = tuple(step for step in steps if step.conclusion not in held)
    after = {*given, *(step.conclusion for step in steps)}
    told = _sorted({*wanted, *(step.conclusion for step in consequences)})
    return Overlay(
        store.view,
        store.snapshot,
        scenario,
        added=_sorted(wanted - held),
        already=_sorted(wanted & held),
        removed=_sorted(denied.intersection(base.facts) - after),
        consequences=consequences,
        lost=_sorted(base.inferred - after),
        claimed={triple: base.claimed[triple] for triple in told if triple in base.claimed},
    )


def _exact(scenario: Scenario, base: _Base) -> Scenario:
    """The scenario with literals as its sources write them, and with names for all that may follow."""
    conditions, projections, denials = (
        tuple(replace(part, triple=base.exact[part.proposition]) for part in parts)
        for parts in (scenario.conditions, scenario.projections, scenario.denials)
    )
    return replace(scenario, conditions=conditions, projections=projections, denials=denials, names=base.names)


def _sorted(triples: Iterable[Triple]) -> tuple[Triple, ...]:
    return tuple(sorted(triples, key=written))


def _roles(laid: Overlay) -> dict[Triple, str]:
    """What each triple is in a scenario; a condition that it also projects is a condition."""
    following = {step.conclusion: "consequence" for step in laid.consequences}
    projected = {part.triple: "projection" for part in laid.scenario.projections}
    return following | projected | {part.triple: "condition" for part in laid.scenario.conditions}
