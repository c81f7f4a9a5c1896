"""A release: all forms of a snapshot, what describes them, what has changed since the last, and how to verify it."""

from kgtools.release.check import check_release
from kgtools.release.make import release_files, write_release
from kgtools.release.places import Prior, check_date, check_version, read_prior

__all__ = [
    "Prior",
    "check_date",
    "check_release",
    "check_version",
    "read_prior",
    "release_files",
    "write_release",
]
