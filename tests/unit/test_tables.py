"""Tables of the claims: whole where they say so, typed, safe to open, and read back with a word on what is wrong."""

import csv
import io
import json
import re
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

import duckdb
import polars as pl
import pytest
from csvw import CSVW
from hypothesis import given, settings
from hypothesis import strategies as st
from made import AWKWARD, claim, snapshot
from rdflib import XSD, Literal, URIRef

from kgtools.build import Built
from kgtools.cli import main
from kgtools.errors import KgError, SourceError
from kgtools.export import FORMS, ClaimNode, Contents, claim_lines, claim_nodes, export, imported, write
from kgtools.export.csvfiles import csv_rows
from kgtools.export.spreadsheet import LONGEST, safe
from kgtools.export.tables import TABLES
from kgtools.names import KG, PREFIXES
from kgtools.questions import ask, find_question
from kgtools.sources import parse_nquads
from kgtools.store import Store

ROOT = Path(__file__).resolve().parents[2]
CARRYING = ("csvw", "parquet", "graphml", "gexf", "neo4j")
FOLDERS = ("csvw", "parquet", "neo4j")


def written(form: str, folder: Path, place: Path, view: str = "all") -> Path:
    write(place, export(folder, form, view))
    return place


@pytest.fixture(scope="module")
def contents(world: Built) -> Contents:
    return Contents(world.folder)


@pytest.fixture(scope="module")
def real_contents(real: Built) -> Contents:
    return Contents(real.folder)


