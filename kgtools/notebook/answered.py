"""An answer in a notebook: how it shows itself, what it is kept and saved as, and the way to what it rests on."""

import html
import io
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from rdflib import Graph, URIRef

from kgtools.asking import DRAWINGS, aligned, drawn
from kgtools.cite import citation
from kgtools.errors import UsageError
from kgtools.evidence import best_label, claim_triples, evidence
from kgtools.explain import explain, explain_row, explanation_lines
from kgtools.export import turtle
from kgtools.files import write_whole
from kgtools.model import Answer, Evidence, Triple
from kgtools.names import PREFIXES
from kgtools.network import Multigraph, network
from kgtools.notebook.drawn import Render
from kgtools.notebook.frames import frame, polars_frame
from kgtools.notebook.rows import Rows
from kgtools.notebook.shown import Cited, Evidenced, Explained, Text
from kgtools.render import compare_page
from kgtools.results import as_csv, as_json, in_words, json_text
from kgtools.sides import side
from kgtools.store import Store
from kgtools.zerorows.plan import plan, plan_rows

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl

MOST_ROWS = 200  # shown; the answer keeps all
MOST_LINES = 400  # of Turtle shown
HEIGHT = 620  # pixels of a drawing


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer that shows itself in a notebook and knows how to find what it rests on."""

    answer: Answer
    title: str
    labels: dict[URIRef, dict[str, str]]
    store: Store | None  # None: it is not of the snapshot, so nothing is known of claims
    emptiness: str = ""  # why there are no rows
    seconds: float = 0.0  # that asking took
    most: int = MOST_ROWS

    def __bool__(self) -> bool:
        """What ASK found; of other queries whether there are rows or triples."""
        return bool(self.answer.rows or self.answer.triples) if self.answer.boolean is None else self.answer.boolean

    @property
    def df(self) -> "pd.DataFrame":
        """The rows as a pandas DataFrame with typed columns; IRIs as prefixed names that know IRI and label."""
        return frame(self._of_rows(), self.labels)

    @property
    def pl(self) -> "pl.DataFrame":
        """The rows as a polars DataFrame with typed columns, which Arrow tools read as it is."""
        return polars_frame(self._of_rows())

    def networkx(self) -> Multigraph:
        """What the answer rests on as a networkx MultiDiGraph: an edge a triple, with its claims and denials."""
        return network(self._evidence())

    def rdflib(self) -> Graph:
        """What the rows rest on as an rdflib Graph: each triple, and all that is said of its claims.

        Of CONSTRUCT and DESCRIBE it holds the triples that they gave.
        """
        if self.answer.triples is not None:
            return _graph(self.answer.triples)
        store = self._known()
        found = self._evidence()
        triples = {support.triple for supports in found.rows for support in supports}
        return _graph([*triples, *claim_triples(store, found.claims)])

    def kept(self, form: str | None = None) -> object:
        """The answer in one of FORMS; without one a DataFrame of rows, the bool of ASK, an rdflib Graph of triples."""
        if form is not None:
            return FORMS[form](self)
        if self.answer.triples is not None:
            return self.rdflib()
        return self.df if self.answer.boolean is None else self.answer.boolean

    def save(self, path: Path | str) -> Path:
        """Write the whole answer to a file, in the format that its ending names: one of ENDINGS."""
        path = Path(path)
        write = ENDINGS.get(path.suffix.lower())
        if write is None:
            raise UsageError(f"{path} has an ending that says no format; end it in {', '.join(ENDINGS)}")
        write_whole(path, write(self))
        return path

    def why(self, documents: Path | str | None = None, *, row: int | None = None) -> Evidenced | Explained | Text:
        """The claims under each row or triple, with passages from the folder *documents*; or one of them explained."""
        if row is not None:
            return self._explained(row)
        found = evidence(self._known(), self.answer, Path(documents) if documents else None)
        return Evidenced(replace(self._rows(), labels={**found.labels, **self.labels}), found)

    def plan(self) -> Text:
        """How many solutions each part of the query has, alone and with all before it, and the time to count them."""
        return Text(aligned(plan_rows(plan(self._known(), self.answer))))

    def cite(self, on: date | None = None) -> Cited:
        """How to cite the answer as asked today or *on* another day, with the sources that it rests on."""
        store, day = self._known(), on or date.today()
        return Cited(citation(store, self.answer, self._evidence(), self.title, day, scope=store.scope))

    def table(self, most: int = MOST_ROWS) -> "Answered":
        """The answer with at most so many rows shown."""
        return replace(self, most=most)

    def graph(self, height: int = HEIGHT, *, drag: bool = False) -> Render:
        """The answer drawn as a graph, to be shown inline; with *drag* its things can be dragged by hand."""
        return self._drawn("drag" if drag else "graph", height)

    def map(self, height: int = HEIGHT) -> Render:
        """The places, routes and located events of the answer on a map."""
        return self._drawn("map", height)

    def timeline(self, height: int = HEIGHT) -> Render:
        """What of the answer has a date, along time."""
        return self._drawn("timeline", height)

    def compare(self, other: "Answered", kind: str = "graph", height: int = HEIGHT) -> Render:
        """This answer and another in one graph, map or timeline: what only one of them has, what changed, the rest."""
        if kind not in DRAWINGS:
            raise UsageError(f"there is no drawing {kind!r}; the drawings are {', '.join(DRAWINGS)}")
        first, second = (side(one._known(), one.answer, one._evidence(), kind) for one in (self, other))
        title = self.title if self.title == other.title else f"{self.title} → {other.title}"
        page = compare_page(first, second, title=title)
        return Render(page.html, page.still, page.title, height)

    def __repr__(self) -> str:
        """Plain text, for consoles and for notebooks that show no HTML."""
        words = self._words()
        return self._rows().text() if words is None else words

    def _repr_html_(self) -> str:
        words = self._words()
        return self._rows().html() if words is None else f"<pre>{html.escape(words)}</pre>"

    def _repr_markdown_(self) -> str:
        words = self._words()
        return self._rows().markdown() if words is None else f"```\n{words}\n```"

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, object]:
        """The answer in the forms that notebooks choose from; results as data only where all rows are shown."""
        bundle: dict[str, object] = {
            "text/plain": repr(self),
            "text/html": self._repr_html_(),
            "text/markdown": self._repr_markdown_(),
        }
        whole = in_words(self.answer)
        if self.answer.triples is not None and whole == self._words():
            bundle["text/turtle"] = whole
        elif self.answer.triples is None and self._rows().shown == len(self.answer.rows):
            bundle["application/sparql-results+json"] = as_json(self.answer)
        return bundle

    def _evidence(self) -> Evidence:
        return evidence(self._known(), self.answer)

    def _drawn(self, kind: str, height: int) -> Render:
        page = drawn(self._known(), self.answer, self._evidence(), kind=kind, title=self.title)
        return Render(page.html, page.still, page.title, height)

    def _known(self) -> Store:
        """The store that knows the claims under the answer."""
        if self.store is None:
            raise UsageError("this answer is not of the snapshot, so no claims are known under it; ask the snapshot")
        return self.store

    def _explained(self, row: int) -> Explained | Text:
        if self.answer.triples is None:
            return Explained(explain_row(self._known(), self.answer, row), self.labels)
        if not 1 <= row <= len(self.answer.triples):
            raise UsageError(f"there is no triple {row}; the answer has {len(self.answer.triples)}, counted from 1")
        found = explain(self._known(), self.answer.triples[row - 1])
        return Text(explanation_lines(found, {iri: best_label(known, iri) for iri, known in found.labels.items()}))

    def _of_rows(self) -> Answer:
        if self.answer.boolean is not None or self.answer.triples is not None:
            raise UsageError("only SELECT gives rows; take .answer.boolean of ASK, .rdflib() of CONSTRUCT and DESCRIBE")
        return self.answer

    def _rows(self) -> Rows:
        if self.answer.triples is None:
            return Rows(self.answer.columns, self.answer.rows, self.labels, self.most, self.emptiness)
        return Rows(("subject", "predicate", "object"), self.answer.triples, self.labels, self.most)

    def _words(self) -> str | None:
        words = in_words(self.answer)
        if words is None or words.count("\n") < MOST_LINES:
            return words
        lines = words.splitlines()
        return "\n".join([*lines[:MOST_LINES], f"# {MOST_LINES} of {len(lines):,} lines; .rdflib() has all triples"])


def _results(answered: Answered) -> Answer:
    return answered.answer if answered.answer.triples is None else answered._of_rows()


FORMS: Mapping[str, Callable[[Answered], object]] = {
    "answer": lambda answered: answered,
    "pandas": lambda answered: answered.df,
    "polars": lambda answered: answered.pl,
    "csv": lambda answered: as_csv(answered._of_rows()),
    "json": lambda answered: as_json(_results(answered)),
    "networkx": Answered.networkx,
    "rdflib": Answered.rdflib,
}


def _parquet(answered: Answered) -> bytes:
    out = io.BytesIO()
    answered.pl.write_parquet(out)
    return out.getvalue()


ENDINGS: Mapping[str, Callable[[Answered], bytes]] = {
    ".csv": lambda answered: f"{as_csv(answered._of_rows())}\r\n".encode(),
    ".html": lambda answered: answered.graph().page.encode(),
    ".json": lambda answered: f"{json_text(as_json(_results(answered)))}\n".encode(),
    ".md": lambda answered: f"{answered.table(len(answered.answer.rows))._repr_markdown_()}\n".encode(),
    ".parquet": _parquet,
    ".ttl": lambda answered: turtle(answered.rdflib()).encode(),  # type: ignore[arg-type]
}


def _graph(triples: Iterable[Triple]) -> Graph:
    graph = Graph(bind_namespaces="none")
    for prefix, iri in PREFIXES.items():
        graph.bind(prefix, iri)
    for triple in triples:
        graph.add(triple)
    return graph
