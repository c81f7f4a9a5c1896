"""Files and folders that are written whole or not at all."""

import shutil
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from kgtools.errors import UsageError

_ABANDONED_AFTER = 3600  # seconds


def read_bytes(path: Path) -> bytes:
    """The bytes of a file; UsageError if it cannot be read."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path} cannot be read ({error.strerror}); name a file that is there") from None


def write_whole(path: Path, data: bytes) -> None:
    """Write a file whole or not at all."""
    if path.is_dir() or not path.name:
        raise UsageError(f"{path} is a folder; name a file in it")
    part = path.with_name(f".{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part.write_bytes(data)
        part.replace(path)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise UsageError(
            f"{path} cannot be written ({error.strerror}); name a file in a folder you may write to"
        ) from None


def write_folder(place: Path, files: Mapping[str, bytes]) -> None:
    """Write a folder of these files, by their paths in it; what is there is replaced if it holds no other files."""
    if place.exists():
        others = [path for path in place.rglob("*") if path.is_file()] if place.is_dir() else [place]
        strange = sorted(path for path in others if path.relative_to(place).as_posix() not in files)
        if strange:
            raise UsageError(f"{strange[0]} would be lost; name a folder that is new or holds an older export alone")
    try:
        with replacing(place) as folder:
            for name, data in files.items():
                path = folder / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(data)
    except OSError as error:
        raise UsageError(f"{place} cannot be written ({error.strerror}); name a folder where you may write") from None


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


def _clear_abandoned(place: Path) -> None:
    """Remove what killed runs left; one that still runs is younger than an hour."""
    for path in place.parent.glob(f".{place.name}-*"):
        if time.time() - path.stat().st_mtime > _ABANDONED_AFTER:
            shutil.rmtree(path, ignore_errors=True)
