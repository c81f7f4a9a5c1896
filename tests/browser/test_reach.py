"""Pages can be used by everybody: axe finds no violation in any language, in light and dark; phones, forced colours."""

from importlib.resources import files

import pytest
from test_graph import CHAIN, counts
from test_marks import page_for

from kgtools.build import Built

pytestmark = pytest.mark.browser

AXE = files("axe_playwright_python").joinpath("axe.min.js").read_text("utf-8")
FOUND = (
    "axe.run().then((r) => r.violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.html.slice(0, 120)).join(' | ')}`))"
)


@pytest.fixture(scope="module")
def pages(world: Built) -> dict[str, str]:
    """Small ones: axe looks at each cell of the tables, and those of the real graph would only be more of the same."""
    return {
        "graph": CHAIN,
        "map": page_for(world, "map", "actors-on-each-route").html,
        "timeline": page_for(world, "timeline", "life-of-each-agreement").html,
    }


@pytest.mark.parametrize("kind", ["graph", "map", "timeline"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_violation_in_any_language(kind: str, scheme: str, pages, visit):
    page, _ = visit(pages[kind], color_scheme=scheme)
    page.evaluate(AXE)
    for language in ("en", "fr", "ar"):
        page.locator("#language").select_option(language)
        page.locator("tr[data-id]").first.click()
        assert page.evaluate(FOUND) == [], language


@pytest.mark.parametrize("kind", ["graph", "map"])
def test_on_a_phone_nothing_is_wider_than_the_screen(kind: str, pages, visit):
    page, wrong = visit(pages[kind])
    page.set_viewport_size({"width": 390, "height": 800})
    page.wait_for_timeout(200)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert wrong == []


def test_forced_colours_and_reduced_motion_leave_the_picture_readable(pages, visit):
    page, wrong = visit(pages["graph"], forced_colors="active", reduced_motion="reduce")
    painted = """() => {
      const canvas = document.getElementById("drawing");
      const pixels = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
      return new Set(Array.from({ length: pixels.length / 4 }, (_, n) => pixels.slice(4 * n, 4 * n + 3).join())).size;
    }"""
    assert page.evaluate(painted) >= 2
    assert counts(page).startswith("4 of 4")
    assert wrong == []
