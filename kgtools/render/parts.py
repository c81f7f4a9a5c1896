"""The files of ours that go into pages, and how a policy names them."""

import base64
import hashlib
from collections.abc import Iterable
from functools import cache
from importlib.resources import files


@cache
def part(name: str) -> str:
    """A file of ours that goes into pages."""
    return files("kgtools.render").joinpath(name).read_text("utf-8")


def style_of(*names: str) -> str:
    """Our style sheets, one after the other."""
    return "".join(part(f"{name}.css") for name in names)


@cache
def script_of(names: Iterable[str]) -> str:
    """Our scripts as one, in a scope of its own; comments stay in the files."""
    return as_one(part(f"js/{name}.js") for name in names)


def as_one(scripts: Iterable[str]) -> str:
    """Scripts as one, in a scope of its own and without the lines that are comments."""
    lines = "\n".join(scripts).splitlines()
    code = [line.strip() for line in lines if line.strip() and not line.lstrip().startswith("//")]
    return '"use strict";\n(() => {\n' + "\n".join(code) + "\n})();\n"


@cache
def vis_network() -> str:
    """The vis-network that pyvis brings, with its licence note; no browser is to look for its source map."""
    text = files("pyvis").joinpath("lib/vis-9.1.2/vis-network.min.js").read_text("utf-8")
    return text.partition("\n//# sourceMappingURL=")[0]


def policy(style: str, *scripts: str) -> str:
    """A content security policy under which only this style and these scripts run, and nothing is fetched."""
    allowed = " ".join(f"'{digest(script)}'" for script in scripts)
    rules = ("default-src 'none'", f"style-src '{digest(style)}'", f"script-src {allowed}", "img-src data:")
    return "; ".join((*rules, "base-uri 'none'", "form-action 'none'"))


def digest(text: str) -> str:
    """The text's digest as a policy names it."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
