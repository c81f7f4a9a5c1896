"""The scenarios that sources describe: what each depends on, brings and is driven by, and what speaks for it so far."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from rdflib import RDF, Literal, URIRef

from kgtools.claims import DENIES, FORECASTS, SUPPOSES, read_claims
from kgtools.layer import of_subjects, subjects, with_predicates
from kgtools.model import Claim, Proposition, Term, Triple
from kgtools.names import KG, PREFIXES, shorten
from kgtools.sources import parse_nquads
from kgtools.store import Store

Row = tuple[Term | None, ...]
Texts = Mapping[URIRef, Mapping[str, str]]  # by predicate and language

_LABEL = URIRef(PREFIXES["skos"] + "prefLabel")
_DEFINITION = URIRef(PREFIXES["skos"] + "definition")
_NAMING = (_LABEL, URIRef(PREFIXES["dcterms"] + "title"))


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
    watched: dict[Term | None, list[Row]] = defaultdict(list)
    for scenario, *rest in store.query(_INDICATORS).rows:
        watched[scenario].append(tuple(rest))
    withdrawn = ("withdrawn.nq",) if store.scope.include_retracted else ()
    described = store.whole("scenarios.nq")
    layer = b"".join(map(store.whole, ("claims.nq", *withdrawn))) + described
    labelled = with_predicates(store.whole("ontology.nq") + store.whole("reference.nq") + layer, _NAMING)
    names = best_names(quad[::2] for quad in parse_nquads(labelled))
    claims = claims_named(layer, subjects(with_predicates(layer, [KG.inScenario])))
    return [
        _scenario(iri, texts, [c for c in claims if iri in c.scenarios], _indicators(watched[iri], names), names)
        for iri, texts in _texts(described)
    ]


def _texts(described: bytes) -> list[tuple[URIRef, Texts]]:
    """The labels and definitions of each scenario, by predicate and language."""
    found: dict[URIRef, Texts] = {}
    texts: dict[Term, dict[URIRef, dict[str, str]]] = defaultdict(lambda: defaultdict(dict))
    for thing, predicate, term, _ in parse_nquads(with_predicates(described, (RDF.type, _LABEL, _DEFINITION))):
        if isinstance(term, Literal):
            texts[thing][predicate][term.language or ""] = str(term)
        elif term == KG.Scenario and isinstance(thing, URIRef):
            found[thing] = texts[thing]
    return sorted(found.items())


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


def best_names(pairs: Iterable[tuple[Term | None, Term | None]]) -> dict[URIRef, str]:
    """The English name of each thing, else the first of another language; of several the first in the alphabet."""
    ranked: dict[URIRef, tuple[bool, str, str]] = {}
    for thing, name in pairs:
        if isinstance(thing, URIRef) and isinstance(name, Literal):
            rank = (name.language != "en", name.language or "", str(name))
            ranked[thing] = min(rank, ranked.get(thing, rank))
    return {thing: name for thing, (_, _, name) in ranked.items()}


def claims_named(layer: bytes, names: Iterable[bytes]) -> list[Claim]:
    """The claims of these names, by IRI: who holds them in which source and what they say, and nothing else of them."""
    lines = with_predicates(layer, _SAYING)
    claims = of_subjects(lines, names)
    said = {line.split(b" ", 3)[2] for line in with_predicates(claims, [KG.onProposition]).splitlines()}
    return read_claims(parse_nquads(claims + of_subjects(lines, said)))


_SAYING = (
    *(RDF.type, KG.statedIn, KG.holder, KG.stance, KG.relays, KG.inScenario),
    *(KG.onProposition, KG.subject, KG.predicate, KG.object, KG.value),
)


def _scenario(
    iri: URIRef, texts: Texts, claims: list[Claim], indicators: tuple[Indicator, ...], names: Mapping[URIRef, str]
) -> Scenario:
    said = [(claim, proposition) for claim in claims for proposition in claim.propositions]
    drivers = [pair for pair in said if (pair[1].subject, pair[1].predicate) == (iri, KG.hasDriver)]
    others = [pair for pair in said if pair not in drivers]
    return Scenario(
        iri,
        labels=texts.get(_LABEL, {}),
        definitions=texts.get(_DEFINITION, {}),
        sources=tuple(sorted({claim.source for claim in claims})),
        conditions=_parts(pair for pair in others if pair[0].stance == SUPPOSES),
        projections=_parts(pair for pair in others if pair[0].stance == FORECASTS),
        denials=_parts(pair for pair in others if pair[0].stance == DENIES),
        drivers=_parts(drivers),
        indicators=indicators,
        names=names,
    )


def _parts(said: Iterable[tuple[Claim, Proposition]]) -> tuple[Part, ...]:
    """The propositions of the claims in order of what they say."""
    found: dict[Proposition, set[URIRef]] = defaultdict(set)
    for claim, proposition in said:
        found[proposition].add(claim.iri)
    ordered = sorted(found.items(), key=lambda item: written(item[0].triple))
    return tuple(Part(one.iri, one.triple, tuple(sorted(claims))) for one, claims in ordered)


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
