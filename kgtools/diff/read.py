"""What is compared: a snapshot's files or one file of all its quads, read no further than the comparison needs.

Blank nodes count by what they say, never by their labels.
"""

import hashlib
import json
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from rdflib import RDF, BNode, URIRef

from kgtools.errors import StoreError
from kgtools.model import Quad, Term
from kgtools.names import KG, graph_iri
from kgtools.sources import parse_nquads

LAYER = ("claims.nq", "withdrawn.nq", "scenarios.nq")
_WHOLE = ("ontology.nq", "reference.nq", *LAYER)


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two that are compared: its name for messages, its hash, and its files by name."""

    name: Path
    snapshot: str
    files: Mapping[str, bytes]


def side_of(folder: Path) -> Side:
    """A snapshot's folder, each file held to the manifest; StoreError if it is no whole snapshot."""
    try:
        manifest = json.loads((folder / "manifest.json").read_bytes())
        wanted = {name: str(entry["sha256"]) for name, entry in manifest["files"].items()}
        snapshot = str(manifest["snapshot"])
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        raise StoreError(f"{folder} holds no readable snapshot; run kg build, or name another folder") from None
    files = {}
    for name in sorted({*_WHOLE, *wanted}):
        try:
            files[name] = (folder / name).read_bytes()
        except OSError as error:
            raise StoreError(f"{folder / name} cannot be read ({error.strerror}); run kg build again") from None
        if hashlib.sha256(files[name]).hexdigest() != wanted.get(name):
            raise StoreError(f"{folder / name} is not the file that the manifest names; run kg build again")
    return Side(folder, snapshot, files)


def side_in(name: Path, data: bytes) -> Side:
    """The whole of a snapshot as one file of N-Quads, as `kg export nquads` writes it, with the file's own hash."""
    files: dict[str, list[bytes]] = defaultdict(list)
    for line in data.splitlines(keepends=True):
        files[_file_of(line)].append(line)
    return Side(name, hashlib.sha256(data).hexdigest(), {file: b"".join(lines) for file, lines in files.items()})


def _file_of(line: bytes) -> str:
    """The snapshot's file that a quad is from, as far as comparing tells its files apart."""
    graph = line[line.rfind(b" <") + 2 : line.rfind(b">")].decode(errors="replace").removeprefix(graph_iri(""))
    first, _, rest = graph.partition("/")
    if first == "view":
        return f"views/{rest.partition('/')[0]}.nq"
    return f"{first}.nq" if first in ("ontology", "reference", "scenarios") else "claims.nq"


def differing(one: Side, other: Side, names: Sequence[str]) -> list[set[Quad]]:
    """Of each side the quads of these files in all graphs that differ; of graphs that do not, both sides' or neither's.

    Reading takes most of the time of a comparison, and from one build to the next most graphs stay as they are.
    Inferences, which are not compared, are left out where that spares reading them.
    """
    old, new = (_by_graph(files.get(name, b"") for name in names) for files in (one.files, other.files))
    if old is not None and new is not None:
        changed = {graph for graph in {*old, *new} if old.get(graph) != new.get(graph)}
        if names != LAYER:
            changed = {graph for graph in changed if not graph.endswith(b"/inferences>")}
        lines = (b"".join(line for graph in changed for line in part.get(graph, ())) for part in (old, new))
        with suppress(SyntaxError):  # reading it all tells where
            return [set(parse_nquads(part)) for part in lines]
    return [quads_of(side, names) for side in (one, other)]


def _by_graph(texts: Iterable[bytes]) -> dict[bytes, set[bytes]] | None:
    """The lines of each graph; None where graphs cannot be told apart by lines, or do not stand for themselves.

    That is so where a line is not as the build writes it, a blank node is in several graphs for all one knows, or a
    claim or source has a class in several.
    """
    graphs: dict[bytes, set[bytes]] = defaultdict(set)
    homes: dict[bytes, bytes] = {}
    for line in (line for text in texts for line in text.splitlines(keepends=True)):
        match = _LINE.fullmatch(line)
        if match is None:
            return None
        subject, said, graph = match.groups()
        if said in _HOMES and homes.setdefault(subject, graph) != graph:
            return None
        graphs[graph].add(line)
    return graphs


_LINE = re.compile(rb'(<[^<> ]*>) (<[^<> ]*> (?:<[^<> ]*>|".*)) (<[^<> ]*>) \.\n')
_HOMES = frozenset(f"{RDF.type.n3()} {kind.n3()}".encode() for kind in (KG.Claim, KG.Source))


def quads_of(side: Side, names: Iterable[str]) -> set[Quad]:
    """The quads of these of its files."""
    found: set[Quad] = set()
    for name in names:
        try:
            found |= _without_labels(set(parse_nquads(side.files.get(name, b""))))
        except SyntaxError as error:
            raise StoreError(f"{side.name / name}:{error.lineno}: is not N-Quads; run kg build again") from None
    return found


def _without_labels(quads: set[Quad]) -> set[Quad]:
    """The quads with each blank node named by what is said of it; one in a circle, only by what is said directly."""
    about: dict[Term, list[tuple[URIRef, Term]]] = defaultdict(list)
    for s, p, o, _ in quads:
        if isinstance(s, BNode):
            about[s].append((p, o))
    waiting = {term for quad in quads for term in quad if isinstance(term, BNode)}
    names: dict[Term, Term] = {}
    while waiting:
        ready = {node for node in waiting if all(o in names for _, o in about[node] if isinstance(o, BNode))}
        names |= {node: _name(about[node], names) for node in ready or waiting}
        waiting -= names.keys()
    return {(names.get(s, s), p, names.get(o, o), g) for s, p, o, g in quads} if names else quads  # type: ignore[misc]


def _name(said: Iterable[tuple[URIRef, Term]], names: Mapping[Term, Term]) -> BNode:
    def named(term: Term) -> Term:
        return names.get(term, BNode("circle")) if isinstance(term, BNode) else term

    content = sorted(str((key_of(p), key_of(named(o)))) for p, o in said)
    return BNode("c" + hashlib.sha256("\n".join(content).encode()).hexdigest()[:20])


def key_of(value: object) -> tuple[tuple[str, str, str, str], ...]:
    """An order for terms, triples, quads and rows, in which no two different terms are equal."""
    terms = value if isinstance(value, tuple) else (value,)
    return tuple(
        (str(t), str(getattr(t, "language", "")), str(getattr(t, "datatype", "")), type(t).__name__) for t in terms
    )
