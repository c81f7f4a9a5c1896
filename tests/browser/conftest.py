"""A headless Chromium with the network off. In CI a missing browser fails; elsewhere the tests skip and say why."""

import os
import shutil
from collections.abc import Iterator

import pytest

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@pytest.fixture(scope="session")
def chromium() -> Iterator:
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        if os.environ.get("CI"):
            pytest.fail("no Chromium on the path; .ci/run installs it")
        pytest.skip("no Chromium on the path")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        yield browser
        browser.close()


@pytest.fixture
def visit(chromium, tmp_path):
    """A function that opens a page from disk and returns it with the list of everything that went wrong."""
    contexts = []

    def open_page(html: str, name: str = "page.html", **options):
        page, wrong = watched(chromium, **options)
        contexts.append(page.context)
        page.goto(written(tmp_path / name, html))
        return page, wrong

    yield open_page
    for context in contexts:
        context.close()


@pytest.fixture
def walk(chromium, tmp_path):
    """The same in one page for one after the other: what went wrong before is forgotten."""
    page, wrong = watched(chromium)

    def go_on(html: str, name: str = "page.html"):
        wrong.clear()
        page.goto(written(tmp_path / name, html))
        return page, wrong

    yield go_on
    page.context.close()


def watched(chromium, **options):
    """A page without a network, and the list of everything that goes wrong in it."""
    context = chromium.new_context(viewport={"width": 1440, "height": 900}, **options)
    context.set_offline(True)
    page, wrong = context.new_page(), []
    page.on("console", lambda message: wrong.append(f"console: {message.text}"))
    page.on("pageerror", lambda error: wrong.append(f"error: {error}"))
    page.on("dialog", lambda dialog: (wrong.append(f"dialog: {dialog.message}"), dialog.dismiss()))
    page.on(
        "request",
        lambda r: None if r.url.startswith("file:") and r.is_navigation_request() else wrong.append(r.url),
    )
    return page, wrong


def written(path, html: str) -> str:
    path.write_text(html, encoding="utf-8")
    return path.as_uri()
