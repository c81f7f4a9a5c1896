"""The static site: every IRI has its page and data, nothing leads nowhere, and pages say what the snapshot says."""

import html
import posixpath
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pyoxigraph as ox
import pytest
from rdflib import Graph, URIRef
from rdflib.compare import isomorphic

from kgtools.build import Built
from kgtools.errors import StoreError
from kgtools.evidence import claim_records
from kgtools.model import Project
from kgtools.names import BASE, PREFIXES
from kgtools.questions import ask, read_questions
from kgtools.site import Site, write_site
from kgtools.site.pages import kind_of, triples_of
from kgtools.site.paths import Paths, place, relative
from kgtools.site.read import Known
from kgtools.site.said import Record
from kgtools.site.shell import Shell, words
from kgtools.store import Store


@pytest.fixture(scope="module")
def site(world_project: Project, world: Built, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_site(world_project, world.folder, tmp_path_factory.mktemp("site")).start.parent


@pytest.fixture(scope="module")
def real_site(real_project: Project, real: Built, tmp_path_factory: pytest.TempPathFactory) -> Site:
    return write_site(real_project, real.folder, tmp_path_factory.mktemp("real-site"))


@pytest.fixture(scope="module")
def known(world: Built) -> Known:
    return Known(world.folder)


@pytest.fixture(scope="module")
def shell(known: Known) -> Shell:
    return Shell(Record(known), Paths(known.iris))


def iris_in(folder: Path) -> set[str]:
    texts = (path.read_text("utf-8") for path in folder.rglob("*.nq"))
    return {iri for text in texts for iri in re.findall(rf"<({re.escape(BASE)}[^>]*)>", text)}


class Page(HTMLParser):
    """What a page links to, loads, and can be jumped to."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.links: list[str] = []
        self.loads: list[str] = []
        self.ids: set[str] = set()
        self.tags: set[str] = set()
        self.feed(path.read_text("utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.tags.add(tag)
        self.ids |= {given["id"]} if given.get("id") else set()
        if tag == "a" and given.get("href"):
            self.links.append(given["href"] or "")
        self.loads += [f"{tag} {name}" for name in given if name in ("src", "srcset", "xlink:href") or name[:2] == "on"]
        self.loads += [f"{tag} href" for name in given if name == "href" and tag != "a"]


def broken(root: Path) -> list[str]:
    """Every relative link of the site that leads nowhere, and every page that loads something."""
    pages = {path.resolve(): Page(path) for path in root.rglob("*.html")}
    here = {path.resolve() for path in root.rglob("*")}
    wrong = [f"{path}: {load}" for path, page in pages.items() for load in page.loads]
    for path, page in pages.items():
        for link in page.links:
            parts = urlsplit(link)
            if parts.scheme in ("http", "https"):
                continue
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            if parts.scheme or target not in here or (parts.fragment and parts.fragment not in pages[target].ids):
                wrong.append(f"{path}: {link}")
    return wrong


def test_every_iri_of_the_snapshot_has_its_page_and_its_data(site, world):
    iris = iris_in(world.folder)
    paths = Paths(iris)
    wanted = {f"{paths.of(iri)}.{end}" for iri in iris for end in ("html", "ttl", "jsonld")}
    there = {str(path.relative_to(site)) for path in site.rglob("*")}
    assert len(iris) > 500
    assert not wanted - there


def test_no_link_of_the_site_leads_nowhere_and_no_page_loads_anything(site):
    assert broken(site) == []


def test_every_page_has_a_policy_a_language_a_way_past_the_bar_and_its_landmarks(site):
    for path in site.rglob("*.html"):
        text = path.read_text("utf-8")
        assert "default-src 'none'" in html.unescape(text), path
        assert "unsafe" not in text.split("<style>", 1)[0].split("<script", 1)[0], path
        if 'id="packed"' not in text and not path.name.endswith((".graph.html", ".map.html", ".timeline.html")):
            assert re.search(r'<html lang="(en|fr)">|<html lang="ar" dir="rtl">', text), path
            assert {"main", "nav", "footer", "h1", "title"} <= Page(path).tags, path
            assert 'href="#main"' in text, path


def test_turtle_and_json_ld_beside_a_page_are_the_same_triples_which_are_those_of_the_snapshot(site, shell):
    for iri in list(shell.paths)[::7]:
        path = site / shell.paths.of(iri)
        turtle = ox.parse(Path(f"{path}.ttl").read_bytes(), format=ox.RdfFormat.TURTLE)
        json_ld = ox.parse(Path(f"{path}.jsonld").read_bytes(), format=ox.RdfFormat.JSON_LD)
        triples = {str(quad.triple) for quad in turtle}
        held = {" ".join(triple) for triple in triples_of(shell, iri)}
        assert triples == held, iri
        if "_:" not in str(triples):
            assert {str(quad.triple) for quad in json_ld} == triples, iri


def test_rdflib_reads_both_as_the_same_graph(site, shell):
    for iri in list(shell.paths)[::61]:
        path = site / shell.paths.of(iri)
        turtle = Graph().parse(f"{path}.ttl", format="turtle")
        assert isomorphic(turtle, Graph().parse(f"{path}.jsonld", format="json-ld")), iri


def test_every_triple_of_the_snapshot_is_in_some_turtle(shell, world):
    lines = (line for path in world.folder.rglob("*.nq") for line in path.read_text("utf-8").split("\n") if line)
    triples = {tuple(line[: line.rindex(" <")].split(" ", 2)) for line in lines}
    told = {triple for iri in shell.paths for triple in triples_of(shell, iri)}
    assert {triple for triple in triples if triple[0].startswith(f"<{BASE}")} <= told


def test_no_bare_fact_of_a_view_stands_in_the_data_of_a_thing(shell):
    facts = {
        triple
        for name in ("facts", "inferred")
        for triple in shell.known.graphs[f"{BASE}graph/view/all/{name}"].triples
    }
    stated = {
        triple
        for name in ("reference", "reference/inferred")
        for triple in shell.known.graphs[f"{BASE}graph/{name}"].triples
    }
    things = [iri for iri in shell.paths if kind_of(iri) in ("actor", "place", "route", "event")]
    assert facts - stated
    assert not (facts - stated) & {triple for iri in things for triple in triples_of(shell, iri)}


def test_the_data_of_a_claim_have_its_propositions_and_its_locators(shell):
    claim = next(iter(shell.record.claims))
    subjects = {triple[0] for triple in triples_of(shell, claim)}
    assert {
        f"<{iri}>" for part in ("locator", "onProposition") for iri in shell.known.things(claim, PREFIXES["kg"] + part)
    } < subjects


def test_a_claim_reads_as_the_record_of_the_store(store, shell):
    claims = shell.record.claims
    assert claim_records(store.with_history(), map(URIRef, claims)) == {URIRef(iri): one for iri, one in claims.items()}


def test_the_claims_on_the_page_of_a_thing_are_those_about_it(site, shell, known):
    things = [iri for iri in shell.record.about if kind_of(iri) in ("actor", "place", "route", "event", "agreement")]
    assert len(things) > 20
    for iri in things:
        text = (site / f"{shell.paths.of(iri)}.html").read_text("utf-8").split('id="held"')[0]
        shown = set(re.findall(r"id/claim/([\w~-]+)\.html", text))
        propositions = {
            s for s, part in known.into.get(iri, ()) if part in (PREFIXES["kg"] + "subject", PREFIXES["kg"] + "object")
        }
        about = {
            c for p in propositions for c, part in known.into.get(p, ()) if part == PREFIXES["kg"] + "onProposition"
        }
        about |= {bare for p in propositions for bare in known.things(p, PREFIXES["kg"] + "restsOn")}
        assert {claim.rsplit("/", 1)[-1] for claim in about} <= shown, iri


def test_a_disputed_statement_says_so_in_words_with_both_sides(site, shell):
    disputed = [one for one in shell.record.said.values() if one.status == "disputed"]
    assert disputed
    for one in disputed:
        text = (site / f"{shell.paths.of(one.iri)}.html").read_text("utf-8")
        assert words("en")["status-disputed"] in text
        assert "Say so" in text
        assert "Deny it" in text
        assert all(f"{shell.paths.of(claim)}.html" in text for claim in (*one.for_, *one.against))


def test_a_claim_that_no_longer_stands_says_so(site, shell):
    assert shell.known.withdrawn
    claims = [iri for iri in shell.record.claims if iri in shell.known.withdrawn]
    assert claims
    assert all("no longer stands" in (site / f"{shell.paths.of(iri)}.html").read_text("utf-8") for iri in claims)


def test_the_page_of_a_source_has_each_of_its_claims(site, shell):
    for source, claims in shell.record.stated.items():
        text = (site / f"{shell.paths.of(source)}.html").read_text("utf-8")
        assert text.count('<li class="claim ') == len(claims), source


def test_the_page_of_a_question_has_the_rows_of_kg_ask(site, store, world_project):
    for name, question in read_questions(world_project.ontology / "questions").items():
        answer = ask(store, question)
        pages = [site / f"question/{name}.html", *sorted(site.glob(f"question/{name}.[0-9]*.html"))]
        assert sum(page.read_text("utf-8").count("<tr><td>") for page in pages) == len(answer.rows), name
        assert f"Answer: {len(answer.rows)} rows" in pages[0].read_text("utf-8")


def test_the_reference_of_the_ontology_is_in_three_languages_and_reads_from_the_right_in_one(site):
    texts = [(site / f"def/index{end}.html").read_text("utf-8") for end in ("", ".fr", ".ar")]
    assert ["itinéraire" in text for text in texts] == [False, True, False]
    assert '<html lang="ar" dir="rtl">' in texts[2]
    assert "درب يقال" in texts[2]
    assert len({text.count('class="termdef"') for text in texts}) == 1


def test_equal_snapshots_make_equal_bytes(site, world_project, world, tmp_path, monkeypatch):
    monkeypatch.setenv("PYTHONHASHSEED", "7")
    again = write_site(world_project, world.folder, tmp_path, processes=3).start.parent
    files = sorted(path.relative_to(site) for path in site.rglob("*") if path.is_file())
    assert files == sorted(path.relative_to(again) for path in again.rglob("*") if path.is_file())
    assert all((site / path).read_bytes() == (again / path).read_bytes() for path in files)


def test_a_hash_seed_changes_nothing(site, world_project, world, tmp_path):
    code = (
        "from pathlib import Path; from kgtools.model import Project; from kgtools.site import write_site; import sys;"
        "root, graph, snapshot, out = map(Path, sys.argv[1:]);"
        "write_site(Project(root, root / 'ontology', graph), snapshot, out)"
    )
    parts = (world_project.root, world_project.graph, world.folder, tmp_path)
    subprocess.run(
        [sys.executable, "-c", code, *map(str, parts)], check=True, env={**_environment(), "PYTHONHASHSEED": "5"}
    )
    for path in site.rglob("*.html"):
        assert path.read_bytes() == (tmp_path / "site" / path.relative_to(site)).read_bytes(), path


def _environment() -> dict[str, str]:
    import os

    return dict(os.environ)


def test_what_stops_before_the_end_leaves_the_last_site(world_project, world, tmp_path):
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "index.html").write_text("the last one")
    with pytest.raises(StoreError, match="run kg build"):
        write_site(world_project, tmp_path / "nowhere", tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["site"]
    assert (tmp_path / "site" / "index.html").read_text() == "the last one"


def test_a_site_lost_between_two_renames_comes_back(world_project, world, tmp_path):
    (tmp_path / "site.old").mkdir()
    (tmp_path / "site.old" / "index.html").write_text("the last one")
    with pytest.raises(StoreError):
        write_site(world_project, tmp_path / "nowhere", tmp_path)
    assert (tmp_path / "site" / "index.html").read_text() == "the last one"


SLUGS = (
    *("..", ".", "", "a.b", "a.ttl", "x.graph", "index", "con", "a b", "é", "e\u0301", "a/../../b", "%2e%2e"),
    *("x" * 400, "a\\b", "~1"),
)


@pytest.mark.parametrize("slug", SLUGS)
def test_a_page_never_leaves_its_folder_and_never_takes_the_name_of_another_file(slug):
    path = place(f"{BASE}id/actor/{slug}")
    parts = path.split("/")
    assert parts[:2] == ["id", "actor"]
    assert all(re.fullmatch(r"[A-Za-z0-9_~-][A-Za-z0-9_.~-]*", part) and len(part) < 200 for part in parts)
    assert not re.search(r"\.[A-Za-z]", path)
    assert parts[-1].lower() not in ("index", "con")


def test_iris_that_differ_in_case_alone_have_pages_of_their_own():
    iris = [f"{BASE}def/Locator", f"{BASE}def/locator", f"{BASE}def/LOCATOR"]
    assert len({Paths(iris).of(iri).lower() for iri in iris}) == 3


@pytest.mark.parametrize(
    ("page", "target", "link"), [("a/b.html", "c/d.html#x", "../c/d.html#x"), ("b.html", "d.html", "d.html")]
)
def test_a_link_is_relative(page, target, link):
    assert relative(page, target) == link


def test_the_words_of_the_site_are_there_in_each_language():
    table = {language: words(language) for language in ("en", "fr", "ar")}
    assert table["en"].keys() == table["fr"].keys() == table["ar"].keys()
    assert all(text.strip() for own in table.values() for text in own.values())
    used = {
        key
        for path in Path("kgtools/site").glob("*.html")
        for key in re.findall(r"\bw\.(\w+)", path.read_text("utf-8"))
    }
    assert used <= table["en"].keys()


@pytest.mark.whole
def test_the_site_of_the_real_graph_is_whole(real_site, real):
    root = real_site.start.parent
    iris = iris_in(real.folder)
    paths = Paths(iris)
    assert real_site.iris == len(iris)
    assert not [
        iri
        for iri in sorted(iris)
        for end in ("html", "ttl", "jsonld")
        if not (root / f"{paths.of(iri)}.{end}").is_file()
    ]


@pytest.mark.whole
def test_no_link_of_the_real_site_leads_nowhere(real_site):
    root = real_site.start.parent
    files = {str(path.relative_to(root)) for path in root.rglob("*") if path.is_file()}
    links = set()  # read by pattern: a parser takes minutes for 30,000 pages
    for page in (name for name in files if name.endswith(".html")):
        folder = posixpath.dirname(page)
        for link in set(re.findall(r'<a [^>]*?href="([^"#]+)', (root / page).read_text("utf-8"))):
            if not link.startswith(("http://", "https://")):
                links.add(posixpath.normpath(posixpath.join(folder, unquote(link))))
    assert len(links) > len(files) / 4
    assert not links - files


@pytest.mark.whole
def test_a_dispute_of_the_real_graph_is_on_its_start_page(real_site, real):
    with Store.open(real.folder) as store:
        denied = ask(store, read_questions(Path("ontology/questions"))["denials"])
    assert denied.rows
    assert words("en")["status-disputed"] in real_site.start.read_text("utf-8")
