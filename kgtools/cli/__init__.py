"""The command `kg`: one verb a job.

Results go to stdout, everything else to stderr; the exit code is 0, 1 (findings, or nothing to answer from) or 2 (wrong
use).
"""

import argparse
import logging
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from kgtools import __version__

__all__ = ["main"]

EXPORTS = ("turtle", "trig", "nquads", "jsonld", "rdfxml", "graphml")
TABLES = ("table", "csv", "json", "md")
CITATIONS = ("text", "bibtex", "csl-json")
INQUIRIES = ("contested", "explain", "corroborate", "cite", "diff", "forecasts", "scenario", "resolve")


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    arguments = _parser().parse_args(argv)
    # rdflib logs a traceback for each ill-formed literal; we report those ourselves, with file and line.
    logging.getLogger("rdflib").setLevel(logging.CRITICAL)
    # Everything below needs rdflib, which `kg --help` does not.
    from kgtools.cli import commands, inquiries
    from kgtools.errors import InvalidGraph, KgError, SourceError, StoreError

    try:
        module = inquiries if arguments.command in INQUIRIES else commands
        return int(getattr(module, arguments.command)(arguments))
    except (InvalidGraph, SourceError, StoreError) as error:
        print(error, file=sys.stderr)
        return 1
    except KgError as error:
        print(f"kg {arguments.command}: {error}", file=sys.stderr)
        return 2
    except BrokenPipeError:
        # The reader (head, less) went away; without this Python complains again while it shuts down.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        where = error.filename or "a file"
        print(
            f"kg {arguments.command}: {where}: {error.strerror}; name a place with room that you may write to",
            file=sys.stderr,
        )
        return 1
    except KeyboardInterrupt:
        print("stopped", file=sys.stderr)
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="kg", description="Build, check, ask and draw the Sahel Knowledge Graph.", epilog="Start with: kg build"
    )
    parser.add_argument("--version", action="version", version=f"kg {__version__}")
    verbs = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    _verb(verbs, "build", "check the curated files and freeze them into build/", "kg build")
    check = _verb(verbs, "check", "report every problem in the curated files", "kg check")
    check.add_argument("--owl", action="store_true", help="also run HermiT and the OWL 2 profile checkers (slow)")
    check.add_argument("--documents", type=Path, metavar="DIR", help="also compare locators with the documents in DIR")
    fmt = _verb(verbs, "fmt", "write every Turtle file in canonical form", "kg fmt")
    fmt.add_argument("--check", action="store_true", help="change nothing; list the files that would change")

    ask = _verb(verbs, "ask", "answer a question, or list all questions", "kg ask actors-on-each-route --why")
    ask.add_argument("question", nargs="?", help="the question's name; without it the questions are listed")
    _asking(ask)
    sparql = _verb(verbs, "sparql", "run a SPARQL query from a file, or - for stdin", "kg sparql my-query.rq --row 1")
    sparql.add_argument("file", help="a file with a query, or - for standard input")
    _asking(sparql)
    show = _verb(
        verbs, "show", "draw an answer as one offline HTML page", "kg show actors-on-each-route -o routes.html"
    )
    show.add_argument("question", help="the question's name")
    show.add_argument("-o", "--output", type=Path, required=True, metavar="FILE", help="the page to write")
    _view(show)
    export = _verb(verbs, "export", "write the graph for other tools", "kg export turtle -o graph.ttl")
    export.add_argument("format", choices=EXPORTS, help="the format to write")
    export.add_argument("-o", "--output", type=Path, required=True, metavar="FILE", help="the file to write")
    export.add_argument("--view", default="all", help="the view whose facts are taken (default: all)")
    _inquiries(verbs)
    report = _verb(
        verbs, "report", "say what the data look like: claims per source, perspective, topic, year", "kg report"
    )
    report.add_argument("-o", "--output", type=Path, metavar="FILE", help="write a page instead of printing")
    _day(report, "how long ago claims were last compared with their sources, seen from then")
    return parser


