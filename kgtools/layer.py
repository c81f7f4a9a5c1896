"""What each curated file adds to the whole, and the claim layer that the files of sources and scenarios make together.

What a file adds depends on that file and on the editors' decisions alone, so it is made once for each text of the file.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from rdflib import RDF, URIRef

from kgtools.claims import scenario_quads, source_quads
from kgtools.identities import decided_claims
from kgtools.memo import digest_of
from kgtools.model import Document, Quad
from kgtools.names import BASE, graph_iri
from kgtools.sources import blocks, nt, parse_nquads


@dataclass(frozen=True, slots=True)
class Part:
    """What one file adds.

    - lines: N-Quads lines of the claim layer; none where the file bears no claims
    - declared: whatever has a class in the file
    - mentioned: the IRIs of this project that it uses as a predicate or an object
    - described: the subjects of its blocks, in order
    """

    lines: bytes
    declared: frozenset[str]
    mentioned: frozenset[str]
    described: tuple[str, ...]


def plain_part(document: Document) -> Part:
    """What a file without claims adds."""
    return Part(
        b"",
        frozenset(str(s) for s, p, _ in document.triples if p == RDF.type),
        frozenset(str(iri) for _, p, o in document.triples for iri in (p, o) if isinstance(iri, URIRef) and ours(iri)),
        tuple(iri for _, iri in blocks(document)),
    )


def source_part(document: Document, kept: Mapping[URIRef, URIRef]) -> Part:
    """What the file of a source adds, read with the editors' decisions."""
    return _with_claims(document, source_quads(decided_claims(document, kept)))


def scenario_part(document: Document, kept: Mapping[URIRef, URIRef]) -> Part:
    """What a file of scenarios adds, read so."""
    return _with_claims(document, scenario_quads(decided_claims(document, kept)))


def _with_claims(document: Document, quads: list[Quad]) -> Part:
    plain = plain_part(document)
    minted = {str(s) for s, p, _, _ in quads if p == RDF.type}
    lines = sorted(f"{' '.join(map(nt, quad))} .\n" for quad in quads)
    return Part("".join(lines).encode(), plain.declared | minted, plain.mentioned, plain.described)


def ours(iri: str) -> bool:
    """Whether the IRI is one that this project declares."""
    return str(iri).startswith(_OURS)  # that of rdflib takes no tuple


_OURS = tuple(BASE + folder for folder in ("def/", "id/", "vocab/"))


def to_bytes(part: Part) -> bytes:
    """The part as it is kept: a line with the names, then its lines."""
    names = json.dumps([sorted(part.declared), sorted(part.mentioned), part.described])
    return names.encode() + b"\n" + part.lines


def from_bytes(data: bytes) -> Part:
    """The part that was kept so."""
    names, _, lines = data.partition(b"\n")
    declared, mentioned, described = json.loads(names)
    return Part(lines, frozenset(declared), frozenset(mentioned), tuple(described))


class Layer:
    """The claim layer that some parts make together."""

    def __init__(self, parts: Iterable[Part]) -> None:
        """Nothing is put together before it is asked for."""
        self._parts = tuple(parts)

    @cached_property
    def lines(self) -> list[bytes]:
        """The N-Quads lines, sorted, each once."""
        return sorted(set(b"".join(part.lines for part in self._parts).splitlines(keepends=True)))

    def quads(self) -> list[Quad]:
        """The quads, parsed from the lines."""
        return list(parse_nquads(b"".join(self.lines)))

    def about(self, predicates: Iterable[str] | None) -> bytes:
        """The lines with one of these predicates, or all lines."""
        names = self._by_predicate if predicates is None else map(_written, predicates)
        return b"".join(self._by_predicate.get(name, b"") for name in names)

    def digest(self, predicates: Iterable[str] | None) -> str:
        """A hash of the lines with one of these predicates, or of all lines."""
        names = self._by_predicate if predicates is None else map(_written, predicates)
        return digest_of(part for name in sorted(names) for part in (name, self._digests.get(name, "none")))

    @cached_property
    def _by_predicate(self) -> dict[bytes, bytes]:
        found: dict[bytes, list[bytes]] = defaultdict(list)
        for line in self.lines:
            found[line.split(b" ", 2)[1]].append(line)
        return {name: b"".join(lines) for name, lines in found.items()}

    @cached_property
    def _digests(self) -> dict[bytes, str]:
        return {name: digest_of([lines]) for name, lines in self._by_predicate.items()}


def divided(nquads: bytes, names: Iterable[bytes]) -> tuple[bytes, bytes]:
    """The N-Quads lines of which neither subject nor object is among the names, and the others."""
    listed = frozenset(names)
    others: list[bytes] = []
    named: list[bytes] = []
    for line in nquads.splitlines(keepends=True):
        subject, _, term, _ = line.split(b" ", 3)  # of a literal its first word, which is no name
        (named if subject in listed or term in listed else others).append(line)
    return b"".join(others), b"".join(named)


def in_graphs(nquads: bytes, *names: str) -> bytes:
    """The N-Quads lines that stand in one of these named graphs."""
    ends = tuple(f" {graph_iri(name).n3()} .\n".encode() for name in names)
    return b"".join([line for line in nquads.splitlines(keepends=True) if line.endswith(ends)])


def with_predicates(nquads: bytes, predicates: Iterable[str]) -> bytes:
    """The N-Quads lines with one of these predicates."""
    wanted = frozenset(map(_written, predicates))
    return b"".join([line for line in nquads.splitlines(keepends=True) if line.split(b" ", 2)[1] in wanted])


def of_subjects(nquads: bytes, subjects: Iterable[bytes]) -> bytes:
    """The N-Quads lines about one of these subjects."""
    wanted = frozenset(subjects)
    return b"".join([line for line in nquads.splitlines(keepends=True) if line.partition(b" ")[0] in wanted])


def subjects(nquads: bytes) -> set[bytes]:
    """What the N-Quads lines are about, as they write it."""
    return {line.partition(b" ")[0] for line in nquads.splitlines()}


def _written(predicate: str) -> bytes:
    return f"<{predicate}>".encode()
