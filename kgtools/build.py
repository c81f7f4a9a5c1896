"""Curated files in, snapshot out: every stage run in order, the result frozen as sorted N-Quads with a manifest.

A snapshot folder holds `ontology.nq`, `reference.nq`, `claims.nq`, `withdrawn.nq` (what was said and no longer stands),
`scenarios.nq`, one `views/<name>.nq` a view, and `manifest.json`; beside them `columns.npz`, which follows from the
others and which views on demand are cut out of. It is made beside the last good one and takes its place only when it is
whole.
"""

import hashlib
import json
import shutil
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TypedDict

from kgtools.errors import InvalidGraph, SourceError, StoreError
from kgtools.freeze import COLUMNS, freeze, view_names
from kgtools.identities import decisions
from kgtools.layer import Layer, Part, from_bytes, plain_part, scenario_part, source_part, to_bytes
from kgtools.memo import Memo, key_of
from kgtools.model import Corpus, Document, Finding, Project
from kgtools.names import graph_iri
from kgtools.sources import read_corpus
from kgtools.validate import check, check_data, check_shapes, check_source, check_terms, sorted_findings

SNAPSHOT, MEMO = "snapshot", "memo"
_ABANDONED_AFTER = 3600  # seconds
_Make = Callable[[Document], Part]
_Check = Callable[[Document], Iterable[Finding]]


class Entry(TypedDict):
    """What the manifest says of one file or one named graph."""

    quads: int
    sha256: str


class Manifest(TypedDict):
    """The content of `manifest.json`; `snapshot` is the hash of all files' names and hashes."""

    columns: str  # SHA-256 of columns.npz, which is derived from the files and no part of the snapshot's hash
    files: dict[str, Entry]
    graphs: dict[str, Entry]
    snapshot: str
    views: dict[str, dict[str, int]]


@dataclass(frozen=True, slots=True)
class Built:
    """What a build made: the snapshot's folder, its hash, and counts of quads a file and of facts a view."""

    folder: Path
    snapshot: str
    files: Mapping[str, int]
    views: Mapping[str, Mapping[str, int]]


def build(project: Project, out: Path, memo: Memo | None = None) -> Built:
    """Build the project into `out/snapshot`; on any finding raise InvalidGraph and leave what is there as it was.

    What depends on none of the files that changed since the last build into *out* is taken from `out/memo`, or from
    another memo.
    """
    memo = memo or Memo(out / MEMO)
    corpus, layer, findings = load(project, memo)
    if findings:
        raise InvalidGraph("\n".join(map(str, findings)))
    built = write(freeze(corpus, layer, memo), out, memo)
    memo.forget_unused()
    return built


def load(project: Project, memo: Memo | None = None) -> tuple[Corpus, Layer, list[Finding]]:
    """The corpus, its claim layer, and everything wrong with either."""
    memo = memo or Memo()
    corpus, unreadable = read_corpus(project, lazily=True)
    read = _Read(corpus, memo, unreadable)
    for group, (make, check_one) in _WITHOUT_CLAIMS.items():
        read.add(group, make, check_one)
    kept = decisions(read.corpus)
    for group, (make_decided, check_one) in _WITH_CLAIMS.items():
        read.add(group, partial(make_decided, kept=kept), check_one, repr(sorted(kept.items())))
    layer = Layer(read.parts.values())
    # Files that cannot be read leave holes that look like missing names, so they are reported alone; and the shapes
    # assume sound names and literals: on top of broken ones they would only repeat the same faults.
    findings = sorted_findings(read.unreadable) or sorted_findings([*read.wrong, *check(read.corpus, read.parts)])
    return read.corpus, layer, findings or check_shapes(read.corpus, layer, memo)


class _Read:
    """The files of a corpus as they are read: what each adds, and what is wrong with it by itself."""

    def __init__(self, corpus: Corpus, memo: Memo, unreadable: list[Finding]) -> None:
        self.corpus, self._memo, self.unreadable = corpus, memo, unreadable
        self.parts: dict[Path, Part] = {}
        self.wrong: list[Finding] = []

    def add(self, group: str, make: _Make, check_one: _Check, decided: str = "") -> None:
        """Read the files of one group of the corpus, which keeps those that can be read."""
        documents: tuple[Document, ...] = getattr(self.corpus, group)
        for document in documents:
            key = key_of("part", group, decided, str(document.path), document.text)
            known = self._memo.get(key)
            try:
                self.parts[document.path] = make(document) if known is None else from_bytes(known)
            except SourceError as error:
                self.unreadable.append(Finding(str(document.path), error.line, error.what))
                continue
            # What was wrong with a file is not kept, so that it is found again.
            found = list(check_one(document)) if known is None else []
            self.wrong += found
            if known is None and not found:
                self._memo.put(key, to_bytes(self.parts[document.path]))
        readable = tuple(document for document in documents if document.path in self.parts)
        self.corpus = replace(self.corpus, **{group: readable})  # type: ignore[arg-type]


