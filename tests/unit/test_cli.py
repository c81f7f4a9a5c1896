"""The command, as a user runs it: output, exit codes, one sentence for each mistake, nothing lost."""

import csv
import io
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from kgtools.build import Built

ROOT = Path(__file__).resolve().parents[2]
WORLD = ROOT / "tests" / "world"


def kg(*arguments: str, cwd: Path = ROOT, **options) -> subprocess.CompletedProcess:
    command = [sys.executable, "-m", "kgtools.cli", *arguments]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False, timeout=120, **options)


@pytest.fixture(scope="module")
def at(world: Built) -> list[str]:
    """Arguments that point a command at the built world."""
    return ["--build", str(world.folder.parent)]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "ontology").symlink_to(ROOT / "ontology")
    shutil.copytree(WORLD / "graph", tmp_path / "graph")
    return tmp_path


def test_help_has_an_example_for_every_verb():
    verbs = ("build", "check", "fmt", "ask", "sparql", "show", "export", "report")
    assert all(f"Example: kg {verb}" in kg(verb, "--help").stdout for verb in verbs)


def test_help_loads_no_large_library():
    code = "import sys; from kgtools.cli import _parser; _parser().format_help(); print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert not {"rdflib", "pyoxigraph", "polars", "networkx", "pyvis", "owlready2", "pyshacl", "pandas"} & set(loaded)


def test_build_ends_with_an_answer_and_where_to_look_next(project: Path):
    done = kg("build", cwd=project)
    assert done.returncode == 0
    assert "Which actors does each trafficking route connect" in done.stdout
    assert "Red Hand" in done.stdout
    assert "Next: kg ask" in done.stdout


def test_two_builds_give_equal_bytes(project: Path, tmp_path: Path):
    for seed, locale in (("1", "C"), ("2", "C.UTF-8")):
        environment = {**os.environ, "PYTHONHASHSEED": seed, "LC_ALL": locale, "TZ": "Asia/Tokyo"}
        assert kg("build", "--build", f"build-{seed}", cwd=project, env=environment).returncode == 0
    first, second = (
        {path.relative_to(folder): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}
        for folder in (project / "build-1", project / "build-2")
    )
    assert first == second


def test_where_the_project_lies_changes_no_byte(project: Path, world: Built):
    kg("build", cwd=project)
    manifest = json.loads((project / "build" / "snapshot" / "manifest.json").read_text())
    assert manifest["snapshot"] == world.snapshot


def test_a_killed_build_leaves_the_last_good_one(project: Path):
    kg("build", cwd=project)
    snapshot = project / "build" / "snapshot"
    before = (snapshot / "manifest.json").read_bytes()
    for delay in (0.2, 0.4, 0.6, 0.8):
        running = subprocess.Popen(
            [sys.executable, "-m", "kgtools.cli", "build"], cwd=project, stdout=subprocess.DEVNULL
        )
        time.sleep(delay)
        running.send_signal(signal.SIGKILL)
        running.wait()
        assert (snapshot / "manifest.json").read_bytes() == before
    assert kg("ask", "actors-on-each-route", cwd=project).returncode == 0
    for path in (project / "build").glob(".snapshot-*"):
        os.utime(path, (0, 0))  # long ago
    assert kg("build", cwd=project).returncode == 0
    assert sorted(path.name for path in (project / "build").iterdir()) == ["memo", "snapshot"]


def test_ask_without_a_name_lists_the_questions():
    listed = kg("ask").stdout
    assert "actors-on-each-route" in listed
    assert "--param route=iri" in listed


def test_formats_hold_the_same_rows(at: list[str]):
    rows = list(csv.reader(io.StringIO(kg("ask", "denials", "--format", "csv", *at).stdout)))
    document = json.loads(kg("ask", "denials", "--format", "json", *at).stdout)
    assert rows[0] == document["head"]["vars"]
    assert [row[-1] for row in rows[1:]] == [row["claim"]["value"] for row in document["results"]["bindings"]]
    assert kg("ask", "denials", "--format", "md", *at).stdout.count("\n") == len(rows) + 1


