"""The magics, registered in an IPython shell."""

import argparse
import html
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from rdflib import Graph

from kgtools.asking import DRAWINGS, INQUIRIES, aligned, compared, day_of, parameters_of, scope_of
from kgtools.errors import KgError, StoreError, UsageError
from kgtools.names import PREFIXES, expand, shorten
from kgtools.notebook.answered import Answered
from kgtools.notebook.arguments import DRAWN, binding, kg_parser, parsed, sparql_parser, texts
from kgtools.notebook.complete import install
from kgtools.notebook.rows import LEFT
from kgtools.notebook.session import Session
from kgtools.notebook.shown import Text
from kgtools.questions import Question
from kgtools.sides import of_second, other_side

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

MOST_DRAWN = 300  # triples that are drawn without being asked to


def register(shell: "InteractiveShell") -> None:
    """Register the magics in an IPython shell, and show errors of ours as one short message that fails the cell."""
    magics = _Magics(shell)
    manager = shell.magics_manager
    manager.register_function(magics.sparql, magic_kind="cell", magic_name="sparql")
    manager.register_function(magics.kg, magic_kind="line", magic_name="kg")
    shell.set_custom_exc((KgError,), _show_error)  # type: ignore[no-untyped-call]
    install(shell, lambda build: magics._session(argparse.Namespace(build=build)))


def _display(value: object) -> None:
    from IPython.display import display

    display(value)  # type: ignore[no-untyped-call]


@contextmanager
def _interruptible() -> Iterator[None]:
    """Let an interrupt of the kernel end a cell in one sentence; the store has ended the query by then."""
    try:
        yield
    except KeyboardInterrupt:
        raise StoreError("the query was interrupted; nothing of it runs on, and the next cell can ask") from None


def _named_in(cell: str) -> str | None:
    """What a comment such as `# [endpoint=https://…]` names, as other notebooks for SPARQL write it."""
    found = re.search(r"^\s*#\s*\[endpoint=([^\]]+)\]", cell, re.MULTILINE)
    return found[1].strip() if found else None


def _show_error(shell: "InteractiveShell", kind: type, error: BaseException, *_: object, **__: object) -> list[str]:
    lines = str(error).splitlines()[:14]
    text = [f"{kind.__name__}: {lines[0]}", *lines[1:]] if lines else [kind.__name__]
    shell._showtraceback(kind, error, text)
    return text


class _Magics:
    """`%%sparql` and `%kg` over one lazily opened session a project."""

    def __init__(self, shell: "InteractiveShell") -> None:
        self.shell = shell
        self.sessions: dict[tuple[str, str | None], Session] = {}
        self.last: Answered | None = None
        self.endpoint: str | None = None  # what queries ask instead of the snapshot

    def sparql(self, line: str, cell: str) -> object:
        """Run a SPARQL query: rows as a table, ASK as a word, CONSTRUCT and DESCRIBE drawn and as Turtle."""
        options = parsed(sparql_parser(), line)
        if options is None:
            return None
        with _interruptible():
            return self._queried(cell, options)

    def _queried(self, cell: str, options: argparse.Namespace) -> object:
        bindings = dict(binding(text, self.shell.user_ns) for text in options.param)
        answered = self._session(options).sparql(
            cell,
            view=options.view,
            scope=scope_of(options),
            timeout=options.timeout,
            bindings=bindings,
            on=self._other(options.on or _named_in(cell) or self.endpoint),
        )
        options.drawn = options.drawn or _default_view(cell)
        return self._result(answered, options)

    def kg(self, line: str) -> object:
        """Ask, draw and cite questions of the library, and inquire beyond them; `%kg --help` lists the verbs."""
        options = parsed(kg_parser(), line)
        if options is None:
            return None
        with _interruptible():
            return self._told(options)

    def _told(self, options: argparse.Namespace) -> object:
        if options.verb in _OF_THE_NOTEBOOK:
            return _OF_THE_NOTEBOOK[options.verb](self, options)
        session = self._session(options)
        if options.verb in INQUIRIES:
            return session.told(options)
        if options.verb in _OF_THE_GRAPH:
            return _OF_THE_GRAPH[options.verb](session, options)
        if options.verb == "describe":
            return self._result(_described(session, options), options)
        answered = self._asked(session, options) if options.question else self._last()
        if options.verb == "cite":
            self.last = answered
            return answered.cite()
        if options.verb == "show":
            options.drawn = options.drawn or "graph"
            options.beside = None if options.against is None else self._beside(session, options)
        return self._result(answered, options)

    def _asked(self, session: Session, options: argparse.Namespace) -> Answered:
        return session.ask_with(
            options.question,
            texts(parameters_of(options), self.shell.user_ns),
            view=options.view,
            scope=scope_of(options),
            timeout=options.timeout,
        )

    def _beside(self, session: Session, options: argparse.Namespace) -> Answered:
        """The answer that the one asked for is compared with."""
        if options.question is None:
            raise UsageError(
                "--against asks a question once more; name it, as in %kg show denials --against='--view un'"
            )
        return of_second(options.against, self._asked, session, other_side(options.against, options))

    def _result(self, answered: Answered, options: argparse.Namespace) -> object:
        """Keep an answer as the options say; what is to be shown of it."""
        self.last = answered
        if options.into:
            form = options.store_format or ("answer" if options.verb else None)
            self.shell.user_ns[options.into] = answered.kept(form)
        elif options.store_format:
            raise UsageError("--store-format says as what --into keeps the answer; add --into and a variable's name")
        if options.export_to:
            answered.save(options.export_to)
        if options.silent:
            return None
        if options.why or options.row is not None:
            return answered.why(options.documents, row=options.row)
        if options.into and not (options.drawn or options.plan):
            return Text(answered.emptiness) if answered.emptiness else None
        return _drawn(answered, options)

    def why(self, options: argparse.Namespace) -> object:
        """The claims under the last answer, or one row of it explained."""
        return self._last().why(options.documents, row=options.row)

    def ask_elsewhere(self, options: argparse.Namespace) -> object:
        """What queries are put to from now on."""
        if options.data is not None:
            self.endpoint = None if options.data == "off" else options.data
        return Text(f"queries ask {self.endpoint}" if self.endpoint else "queries ask the snapshot")

    def compare(self, options: argparse.Namespace) -> object:
        """What differs between two snapshots."""
        return Text(compared(self._session(options).project, options))

    def questions(self, options: argparse.Namespace) -> object:
        """The question library."""
        return _Catalogue(self._session(options).questions())

    def _last(self) -> Answered:
        if self.last is None:
            raise UsageError("nothing has been asked in this notebook yet; ask first, as in %kg ask denials")
        return self.last

    def _other(self, name: str | None) -> Graph | str | None:
        """What a query asks instead of the snapshot: a graph by its name in the notebook, files, or an address."""
        value = self.shell.user_ns.get(name) if name else None
        if value is None or isinstance(value, Graph | str | Path):
            return name if value is None else value if isinstance(value, Graph) else str(value)
        raise UsageError(f"{name} is a {type(value).__name__}; name an rdflib Graph, RDF files or an http address")

    def _session(self, options: argparse.Namespace) -> Session:
        key = (str(Path.cwd()), options.build)
        if key not in self.sessions:
            self.sessions[key] = Session(build=options.build)
        return self.sessions[key]


