"""The pages that the server has of its own: the one to write queries on, and the start page where there is no site."""

import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import TYPE_CHECKING

from markupsafe import Markup

from kgtools.render.page import environment, safe_json
from kgtools.render.parts import as_one, digest
from kgtools.serve.offered import Offered
from kgtools.site.shell import RIGHT_TO_LEFT, legible, sheet_of, spoken
from kgtools.site.shell import text_of as of_site

if TYPE_CHECKING:
    from jinja2 import Template

LANGUAGES = ("en", "fr", "ar")
STARTS: Mapping[str, str] = MappingProxyType(
    {"index.html" if one == "en" else f"index.{one}.html": one for one in LANGUAGES}
)
_SCRIPTS = (
    *("words", "tokens", "cursor", "terms", "offers", "editor", "listbox"),
    *("scope", "library", "answer", "ask", "address", "begin"),
)
_EXAMPLE = (
    "SELECT ?source ?title ?issued WHERE {\n"
    "  ?source a kg:Source ; dcterms:title ?title .\n"
    "  OPTIONAL { ?source dcterms:issued ?issued }\n"
    "}\nORDER BY DESC(?issued) ?source\nLIMIT 100\n"
)
_COUNTED = ("claim", "source", "actor", "event", "place", "route", "agreement", "class", "property")


@cache
def query_page() -> bytes:
    """The page to write queries on; what it knows of the snapshot it fetches."""
    words = _words()
    script = as_one((of_site("fold.js"), *(_text(f"js/{name}.js") for name in _SCRIPTS)))
    return _page(
        "query.html",
        "en",
        script,
        words=Markup(safe_json({one: {key: said[one] for key, said in words.items()} for one in LANGUAGES})),
        example=_EXAMPLE,
    )


def start_page(offered: Offered, language: str) -> bytes:
    """The page at the root where there is no site: what this is, what is in the snapshot, and what can be asked."""
    themes: dict[str, list[tuple[str, Markup]]] = {}
    for question in offered.questions_asked:
        tongue = language if language in question.summaries else "en"
        asked = (question.name, spoken(question.summaries[tongue], tongue))
        themes.setdefault(question.tags[0] if question.tags else "other", []).append(asked)
    manifest = offered.manifest
    return _page(
        "start.html",
        language,
        "",
        counts=[(_figure(offered.kinds[kind]), kind) for kind in _COUNTED if offered.kinds[kind]],
        quads=_figure(sum(entry["quads"] for entry in manifest["files"].values())),
        graphs=_figure(len(manifest["graphs"])),
        views=sorted(manifest["views"]),
        snapshot=manifest["snapshot"],
        themes=sorted(themes.items()),
        tongues=[(name, one) for name, one in STARTS.items()],
    )


def _figure(number: int) -> str:
    return f"{number:,}".replace(",", "\u202f")


def _page(template: str, language: str, script: str, **values: object) -> bytes:
    style = sheet_of("rich") + _text("query.css")
    page = _template(template).render(
        **values,
        language=language,
        rtl=language in RIGHT_TO_LEFT,
        w={key: said[language] for key, said in _words().items()},
        style=Markup(style),
        script=Markup(script),
        policy=_policy(style, script),
    )
    return page.encode("utf-8", "replace")


def _policy(style: str, script: str) -> str:
    """Only our own style and script run, which ask nobody but this server and write no text as markup."""
    rules = ["default-src 'none'", f"style-src '{digest(style)}'", "img-src data:"]
    if script:
        rules += [f"script-src '{digest(script)}'", "connect-src 'self'", "require-trusted-types-for 'script'"]
    return "; ".join((*rules, "base-uri 'none'", "form-action 'none'"))


@cache
def _words() -> dict[str, dict[str, str]]:
    """The words of these pages by key and language, the site's own among them."""
    return {**json.loads(of_site("words.json")), **json.loads(_text("words.json"))}


@cache
def _text(name: str) -> str:
    return files("kgtools.serve").joinpath(name).read_text("utf-8")


@cache
def _template(name: str) -> "Template":
    from jinja2 import PackageLoader

    own = environment().overlay(loader=PackageLoader("kgtools", "serve"), finalize=legible, auto_reload=False)
    return own.get_template(name)
