"""Cite an answer so that others can ask it again: as text, BibTeX or CSL-JSON, with the sources that it rests on."""

import hashlib
import json
import re
import shlex
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from rdflib import URIRef

from kgtools import __version__
from kgtools.errors import StoreError, UsageError
from kgtools.model import Answer, Evidence, Scope, Term
from kgtools.names import PREFIXES, shorten
from kgtools.store import Store

TITLE = "Sahel Knowledge Graph"  # as CITATION.cff has it, which an installed package does not carry
AUTHOR = "The Sahel Knowledge Graph founders"
OWN_QUERY = "my-query.rq"  # the name that the command gives to the file of a query of one's own


@dataclass(frozen=True, slots=True)
class CitedSource:
    """One source as the snapshot describes it; the date with the precision given, None where it is undated."""

    key: str
    title: str
    creators: tuple[str, ...]
    publisher: str
    issued: str | None
    identifier: str
    language: str
    kind: str  # local name of its concept, such as "report"


@dataclass(frozen=True, slots=True)
class Citation:
    """An answer with all that is needed to ask it again, and the sources that it rests on, sorted by key."""

    question: str | None  # None for a query of one's own
    summary: str
    query_sha256: str  # of the question's text, as sha256sum prints it for its .rq file
    parameters: tuple[tuple[str, str], ...]
    view: str
    snapshot: str
    on: date
    rows: int
    result: str  # "3 rows", "no rows", "the answer yes", "12 triples"
    caveat: str  # what of the answer no source stands for, as a sentence; empty if there is nothing
    command: str
    sources: tuple[CitedSource, ...]


def citation(
    store: Store, answer: Answer, found: Evidence, summary: str, on: date, *, scope: Scope | None = None
) -> Citation:
    """The citation of an answer of *store* as asked on the day *on*; *scope* is the one that the store was opened with.

    StoreError if the answer is of another snapshot, UsageError if the scope is not the answer's.
    """
    if answer.snapshot != store.snapshot:
        raise StoreError("the answer is of another snapshot than the store that should cite it; ask again")
    # A question about what no longer stands has it in its answer whatever the scope.
    within = replace(scope or Scope(), include_retracted=answer.history)
    if (within != Scope()) != ("," in answer.view):
        raise UsageError(f"the answer's view is {answer.view!r}; cite it with the scope that the store was opened with")
    parameters = tuple((name, _argument(term)) for name, term in sorted(answer.bindings.items()))
    used = {
        found.claims[claim].source for row in found.rows for support in row for claim in support.claims
    }  # denials are no ground of the answer
    return Citation(
        answer.question,
        _plain(summary),
        hashlib.sha256(answer.query.encode()).hexdigest(),
        parameters,
        answer.view,
        answer.snapshot,
        on,
        len(answer.rows),
        _result(answer),
        _caveat(answer, found),
        _command(answer, parameters, within),
        _sources(store, used),
    )


def citation_text(cited: Citation) -> str:
    """The citation for people: one paragraph, then each source on a line."""
    if cited.question is None:
        what = "A query of one's own. It is"
    else:
        given = "".join(f", {name} = {_plain(value)}" for name, value in cited.parameters)
        what = f"“{cited.summary}” (question {cited.question}{given}). It is"
    paragraph = " ".join(
        filter(
            None,
            (
                f"{AUTHOR}. {what} an answer of the {TITLE}, version {__version__}, with {cited.result},",
                f"in the view {cited.view}, asked on {cited.on.isoformat()} of snapshot {cited.snapshot}.",
                cited.caveat,
                f"Asked again of this snapshot, it is the same: {cited.command}",
                f"(SHA-256 of the query: {cited.query_sha256}).",
            ),
        )
    )
    if not cited.sources:
        return f"{paragraph}\n\nSources: none"
    return "\n".join([paragraph, "", f"Sources ({len(cited.sources)}):", *map(_source_line, cited.sources)])


def bibtex(cited: Citation) -> str:
    """One @misc entry for the answer and one for each source, in UTF-8; keys are source ids."""
    again = f"Asked again with {_tex_command(cited.command)}; SHA-256 of the query {cited.query_sha256}"
    answer = {
        "author": f"{{{_tex(AUTHOR)}}}",
        "title": f"{{{_tex(_title(cited))}}}",
        "howpublished": _tex(f"{TITLE}, version {__version__}, view {cited.view}, snapshot {cited.snapshot}"),
        "year": str(cited.on.year),
        "date": cited.on.isoformat(),
        "note": ". ".join(filter(None, (_tex(cited.result.capitalize()), _tex(cited.caveat.rstrip(".")), again))),
    }
    entries = [(_answer_key(cited), answer), *((source.key, _bibtex_fields(source)) for source in cited.sources)]
    return "\n\n".join(_entry(key, fields) for key, fields in entries)


