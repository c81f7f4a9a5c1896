"""Verbs of `kg` that publish: a release of what is built, its check, and deltas applied."""

from argparse import Namespace
from pathlib import Path
from urllib.parse import urlsplit

from kgtools.cli.opening import out_of, project_of
from kgtools.errors import UsageError
from kgtools.files import read_bytes, write_whole


def release(arguments: Namespace) -> int:
    """Build, then write a release; or check one, with exit code 1 if anything is wrong."""
    from kgtools.build import build
    from kgtools.describe import Edition
    from kgtools.release import check_date, check_version, read_prior, release_files, write_release

    if arguments.check:
        return _check(arguments)
    if arguments.version is None:
        raise UsageError("a release has a version; write kg release 0.2.0, or kg release --check FOLDER to verify one")
    check_version(arguments.version)
    check_date(arguments.date)
    url, endpoint = _address("--url", arguments.url), _address("--endpoint", arguments.endpoint)
    prior = read_prior(arguments.since) if arguments.since else None
    if prior and prior.version == arguments.version:
        raise UsageError(
            f"{arguments.since} is release {prior.version} itself; choose another version, or leave out --since"
        )
    edition = Edition(
        arguments.version, arguments.date, prior.version if prior else None, url and f"{url.rstrip('/')}/"
    )
    project, out = project_of(arguments), out_of(arguments)
    built = build(project, out)  # so that the curated files that the provenance names are those of the snapshot
    place = arguments.output or out / "release" / arguments.version
    write_release(place, release_files(project, built.folder, edition, prior, endpoint))
    print(place)
    return 0


def apply(arguments: Namespace) -> int:
    """Write the dataset that a delta leads to."""
    from kgtools.diff import apply_delta

    data = _dataset(arguments.data)
    write_whole(arguments.output, apply_delta(arguments.delta, read_bytes(arguments.delta), arguments.data, data))
    print(arguments.output)
    return 0


def _check(arguments: Namespace) -> int:
    from kgtools.release import check_release

    if arguments.version is not None or arguments.output is not None:
        raise UsageError("--check verifies a release and writes none; leave out the version and -o")
    findings = check_release(arguments.check, arguments.since)
    for finding in findings:
        print(finding)
    if not findings:
        print(f"{arguments.check} is whole")
    return 1 if findings else 0


def _dataset(place: Path) -> bytes:
    """The dataset in a file, a release, a snapshot's folder or the build folder around it."""
    from kgtools.build import SNAPSHOT
    from kgtools.export import whole
    from kgtools.release import read_prior

    if not place.is_dir():
        return read_bytes(place)
    for folder in (place, place / SNAPSHOT):
        if (folder / "manifest.json").is_file():
            return whole(folder)
    return read_prior(place).data


def _address(flag: str, text: str | None) -> str | None:
    """An address as it was typed; UsageError if it is none."""
    if text is None:
        return None
    try:
        parts = urlsplit(text)
        good = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        good = False
    if not good or any(character in '<>"{}|\\^`' or character.isspace() for character in text):
        raise UsageError(f"{flag} {text!r} is no address; write one such as https://example.org/kg/")
    return text
