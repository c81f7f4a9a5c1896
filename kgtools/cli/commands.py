"""What each verb of `kg` does. A function takes the parsed arguments, prints, and returns the exit code."""

import sys
from argparse import Namespace
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from kgtools.cli import tables
from kgtools.errors import UsageError
from kgtools.model import Answer, Corpus, Finding, Project, Quad, Scope
from kgtools.sources import find_project, format_turtle, parse_turtle, read_text, turtle_files

if TYPE_CHECKING:
    from kgtools.store import Store

FIRST_QUESTION = "actors-on-each-route"
FIRST_ROWS = 12


def build(arguments: Namespace) -> int:
    """Build the snapshot, then print the first answer and where to look next."""
    from kgtools.build import build as build_snapshot
    from kgtools.store import Store

    project, out = _project(arguments), _out(arguments)
    built = build_snapshot(project, out)
    claims, quads = built.files["claims.nq"], sum(built.files.values())
    print(f"snapshot {built.snapshot[:12]}: {quads:,} quads ({claims:,} of claims) in {built.folder}", file=sys.stderr)
    for name, counts in built.views.items():
        print(f"  view {name}: {counts['facts']} facts, {counts['inferred']} inferred", file=sys.stderr)
    with Store.open(built.folder) as store:
        summary, answer = _answer(store, project, FIRST_QUESTION, {})
        first = replace(answer, rows=answer.rows[:FIRST_ROWS])
        print(f"\n{summary}\n\n{tables.table(first, tables.names(store, first))}")
        if len(answer.rows) > FIRST_ROWS:
            print(f"… and {len(answer.rows) - FIRST_ROWS} more rows")
    print(f"\nNext: kg ask, kg ask {FIRST_QUESTION} --why, kg show {FIRST_QUESTION} -o build/routes.html")
    return 0


def check(arguments: Namespace) -> int:
    """Print every finding; exit code 1 if there is one."""
    from kgtools.build import load
    from kgtools.claims import read_claims, read_sources
    from kgtools.questions import check_questions
    from kgtools.validate import check_format, check_spans, sorted_findings

    corpus, layer, findings = load(_project(arguments))
    findings += [*check_format(corpus), *check_questions(list(corpus.questions))]
    if arguments.documents and not findings:
        findings += check_spans(corpus, read_claims(layer), read_sources(layer), arguments.documents)
    if arguments.owl and not findings:
        findings += _owl_findings(corpus, layer)
    for finding in sorted_findings(findings):
        print(finding)
    if not findings:
        documents = (
            corpus.ontology,
            corpus.alignments,
            corpus.shapes,
            corpus.reference,
            corpus.sources,
            corpus.scenarios,
            corpus.views,
        )
        count = sum(map(len, documents)) + len(corpus.questions)
        print(
            f"{count} files, no finding" + (" (HermiT and both OWL 2 profiles, on every view)" if arguments.owl else "")
        )
    return 1 if findings else 0


def fmt(arguments: Namespace) -> int:
    """Write each Turtle file in canonical form; with --check only list those that are not."""
    project, changed = _project(arguments), []
    for path in turtle_files(project):
        text = read_text(path)
        canonical = format_turtle(parse_turtle(path, text))
        if canonical != text:
            changed.append(path)
            if not arguments.check:
                _write(path, canonical.encode())
    for path in changed:
        print(path.relative_to(project.root) if path.is_relative_to(project.root) else path)
    return 1 if changed and arguments.check else 0


def ask(arguments: Namespace) -> int:
    """Answer a question, or list the questions."""
    from kgtools.questions import read_questions

    project = _project(arguments)
    if arguments.question is None:
        print(tables.catalogue(read_questions(project.ontology / "questions")))
        return 0
    _known(project, arguments.question)
    with _open(arguments) as store:
        _, answer = _answer(store, project, arguments.question, _parameters(arguments))
        _print(store, answer, arguments)
    return 0


def sparql(arguments: Namespace) -> int:
    """Run a query from a file or standard input."""
    from kgtools.guard import check_query

    if arguments.param:
        raise UsageError("a query of your own has no parameters; write VALUES in it, or make it a question")
    text = sys.stdin.read() if arguments.file == "-" else read_text(Path(arguments.file))
    check_query(text)
    with _open(arguments) as store:
        _print(store, store.query(text), arguments)
    return 0


