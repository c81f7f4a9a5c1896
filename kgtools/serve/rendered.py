"""Pages and data of IRIs, made when they are asked for, in a process of their own that holds the snapshot."""

import os
import threading
from dataclasses import dataclass
from multiprocessing import parent_process
from pathlib import Path
from typing import TYPE_CHECKING

from kgtools.names import BASE

if TYPE_CHECKING:
    from kgtools.site.shell import Shell

KINDS = {"html": "text/html; charset=utf-8", "ttl": "text/turtle; charset=utf-8", "jsonld": "application/ld+json"}


@dataclass(frozen=True, slots=True)
class _Held:
    shell: "Shell"
    iris: dict[str, str]  # by the place of their pages


_held: list[_Held] = []


def hold(snapshot: Path) -> None:
    """Read the snapshot, once in the life of the process, which ends with the server, however that ends."""
    threading.Thread(target=_end_with_parent, daemon=True).start()
    from kgtools.site.paths import Paths
    from kgtools.site.read import Known
    from kgtools.site.said import Record
    from kgtools.site.shell import Shell

    record = Record(Known(snapshot))
    paths = Paths(record.known.iris)
    _held[:] = [_Held(Shell(record, paths), {paths.of(iri): iri for iri in paths})]


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(0)


def place_of(path: str) -> str | None:
    """The place of the page of the IRI that has this path below the base; None if the graph has no such IRI."""
    paths = _held[0].shell.paths
    return paths.of(BASE + path) if BASE + path in paths else None


def made(place: str, kind: str) -> bytes | None:
    """The page, Turtle or JSON-LD at a place; None if no IRI has it."""
    from kgtools.site.pages import data_of, page_of

    shell, iri = _held[0].shell, _held[0].iris.get(place)
    if iri is None:
        return None
    if kind == "html":
        return page_of(shell, iri).encode("utf-8", "replace")
    turtle, json_ld = data_of(shell, iri)
    return (turtle if kind == "ttl" else json_ld).encode()
