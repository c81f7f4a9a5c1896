"""The snapshot for other tools: each form that it can be written in, what that form loses, and how to read it back."""

import gc
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from kgtools.errors import QuestionError
from kgtools.export import csvw, gexf, graphml, neo4j, parquet, propertygraph, rdf, spreadsheet, tables
from kgtools.export.contents import CLAIM_FILES, ClaimNode, Contents, LocatorNode, claim_lines, claim_nodes
from kgtools.export.rdf import turtle
from kgtools.files import write_folder, write_whole

__all__ = [
    "CLAIM_FILES",
    "FORMS",
    "ClaimNode",
    "Contents",
    "Form",
    "LocatorNode",
    "claim_lines",
    "claim_nodes",
    "export",
    "imported",
    "turtle",
    "whole",
    "write",
]


@dataclass(frozen=True, slots=True)
class Form:
    """A form that the snapshot can be written in: one file, or a folder where it has no extension.

    `write` gives the file's bytes, or those of each file in the folder by its name. `read`, where there is one, gives
    the claim set back from what was written.
    """

    what: str  # a line for people
    media: str
    extension: str
    write: Callable[[Contents], bytes | Mapping[str, bytes]]
    loses: str = ""  # what it cannot carry, in words that its own metadata give too
    read: Callable[[Path], tuple[ClaimNode, ...]] | None = None


FORMS: Mapping[str, Form] = {
    "turtle": Form("one graph of what stands", "text/turtle", "ttl", rdf.in_turtle),
    "trig": Form("the whole snapshot with its named graphs", "application/trig", "trig", rdf.trig),
    "nquads": Form(
        "the whole snapshot with its named graphs", "application/n-quads", "nq", rdf.nquads, read=rdf.from_nquads
    ),
    "jsonld": Form("one graph of what stands", "application/ld+json", "jsonld", rdf.json_ld),
    "rdfxml": Form("one graph of what stands", "application/rdf+xml", "rdf", rdf.in_rdf_xml),
    "graphml": Form(
        "things, claims and propositions as nodes, facts as edges",
        "application/graphml+xml",
        "graphml",
        graphml.graphml,
        propertygraph.LOSES,
        graphml.from_graphml,
    ),
    "gexf": Form(
        "the same graph for Gephi, with times",
        "application/gexf+xml",
        "gexf",
        gexf.gexf,
        gexf.LOSES,
        gexf.from_gexf,
    ),
    "csvw": Form("tables, CSV on the Web: a folder", "text/csv", "", csvw.csvw, tables.LOSES, csvw.from_csvw),
    "spreadsheet": Form(
        "tables for Excel and LibreOffice: a folder", "text/csv", "", spreadsheet.spreadsheet, spreadsheet.LOSES
    ),
    "parquet": Form(
        "the tables of csvw as Parquet: a folder",
        "application/vnd.apache.parquet",
        "",
        parquet.parquet,
        parquet.LOSES,
        parquet.from_parquet,
    ),
    "neo4j": Form(
        "nodes and relationships for neo4j-admin: a folder", "text/csv", "", neo4j.neo4j, neo4j.LOSES, neo4j.from_neo4j
    ),
}


def export(folder: Path, form: str, view: str = "all") -> bytes | Mapping[str, bytes]:
    """The snapshot in *folder* under *view* in one of FORMS; equal bytes for equal snapshots."""
    if form not in FORMS:
        raise QuestionError(f"there is no format {form!r}; the formats are {', '.join(FORMS)}")
    with _uncollected():
        return FORMS[form].write(Contents(folder, view))


def whole(folder: Path, view: str = "all") -> bytes:
    """The whole snapshot as N-Quads, sorted: what deltas lead from and to."""
    made = FORMS["nquads"].write(Contents(folder, view))
    assert isinstance(made, bytes)
    return made


def write(place: Path, written: bytes | Mapping[str, bytes]) -> None:
    """Put what `export` gave where the user wants it: a file, or a folder of files, whole or not at all."""
    if isinstance(written, bytes):
        write_whole(place, written)
    else:
        write_folder(place, written)


def imported(place: Path, form: str) -> tuple[ClaimNode, ...]:
    """The claim set of what was exported to *place*; SourceError where that cannot be read."""
    known = [name for name, one in FORMS.items() if one.read]
    read = FORMS[form].read if form in known else None
    if read is None:
        raise QuestionError(f"no claims can be read from {form!r}; they can be from {', '.join(known)}")
    with _uncollected():
        return read(place)


@contextmanager
def _uncollected() -> Iterator[None]:
    """Without the search for cycles, of which these millions of small values have none: it takes half the time."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()
