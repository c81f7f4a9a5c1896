"""What a name may mean: every thing that is called so, how near the name is, and whose name for it that is.

No candidate is chosen: a place and a state of one name, or three groups that one abbreviation is used for, all stay.
"""

import difflib
import json
import re
import textwrap
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass

from rdflib import Literal, URIRef

from kgtools.evidence import best_label, claim_lines, claim_records, kinds, labels
from kgtools.model import ClaimRecord
from kgtools.names import BASE, KG, shorten
from kgtools.store import Store

MATCHES = {
    "handle": "by its handle",
    "exact": "exactly",
    "folded": "but for case, accents, letter forms, hyphens, articles or a remark in brackets",
    "within": "within a longer name",
    "near": "near by spelling",
}
NEAR = (
    0.84  # likeness from which a spelling is near: "Ansar Dine" and "Ansar Eddine" are, "Niger" and "Nigeria" are not
)
SHORTEST = 5  # letters from which a name has near spellings: of shorter ones, one letter makes another name
NEAREST = 0.5  # likeness from which a name is worth showing to somebody who finds nothing

_WIDTH = 100


@dataclass(frozen=True, slots=True)
class Use:
    """One name of a thing as somebody uses it: the reference data, or the holder of a claim."""

    name: Literal
    predicate: URIRef
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
    matching: dict[URIRef, list[tuple[_Rank, _Row]]] = defaultdict(list)
    for row in _rows(store):
        ranks = [rank for part, words in parts.items() for rank in _ranks(part, words, row)]
        if ranks:
            matching[row.thing].append((min(ranks), row))
    best = {thing: min(rank for rank, _ in found) for thing, found in matching.items()}
    order = sorted(best, key=lambda thing: (best[thing], thing))
    return _described(store, {thing: (best[thing], _as_good(best[thing], matching[thing])) for thing in order})


def nearest(store: Store, name: str, most: int = 5) -> list[str]:
    """The names in the graph that are most like one that nothing is called by, best first."""
    known = {key: str(row.name) for row in _rows(store) if row.predicate != _DESCRIBED for key in row.keys}
    return [known[key] for key in difflib.get_close_matches("".join(fold(name)), sorted(known), most, NEAREST)]


def fold(name: str) -> list[str]:
    """The words of a name without what spellings of it differ in: case, accents, Arabic letter forms, articles."""
    text = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", name).casefold())
    text = "".join(c for c in text if not unicodedata.combining(c)).translate(_FORMS)
    text = _ELISION.sub(r"\1 ", text).translate(_APOSTROPHES)
    words = [_ARABIC_ARTICLE.sub("", word) for word in re.findall(r"[^\W_]+", text)]
    return [word for word in words if word not in _ARTICLES] or words


def candidate_lines(found: Sequence[Candidate], most: int) -> str:
    """Candidates for a reader, each with its names that match and who uses them; of looser matches *most* at most."""
    whole = sum(candidate.match not in ("within", "near") for candidate in found)
    lines = []
    for number, candidate in enumerate(found[: whole + most], 1):
        thing, how = shorten(candidate.thing), MATCHES[candidate.match]
        lines.append(f"{number}. {candidate.label} — {candidate.kind} [{thing}], {how}")
        lines += [f"   {line}" for line in _use_lines(candidate.uses)]
    if len(found) > whole + most:
        lines.append(
            f"… and {len(found) - whole - most} more that match loosely; --most {len(found) - whole} shows all"
        )
    return "\n".join(lines)


def candidates_json(found: Iterable[Candidate]) -> str:
    """Candidates for a program: a list of objects with thing, label, kind, match and uses."""
    return json.dumps([_plain(candidate) for candidate in found], ensure_ascii=False, indent=2)


_FORMS = str.maketrans(
    {
        "\N{ARABIC LETTER ALEF WASLA}": "\N{ARABIC LETTER ALEF}",
        "\N{ARABIC LETTER ALEF MAKSURA}": "\N{ARABIC LETTER YEH}",
        "\N{ARABIC LETTER FARSI YEH}": "\N{ARABIC LETTER YEH}",
        "\N{ARABIC LETTER TEH MARBUTA}": "\N{ARABIC LETTER HEH}",
        "\N{ARABIC LETTER KEHEH}": "\N{ARABIC LETTER KAF}",
        "\N{ARABIC TATWEEL}": None,
        "ø": "o",
        "ł": "l",
        "đ": "d",
        "ı": "i",
        "æ": "ae",
        "œ": "oe",
    }
)
_APOSTROPHES = str.maketrans(dict.fromkeys("'’‘ʼʿʾ`´"))
_ELISION = re.compile(r"\b([ld]|al|el)['’ʼ]")
_ARTICLES = frozenset(("the", "le", "la", "les", "l", "d", "al", "el"))
_REMARK = re.compile(r"\(([^()]*)\)")
_ABBREVIATION = re.compile(r"(?=.*[A-Z].*[A-Z])[\w-]+")
_ARABIC_ARTICLE = re.compile("^\N{ARABIC LETTER ALEF}\N{ARABIC LETTER LAM}(?=.{2})")
_DESCRIBED = KG.isDescribedAs
_STEPS = tuple(MATCHES)

