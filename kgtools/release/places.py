"""Where things lie in a release, and what is read back of one that was written before."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from kgtools.describe import sha256
from kgtools.errors import SourceError, UsageError
from kgtools.files import read_bytes

MANIFEST, SUMS = "release.json", "SHA256SUMS"
NOTES, README, CITATION, LICENCE = "RELEASE-NOTES.md", "README.md", "CITATION.cff", "LICENSE-DATA"
VOID, DCAT, PROV = "void.ttl", "dcat.ttl", "prov.ttl"
ONTOLOGY, QUESTIONS, MAPPINGS = "ontology.ttl", "questions.ttl", "mappings.sssom.tsv"
WITHDRAWN = "withdrawn.nq"
EXPORTS, DELTA = "exports", "delta"
DATA = "nquads"  # the form that deltas lead from and to
PATCH, LINES = ".rdfp", ".jsonl"
_SEMANTIC = re.compile(r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(-[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Prior:
    """A release that was written before: its version, its snapshot's hash and its whole dataset."""

    version: str
    snapshot: str
    data: bytes


def check_version(version: str) -> None:
    """UsageError unless it is a semantic version or a day."""
    if not _SEMANTIC.fullmatch(version) and not _is_day(version):
        raise UsageError(
            f"{version!r} is no version; write one such as 1.2.0, 1.2.0-beta.1 or a day such as 2026-11-24"
        )


def check_date(day: str | None) -> None:
    """UsageError unless it is a day, or none is given."""
    if day is not None and not _is_day(day):
        raise UsageError(f"--date {day!r} is no day; write one such as 2026-11-24")


def delta_path(prior: str, ending: str) -> str:
    """Where the delta from the release before lies."""
    return f"{DELTA}/from-{prior}{ending}"


def read_prior(folder: Path) -> Prior:
    """The release in a folder; SourceError if it is none, or if its data are not those that it names."""
    manifest = read_manifest(folder)
    path = folder / str(manifest["data"])
    data = read_bytes(path)
    if sha256(data) != manifest["data_sha256"]:
        raise SourceError(path, f"is not the file that {MANIFEST} names; take that release anew")
    return Prior(str(manifest["version"]), str(manifest["snapshot"]), data)


def read_manifest(folder: Path) -> Mapping[str, object]:
    """What a release says of itself."""
    path = folder / MANIFEST
    try:
        found = json.loads(path.read_bytes())
        whole = all(isinstance(found[key], str) for key in ("data", "data_sha256", "snapshot", "version"))
        whole = whole and not found["data"].startswith("/") and ".." not in found["data"].split("/")
        for version in filter(None, (found["version"], found.get("prior"))):
            check_version(version)
    except (OSError, ValueError, LookupError, TypeError, UsageError):
        whole = False
    if not whole:
        raise SourceError(path, "says nothing of a release; name a folder that kg release wrote")
    manifest: Mapping[str, object] = found
    return manifest


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
