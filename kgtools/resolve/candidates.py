"""What a name may mean: every thing that is called so, how near the name is, and whose name for it that is.

No candidate is chosen: a place and a state of one name, or three groups that one abbreviation is used for, all stay.
"""

import difflib
import json
import textwrap
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from rdflib import Literal, URIRef

from kgtools.evidence import best_label, claim_json, claim_lines, claim_records, kinds, labels
from kgtools.model import ClaimRecord
from kgtools.names import shorten
from kgtools.resolve.spelling import DESCRIBED, Named, alike, fold, named
from kgtools.store import Store

MATCHES = {
    "handle": "by its handle",
    "exact": "exactly",
    "folded": "but for case, accents, letter forms, hyphens, articles or a remark in brackets",
    "within": "within a longer name",
    "near": "near by spelling",
}
NEAREST = 0.5  # likeness from which a name is worth showing to somebody who finds nothing

_WIDTH = 100


@dataclass(frozen=True, slots=True)
class Use:
    """One name of a thing as somebody uses it: the reference data, or the holder of a claim.

    The handle is the thing's, or the one that the name was written for before editors folded it into the thing.
    """

    name: Literal
    predicate: URIRef
    handle: URIRef
    claim: ClaimRecord | None = None
    disputing: tuple[ClaimRecord, ...] = ()


@dataclass(frozen=True, slots=True)
class Candidate:
    """A thing that a name may mean: how the best of its names matches, and each use of a name that matches as well."""

    thing: URIRef
    label: str
    kind: str
    match: str
    uses: tuple[Use, ...]


def candidates(store: Store, name: str) -> list[Candidate]:
    """Everything that *name* may mean in the store's view and scope, best first; `ISGS/ISSP` means either name."""
    parts = {part.strip(): fold(part) for part in (name, *name.split("/")) if fold(part)}
    matching: dict[URIRef, list[tuple[_Rank, Named]]] = defaultdict(list)
    for row in named(store):
        ranks = [rank for part, words in parts.items() for rank in _ranks(part, words, row)]
        if ranks:
            matching[row.thing].append((min(ranks), row))
    best = {thing: min(rank for rank, _ in found) for thing, found in matching.items()}
    order = sorted(best, key=lambda thing: (best[thing], thing))
    return _described(store, {thing: (best[thing], _as_good(best[thing], matching[thing])) for thing in order})


def nearest(store: Store, name: str, most: int = 5) -> list[str]:
    """The names in the graph that are most like one that nothing is called by, best first."""
    known = {key: str(row.name) for row in named(store) if row.predicate != DESCRIBED for key in row.keys}
    return [known[key] for key in difflib.get_close_matches("".join(fold(name)), sorted(known), most, NEAREST)]


def candidate_lines(found: Sequence[Candidate], most: int) -> str:
    """Candidates for a reader, each with its names that match and who uses them; of looser matches *most* at most."""
    whole = sum(candidate.match not in ("within", "near") for candidate in found)
    lines = []
    for number, candidate in enumerate(found[: whole + most], 1):
        thing, how = shorten(candidate.thing), MATCHES[candidate.match]
        lines.append(f"{number}. {candidate.label} — {candidate.kind} [{thing}], {how}")
        lines += [f"   {line}" for line in _use_lines(candidate)]
    if len(found) > whole + most:
        lines.append(
            f"… and {len(found) - whole - most} more that match loosely; --most {len(found) - whole} shows all"
        )
    return "\n".join(lines)


def candidates_json(found: Iterable[Candidate]) -> str:
    """Candidates for a program: a list of objects with thing, label, kind, match and uses."""
    return json.dumps([_plain(candidate) for candidate in found], ensure_ascii=False, indent=2)


_STEPS = tuple(MATCHES)

# The step in MATCHES, whether it is a mere description, and how much the name has beside what is sought.
_Rank = tuple[int, bool, float]


def _ranks(wanted: str, words: list[str], row: Named) -> Iterator[_Rank]:
    """How *wanted* matches a name, if it does. A description counts only as a whole: its words are no names."""
    described = row.predicate == DESCRIBED
    if wanted in (shorten(row.handle), shorten(row.thing)):
        yield (_STEPS.index("handle"), described, 0.0)
    sought = "".join(words)
    if unicodedata.normalize("NFC", wanted) == unicodedata.normalize("NFC", str(row.name)):
        yield (_STEPS.index("exact"), described, 0.0)
    elif sought in row.keys:
        yield (_STEPS.index("folded"), described, 0.0)
    elif not described and _stands_in(tuple(words), row.words):
        yield (_STEPS.index("within"), described, 1 - len(sought) / len(row.keys[0]))
    elif not described and (likeness := max(alike(sought, key) for key in row.keys)):
        yield (_STEPS.index("near"), described, 1 - likeness)


def _stands_in(words: tuple[str, ...], name: tuple[str, ...]) -> bool:
    return any(name[start : start + len(words)] == words for start in range(len(name) - len(words) + 1))


def _as_good(best: _Rank, found: Iterable[tuple[_Rank, Named]]) -> list[Named]:
    """The names that match no worse than the best by more than spelling."""
    step = max(best[0], _STEPS.index("folded"))
    return [row for rank, row in found if rank[0] <= step]


def _described(store: Store, found: dict[URIRef, tuple[_Rank, list[Named]]]) -> list[Candidate]:
    claims = claim_records(store, {row.claim for _, rows in found.values() for row in rows if row.claim})
    known, classes = labels(store, found), kinds(store, found)
    return [
        Candidate(
            thing,
            best_label(known.get(thing, {}), thing),
            classes.get(thing) or shorten(thing).partition(":")[0],
            _STEPS[rank[0]],
            tuple(_use(row, claims) for row in rows),
        )
        for thing, (rank, rows) in found.items()
    ]


def _use(row: Named, claims: Mapping[URIRef, ClaimRecord]) -> Use:
    claim = claims[row.claim] if row.claim else None
    disputing = tuple(claims[iri] for iri in claim.disputed_by if iri in claims) if claim else ()
    return Use(row.name, row.predicate, row.handle, claim, disputing)


def _use_lines(candidate: Candidate) -> Iterator[str]:
    plain: dict[URIRef, list[str]] = defaultdict(list)
    for use in candidate.uses:
        if use.claim is None:
            plain[use.handle].append(use.name.n3())
    for handle, names in plain.items():
        of = "" if handle == candidate.thing else f" for {shorten(handle)}, which is folded into it"
        yield f"in the reference data{of}: {', '.join(names)}"
    for use in candidate.uses:
        if use.claim is not None:
            verb = "described as" if use.predicate == DESCRIBED else "called"
            first, *rest = claim_lines(use.claim, {claim.iri: claim for claim in use.disputing})
            yield f"{verb} {use.name.n3()} by {first}"
            for line in rest:
                yield from (f"   {part}" for part in textwrap.wrap(line, _WIDTH, break_on_hyphens=False))


def _plain(candidate: Candidate) -> dict[str, object]:
    uses = [
        {
            "name": str(use.name),
            "language": use.name.language,
            "predicate": shorten(use.predicate),
            "handle": str(use.handle),
            "claim": claim_json(use.claim) if use.claim else None,
        }
        for use in candidate.uses
    ]
    whole = {"thing": str(candidate.thing), "label": candidate.label, "kind": candidate.kind, "match": candidate.match}
    return whole | {"uses": uses}
