"""A query with all its steps named, as `rewrite` makes it and `solve` asks it."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Pattern:
    """A triple pattern: variables as `?name`, constants as written; its graph and the mark of its branch, if any."""

    subject: str
    predicate: str
    object: str
    graph: str | None
    mark: str | None


@dataclass(frozen=True, slots=True)
class Closure:
    """A path of any length between two ends: at least and at most so many steps, each a solution of *step*."""

    start: str
    end: str
    graph: str | None
    mark: str | None
    least: int
    most: int | None
    step: "Named"


@dataclass(frozen=True, slots=True)
class Below:
    """A subquery, and the variables of the query around it that hold the subquery's columns."""

    query: "Named"
    columns: tuple[str, ...]
    mark: str | None


@dataclass(slots=True)
class Named:
    """A query with all variables named; the columns that tie its solutions to a row, and what its solutions consist of.

    *rows* is the query whose rows have the key where the writer's columns do not. A step's text begins at
    places yet to be filled in.
    """

    text: str = ""
    key: tuple[str, ...] = ()
    rows: str | None = None
    aggregated: bool = False
    patterns: list[Pattern] = field(default_factory=list)
    closures: list[Closure] = field(default_factory=list)
    below: list[Below] = field(default_factory=list)
    gaps: list[tuple[str, str | None]] = field(default_factory=list)  # a sentence, and the mark of the branch it is of

    def start(self, places: str = "") -> str:
        """Where in a step's text its starts stand, with these."""
        return f"VALUES {self.key[0]} {{ {places} }}"

    def variables(self) -> list[str]:
        """All that the solutions must have, sorted."""
        terms = [term for p in self.patterns for term in (p.subject, p.predicate, p.object, p.graph, p.mark)]
        terms += [term for c in self.closures for term in (c.start, c.end, c.graph, c.mark)]
        terms += [name for part in self.below for name in (*part.columns, part.mark)]
        terms += [mark for _, mark in self.gaps]
        return sorted({term for term in terms if term and term.startswith("?")})
