"""What all pages share: the value they are, their policy, how text gets into them, and the claims in them."""

import base64
import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING

from markupsafe import Markup
from rdflib import URIRef

from kgtools.evidence import best_label
from kgtools.model import Answer, ClaimRecord, Evidence, Term
from kgtools.names import shorten

if TYPE_CHECKING:
    from jinja2 import Environment

CAUTION = "An edge shows what sources say, not what is so"
STATUS_WORDS = {
    "claimed": "claimed: a source says so",
    "disputed": "disputed: somebody denies it",
    "withdrawn": "taken back: somebody no longer stands by it",
    "inferred": "inferred from claims",
    "forecast": "forecast or supposed, no fact",
    "reference": "reference data, no claim",
    "unclaimed": "given by the query, no claim known",
}


@dataclass(frozen=True, slots=True)
class Page:
    """A drawing: a page that needs no network, and a still image of it as SVG for where no script runs."""

    html: str
    still: str
    title: str


def page_html(name: str, answer: Answer, found: Evidence, scripts: Iterable[str], values: Mapping[str, object]) -> str:
    """The page of a template: *values* and what every page has, under a policy that admits only its style and script.

    *values* has `title`, `counts` and `data` (what the script needs besides the claims of *found*), and may have
    `more`, pairs for the line that says where the picture comes from.
    """
    style, script = style_of("light", "page", "picture", "live"), script_of(scripts)
    data = {"claims": {str(iri): _claim(claim) for iri, claim in found.claims.items()}, "words": STATUS_WORDS}
    own, more = values["data"], values.get("more", ())
    assert isinstance(own, dict)
    assert isinstance(more, tuple)
    shared = {
        "live": True,
        "style": style,
        "script": script,
        "policy": policy(style, script),
        "data": safe_json(data | own),
        "columns": answer.columns if answer.triples is None else ("subject", "predicate", "object"),
        "rows": [[_cell(term, found) for term in row] for row in answer.triples or answer.rows],
        "sources": sorted({(claim.source_title, str(claim.source)) for claim in found.claims.values()}),
        "caution": CAUTION,
        "footer": [*footer(answer), *more],
    }
    return environment().get_template(name).render({**values, **shared})


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


def style_of(*names: str) -> str:
    """Our style sheets, one after the other."""
    return "".join(part(f"{name}.css") for name in names)


def script_of(names: Iterable[str]) -> str:
    """Our scripts as one, in a scope of its own."""
    return '"use strict";\n(() => {\n' + "\n".join(part(f"{name}.js") for name in names) + "})();\n"


def policy(style: str, script: str) -> str:
    """A content security policy under which only our own style and script run, and nothing is fetched."""
    rules = ("default-src 'none'", f"style-src '{digest(style)}'", f"script-src '{digest(script)}'", "img-src data:")
    return "; ".join((*rules, "base-uri 'none'", "form-action 'none'"))


def safe_json(value: object) -> str:
    """JSON that no text in it can end early: what HTML or JavaScript reads as more than text is escaped."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    for character in "&<>\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return _legible(text)


def named(iris: Iterable[URIRef], found: Evidence) -> list[ClaimRecord]:
    """The records of these claims."""
    return [found.claims[iri] for iri in iris if iri in found.claims]


def part(name: str) -> str:
    """A file of ours that goes into pages."""
    return files("kgtools.render").joinpath(name).read_text("utf-8")


def digest(text: str) -> str:
    """The text's digest as a policy names it."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _claim(claim: ClaimRecord) -> dict[str, object]:
    shown = {name: getattr(claim, name) for name in claim.__dataclass_fields__}
    return {name: value for name, value in shown.items() if value} | {"id": shorten(claim.iri)}


def _cell(term: Term | None, found: Evidence) -> str:
    if term is None:
        return ""
    return best_label(found.labels.get(term, {}), term) if isinstance(term, URIRef) else str(term)


def _writable(value: object) -> object:
    return _legible(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _legible(text: str) -> str:
    """The text with the replacement character in the place of what neither XML nor UTF-8 can hold."""
    return "".join(c if c in "\t\n\r" or _allowed(ord(c)) else "\ufffd" for c in text)


def _allowed(code: int) -> bool:
    return code >= 0x20 and not 0xD800 <= code <= 0xDFFF and code not in (0xFFFE, 0xFFFF)
