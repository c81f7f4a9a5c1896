"""What comes out under a version, and the files that it comes in."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from rdflib import URIRef

from kgtools.names import BASE


@dataclass(frozen=True, slots=True)
class Edition:
    """A version with its day, where it can be had, and the version before it, as far as they are told."""

    version: str
    date: str | None = None
    prior: str | None = None
    url: str | None = None  # of the folder that holds it, with a slash at its end

    @property
    def iri(self) -> URIRef:
        """What this version of the dataset is called."""
        return URIRef(f"{BASE}dataset/{self.version}")


@dataclass(frozen=True, slots=True)
class Written:
    """A form that the dataset is written in: where in the folder, and each file of it by its path there."""

    form: str
    what: str
    media: str
    path: str
    files: Mapping[str, bytes]
    loses: str = ""

    @property
    def size(self) -> int:
        """How many bytes its files have together."""
        return sum(map(len, self.files.values()))


def sha256(data: bytes) -> str:
    """The SHA-256 of a file, as `sha256sum` prints it."""
    return hashlib.sha256(data).hexdigest()
