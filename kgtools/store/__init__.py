"""Ask a snapshot: SPARQL in a worker process with a deadline and a memory limit; rdflib terms come back."""

import hashlib
import json
import os
import select
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from rdflib import XSD, BNode, Literal, URIRef

from kgtools.errors import QuestionError, StoreError
from kgtools.guard import check_query, tokenize
from kgtools.model import Answer, Scope, Term
from kgtools.names import PREFIXES
from kgtools.store.wording import check_prefixes, near, syntax_message
from kgtools.views import scope_words

if TYPE_CHECKING:
    from kgtools.columns import Selection

__all__ = ["Store"]

_WORKER = Path(__file__).with_name("worker.py")
_OUT_OF_MEMORY = (77, -6)  # the worker's own word, and the engine's abort


class Store:
    """An open snapshot under one view. The default graph holds every triple once; the named graphs are as built.

    Use it in a `with` block. A query that is stopped takes its worker along; the next one starts a new worker.
    """

    def __init__(self, folder: Path, view: str, manifest: dict, timeout: float, memory_mb: int) -> None:  # type: ignore[type-arg]
        self.folder, self.view, self.timeout, self.memory_mb = folder, view, timeout, memory_mb
        self.snapshot: str = manifest["snapshot"]
        self.rule, self.scope = view, Scope()
        names = ("ontology.nq", "reference.nq", "claims.nq", "scenarios.nq", f"views/{view}.nq")
        self._digests: dict[str, str] = {name: entry["sha256"] for name, entry in manifest["files"].items()}
        self._files = {name: (str(folder / name), self._digests[name]) for name in names}
        self._scoped: tempfile.TemporaryDirectory[str] | None = None
        self._worker: subprocess.Popen[bytes] | None = None
        self._history: Store | None = None
        self._selection: Selection | None = None
        self._has_graphs = False
        self.remembered: dict[str, dict[Term | None, list[tuple[Term | None, ...]]]] | None = None

    @classmethod
    def open(
        cls,
        folder: Path,
        view: str = "all",
        *,
        scope: Scope | None = None,
        timeout: float = 30.0,
        memory_mb: int = 4096,
        remember: bool = False,
    ) -> "Store":
        """The snapshot in *folder* under *view*, with a deadline in seconds and a memory limit for each query.

        With a *scope* only the claims within it exist; the view's rule is applied to these alone. With *remember* what
        evidence looks up of a thing is kept, for whoever traces many answers of one snapshot.
        """
        try:
            manifest = json.loads((folder / "manifest.json").read_bytes())
            views = sorted(manifest["views"])
        except (OSError, ValueError, KeyError):
            raise StoreError(f"{folder} holds no readable snapshot; run kg build") from None
        if view not in views:
            raise QuestionError(f"there is no view {view!r}; the views are {', '.join(views)}{near(view, views)}")
        store = cls(folder, view, manifest, timeout, memory_mb)
        store.remembered = {} if remember else None
        if scope is not None and scope != Scope():
            store._narrow(scope)
        return store

    def query(self, text: str, bindings: Mapping[str, Term] | None = None, *, timeout: float | None = None) -> Answer:
        """The answer to a query that the guard lets pass, with variables of its SELECT clause bound to terms.

        QuestionError where the query is wrong, StoreError where it cannot be finished.
        """
        check_query(text)
        check_prefixes(text)
        bindings = dict(bindings or {})
        reply = self._ask(
            {"query": text, "prefixes": dict(PREFIXES), "bindings": {n: _plain(t) for n, t in bindings.items()}},
            self.timeout if timeout is None else timeout,
            graphs=any(token.kind == "word" and token.text.upper() == "GRAPH" for token in tokenize(text)),
        )
        if "syntax" in reply:
            raise QuestionError(syntax_message(text, reply["syntax"]))
        if "error" in reply:
            raise QuestionError(f"the engine refuses the query: {reply['error']}")
        return Answer(
            text,
            columns=tuple(reply.get("columns", ())),
            rows=tuple(tuple(map(_term, row)) for row in reply.get("rows", ())),
            boolean=reply.get("boolean"),
            triples=tuple(tuple(map(_term, t)) for t in reply["triples"]) if "triples" in reply else None,  # type: ignore[misc]
            bindings=bindings,
            view=self.view,
            snapshot=self.snapshot,
            history=self.scope.include_retracted,
        )

    @property
    def files(self) -> list[tuple[str, str]]:
        """The N-Quads files that a worker loads, by path, with the SHA-256 of each."""
        return list(self._files.values())

    def read(self, name: str) -> bytes:
        """One of the files that it holds, such as claims.nq; within a scope the one made for it."""
        return _as_built(*self._files[name])

    def whole(self, name: str) -> bytes:
        """One of the snapshot's own files, which no scope narrows."""
        return _as_built(str(self.folder / name), self._digests[name])

    def selection(self) -> "Selection":
        """What the store holds of claims and facts, in columns; made when first asked for."""
        if self._selection is None:
            from kgtools.ondemand import selection_in

            self._selection = selection_in(self.folder, self.rule, self.scope)
        return self._selection

    def with_history(self) -> "Store":
        """The same store with what was taken back, corrected or withdrawn; itself if it has that already."""
        if self.scope.include_retracted:
            return self
        if self._history is None:
            scope = replace(self.scope, include_retracted=True)
            self._history = Store.open(
                self.folder,
                self.rule,
                scope=scope,
                timeout=self.timeout,
                memory_mb=self.memory_mb,
                remember=self.remembered is not None,
            )
        return self._history

    def _narrow(self, scope: Scope) -> None:
        """Put files made for the scope in the place of the snapshot's."""
        from kgtools.ondemand import scoped_files

        self._scoped = tempfile.TemporaryDirectory(prefix="kg-view-")
        for name, data in scoped_files(self.folder, self.view, scope).items():
            path = Path(self._scoped.name) / name.replace("/", "-")
            path.write_bytes(data)
            self._files[name] = (str(path), hashlib.sha256(data).hexdigest())
        self.scope, self.view = scope, f"{self.view}, {scope_words(scope)}"

    def close(self) -> None:
        """End the worker."""
        if self._history is not None:
            self._history.close()
        if self._worker is not None:
            self._worker.kill()
            self._worker.communicate()
            self._worker = None

    def __enter__(self) -> "Store":
        """The store itself."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Close."""
        self.close()

    def __del__(self) -> None:
        """Leave no process behind."""
        if getattr(self, "_worker", None) is not None:
            self.close()

    def _ask(self, request: dict, timeout: float, *, graphs: bool) -> dict:  # type: ignore[type-arg]
        finished = False
        try:
            if self._worker is None:
                self._worker, self._has_graphs = _start(), False
                self._load({"files": self.files, "memory_mb": self.memory_mb})
            if graphs and not self._has_graphs:
                self._load({"graphs": self.files})
                self._has_graphs = True
            reply = self._exchange(request, time.monotonic() + timeout)
            finished = True
        except TimeoutError:
            raise StoreError(f"the query was stopped after {timeout:g} seconds; narrow it or allow more time") from None
        finally:
            # Whatever came between, Ctrl-C too: a worker in an unknown state is not asked again.
            if not finished:
                self.close()
        return reply

    def _load(self, request: dict) -> None:  # type: ignore[type-arg]
        loaded = self._exchange(request, time.monotonic() + 600)
        if "error" in loaded:
            raise StoreError(f"the snapshot cannot be opened: {loaded['error']}")

    def _exchange(self, request: dict, deadline: float) -> dict:  # type: ignore[type-arg]
        worker = self._worker
        assert worker is not None and worker.stdin is not None and worker.stdout is not None  # noqa: PT018
        try:
            worker.stdin.write(json.dumps(request).encode() + b"\n")
            worker.stdin.flush()
        except BrokenPipeError:
            raise StoreError(_died(worker)) from None
        parts: list[bytes] = []
        while not parts or not parts[-1].endswith(b"\n"):
            ready, _, _ = select.select([worker.stdout], [], [], max(0.0, deadline - time.monotonic()))
            if not ready:
                raise TimeoutError
            part = os.read(worker.stdout.fileno(), 1 << 20)
            if not part:
                raise StoreError(_died(worker))
            parts.append(part)
        return json.loads(b"".join(parts))  # type: ignore[no-any-return]


