"""What an answer rests on as sentences with their claims, and the marks of a picture that open them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from rdflib import Literal, URIRef

from kgtools.evidence import best_label
from kgtools.model import ClaimRecord, Evidence, Term, Triple
from kgtools.network import predicate_label, status_of, supports
from kgtools.render.page import named


@dataclass(frozen=True, slots=True)
class Statement:
    """One triple in words, how it stands, and the claims for and against it."""

    triple: Triple
    words: tuple[str, str, str]
    status: str
    inferred: bool
    claims: tuple[URIRef, ...]
    denials: tuple[URIRef, ...]

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
    return [Opened(f"{name}{number}", " — ".join(one.words), "", one.status, (one,)) for number, one in enumerate(of)]


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
        "status": statement.status,
        "inferred": statement.inferred,
        "claims": statement.claims,
        "denials": statement.denials,
    }
