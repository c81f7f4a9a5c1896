"""What differs between two snapshots, claim by claim: as values, as lines for people, as JSON for programs.

A claim or source is compared by all that its own named graph says of it, with the propositions and locators written in
it; `model.Claim` would leave out horizons, reasons and notes. All else is compared as triples, graph by graph, except
inferences, which follow from what is compared. Blank nodes count by what they say, never by their labels.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from rdflib import RDF, Literal, URIRef
from rdflib.namespace import DCTERMS, SKOS

from kgtools.diff.read import LAYER, Side, differing, key_of, quads_of, side_of
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
    return diff_sides(side_of(before), side_of(after))


def diff_sides(before: Side, after: Side) -> Diff:
    """What differs between two sides."""
    old, new = before.files, after.files
    if old == new:
        return Diff(before.snapshot, after.snapshot)
    (claims, sources, rest), (new_claims, new_sources, new_rest) = map(_split, differing(before, after, LAYER))
    # The graphs of the other files are theirs alone, so equal files need no reading.
    names = sorted(name for name in {*old, *new} - set(LAYER) if old.get(name) != new.get(name))
    files = [differing(before, after, [name]) for name in names]
    compared = (set().union(*(pair[place] for pair in files)) for place in (0, 1))
    graphs = _graph_changes(*({q for q in quads if not q[3].endswith("/inferences")} for quads in compared))
    return Diff(
        before.snapshot,
        after.snapshot,
        claims=_changes(claims, new_claims),
        sources=_changes(sources, new_sources),
        links=_graph_changes(rest, new_rest),
        reference=tuple(graph for graph in graphs if graph.name.startswith("reference")),
        ontology=tuple(graph for graph in graphs if graph.name == "ontology"),
        views=tuple(graph for graph in graphs if graph.name.startswith("view/")),
    )


def claim_quads(folder: Path) -> set[Quad]:
    """The quads of claims and scenarios of a snapshot folder: what `apply` takes and gives."""
    return quads_of(side_of(folder), LAYER)


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
                rows = (tuple(sorted(part.elements(), key=key_of)) for part in (lost, gained))
                changes.append(AnswerChange(question.name, question.summary, later.columns, *rows))
    return changes


def labels_of(*folders: Path) -> dict[URIRef, str]:
    """English labels and titles of all things in the snapshots; where two differ, those of the last folder."""
    return labels_in(side_of(folder).files for folder in folders)


def labels_in(sides: Iterable[Mapping[str, bytes]]) -> dict[URIRef, str]:
    """The same in the files of each side."""
    found: dict[URIRef, str] = {}
    for files in sides:
        lines = [line for data in files.values() for line in data.splitlines() if _may_name(line)]
        named = [
            (thing, predicate, label)
            for thing, predicate, label, _ in parse_nquads(b"\n".join(lines))
            if (predicate == SKOS.prefLabel and getattr(label, "language", None) == "en") or predicate == DCTERMS.title
        ]
        for thing, _, label in sorted(named, key=key_of, reverse=True):
            if isinstance(thing, URIRef):
                found[thing] = str(label)
    return found


def _may_name(line: bytes) -> bool:
    return (b"prefLabel> " in line and b'"@en ' in line) or b"dc/terms/title> " in line


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
            lost, gained = (tuple(sorted(part, key=key_of)) for part in (old - new, new - old))
            changes.append(Change(thing, status, _fields(thing, old, new), lost, gained))
    return tuple(changes)


def _fields(thing: URIRef, before: Iterable[Quad], after: Iterable[Quad]) -> tuple[Field, ...]:
    old, new = _values(thing, before), _values(thing, after)
    fields = []
    for predicate in {*old, *new}:
        gone, come = (
            sorted(part, key=key_of) for part in (old[predicate] - new[predicate], new[predicate] - old[predicate])
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
    ordered = sorted(said, key=lambda pair: (_position(pair[0]), key_of(pair[1])))
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
            tuple(sorted(old - new, key=key_of)),
            tuple(sorted(new - old, key=key_of)),
        )
        for graph, (old, new) in sorted(sides.items())
        if old != new
    )


def _patched(old: Iterable[Quad], lost: Iterable[Quad], gained: Iterable[Quad]) -> frozenset[Quad]:
    had, less, more = frozenset(old), frozenset(lost), frozenset(gained)
    if not less <= had or had & more:
        raise UsageError("the diff does not begin at these claims; apply it to the snapshot that it was made from")
    return had - less | more
