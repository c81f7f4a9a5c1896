"""Queries over other data than the snapshot: a graph in memory, files, or an endpoint; answered as a Store answers.

Graphs and files are put into a snapshot folder of their own, so that the guard, the worker and its limits hold for them
too. An endpoint is asked by the SPARQL 1.1 Protocol; nothing else here reaches for a network.
"""

import glob
import hashlib
import http.client
import json
import re
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

import pyoxigraph as ox
from rdflib import BNode, Dataset, Graph, Literal, URIRef
from rdflib.graph import DATASET_DEFAULT_GRAPH_ID

from kgtools.errors import QuestionError, StoreError, UsageError
from kgtools.guard import check_query, tokenize
from kgtools.model import Answer, Quad, Term
from kgtools.names import PREFIXES
from kgtools.sources import nt

IN_MEMORY = URIRef("urn:kg:in-memory")
_FORMATS = {
    ".ttl": ox.RdfFormat.TURTLE,
    ".nt": ox.RdfFormat.N_TRIPLES,
    ".nq": ox.RdfFormat.N_QUADS,
    ".trig": ox.RdfFormat.TRIG,
    ".rdf": ox.RdfFormat.RDF_XML,
    ".owl": ox.RdfFormat.RDF_XML,
    ".jsonld": ox.RdfFormat.JSON_LD,
}
_NAMES = ("ontology.nq", "reference.nq", "claims.nq", "scenarios.nq", "views/all.nq")  # what a store opens
_MOST_BYTES = 256 * 1024 * 1024  # of an endpoint's reply


def is_endpoint(where: str) -> bool:
    """Whether the text is the address of an endpoint."""
    return where.lower().startswith(("http://", "https://"))


def quads_of_graph(graph: Graph) -> bytes:
    """An rdflib Graph or Dataset as N-Quads; triples in no named graph are in IN_MEMORY."""
    if isinstance(graph, Dataset):
        found: Iterable[Any] = graph.quads((None, None, None, None))
    else:
        found = ((*triple, None) for triple in graph)
    return _lines((s, p, o, IN_MEMORY if g in _UNNAMED or isinstance(g, BNode) else g) for s, p, o, g in found)


def quads_of_files(pattern: str) -> bytes:
    """The files that a path or glob names as N-Quads; triples in no named graph go into one named like their file."""
    paths = [Path(name) for name in sorted(glob.glob(pattern, recursive=True)) if Path(name).is_file()]  # noqa: PTH207
    if not paths:
        raise UsageError(f"{pattern} names no file; write a path, a pattern such as data/*.ttl, or an http address")
    return b"".join(sorted({line for path in paths for line in _of_file(path)}))


def write_snapshot(quads: bytes, folder: Path) -> Path:
    """A snapshot folder that holds these quads and nothing else."""
    (folder / "views").mkdir(parents=True, exist_ok=True)
    files = {}
    for name in _NAMES:
        data = quads if name == "claims.nq" else b""
        (folder / name).write_bytes(data)
        files[name] = {"sha256": hashlib.sha256(data).hexdigest()}
    manifest = {"snapshot": hashlib.sha256(quads).hexdigest(), "files": files, "views": {"all": {}}}
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    return folder


def ask_endpoint(
    address: str, text: str, bindings: Mapping[str, Term] | None = None, *, timeout: float = 30.0
) -> Answer:
    """The answer of a SPARQL endpoint; QuestionError where it refuses the query, StoreError where it gives none."""
    check_query(text)
    asked = _with_prefixes(text) + _values(bindings or {})
    data = urllib.parse.urlencode({"query": asked}).encode()
    headers = {
        "Accept": "application/sparql-results+json, application/n-triples;q=0.9",
        "Content-Type": "application/x-www-form-urlencoded",
    }
    request = urllib.request.Request(address, data, headers)  # noqa: S310  is_endpoint has seen the scheme
    try:
        with urllib.request.urlopen(request, timeout=timeout) as reply:  # noqa: S310
            kind, body = reply.headers.get_content_type(), reply.read(_MOST_BYTES + 1)
    except urllib.error.HTTPError as error:
        words = error.read(2000).decode("utf-8", "replace").strip().splitlines()
        raise QuestionError(
            f"{address} refuses the query ({error.code}): {(words or [error.reason])[0][:300]}"
        ) from None
    except (OSError, http.client.HTTPException) as error:
        why = getattr(error, "reason", None) or error
        raise StoreError(f"{address} gives no answer ({why}); check the address, or allow more time") from None
    if len(body) > _MOST_BYTES:
        raise StoreError(f"{address} answers with over {_MOST_BYTES // 1024**2} MB; narrow the query")
    return _answer(address, text, kind, body, dict(bindings or {}))


