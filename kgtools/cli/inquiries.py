"""Verbs of `kg` that ask beyond a question: who disagrees, why, how well it stands, what changed, what if."""

import sys
import tempfile
from argparse import Namespace
from datetime import date
from pathlib import Path

from kgtools.asking import INQUIRIES, parameters_of, scope_of
from kgtools.cli.opening import answer_of, check_known, open_store, project_of, snapshot_of
from kgtools.errors import UsageError
from kgtools.names import expand


def inquire(arguments: Namespace) -> int:
    """Print what an inquiry tells; exit code 1 if it found nothing."""
    inquiry = INQUIRIES[arguments.command]
    with open_store(arguments) as store:
        told = inquiry.tell(store, arguments)
    print(told.text)
    if told.note:
        print(told.note, file=sys.stderr)
    return 0 if told.found else 1


def cite(arguments: Namespace) -> int:
    """Print how to cite an answer, with the sources that it rests on."""
    from kgtools.cite import FORMATS, citation
    from kgtools.evidence import evidence

    project = project_of(arguments)
    check_known(project, arguments.question)
    with open_store(arguments) as store:
        summary, answer = answer_of(store, project, arguments.question, parameters_of(arguments))
        found = evidence(store, answer)
        cited = citation(store, answer, found, summary, date.today(), scope=scope_of(arguments))
    print(FORMATS[arguments.format](cited))
    return 0


def diff(arguments: Namespace) -> int:
    """Print what differs between two snapshots, build folders or git revisions, claim by claim."""
    from kgtools.diff import answer_lines, changed_answers, diff_json, diff_lines, labels_of, snapshot_of
    from kgtools.diff import diff as diff_of
    from kgtools.questions import read_questions

    project = project_of(arguments)
    with tempfile.TemporaryDirectory(prefix="kg-diff-") as folder:
        old, new = (
            snapshot_of(project.root, name, Path(folder) / place)
            for name, place in ((arguments.before, "before"), (arguments.after, "after"))
        )
        found, names = diff_of(old, new), labels_of(old, new)
        questions = read_questions(project.ontology / "questions").values()
        changes = changed_answers(old, new, questions, arguments.view) if arguments.answers else None
    if arguments.format == "json":
        print(diff_json(found, changes))
    else:
        print(diff_lines(found, names))
        if changes is not None:
            print("\n" + answer_lines(changes, names))
    return 0


def scenario(arguments: Namespace) -> int:
    """List the scenarios, show one laid over a view within a scope, or compare some."""
    from kgtools.scenarios import compare, compare_lines, overlay, overlay_lines, scenario_lines, scenarios
    from kgtools.store import Store

    folder, scope = snapshot_of(arguments), scope_of(arguments)
    names = [expand(name if ":" in name else f"scenario:{name}") for name in arguments.scenarios]
    if arguments.what == "list":
        if names:
            raise UsageError("kg scenario list takes no name; write kg scenario show NAME")
        with Store.open(folder, arguments.view, scope=scope) as store:
            print(scenario_lines(scenarios(store)))
    elif arguments.what == "show":
        if len(names) != 1:
            raise UsageError("kg scenario show takes one scenario; kg scenario list names them")
        print(overlay_lines(overlay(folder, arguments.view, names[0], scope)))
    else:
        print(compare_lines(compare(folder, arguments.view, names, scope)))
    return 0
