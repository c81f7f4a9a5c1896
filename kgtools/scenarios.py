"""Scenarios as sources describe them, and what the graph would be if one came about: laid over a view, never put in it.

What a scenario's claims forecast it projects, what they suppose is its condition, what they deny it takes away. An
overlay closes the view's facts with these under the rules of the build, in memory; it only reads the snapshot.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from rdflib import Literal, URIRef

from kgtools.claims import DENIES, FORECASTS, SUPPOSES, asserts, read_claims
from kgtools.errors import QuestionError
from kgtools.model import Claim, Inference, Quad, Term, Triple
from kgtools.names import KG, PREFIXES, graph_iri, shorten
from kgtools.reason import Rule, materialise, rules
from kgtools.sources import parse_nquads
from kgtools.store import Store

Row = tuple[Term | None, ...]

_LABEL = URIRef(PREFIXES["skos"] + "prefLabel")
_DEFINITION = URIRef(PREFIXES["skos"] + "definition")
_TITLE = URIRef(PREFIXES["dcterms"] + "title")


@dataclass(frozen=True, slots=True)
class Part:
    """One proposition of a scenario and the scenario's claims on it."""

    proposition: URIRef
    triple: Triple
    claims: tuple[URIRef, ...]


@dataclass(frozen=True, slots=True, order=True)
class Said:
    """A claim and who holds it, by English name."""

    claim: URIRef
    holder: str


@dataclass(frozen=True, slots=True)
class Indicator:
    """What the editors watch for a scenario; it has moved where the view has claims under a watched proposition."""

    iri: URIRef
    watches: tuple[Triple, ...]
    moved_by: tuple[Said, ...]


@dataclass(frozen=True, slots=True)
class Scenario:
    """A possible future, and what the sources that describe it say it depends on, brings and is driven by."""

    iri: URIRef
    labels: Mapping[str, str]  # language -> label
    definitions: Mapping[str, str]
    sources: tuple[URIRef, ...]
    conditions: tuple[Part, ...]
    projections: tuple[Part, ...]
    denials: tuple[Part, ...]
    drivers: tuple[Part, ...]
    indicators: tuple[Indicator, ...]
    names: Mapping[URIRef, str] = field(repr=False)  # English names of all that the value speaks of


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
    """What overlays are laid on, read once: the view, and the claims of the snapshot with their exact literals."""

    ruleset: tuple[Rule, ...]
    known: tuple[Triple, ...]  # reference data with what follows from it alone
    facts: tuple[Triple, ...]
    inferred: frozenset[Triple]
    exact: Mapping[URIRef, Triple]  # proposition -> triple; the store rewrites numbers
    claimed: Mapping[Triple, tuple[Said, ...]]
    names: Mapping[URIRef, str]


def scenarios(store: Store) -> list[Scenario]:
    """Every scenario of the snapshot in order of its IRI, with indicators as they stand in the store's view."""
    texts: dict[Term | None, dict[Term | None, dict[str, str]]] = defaultdict(lambda: defaultdict(dict))
    for scenario, kind, text in store.query(_TEXTS).rows:
        if isinstance(text, Literal):
            texts[scenario][kind][text.language or ""] = str(text)
    claims, watched = _grouped(store.query(_CLAIMS).rows), _grouped(store.query(_INDICATORS).rows)
    names = _best_names((thing, name) for thing, name in store.query(_NAMES).rows)
    found = [
        iri for (iri,) in store.query("SELECT ?it { ?it a kg:Scenario } ORDER BY ?it").rows if isinstance(iri, URIRef)
    ]
    return [_scenario(iri, texts[iri], claims[iri], _indicators(watched[iri], names), names) for iri in found]


def overlay(folder: Path, view: str, scenario: URIRef) -> Overlay:
    """The view of the snapshot in *folder* as it would be if *scenario* came about; QuestionError if there is none."""
    return _overlays(folder, view, [scenario])[0]


def compare(folder: Path, view: str, wanted: Iterable[URIRef]) -> Comparison:
    """Which conditions, projections and consequences the wanted scenarios share, and which are of one alone."""
    wanted = list(dict.fromkeys(wanted))
    if len(wanted) < 2:
        raise QuestionError("a comparison needs two scenarios or more that differ; name another")
    overlays = _overlays(folder, view, wanted)
    roles: dict[Triple, list[tuple[URIRef, str]]] = defaultdict(list)
    for laid in overlays:
        for triple, role in _roles(laid).items():
            roles[triple].append((laid.scenario.iri, role))
    rows = [Shared(triple, tuple(roles[triple])) for triple in sorted(roles, key=_written)]
    alone = {iri: tuple(row for row in rows if [one for one, _ in row.roles] == [iri]) for iri in wanted}
    return Comparison(view, tuple(overlays), tuple(row for row in rows if len(row.roles) > 1), alone)


def scenario_lines(found: Iterable[Scenario]) -> str:
    """The scenarios for a reader: conditions, projections and drivers with their claims, and what has moved."""
    return "\n\n".join(map(_scenario_text, found)) or "The snapshot has no scenario."


