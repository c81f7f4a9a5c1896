"""A release of a snapshot: every form, what describes it, what has changed, and a list of hashes, as one folder."""

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from kgtools import __version__
from kgtools.describe import (
    Described,
    Edition,
    Written,
    dcat_triples,
    prov_triples,
    sha256,
    sssom,
    void_triples,
    written_turtle,
)
from kgtools.diff import json_lines, rdf_patch
from kgtools.errors import UsageError
from kgtools.export import FORMS, Contents, Form, turtle
from kgtools.files import read_bytes, write_folder
from kgtools.model import Project
from kgtools.questions import Question, question_triples, read_questions
from kgtools.release import places
from kgtools.release.notes import first_notes, release_notes
from kgtools.release.ontology import ontology_triples
from kgtools.release.papers import citation_file, readme, sums
from kgtools.release.places import Prior, delta_path
from kgtools.sources import turtle_files


def release_files(
    project: Project, snapshot: Path, edition: Edition, prior: Prior | None = None, endpoint: str | None = None
) -> dict[str, bytes]:
    """Every file of the release by its path; equal bytes for an equal project, snapshot and edition.

    The snapshot must be the one that the project builds to: the provenance says so.
    """
    data = Described(Contents(snapshot))
    papers = {  # first, since what is missing is then said before the exports are made
        places.CITATION: citation_file(project.root / places.CITATION, edition, data.contents.snapshot),
        places.LICENCE: read_bytes(project.root / places.LICENCE),
    }
    questions = list(read_questions(project.ontology / "questions").values())
    written = [_written(data.contents, name, form) for name, form in FORMS.items()]
    files = {path: content for one in written for path, content in one.files.items()}
    whole = _data_path(written)
    files |= _described(project, data, edition, written, endpoint)
    files |= papers | {
        places.QUESTIONS: turtle(question_triples(questions, endpoint)).encode(),
        places.ONTOLOGY: turtle(ontology_triples(data.contents.read("ontology.nq"), edition)).encode(),
        places.WITHDRAWN: data.contents.read("withdrawn.nq"),
        places.NOTES: _notes(data, edition, prior, files[whole], questions).encode(),
        places.README: readme(edition, data.contents.snapshot, written, whole).encode(),
        places.MANIFEST: _manifest(edition, data.contents, written, files[whole]),
    }
    if prior:
        files[delta_path(prior.version, places.PATCH)] = rdf_patch(prior.data, files[whole])
        files[delta_path(prior.version, places.LINES)] = json_lines(prior.data, files[whole])
    return files | {places.SUMS: sums(files)}


def write_release(place: Path, files: Mapping[str, bytes]) -> None:
    """Write a release whole or not at all; UsageError where there is anything but this very release."""
    if place.exists() and not place.is_dir():
        raise UsageError(f"{place} is a file; name a folder for the release")
    there = [path for path in place.rglob("*") if path.is_file()] if place.exists() else []
    same = {path.relative_to(place).as_posix(): path for path in there}
    if same.keys() == files.keys() and all(path.read_bytes() == files[name] for name, path in same.items()):
        return
    if there:
        raise UsageError(
            f"{place} holds other content, and what was released stays; name a new folder and a new version"
        )
    write_folder(place, files)


def _written(contents: Contents, name: str, form: Form) -> Written:
    made = form.write(contents)
    if isinstance(made, bytes):
        path = f"{places.EXPORTS}/{name}.{form.extension}"
        return Written(name, form.what, form.media, path, {path: made}, form.loses)
    path = f"{places.EXPORTS}/{name}"
    files = {f"{path}/{inner}": content for inner, content in sorted(made.items())}
    return Written(name, form.what, form.media, path, files, form.loses)


def _data_path(written: Iterable[Written]) -> str:
    return next(one.path for one in written if one.form == places.DATA)


def _described(
    project: Project, data: Described, edition: Edition, written: Iterable[Written], endpoint: str | None
) -> dict[str, bytes]:
    return {
        places.VOID: written_turtle(void_triples(data, endpoint)),
        places.DCAT: written_turtle(dcat_triples(data, edition, written)),
        places.PROV: written_turtle(prov_triples(edition, data.contents.snapshot, _curated(project))),
        places.MAPPINGS: sssom(data, edition),
    }


def _curated(project: Project) -> dict[str, str]:
    """The SHA-256 of each curated file by its path in the project, wherever that lies."""
    return {_shown(project, path): sha256(read_bytes(path)) for path in turtle_files(project)}


def _shown(project: Project, path: Path) -> str:
    folders = (project.root, project.ontology.parent, project.graph.parent)
    return next(path.relative_to(folder).as_posix() for folder in folders if path.is_relative_to(folder))


def _notes(data: Described, edition: Edition, prior: Prior | None, whole: bytes, questions: list[Question]) -> str:
    if prior:
        return release_notes(edition, prior, whole, questions)
    contents = data.contents
    counts = {
        "claims that stand": len(contents.claims) - len(contents.withdrawn),
        "claims that were taken back, corrected or withdrawn": len(contents.withdrawn),
        "named graphs of sources": len(data.sources),
        "facts of the view all": len(contents.facts),
        "triples that follow from them": len(contents.inferred),
        "questions": len(questions),
    }
    return first_notes(edition, counts)


def _manifest(edition: Edition, contents: Contents, written: Sequence[Written], whole: bytes) -> bytes:
    about = {
        "version": edition.version,
        "date": edition.date,
        "prior": edition.prior,
        "url": edition.url,
        "snapshot": contents.snapshot,
        "data": _data_path(written),
        "data_sha256": sha256(whole),
        "software": f"kg {__version__}",
        "forms": [
            {"form": one.form, "what": one.what, "media": one.media, "path": one.path, "loses": one.loses}
            for one in written
        ],
    }
    return (json.dumps(about, ensure_ascii=False, indent=2) + "\n").encode()
