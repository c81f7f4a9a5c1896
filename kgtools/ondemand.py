"""A view within a scope, made when it is asked for: from a snapshot's own files, by the functions of the build."""

import difflib
from collections.abc import Iterable
from pathlib import Path

from rdflib import URIRef

from kgtools.build import nquads, view_quads
from kgtools.claims import claim_set
from kgtools.errors import QuestionError
from kgtools.model import ClaimSet, Quad, Scope, Triple, View
from kgtools.names import PREFIXES, graph_iri, shorten
from kgtools.reason import rules
from kgtools.sources import parse_nquads
from kgtools.views import narrow, view_of

_REFERENCE = (graph_iri("reference"), graph_iri("reference/inferred"))


def scoped_files(folder: Path, view: str, scope: Scope) -> dict[str, bytes]:
    """What takes the place of `claims.nq` and `views/<view>.nq` of the snapshot in *folder* within the scope.

    The claims outside the scope are gone from the claim layer, with whatever points to them, so every question, also
    one about claims, is answered as if they had never been made.
    """
    ontology = [quad[:3] for quad in _quads(folder, "ontology.nq")]
    reference = [quad[:3] for quad in _quads(folder, "reference.nq", graphs=_REFERENCE)]
    layer = [*_quads(folder, "claims.nq"), *_quads(folder, "scenarios.nq")]
    claims = claim_set(layer, [*ontology, *reference])
    _check_names(claims, scope.according_to | scope.excluding)
    narrowed = narrow(claims, scope)
    gone = {claim.iri for claim in claims.claims} - {claim.iri for claim in narrowed.claims}
    rule = _rule(view, reference)
    return {
        "claims.nq": _without((folder / "claims.nq").read_bytes(), {f"<{iri}>".encode() for iri in gone}),
        f"views/{view}.nq": nquads(view_quads(rule, narrowed, rules(ontology), reference)),
    }


def _quads(folder: Path, name: str, graphs: Iterable[URIRef] | None = None) -> list[Quad]:
    """The quads of one file; of the graphs named alone, since most of the reference data is why it follows."""
    data = (folder / name).read_bytes()
    if graphs is not None:
        ends = tuple(f" <{graph}> .\n".encode() for graph in graphs)
        data = b"".join(line for line in data.splitlines(keepends=True) if line.endswith(ends))
    return list(parse_nquads(data))


def _without(data: bytes, gone: set[bytes]) -> bytes:
    """The N-Quads lines whose subject and object are none of those gone."""
    kept = []
    for line in data.splitlines(keepends=True):
        subject, _, term = line.split(b" ", 2)
        if subject not in gone and term.partition(b" ")[0] not in gone:
            kept.append(line)
    return b"".join(kept)


def _rule(name: str, reference: list[Triple]) -> View:
    subject = URIRef(PREFIXES["view"] + name)
    return view_of([triple for triple in reference if triple[0] == subject], subject)


def _check_names(claims: ClaimSet, wanted: frozenset[URIRef]) -> None:
    """Refuse a speaker whom no claim knows: a misspelt name would silently take or leave out nothing."""
    known = {str(iri) for claim in claims.claims for iri in (claim.source, claim.holder)}
    known |= {str(iri) for source in claims.sources.values() for iri in source.perspectives}
    for iri in sorted(wanted):
        if str(iri) not in known:
            near = difflib.get_close_matches(shorten(iri), sorted(map(shorten, known)), 1, 0.7)
            hint = f"; did you mean {near[0]}?" if near else "; name a source, a holder or a perspective"
            raise QuestionError(f"no claim is of {shorten(iri)}{hint}")
