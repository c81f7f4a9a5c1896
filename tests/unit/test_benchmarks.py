"""The benchmarks still run: none of them is in use between two measurements, so nothing else would tell."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
WORLD = ROOT / "tests" / "world" / "graph"
SMALL = {
    "reasoning.py": (["--sizes", "300", "--owlrl-to", "300"], "yes"),
    "views.py": (["--quads", "5000", "--claims"], "a view on demand"),
    "completion.py": (["--sizes", "300", "--queries", "12"], "| 300 |"),
    "rebuild.py": (["--runs", "1", "--only", "the words of a claim"], "yes"),
    "layout.py": (["--sizes", "60", "--others-to", "60"], "forceatlas2_layout"),
    "renders.py": (["--sizes", "20", "--at-rest", "20", "--runs", "1"], "first frame"),
    "site.py": (["--of", "400"], "s of processor time"),
    "serving.py": (
        ["--ours-only", "--seconds", "0.3", "--clients", "2", "--questions", "denials", "--graph", str(WORLD)],
        "| 2 | kgtools, remembering nothing |",
    ),
    "notebooks.py": (["--runs", "1", "--ours-only"], "| a syntax error | fails its cell"),
}


@pytest.mark.parametrize("name", SMALL)
def test_a_benchmark_prints_its_table(name: str):
    if name == "renders.py" and not shutil.which("chromium") and not os.environ.get("CI"):
        pytest.skip("no Chromium on the path")
    arguments, words = SMALL[name]
    command = [sys.executable, str(ROOT / "benchmarks" / name), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert words in done.stdout
