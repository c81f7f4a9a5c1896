"""Property graphs as XML: what GraphML and GEXF have in common, and a reader of both, whoever has written them.

XML has no way to write most control characters. They are written as N-Triples writes them, such as `\\u0001`, and so is
a backslash before a `u`, which would be taken for one.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from xml.parsers import expat

from kgtools.errors import SourceError
from kgtools.files import read_bytes

Span = tuple[str, str]  # first and last day, each empty where it is open


@dataclass(frozen=True, slots=True)
class Node:
    """A node: attributes without a value are left out."""

    name: str
    label: str
    attributes: Mapping[str, str]
    span: Span = ("", "")


@dataclass(frozen=True, slots=True)
class Edge:
    """An edge; of several between two nodes each has a kind of its own. It has times where all are known."""

    name: str
    start: str
    stop: str
    label: str
    kind: str
    attributes: Mapping[str, str]
    spans: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class Drawn:
    """A property graph, with what is to be known of the whole."""

    told: Mapping[str, str]
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]

    def names_of(self, parts: "Iterable[Node | Edge]") -> list[str]:
        """The names of the attributes on these nodes or edges, sorted."""
        return sorted({name for part in parts for name in part.attributes})


@dataclass(slots=True)
class Read:
    """A property graph as it was read: attributes of each node by its id, and of each edge with its two ends."""

    nodes: dict[str, dict[str, str]] = field(default_factory=dict)
    edges: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)


_FORBIDDEN = "[\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\ufffe\\uffff]"
_TO_ESCAPE = re.compile(rf"{_FORBIDDEN}|\\(?=u)")
_ESCAPED = re.compile(r"\\u([0-9A-F]{4})")
# A parser makes a space of a line break in an attribute, and a line feed of a carriage return anywhere.
_ENTITIES = str.maketrans(
    {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\r": "&#13;", "\n": "&#10;", "\t": "&#9;"}
)


def xml(text: str) -> str:
    """The text as XML holds it, in content and in attributes alike."""
    if _TO_ESCAPE.search(text):
        text = _TO_ESCAPE.sub(lambda found: f"\\u{ord(found[0]):04X}", text)
    return text.translate(_ENTITIES)


def read_graph(place: Path, form: str) -> Read:
    """The graph in a file of GraphML or GEXF, whoever has written it; SourceError where it is none."""
    data = read_bytes(place)
    reader = _Reader(place, form)
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.text
    parser.StartDoctypeDeclHandler = reader.doctype
    try:
        parser.Parse(data, True)
    except expat.ExpatError as error:
        what = "is empty" if not data.strip() else f"is no whole XML ({expat.ErrorString(error.code)})"
        raise SourceError(place, f"{what}; name a file that kg export {form} has written", error.lineno) from None
    return reader.found


class _Reader:
    """What the parser tells of, put together."""

    def __init__(self, place: Path, form: str) -> None:
        self.found = Read()
        self._place, self._form = place, form
        self._titles: dict[tuple[str, str], str] = {}
        self._class = ""  # of the attributes that are being declared
        self._part = ""  # node or edge, while in one
        self._attributes: dict[str, str] | None = None
        self._title: str | None = None  # of the attribute whose text comes
        self._text: list[str] = []
        self._begun = False

    def doctype(self, *_: object) -> None:
        raise SourceError(self._place, f"declares a document type, which no {self._form} needs; take the line out")

    def start(self, tag: str, given: dict[str, str]) -> None:
        name = tag.rpartition(" ")[2]
        if not self._begun and name != self._form:
            raise SourceError(self._place, f"begins with <{name}>, not with <{self._form}>; it is no {self._form} file")
        self._begun = True
        if name == "key":
            self._titles[given.get("for", ""), given.get("id", "")] = given.get("attr.name", "")
        elif name == "attributes":
            self._class = given.get("class", "")
        elif name == "attribute":
            self._titles[self._class, given.get("id", "")] = given.get("title", "")
        elif name in ("node", "edge"):
            self._begin(name, given)
        elif name == "data":
            self._title, self._text = self._titled(given.get("key", "")), []
        elif name == "attvalue" and self._attributes is not None:
            self._attributes[self._titled(given.get("for", ""))] = _plain(given.get("value", ""))

    def end(self, tag: str) -> None:
        name = tag.rpartition(" ")[2]
        if name == "data":
            if self._title is not None and self._attributes is not None:
                self._attributes[self._title] = _plain("".join(self._text))
            self._title = None
        elif name in ("node", "edge"):
            self._attributes = None

    def text(self, text: str) -> None:
        if self._title is not None:
            self._text.append(text)

    def _begin(self, name: str, given: dict[str, str]) -> None:
        self._part, self._attributes = name, {}
        ends = ("id",) if name == "node" else ("source", "target")
        missing = [end for end in ends if end not in given]
        if missing:
            raise SourceError(self._place, f"has a <{name}> without {' and '.join(missing)}; export it again")
        if name == "node":
            self.found.nodes[given["id"]] = self._attributes
        else:
            self.found.edges.append((given["source"], given["target"], self._attributes))

    def _titled(self, key: str) -> str:
        return self._titles.get((self._part, key)) or self._titles.get(("all", key)) or key


def _plain(text: str) -> str:
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text) if "\\u" in text else text
