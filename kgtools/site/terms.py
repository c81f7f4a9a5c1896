"""The reference of the ontology in three languages: classes, properties, what they mean and who asks about them."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from markupsafe import Markup

from kgtools.names import PREFIXES, shorten
from kgtools.questions import Question
from kgtools.site.read import KG, LANGUAGES, RDFS, SKOS
from kgtools.site.shell import Frame, Shell, spoken, words

_OWL = PREFIXES["owl"]
_CLASS = _OWL + "Class"


def term_pages(shell: Shell, questions: Iterable[Question]) -> Iterator[tuple[str, str]]:
    """The reference in each language: path and page."""
    asked = _asked(questions)
    kinds = {iri: set(shell.known.kinds.get(iri, ())) for iri in shell.known.nodes if iri.startswith(KG)}
    classes = sorted(iri for iri, types in kinds.items() if _CLASS in types)
    properties = sorted(iri for iri, types in kinds.items() if any(kind.endswith("Property") for kind in types))
    for language in LANGUAGES:
        w = words(language)
        path = "def/index.html" if language == "en" else f"def/index.{language}.html"
        groups = [(w["classes"], "classes", classes), (w["properties"], "properties", properties)]
        yield (
            path,
            shell.page(
                "ontology.html",
                Frame(path, language, "rich"),
                w["ontology"],
                stem="index",
                tongues=[(one, words(one)[one]) for one in LANGUAGES],
                tree=_tree(shell, classes, language),
                groups=[
                    (label, anchor, [_told(shell, iri, language, asked) for iri in terms])
                    for label, anchor, terms in groups
                ],
            ),
        )


def _told(shell: Shell, iri: str, language: str, asked: Mapping[str, list[str]]) -> dict[str, object]:
    known, w = shell.known, words(language)
    texts = known.texts(iri, SKOS + "definition")
    tongue = language if language in texts else "en"
    relations = [
        (w["broader"], known.things(iri, RDFS + "subClassOf") + known.things(iri, RDFS + "subPropertyOf")),
        (w["domain"], known.things(iri, RDFS + "domain")),
        (w["range"], known.things(iri, RDFS + "range")),
    ]
    return {
        "iri": iri,
        "short": shorten(iri),
        "anchor": iri.rsplit("/", 1)[-1],
        "definition": spoken(texts.get(tongue, ""), tongue),
        "fallback": tongue != language,
        "relations": [(label, iris) for label, iris in relations if iris],
        "questions": asked.get(iri, []),
    }


def _tree(shell: Shell, classes: Iterable[str], language: str) -> Markup:
    """The classes as nested lists; a class below two stands under both."""
    listed = set(classes)
    below: dict[str, list[str]] = defaultdict(list)
    for iri in sorted(listed):
        parents = [
            parent for parent in shell.known.things(iri, RDFS + "subClassOf") if parent in listed and parent != iri
        ]
        for parent in parents or [""]:
            below[parent].append(iri)

    def branch(parent: str, above: frozenset[str]) -> Markup:
        ones = [one for one in below[parent] if one not in above]
        if not ones:
            return Markup("")
        items = (
            Markup("<li>%s%s</li>") % (shell.name(one, "../", language), branch(one, above | {one})) for one in ones
        )
        return Markup('<ul class="tree">%s</ul>') % Markup("").join(items)

    return branch("", frozenset())


def _asked(questions: Iterable[Question]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for question in questions:
        for local in sorted(set(re.findall(r"\bkg:(\w+)", question.text))):
            found[KG + local].append(question.name)
    return found
