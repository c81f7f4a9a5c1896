"""The least fixpoint of the rules, semi-naive, on integer columns, with every one-step justification kept.

Terms are numbered in the order of their N-Triples form, resources before literals, so that numbers, and with them every
choice made below, depend on what the data says and on nothing else.
"""

from collections.abc import Iterable, Sequence

import polars as pl
from rdflib import RDF, Literal

from kgtools.model import Inference, Term, Triple
from kgtools.reason.rules import Rule

_SPO = ["s", "p", "o"]
_ID = pl.UInt32


def materialise(ruleset: Sequence[Rule], triples: Iterable[Triple]) -> list[Inference]:
    """Everything that follows from *triples* and is not among them, as one-step justifications.

    Sorted by conclusion. The first justification of a conclusion is well-founded: its premises are given or were
    derived in an earlier round, and of those it has the smallest rule and premises. The others may lean on one another.
    """
    given = set(triples)
    terms = _numbered({term for triple in given for term in triple}, ruleset)
    number = {term: index for index, term in enumerate(terms)}
    table = pl.DataFrame(
        [[number[t] for t in triple] for triple in given], schema=dict.fromkeys(_SPO, _ID), orient="row"
    )
    facts, steps = _Fixpoint(ruleset, number, table.sort(_SPO)).run()
    return _decoded(ruleset, terms, facts, steps)


class _Fixpoint:
    """The facts so far and how each inferred one was found; `run` once."""

    def __init__(self, ruleset: Sequence[Rule], number: dict[Term, int], given: pl.DataFrame) -> None:
        self.number = number
        self.literals_from = sum(not isinstance(term, Literal) for term in number)
        self.width = max((len(rule.body) for rule in ruleset), default=1)
        self.singles = self._single_rules(ruleset)
        self.chains = [(index, rule) for index, rule in enumerate(ruleset) if len(rule.body) > 1]
        self.facts = given.with_row_index("id").with_columns(round=pl.lit(0, _ID))
        self.given = given.height
        self.steps: list[pl.DataFrame] = []

    def run(self) -> tuple[pl.DataFrame, pl.DataFrame]:
        """All facts by id, given ones first, and the steps: fact, round, rule, premises."""
        delta, round_ = self.facts, 0
        while delta.height:
            round_ += 1
            found = pl.concat([self._fire_singles(delta), *self._fire_chains(delta, round_)])
            found = found.unique(maintain_order=False)
            new = found.select(_SPO).unique().join(self.facts, on=_SPO, how="anti").sort(_SPO)
            delta = new.with_row_index("id", offset=self.facts.height).with_columns(round=pl.lit(round_, _ID))
            self.facts = pl.concat([self.facts, delta])
            self.steps.append(self._justified(found, round_))
        return self.facts, pl.concat(self.steps)

    def _single_rules(self, ruleset: Sequence[Rule]) -> pl.DataFrame:
        """Rules with one body atom as a table, so that one join fires them all."""
        rows = []
        for index, rule in enumerate(ruleset):
            if len(rule.body) == 1:
                body, head = rule.body[0], rule.head
                match = self._maybe(body.object)
                rows.append(
                    (
                        self.number[body.predicate],
                        match,
                        index,
                        rule.swap,
                        self.number[head.predicate],
                        self._maybe(head.object),
                    )
                )
        schema = {"p": _ID, "match": _ID, "rule": _ID, "swap": pl.Boolean, "q": _ID, "constant": _ID}
        return pl.DataFrame(rows, schema=schema, orient="row")

    def _maybe(self, term: Term | None) -> int | None:
        return None if term is None else self.number[term]

    def _fire_singles(self, delta: pl.DataFrame) -> pl.DataFrame:
        hits = delta.join(self.singles, on="p").filter(pl.col("match").is_null() | (pl.col("match") == pl.col("o")))
        end = pl.when("swap").then(pl.col("o")).otherwise(pl.col("s"))
        other = pl.when("swap").then(pl.col("s")).otherwise(pl.col("o"))
        hits = hits.filter(~pl.col("swap") | (pl.col("o") < self.literals_from))
        return self._found(
            hits.select(end.alias("s"), p="q", o=pl.coalesce("constant", other), rule="rule", premise0="id")
        )

    def _fire_chains(self, delta: pl.DataFrame, round_: int) -> list[pl.DataFrame]:
        """Each chain once for every place that a new fact can take in it: older facts before, all facts after it."""
        changed = set(delta["p"].unique())
        older = self.facts.filter(pl.col("round") < round_ - 1)
        return [
            self._joined(index, rule, [older] * place + [delta] + [self.facts] * (len(rule.body) - place - 1))
            for index, rule in self.chains
            for place, atom in enumerate(rule.body)
            if self.number[atom.predicate] in changed
        ]

    def _joined(self, index: int, rule: Rule, tables: list[pl.DataFrame]) -> pl.DataFrame:
        rows = self._matching(rule, tables, 0)
        for place in range(1, len(rule.body)):
            following = self._matching(rule, tables, place)
            rows = rows.join(following, left_on="end", right_on="start", suffix="_next")
            rows = rows.drop("end").rename({"end_next": "end"}) if "end_next" in rows.columns else rows
        q, constant = self.number[rule.head.predicate], self._maybe(rule.head.object)
        head = pl.col("end") if constant is None else pl.lit(constant, _ID)
        premises = [f"premise{place}" for place in range(len(rule.body))]
        return self._found(rows.select(*premises, s="start", p=pl.lit(q, _ID), o=head, rule=pl.lit(index, _ID)))

    def _matching(self, rule: Rule, tables: list[pl.DataFrame], place: int) -> pl.DataFrame:
        atom = rule.body[place]
        rows = tables[place].filter(pl.col("p") == self.number[atom.predicate])
        if atom.object is not None:
            rows = rows.filter(pl.col("o") == self.number[atom.object])
        return rows.select(start="s", end="o", **{f"premise{place}": pl.col("id")})

    def _found(self, rows: pl.DataFrame) -> pl.DataFrame:
        """The rows with as many premise columns as the longest body has, null where a rule has fewer."""
        missing = [f"premise{place}" for place in range(self.width) if f"premise{place}" not in rows.columns]
        rows = rows.with_columns(pl.lit(None, _ID).alias(name) for name in missing)
        return rows.select(*_SPO, "rule", *(f"premise{place}" for place in range(self.width)))

    def _justified(self, found: pl.DataFrame, round_: int) -> pl.DataFrame:
        """The steps of this round whose conclusion is inferred, not given, and no premise of itself."""
        steps = found.join(self.facts.select(*_SPO, "id"), on=_SPO).filter(pl.col("id") >= self.given)
        premises = [f"premise{place}" for place in range(self.width)]
        own = pl.any_horizontal([pl.col(name).eq_missing(pl.col("id")) for name in premises])
        return steps.filter(~own).select("id", pl.lit(round_, _ID).alias("round"), "rule", *premises)


