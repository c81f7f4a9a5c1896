"""The arguments of the magics."""

import argparse
import re
import shlex
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal

from rdflib import XSD, BNode, Literal, URIRef

from kgtools.asking import INQUIRIES, Parser, day_flag, diff_arguments, scope_flags
from kgtools.errors import UsageError
from kgtools.model import Term
from kgtools.names import PREFIXES, expand
from kgtools.notebook.answered import ENDINGS, FORMS
from kgtools.notebook.frames import Name
from kgtools.sides import against_flag

DRAWN = {
    "graph": "draw it as a graph",
    "table": "show it as a table",
    "map": "draw its places and routes on a map",
    "timeline": "draw what has a date along time",
}
ANSWERS = {"ask": "answer a question", "show": "draw an answer", "cite": "cite an answer"}


def _opening(parser: argparse.ArgumentParser) -> argparse.ArgumentParser:
    parser.add_argument("--view", default="all", help="which claims count as facts")
    parser.add_argument("--timeout", type=float, help="seconds")
    _build(parser)
    scope_flags(parser)
    return parser


def _common(parser: argparse.ArgumentParser) -> argparse.ArgumentParser:
    _opening(parser)
    _showing(parser.add_argument_group("what is shown"))
    keeping = parser.add_argument_group("what is kept")
    keeping.add_argument("--into", "--store-to", metavar="VAR", help="keep the result in this variable")
    keeping.add_argument("--store-format", choices=FORMS, help="as what (default: pandas for rows)")
    keeping.add_argument("--export-to", metavar="FILE", help=f"write all of it to a file: {', '.join(ENDINGS)}")
    return parser


def _with_parameters(parser: argparse.ArgumentParser) -> argparse.ArgumentParser:
    parser.add_argument("--param", action="append", default=[], metavar="NAME=VALUE", help="bind a selected variable")
    return _common(parser)


def _showing(parser: argparse._ArgumentGroup) -> None:
    ways = parser.add_mutually_exclusive_group()
    for way, what in DRAWN.items():
        ways.add_argument(f"--{way}", dest="drawn", action="store_const", const=way, help=what)
    parser.add_argument("--rows", "--results-per-page", type=int, metavar="N", help="show so many rows at most")
    parser.add_argument("--silent", action="store_true", help="show nothing")
    parser.add_argument("--why", action="store_true", help="show the claims under each row")
    parser.add_argument("--row", type=int, metavar="N", help="explain this one row, counted from 1")
    parser.add_argument("--plan", action="store_true", help="show how many solutions each part of the query leaves")
    _documents(parser)


def _documents(parser: argparse.ArgumentParser | argparse._ArgumentGroup) -> None:
    parser.add_argument("--documents", metavar="DIR", help="a folder with documents, to show passages")


