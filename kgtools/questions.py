"""The question library: `.rq` files with a summary in plain language and typed parameters, read, checked and asked."""

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import yaml
from rdflib import DCTERMS, RDF, RDFS, SDO, SH, SKOS, XSD, Literal, URIRef

from kgtools.claims import days_of
from kgtools.errors import KgError, QuestionError, SourceError
from kgtools.guard import check_query, tokenize
from kgtools.model import Answer, Finding, Term, Triple
from kgtools.names import BASE, PREFIXES, expand
from kgtools.sources import read_text
from kgtools.store import Store

TYPES = ("iri", "string", "date", "integer", "boolean")
FOLLOWED = "as-of"  # the one date of a scope that a parameter may follow
_ELSEWHERE = {"fr": "?", "ar": "؟"}  # other languages that a summary may be in, and how it ends there
_KEYS = ("summary", *(f"summary-{language}" for language in _ELSEWHERE), "tags", "params", "history")
_PARAM_KEYS = ("name", "type", "summary", "default", "example", "follows")


@dataclass(frozen=True, slots=True)
class Param:
    """A column that the caller may fix: its name, the type of its value, and what it means."""

    name: str
    type: str
    summary: str
    default: str | None = None
    example: str | None = None
    follows: str | None = None  # the date of the scope that stands in for the default


@dataclass(frozen=True, slots=True)
class Question:
    """A named SPARQL query with the question that it answers."""

    name: str
    summary: str
    tags: tuple[str, ...]
    params: tuple[Param, ...]
    text: str
    history: bool = False  # asked of what no longer stands too
    summaries: Mapping[str, str] = field(default_factory=dict, hash=False)  # by language


def read_questions(folder: Path) -> dict[str, Question]:
    """Every question of the folder by name; SourceError at the first file that is no question."""
    paths = sorted(folder.glob("*.rq"))
    if not paths:
        raise SourceError(folder, "holds no .rq file, so there is nothing to ask")
    return {path.stem: read_question(path, read_text(path)) for path in paths}


def find_question(folder: Path, name: str) -> Question:
    """The question called *name*; QuestionError with the nearest name if there is none."""
    known = sorted(path.stem for path in folder.glob("*.rq"))
    if name not in known:
        raise QuestionError(f"there is no question {name!r}{_near(name, known)}; kg ask lists them all")
    path = folder / f"{name}.rq"
    return read_question(path, read_text(path))


def read_question(path: Path, text: str) -> Question:
    """The question in a file's text, its decorators checked."""
    head = _decorators(path, text)
    if not isinstance(head.get("summary"), str) or not head["summary"].endswith("?"):
        raise SourceError(path, "has no summary that ends in a question mark; write #+ summary: …?", 1)
    params = tuple(_param(path, entry) for entry in head.get("params") or ())
    history = head.get("history", False)
    if not isinstance(history, bool):
        raise SourceError(path, f"has history: {history!r}; write true or leave it out", 1)
    summaries = {"en": head["summary"], **_elsewhere(path, head)}
    return Question(path.stem, head["summary"], tuple(head.get("tags") or ()), params, text, history, summaries)


def _elsewhere(path: Path, head: Mapping[str, object]) -> dict[str, str]:
    """The summary in other languages than English, as far as it is there."""
    found = {}
    for language, end in _ELSEWHERE.items():
        text = head.get(f"summary-{language}")
        if text is not None and not (isinstance(text, str) and text.endswith(end)):
            raise SourceError(path, f"has a summary-{language} that does not end in {end}; write it as a question", 1)
        if isinstance(text, str):
            found[language] = text
    return found


def question_triples(questions: Iterable[Question], endpoint: str | None = None) -> list[Triple]:
    """The questions as RDF in the terms of SHACL for queries, each a `sh:SPARQLSelectExecutable`, sorted.

    A query runs as it is, its parameters at their defaults; with *endpoint*, an address where it can be asked.
    """
    triples: list[Triple] = []
    prefixes: dict[str, str] = {}
    for question in questions:
        triples += _executable(question)
        triples += [(_iri(question), SDO.target, URIRef(endpoint))] if endpoint else []
        prefixes |= _PREFIX.findall(question.text)
    for prefix, namespace in prefixes.items():
        node = URIRef(f"{_PREFIXES}/{prefix}")
        triples += [(_PREFIXES, SH.declare, node), (node, RDF.type, SH.PrefixDeclaration)]
        triples += [(node, SH.prefix, Literal(prefix)), (node, SH.namespace, Literal(namespace, datatype=XSD.anyURI))]
    return sorted(triples)


