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
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

from kgtools.claims import claim_layer, claim_set, derived_quads
from kgtools.errors import InvalidGraph, StoreError
from kgtools.identities import as_decided
from kgtools.model import Corpus, Finding, Project, Quad, Triple
from kgtools.names import graph_iri
from kgtools.reason import rules
from kgtools.sources import nt, parse_nquads, read_corpus
from kgtools.validate import as_triples, check, sorted_findings
from kgtools.views import read_views

SNAPSHOT = "snapshot"
COLUMNS = "columns.npz"
SCENARIOS = graph_iri("scenarios")
_ABANDONED_AFTER = 3600  # seconds


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


def build(project: Project, out: Path) -> Built:
    """Build the project into `out/snapshot`; on any finding raise InvalidGraph and leave what is there as it was."""
    corpus, layer, findings = load(project)
    if findings:
        raise InvalidGraph("\n".join(map(str, findings)))
    return write(freeze(corpus, layer), out)


def load(project: Project) -> tuple[Corpus, list[Quad], list[Finding]]:
    """The corpus, its claim layer, and everything wrong with either."""
    corpus, findings = read_corpus(project)
    decided = as_decided(corpus)
    layer = claim_layer(decided.sources, decided.scenarios)
    # Files that cannot be read leave holes that look like missing names, so they are reported alone.
    return corpus, layer, sorted_findings(findings) or check(corpus, layer)


def freeze(corpus: Corpus, layer: list[Quad]) -> dict[str, bytes]:
    """Every file of the snapshot, from a corpus without findings."""
    from kgtools.columns import (
        divided,
        index_bytes,
        index_of,
        quads,
        reference_lines,
        select,
        view_lines,
        withdrawn,
    )

    ontology, reference = as_triples(corpus.ontology), as_triples(as_decided(corpus).reference)
    ruleset, claims = rules(ontology), claim_set(layer, [*ontology, *reference])
    stated = nquads(_in_graph(reference, "reference"))
    views = nquads(_in_graph(as_triples(corpus.views), "reference"))
    files = {
        "ontology.nq": nquads(_in_graph([*ontology, *as_triples(corpus.alignments)], "ontology")),
        "claims.nq": nquads([*(quad for quad in layer if quad[3] != SCENARIOS), *derived_quads(claims)]),
        "scenarios.nq": nquads(quad for quad in layer if quad[3] == SCENARIOS),
    }
    index = index_of(ruleset, quads(stated), files["claims.nq"])
    files["claims.nq"], files["withdrawn.nq"] = divided(files["claims.nq"], withdrawn(index))
    files["reference.nq"] = _joined([*_lines(stated + views), *reference_lines(index)])
    for view in read_views(corpus.views):
        files[f"views/{view.name}.nq"] = _joined(view_lines(select(index, view), view.name))
    return files | {COLUMNS: index_bytes(index)}


def facts_of(files: Mapping[str, bytes]) -> dict[str, tuple[Triple, ...]]:
    """The facts of each view by its name, from the files of a snapshot."""
    found = {}
    for name in _view_names(files):
        lines = _by_graph(files[f"views/{name}.nq"]).get(str(graph_iri(f"view/{name}/facts")), [])
        found[name] = tuple(quad[:3] for quad in parse_nquads(b"".join(lines)))
    return found


def nquads(quads: Iterable[Quad]) -> bytes:
    """The quads as the snapshot writes them: N-Quads, a line each, sorted, each once."""
    return _joined(f"{' '.join(map(nt, quad))} .\n" for quad in quads)


def _joined(lines: Iterable[str]) -> bytes:
    return "".join(sorted(set(lines))).encode()


def _lines(data: bytes) -> list[str]:
    return [line.decode() for line in data.splitlines(keepends=True)]  # text has more line ends than N-Quads


def write(files: Mapping[str, bytes], out: Path) -> Built:
    """Write the files and their manifest, then put the finished folder in the place of the last one."""
    out.mkdir(parents=True, exist_ok=True)
    _recover(out)
    _clear_abandoned(out)
    folder = Path(tempfile.mkdtemp(prefix=".snapshot-", dir=out))
    try:
        manifest = _write_files(files, folder)
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


def _in_graph(triples: Iterable[Triple], name: str) -> list[Quad]:
    graph = graph_iri(name)
    return [(*triple, graph) for triple in triples]


def _write_files(files: Mapping[str, bytes], folder: Path) -> Manifest:
    entries: dict[str, Entry] = {}
    texts = b"".join(data for name, data in files.items() if name != COLUMNS)
    graphs = {iri: _entry(len(lines), b"".join(sorted(lines))) for iri, lines in _by_graph(texts).items()}
    (folder / "views").mkdir()
    for name, data in sorted(files.items()):
        (folder / name).write_bytes(data)
        if name != COLUMNS:
            entries[name] = _entry(data.count(b"\n"), data)
    whole = "".join(f"{entry['sha256']}  {name}\n" for name, entry in entries.items())
    manifest: Manifest = {
        "columns": hashlib.sha256(files.get(COLUMNS, b"")).hexdigest(),
        "files": entries,
        "graphs": dict(sorted(graphs.items())),
        "snapshot": hashlib.sha256(whole.encode()).hexdigest(),
        "views": {name: _view_counts(name, graphs) for name in sorted(_view_names(files))},
    }
    text = json.dumps(manifest, indent=2, sort_keys=True) + "\n"
    (folder / "manifest.json").write_bytes(text.encode())
    return manifest


def _by_graph(data: bytes) -> dict[str, list[bytes]]:
    lines: dict[bytes, list[bytes]] = defaultdict(list)
    for line in data.splitlines(keepends=True):
        lines[line[line.rindex(b" <") + 2 : -4]].append(line)  # the graph is the last `<…>`
    return {graph.decode(): found for graph, found in lines.items()}


def _entry(quads: int, data: bytes) -> Entry:
    return {"quads": quads, "sha256": hashlib.sha256(data).hexdigest()}


def _view_names(files: Iterable[str]) -> list[str]:
    return [name.removeprefix("views/").removesuffix(".nq") for name in files if name.startswith("views/")]


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
