"""What differs between two snapshots, claim by claim: as values, as lines for people, as JSON for programs.

A claim or source is compared by all that its own named graph says of it, with the propositions and locators written in
it; `model.Claim` would leave out horizons, reasons and notes. All else is compared as triples, graph by graph, except
inferences, which follow from what is compared. Blank nodes count by what they say, never by their labels.
"""

import hashlib
import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from rdflib import RDF, BNode, Literal, URIRef
from rdflib.namespace import DCTERMS, SKOS

from kgtools.errors import QuestionError, StoreError, UsageError
from kgtools.model import Quad, Term, Triple
from kgtools.names import KG, PROV, graph_iri
from kgtools.questions import Question, ask
from kgtools.sources import parse_nquads
from kgtools.store import Store

Value = Term | Triple  # a proposition is its triple; a locator is a literal that lists its parts
Row = tuple[Term | None, ...]


@dataclass(frozen=True, slots=True)
class Field:
    """One property that differs: the values that only the earlier snapshot has, and those that only the later has."""

    name: str
    before: tuple[Value, ...]
    after: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """What has become of one claim or source; `lost` and `gained` are the quads behind the fields."""

    thing: URIRef
    status: str  # "added", "gone" or "changed"
    fields: tuple[Field, ...]
    lost: tuple[Quad, ...]
    gained: tuple[Quad, ...]


@dataclass(frozen=True, slots=True)
class GraphChange:
    """The triples that a named graph lost and gained, and how many it had before and after."""

    graph: URIRef
    before: int
    after: int
    lost: tuple[Triple, ...]
    gained: tuple[Triple, ...]

    @property
    def name(self) -> str:
        """The graph's name without the base, such as `view/all/facts`."""
        return self.graph.removeprefix(graph_iri(""))


@dataclass(frozen=True, slots=True)
class Diff:
    """All that differs between two snapshots; `before` and `after` are their hashes."""

    before: str
    after: str
    claims: tuple[Change, ...] = ()
    sources: tuple[Change, ...] = ()
    links: tuple[GraphChange, ...] = ()  # scenarios, and in `derived` roots, disputes and day bounds
    reference: tuple[GraphChange, ...] = ()
    ontology: tuple[GraphChange, ...] = ()
    views: tuple[GraphChange, ...] = ()  # `view/<name>/facts` and `view/<name>/inferred`

    @property
    def empty(self) -> bool:
        """Whether nothing differs."""
        return not (self.claims or self.sources or self.links or self.reference or self.ontology or self.views)


@dataclass(frozen=True, slots=True)
class AnswerChange:
    """A question whose answer differs, with the rows that only one of the snapshots gives."""

    question: str
    summary: str
    columns: tuple[str, ...]
    lost: tuple[Row, ...]
    gained: tuple[Row, ...]


def diff(before: Path, after: Path) -> Diff:
    """What differs between two snapshot folders; StoreError if one of them is no whole snapshot."""
    (old_hash, old), (new_hash, new) = _files(before), _files(after)
    if old == new:
        return Diff(old_hash, new_hash)
    sides = ((before, old), (after, new))
    (claims, sources, rest), (new_claims, new_sources, new_rest) = map(_split, _differing(*sides, _LAYER))
    # The graphs of the other files are theirs alone, so equal files need no reading.
    names = sorted(name for name in {*old, *new} - set(_LAYER) if old.get(name) != new.get(name))
    files = [_differing(*sides, [name]) for name in names]
    compared = (set().union(*(pair[place] for pair in files)) for place in (0, 1))
    graphs = _graph_changes(*({q for q in quads if not q[3].endswith("/inferences")} for quads in compared))
    return Diff(
        old_hash,
        new_hash,
        claims=_changes(claims, new_claims),
        sources=_changes(sources, new_sources),
        links=_graph_changes(rest, new_rest),
        reference=tuple(graph for graph in graphs if graph.name.startswith("reference")),
        ontology=tuple(graph for graph in graphs if graph.name == "ontology"),
        views=tuple(graph for graph in graphs if graph.name.startswith("view/")),
    )


def claim_quads(folder: Path) -> set[Quad]:
    """The quads of claims and scenarios of a snapshot folder: what `apply` takes and gives."""
    return _quads(folder, _files(folder)[1], _LAYER)


def apply(found: Diff, before: Iterable[Quad]) -> set[Quad]:
    """The claim quads of the later snapshot from those of the earlier; UsageError if the diff is of other claims."""
    claims, sources, rest = _split(set(before))
    for records, changes in ((claims, found.claims), (sources, found.sources)):
        for change in changes:
            records[change.thing] = _patched(records.get(change.thing, frozenset()), change.lost, change.gained)
    for graph in found.links:
        lost, gained = ([(*triple, graph.graph) for triple in part] for part in (graph.lost, graph.gained))
        rest = _patched(rest, lost, gained)
    return set(rest).union(*claims.values(), *sources.values())