_PREFIX = re.compile(r"^PREFIX\s+([\w-]*):\s*<([^>]*)>", re.M | re.I)
_PREFIXES = URIRef(f"{BASE}id/question/prefixes")
_KINDS = {"string": XSD.string, "date": XSD.date, "integer": XSD.integer, "boolean": XSD.boolean}
_OF_HISTORY = "Asked also of what was taken back, corrected or withdrawn, which a plain endpoint does not hold."


def _iri(question: Question) -> URIRef:
    return URIRef(f"{BASE}id/question/{question.name}")


def _executable(question: Question) -> Iterator[Triple]:
    iri = _iri(question)
    yield from ((iri, RDF.type, kind) for kind in (SH.SPARQLExecutable, SH.SPARQLSelectExecutable))
    yield (iri, DCTERMS.identifier, Literal(question.name))
    for language, text in question.summaries.items():
        yield (iri, RDFS.label, Literal(text, lang=language))
        yield (iri, RDFS.comment, Literal(text, lang=language))  # where collections of examples keep it
    yield (iri, SH.prefixes, _PREFIXES)
    yield (iri, SH.select, Literal(_runnable(question)))
    yield from ((iri, SDO.keywords, Literal(tag)) for tag in question.tags)
    if question.history:
        yield (iri, SKOS.editorialNote, Literal(_OF_HISTORY, lang="en"))
    for param in question.params:
        yield from _parameter(question, param)


def _parameter(question: Question, param: Param) -> Iterator[Triple]:
    """A parameter, whose path ends in the variable's name, as SHACL would have it."""
    node = URIRef(f"{_iri(question)}/parameter/{param.name}")
    yield (_iri(question), SH.parameter, node)
    yield (node, RDF.type, SH.Parameter)
    yield (node, SH.path, URIRef(f"{_iri(question)}#{param.name}"))
    yield (node, SH.name, Literal(param.name))
    yield (node, SH.description, Literal(param.summary, lang="en"))
    yield (node, SH.optional, Literal(True))
    if param.type == "iri":
        yield (node, SH.nodeKind, SH.IRI)
    else:
        yield (node, SH.datatype, _KINDS[param.type])
    if param.default is not None:
        yield (node, SH.defaultValue, _term(question, param, param.default))


def _runnable(question: Question) -> str:
    """The query without decorators, and with the defaults of its parameters given where its pattern begins."""
    text = "".join(line for line in question.text.splitlines(keepends=True) if not line.startswith("#+"))
    given = bind(question, {})
    if not given:
        return text
    tokens = tokenize(text)
    next(token for token in tokens if token.text.upper() == "SELECT")
    start = next(token.start for token in tokens if token.text == "{") + 1
    values = "".join(f"\n  VALUES ?{name} {{ {term.n3()} }}" for name, term in given.items())
    return text[:start] + values + text[start:]


def check_questions(questions: list[tuple[Path, str]]) -> list[Finding]:
    """Everything wrong with the files of questions, as findings; parsing them is left to the engine."""
    findings = []
    for path, text in questions:
        try:
            question = read_question(path, text)
            check_query(text)
        except SourceError as error:
            findings.append(Finding(str(path), error.line, error.what))
        except KgError as error:
            findings.append(Finding(str(path), None, str(error)))
        else:
            findings += [Finding(str(path), line, what) for line, what in _style(question)]
    return findings


def bind(question: Question, given: Mapping[str, str], as_of: str | None = None) -> dict[str, Term]:
    """The terms for the parameters given as text, defaults filled in; QuestionError on an unknown or ill-typed one.

    In the place of a default that follows the scope stands the day that the scope is *as of*.
    """
    known = {param.name: param for param in question.params}
    for name in given:
        if name not in known:
            names = f"its parameters are {', '.join(known)}" if known else "it has none"
            raise QuestionError(f"{question.name} has no parameter {name!r}{_near(name, list(known))}; {names}")
    defaults = {name: as_of if param.follows and as_of else param.default for name, param in known.items()}
    texts = {name: given.get(name, default) for name, default in defaults.items()}
    return {name: _term(question, known[name], text) for name, text in texts.items() if text is not None}


def ask(store: Store, question: Question, given: Mapping[str, str] | None = None) -> Answer:
    """The answer to a question with the given parameters."""
    asked = store.with_history() if question.history else store
    bound = bind(question, given or {}, store.scope.as_of)
    return replace(asked.query(question.text, bound), question=question.name, titles=dict(question.summaries))


