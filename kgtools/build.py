"""Curated files in, snapshot out: every stage run in order, the result frozen as sorted N-Quads with a manifest.

A snapshot folder holds `ontology.nq`, `reference.nq`, `claims.nq`, `scenarios.nq`, one `views/<name>.nq` a view, and
`manifest.json`. It is made beside the last good one and takes its place only when it is whole.
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

from rdflib import RDF, Literal, URIRef

from kgtools.claims import claim_layer, claim_set, derived_quads, proposition_iri
from kgtools.errors import InvalidGraph, StoreError
from kgtools.identities import as_decided
from kgtools.model import ClaimSet, Corpus, Finding, Inference, Project, Quad, Triple, View
from kgtools.names import KG, PREFIXES, graph_iri
from kgtools.reason import Rule, materialise, rules
from kgtools.sources import read_corpus
from kgtools.validate import as_triples, check, sorted_findings
from kgtools.views import facts, read_views

SNAPSHOT = "snapshot"
_ABANDONED_AFTER = 3600  # seconds


class Entry(TypedDict):
    """What the manifest says of one file or one named graph."""

    quads: int
    sha256: str


class Manifest(TypedDict):
    """The content of `manifest.json`; `snapshot` is the hash of all files' names and hashes."""

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


def freeze(corpus: Corpus, layer: list[Quad]) -> dict[str, list[Quad]]:
    """Every file of the snapshot as quads, from a corpus without findings."""
    ontology, reference = as_triples(corpus.ontology), as_triples(as_decided(corpus).reference)
    claims = claim_set(layer, [*ontology, *reference])
    ruleset = rules(ontology)
    base = materialise(ruleset, reference)
    known = [*reference, *dict.fromkeys(inference.conclusion for inference in base)]
    scenarios = graph_iri("scenarios")
    return {
        "ontology.nq": _in_graph([*ontology, *as_triples(corpus.alignments)], "ontology"),
        "reference.nq": [
            *_in_graph([*reference, *as_triples(corpus.views)], "reference"),
            *_inferred_quads("reference", base),
        ],
        "claims.nq": [*(quad for quad in layer if quad[3] != scenarios), *derived_quads(claims)],
        "scenarios.nq": [quad for quad in layer if quad[3] == scenarios],
        **{f"views/{view.name}.nq": view_quads(view, claims, ruleset, known) for view in read_views(corpus.views)},
    }


def view_quads(view: View, claims: ClaimSet, ruleset: tuple[Rule, ...], known: list[Triple]) -> list[Quad]:
    """The facts of a view, what follows from them, why it follows, and the claims each rests on.

    *known* is the reference data with all that follows from it alone, so that nothing is laid to a claim's account
    that holds without it.
    """
    taken = facts(view, claims)
    # A claimed triple may follow from other claims as well, and rests on them too.
    inferences = materialise(ruleset, [*known, *taken], also=sorted(set(taken) - set(known), key=str))
    name = f"view/{view.name}"
    resting = _resting(inferences, taken).items()
    links = {(proposition_iri(triple), KG.restsOn, claim) for triple, iris in resting for claim in iris}
    return [
        *_in_graph(taken, f"{name}/facts"),
        *_inferred_quads(name, inferences, given=taken),
        *_in_graph(links, f"{name}/inferences"),
    ]


def nquads(quads: Iterable[Quad]) -> bytes:
    """The quads as the snapshot writes them: N-Quads, a line each, sorted, each once."""
    return "".join(sorted({_nquad(quad) for quad in quads})).encode()


def write(files: Mapping[str, list[Quad]], out: Path) -> Built:
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


def _inferred_quads(name: str, inferences: list[Inference], given: Iterable[Triple] = ()) -> list[Quad]:
    """The conclusions that were not given in one graph, and in another the inferences that justify them."""
    justified = {triple for inference in inferences for triple in _inference_triples(inference)}
    return [
        *_in_graph({inference.conclusion for inference in inferences} - set(given), f"{name}/inferred"),
        *_in_graph(justified, f"{name}/inferences"),
    ]


