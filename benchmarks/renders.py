"""Our graph page beside pyvis' own, in headless Chromium: first frame, frames a second while moving, heap, size.

    python benchmarks/renders.py [--sizes 2000 10000 30000] [--runs 3] [--closed]

Both pages show the same made-up network at the same places, pyvis with its physics off; so the browser's drawing is
compared, not the layout. Ratios in one run are what counts: the browser draws without a graphics card here. Our
communities are opened before anything is moved, so that both draw every node; `--closed` leaves them as the page has
them. An action is measured until its script has ended.
"""

import argparse
import random
import re
import shutil
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from playwright.sync_api import Browser, Page, sync_playwright
from rdflib import URIRef

from kgtools.model import Answer, ClaimRecord, Evidence, Support
from kgtools.names import BASE
from kgtools.network import layout, network
from kgtools.render import graph_page, model

KINDS = ("State", "ArmedGroup", "Person", "Place", "Route", "Event")
# Two frames after the first line was drawn: what was to be seen first is seen. The first call puts the method back.
FIRST = """(() => {
  const canvas = CanvasRenderingContext2D.prototype, { stroke } = canvas;
  const seen = () => { window.firstFrame = performance.now(); };
  canvas.stroke = function (...given) {
    canvas.stroke = stroke;
    requestAnimationFrame(() => requestAnimationFrame(seen));
    return stroke.apply(this, given);
  };
})()"""
SEEN = """() => new Promise((done) => {
  const wait = () => { if (window.firstFrame) done(window.firstFrame); else setTimeout(wait, 20); };
  wait();
})"""
# Frames in two seconds in which the camera moves at each of them.
MOVE = """(move) => new Promise((done) => {
  const step = { ours: () => document.getElementById("drawing").dispatchEvent(
      new WheelEvent("wheel", { deltaY: frames % 40 < 20 ? -20 : 20, cancelable: true })),
    pyvis: () => network.moveTo(
      { scale: network.getScale() * (frames % 40 < 20 ? 1.04 : 1 / 1.04), animation: false }) }[move];
  let frames = 0;
  const start = performance.now();
  const turn = () => {
    if (performance.now() - start > 2000) { done(frames / ((performance.now() - start) / 1000)); return; }
    frames += 1;
    step();
    requestAnimationFrame(turn);
  };
  requestAnimationFrame(turn);
})"""
ACT = """(act) => new Promise((done) => {
  const box = (selector) => document.querySelector(selector);
  const acts = {
    search: () => { const s = box("#search"); s.value = "number 12"; s.dispatchEvent(new Event("input")); },
    filter: () => box('input[data-filter="kind"]').click(),
    select: () => box("#edges tbody tr").click(),
    neighbourhood: () => { const d = box("#depth"); d.value = "1"; d.dispatchEvent(new Event("change")); },
  };
  const start = performance.now();
  acts[act]();
  const script = performance.now() - start;
  requestAnimationFrame(() => done(script));
})"""


