"""What the page for queries offers: the names that a snapshot has, and the questions of its project, as JSON."""

import gzip
import hashlib
import json
import re
from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from kgtools.errors import KgError, StoreError
from kgtools.guard import tokenize
from kgtools.model import Project
from kgtools.names import PREFIXES, shorten
from kgtools.questions import Question, read_questions
from kgtools.resolve.begun import Entry
from kgtools.resolve.labelled import entries_in

MOST = 20_000  # names that a page can take in at once; what is left out is counted
_FIRST = ("class", "property")
_UNNAMED = "claim"  # whose names say nothing


@dataclass(frozen=True, slots=True)
class Document:
    """A JSON document, as it is and packed, with a name of what is in it."""

    body: bytes
    packed: bytes
    tag: str


class Offered:
    """What can be offered of one snapshot and the questions of its project; each is read once."""

    def __init__(self, project: Project, snapshot: Path) -> None:
        """Nothing is read before it is asked for."""
        self._project, self._snapshot = project, snapshot

    @cached_property
    def manifest(self) -> dict[str, dict[str, dict[str, int]]]:
        """What the build says of the snapshot."""
        try:
            found = json.loads((self._snapshot / "manifest.json").read_bytes())
        except (OSError, ValueError):
            raise StoreError(f"{self._snapshot} holds no readable snapshot; run kg build") from None
        return dict(found)

    @cached_property
    def kinds(self) -> Counter[str]:
        """How many things of each kind have a name."""
        return Counter(entry.kind for entry in self._entries)

    @cached_property
    def questions_asked(self) -> list[Question]:
        """The questions; none where their files cannot be read, of which `kg check` tells."""
        try:
            return list(read_questions(self._project.ontology / "questions").values())
        except KgError:
            return []

    @cached_property
    def terms(self) -> Document:
        """Prefixes, views, and each name with its kind and labels; classes and properties before all else."""
        entries = [entry for entry in self._entries if entry.kind != _UNNAMED]
        entries.sort(key=lambda entry: entry.kind not in _FIRST)
        kinds = sorted({entry.kind for entry in entries[:MOST]})
        return _document(
            {
                "snapshot": self.manifest["snapshot"],
                "prefixes": dict(PREFIXES),
                "views": sorted(self.manifest["views"]),
                "kinds": kinds,
                "terms": [_row(entry, kinds) for entry in entries[:MOST]],
                "left_out": len(entries[MOST:]),
            }
        )

    @cached_property
    def questions(self) -> Document:
        """The questions, each with its query in three parts: values of its parameters stand between them."""
        return _document([_asked(question) for question in self.questions_asked])

    @cached_property
    def _entries(self) -> list[Entry]:
        try:
            return entries_in(self._snapshot)
        except OSError as error:
            raise StoreError(f"{self._snapshot} cannot be read ({error.strerror}); run kg build") from None


def parted(query: str) -> tuple[str, str, str]:
    """The query up to the inside of its outermost group, that inside, and the rest."""
    start, braces, brackets = -1, 0, 0
    for token in tokenize(query):
        brackets += {"(": 1, ")": -1}.get(token.text, 0)
        if start < 0 and token.text == "{" and not brackets:
            start = token.start + 1
        braces += {"{": 1, "}": -1}.get(token.text, 0) if start >= 0 else 0
        if start >= 0 and not braces:
            end = len(query[: token.start].rstrip())
            return query[:start], query[start:end], query[end:]
    return query, "", ""


def is_made(name: str, inside: str) -> bool:
    """Whether the group itself makes the variable, so that its value has to stand behind that."""
    return re.search(rf"(?i)\bAS\s+[?$]{name}\b", inside) is not None


def _row(entry: Entry, kinds: list[str]) -> list[str | int]:
    return [shorten(entry.iri), kinds.index(entry.kind), *entry.labels]


def _asked(question: Question) -> dict[str, object]:
    query = "".join(line for line in question.text.splitlines(keepends=True) if not line.startswith("#+"))
    parts = parted(query)
    return {
        "name": question.name,
        "summaries": dict(question.summaries),
        "tags": list(question.tags),
        "history": question.history,
        "params": [
            {part: getattr(one, part) for part in ("name", "type", "summary", "default", "follows")}
            | {"made": is_made(one.name, parts[1])}
            for one in question.params
        ],
        "query": parts,
    }


def _document(value: object) -> Document:
    body = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
    return Document(body, gzip.compress(body, mtime=0), hashlib.sha256(body).hexdigest()[:32])
