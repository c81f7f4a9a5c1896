"""The values that travel between the stages. Terms are rdflib's; nothing here reads a file or runs a query."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from rdflib import BNode, Literal, URIRef

Term = URIRef | Literal | BNode
Triple = tuple[URIRef | BNode, URIRef, Term]
Quad = tuple[URIRef | BNode, URIRef, Term, URIRef]


@dataclass(frozen=True, slots=True)
class Finding:
    """One problem a check reports: where, what, and how to fix it."""

    path: str
    line: int | None
    message: str
    shape: str = ""

    def __str__(self) -> str:
        return f"{self.path}{'' if self.line is None else f':{self.line}'}: {self.message}"


@dataclass(frozen=True, slots=True)
class Project:
    """Where the curated files lie. `tests/world` is a project with its own graph and the same ontology."""

    root: Path
    ontology: Path
    graph: Path


@dataclass(frozen=True, slots=True)
class Document:
    """One Turtle file: its path, its text (for line numbers) and its triples with lexical forms kept."""

    path: Path
    text: str
    triples: Sequence[Triple]


@dataclass(frozen=True, slots=True)
class Corpus:
    """All curated files of a project, read but not yet interpreted."""

    ontology: tuple[Document, ...]
    alignments: tuple[Document, ...]  # apart, so that the ontology can be read and reasoned over alone
    shapes: tuple[Document, ...]
    reference: tuple[Document, ...]
    sources: tuple[Document, ...]
    scenarios: tuple[Document, ...]
    views: tuple[Document, ...]
    questions: tuple[tuple[Path, str], ...]


@dataclass(frozen=True, slots=True)
class Proposition:
    """What claims are about: a triple with an IRI that is a hash of its three parts."""

    iri: URIRef
    subject: URIRef
    predicate: URIRef
    object: URIRef | Literal

    @property
    def triple(self) -> Triple:
        """The proposition as a plain triple."""
        return (self.subject, self.predicate, self.object)


@dataclass(frozen=True, slots=True)
class Locator:
    """Where in a source: character offsets (end exclusive, Unicode code points) with a digest, or a section."""

    iri: URIRef
    start: int | None = None
    end: int | None = None
    span_digest: str | None = None
    section: str | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """One published document."""

    iri: URIRef
    title: str
    perspectives: tuple[URIRef, ...] = ()
    derived_from: tuple[URIRef, ...] = ()
    issued_by: tuple[URIRef, ...] = ()
    issued: Literal | None = None
    document_digest: str | None = None
    document_length: int | None = None


@dataclass(frozen=True, slots=True)
class Claim:
    """What one source says: who holds it, with which stance and hedge, when, and where in the document."""

    iri: URIRef
    source: URIRef
    holder: URIRef
    stance: URIRef
    hedge: URIRef
    confidence: URIRef
    paraphrase: str
    propositions: tuple[Proposition, ...]
    locators: tuple[Locator, ...]
    hedge_wording: str | None = None
    valid_from: Literal | None = None
    valid_to: Literal | None = None
    relays: tuple[URIRef, ...] = ()
    scenarios: tuple[URIRef, ...] = ()
    retracts: tuple[URIRef, ...] = ()
    supersedes: tuple[URIRef, ...] = ()
    withdrawn_on: Literal | None = None  # by the editors, who had recorded it wrongly


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """Why a claim no longer stands: how and since when it was taken back, and by which claim."""

    how: str  # "retracted", "superseded" or "withdrawn by the editors"
    since: tuple[str, str] | None  # first and last day that the date can mean; None if the source has no date
    by: URIRef | None = None  # None for the editors
    relayed: URIRef | None = None  # the withdrawn claim that this one only passes on; None if it is withdrawn itself


@dataclass(frozen=True, slots=True)
class Inference:
    """One justification of an inferred triple: the rule that fired and the triples it used, in the rule's order."""

    conclusion: Triple
    rule: str
    premises: tuple[Triple, ...]


