"""Rows for people: their cells as text, Markdown and HTML, the first of them where there are many."""

import html
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from rdflib import URIRef

from kgtools.model import Term
from kgtools.notebook.frames import Labels, label_of
from kgtools.results import markdown_table

# Notebooks set cells to the right, which is for numbers; where they do not trust their outputs they know no `start`.
LEFT, RIGHT = 'style="text-align:left"', 'style="text-align:right"'


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of an answer, the names of what they hold, and how many are shown."""

    columns: tuple[str, ...]
    rows: Sequence[tuple[Term | None, ...]]
    labels: Labels
    most: int
    emptiness: str = ""  # why there are none

    @property
    def shown(self) -> int:
        """How many rows are shown."""
        return min(self.most, len(self.rows))

    def cells(self) -> list[list[str]]:
        """The cells of the rows that are shown."""
        return [[self._name(term) for term in row] for row in self.rows[: self.shown]]

    def rest(self) -> list[str]:
        """What is to be said below the rows: why there are none, or that there are more."""
        if self.emptiness:
            return self.emptiness.splitlines()
        more = f"showing {self.shown:,} of {len(self.rows):,} rows; .df has them all"
        return [more] if self.shown < len(self.rows) else []

    def text(self) -> str:
        """A line a row."""
        lines = [self.columns, *self.cells()]
        return "\n".join([*map(" | ".join, lines), *self.rest()])

    def markdown(self) -> str:
        """A Markdown table."""
        return "\n\n".join([markdown_table([self.columns, *self.cells()]), *self.rest()])

    def html(self, below: Sequence[str] = ()) -> str:
        """An HTML table, each row numbered as `--row` counts; of *below* a piece opens under each row."""
        head = "".join(f"<th {LEFT}>{html.escape(column)}</th>" for column in self.columns)
        lines = []
        for number in range(self.shown):
            lines.append(f"<tr><th>{number + 1}</th>{''.join(map(self._html_cell, self.rows[number]))}</tr>")
            if below:
                lines.append(f"<tr><td></td><td colspan='{max(1, len(self.columns))}' {LEFT}>{below[number]}</td></tr>")
        rest = "".join(f"<p>{html.escape(line)}</p>" for line in self.rest())
        return f"<table><thead><tr><th></th>{head}</tr></thead><tbody>{''.join(lines)}</tbody></table>{rest}"

    def _name(self, term: Term | None) -> str:
        if term is None:
            return ""
        return label_of(term, self.labels) if isinstance(term, URIRef) else str(term)

    def _html_cell(self, term: Term | None) -> str:
        iri = f' title="{html.escape(str(term))}"' if isinstance(term, URIRef) else ""
        name = self._name(term)
        side = RIGHT if _from_right_to_left(name) else LEFT
        return f'<td dir="auto" {side}{iri}>{html.escape(name)}</td>'


def _from_right_to_left(text: str) -> bool:
    """Whether the first letter that has a direction is written from right to left."""
    kinds = (unicodedata.bidirectional(letter) for letter in text)
    return next((kind for kind in kinds if kind in ("L", "R", "AL")), "L") != "L"
