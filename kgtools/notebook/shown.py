"""What a cell shows: an answer, the claims under its rows, one row explained, a citation, a text, a drawing."""

import html
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from rdflib import Graph, URIRef

from kgtools.cite import Citation, bibtex, citation, citation_text, csl_json
from kgtools.errors import UsageError
from kgtools.evidence import best_label, claim_triples, evidence, row_lines
from kgtools.explain import RowExplanation, explain_row, row_explanation_lines
from kgtools.export import turtle
from kgtools.model import Answer, Evidence, Term, Triple
from kgtools.names import PREFIXES
from kgtools.network import Multigraph, network
from kgtools.notebook.frames import frame, polars_frame
from kgtools.store import Store

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl

MOST_ROWS = 200  # shown; the answer keeps all
# Notebooks set cells to the right, which is for numbers; where they do not trust their outputs they know no `start`.
LEFT, RIGHT = 'style="text-align:left"', 'style="text-align:right"'


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer that shows itself in a notebook and knows how to find what it rests on."""

    answer: Answer
    title: str
    labels: dict[URIRef, dict[str, str]]
    store: Store | None  # None: it is not of the snapshot, so nothing is known of claims
    emptiness: str = ""  # why there are no rows

    @property
    def df(self) -> "pd.DataFrame":
        """The rows as a pandas DataFrame with typed columns; IRIs as prefixed names that know IRI and label."""
        return frame(self.answer, self.labels)

    @property
    def pl(self) -> "pl.DataFrame":
        """The rows as a polars DataFrame with typed columns, which Arrow tools read as it is."""
        return polars_frame(self.answer)

    def networkx(self) -> Multigraph:
        """What the rows rest on as a networkx MultiDiGraph: an edge a triple, with its claims and denials."""
        return network(evidence(self._known(), self.answer))

    def rdflib(self) -> Graph:
        """What the rows rest on as an rdflib Graph: each triple, and all that is said of its claims.

        Of CONSTRUCT and DESCRIBE it holds the triples that they gave.
        """
        if self.answer.triples is not None:
            return _graph(self.answer.triples)
        store = self._known()
        found = evidence(store, self.answer)
        triples = {support.triple for supports in found.rows for support in supports}
        return _graph([*triples, *claim_triples(store, found.claims)])

    def _known(self) -> Store:
        """The store that knows the claims under the answer."""
        if self.store is None:
            raise UsageError("this answer is not of the snapshot, so no claims are known under it; ask the snapshot")
        return self.store

    def why(self, documents: Path | str | None = None, *, row: int | None = None) -> "Evidenced | Explained":
        """The claims under each row, with *documents*, a folder, also the passages at hand; or one row explained."""
        if row is not None:
            return Explained(explain_row(self._known(), self.answer, row), self.labels)
        return Evidenced(self, evidence(self._known(), self.answer, Path(documents) if documents else None))

    def cite(self, on: date | None = None) -> "Cited":
        """How to cite the answer as asked today or *on* another day, with the sources that it rests on."""
        store = self._known()
        found, day = evidence(store, self.answer), on or date.today()
        return Cited(citation(store, self.answer, found, self.title, day, scope=store.scope))

    def show(self, height: int = 620) -> "Render":
        """The answer drawn, to be shown inline."""
        from kgtools.render import to_html

        return Render(to_html(self.answer, evidence(self._known(), self.answer), title=self.title), self.title, height)

    def __repr__(self) -> str:
        """Plain text, for consoles and for notebooks that show no HTML."""
        if self.answer.boolean is not None:
            return "yes" if self.answer.boolean else "no"
        if self.answer.triples is not None:
            return turtle(self.answer.triples)
        lines = [" | ".join(self.answer.columns), *(" | ".join(row) for row in self._cells())]
        return "\n".join([*lines, *self._rest()])

    def _repr_html_(self) -> str:
        if self.answer.boolean is not None or self.answer.triples is not None:
            return f"<pre>{html.escape(repr(self))}</pre>"
        head = "".join(f"<th {LEFT}>{html.escape(column)}</th>" for column in self.answer.columns)
        body = "".join(f"<tr>{''.join(map(self._html_cell, row))}</tr>" for row in self.answer.rows[:MOST_ROWS])
        rest = "".join(f"<p>{html.escape(line)}</p>" for line in self._rest())
        return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{rest}"

    def _repr_markdown_(self) -> str:
        if self.answer.boolean is not None or self.answer.triples is not None:
            return f"```\n{self!r}\n```"
        lines = [self.answer.columns, ["---"] * len(self.answer.columns), *self._cells()]
        return "\n".join("| " + " | ".join(_markdown(cell) for cell in line) + " |" for line in lines)

    def _cells(self) -> list[list[str]]:
        return [[self._name(term) for term in row] for row in self.answer.rows[:MOST_ROWS]]

    def _rest(self) -> list[str]:
        more = len(self.answer.rows) - MOST_ROWS
        if self.emptiness:
            return self.emptiness.splitlines()
        return [f"showing {MOST_ROWS} of {len(self.answer.rows):,} rows; .df has them all"] if more > 0 else []

    def _name(self, term: Term | None) -> str:
        if term is None:
            return ""
        return best_label(self.labels.get(term, {}), term) if isinstance(term, URIRef) else str(term)

    def _html_cell(self, term: Term | None) -> str:
        iri = f' title="{html.escape(str(term))}"' if isinstance(term, URIRef) else ""
        name = self._name(term)
        side = RIGHT if _from_right_to_left(name) else LEFT
        return f'<td dir="auto" {side}{iri}>{html.escape(name)}</td>'


@dataclass(frozen=True, slots=True)
class Evidenced:
    """An answer with the claims under each row."""

    answered: Answered
    evidence: Evidence

    def __repr__(self) -> str:
        """The rows with their claims as plain text."""
        parts = []
        for number, cells in enumerate(self.answered._cells()):
            parts.append(f"{number + 1}. {' | '.join(filter(None, cells))}")
            parts += [f"     {line}" for lines in row_lines(self.evidence, number) for line in lines]
        return "\n".join(parts)

    def _repr_html_(self) -> str:
        return "".join(
            f"<details open><summary dir='auto'>{html.escape(' | '.join(filter(None, cells)))}</summary>"
            + "".join(
                f"<p dir='auto'>{'<br>'.join(map(html.escape, lines))}</p>" for lines in row_lines(self.evidence, n)
            )
            + "</details>"
            for n, cells in enumerate(self.answered._cells())
        )


@dataclass(frozen=True, slots=True)
class Explained:
    """One row with why each triple that it rests on is in the view."""

    explanation: RowExplanation
    labels: dict[URIRef, dict[str, str]]

    def __repr__(self) -> str:
        """The explanation as plain text."""
        known = {**self.labels, **self.explanation.labels}
        return row_explanation_lines(self.explanation, {iri: best_label(name, iri) for iri, name in known.items()})

    def _repr_html_(self) -> str:
        head, *blocks = repr(self).split("\n\ntriple ")
        return f"<p dir='auto'>{html.escape(head)}</p>" + "".join(
            f"<details open><summary dir='auto'>triple {html.escape(first)}</summary>"
            f"<pre>{html.escape(rest)}</pre></details>"
            for first, _, rest in (block.partition("\n") for block in blocks)
        )


@dataclass(frozen=True, slots=True)
class Cited:
    """A citation that shows itself as text."""

    citation: Citation

    def __repr__(self) -> str:
        """One paragraph, then each source on a line."""
        return citation_text(self.citation)

    def bibtex(self) -> str:
        """The answer and its sources as BibTeX."""
        return bibtex(self.citation)

    def csl_json(self) -> str:
        """The answer and its sources as CSL-JSON."""
        return csl_json(self.citation)


@dataclass(frozen=True, slots=True)
class Text:
    """What an inquiry tells, which shows itself as text."""

    text: str

    def __repr__(self) -> str:
        return self.text

    def _repr_html_(self) -> str:
        # JupyterLab breaks what is preformatted in the middle of words.
        style = "white-space:pre-wrap;word-break:normal;overflow-wrap:anywhere"
        return f"<pre dir='auto' style='{style}'>{html.escape(self.text)}</pre>"


@dataclass(frozen=True, slots=True)
class Render:
    """A page that shows itself inline, in a frame that cannot reach the notebook around it."""

    page: str
    title: str
    height: int

    def __repr__(self) -> str:
        """What stands where nothing can be drawn."""
        return f"[drawing: {self.title}; write it to a file with .save('drawing.html')]"

    def _repr_html_(self) -> str:
        source = html.escape(self.page, quote=True)
        style = f"width:100%;height:{self.height}px;border:0"
        frame = f'sandbox="allow-scripts" style="{style}" title="{html.escape(self.title)}"'
        return f'<iframe {frame} srcdoc="{source}"></iframe>'

    def save(self, path: Path | str) -> Path:
        """Write the page to a file."""
        Path(path).write_text(self.page, encoding="utf-8")
        return Path(path)


def _from_right_to_left(text: str) -> bool:
    """Whether the first letter that has a direction is written from right to left."""
    kinds = (unicodedata.bidirectional(letter) for letter in text)
    return next((kind for kind in kinds if kind in ("L", "R", "AL")), "L") != "L"


def _markdown(cell: str) -> str:
    return cell.replace("\\", "\\\\").replace("|", "\\|").replace("\n", " ").replace("<", "&lt;")


def _graph(triples: Iterable[Triple]) -> Graph:
    graph = Graph(bind_namespaces="none")
    for prefix, iri in PREFIXES.items():
        graph.bind(prefix, iri)
    for triple in triples:
        graph.add(triple)
    return graph