def _as_built(path: str, digest: str) -> bytes:
    """The file's bytes; StoreError if they are not those of the digest, as after a build into the folder."""
    data = Path(path).read_bytes() if Path(path).is_file() else b""
    if hashlib.sha256(data).hexdigest() != digest:
        raise StoreError(f"{path} is not the file that its manifest names; run kg build to mend it, and open it anew")
    return data


def _start() -> "subprocess.Popen[bytes]":
    # In a session of its own, so that Ctrl-C reaches the parent alone, which then decides.
    # -I keeps the caller's folder off the import path.
    return subprocess.Popen(
        [sys.executable, "-I", str(_WORKER)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        bufsize=0,
    )


def _died(worker: "subprocess.Popen[bytes]") -> str:
    code = worker.wait(5)
    if code in _OUT_OF_MEMORY:
        return "the query needed more memory than it may have; narrow it"
    return f"the query brought the engine down (exit code {code}); simplify it"


def _plain(term: Term) -> object:
    if isinstance(term, Literal):
        datatype = str(term.datatype or ("" if term.language else XSD.string))
        return ["l", str(term), term.language, datatype]
    return ["b", str(term)] if isinstance(term, BNode) else str(term)


def _term(plain: object) -> Term | None:
    if plain is None:
        return None
    if isinstance(plain, str):
        return URIRef(plain)
    if not isinstance(plain, list):
        raise StoreError(f"the worker sent {plain!r}, which is no term")
    if plain[0] == "b":
        return BNode(plain[1])
    _, value, language, datatype = plain
    if language:
        return Literal(value, lang=language)
    return Literal(value) if datatype == str(XSD.string) else Literal(value, datatype=URIRef(datatype), normalize=False)
