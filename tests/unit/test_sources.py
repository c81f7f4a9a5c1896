"""Reading Turtle: lexical forms, canonical form, and errors that say where."""

import contextlib
import hashlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rdflib import Literal, URIRef

from kgtools.errors import SourceError
from kgtools.names import KG, PREFIXES
from kgtools.sources import blocks, documents_by_digest, find_project, format_turtle, line_of, parse_turtle, read_text

PROLOGUE = "".join(f"@prefix {prefix}: <{iri}> .\n" for prefix, iri in PREFIXES.items())
PATH = Path("made-up.ttl")


def test_lexical_forms_survive_reading():
    document = parse_turtle(PATH, PROLOGUE + 'claim:a kg:value "01"^^xsd:integer, "2025-01-01Z"^^xsd:date, 1.50 .')
    assert {str(term) for _, _, term in document.triples} == {"01", "2025-01-01Z", "1.50"}


def test_plain_strings_stay_plain():
    document = parse_turtle(PATH, PROLOGUE + 'claim:a kg:value "a" , "b"@en .')
    assert {term for _, _, term in document.triples} == {Literal("a"), Literal("b", lang="en")}


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("\nclaim:a kg:holder", 2, "not Turtle"),
        ("claim:a kg:holder foo:b .", 1, "foo:"),
        ("claim:a kg:holder <a b> .", 1, "Invalid IRI"),
        ('claim:a kg:value "never ends .', 1, "not Turtle"),
    ],
)
def test_malformed_turtle_is_one_sentence_with_its_line(text, line, words):
    with pytest.raises(SourceError) as caught:
        parse_turtle(PATH, PROLOGUE + text)
    assert caught.value.line == PROLOGUE.count("\n") + line
    assert words in caught.value.what
    assert "\n" not in str(caught.value)


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused(text):
    with contextlib.suppress(SourceError):
        parse_turtle(PATH, PROLOGUE + text)


def test_a_byte_that_is_not_utf8_is_named_with_its_line(tmp_path):
    path = tmp_path / "latin.ttl"
    path.write_bytes(b"# one\n# caf\xe9\n")
    with pytest.raises(SourceError, match=r"latin\.ttl:2: is not UTF-8"):
        read_text(path)


def test_canonical_form_does_not_depend_on_the_order_of_writing():
    one = "claim:a kg:locator [ kg:section 'x' ; oa:start 1 ], [ kg:section 'w' ; oa:start 2 ] ; kg:holder actor:b ."
    other = "claim:a kg:holder actor:b ; kg:locator [ oa:start 2 ; kg:section 'w' ], [ oa:start 1 ; kg:section 'x' ] ."
    written = {format_turtle(parse_turtle(PATH, PROLOGUE + text)) for text in (one, other)}
    assert len(written) == 1


def test_equal_blank_nodes_under_two_claims_are_kept_apart():
    two = "claim:b kg:locator [ kg:section 'x' ] . claim:a kg:locator [ kg:section 'x' ] ."
    assert format_turtle(parse_turtle(PATH, PROLOGUE + two)).count("kg:section") == 2


def test_canonical_form_is_a_fixed_point_that_keeps_the_triples():
    document = parse_turtle(PATH, PROLOGUE + 'claim:a kg:value """two\nlines "quoted" \\\\""", 007, 1.50, "é"@fr .')
    again = parse_turtle(PATH, format_turtle(document))
    assert set(again.triples) == set(document.triples)
    assert format_turtle(again) == format_turtle(document)


def test_a_number_that_the_canonical_form_would_rewrite_is_refused():
    with pytest.raises(SourceError, match="odd numbers"):
        format_turtle(parse_turtle(PATH, PROLOGUE + "claim:a kg:value 1e3 ."))


def test_a_property_is_found_on_its_line():
    document = parse_turtle(PATH, PROLOGUE + "claim:a a kg:Claim ;\n    kg:holder actor:b .\n\nclaim:c a kg:Claim .\n")
    start = PROLOGUE.count("\n") + 1
    assert line_of(document, URIRef(PREFIXES["claim"] + "a"), KG.holder) == start + 1
    assert [line for line, _ in blocks(document)] == [start, start + 3]


def test_a_name_inside_a_long_string_begins_no_block():
    document = parse_turtle(PATH, PROLOGUE + 'claim:a kg:value """x\nclaim:b a kg:Claim .\n""" .\n')
    assert [iri for _, iri in blocks(document)] == [PREFIXES["claim"] + "a"]


def test_documents_are_known_by_their_digest(tmp_path):
    (tmp_path / "one.txt").write_bytes(b"a\r\nb")
    digest = hashlib.sha256(b"a\r\nb").hexdigest()
    assert documents_by_digest(tmp_path, {digest}) == {digest: "a\r\nb"}


def test_a_folder_outside_any_project_is_refused(tmp_path):
    with pytest.raises(SourceError, match="not inside a project"):
        find_project(tmp_path)
