"""A render shows itself in three ways, in equal bytes, and whatever stands in it stays what it is."""

import base64
import hashlib
import json
import re
import tomllib
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kgtools.notebook.drawn import MOST_BYTES, RENDER, Render

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOK = ROOT / "kgtools" / "notebook"
STILL = '<svg xmlns="http://www.w3.org/2000/svg"><text>الساحل</text></svg>'
HOSTILE = [
    "'></iframe><script>alert(1)</script>",
    '"></iframe><img src=x onerror=alert(1)>',
    "&quot;&#39;&amp;lt;script&gt;",
    "</iframe></script></textarea>",
    "الساحل \u202e evil \u2028 \u2066",
    "",
]


class Tags(HTMLParser):
    """The tags of an HTML text with their attributes, and its text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


def bundle(page: str = "<p>a page</p>", still: str = STILL, title: str = "a title") -> dict[str, object]:
    return Render(page, still, title, 400)._repr_mimebundle_()


def tags_of(bundled: dict[str, object]) -> Tags:
    assert isinstance(bundled["text/html"], str)
    return Tags(bundled["text/html"])


@pytest.mark.parametrize("text", HOSTILE)
def test_page_and_title_stay_what_they_are(text: str):
    parsed = tags_of(bundle(text, STILL, text))
    assert [tag for tag, _ in parsed.tags] == ["iframe", "img"]
    frame, image = (attributes for _, attributes in parsed.tags)
    assert (frame["srcdoc"], frame["title"], image["alt"]) == (text, text, text)
    assert frame["sandbox"] == "allow-scripts"
    assert frame["class"] == "kg-render"


@given(st.text(st.characters(codec="utf-8", exclude_characters="\r\0")))
def test_any_page_can_be_read_again(page: str):
    assert tags_of(bundle(page)).tags[0][1]["srcdoc"] == page


def test_the_still_image_stands_within_the_frame_as_data():
    source = tags_of(bundle()).tags[1][1]["src"]
    assert source is not None
    kind, _, data = source.partition(",")
    assert kind == "data:image/svg+xml;base64"
    assert base64.b64decode(data).decode() == STILL


def test_without_a_still_image_words_stand_there():
    parsed = tags_of(bundle(still="", title="<b>who</b>"))
    assert [tag for tag, _ in parsed.tags] == ["iframe"]
    assert parsed.text == "[drawing: <b>who</b>; write it to a file with .save('drawing.html')]"


def test_all_is_said_once_and_in_equal_bytes():
    first, second = bundle(), bundle()
    assert json.dumps(first) == json.dumps(second)
    assert list(first) == ["text/plain", "text/html", RENDER]
    assert first[RENDER] == {"height": 400, "title": "a title"}


@pytest.mark.parametrize(("still", "tags"), [(STILL, ["p", "img"]), ("<svg>" + "x" * MOST_BYTES, ["p"]), ("", ["p"])])
def test_too_large_a_drawing_is_told_of_and_shown_still_if_that_is_small(still: str, tags: list[str]):
    large = bundle("x" * MOST_BYTES, still)
    assert list(large) == ["text/plain", "text/html"]
    assert [tag for tag, _ in tags_of(large).tags] == tags
    assert re.match(
        r"This drawing has \d+ kB, and a cell keeps at most 250 kB; ask for fewer", str(large["text/plain"])
    )
    assert len(json.dumps(large, ensure_ascii=False).encode()) <= MOST_BYTES


def test_a_page_stays_live_where_its_still_image_would_be_too_much():
    large = bundle("x" * 150_000, "<svg>" + "x" * 150_000)
    parsed = tags_of(large)
    assert [tag for tag, _ in parsed.tags] == ["iframe"]
    assert parsed.text.startswith("[drawing: a title;")
    assert len(json.dumps(large, ensure_ascii=False).encode()) <= MOST_BYTES


def test_saving_writes_the_page_and_nothing_else(tmp_path: Path):
    saved = Render("<p>الساحل</p>", STILL, "t", 400).save(tmp_path / "page.html")
    assert saved.read_text("utf-8") == "<p>الساحل</p>"


def test_the_extension_is_loaded_under_the_hash_of_its_text():
    """JupyterLab lets browsers keep it for a year under one address."""
    package = json.loads((NOTEBOOK / "labextension" / "package.json").read_text("utf-8"))
    script = (NOTEBOOK / "labextension" / "static" / "sahel-kg.js").read_bytes()
    assert package["jupyterlab"]["_build"]["load"] == f"static/sahel-kg.js?v={hashlib.sha256(script).hexdigest()[:12]}"


def test_the_extension_has_the_name_and_version_of_the_project_and_knows_the_mime_type():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    package = json.loads((NOTEBOOK / "labextension" / "package.json").read_text("utf-8"))
    assert (package["name"], package["version"]) == (project["project"]["name"], project["project"]["version"])
    assert f'"{RENDER}"' in (NOTEBOOK / "labextension" / "static" / "sahel-kg.js").read_text("utf-8")


def test_every_file_for_jupyter_is_installed():
    installed = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["setuptools"]["data-files"]
    named = {ROOT / path for paths in installed.values() for path in paths}
    assert named == {path for part in ("labextension", "template") for path in (NOTEBOOK / part).rglob("*.*")}
