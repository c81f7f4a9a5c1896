"""What people read first: the README of a release, how to cite it, and the list of its files' hashes."""

from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path

import yaml

from kgtools.cite import TITLE
from kgtools.describe import Edition, Written, sha256
from kgtools.errors import SourceError
from kgtools.files import read_bytes
from kgtools.release.places import (
    CITATION,
    DATA,
    DCAT,
    LICENCE,
    LINES,
    MAPPINGS,
    NOTES,
    ONTOLOGY,
    PATCH,
    PROV,
    QUESTIONS,
    SUMS,
    VOID,
    WITHDRAWN,
    delta_path,
)

_WHAT = {
    NOTES: "what has changed since the release before",
    CITATION: "how to cite this release",
    LICENCE: "the licence of the data, CC BY 4.0",
    VOID: "what is in the dataset, counted (VoID), and each named graph",
    DCAT: "the release as a catalogue lists it (DCAT 3): each form with its size, SHA-256 and licence",
    WITHDRAWN: "what was taken back, corrected or withdrawn: quads of the N-Quads that stand no longer",
    PROV: "the curated files that the snapshot was built from, with their hashes (PROV)",
    ONTOLOGY: "the ontology in one document, with the version of this release",
    QUESTIONS: "the question library as SPARQL in RDF (SHACL)",
    MAPPINGS: "every mapping to other vocabularies (SSSOM)",
    "release.json": "version, snapshot and files, for programs",
    SUMS: "the SHA-256 of every other file",
}


def readme(edition: Edition, snapshot: str, written: Iterable[Written], data: str) -> str:
    """What each file is and what it loses, and how to verify the whole."""
    lines = [
        f"# {TITLE} {edition.version}",
        "",
        f"A release{f' of {edition.date}' if edition.date else ''}, made from snapshot `{snapshot}`. Data: CC BY 4.0.",
        "A claim is what a source says, not a fact; where a form has facts, they are those of the view `all`.",
        "",
        "| File | What it is | What it loses |",
        "|---|---|---|",
    ]
    lines += [_row(f"{one.path}{'' if one.path in one.files else '/'}", one.what, one.loses) for one in written]
    lines += [_row(name, what, "") for name, what in _WHAT.items()]
    lines += [_row(path, what, "") for path, what in _deltas(edition).items()]
    lines += [
        "",
        f"`sha256sum -c {SUMS}`, in this folder, verifies every file; `kg release --check FOLDER` its counts and deltas"
        " too. The ontology in the exports keeps the version that it is curated under;"
        f" `{ONTOLOGY}` has that of the release, in one document that imports nothing.",
        *_update(edition, data),
    ]
    return "\n".join([*lines, ""])


def citation_file(path: Path, edition: Edition, snapshot: str) -> bytes:
    """The project's CITATION.cff with the version, day and snapshot of the release."""
    try:
        about = yaml.safe_load(read_bytes(path))
    except yaml.YAMLError:
        about = None
    if not isinstance(about, dict) or "cff-version" not in about:
        raise SourceError(path, "is no citation file; begin it with cff-version: 1.2.0")
    about |= {
        "message": "If you use this release, please cite it as below.",
        "version": edition.version,
        "date-released": date.fromisoformat(edition.date) if edition.date else None,
        "identifiers": [
            {"type": "other", "value": f"sha256:{snapshot}", "description": "The snapshot that it was made from."}
        ],
        "url": edition.url,
    }
    kept = {key: value for key, value in about.items() if value is not None}
    return yaml.safe_dump(kept, sort_keys=False, allow_unicode=True, width=120).encode()


def sums(files: Mapping[str, bytes]) -> bytes:
    """The SHA-256 of each file as `sha256sum` lists them."""
    return "".join(f"{sha256(content)}  {path}\n" for path, content in sorted(files.items())).encode()


def _deltas(edition: Edition) -> dict[str, str]:
    if edition.prior is None:
        return {}
    return {
        delta_path(edition.prior, PATCH): f"what leads here from {edition.prior}, quad by quad (RDF Patch)",
        delta_path(edition.prior, LINES): f"the same with claims and fields named (JSON lines), from {edition.prior}",
    }


def _update(edition: Edition, data: str) -> list[str]:
    if edition.prior is None:
        return []
    patch = delta_path(edition.prior, PATCH)
    return [
        "",
        f"Who has `{data}` of {edition.prior} needs only `{patch}`:"
        f" `kg apply {patch} OLD.nq -o NEW.nq` writes the `{DATA}` of this release, byte for byte.",
    ]


def _row(path: str, what: str, loses: str) -> str:
    return f"| `{path}` | {_cell(what)} | {_cell(loses)} |"


def _cell(text: str) -> str:
    return text.replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;").replace("\n", " ")
