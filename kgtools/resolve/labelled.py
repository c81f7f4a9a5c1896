"""What a snapshot, or an ontology alone, has names for: read from its files, since that is faster than asking it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from rdflib import DCTERMS, OWL, RDF, SKOS, Literal, URIRef

from kgtools.model import Project
from kgtools.names import KG, PREFIXES
from kgtools.resolve.begun import Begun, Entry, local_name
from kgtools.sources import nt, parse_turtle, read_text, terms_of

_DATA = ("reference.nq", "claims.nq", "scenarios.nq")
_TYPE = RDF.type.n3().encode()
_LABELS = {p.n3().encode(): rank for rank, p in enumerate((SKOS.prefLabel, DCTERMS.title, SKOS.altLabel))}
_CLASSES = frozenset((OWL.Class.n3().encode(), URIRef("http://www.w3.org/2000/01/rdf-schema#Class").n3().encode()))
_PROPERTIES = frozenset(
    term.n3().encode() for term in (OWL.ObjectProperty, OWL.DatatypeProperty, OWL.AnnotationProperty, RDF.Property)
)
_CLAIM = KG.Claim.n3().encode()
_SOUGHT = (b" " + _TYPE + b" " + _CLAIM, *(b" " + label + b' "' for label in _LABELS))
_LANGUAGES = ("en", "fr", "ar")
_KINDS = {namespace: prefix for prefix, namespace in PREFIXES.items()}


def begun_in(folder: Path) -> Begun:
    """The index of all that the snapshot in *folder* has a label for, its claims, and the terms that it uses."""
    return Begun(entries_in(folder))


def entries_in(folder: Path) -> list[Entry]:
    """What the index is of, in the order of the IRIs."""
    gathered = _Gathered()
    for line in (folder / "ontology.nq").read_bytes().splitlines():
        gathered.add(*_parts(line))
    for name in _DATA:
        data = (folder / name).read_bytes()
        gathered.properties.update({line.partition(b" ")[2].partition(b" ")[0] for line in data.splitlines()})
        for sought in _SOUGHT:  # a tenth of all lines
            for line in _lines_with(data, sought):
                gathered.add(*_parts(line))
    return sorted(gathered.entries(), key=lambda entry: entry.iri)


def _lines_with(data: bytes, sought: bytes) -> Iterator[bytes]:
    place = data.find(sought)
    while place >= 0:
        end = data.find(b"\n", place)
        yield data[data.rfind(b"\n", 0, place) + 1 : end]
        place = data.find(sought, end)


def _parts(line: bytes) -> tuple[bytes, bytes, bytes]:
    """Subject, predicate and the rest of a line of N-Quads."""
    subject, _, rest = line.partition(b" ")
    predicate, _, rest = rest.partition(b" ")
    return subject, predicate, rest


def begun_in_ontology(project: Project) -> Begun:
    """The index of the ontology's terms, from the curated files."""
    gathered = _Gathered()
    for path in sorted(project.ontology.rglob("*.ttl")):
        for subject, predicate, obj in parse_turtle(path, read_text(path)).triples:
            if isinstance(obj, URIRef | Literal):
                gathered.add(f"<{subject}>".encode(), f"<{predicate}>".encode(), _written(obj))
    return Begun(gathered.entries())


def _written(term: URIRef | Literal) -> bytes:
    return f"{nt(term)} ".encode()


@dataclass(slots=True)
class _Gathered:
    """Labels by subject, and what shows which subjects are classes, properties and claims."""

    labels: dict[bytes, list[tuple[int, int, str]]] = field(default_factory=dict)
    classes: set[bytes] = field(default_factory=set)
    properties: set[bytes] = field(default_factory=set)
    claims: set[bytes] = field(default_factory=set)

    def add(self, subject: bytes, predicate: bytes, rest: bytes) -> None:
        """Take in one line of N-Quads."""
        self.properties.add(predicate)
        if predicate == _TYPE:
            self._typed(subject, rest[: rest.find(b"> ") + 1])
        elif (rank := _LABELS.get(predicate)) is not None and rest.startswith(b'"'):
            self.labels.setdefault(subject, []).append(_label(rank, rest))

    def _typed(self, subject: bytes, kind: bytes) -> None:
        self.classes.add(kind)
        if kind in _CLASSES:
            self.classes.add(subject)
        elif kind in _PROPERTIES:
            self.properties.add(subject)
        elif kind == _CLAIM:
            self.claims.add(subject)

    def entries(self) -> Iterator[Entry]:
        """The entries, in no order."""
        named = {*self.labels, *self.classes, *self.properties, *self.claims}
        for name in named:
            iri = name[1:-1].decode()
            # What cannot be shown as it is, such as a sign that turns the writing round, is not offered either.
            if name.startswith(b"<") and iri.isprintable() and _NOT_IN_IRIS.isdisjoint(iri):
                kind = "class" if name in self.classes else "property" if name in self.properties else kind_of(iri)
                yield Entry(iri, kind, tuple(_once(text for *_, text in sorted(self.labels.get(name, ())))))


_NOT_IN_IRIS = frozenset(' <>"{}|^`\\')


def kind_of(iri: str) -> str:
    """The kind that the IRI of a thing names, such as actor; else resource."""
    return _KINDS.get(iri.removesuffix(local_name(iri)), "resource")


def _label(rank: int, rest: bytes) -> tuple[int, int, str]:
    """Rank, rank of the language, and text of a label: the best is the least."""
    end = rest.rindex(b'"')
    language = rest[end + 1 :].partition(b" ")[0][1:].decode()
    quoted = rest[: end + 1].decode()
    text = str(terms_of([quoted])[0]) if "\\" in quoted else quoted[1:-1]
    return rank, _LANGUAGES.index(language) if language in _LANGUAGES else len(_LANGUAGES), text


def _once(texts: Iterable[str]) -> Iterable[str]:
    return dict.fromkeys(texts)