@pytest.fixture(scope="module")
def exported(contents: Contents, tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("exported")
    for form in (*CARRYING, "spreadsheet"):
        write(place / form, FORMS[form].write(contents))
    return place


def cells(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("form", CARRYING)
def test_the_claim_set_comes_back_from_the_world(form: str, exported: Path, contents: Contents):
    assert contents.withdrawn
    assert claim_lines(imported(exported / form, form)) == claim_lines(contents.claims)


@pytest.mark.parametrize("form", CARRYING)
def test_the_claim_set_comes_back_from_the_real_graph(form: str, real_contents: Contents, tmp_path: Path):
    write(tmp_path / form, FORMS[form].write(real_contents))
    assert claim_lines(imported(tmp_path / form, form)) == claim_lines(real_contents.claims)


@pytest.mark.parametrize("form", CARRYING)
@pytest.mark.parametrize("name", AWKWARD)
def test_an_awkward_literal_comes_back_wherever_it_stands(form: str, name: str, tmp_path: Path):
    term = AWKWARD[name]
    places = dict.fromkeys(("paraphrase", "validFrom", "hedgeWording", "holder", "relays", "odd"), (term,))
    claims = (claim(1, term, URIRef(f"{PREFIXES['actor']}b"), **places), claim(2, term))
    folder = snapshot(tmp_path / "snapshot", claims)
    back = imported(written(form, folder, tmp_path / "out"), form)
    assert claim_lines(back) == claim_lines(claims)


IRIS = st.from_regex(
    r"(https://example\.org/|actor:|urn:x:|mailto:|x+y:)[a-z0-9;,'()?&=._~:@!$*/é-]{0,8}", fullmatch=True
)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
LITERALS = st.one_of(
    st.builds(Literal, TEXTS),
    st.builds(lambda text, tag: Literal(text, lang=tag), TEXTS, st.sampled_from(["en", "fr", "ar", "ber-Tfng"])),
    st.builds(lambda text, kind: Literal(text, datatype=URIRef(kind), normalize=False), TEXTS, IRIS),
)
TERMS = st.one_of(LITERALS, IRIS.map(URIRef))
PROPERTIES = st.dictionaries(
    st.sampled_from(["holder", "hedge", "paraphrase", "validTo", "relays", "hasRoot", "disputes", "odd"]),
    st.lists(TERMS, min_size=1, max_size=3).map(tuple),
)


@pytest.mark.parametrize("form", CARRYING)
@settings(max_examples=15)
@given(values=st.lists(TERMS, max_size=3), properties=PROPERTIES)
def test_any_claim_comes_back(
    form: str,
    values: list[Literal | URIRef],
    properties: Mapping[str, tuple[Literal | URIRef, ...]],
    tmp_path_factory: pytest.TempPathFactory,
):
    folder = tmp_path_factory.mktemp("any")
    stated = claim_lines([claim(1, *values, **properties)])
    claims = claim_nodes(parse_nquads(stated))
    back = imported(written(form, snapshot(folder / "snapshot", claims), folder / "out"), form)
    assert claim_lines(back) == claim_lines(claims)


@pytest.mark.parametrize("form", CARRYING)
def test_a_snapshot_without_claims_gives_tables_without_rows(form: str, tmp_path: Path):
    place = written(form, snapshot(tmp_path / "snapshot", ()), tmp_path / "out")
    assert imported(place, form) == ()


def test_two_claims_may_share_a_locator_and_a_proposition(tmp_path: Path):
    one, other = claim(1, Literal("a")), claim(2, Literal("a"))
    shared = ClaimNode(other.iri, other.source, other.properties, other.propositions, one.locators)
    folder = snapshot(tmp_path / "snapshot", (one, shared))
    for form in CARRYING:
        assert claim_lines(imported(written(form, folder, tmp_path / form), form)) == claim_lines((one, shared))


def test_the_metadata_are_valid_csv_on_the_web(exported: Path):
    tables = CSVW(str(exported / "csvw" / "csv-metadata.json"), validate=True)
    assert tables.is_valid, [str(warning.message) for warning in tables.warnings]
    assert {table.local_name for table in tables.tables} == {f"{name}.csv" for name in TABLES}
    assert tables.common_props["dc:license"] == {"@id": "https://creativecommons.org/licenses/by/4.0/"}
    assert "Lost: " in tables.common_props["dc:description"]


def test_a_wrong_cell_makes_the_tables_invalid(exported: Path, tmp_path: Path):
    """The validator would find it: so what it does not find is no fault of ours."""
    place = shutil.copytree(exported / "csvw", tmp_path / "csvw")
    path = place / "claims.csv"
    path.write_text(path.read_text("utf-8").replace(",true,", ",perhaps,", 1), encoding="utf-8")
    with pytest.raises(ValueError, match="perhaps"):
        CSVW(str(place / "csv-metadata.json"), validate=True).is_valid  # noqa: B018


@pytest.mark.parametrize(
    ("table", "column"), [(t.name, c.name) for t in TABLES.values() for c in t.columns if c.to and c.form != "iris"]
)
def test_every_name_in_a_column_is_in_the_table_that_it_leads_to(table: str, column: str, exported: Path):
    to = TABLES[table].column(column).to
    known = {row[TABLES[to].key[0]] for row in cells(exported / "csvw" / f"{to}.csv")}
    named = {row[column] for row in cells(exported / "csvw" / f"{table}.csv")} - {""}
    assert named <= known


def test_facts_rest_on_the_claims_that_the_view_counts_and_on_no_denial(exported: Path):
    place = exported / "csvw"
    stances = {row["claim"]: row["stance"] for row in cells(place / "claims.csv")}
    under = cells(place / "fact_claims.csv")
    assert {row["proposition"] for row in under} == {row["proposition"] for row in cells(place / "facts.csv")}
    assert f"{PREFIXES['stance']}denies" in stances.values()
    assert f"{PREFIXES['stance']}denies" not in {stances[row["claim"]] for row in under}


def test_a_view_has_its_own_facts(world: Built, tmp_path: Path):
    everything, calm = (
        len(cells(written("csvw", world.folder, tmp_path / view, view) / "facts.csv"))
        for view in ("all", "uncontested")
    )
    assert everything > calm > 0


def test_sql_on_parquet_says_who_says_what_as_our_question_does(exported: Path, store: Store):
    question = find_question(ROOT / "ontology" / "questions", "claims-about")
    subject = URIRef(f"{PREFIXES['actor']}red-hand")
    ours = ask(store, question, {"subject": "actor:red-hand"})
    names = ("predicate", "about", "holder", "stance", "source", "claim")
    wanted = sorted(tuple(str(row[ours.columns.index(name)]) for name in names) for row in ours.rows)
    place = exported / "parquet"
    sql = f"""
        SELECT p.predicate, coalesce(p.object, p.value), c.holder, c.stance, c.source, c.claim
        FROM '{place}/claims.parquet' c
        JOIN '{place}/claim_propositions.parquet' USING (claim)
        JOIN '{place}/propositions.parquet' p USING (proposition)
        WHERE c.stands AND p.subject = '{subject}'
    """
    rows = duckdb.sql(sql).fetchall()
    assert sorted(rows) == wanted != []


def test_parquet_is_typed_and_says_what_it_is(exported: Path, world: Built):
    place = exported / "parquet"
    told = pl.read_parquet_metadata(place / "facts.parquet")
    assert {told["snapshot"], told["view"]} == {Contents(world.folder).snapshot, "all"}
    assert "creativecommons" in told["license"]
    assert "take an RDF export" in told["lost"]
    assert pl.read_parquet_schema(place / "claims.parquet")["relays"] == pl.List(pl.String)
    assert pl.read_parquet_schema(place / "claims.parquet")["stands"] == pl.Boolean
    assert pl.read_parquet(place / "things.parquet")["latitude"].drop_nulls().to_list() != []


def test_duckdb_reads_the_csv_as_the_parquet(exported: Path):
    for name in TABLES:
        counts = [
            duckdb.sql(f"SELECT count(*) FROM {source}").fetchall()
            for source in (
                f"'{exported}/parquet/{name}.parquet'",
                f"read_csv('{exported}/csvw/{name}.csv', all_varchar = true)",
            )
        ]
        assert counts[0] == counts[1], name


HARMLESS = ["", "Mali", "1200", "15.25", "-3.5", "2023", "الساحل", "a - b", "JNIM's", "actor:jnim", "12345678901"]
CHANGED = {
    "=1+1": "'=1+1",
    "+33 6": "'+33 6",
    "-2+3": "'-2+3",
    "@SUM(A1)": "'@SUM(A1)",
    "\t=1+1": "'=1+1",
    "\r=1+1": "'=1+1",
    "  \u00a0=1+1": "'=1+1",
    "\u200c=1+1": "'\u200c=1+1",
    "\ufeff=1": "'=1",
    "＝1+1": "'＝1+1",
    "−1": "'−1",
    "'=1+1": "''=1+1",
    '"=1+1': "'\"=1+1",
    "a;=cmd|' /C calc'!A0": "a;'=cmd|' /C calc'!A0",
    "2023-07": "'2023-07",
    "2023-07-01": "'2023-07-01",
    "1/2": "'1/2",
    "3-4": "'3-4",
    "MARCH1": "'MARCH1",
    "10:30": "'10:30",
    "1E5": "'1E5",
    "01": "'01",
    "1.50": "'1.50",
    "1,000": "'1,000",
    "50 %": "'50 %",
    "TRUE": "'TRUE",
    "1234567890123": "'1234567890123",
    "12345678901.123456": "'12345678901.123456",
    "one\r\ntwo": "one two",
    "one\u2028two": "one two",
    "a\u202eb": "a b",
    "a\u0000b": "a b",
}


@pytest.mark.parametrize("text", HARMLESS)
def test_what_a_spreadsheet_keeps_is_left_as_it_is(text: str):
    assert safe(text) == text


@pytest.mark.parametrize("text", CHANGED)
def test_what_a_spreadsheet_would_run_or_rewrite_is_text(text: str):
    assert safe(text) == CHANGED[text]


def test_a_cell_is_no_longer_than_a_spreadsheet_takes():
    assert len(safe("a" * 100_000)) == LONGEST + 1


@given(TEXTS)
def test_no_cell_begins_as_a_formula(text: str):
    begins = safe(text).lstrip("\u200c\u200d")[:1]
    assert begins not in {"=", "+", "@", "\t", "\r", "\n"}
    assert begins != "-" or safe(text).removeprefix("-").replace(".", "").isdigit()


@pytest.mark.parametrize("name", ["claims", "facts", "sources", "things"])
def test_a_sheet_has_a_mark_for_excel_and_only_safe_cells(name: str, exported: Path):
    data = (exported / "spreadsheet" / f"{name}.csv").read_bytes()
    assert data.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))
    assert len(rows) > 1
    assert {len(row) for row in rows} == {len(rows[0])}
    assert all(cell == safe(cell) or cell.startswith("'") for row in rows for cell in row)


