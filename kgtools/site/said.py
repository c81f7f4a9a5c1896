"""Who says what of whom: the claims of a snapshot as readers meet them, and every proposition with how it stands."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from rdflib import URIRef

from kgtools.claims import ASSERTING, DENIES, FORECASTS, SUPPOSES, proposition_iri
from kgtools.explain import Justified, follows, parts_of
from kgtools.model import ClaimRecord, Evidence, Scope, Support, Triple
from kgtools.names import PREFIXES
from kgtools.ondemand import selection_in
from kgtools.site.read import DCTERMS, KG, VIEW, Known, bare, value_of
from kgtools.sources import terms_of

RETRACTS = PREFIXES["stance"] + "retracts"
# How a statement stands, from what readers look for first; each has words in words.json.
STATUSES = ("disputed", "claimed", "denied", "inferred", "forecast", "withdrawn", "reference")
_FORESEEN = frozenset(map(str, (FORECASTS, SUPPOSES)))
_ASSERTING, _DENIES = frozenset(map(str, ASSERTING)), str(DENIES)


@dataclass(frozen=True, slots=True)
class Said:
    """A proposition: its parts as N-Triples writes them, how it stands, and the claims under it, all sorted.

    - for_: claims on it that assert, report or speculate; against: those that deny it, or something broader
    - other: claims on it that forecast, suppose, retract, or no longer stand
    - rests: claims that it follows from; roots: the independent origins of those for it
    """

    iri: str
    subject: str
    predicate: str
    term: str
    status: str
    for_: tuple[str, ...]
    against: tuple[str, ...]
    other: tuple[str, ...]
    rests: tuple[str, ...]
    roots: tuple[str, ...]

    @property
    def claims(self) -> tuple[str, ...]:
        """All claims that bear on it."""
        return tuple(dict.fromkeys((*self.for_, *self.against, *self.other, *self.rests)))

    @property
    def weight(self) -> tuple[int, int, str]:
        """What is contested most comes first, then what most is said of."""
        return (-min(len(self.for_), len(self.against)), -len(self.claims), self.iri)


class Record:
    """The claims of a snapshot, each proposition, and who is on which side."""

    def __init__(self, known: Known) -> None:
        """Nothing is put together before it is asked for."""
        self.known = known

    @cached_property
    def claims(self) -> dict[str, ClaimRecord]:
        """Every claim as a reader meets it, whether or not it still stands."""
        return {iri: self._claim(iri) for iri in self.known.of_class("Claim")}

    @cached_property
    def said(self) -> dict[str, Said]:
        """Every proposition by its IRI, sorted."""
        against: dict[str, set[str]] = defaultdict(set)
        for claim in self.claims:
            for proposition in self.known.things(claim, KG + "countsAgainst"):
                against[proposition].add(claim)
        return {iri: self._said(iri, against[iri]) for iri in self.known.of_class("Proposition")}

    @cached_property
    def about(self) -> dict[str, tuple[Said, ...]]:
        """Of each thing the statements that claims make of it or give it as a value, sorted."""
        found: dict[str, dict[Said, None]] = defaultdict(dict)
        for one in self.said.values():
            if one.claims:
                for end in (one.subject, one.term):
                    if end.startswith("<"):
                        found[end[1:-1]][one] = None
        return {iri: tuple(ones) for iri, ones in found.items()}

    @cached_property
    def held(self) -> dict[str, list[str]]:
        """Of each holder its claims, sorted."""
        return self._by(KG + "holder")

    @cached_property
    def stated(self) -> dict[str, list[str]]:
        """Of each source the claims in it, sorted."""
        return self._by(KG + "statedIn")

    @cached_property
    def disputed(self) -> frozenset[str]:
        """The claims that some claim disputes that still stands."""
        gone = self.known.withdrawn
        return frozenset(iri for iri, claim in self.claims.items() if set(map(str, claim.disputed_by)) - gone)

    @cached_property
    def proof(self) -> dict[str, list[str]]:
        """Of each proposition the inferences that conclude it, sorted."""
        found: dict[str, list[str]] = defaultdict(list)
        for iri in self.known.of_class("Inference"):
            for proposition in self.known.things(iri, KG + "concludes"):
                found[proposition].append(iri)
        return found

    @cached_property
    def justified(self) -> Justified:
        """Why each proposition holds that only follows from others."""
        inferred = [one for one in self.said.values() if one.status == "inferred" and one.term.startswith("<")]
        why, given = follows(selection_in(self.known.folder, VIEW, Scope()), self._triples(inferred))
        used = {part.triple for part in parts_of(why) if part.rule is None}
        labels = {URIRef(iri): known for iri, known in self.known.labels.items()}
        return Justified(
            why,
            {leaf: self._leaf(leaf, stated=given[leaf]) for leaf in used},
            {URIRef(iri): claim for iri, claim in self.claims.items()},
            labels,
        )

    def _leaf(self, leaf: Triple, *, stated: bool) -> Support:
        one = self.said.get(str(proposition_iri(leaf)))
        status = "reference" if stated else "claimed"
        if one is None:
            return Support(leaf, status, ())
        taken = set(self.known.things(one.iri, KG + "restsOn"))
        return Support(leaf, status, _iris(claim for claim in one.for_ if claim in taken), _iris(one.against))

    def roots(self, claims: Iterable[str]) -> tuple[str, ...]:
        """The independent origins of the claims together."""
        return tuple(sorted({root for claim in claims for root in self.known.things(claim, KG + "hasRoot")}))

    def evidence(self, of: Iterable[Said]) -> Evidence:
        """The statements as evidence of one row, for a drawing."""
        ones = list(of)
        supports = tuple(
            Support(triple, self._support_status(one), _iris(self._under(one)), _iris(one.against))
            for one, triple in zip(ones, self._triples(ones), strict=True)
        )
        claims = {iri for one in ones for iri in one.claims}
        things = {term for support in supports for term in support.triple if isinstance(term, URIRef)}
        return Evidence(
            (supports,),
            {URIRef(iri): self.claims[iri] for iri in sorted(claims)},
            {thing: self.known.labels.get(str(thing), {}) for thing in sorted(things)},
            {thing: kind for thing in sorted(things) if (kind := self.kind(str(thing)))},
            ((),),
        )

    def kind(self, iri: str) -> str:
        """The local name of a thing's class; nothing where the project's classes say none."""
        kinds = [kind for kind in self.known.kinds.get(iri, ()) if kind.startswith(KG)]
        return kinds[-1].removeprefix(KG) if kinds else ""

    @staticmethod
    def _under(one: Said) -> tuple[str, ...]:
        return tuple(sorted({*one.for_, *one.other} or set(one.rests)))

    @staticmethod
    def _support_status(one: Said) -> str:
        return {"disputed": "claimed", "denied": "claimed", "withdrawn": "claimed"}.get(one.status, one.status)

    @staticmethod
    def _triples(ones: list[Said]) -> list[Triple]:
        terms = iter(terms_of([term for one in ones for term in (one.subject, one.predicate, one.term)]))
        return [(URIRef(str(s)), URIRef(str(p)), o) for s, p, o in zip(terms, terms, terms, strict=True)]

    def _by(self, predicate: str) -> dict[str, list[str]]:
        found: dict[str, list[str]] = defaultdict(list)
        for claim in self.claims:
            for thing in self.known.things(claim, predicate):
                found[thing].append(claim)
        return found

    def _said(self, iri: str, against: set[str]) -> Said:
        node, known = self.known.node(iri), self.known
        on = [claim for claim, predicate in known.into.get(iri, ()) if predicate == KG + "onProposition"]
        for_: list[str] = []
        other = sorted(against & known.withdrawn)
        denials = against - known.withdrawn
        for claim in on:
            stance = known.thing(claim, KG + "stance") or ""
            if claim in known.withdrawn or KG + "inScenario" in known.node(claim):
                other.append(claim)
            elif stance == _DENIES:
                denials.add(claim)
            else:
                (for_ if stance in _ASSERTING else other).append(claim)
        rests = () if on else tuple(known.things(iri, KG + "restsOn"))
        term = (*node.get(KG + "object", ()), *node.get(KG + "value", ()))[0]
        parts = (node[KG + "subject"][0], node[KG + "predicate"][0], term)
        status = self._status(for_, denials, other, rests)
        roots = self.roots(for_ or rests)
        return Said(iri, *parts, status, tuple(for_), tuple(sorted(denials)), tuple(dict.fromkeys(other)), rests, roots)

    def _status(self, for_: list[str], denials: set[str], other: list[str], rests: tuple[str, ...]) -> str:
        if for_ or denials:
            return "claimed" if not denials else "disputed" if for_ else "denied"
        if other:
            stances = {self.known.thing(claim, KG + "stance") for claim in other if claim not in self.known.withdrawn}
            return "withdrawn" if not stances - {RETRACTS} else "forecast"
        return "inferred" if rests else "reference"

    def _claim(self, iri: str) -> ClaimRecord:
        known, node = self.known, self.known.node(iri)
        source = known.thing(iri, KG + "statedIn") or ""
        holder, stance, hedge, confidence = (
            known.label(known.thing(iri, KG + part) or "") for part in ("holder", "stance", "hedge", "confidence")
        )
        dates = [known.text(iri, KG + part) for part in ("validFrom", "validTo")]
        related = known.into.get(iri, ())
        addresses = [value_of(term) for term in known.node(source).get(DCTERMS + "identifier", ()) if term[0] == '"']
        relaying = [known.thing(claim, KG + "holder") or "" for claim, part in related if part == KG + "relays"]
        return ClaimRecord(
            URIRef(iri),
            holder=holder,
            stance=stance,
            hedge=hedge,
            hedge_wording=known.text(iri, KG + "hedgeWording"),
            paraphrase=known.text(iri, KG + "paraphrase") or "",
            source=URIRef(source),
            source_title=known.text(source, DCTERMS + "title") or "",
            issued=known.text(source, DCTERMS + "issued"),
            perspectives=tuple(sorted(known.label(one) for one in known.things(source, KG + "perspective"))),
            locator="; ".join(dict.fromkeys(self.place(one) for one in known.things(iri, KG + "locator"))),
            confidence=confidence,
            valid=" to ".join(date or "?" for date in dates) if any(dates) else None,
            relayed_by=", ".join(map(known.label, relaying)) or None,
            disputes=_iris(map(bare, node.get(KG + "disputes", ()))),
            disputed_by=_iris(claim for claim, part in related if part == KG + "disputes"),
            link=next((text for text in addresses if text.lower().startswith(("http://", "https://"))), None),
            roots=_iris(known.things(iri, KG + "hasRoot")),
            as_named=_iris(map(bare, node.get(KG + "asNamed", ()))),
        )

    def place(self, locator: str) -> str:
        """Where in its source a locator points, in words."""
        node = self.known.node(locator)
        oa = PREFIXES["oa"]
        ends = [value_of(node[oa + part][0]) for part in ("start", "end") if oa + part in node]
        section = self.known.text(locator, KG + "section")
        return ", ".join([f"characters {'-'.join(ends)}"] * bool(ends) + ([section] if section else []))


def _iris(of: Iterable[str]) -> tuple[URIRef, ...]:
    return tuple(sorted(map(URIRef, of)))
