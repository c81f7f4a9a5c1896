"""Triples as columns of text, closed under rules.

Here terms become numbers: in the order of their N-Triples texts (properties, other resources, literals), so that
numbers, and with them every choice the fixpoint makes, depend on the data and on nothing else.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from kgtools.reason.fixpoint import NumberRule, Sizes, close
from kgtools.reason.rules import Atom, Rule, sort_key
from kgtools.sources import nt

TRIPLE = ("s", "p", "o")
Bools = np.ndarray[tuple[int], np.dtype[np.bool_]]


@dataclass(frozen=True, slots=True)
class Closed:
    """Triples with all that follows from them. Terms, rules and facts go by number, which is their place.

    - terms: N-Triples texts, properties first and literals last
    - rules: their names
    - facts: s, p, o
    - steps: fact, depth, rule, premise0, premise1 …, in no order: every one-step reason for what follows, with the
      round that found it; a premise is null where the rule has fewer
    """

    terms: pl.Series
    rules: tuple[str, ...]
    facts: pl.DataFrame
    steps: pl.DataFrame

    def texts(self, facts: pl.Series | None = None) -> pl.DataFrame:
        """These facts, or all of them, as N-Triples texts in columns s, p, o."""
        chosen = self.facts if facts is None else self.facts[facts]
        return chosen.select(self.terms.gather(chosen[name]).alias(name) for name in TRIPLE)


def closed(
    ruleset: Iterable[Rule], triples: pl.DataFrame, also: pl.DataFrame | None = None, *, every: bool = True
) -> Closed:
    """The triples (texts in columns s, p, o) closed under the rules; of those in *also*, too, the reasons are kept.

    With *every* off only the first reason for each is kept, which rests on what is given or came in an earlier round.
    """
    ordered = sorted(set(ruleset), key=sort_key)
    terms, sizes = _terms(ordered, triples)
    place = _places(ordered, terms)
    coded = [NumberRule(tuple(_coded(a, place) for a in rule.body), _coded(rule.head, place)) for rule in ordered]
    asked = numbered(terms, triples.clear() if also is None else also)
    closure = close(coded, numbered(terms, triples), sizes, asked, every=every)
    return Closed(terms, tuple(rule.name for rule in ordered), closure.facts, closure.steps)


def following(steps: pl.DataFrame, given: Bools) -> tuple[Bools, Bools]:
    """Of each fact whether it is given or follows from what is, and of each step whether its premises hold."""
    holds = np.append(given, True)  # the last is where steps with fewer premises point
    facts = steps["fact"].to_numpy()
    premises = [steps[name].fill_null(len(given)).to_numpy() for name in steps.columns if name.startswith("premise")]
    fired = np.zeros(steps.height, dtype=np.bool_)
    waiting = np.arange(steps.height)
    while waiting.size:
        ready = holds[premises[0][waiting]]
        for column in premises[1:]:
            ready &= holds[column[waiting]]
        if not ready.any():
            break
        fired[waiting[ready]] = True
        holds[facts[waiting[ready]]] = True
        waiting = waiting[~ready]
    return holds[:-1], fired


def numbered(terms: pl.Series, triples: pl.DataFrame) -> pl.DataFrame:
    """The triples in the numbers of their terms."""
    return triples.select(pl.col(TRIPLE).cast(pl.Enum(terms)).to_physical().cast(pl.UInt32))


def _terms(ruleset: Sequence[Rule], triples: pl.DataFrame) -> tuple[pl.Series, Sizes]:
    """The terms of triples and rules in order, and how many of them are properties, resources and all."""
    atoms = [atom for rule in ruleset for atom in (*rule.body, rule.head)]
    own = [nt(atom.object) for atom in atoms if not isinstance(atom.object, int)]
    properties = pl.concat([triples["p"], _texts(nt(atom.predicate) for atom in atoms)]).unique().sort()
    ends = pl.concat([triples["s"], triples["o"], _texts(own)]).unique().sort()
    ends = ends.filter(~ends.is_in(properties.implode()))
    literal = ends.str.starts_with('"')
    terms = pl.concat([properties, ends.filter(~literal), ends.filter(literal)])
    return terms, Sizes(len(properties), len(terms) - int(literal.sum()), len(terms))


def _texts(texts: Iterable[str]) -> pl.Series:
    return pl.Series(list(texts), dtype=pl.String)


def _places(ruleset: Sequence[Rule], terms: pl.Series) -> Mapping[str, int]:
    """The numbers of the rules' own terms."""
    own = {
        nt(part) for rule in ruleset for atom in (*rule.body, rule.head) for part in atom if not isinstance(part, int)
    }
    found = terms.to_frame("term").with_row_index("place").filter(pl.col("term").is_in(sorted(own)))
    return dict(zip(found["term"], found["place"], strict=True))


def _coded(atom: Atom, place: Mapping[str, int]) -> tuple[int, int, int]:
    """The atom in numbers: variable 0 is -1, variable 1 is -2, and so on."""
    end = ~atom.object if isinstance(atom.object, int) else place[nt(atom.object)]
    return (~atom.subject, place[nt(atom.predicate)], end)
