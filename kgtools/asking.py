"""What is asked the same way at the command line and in notebooks: the flags, what they mean, and inquiries as text.

Nothing is imported before it is needed, so that help comes at once.
"""

import unicodedata
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from kgtools.errors import UsageError

if TYPE_CHECKING:
    from rdflib import URIRef

    from kgtools.model import Answer, Evidence, Project, Scope
    from kgtools.render import Page
    from kgtools.report import Section
    from kgtools.store import Store


class Parser(ArgumentParser):
    """A parser whose mistakes are errors of ours instead of an exit."""

    def error(self, message: str) -> NoReturn:
        """Raise."""
        raise UsageError(f"{self.prog}: {message}; {self.prog} --help tells more")


@dataclass(frozen=True, slots=True)
class Told:
    """What an inquiry found, as text; where it found nothing, perhaps a note on what to ask instead."""

    text: str
    found: bool = True
    note: str = ""


@dataclass(frozen=True, slots=True)
class Inquiry:
    """A way to ask beyond a question: what it does, an example, its own arguments, and how it tells."""

    what: str
    example: str
    arguments: Callable[[ArgumentParser], None]
    tell: Callable[["Store", Namespace], Told]
    of_view: bool = True  # whether it depends on which claims count as facts


def scope_flags(parser: ArgumentParser) -> None:
    """Add the flags of a scope."""
    scope = parser.add_argument_group(
        "scope", "take only some claims as made; the view then says which of these are facts"
    )
    for flag, what in (("--according-to", "take alone, such as perspective:un"), ("--excluding", "leave out")):
        who = f"a source, a holder or a perspective to {what}; may be given again"
        scope.add_argument(flag, action="append", default=[], metavar="NAME", help=who)
    scope.add_argument("--as-of", metavar="DATE", help="what is said to hold then: a year, month or day")
    scope.add_argument("--known-by", metavar="DATE", help="what had been published by then")
    scope.add_argument("--strict", action="store_true", help="with a date, leave out what has none")
    scope.add_argument(
        "--least-confidence",
        choices=("low", "moderate", "high"),
        default="low",
        help="the editors' confidence in their reading (default: low)",
    )
    scope.add_argument(
        "--include-retracted", action="store_true", help="also what was taken back, corrected or withdrawn"
    )
    scope.add_argument("--first-hand", action="store_true", help="holders in documents of their own, no relayed speech")


def scope_of(arguments: Namespace) -> "Scope":
    """The scope that these flags ask for."""
    from kgtools.model import Scope
    from kgtools.names import expand

    return Scope(
        according_to=frozenset(map(expand, arguments.according_to)),
        excluding=frozenset(map(expand, arguments.excluding)),
        least_confidence=arguments.least_confidence,
        first_hand=arguments.first_hand,
        as_of=arguments.as_of,
        known_by=arguments.known_by,
        strict=arguments.strict,
        include_retracted=arguments.include_retracted,
    )


def day_flag(parser: ArgumentParser, what: str) -> None:
    """Add a flag for the day from which things are seen."""
    parser.add_argument("--day", metavar="DATE", help=f"{what}: a day such as 2026-04-10 (default: today)")


def day_of(arguments: Namespace) -> date:
    """The day that the flag names, else today."""
    if arguments.day is None:
        return date.today()
    try:
        return date.fromisoformat(arguments.day)
    except ValueError:
        raise UsageError(f"--day {arguments.day!r} is no day; write one such as 2026-04-10") from None


def parameters_of(arguments: Namespace) -> dict[str, str]:
    """What `--param` gives, by name."""
    given = {}
    for text in arguments.param:
        name, equals, value = text.partition("=")
        if not equals:
            raise UsageError(f"--param {text!r} has no value; write --param name=value")
        if name in given:
            raise UsageError(f"--param {name} is given twice; give it once")
        given[name] = value
    return given


def names(store: "Store", things: Iterable[object]) -> "dict[URIRef, str]":
    """The English label of each thing that is an IRI."""
    from rdflib import URIRef

    from kgtools.evidence import best_label, labels

    wanted = {thing for thing in things if isinstance(thing, URIRef)}
    return {thing: best_label(known, thing) for thing, known in labels(store, wanted).items()}


def aligned(lines: list[list[str]]) -> str:
    """The lines as a table for people, the first one as its head."""
    widths = [max(map(_columns, column)) for column in zip(*lines, strict=True)]
    lines = [lines[0], ["-" * width for width in widths], *lines[1:]]
    return "\n".join(
        "  ".join(cell + " " * (w - _columns(cell)) for cell, w in zip(line, widths, strict=True)).rstrip()
        for line in lines
    )


def _columns(text: str) -> int:
    """How many terminal columns a text takes: marks take none, wide East Asian characters two."""
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def sections_text(parts: "Iterable[Section]") -> str:
    """The sections of a report, one aligned table under another."""
    return "\n\n".join(
        f"{part.title}\n{part.note}\n\n"
        + (aligned([list(part.columns), *map(list, part.rows)]) if part.rows else "none")
        for part in parts
    )


