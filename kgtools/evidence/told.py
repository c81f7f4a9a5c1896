"""What the view holds of given things, whichever question was asked: drawings need more than an answer says."""

from collections.abc import Iterable

from rdflib import URIRef

from kgtools.evidence.trace import evidence
from kgtools.model import Evidence
from kgtools.store import Store

_CHUNK = 200  # things a query, so that no query outgrows the guard
_TOLD = """SELECT ?thing ?part ?value ?claim {
  VALUES ?thing { %s } VALUES ?part { %s }
  ?p kg:%s ?thing ; kg:predicate ?part ; %s ?value ; kg:restsOn ?claim .
} ORDER BY ?thing ?part ?value ?claim"""


def told(store: Store, things: Iterable[URIRef], parts: Iterable[URIRef], *, of: bool = True) -> Evidence:
    """The claims that say these *parts* of the things, as evidence; with `of=False`, that give a thing as value."""
    ordered, named = sorted(set(things)), " ".join(part.n3() for part in sorted(set(parts)))
    ends = ("subject", "kg:object|kg:value") if of else ("object", "kg:subject")
    found = Evidence((), {}, {}, {})
    for start in range(0, len(ordered), _CHUNK):
        names = " ".join(thing.n3() for thing in ordered[start : start + _CHUNK])
        found = joined(found, evidence(store, store.query(_TOLD % (names, named, *ends))))
    return found


def joined(one: Evidence, other: Evidence) -> Evidence:
    """Both together: the rows of one, then those of the other."""
    return Evidence(
        one.rows + other.rows,
        {iri: (one.claims | other.claims)[iri] for iri in sorted(one.claims.keys() | other.claims.keys())},
        one.labels | other.labels,
        one.kinds | other.kinds,
        one.gaps + other.gaps,
    )


def things_in(found: Evidence) -> set[URIRef]:
    """Everything that the evidence says something of, or gives as a value."""
    ends = (term for row in found.rows for support in row for term in support.triple[::2])
    return {term for term in ends if isinstance(term, URIRef)}
