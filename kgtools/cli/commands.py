"""What each verb of `kg` does. A function takes the parsed arguments, prints, and returns the exit code."""

import sys
from argparse import Namespace
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from kgtools.asking import aligned, day_of, parameters_of, sections_text
from kgtools.cli import tables
from kgtools.cli.opening import (
    answer_of,
    check_known,
    open_store,
    out_of,
    project_of,
    snapshot_of,
)
from kgtools.errors import UsageError
from kgtools.files import write_whole
from kgtools.model import Answer, Corpus, Finding, Project
from kgtools.sources import format_turtle, parse_turtle, read_text, turtle_files

if TYPE_CHECKING:
    from kgtools.layer import Layer
    from kgtools.render import Page, Side
    from kgtools.store import Store

FIRST_QUESTION = "actors-on-each-route"
FIRST_ROWS = 12


def build(arguments: Namespace) -> int:
    """Build the snapshot, then print the first answer and where to look next."""
    from kgtools.build import build as build_snapshot
    from kgtools.store import Store

    project, out = project_of(arguments), out_of(arguments)
    built = build_snapshot(project, out)
    claims, quads = built.files["claims.nq"] + built.files["withdrawn.nq"], sum(built.files.values())
    print(f"snapshot {built.snapshot[:12]}: {quads:,} quads ({claims:,} of claims) in {built.folder}", file=sys.stderr)
    for name, counts in built.views.items():
        print(f"  view {name}: {counts['facts']} facts, {counts['inferred']} inferred", file=sys.stderr)
    with Store.open(built.folder) as store:
        summary, answer = answer_of(store, project, FIRST_QUESTION, {})
        first = replace(answer, rows=answer.rows[:FIRST_ROWS])
        print(f"\n{summary}\n\n{tables.table(first, tables.names(store, first))}")
        if len(answer.rows) > FIRST_ROWS:
            print(f"… and {len(answer.rows) - FIRST_ROWS} more rows")
    if arguments.site:
        from kgtools.site import write_site

        print(f"\nSite: {write_site(project, built.folder, out).start}")
    print(f"\nNext: kg ask, kg ask {FIRST_QUESTION} --why, kg show {FIRST_QUESTION} -o build/routes.html")
    return 0


def check(arguments: Namespace) -> int:
    """Print every finding; exit code 1 if there is one."""
    from kgtools.build import load
    from kgtools.claims import read_claims, read_sources
    from kgtools.questions import check_questions
    from kgtools.validate import check_format, check_spans, sorted_findings

    corpus, layer, findings = load(project_of(arguments))
    findings += [*check_format(corpus), *check_questions(list(corpus.questions))]
    if arguments.documents and not findings:
        quads = layer.quads()
        findings += check_spans(corpus, read_claims(quads), read_sources(quads), arguments.documents)
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
        reasoned = " (HermiT and both OWL 2 profiles, every view alone or in a larger one)" if arguments.owl else ""
        print(f"{count} files, no finding{reasoned}")
    return 1 if findings else 0


def fmt(arguments: Namespace) -> int:
    """Write each Turtle file in canonical form; with --check only list those that are not."""
    project, changed = project_of(arguments), []
    for path in turtle_files(project):
        text = read_text(path)
        canonical = format_turtle(parse_turtle(path, text))
        if canonical != text:
            changed.append(path)
            if not arguments.check:
                write_whole(path, canonical.encode())
    for path in changed:
        print(path.relative_to(project.root) if path.is_relative_to(project.root) else path)
    return 1 if changed and arguments.check else 0


def ask(arguments: Namespace) -> int:
    """Answer a question, or list the questions."""
    from kgtools.questions import read_questions

    project = project_of(arguments)
    if arguments.question is None:
        print(tables.catalogue(read_questions(project.ontology / "questions")))
        return 0
    check_known(project, arguments.question)
    with open_store(arguments) as store:
        _, answer = answer_of(store, project, arguments.question, parameters_of(arguments))
        _print(store, answer, arguments)
    return 0


def sparql(arguments: Namespace) -> int:
    """Run a query from a file or standard input."""
    from kgtools.guard import check_query

    if arguments.param:
        raise UsageError("a query of your own has no parameters; write VALUES in it, or make it a question")
    text = sys.stdin.read() if arguments.file == "-" else read_text(Path(arguments.file))
    check_query(text)
    with open_store(arguments) as store:
        _print(store, store.query(text), arguments)
    return 0


def show(arguments: Namespace) -> int:
    """Draw an answer as one HTML page."""
    from kgtools.asking import drawn
    from kgtools.evidence import evidence

    project = project_of(arguments)
    check_known(project, arguments.question)
    if arguments.against is not None:
        page = _compared(project, arguments)
    else:
        with open_store(arguments) as store:
            summary, answer = answer_of(store, project, arguments.question, parameters_of(arguments))
            found = evidence(store, answer, arguments.documents)
            page = drawn(store, answer, found, kind=arguments.kind, title=summary)
    write_whole(arguments.output, page.html.encode())
    print(arguments.output)
    return 0


