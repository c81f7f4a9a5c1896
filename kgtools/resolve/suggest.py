"""Pairs of handles that may be of one thing, for editors to decide on; nothing is decided here."""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from rdflib import URIRef

from kgtools.evidence import best_label, labels
from kgtools.model import Term
from kgtools.names import shorten
from kgtools.resolve.spelling import DESCRIBED, Named, alike, named
from kgtools.store import Store

# Kinds whose labels are put together from others' and are alike by nature are left out, and so are concepts.
KINDS = ("actor", "agreement", "event", "flow", "initiative", "office", "place", "route")
ONE_SOURCE = "one source calls both so"
EQUAL = "equal names"
NEAR = "near names"


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Two handles of one kind that may be of one thing, and why: pairs of names, with the claims that use them."""

    one: URIRef
    other: URIRef
    one_label: str
    other_label: str
    why: str
    names: tuple[tuple[str, str], ...]
    claims: tuple[URIRef, ...]


def suggestions(store: Store) -> list[Suggestion]:
    """Pairs of handles that nobody has decided on and whose names are equal or near, the strongest reason first."""
    rows = [row for row in named(store) if row.predicate != DESCRIBED and shorten(row.thing).partition(":")[0] in KINDS]
    found: dict[tuple[URIRef, URIRef], set[tuple[int, Named, Named]]] = defaultdict(set)
    sources = {row[0]: row[1] for row in store.query(_SOURCES).rows}
    for one, other in _close(rows):
        reason = _reason(one, other, sources)
        if reason is not None:
            first, second = sorted((one, other), key=lambda row: row.thing)
            found[first.thing, second.thing].add((reason, first, second))
    decided = {frozenset(row) for row in store.query(_APART).rows}
    known = labels(store, {thing for pair in found for thing in pair})
    made = [_made(pair, found[pair], known) for pair in found if frozenset(pair) not in decided]
    return sorted(made, key=lambda one: (_REASONS.index(one.why), one.one, one.other))


def suggestion_lines(found: Iterable[Suggestion]) -> str:
    """Suggestions for a reader: the two handles, why, and the names with the claims that use them."""
    lines = []
    for one in found:
        lines.append(f"{one.one_label} [{shorten(one.one)}] and {one.other_label} [{shorten(one.other)}]: {one.why}")
        lines += [f"   “{first}”" + (f" and “{second}”" if second != first else "") for first, second in one.names]
        lines += [f"   {shorten(claim)}" for claim in one.claims]
    return "\n".join(lines) if lines else "no two handles have equal or near names that nobody has decided on"


def suggestions_json(found: Iterable[Suggestion]) -> str:
    """Suggestions for a program: a list of objects."""
    plain = [
        {
            "handles": [str(one.one), str(one.other)],
            "labels": [one.one_label, one.other_label],
            "why": one.why,
            "names": [list(pair) for pair in one.names],
            "claims": list(map(str, one.claims)),
        }
        for one in found
    ]
    return json.dumps(plain, ensure_ascii=False, indent=2)


_REASONS = (ONE_SOURCE, EQUAL, NEAR)
_SOURCES = "SELECT ?claim ?source { ?claim kg:statedIn ?source } ORDER BY ?claim ?source"
_APART = """SELECT ?one ?other { ?decision kg:setsApart ?one , ?other . FILTER(STR(?one) < STR(?other)) }
ORDER BY ?one ?other"""
_NEAR_WORD = 0.79  # likeness of two words that may be spellings of one: Sahrawi and Sahraoui, Tuareg and Touareg
_LEAST_SHARED = 4  # letters of a word, or of a beginning, that two near names share


def _close(rows: Iterable[Named]) -> Iterator[tuple[Named, Named]]:
    """Pairs of names worth comparing: of two things of one kind, in one language, with a word or a beginning shared."""
    groups: dict[tuple[str, str, str], dict[Named, None]] = defaultdict(dict)
    for row in rows:
        kind, language = shorten(row.thing).partition(":")[0], row.name.language or "en"
        for part in {*row.keys, row.keys[0][:_LEAST_SHARED], *(w for w in row.words if len(w) >= _LEAST_SHARED)}:
            groups[kind, language, part][row] = None
    pairs: dict[tuple[Named, Named], None] = {}
    for group in groups.values():
        pairs |= {(one, other): None for one, other in combinations(group, 2) if one.thing != other.thing}
    return iter(pairs)


def _reason(one: Named, other: Named, sources: Mapping[Term | None, Term | None]) -> int | None:
    if set(one.keys) & set(other.keys):
        same = one.claim and other.claim and sources[one.claim] == sources[other.claim]
        return _REASONS.index(ONE_SOURCE if same else EQUAL)
    return _REASONS.index(NEAR) if _spelt_alike(one.words, other.words) else None


def _spelt_alike(one: Sequence[str], other: Sequence[str]) -> bool:
    """Whether the names are alike word by word: "minister of Niger" and "minister of Algeria" are two for certain."""
    if len(one) != len(other):
        return False
    return all(a == b or (a[0] == b[0] and alike(a, b, _NEAR_WORD) > 0) for a, b in zip(one, other, strict=True))


def _made(
    pair: tuple[URIRef, URIRef], found: set[tuple[int, Named, Named]], known: dict[URIRef, dict[str, str]]
) -> Suggestion:
    best = min(reason for reason, _, _ in found)
    names = sorted({(str(one.name), str(other.name)) for reason, one, other in found if reason == best})
    claims = {row.claim for reason, *rows in found if reason == best for row in rows if row.claim}
    one, other = (best_label(known.get(thing, {}), thing) for thing in pair)
    return Suggestion(*pair, one, other, _REASONS[best], tuple(names), tuple(sorted(claims)))
