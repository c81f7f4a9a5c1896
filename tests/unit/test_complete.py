"""Completion in notebooks, through the completer of a real shell: queries, `%kg` lines, and nothing elsewhere."""

import json
import shlex
import shutil
import threading
import time
from pathlib import Path
from types import SimpleNamespace

import pyoxigraph
import pytest
from hypothesis import given
from hypothesis import strategies as st
from IPython.core.completer import provisionalcompleter
from IPython.core.interactiveshell import InteractiveShell

from kgtools.build import Built
from kgtools.errors import UsageError
from kgtools.guard import check_query
from kgtools.names import PREFIXES
from kgtools.notebook import Session
from kgtools.notebook.complete import MOST, install
from kgtools.notebook.offers import FUNCTIONS, KEYWORDS
from kgtools.resolve.begun import Begun, Entry, local_name
from kgtools.resolve.spelling import plain

ROOT = Path(__file__).resolve().parents[2]
ACTOR = PREFIXES["actor"]
LABEL = "<http://www.w3.org/2004/02/skos/core#prefLabel>"


@pytest.fixture(scope="module")
def shell():
    made = InteractiveShell.instance()
    yield made
    InteractiveShell.clear_instance()


def complete(shell, cell: str) -> list[tuple[str, str, str]]:
    """What is replaced, by what, and what is shown beside it, at the bar in the cell."""
    offset, text = cell.index("|"), cell.replace("|", "", 1)
    with provisionalcompleter():
        found = list(shell.Completer.completions(text, offset))
    return [(text[one.start : one.end], one.text, one.type.replace("\N{NO-BREAK SPACE}", " ")) for one in found]


@pytest.fixture(scope="module")
def on_world(shell, world: Built):
    """A function that completes a cell with the invented world at hand."""
    return _ready(shell, Session(ROOT, world.folder.parent))


@pytest.fixture(scope="module")
def on_real(real: Built):
    return lambda shell: _ready(shell, Session(ROOT, real.folder.parent))


def _ready(shell, session):
    def at(cell: str) -> list[str]:
        install(shell, lambda _: session)
        _wait()
        return [text for _, text, _ in complete(shell, cell)]

    return at


def _wait() -> None:
    for thread in threading.enumerate():
        if thread.name == "terms for completion":
            thread.join(60)


QUERY = "%%sparql\nSELECT ?route {\n  "


@pytest.mark.parametrize(
    ("cell", "first"),
    [
        ("%%sparql\nsel|", "SELECT"),
        ("%%sparql\nSELECT * { ?s ?p ?o FILTER(strst|", "STRSTARTS"),
        (QUERY + "?s ?p act|", "act:"),
        (QUERY + "?ro|", "?route"),
        (QUERY + "$ro|", "$route"),
        (QUERY + "?s kg:escortsR|", "kg:escortsRoute"),
        (QUERY + "?s ?p actor:red-h|", "actor:red-hand"),
        (QUERY + f"?s ?p <{ACTOR}red-h|", f"<{ACTOR}red-hand>"),
        (QUERY + "?s ?p <red-h|", None),
        (QUERY + "?s a rou|", "kg:Route"),
        (QUERY + "?s escorts|", "kg:escorts"),
        (QUERY + "?s kg:escorts ; escorts|", "kg:escorts"),
        (QUERY + "?s kg:escorts/escorts|", "kg:escorts"),
        ("%%sparql\nPREFIX act|", "act:"),
        ("%%sparql\nPREFIX actor: <|", f"<{ACTOR}>"),
        ("%%sparql\nPREFIX who: <" + ACTOR + ">\nASK { who:red-h|", "who:red-hand"),
        ("\n\n%%sparql\nsel|", "SELECT"),
        ("%%sparql --in|", "--include-retracted"),
        ("%%sparql --view corr|\nASK {}", "corroborated"),
        ("%%sparql --view=corr|\nASK {}", "corroborated"),
        ("%%sparql --param ro|\nSELECT ?route {}", "route="),
        ("%%sparql --param route=actor:red-h|\nSELECT ?route {}", "actor:red-hand"),
        ("%%sparql --least-confidence mod|", "moderate"),
        ("%%sparql --according-to perspective:un|", "perspective:un"),
        ("%kg con|", "contested"),
        ("%kg ask act|", "actors-on-each-route"),
        ("%kg show each|", "actors-on-each-route"),
        ("x = %kg ask actors-on-each-route --vi|", "--view"),
        ("%kg ask actors-on-each-route --view corr|", "corroborated"),
        ("%kg describe red|", "actor:red-hand"),
        ("%kg contested actor:red-h|", "actor:red-hand"),
        ("%kg explain actor:red-hand escorts|", "kg:escorts"),
        ("%kg resolve Red Ha|", "Red Hand"),
        ("1 + 1\n%kg con|", "contested"),
    ],
)
def test_the_first_offer_is_what_was_meant(on_world, cell: str, first: str | None):
    offered = on_world(cell)
    assert (offered[0] if offered else None) == first
    assert len(offered) <= MOST