def overlay_lines(laid: Overlay) -> str:
    """What the scenario would change in the view, for a reader; the view itself stays as it is."""

    def said(triple: Triple) -> str:
        return _say(triple, laid.scenario.names) + _by("claimed by", laid.claimed.get(triple, ()))

    def step(inference: Inference) -> str:
        because = "; ".join(_say(premise, laid.scenario.names) for premise in inference.premises)
        return f"{said(inference.conclusion)}\n    by {inference.rule}, from: {because}"

    return "\n".join(
        [
            f"If this came about: {_label(laid.scenario)} [{shorten(laid.scenario.iri)}], laid over view {laid.view}",
            *_listed("New in the view", map(said, laid.added)),
            *_listed("Already in the view", map(said, laid.already)),
            *_listed("No longer so, since the scenario denies it", map(said, laid.removed)),
            *_listed("Would follow and does not now", map(step, laid.consequences)),
            *_listed("Would no longer follow", map(said, laid.lost)),
        ]
    )


def compare_lines(compared: Comparison) -> str:
    """What the scenarios have in common and what is of one alone, for a reader."""
    labels = {laid.scenario.iri: _label(laid.scenario) for laid in compared.overlays}
    names = compared.overlays[0].scenario.names

    def said(row: Shared) -> str:
        return f"{_say(row.triple, names)}\n    " + "; ".join(f"{role} of {labels[iri]}" for iri, role in row.roles)

    lines = [f"{len(labels)} scenarios, laid over view {compared.view}", *_listed("Shared", map(said, compared.shared))]
    for iri, rows in compared.alone.items():
        own = (f"{row.roles[0][1]}: {_say(row.triple, names)}" for row in rows)
        lines += _listed(f"Only in {labels[iri]} [{shorten(iri)}]", own)
    return "\n".join(lines)


_TEXTS = """SELECT ?scenario ?kind ?text {
  ?scenario a kg:Scenario . VALUES ?kind { skos:prefLabel skos:definition } ?scenario ?kind ?text
} ORDER BY ?scenario ?kind ?text"""
_CLAIMS = """SELECT ?scenario ?claim ?stance ?source ?p ?subject ?predicate ?object {
  ?claim kg:inScenario ?scenario ; kg:stance ?stance ; kg:statedIn ?source ; kg:onProposition ?p .
  ?p kg:subject ?subject ; kg:predicate ?predicate ; kg:object|kg:value ?object .
} ORDER BY ?scenario ?claim ?p"""
_INDICATORS = """SELECT ?scenario ?indicator ?subject ?predicate ?object ?claim ?holder {
  ?indicator kg:indicates ?scenario ; kg:watches ?p .
  ?p kg:subject ?subject ; kg:predicate ?predicate ; kg:object|kg:value ?object .
  OPTIONAL { ?p kg:restsOn ?claim . ?claim kg:holder ?holder }
} ORDER BY ?scenario ?indicator ?subject ?predicate ?object ?claim"""
_NAMES = "SELECT ?thing ?name { ?thing skos:prefLabel|dcterms:title ?name }"
_SPEAKERS = 3  # named after a triple


def _grouped(rows: Iterable[Row]) -> dict[Term | None, list[Row]]:
    groups: dict[Term | None, list[Row]] = defaultdict(list)
    for row in rows:
        groups[row[0]].append(row[1:])
    return groups


def _best_names(pairs: Iterable[tuple[Term | None, Term | None]]) -> dict[URIRef, str]:
    """The English name of each thing, else the first of another language; of several the first in the alphabet."""
    ranked: dict[URIRef, tuple[bool, str, str]] = {}
    for thing, name in pairs:
        if isinstance(thing, URIRef) and isinstance(name, Literal):
            rank = (name.language != "en", name.language or "", str(name))
            ranked[thing] = min(rank, ranked.get(thing, rank))
    return {thing: name for thing, (_, _, name) in ranked.items()}


def _scenario(
    iri: URIRef,
    texts: Mapping[Term | None, dict[str, str]],
    rows: list[Row],
    indicators: tuple[Indicator, ...],
    names: Mapping[URIRef, str],
) -> Scenario:
    drivers = [row for row in rows if row[4] == iri and row[5] == KG.hasDriver]
    others = [row for row in rows if row not in drivers]
    return Scenario(
        iri,
        labels=texts.get(_LABEL, {}),
        definitions=texts.get(_DEFINITION, {}),
        sources=tuple(sorted({row[2] for row in rows if isinstance(row[2], URIRef)})),
        conditions=_parts(row for row in others if row[1] == SUPPOSES),
        projections=_parts(row for row in others if row[1] == FORECASTS),
        denials=_parts(row for row in others if row[1] == DENIES),
        drivers=_parts(drivers),
        indicators=indicators,
        names=names,
    )


def _parts(rows: Iterable[Row]) -> tuple[Part, ...]:
    """The propositions of the claims in order of what they say."""
    found: dict[tuple[Triple, URIRef], set[URIRef]] = defaultdict(set)
    for claim, _, _, proposition, *triple in rows:
        found[tuple(triple), URIRef(str(proposition))].add(URIRef(str(claim)))  # type: ignore[index]
    ordered = sorted(found.items(), key=lambda item: _written(item[0][0]))
    return tuple(Part(iri, triple, tuple(sorted(claims))) for (triple, iri), claims in ordered)


