"""The scenarios that sources describe: what each depends on, brings and is driven by, and what speaks for it so far."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from rdflib import Literal, URIRef

from kgtools.claims import DENIES, FORECASTS, SUPPOSES
from kgtools.model import Scope, Term, Triple
from kgtools.names import KG, PREFIXES, shorten
from kgtools.store import Store

Row = tuple[Term | None, ...]

_LABEL = URIRef(PREFIXES["skos"] + "prefLabel")
_DEFINITION = URIRef(PREFIXES["skos"] + "definition")


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
class Move:
    """What moves an indicator: a watched triple of the view, who claims it, and since or on which day by that claim."""

    claim: URIRef
    holder: str
    triple: Triple
    day: str | None


@dataclass(frozen=True, slots=True)
class Indicator:
    """What the editors watch for a scenario; it has moved where the view has claims under a watched proposition."""

    iri: URIRef
    watches: tuple[Triple, ...]
    moved_by: tuple[Move, ...]


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


def scenarios(store: Store) -> list[Scenario]:
    """Every scenario of the snapshot by IRI, with indicators as they stand in the store's view and scope."""
    whole = Scope(include_retracted=store.scope.include_retracted)
    if store.scope == whole:
        return _scenarios(store, store)
    with Store.open(store.folder, scope=whole, timeout=store.timeout) as unnarrowed:
        return _scenarios(unnarrowed, store)


def _scenarios(store: Store, within: Store) -> list[Scenario]:
    texts: dict[Term | None, dict[Term | None, dict[str, str]]] = defaultdict(lambda: defaultdict(dict))
    for scenario, kind, text in store.query(_TEXTS).rows:
        if isinstance(text, Literal):
            texts[scenario][kind][text.language or ""] = str(text)
    claims, watched = _grouped(store.query(_CLAIMS).rows), _grouped(within.query(_INDICATORS).rows)
    names = best_names((thing, name) for thing, name in store.query(_NAMES).rows)
    found = [
        iri for (iri,) in store.query("SELECT ?it { ?it a kg:Scenario } ORDER BY ?it").rows if isinstance(iri, URIRef)
    ]
    return [_scenario(iri, texts[iri], claims[iri], _indicators(watched[iri], names), names) for iri in found]


_TEXTS = """SELECT ?scenario ?kind ?text {
  ?scenario a kg:Scenario . VALUES ?kind { skos:prefLabel skos:definition } ?scenario ?kind ?text
} ORDER BY ?scenario ?kind ?text"""
_CLAIMS = """SELECT ?scenario ?claim ?stance ?source ?p ?subject ?predicate ?object {
  ?claim kg:inScenario ?scenario ; kg:stance ?stance ; kg:statedIn ?source ; kg:onProposition ?p .
  ?p kg:subject ?subject ; kg:predicate ?predicate ; kg:object|kg:value ?object .
} ORDER BY ?scenario ?claim ?p"""
# The day is what the claim itself says: an outlet's date on another outlet's claim would put words into its mouth.
_INDICATORS = """SELECT ?scenario ?indicator ?subject ?predicate ?object ?claim ?holder ?from ?date {
  ?indicator kg:indicates ?scenario ; kg:watches ?p .
  ?p kg:subject ?subject ; kg:predicate ?predicate ; kg:object|kg:value ?object .
  OPTIONAL {
    ?p kg:restsOn ?claim . ?claim kg:holder ?holder .
    OPTIONAL { ?claim kg:validFrom ?from }
    OPTIONAL { ?claim kg:onProposition ?d . ?d kg:subject ?subject ; kg:predicate kg:date ; kg:value ?date }
  }
} ORDER BY ?scenario ?indicator ?subject ?predicate ?object ?claim ?date"""
_NAMES = "SELECT ?thing ?name { ?thing skos:prefLabel|dcterms:title ?name }"


def _grouped(rows: Iterable[Row]) -> dict[Term | None, list[Row]]:
    groups: dict[Term | None, list[Row]] = defaultdict(list)
    for row in rows:
        groups[row[0]].append(row[1:])
    return groups


def best_names(pairs: Iterable[tuple[Term | None, Term | None]]) -> dict[URIRef, str]:
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
    ordered = sorted(found.items(), key=lambda item: written(item[0][0]))
    return tuple(Part(iri, triple, tuple(sorted(claims))) for (triple, iri), claims in ordered)


def _indicators(rows: list[Row], names: Mapping[URIRef, str]) -> tuple[Indicator, ...]:
    watches: dict[URIRef, dict[Triple, None]] = defaultdict(dict)
    moved: dict[URIRef, dict[Move, None]] = defaultdict(dict)
    for indicator, *triple, claim, holder, since, on in rows:
        assert isinstance(indicator, URIRef)
        watched: Triple = tuple(triple)  # type: ignore[assignment]
        watches[indicator][watched] = None
        if isinstance(claim, URIRef) and isinstance(holder, URIRef):
            day = since if since is not None else on
            name = names.get(holder, shorten(holder))
            moved[indicator][Move(claim, name, watched, None if day is None else str(day))] = None
    return tuple(Indicator(iri, tuple(watches[iri]), tuple(moved[iri])) for iri in watches)


def written(triple: Triple) -> tuple[str, ...]:
    """What triples are sorted by."""
    return tuple(term.n3() for term in triple)
