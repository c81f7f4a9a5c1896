"""What the pages of the site share: their frame and policy, links that need no server, words in three languages."""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING
from urllib.parse import quote

from markupsafe import Markup

from kgtools.names import BASE, shorten
from kgtools.render.page import environment
from kgtools.render.parts import digest, style_of
from kgtools.site.paths import Paths
from kgtools.site.read import KG, TYPE, VIEW, bare, language_of, value_of
from kgtools.site.said import Record, Said

if TYPE_CHECKING:
    from jinja2 import Environment, Template

RIGHT_TO_LEFT = frozenset(("ar", "fa", "he", "ur"))
_NO_TEXT = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_DARK = re.compile(r"@media \(prefers-color-scheme: dark\) \{.*?\n\}\n", re.DOTALL)
_LONG = 90  # letters of a claim's words in a link


@dataclass(frozen=True, slots=True)
class Frame:
    """What a page is written with: where it lies, its language, and whether it is one of the small ones."""

    path: str  # from the root of the site, with `.html`
    language: str = "en"
    style: str = "plain"

    @property
    def root(self) -> str:
        """The way from the page to the root of the site."""
        return "../" * self.path.count("/")


class Shell:
    """Writes pages of one snapshot; names and links are made once for each depth of a page."""

    def __init__(self, record: Record, paths: Paths) -> None:
        """Nothing is written before it is asked for."""
        self.record, self.known, self.paths = record, record.known, paths
        self._names: dict[tuple[str, str, str], Markup] = {}
        self._cards: dict[tuple[str, str], Markup] = {}

    def page(self, template: str, frame: Frame, title: str, script: str = "", **values: object) -> str:
        """The page of a template."""
        return _template(template).render(
            **values,
            title=title,
            root=frame.root,
            language=frame.language,
            w=words(frame.language),
            head=_head(frame.root, frame.language, frame.style, script),
            bar=_bar(frame.root, frame.language),
            foot=_foot(frame.language, self.known.snapshot),
            script=Markup(script),
            card=lambda claim: self.card(claim, frame.root),
            name=lambda iri: self.name(iri, frame.root, frame.language),
        )

    def href(self, iri: str, root: str) -> str:
        """The address of an IRI's page as a page writes it."""
        return root + quote(self.paths.of(iri), safe="/~._-") + ".html"

    def name(self, iri: str, root: str, language: str = "en") -> Markup:
        """The name of an IRI, as a link to its page or, out in the world, to where it leads."""
        key = (iri, root, language)
        if key not in self._names:
            text, tongue = self.words_for(iri, language)
            own = words(language).get(f"p:{shorten(iri)}")
            # A property of others' vocabularies is called as we call it, and leads nowhere.
            self._names[key] = self.link(iri, spoken(text, tongue), root) if own is None else spoken(own, language)
        return self._names[key]

    def link(self, iri: str, shown: Markup, root: str) -> Markup:
        """What is shown, as a link to the page of the IRI."""
        if iri in self.paths:
            return Markup('<a href="%s">%s</a>') % (self.href(iri, root), shown)
        return outward(iri, shown)

    def words_for(self, iri: str, language: str = "en") -> tuple[str, str]:
        """What a reader calls an IRI, and in which language that is."""
        if self.known.labels.get(iri):
            return self.known.label(iri, language), self.known.label_language(iri, language)
        if iri in self.record.claims:
            text = self.record.claims[iri].paraphrase
            return (text if len(text) <= _LONG else text[: _LONG - 1] + "…"), self._tongue(iri)
        if iri in self.record.said:
            return self.sentence(self.record.said[iri]), ""
        if "/id/locator/" in iri and (place := self.record.place(iri)):
            return place, ""
        if (rule := self.known.text(iri, KG + "byRule")) is not None:
            return f"by {rule}", "en"
        return iri.removeprefix(BASE) if iri.startswith(BASE + "graph/") else shorten(iri), ""

    def sentence(self, one: Said, language: str = "en") -> str:
        """A proposition in words."""
        return " — ".join(self.plain(term, language) for term in (one.subject, one.predicate, one.term))

    def plain(self, term: str, language: str = "en") -> str:
        """A term in words without a link: the name of a thing, or a value in quotation marks."""
        return f"“{value_of(term)}”" if term.startswith('"') else self.known.label(bare(term), language)

    def term(self, term: str, root: str, language: str = "en") -> Markup:
        """A term as a reader meets it: a link to a thing, or a value in its own language."""
        if term.startswith("<"):
            return self.name(term[1:-1], root, language)
        return value(term) if term.startswith('"') else Markup("<code>%s</code>") % term

    def card(self, claim: str, root: str) -> Markup:
        """A claim as a reader meets it: who, how, what, where; links to each."""
        key = (claim, root)
        if key not in self._cards:
            self._cards[key] = Markup(_template("card.html").render(self._card_values(claim, root)))
        return self._cards[key]

    def _card_values(self, claim: str, root: str) -> dict[str, object]:
        known, record = self.known, self.record.claims[claim]
        one = {part: known.thing(claim, KG + part) or "" for part in ("holder", "stance", "hedge", "statedIn")}
        relays = [known.thing(other, KG + "holder") or "" for other in known.things(claim, KG + "relays")]
        passed = [
            (other, known.thing(other, KG + "holder") or "")
            for other, p in known.into.get(claim, ())
            if p == KG + "relays"
        ]
        return {
            "claim": record,
            "iri": claim,
            "stance": one["stance"].rsplit("/", 1)[-1],
            "holder": self.name(one["holder"], root),
            "hedged": not one["hedge"].endswith("/none"),
            "source": self.name(one["statedIn"], root),
            "words": self.link(claim, spoken(record.paraphrase, self._tongue(claim)), root),
            "roots": [self.name(iri, root) for iri in known.things(claim, KG + "hasRoot")],
            "relays": [self.name(iri, root) for iri in relays],
            "passed": [self.link(by, spoken(*self.words_for(holder)), root) for by, holder in passed],
            "disputed": [self.name(str(iri), root) for iri in record.disputed_by],
            "withdrawn": claim in known.withdrawn,
            "scenario": [self.name(iri, root) for iri in known.things(claim, KG + "inScenario")],
        }

    def _tongue(self, claim: str) -> str:
        literals = self.known.node(claim).get(KG + "paraphrase", ())
        return language_of(literals[0]) if literals else ""

    def facts(self, iri: str, root: str, leave: Iterable[str] = ()) -> list[tuple[Markup, list[Markup]]]:
        """What is stated of an IRI, property by property, but for these."""
        left = set(leave)
        return [
            (
                Markup("kind") if predicate == TYPE else self.name(predicate, root),
                [self.term(term, root) for term in terms],
            )
            for predicate, terms in self.known.node(iri).items()
            if predicate not in left
        ]