def csl_json(cited: Citation) -> str:
    """The answer and its sources as CSL-JSON, dates with the precision given."""
    parts = (cited.result.capitalize(), cited.caveat.rstrip("."), f"Asked again with: {cited.command}")
    note = ". ".join(filter(None, (*parts, f"SHA-256 of the query: {cited.query_sha256}")))
    answer: dict[str, object] = {
        "id": _answer_key(cited),
        "type": "dataset",
        "title": _title(cited),
        "author": [{"literal": AUTHOR}],
        "publisher": TITLE,
        "version": __version__,
        "issued": {"date-parts": [[cited.on.year, cited.on.month, cited.on.day]]},
        "archive_location": f"view {cited.view}, snapshot {cited.snapshot}",
        "note": note,
        "language": "en",
    }
    return json.dumps([answer, *map(_csl_item, cited.sources)], ensure_ascii=False, indent=2)


FORMATS: Mapping[str, Callable[[Citation], str]] = {"text": citation_text, "bibtex": bibtex, "csl-json": csl_json}


def _argument(term: Term) -> str:
    """What follows `--param name=` on the command line, so that it is read as this very term."""
    if isinstance(term, URIRef):
        short = shorten(str(term))
        return f"<{term}>" if short == str(term) else short
    return str(term)


def _result(answer: Answer) -> str:
    if answer.boolean is not None:
        return f"the answer {'yes' if answer.boolean else 'no'}"
    count, what = (len(answer.rows), "row") if answer.triples is None else (len(answer.triples), "triple")
    return f"{count or 'no'} {what}{'' if count == 1 else 's'}"


def _caveat(answer: Answer, found: Evidence) -> str:
    if answer.boolean is not None or answer.triples is not None:
        return "What it rests on is not traced, since only rows are."
    bare = sum(not any(support.claims for support in row) for row in found.rows)
    if not bare:
        return ""
    return f"No source stands for {bare} of the rows: reference data alone, or not traced."


def _command(answer: Answer, parameters: Iterable[tuple[str, str]], scope: Scope) -> str:
    words = ["kg", "sparql", OWN_QUERY] if answer.question is None else ["kg", "ask", answer.question]
    for name, text in parameters:
        words += ["--param", f"{name}={text}"]
    words += ["--view", answer.view.partition(",")[0]]
    for flag, iris in (("--according-to", scope.according_to), ("--excluding", scope.excluding)):
        for iri in sorted(iris):
            words += [flag, _argument(iri)]
    for flag, day in (("--as-of", scope.as_of), ("--known-by", scope.known_by)):
        words += [flag, day] if day else []
    words += ["--strict"] if scope.strict else []
    words += [] if scope.least_confidence == "low" else ["--least-confidence", scope.least_confidence]
    words += ["--first-hand"] if scope.first_hand else []
    words += ["--include-retracted"] if scope.include_retracted else []
    return shlex.join(words)


_SOURCES = """SELECT ?source ?property ?value {
  VALUES ?property {
    dcterms:creator dcterms:identifier dcterms:issued dcterms:language dcterms:publisher dcterms:title kg:sourceKind
  }
  ?source a kg:Source ; ?property ?value .
} ORDER BY ?source ?property ?value"""


def _sources(store: Store, wanted: set[URIRef]) -> tuple[CitedSource, ...]:
    """The sources wanted, by key; one query for all, since any list of them could outgrow the guard."""
    about: dict[URIRef, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for source, name, value in store.query(_SOURCES).rows if wanted else ():
        if isinstance(source, URIRef) and source in wanted:
            about[source][re.split("[/#]", str(name))[-1]].append(_plain(str(value)))
    return tuple(_cited(source, about[source]) for source in sorted(about))


def _cited(source: URIRef, about: Mapping[str, list[str]]) -> CitedSource:
    def all_of(name: str) -> str:
        return "; ".join(about.get(name, ()))

    return CitedSource(
        source.removeprefix(PREFIXES["source"]),
        title=all_of("title"),
        creators=tuple(filter(None, (name.strip() for name in all_of("creator").split(";")))),
        publisher=all_of("publisher"),
        issued=next(iter(about.get("issued", ())), None),
        identifier=all_of("identifier"),
        language=all_of("language"),
        kind=all_of("sourceKind").rsplit("/", 1)[-1],
    )


_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f]")
_TURNING = re.compile("[\u202a-\u202e\u2066-\u2069]")  # these could show the rest of a line in another order


