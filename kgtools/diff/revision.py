"""The snapshot of a git revision: its curated files taken out beside the user's tree and built by this code."""

import io
import os
import shutil
import subprocess
import tarfile
import tempfile
from pathlib import Path

from kgtools.build import SNAPSHOT, build
from kgtools.errors import InvalidGraph, KgError, UsageError
from kgtools.memo import Memo
from kgtools.model import Project


def snapshot_of(root: Path, name: str, out: Path, graph: str = "graph") -> Path:
    """The snapshot that *name* means: a snapshot folder, the build folder around it, or a revision built in *out*."""
    for folder in (Path(name), Path(name) / SNAPSHOT):
        if (folder / "manifest.json").is_file():
            return folder
    return snapshot_of_revision(root, name, out, graph)


def snapshot_of_revision(root: Path, revision: str, out: Path, graph: str = "graph") -> Path:
    """The snapshot, in *out*, of the curated files of a git revision, built by this code; the user's tree is untouched.

    UsageError if there is no such revision or no git, InvalidGraph with the first findings if it does not build.
    """
    with tempfile.TemporaryDirectory(prefix="kg-revision-") as name:
        folder = Path(name).resolve()
        _take_out(root, revision, ["ontology", graph], folder)
        try:
            return build(Project(folder, folder / "ontology", folder / graph), out, Memo()).folder
        except KgError as error:
            first, more = str(error).splitlines()[:_FIRST], len(str(error).splitlines()) - _FIRST
            rest = f"; and {more} more findings" if more > 0 else ""
            raise InvalidGraph(
                f"revision {revision} does not build with this code ({'; '.join(first)}{rest}); name another revision,"
                " or a snapshot folder that its own code built"
            ) from None


_FIRST = 3  # findings shown of a revision that does not build


def _take_out(root: Path, revision: str, paths: list[str], folder: Path) -> None:
    """Put the paths as a revision has them into *folder*, by `git archive`: nothing of the repository is changed."""
    _git(root, "rev-parse", "--git-dir", wrong=f"{root} is in no git repository, so {revision!r} means no snapshot")
    unknown = f"{revision!r} is neither a snapshot folder nor a revision of {root}; git log lists the revisions"
    if revision.startswith("-"):
        raise UsageError(unknown)  # else git would take it for an option
    commit = _git(root, "rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}", wrong=unknown).decode().strip()
    lacks = f"revision {revision} has no {' or no '.join(paths)} under {root}; name a later one"
    data = _git(root, "archive", "--format=tar", commit, "--", *paths, wrong=lacks)
    try:
        with tarfile.open(fileobj=io.BytesIO(data)) as archive:
            archive.extractall(folder, filter="data")
    except (tarfile.TarError, OSError) as error:
        raise UsageError(f"revision {revision} cannot be unpacked ({error}); name another one") from None


def _git(root: Path, *arguments: str, wrong: str) -> bytes:
    program = shutil.which("git")
    if program is None:
        raise UsageError("git is not installed, so no revision can be read; install it, or name two snapshot folders")
    # Inside a hook git names its own repository and index in the environment; only *root* decides here.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    command = [program, "-C", str(root), *arguments]
    done = subprocess.run(command, capture_output=True, env=environment, check=False)  # noqa: S603  git, no shell
    if done.returncode:
        raise UsageError(wrong)
    return done.stdout
