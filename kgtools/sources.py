"""Read curated files: Turtle with its lexical forms kept, and a line number for whatever is wrong with it.

The parser is pyoxigraph's: it is strict, names line and column, keeps `"01"^^xsd:integer` as written, and with the
turning of its terms into rdflib's still reads four times as many triples a second as rdflib's own parser.
"""

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import overload

import pyoxigraph
from rdflib import BNode, Graph, Literal, URIRef

from kgtools.errors import SourceError
from kgtools.model import Corpus, Document, Finding, Project, Quad, Term, Triple
from kgtools.names import PREFIXES, shorten

POINTER = ".sahel-kg"
GRAPH_FOLDERS = ("reference", "sources", "scenarios", "views")


def find_project(start: Path, graph: Path | None = None) -> Project:
    """The project that *start* lies in: the nearest folder upwards that holds both `ontology/` and `graph/`.

    A folder may stand for a project elsewhere: a file POINTER in it holds the path.
    """
    for folder in (start.resolve(), *start.resolve().parents):
        root = _pointed_to(folder) or folder
        if (root / "ontology").is_dir() and (root / "graph").is_dir():
            return Project(root, root / "ontology", (graph or root / "graph").resolve())
    raise SourceError(
        start, "is not inside a project; go to the folder that holds ontology/ and graph/, or name it with --root"
    )


def _pointed_to(folder: Path) -> Path | None:
    pointer = folder / POINTER
    if not pointer.is_file():
        return None
    root = Path(read_text(pointer).strip())
    if not (root.is_absolute() and (root / "ontology").is_dir() and (root / "graph").is_dir()):
        raise SourceError(pointer, f"points to {root}, which holds no ontology/ and graph/; run kg lab there again")
    return root


def read_corpus(project: Project, *, lazily: bool = False) -> tuple[Corpus, list[Finding]]:
    """Every curated file that can be read, and one finding for each that cannot.

    With *lazily* on, a file is parsed only when its triples are asked for, and a SourceError is raised then: most
    builds need the triples of few files.
    """
    findings: list[Finding] = []

    parse = unread if lazily else parse_turtle

    def read(folder: Path, pattern: str = "*.ttl") -> tuple[Document, ...]:
        return tuple(_read_all(project.root, folder, pattern, findings, parse))

    corpus = Corpus(
        ontology=(
            *read(project.ontology, "kg.ttl"),
            *read(project.ontology / "modules"),
            *read(project.ontology / "vocabularies"),
        ),
        alignments=read(project.ontology / "alignments"),
        shapes=read(project.ontology / "shapes"),
        reference=read(project.graph / "reference"),
        sources=read(project.graph / "sources"),
        scenarios=read(project.graph / "scenarios"),
        views=read(project.graph / "views"),
        questions=tuple(_read_questions(project, findings)),
    )
    return corpus, findings


def turtle_files(project: Project) -> list[Path]:
    """Every curated Turtle file of the project, for `kg fmt`."""
    folders = [project.ontology, *(project.graph / name for name in GRAPH_FOLDERS)]
    return sorted({path for folder in folders for path in folder.rglob("*.ttl")})


