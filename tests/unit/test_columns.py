"""Columns: odd texts come back as written, and what follows from part of the facts is what steps lead to."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from plain_views import indexed
from rdflib import XSD, Literal

from kgtools.claims import proposition_iri
from kgtools.columns import quads, select, view_lines
from kgtools.columns.reasons import reasons
from kgtools.columns.write import proposition_text
from kgtools.freeze import nquads
from kgtools.layer import divided
from kgtools.model import ClaimSet, View
from kgtools.names import KG, expand, graph_iri
from kgtools.reason.closure import following
from kgtools.sources import nt, terms_of

SAID = (expand("actor:a"), KG.isCalled)
ODD = [
    *map(Literal, ("", "\n", "\r\n", '"', "\\", "\t", "\x01", "\x0c", "\x85", "\u2028", "é 𝒳", "> .", " <a> <b> .")),
    Literal("x", lang="en-GB"),
    Literal("012", datatype=XSD.integer, normalize=False),
]


def test_odd_texts_are_read_as_they_were_written():
    table = quads(nquads((*SAID, text, graph_iri("g")) for text in ODD))
    assert table["g"].unique().to_list() == [graph_iri("g").n3()]
    assert set(terms_of(table["o"])) == set(ODD)


@pytest.mark.parametrize("text", ODD, ids=repr)
def test_a_proposition_has_one_iri_in_columns_and_in_values(text: Literal):
    triple = (*SAID, text)
    assert proposition_text(tuple(map(nt, triple))) == proposition_iri(triple).n3()


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=20))
def test_any_text_comes_back(text: str):
    [found] = terms_of(quads(nquads([(*SAID, Literal(text), graph_iri("g"))]))["o"])
    assert found == Literal(text)


def test_lines_about_a_name_are_set_apart_and_none_is_lost():
    gone, kept = expand("claim:a-001"), expand("claim:a-0011")
    data = nquads((s, KG.relays, o, graph_iri("g")) for s in (gone, kept) for o in (gone, kept))
    rest, out = divided(data, [gone.n3().encode()])
    assert rest == nquads([(kept, KG.relays, kept, graph_iri("g"))])
    assert sorted((rest + out).splitlines()) == data.splitlines()


def test_where_nothing_is_claimed_a_view_is_empty():
    selection = select(indexed(ClaimSet((), {}, {}, ())), View("v", frozenset({expand("stance:asserts")})))
    assert view_lines(selection, "v") == set()
    assert reasons(selection, (*SAID, Literal("x"))).inferences == ()


steps_of = st.lists(st.tuples(st.integers(0, 7), st.integers(0, 7), st.none() | st.integers(0, 7)), max_size=12)


@given(steps_of, st.sets(st.integers(0, 7)))
def test_what_follows_is_what_one_finds_step_by_step(steps: list, start: set[int]):
    table = pl.DataFrame(steps, schema=dict.fromkeys(("fact", "premise0", "premise1"), pl.UInt32), orient="row")
    holds = set(start)
    while new := {fact for fact, *by in steps if set(by) - {None} <= holds} - holds:
        holds |= new
    found, fired = following(table, np.isin(np.arange(8), list(start)))
    assert set(np.flatnonzero(found)) == holds
    assert list(fired) == [set(by) - {None} <= holds for _, *by in steps]