def spoken(text: str, language: str) -> Markup:
    """The text set apart from its surroundings, in its language and direction where they are known."""
    if not language:
        return Markup("<bdi>%s</bdi>") % legible(text)
    way = ' dir="rtl"' if language.partition("-")[0] in RIGHT_TO_LEFT else ""
    return Markup(f'<bdi lang="%s"{way}>%s</bdi>') % (language, legible(text))


def value(literal: str) -> Markup:
    """A literal as a reader meets it; an address is a link."""
    text = value_of(literal)
    return (
        outward(text, spoken(text, ""))
        if text.startswith(("https://", "http://"))
        else spoken(text, language_of(literal))
    )


def outward(iri: str, shown: Markup) -> Markup:
    """A link out of the site, for what the web can follow; else only what is shown."""
    if not re.fullmatch(r"https?://[^\s<>\"]+", iri):
        return shown
    return Markup('<a class="out" rel="noopener noreferrer" href="%s">%s</a>') % (legible(iri), shown)


def legible(value_: object) -> object:
    """A text with the replacement character in the place of what HTML cannot hold; else the value as it is."""
    if type(value_) is not str or value_.isprintable():  # what is markup was made legible before
        return value_
    return _NO_TEXT.sub("\ufffd", value_)


@cache
def words(language: str) -> dict[str, str]:
    """The site's own words in a language, by key."""
    table = json.loads(text_of("words.json"))
    return {key: entry[language] for key, entry in table.items()}


def policy(style: str, script: str) -> str:
    """A content security policy under which only our own style and script run, and nothing is fetched."""
    rules = ["default-src 'none'", f"style-src '{digest(style)}'"]
    if script:
        rules.append(f"script-src '{digest(script)}'")
    return "; ".join((*rules, "base-uri 'none'", "form-action 'none'"))


@cache
def text_of(name: str) -> str:
    """A file of the site's own."""
    return files("kgtools.site").joinpath(name).read_text("utf-8")


@cache
def sheet_of(name: str) -> str:
    """The style sheet of pages of one kind: plain, rich, or with a picture."""
    own = text_of("plain.css") + ("" if name == "plain" else text_of("rich.css"))
    picture = style_of("picture") if name == "picture" else ""
    dark = _DARK.search(style_of("page"))  # the colours of the drawings' pages
    return style_of("light") + (dark[0] if dark else "") + picture + own


@cache
def _head(root: str, language: str, style: str, script: str) -> Markup:
    """What stands above the title of a page: the same for all pages that are alike in these."""
    sheet = sheet_of(style)
    return Markup(
        _template("head.html").render(
            language=language,
            rtl=language in RIGHT_TO_LEFT,
            root=root,
            style=Markup(sheet),
            policy=policy(sheet, script),
        )
    )


@cache
def _bar(root: str, language: str) -> Markup:
    ending = "" if language == "en" else f".{language}"
    return Markup(_template("bar.html").render(root=root, ending=ending, w=words(language)))


@cache
def _foot(language: str, snapshot: str) -> Markup:
    return Markup(_template("foot.html").render(w=words(language), snapshot=snapshot, view=VIEW))


@cache
def _template(name: str) -> "Template":
    return _environment().get_template(name)


@cache
def _environment() -> "Environment":
    from jinja2 import PackageLoader

    return environment().overlay(loader=PackageLoader("kgtools", "site"), finalize=legible, auto_reload=False)
