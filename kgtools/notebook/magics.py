"""The magics, registered in an IPython shell."""

import argparse
import html
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from rdflib import Graph

from kgtools.asking import INQUIRIES, aligned, day_of, parameters_of, scope_of
from kgtools.errors import KgError, UsageError
from kgtools.names import PREFIXES, expand, shorten
from kgtools.notebook.arguments import binding, kg_parser, parsed, sparql_parser, texts
from kgtools.notebook.session import Session
from kgtools.notebook.shown import LEFT, Text
from kgtools.questions import Question

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell


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

    def sparql(self, line: str, cell: str) -> object:
        """Run a SPARQL query: SELECT gives a typed DataFrame, ASK a bool, CONSTRUCT and DESCRIBE Turtle."""
        options = parsed(sparql_parser(), line)
        if options is None:
            return None
        bindings = dict(binding(text, self.shell.user_ns) for text in options.param)
        answered = self._session(options).sparql(
            cell,
            view=options.view,
            scope=scope_of(options),
            timeout=options.timeout,
            bindings=bindings,
            on=self._other(options.on or _named_in(cell)),
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
        options = parsed(kg_parser(), line)
        if options is None:
            return None
        session = self._session(options)
        if options.verb == "questions":
            return _Catalogue(session.questions())
        if options.verb in INQUIRIES:
            return session.told(options)
        if options.verb in _OF_THE_GRAPH:
            return _OF_THE_GRAPH[options.verb](session, options)
        answered = session.ask_with(
            options.question,
            texts(parameters_of(options), self.shell.user_ns),
            view=options.view,
            scope=scope_of(options),
            timeout=options.timeout,
        )
        if options.into:
            self.shell.user_ns[options.into] = answered
        if options.verb in ("show", "cite"):
            return answered.show() if options.verb == "show" else answered.cite()
        return answered.why(options.documents, row=options.row) if options.why or options.row is not None else answered

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


def _describe(session: Session, options: argparse.Namespace) -> object:
    query = f"DESCRIBE {expand(options.name).n3()}"
    return session.sparql(query, view=options.view, scope=scope_of(options), timeout=options.timeout)


def _views(session: Session, options: argparse.Namespace) -> object:
    return session.sparql(_VIEWS, timeout=options.timeout)


_VIEWS = """SELECT ?view ?takes {
  ?view a kg:View ; skos:prefLabel ?takes . FILTER(LANG(?takes) = "en")
} ORDER BY ?view"""


def _report(session: Session, options: argparse.Namespace) -> object:
    return session.report(day_of(options))


def _prefix(session: Session, options: argparse.Namespace) -> object:
    if options.name:
        iri = expand(options.name)
        return Text(f"{shorten(iri)} is <{iri}>")
    return Text(aligned([["prefix", "IRI"], *map(list, PREFIXES.items())]))


_OF_THE_GRAPH = {"describe": _describe, "view": _views, "report": _report, "prefix": _prefix}


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
