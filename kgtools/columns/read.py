"""N-Quads as a table of texts. It reads what the build writes: a quad a line, in canonical form."""

from pathlib import Path

import polars as pl
from rdflib import Literal

from kgtools.claims import days
from kgtools.sources import terms_of

FIRST_DAY, LAST_DAY = 0, 99_999_999  # the open ends of time; a day is a number such as 20230715


def quads(data: bytes | Path) -> pl.DataFrame:
    """Subject, predicate, object and graph of each line (columns s, p, o, g) as N-Quads writes them."""
    parts = lines_of(data).str.splitn(" ", 3).struct.unnest()
    parts.columns = ["s", "p", "rest"]
    # The graph is the last word; an object may hold anything before it.
    ends = parts["rest"].str.extract_groups(r"^(.*) (\S+) \.$").struct.unnest()
    ends.columns = ["o", "g"]
    return parts.select("s", "p").hstack(ends)


def lines_of(data: bytes | Path) -> pl.Series:
    """The lines of a file or of its content."""
    return pl.read_lines(data)["line"]


def spans(texts: pl.Series) -> pl.DataFrame:
    """The first and last day (columns text, lo, hi) of each different date; what is no date is left out."""
    different = texts.unique().drop_nulls().sort().to_list()
    found = []
    for text, term in zip(different, terms_of(different), strict=True):
        span = days(term) if isinstance(term, Literal) else None
        if span:
            found.append((text, *map(number_of, span)))
    return pl.DataFrame(found, schema={"text": pl.String, "lo": pl.UInt32, "hi": pl.UInt32}, orient="row")


def number_of(day: str) -> int:
    """A day in ISO text as a number; numbers are ordered as days are."""
    return int(day.replace("-", ""))
