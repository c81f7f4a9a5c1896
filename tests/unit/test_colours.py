"""The colours of drawings: kinds differ for every kind of sight, and stand out from the paper in light and in dark."""

import re
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

RENDER = Path(__file__).resolve().parents[2] / "kgtools" / "render"
FAMILIES = ("state", "armed", "body", "people", "place", "route", "flow", "happening", "matter")
LINES = ("claimed", "disputed", "inferred", "forecast", "reference")
# Machado, Oliveira and Fernandes, A Physiologically-based Model for Simulation of Color Vision Deficiency, 2009.
SIGHT = {
    "all cones": np.eye(3),
    "protanopia": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deuteranopia": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
}
TO_XYZ = np.array(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
)


def colours(scheme: str) -> dict[str, np.ndarray]:
    """The colours of a scheme by name, as linear red, green and blue."""
    text = (RENDER / "light.css").read_text("utf-8")
    if scheme == "dark":
        text += re.search(
            r"@media \(prefers-color-scheme: dark\) \{.*?\n\}", (RENDER / "page.css").read_text("utf-8"), re.DOTALL
        )[0]
    named = {name: bytes.fromhex(code) for name, code in re.findall(r"--(\w+): #([0-9a-f]{6})", text)}
    return {name: linear(np.array(list(code)) / 255) for name, code in named.items()}


def linear(colour: np.ndarray) -> np.ndarray:
    return np.where(colour <= 0.04045, colour / 12.92, ((colour + 0.055) / 1.055) ** 2.4)


def lab(colour: np.ndarray) -> np.ndarray:
    xyz = TO_XYZ @ np.clip(colour, 0, 1) / np.array([0.95047, 1, 1.08883])
    x, y, z = np.where(xyz > 216 / 24389, np.cbrt(xyz), (24389 / 27 * xyz + 16) / 116)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("sight", SIGHT)
def test_no_two_kinds_look_alike(scheme: str, sight: str):
    seen = {name: lab(np.array(SIGHT[sight]) @ colour) for name, colour in colours(scheme).items()}
    apart = {(one, other): float(np.linalg.norm(seen[one] - seen[other])) for one, other in combinations(FAMILIES, 2)}
    assert {pair: far for pair, far in apart.items() if far < 10} == {}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_shapes_and_lines_stand_out_from_the_paper(scheme: str):
    light = {name: float(TO_XYZ[1] @ colour) for name, colour in colours(scheme).items()}
    ratios = {name: (light[name] + 0.05) / (light["paper"] + 0.05) for name in (*FAMILIES, *LINES)}
    assert {name: ratio for name, ratio in ratios.items() if max(ratio, 1 / ratio) < 3} == {}
