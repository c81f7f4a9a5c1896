"""Whole commands, cold, as whole processes: wall and CPU seconds, and the ratio to a bare interpreter in the same run.

    python benchmarks/commands.py [--runs 7]

Machines differ and are noisy: read the ratios, and the median before the rest.
"""

import argparse
import os
import platform
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
KG = [sys.executable, "-m", "kgtools.cli"]


def main() -> None:
    """Print one row a command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=7)
    runs = parser.parse_args().runs
    build = Path(tempfile.mkdtemp(prefix="kg-benchmark-"))
    commands = {
        "bare interpreter": [sys.executable, "-c", "pass"],
        "kg --help": [*KG, "--help"],
        "kg build": [*KG, "build", "--build", str(build)],
        "kg build again": [*KG, "build", "--build", str(build)],
        "kg ask": [*KG, "ask", "actors-on-each-route", "--build", str(build)],
        "kg ask --why": [*KG, "ask", "actors-on-each-route", "--why", "--build", str(build)],
        "kg ask --as-of": [*KG, "ask", "actors-on-each-route", "--as-of", "2020", "--build", str(build)],
        "kg sparql": [*KG, "sparql", str(ROOT / "ontology/questions/actors-on-each-route.rq"), "--build", str(build)],
        "kg check": [*KG, "check"],
    }
    print(f"{platform.platform()}, {os.cpu_count()} cores, Python {platform.python_version()}, {runs} runs, medians\n")
    print(f"{'command':18} {'wall s':>8} {'CPU s':>8} {'CPU beyond bare':>16} {'ratio to bare':>14}")
    bare = 0.0
    try:
        for name, command in commands.items():
            wall, cpu = measure(command, runs, from_nothing=build if name == "kg build" else None)
            bare = bare or cpu
            print(f"{name:18} {wall:8.3f} {cpu:8.3f} {cpu - bare:16.3f} {cpu / bare:14.1f}")
    finally:
        shutil.rmtree(build)


def measure(command: list[str], runs: int, from_nothing: Path | None = None) -> tuple[float, float]:
    """The median wall and CPU seconds of a command, its child processes included; a folder is removed before each."""
    walls, cpus = [], []
    for _ in range(runs):
        if from_nothing:
            shutil.rmtree(from_nothing, ignore_errors=True)
        before, start = _children_cpu(), time.perf_counter()
        subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        walls.append(time.perf_counter() - start)
        cpus.append(_children_cpu() - before)
    return statistics.median(walls), statistics.median(cpus)


def _children_cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    main()
