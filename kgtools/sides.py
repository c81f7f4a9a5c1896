"""Two answers side by side: what is asked of the second, what was asked of each in words, and one picture of both."""

import shlex
from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING, NoReturn, TypeVar

from kgtools.asking import Parser, parameters_of, scope_flags
from kgtools.errors import QuestionError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from rdflib import URIRef

    from kgtools.model import Answer, Evidence, Scope
    from kgtools.render import Side
    from kgtools.render.page import Told
    from kgtools.store import Store

Made = TypeVar("Made")
EXAMPLE = "such as --against='--view un'"


def against_flag(parser: ArgumentParser) -> None:
    """Add the flag that names what an answer is compared with."""
    parser.add_argument(
        "--against",
        metavar="FLAGS",
        help="compare with the same question of other claims or with other parameters, as in --against='--view un'",
    )


def other_side(flags: str, like: Namespace) -> Namespace:
    """The arguments of the second of two answers: *flags* as typed, and the question and its parameters of the first.

    A parameter that is typed again takes the place of the first one's.
    """
    parser = _Against(prog=f"--against {flags!r}", add_help=False)
    parser.add_argument("--view", default="all")
    parser.add_argument("--param", action="append", default=[])
    scope_flags(parser)
    try:
        typed = shlex.split(flags)
    except ValueError as error:
        raise UsageError(f"--against {flags!r}: {str(error).lower()}; write flags of a view, {EXAMPLE}") from None
    if not typed:
        raise UsageError(f"--against is empty, so there is nothing to compare with; write flags of a view, {EXAMPLE}")
    second = parser.parse_args(typed)
    given = parameters_of(like) | of_second(flags, parameters_of, second)
    second.param = [f"{name}={value}" for name, value in given.items()]
    return Namespace(**{**vars(like), **vars(second)})


def of_second(flags: str, made: "Callable[..., Made]", *arguments: object) -> "Made":
    """What is made of the second of two answers; what is wrong with it names the flags that asked for it."""
    try:
        return made(*arguments)
    except (QuestionError, UsageError) as error:
        raise UsageError(f"--against {flags!r}: {error}") from None


class _Against(Parser):
    """What the flags of the second side are read with."""

    def error(self, message: str) -> NoReturn:
        """Raise, with how to write them."""
        flags = ", ".join(flag for action in self._actions for flag in action.option_strings)
        unknown = message.startswith("unrecognized")
        raise UsageError(f"{self.prog}: {message}; {f'its flags are {flags}' if unknown else f'write them {EXAMPLE}'}")


def side(store: "Store", answer: "Answer", found: "Evidence", kind: str) -> "Side":
    """An answer with its evidence as one side of a comparison; a map or a timeline reads more from the store."""
    from kgtools.places import read_geography
    from kgtools.render import Side
    from kgtools.times import read_times

    if kind == "drag":
        raise UsageError("two answers in one drawing cannot be dragged by hand; leave out --drag")
    asked = tuple(_asked(store, answer))
    if kind == "map":
        return Side(answer, found, asked, read_geography(store, answer, found))
    return Side(answer, found, asked, read_times(store, answer, found) if kind == "timeline" else None)


def _asked(store: "Store", answer: "Answer") -> "Iterator[Told]":
    """What was asked of an answer besides its question: view, parameters and scope, with names in all languages."""
    from rdflib import URIRef

    from kgtools.names import PREFIXES

    scope, view = store.scope, URIRef(PREFIXES["view"] + store.rule)
    bound = {term for term in answer.bindings.values() if isinstance(term, URIRef)}
    named = _names(store, {view, *scope.according_to, *scope.excluding, *bound})
    yield "side-view", named[view]
    for name, term in sorted(answer.bindings.items()):
        yield "side-param", name, named[term] if isinstance(term, URIRef) else str(term)
    for key, speakers in (("side-according-to", scope.according_to), ("side-excluding", scope.excluding)):
        if speakers:
            yield key, _listed(named[speaker] for speaker in sorted(speakers))
    yield from _within(scope)


def _within(scope: "Scope") -> "Iterator[Told]":
    if scope.as_of:
        yield "side-as-of", scope.as_of
    if scope.known_by:
        yield "side-known-by", scope.known_by
    if scope.least_confidence != "low":
        yield (f"side-confidence-{scope.least_confidence}",)
    for key in ("strict", "first_hand", "include_retracted"):
        if getattr(scope, key):
            yield (f"side-{key.replace('_', '-')}",)


def _listed(names: "Iterable[dict[str, str]]") -> dict[str, str]:
    """Several names as one in each language; what has none in a language is called as in English."""
    named = list(names)
    languages = sorted({language for one in named for language in one})
    return {language: ", ".join(one.get(language, one["en"]) for one in named) for language in languages}


def _names(store: "Store", things: "Iterable[URIRef]") -> "dict[URIRef, dict[str, str]]":
    """The names of each thing by language, with an English one, however it is made."""
    from kgtools.evidence import best_label, labels

    things = set(things)
    known = labels(store, things)
    return {iri: known.get(iri, {}) | {"en": best_label(known.get(iri, {}), iri)} for iri in things}
