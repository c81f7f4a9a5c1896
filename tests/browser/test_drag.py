"""A graph whose things are dragged by hand: vis-network under our policy, with our panel, table, filters and keys."""

from urllib.parse import parse_qs, urlsplit
from xml.etree import ElementTree

import pytest
from rdflib import URIRef
from test_graph import ACTOR, claim, edge, live

from kgtools.errors import UsageError
from kgtools.model import Answer, Evidence
from kgtools.render import graph_page

pytestmark = pytest.mark.browser

HOSTILE = "</script><img src=x onerror=alert(1)>"


def page_of(count: int = 0) -> str:
    edges = [edge(one, "meets", other, one + other) for one, other in ("ab", "bc", "cd")]
    edges += [edge(f"n{number}", "meets", f"n{number + 1}", "ab") for number in range(count)]
    records = {iri: claim(iri.rsplit("/", 1)[1], holder=HOSTILE) for one in edges for iri in one.claims}
    found = Evidence((tuple(edges),), records, {URIRef(ACTOR + "a"): {"en": HOSTILE}}, {URIRef(ACTOR + "d"): "State"})
    return graph_page(Answer("", question="made up"), found, title=HOSTILE, drag=True).html


def saved_places(page) -> dict[str, tuple[float, float]]:
    """Where each thing is, as the file that the page saves has it."""
    with page.expect_download() as download:
        page.locator('[data-save="gexf"]').evaluate("(button) => button.click()")
    nodes = ElementTree.parse(download.value.path()).findall(".//{*}node")
    return {node.get("id"): tuple(float(node.find("{*}position").get(axis)) for axis in "xy") for node in nodes}


def moved(before: dict, after: dict) -> set[str]:
    return {name for name in before if before[name] != after[name]}


def test_things_are_dragged_by_hand_by_keys_and_by_themselves_and_put_back(visit):
    page, wrong = visit(page_of(), accept_downloads=True)
    laid_out = saved_places(page)
    box = page.locator("#drawing").bounding_box()
    page.wait_for_url("**/*camera=*")
    left, top, scale = map(float, parse_qs(urlsplit(page.url).fragment)["camera"][0].split(","))
    x, y = laid_out["actor:b"]
    at = box["x"] + box["width"] / 2 + (x - left) * scale, box["y"] + box["height"] / 2 + (-y - top) * scale
    page.mouse.move(*at)
    page.mouse.down()
    page.mouse.move(at[0] + 40, at[1] + 60, steps=3)
    page.mouse.up()
    dragged = saved_places(page)
    assert moved(laid_out, dragged) == {"actor:b"}
    page.mouse.click(at[0] + 40, at[1] + 60)
    assert page.locator("#panel h2").inner_text() == "actor:b"
    assert page.locator("#panel .who", has_text=HOSTILE).count() == 2

    page.locator("#drawing").focus()
    for key in ("ArrowRight", "m", "ArrowDown", "m"):
        page.keyboard.press(key)
    assert "is laid down" in live(page)
    assert len(moved(dragged, saved_places(page))) == 1

    page.locator("#let-move").click()
    page.wait_for_function("() => document.getElementById('let-move').getAttribute('aria-pressed') === 'true'")
    page.wait_for_timeout(300)
    assert len(moved(dragged, saved_places(page))) == 4
    page.locator("#put-back").click()
    assert saved_places(page) == laid_out
    assert wrong == []


def test_the_filters_the_table_and_the_language_are_those_of_every_graph(visit):
    page, wrong = visit(page_of())
    assert HOSTILE in page.locator("#edges").inner_text()
    page.locator('input[data-filter="kind"][value="State"]').uncheck()
    assert page.locator("#counts").inner_text().startswith("2 of 3 edges, 3 of 4 nodes")
    page.locator("#edges tbody tr", has_text="actor:c").first.click()
    assert "what bc says" in page.locator("#panel").inner_text()
    page.locator("#language").select_option("ar")
    assert page.locator("#let-move").inner_text() == "دعه يتحرك"
    assert page.locator("footer", has_text="Almende B.V.").count() == 1
    assert wrong == []


def test_many_things_are_refused_in_a_sentence():
    assert page_of(395)
    with pytest.raises(UsageError, match="404 things are too many to drag by hand, at most 400 can be"):
        page_of(399)
