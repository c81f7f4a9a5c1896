"""What is offered at a place: in a query, on the first line of its cell, on a `%kg` line.

Each function gives what has been begun there, and the offers that may take its place, the best first. Whatever is
offered is a whole token: a prefixed name where that needs no escape, else an IRI in angle brackets.
"""

import argparse
import re
import shlex
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain

from kgtools.names import KG, PREFIXES
from kgtools.notebook.arguments import kg_parser, sparql_parser
from kgtools.notebook.cursor import Typed, declared_in, typed_in, variables_in
from kgtools.notebook.known import Known
from kgtools.resolve.begun import Begun, Found

MOST_OF_ONE = 50


@dataclass(frozen=True, slots=True)
class Offer:
    """A text to put in the place of what has been begun; beside it are shown its kind and what it is called."""

    text: str
    kind: str
    label: str = ""

    def beside(self, most: int) -> str:
        """At most so many letters on one line; no sign of the label breaks it or turns the direction of writing."""
        shown = "".join(sign if sign.isprintable() else " " for sign in self.label)
        label = " ".join(shown.split())
        text = f"{self.kind} · {label}" if label else self.kind
        text = text if len(text) <= most else f"{text[: most - 1]}…"
        # JupyterLab would wrap the line at plain spaces, over the offer below it.
        return text.replace(" ", "\N{NO-BREAK SPACE}")


Offers = tuple[str, Iterator[Offer]]

# Those that the guard lets pass: no SERVICE, no FROM, nothing that changes data.
KEYWORDS = re.findall(
    r"\w+",
    """SELECT WHERE ASK CONSTRUCT DESCRIBE DISTINCT REDUCED PREFIX BASE OPTIONAL FILTER UNION MINUS GRAPH BIND VALUES
    UNDEF AS EXISTS NOT IN ORDER BY ASC DESC GROUP HAVING LIMIT OFFSET TRUE FALSE""",
)
FUNCTIONS = re.findall(
    r"\w+",
    """ABS AVG BNODE BOUND CEIL COALESCE CONCAT CONTAINS COUNT DATATYPE DAY ENCODE_FOR_URI FLOOR GROUP_CONCAT HOURS IF
    IRI ISBLANK ISIRI ISLITERAL ISNUMERIC ISURI LANG LANGMATCHES LCASE MAX MD5 MIN MINUTES MONTH NOW RAND REGEX REPLACE
    ROUND SAMPLE SAMETERM SECONDS SEPARATOR SHA1 SHA256 SHA384 SHA512 STR STRAFTER STRBEFORE STRDT STRENDS STRLANG
    STRLEN STRSTARTS STRUUID SUBSTR SUM TIMEZONE TZ UCASE URI UUID YEAR""",
)
_LOCAL = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_-]*[A-Za-z0-9_])?")  # a part of what the grammar allows unescaped


def in_query(known: Known, query: str, rest: str) -> Offers:
    """What may come at the end of *query*, with *rest* after the cursor."""
    typed = typed_in(query)
    if typed.sort == "closed":
        return "", iter(())
    before = query[: len(query) - len(typed.text)]
    if typed.sort == "variable":
        return typed.text, _variables(typed.text, f"{before} {rest}")
    prefixes = {**PREFIXES, **declared_in(f"{before} {rest}")}
    if typed.sort == "iri":
        return typed.text, _iris(known, typed)
    return typed.text, _words(known, typed, prefixes, f"{before} {rest}")


def _variables(text: str, cell: str) -> Iterator[Offer]:
    names = sorted(set(variables_in(cell)))
    return (Offer(f"{text[0]}{name}", "variable") for name in names if name.startswith(text[1:]))


def _iris(known: Known, typed: Typed) -> Iterator[Offer]:
    begun = typed.text[1:]
    if typed.wants == "namespace":
        names = [typed.prefix] if typed.prefix in PREFIXES else PREFIXES
        return (Offer(f"<{PREFIXES[n]}>", "namespace", n) for n in names if PREFIXES[n].startswith(begun))
    if known.terms is None:
        return iter(())
    found_terms = known.terms.beginning(begun, MOST_OF_ONE) if begun else []
    if ":" not in begun:
        found_terms = [*found_terms, *_found(known.terms, begun, "", typed.wants)]
    return (Offer(f"<{one.iri}>", one.kind, one.label) for one in found_terms)


def _words(known: Known, typed: Typed, prefixes: Mapping[str, str], cell: str) -> Iterator[Offer]:
    prefix, colon, local = typed.text.partition(":")
    if typed.wants == "prefix":
        return (Offer(f"{p}:", "prefix", iri) for p, iri in prefixes.items() if p.startswith(prefix) and not local)
    if colon:
        return _prefixed(known.terms, prefix, local, prefixes, typed.wants)
    begun = typed.text
    if not begun and not typed.wants:
        return chain(_keywords(""), _variables("?", cell), _begun_prefixes("", prefixes))
    terms = _named(known.terms, begun, prefixes, typed.wants)
    others = chain(_keywords(begun), _begun_prefixes(begun, prefixes))
    return chain(terms, others) if typed.wants else chain(others, terms)


