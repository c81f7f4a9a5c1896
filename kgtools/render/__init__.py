"""Draw an answer as one HTML file that needs no network, and as a still image: every mark opens the claims under it.

pyvis' `Network` is the model of the graph: nodes, edges and positions. The pages are our own, because pyvis' page loads
scripts from elsewhere and runs what stands in labels. A graph is drawn on a canvas, a map and a timeline in
SVG written here; each has a still image for where no script runs.
"""

from collections.abc import Sequence

from kgtools.render.compare import Side, compare_page
from kgtools.render.graph import graph_page, model
from kgtools.render.maps import map_page
from kgtools.render.page import Page, environment
from kgtools.render.parts import policy, style_of
from kgtools.render.timeline import timeline_page
from kgtools.report import Section

__all__ = ["Page", "Side", "compare_page", "graph_page", "map_page", "model", "report_html", "timeline_page"]


def report_html(sections: Sequence[Section], snapshot: str) -> str:
    """The data report as one page that needs no network and no script."""
    style, title = style_of("light", "page"), "What the data look like"
    return (
        environment()
        .get_template("report.html")
        .render(title=title, style=style, policy=policy(style, ""), sections=sections, snapshot=snapshot)
    )