def _indicators(rows: list[Row], names: Mapping[URIRef, str]) -> tuple[Indicator, ...]:
    watches: dict[URIRef, dict[Triple, None]] = defaultdict(dict)
    moved: dict[URIRef, set[Said]] = defaultdict(set)
    for indicator, subject, predicate, term, claim, holder in rows:
        assert isinstance(indicator, URIRef)
        watches[indicator][(subject, predicate, term)] = None  # type: ignore[index]
        if isinstance(claim, URIRef) and isinstance(holder, URIRef):
            moved[indicator].add(Said(claim, names.get(holder, shorten(holder))))
    return tuple(Indicator(iri, tuple(watches[iri]), tuple(sorted(moved[iri]))) for iri in watches)


def _overlays(folder: Path, view: str, wanted: list[URIRef]) -> list[Overlay]:
    with Store.open(folder, view) as store:
        known = {scenario.iri: scenario for scenario in scenarios(store)}
        for iri in wanted:
            if iri not in known:
                names = ", ".join(map(shorten, known)) or "none"
                raise QuestionError(f"there is no scenario {shorten(iri)}; the scenarios are {names}")
        base = _base(folder, view)  # the store's worker has just compared these files with their digests
        return [_overlay(store, base, known[iri]) for iri in wanted]


def _base(folder: Path, view: str) -> _Base:
    names = ("ontology.nq", "reference.nq", "claims.nq", "scenarios.nq", f"views/{view}.nq")
    ontology, reference, layer, described, viewed = (list(parse_nquads((folder / n).read_bytes())) for n in names)
    claims = read_claims(layer)
    everything = (*ontology, *reference, *layer, *described)
    named = _best_names((thing, name) for thing, predicate, name, _ in everything if predicate in (_LABEL, _TITLE))
    return _Base(
        rules([quad[:3] for quad in ontology]),
        known=_of_graphs(reference, "reference", "reference/inferred"),
        facts=_of_graphs(viewed, f"view/{view}/facts"),
        inferred=frozenset(_of_graphs(viewed, f"view/{view}/inferred")),
        exact={proposition.iri: proposition.triple for claim in claims for proposition in claim.propositions},
        claimed=_claimed(claims, named),
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


def _written(triple: Triple) -> tuple[str, ...]:
    return tuple(term.n3() for term in triple)


def _sorted(triples: Iterable[Triple]) -> tuple[Triple, ...]:
    return tuple(sorted(triples, key=_written))


def _roles(laid: Overlay) -> dict[Triple, str]:
    """What each triple is in a scenario; a condition that it also projects is a condition."""
    following = {step.conclusion: "consequence" for step in laid.consequences}
    projected = {part.triple: "projection" for part in laid.scenario.projections}
    return following | projected | {part.triple: "condition" for part in laid.scenario.conditions}


def _scenario_text(scenario: Scenario) -> str:
    names = scenario.names
    lines = [f"{_label(scenario)} [{shorten(scenario.iri)}]"]
    lines += [text for language, text in scenario.definitions.items() if language == "en"]
    lines += [f"in: {_name(source, names)} [{shorten(source)}]" for source in scenario.sources]
    groups = (("condition", scenario.conditions), ("projects", scenario.projections), ("denies", scenario.denials))
    for word, parts in groups:
        lines += [f"  {word}: {_say(part.triple, names)} [{', '.join(map(shorten, part.claims))}]" for part in parts]
    lines += [
        f"  driver: {_name(part.triple[2], names)} [{', '.join(map(shorten, part.claims))}]"
        for part in scenario.drivers
    ]
    for indicator in scenario.indicators:
        moved = _by("moved:", indicator.moved_by) or " (not moved)"
        lines.append(f"  indicator: {_name(indicator.iri, names)}{moved}")
    return "\n".join(lines)


def _label(scenario: Scenario) -> str:
    return scenario.labels.get("en") or shorten(scenario.iri)


def _say(triple: Triple, names: Mapping[URIRef, str]) -> str:
    return " — ".join(_name(term, names) for term in triple)


def _name(term: Term, names: Mapping[URIRef, str]) -> str:
    return names.get(term, shorten(term)) if isinstance(term, URIRef) else f"“{term}”"


def _by(word: str, said: Iterable[Said]) -> str:
    """In brackets at most three speakers with their claims, and how many more there are."""
    said = list(said)
    shown = [f"{one.holder} [{shorten(one.claim)}]" for one in said[:_SPEAKERS]]
    more = [f"and {len(said) - _SPEAKERS} more"] if len(said) > _SPEAKERS else []
    return f" ({word} {', '.join([*shown, *more])})" if said else ""


def _listed(title: str, entries: Iterable[str]) -> list[str]:
    shown = [f"  {entry}" for entry in entries]
    return [f"{title}: {len(shown) or 'nothing'}", *shown]