def test_a_sheet_says_of_each_claim_whether_the_view_counts_it(exported: Path):
    rows = cells(exported / "spreadsheet" / "claims.csv")
    assert {row["status"] for row in rows} == {"fact", "no fact of the view"}
    assert {row["status"] for row in rows if row["stance"] == "denies"} == {"no fact of the view"}
    assert {row["status"] for row in rows if row["stands"] == "no"} == {"no fact of the view"}
    assert "what was changed" in (exported / "spreadsheet" / "README.txt").read_text("utf-8-sig").lower()


# What can be wrong with a folder of CSV: a change to it, and what is then said.
Change = Callable[[Path], object]


def _edit(name: str, pattern: str, new: str, count: int = 1) -> Change:
    def change(folder: Path) -> None:
        text = (folder / name).read_bytes().decode()
        changed = re.sub(pattern, new, text, count=count)
        assert changed != text
        (folder / name).write_bytes(changed.encode())

    return change


CLAIM = re.escape(f"{PREFIXES['claim']}herald-2020-001")
WRONG: dict[str, tuple[str, Change, str]] = {
    "csvw-table-missing": ("csvw", lambda f: (f / "propositions.csv").unlink(), r"propositions\.csv: cannot be read"),
    "csvw-empty": ("csvw", lambda f: (f / "claims.csv").write_bytes(b""), r"claims\.csv: is empty"),
    "csvw-column-missing": ("csvw", _edit("claims.csv", ",holder,", ",speaker,"), r"claims\.csv: has no column holder"),
    "csvw-truncated": (
        "csvw",
        lambda f: (f / "claims.csv").write_bytes((f / "claims.csv").read_bytes()[:-40]),
        r"claims\.csv: row \d+ has \d+ cells, but there are \d+ columns",
    ),
    "csvw-open-quote": ("csvw", _edit("claims.csv", r"\n", '\n"'), r"claims\.csv: is no whole CSV file"),
    "csvw-latin-1": ("csvw", lambda f: (f / "claims.csv").write_bytes(b"claim\n\xe9"), r"claims\.csv: is not UTF-8"),
    "csvw-no-iri": (
        "csvw",
        _edit("claims.csv", f"\n{CLAIM}", "\nherald 1"),
        r"row \d+, column claim: 'herald 1' is no IRI",
    ),
    "csvw-no-source": (
        "csvw",
        _edit("claims.csv", f"{CLAIM},[^,]*,", f"{PREFIXES['claim']}x,,"),
        r"column source: is empty",
    ),
    "csvw-unknown-source": (
        "csvw",
        _edit("claims.csv", f"({CLAIM}),[^,]*,", r"\1,urn:x:y,"),
        r"not in the table sources",
    ),
    "csvw-twice": ("csvw", _edit("claims.csv", r"(?s)(\n[^\n]*\n)\Z", r"\1\1"), r"has a row above"),
    "csvw-no-number": (
        "csvw",
        _edit("locators.csv", r",(\d+),(\d+),", r",\1,x\2,"),
        r"column end: 'x\d+' is no whole number",
    ),
    "csvw-language": (
        "csvw",
        _edit("propositions.csv", r",en\r", ",not a language\r"),
        r"column language: .* is no language",
    ),
    "csvw-unknown-claim": (
        "csvw",
        _edit("claim_propositions.csv", f"{CLAIM}", "urn:x:y"),
        r"claim_propositions\.csv: row \d+, column claim: <urn:x:y> is not in the table claims",
    ),
    "csvw-unknown-proposition": (
        "csvw",
        _edit("claim_propositions.csv", r"\n([^,]+),[^\r]+", r"\n\1,urn:x:y"),
        r"claim_propositions\.csv: row 2, column proposition: <urn:x:y> is not in the table propositions",
    ),
    "csvw-foreign": (
        "csvw",
        lambda f: (f / "claims.csv").write_bytes(b"a,b\r\n1,2\r\n"),
        r"has no column claim, source",
    ),
    "parquet-table-missing": (
        "parquet",
        lambda f: (f / "sources.parquet").unlink(),
        r"sources\.parquet: cannot be read",
    ),
    "parquet-empty": (
        "parquet",
        lambda f: (f / "claims.parquet").write_bytes(b""),
        r"claims\.parquet: is no whole Parquet",
    ),
    "parquet-truncated": (
        "parquet",
        lambda f: (f / "claims.parquet").write_bytes((f / "claims.parquet").read_bytes()[:-100]),
        r"claims\.parquet: (is no whole Parquet|cannot be read)",
    ),
    "parquet-column-missing": (
        "parquet",
        lambda f: pl.read_parquet(f / "claims.parquet").drop("holder").write_parquet(f / "claims.parquet"),
        r"claims\.parquet: has no column holder",
    ),
    "parquet-type": (
        "parquet",
        lambda f: pl.read_parquet(f / "claims.parquet").with_columns(holder=1).write_parquet(f / "claims.parquet"),
        r"claims\.parquet: column holder holds Int32, where String belongs",
    ),
    "parquet-cell": (
        "parquet",
        lambda f: (
            pl.read_parquet(f / "claims.parquet")
            .with_columns(holder=pl.lit("no iri"))
            .write_parquet(f / "claims.parquet")
        ),
        r"claims\.parquet: row 1, column holder: 'no iri' is no IRI",
    ),
    "neo4j-file-missing": ("neo4j", lambda f: (f / "nodes-claims.csv").unlink(), r"nodes-claims\.csv: cannot be read"),
    "neo4j-header": ("neo4j", _edit("nodes-claims.csv", "relays:string", "passes:string"), r"has no column relays"),
    "neo4j-cell": (
        "neo4j",
        _edit("nodes-claims.csv", f"\n{CLAIM}", "\nherald 1"),
        r"row \d+, column claim: 'herald 1'",
    ),
    "neo4j-statements": (
        "neo4j",
        _edit("nodes-claims.csv", r",[^,\n]*,Claim\r", ",<oh,Claim\r"),
        r"statements: is not N-Triples",
    ),
    "neo4j-unknown-locator": (
        "neo4j",
        _edit("relationships-locators.csv", r"locator/", "locator/x"),
        r"relationships-locators\.csv: row 2: <.*> is not in nodes-locators\.csv",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_cannot_be_read_is_said_in_a_sentence_with_file_and_row(name: str, exported: Path, tmp_path: Path):
    form, change, message = WRONG[name]
    place = shutil.copytree(exported / form, tmp_path / form)
    change(place)
    with pytest.raises(SourceError, match=message) as raised:
        imported(place, form)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize("form", FOLDERS)
@pytest.mark.parametrize("kind", ["none", "file", "empty"])
def test_a_place_that_is_no_export_is_said(form: str, kind: str, tmp_path: Path):
    place = tmp_path / "place"
    if kind == "file":
        place.write_text("x")
    elif kind == "empty":
        place.mkdir()
    with pytest.raises(KgError, match=r"is no folder|cannot be read"):
        imported(place, form)


def test_tables_saved_by_pandas_are_read_too(exported: Path, world: Built, tmp_path: Path):
    import pandas as pd

    for path in sorted((exported / "csvw").glob("*.csv")):
        frame = pd.read_csv(path, dtype=str, keep_default_na=False)
        frame.to_csv(tmp_path / path.name, index=False, encoding="utf-8-sig", lineterminator="\n")
    assert claim_lines(imported(tmp_path, "csvw")) == claim_lines(Contents(world.folder).claims)


def test_a_cell_may_be_longer_than_pythons_limit(tmp_path: Path):
    limit = csv.field_size_limit()
    claims = (claim(1, Literal("a" * (limit + 1))),)
    place = written("csvw", snapshot(tmp_path / "snapshot", claims), tmp_path / "csvw")
    assert claim_lines(imported(place, "csvw")) == claim_lines(claims)
    assert csv.field_size_limit() == limit
    assert len(list(csv_rows(place / "propositions.csv"))) == 2


def test_the_command_line_takes_a_folder_there_and_back(
    world: Built, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    at = ["--root", str(ROOT), "--build", str(world.folder.parent)]
    assert main(["export", "csvw", "-o", str(tmp_path / "tables"), *at]) == 0
    assert main(["import", "csvw", str(tmp_path / "tables"), "-o", str(tmp_path / "claims.nq")]) == 0
    assert (tmp_path / "claims.nq").read_bytes() == claim_lines(Contents(world.folder).claims)
    (tmp_path / "tables" / "claims.csv").unlink()
    capsys.readouterr()
    assert main(["import", "csvw", str(tmp_path / "tables"), "-o", str(tmp_path / "claims.nq")]) == 1
    assert capsys.readouterr().err.count("\n") == 1


@pytest.mark.parametrize("form", FORMS)
def test_a_form_that_loses_something_says_so_in_what_it_writes(form: str, exported: Path):
    loses = FORMS[form].loses
    if form in (*CARRYING, "spreadsheet"):
        place = exported / form
        files = [place] if place.is_file() else sorted(path for path in place.rglob("*") if path.is_file())
        assert loses
        assert any(loses.encode() in path.read_bytes() for path in files)


def test_metadata_tell_each_column(exported: Path):
    told = json.loads((exported / "csvw" / "csv-metadata.json").read_text("utf-8"))
    for table in told["tables"]:
        header = (exported / "csvw" / table["url"]).read_text("utf-8").splitlines()[0].split(",")
        assert [column["name"] for column in table["tableSchema"]["columns"]] == header
        assert all(column["dc:description"] for column in table["tableSchema"]["columns"])


def test_dates_keep_the_precision_of_the_source(exported: Path):
    kinds = {row["valid_from_datatype"] for row in cells(exported / "csvw" / "claims.csv")} - {""}
    assert kinds == {str(XSD.gYear), str(XSD.gYearMonth)}
    assert KG.validFrom.n3() not in (exported / "csvw" / "details.csv").read_text("utf-8")
