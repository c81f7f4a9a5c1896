"""Cut a view out of an index: the claims within a scope, the facts that the view's rule takes, and what follows."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from kgtools.columns.index import Index
from kgtools.columns.read import number_of
from kgtools.model import Scope, View
from kgtools.reason.closure import Bools, following
from kgtools.views import CONFIDENCES, span_of


@dataclass(frozen=True, slots=True)
class Selection:
    """A view of an index within a scope.

    - claims: of each claim whether it exists within the scope
    - taken: fact, claim: what the view takes as fact and from which claims
    - holds: of each fact whether the view has it: taken, inferred, or from the reference data
    - steps: the steps of the index whose premises hold
    """

    index: Index
    claims: Bools
    taken: pl.DataFrame
    holds: Bools
    steps: pl.DataFrame


def select(index: Index, view: View, scope: Scope | None = None) -> Selection:
    """The view of the index within the scope."""
    within = claims_within(index, scope or Scope())
    taken = _taken(index, view, within)
    given = index.known.to_numpy().copy()
    given[taken["fact"].to_numpy()] = True
    holds, fired = following(index.closed.steps, given)
    return Selection(index, within, taken, holds, index.closed.steps.filter(fired))


def claims_within(index: Index, scope: Scope) -> Bools:
    """Which claims exist within the scope.

    What no longer stands is gone, unless the scope includes it: what was taken back or corrected by a claim that was
    known by the scope's day, and what the editors had misread. As of a day: a claim counts that is said to hold then;
    without a valid time of its own, an event's from the first date that anybody gives for it. Known by a day: a claim
    counts whose source was out by then. What has no date is taken, unless the scope is strict.
    """
    known = _known(index, scope)
    tests = [pl.lit(True)]
    if scope.according_to:
        tests.append(_speaks(index, scope.according_to))
    if scope.excluding:
        tests.append(~_speaks(index, scope.excluding))
    if scope.least_confidence != CONFIDENCES[0]:
        tests.append(pl.col("level") >= CONFIDENCES.index(scope.least_confidence))
    if scope.first_hand:
        tests.append(pl.col("first_hand"))
    if scope.as_of is not None:
        first, last = map(number_of, span_of(scope.as_of))
        may = (pl.col("start_lo") <= last) & (pl.col("end_hi") >= first)
        must = (pl.col("start_hi") <= first) & (pl.col("end_lo") >= last)
        tests.append(must if scope.strict else may)
    kept: Bools = index.claims.with_columns(kept=pl.all_horizontal(tests))["kept"].to_numpy() & known
    return kept if scope.include_retracted else kept & ~fallen(index, known)


def fallen(index: Index, known: Bools) -> Bools:
    """Of each claim whether it no longer stands, where only the known claims withdraw one another.

    The definition is that of `claims.withdrawn`, which also says how and since when.
    """
    gone = index.claims["misread"].to_numpy() & known
    _let_relays_fall(index, known, gone)
    by, old = (index.withdrawals[name].to_numpy() for name in ("claim", "old"))
    gone[old[known[by] & ~gone[by]]] = True
    _let_relays_fall(index, known, gone)
    return gone & known


def withdrawn(index: Index) -> pl.Series:
    """The IRIs, in angle brackets, of the claims that no longer stand."""
    everything = np.ones(index.claims.height, dtype=np.bool_)
    return index.names.gather(index.claims.filter(fallen(index, everything))["iri"])


def _known(index: Index, scope: Scope) -> Bools:
    if scope.known_by is None:
        return np.ones(index.claims.height, dtype=np.bool_)
    issued = index.claims["issued_hi" if scope.strict else "issued_lo"].to_numpy()
    known: Bools = issued <= number_of(span_of(scope.known_by)[1])
    return known


def _let_relays_fall(index: Index, known: Bools, gone: Bools) -> None:
    """Add each known claim that relays only what has fallen."""
    relays = index.relays.filter(known[index.relays["claim"].to_numpy()])
    while gone.any():
        standing = relays.filter(~gone[relays["relayed"].to_numpy()])["claim"]
        falling = relays["claim"].filter(~relays["claim"].is_in(standing.implode())).to_numpy()
        if gone[falling].all():
            return
        gone[falling] = True


def _speaks(index: Index, wanted: frozenset[str]) -> pl.Expr:
    """Whether a claim's source, its holder or a perspective of its source is among the wanted."""
    listed = _numbers(index, wanted).implode()
    sources = index.perspectives.filter(pl.col("perspective").is_in(listed))["source"]
    return pl.col("source").is_in(listed) | pl.col("holder").is_in(listed) | pl.col("source").is_in(sources.implode())


def _taken(index: Index, view: View, within: Bools) -> pl.DataFrame:
    """What the view takes as fact, and from which claims.

    A proposition is contested when a denial within the scope counts against it, whether or not the view takes the claim
    that asserts it; roots are counted over the claims that the view takes.
    """
    claims = index.claims.filter(within)
    claims = claims.filter(pl.col("stance").is_in(_numbers(index, view.stances).implode()))
    if view.perspectives:
        seen = index.perspectives.filter(pl.col("perspective").is_in(_numbers(index, view.perspectives).implode()))
        claims = claims.join(seen, on="source", how="semi")
    taken = index.said.join(claims, on="claim", how="semi").select("fact", "claim")
    if not view.contested:
        ends = pl.DataFrame({"claim": np.flatnonzero(within).astype(np.uint32)})
        live = index.disputes.join(ends, on="claim", how="semi").join(
            ends, left_on="denial", right_on="claim", how="semi"
        )
        taken = taken.join(live, on="fact", how="anti")
    if view.least_roots > 1:
        counts = taken.join(index.roots, on="claim").group_by("fact").agg(pl.col("root").n_unique())
        taken = taken.join(counts.filter(pl.col("root") >= view.least_roots), on="fact", how="semi")
    return taken.sort("fact", "claim")


def _numbers(index: Index, wanted: frozenset[str]) -> pl.Series:
    names = index.names.to_frame("name").with_row_index("number")
    return names.filter(pl.col("name").is_in([f"<{iri}>" for iri in sorted(wanted)]))["number"]