def test_names_come_in_three_languages(at: list[str]):
    for language, name in (("en", "Red Hand"), ("fr", "Main rouge"), ("ar", "اليد الحمراء")):
        assert name in kg("ask", "actors-on-each-route", "--lang", language, *at).stdout


def test_why_prints_who_says_so_and_the_passage(at: list[str]):
    documents = ["--documents", str(WORLD / "documents")]
    printed = " ".join(kg("ask", "indirect-hands", "--why", *documents, *at).stdout.split())  # lines may be wrapped
    assert "analysts (unnamed) — asserts, alleged (“argue”)" in printed
    assert "passage: Analysts argue that Arland makes the resin trade easy" in printed
    assert "disputed by: Arland ministry" in printed
    assert "passed on by: The Herald" in printed
    assert "characters " in printed


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("SELECT ?r { segment:salt-road-1 kg:segmentOf ?r }", "rests on reference data only"),
        ("SELECT ?a { ?a kg:taxes/kg:segmentOf route:salt-road }", "claim:herald-2020-001"),
        (
            "SELECT ?a { ?a a kg:Entity FILTER(?a = actor:arland || EXISTS { ?a kg:finances ?g }) }",
            "not traced in full",
        ),
    ],
)
def test_a_row_says_what_it_rests_on_or_why_it_does_not(query: str, words: str, at: list[str]):
    assert words in kg("sparql", "-", "--why", *at, input=query).stdout


def test_one_row_is_explained_rule_by_rule(at: list[str]):
    printed = kg("ask", "actors-on-each-route", "--row", "1", *at).stdout
    assert printed.startswith("row 1: route: Coast Road")
    assert "follows by kg:interdicts ∘ kg:segmentOf ⊑ kg:interdictsRoute from" in printed
    assert "[claim:blog-copy-006]" in printed


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--row", "99"], "there is no row 99: the answer has the rows 1 to 13"),
        (["--row", "1", "--format", "csv"], "--format csv does not go with it"),
    ],
)
def test_a_row_that_cannot_be_explained_is_one_sentence(words: list[str], said: str, at: list[str]):
    done = kg("ask", "actors-on-each-route", *words, *at)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr


@pytest.mark.parametrize(("form", "start"), [("table", "step  triple"), ("graph", "digraph explanation {")])
def test_an_explanation_is_printed_as_table_and_as_graph(form: str, start: str, at: list[str]):
    done = kg("explain", "actor:red-hand kg:escortsRoute route:coast-road", "--format", form, *at)
    assert done.stdout.startswith(start)
    assert "claim:blog-copy-005" in done.stdout


def test_a_query_from_standard_input_is_answered(at: list[str]):
    done = kg("sparql", "-", "--format", "csv", *at, input="SELECT ?x { ?x a kg:ArmedGroup } ORDER BY ?x")
    assert done.stdout.split() == [
        "x",
        *(f"https://w3id.org/sahel-kg/id/actor/{n}" for n in ("dune-riders", "red-hand", "sand-league")),
    ]


def test_show_and_export_write_files(at: list[str], tmp_path: Path):
    assert kg("show", "contested-claims", "-o", str(tmp_path / "a" / "page.html"), *at).returncode == 0
    assert kg("export", "trig", "-o", str(tmp_path / "graph.trig"), *at).returncode == 0
    assert (tmp_path / "a" / "page.html").read_text("utf-8").startswith("<!doctype html>")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a", "graph.trig"]


