"""The words of the pages: three languages, none missing, and the vocabularies' own labels."""

import json
import re
from pathlib import Path

import pytest
from rdflib import OWL, RDF, SKOS, Graph

import kgtools.render
from kgtools.names import BASE
from kgtools.render.words import LANGUAGES, OWN, english, term

FOLDER = Path(kgtools.render.__file__).parent
ONTOLOGY = Path(__file__).resolve().parents[2] / "ontology"
TERMS = json.loads((FOLDER / "words" / "terms.json").read_text("utf-8"))
TABLES = [json.loads((FOLDER / "words" / f"{name}.json").read_text("utf-8")) for name in ("page", *OWN)]
WORDS = {language: {key: words for table in TABLES for key, words in table[language].items()} for language in LANGUAGES}
SCHEMES = ("confidence", "hedge", "perspective", "stance")


def said() -> set[str]:
    """The keys that templates and scripts ask for; `x-{}` stands for all that begin so."""
    scripts = "\n".join(path.read_text("utf-8") for path in (FOLDER / "js").glob("*.js"))
    pages = "\n".join(path.read_text("utf-8") for path in FOLDER.glob("*.html"))
    python = "\n".join(path.read_text("utf-8") for path in FOLDER.glob("*.py"))
    keys = set(re.findall(r'\b(?:say|button|list)\("([\w-]+)"', scripts)) | set(
        re.findall(r'words\(["\']([\w-]+)["\']\)', pages)
    )
    keys |= set(re.findall(r'data-say(?:-name|-hint)?="([\w-]+)"', pages))
    keys |= set(re.findall(r'\b(?:Say|said_key|english)\("([\w-]+)"', python))
    keys |= set(re.findall(r'"((?:empty|invitation|keys-help|rows|mark)-[\w-]+)"', python + pages))
    starts = re.findall(r"\bsay\(`([\w-]+)\$\{", scripts) + re.findall(
        r'f"((?:mark|rows|stands-for|short|status)-)\{', python
    )
    return keys | {f"{start}{{}}" for start in starts}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_word_of_the_pages_is_there_in_each_language(language: str):
    keys = set(WORDS[language])
    assert keys == set(WORDS["en"])
    assert len(said()) > 60
    assert not {
        key for key in said() if not (any(k.startswith(key[:-2]) for k in keys) if "{}" in key else key in keys)
    }
    assert all(words.strip() for words in WORDS[language].values())


@pytest.mark.parametrize("language", LANGUAGES)
def test_words_have_the_same_places_for_values_in_each_language(language: str):
    places = {key: sorted(re.findall(r"\{\d\}", words)) for key, words in WORDS["en"].items()}
    assert {key: sorted(re.findall(r"\{\d\}", words)) for key, words in WORDS[language].items()} == places


def test_no_word_is_kept_that_no_page_says():
    scripts = "\n".join(path.read_text("utf-8") for path in (FOLDER / "js").glob("*.js"))
    python = (FOLDER / "maps.py").read_text("utf-8") + (FOLDER / "plotted.py").read_text("utf-8")
    asked = said() | set(re.findall(r'"([a-z][\w-]*)"', scripts + python))
    asked |= {"caution", "kind:Entity", "side-{}", "state:{}"}
    starts = tuple(key[:-2] for key in asked if "{}" in key)
    assert {key for key in WORDS["en"] if key not in asked and not key.startswith((*starts, "depth-"))} == set()


def test_terms_are_the_labels_of_the_vocabularies_and_classes():
    graph = Graph()
    for path in [*ONTOLOGY.glob("*.ttl"), *ONTOLOGY.glob("modules/*.ttl"), *ONTOLOGY.glob("vocabularies/*.ttl")]:
        graph.parse(path)
    labels = {}
    for kind, of, name in [
        *((scheme, graph.subjects(SKOS.inScheme, None), SKOS.prefLabel) for scheme in SCHEMES),
        ("kind", graph.subjects(RDF.type, OWL.Class), SKOS.prefLabel),
    ]:
        start = f"{BASE}def/" if kind == "kind" else f"{BASE}vocab/{kind}/"
        for thing in set(of):
            if str(thing).startswith(start):
                words = {str(label.language): str(label) for label in graph.objects(thing, name)}
                key = str(thing).removeprefix(start) if kind == "kind" else words["en"]
                labels[f"{kind}:{key}"] = words
    assert {key: {lang: TERMS[lang][key] for lang in LANGUAGES} for key in TERMS["en"]} == labels


def test_a_word_that_is_not_known_stands_for_itself():
    assert term("stance", "mumbles") == "mumbles"
    assert term("kind", "ArmedGroup") == "armed group"
    with pytest.raises(KeyError):
        english("no such words")
