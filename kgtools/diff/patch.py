"""What leads from one whole dataset to the next as RDF Patch: rows that delete and add quads, in one transaction.

A dataset is its sorted N-Quads, a quad a line and each once, as `kg export nquads` writes them. Header rows name the
data that a patch begins and ends at: `id` and `prev` as UUIDs, which logs of patches go by, and both SHA-256. Applied
to exactly the data that it begins at, a patch gives the other, byte for byte.
"""

import hashlib
import re
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from kgtools.errors import SourceError


@dataclass(frozen=True, slots=True)
class Edit:
    """One quad, as its line of N-Quads without the line break, that is deleted or added, and where that is written."""

    added: bool
    quad: bytes
    line: int


def digest_of(data: bytes) -> str:
    """The SHA-256 of a dataset, which deltas know it by."""
    return hashlib.sha256(data).hexdigest()


def quad_lines(name: Path | str, data: bytes) -> list[bytes]:
    """The lines of a dataset; SourceError if they are not sorted N-Quads with each quad once."""
    lines = data.split(b"\n")
    if lines.pop():
        raise SourceError(name, f"does not end in a line break; {_AS_EXPORTED}", len(lines) + 1)
    for number, line in enumerate(lines, 1):
        # In the order of whole lines, their breaks included: so the export sorts them.
        if number > 1 and lines[number - 2] + b"\n" >= line + b"\n":
            raise SourceError(name, f"is out of order or there twice; {_AS_EXPORTED}", number)
        if not line.endswith(b" .") or b" <" not in line:
            raise SourceError(name, f"is no quad; {_AS_EXPORTED}", number)
    return lines


def rdf_patch(before: bytes, after: bytes) -> bytes:
    """The patch from one dataset to another: headers, then the quads lost and those gained, each in order."""
    old, new = (set(quad_lines(name, data)) for name, data in (("the earlier", before), ("the later", after)))
    rows = [*(b"D " + quad for quad in sorted(old - new)), *(b"A " + quad for quad in sorted(new - old))]
    return b"\n".join([*_headers(digest_of(before), digest_of(after)), b"TX .", *rows, b"TC .", b""])


def undoing(name: Path | str, patch: bytes) -> bytes:
    """The patch that leads back."""
    headers, edits = read_patch(name, patch)
    back = ((b"D " if edit.added else b"A ") + edit.quad for edit in edits)
    rows = sorted(back, key=lambda row: (row[:1] == b"A", row))
    return b"\n".join([*_headers(headers["sha256"], headers["prevSha256"]), b"TX .", *rows, b"TC .", b""])


def apply_rdf_patch(name: Path | str, patch: bytes, data_name: Path | str, data: bytes) -> bytes:
    """The dataset that a patch leads to; SourceError unless it begins at exactly this one and holds what it says."""
    headers, edits = read_patch(name, patch)
    return applied(name, edits, data_name, data, (headers["prevSha256"], headers["sha256"]))


def applied(
    name: Path | str, edits: Iterable[Edit], data_name: Path | str, data: bytes, digests: tuple[str, str]
) -> bytes:
    """The dataset after these edits, where the hashes of what they begin and end at are as told."""
    before, after = digests
    if digest_of(data) != before:
        raise SourceError(
            name,
            f"begins at other data than {data_name}, at those with SHA-256 {before}; apply it to the release before",
        )
    quads = set(quad_lines(data_name, data))
    for edit in edits:
        if edit.added == (edit.quad in quads):
            wrong = "adds a quad that is there already" if edit.added else "deletes a quad that is not there"
            raise SourceError(name, f"{wrong}; take the file anew", edit.line)
        (quads.add if edit.added else quads.remove)(edit.quad)
    result = b"".join(sorted(quad + b"\n" for quad in quads))
    if digest_of(result) != after:
        raise SourceError(name, f"does not give the data with SHA-256 {after} that it names; take the file anew")
    return result


def is_quad(quad: bytes) -> bool:
    """Whether this is a quad as N-Quads writes it, with one space between terms, without its line break."""
    return _QUAD.fullmatch(quad) is not None