def _decorators(path: Path, text: str) -> dict:  # type: ignore[type-arg]
    lines = [line[2:].removeprefix(" ") for line in text.splitlines() if line.startswith("#+")]
    try:
        head = yaml.safe_load("\n".join(lines)) or {}
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        raise SourceError(
            path, "has decorators that are not YAML; mend the #+ lines", mark.line + 1 if mark else 1
        ) from None
    _only(path, head, _KEYS, "decorator")
    return head


def _param(path: Path, entry: object) -> Param:
    _only(path, entry, _PARAM_KEYS, "parameter key")
    assert isinstance(entry, dict)
    missing = [key for key in ("name", "type", "summary") if not isinstance(entry.get(key), str)]
    if missing:
        raise SourceError(path, f"has a parameter without {missing[0]}; write name, type and summary", 1)
    if entry["type"] not in TYPES:
        raise SourceError(path, f"has a parameter of type {entry['type']!r}; known types are {', '.join(TYPES)}", 1)
    if "follows" in entry and (entry["type"], entry["follows"]) != ("date", FOLLOWED):
        raise SourceError(path, f"has a parameter that follows {entry['follows']!r}; a date may follow {FOLLOWED}", 1)
    return Param(**{key: str(value) for key, value in entry.items()})


def _only(path: Path, entry: object, keys: tuple[str, ...], what: str) -> None:
    if not isinstance(entry, dict):
        raise SourceError(path, f"has decorators that are no {what}s; write #+ key: value", 1)
    for key in entry:
        if key not in keys:
            raise SourceError(path, f"has an unknown {what} {key!r}{_near(str(key), list(keys))}", 1)


def _style(question: Question) -> list[tuple[int | None, str]]:
    """What the style guide asks of a question that the reader and the guard do not."""
    found: list[tuple[int | None, str]] = []
    words = [token.text.upper() for token in tokenize(question.text) if token.kind == "word"]
    columns = _columns(question.text)
    declared = _PREFIX.findall(question.text)
    used = {token.text.partition(":")[0] for token in tokenize(question.text) if token.kind == "name"}
    body = re.sub(r"^PREFIX.*$", "", question.text, flags=re.M | re.I)
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", question.name):
        found.append((None, "is not named in lower-case words joined by hyphens; rename it"))
    if "ORDER" not in words:
        found.append((None, "has no ORDER BY; order by every column that decides the order"))
    if not columns:
        found.append((None, "selects no named columns; name each instead of *"))
    if [prefix for prefix, _ in declared] != sorted(prefix for prefix, _ in declared):
        found.append((None, "has prefixes out of order; sort them"))
    for prefix, iri in declared:
        if prefix not in {name.partition(":")[0] for name in re.findall(r"[\w-]+:", body)} or prefix not in used:
            found.append((None, f"declares the prefix {prefix} and does not use it; take it out"))
        if PREFIXES.get(prefix, iri) != iri:
            found.append((None, f"gives the prefix {prefix} another IRI than the project; write <{PREFIXES[prefix]}>"))
    found += [
        (1, f"has the parameter {param.name}, which is no selected column; the engine binds only those")
        for param in question.params
        if param.name not in columns
    ]
    return found


def _columns(text: str) -> list[str]:
    """The names between the first SELECT and its group."""
    tokens = list(tokenize(text))
    start = next((n for n, token in enumerate(tokens) if token.text.upper() == "SELECT"), len(tokens))
    columns = []
    for token in tokens[start:]:
        if token.text == "{":
            break
        if token.kind == "variable":
            columns.append(token.text[1:])
    return columns


def _term(question: Question, param: Param, text: str) -> Term:
    if param.type == "iri":
        return expand(text)
    if param.type == "string":
        return Literal(text)
    if param.type == "date":
        return _date(question, param, text)
    pattern, datatype = (r"[+-]?\d+", XSD.integer) if param.type == "integer" else (r"true|false", XSD.boolean)
    if not re.fullmatch(pattern, text):
        raise QuestionError(f"{question.name}: {param.name}={text!r} is no {param.type}; {param.summary}")
    return Literal(text, datatype=datatype, normalize=False)


def _date(question: Question, param: Param, text: str) -> Literal:
    """A day; of a year or month its first, since questions compare days."""
    for kind in (XSD.date, XSD.gYearMonth, XSD.gYear):
        span = days_of(text, kind)
        if span:
            return Literal(span[0], datatype=XSD.date)
    raise QuestionError(
        f"{question.name}: {param.name}={text!r} is no date; write a real day, month or year: 2023-07-15"
    )


def _near(word: str, known: list[str]) -> str:
    close = difflib.get_close_matches(word, known, 1, 0.5)
    return f"; did you mean {close[0]!r}?" if close else ""
