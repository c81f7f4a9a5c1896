"""A snapshot read at once: what is said of each IRI, in which graph, and what hangs together by claims."""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from kgtools.errors import StoreError
from kgtools.names import BASE, PREFIXES, shorten
from kgtools.sources import terms_of

VIEW = "all"
LANGUAGES = ("en", "fr", "ar")
STATING = ("ontology.nq", "reference.nq", "claims.nq", "withdrawn.nq", "scenarios.nq")
TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
RDFS = "http://www.w3.org/2000/01/rdf-schema#"
SKOS = PREFIXES["skos"]
DCTERMS = PREFIXES["dcterms"]
KG = PREFIXES["kg"]
LABEL, TITLE = SKOS + "prefLabel", DCTERMS + "title"

Node = Mapping[str, tuple[str, ...]]  # of a predicate its terms, as N-Triples writes them
_NOTHING: Node = {}


@dataclass(frozen=True, slots=True)
class Quads:
    """One named graph: its triples as N-Triples writes their terms, sorted."""

    iri: str
    triples: tuple[tuple[str, str, str], ...]


class Known:
    """All that the files of a snapshot say. IRIs are bare; other terms are as N-Triples writes them.

    A fact of a view stands in no node, only in the graph of the view: in a node it would be said by nobody.
    """

    def __init__(self, folder: Path) -> None:
        """Read the files of the snapshot in *folder*; StoreError if there is none."""
        try:
            self.folder = folder
            manifest = json.loads((folder / "manifest.json").read_bytes())
            self.snapshot: str = manifest["snapshot"]
            self.views: dict[str, dict[str, int]] = manifest["views"]
            texts = {name: (folder / name).read_text("utf-8") for name in manifest["files"]}
        except (OSError, ValueError, KeyError):
            raise StoreError(f"{folder} holds no readable snapshot; run kg build") from None
        self._graphs: dict[str, set[tuple[str, str, str]]] = defaultdict(set)
        self.withdrawn = {line.split(" ", 1)[0][1:-1] for line in texts["withdrawn.nq"].splitlines()}
        for name in sorted(texts):
            for line in texts[name].split("\n"):  # splitlines would split at more than the end of a line
                if line:
                    self._take(line)

    def _take(self, line: str) -> None:
        subject, predicate, rest = line.split(" ", 2)
        end = rest.rindex(" <")
        self._graphs[rest[end + 2 : -3]].add((subject, predicate, rest[:end]))

    @cached_property
    def graphs(self) -> dict[str, Quads]:
        """Every named graph by its IRI, sorted."""
        return {iri: Quads(iri, tuple(sorted(self._graphs[iri]))) for iri in sorted(self._graphs)}

    @cached_property
    def nodes(self) -> dict[str, Node]:
        """What is said of each IRI and blank node, but for the facts of views."""
        found: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
        for iri, triples in self._graphs.items():
            if not is_of_view(iri):
                for subject, predicate, term in triples:
                    found[bare(subject)][predicate[1:-1]].add(term)
        return {
            iri: {predicate: tuple(sorted(node[predicate])) for predicate in sorted(node)}
            for iri, node in found.items()
        }

    @cached_property
    def iris(self) -> list[str]:
        """Every IRI of the project that a file of the snapshot names, sorted."""
        terms = {term for triples in self._graphs.values() for triple in triples for term in triple}
        ours = {term[1:-1] for term in terms if term.startswith(f"<{BASE}")}
        return sorted({*ours, *(iri for iri in self._graphs if iri.startswith(BASE))})

    def node(self, iri: str) -> Node:
        """What is said of the IRI; nothing where nothing is."""
        return self.nodes.get(iri, _NOTHING)

    def things(self, iri: str, predicate: str) -> list[str]:
        """The IRIs that the predicate leads to."""
        return [bare(term) for term in self.node(iri).get(predicate, ()) if term.startswith("<")]

    def thing(self, iri: str, predicate: str) -> str | None:
        """The first of these."""
        return next(iter(self.things(iri, predicate)), None)

    def text(self, iri: str, predicate: str) -> str | None:
        """The first literal under the predicate, without its language or type."""
        terms = self.node(iri).get(predicate, ())
        return next((value_of(term) for term in terms if term.startswith('"')), None)

    def texts(self, iri: str, predicate: str) -> dict[str, str]:
        """The literals under the predicate by language, in our order of languages; the first of each."""
        found: dict[str, str] = {}
        for term in self.node(iri).get(predicate, ()):
            if term.startswith('"'):
                found.setdefault(language_of(term), value_of(term))
        return dict(sorted(found.items(), key=lambda item: (_order(item[0]), item[0])))

    @cached_property
    def labels(self) -> dict[str, dict[str, str]]:
        """The names of each IRI by language: its preferred label or its title."""
        return {iri: {**self.texts(iri, TITLE), **self.texts(iri, LABEL)} for iri in self.nodes}

    def label(self, iri: str, language: str = "en") -> str:
        """The name in the language, else in English, else in any, else the prefixed name."""
        known = self.labels.get(iri, {})
        return known.get(language) or known.get("en") or next(iter(known.values()), None) or shorten(iri)

    def label_language(self, iri: str, language: str = "en") -> str:
        """The language that the name is in."""
        known = self.labels.get(iri, {})
        return language if known.get(language) else "en" if known.get("en") else next(iter(known), "")

    @cached_property
    def kinds(self) -> dict[str, tuple[str, ...]]:
        """The narrowest classes of each IRI, by what is stated of it; class IRIs, sorted."""
        found = {}
        for iri, node in self.nodes.items():
            types = {bare(term) for term in node.get(TYPE, ()) if term.startswith("<")}
            broad = {up for kind in types for up in self.above.get(kind, ())}
            found[iri] = tuple(sorted(types - broad))
        return found

    @cached_property
    def above(self) -> dict[str, frozenset[str]]:
        """All classes that a class is below."""
        parents = {iri: set(self.things(iri, RDFS + "subClassOf")) - {iri} for iri in self.nodes}
        return {iri: frozenset(_closed(iri, parents)) - {iri} for iri, above in parents.items() if above}

    @cached_property
    def inferred(self) -> set[tuple[str, str, str]]:
        """What follows from the facts of the view."""
        return self._graphs.get(f"{BASE}graph/view/{VIEW}/inferred", set())

    @cached_property
    def into(self) -> dict[str, list[tuple[str, str]]]:
        """Of each IRI the nodes and predicates that lead to it, sorted."""
        found: dict[str, list[tuple[str, str]]] = defaultdict(list)
        for iri in sorted(self.nodes):
            for predicate, terms in self.nodes[iri].items():
                for term in terms:
                    if term.startswith("<"):
                        found[term[1:-1]].append((iri, predicate))
        return found

    def of_class(self, name: str) -> list[str]:
        """The IRIs that are stated to be of a class of ours, sorted."""
        return [iri for iri, predicate in self.into.get(KG + name, ()) if predicate == TYPE]


