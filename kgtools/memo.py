"""What earlier builds made, kept under the hash of all that it was made from.

Whatever is kept here is a pure function of its key's parts and of the program, so a build that takes it ends with the
bytes of a build that makes it. Nothing else is remembered: not which files changed, nor when.
"""

import hashlib
import os
import sys
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

_WORKS = ("numpy", "polars", "pyoxigraph", "rdflib")  # the libraries that what is kept passes through
_DIGEST = 64  # characters


class Memo:
    """Byte strings by key, in a folder; without a folder nothing is kept and everything is made anew."""

    def __init__(self, folder: Path | None = None) -> None:
        """Nothing is read or written yet. A folder that cannot be written to only makes builds slower."""
        self._folder = folder
        self._used: set[str] = set()

    def get(self, key: str) -> bytes | None:
        """What is kept under the key; None if there is nothing or it is damaged."""
        self._used.add(key)
        if self._folder is None:
            return None
        try:
            data = (self._folder / key).read_bytes()
        except OSError:
            return None
        content = data[_DIGEST:]
        return content if data[:_DIGEST].decode("latin-1") == hashlib.sha256(content).hexdigest() else None

    def put(self, key: str, content: bytes) -> bytes:
        """Keep the content under the key, and return it."""
        self._used.add(key)
        if self._folder is not None:
            half = self._folder / f".{key}-{os.getpid()}"
            try:
                self._folder.mkdir(parents=True, exist_ok=True)
                half.write_bytes(hashlib.sha256(content).hexdigest().encode() + content)
                half.replace(self._folder / key)
            except OSError:
                with suppress(OSError):
                    half.unlink()
        return content

    def made(self, key: str, make: Callable[[], bytes]) -> bytes:
        """What is kept under the key, or else what *make* returns, kept from now on."""
        found = self.get(key)
        return self.put(key, make()) if found is None else found

    def forget_unused(self) -> None:
        """Remove what was neither asked for nor put since this object was made: the next build asks for the same."""
        if self._folder is not None and self._folder.is_dir():
            for path in self._folder.iterdir():
                if path.name not in self._used:
                    with suppress(OSError):  # a folder, or another build has removed it: in nobody's way
                        path.unlink()


def key_of(kind: str, *parts: str | bytes) -> str:
    """The key of what is made from the parts by this version of the program; *kind* says what that is."""
    return digest_of([_program(), kind, *parts])


def digest_of(parts: Iterable[str | bytes]) -> str:
    """The SHA-256 of the parts; where one ends and the next begins counts."""
    whole = hashlib.sha256()
    for part in parts:
        data = part.encode() if isinstance(part, str) else part
        whole.update(f"{len(data)}:".encode())
        whole.update(data)
    return whole.hexdigest()


@cache
def _program() -> str:
    """The hash of this package's own code and of the versions that it runs on."""
    folder = Path(__file__).parent
    code = (
        part for path in sorted(folder.rglob("*.py")) for part in (str(path.relative_to(folder)), path.read_bytes())
    )
    return digest_of([sys.version, *map(_version, _WORKS), *code])


def _version(name: str) -> str:
    try:
        return f"{name} {version(name)}"
    except PackageNotFoundError:
        return name