def read_patch(name: Path | str, patch: bytes) -> tuple[dict[str, str], list[Edit]]:
    """The headers and the edits of a patch; SourceError with its line at the first row that is not as it should be."""
    headers: dict[str, str] = {}
    edits: list[Edit] = []
    state = "headers"
    for number, row in _rows(name, patch):
        code = row.split(b" ", 1)[0]
        if code == b"H" and state == "headers":
            _read_header(name, number, row, headers)
        elif (row, state) in _STEPS:
            state = _STEPS[row, state]
        elif code in (b"A", b"D") and state == "changes":
            if not is_quad(row[2:]):
                raise SourceError(name, "holds no quad as N-Quads writes it, with one space between terms", number)
            edits.append(Edit(code == b"A", row[2:], number))
        elif not (code in (b"PA", b"PD") and state == "changes" and _PREFIX.fullmatch(row)):
            raise SourceError(name, f"is no row of a patch among its {state}; {_MEND}", number)
    if state != "end":
        raise SourceError(name, f"ends before its transaction does (TC .); {_MEND}")
    return _checked(name, headers), edits


_AS_EXPORTED = "take the file that kg export nquads wrote"
_MEND = "take the file that kg diff or kg release wrote"
_STEPS = {(b"TX .", "headers"): "changes", (b"TC .", "changes"): "end"}
_KEYS = ("id", "prev", "sha256", "prevSha256")
_ESCAPE = rb"\\u[0-9A-Fa-f]{4}|\\U[0-9A-Fa-f]{8}"
_IRI = rb'<(?:[^\x00-\x20<>"{}|^`\\]|' + _ESCAPE + rb")*>"
_BLANK = rb'_:[^\x00-\x20<>"\\]+'
_TEXT = rb'"(?:[^"\\\n\r]|\\[tbnrf"\'\\]|' + _ESCAPE + rb')*"'
_LITERAL = _TEXT + rb"(?:\^\^" + _IRI + rb"|@[A-Za-z]+(?:-[A-Za-z0-9]+)*)?"
_QUAD = re.compile(
    rb"(?:%(i)b|%(b)b) %(i)b (?:%(i)b|%(b)b|%(l)b)(?: (?:%(i)b|%(b)b))? \." % {b"i": _IRI, b"b": _BLANK, b"l": _LITERAL}
)
_HEADER = re.compile(rb'H +(\w+) +(?:<([^<>"\s]*)>|"([^"\\]*)") *\.')
_PREFIX = re.compile(rb"(?:PA +%b +(?:%b|%b)|PD +%b) *\." % (_TEXT, _IRI, _TEXT, _TEXT))


def _rows(name: Path | str, patch: bytes) -> Iterator[tuple[int, bytes]]:
    """The rows with their numbers, without comments and empty lines."""
    lines = patch.split(b"\n")
    if lines.pop():
        raise SourceError(name, f"breaks off inside its last row; {_MEND}", len(lines) + 1)
    for number, line in enumerate(lines, 1):
        if line.strip() and not line.startswith(b"#"):
            yield number, line


def _read_header(name: Path | str, number: int, row: bytes, headers: dict[str, str]) -> None:
    match = _HEADER.fullmatch(row)
    if match is None:
        raise SourceError(name, f"is no header, such as H prev <uuid:…> .; {_MEND}", number)
    key, value = match[1].decode(), (match[2] or match[3] or b"").decode(errors="replace")
    if key in headers:
        raise SourceError(name, f"gives the header {key} for a second time; {_MEND}", number)
    headers[key] = value


def _checked(name: Path | str, headers: dict[str, str]) -> dict[str, str]:
    """The headers, complete and agreeing with one another."""
    missing = [key for key in _KEYS if key not in headers]
    if missing:
        raise SourceError(name, f"has no header H {missing[0]}, so what it begins or ends at is unknown; {_MEND}")
    for key, digest in (("id", "sha256"), ("prev", "prevSha256")):
        if headers[key] != _uuid(headers[digest]):
            raise SourceError(name, f"has headers H {key} and H {digest} of different data; {_MEND}")
    return headers


def _headers(before: str, after: str) -> Iterator[bytes]:
    for key, digest in (("", after), ("prev", before)):
        yield f"H {key or 'id'} <{_uuid(digest)}> .".encode()
        yield f'H {f"{key}Sha256" if key else "sha256"} "{digest}" .'.encode()


def _uuid(digest: str) -> str:
    """What a log of patches calls the state of the data with this hash."""
    return f"uuid:{uuid.uuid5(uuid.NAMESPACE_URL, f'urn:sha256:{digest}')}"
