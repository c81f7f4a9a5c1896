"""What an answer rests on as sentences with their claims, and the marks of a picture that open them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from rdflib import Literal, URIRef

from kgtools.evidence import best_label
from kgtools.model import ClaimRecord, Evidence, Term, Triple
from kgtools.network import predicate_label, status_of, supports
from kgtools.render.page import named

GRAVE = ("disputed", "withdrawn", "forecast", "inferred", "claimed", "unclaimed", "reference")
_SAID = {"disputed": "disputed", "withdrawn": "taken back", "forecast": "forecast", "inferred": "inferred"}


@dataclass(frozen=True, slots=True)
class Change:
    """What became of a statement from one answer to another, and the claims that count for it in one of them only."""

    word: str = ""  # "added", "removed", "changed" or none
    first: tuple[URIRef, ...] = ()
    second: tuple[URIRef, ...] = ()


@dataclass(frozen=True, slots=True)
class Statement:
    """One triple in words, how it stands, the claims for and against it, and what became of it in a comparison."""

    triple: Triple
    words: tuple[str, str, str]
    status: str
    inferred: bool
    claims: tuple[URIRef, ...]
    denials: tuple[URIRef, ...]
    change: Change = Change()

    @property
    def under(self) -> tuple[URIRef, ...]:
        """All claims that it shows."""
        return (*self.claims, *self.denials)


@dataclass(frozen=True, slots=True)
class Opened:
    """What a mark or a row opens in the evidence panel: a heading, a line on it, and statements."""

    id: str
    name: str
    note: str
    status: str  # "" for what is shown with any status
    statements: tuple[Statement, ...]


def statements(found: Evidence) -> list[Statement]:
    """Every triple of the evidence once, sorted, with the claims of all rows that rest on it."""
    return [
        Statement(
            support.triple,
            (
                name_of(support.triple[0], found),
                predicate_label(support.triple[1], found),
                name_of(support.triple[2], found),
            ),
            status_of(support, found),
            support.status == "inferred",
            support.claims,
            support.denials,
        )
        for support in supports(found)
    ]


def by_thing(of: Iterable[Statement]) -> Mapping[Term, tuple[Statement, ...]]:
    """The statements that say something of a thing or give it as a value; none for a thing that is in none."""
    about: dict[Term, dict[Statement, None]] = defaultdict(dict)
    for one in of:
        for term in one.triple[::2]:
            about[term][one] = None
    return defaultdict(tuple, {term: tuple(ones) for term, ones in about.items()})


def name_of(term: Term, found: Evidence) -> str:
    """The label of a thing, or a value in quotation marks."""
    return f"“{term}”" if isinstance(term, Literal) else best_label(found.labels.get(URIRef(term), {}), URIRef(term))


def of_claims(statement: Statement, claims: Iterable[URIRef]) -> Statement:
    """The statement as these of its claims make it."""
    kept = set(claims)
    return replace(statement, claims=tuple(iri for iri in statement.claims if iri in kept))


def claims_under(found: Evidence) -> set[URIRef]:
    """Every claim that the evidence rests on or that counts against it."""
    return {iri for row in found.rows for support in row for iri in (*support.claims, *support.denials)}


def listed(of: Iterable[Statement], name: str) -> list[Opened]:
    """What the rows of a list open: a statement each."""
    return [
        Opened(f"{name}{number}", " — ".join(one.words), "", one.change.word or one.status, (one,))
        for number, one in enumerate(of)
    ]


def said_apart(status: str, change: str) -> list[str]:
    """What words say of a mark besides what it is, so that nothing hangs on colour or dash alone."""
    return [*([change] if change else []), *([_SAID[status]] if status in _SAID else [])]


def became(of: Iterable[Statement], there: tuple[bool, bool] = (True, True)) -> str:
    """What became of a mark that rests on these statements and that the first and the second answer have or have not.

    What rests on statements of one answer only is of that answer only.
    """
    words = {one.change.word for one in of}
    for has, word in zip(there, ("added", "removed"), strict=True):
        if not has or words == {word}:
            return word
    return "changed" if words - {""} else ""


def sides(of: Sequence[Statement], found: Evidence) -> tuple[list[ClaimRecord], list[ClaimRecord]]:
    """The claims for and against statements, each once."""
    for_ = dict.fromkeys(iri for statement in of for iri in statement.claims)
    against = dict.fromkeys(iri for statement in of for iri in statement.denials if iri not in for_)
    return named(for_, found), named(against, found)


def marks_data(opened: Iterable[Opened]) -> dict[str, object]:
    """What the script needs to open the marks: each statement once, and which of them a mark opens."""
    marks, numbers = {}, dict[Statement, int]()
    for one in opened:
        sections = [numbers.setdefault(statement, len(numbers)) for statement in one.statements]
        marks[one.id] = {"name": one.name, "note": one.note, "status": one.status, "sections": sections}
    return {"marks": marks, "statements": [_plain(statement) for statement in numbers]}


def _plain(statement: Statement) -> Mapping[str, object]:
    return {
        "words": statement.words,
        "inferred": statement.inferred,
        "claims": statement.claims,
        "denials": statement.denials,
        **standing(statement.status, statement.change),
    }


def standing(status: str, change: Change) -> dict[str, object]:
    """How something stands, for the script: what became of it, where it changed, then takes the place of its status."""
    if not change.word:
        return {"status": status}
    stands = {} if status in ("", "claimed") else {"stands": status}
    return {"status": change.word, **stands, "first": change.first, "second": change.second}
