"""N-Quads as a table of texts. It reads what the build writes: a quad a line, in canonical form."""

from collections.abc import Iterable, Sequence
from pathlib import Path

import polars as pl
from rdflib import Literal, URIRef

from kgtools.claims import days
from kgtools.sources import terms_of

FIRST_DAY, LAST_DAY = 0, 99_999_999  # the open ends of time; a day is a number such as 20230715


def quads(data: bytes | Sequence[Path]) -> pl.DataFrame:
    """Subject, predicate, object and graph of each line (columns s, p, o, g) as N-Quads writes them."""
    return _parts(_scan(data)).collect()


def triples(data: bytes | Sequence[Path], predicates: Iterable[URIRef]) -> pl.DataFrame:
    """Subject, predicate and object (columns s, p, o) of the lines with one of these predicates."""
    wanted = pl.col("p").is_in([predicate.n3() for predicate in predicates])
    return _parts(_scan(data), wanted).drop("g").collect(engine="streaming")


def _scan(data: bytes | Sequence[Path]) -> pl.LazyFrame:
    return pl.scan_lines(data if isinstance(data, bytes) else list(data))


def _parts(lines: pl.LazyFrame, wanted: pl.Expr | None = None) -> pl.LazyFrame:
    parts = pl.col("line").str.splitn(" ", 3).struct.rename_fields(["s", "p", "rest"])
    split = lines.select(parts.alias("parts")).unnest("parts")
    rest = pl.col("rest")
    # The graph is the last word; an object may hold anything before it.
    chosen = (split if wanted is None else split.filter(wanted)).with_columns(end=rest.str.extract(_END))
    graph = pl.col("end").str.slice(1).str.strip_suffix(" .")
    return chosen.select("s", "p", rest.str.strip_suffix(pl.col("end")).alias("o"), graph.alias("g"))


_END = r"( <[^<> ]*> \.)$"


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
