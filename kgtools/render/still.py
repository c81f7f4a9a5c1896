"""A still image: one SVG that needs no script, address or font, with title, legend, what is left out, and origin."""

import base64
import re
import textwrap
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from kgtools.model import Answer
from kgtools.render.page import CAUTION, CHANGES, environment, footer
from kgtools.render.parts import style_of
from kgtools.render.words import english

WIDTH = 960
_MARGIN = 24
_KEY = 52  # width of a sample in the legend
_PER_LETTER = 6.9  # of the small text, on average


@dataclass(frozen=True, slots=True)
class Part:
    """The picture: its template, its own box (left, top, width, height), and the values that the template draws."""

    template: str
    box: tuple[float, float, float, float]
    values: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Key:
    """One entry of the legend: words, and a sample as path data in a box of 44 by 20 with the style's classes."""

    words: str
    classes: str
    path: str
    say: str = ""  # the key of its words, where they have one


def said_key(key: str, classes: str, path: str) -> Key:
    """A legend entry in words that follow the language of a page."""
    return Key(english(key), classes, path, key)


def shape_key(words: str, family: str, points: str, scale: float = 0.5) -> Key:
    """A legend entry for an outline given by its points around 0,0."""
    corners = [tuple(float(n) * scale for n in pair.split(",")) for pair in points.split()]
    return Key(words, f"shape {family}", "M" + " L".join(f"{x + 22:.1f},{y + 10:.1f}" for x, y in corners) + " Z")


def change_keys(changes: Iterable[str]) -> list[Key]:
    """The legend entries for what became of the marks of a comparison."""
    there = set(changes)
    return [said_key(f"short-{word}", f"line {word}", "M4,3 H40 V17 H4 Z") for word in CHANGES if word in there]


def still(part: Part, title: str, keys: Sequence[Key], notes: Sequence[str], answer: Answer) -> str:
    """The image: a whole SVG document, safe as the source of an <img>."""
    heading = textwrap.wrap(title, 88) or [""]
    top = _MARGIN + 26 * len(heading) + 8
    left, up, across, down = part.box
    scale = min((WIDTH - 2 * _MARGIN) / across, 1.15)
    high = round(down * scale)
    entries, legend_end = _placed(keys, top + high + 34)
    lines = [line for note in (*notes, _origin(answer)) for line in textwrap.wrap(note, 142, break_on_hyphens=False)]
    values = {
        **part.values,
        "live": False,
        "part": part.template,
        "title": title,
        "style": _plain_style(),
        "width": WIDTH,
        "height": legend_end + 22 * len(lines) + 18,
        "heading": [(_MARGIN + 20 + 26 * number, line) for number, line in enumerate(heading)],
        "view": (f"{left:g} {up:g} {across:g} {down:g}", _MARGIN, top, WIDTH - 2 * _MARGIN, high),
        "keys": entries,
        "lines": [(legend_end + 22 * number, line) for number, line in enumerate(lines)],
    }
    return environment().get_template("still.svg").render(values)


def as_address(image: str) -> str:
    """A still image as an address that an <img> can show without asking for anything."""
    return "data:image/svg+xml;base64," + base64.b64encode(image.encode()).decode()


def _origin(answer: Answer) -> str:
    return f"{CAUTION}. " + "; ".join(f"{name}: {value}" for name, value in footer(answer))


def _placed(keys: Sequence[Key], top: int) -> tuple[list[tuple[int, int, Key]], int]:
    """The entries in rows with the place of each, and where the text below them begins."""
    placed, x, y = [], _MARGIN, top
    for key in keys:
        wide = round(_KEY + len(key.words) * _PER_LETTER + 18)
        if x > _MARGIN and x + wide > WIDTH - _MARGIN:
            x, y = _MARGIN, y + 24
        placed.append((x, y, key))
        x += wide
    return placed, y + (36 if keys else 0)


def _plain_style() -> str:
    """The picture's style in light colours, each written out: not every viewer of SVG knows variables."""
    colours = dict(re.findall(r"(--[\w-]+): ([^;]+);", style_of("light")))
    return re.sub(r"var\((--[\w-]+)\)", lambda match: colours[match[1]], style_of("picture"))
