"""Claims as property graphs: only facts of the view are edges between things; other programs may open and save them."""

import csv
import io
import re
import shlex
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path

import networkx as nx
import pytest
from made import claim, snapshot
from rdflib import Literal, URIRef

from kgtools.build import Built
from kgtools.claims import valid_days
from kgtools.errors import SourceError
from kgtools.export import FORMS, Contents, claim_lines, export, imported, write
from kgtools.export.graphxml import read_graph
from kgtools.export.neo4j import SEPARATOR, relationship_type
from kgtools.export.propertygraph import name_of
from kgtools.names import KG, PREFIXES, expand

FORM = pytest.mark.parametrize("form", ["graphml", "gexf"])
READ = {"graphml": lambda path: nx.read_graphml(path, force_multigraph=True), "gexf": nx.read_gexf}
WRITE = {"graphml": nx.write_graphml, "gexf": nx.write_gexf}
GEXF = "{http://gexf.net/1.3}"


@pytest.fixture(scope="module")
def contents(world: Built) -> Contents:
    return Contents(world.folder)


@pytest.fixture(scope="module")
def files(contents: Contents, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    place = tmp_path_factory.mktemp("graphs")
    for form in ("graphml", "gexf", "neo4j"):
        write(place / form, FORMS[form].write(contents))
    return {form: place / form for form in ("graphml", "gexf", "neo4j")}


def kind(graph: nx.MultiDiGraph, node: str) -> str:
    return graph.nodes[node]["kind"]


@FORM
def test_an_edge_between_two_things_is_a_fact_of_the_view_or_follows_from_some(form: str, files, contents: Contents):
    graph = READ[form](files[form])
    between = {
        (data["status"], expand(start), expand(data["predicate"]), expand(stop))
        for start, stop, data in graph.edges(data=True)
        if kind(graph, start) == kind(graph, stop) == "thing"
    }
    facts = {("fact", *triple) for triple in contents.facts if isinstance(triple[2], URIRef)}
    inferred = {("inferred", *triple) for triple in contents.inferred - contents.facts if isinstance(triple[2], URIRef)}
    assert between == facts | inferred
    assert len(facts) > len(inferred) > 0


@FORM
def test_no_path_of_arrows_leads_from_thing_to_thing_through_a_claim(form: str, files):
    graph = READ[form](files[form])
    assert all(kind(graph, stop) == "thing" for start, stop in graph.edges() if kind(graph, start) == "thing")
    assert {kind(graph, stop) for start, stop in graph.edges() if kind(graph, start) == "claim"} == {"proposition"}


@FORM
def test_a_denial_says_so_where_it_is_seen_and_counts_for_no_fact(form: str, files):
    graph = READ[form](files[form])
    denials = [data for *_, data in graph.edges(data=True) if data.get("stances") == "stance:denies"]
    denying = {data["claims"] for data in denials}
    assert denying
    assert {data["counts"] for data in denials} == {"false"}
    assert {data["label"] for data in denials} == {"denies"}
    facts = [data for *_, data in graph.edges(data=True) if data["kind"] in ("fact", "inferred")]
    assert denying.isdisjoint(claim for data in facts for claim in data["claims"].split(" | "))
    assert any(set(data.get("denials", "").split(" | ")) & denying for data in facts)
    assert {graph.nodes[claim]["stance"] for claim in denying} == {"stance:denies"}


@FORM
def test_who_says_it_and_where_is_on_each_claim(form: str, files, contents: Contents):
    graph = READ[form](files[form])
    claims = {node: data for node, data in graph.nodes(data=True) if data["kind"] == "claim"}
    assert len(claims) == len(contents.claims)
    for name in ("holder", "stance", "source", "source_title", "hedge", "confidence", "paraphrase", "where", "label"):
        assert all(data[name] for data in claims.values()), name
    assert {data["stands"] for data in claims.values()} == {"true", "false"}


@FORM
def test_what_another_program_has_saved_is_read_too(form: str, files, contents: Contents, tmp_path: Path):
    path = tmp_path / "saved"
    WRITE[form](READ[form](files[form]), path)
    assert path.read_bytes() != files[form].read_bytes()
    assert claim_lines(imported(path, form)) == claim_lines(contents.claims)


def test_nodes_may_get_other_ids(files, contents: Contents, tmp_path: Path):
    """As yEd gives them."""
    graph = READ["graphml"](files["graphml"])
    renamed = nx.relabel_nodes(graph, {node: f"n{number}" for number, node in enumerate(graph)})
    nx.write_graphml(renamed, tmp_path / "renamed")
    assert claim_lines(imported(tmp_path / "renamed", "graphml")) == claim_lines(contents.claims)


@FORM
def test_a_graph_of_one_view_carries_all_claims(form: str, world: Built, contents: Contents, tmp_path: Path):
    write(tmp_path / "graph", export(world.folder, form, "uncontested"))
    assert claim_lines(imported(tmp_path / "graph", form)) == claim_lines(contents.claims)


def test_the_graph_says_what_it_is(files, contents: Contents):
    told = READ["graphml"](files["graphml"]).graph
    assert (told["snapshot"], told["view"]) == (contents.snapshot, "all")
    assert told["lost"] == FORMS["graphml"].loses
    description = ET.parse(files["gexf"]).findtext(f".//{GEXF}description")
    assert f"lost: {FORMS['gexf'].loses}" in description
    assert f"snapshot: {contents.snapshot}" in description


# What GEXF 1.3 allows of what we write: the attributes of each element, those it must have first.
GRAMMAR = {
    "gexf": (("version",), ()),
    "meta": ((), ()),
    "title": ((), ()),
    "description": ((), ()),
    "graph": ((), ("defaultedgetype", "mode", "timeformat", "timerepresentation")),
    "attributes": (("class", "mode"), ()),
    "attribute": (("id", "title", "type"), ()),
    "nodes": ((), ()),
    "node": (("id", "label"), ("start", "end")),
    "edges": ((), ()),
    "edge": (("source", "target"), ("id", "label", "kind", "start", "end")),
    "attvalues": ((), ()),
    "attvalue": (("for", "value"), ()),
    "spells": ((), ()),
    "spell": ((), ("start", "end")),
}


def elements(path: Path) -> Iterator[ET.Element]:
    return ET.parse(path).getroot().iter()


def test_gexf_keeps_to_its_grammar(files):
    ids: dict[str, set[str]] = {"node": set(), "edge": set(), "attribute": set()}
    for element in elements(files["gexf"]):
        name = element.tag.removeprefix(GEXF)
        needed, allowed = GRAMMAR[name]
        assert set(needed) <= set(element.keys()) <= {*needed, *allowed}, element.attrib
        if name in ids:
            assert element.get("id") not in ids[name]
            ids[name].add(element.get("id"))
        for bound in ("start", "end"):
            assert re.fullmatch(r"\d{4}-\d\d-\d\d", element.get(bound, "2000-01-01"))
    for element in elements(files["gexf"]):
        assert element.get("source") in {None, *ids["node"]}
        assert element.get("target") in {None, *ids["node"]}
        assert element.get("for") in {None, *ids["attribute"]}


def test_parallel_edges_have_kinds_of_their_own(files):
    """Gephi makes one edge of parallel ones of one kind, so a second claim or relation would be lost there."""
    edges = [
        (edge.get("source"), edge.get("target"), edge.get("kind"), edge.find(f".//{GEXF}attvalue[@value='inferred']"))
        for edge in ET.parse(files["gexf"]).iter(f"{GEXF}edge")
    ]
    keys = [edge[:3] for edge in edges]
    assert len(keys) == len(set(keys))


def test_gexf_has_the_days_between_which_a_claim_is_said_to_hold(files, world: Built):
    from kgtools.claims import read_claims

    quads = [quad for name in ("claims.nq", "withdrawn.nq") for quad in _quads(world.folder / name)]
    said = {name_of(str(one.iri)): valid_days(one) for one in read_claims(quads)}
    nodes = {node.get("id"): node for node in ET.parse(files["gexf"]).iter(f"{GEXF}node")}
    found = {claim: (nodes[claim].get("start", "0000-01-01"), nodes[claim].get("end", "9999-12-31")) for claim in said}
    assert found == said
    assert len(set(said.values())) > 2


def _quads(path: Path):
    from kgtools.sources import parse_nquads

    return parse_nquads(path.read_bytes())


def test_a_fact_has_times_only_where_every_claim_under_it_has(tmp_path: Path):
    year = Literal("2020", datatype=URIRef(f"{PREFIXES['xsd']}gYear"))
    thing, other = (URIRef(f"{PREFIXES['actor']}{name}") for name in "ab")
    timed, untimed = claim(1, thing, other, validFrom=(year,), validTo=(year,)), claim(2, other)
    facts = [*timed.propositions]
    folder = snapshot(tmp_path / "snapshot", (timed, untimed), facts)
    rests = "".join(
        f"{one.iri.n3()} {KG.restsOn.n3()} {by.iri.n3()} <x:g> .\n"
        for by in (timed, untimed)
        for one in by.propositions
    )
    with (folder / "views" / "all.nq").open("a", encoding="utf-8") as file:
        file.write(rests)
    root = ET.fromstring(export(folder, "gexf"))
    found = {
        edge.get("target"): (edge.get("start"), edge.get("end"))
        for edge in root.iter(f"{GEXF}edge")
        if edge.get("kind") == "kg:isCalled"
    }
    assert found == {"actor:a": ("2020-01-01", "2020-12-31"), "actor:b": (None, None)}


@pytest.mark.parametrize(
    "iri",
    [
        "https://w3id.org/sahel-kg/id/actor/jnim",
        "https://w3id.org/sahel-kg/id/actor/a/b",
        "actor:jnim",
        "kg:x",
        "mailto:a@example.org",
        "urn:x:y",
        "https://example.org/",
    ],
)
def test_a_short_name_means_one_iri(iri: str):
    assert str(expand(name_of(iri))) == iri


WRONG = {
    "empty": (r".*", "", r"is empty"),
    "truncated": (r".{200}\Z", "", r":\d+: is no whole XML"),
    "foreign": (r".*", "<html/>", r"begins with <html>"),
    "entities": (r"\n", '\n<!DOCTYPE x [<!ENTITY a "b">]>\n', r"declares a document type"),
    "no-claims": (r"(>|value=\")claim([\"<])", r"\1other\2", r"has no node of the kind claim"),
    "no-iri": (r"stance:(asserts)", r"no stance \1", r"node claim:.*, attribute stance: 'no' is no name"),
    "two-iris": (r"stance:asserts", "stance:asserts stance:denies", r"node claim:.* column stance: .* is no IRI"),
    "no-end": (r" target=", " to=", r"has a <edge> without target"),
    "statements": (
        r"(key=\"node-statements\">|for=\"node-statements\" value=\")",
        r"\1oh ",
        r"node claim:.*, statements: is not N-Triples",
    ),
    "lost-edge": (
        r"(source=\"claim:[^\"]*\" target=\")proposition:",
        r"\1",
        r"edge from claim:.*: \w+ is no proposition among the nodes",
    ),
}


@FORM
@pytest.mark.parametrize("name", WRONG)
def test_what_cannot_be_read_is_said_in_a_sentence(form: str, name: str, files, tmp_path: Path):
    pattern, new, message = WRONG[name]
    text = files[form].read_text("utf-8")
    changed = re.sub(pattern, new, text, count=0 if name in ("empty", "foreign", "no-claims") else 1, flags=re.DOTALL)
    assert changed != text
    path = tmp_path / f"graph.{form}"
    path.write_text(changed, encoding="utf-8", newline="")
    with pytest.raises(SourceError, match=message) as raised:
        imported(path, form)
    assert str(path) in str(raised.value)
    assert "\n" not in str(raised.value)


def test_the_one_form_is_not_taken_for_the_other(files):
    with pytest.raises(SourceError, match="begins with <gexf>, not with <graphml>"):
        imported(files["gexf"], "graphml")


@FORM
def test_a_reader_of_attributes_ignores_what_it_does_not_know(form: str, files, contents: Contents, tmp_path: Path):
    """Such as the colours and places that Gephi and yEd add."""
    text = files[form].read_text("utf-8")
    added = text.replace("</node>", '<x:size xmlns:x="urn:x" value="3"/></node>')
    (tmp_path / "graph").write_text(added, encoding="utf-8", newline="")
    assert claim_lines(imported(tmp_path / "graph", form)) == claim_lines(contents.claims)
    assert len(read_graph(tmp_path / "graph", form).nodes) == len(read_graph(files[form], form).nodes)


# Neo4j

NAME = r"[A-Za-z_][A-Za-z0-9_]*"
NODE_FIELD = re.compile(rf"{NAME}:ID\({NAME}\)|:LABEL|{NAME}(:(string\[\]|long|double|boolean))?")
EDGE_FIELD = re.compile(rf":(START_ID|END_ID)\({NAME}\)|:TYPE|{NAME}(:(string\[\]|boolean))?")


def table(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_text("utf-8"), newline="")))