DRAWINGS = ("graph", "map", "timeline", "drag")


def drawn(store: "Store", answer: "Answer", found: "Evidence", *, kind: str, title: str) -> "Page":
    """The answer with its evidence as a page of one of DRAWINGS; each but an empty one reads more from the store."""
    from kgtools import render
    from kgtools.explain import justified
    from kgtools.places import read_geography
    from kgtools.times import read_times

    if kind == "map":
        return render.map_page(answer, found, read_geography(store, answer, found), title=title)
    if kind == "timeline":
        return render.timeline_page(answer, found, read_times(store, answer, found), title=title)
    return render.graph_page(answer, found, justified(store, answer, found), title=title, drag=kind == "drag")


def _thing(name: str | None) -> "URIRef | None":
    from kgtools.names import expand

    return None if name is None else expand(name)


def _contested_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("subject", nargs="?", help="what it is about, such as actor:isgs; without it, everything")
    parser.add_argument("predicate", nargs="?", help="what is said of it, such as kg:date")
    parser.add_argument("--predicate", dest="by", metavar="NAME", help="the same for every subject")


def _contested(store: "Store", arguments: Namespace) -> Told:
    """Each contest with its positions side by side."""
    from kgtools.contest import contest_lines, contested, things

    found = contested(store, _thing(arguments.subject), _thing(arguments.predicate or arguments.by))
    return Told(contest_lines(found, names(store, things(found))))


def _explain_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("triple", nargs="+", metavar="NAME", help="subject, predicate and object")
    parser.add_argument("--most", type=int, default=3, metavar="N", help="how many justifications (default: 3)")
    parser.add_argument(
        "--format", choices=("text", "table", "graph"), default="text", help="graph is DOT text (default: text)"
    )


def _explain(store: "Store", arguments: Namespace) -> Told:
    """Why the view has a triple, or why it has not."""
    from kgtools.evidence import best_label
    from kgtools.explain import (
        explain,
        explanation_dot,
        explanation_graph,
        explanation_lines,
        explanation_rows,
        parse_triple,
    )

    found = explain(store, parse_triple(" ".join(arguments.triple)), arguments.most)
    if arguments.format == "text" or not found.proofs:
        known = {thing: best_label(known, thing) for thing, known in found.labels.items()}
        return Told(explanation_lines(found, known), bool(found.proofs))
    if arguments.format == "table":
        return Told(aligned([["step", "triple", "reason"], *map(list, explanation_rows(found))]))
    return Told(explanation_dot(explanation_graph(found)))


def _corroborate_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("triple", nargs="*", metavar="NAME", help="subject, predicate, object; fewer name many")


def _corroborate(store: "Store", arguments: Namespace) -> Told:
    """How well one proposition stands, or a line for each of many."""
    from kgtools.corroborate import corroboration, corroboration_lines, corroborations, mentioned, summary_lines
    from kgtools.explain import parse_triple

    if len(arguments.triple) > 2:
        one = corroboration(store, parse_triple(" ".join(arguments.triple)))
        return Told(corroboration_lines(one, names(store, mentioned([one]))))
    found = corroborations(store, *map(_thing, arguments.triple))
    return Told(summary_lines(found, names(store, mentioned(found))))


def _resolve_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("name", nargs="*", metavar="NAME", help="a name, in as many words as it has")
    parser.add_argument("--suggest", action="store_true", help="list handles that may be of one thing, undecided yet")
    parser.add_argument("--most", type=int, default=10, metavar="N", help="how many looser matches (default: 10)")
    parser.add_argument("--format", choices=("table", "json"), default="table", help="how to print (default: table)")


def _resolve(store: "Store", arguments: Namespace) -> Told:
    """What a name may mean; or the pairs of handles that may be one."""
    from kgtools.resolve import (
        candidate_lines,
        candidates,
        candidates_json,
        nearest,
        suggestion_lines,
        suggestions,
        suggestions_json,
    )

    name, as_json = " ".join(arguments.name), arguments.format == "json"
    if arguments.suggest == bool(name):
        raise UsageError("name what to resolve, as in kg resolve Wagner, or write kg resolve --suggest alone")
    if arguments.most < 0:
        raise UsageError(f"--most {arguments.most} is less than none; write how many looser matches to show, from 0")
    if arguments.suggest:
        pairs = suggestions(store)
        return Told(suggestions_json(pairs) if as_json else suggestion_lines(pairs))
    found = candidates(store, name)
    text = candidates_json(found) if as_json else candidate_lines(found, arguments.most)
    if found:
        return Told(text)
    near = nearest(store, name)
    hint = f"; the nearest names are {', '.join(near)}" if near else ""
    return Told(text, found=False, note=f"nothing is called {name!r} in this view{hint}")


def _forecasts_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("forecaster", nargs="?", help="whose, such as actor:bmi; without it, everybody's")
    day_flag(parser, "what had been published and assessed by then")


