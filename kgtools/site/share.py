"""A share of the pages of IRIs, written by a process of its own: `python -m kgtools.site.share SNAPSHOT OUT N OF`."""

import sys
from pathlib import Path

from kgtools.site.drawn import Drawn
from kgtools.site.pages import THINGS, data_of, kind_of, page_of
from kgtools.site.paths import Paths
from kgtools.site.read import Known
from kgtools.site.said import Record
from kgtools.site.shell import Shell
from kgtools.site.written import Folder, uncollected


def write_share(snapshot: Path, out: Path, number: int, of: int) -> Folder:
    """Write the pages, Turtle and JSON-LD of every *of*-th IRI, from the *number*-th on, into *out*."""
    record = Record(Known(snapshot))
    paths = Paths(record.known.iris)
    shell, drawn, folder = Shell(record, paths), Drawn(record), Folder(out)
    # Things first and in turn, so that the shares are of about the same weight.
    ordered = sorted(paths, key=lambda iri: (kind_of(iri) not in THINGS, iri))
    for iri in ordered[number::of]:
        place = paths.of(iri)
        drawings = dict(drawn.of(iri))
        picture = drawings.pop("still", "")
        folder.write(f"{place}.html", page_of(shell, iri, picture, drawings))
        for kind, page in drawings.items():
            folder.write(f"{place}.{kind}.html", page)
        turtle, json_ld = data_of(shell, iri)
        folder.write(f"{place}.ttl", turtle)
        folder.write(f"{place}.jsonld", json_ld)
    return folder


if __name__ == "__main__":
    with uncollected():
        share = write_share(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]))
    sys.stdout.write(f"{share.files} {share.bytes}\n")
