"""What all pages share: the value they are, their policy, how text gets into them, and the claims in them."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from markupsafe import Markup
from rdflib import URIRef

from kgtools.errors import QuestionError
from kgtools.evidence import best_label
from kgtools.model import Answer, ClaimRecord, Evidence, Term
from kgtools.names import shorten
from kgtools.render.parts import policy, script_of, style_of, vis_network
from kgtools.render.words import english, term, words_for
from kgtools.views import span_of

if TYPE_CHECKING:
    from jinja2 import Environment

CAUTION = english("caution")
STATUSES = (
    "claimed",
    "disputed",
    "withdrawn",
    "inferred",
    "forecast",
    "reference",
    "unclaimed",
    "added",
    "removed",
    "changed",
)
STATUS_WORDS = {status: english(f"status-{status}") for status in STATUSES}
CHANGES = STATUSES[-3:]
SHARED = ("read", "words", "claims", "panel", "address", "files")  # scripts of every page
OWN_STYLE = ("drag", "why")  # scripts with a style sheet of their own
_CONTROL = re.compile(r"(?<!\\)((?:\\\\)*)\\(?:u00(?:0[0-8bce-f]|1[0-9a-f])|[bf])")  # as JSON writes them
_ILLEGIBLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class Page:
    """A drawing: a page that needs no network, and a still image of it as SVG for where no script runs."""

    html: str
    still: str
    title: str


# A key of the pages' words and what fills it in: text, or names by language with an English one.
Told = tuple[str | Mapping[str, str], ...]


@dataclass(frozen=True, slots=True)
class Compared:
    """What was asked of each of two answers that one page compares, and whether nothing differs between them."""

    sides: tuple[Sequence[Told], Sequence[Told]]
    same: bool


def page_html(name: str, answer: Answer, found: Evidence, scripts: Iterable[str], values: Mapping[str, object]) -> str:
    """The page of a template: *values* and what every page has, under a policy that admits only its style and script.

    *values* has `title`, `counts` and `data` (what the script needs besides the claims of *found*). It may have `more`,
    pairs for the line that says where the picture comes from, `under`, claims that the script needs although the answer
    does not rest on them, and `compared`.
    """
    scripts = tuple(scripts)
    style = style_of("light", "page", "picture", "live", *(name for name in OWN_STYLE if name in scripts))
    script = script_of((*SHARED, *scripts))
    own, more, under = values["data"], values.get("more", ()), values.get("under", ())
    assert isinstance(own, dict)
    assert isinstance(more, tuple)
    assert isinstance(under, tuple)
    library = vis_network() if "drag" in scripts else ""
    origin = [*footer(answer), *more]
    claims = found.claims.values()
    data = {
        "claims": {str(iri): _claim(claim) for iri, claim in found.claims.items()},
        "languages": words_for([*claims, *under], found.kinds.values(), scripts),
        "title": values["title"],
        "titles": answer.titles if answer.titles.get("en") == values["title"] else {},
        "origin": "; ".join(f"{key}: {value}" for key, value in origin),
    } | ({"under": {str(claim.iri): _claim(claim) for claim in under}} if under else {})
    compared = values.get("compared")
    if isinstance(compared, Compared):
        data["sides"] = compared.sides
    shared = {
        "live": True,
        "style": style,
        "script": script,
        "policy": policy(style, *filter(None, (library, script))),
        "library": library,
        "data": safe_json(data | own),
        "words": english,
        "compared": compared,
        "in_english": in_english,
        "term": term,
        "columns": answer.columns if answer.triples is None else ("subject", "predicate", "object"),
        "rows": [[_cell(term, found) for term in row] for row in answer.triples or answer.rows],
        "sources": sorted({(claim.source_title, str(claim.source)) for claim in claims}),
        "perspectives": sorted({one for claim in claims for one in claim.perspectives}),
        "confidences": sorted({claim.confidence for claim in claims}),
        "months": _months(claims),
        "caution": CAUTION,
        "footer": origin,
    }
    return environment().get_template(name).render({**values, **shared})


def in_english(told: Sequence[Told]) -> str:
    """What was asked of an answer, as a page says it before a script has chosen another language."""
    return "; ".join(
        english(str(key)).format(*(one if isinstance(one, str) else one["en"] for one in filling))
        for key, *filling in told
    )


def _months(claims: Iterable[ClaimRecord]) -> tuple[int, int] | None:
    """The first and the last month in which a claim is said to begin or end to hold, counted from year 0."""
    days = [day for claim in claims for day in span_in(claim) or () if day]
    return (min(map(_month, days)), max(map(_month, days))) if days else None


def _month(day: str) -> int:
    return int(day[:4]) * 12 + int(day[5:7]) - 1


def span_in(claim: ClaimRecord) -> tuple[str, str] | None:
    """The first and last day on which a claim may be said to hold, "" where it does not say; None without either."""
    if not claim.valid:
        return None
    start, _, end = claim.valid.partition(" to ")
    return _days(start)[0], _days(end)[1]


def _days(date: str | None) -> tuple[str, str]:
    """The days that a date may mean; "" for what is no date."""
    try:
        return span_of(date or "")
    except QuestionError:
        return "", ""


def footer(answer: Answer) -> list[tuple[str, str]]:
    """What the answer is of, so that it can be asked again: question, parameters, view, snapshot."""
    bound = ", ".join(f"{name} = {shorten(str(term))}" for name, term in sorted(answer.bindings.items()))
    parts = [
        ("question", answer.question or "own query"),
        ("parameters", bound or "none"),
        ("view", answer.view),
        ("snapshot", answer.snapshot),
    ]
    return [(name, value) for name, value in parts if value]


@cache
def environment() -> "Environment":
    """The templates; every value is escaped, and characters that no XML can hold are replaced."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    return Environment(
        loader=PackageLoader("kgtools", "render"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_writable,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def safe_json(value: object) -> str:
    """JSON that no text in it can end early: what HTML or JavaScript reads as more than text is escaped."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    for character in "&<>\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    # A control character is to be the same in data and in markup, where filters name what the data have.
    return _legible(_CONTROL.sub(r"\1\\ufffd", text))


def named(iris: Iterable[URIRef], found: Evidence) -> list[ClaimRecord]:
    """The records of these claims."""
    return [found.claims[iri] for iri in iris if iri in found.claims]


def _claim(claim: ClaimRecord) -> dict[str, object]:
    shown = {name: getattr(claim, name) for name in claim.__dataclass_fields__ if name != "iri"}
    shown |= {"id": shorten(claim.iri), "span": span_in(claim), "known": _days(claim.issued)[0]}
    return {name: value for name, value in shown.items() if value}


def _cell(term: Term | None, found: Evidence) -> str:
    if term is None:
        return ""
    return best_label(found.labels.get(term, {}), term) if isinstance(term, URIRef) else str(term)


def _writable(value: object) -> object:
    return _legible(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _legible(text: str) -> str:
    """The text with the replacement character in the place of what neither XML nor UTF-8 can hold."""
    return _ILLEGIBLE.sub("\ufffd", text)