@dataclass(frozen=True, slots=True)
class View:
    """A rule for which claims count as facts. An empty set of perspectives takes all."""

    name: str
    stances: frozenset[URIRef]
    perspectives: frozenset[URIRef] = frozenset()
    contested: bool = True
    least_roots: int = 1


@dataclass(frozen=True, slots=True)
class Scope:
    """Which claims exist at all when a question is asked; the view's rule then applies to these. Empty takes all.

    `according_to` and `excluding` hold IRIs of sources, of holders and of perspectives, mixed. Dates are a year, a
    month or a day as text; `strict` takes only what is surely dated so, else what may be. What was taken back,
    corrected or withdrawn does not exist, unless `include_retracted`.
    """

    according_to: frozenset[URIRef] = frozenset()
    excluding: frozenset[URIRef] = frozenset()
    least_confidence: str = "low"
    first_hand: bool = False
    as_of: str | None = None
    known_by: str | None = None
    strict: bool = False
    include_retracted: bool = False


@dataclass(frozen=True, slots=True, order=True)
class Dispute:
    """A denying claim, an asserting claim that it contradicts, and the asserted proposition that it counts against."""

    denial: URIRef
    claim: URIRef
    proposition: URIRef


@dataclass(frozen=True, slots=True)
class ClaimSet:
    """All claims with what follows from them together: their sources, independent roots, and who disputes whom."""

    claims: tuple[Claim, ...]
    sources: dict[URIRef, Source]
    roots: dict[URIRef, frozenset[URIRef]]
    disputes: tuple[Dispute, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a query returns. SELECT fills columns and rows, ASK fills boolean, CONSTRUCT and DESCRIBE fill triples."""

    query: str
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[Term | None, ...], ...] = ()
    boolean: bool | None = None
    triples: tuple[Triple, ...] | None = None
    bindings: dict[str, Term] = field(default_factory=dict)
    question: str | None = None
    view: str = "all"
    snapshot: str = ""
    history: bool = False  # whether it is given by what no longer stands too
    titles: dict[str, str] = field(default_factory=dict)  # what it answers, by language


@dataclass(frozen=True, slots=True)
class ClaimRecord:
    """A claim as a reader meets it: names are English labels; the passage only where the document is at hand."""

    iri: URIRef
    holder: str
    stance: str
    hedge: str
    hedge_wording: str | None
    paraphrase: str
    source: URIRef
    source_title: str
    issued: str | None
    perspectives: tuple[str, ...]
    locator: str
    confidence: str
    valid: str | None = None
    relayed_by: str | None = None
    disputes: tuple[URIRef, ...] = ()
    disputed_by: tuple[URIRef, ...] = ()
    passage: str | None = None
    link: str | None = None  # where the source says it can be read
    roots: tuple[URIRef, ...] = ()  # its independent origins
    as_named: tuple[URIRef, ...] = ()  # handles that its file names and that editors have folded into another


@dataclass(frozen=True, slots=True)
class Support:
    """One triple that a row rests on, how it came to be in the view, the claims under it and those against it."""

    triple: Triple
    status: str  # "claimed", "inferred", "reference", "forecast", or "unclaimed" of a triple that a query gives
    claims: tuple[URIRef, ...]
    denials: tuple[URIRef, ...] = ()  # claims that count against the triple, or against a premise of it


@dataclass(frozen=True, slots=True)
class Evidence:
    """What an answer rests on: supports row by row, and all that is needed to show them to a person."""

    rows: tuple[tuple[Support, ...], ...]
    claims: dict[URIRef, ClaimRecord]
    labels: dict[URIRef, dict[str, str]]  # IRI -> language -> label
    kinds: dict[URIRef, str]  # IRI -> local name of its class, such as "ArmedGroup"
    gaps: tuple[tuple[str, ...], ...] = ()  # row by row, a sentence for each part that is not traced
