"""A packed page: smaller, the same within, and under a policy that lets nothing run but the page's script and ours."""

import base64
import gzip
import re

import pytest

from kgtools.evidence import evidence
from kgtools.render import graph_page
from kgtools.render.packed import packed
from kgtools.store import Store

HEAD = "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; script-src 'sha256-a'\">"


def unpacked(page: str) -> str:
    data = re.search(r'id="packed">([^<]*)</script>', page)
    assert data is not None
    return gzip.decompress(base64.b64decode(data[1])).decode()


@pytest.fixture(scope="module")
def page(store: Store) -> str:
    answer = store.query("SELECT ?a ?b { ?a kg:taxes ?b } ORDER BY ?a ?b")
    return graph_page(answer, evidence(store, answer), title="who taxes what").html


def test_a_packed_page_is_smaller_and_the_same_within(page: str):
    assert len(packed(page)) < len(page) / 2
    assert unpacked(packed(page)) == page
    assert packed(page) == packed(page)


def test_its_policy_is_that_of_the_page_and_one_script_more(page: str):
    policies = (re.search(r'Security-Policy" content="([^"]*)"', text) for text in (page, packed(page)))
    hashes, more = (set(re.findall(r"sha256-[\w+/=]+", found[1])) for found in policies if found)
    assert hashes < more
    assert len(more - hashes) == 1
    assert "unsafe" not in packed(page)


@pytest.mark.parametrize("page", ["", "<p>no policy</p>", HEAD + "<p>short</p>"])
def test_a_page_that_gains_nothing_stays_as_it_is(page: str):
    assert packed(page) == page


def test_whatever_stands_in_a_page_is_data_when_packed():
    page = HEAD + "</script><script>alert(1)</script>\u2028الساحل" * 100
    assert unpacked(packed(page)) == page
    assert "alert" not in packed(page)
