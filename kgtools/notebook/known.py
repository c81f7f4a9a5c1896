"""What completion knows: the terms of the snapshot that would be asked, read once, and the questions and views."""

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from kgtools.build import snapshot_folder
from kgtools.errors import KgError
from kgtools.notebook.session import Session
from kgtools.resolve.begun import Begun
from kgtools.resolve.labelled import begun_in, begun_in_ontology

_UNREADABLE = (KgError, OSError, ValueError, SyntaxError)  # replaced just now by a build, or damaged
PATIENCE = 0.5  # seconds that the first completion waits for the terms; whoever asks again later has them


@dataclass(frozen=True, slots=True)
class Known:
    """What can be completed; of the terms nothing while they are being read, or where there is no snapshot."""

    terms: Begun | None = None
    views: tuple[str, ...] = ()
    questions: Path | None = None

    def elsewhere(self) -> "Known":
        """The same where other data are asked, of which no term is known."""
        return replace(self, terms=None)


class Shelf:
    """The terms of the snapshots that were asked, each read once and again after a new build."""

    def __init__(self) -> None:
        self._stamps: dict[str, tuple[object, str, tuple[str, ...]]] = {}
        self._readings: dict[str, _Reading] = {}

    def of(self, session: Session, *, patient: bool = True) -> Known:
        """What is known of the session's snapshot; without one, the terms of the ontology."""
        questions = session.project.ontology / "questions"
        try:
            folder = snapshot_folder(session.build)
            digest, views = self._manifest(folder)
        except (KgError, OSError, ValueError, KeyError):
            terms = self._reading(str(session.project.root), lambda: begun_in_ontology(session.project), patient)
            return Known(terms, (), questions)
        terms = self._reading(f"{folder} {digest}", lambda: begun_in(folder), patient)
        return Known(terms, views, questions)

    def _manifest(self, folder: Path) -> tuple[str, tuple[str, ...]]:
        path = folder / "manifest.json"
        found = path.stat()
        stamp = (found.st_mtime_ns, found.st_ino, found.st_size)
        if self._stamps.get(str(folder), (None,))[0] != stamp:
            manifest = json.loads(path.read_bytes())
            self._stamps[str(folder)] = stamp, manifest["snapshot"], tuple(sorted(manifest["views"]))
            kept = f"{folder} {manifest['snapshot']}"
            self._readings = {k: r for k, r in self._readings.items() if k == kept or not k.startswith(f"{folder} ")}
        _, digest, views = self._stamps[str(folder)]
        return digest, views

    def _reading(self, key: str, read: Callable[[], Begun], patient: bool) -> Begun | None:
        known = self._readings.get(key)
        if known is None or known.failed:
            known = self._readings[key] = _Reading(read)
        return known.terms(patient)


class _Reading:
    """Terms that are read in a thread of their own, so that no completion waits for long."""

    def __init__(self, read: Callable[[], Begun]) -> None:
        self.failed = False
        self._read, self._patience = read, PATIENCE
        self._terms: Begun | None = None
        self._thread = threading.Thread(target=self._run, name="terms for completion", daemon=True)
        self._thread.start()

    def terms(self, patient: bool) -> Begun | None:
        """The terms; None if they are not there yet, or cannot be read. Only the first who is patient waits."""
        if patient:
            self._thread.join(self._patience)
            self._patience = 0.0
        return self._terms

    def _run(self) -> None:
        try:
            self._terms = self._read()
        except _UNREADABLE:
            self.failed = True
