"""Whether a release is whole: its hashes, its counts, and that its deltas lead to it."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from rdflib import VOID, Graph, URIRef

from kgtools.describe import DATASET, by_graph, counted, sha256
from kgtools.diff import apply_delta, undoing
from kgtools.errors import SourceError
from kgtools.files import read_bytes
from kgtools.release import places
from kgtools.release.places import Prior, delta_path, read_manifest, read_prior

_SUM = re.compile(r"([0-9a-f]{64})  (.+)")
_ANEW = "take the release anew"


def check_release(folder: Path, since: Path | None = None) -> list[str]:
    """Everything wrong with a release, each in one sentence; *since* is the folder of the one before it."""
    manifest = read_manifest(folder)
    found = list(_hashes(folder))
    if found:
        return found  # the rest would be about files that are not the release's
    this = read_prior(folder)
    return [*_counts(folder, this.data), *_deltas(folder, manifest, this, since)]


def _hashes(folder: Path) -> Iterator[str]:
    path, listed = folder / places.SUMS, {}
    for number, line in enumerate(read_bytes(path).decode(errors="replace").splitlines(), 1):
        match = _SUM.fullmatch(line)
        if match is None or match[2].startswith("/") or ".." in match[2].split("/"):
            yield f"{path}:{number}: is no line of sha256sum for a file of the release; {_ANEW}"
        else:
            listed[match[2]] = match[1]
    there = {file.relative_to(folder).as_posix() for file in folder.rglob("*") if file.is_file()} - {places.SUMS}
    for name in sorted(listed.keys() | there):
        if name not in there:
            yield f"{folder / name}: is missing; {_ANEW}"
        elif name not in listed:
            yield f"{folder / name}: is not of the release, as {places.SUMS} does not list it; take it out"
        elif sha256(read_bytes(folder / name)) != listed[name]:
            yield f"{folder / name}: is not the file that {places.SUMS} lists; {_ANEW}"


def _counts(folder: Path, data: bytes) -> Iterator[str]:
    """What VoID counts of the default graph and of each named graph that the dataset has, counted again."""
    path = folder / places.VOID
    told = Graph().parse(data=read_bytes(path), format="turtle")
    withdrawn = set(read_bytes(folder / places.WITHDRAWN).splitlines(keepends=True))
    standing = b"".join(line for line in data.splitlines(keepends=True) if line not in withdrawn)
    graphs = by_graph([standing])
    for name, triples in ((str(DATASET), frozenset().union(*graphs.values())), *graphs.items()):
        counts = counted(triples)
        actual = {
            VOID.triples: counts.triples,
            VOID.distinctSubjects: counts.subjects,
            VOID.distinctObjects: counts.objects,
            VOID.properties: len(counts.properties),
            VOID.classes: len(counts.classes),
        }
        for predicate, count in actual.items():
            said = told.value(URIRef(name), predicate)
            if str(said) != str(count):
                what = predicate.rpartition("#")[2]
                yield f"{path}: says void:{what} {said or 'nowhere'} of {name}, and there are {count}; {_ANEW}"


def _deltas(folder: Path, manifest: Mapping[str, object], this: Prior, since: Path | None) -> Iterator[str]:
    prior = manifest.get("prior")
    if since is not None and prior is None:
        yield f"{folder}: names no release before it, so nothing leads from {since} to it; leave out --since"
    if not isinstance(prior, str):
        return
    before = read_prior(since) if since else None
    if before and before.version != prior:
        yield f"{since}: is release {before.version}, and {folder} was made from {prior}; name that release"
        return
    patch = folder / delta_path(prior, places.PATCH)
    try:
        # The patch undone leads back to the data that it begins at, which is all that can be checked without these.
        earlier = (
            before.data if before else apply_delta(patch, undoing(patch, read_bytes(patch)), this.version, this.data)
        )
        for ending in (places.PATCH, places.LINES):
            delta = folder / delta_path(prior, ending)
            if apply_delta(delta, read_bytes(delta), prior, earlier) != this.data:
                yield f"{delta}: leads to other data than {manifest['data']}; {_ANEW}"
    except SourceError as error:
        yield str(error)
