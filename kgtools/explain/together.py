"""Why the inferred triples of an answer hold: looked up for all of them at once."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from rdflib import URIRef

from kgtools.claims import proposition_iri
from kgtools.evidence import claim_records, labels
from kgtools.explain.justify import Proof, by_conclusion, least, sort_key, walk
from kgtools.explain.trace import leaves_of
from kgtools.model import Answer, ClaimRecord, Evidence, Support, Triple
from kgtools.store import Store

if TYPE_CHECKING:
    from kgtools.columns import Selection

MOST = 10  # justifications of one triple that are given


@dataclass(frozen=True, slots=True)
class Follows:
    """From what one triple follows: a proof for each justification, how many more there are, and whether all count."""

    proofs: tuple[Proof, ...]
    more: int
    counted: bool


@dataclass(frozen=True, slots=True)
class Justified:
    """Why triples hold that nobody says, by proposition, and what is known of the leaves from which they follow.

    `claims` has what stands under the leaves, whether or not an answer rests on it.
    """

    why: dict[URIRef, Follows] = field(default_factory=dict)
    leaves: dict[Triple, Support] = field(default_factory=dict)
    claims: dict[URIRef, ClaimRecord] = field(default_factory=dict)
    labels: dict[URIRef, dict[str, str]] = field(default_factory=dict)


def justified(store: Store, answer: Answer, found: Evidence, most: int = MOST) -> Justified:
    """Why each triple between things holds that the evidence of an answer has by inference.

    A triple that follows from the reference data alone is one of them; one that a claim or these data say is not.
    """
    wanted = _inferred(found)
    if not wanted:
        return Justified()
    store = store.with_history() if answer.history else store
    why, given = follows(store.selection(), wanted, most)
    parts = parts_of(why)
    used = {part.triple for part in parts if part.rule is None}
    leaves = leaves_of(store, given, {leaf: [proposition_iri(leaf)] for leaf in sorted(used, key=sort_key)})
    under = {iri for leaf in leaves.values() for iri in (*leaf.claims, *leaf.denials)}
    things = {term for part in parts for term in part.triple if isinstance(term, URIRef)}
    known = under & found.claims.keys()
    claims = claim_records(store, under - known) | {iri: found.claims[iri] for iri in sorted(known)}
    return Justified(why, leaves, claims, found.labels | labels(store, things - found.labels.keys()))


def follows(
    selection: "Selection", wanted: Iterable[Triple], most: int = MOST
) -> tuple[dict[URIRef, Follows], dict[Triple, bool]]:
    """By proposition why each triple holds that is not given, and what is given (True: the reference data state it)."""
    from kgtools.columns.reasons import reasons_together

    inferences, given = reasons_together(selection, triples := list(wanted))
    steps = by_conclusion(inferences)
    inferred = (triple for triple in triples if triple in steps and triple not in given)
    return {proposition_iri(triple): Follows(*least(triple, given, steps, most)) for triple in inferred}, given


def parts_of(why: Mapping[URIRef, Follows]) -> list[Proof]:
    """Every step and leaf of the proofs."""
    return [part for one in why.values() for proof in one.proofs for part in walk(proof)]


def _inferred(found: Evidence) -> list[Triple]:
    """The triples between things that may be inferred, sorted."""
    ones = (support for row in found.rows for support in row if support.status in ("inferred", "reference"))
    return sorted({one.triple for one in ones if isinstance(one.triple[2], URIRef)}, key=sort_key)
