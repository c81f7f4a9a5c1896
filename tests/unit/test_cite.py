"""Citations: an answer that can be asked again from what they say, in forms that no title can break."""

import hashlib
import json
import re
import shlex
from dataclasses import replace
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from rdflib import Literal, URIRef

from kgtools import __version__
from kgtools.build import Built
from kgtools.cite import AUTHOR, FORMATS, TITLE, Citation, CitedSource, bibtex, citation, citation_text, csl_json
from kgtools.cli import _parser
from kgtools.errors import StoreError, UsageError
from kgtools.evidence import evidence
from kgtools.model import Answer, Evidence, Scope
from kgtools.names import PREFIXES, expand
from kgtools.questions import ask, bind, find_question
from kgtools.store import Store

ROOT = Path(__file__).resolve().parents[2]
QUESTIONS = ROOT / "ontology" / "questions"
DAY = date(2026, 11, 25)
RED_HAND = {"route": "route:coast-road", "actor": "actor:red-hand"}
MADE_UP = CitedSource(
    "made-up-2020", "A title", ("A. Writer",), "A house", "2020-05", "https://x.org/a", "en", "article"
)


def cited(store: Store, name: str, given: dict[str, str] | None = None):
    question = find_question(QUESTIONS, name)
    answer = ask(store, question, given)
    return citation(store, answer, evidence(store, answer), question.summary, DAY)


def own(store: Store, query: str):
    answer = store.query(query)
    return citation(store, answer, evidence(store, answer), "", DAY)


def of(*sources: CitedSource, **more):
    """A citation that rests on the given sources and nothing else."""
    answer = Answer("SELECT ?a { }", ("a",), ((None,),), snapshot="f" * 64)
    made = citation(SimpleNamespace(snapshot="f" * 64), answer, Evidence((), {}, {}, {}), "", DAY)
    return replace(made, sources=sources, **more)


def test_the_text_says_all_that_asking_again_needs(store: Store):
    digest = hashlib.sha256((QUESTIONS / "actors-on-each-route.rq").read_bytes()).hexdigest()
    assert citation_text(cited(store, "actors-on-each-route", RED_HAND)) == (
        "The Sahel Knowledge Graph founders. “Which actors does each trafficking route connect, in which role, and who "
        "says so?” (question actors-on-each-route, actor = actor:red-hand, route = route:coast-road). It is an answer "
        f"of the Sahel Knowledge Graph, version {__version__}, with 1 row, in the view all, asked on 2026-11-25 of "
        f"snapshot {store.snapshot}. Asked again of this snapshot, it is the same: kg ask actors-on-each-route --param "
        "actor=actor:red-hand --param route=route:coast-road --view all "
        f"(SHA-256 of the query: {digest}).\n\nSources (1):\n"
        "- a blogger. A blog on the Salt Road. undated, en. [source:blog-copy]"
    )


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("actors-on-each-route", RED_HAND),
        ("actors-on-each-route", {}),
        ("known-by", {}),
        ("agreements-in-force", {"day": "2016"}),
        ("clashing-dates", {}),
    ],
)
@pytest.mark.parametrize("view", ["all", "press"])
def test_the_command_in_the_text_gives_the_same_rows(world: Built, name: str, given: dict[str, str], view: str):
    question = find_question(QUESTIONS, name)
    with Store.open(world.folder, view) as first:
        answer = ask(first, question, given)
        text = citation_text(citation(first, answer, evidence(first, answer), question.summary, DAY))
    words = shlex.split(re.search(r"the same: kg (.+) \(SHA-256", text)[1])
    again = _parser().parse_args(words)
    with Store.open(world.folder, again.view) as second:
        params = dict(part.split("=", 1) for part in again.param)
        assert ask(second, find_question(QUESTIONS, again.question), params).rows == answer.rows


@pytest.mark.parametrize("value", ["it's; rm -rf /", "--view", "a=b", "$(x) `y`", '"', "سؤال", "two\nlines", ""])
def test_a_parameter_comes_back_as_it_was_whatever_it_holds(value: str):
    answer = Answer("SELECT ?q { }", ("q",), bindings={"q": Literal(value)}, question="known-by", snapshot="f" * 64)
    made = citation(SimpleNamespace(snapshot="f" * 64), answer, Evidence((), {}, {}, {}), "Q?", DAY)
    words = shlex.split(made.command)
    assert words[words.index("--param") + 1] == f"q={value}"


