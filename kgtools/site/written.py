"""Writing very many files: a folder that makes each of its folders once, and no search for cycles meanwhile."""

import gc
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


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
def uncollected() -> Iterator[None]:
    """Without a search for cycles: what is read stays to the end, and looking through it again and again takes long."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()
