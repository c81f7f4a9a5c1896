"""A view within a scope, made when it is asked for: cut out of a snapshot's columns, by the functions of the build."""

import difflib
import hashlib
import json
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from rdflib import URIRef

from kgtools.errors import QuestionError
from kgtools.freeze import COLUMNS
from kgtools.layer import divided
from kgtools.model import Scope, View
from kgtools.names import PREFIXES, graph_iri, shorten
from kgtools.reason import rules
from kgtools.sources import parse_nquads
from kgtools.views import CONFIDENCES, view_of

if TYPE_CHECKING:
    from kgtools.columns import Index, Selection


def scoped_files(folder: Path, view: str, scope: Scope) -> dict[str, bytes]:
    """What takes the place of `claims.nq` and `views/<view>.nq` of the snapshot in *folder* within the scope.

    The claims outside the scope are gone from the claim layer, with whatever points to them, so every question, also
    one about claims, is answered as if they had never been made.
    """
    from kgtools.columns import view_lines

    selection = selection_in(folder, view, scope)
    index = selection.index
    gone = index.names.gather(index.claims.filter(~selection.claims)["iri"])
    return {
        "claims.nq": divided(_history(folder), (name.encode() for name in gone))[0],
        f"views/{view}.nq": "".join(sorted(view_lines(selection, view))).encode(),
    }


def selection_in(folder: Path, view: str, scope: Scope) -> "Selection":
    """The view of the snapshot in *folder* within the scope, in columns."""
    from kgtools.columns import select

    if scope.least_confidence not in CONFIDENCES:
        known = f"{', '.join(CONFIDENCES[:-1])} and {CONFIDENCES[-1]}"
        raise QuestionError(f"there is no confidence {scope.least_confidence!r}; there are {known}")
    index = index_in(folder)
    _check_names(index, scope.according_to | scope.excluding)
    return select(index, _rule(folder, view), scope)


def index_in(folder: Path) -> "Index":
    """The columns of the snapshot in *folder*: its file of them or, where that is missing or damaged, made anew."""
    manifest = json.loads((folder / "manifest.json").read_bytes())
    return _index(folder, manifest["snapshot"], manifest.get("columns", ""))


@lru_cache(maxsize=2)
def _index(folder: Path, snapshot: str, digest: str) -> "Index":  # the hash tells snapshots apart
    from kgtools.columns import index_of, quads, read_index

    path = folder / COLUMNS
    data = path.read_bytes() if path.is_file() else b""
    if digest and hashlib.sha256(data).hexdigest() == digest:
        return read_index(data)
    ruleset = rules(quad[:3] for quad in parse_nquads((folder / "ontology.nq").read_bytes()))
    reference = quads((folder / "reference.nq").read_bytes())
    stated = (reference["g"] == graph_iri("reference").n3()) & ~reference["s"].str.starts_with(f"<{PREFIXES['view']}")
    return index_of(ruleset, reference.filter(stated), _history(folder))


def _history(folder: Path) -> bytes:
    """All that was ever claimed, what no longer stands included."""
    return (folder / "claims.nq").read_bytes() + (folder / "withdrawn.nq").read_bytes()


def _rule(folder: Path, name: str) -> View:
    """The rule of a view as the reference data of the snapshot has it."""
    subject = URIRef(PREFIXES["view"] + name)
    start = f"\n{subject.n3()} ".encode()
    data = b"\n" + (folder / "reference.nq").read_bytes()
    lines = (start + rest.partition(b"\n")[0] for rest in data.split(start)[1:])
    return view_of([quad[:3] for quad in parse_nquads(b"".join(lines))], subject)


def _check_names(index: "Index", wanted: frozenset[URIRef]) -> None:
    """Refuse a speaker whom no claim knows: a misspelt name would silently take or leave out nothing."""
    speakers = (index.claims["source"], index.claims["holder"], index.perspectives["perspective"])
    known = {index.names[number][1:-1] for column in speakers for number in column.unique()} if wanted else set()
    for iri in sorted(wanted):
        if str(iri) not in known:
            near = difflib.get_close_matches(shorten(iri), sorted(map(shorten, known)), 1, 0.7)
            hint = f"; did you mean {near[0]}?" if near else "; name a source, a holder or a perspective"
            raise QuestionError(f"no claim is of {shorten(iri)}{hint}")