@pytest.mark.parametrize("iri", ["actor:red-hand", "<https://x.org/a b>", "<mailto:a@x.org>", "<actor:red-hand>"])
def test_an_iri_is_written_so_that_it_is_read_as_the_same(iri: str):
    bound = bind(find_question(QUESTIONS, "actors-on-each-route"), {"actor": iri})
    answer = Answer("q", bindings=bound, question="actors-on-each-route", snapshot="f" * 64)
    made = citation(SimpleNamespace(snapshot="f" * 64), answer, Evidence((), {}, {}, {}), "Q?", DAY)
    assert expand(dict(made.parameters)["actor"]) == bound["actor"]


def test_a_query_of_ones_own_is_named_by_its_digest(store: Store):
    query = "SELECT ?a { ?a kg:taxes segment:salt-road-1 }"
    made = own(store, query)
    assert made.question is None
    assert made.query_sha256 == hashlib.sha256(query.encode()).hexdigest()
    assert [source.key for source in made.sources] == ["blog-copy", "herald-2020", "un-river-2022"]
    assert "kg sparql my-query.rq --view all" in citation_text(made)
    assert made.query_sha256 in bibtex(made)


def test_an_answer_with_no_rows_rests_on_no_source(store: Store):
    made = own(store, "SELECT ?a { ?a kg:pledgedTo actor:arland }")
    assert (made.rows, made.result, made.sources, made.caveat) == (0, "no rows", (), "")
    assert citation_text(made).endswith("Sources: none")
    assert len(json.loads(csl_json(made))) == 1


def test_rows_without_a_claim_are_owned_up_to(store: Store):
    made = own(store, "SELECT ?r { segment:salt-road-1 kg:segmentOf ?r }")
    assert made.caveat == "No source stands for 1 of the rows: reference data alone, or not traced."
    assert made.caveat in citation_text(made)


@pytest.mark.parametrize(
    ("query", "result"),
    [
        ("ASK { ?a kg:taxes ?b }", "the answer yes"),
        ("CONSTRUCT { ?a kg:taxes ?b } WHERE { ?a kg:taxes ?b } LIMIT 1", "1 triple"),
    ],
)
def test_an_answer_without_rows_says_that_it_is_not_traced(store: Store, query: str, result: str):
    made = own(store, query)
    assert (made.result, made.caveat) == (result, "What it rests on is not traced, since only rows are.")


def test_a_denial_is_no_source_of_what_it_denies(store: Store):
    made = own(store, "SELECT ?a { ?a kg:actsFor actor:arland }")
    assert [source.key for source in made.sources] == ["un-river-2022"]  # and not ministry-2021, which denies it


def test_an_answer_of_another_snapshot_is_not_cited(store: Store):
    answer = replace(store.query("SELECT ?a { ?a kg:taxes ?b }"), snapshot="0" * 64)
    with pytest.raises(StoreError, match="another snapshot"):
        citation(store, answer, Evidence((), {}, {}, {}), "", DAY)


def test_the_scope_is_part_of_the_command(world: Built):
    scope = Scope(excluding=frozenset({expand("source:herald-2020")}), as_of="2022", strict=True)
    with Store.open(world.folder, "press", scope=scope) as store:
        answer = store.query("SELECT ?a { ?a kg:taxes ?b }")
        made = citation(store, answer, evidence(store, answer), "", DAY, scope=scope)
        with pytest.raises(UsageError, match="with the scope"):
            citation(store, answer, Evidence((), {}, {}, {}), "", DAY)
    assert made.command == ("kg sparql my-query.rq --view press --excluding source:herald-2020 --as-of 2022 --strict")


def test_sources_are_told_once_in_order_with_what_the_snapshot_has(store: Store):
    made = cited(store, "actors-on-each-route")
    keys = [source.key for source in made.sources]
    assert keys == sorted(set(keys))
    herald = next(source for source in made.sources if source.key == "herald-2020")
    assert herald == CitedSource(
        "herald-2020", "The Herald on the Salt Road", (), "The Herald", "2020-05", "", "en", "article"
    )


