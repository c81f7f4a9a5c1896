"""A rebuild after an edit of one claim, against a cold build of the same files: seconds, ratio, and equality of bytes.

    python benchmarks/rebuild.py [--runs 5]

Each build runs in a process of its own. `build` is the time from the first file read to the snapshot in its place;
`process` is that of the whole process, with the interpreter and all imports. Medians. Read the ratios.
"""

import argparse
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ONE_BUILD = """
import sys, time
from pathlib import Path
from kgtools.build import build
from kgtools.sources import find_project
start = time.perf_counter()
print(build(find_project(Path(sys.argv[1])), Path(sys.argv[2])).snapshot, time.perf_counter() - start)
"""
FILE = "graph/sources/maliactu-dan-nan-ambassagou-2019.ttl"
CLAIM = "claim:maliactu-dan-nan-ambassagou-2019-005 a kg:Claim ;"


def main() -> None:
    """Print one row an edit."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--only", choices=EDITS, help="one edit instead of all")
    arguments = parser.parse_args()
    runs = arguments.runs
    print(f"{platform.platform()}, {os.cpu_count()} cores, Python {platform.python_version()}, {runs} runs, medians\n")
    print(f"{'edit':28} {'build s':>8} {'cold s':>8} {'ratio':>6} {'process s':>10} {'cold s':>8} {'ratio':>6}  equal")
    with tempfile.TemporaryDirectory() as name:
        project = Path(name).resolve() / "project"
        for part in ("ontology", "graph"):
            shutil.copytree(ROOT / part, project / part)
        for edit, change in EDITS.items():
            if arguments.only in (None, edit):
                print(f"{edit:28} {row(project, change, runs)}", flush=True)


def row(project: Path, change: Callable[[str], str], runs: int) -> str:
    """What the rebuild after one edit and a cold build of the edited files take."""
    path = project / FILE
    text = path.read_text("utf-8")
    warm, cold = [], []
    equal = True
    try:
        for _ in range(runs):
            with tempfile.TemporaryDirectory() as name:
                out, new = Path(name) / "out", Path(name) / "new"
                path.write_text(text, "utf-8")
                measured(project, out)
                path.write_text(change(text), "utf-8")
                warm.append(measured(project, out))
                cold.append(measured(project, new))
                equal = equal and warm[-1][0] == cold[-1][0]
    finally:
        path.write_text(text, "utf-8")
    (build, process), (cold_build, cold_process) = ((middle(found, 1), middle(found, 2)) for found in (warm, cold))
    first = f"{build:8.2f} {cold_build:8.2f} {cold_build / build:6.1f}"
    return f"{first} {process:10.2f} {cold_process:8.2f} {cold_process / process:6.1f}  {'yes' if equal else 'NO'}"


def measured(project: Path, out: Path) -> tuple[str, float, float]:
    """The hash of the snapshot that a build makes, the seconds of the build, and those of its process."""
    start = time.perf_counter()
    command = [sys.executable, "-c", ONE_BUILD, str(project), str(out)]
    snapshot, seconds = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
    return snapshot, float(seconds), time.perf_counter() - start


def middle(found: list[tuple[str, float, float]], place: int) -> float:
    """The median of one column."""
    return statistics.median(float(one[place]) for one in found)


def in_claim(old: str, new: str) -> Callable[[str], str]:
    """The edit that writes *new* for the first *old* in the claim."""

    def change(text: str) -> str:
        before, found, after = text.partition(CLAIM)
        assert old in after, "the file has changed; choose another claim"
        return before + found + after.replace(old, new, 1)

    return change


def another_claim(text: str) -> str:
    """The text with one claim more, on a proposition that nobody has made."""
    block = CLAIM + text.partition(CLAIM)[2].partition("\n\n")[0]
    return f"{text}\n{block.replace('-005 ', '-905 ').replace('kg:value 130', 'kg:value 137')}\n"


REASON = 'kg:confidence confidence:moderate ;\n    kg:confidenceReason "The report names nobody who counted."@en ;'
EDITS: dict[str, Callable[[str], str]] = {
    "none": lambda text: text,
    "the words of a claim": in_claim("left at least 130 dead", "left 130 dead or more"),
    "the hedge of a claim": in_claim("hedge:estimated", "hedge:none"),
    "the confidence of a claim": in_claim("kg:confidence confidence:high ;", REASON),
    "the date in a claim": in_claim('"2019-03"^^xsd:gYearMonth', '"2019-03-23"^^xsd:date'),
    "one claim more": another_claim,
}


if __name__ == "__main__":
    main()
