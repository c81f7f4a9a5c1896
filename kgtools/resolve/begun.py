"""Terms and things by what somebody has begun to type: a local name, a label in any language, or a later word of it.

The keys lie as sorted places in one text each, so that an index of a million things fits and a look-up is a bisection.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np

from kgtools.resolve.spelling import ARTICLE_IN_LINES, plain

Array = np.ndarray[Any, np.dtype[Any]]

_ARTICLE_BYTES = 4
_NONE = np.zeros(0, dtype=np.uint32)


@dataclass(frozen=True, slots=True)
class Entry:
    """A term or thing: its IRI, its kind (`class`, `property`, `actor`, …) and its labels, the best one first."""

    iri: str
    kind: str
    labels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """What was found, with the label by which it was found; by its local name, its best label."""

    iri: str
    kind: str
    label: str


class Begun:
    """An index of entries by the beginnings of what they are called."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        kept = sorted({entry.iri: entry for entry in entries}.values(), key=lambda entry: entry.iri)
        labels = [label for entry in kept for label in entry.labels]
        self._iris = _Texts([entry.iri for entry in kept])
        self._labels = _Texts(labels)
        self._of = np.repeat(np.arange(len(kept), dtype=np.uint32), [len(entry.labels) for entry in kept])
        self._names = sorted({entry.kind for entry in kept})
        codes = {name: code for code, name in enumerate(self._names)}
        self._kinds = np.fromiter((codes[entry.kind] for entry in kept), dtype=np.uint16, count=len(kept))
        self._locals, _ = _tables([local_name(entry.iri) for entry in kept])
        self._heads, self._words = _tables(labels)

    def __len__(self) -> int:
        return len(self._iris)

    def find(
        self, typed: str, *, namespace: str = "", kind: str = "", without: str = "", most: int = 50
    ) -> list[Found]:
        """At most so many whose local name, else a label, else a later word of a label, begins as typed.

        Before them come those whose whole local name or label it is. Within each of these they come in the order of
        their IRIs. Only what is in the namespace, of the kind and not of the other one is looked for.
        """
        sought, span = plain(typed).encode("utf-8", "ignore"), self._span(namespace)
        if not sought:
            return [] if typed else self._first(span, kind, without, most)
        found: dict[int, int | None] = {}
        for beginning, table, of in self._ranks(sought):
            keys = table.beginning(beginning)
            if namespace or kind or without:
                keys = keys[self._mask(keys if of is None else of[keys], span, kind, without)]
            for key, place in _least(keys, of, most + len(found)):
                found.setdefault(place, None if of is None else key)
            if len(found) >= most:
                break
        return [self._found(place, label) for place, label in islice(found.items(), most)]

    def _ranks(self, sought: bytes) -> "tuple[tuple[bytes, _Table, Array | None], ...]":
        """What to look for where, the best first; a line's end behind it means the whole name."""
        local, head, later = (self._locals, None), (self._heads, self._of), (self._words, self._of)
        whole = sought + b"\n"
        return (whole, *local), (whole, *head), (sought, *local), (sought, *head), (sought, *later)

    def beginning(self, iri: str, most: int = 50) -> list[Found]:
        """At most so many whose IRI begins so, in the order of their IRIs."""
        return self._first(self._span(iri), "", "", most)

    def _span(self, beginning: str) -> tuple[int, int]:
        """Where the IRIs that begin so lie."""
        size, places = len(beginning), range(len(self._iris))

        def part(place: int) -> str:
            return self._iris[place][:size]

        return bisect_left(places, beginning, key=part), bisect_right(places, beginning, key=part)

    def _first(self, span: tuple[int, int], kind: str, without: str, most: int) -> list[Found]:
        places = np.arange(*span)
        if kind or without:
            places = places[self._mask(places, span, kind, without)]
        return [self._found(place, None) for place in places[:most].tolist()]

    def _mask(self, places: Array, span: tuple[int, int], kind: str, without: str) -> Array:
        kept = (places >= span[0]) & (places < span[1])
        if kind:
            kept &= self._kinds[places] == self._code(kind)
        return kept & (self._kinds[places] != self._code(without)) if without else kept

    def _code(self, kind: str) -> int:
        return self._names.index(kind) if kind in self._names else len(self._names)

    def _found(self, place: int, label: int | None) -> Found:
        if label is None:
            label = int(np.searchsorted(self._of, place))
            known = label < len(self._of) and self._of[label] == place
        else:
            known = True
        return Found(self._iris[place], self._names[self._kinds[place]], self._labels[label] if known else "")