@pytest.mark.parametrize("typed", ["alger", "Algér", "ALGÉRIE", "الجزائر", "الجَزَائِر", "جزائر", "algeria"])
def test_a_thing_is_found_by_its_label_in_any_language_however_it_is_spelt(shell, on_real, typed: str):
    assert "actor:algeria" in on_real(shell)(QUERY + f"?s ?p {typed}|")


def test_a_later_word_of_a_label_finds_it_and_the_label_is_shown(shell, on_real):
    on_real(shell)(QUERY + "?s ?p macina|")
    replaced, text, beside = complete(shell, QUERY + "?s ?p macina|")[0]
    assert (replaced, text) == ("macina", "actor:katiba-macina")
    assert beside.startswith("actor · Katiba Macina")


@pytest.mark.parametrize(
    "cell",
    [
        QUERY + '?s ?p "imp|',
        QUERY + "?s ?p 'imp|",
        QUERY + '?s ?p """im\nimp|',
        QUERY + "?s ?p ?o . # imp|",
        QUERY + "?s ?p 'x'@e|",
        QUERY + "?s ?p _:o|",
        QUERY + "?s ?p 12|",
        QUERY + "import_of_nothing|",
        "%%sparql --into imp|",
        "%%sparql imp|",
        "%kg nonsense imp|",
        "%kg ask actors-on-each-route --timeout pri|",
        "%kg forecasts --day pri|",
    ],
)
def test_where_nothing_is_known_nothing_is_offered_least_of_all_names_of_python(shell, on_world, cell: str):
    shell.user_ns["import_of_nothing_known"] = 1
    assert on_world(cell) == []


@pytest.mark.parametrize("cell", ["import os\nos.getc|", "%%time\nos.getc|", "text = '%kg con'\nos.getc|"])
def test_other_cells_are_completed_as_ever(shell, on_world, cell: str):
    shell.user_ns["os"] = __import__("os")
    assert "getcwd" in " ".join(on_world(cell))


@pytest.mark.parametrize("cell", ["%%spar|", "%k|"])
def test_the_names_of_the_magics_are_left_to_ipython(shell, on_world, cell: str):
    assert all(text.startswith("%") for text in on_world(cell))


@pytest.mark.parametrize("words", [KEYWORDS, FUNCTIONS])
def test_no_keyword_is_offered_that_the_guard_refuses(words: list[str]):
    for word in words:
        check_query(f"ASK {{ }} # is read only: {word}\n {word}")
    assert all(word.isupper() for word in words)


def test_a_prefix_that_the_cell_declares_otherwise_is_taken_at_its_word(on_world):
    cell = "%%sparql\nPREFIX actor: <http://other.example/>\nASK { ?s ?p |red-h }".replace("|red-h", "red|")
    offered = on_world(cell)
    assert f"<{ACTOR}red-hand>" in offered
    assert not [text for text in offered if text.startswith("actor:") and text != "actor:"]


def test_other_data_are_not_completed_with_the_terms_of_the_snapshot(on_world):
    assert on_world("%%sparql --on data.ttl\nASK { ?s ?p red-h|") == []
    assert on_world("%%sparql --on data.ttl\nSEL|") == ["SELECT"]


def test_without_a_project_there_are_keywords_and_prefixes_and_no_error(shell, capsys):
    def nowhere(_):
        raise UsageError("no project here")

    install(shell, nowhere)
    assert [text for _, text, _ in complete(shell, "%%sparql\nsel|")] == ["SELECT"]
    assert [text for _, text, _ in complete(shell, "%%sparql\nASK { ?s ?p actor|")] == ["actor:"]
    assert complete(shell, "%kg ask act|") == []
    assert capsys.readouterr() == ("", "")


def test_without_a_snapshot_the_terms_of_the_ontology_are_offered(shell, tmp_path):
    at = _ready(shell, Session(ROOT, tmp_path / "nothing"))
    assert at(QUERY + "?s kg:escortsR|") == ["kg:escortsRoute"]