def read_text(path: Path) -> str:
    """The text of a UTF-8 file; a byte that is not UTF-8 is an error with its line."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise SourceError(path, f"cannot be read ({error.strerror}); check that it exists and may be opened") from None
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise SourceError(path, "is not UTF-8 here; save the file as UTF-8", line) from None


def documents_by_digest(folder: Path, wanted: set[str]) -> dict[str, str]:
    """The texts of the documents in *folder* whose SHA-256 is wanted, by that digest."""
    if not folder.is_dir():
        raise SourceError(folder, "is no folder; name the folder that holds the documents")
    found = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file() and (digest := hashlib.sha256(data := path.read_bytes()).hexdigest()) in wanted:
            found[digest] = data.decode()  # not read_text: it would make one character of a Windows line end
    return found


def parse_turtle(path: Path, text: str) -> Document:
    """The document that *text* is, as Turtle; blank nodes get names that depend on the file and their order only."""
    names: dict[str, BNode] = {}
    stem = "".join(filter(str.isalnum, path.stem))

    def blank(node: pyoxigraph.BlankNode) -> BNode:
        return names.setdefault(node.value, BNode(f"{stem}b{len(names)}"))

    convert = _converter(blank)
    try:
        parsed = pyoxigraph.parse(text.encode(), format=pyoxigraph.RdfFormat.TURTLE)
        triples = tuple((convert(q.subject), convert(q.predicate), convert(q.object)) for q in parsed)
    except SyntaxError as error:
        raise SourceError(path, f"is not Turtle: {_without_position(error.msg)}; mend the line", error.lineno) from None
    except UnicodeEncodeError:
        raise SourceError(path, "holds half of a surrogate pair, which is no character; take it out") from None
    return Document(path, text, triples)  # type: ignore[arg-type]


class _Unread(Sequence[Triple]):
    """The triples of a file, parsed when they are first asked for."""

    def __init__(self, path: Path, text: str) -> None:
        self._path, self._text = path, text
        self._triples: Sequence[Triple] | None = None

    def _read(self) -> Sequence[Triple]:
        if self._triples is None:
            self._triples = parse_turtle(self._path, self._text).triples
        return self._triples

    def __len__(self) -> int:
        return len(self._read())

    def __iter__(self) -> Iterator[Triple]:
        return iter(self._read())

    @overload
    def __getitem__(self, place: int) -> Triple: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[Triple]: ...
    def __getitem__(self, place: int | slice) -> Triple | Sequence[Triple]:
        return self._read()[place]


def unread(path: Path, text: str) -> Document:
    """The document that *text* is, not yet parsed: SourceError comes when its triples are first asked for."""
    return Document(path, text, _Unread(path, text))


def parse_nquads(data: bytes) -> Iterator[Quad]:
    """The quads of N-Quads *data*, lexical forms and blank node names kept."""
    convert = _converter(lambda node: BNode(node.value))
    for quad in pyoxigraph.parse(data, format=pyoxigraph.RdfFormat.N_QUADS):
        yield tuple(map(convert, (quad.subject, quad.predicate, quad.object, quad.graph_name)))  # type: ignore[misc]


def nt(term: Term) -> str:
    """The term as N-Triples writes it: unlike n3(), never with a raw line break or a bare number."""
    if isinstance(term, URIRef):
        return f"<{term}>"  # n3() looks at each character again, which the parser has done
    if not isinstance(term, Literal):
        return term.n3()
    text = str(term).translate(_ESCAPES)
    if term.language:
        return f'"{text}"@{term.language}'
    return f'"{text}"' + (f"^^<{term.datatype}>" if term.datatype else "")


def terms_of(texts: Iterable[str]) -> list[Term]:
    """The terms that these N-Triples texts write, in their order."""
    lines = "".join(f"<x:s> <x:p> {text} <x:g> .\n" for text in texts)
    return [quad[2] for quad in parse_nquads(lines.encode())]


_ESCAPES = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r"})


def format_turtle(document: Document) -> str:
    """The document in canonical form: the one text that `kg fmt` writes for its triples."""
    graph = Graph(bind_namespaces="none")
    for prefix, iri in PREFIXES.items():
        graph.bind(prefix, iri, override=True, replace=True)
    triples = _canonical_blanks(document.triples)
    for triple in triples:
        graph.add(triple)
    text: str = graph.serialize(format="turtle")
    if set(triples) != set(_canonical_blanks(parse_turtle(document.path, text).triples)):
        raise SourceError(document.path, "would change meaning in canonical form; look for odd numbers or names in it")
    return text


def blocks(document: Document) -> list[tuple[int, str]]:
    """Line number and IRI (or prefixed name) of each subject block of the file, in order."""
    found = []
    inside_long_string = False
    for number, line in enumerate(document.text.splitlines(), 1):
        match = None if inside_long_string else _SUBJECT.match(line)
        if match and not match[1].lower().startswith(("@", "prefix", "base")):
            found.append((number, _absolute(match[1])))
        if line.count('"""') % 2:
            inside_long_string = not inside_long_string
    return found


def line_of(document: Document, subject: Term, name: URIRef | None = None) -> int | None:
    """The line where *subject*'s block begins, or within it the line that writes *name* where it can be found.

    A blank node stands in the block of what it hangs from.
    """
    above: dict[Term, Term] = {o: s for s, _, o in document.triples if isinstance(o, BNode)}
    while subject in above:
        subject = above[subject]
    starts = blocks(document)
    for index, (start, iri) in enumerate(starts):
        if iri == str(subject):
            end = starts[index + 1][0] - 1 if index + 1 < len(starts) else None
            return _line_with(document.text.splitlines()[start - 1 : end], name, start)
    return None