def _keywords(begun: str) -> Iterator[Offer]:
    for kind, words in (("keyword", KEYWORDS), ("built-in", FUNCTIONS)):
        if begun or kind == "keyword":
            yield from (Offer(word, kind) for word in words if word.startswith(begun.upper()))


def _begun_prefixes(begun: str, prefixes: Mapping[str, str]) -> Iterator[Offer]:
    return (Offer(f"{p}:", "prefix", iri) for p, iri in prefixes.items() if p.lower().startswith(begun.lower()))


def _prefixed(
    terms: Begun | None, prefix: str, local: str, prefixes: Mapping[str, str], wants: str = ""
) -> Iterator[Offer]:
    """Only names with that very prefix, so that whatever comes begins as what has been typed."""
    namespace = prefixes.get(prefix)
    if namespace is None or terms is None:
        return
    for one in _found(terms, local, namespace, wants):
        rest = one.iri[len(namespace) :]
        if _LOCAL.fullmatch(rest):
            yield Offer(f"{prefix}:{rest}", one.kind, one.label)


def _named(terms: Begun | None, begun: str, prefixes: Mapping[str, str], wants: str = "") -> Iterator[Offer]:
    if terms is None or not (begun or wants):
        return
    for one in _found(terms, begun, "", wants):
        yield Offer(written(one.iri, prefixes), one.kind, one.label)


def _found(terms: Begun, begun: str, namespace: str, wants: str) -> Iterator[Found]:
    """What is wanted first, ours before others'; then all else, if anything has been begun.

    Claims have no names, so they are found by what their documents are called, and only where claims are asked for.
    """
    if wants:
        yield from terms.find(begun, namespace=namespace or str(KG), kind=wants, most=MOST_OF_ONE)
        yield from terms.find(begun, namespace=namespace, kind=wants, most=MOST_OF_ONE)
    if begun or namespace:
        yield from terms.find(begun, namespace=namespace, without="" if namespace else "claim", most=MOST_OF_ONE)


def written(iri: str, prefixes: Mapping[str, str]) -> str:
    """The IRI as a token of a query, under these prefixes."""
    fitting = [(namespace, prefix) for prefix, namespace in prefixes.items() if namespace and iri.startswith(namespace)]
    for namespace, prefix in sorted(fitting, key=lambda pair: (-len(pair[0]), pair[1])):
        if _LOCAL.fullmatch(iri[len(namespace) :]):
            return f"{prefix}:{iri[len(namespace) :]}"
    return f"<{iri}>"


def on_sparql_line(known: Known, before: str, cell: str) -> Offers:
    """What may come on the line of `%%sparql`."""
    variables = sorted(set(variables_in(cell.partition("\n")[2])))
    return _arguments(known, sparql_parser_once(), re.split(r"[ \t]", before), variables)


def on_kg_line(known: Known, before: str) -> Offers:
    """What may come after `%kg `."""
    words = re.split(r"[ \t]", before.lstrip())
    verbs = _verbs()
    if len(words) == 1:
        begun = words[0]
        helps = {action.dest: action.help or "" for action in _subparsers()._choices_actions}
        return begun, (Offer(verb, "verb", helps.get(verb, "")) for verb in verbs if verb.startswith(begun))
    parser = verbs.get(words[0])
    if parser is None:
        return words[-1], iter(())
    if words[0] == "resolve" and not any(word.startswith("-") for word in words):
        return _names_to_resolve(known, before.lstrip().partition(" ")[2])
    return _arguments(known, parser, words[1:], [], words[0])


def _arguments(
    known: Known, parser: argparse.ArgumentParser, words: Sequence[str], variables: Sequence[str], verb: str = ""
) -> Offers:
    """What may come in the place of the last word, after the words of the line before it."""
    begun, earlier = words[-1], [word for word in words[:-1] if word]
    flags = {flag: action for action in parser._actions for flag in action.option_strings}
    name, equals, value = begun.partition("=")
    if equals and name in flags:
        return value, _values(known, flags[name], value, variables)
    action = flags.get(earlier[-1]) if earlier else None
    if action is not None and action.nargs != 0:
        if action.dest == "param" and equals:
            return value, _things(known.terms, value)
        return begun, _values(known, action, begun, variables)
    if begun.startswith("-"):
        return begun, _flags(flags, begun, earlier)
    return _positional(known, verb, begun, _positionals(flags, earlier))


