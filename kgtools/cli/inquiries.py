"""Verbs of `kg` that ask beyond a question: who disagrees, why, how well it stands, what changed, what if."""

import sys
import tempfile
from argparse import Namespace
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from rdflib import URIRef

from kgtools.cli import tables
from kgtools.cli.opening import (
    answer_of,
    check_known,
    day_of,
    open_store,
    parameters_of,
    project_of,
    scope_of,
    snapshot_of,
)
from kgtools.errors import UsageError
from kgtools.evidence import best_label, labels
from kgtools.names import expand

if TYPE_CHECKING:
    from kgtools.store import Store


def contested(arguments: Namespace) -> int:
    """Print each contest with its positions side by side."""
    from kgtools.contest import contest_lines, things
    from kgtools.contest import contested as contests_of

    with open_store(arguments) as store:
        found = contests_of(store, _thing(arguments.subject), _thing(arguments.predicate or arguments.by))
        print(contest_lines(found, _names(store, things(found))))
    return 0


def explain(arguments: Namespace) -> int:
    """Print why the view has a triple, or why it has not; exit code 1 if it has not."""
    from kgtools.explain import explain as explain_triple
    from kgtools.explain import explanation_dot, explanation_graph, explanation_lines, explanation_rows, parse_triple

    triple = parse_triple(" ".join(arguments.triple))
    with open_store(arguments) as store:
        found = explain_triple(store, triple, arguments.most)
    if arguments.format == "text" or not found.proofs:
        print(explanation_lines(found, {thing: best_label(known, thing) for thing, known in found.labels.items()}))
    elif arguments.format == "table":
        print(tables.steps(explanation_rows(found)))
    else:
        print(explanation_dot(explanation_graph(found)))
    return 0 if found.proofs else 1


def corroborate(arguments: Namespace) -> int:
    """Print how well one proposition stands, or a line for each of many."""
    from kgtools.corroborate import corroboration, corroboration_lines, corroborations, mentioned, summary_lines
    from kgtools.explain import parse_triple

    with open_store(arguments) as store:
        if len(arguments.triple) > 2:
            one = corroboration(store, parse_triple(" ".join(arguments.triple)))
            print(corroboration_lines(one, _names(store, mentioned([one]))))
        else:
            found = corroborations(store, *map(_thing, arguments.triple))
            print(summary_lines(found, _names(store, mentioned(found))))
    return 0


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


def forecasts(arguments: Namespace) -> int:
    """Print every forecast by forecaster with what has become of it, and the scores."""
    from kgtools.forecasts import forecast_lines, mentioned
    from kgtools.forecasts import forecasts as forecasts_of

    day = day_of(arguments)
    with open_store(arguments) as store:
        found = forecasts_of(store, day, _thing(arguments.forecaster))
        print(forecast_lines(found, day, _names(store, mentioned(found))))
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


def resolve(arguments: Namespace) -> int:
    """Print what a name may mean, exit code 1 if nothing is called so; or the pairs of handles that may be one."""
    from kgtools.resolve import (
        candidate_lines,
        candidates,
        candidates_json,
        nearest,
        suggestion_lines,
        suggestions,
        suggestions_json,
    )

    name = " ".join(arguments.name)
    if arguments.suggest == bool(name):
        raise UsageError("name what to resolve, as in kg resolve Wagner, or write kg resolve --suggest alone")
    if arguments.most < 0:
        raise UsageError(f"--most {arguments.most} is less than none; write how many looser matches to show, from 0")
    if arguments.suggest:
        with open_store(arguments) as store:
            pairs = suggestions(store)
        print(suggestions_json(pairs) if arguments.format == "json" else suggestion_lines(pairs))
        return 0
    with open_store(arguments) as store:
        found = candidates(store, name)
        near = [] if found else nearest(store, name)
    print(candidates_json(found) if arguments.format == "json" else candidate_lines(found, arguments.most))
    if not found:
        hint = f"; the nearest names are {', '.join(near)}" if near else ""
        print(f"nothing is called {name!r} in this view{hint}", file=sys.stderr)
    return 0 if found else 1


def _thing(name: str | None) -> URIRef | None:
    return None if name is None else expand(name)


def _names(store: "Store", things: Iterable[object]) -> dict[URIRef, str]:
    wanted = {thing for thing in things if isinstance(thing, URIRef)}
    return {thing: best_label(known, thing) for thing, known in labels(store, wanted).items()}
