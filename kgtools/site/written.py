"""Files of a site: written beside the last good one, which they take the place of only when all are there."""

import gc
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_ABANDONED_AFTER = 3600  # seconds


class Folder:
    """A folder that files are written into; the folders in it are made once."""

    def __init__(self, root: Path) -> None:
        """The folder is there already."""
        self.root = root
        self.files = self.bytes = 0
        self._made: set[str] = set()

    def write(self, path: str, text: str) -> None:
        """Write a file at a path below the folder."""
        parent = path.rpartition("/")[0]
        if parent not in self._made:
            (self.root / parent).mkdir(parents=True, exist_ok=True)
            self._made.add(parent)
        data = text.encode("utf-8", "replace")
        with open(os.path.join(self.root, path), "wb") as file:  # noqa: PTH118, PTH123 - of 80,000 files each counts
            file.write(data)
        self.files, self.bytes = self.files + 1, self.bytes + len(data)


@contextmanager
def replacing(place: Path) -> Iterator[Path]:
    """A folder to write into, which takes the place of what is at *place* when the block ends without an error."""
    place.parent.mkdir(parents=True, exist_ok=True)
    old = place.with_name(f"{place.name}.old")
    if old.is_dir() and not place.exists():
        old.rename(place)  # the last one was killed between its two renames
    _clear_abandoned(place)
    new = Path(tempfile.mkdtemp(prefix=f".{place.name}-", dir=place.parent))
    try:
        yield new
        shutil.rmtree(old, ignore_errors=True)
        if place.exists():
            place.rename(old)
        new.rename(place)
        place.chmod(0o755)
    finally:
        shutil.rmtree(new, ignore_errors=True)
    shutil.rmtree(old, ignore_errors=True)


@contextmanager
def uncollected() -> Iterator[None]:
    """Without a search for cycles: what is read stays to the end, and looking through it again and again takes long."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def _clear_abandoned(place: Path) -> None:
    """Remove what killed runs left; one that still runs is younger than an hour."""
    for path in place.parent.glob(f".{place.name}-*"):
        if time.time() - path.stat().st_mtime > _ABANDONED_AFTER:
            shutil.rmtree(path, ignore_errors=True)