def changed_answers(
    before: Path, after: Path, questions: Iterable[Question], view: str = "all", timeout: float = 30.0
) -> list[AnswerChange]:
    """The questions, by name, whose answers with default parameters differ; *timeout* is seconds for each asking."""
    changes = []
    with Store.open(before, view, timeout=timeout) as old, Store.open(after, view, timeout=timeout) as new:
        same = old.snapshot == new.snapshot
        for question in () if same else sorted(questions, key=lambda question: question.name):
            try:
                earlier, later = ask(old, question), ask(new, question)
            except (QuestionError, StoreError) as error:
                raise type(error)(f"{question.name}: {error}") from None
            lost, gained = Counter(earlier.rows) - Counter(later.rows), Counter(later.rows) - Counter(earlier.rows)
            if lost or gained:
                rows = (tuple(sorted(part.elements(), key=_key)) for part in (lost, gained))
                changes.append(AnswerChange(question.name, question.summary, later.columns, *rows))
    return changes


def labels_of(*folders: Path) -> dict[URIRef, str]:
    """English labels and titles of all things in the snapshots; where two differ, those of the last folder."""
    found: dict[URIRef, str] = {}
    for folder in folders:
        lines = [line for data in _files(folder)[1].values() for line in data.splitlines() if _may_name(line)]
        named = [
            (thing, predicate, label)
            for thing, predicate, label, _ in parse_nquads(b"\n".join(lines))
            if (predicate == SKOS.prefLabel and getattr(label, "language", None) == "en") or predicate == DCTERMS.title
        ]
        for thing, _, label in sorted(named, key=_key, reverse=True):
            if isinstance(thing, URIRef):
                found[thing] = str(label)
    return found


def _may_name(line: bytes) -> bool:
    return (b"prefLabel> " in line and b'"@en ' in line) or b"dc/terms/title> " in line


_LAYER = ("claims.nq", "withdrawn.nq", "scenarios.nq")
_WHOLE = ("ontology.nq", "reference.nq", *_LAYER)
_WORDS = {
    KG.statedIn: "source",
    KG.onProposition: "propositions",
    KG.locator: "locators",
    KG.inScenario: "scenarios",
    DCTERMS.issued: "date",
    PROV.wasDerivedFrom: "derivation",
}
_ORDER = ("title", "source", "holder", "stance", "hedge", "hedge wording", "confidence", "start", "end", "section")

Records = dict[URIRef, frozenset[Quad]]
Side = tuple[Path, Mapping[str, bytes]]  # a snapshot folder and its files by name


def _files(folder: Path) -> tuple[str, dict[str, bytes]]:
    """The snapshot's hash and its files by name, each held to the manifest."""
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
    return snapshot, files


def _differing(one: Side, other: Side, names: Sequence[str]) -> list[set[Quad]]:
    """Of each side the quads of these files in all graphs that differ; of graphs that do not, both sides' or neither's.

    Reading takes most of the time of a comparison, and from one build to the next most graphs stay as they are.
    Inferences, which are not compared, are left out where that spares reading them.
    """
    old, new = (_by_graph(files.get(name, b"") for name in names) for _, files in (one, other))
    if old is not None and new is not None:
        changed = {graph for graph in {*old, *new} if old.get(graph) != new.get(graph)}
        if names != _LAYER:
            changed = {graph for graph in changed if not graph.endswith(b"/inferences>")}
        lines = (b"".join(line for graph in changed for line in part.get(graph, ())) for part in (old, new))
        with suppress(SyntaxError):  # reading it all tells where
            return [set(parse_nquads(part)) for part in lines]
    return [_quads(folder, files, names) for folder, files in (one, other)]


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


def _quads(folder: Path, files: Mapping[str, bytes], names: Iterable[str]) -> set[Quad]:
    found: set[Quad] = set()
    for name in names:
        try:
            found |= _without_labels(set(parse_nquads(files.get(name, b""))))
        except SyntaxError as error:
            raise StoreError(f"{folder / name}:{error.lineno}: is not N-Quads; run kg build again") from None
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

    content = sorted(str((_key(p), _key(named(o)))) for p, o in said)
    return BNode("c" + hashlib.sha256("\n".join(content).encode()).hexdigest()[:20])


def _split(quads: set[Quad]) -> tuple[Records, Records, frozenset[Quad]]:
    """What each claim and each source says in its own graph, and all quads that belong to neither."""
    about: dict[tuple[Term, URIRef], set[Quad]] = defaultdict(set)
    homes: dict[Term, dict[URIRef, URIRef]] = {KG.Claim: {}, KG.Source: {}}
    for quad in quads:
        s, p, o, graph = quad
        about[s, graph].add(quad)
        if p == RDF.type and o in homes and isinstance(s, URIRef):
            homes[o][s] = min(graph, homes[o].get(s, graph))
    claims, sources = (
        {thing: _record(about, thing, graph) for thing, graph in home.items()} for home in homes.values()
    )
    return claims, sources, frozenset(quads).difference(*claims.values(), *sources.values())