def _plain(text: str) -> str:
    """The text on one line, without characters that steer a terminal or turn the order of what follows."""
    return " ".join(_TURNING.sub("", _UNSEEN.sub(" ", text)).split())


def _source_line(source: CitedSource) -> str:
    parts = [
        "; ".join(source.creators),
        source.title,
        ", ".join(filter(None, (source.publisher, source.issued or "undated", source.language))),
    ]
    ended = [part if part[-1] in ".?!؟…" else f"{part}." for part in parts if part]
    return " ".join(["-", *ended, *([source.identifier] if source.identifier else []), f"[source:{source.key}]"])


def _title(cited: Citation) -> str:
    """What a bibliography shows as the answer's title: the question with its parameters."""
    if cited.question is None:
        return f"Query of one's own, SHA-256 {cited.query_sha256[:12]}"
    given = ", ".join(f"{name} = {_plain(value)}" for name, value in cited.parameters)
    return f"{cited.summary or cited.question}{f' [{given}]' if given else ''}"


def _answer_key(cited: Citation) -> str:
    """A key that no source id has, since those hold no colon, and no other answer either."""
    digest = hashlib.sha256("\n".join((cited.command, cited.query_sha256, cited.snapshot)).encode()).hexdigest()
    return f"sahel-kg:{cited.question or 'query'}-{digest[:12]}"


_TEX = {
    "\\": r"\textbackslash{}",
    # Not \{ and \}: BibTeX counts braces with or without a backslash.
    "{": r"\textbraceleft{}",
    "}": r"\textbraceright{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    **{mark: f"\\{mark}" for mark in "&%$#_"},
}
_TEX_TABLE = str.maketrans(_TEX)
_TYPED = str.maketrans(_TEX | {"'": r"\textquotesingle{}", "`": r"\textasciigrave{}"})


def _tex(text: str) -> str:
    return _plain(text).translate(_TEX_TABLE)


def _tex_command(text: str) -> str:
    """A command as typed: no dash or quotation mark that TeX would make of it."""
    typed = re.sub("-(?=-)", "-{}", _plain(text).translate(_TYPED))
    return rf"\texttt{{{typed}}}"


def _bibtex_fields(source: CitedSource) -> dict[str, str]:
    address = _address(source)
    fields = {
        "author": " and ".join(f"{{{_tex(name)}}}" for name in source.creators),
        "title": f"{{{_tex(source.title)}}}",
        "howpublished": _tex(source.publisher),
        "year": source.issued[:4] if source.issued else "",
        "date": source.issued or "",
        "note": "" if source.issued else "undated",
        "number": "" if address else _tex(source.identifier),
        "url": _bibtex_url(address),
        "language": _tex(source.language),
    }
    return {name: value for name, value in fields.items() if value}


def _address(source: CitedSource) -> str:
    return source.identifier if re.match(r"https?://\S+$", source.identifier) else ""


def _bibtex_url(address: str) -> str:
    """The address as it is, since BibTeX styles set the field verbatim, but for characters no URL may hold."""
    return re.sub(r'[\\{}^`<>|"]', lambda found: f"%{ord(found[0]):02X}", address)


def _entry(key: str, fields: Mapping[str, str]) -> str:
    return "\n".join([f"@misc{{{key},", *(f"  {name} = {{{value}}}," for name, value in fields.items()), "}"])


_CSL_TYPES = {
    "agreement-text": "treaty",
    "analysis": "report",
    "article": "article-newspaper",
    "blog-post": "post-weblog",
    "bulletin": "report",
    "dataset": "dataset",
    "encyclopaedia-entry": "entry-encyclopedia",
    "forum-post": "post",
    "journal-article": "article-journal",
    "opinion": "article-newspaper",
    "report": "report",
    "web-page": "webpage",
}


def _csl_item(source: CitedSource) -> dict[str, object]:
    address = _address(source)
    item: dict[str, object] = {
        "id": source.key,
        "type": _CSL_TYPES.get(source.kind, "document"),  # what CSL has no type of its own for
        "title": source.title,
        "author": [{"literal": name} for name in source.creators],
        "publisher": source.publisher,
        "issued": _csl_date(source.issued),
        "URL": address,
        "number": "" if address else source.identifier,
        "language": source.language,
    }
    return {name: value for name, value in item.items() if value}


def _csl_date(issued: str | None) -> dict[str, object] | None:
    if issued is None:
        return None
    if re.fullmatch(r"\d{4}(-\d{2}){0,2}", issued):
        return {"date-parts": [[int(part) for part in issued.split("-")]]}
    return {"literal": issued}