def show(arguments: Namespace) -> int:
    """Draw an answer as one HTML page."""
    from kgtools.evidence import evidence
    from kgtools.render import to_html

    project = _project(arguments)
    _known(project, arguments.question)
    with _open(arguments) as store:
        summary, answer = _answer(store, project, arguments.question, _parameters(arguments))
        found = evidence(store, answer, arguments.documents)
    _write(arguments.output, to_html(answer, found, title=summary).encode())
    print(arguments.output)
    return 0


def export(arguments: Namespace) -> int:
    """Write the graph in the format of another tool."""
    from kgtools.export import export as export_snapshot

    _write(arguments.output, export_snapshot(_snapshot(arguments), arguments.format, arguments.view))
    print(arguments.output)
    return 0


def report(arguments: Namespace) -> int:
    """Print the data report, or write it as a page."""
    from kgtools.report import report as sections_of
    from kgtools.store import Store

    with Store.open(_snapshot(arguments)) as store:
        sections = sections_of(store)
    if arguments.output:
        from kgtools.render import report_html

        _write(arguments.output, report_html(sections, store.snapshot).encode())
        print(arguments.output)
    else:
        print(tables.sections(sections))
    return 0


def _project(arguments: Namespace) -> Project:
    return find_project(arguments.root, arguments.graph)


def _out(arguments: Namespace) -> Path:
    return arguments.build or _project(arguments).root / "build"


def _snapshot(arguments: Namespace) -> Path:
    from kgtools.build import snapshot_folder

    return snapshot_folder(_out(arguments))


def _open(arguments: Namespace) -> "Store":
    """The store that the arguments of a question ask for, within their scope."""
    from kgtools.names import expand
    from kgtools.store import Store

    scope = Scope(
        according_to=frozenset(map(expand, arguments.according_to)),
        excluding=frozenset(map(expand, arguments.excluding)),
        least_confidence=arguments.least_confidence,
        first_hand=arguments.first_hand,
        as_of=arguments.as_of,
        known_by=arguments.known_by,
        strict=arguments.strict,
    )
    return Store.open(_snapshot(arguments), arguments.view, scope=scope, timeout=arguments.timeout)


def _parameters(arguments: Namespace) -> dict[str, str]:
    given = {}
    for text in arguments.param:
        name, equals, value = text.partition("=")
        if not equals:
            raise UsageError(f"--param {text!r} has no value; write --param name=value")
        if name in given:
            raise UsageError(f"--param {name} is given twice; give it once")
        given[name] = value
    return given


def _known(project: Project, name: str) -> None:
    """Refuse a misspelt question before a store is opened for it."""
    from kgtools.questions import find_question

    find_question(project.ontology / "questions", name)


def _answer(store: "Store", project: Project, name: str, given: dict[str, str]) -> tuple[str, Answer]:
    from kgtools.questions import ask as ask_question
    from kgtools.questions import find_question

    question = find_question(project.ontology / "questions", name)
    return question.summary, ask_question(store, question, given)


def _print(store: "Store", answer: Answer, arguments: Namespace) -> None:
    from kgtools.evidence import evidence

    found = evidence(store, answer, arguments.documents) if arguments.why else None
    names = tables.names(store, answer, arguments.lang) if arguments.format in ("table", "md") else {}
    print(tables.FORMATS[arguments.format](answer, names, found))


def _owl_findings(corpus: Corpus, layer: list[Quad]) -> list[Finding]:
    """The profiles of the ontology, and HermiT on ontology, reference data and the facts of each view."""
    from kgtools.claims import claim_set
    from kgtools.reason import owl_report
    from kgtools.validate import as_triples
    from kgtools.views import facts, read_views

    ontology, reference = as_triples(corpus.ontology), as_triples(corpus.reference)
    claims = claim_set(layer, [*ontology, *reference])
    # Views with equal facts need one run.
    taken = {tuple(facts(view, claims)): view.name for view in read_views(corpus.views)}
    return [
        Finding("ontology", None, f"in view {name}: {problem}")
        for triples, name in taken.items()
        for problem in owl_report(ontology, [*reference, *triples])
    ]


def _write(path: Path, data: bytes) -> None:
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
