"""The snapshot as a site that needs no server: a page for each IRI, with its Turtle and JSON-LD beside it."""

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from kgtools.errors import StoreError
from kgtools.model import Project

if TYPE_CHECKING:
    from kgtools.questions import Question
    from kgtools.site.shell import Shell

__all__ = ["SITE", "Site", "write_site"]

SITE = "site"
PROCESSES = 2  # that write the pages of IRIs, beside this one, which asks the questions


@dataclass(frozen=True, slots=True)
class Site:
    """What was written: the start page, and how many IRIs, questions, files and bytes."""

    start: Path
    iris: int
    questions: int
    files: int
    bytes: int


def write_site(project: Project, snapshot: Path, out: Path, processes: int = PROCESSES) -> Site:
    """Write the site of the snapshot in *snapshot* to `out/site`; equal bytes for an equal snapshot and questions.

    It is written beside the last one and takes its place when it is whole; what stops before leaves the last one.
    """
    from kgtools.files import replacing
    from kgtools.site.written import uncollected

    place = out / SITE
    with replacing(place) as folder:
        shares = [_started(snapshot, folder, number, processes) for number in range(processes)]
        try:
            with uncollected():
                iris, questions, own = _write_others(project, snapshot, folder)
            written = [own, *map(_finish, shares)]
        finally:
            for share in shares:
                share.kill()
                share.wait()
    files, size = map(sum, zip(*written, strict=True))
    return Site(place / "index.html", iris, questions, files, size)


def _started(snapshot: Path, folder: Path, number: int, of: int) -> "subprocess.Popen[bytes]":
    """A process that writes one share of the pages of IRIs."""
    command = [sys.executable, "-m", "kgtools.site.share", str(snapshot), str(folder), str(number), str(of)]
    return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def _finish(share: "subprocess.Popen[bytes]") -> tuple[int, int]:
    """How many files and bytes the process wrote."""
    said, wrong = share.communicate()
    if share.returncode:
        last = (wrong.decode(errors="replace").strip().splitlines() or ["no word of why"])[-1]
        raise StoreError(f"a process that writes the site ended with {share.returncode}: {last}; run kg build again")
    files, size = map(int, said.split())
    return files, size


def _write_others(project: Project, snapshot: Path, folder: Path) -> tuple[int, int, tuple[int, int]]:
    """Write the pages of questions and terms, the start page and the lists; count IRIs, questions, files and bytes."""
    from kgtools.questions import read_questions
    from kgtools.site.paths import Paths
    from kgtools.site.read import Known
    from kgtools.site.said import Record
    from kgtools.site.shell import Shell
    from kgtools.site.written import Folder

    record = Record(Known(snapshot))
    iris = record.known.iris
    shell, out = Shell(record, Paths(iris)), Folder(folder)
    questions = list(read_questions(project.ontology / "questions").values())
    for path, text in _others(shell, snapshot, questions):
        out.write(path, text)
    return len(iris), len(questions), (out.files, out.bytes)


def _others(shell: "Shell", snapshot: Path, questions: "list[Question]") -> Iterator[tuple[str, str]]:
    from kgtools.site.answers import question_pages
    from kgtools.site.start import Start
    from kgtools.site.terms import term_pages
    from kgtools.store import Store

    with Store.open(snapshot, remember=True) as store:
        yield from question_pages(shell, store, questions)
    yield from term_pages(shell, questions)
    yield from Start(shell, questions).pages()