def _inquiries(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    contested = _verb(
        verbs, "contested", "set side by side what sources cannot all be right on", "kg contested event:icj-filing-2025"
    )
    contested.add_argument("subject", nargs="?", help="what it is about, such as actor:isgs; without it, everything")
    contested.add_argument("predicate", nargs="?", help="what is said of it, such as kg:date")
    contested.add_argument("--predicate", dest="by", metavar="NAME", help="the same for every subject")
    _opening(contested)
    explain = _verb(
        verbs,
        "explain",
        "say why a view has a triple, down to the claims",
        "kg explain actor:ahmoudou-ag-asriw kg:escortsRoute route:tabankort-amassine-niger",
    )
    explain.add_argument("triple", nargs="+", metavar="NAME", help="subject, predicate and object")
    explain.add_argument("--most", type=int, default=3, metavar="N", help="how many justifications (default: 3)")
    explain.add_argument(
        "--format", choices=("text", "table", "graph"), default="text", help="graph is DOT text (default: text)"
    )
    _opening(explain)
    corroborate = _verb(
        verbs,
        "corroborate",
        "say how many independent origins stand behind a proposition, and against it",
        "kg corroborate event:aes-recall-of-ambassadors-2025 kg:date",
    )
    corroborate.add_argument("triple", nargs="*", metavar="NAME", help="subject, predicate, object; fewer name many")
    _opening(corroborate)
    resolve = _verb(verbs, "resolve", "say what a name may mean, and whose name for it that is", "kg resolve Wagner")
    resolve.add_argument("name", nargs="*", metavar="NAME", help="a name, in as many words as it has")
    resolve.add_argument("--suggest", action="store_true", help="list handles that may be of one thing, undecided yet")
    resolve.add_argument("--most", type=int, default=10, metavar="N", help="how many looser matches (default: 10)")
    resolve.add_argument("--format", choices=("table", "json"), default="table", help="how to print (default: table)")
    _opening(resolve)
    cite = _verb(verbs, "cite", "cite an answer, with the sources that it rests on", "kg cite contested-claims")
    cite.add_argument("question", help="the question's name")
    cite.add_argument("--format", choices=CITATIONS, default="text", help="how to write it (default: text)")
    _view(cite)
    diff = _verb(verbs, "diff", "say what differs between two snapshots, claim by claim", "kg diff HEAD~1 build")
    for name in ("before", "after"):
        diff.add_argument(name, help="a snapshot, a build folder or a git revision")
    diff.add_argument("--answers", action="store_true", help="also say which shipped questions are answered otherwise")
    diff.add_argument("--view", default="all", help="the view that --answers asks (default: all)")
    diff.add_argument("--format", choices=("table", "json"), default="table", help="how to print (default: table)")
    forecasts = _verb(
        verbs,
        "forecasts",
        "say what has become of forecasts, and score stated likelihoods",
        "kg forecasts",
    )
    forecasts.add_argument("forecaster", nargs="?", help="whose, such as actor:bmi; without it, everybody's")
    _day(forecasts, "what had been published and assessed by then")
    _within(forecasts)
    forecasts.set_defaults(view="all")  # no forecast is a fact of any view
    scenario = _verb(verbs, "scenario", "lay a possible future over a view, which stays as it is", "kg scenario list")
    scenario.add_argument("what", choices=("list", "show", "compare"), help="list all, show one, or compare some")
    scenario.add_argument("scenarios", nargs="*", metavar="NAME", help="a scenario, such as scenario:thaw")
    scenario.add_argument("--view", default="all", help="the view that it is laid over (default: all)")
    _scope(scenario)


def _verb(
    verbs: "argparse._SubParsersAction[argparse.ArgumentParser]", name: str, what: str, example: str
) -> argparse.ArgumentParser:
    verb = verbs.add_parser(name, help=what, description=what[0].upper() + what[1:] + ".", epilog=f"Example: {example}")
    verb.add_argument(
        "--root", type=Path, default=Path(), metavar="DIR", help="the project (default: from here upwards)"
    )
    verb.add_argument(
        "--graph", type=Path, metavar="DIR", help="another graph/ folder to use with the project's ontology"
    )
    verb.add_argument(
        "--build", type=Path, metavar="DIR", help="where the snapshot is (default: build/ in the project)"
    )
    return verb


def _asking(verb: argparse.ArgumentParser) -> None:
    _view(verb)
    verb.add_argument("--format", choices=TABLES, default="table", help="how to print the rows (default: table)")
    verb.add_argument("--lang", choices=("en", "fr", "ar"), default="en", help="language of names in table and md")
    verb.add_argument("--why", action="store_true", help="print under each row the claims that it rests on")
    verb.add_argument("--row", type=int, metavar="N", help="explain this one row, counted from 1, down to its claims")


def _opening(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("--view", default="all", help="which claims count as facts (default: all)")
    _within(verb)


def _within(verb: argparse.ArgumentParser) -> None:
    _scope(verb)
    verb.add_argument("--timeout", type=float, default=30.0, metavar="SECONDS", help="give up after this (default: 30)")


def _day(verb: argparse.ArgumentParser, what: str) -> None:
    verb.add_argument("--day", metavar="DATE", help=f"{what}: a day such as 2026-04-10 (default: today)")


def _view(verb: argparse.ArgumentParser) -> None:
    _opening(verb)
    verb.add_argument(
        "--param", action="append", default=[], metavar="NAME=VALUE", help="fix one of the question's parameters"
    )
    verb.add_argument("--documents", type=Path, metavar="DIR", help="show passages from the documents in DIR")


def _scope(verb: argparse.ArgumentParser) -> None:
    scope = verb.add_argument_group(
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