def _record(about: Mapping[tuple[Term, URIRef], set[Quad]], thing: URIRef, graph: URIRef) -> frozenset[Quad]:
    own = about[thing, graph]
    nodes = {o for _, p, o, _ in own if p in (KG.onProposition, KG.locator)}
    return frozenset(own).union(*(about.get((node, graph), ()) for node in nodes))


def _changes(before: Records, after: Records) -> tuple[Change, ...]:
    changes = []
    for thing in sorted(before.keys() | after.keys()):
        old, new = before.get(thing, frozenset()), after.get(thing, frozenset())
        if old != new:
            status = "gone" if not new else "changed" if old else "added"
            lost, gained = (tuple(sorted(part, key=_key)) for part in (old - new, new - old))
            changes.append(Change(thing, status, _fields(thing, old, new), lost, gained))
    return tuple(changes)


def _fields(thing: URIRef, before: Iterable[Quad], after: Iterable[Quad]) -> tuple[Field, ...]:
    old, new = _values(thing, before), _values(thing, after)
    fields = []
    for predicate in {*old, *new}:
        gone, come = (
            sorted(part, key=_key) for part in (old[predicate] - new[predicate], new[predicate] - old[predicate])
        )
        if gone or come:
            fields.append((_position(predicate), Field(_word(predicate), tuple(gone), tuple(come))))
    return tuple(field for _, field in sorted(fields, key=lambda pair: pair[0]))


def _values(thing: URIRef, record: Iterable[Quad]) -> dict[URIRef, set[Value]]:
    """The values of each property of a thing, with propositions and locators spelt out."""
    said: dict[Term, list[tuple[URIRef, Term]]] = defaultdict(list)
    for s, p, o, _ in record:
        if p != RDF.type:
            said[s].append((p, o))
    values: dict[URIRef, set[Value]] = defaultdict(set)
    for p, o in said[thing]:
        inline = p in (KG.onProposition, KG.locator) and o in said
        values[p].add(_spelt_out(said[o]) if inline else o)
    return values


def _spelt_out(said: Iterable[tuple[URIRef, Term]]) -> Value:
    parts = dict(said)
    subject, predicate, value = (
        parts.get(KG.subject),
        parts.get(KG.predicate),
        parts.get(KG.object, parts.get(KG.value)),
    )
    if isinstance(subject, URIRef) and isinstance(predicate, URIRef) and value is not None:
        return (subject, predicate, value)
    ordered = sorted(said, key=lambda pair: (_position(pair[0]), _key(pair[1])))
    return Literal(", ".join(f"{_word(p)} {o}" for p, o in ordered))


def _word(predicate: URIRef) -> str:
    """A property in plain words: `kg:validFrom` is “valid from”."""
    local = re.split(r"[#/]", predicate)[-1]
    return _WORDS.get(predicate) or re.sub(r"(?<=[a-z])(?=[A-Z])", " ", local).lower()


def _position(predicate: URIRef) -> tuple[int, str, str]:
    word = _word(predicate)
    return (_ORDER.index(word) if word in _ORDER else len(_ORDER), word, str(predicate))


def _graph_changes(before: Iterable[Quad], after: Iterable[Quad]) -> tuple[GraphChange, ...]:
    sides: dict[URIRef, tuple[set[Triple], set[Triple]]] = defaultdict(lambda: (set(), set()))
    for number, quads in enumerate((before, after)):
        for *triple, graph in quads:
            sides[graph][number].add(tuple(triple))  # type: ignore[arg-type]
    return tuple(
        GraphChange(
            graph,
            len(old),
            len(new),
            tuple(sorted(old - new, key=_key)),
            tuple(sorted(new - old, key=_key)),
        )
        for graph, (old, new) in sorted(sides.items())
        if old != new
    )


def _patched(old: Iterable[Quad], lost: Iterable[Quad], gained: Iterable[Quad]) -> frozenset[Quad]:
    had, less, more = frozenset(old), frozenset(lost), frozenset(gained)
    if not less <= had or had & more:
        raise UsageError("the diff does not begin at these claims; apply it to the snapshot that it was made from")
    return had - less | more


def _key(value: object) -> tuple[tuple[str, str, str, str], ...]:
    """An order for terms, triples, quads and rows, in which no two different terms are equal."""
    terms = value if isinstance(value, tuple) else (value,)
    return tuple(
        (str(t), str(getattr(t, "language", "")), str(getattr(t, "datatype", "")), type(t).__name__) for t in terms
    )