def _flags(flags: Mapping[str, argparse.Action], begun: str, earlier: Sequence[str]) -> Iterator[Offer]:
    for flag, action in sorted(flags.items()):
        again = isinstance(action, argparse._AppendAction)
        if flag.startswith("--") and flag.startswith(begun) and (again or flag not in earlier):
            yield Offer(flag, "flag", (action.help or "").replace("%%", "%"))


def _values(known: Known, action: argparse.Action, begun: str, variables: Sequence[str]) -> Iterator[Offer]:
    if action.dest == "view":
        return (Offer(view, "view") for view in known.views if view.startswith(begun))
    if action.dest in ("according_to", "excluding"):
        return _speakers(known.terms, begun)
    if action.dest == "param":
        return (Offer(f"{name}=", "parameter") for name in variables if name.startswith(begun))
    return (Offer(str(choice), "value") for choice in action.choices or () if str(choice).startswith(begun))


def _positionals(flags: Mapping[str, argparse.Action], earlier: Sequence[str]) -> list[str]:
    """The words that are neither a flag nor the value of one."""
    found, taken = [], False
    for word in earlier:
        if not taken and not word.startswith("-"):
            found.append(word)
        action = flags.get(word)
        taken = not taken and action is not None and action.nargs != 0
    return found


_OF_THINGS = frozenset(("contested", "corroborate", "describe", "explain", "forecasts", "prefix"))
_SPEAKERS = ("perspective", "actor", "source")
_OF_QUESTIONS = frozenset(("ask", "cite", "show"))


def _positional(known: Known, verb: str, begun: str, earlier: Sequence[str]) -> Offers:
    if verb in _OF_QUESTIONS and not earlier:
        return begun, _questions(known, begun)
    if verb in _OF_THINGS:
        wants = "property" if verb in ("explain", "corroborate") and len(earlier) == 1 else ""
        return begun, _things(known.terms, begun, wants)
    return begun, iter(())


def _questions(known: Known, begun: str) -> Iterator[Offer]:
    names = sorted(path.stem for path in known.questions.glob("*.rq")) if known.questions else []
    first = [name for name in names if name.startswith(begun)]
    later = [name for name in names if name not in first and f"-{begun}" in name]
    for name in first + later:
        yield Offer(name, "question", _summary(known, name))


def _summary(known: Known, name: str) -> str:
    """The question in plain language, from the first line of its file."""
    if known.questions is None:
        return ""
    try:
        with (known.questions / f"{name}.rq").open(encoding="utf-8", errors="replace") as lines:
            return next(lines, "").removeprefix("#+ summary:").strip().strip("\"'")
    except OSError:  # just renamed
        return ""


def _things(terms: Begun | None, begun: str, wants: str = "") -> Iterator[Offer]:
    """Names for a line that the shell's rules cut into words."""
    prefix, colon, local = begun.partition(":")
    if begun.startswith("<"):
        offers: Iterable[Offer] = (
            Offer(f"<{one.iri}>", one.kind, one.label) for one in (terms.beginning(begun[1:]) if terms else ())
        )
    elif colon:
        offers = _prefixed(terms, prefix, local, PREFIXES, wants)
    else:
        offers = chain(_begun_prefixes(begun, PREFIXES) if begun else (), _named(terms, begun, PREFIXES, wants))
    return (Offer(_quoted(offer.text), offer.kind, offer.label) for offer in offers)


def _speakers(terms: Begun | None, begun: str) -> Iterator[Offer]:
    """Whom a scope can be of."""
    if terms is None or ":" in begun:
        return _things(terms, begun)
    found = (one for kind in _SPEAKERS for one in terms.find(begun, namespace=PREFIXES[kind], most=MOST_OF_ONE // 2))
    return (Offer(_quoted(written(one.iri, PREFIXES)), one.kind, one.label) for one in found)


def _quoted(text: str) -> str:
    return shlex.quote(text) if set(text) & set("'\"\\ ") else text


def _names_to_resolve(known: Known, begun: str) -> Offers:
    """Labels, since what is resolved is what somebody has written; however many words have been typed of one."""
    unquoted = begun.lstrip("'\"")
    found = known.terms.find(unquoted, most=MOST_OF_ONE) if known.terms and unquoted else []
    return begun, (Offer(_quoted_name(one.label), written(one.iri, PREFIXES)) for one in found if one.label)


def _quoted_name(label: str) -> str:
    line = " ".join("".join(c if c.isprintable() else " " for c in label).split())
    return shlex.quote(line) if set(line) & set("'\"\\") or line.startswith("-") else line


@cache
def sparql_parser_once() -> argparse.ArgumentParser:
    """The parser of `%%sparql`; making it anew takes longer than any completion may."""
    return sparql_parser()


@cache
def _subparsers() -> "argparse._SubParsersAction[argparse.ArgumentParser]":
    return next(action for action in kg_parser()._actions if isinstance(action, argparse._SubParsersAction))


def _verbs() -> Mapping[str, argparse.ArgumentParser]:
    return _subparsers().choices