def is_of_view(graph: str) -> bool:
    """Whether a graph holds bare facts of a view, which stand in no node."""
    return graph.startswith(f"{BASE}graph/view/") and graph.endswith(("/facts", "/inferred"))


def bare(term: str) -> str:
    """An IRI without its brackets; the name of a blank node as it is."""
    return term[1:-1] if term.startswith("<") else term


def language_of(literal: str) -> str:
    """The language tag of a literal, or nothing."""
    end = literal.rindex('"') + 1
    return literal[end + 1 :] if literal[end : end + 1] == "@" else ""


def datatype_of(literal: str) -> str:
    """The IRI of a literal's datatype, or nothing where it has none of its own."""
    end = literal.rindex('"') + 1
    return literal[end + 3 : -1] if literal[end : end + 2] == "^^" else ""


def value_of(literal: str) -> str:
    """The text of a literal."""
    text = literal[1 : literal.rindex('"')]
    return str(terms_of([f'"{text}"'])[0]) if "\\" in text else text


def _order(language: str) -> int:
    return LANGUAGES.index(language) if language in LANGUAGES else len(LANGUAGES)


def _closed(start: str, parents: Mapping[str, Iterable[str]]) -> Iterator[str]:
    seen, waiting = set(), [start]
    while waiting:
        one = waiting.pop()
        if one not in seen:
            seen.add(one)
            yield one
            waiting += parents.get(one, ())
