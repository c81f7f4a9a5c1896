"""How long the site of the whole graph takes, how many files and bytes it has: python benchmarks/site.py [--of N].

With `--of N` only every N-th IRI gets its page; questions, lists and the ontology's reference are always written.
"""

import argparse
import os
import tempfile
import time
from pathlib import Path

from kgtools.build import build
from kgtools.site import write_site
from kgtools.site.share import write_share
from kgtools.sources import find_project


def main() -> None:
    """Print seconds, processor seconds, files and bytes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--of", type=int, default=1, help="only every N-th IRI, in one process (default: all)")
    parser.add_argument("--processes", type=int, default=2, help="that write the pages of IRIs (default: 2)")
    arguments = parser.parse_args()
    project = find_project(Path.cwd())
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        snapshot = build(project, folder).folder
        before, started = os.times(), time.perf_counter()
        if arguments.of == 1:
            site = write_site(project, snapshot, folder, arguments.processes)
            print(f"{site.iris:,} IRIs, {site.questions} questions: {site.files:,} files, {site.bytes:,} bytes")
        else:
            write_share(snapshot, folder, 0, arguments.of)
            sizes = [path.stat().st_size for path in folder.rglob("*.*") if snapshot not in path.parents]
            print(f"every {arguments.of}th IRI: {len(sizes):,} files, {sum(sizes):,} bytes")
        after = os.times()
        used = sum(after[:4]) - sum(before[:4])
        print(f"{time.perf_counter() - started:.1f} s, {used:.1f} s of processor time; {os.cpu_count()} processors")


if __name__ == "__main__":
    main()
