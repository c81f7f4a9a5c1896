"""The least fixpoint of the rules, semi-naive, on integer columns, with every one-step justification kept.

The door of polars: facts and steps are columns of numbers, and no row is a Python object.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import polars as pl

_ID = pl.UInt32
NumberAtom = tuple[int, int, int]  # subject, property, object; a negative number is a variable


class NumberRule(NamedTuple):
    """A rule whose terms are numbers."""

    body: tuple[NumberAtom, ...]
    head: NumberAtom


class Sizes(NamedTuple):
    """Terms below `properties` are properties, terms from `resources` on are literals, there are `terms` in all."""

    properties: int
    resources: int
    terms: int


@dataclass(frozen=True, slots=True)
class Closure:
    """`facts` (s, p, o; a fact's number is its row, given ones first) and `steps` (fact, depth, rule, premises).

    The depth is the round in which a step was found. A premise is null where a rule has fewer. Steps are in no order:
    sorting them takes as long as finding them, and few readers need it.
    """

    facts: pl.DataFrame
    steps: pl.DataFrame


class Slice(NamedTuple):
    """The facts that match one pattern: those before the last round, those of the last round, and both."""

    older: pl.DataFrame
    latest: pl.DataFrame
    all: pl.DataFrame


Pattern = tuple[int, int | None]  # property, and object where it is no variable


def close(
    ruleset: Sequence[NumberRule], given: pl.DataFrame, sizes: Sizes, also: pl.DataFrame, *, every: bool
) -> Closure:
    """The closure of *given* (s, p, o) under the rules, with the steps to all that was not given or is in *also*.

    With *every* off, only the first step to each of them.
    """
    premises = [f"premise{place}" for place in range(max((len(rule.body) for rule in ruleset), default=1))]
    singles, longer = _singles(ruleset), [(n, rule) for n, rule in enumerate(ruleset) if len(rule.body) > 1]
    patterns = {_pattern(atom) for _, rule in longer for atom in rule.body}
    key = (pl.col("s").cast(pl.UInt64) * sizes.properties + pl.col("p")) * sizes.terms + pl.col("o")
    facts = delta = given.with_columns(key=key).unique("key").sort("key").with_row_index("fact")
    chosen = facts.join(also.select(key=key), on="key", how="semi")["fact"]
    wanted = (pl.col("fact") >= facts.height) | pl.col("fact").is_in(chosen.implode())
    slices: dict[Pattern, Slice] = {}
    steps: list[pl.DataFrame] = []
    while delta.height:
        slices = _grown(slices, patterns, delta)
        parts = [*_fire_singles(singles, delta), *(part for n, rule in longer for part in _fire(n, rule, slices))]
        found = pl.concat([_padded(part, premises) for part in parts]).filter(pl.col("s") < sizes.resources)
        found = found.with_columns(key=key).join(facts.select("key", "fact"), on="key", how="left")
        delta = _new(found, facts.height)
        facts = pl.concat([facts, delta])
        latest = _steps(found, delta, wanted, premises).with_columns(depth=pl.lit(len(steps), _ID))
        steps.append(latest if every else _first(latest, premises))
    found = pl.concat(steps) if steps else pl.DataFrame(schema=dict.fromkeys(("fact", "depth", "rule", *premises), _ID))
    kept = found if every else _first(found, premises)
    return Closure(facts.select("s", "p", "o"), kept.select("fact", "depth", "rule", *premises))


def _singles(ruleset: Sequence[NumberRule]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The rules with one body atom as two tables, for bodies with any object and with a fixed one."""
    open_: list[tuple[object, ...]] = []
    fixed: list[tuple[object, ...]] = []
    for number, rule in enumerate(ruleset):
        if len(rule.body) == 1:
            (start, path, end), head = rule.body[0], rule.head
            constant = head[2] if head[2] >= 0 else None
            row = (path, end, number, head[0] != start, head[1], constant)
            (open_ if end < 0 else fixed).append(row)
    schema = {"p": _ID, "o": pl.Int64, "rule": _ID, "turned": pl.Boolean, "head": _ID, "constant": _ID}
    tables = [pl.DataFrame(rows, schema=schema, orient="row") for rows in (open_, fixed)]
    return tables[0].drop("o"), tables[1].with_columns(pl.col("o").cast(_ID))


def _fire_singles(tables: tuple[pl.DataFrame, pl.DataFrame], delta: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """What all rules with one body atom say of the latest facts: two joins, however many rules there are."""
    start = pl.when("turned").then("o").otherwise("s").alias("s")
    end = pl.coalesce("constant", pl.when("turned").then("s").otherwise("o")).alias("o")
    for table, on in zip(tables, (["p"], ["p", "o"]), strict=True):
        yield delta.join(table, on=on).select(start, pl.col("head").alias("p"), end, "rule", premise0="fact")


def _pattern(atom: NumberAtom) -> Pattern:
    return (atom[1], atom[2] if atom[2] >= 0 else None)


def _grown(slices: dict[Pattern, Slice], patterns: Iterable[Pattern], delta: pl.DataFrame) -> dict[Pattern, Slice]:
    """The slice of each pattern one round later."""
    parts = delta.drop("key").partition_by("p", as_dict=True, include_key=False)
    empty = delta.select("fact", "s", "o").clear()
    grown = {}
    for path, end in patterns:
        latest, older = parts.get((path,), empty), slices[path, end].all if slices else empty
        if end is not None:
            latest = latest.filter(pl.col("o") == end)
        grown[path, end] = Slice(older, latest, pl.concat([older, latest]) if latest.height else older)
    return grown


def _fire(number: int, rule: NumberRule, slices: dict[Pattern, Slice]) -> Iterator[pl.DataFrame]:
    """What a longer rule says, once for each place that a latest fact can take in it: older before, all after it."""
    found = [slices[_pattern(atom)] for atom in rule.body]
    for place, latest in enumerate(found):
        tables = [*(one.older for one in found[:place]), latest.latest, *(one.all for one in found[place + 1 :])]
        if all(table.height for table in tables):
            rows = _joined(rule.body, tables, place)
            ends = [pl.lit(x, _ID) if x >= 0 else pl.col(f"v{x}") for x in rule.head]
            head = [end.alias(name) for end, name in zip(ends, ("s", "p", "o"), strict=True)]
            yield rows.select(*head, pl.lit(number, _ID).alias("rule"), pl.col("^premise.*$"))


def _joined(body: Sequence[NumberAtom], tables: Sequence[pl.DataFrame], first: int) -> pl.DataFrame:
    """All ways to satisfy the body, joined outwards from the atom with the latest facts, which are few."""
    waiting = [place for place in range(len(body)) if place != first]
    rows, bound = _renamed(body[first], tables[first], first), _variables(body[first])
    while waiting:
        place = next(place for place in waiting if bound & _variables(body[place]))
        waiting.remove(place)
        shared = sorted(f"v{x}" for x in bound & _variables(body[place]))
        rows = rows.join(_renamed(body[place], tables[place], place), on=shared)
        bound |= _variables(body[place])
    return rows


def _variables(atom: NumberAtom) -> set[int]:
    return {x for x in atom if x < 0}


def _renamed(atom: NumberAtom, table: pl.DataFrame, place: int) -> pl.DataFrame:
    columns = {f"v{atom[0]}": pl.col("s"), f"premise{place}": pl.col("fact")}
    return table.select(**columns, **({f"v{atom[2]}": pl.col("o")} if atom[2] < 0 else {}))


def _padded(rows: pl.DataFrame, premises: Iterable[str]) -> pl.DataFrame:
    missing = [pl.lit(None, _ID).alias(name) for name in premises if name not in rows.columns]
    return rows.with_columns(missing).select("s", "p", "o", "rule", *premises)


def _new(found: pl.DataFrame, height: int) -> pl.DataFrame:
    """The facts that were found and not known, in order, numbered on from *height*."""
    fresh = found.filter(pl.col("fact").is_null()).select("s", "p", "o", "key").unique("key").sort("key")
    return fresh.with_row_index("fact", offset=height)


def _steps(found: pl.DataFrame, delta: pl.DataFrame, wanted: pl.Expr, premises: Sequence[str]) -> pl.DataFrame:
    """The justifications among what was found: of the conclusions wanted, and not by themselves."""
    numbered = found.join(delta.select("key", new="fact"), on="key", how="left")
    numbered = numbered.with_columns(fact=pl.coalesce("fact", "new")).filter(wanted)
    own = pl.any_horizontal([pl.col(name).eq_missing(pl.col("fact")) for name in premises])
    return numbered.filter(~own).select("fact", "rule", *premises)


def _first(steps: pl.DataFrame, premises: Sequence[str]) -> pl.DataFrame:
    """The first step to each conclusion by depth, rule and premises."""
    return steps.sort("fact", "depth", "rule", *premises).unique("fact", keep="first", maintain_order=True)