_WITHOUT_CLAIMS: dict[str, tuple[_Make, _Check]] = {
    "ontology": (plain_part, check_terms),
    "alignments": (plain_part, check_terms),
    "shapes": (plain_part, check_terms),
    "reference": (plain_part, check_data),
    "views": (plain_part, check_data),
}
_WITH_CLAIMS = {"sources": (source_part, check_source), "scenarios": (scenario_part, check_data)}


def write(files: Mapping[str, bytes], out: Path, memo: Memo | None = None) -> Built:
    """Write the files and their manifest, then put the finished folder in the place of the last one."""
    out.mkdir(parents=True, exist_ok=True)
    _recover(out)
    _clear_abandoned(out)
    folder = Path(tempfile.mkdtemp(prefix=".snapshot-", dir=out))
    try:
        manifest = _write_files(files, folder, memo or Memo())
        _swap(folder, out / SNAPSHOT)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    counts = {name: entry["quads"] for name, entry in manifest["files"].items()}
    return Built(out / SNAPSHOT, manifest["snapshot"], counts, manifest["views"])


def snapshot_folder(out: Path) -> Path:
    """The folder of the last finished snapshot under *out*; StoreError if there is none."""
    _recover(out)
    folder = out / SNAPSHOT
    if not (folder / "manifest.json").is_file():
        raise StoreError(f"{folder} holds no snapshot; run kg build first")
    return folder


def _write_files(files: Mapping[str, bytes], folder: Path, memo: Memo) -> Manifest:
    entries: dict[str, Entry] = {}
    graphs: dict[str, Entry] = {}
    (folder / "views").mkdir()
    for name, data in sorted(files.items()):
        (folder / name).write_bytes(data)
        if name != COLUMNS:
            entries[name] = _entry(data.count(b"\n"), data)
    for names in (_CLAIMS & entries.keys(), *({name} for name in entries if name not in _CLAIMS)):
        key = key_of("graphs", *(entries[name]["sha256"] for name in sorted(names)))
        graphs |= json.loads(memo.made(key, partial(_graphs, [files[name] for name in names])))
    whole = "".join(f"{entry['sha256']}  {name}\n" for name, entry in entries.items())
    manifest: Manifest = {
        "columns": hashlib.sha256(files.get(COLUMNS, b"")).hexdigest(),
        "files": entries,
        "graphs": dict(sorted(graphs.items())),
        "snapshot": hashlib.sha256(whole.encode()).hexdigest(),
        "views": {name: _view_counts(name, graphs) for name in sorted(view_names(files))},
    }
    text = json.dumps(manifest, indent=2, sort_keys=True) + "\n"
    (folder / "manifest.json").write_bytes(text.encode())
    return manifest


_CLAIMS = {"claims.nq", "withdrawn.nq"}  # the one pair of files that have graphs in common


def _graphs(data: Iterable[bytes]) -> bytes:
    """What the manifest says of the graphs in files that share none with another, as JSON."""
    lines: dict[bytes, list[bytes]] = defaultdict(list)
    for line in b"".join(data).splitlines(keepends=True):
        lines[line[line.rindex(b" <") + 2 : -4]].append(line)  # the graph is the last `<…>`
    graphs = {graph.decode(): _entry(len(found), b"".join(sorted(found))) for graph, found in lines.items()}
    return json.dumps(graphs).encode()


def _entry(quads: int, data: bytes) -> Entry:
    return {"quads": quads, "sha256": hashlib.sha256(data).hexdigest()}


def _view_counts(name: str, graphs: Mapping[str, Entry]) -> dict[str, int]:
    graph_of = {part: str(graph_iri(f"view/{name}/{part}")) for part in ("facts", "inferred")}
    return {part: graphs[graph]["quads"] if graph in graphs else 0 for part, graph in graph_of.items()}


def _swap(new: Path, place: Path) -> None:
    """Put *new* at *place*. A crash between the two renames is undone by the next build or reader: see _recover."""
    old = place.with_name(place.name + ".old")
    shutil.rmtree(old, ignore_errors=True)
    if place.exists():
        place.rename(old)
    new.rename(place)
    place.chmod(0o755)
    shutil.rmtree(old, ignore_errors=True)


def _clear_abandoned(out: Path) -> None:
    """Remove what killed builds left; a build that still runs is younger than an hour."""
    for path in out.glob(".snapshot-*"):
        if time.time() - path.stat().st_mtime > _ABANDONED_AFTER:
            shutil.rmtree(path, ignore_errors=True)


def _recover(out: Path) -> None:
    old = out / (SNAPSHOT + ".old")
    if old.is_dir() and not (out / SNAPSHOT).exists():
        old.rename(out / SNAPSHOT)