def test_headers_are_in_the_grammar_of_the_importer(files):
    nodes, edges = (sorted(files["neo4j"].glob(f"{part}-*.csv")) for part in ("nodes", "relationships"))
    assert (len(nodes), len(edges)) == (5, 8)
    for paths, grammar, needed in ((nodes, NODE_FIELD, 1), (edges, EDGE_FIELD, 2)):
        for path in paths:
            header = path.read_text("utf-8").splitlines()[0].split(",")
            assert [field for field in header if not grammar.fullmatch(field)] == []
            assert len(re.findall(r":(?:START_|END_)?ID\(", ",".join(header))) == needed
            assert len({field.partition(":")[0] or field for field in header}) == len(header)


def test_every_end_of_a_relationship_is_a_node(files):
    ids: dict[str, list[str]] = {}
    for path in files["neo4j"].glob("nodes-*.csv"):
        for row in table(path):
            field = next(name for name in row if ":ID(" in name)
            ids.setdefault(field[field.index("(") :], []).append(row[field])
    assert all(len(set(some)) == len(some) for some in ids.values())
    known = {space: set(some) for space, some in ids.items()}
    for path in files["neo4j"].glob("relationships-*.csv"):
        rows = table(path)
        assert rows
        for field in (name for name in rows[0] if "_ID(" in name):
            assert {row[field] for row in rows} <= known[field[field.index("(") :]], path.name


