"""What the guard lets pass, what it refuses, and that nothing it lets pass by brings the engine down unnoticed."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kgtools.errors import QuestionError
from kgtools.guard import MOST_BYTES, MOST_NESTING, MOST_STEPS, check_query

HARMLESS = [
    "SELECT ?service WHERE { ?service ?p 'SERVICE <http://a> {' }",
    "ASK { <http://x/SERVICE> ?p ?o } # LOAD <http://x> ((((",
    'SELECT ?x { ?x ?p """DROP ALL } } }""" }',
    "SELECT ?insert ?from { ?insert kg:load ?from }",
    "SELECT ?x { ?x ?p ?y FILTER(?x < ?y && ?y > 3) }",
    "SELECT ?x { ?x ?p 'it\\'s {' }",
    "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }",
    "DESCRIBE actor:jnim",
]
REFUSED = {
    "SELECT ?x { SERVICE <http://a> { ?x ?y ?z } }": "SERVICE",
    "SELECT ?x { sErViCe <http://a> { ?x ?y ?z } }": "SERVICE",
    "SELECT ?x FROM <file:///etc/passwd> { ?x ?y ?z }": "FROM",
    "SELECT ?x FROM NAMED <http://a> { ?x ?y ?z }": "FROM",
    "LOAD <http://a>": "LOAD",
    "INSERT DATA { <a:a> <a:b> <a:c> }": "INSERT",
    "DELETE WHERE { ?s ?p ?o }": "DELETE",
    "CLEAR ALL": "CLEAR",
    "ASK { ?s ?p ?o ": "never closed",
    "ASK { ?s ?p ?o } }": "closes nothing",
    "ASK { ?s ?p ?o ) ": "closes nothing",
    "": "empty",
    "   # only a comment": "empty",
    "ASK { ?s ?p 'a\0b' }": "NUL",
    "ASK { ?s ?p '\ud800' }": "surrogate",
    "ASK { ?s ?p 'a }": "never closed",
    'ASK { ?s ?p """a"" }': "never closed",
    "ASK { ?s ?p 'SERVICE\n <http://a> {}' }": "never closed",
}
MANY = {
    "brackets": "ASK " + "(" * 100_000,
    "braces": "ASK " + "{" * 100_000 + "}" * 100_000,
    "nesting": "ASK " + "{" * (MOST_NESTING + 1) + "}" * (MOST_NESTING + 1),
    "negations": "ASK { FILTER(" + "!" * 30_000 + "true) }",
    "steps": "ASK { ?s <p:p>" + "/<p:p>" * 9_000 + " ?o }",
    "alternatives": "ASK { ?s (<p:p>" + "|<p:p>" * 9_000 + ") ?o }",
    "conjunctions": "ASK { FILTER(true" + "&&true" * 9_000 + ") }",
    "optionals": "ASK {" + "OPTIONAL{?s ?p ?o}" * 3_000 + "}",
    "binds": "ASK {" + "".join(f"BIND(1 AS ?v{n})" for n in range(3_000)) + "}",
    "size": "ASK { ?s ?p '" + "a" * MOST_BYTES + "' }",
    # What a pattern that looks at the same signs again and again needs minutes for.
    "escapes": 'ASK { "' + '\\"' * 30_000,
    "marks": "ASK { '''" + '\\\'""' * 15_000,
    "dots": "ASK { " + "a." * 30_000,
    "hyphens": "ASK { " + "a-" * 30_000,
}


@pytest.mark.parametrize("text", HARMLESS)
def test_words_in_strings_names_and_comments_are_only_words(text: str):
    check_query(text)


@pytest.mark.parametrize("text", REFUSED)
def test_a_refusal_is_one_sentence_with_its_reason(text: str):
    with pytest.raises(QuestionError, match=REFUSED[text]) as caught:
        check_query(text)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("name", MANY)
def test_too_much_of_anything_is_refused_soon(name: str):
    began = time.monotonic()
    with pytest.raises(QuestionError):
        check_query(MANY[name])
    assert time.monotonic() - began < 3


def test_a_query_within_the_limits_passes():
    check_query("ASK {" + "?s ?p ?o ." * (MOST_STEPS - 1) + "}")


def test_a_refusal_says_line_and_column():
    with pytest.raises(QuestionError, match="line 2, column 3: SERVICE"):
        check_query("SELECT ?x {\n  SERVICE <http://a> { ?x ?y ?z } }")


@given(st.text(max_size=300) | st.text(alphabet="(){}[]<>?\"'\\#!|/ \nSERVICE", max_size=300))
def test_any_text_passes_or_is_refused(text: str):
    try:
        check_query(text)
    except QuestionError:
        return
    assert text.count("(") - text.count(")") <= len(text)
