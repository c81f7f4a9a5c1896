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
from kgtools.asking import INQUIRIES, day_flag, diff_arguments, scope_flags
from kgtools.sides import against_flag

__all__ = ["main"]

EXPORTS = (
    *("turtle", "trig", "nquads", "jsonld", "rdfxml"),
    *("graphml", "gexf", "csvw", "spreadsheet", "parquet", "neo4j"),
    "questions",
)
DESCRIPTIONS = ("void", "sssom")
IMPORTS = ("nquads", "graphml", "gexf", "csvw", "parquet", "neo4j")
TABLES = ("table", "csv", "json", "md")
CITATIONS = ("text", "bibtex", "csl-json")


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    arguments = _parser().parse_args(argv)
    # rdflib logs a traceback for each ill-formed literal; we report those ourselves, with file and line.
    logging.getLogger("rdflib").setLevel(logging.CRITICAL)
    # Everything below needs rdflib, which `kg --help` does not.
    from kgtools.errors import InvalidGraph, KgError, SourceError, StoreError

    try:
        return _run(arguments)
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


def _run(arguments: argparse.Namespace) -> int:
    from kgtools.cli import commands, inquiries, lab, releases, serving

    modules = {"cite": inquiries, "diff": inquiries, "lab": lab, "serve": serving}
    modules |= dict.fromkeys(("apply", "release"), releases)
    module = modules.get(arguments.command, commands)
    names = {"import": "import_claims"}  # import is a word of Python
    name = names.get(arguments.command, arguments.command)
    run = inquiries.inquire if arguments.command in INQUIRIES else getattr(module, name)
    return int(run(arguments))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="kg", description="Build, check, ask and draw the Sahel Knowledge Graph.", epilog="Start with: kg build"
    )
    parser.add_argument("--version", action="version", version=f"kg {__version__}")
    verbs = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    build = _verb(verbs, "build", "check the curated files and freeze them into build/", "kg build --site")
    build.add_argument(
        "--site", action="store_true", help="also write build/site, a page for each IRI (a minute or two)"
    )
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
        verbs,
        "show",
        "draw an answer as one page: graph, map or timeline",
        "kg show actors-on-each-route -o routes.html",
    )
    show.add_argument("question", help="the question's name")
    show.add_argument("-o", "--output", type=Path, required=True, metavar="FILE", help="the page to write")
    kind = show.add_mutually_exclusive_group()
    for name, what in (
        ("map", "on a map instead of as a graph"),
        ("timeline", "along time"),
        ("drag", "as a graph of at most 400 things that can be dragged by hand, with vis-network"),
    ):
        kind.add_argument(f"--{name}", dest="kind", action="store_const", const=name, default="graph", help=what)
    against_flag(show)
    _view(show)
    export = _verb(verbs, "export", "write the graph for other tools", "kg export turtle -o graph.ttl")
    export.add_argument(
        "format",
        choices=(*EXPORTS, *DESCRIPTIONS),
        help="the format to write; questions are the question library in the terms of SHACL, void says what is in the"
        " dataset, sssom are its mappings to other vocabularies",
    )
    export.add_argument(
        "-o", "--output", type=Path, required=True, metavar="FILE", help="the file, or folder, to write"
    )
    export.add_argument("--view", default="all", help="the view whose facts are taken (default: all)")
    into = _command(
        verbs, "import", "read claims back from a form that carries them", "kg import nquads graph.nq -o claims.nq"
    )
    into.add_argument("format", choices=IMPORTS, help="the form that it is in")
    into.add_argument("input", type=Path, help="the file, or folder, to read")
    into.add_argument(
        "-o", "--output", type=Path, required=True, metavar="FILE", help="where the claims go, as N-Quads"
    )
    _inquiries(verbs)
    _releases(verbs)
    report = _verb(
        verbs, "report", "say what the data look like: claims per source, perspective, topic, year", "kg report"
    )
    report.add_argument("-o", "--output", type=Path, metavar="FILE", help="write a page instead of printing")
    day_flag(report, "how long ago claims were last compared with their sources, seen from then")
    _serving(verbs)
    lab = _command(
        verbs, "lab", "open JupyterLab on copies of the notebooks in a folder of yours", "kg lab my-notebooks"
    )
    lab.add_argument("folder", type=Path, metavar="FOLDER", help="where the copies go; what is there stays as it is")
    lab.add_argument("--port", type=int, metavar="N", help="the port to listen on, on this machine alone")
    lab.add_argument("--no-browser", action="store_true", help="print the address instead of opening it")
    return parser