def test_a_new_build_brings_its_names(shell, world: Built, tmp_path):
    shutil.copytree(world.folder, tmp_path / "snapshot")
    at = _ready(shell, Session(ROOT, tmp_path))
    session_cell = QUERY + "?s ?p actor:newcomer|"
    assert at(session_cell) == []
    _add(tmp_path / "snapshot", f'<{ACTOR}newcomer-1> {LABEL} "a newcomer"@en <http://x/g> .\n', "another")
    complete(shell, session_cell)
    _wait()
    assert [text for _, text, _ in complete(shell, session_cell)] == ["actor:newcomer-1"]


def _add(folder: Path, lines: str, digest: str) -> None:
    with (folder / "reference.nq").open("a", encoding="utf-8") as file:
        file.write(lines)
    manifest = json.loads((folder / "manifest.json").read_text())
    (folder / "manifest.json").write_text(json.dumps(manifest | {"snapshot": digest}))


HOSTILE = [
    "line\nbreak",
    '"quoted"',
    "<img src=x onerror=alert(1)>",
    "</script>",
    "\u202egnorw eht yaw\u202c",
    "x" * 5000,
    "} DROP ALL #",
    "\u2028sep",
]
ODD_LOCALS = ["a/b", "dot.", "-dash", "dash-", "a%20b", "x(y)", "é", "a'b", "a.b", "²", "الف", "a,b", "~"]


@pytest.fixture(scope="module")
def hostile(shell, tmp_path_factory):
    folder = tmp_path_factory.mktemp("hostile")
    things = [(f"{ACTOR}h{number}", label) for number, label in enumerate(HOSTILE)]
    things += [(f"{ACTOR}{local}", f"odd {number}") for number, local in enumerate(ODD_LOCALS)]
    things += [(f"{ACTOR}turned\u202e", "odd one"), (f"{ACTOR}with%3Cangle", "odd one")]
    quads = [
        pyoxigraph.Quad(
            pyoxigraph.NamedNode(iri),
            pyoxigraph.NamedNode(LABEL[1:-1]),
            pyoxigraph.Literal(label, language="en"),
            pyoxigraph.NamedNode("http://x/g"),
        )
        for iri, label in things
    ]
    (folder / "snapshot").mkdir()
    data = pyoxigraph.serialize(quads, format=pyoxigraph.RdfFormat.N_QUADS)
    (folder / "snapshot" / "reference.nq").write_bytes(data)
    for name in ("ontology", "claims", "scenarios"):
        (folder / "snapshot" / f"{name}.nq").write_bytes(b"")
    (folder / "snapshot" / "manifest.json").write_text('{"snapshot": "hostile", "views": {}}')
    project = SimpleNamespace(root=folder, ontology=folder)
    return _ready(shell, SimpleNamespace(build=folder, project=project))


@pytest.mark.parametrize(
    "typed", ["odd", "line", "break", "quoted", "img", "script", "gnorw", "xxxx", "drop", "sep", "<" + ACTOR, "actor:"]
)
def test_whatever_is_offered_is_one_token_and_shown_on_one_line(shell, hostile, typed: str):
    offered = hostile(QUERY + f"?s ?p {typed}|")
    assert offered
    prefixes = "".join(f"PREFIX {prefix}: <{iri}> " for prefix, iri in PREFIXES.items())
    for _, text, beside in complete(shell, QUERY + f"?s ?p {typed}|"):
        if text not in (*KEYWORDS, *FUNCTIONS) and not text.endswith(":"):
            query = f"{prefixes} SELECT * {{ ?s ?p {text} }}"
            check_query(query)
            pyoxigraph.Store().query(query)
        assert beside.isprintable()
        assert len(beside) <= 80


@pytest.mark.parametrize("label", ["line break", "img src", "gnorw"])
def test_a_name_to_resolve_is_one_line_of_words(shell, hostile, label: str):
    offered = hostile(f"%kg resolve {label.split(maxsplit=1)[0]}|")
    assert offered
    assert all(shlex.split(text) and text.replace("\N{NO-BREAK SPACE}", " ").isprintable() for text in offered)


def test_a_second_word_is_never_put_in_the_place_of_a_first(on_world):
    # JupyterLab may replace the last word only, so what is offered begins with all that comes before it.
    assert all(text.startswith("actor:red-") for text in on_world(QUERY + "?s ?p actor:red-ha|"))
    assert on_world(QUERY + "?s ?p zz-red|") == []