def _of_file(path: Path) -> Iterator[bytes]:
    form = _FORMATS.get(path.suffix.lower())
    if form is None:
        raise UsageError(f"{path} has an ending that is not known; the known ones are {', '.join(sorted(_FORMATS))}")
    own = ox.NamedNode(path.resolve().as_uri())
    try:
        for quad in ox.parse(path=str(path), format=form, base_iri=own.value, rename_blank_nodes=True):
            graph = own if isinstance(quad.graph_name, ox.DefaultGraph) else quad.graph_name
            yield f"{ox.Quad(quad.subject, quad.predicate, quad.object, graph)} .\n".encode()
    except SyntaxError as error:
        raise UsageError(f"{path}:{error.lineno}: {error.msg}; mend the file") from None
    except OSError as error:
        raise UsageError(f"{path} cannot be read ({error.strerror})") from None


def _lines(quads: Iterable[Quad]) -> bytes:
    lines = set()
    for quad in quads:
        for term in quad:
            if isinstance(term, URIRef) and _NO_IRI.search(term):
                raise UsageError(f"the graph holds {str(term)!r}, which is no IRI; mend it")
        lines.add(f"{' '.join(map(nt, quad))} .\n")
    try:
        return "".join(sorted(lines)).encode()
    except UnicodeEncodeError:
        raise UsageError("the graph holds half of a surrogate pair, which is no character; take it out") from None


_NO_IRI = re.compile(r'[\x00-\x20<>"{}|\\^`]')
_UNNAMED = (None, DATASET_DEFAULT_GRAPH_ID)


def _with_prefixes(text: str) -> str:
    """The query with a PREFIX line for each known prefix that it uses and does not declare, on its first line."""
    tokens = list(tokenize(text))
    declared = {name.text for word, name in pairwise(tokens) if word.text.upper() == "PREFIX"}
    used = {f"{token.text.partition(':')[0]}:" for token in tokens if token.kind == "name"} - declared
    return "".join(f"PREFIX {p}: <{iri}> " for p, iri in PREFIXES.items() if f"{p}:" in used) + text


def _values(bindings: Mapping[str, Term]) -> str:
    if not bindings:
        return ""
    names, terms = " ".join(f"?{name}" for name in bindings), " ".join(map(nt, bindings.values()))
    return f"\nVALUES ({names}) {{ ({terms}) }}"


def _answer(address: str, text: str, kind: str, body: bytes, bindings: dict[str, Term]) -> Answer:
    common = {"bindings": bindings, "view": address}
    try:
        if kind == "application/n-triples":
            return Answer(text, triples=tuple(_triples(body)), **common)  # type: ignore[arg-type]
        found = json.loads(body)
        if "boolean" in found:
            return Answer(text, boolean=bool(found["boolean"]), **common)  # type: ignore[arg-type]
        columns = tuple(found["head"]["vars"])
        rows = tuple(tuple(_term(row.get(name)) for name in columns) for row in found["results"]["bindings"])
        return Answer(text, columns, rows, **common)  # type: ignore[arg-type]
    except (ValueError, KeyError, TypeError, AttributeError, SyntaxError):
        raise StoreError(f"{address} answers with {kind}, which is no SPARQL result; check the address") from None


def _triples(body: bytes) -> Iterator[tuple[Any, Any, Any]]:
    from kgtools.sources import parse_nquads

    for quad in parse_nquads(body):
        yield quad[:3]


def _term(value: Mapping[str, str] | None) -> Term | None:
    if value is None:
        return None
    if value["type"] == "uri":
        return URIRef(value["value"])
    if value["type"] == "bnode":
        return BNode(value["value"])
    if "xml:lang" in value:
        return Literal(value["value"], lang=value["xml:lang"])
    datatype = value.get("datatype")
    plain = datatype in (None, "http://www.w3.org/2001/XMLSchema#string")
    return Literal(value["value"]) if plain else Literal(value["value"], datatype=URIRef(datatype), normalize=False)  # type: ignore[arg-type]
