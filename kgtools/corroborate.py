"""How many independent origins stand behind a proposition, how plainly they say it, and who contradicts them.

The score orders propositions; it is no probability that one is true. Copies of one report share a root and count once.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from math import floor, prod

from rdflib import URIRef

from kgtools.claims import proposition_iri
from kgtools.errors import QuestionError, StoreError
from kgtools.model import Term, Triple
from kgtools.names import shorten
from kgtools.store import Store

# Ordinal choices, not probabilities: only that one is larger than another means anything. What a source says plainly
# counts more than what it hedges, and what the editors read with ease more than what they had to look for.
WEIGHTS: Mapping[str, Mapping[str, Fraction]] = {
    "stance": {
        "asserts": Fraction("1"),
        "denies": Fraction("1"),  # as plain as an assertion, of the contrary
        "reports": Fraction("0.8"),  # passed on, with nobody named who says it
        "speculates": Fraction("0.4"),
    },
    "hedge": {
        "none": Fraction("1"),
        "officially": Fraction("0.9"),  # plain, but put on an office
        "estimated": Fraction("0.8"),
        "likely": Fraction("0.7"),
        "considered": Fraction("0.7"),
        "apparent": Fraction("0.6"),
        "alleged": Fraction("0.5"),
        "possible": Fraction("0.4"),
        "questionable": Fraction("0.2"),
    },
    "confidence": {"high": Fraction("1"), "moderate": Fraction("0.8"), "low": Fraction("0.5")},
}
PLAIN = Fraction("0.5")  # what one root counts that says it plainly; under 1, so that no number of roots reaches 1

FORMULA = """score = 1 − product over the roots for it of (1 − best support among the root's claims)
support of a claim = weight × weight / (weight + against)
weight = 0.5 × stance × hedge × editors' confidence in their reading
against = sum over the roots that contradict the claim of the best weight among their claims
The weights are ordinal choices, not probabilities. Scores and supports are rounded down."""


@dataclass(frozen=True, slots=True)
class WeighedClaim:
    """A claim for or against a proposition, with all that its weight comes from and the claims that dispute it."""

    claim: URIRef
    holder: URIRef
    source: URIRef
    stance: URIRef
    hedge: URIRef
    confidence: URIRef
    roots: tuple[URIRef, ...]
    perspectives: tuple[URIRef, ...] = ()
    disputed_by: tuple[URIRef, ...] = ()  # on this proposition


@dataclass(frozen=True, slots=True)
class Corroboration:
    """A proposition with the claims that the view takes it from, the claims that contradict these, and the score."""

    triple: Triple
    claims: tuple[WeighedClaim, ...]
    denials: tuple[WeighedClaim, ...]
    view: str
    snapshot: str

    @property
    def roots(self) -> dict[URIRef, tuple[WeighedClaim, ...]]:
        """The independent origins for it, each with the claims behind it."""
        return _by_root(self.claims)

    @property
    def contradicting_roots(self) -> dict[URIRef, tuple[WeighedClaim, ...]]:
        """The independent origins against it, each with its denials."""
        return _by_root(self.denials)

    @property
    def perspectives(self) -> tuple[URIRef, ...]:
        """The perspectives of the sources for it."""
        return tuple(sorted({perspective for claim in self.claims for perspective in claim.perspectives}))

    @property
    def score(self) -> Fraction:
        """From 0 to under 1, exact; FORMULA says how."""
        return weigh(self.claims, self.denials)


def corroboration(store: Store, triple: Triple) -> Corroboration:
    """What stands behind a proposition in the store's view; no claims and score 0 if the view takes none of them.

    QuestionError if no claim at all is on it: it may be inferred, or misspelt.
    """
    for term in triple:
        if isinstance(term, URIRef) and _ILLEGAL.search(term):  # rdflib would raise a bare Exception at it
            raise QuestionError(f"{str(term)!r} is no IRI, since it holds a character that none may; mend the name")
    iri = proposition_iri(triple)
    found = _corroborations(store, {"proposition": iri})
    if found:
        return found[0]
    if not store.query(_ON, {"proposition": iri}).rows:
        said = " ".join(_name(term, {}) for term in triple)
        raise QuestionError(f"no claim is on {said}; check the names, or weigh what it is inferred from")
    return Corroboration(triple, (), (), store.view, store.snapshot)


def corroborations(store: Store, subject: URIRef | None = None, predicate: URIRef | None = None) -> list[Corroboration]:
    """What stands behind each proposition that the view takes from claims, of a subject or predicate; best first."""
    given = {"subject": subject, "predicate": predicate}
    return _corroborations(store, {name: iri for name, iri in given.items() if iri is not None})


def weigh(claims: Iterable[WeighedClaim], denials: Iterable[WeighedClaim]) -> Fraction:
    """The score of the claims for a proposition against the denials of it."""
    by_iri = {denial.claim: denial for denial in denials}
    pairs: dict[URIRef, list[tuple[Fraction, Fraction]]] = defaultdict(list)
    for claim in claims:
        for root in claim.roots:
            pairs[root].append((weight(claim), against(claim, by_iri)))
    return score(pairs.values())


def score(roots: Iterable[Iterable[tuple[Fraction, Fraction]]]) -> Fraction:
    """From 0 to under 1, of each root's claims as pairs of weight (0 to under 1) and of what weighs against it.

    Each claim is set off against its own denials, not the sum of all claims against the sum of all denials: else taking
    away a claim for the proposition could raise the score, where it takes the only dispute along.
    """
    return 1 - prod((1 - max((support(*pair) for pair in pairs), default=Fraction(0)) for pairs in roots), start=_ONE)


_ONE = Fraction(1)


def support(weight: Fraction, against: Fraction) -> Fraction:
    """What is left of a claim's weight where something weighs against it."""
    return weight * weight / (weight + against) if weight else Fraction(0)


def weight(claim: WeighedClaim) -> Fraction:
    """The weight of a claim by itself, over 0 and at most PLAIN; StoreError for a word that the table lacks."""
    return PLAIN * prod(_factors(claim), start=_ONE)


def against(claim: WeighedClaim, denials: Mapping[URIRef, WeighedClaim]) -> Fraction:
    """The weight of what contradicts a claim: of each contradicting root its best, summed."""
    contradicting = _by_root(denials[iri] for iri in claim.disputed_by if iri in denials)
    return sum((max(map(weight, behind)) for behind in contradicting.values()), Fraction(0))


def corroboration_lines(found: Corroboration, names: Mapping[URIRef, str]) -> str:
    """The score for a reader: the formula, all that goes into it, each root once with its claims, and who contradicts.

    Whoever takes the printed weights can compute the score.
    """
    denials = {denial.claim: denial for denial in found.denials}
    sides = ((found.roots, "for"), (found.contradicting_roots, "against"))
    lines = [
        " — ".join(_name(term, names) for term in found.triple),
        f"score {_down(found.score)}, view {found.view}, snapshot {found.snapshot}",
        "",
        FORMULA,
    ]
    for roots, side in sides:
        lines += ["", f"{len(roots) or 'no'} {'root' if len(roots) == 1 else 'roots'} {side} it"]
        for root, behind in roots.items():
            lines.append(f"  {_named(root, names)}")
            lines += [f"    {line}" for claim in behind for line in _claim_lines(claim, denials, names)]
    seen_by = ", ".join(_name(iri, names) for iri in found.perspectives) or "none"
    return "\n".join([*lines, "", f"perspectives for it: {seen_by}"])


def summary_lines(found: Iterable[Corroboration], names: Mapping[URIRef, str]) -> str:
    """One line for each proposition: score, roots for and against it, and what it says."""
    lines = ["score  roots  against  proposition"]
    for one in found:
        said = " — ".join(_name(term, names) for term in one.triple)
        lines.append(f"{_down(one.score)}  {len(one.roots):5}  {len(one.contradicting_roots):7}  {said}")
    if len(lines) == 1:
        return "no claim of this view is about that; check the spelling, or try another view"
    return "\n".join(lines)


def mentioned(found: Iterable[Corroboration]) -> set[URIRef]:
    """Everything that the lines name, so that the caller can look up the names."""
    things: set[Term] = set()
    for one in found:
        things |= {*one.triple, *one.perspectives}
        for claim in (*one.claims, *one.denials):
            things |= {claim.holder, claim.source, claim.stance, claim.hedge, claim.confidence, *claim.roots}
    return {thing for thing in things if isinstance(thing, URIRef)}


_ILLEGAL = re.compile(r'[<>"{}|\\^`\x00-\x20]')
_ON = "SELECT ?proposition ?claim { ?claim kg:onProposition ?proposition } ORDER BY ?claim LIMIT 1"
# A view's facts rest on the claims that it takes; a relay speaks through the claim that it relays and is none of them.
_FOR = """SELECT ?proposition ?claim ?holder ?source ?stance ?hedge ?confidence ?root ?perspective
  ?subject ?predicate ?object {
  ?proposition kg:subject ?subject ; kg:predicate ?predicate ; kg:restsOn ?claim ; kg:object|kg:value ?object .
  ?claim kg:onProposition ?proposition ; kg:holder ?holder ; kg:statedIn ?source ; kg:stance ?stance ; kg:hedge ?hedge ;
    kg:confidence ?confidence ; kg:hasRoot ?root .
  OPTIONAL { ?source kg:perspective ?perspective }
} ORDER BY ?proposition ?claim ?root ?perspective"""
# Who disputes a claim and counts against a proposition of it disputes it on that one: times overlap claim by claim.
_AGAINST = """SELECT ?proposition ?claim ?holder ?source ?stance ?hedge ?confidence ?root ?perspective
  ?disputed ?subject ?predicate {
  ?claim kg:countsAgainst ?proposition ; kg:disputes ?disputed .
  ?disputed kg:onProposition ?proposition .
  ?proposition kg:subject ?subject ; kg:predicate ?predicate .
  ?claim kg:holder ?holder ; kg:statedIn ?source ; kg:stance ?stance ; kg:hedge ?hedge ;
    kg:confidence ?confidence ; kg:hasRoot ?root .
  OPTIONAL { ?source kg:perspective ?perspective }
} ORDER BY ?proposition ?claim ?root ?perspective ?disputed"""

Row = tuple[Term | None, ...]


def _corroborations(store: Store, bindings: Mapping[str, URIRef]) -> list[Corroboration]:
    rows, contrary = store.query(_FOR, bindings).rows, store.query(_AGAINST, bindings).rows
    triples = {row[0]: (row[9], row[10], row[11]) for row in rows}
    claims, denials = _weighed(rows), _weighed(contrary)
    disputed: dict[tuple[Term | None, Term | None], set[URIRef]] = defaultdict(set)
    for row in contrary:
        if isinstance(row[1], URIRef):
            disputed[row[0], row[9]].add(row[1])
    found = []
    for proposition, triple in triples.items():
        taken = tuple(
            replace(claim, disputed_by=tuple(sorted(disputed[proposition, claim.claim])))
            for claim in claims[proposition]
        )
        counted = {iri for claim in taken for iri in claim.disputed_by}
        contra = tuple(denial for denial in denials.get(proposition, ()) if denial.claim in counted)
        found.append(Corroboration(triple, taken, contra, store.view, store.snapshot))  # type: ignore[arg-type]
    return sorted(found, key=lambda one: (-one.score, tuple(term.n3() for term in one.triple)))


def _weighed(rows: Iterable[Row]) -> dict[Term | None, list[WeighedClaim]]:
    """The claims of each proposition, sorted, from rows of one root and one perspective each."""
    groups: dict[Row, tuple[set[URIRef], set[URIRef]]] = defaultdict(lambda: (set(), set()))
    for row in rows:
        for value, into in zip(row[7:9], groups[row[:7]], strict=True):
            if isinstance(value, URIRef):
                into.add(value)
    found: dict[Term | None, list[WeighedClaim]] = defaultdict(list)
    for (proposition, *parts), (roots, perspectives) in groups.items():
        claim, holder, source, stance, hedge, confidence = (URIRef(str(part)) for part in parts)
        ends, seen_by = tuple(sorted(roots)), tuple(sorted(perspectives))
        found[proposition].append(WeighedClaim(claim, holder, source, stance, hedge, confidence, ends, seen_by))
    return found


def _by_root(claims: Iterable[WeighedClaim]) -> dict[URIRef, tuple[WeighedClaim, ...]]:
    behind: dict[URIRef, list[WeighedClaim]] = defaultdict(list)
    for claim in claims:
        for root in claim.roots:
            behind[root].append(claim)
    return {root: tuple(sorted(behind[root], key=lambda claim: claim.claim)) for root in sorted(behind)}


def _factors(claim: WeighedClaim) -> list[Fraction]:
    found = []
    for (kind, table), iri in zip(WEIGHTS.items(), (claim.stance, claim.hedge, claim.confidence), strict=True):
        factor = table.get(iri.rsplit("/", 1)[-1])
        if factor is None:
            raise StoreError(
                f"{shorten(claim.claim)} has the {kind} {shorten(iri)}, which has no weight; "
                "add it to WEIGHTS in kgtools/corroborate.py"
            )
        found.append(factor)
    return found


def _claim_lines(claim: WeighedClaim, denials: Mapping[URIRef, WeighedClaim], names: Mapping[URIRef, str]) -> list[str]:
    words = zip((claim.stance, claim.hedge, claim.confidence), _factors(claim), strict=True)
    factors = " × ".join(f"{_exact(factor)} ({_name(iri, names)})" for iri, factor in words)
    weighed = f"weight {_exact(PLAIN)} × {factors} = {_exact(weight(claim))}"
    if claim.claim not in denials:
        opposed = against(claim, denials)
        weighed += f", against {_exact(opposed)}, support {_down(support(weight(claim), opposed))}"
    lines = [f"{shorten(claim.claim)}: {_name(claim.holder, names)}, in {_name(claim.source, names)}", f"  {weighed}"]
    if claim.disputed_by:
        lines.append(f"  disputed by {', '.join(map(shorten, claim.disputed_by))}")
    return lines


def _name(term: Term, names: Mapping[URIRef, str]) -> str:
    return names.get(term) or shorten(term) if isinstance(term, URIRef) else str(term)


def _named(thing: URIRef, names: Mapping[URIRef, str]) -> str:
    """The name with the IRI in short, since two roots may have one name."""
    return f"{_name(thing, names)} [{shorten(thing)}]" if thing in names else shorten(thing)


def _exact(value: Fraction) -> str:
    """A weight or a sum of weights in full: all have few decimals."""
    return format(Decimal(value.numerator) / Decimal(value.denominator), "f")


def _down(value: Fraction) -> str:
    """Three decimals, rounded down, so that nothing is shown as 1 and a smaller score never as a larger one."""
    return f"0.{floor(value * 1000):03}"
