"""The arguments of the magics."""

import argparse
import re
from collections.abc import Callable

from rdflib import XSD, Literal

from kgtools.asking import INQUIRIES, scope_flags
from kgtools.errors import UsageError
from kgtools.model import Term
from kgtools.names import PREFIXES, expand


class _Parser(argparse.ArgumentParser):
    """A parser whose mistakes are errors of ours instead of an exit of the kernel."""

    def error(self, message: str) -> None:  # type: ignore[override]
        """Raise."""
        raise UsageError(f"{self.prog}: {message}; {self.prog} --help tells more")


def _opening(parser: argparse.ArgumentParser) -> argparse.ArgumentParser:
    parser.add_argument("--view", default="all", help="which claims count as facts")
    parser.add_argument("--timeout", type=float, help="seconds")
    parser.add_argument("--build", help="where the snapshot is")
    scope_flags(parser)
    return parser


def _common(parser: argparse.ArgumentParser) -> argparse.ArgumentParser:
    _opening(parser)
    parser.add_argument("--param", action="append", default=[], metavar="NAME=VALUE", help="bind a selected variable")
    parser.add_argument("--into", "--store-to", metavar="VAR", help="keep the result in this variable")
    parser.add_argument("--why", action="store_true", help="show the claims under each row")
    parser.add_argument("--row", type=int, metavar="N", help="explain this one row, counted from 1")
    return parser


def sparql_parser() -> argparse.ArgumentParser:
    parser = _common(_Parser(prog="%%sparql", description="Run the cell as a SPARQL query."))
    parser.add_argument("--silent", action="store_true", help="show nothing")
    parser.add_argument(
        "--on",
        metavar="DATA",
        help="ask this instead: an rdflib Graph by its name, RDF files (*.ttl), or an http address",
    )
    return parser


def kg_parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="%kg", description="Ask the question library, and beyond it.")
    verbs = parser.add_subparsers(dest="verb", required=True)
    _inquiries(verbs, "%kg")
    describe = _opening(verbs.add_parser("describe", help="all that is said of a thing, as Turtle"))
    describe.add_argument("name", help="the thing, such as actor:jnim")
    for verb, what in (("ask", "answer a question"), ("show", "draw an answer"), ("cite", "cite an answer")):
        one = _common(verbs.add_parser(verb, help=what))
        one.add_argument("question")
        one.add_argument("--documents", help="a folder with documents, to show passages")
    listing = verbs.add_parser("questions", help="list the questions")
    listing.add_argument("--build", help="where the snapshot is")
    return parser


def _inquiries(verbs: "argparse._SubParsersAction[_Parser]", prog: str) -> None:
    for name, inquiry in INQUIRIES.items():
        one = _opening(verbs.add_parser(name, help=inquiry.what, epilog=f"Example: {prog} {inquiry.example}"))
        inquiry.arguments(one)


def inquiry_parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="inquire")
    _inquiries(parser.add_subparsers(dest="verb", required=True), "inquire")
    return parser


def binding(text: str) -> tuple[str, Term]:
    """Name and term of `name=value`: a known prefix or <…> makes an IRI, digits a number, a day a date, else text."""
    name, equals, value = text.partition("=")
    if not equals:
        raise UsageError(f"--param {text!r} has no value; write --param name=value")
    patterns: list[tuple[str, Callable[[str], Term]]] = [
        (r"<.+>|https?://\S+", expand),
        (r"[+-]?\d+", lambda digits: Literal(digits, datatype=XSD.integer, normalize=False)),
        (r"\d{4}-\d{2}-\d{2}", lambda day: Literal(day, datatype=XSD.date, normalize=False)),
    ]
    if value.partition(":")[0] in PREFIXES and ":" in value:
        return name, expand(value)
    for pattern, make in patterns:
        if re.fullmatch(pattern, value):
            return name, make(value)
    return name, Literal(value)