def _numbered(terms: set[Term], ruleset: Sequence[Rule]) -> list[Term]:
    """Every term of data and rules, resources first, in the order of their written form."""
    for rule in ruleset:
        terms |= {
            part for atom in (*rule.body, rule.head) for part in (atom.predicate, atom.object) if part is not None
        }
    return sorted(terms | {RDF.type}, key=lambda term: (isinstance(term, Literal), term.n3()))


def _decoded(ruleset: Sequence[Rule], terms: list[Term], facts: pl.DataFrame, steps: pl.DataFrame) -> list[Inference]:
    rows = list(zip(*(facts[name].to_list() for name in _SPO), strict=True))
    premises = [name for name in steps.columns if name.startswith("premise")]
    # A conclusion drawn again in a later round with the same rule and premises would be the same step.
    ordered = steps.unique(["id", "rule", *premises], keep="any").sort(
        "id", "round", "rule", *premises, nulls_last=True
    )

    def triple(index: int) -> Triple:
        return tuple(terms[part] for part in rows[index])

    inferences = [
        Inference(triple(fact), ruleset[rule].name, tuple(triple(one) for one in used if one is not None))
        for fact, _, rule, *used in ordered.iter_rows()
    ]
    order = {fact: place for place, fact in enumerate(sorted(ordered["id"].unique().to_list(), key=rows.__getitem__))}
    keyed = sorted(zip(ordered["id"].to_list(), inferences, strict=True), key=lambda pair: order[pair[0]])
    return [inference for _, inference in keyed]