def _forecasts(store: "Store", arguments: Namespace) -> Told:
    """Every forecast by forecaster with what has become of it, and the scores."""
    from kgtools.forecasts import forecast_lines, forecasts, mentioned

    day = day_of(arguments)
    found = forecasts(store, day, _thing(arguments.forecaster))
    return Told(forecast_lines(found, day, names(store, mentioned(found))))


def _scenario_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("what", choices=("list", "show", "compare"), help="list all, show one, or compare some")
    parser.add_argument("scenarios", nargs="*", metavar="NAME", help="a scenario, such as scenario:thaw")


def _scenario(store: "Store", arguments: Namespace) -> Told:
    """The scenarios, one laid over the view within its scope, or some compared."""
    from kgtools.names import expand
    from kgtools.scenarios import compare_lines, comparison, overlay_lines, overlays, scenario_lines, scenarios

    names = [expand(name if ":" in name else f"scenario:{name}") for name in arguments.scenarios]
    if arguments.what == "list":
        if names:
            raise UsageError("scenario list takes no name; write scenario show NAME")
        return Told(scenario_lines(scenarios(store)))
    if arguments.what == "show":
        if len(names) != 1:
            raise UsageError("scenario show takes one scenario; scenario list names them")
        return Told(overlay_lines(overlays(store, names)[0]))
    return Told(compare_lines(comparison(store, names)))


def diff_arguments(parser: ArgumentParser) -> None:
    """Add what a comparison of two snapshots takes."""
    for name in ("before", "after"):
        parser.add_argument(name, help="a snapshot, a build folder or a git revision")
    parser.add_argument(
        "--answers", action="store_true", help="also say which shipped questions are answered otherwise"
    )
    parser.add_argument("--view", default="all", help="the view that --answers asks, or a delta has (default: all)")
    parser.add_argument(
        "--format",
        choices=("table", "json", *_DELTAS),
        default="table",
        help="how to print; patch (RDF Patch) and jsonl lead from one to the other with kg apply (default: table)",
    )
    parser.add_argument("-o", "--output", type=Path, metavar="FILE", help="write a file instead of printing")


_DELTAS = ("patch", "jsonl")


def compared(project: "Project", arguments: Namespace) -> str:
    """What differs between two snapshots, build folders or git revisions, claim by claim; or where that was written."""
    from kgtools.files import write_whole

    if arguments.answers and arguments.format in _DELTAS:
        raise UsageError(f"--answers is for people, and {arguments.format} leads from data to data; leave one out")
    text = _comparison(project, arguments)
    if arguments.output is None:
        return text
    write_whole(arguments.output, f"{text}\n".encode())
    return str(arguments.output)


def _comparison(project: "Project", arguments: Namespace) -> str:
    import tempfile

    from kgtools.diff import answer_lines, changed_answers, diff, diff_json, diff_lines, labels_of, snapshot_of
    from kgtools.questions import read_questions

    with tempfile.TemporaryDirectory(prefix="kg-diff-") as folder:
        old, new = (
            snapshot_of(project.root, name, Path(folder) / place)
            for name, place in ((arguments.before, "before"), (arguments.after, "after"))
        )
        if arguments.format in _DELTAS:
            return _delta(old, new, arguments)
        found, known = diff(old, new), labels_of(old, new)
        questions = read_questions(project.ontology / "questions").values()
        changes = changed_answers(old, new, questions, arguments.view) if arguments.answers else None
    if arguments.format == "json":
        return diff_json(found, changes)
    return "\n\n".join([diff_lines(found, known), *([] if changes is None else [answer_lines(changes, known)])])


def _delta(old: Path, new: Path, arguments: Namespace) -> str:
    from kgtools.diff import json_lines, rdf_patch
    from kgtools.export import whole

    before, after = (whole(folder, arguments.view) for folder in (old, new))
    delta = (rdf_patch if arguments.format == "patch" else json_lines)(before, after)
    return delta.decode().removesuffix("\n")


INQUIRIES = {
    "contested": Inquiry(
        "set side by side what sources cannot all be right on",
        "contested event:icj-filing-2025",
        _contested_arguments,
        _contested,
    ),
    "explain": Inquiry(
        "say why a view has a triple, down to the claims",
        "explain actor:ahmoudou-ag-asriw kg:escortsRoute route:tabankort-amassine-niger",
        _explain_arguments,
        _explain,
    ),
    "corroborate": Inquiry(
        "say how many independent origins stand behind a proposition, and against it",
        "corroborate event:aes-recall-of-ambassadors-2025 kg:date",
        _corroborate_arguments,
        _corroborate,
    ),
    "resolve": Inquiry(
        "say what a name may mean, and whose name for it that is", "resolve Wagner", _resolve_arguments, _resolve
    ),
    "forecasts": Inquiry(
        "say what has become of forecasts, and score stated likelihoods",
        "forecasts",
        _forecasts_arguments,
        _forecasts,
        of_view=False,
    ),
    "scenario": Inquiry(
        "lay a possible future over a view, which stays as it is", "scenario list", _scenario_arguments, _scenario
    ),
}