def _build(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--build", metavar="DIR", help="where the snapshot is (default: build/ in the project)")


def parsed(parser: argparse.ArgumentParser, line: str) -> argparse.Namespace | None:
    """The arguments in a line; None where it asked for help, which is printed then."""
    try:
        return parser.parse_args(shlex.split(line))
    except ValueError as error:
        raise UsageError(f"{parser.prog}: {str(error).lower()}; end each quotation that you begin") from None
    except SystemExit:
        return None


def sparql_parser() -> argparse.ArgumentParser:
    parser = _with_parameters(Parser(prog="%%sparql", description="Run the cell as a SPARQL query."))
    parser.set_defaults(verb="")
    parser.add_argument(
        "--on",
        metavar="DATA",
        help="ask this instead: an rdflib Graph by its name, RDF files (*.ttl), or an http address",
    )
    return parser


def kg_parser() -> argparse.ArgumentParser:
    parser = Parser(prog="%kg", description="Ask the question library, and beyond it.")
    verbs = parser.add_subparsers(dest="verb", required=True)
    _inquiries(verbs, "%kg")
    describe = _common(verbs.add_parser("describe", help="all that is said of a thing, as Turtle"))
    describe.add_argument("name", help="the thing, such as actor:jnim")
    report = _opening(verbs.add_parser("report", help="what the data look like"))
    day_flag(report, "how long ago claims were last compared with their sources, seen from then")
    _opening(verbs.add_parser("view", help="the views that there are"))
    prefix = _opening(verbs.add_parser("prefix", help="the prefixes that are known, or what a name is in full"))
    prefix.add_argument("name", nargs="?", help="a prefixed name or an IRI")
    for verb, what in ANSWERS.items():
        one = _with_parameters(verbs.add_parser(verb, help=what))
        one.add_argument("question", nargs=None if verb == "ask" else "?", help="its name; %%kg questions lists them")
        if verb == "show":
            against_flag(one)
    _beside_answers(verbs)
    return parser


def _beside_answers(verbs: "argparse._SubParsersAction[Parser]") -> None:
    why = verbs.add_parser("why", help="show the claims under each row of the last answer, or explain one row")
    why.add_argument("row", nargs="?", type=int, metavar="N", help="the row, counted from 1")
    _documents(why)
    endpoint = verbs.add_parser("endpoint", help="let the %%%%sparql cells that follow ask this, not the snapshot")
    endpoint.add_argument(
        "data", nargs="?", metavar="DATA", help="as --on takes it; off ends it; without it, says what"
    )
    diff = verbs.add_parser("diff", help="say what differs between two snapshots, claim by claim")
    diff_arguments(diff)
    _build(diff)
    _build(verbs.add_parser("questions", help="list the questions"))


def _inquiries(verbs: "argparse._SubParsersAction[Parser]", prog: str) -> None:
    for name, inquiry in INQUIRIES.items():
        one = _opening(verbs.add_parser(name, help=inquiry.what, epilog=f"Example: {prog} {inquiry.example}"))
        inquiry.arguments(one)


def diff_parser() -> argparse.ArgumentParser:
    parser = Parser(prog="diff")
    diff_arguments(parser)
    return parser


def inquiry_parser() -> argparse.ArgumentParser:
    parser = Parser(prog="inquire")
    _inquiries(parser.add_subparsers(dest="verb", required=True), "inquire")
    return parser


def binding(text: str, variables: Mapping[str, object]) -> tuple[str, Term]:
    """Name and term of `name=value`.

    The value is that of a variable of the notebook where one is called so and holds a term, a text, a number, a day or
    yes or no. Else a known prefix or <…> makes an IRI, digits a number, a day a date, and anything else is text.
    """
    name, equals, value = text.partition("=")
    if not equals:
        raise UsageError(f"--param {text!r} has no value; write --param name=value")
    return name, term_of(variables.get(value)) or _written(value)


def texts(given: Mapping[str, str], variables: Mapping[str, object]) -> dict[str, str]:
    """Parameters as text, with the value of a variable of the notebook in the place of its name."""
    found = {}
    for name, value in given.items():
        term = term_of(variables.get(value))
        found[name] = value if term is None else str(term)
    return found


def term_of(value: object) -> Term | None:
    """The term that a value of the notebook stands for; None if it stands for none."""
    if isinstance(value, URIRef | Literal | BNode):
        return value
    if isinstance(value, Name):
        return URIRef(value.iri)
    if isinstance(value, str):
        return Literal(value, lang=getattr(value, "language", "") or None)
    if isinstance(value, bool | int | float | Decimal | date):
        return Literal(value)
    return None


def _written(value: str) -> Term:
    patterns: list[tuple[str, Callable[[str], Term]]] = [
        (r"<.+>|https?://\S+", expand),
        (r"[+-]?\d+", lambda digits: Literal(digits, datatype=XSD.integer, normalize=False)),
        (r"\d{4}-\d{2}-\d{2}", lambda day: Literal(day, datatype=XSD.date, normalize=False)),
    ]
    if value.partition(":")[0] in PREFIXES and ":" in value:
        return expand(value)
    return next((make(value) for pattern, make in patterns if re.fullmatch(pattern, value)), Literal(value))