WRONG = {
    "misspelt-question": (["ask", "actors-on-each-rout"], 2, "did you mean 'actors-on-each-route'"),
    "misspelt-parameter": (["ask", "claims-about", "--param", "subjet=actor:red-hand"], 2, "did you mean 'subject'"),
    "no-value": (["ask", "claims-about", "--param", "subject"], 2, "has no value"),
    "no-iri": (["ask", "claims-about", "--param", "subject=red hand"], 2, "is no IRI"),
    "impossible-day": (["ask", "agreements-in-force", "--param", "day=2023-02-30"], 2, "is no date"),
    "unknown-view": (["ask", "denials", "--view", "al"], 2, "the views are"),
    "no-file": (["sparql", "none.rq"], 1, "none.rq: cannot be read"),
}
ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a (!kg:x)* ?b . ?c (!kg:x)* ?d . ?e (!kg:x)* ?f }"
HOSTILE = {
    "service": ("SELECT * { SERVICE <http://a.invalid/> { ?s ?p ?o } }", 2, "SERVICE asks another server"),
    "from-file": ("SELECT * FROM <file:///etc/passwd> { ?s ?p ?o }", 2, "FROM names another dataset"),
    "brackets": ("SELECT " + "(" * 100_000, 2, "the most is 65,536"),
    "update": ("DROP ALL", 2, "DROP changes data"),
    "empty": ("", 2, "the query is empty"),
    "nonsense": ("Who taxes the route?", 2, "line 1"),
    "unknown-prefix": ("SELECT ?x { ?x actr:y ?z }", 2, "did you mean 'actor'"),
    "endless": (
        "SELECT (COUNT(*) AS ?n) { ?a (!kg:x)* ?b . ?c (!kg:x)* ?d . ?e (!kg:x)* ?f }",
        1,
        "stopped after 1 seconds",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_wrong_use_is_one_sentence(name: str, at: list[str]):
    arguments, code, words = WRONG[name]
    done = kg(*arguments, *at)
    assert done.returncode == code
    assert words in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_query_is_one_sentence(name: str, at: list[str]):
    text, code, words = HOSTILE[name]
    done = kg("sparql", "-", "--timeout", "1", *at, input=text)
    assert done.returncode == code
    assert words in done.stderr
    assert "Traceback" not in done.stderr


def test_no_snapshot_says_what_to_run(tmp_path: Path):
    done = kg("ask", "denials", "--build", str(tmp_path))
    assert (done.returncode, "run kg build" in done.stderr) == (1, True)


def test_outside_a_project_says_so(tmp_path: Path):
    done = kg("build", cwd=tmp_path)
    assert (done.returncode, "not inside a project" in done.stderr) == (1, True)


def test_a_file_that_cannot_be_written_is_said(at: list[str]):
    done = kg("export", "turtle", "-o", "/proc/none/graph.ttl", *at)
    assert done.returncode == 2
    assert "cannot be written" in done.stderr


@pytest.mark.parametrize("folder", ["/", "."])
def test_a_folder_is_no_file_to_write(folder: str, at: list[str]):
    done = kg("export", "turtle", "-o", folder, *at)
    assert (done.returncode, "is a folder" in done.stderr, "Traceback" in done.stderr) == (2, True, False)


def test_a_place_that_cannot_be_built_in_is_said():
    done = kg("build", "--build", "/proc/none/build")
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "/proc/none" in done.stderr


def test_findings_have_exit_code_one_and_no_traceback(project: Path):
    path = project / "graph" / "sources" / "blog-copy.ttl"
    path.write_text(path.read_text("utf-8").replace("kg:taxes", "kg:taxs"), encoding="utf-8")
    for verb in ("check", "build"):
        done = kg(verb, cwd=project)
        assert done.returncode == 1
        assert "graph/sources/blog-copy.ttl" in done.stdout + done.stderr
        assert "did you mean kg:taxes?" in done.stdout + done.stderr
        assert "Traceback" not in done.stderr


def test_fmt_makes_a_file_canonical_and_then_leaves_it(project: Path):
    path = project / "graph" / "sources" / "blog-copy.ttl"
    canonical = path.read_text("utf-8")
    path.write_text("# a note that is dropped\n" + canonical.replace(" ;\n", ";\n"), encoding="utf-8")
    assert kg("fmt", "--check", "--root", str(project)).returncode == 1
    kg("fmt", cwd=project)
    assert path.read_text("utf-8") == canonical
    assert kg("fmt", "--check", cwd=project).returncode == 0


def test_locators_are_compared_with_the_documents(project: Path):
    documents = ["--documents", str(WORLD / "documents")]
    assert kg("check", *documents, cwd=project).returncode == 0
    path = project / "graph" / "sources" / "herald-2020.ttl"
    path.write_text(path.read_text("utf-8").replace('oa:end "83"', 'oa:end "84"'), encoding="utf-8")
    done = kg("check", *documents, cwd=project)
    assert done.returncode == 1
    assert "points to another passage than was read" in done.stdout


def test_the_choices_in_the_help_are_those_that_there_are():
    from kgtools.cli import EXPORTS, TABLES, tables
    from kgtools.export import FORMS

    assert set(EXPORTS) == {*FORMS, "questions"}
    assert set(TABLES) == set(tables.FORMATS)


def test_a_scope_is_said_on_the_command_line(at: list[str]):
    done = kg("ask", "sources", "--format", "csv", "--according-to", "perspective:un", "--as-of", "2020", *at)
    assert done.returncode == 0
    assert [line for line in done.stdout.splitlines()[1:] if "un-river-2022" not in line] == []
    assert "un-river-2022" in done.stdout
    wrong = kg("ask", "sources", "--as-of", "someday", *at)
    assert (wrong.returncode, wrong.stderr.count("\n")) == (2, 1)


def test_contested_sets_the_sides_of_a_matter_beside_one_another(at: list[str]):
    done = kg("contested", "event:tamur-raid", *at)
    assert done.returncode == 0
    assert "2023-06-01" in done.stdout
    assert "2023-06-05" in done.stdout
    assert kg("contested", "--predicate", "kg:precededBy", *at).stdout.count("denied") >= 1


def test_explain_leads_from_a_triple_to_its_claims(at: list[str]):
    done = kg("explain", "actor:red-hand", "kg:taxesRoute", "route:salt-road", *at)
    assert done.returncode == 0
    assert "claim:un-river-2022-001" in done.stdout
    assert kg("explain", "actor:arland", "kg:taxesRoute", "route:salt-road", *at).returncode == 1


def test_corroborate_counts_origins(at: list[str]):
    one = kg("corroborate", "actor:red-hand", "kg:taxes", "segment:salt-road-1", *at)
    assert one.returncode == 0
    assert "score" in one.stdout
    many = kg("corroborate", "actor:red-hand", *at)
    assert len(many.stdout.splitlines()) > 2


@pytest.mark.parametrize(("form", "beginning"), [("text", "The Sahel"), ("bibtex", "@misc"), ("csl-json", "[")])
def test_cite_writes_an_answers_citation(form: str, beginning: str, at: list[str]):
    done = kg("cite", "denials", "--format", form, *at)
    assert done.returncode == 0
    assert done.stdout.startswith(beginning)


def test_diff_of_a_build_with_itself_is_empty_and_of_two_is_not(at: list[str], real: Built):
    built = at[-1]
    assert "no difference" in kg("diff", built, built, *at).stdout.lower() or not kg("diff", built, built, *at).stdout
    assert "added" in kg("diff", built, str(real.folder.parent), *at).stdout


def test_a_scenario_is_listed_laid_over_a_view_and_not_found(at: list[str]):
    assert "scenario:thaw" in kg("scenario", "list", *at).stdout
    assert "New in the view" in kg("scenario", "show", "thaw", *at).stdout
    assert kg("scenario", "show", "scenario:nowhere", *at).returncode == 2
    assert kg("scenario", "compare", "thaw", *at).returncode == 2


def test_no_rows_are_explained(at: list[str]):
    done = kg("sparql", "-", *at, input="SELECT ?x { ?x kg:taxesRoute route:salt-raod }")
    assert (done.returncode, done.stdout.strip()) == (0, "no rows")
    assert "route:salt-road" in done.stderr
    assert len(done.stderr.splitlines()) <= 6