@pytest.mark.parametrize(
    "cell", ["|", "%%sparql|", "%%sparql\n" + "x" * 70_000 + "|", "%%sparql\n\ud800|", "%kg \ud800|"]
)
def test_odd_cells_bring_no_error(on_world, capsys, cell: str):
    on_world(cell)
    assert "Traceback" not in "".join(capsys.readouterr())


def test_loading_twice_offers_nothing_twice(shell, on_world):
    on_world("%kg con|")
    assert on_world("%kg con|") == ["contested"]
    assert len([one for one in shell.Completer.custom_matchers if "matcher" in one.__qualname__]) == 1


def test_a_damaged_snapshot_leaves_the_keywords(shell, tmp_path, capsys):
    (tmp_path / "snapshot").mkdir()
    (tmp_path / "snapshot" / "manifest.json").write_text('{"snapshot": "x", "views": {}}')
    (tmp_path / "snapshot" / "ontology.nq").write_bytes(b"\xff\xfe nonsense\n" + LABEL.encode())
    at = _ready(shell, Session(ROOT, tmp_path))
    assert at("%%sparql\nsel|") == ["SELECT"]
    assert "Traceback" not in "".join(capsys.readouterr())


def test_no_completion_waits_for_terms_that_take_long_to_read(shell, tmp_path, monkeypatch):
    gate = threading.Event()
    monkeypatch.setattr("kgtools.notebook.known.begun_in_ontology", lambda _: gate.wait(60) and Begun(()))
    install(shell, lambda _: Session(ROOT, tmp_path))
    started = time.monotonic()
    offered = [text for _, text, _ in complete(shell, "%%sparql\nsel|")]
    gate.set()
    assert offered == ["SELECT"]
    assert time.monotonic() - started < 30


letters = st.text(st.sampled_from("abAéç-_ .'’دالجأىةئ\u064e\u0640\n"), max_size=9)
entries = st.lists(
    st.builds(
        Entry,
        st.builds(lambda space, text: space + text, st.sampled_from([ACTOR, "http://x/", ""]), letters),
        st.sampled_from(["actor", "class", "claim"]),
        st.lists(letters, max_size=3).map(tuple),
    ),
    max_size=12,
    unique_by=lambda entry: entry.iri,
)


def _scan(found: list[Entry], typed: str, *, namespace: str, kind: str, without: str) -> list[str]:
    """The same by looking at everything."""
    sought = plain(typed)
    if not sought and typed:
        return []
    ranked = []
    for entry in found:
        locals_, labels = _spellings(local_name(entry.iri)), [s for label in entry.labels for s in _spellings(label)]
        later = [key for name in entry.labels for word in _words_from_second(name) for key in _bare(word)]
        ranks = (
            sought in locals_,
            sought in labels,
            any(name.startswith(sought) for name in locals_),
            any(name.startswith(sought) for name in labels),
            any(word.startswith(sought) for word in later),
        )
        ok = entry.iri.startswith(namespace) and kind in ("", entry.kind) and entry.kind != without
        if ok and (not sought or any(ranks)):
            ranked.append((ranks.index(True) if sought else 0, entry.iri))
    return [iri for _, iri in sorted(ranked)]


def _spellings(name: str) -> list[str]:
    return _bare(text) if (text := plain(name.replace("\n", " "))) else []


def _bare(text: str) -> list[str]:
    first = text.split(" ", maxsplit=1)[0]
    return [text, text[2:]] if first.startswith("\u0627\u0644") and len(first) >= 4 else [text]


def _words_from_second(name: str) -> list[str]:
    words = plain(name.replace("\n", " ")).split(" ")
    return [" ".join(words[place:]) for place in range(1, len(words))]


scopes = st.fixed_dictionaries(
    {
        "namespace": st.sampled_from(["", ACTOR, "http://x/"]),
        "kind": st.sampled_from(["", "class"]),
        "without": st.sampled_from(["", "claim"]),
    }
)


@given(entries, letters, scopes, st.integers(1, 20))
def test_the_index_finds_what_a_look_at_everything_finds(found, typed, scope, most):
    got = Begun(found).find(typed, **scope, most=most)
    assert [one.iri for one in got] == _scan(found, typed, **scope)[:most]


@given(st.lists(letters, max_size=8))
def test_many_names_are_folded_together_as_each_alone(names: list[str]):
    lines = [name.replace("\n", " ") for name in names]
    assert plain("\n".join(lines)).split("\n") == [plain(line) for line in lines] or not names
