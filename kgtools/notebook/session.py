"""A project's snapshot, open for questions from Python."""

import argparse
import hashlib
import tempfile
import time
from collections.abc import Mapping
from datetime import date
from pathlib import Path

from rdflib import Graph, URIRef

from kgtools.asking import INQUIRIES, compared, scope_of, sections_text
from kgtools.build import snapshot_folder
from kgtools.errors import UsageError
from kgtools.evidence import labels
from kgtools.model import Answer, Project, Scope, Term
from kgtools.notebook.answered import Answered
from kgtools.notebook.arguments import diff_parser, inquiry_parser, parsed
from kgtools.notebook.shown import Text
from kgtools.questions import Question, ask, find_question, read_questions
from kgtools.report import report
from kgtools.sources import find_project
from kgtools.store import Store
from kgtools.store.elsewhere import ask_endpoint, is_endpoint, quads_of_files, quads_of_graph, write_snapshot
from kgtools.zerorows import zero_rows, zero_rows_lines

MOST_OTHERS = 4  # graphs and files besides the snapshot that stay open


class Session:
    """The snapshot of a project, open for questions; one store a view, opened when first asked."""

    def __init__(self, root: Path | str = ".", build: Path | str | None = None) -> None:
        self.project: Project = find_project(Path(root))
        self.build = Path(build) if build else self.project.root / "build"
        self._stores: dict[tuple[str, Scope], Store] = {}
        self._others: dict[str, tuple[Store, tempfile.TemporaryDirectory[str]]] = {}  # by the hash of what they hold

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
        return self.ask_with(name, params, view=view, scope=scope, timeout=timeout)

    def ask_with(
        self, name: str, given: Mapping[str, str], *, view: str, scope: Scope | None, timeout: float | None
    ) -> Answered:
        """The same with the parameters in one mapping, whatever they are called."""
        question = find_question(self.project.ontology / "questions", name)
        store, began = self._store(view, timeout, scope), time.perf_counter()
        return self._answered(store, ask(store, question, given), question.summary, began)

    def sparql(
        self,
        text: str,
        *,
        view: str = "all",
        scope: Scope | None = None,
        timeout: float | None = None,
        bindings: dict[str, Term] | None = None,
        on: Graph | Path | str | None = None,
    ) -> Answered:
        """The answer to a query within a scope, with variables of its SELECT clause bound to terms.

        *on* asks other data instead: an rdflib Graph, a path or pattern of RDF files, or the address of an endpoint. Of
        such an answer nothing is known of claims.
        """
        if on is not None:
            if view != "all" or scope not in (None, Scope()):
                raise UsageError("a view and a scope are of the snapshot; leave out either them or the other data")
            return self._asked_elsewhere(on, text, timeout, bindings)
        store, began = self._store(view, timeout, scope), time.perf_counter()
        return self._answered(store, store.query(text, bindings, timeout=timeout), "a query of one's own", began)

    def diff(self, text: str) -> Text:
        """What differs between two snapshots, build folders or git revisions: `HEAD~1 build --answers`."""
        options = parsed(diff_parser(), text)
        return Text(compared(self.project, options)) if options else Text("")

    def inquire(self, text: str) -> Text:
        """What an inquiry tells, written as for the command line: `contested actor:algeria --as-of 2024`."""
        options = parsed(inquiry_parser(), text)
        return self.told(options) if options else Text("")

    def told(self, options: argparse.Namespace) -> Text:
        """What the inquiry tells that the arguments name."""
        told = INQUIRIES[options.verb].tell(self._store(options.view, options.timeout, scope_of(options)), options)
        return Text("\n".join(filter(None, (told.text, told.note))))

    def report(self, day: date | None = None) -> Text:
        """What the data look like: claims per source, perspective, topic and year, and what is lacking."""
        return Text(sections_text(report(self._store("all", None), day or date.today())))

    def close(self) -> None:
        """End the workers."""
        for store in self._stores.values():
            store.close()
        for digest in list(self._others):
            self._forget(digest)

    def _forget(self, digest: str) -> None:
        store, folder = self._others.pop(digest)
        store.close()
        folder.cleanup()

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

    def _asked_elsewhere(
        self, on: Graph | Path | str, text: str, timeout: float | None, bindings: dict[str, Term] | None
    ) -> Answered:
        if isinstance(on, str) and is_endpoint(on):
            began = time.perf_counter()
            answer = ask_endpoint(on, text, bindings, timeout=timeout or 30.0)
            return Answered(answer, f"a query of {on}", {}, None, seconds=time.perf_counter() - began)
        quads = quads_of_graph(on) if isinstance(on, Graph) else quads_of_files(str(on))
        digest = hashlib.sha256(quads).hexdigest()
        if digest not in self._others:
            if len(self._others) == MOST_OTHERS:  # each holds a process
                self._forget(next(iter(self._others)))
            folder = tempfile.TemporaryDirectory(prefix="kg-other-")
            self._others[digest] = Store.open(write_snapshot(quads, Path(folder.name))), folder
        (store, _), began = self._others[digest], time.perf_counter()
        answer = store.query(text, bindings, timeout=timeout)
        seconds = time.perf_counter() - began
        things = {term for row in answer.rows for term in row if isinstance(term, URIRef)}
        return Answered(answer, "a query of other data", labels(store, things), None, seconds=seconds)

    def _answered(self, store: Store, answer: Answer, title: str, began: float) -> Answered:
        seconds = time.perf_counter() - began
        things = {term for row in answer.rows for term in row if isinstance(term, URIRef)}
        return Answered(answer, title, labels(store, things), store, _emptiness(store, answer), seconds)


def _emptiness(store: Store, answer: Answer) -> str:
    """Why a SELECT has no rows."""
    if answer.rows or answer.boolean is not None or answer.triples is not None:
        return ""
    found = zero_rows(store, answer)
    return zero_rows_lines(found) if found else "no rows"