def made_up(nodes: int) -> Evidence:
    """A network of so many actors with one and a half times as many edges, a claim on each tenth."""
    chance, claims, supports = random.Random(7), {}, []
    iris = [URIRef(f"{BASE}id/actor/a{n}") for n in range(nodes)]
    for n in range(nodes * 3 // 2):
        one, other = (n, max(0, n - 1 - chance.randrange(60))) if n < nodes else chance.sample(range(nodes), 2)
        if n % 10 == 0:
            iri, source = URIRef(f"{BASE}id/claim/c{n:06}"), URIRef(f"{BASE}id/source/s{n % 40}")
            claims[iri] = ClaimRecord(
                *(iri, f"holder {n % 50}", "asserts", "no hedge", None, f"claim {n}", source, str(source)),
                *("2020", ("press",), "section 1", "high"),
            )
        supports.append(Support((iris[one], URIRef(f"{BASE}def/p{n % 7}"), iris[other]), "claimed", (iri,)))
    labels = {iri: {"en": f"actor number {n}"} for n, iri in enumerate(iris)}
    return Evidence((tuple(supports),), claims, labels, {iri: KINDS[n % 6] for n, iri in enumerate(iris)})


def pyvis_page(found: Evidence, *, physics: bool = False) -> str:
    """pyvis' page of the same network at the same places, or at none yet, without what it would fetch."""
    net = model(network(found))
    net.toggle_physics(physics)
    for node in net.nodes:
        node["id"] = str(node["id"])
        for part in ("labels", "sayings", *(("x", "y", "physics") if physics else ())):
            del node[part]
    for edge in net.edges:
        edge["from"], edge["to"] = str(edge["from"]), str(edge["to"])
        del edge["claims"], edge["denials"]
    page = net.generate_html()
    return re.sub(r'<(?:link|script)[^>]*(?:href|src)="http[^>]*>(?:\s*</script>)?', "", page)


def measured(page: Page, file: Path, kind: str, opened: bool) -> dict[str, float]:
    page.add_init_script(FIRST)
    page.goto(file.as_uri(), wait_until="load")
    found = {"first frame, ms": page.evaluate(SEEN)}
    if kind == "ours" and opened and page.locator("#open-all").is_visible():
        page.locator("#open-all").click()
        page.wait_for_timeout(1500)
    found["frames a second"] = page.evaluate(MOVE, kind)
    found["heap, MB"] = page.evaluate("gc(); performance.memory.usedJSHeapSize / 1e6")
    found["page, kB"] = file.stat().st_size / 1000
    if kind == "ours":
        for act in ("search", "filter", "select", "neighbourhood"):
            found[f"{act}, ms"] = page.evaluate(ACT, act)
    return found


def at_rest(browser: Browser, folder: Path, nodes: int) -> None:
    """When our page can be used, and when pyvis' can as it comes: once its physics has come to rest."""
    found, seconds = made_up(nodes), []
    for html, ready in (
        (graph_page(Answer(""), found, title="made up").html, "window.firstFrame"),
        (pyvis_page(found, physics=True), "network.physics.stabilized && performance.now()"),
    ):
        (folder / "page.html").write_text(html, encoding="utf-8")
        page = browser.new_page()
        page.add_init_script(FIRST)
        page.goto((folder / "page.html").as_uri(), wait_until="load")
        seconds.append(page.evaluate(SEEN.replace("window.firstFrame", ready)) / 1000)
    ours, theirs = seconds
    print(f"| {nodes:,} | usable as it comes, s | {ours:.2f} | {theirs:.1f} | {theirs / ours:.0f} |")


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--sizes", nargs="*", type=int, default=[2000, 10_000, 30_000], help="nodes")
    parser.add_argument("--runs", type=int, default=3, help="of which the median is told; ours and pyvis' in turn")
    parser.add_argument("--at-rest", type=int, default=500, help="nodes for pyvis' own physics, which takes long")
    parser.add_argument("--closed", action="store_true", help="leave our communities closed, as the page begins")
    arguments = parser.parse_args()
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        sys.exit("no Chromium on the path")
    flags = ["--no-sandbox", "--disable-gpu", "--enable-precise-memory-info", "--js-flags=--expose-gc"]
    print("| nodes | what | ours | pyvis | ratio |\n|---:|---|---:|---:|---:|")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=flags)
        at_rest(browser, Path(folder), arguments.at_rest)
        browser.close()
        for size in arguments.sizes:
            found, pages = made_up(size), {}
            start = time.process_time()
            places = layout(network(found))
            print(f"| {len(places):,} | layout in Python, s (CPU) | {time.process_time() - start:.2f} | | |")
            pages["ours"] = graph_page(Answer(""), found, title=f"{size} made up").html
            pages["pyvis"] = pyvis_page(found)
            runs: dict[str, list[dict[str, float]]] = {kind: [] for kind in pages}
            for kind, html in list(pages.items()) * arguments.runs:
                file = Path(folder) / f"{kind}.html"
                file.write_text(html, encoding="utf-8")
                browser = playwright.chromium.launch(executable_path=chromium, args=flags)
                runs[kind].append(measured(browser.new_page(), file, kind, not arguments.closed))
                browser.close()
            rows = {kind: {what: median(run[what] for run in of) for what in of[0]} for kind, of in runs.items()}
            for what, ours in rows["ours"].items():
                theirs = rows["pyvis"].get(what)
                better = theirs and (ours / theirs if what.startswith("frames") else theirs / ours)
                beside = f"{theirs:,.1f} | {better:.1f}" if theirs else " | "
                print(f"| {size:,} | {what} | {ours:,.1f} | {beside} |")
    return 0


if __name__ == "__main__":
    sys.exit(main())
