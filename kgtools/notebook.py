"""The graph in a notebook: `%%sparql` and `%kg` after `%load_ext kgtools`, or the same from Python with a Session."""

import argparse
import html
import re
import shlex
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from rdflib import XSD, Literal, URIRef

from kgtools.asking import INQUIRIES, parameters_of, scope_flags, scope_of
from kgtools.build import snapshot_folder
from kgtools.cite import Citation, bibtex, citation, citation_text, csl_json
from kgtools.errors import KgError, UsageError
from kgtools.evidence import best_label, evidence, labels, row_lines
from kgtools.explain import RowExplanation, explain_row, row_explanation_lines
from kgtools.export import turtle
from kgtools.model import Answer, Evidence, Project, Scope, Term
from kgtools.names import PREFIXES, expand, shorten
from kgtools.questions import Question, ask, find_question, read_questions
from kgtools.sources import find_project
from kgtools.store import Store
from kgtools.zerorows import zero_rows, zero_rows_lines

if TYPE_CHECKING:
    import pandas as pd
    from IPython.core.interactiveshell import InteractiveShell

__all__ = ["Answered", "Render", "Session", "Text", "register"]

MOST_ROWS = 200  # shown; the answer keeps all
_LEFT = 'style="text-align:start"'  # notebooks set cells to the right, which is for numbers


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer that shows itself in a notebook and knows how to find what it rests on."""

    answer: Answer
    title: str
    labels: dict[URIRef, dict[str, str]]
    store: Store
    emptiness: str = ""  # why there are no rows

    @property
    def df(self) -> "pd.DataFrame":
        """The rows as a pandas DataFrame with typed columns; IRIs as prefixed names."""
        return frame(self.answer)

    def why(self, documents: Path | str | None = None, *, row: int | None = None) -> "Evidenced | Explained":
        """The claims under each row, with *documents*, a folder, also the passages at hand; or one row explained."""
        if row is not None:
            return Explained(explain_row(self.store, self.answer, row), self.labels)
        return Evidenced(self, evidence(self.store, self.answer, Path(documents) if documents else None))

    def cite(self, on: date | None = None) -> "Cited":
        """How to cite the answer as asked today or *on* another day, with the sources that it rests on."""
        found = evidence(self.store, self.answer)
        day, scope = on or date.today(), self.store.scope
        return Cited(citation(self.store, self.answer, found, self.title, day, scope=scope))

    def show(self, height: int = 620) -> "Render":
        """The answer drawn, to be shown inline."""
        from kgtools.render import to_html

        return Render(to_html(self.answer, evidence(self.store, self.answer), title=self.title), self.title, height)

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
        head = "".join(f"<th {_LEFT}>{html.escape(column)}</th>" for column in self.answer.columns)
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
        return f'<td dir="auto" {_LEFT}{iri}>{html.escape(self._name(term))}</td>'


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
        return f"<pre dir='auto' style='white-space:pre-wrap'>{html.escape(self.text)}</pre>"


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


class Session:
    """The snapshot of a project, open for questions; one store a view, opened when first asked."""

    def __init__(self, root: Path | str = ".", build: Path | str | None = None) -> None:
        self.project: Project = find_project(Path(root))
        self.build = Path(build) if build else self.project.root / "build"
        self._stores: dict[tuple[str, Scope], Store] = {}

    def questions(self) -> dict[str, Question]:
        """The question library by name."""
        return read_questions(self.project.ontology / "questions")

    def ask(
        self,
        name: str,
        *,
        view: str = "all",
        scope: Scope | None = None,
        timeout: float | None = None,
        **params: str,
    ) -> Answered:
        """The answer to a question of the library, its parameters as text, such as `subject="actor:jnim"`.

        Within a *scope* it is answered as if no other claims had been made.
        """
        question = find_question(self.project.ontology / "questions", name)
        store = self._store(view, timeout, scope)
        return self._answered(store, ask(store, question, params), question.summary)

    def sparql(
        self,
        text: str,
        *,
        view: str = "all",
        scope: Scope | None = None,
        timeout: float | None = None,
        bindings: dict[str, Term] | None = None,
    ) -> Answered:
        """The answer to a query within a scope, with variables of its SELECT clause bound to terms."""
        store = self._store(view, timeout, scope)
        return self._answered(store, store.query(text, bindings, timeout=timeout), "a query of one's own")

    def inquire(self, text: str) -> Text:
        """What an inquiry tells, written as for the command line: `contested actor:algeria --as-of 2024`."""
        options = _inquiry_parser().parse_args(shlex.split(text))
        return self._told(options)

    def _told(self, options: argparse.Namespace) -> Text:
        told = INQUIRIES[options.verb].tell(self._store(options.view, options.timeout, scope_of(options)), options)
        return Text("\n".join(filter(None, (told.text, told.note))))

    def close(self) -> None:
        """End the workers."""
        for store in self._stores.values():
            store.close()

    def _store(self, view: str, timeout: float | None, scope: Scope | None = None) -> Store:
        folder, key = snapshot_folder(self.build), (view, scope or Scope())
        whole = Store.open(folder, view, timeout=timeout or 30.0)
        # After a new build the old worker holds the old snapshot, so it is asked no more.
        known = self._stores.get(key)
        if known is not None and known.snapshot == whole.snapshot and (timeout is None or known.timeout == timeout):
            return known
        narrow = key != (view, Scope())
        self._stores[key] = Store.open(folder, view, scope=scope, timeout=whole.timeout) if narrow else whole
        return self._stores[key]

    def _answered(self, store: Store, answer: Answer, title: str) -> Answered:
        things = {term for row in answer.rows for term in row if isinstance(term, URIRef)}
        return Answered(answer, title, labels(store, things), store, _emptiness(store, answer))


def _emptiness(store: Store, answer: Answer) -> str:
    """Why a SELECT has no rows."""
    if answer.rows or answer.boolean is not None or answer.triples is not None:
        return ""
    found = zero_rows(store, answer)
    return zero_rows_lines(found) if found else "no rows"


def frame(answer: Answer) -> "pd.DataFrame":
    """The rows as a pandas DataFrame: integers Int64, booleans boolean, decimals Decimal, days dates, else text.

    IRIs become prefixed names; whole IRIs by prefixed name are in `attrs["iris"]`, the query in `attrs["query"]`.
    """
    import pandas as pd

    columns = {}
    for place, name in enumerate(answer.columns):
        terms = [row[place] for row in answer.rows]
        columns[name] = pd.Series([_value(term) for term in terms], dtype=_dtype(terms))
    table = pd.DataFrame(columns, columns=list(answer.columns))
    table.attrs["iris"] = {shorten(t): str(t) for row in answer.rows for t in row if isinstance(t, URIRef)}
    table.attrs["query"], table.attrs["snapshot"] = answer.query, answer.snapshot
    return table


_INTEGERS = (XSD.integer, XSD.nonNegativeInteger, XSD.positiveInteger, XSD.int, XSD.long)


def _value(term: Term | None) -> object:
    if term is None:
        return None
    if not isinstance(term, Literal):
        return shorten(term) if isinstance(term, URIRef) else f"_:{term}"
    if term.datatype in _INTEGERS:
        return int(term)
    if term.datatype == XSD.decimal:
        return Decimal(str(term))
    if term.datatype in (XSD.boolean, XSD.date, XSD.dateTime, XSD.double, XSD.float):
        return term.toPython()
    return str(term)


def _dtype(terms: Sequence[Term | None]) -> str:
    kinds = {term.datatype if isinstance(term, Literal) else None for term in terms if term is not None}
    if kinds and kinds <= set(_INTEGERS):
        return "Int64"
    return "boolean" if kinds == {XSD.boolean} else "Float64" if kinds in ({XSD.double}, {XSD.float}) else "object"


def register(shell: "InteractiveShell") -> None:
    """Register the magics in an IPython shell, and show errors of ours as one short message that fails the cell."""
    magics = _Magics(shell)
    manager = shell.magics_manager
    manager.register_function(magics.sparql, magic_kind="cell", magic_name="sparql")
    manager.register_function(magics.kg, magic_kind="line", magic_name="kg")
    shell.set_custom_exc((KgError,), _show_error)  # type: ignore[no-untyped-call]


def _display(value: object) -> None:
    from IPython.display import display

    display(value)  # type: ignore[no-untyped-call]


def _show_error(shell: "InteractiveShell", kind: type, error: BaseException, *_: object, **__: object) -> list[str]:
    lines = str(error).splitlines()[:14]
    text = [f"{kind.__name__}: {lines[0]}", *lines[1:]] if lines else [kind.__name__]
    shell._showtraceback(kind, error, text)
    return text


class _Parser(argparse.ArgumentParser):
    """A parser whose mistakes are errors of ours instead of an exit of the kernel."""

    def error(self, message: str) -> None:  # type: ignore[override]
        """Raise."""
        raise UsageError(f"{self.prog}: {message}; {self.prog} --help tells more")


class _Magics:
    """`%%sparql` and `%kg` over one lazily opened session a project."""

    def __init__(self, shell: "InteractiveShell") -> None:
        self.shell = shell
        self.sessions: dict[tuple[str, str | None], Session] = {}

    def sparql(self, line: str, cell: str) -> object:
        """Run a SPARQL query: SELECT gives a typed DataFrame, ASK a bool, CONSTRUCT and DESCRIBE Turtle."""
        options = self._options(_sparql_parser(), line)
        if options is None:
            return None
        bindings = dict(map(_binding, options.param))
        answered = self._session(options).sparql(
            cell, view=options.view, scope=scope_of(options), timeout=options.timeout, bindings=bindings
        )
        if answered.emptiness and not options.silent:
            _display(Text(answered.emptiness))
        is_table = answered.answer.boolean is None and answered.answer.triples is None
        value = answered.df if is_table else answered.answer.boolean if answered.answer.triples is None else answered
        if options.into:
            self.shell.user_ns[options.into] = value
        if options.why or options.row is not None:
            return answered.why(row=options.row)
        return None if options.silent or options.into else value

    def kg(self, line: str) -> object:
        """Ask, draw and cite questions of the library, and inquire beyond them; `%kg --help` lists the verbs."""
        options = self._options(_kg_parser(), line)
        if options is None:
            return None
        session = self._session(options)
        if options.verb == "questions":
            return _Catalogue(session.questions())
        if options.verb in INQUIRIES:
            return session._told(options)
        if options.verb == "describe":
            return session.sparql(f"DESCRIBE {expand(options.name).n3()}", view=options.view, scope=scope_of(options))
        answered = session.ask(
            options.question,
            view=options.view,
            scope=scope_of(options),
            timeout=options.timeout,
            **parameters_of(options),
        )
        if options.into:
            self.shell.user_ns[options.into] = answered
        if options.verb in ("show", "cite"):
            return answered.show() if options.verb == "show" else answered.cite()
        return answered.why(options.documents, row=options.row) if options.why or options.row is not None else answered

    def _options(self, parser: argparse.ArgumentParser, line: str) -> argparse.Namespace | None:
        try:
            return parser.parse_args(shlex.split(line))
        except SystemExit:  # --help has printed what was asked for
            return None

    def _session(self, options: argparse.Namespace) -> Session:
        key = (str(Path.cwd()), options.build)
        if key not in self.sessions:
            self.sessions[key] = Session(build=options.build)
        return self.sessions[key]


@dataclass(frozen=True, slots=True)
class _Catalogue:
    """The questions as a table."""

    questions: dict[str, Question]

    def __repr__(self) -> str:
        return "\n".join(f"{name}: {self.questions[name].summary}" for name in sorted(self.questions))

    def _repr_html_(self) -> str:
        cells = ((f"<code>{n}</code>", html.escape(self.questions[n].summary)) for n in sorted(self.questions))
        rows = (f"<tr><td {_LEFT}>{name}</td><td {_LEFT}>{summary}</td></tr>" for name, summary in cells)
        return f"<table>{''.join(rows)}</table>"


def _opening(parser: argparse.ArgumentParser) -> argparse.ArgumentParser:
    parser.add_argument("--view", default="all", help="which claims count as facts")
    parser.add_argument("--timeout", type=float, help="seconds")
    parser.add_argument("--build", help="where the snapshot is")
    scope_flags(parser)
    return parser


def _common(parser: argparse.ArgumentParser) -> argparse.ArgumentParser:
    _opening(parser)
    parser.add_argument("--param", action="append", default=[], metavar="NAME=VALUE", help="bind a selected variable")
    parser.add_argument("--into", "--store-to", metavar="VAR", help="keep the result in this variable")
    parser.add_argument("--why", action="store_true", help="show the claims under each row")
    parser.add_argument("--row", type=int, metavar="N", help="explain this one row, counted from 1")
    return parser


def _sparql_parser() -> argparse.ArgumentParser:
    parser = _common(_Parser(prog="%%sparql", description="Run the cell as a SPARQL query."))
    parser.add_argument("--silent", action="store_true", help="show nothing")
    return parser


def _kg_parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="%kg", description="Ask the question library, and beyond it.")
    verbs = parser.add_subparsers(dest="verb", required=True)
    _inquiries(verbs, "%kg")
    describe = _opening(verbs.add_parser("describe", help="all that is said of a thing, as Turtle"))
    describe.add_argument("name", help="the thing, such as actor:jnim")
    for verb, what in (("ask", "answer a question"), ("show", "draw an answer"), ("cite", "cite an answer")):
        one = _common(verbs.add_parser(verb, help=what))
        one.add_argument("question")
        one.add_argument("--documents", help="a folder with documents, to show passages")
    listing = verbs.add_parser("questions", help="list the questions")
    listing.add_argument("--build", help="where the snapshot is")
    return parser


def _inquiries(verbs: "argparse._SubParsersAction[_Parser]", prog: str) -> None:
    for name, inquiry in INQUIRIES.items():
        one = _opening(verbs.add_parser(name, help=inquiry.what, epilog=f"Example: {prog} {inquiry.example}"))
        inquiry.arguments(one)


def _inquiry_parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="inquire")
    _inquiries(parser.add_subparsers(dest="verb", required=True), "inquire")
    return parser


def _binding(text: str) -> tuple[str, Term]:
    """Name and term of `name=value`: a known prefix or <…> makes an IRI, digits a number, a day a date, else text."""
    name, equals, value = text.partition("=")
    if not equals:
        raise UsageError(f"--param {text!r} has no value; write --param name=value")
    patterns: list[tuple[str, Callable[[str], Term]]] = [
        (r"<.+>|https?://\S+", expand),
        (r"[+-]?\d+", lambda digits: Literal(digits, datatype=XSD.integer, normalize=False)),
        (r"\d{4}-\d{2}-\d{2}", lambda day: Literal(day, datatype=XSD.date, normalize=False)),
    ]
    if value.partition(":")[0] in PREFIXES and ":" in value:
        return name, expand(value)
    for pattern, make in patterns:
        if re.fullmatch(pattern, value):
            return name, make(value)
    return name, Literal(value)


def _markdown(cell: str) -> str:
    return cell.replace("\\", "\\\\").replace("|", "\\|").replace("\n", " ").replace("<", "&lt;")