def _resting(
    inferences: list[Inference], taken: Mapping[Triple, tuple[URIRef, ...]]
) -> dict[Triple, frozenset[URIRef]]:
    """For each fact and each conclusion the claims it rests on: its own, and those at the bottom of every proof of it.

    A proof never uses what it proves, so triples that follow from one another lend each other no claims but their own.
    """
    steps: dict[Triple, list[tuple[Triple, ...]]] = defaultdict(list)
    for inference in inferences:
        steps[inference.conclusion].append(inference.premises)
    finished: dict[Triple, frozenset[URIRef]] = {}

    def claims_of(triple: Triple, above: frozenset[Triple]) -> tuple[frozenset[URIRef], bool]:
        """The claims, and whether the search met something above it, so that they hold only here."""
        if triple in finished:
            return finished[triple], False
        found, met = frozenset(taken.get(triple, ())), False
        path = above | {triple}
        for premises in steps.get(triple, ()):
            if path.isdisjoint(premises):
                parts = [claims_of(premise, path) for premise in premises]
                found = found.union(*(claims for claims, _ in parts))
                met = met or any(inner for _, inner in parts)
            else:
                met = met or not above.isdisjoint(premises)
        if not met:
            finished[triple] = found
        return found, met

    return {triple: claims_of(triple, frozenset())[0] for triple in dict.fromkeys((*taken, *steps))}


def _inference_triples(inference: Inference) -> set[Triple]:
    conclusion = proposition_iri(inference.conclusion)
    premises = [proposition_iri(premise) for premise in inference.premises]
    digest = hashlib.sha256(" ".join([conclusion, inference.rule, *premises]).encode()).hexdigest()[:20]
    node = URIRef(PREFIXES["inference"] + digest)
    triples: set[Triple] = {
        (node, RDF.type, KG.Inference),
        (node, KG.concludes, conclusion),
        (node, KG.byRule, Literal(inference.rule)),
        *((node, KG.premise, premise) for premise in premises),
    }
    for subject, predicate, term in (inference.conclusion, *inference.premises):
        proposition = proposition_iri((subject, predicate, term))
        part = KG.value if isinstance(term, Literal) else KG.object
        triples |= {
            (proposition, RDF.type, KG.Proposition),
            (proposition, KG.subject, subject),
            (proposition, KG.predicate, predicate),
            (proposition, part, term),
        }
    return triples


def _write_files(files: Mapping[str, list[Quad]], folder: Path) -> Manifest:
    entries: dict[str, Entry] = {}
    graphs: dict[str, Entry] = {}
    (folder / "views").mkdir()
    for name, quads in sorted(files.items()):
        by_graph = _lines_by_graph(quads)
        data = "".join(sorted(line for lines in by_graph.values() for line in lines)).encode()
        (folder / name).write_bytes(data)
        entries[name] = {"quads": data.count(b"\n"), "sha256": hashlib.sha256(data).hexdigest()}
        graphs |= {iri: _graph_entry(lines) for iri, lines in by_graph.items()}
    whole = "".join(f"{entry['sha256']}  {name}\n" for name, entry in entries.items())
    manifest: Manifest = {
        "files": entries,
        "graphs": dict(sorted(graphs.items())),
        "snapshot": hashlib.sha256(whole.encode()).hexdigest(),
        "views": {name: _view_counts(name, graphs) for name in sorted(_view_names(files))},
    }
    text = json.dumps(manifest, indent=2, sort_keys=True) + "\n"
    (folder / "manifest.json").write_bytes(text.encode())
    return manifest


def _lines_by_graph(quads: Iterable[Quad]) -> dict[str, set[str]]:
    lines: dict[str, set[str]] = defaultdict(set)
    for quad in quads:
        lines[str(quad[3])].add(_nquad(quad))
    return lines


def _nquad(quad: Quad) -> str:
    return f"{' '.join(_nt(term) for term in quad)} .\n"


def _nt(term: object) -> str:
    """A term as N-Quads writes it: unlike n3(), never with a raw line break or a bare number."""
    if not isinstance(term, Literal):
        return term.n3()  # type: ignore[attr-defined,no-any-return]
    text = str(term).translate(_ESCAPES)
    if term.language:
        return f'"{text}"@{term.language}'
    return f'"{text}"' + (f"^^<{term.datatype}>" if term.datatype else "")


_ESCAPES = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r"})


def _graph_entry(lines: set[str]) -> Entry:
    return {"quads": len(lines), "sha256": hashlib.sha256("".join(sorted(lines)).encode()).hexdigest()}


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
