"""Where the page of an IRI lies in the site: a file name that is safe on any file system, whatever the IRI holds."""

import hashlib
import posixpath
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from urllib.parse import quote

from kgtools.names import BASE

_LONGEST = 120  # letters of a part of a path: with an ending well under what file systems take
_RESERVED = re.compile(r"(?i)(con|prn|aux|nul|com\d|lpt\d|index)$")
_TAKEN = frozenset(("question", "search"))  # names at the root of the site that are no IRI's


class Paths:
    """The place of each IRI's page, without its ending: `id/actor/jnim`."""

    def __init__(self, iris: Iterable[str]) -> None:
        """Of IRIs that some file systems cannot tell apart, the first keeps its name."""
        same: dict[str, list[str]] = defaultdict(list)
        for iri in sorted(set(iris)):
            same[place(iri).lower()].append(iri)
        found = {
            iri: place(iri) + (f"~{number}" if number else "")
            for group in same.values()
            for number, iri in enumerate(group)
        }
        self._places = dict(sorted(found.items()))

    def __contains__(self, iri: object) -> bool:
        """Whether the IRI has a page."""
        return iri in self._places

    def __iter__(self) -> Iterator[str]:
        """The IRIs that have a page, sorted."""
        return iter(self._places)

    def of(self, iri: str) -> str:
        """The place of the IRI's page."""
        return self._places[iri]


def place(iri: str) -> str:
    """The path of the IRI below the base, each part made safe."""
    parts = [_safe(part) for part in iri.removeprefix(BASE).split("/")]
    if parts[0] in _TAKEN:
        parts[0] = "~" + parts[0]
    return "/".join(parts)


def _safe(part: str) -> str:
    """The part with `~` and hexadecimal digits for whatever a file name should not hold; the same for the same part.

    A full stop stays where a digit follows, as in a version, so that no name ends as the files beside a page do.
    """
    text = _UNSAFE.sub(lambda found: "".join(f"~{byte:02x}" for byte in found[0].encode()), part)
    if not text or _RESERVED.match(text):
        text = "~" + text
    if len(text) > _LONGEST:
        text = f"{text[:_LONGEST]}~{hashlib.sha256(part.encode()).hexdigest()[:16]}"
    return text


_UNSAFE = re.compile(r"[^A-Za-z0-9_.-]|^[.-]|\.(?!\d)")


def relative(page: str, target: str) -> str:
    """The address of *target* as a page at *page* writes it; both are paths from the root of the site."""
    path, _, fragment = target.partition("#")
    way = posixpath.relpath(path, posixpath.dirname(page) or ".")
    return quote(way, safe="/~._-") + (f"#{fragment}" if fragment else "")