def _compared(project: Project, arguments: Namespace) -> "Page":
    from kgtools.render import compare_page
    from kgtools.sides import of_second, other_side

    other = other_side(arguments.against, arguments)
    _, second = of_second(arguments.against, _side, project, other)
    summary, first = _side(project, arguments)
    return compare_page(first, second, title=summary)


def _side(project: Project, arguments: Namespace) -> tuple[str, "Side"]:
    from kgtools.evidence import evidence
    from kgtools.sides import side

    with open_store(arguments) as store:
        summary, answer = answer_of(store, project, arguments.question, parameters_of(arguments))
        return summary, side(store, answer, evidence(store, answer, arguments.documents), arguments.kind)


def export(arguments: Namespace) -> int:
    """Write the graph in the form of another tool, or the questions that can be asked of it."""
    from kgtools.export import export as export_snapshot
    from kgtools.export import turtle, write
    from kgtools.questions import question_triples, read_questions

    if arguments.format == "questions":
        questions = read_questions(project_of(arguments).ontology / "questions")
        write(arguments.output, turtle(question_triples(questions.values())).encode())
    elif arguments.format in ("void", "sssom"):
        from kgtools.describe import Described, sssom, void_triples, written_turtle
        from kgtools.export import Contents

        data = Described(Contents(snapshot_of(arguments), arguments.view))
        write(arguments.output, sssom(data) if arguments.format == "sssom" else written_turtle(void_triples(data)))
    else:
        write(arguments.output, export_snapshot(snapshot_of(arguments), arguments.format, arguments.view))
    print(arguments.output)
    return 0


def import_claims(arguments: Namespace) -> int:
    """Read the claims back from what was exported, and write them as N-Quads."""
    from kgtools.export import claim_lines, imported

    claims = imported(arguments.input, arguments.format)
    write_whole(arguments.output, claim_lines(claims))
    print(f"{len(claims):,} claims in {arguments.output}")
    return 0


def report(arguments: Namespace) -> int:
    """Print the data report, or write it as a page."""
    from kgtools.report import report as sections_of
    from kgtools.store import Store

    day = day_of(arguments)
    with Store.open(snapshot_of(arguments)) as store:
        sections = sections_of(store, day)
    if arguments.output:
        from kgtools.render import report_html

        write_whole(arguments.output, report_html(sections, store.snapshot).encode())
        print(arguments.output)
    else:
        print(sections_text(sections))
    return 0


def _print(store: "Store", answer: Answer, arguments: Namespace) -> None:
    from kgtools.evidence import evidence

    if arguments.plan:
        from kgtools.zerorows.plan import plan, plan_rows

        print(aligned(plan_rows(plan(store, answer, seconds=arguments.timeout))))
        return
    if arguments.row is not None:
        _print_row(store, answer, arguments)
        return
    found = evidence(store, answer, arguments.documents) if arguments.why else None
    names = tables.names(store, answer, arguments.lang) if arguments.format in ("table", "md") else {}
    print(tables.FORMATS[arguments.format](answer, names, found))
    if arguments.format == "table" and not (answer.rows or answer.boolean or answer.triples):
        from kgtools.zerorows import zero_rows, zero_rows_lines

        empty = zero_rows(store, answer)
        if empty is not None:
            print(zero_rows_lines(empty), file=sys.stderr)


def _print_row(store: "Store", answer: Answer, arguments: Namespace) -> None:
    from kgtools.evidence import best_label
    from kgtools.explain import explain_row, row_explanation_lines

    if arguments.format != "table":
        raise UsageError(f"--row explains in words, so --format {arguments.format} does not go with it; leave it out")
    found = explain_row(store, answer, arguments.row)
    named = {thing: best_label(known, thing, arguments.lang) for thing, known in found.labels.items()}
    print(row_explanation_lines(found, {**tables.names(store, answer, arguments.lang), **named}))


def _owl_findings(corpus: Corpus, layer: "Layer") -> list[Finding]:
    """The profiles of the ontology, and HermiT on ontology, reference data and the facts of each view."""
    from kgtools.freeze import facts_of, freeze
    from kgtools.identities import decided_reference
    from kgtools.reason import owl_reports
    from kgtools.validate import as_triples

    ontology, reference = as_triples(corpus.ontology), as_triples(decided_reference(corpus))
    found = owl_reports(ontology, reference, facts_of(freeze(corpus, layer)))
    return [
        Finding("ontology", None, f"in view {name}: {problem}")
        for name, problems in found.items()
        for problem in problems
    ]