_OF_THE_NOTEBOOK = {
    "why": _Magics.why,
    "endpoint": _Magics.ask_elsewhere,
    "diff": _Magics.compare,
    "questions": _Magics.questions,
}


def _default_view(cell: str) -> str | None:
    """How a comment such as `#defaultView:Graph` asks to show the answer, as the Wikidata Query Service writes it."""
    found = re.search(r"^\s*#\s*defaultView:\s*(\w+)", cell, re.MULTILINE | re.IGNORECASE)
    if found is None:
        return None
    way = found[1].lower()
    if way not in DRAWN:
        _display(Text(f"there is no view {found[1]} here; the views are {', '.join(DRAWN)}"))
    return way if way in DRAWN else None


def _drawn(answered: Answered, options: argparse.Namespace) -> object:
    """The answer as a table, or drawn; the triples of CONSTRUCT and DESCRIBE are drawn above their Turtle."""
    if options.rows is not None and options.rows < 1:
        raise UsageError(f"--rows {options.rows} shows none; write how many rows to show, or --silent")
    if options.plan:
        return answered.plan()
    if getattr(options, "beside", None) is not None:
        return answered.compare(options.beside, options.drawn)
    if options.drawn in DRAWINGS:
        return getattr(answered, options.drawn)()
    triples = answered.answer.triples
    if triples and options.drawn is None and answered.store is not None and len(triples) <= MOST_DRAWN:
        _display(answered.graph())
    return answered if options.rows is None else answered.table(options.rows)


def _described(session: Session, options: argparse.Namespace) -> Answered:
    query = f"DESCRIBE {expand(options.name).n3()}"
    return session.sparql(query, view=options.view, scope=scope_of(options), timeout=options.timeout)


def _views(session: Session, options: argparse.Namespace) -> object:
    return session.sparql(_VIEWS, timeout=options.timeout)


_VIEWS = """SELECT ?view ?takes {
  ?of a kg:View ; skos:prefLabel ?takes . FILTER(LANG(?takes) = "en")
  BIND(STRAFTER(STR(?of), STR(view:)) AS ?view)
} ORDER BY ?view"""


def _report(session: Session, options: argparse.Namespace) -> object:
    return session.report(day_of(options))


def _prefix(session: Session, options: argparse.Namespace) -> object:
    if options.name:
        iri = expand(options.name)
        return Text(f"{shorten(iri)} is <{iri}>")
    return Text(aligned([["prefix", "IRI"], *map(list, PREFIXES.items())]))


_OF_THE_GRAPH = {"view": _views, "report": _report, "prefix": _prefix}


@dataclass(frozen=True, slots=True)
class _Catalogue:
    """The questions as a table."""

    questions: dict[str, Question]

    def __repr__(self) -> str:
        return "\n".join(f"{name}: {self.questions[name].summary}" for name in sorted(self.questions))

    def _repr_html_(self) -> str:
        cells = ((f"<code>{n}</code>", html.escape(self.questions[n].summary)) for n in sorted(self.questions))
        rows = (f"<tr><td {LEFT}>{name}</td><td {LEFT}>{summary}</td></tr>" for name, summary in cells)
        return f"<table>{''.join(rows)}</table>"
