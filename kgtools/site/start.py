"""Where readers come in: the start page, the lists of each kind, and the search that needs no server."""

import base64
import gzip
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from functools import cached_property

from markupsafe import Markup

from kgtools.names import BASE
from kgtools.questions import Question
from kgtools.site.pages import THINGS, kind_of, stated
from kgtools.site.read import DCTERMS, KG, LANGUAGES, SKOS, value_of
from kgtools.site.said import Said
from kgtools.site.shell import Frame, Shell, spoken, text_of, words

_SOUGHT = (*THINGS, "source", "def", "vocab")
_CONTESTED, _BACKED, _NEWEST = 9, 10, 12
_LISTED_ALONE = 2000  # IRIs of a kind above which a list says no more than the name of each


class Start:
    """The pages through which readers come in."""

    def __init__(self, shell: Shell, questions: Iterable[Question]) -> None:
        """Nothing is written before it is asked for."""
        self.shell, self.questions = shell, list(questions)
        self.known, self.record = shell.known, shell.record

    def pages(self) -> Iterator[tuple[str, str]]:
        """Start page, search page and all lists, each with its path."""
        for language in LANGUAGES:
            yield self._start(language)
            yield self._questions(language)
            yield self._kinds(language)
            for folder in self.folders:
                if folder not in ("", "def", "id", "question"):  # whose lists are others
                    yield self._list(folder, language)
        yield self._search()

    @cached_property
    def folders(self) -> dict[str, list[str]]:
        """The IRIs that have pages, by the folder of their page."""
        found: dict[str, list[str]] = defaultdict(list)
        for iri in self.shell.paths:
            found[self.shell.paths.of(iri).rpartition("/")[0]].append(iri)
        return found

    def _start(self, language: str) -> tuple[str, str]:
        frame, w = self._frame("index", language), words(language)
        return frame.path, self._with_search(
            "start.html",
            frame,
            w["title"],
            stem="index",
            tongues=_tongues(),
            counts=self._counts(language),
            contested=[self._sides(one, frame) for one in self._most_contested()],
            backed=[self._stated(one, frame) for one in self._best_backed()],
            themes=self._themes(frame),
            newest=self._newest(frame),
            perspectives=self._perspectives(frame),
        )

    def _search(self) -> tuple[str, str]:
        frame = Frame("search.html", style="rich")
        return frame.path, self._with_search("search.html", frame, words("en")["search"])

    def _with_search(self, template: str, frame: Frame, title: str, **values: object) -> str:
        kinds = {kind: words(frame.language)[_key(kind)] for kind in (*_SOUGHT, "question")}
        return self.shell.page(
            template,
            frame,
            title,
            script=self._script,
            index=Markup(self._index),
            kinds_json=json.dumps(kinds, ensure_ascii=False),
            lists=self._lists(frame),
            **values,
        )

    @cached_property
    def _script(self) -> str:
        return '"use strict";\n(() => {\n' + text_of("fold.js") + text_of("search.js") + "})();\n"

    @cached_property
    def _index(self) -> str:
        """Path, kind, weight and names of each thing that can be found, packed."""
        rows: list[list[object]] = []
        for iri in self.shell.paths:
            kind = kind_of(iri).split("/")[0]
            labels = self.known.labels.get(iri, {})
            if kind in _SOUGHT and labels:
                also = [value_of(term) for term in self.known.node(iri).get(SKOS + "altLabel", ())]
                local = iri.rsplit("/", 1)[-1]
                names = dict.fromkeys((self.known.label(iri), *labels.values(), *also, local))
                rows.append([self.shell.paths.of(iri), kind, len(self.record.about.get(iri, ())), *names])
        rows += [[f"question/{one.name}", "question", 0, *one.summaries.values(), one.name] for one in self.questions]
        data = json.dumps(rows, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
        return base64.b64encode(gzip.compress(data, mtime=0)).decode()

    def _counts(self, language: str) -> list[tuple[str, str, str, bool]]:
        w, claims = words(language), self.record.claims
        said = [one for one in self.record.said.values() if one.claims]
        kinds = Counter(kind_of(iri) for iri in self.shell.paths)
        asserted = [one for one in said if one.status in ("claimed", "disputed")]
        hedged = sum(not (self.known.thing(claim, KG + "hedge") or "").endswith("/none") for claim in claims)
        rows = [
            (kinds["actor"], "actors", "id/actor/"),
            (kinds["route"], "routes_count", "id/route/"),
            (kinds["agreement"], "agreements", "id/agreement/"),
            (kinds["event"], "events", "id/event/"),
            (kinds["source"], "sources_count", "id/source/"),
            (len(claims), "claims", "id/claim/"),
            (hedged, "hedged_count", ""),
            (len(asserted), "made_statements", ""),
            (sum(one.status in ("disputed", "denied") for one in said), "disputed_statements", ""),
            (sum(len(one.roots) == 1 for one in asserted), "one_root_count", ""),
            (sum(one.status == "inferred" for one in said), "inferred_count", ""),
        ]
        ending = _ending(language)
        return [
            (
                f"{number:,}".replace(",", "\u202f"),
                w[key],
                f"{folder}index{ending}.html" if folder and number else "",
                key == "disputed_statements",
            )
            for number, key, folder in rows
        ]

    def _most_contested(self) -> list[Said]:
        disputed = [one for one in self.record.said.values() if one.status == "disputed"]
        return sorted(disputed, key=lambda one: one.weight)[:_CONTESTED]

    def _best_backed(self) -> list[Said]:
        """What most roots say, between things: that a thing has a date or a name is said of many."""
        between = [one for one in self.record.said.values() if one.for_ and one.term.startswith("<")]
        return sorted(between, key=lambda one: (-len(one.roots), one.iri))[:_BACKED]

    def _stated(self, one: Said, frame: Frame) -> tuple[Said, Markup, str]:
        shell, root = self.shell, frame.root
        parts = [shell.term(term, root, frame.language) for term in (one.subject, one.predicate, one.term)]
        return one, Markup("%s <em>%s</em> %s") % tuple(parts), stated(shell, one, root)[2]

    def _sides(self, one: Said, frame: Frame) -> tuple[Said, Markup, str, list[Markup], list[Markup]]:
        return (*self._stated(one, frame), self._holders(one.for_, frame), self._holders(one.against, frame))

    def _holders(self, claims: Iterable[str], frame: Frame) -> list[Markup]:
        holders = dict.fromkeys(self.known.thing(claim, KG + "holder") or "" for claim in claims)
        return [self.shell.name(holder, frame.root, frame.language) for holder in holders]

    def _themes(self, frame: Frame) -> list[tuple[str, list[tuple[str, Markup]]]]:
        themes: dict[str, list[tuple[str, Markup]]] = defaultdict(list)
        for one in self.questions:
            tongue = frame.language if frame.language in one.summaries else "en"
            asked = spoken(one.summaries.get(tongue, one.summary), tongue)
            themes[one.tags[0] if one.tags else "other"].append((f"{frame.root}question/{one.name}.html", asked))
        return sorted(themes.items())

    def _newest(self, frame: Frame) -> list[tuple[Markup, str]]:
        dated = [(self.known.text(iri, DCTERMS + "issued") or "", iri) for iri in self.known.of_class("Source")]
        return [
            (self.shell.name(iri, frame.root, frame.language), day)
            for day, iri in sorted(dated, key=lambda pair: (pair[0], pair[1]), reverse=True)[:_NEWEST]
            if day
        ]

    def _perspectives(self, frame: Frame) -> list[tuple[Markup, int, int]]:
        counts = Counter(
            one for source in self.known.of_class("Source") for one in self.known.things(source, KG + "perspective")
        )
        most = max(counts.values(), default=1)
        ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
        return [(self.shell.name(iri, frame.root, frame.language), n, max(2, n * 240 // most)) for iri, n in ordered]

    def _lists(self, frame: Frame) -> list[tuple[str, str]]:
        """The addresses and names of all lists, those of things first."""
        w, ending = words(frame.language), _ending(frame.language)
        folders = sorted((folder for folder in self.folders if folder), key=_things_first)
        found = [(f"{frame.root}question/index{ending}.html", w["questions"])]
        return found + [(f"{frame.root}{folder}/index{ending}.html", self._named(folder, frame)) for folder in folders]

    def _named(self, folder: str, frame: Frame) -> str:
        """What the things in a folder are called together."""
        own = BASE + folder
        if folder.startswith("vocab/") and own in self.known.labels:
            return self.known.label(own, frame.language)
        name = folder.removeprefix("id/")
        w = words(frame.language)
        key = _key(name)
        return w[key] if key in w and "/" not in name else folder

    def _kinds(self, language: str) -> tuple[str, str]:
        frame, w = self._frame("id/index", language), words(language)
        asked = len(self.questions)
        sizes = {f"{frame.root}{folder}/": len(iris) for folder, iris in self.folders.items()}
        entries = [
            (
                Markup('<a href="%s">%s</a>') % (href, name),
                str(sizes.get(href.rpartition("index")[0], asked)),
            )
            for href, name in self._lists(frame)
        ]
        return frame.path, self._listed(frame, w["all_kinds"], [("", entries)], "index")

    def _questions(self, language: str) -> tuple[str, str]:
        frame = self._frame("question/index", language)
        groups = [
            (tag, [(Markup('<a href="%s">%s</a>') % one, "") for one in ones]) for tag, ones in self._themes(frame)
        ]
        return frame.path, self._listed(frame, words(language)["questions"], groups, "index", columns=False)

    def _list(self, folder: str, language: str) -> tuple[str, str]:
        frame = self._frame(f"{folder}/index", language)
        iris = self.folders[folder]
        if len(iris) > _LISTED_ALONE:
            entries = [(self._bare(iri, frame), "") for iri in iris]
        else:
            entries = [(self.shell.name(iri, frame.root, language), self._note(iri, language)) for iri in iris]
        entries.sort(key=lambda entry: (entry[0].striptags().casefold(), entry[0]))
        return frame.path, self._listed(frame, self._named(folder, frame), [("", entries)], "index")

    def _bare(self, iri: str, frame: Frame) -> Markup:
        return self.shell.link(iri, spoken(iri.rsplit("/", 1)[-1], ""), frame.root)

    def _note(self, iri: str, language: str) -> str:
        claims = len(self.record.about.get(iri, ())) if kind_of(iri) in THINGS else len(self.record.stated.get(iri, ()))
        return f"{claims} {words(language)['statements' if kind_of(iri) in THINGS else 'claims']}" if claims else ""

    def _listed(self, frame: Frame, title: str, groups: object, stem: str, *, columns: bool = True) -> str:
        return self.shell.page(
            "list.html", frame, title, groups=groups, stem=stem, tongues=_tongues(), lead="", columns=columns
        )

    @staticmethod
    def _frame(stem: str, language: str) -> Frame:
        return Frame(f"{stem}{_ending(language)}.html", language, "rich")


def _key(kind: str) -> str:
    return "question" if kind == "question" else f"kind_{kind}"


def _ending(language: str) -> str:
    return "" if language == "en" else f".{language}"


def _tongues() -> list[tuple[str, str]]:
    return [(one, words(one)[one]) for one in LANGUAGES]


def _things_first(folder: str) -> tuple[bool, bool, str]:
    kind = folder.removeprefix("id/")
    return (kind not in THINGS, kind != "source", folder)