def test_bytes_do_not_depend_on_the_process(store: Store):
    made = cited(store, "actors-on-each-route", RED_HAND)
    again = cited(store, "actors-on-each-route", dict(reversed(RED_HAND.items())))
    assert [form(made) for form in FORMATS.values()] == [form(again) for form in FORMATS.values()]


def keys_of(text: str) -> list[str]:
    return re.findall(r"^@misc\{([^,\s]+),$", text, re.MULTILINE)


def depth(text: str) -> int:
    """How many braces are left open, as BibTeX counts: a backslash changes nothing; below zero is an error."""
    level = 0
    for mark in re.findall("[{}]", text):
        level += 1 if mark == "{" else -1
        assert level >= 0
    return level


def test_bibtex_has_one_entry_for_the_answer_and_one_for_each_source(store: Store):
    made = cited(store, "actors-on-each-route")
    keys = keys_of(bibtex(made))
    assert keys[1:] == [source.key for source in made.sources]
    assert len({key.lower() for key in keys}) == len(keys)
    assert store.snapshot in bibtex(made)
    assert depth(bibtex(made)) == 0


def test_answers_to_different_parameters_have_different_keys(store: Store):
    one, other = cited(store, "actors-on-each-route"), cited(store, "actors-on-each-route", RED_HAND)
    assert keys_of(bibtex(one))[0] != keys_of(bibtex(other))[0]


WORDS = {
    "textbackslash": "\\",
    "textbraceleft": "{",
    "textbraceright": "}",
    "textasciitilde": "~",
    "textasciicircum": "^",
    "textless": "<",
    "textgreater": ">",
    "textbar": "|",
}


def untex(text: str) -> str:
    """What TeX sets for an escaped text; fails at a character that TeX would take for a command."""
    found = re.sub(r"\\(text\w+)\{\}|\\([&%$#_])|([\\{}&%$#_~^])", _set, text)
    assert "\0" not in found
    return found


def _set(match: re.Match) -> str:
    return "\0" if match[3] else match[2] or WORDS[match[1]]


@given(st.text(st.characters(exclude_categories=["Cs", "Cc", "Cf", "Zl", "Zp", "Zs"]), min_size=1))
def test_tex_sets_every_title_as_it_is_written(title: str):
    line = re.search(r"^  title = \{\{(.*)\}\},$", bibtex(of(replace(MADE_UP, title=title))).split("\n\n")[1], re.M)
    assert untex(line[1]) == title


HOSTILE = 'A "title" {with \\braces}} %&$#_~^ \u202eand\nlines\x1b[31m'


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"])), min_size=5, max_size=5))
def test_no_text_opens_or_closes_an_entry(parts: list[str]):
    title, creator, publisher, identifier, summary = parts
    made = of(replace(MADE_UP, title=title, creators=(creator,), publisher=publisher, identifier=identifier))
    text = bibtex(replace(made, summary=summary, question="q", parameters=(("p", title),), command=title))
    assert depth(text) == 0
    assert len(keys_of(text)) == text.count("\n\n") + 1 == 2


def shelf(title: str, **more: str) -> SimpleNamespace:
    """A store that knows one source."""
    source = URIRef(PREFIXES["source"] + "made-up-2020")
    rows = [(source, URIRef(PREFIXES["dcterms"] + name), Literal(value)) for name, value in more.items()]
    rows.append((source, URIRef(PREFIXES["dcterms"] + "title"), Literal(title)))
    return SimpleNamespace(snapshot="f" * 64, query=lambda text: Answer(text, rows=tuple(rows)))


def from_shelf(title: str, **more: str):
    source = URIRef(PREFIXES["source"] + "made-up-2020")
    support = SimpleNamespace(claims=("c",))
    found = Evidence(((support,),), {"c": SimpleNamespace(source=source)}, {}, {})
    answer = Answer("SELECT ?a { }", ("a",), ((None,),), snapshot="f" * 64)
    return citation(shelf(title, **more), answer, found, "", DAY)


def test_a_hostile_title_stays_on_its_line_and_turns_nothing():
    made = from_shelf(HOSTILE)
    assert made.sources[0].title == 'A "title" {with \\braces}} %&$#_~^ and lines [31m'
    assert citation_text(made).splitlines()[-1].startswith('- A "title"')
    assert depth(bibtex(made)) == 0
    assert json.loads(csl_json(made))[1]["title"] == made.sources[0].title