class _Texts:
    """Many texts in little memory."""

    def __init__(self, texts: Sequence[str]) -> None:
        parts = [text.encode("utf-8", "surrogatepass") for text in texts]
        self._blob = b"".join(parts)
        self._ends = np.cumsum([0, *map(len, parts)], dtype=np.uint32)

    def __len__(self) -> int:
        return len(self._ends) - 1

    def __getitem__(self, place: int) -> str:
        start, end = self._ends[place : place + 2].tolist()
        return self._blob[start:end].decode("utf-8", "surrogatepass")


@dataclass(frozen=True, slots=True)
class _Table:
    """Keys in order: where each begins in the text, in which it ends with its line, and the number of that line."""

    text: bytes
    starts: Array
    lines: Array

    def beginning(self, sought: bytes) -> Array:
        """The numbers of the lines that have a key that begins so."""
        size, places = len(sought), range(len(self.starts))

        def part(place: int) -> bytes:
            start = int(self.starts[place])
            return self.text[start : start + size]

        return self.lines[bisect_left(places, sought, key=part) : bisect_right(places, sought, key=part)]


def local_name(iri: str) -> str:
    """What stands behind the last slash or hash."""
    return iri[max(iri.rfind("/"), iri.rfind("#")) + 1 :]


def _tables(names: list[str]) -> tuple[_Table, _Table]:
    """The names from their beginning, and from each later word; each also behind an Arabic article."""
    text = (
        plain("\n".join(name.replace("\n", " ") for name in names)).encode("utf-8", "replace") + b"\n" if names else b""
    )
    data = np.frombuffer(text, dtype=np.uint8)
    ends = np.flatnonzero(data == ord("\n"))
    starts = np.concatenate(([0], ends[:-1] + 1)) if len(ends) else ends
    words = np.flatnonzero(data == ord(" ")) + 1
    bare = np.fromiter((match.end() for match in ARTICLE_IN_LINES.finditer(text)), dtype=np.int64)
    at_head = np.isin(bare - _ARTICLE_BYTES, starts)
    heads = _sorted(text, np.concatenate((starts[starts < ends], bare[at_head])), ends)
    return heads, _sorted(text, np.concatenate((words, bare[~at_head])), ends)


def _sorted(text: bytes, starts: Array, ends: Array) -> _Table:
    import polars as pl

    if not len(starts):
        return _Table(b"", _NONE, _NONE)
    lines = np.searchsorted(ends, starts)
    keys = [text[start:end] for start, end in zip(starts.tolist(), ends[lines].tolist(), strict=True)]
    order = pl.Series(keys, dtype=pl.Binary).arg_sort().to_numpy()
    return _Table(text, starts[order].astype(np.uint32), lines[order].astype(np.uint32))


def _least(keys: Array, of: Array | None, most: int) -> list[tuple[int, int]]:
    """The least keys of the least things, each thing once, with these things: as many as asked for, if there are."""
    taken = 8 * most
    while True:
        some = np.sort(np.partition(keys, taken)[:taken] if taken < len(keys) else keys)
        places, first = np.unique(some if of is None else of[some], return_index=True)
        if len(places) >= most or taken >= len(keys):
            return list(zip(some[first].tolist(), places.tolist(), strict=True))
        taken *= 8