_NAMES = """SELECT ?thing ?predicate ?name ?claim WHERE {
  { VALUES ?predicate { skos:prefLabel skos:altLabel } ?thing ?predicate ?name }
  UNION
  { VALUES ?predicate { kg:isCalled kg:isDescribedAs }
    ?p kg:predicate ?predicate ; kg:subject ?thing ; kg:value ?name ; kg:restsOn ?claim . ?claim kg:onProposition ?p }
} ORDER BY ?thing ?predicate ?name ?claim"""

_Rank = tuple[
    int, bool, float
]  # step of MATCHES, whether a mere description, how much the name has beside what is sought


@dataclass(frozen=True, slots=True)
class _Row:
    thing: URIRef
    predicate: URIRef
    name: Literal
    words: list[str]
    keys: tuple[str, ...]
    claim: URIRef | None


def _rows(store: Store) -> Iterator[_Row]:
    """Every name of a thing or a concept; the terms of the ontology are no things."""
    for thing, predicate, name, claim in store.query(_NAMES).rows:
        ours = str(thing).startswith((BASE + "id/", BASE + "vocab/"))
        if ours and isinstance(thing, URIRef) and isinstance(name, Literal):
            by = claim if isinstance(claim, URIRef) else None
            yield _Row(thing, URIRef(str(predicate)), name, fold(name), tuple(_keys(name)), by)


def _keys(name: str) -> list[str]:
    """A name folded and without gaps (Tinzaouaten, Tin Zaouaten), whole, without remarks, and what it is short for.

    Remarks in brackets are the editors': "Azawad (as sources name it)". Only an abbreviation in them is a name.
    """
    spellings = [name]
    if "(" in name and ":" not in name:  # with a colon it says what is measured of whom
        spellings += [_REMARK.sub(" ", name), *filter(_ABBREVIATION.fullmatch, _REMARK.findall(name))]
    return ["".join(fold(spelling)) for spelling in spellings]


def _ranks(wanted: str, words: list[str], row: _Row) -> Iterator[_Rank]:
    """How *wanted* matches a name, if it does. A description counts only as a whole: its words are no names."""
    described = row.predicate == _DESCRIBED
    if wanted == shorten(row.thing):
        yield (_STEPS.index("handle"), described, 0.0)
    sought = "".join(words)
    if unicodedata.normalize("NFC", wanted) == unicodedata.normalize("NFC", str(row.name)):
        yield (_STEPS.index("exact"), described, 0.0)
    elif sought in row.keys:
        yield (_STEPS.index("folded"), described, 0.0)
    elif not described and _stands_in(words, row.words):
        yield (_STEPS.index("within"), described, 1 - len(sought) / len(row.keys[0]))
    elif not described and (likeness := max(alike(sought, key) for key in row.keys)):
        yield (_STEPS.index("near"), described, 1 - likeness)


def _stands_in(words: list[str], name: list[str]) -> bool:
    return any(name[start : start + len(words)] == words for start in range(len(name) - len(words) + 1))


def alike(one: str, other: str) -> float:
    """How like two folded names are, from 0 to 1; 0 if they are no near spellings of one another."""
    if min(len(one), len(other)) < SHORTEST or 2 * min(len(one), len(other)) < NEAR * (len(one) + len(other)):
        return 0.0
    matcher = difflib.SequenceMatcher(None, one, other, autojunk=False)
    if matcher.quick_ratio() < NEAR:
        return 0.0
    return likeness if (likeness := matcher.ratio()) >= NEAR else 0.0


def _as_good(best: _Rank, found: Iterable[tuple[_Rank, _Row]]) -> list[_Row]:
    """The names that match no worse than the best by more than spelling."""
    step = max(best[0], _STEPS.index("folded"))
    return [row for rank, row in found if rank[0] <= step]


def _described(store: Store, found: dict[URIRef, tuple[_Rank, list[_Row]]]) -> list[Candidate]:
    claims = claim_records(store, {row.claim for _, rows in found.values() for row in rows if row.claim})
    named, classes = labels(store, found), kinds(store, found)
    return [
        Candidate(
            thing,
            best_label(named.get(thing, {}), thing),
            classes.get(thing) or shorten(thing).partition(":")[0],
            _STEPS[rank[0]],
            tuple(_use(row, claims) for row in rows),
        )
        for thing, (rank, rows) in found.items()
    ]


def _use(row: _Row, claims: Mapping[URIRef, ClaimRecord]) -> Use:
    claim = claims[row.claim] if row.claim else None
    disputing = tuple(claims[iri] for iri in claim.disputed_by if iri in claims) if claim else ()
    return Use(row.name, row.predicate, claim, disputing)


def _use_lines(uses: Iterable[Use]) -> Iterator[str]:
    uses = list(uses)
    plain = [use.name.n3() for use in uses if use.claim is None]
    if plain:
        yield f"in the reference data: {', '.join(plain)}"
    for use in uses:
        if use.claim is not None:
            verb = "described as" if use.predicate == _DESCRIBED else "called"
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
            "claim": _filled(use.claim) if use.claim else None,
        }
        for use in candidate.uses
    ]
    whole = {"thing": str(candidate.thing), "label": candidate.label, "kind": candidate.kind, "match": candidate.match}
    return whole | {"uses": uses}


def _filled(claim: ClaimRecord) -> dict[str, object]:
    return {name: value for name, value in asdict(claim).items() if value}
