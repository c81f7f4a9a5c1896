"""The files of a snapshot, from a corpus without findings: what is sorted lines, what follows, and the views.

Each file is made of others or of the curated files, and is taken from the memo where those are what they were.
"""

from collections.abc import Iterable, Mapping
from functools import cached_property, partial
from typing import TYPE_CHECKING

from kgtools.claims import DECIDING, INDEXED, SCENARIOS, claim_set, derived_quads
from kgtools.identities import decided_reference
from kgtools.layer import Layer, divided, in_graphs
from kgtools.memo import Memo, digest_of, key_of
from kgtools.model import Corpus, Quad, Triple, View
from kgtools.names import graph_iri
from kgtools.reason import rules
from kgtools.sources import nt, parse_nquads
from kgtools.validate import as_triples
from kgtools.views import read_views

if TYPE_CHECKING:
    from kgtools.columns import Index, Selection

COLUMNS = "columns.npz"
_IN_SCENARIOS = f" {SCENARIOS.n3()} .\n".encode()


def freeze(corpus: Corpus, layer: Layer, memo: Memo | None = None) -> dict[str, bytes]:
    """Every file of the snapshot by its name."""
    memo, ground = memo or Memo(), _Ground(corpus)
    stated = memo.made(key_of("stated", ground.digest), ground.stated)
    derived = memo.made(key_of("derived", ground.digest, layer.digest(DECIDING)), lambda: ground.derived(layer))
    scenarios = {line for line in layer.lines if line.endswith(_IN_SCENARIOS)}
    claims = b"".join(sorted({*layer.lines, *derived.splitlines(keepends=True)} - scenarios))
    key = key_of("columns", ground.digest, layer.digest(INDEXED), derived)
    columns = _Columns(memo.made(key, lambda: ground.columns(stated, claims)))
    standing, fallen = divided(claims, memo.made(key_of("fallen", key), columns.fallen).splitlines())
    files = {
        "ontology.nq": memo.made(key_of("ontology", ground.digest), ground.ontology_file),
        "reference.nq": memo.made(
            key_of("reference", ground.digest), lambda: ground.reference_file(stated, columns.index)
        ),
        "claims.nq": standing,
        "withdrawn.nq": fallen,
        "scenarios.nq": b"".join(sorted(scenarios)),
    }
    for view in read_views(corpus.views):
        # Most changes of the columns leave most views as they are.
        chosen = memo.made(key_of("selection", view.name, key), partial(columns.selected, view))
        files[f"views/{view.name}.nq"] = memo.made(key_of("view", view.name, chosen), partial(columns.view_file, view))
    return files | {COLUMNS: columns.data}


def facts_of(files: Mapping[str, bytes]) -> dict[str, tuple[Triple, ...]]:
    """The facts of each view by its name, from the files of a snapshot."""
    found = {}
    for name in view_names(files):
        lines = in_graphs(files[f"views/{name}.nq"], f"view/{name}/facts")
        found[name] = tuple(quad[:3] for quad in parse_nquads(lines))
    return found


def view_names(files: Iterable[str]) -> list[str]:
    """The names of the views among the names of a snapshot's files."""
    return [name.removeprefix("views/").removesuffix(".nq") for name in files if name.startswith("views/")]


def nquads(quads: Iterable[Quad]) -> bytes:
    """The quads as the snapshot writes them: N-Quads, a line each, sorted, each once."""
    return _joined(f"{' '.join(map(nt, quad))} .\n" for quad in quads)


class _Ground:
    """What the files that bear no claims give, worked out when it is first asked for."""

    def __init__(self, corpus: Corpus) -> None:
        self._corpus = corpus

    @cached_property
    def digest(self) -> str:
        """A hash of all these files, which the names of blank nodes depend on too."""
        corpus = self._corpus
        documents = (*corpus.ontology, *corpus.alignments, *corpus.reference, *corpus.views)
        return digest_of(part for document in documents for part in (str(document.path), document.text))

    def derived(self, layer: Layer) -> bytes:
        """Roots, disputes and withdrawals of the claims in the layer."""
        said = parse_nquads(layer.about(DECIDING))
        return nquads(derived_quads(claim_set(said, [*self._ontology, *self._reference])))

    def stated(self) -> bytes:
        """The reference data as they are stated."""
        return nquads(_in_graph(self._reference, "reference"))

    def columns(self, stated: bytes, claims: bytes) -> bytes:
        """The columns of the claims over the stated reference data."""
        from kgtools.columns import index_bytes, index_of, quads

        return index_bytes(index_of(rules(self._ontology), quads(stated), claims))

    def ontology_file(self) -> bytes:
        return nquads(_in_graph([*self._ontology, *as_triples(self._corpus.alignments)], "ontology"))

    def reference_file(self, stated: bytes, index: "Index") -> bytes:
        """The stated reference data, the views' rules, and what follows from the former alone."""
        from kgtools.columns import reference_lines

        whole = stated + nquads(_in_graph(as_triples(self._corpus.views), "reference"))
        return _joined([*(f"{line}\n" for line in whole.decode().split("\n")[:-1]), *reference_lines(index)])

    @cached_property
    def _ontology(self) -> list[Triple]:
        return as_triples(self._corpus.ontology)

    @cached_property
    def _reference(self) -> list[Triple]:
        return as_triples(decided_reference(self._corpus))


class _Columns:
    """The columns of the claims, read when they are first asked for."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self._selections: dict[str, Selection] = {}

    @cached_property
    def index(self) -> "Index":
        from kgtools.columns import read_index

        return read_index(self.data)

    @cached_property
    def _closure(self) -> str:
        from kgtools.columns import closure_digest

        return closure_digest(self.index)

    def fallen(self) -> bytes:
        """The claims that no longer stand, as N-Triples writes them, one a line."""
        from kgtools.columns import withdrawn

        return "\n".join(withdrawn(self.index)).encode()

    def selected(self, view: View) -> bytes:
        """A hash of what the view selects, and out of what."""
        from kgtools.columns import selection_digest

        return digest_of([self._closure, selection_digest(self._selection(view))]).encode()

    def view_file(self, view: View) -> bytes:
        from kgtools.columns import view_lines

        return _joined(view_lines(self._selection(view), view.name))

    def _selection(self, view: View) -> "Selection":
        from kgtools.columns import select

        if view.name not in self._selections:
            self._selections[view.name] = select(self.index, view)
        return self._selections[view.name]


def _in_graph(triples: Iterable[Triple], name: str) -> list[Quad]:
    graph = graph_iri(name)
    return [(*triple, graph) for triple in triples]


def _joined(lines: Iterable[str]) -> bytes:
    return "".join(sorted(set(lines))).encode()
