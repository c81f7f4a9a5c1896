"""RDF in five syntaxes, made from the snapshot's own N-Quads and never through a store: lexical forms stay as curated.

TriG and N-Quads keep the named graphs, and what was said and no longer stands. Turtle, RDF/XML and JSON-LD hold one
merged graph of what stands: reference data, claims with their evidence, scenarios, and the facts and inferences of one
view.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import partial
from pathlib import Path

import pyoxigraph as ox
from rdflib import RDF, Literal, URIRef

from kgtools.export.contents import ClaimNode, Contents, claim_nodes
from kgtools.files import read_bytes
from kgtools.model import Quad, Term, Triple
from kgtools.names import DESCRIBING, PREFIXES, shorten
from kgtools.sources import parse_nquads

_SYNTAXES = {
    "turtle": ox.RdfFormat.TURTLE,
    "trig": ox.RdfFormat.TRIG,
    "rdfxml": ox.RdfFormat.RDF_XML,
}


def nquads(contents: Contents) -> bytes:
    """The whole snapshot with its named graphs, a quad a line, sorted."""
    lines = (line for name in contents.names for line in contents.read(name).splitlines(keepends=True))
    return b"".join(sorted(lines))


def from_nquads(place: Path) -> tuple[ClaimNode, ...]:
    """The claim set of a file of N-Quads."""
    return claim_nodes(parse_nquads(read_bytes(place)))


def trig(contents: Contents) -> bytes:
    """The whole snapshot with its named graphs."""
    return _serialised(map(contents.read, contents.names), "trig", merged=False)


def merged(contents: Contents, form: str) -> bytes:
    """What stands under the view as one graph, in Turtle or RDF/XML."""
    return _serialised(_standing(contents), form, merged=True)


def json_ld(contents: Contents) -> bytes:
    """What stands under the view as one graph, in JSON-LD."""
    return _json_ld(quad for text in _standing(contents) for quad in parse_nquads(text))


in_turtle, in_rdf_xml = partial(merged, form="turtle"), partial(merged, form="rdfxml")


def _standing(contents: Contents) -> list[bytes]:
    return [contents.read(name) for name in contents.names if name not in ("ontology.nq", "withdrawn.nq")]


def turtle(triples: Iterable[Triple]) -> str:
    """Triples as Turtle with the project's prefixes, sorted."""
    lines = "".join(f"{subject.n3()} {predicate.n3()} {term.n3()} .\n" for subject, predicate, term in triples)
    quads = ox.parse(lines.encode(), format=ox.RdfFormat.TURTLE)
    return _written({quad.triple for quad in quads}, "turtle", {**PREFIXES, **DESCRIBING}).decode()


def _serialised(texts: Iterable[bytes], form: str, *, merged: bool) -> bytes:
    quads = [quad for text in texts for quad in ox.parse(text, format=ox.RdfFormat.N_QUADS)]
    return _written({quad.triple if merged else quad for quad in quads}, form)


def _written(parts: "Iterable[ox.Triple | ox.Quad]", form: str, known: Mapping[str, str] = PREFIXES) -> bytes:
    triples = sorted(parts, key=_order)
    used = "\n".join(str(part) for part in triples)
    prefixes = {prefix: iri for prefix, iri in known.items() if f"<{iri}" in used}
    # An iterable of triples goes into the default graph, one of quads where each belongs.
    written = ox.serialize(triples, format=_SYNTAXES[form], prefixes=prefixes)  # type: ignore[arg-type]
    return written or b""


def _order(part: "ox.Triple | ox.Quad") -> tuple[str, ...]:
    graph = str(part.graph_name) if isinstance(part, ox.Quad) else ""
    return (
        graph,
        str(part.subject),
        "" if part.predicate.value == str(RDF.type) else str(part.predicate),
        str(part.object),
    )


def _json_ld(quads: Iterable[Quad]) -> bytes:
    """Flattened JSON-LD with the project's prefixes as its own context, nodes and values in order."""
    nodes: dict[str, dict[str, list[object]]] = defaultdict(lambda: defaultdict(list))
    for subject, predicate, term, _ in sorted(set(quads), key=lambda quad: tuple(part.n3() for part in quad)):
        if predicate == RDF.type:
            key: str = "@type"
            value: object = _name(term)
        else:
            key, value = shorten(predicate), _json_value(term)
        if value not in nodes[_name(subject)][key]:
            nodes[_name(subject)][key].append(value)
    graph = [{"@id": name, **nodes[name]} for name in sorted(nodes)]
    document = {"@context": {"@version": 1.1, **PREFIXES}, "@graph": graph}
    return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode()


def _name(term: Term) -> str:
    return shorten(term) if isinstance(term, URIRef) else f"_:{term}"


def _json_value(term: Term) -> dict[str, object]:
    if not isinstance(term, Literal):
        return {"@id": _name(term)}
    if term.language:
        return {"@value": str(term), "@language": term.language}
    return {"@value": str(term), "@type": shorten(term.datatype)} if term.datatype else {"@value": str(term)}
