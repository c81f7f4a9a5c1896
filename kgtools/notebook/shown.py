"""What a cell shows besides an answer: the claims under its rows, one row explained, a citation, a text."""

import html
import re
from collections import defaultdict
from dataclasses import dataclass

from rdflib import URIRef

from kgtools.cite import Citation, bibtex, citation_text, csl_json
from kgtools.evidence import best_label, row_lines
from kgtools.explain import RowExplanation, row_explanation_lines
from kgtools.model import ClaimRecord, Evidence
from kgtools.notebook.rows import Rows

MOST_HOLDERS = 4  # named before a row is opened


@dataclass(frozen=True, slots=True)
class Evidenced:
    """An answer with the claims under each row."""

    rows: Rows
    evidence: Evidence

    def __repr__(self) -> str:
        """The rows with their claims as plain text."""
        parts = []
        for number, cells in enumerate(self.rows.cells()):
            parts.append(f"{number + 1}. {' | '.join(filter(None, cells))}")
            parts += [f"     {line}" for lines in row_lines(self.evidence, number) for line in lines]
        return "\n".join([*parts, *self.rows.rest()])

    def _repr_html_(self) -> str:
        return self.rows.html([self._claims(number) for number in range(self.rows.shown)])

    def _claims(self, number: int) -> str:
        """Who speaks of a row, which opens to what each of them says."""
        said = "".join(
            f"<p dir='auto'><b>{html.escape(first)}</b>{''.join(f'<br>{html.escape(line)}' for line in rest)}</p>"
            for first, *rest in row_lines(self.evidence, number)
        )
        return f"<details><summary dir='auto'>{html.escape(self._who(number))}</summary>{said}</details>"

    def _who(self, number: int) -> str:
        """The holders of the claims under a row, by stance, and of those against it."""
        supports = self.evidence.rows[number]
        under = {iri for one in supports for iri in one.claims}
        against = {iri for one in supports for iri in one.denials} - under
        holders: dict[str, list[ClaimRecord]] = defaultdict(list)
        for iri in sorted(under):
            holders[self.evidence.claims[iri].stance].append(self.evidence.claims[iri])
        parts = [f"{stance}: {_holders(claims)}" for stance, claims in sorted(holders.items())]
        denied = [f"denied by {_holders([self.evidence.claims[iri] for iri in sorted(against)])}"] if against else []
        return "; ".join([*parts, *denied]) or "no claim"


def _holders(claims: list[ClaimRecord]) -> str:
    names = list(dict.fromkeys(claim.holder for claim in claims))
    more = [f"and {len(names) - MOST_HOLDERS} more"] if len(names) > MOST_HOLDERS else []
    return ", ".join([*names[:MOST_HOLDERS], *more])


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

    def _repr_html_(self) -> str:
        """The same with its addresses as links."""
        head, *rest = repr(self).split("\n\n")
        return f"<p>{_linked(head)}</p>" + "".join(
            f"<p>{'<br>'.join(map(_linked, part.splitlines()))}</p>" for part in rest
        )

    def bibtex(self) -> str:
        """The answer and its sources as BibTeX."""
        return bibtex(self.citation)

    def csl_json(self) -> str:
        """The answer and its sources as CSL-JSON."""
        return csl_json(self.citation)


def _linked(line: str) -> str:
    return re.sub(r"https?://[^\s<>&\"']+", r'<a href="\g<0>" rel="noopener noreferrer">\g<0></a>', html.escape(line))


@dataclass(frozen=True, slots=True)
class Text:
    """What an inquiry tells, which shows itself as text."""

    text: str

    def __repr__(self) -> str:
        return self.text

    def _repr_html_(self) -> str:
        # JupyterLab breaks what is preformatted in the middle of words.
        style = "font-family:monospace;white-space:pre-wrap;word-break:normal;overflow-wrap:anywhere"
        return f"<pre dir='auto' style='{style}'>{html.escape(self.text)}</pre>"