_SUBJECT = re.compile(r"^(<[^>]*>|[\w.-]*:[^\s;,]*)(?=\s|$)")


def _read_all(
    root: Path, folder: Path, pattern: str, findings: list[Finding], parse: Callable[[Path, str], Document]
) -> Iterator[Document]:
    paths = sorted(folder.rglob(pattern))
    if not paths:
        findings.append(Finding(_shown(root, folder), None, f"holds no {pattern} file, so there is nothing to read"))
    for path in paths:
        shown = Path(_shown(root, path))
        try:
            yield parse(shown, read_text(path))
        except SourceError as error:
            findings.append(Finding(str(shown), error.line, error.what))


def _read_questions(project: Project, findings: list[Finding]) -> Iterator[tuple[Path, str]]:
    folder = project.ontology / "questions"
    paths = sorted(folder.glob("*.rq"))
    if not paths:
        findings.append(Finding(_shown(project.root, folder), None, "holds no .rq file, so there is nothing to ask"))
    for path in paths:
        try:
            yield Path(_shown(project.root, path)), read_text(path)
        except SourceError as error:
            findings.append(Finding(_shown(project.root, path), error.line, error.what))


def _shown(root: Path, path: Path) -> str:
    """Paths are shown from the project's root, so that findings and bytes do not depend on where it lies."""
    return str(path.relative_to(root)) if path.is_relative_to(root) else str(path)


def _converter(blank: Callable[[pyoxigraph.BlankNode], BNode]) -> Callable[[object], Term]:
    iris: dict[str, URIRef] = {}

    def convert(term: object) -> Term:
        if isinstance(term, pyoxigraph.NamedNode):
            text = term.value
            known = iris.get(text)  # most IRIs come again and again, and making one takes longest
            if known is None:
                known = iris[text] = URIRef(text)
            return known
        if isinstance(term, pyoxigraph.Literal):
            if term.language:
                return Literal(term.value, lang=term.language)
            if term.datatype.value == "http://www.w3.org/2001/XMLSchema#string":
                return Literal(term.value)
            return Literal(term.value, datatype=convert(term.datatype), normalize=False)
        if isinstance(term, pyoxigraph.BlankNode):
            return blank(term)
        return URIRef("")  # the default graph: N-Quads of ours never use it

    return convert


def _without_position(message: str) -> str:
    return re.sub(r"^Parser error (at|between) [^:]*?: ", "", message).rstrip(".")


def _absolute(name: str) -> str:
    prefix, _, local = name.partition(":")
    return name[1:-1] if name.startswith("<") else PREFIXES.get(prefix, prefix + ":") + local


def _line_with(lines: list[str], name: URIRef | None, start: int) -> int:
    if name is not None:
        written = {f"<{name}>", shorten(name)}
        for offset, line in enumerate(lines):
            if written & set(re.split(r"[\s\[;,\]]+", line)):
                return start + offset
    return start


def _canonical_blanks(triples: Sequence[Triple]) -> list[Triple]:
    """The triples with blank nodes named by what they say, so that their order in the file does not matter.

    rdflib writes sibling blank nodes in the order of their names. Ours are trees, so a node is named by its content
    and, where two have the same, by what it hangs from.
    """
    about: dict[BNode, list[Triple]] = {}
    above = {o: f"{s.n3()} {p}" for s, p, o in triples if isinstance(o, BNode)}
    for triple in triples:
        for node in (triple[0], triple[2]):
            if isinstance(node, BNode):
                about.setdefault(node, [])
        if isinstance(triple[0], BNode):
            about[triple[0]].append(triple)

    def content(node: Term, path: tuple[Term, ...]) -> str:
        if not isinstance(node, BNode) or node in path:
            return node.n3()
        return "[" + " ".join(sorted(f"{p} {content(o, (*path, node))}" for _, p, o in about[node])) + "]"

    order = sorted(about, key=lambda node: (content(node, ()), above.get(node, "")))
    names = {node: BNode(f"c{number:06d}") for number, node in enumerate(order)}
    return [(names.get(s, s), p, names.get(o, o)) for s, p, o in triples]  # type: ignore[arg-type]