def test_a_relationship_between_entities_has_a_status_and_claims_that_assert(files):
    facts = table(files["neo4j"] / "relationships-facts.csv")
    stances = {row["claim:ID(Claim)"]: row["stance"] for row in table(files["neo4j"] / "nodes-claims.csv")}
    assert {row["status"] for row in facts} == {"fact", "inferred"}
    under = {claim for row in facts for claim in row["claims:string[]"].split(SEPARATOR)}
    assert f"{PREFIXES['stance']}denies" not in {stances[claim] for claim in under}
    between = {"relationships-facts.csv"}
    for path in files["neo4j"].glob("relationships-*.csv"):
        header = path.read_text("utf-8").splitlines()[0]
        assert ((":START_ID(Entity)" in header) and (":END_ID(Entity)" in header)) == (path.name in between)


def test_what_separates_the_parts_of_a_list_is_in_none_of_them(files):
    lists = 0
    for path in sorted(files["neo4j"].glob("*.csv")):
        for row in table(path):
            for name, cell in row.items():
                if name.endswith("[]") or name == ":LABEL":
                    lists += SEPARATOR in cell
                    assert all(part == part.strip() and (part or not cell) for part in cell.split(SEPARATOR))
    assert lists


def test_a_type_of_a_fact_is_never_one_of_our_own():
    assert relationship_type(str(KG.hasPresenceIn)) == "HAS_PRESENCE_IN"
    assert relationship_type(str(KG.statedIn)) == "KG_STATED_IN"
    assert relationship_type("http://www.w3.org/ns/org#memberOf") == "ORG_MEMBER_OF"
    assert re.fullmatch(r"\w+", relationship_type("https://example.org/a b`c?"))


def test_the_readme_gives_the_whole_command(files):
    text = (files["neo4j"] / "README.md").read_text("utf-8")
    command = re.search(r"neo4j-admin .*?\n\n", text, re.DOTALL)[0].replace("\\\n", " ")
    words = shlex.split(command)
    assert words[:5] == ["neo4j-admin", "database", "import", "full", "sahel"]
    named = [word.partition("=")[2] for word in words if word.startswith(("--nodes=", "--relationships="))]
    assert sorted(named) == sorted(path.name for path in files["neo4j"].glob("*.csv"))
    assert f"--array-delimiter={SEPARATOR}" in words
    assert "--multiline-fields=true" in words