def _inquiries(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    for name, inquiry in INQUIRIES.items():
        verb = _verb(verbs, name, inquiry.what, f"kg {inquiry.example}")
        inquiry.arguments(verb)
        if inquiry.of_view:
            _opening(verb)
        else:
            _within(verb)
            verb.set_defaults(view="all")
    cite = _verb(verbs, "cite", "cite an answer, with the sources that it rests on", "kg cite contested-claims")
    cite.add_argument("question", help="the question's name")
    cite.add_argument("--format", choices=CITATIONS, default="text", help="how to write it (default: text)")
    _view(cite)
    diff = _verb(verbs, "diff", "say what differs between two snapshots, claim by claim", "kg diff HEAD~1 build")
    diff_arguments(diff)


def _releases(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    release = _verb(
        verbs,
        "release",
        "build, and write a folder of every form with what has changed",
        "kg release 0.2.0 --since build/release/0.1.0",
    )
    release.add_argument("version", nargs="?", help="such as 1.2.0, or a day such as 2026-11-24")
    release.add_argument(
        "-o", "--output", type=Path, metavar="DIR", help="the folder to write (default: release/VERSION in the build)"
    )
    release.add_argument("--date", metavar="DATE", help="the day that it comes out; without it no day is written")
    release.add_argument("--since", type=Path, metavar="DIR", help="the folder of the release before it")
    release.add_argument("--url", metavar="URL", help="where the folder will lie on the web")
    release.add_argument("--endpoint", metavar="URL", help="where its default graph will answer queries")
    release.add_argument(
        "--check", type=Path, metavar="DIR", help="verify the release in DIR instead: hashes, counts and deltas"
    )
    apply = _command(
        verbs,
        "apply",
        "apply a delta to the dataset that it begins at",
        "kg apply from-0.1.0.rdfp old.nq -o new.nq",
    )
    apply.add_argument("delta", type=Path, help="a delta that kg diff or kg release wrote: RDF Patch or JSON lines")
    apply.add_argument("data", type=Path, help="N-Quads as exported, or the folder of a release or snapshot")
    apply.add_argument("-o", "--output", type=Path, required=True, metavar="FILE", help="the N-Quads to write")


def _serving(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    serve = _verb(verbs, "serve", "answer SPARQL over HTTP, read only", "kg serve --port 8000")
    serve.add_argument("--host", default="127.0.0.1", help="where to listen (default: 127.0.0.1, this machine alone)")
    serve.add_argument(
        "--port", type=int, default=8000, metavar="N", help="the port (default: 8000; 0 takes a free one)"
    )
    serve.add_argument("--timeout", type=float, default=30.0, metavar="SECONDS", help="for one query (default: 30)")
    serve.add_argument("--memory", type=int, default=1024, metavar="MB", help="for one query (default: 1024)")
    serve.add_argument("--rows", type=int, default=1_000_000, metavar="N", help="of one answer (default: 1,000,000)")
    serve.add_argument("--workers", type=int, metavar="N", help="queries at once (default: two for each core)")


def _command(
    verbs: "argparse._SubParsersAction[argparse.ArgumentParser]", name: str, what: str, example: str
) -> argparse.ArgumentParser:
    verb = verbs.add_parser(name, help=what, description=what[0].upper() + what[1:] + ".", epilog=f"Example: {example}")
    verb.add_argument(
        "--root", type=Path, default=Path(), metavar="DIR", help="the project (default: from here upwards)"
    )
    return verb


def _verb(
    verbs: "argparse._SubParsersAction[argparse.ArgumentParser]", name: str, what: str, example: str
) -> argparse.ArgumentParser:
    verb = _command(verbs, name, what, example)
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
    verb.add_argument("--plan", action="store_true", help="print how many solutions each part of the query leaves")


def _opening(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("--view", default="all", help="which claims count as facts (default: all)")
    _within(verb)


def _within(verb: argparse.ArgumentParser) -> None:
    scope_flags(verb)
    verb.add_argument("--timeout", type=float, default=30.0, metavar="SECONDS", help="give up after this (default: 30)")


def _view(verb: argparse.ArgumentParser) -> None:
    _opening(verb)
    verb.add_argument(
        "--param", action="append", default=[], metavar="NAME=VALUE", help="fix one of the question's parameters"
    )
    verb.add_argument("--documents", type=Path, metavar="DIR", help="show passages from the documents in DIR")