def test_an_undated_source_is_called_so_and_given_no_date():
    made = from_shelf("A title", publisher="A house")
    assert "- A title. A house, undated. [source:made-up-2020]" in citation_text(made)
    assert "note = {undated}" in bibtex(made)
    assert "year = {20" not in bibtex(made).split("\n\n")[1]
    assert "issued" not in json.loads(csl_json(made))[1]


def test_an_arabic_title_is_kept_letter_by_letter():
    title = "الجزائر ومالي: ماذا بعد؟"
    made = from_shelf(title, language="ar")
    assert f"- {title} undated, ar. [source:made-up-2020]" in citation_text(made)
    assert f"title = {{{{{title}}}}}" in bibtex(made)
    assert title in csl_json(made)


def test_several_authors_are_told_apart():
    made = from_shelf("T", creator="Liam Karr; Avery and Borens")
    assert "author = {{Liam Karr} and {Avery and Borens}}," in bibtex(made)
    assert json.loads(csl_json(made))[1]["author"] == [{"literal": "Liam Karr"}, {"literal": "Avery and Borens"}]


def test_a_number_is_no_address():
    [_, item] = json.loads(csl_json(from_shelf("T", identifier="S/2020/785/Rev.1")))
    assert item["number"] == "S/2020/785/Rev.1"
    assert "URL" not in item
    assert "number = {S/2020/785/Rev.1}" in bibtex(from_shelf("T", identifier="S/2020/785/Rev.1"))


def test_an_address_is_left_as_it_is():
    address = "https://x.org/a_b%20c?d=1&e=~f#g"
    assert f"url = {{{address}}}" in bibtex(from_shelf("T", identifier=address))
    assert json.loads(csl_json(from_shelf("T", identifier=address)))[1]["URL"] == address


@pytest.mark.parametrize(
    ("issued", "expected"),
    [
        ("2020", {"date-parts": [[2020]]}),
        ("2020-05", {"date-parts": [[2020, 5]]}),
        ("2020-05-09", {"date-parts": [[2020, 5, 9]]}),
        ("spring 2020", {"literal": "spring 2020"}),
    ],
)
def test_a_date_keeps_the_precision_it_is_given(issued: str, expected: dict):
    assert json.loads(csl_json(of(replace(MADE_UP, issued=issued))))[1]["issued"] == expected


# Of the CSL-JSON schema 1.0.2, csl-data.json: the members that we use, all others are refused there.
MEMBERS = {
    **dict.fromkeys(("id", "type", "title", "publisher", "version", "archive_location", "note", "language"), str),
    **dict.fromkeys(("URL", "number"), str),
    "author": list,
    "issued": dict,
}
TYPES = {"article-journal", "article-newspaper", "dataset", "document", "entry-encyclopedia", "post", "post-weblog"}
TYPES |= {"report", "treaty", "webpage"}


@pytest.fixture(scope="module")
def real_sources(real_store: Store) -> Citation:
    return cited(real_store, "sources")


def test_csl_json_has_the_members_and_types_of_its_schema(real_sources: Citation):
    items = json.loads(csl_json(real_sources))
    assert len(items) > 100
    for item in items:
        assert {"id", "type"} <= item.keys() <= MEMBERS.keys()
        assert item["type"] in TYPES
        assert all(isinstance(value, MEMBERS[name]) for name, value in item.items())
        assert all(author.keys() == {"literal"} for author in item.get("author", ()))
        assert all(1 <= len(parts) <= 3 for parts in item.get("issued", {}).get("date-parts", ()))
    assert len({item["id"] for item in items}) == len(items)


def test_every_source_of_the_real_graph_can_be_cited_in_bibtex(real_sources: Citation):
    text = bibtex(real_sources)
    assert depth(text) == 0
    assert keys_of(text)[1:] == [source.key for source in real_sources.sources]


def test_title_author_and_version_are_those_of_the_citation_file():
    facts = yaml.safe_load((ROOT / "CITATION.cff").read_text("utf-8"))
    assert (facts["title"], facts["version"]) == (TITLE, __version__)
    assert [author["name"] for author in facts["authors"]] == [AUTHOR]
