"""Which claims the facts of a selection rest on: their own, and those at the bottom of every proof of them."""

from collections import defaultdict

from kgtools.columns.select import Selection

Claims = frozenset[int]
_NONE: Claims = frozenset()


def resting(selection: Selection) -> dict[int, Claims]:
    """For each fact that is taken or follows, the claims that it rests on, by number.

    A proof never uses what it proves, so triples that follow from one another lend each other no claims but their own.
    """
    own: dict[int, Claims] = {
        fact: frozenset(claims)
        for fact, claims in selection.taken.group_by("fact", maintain_order=True).agg("claim").iter_rows()
    }
    steps: dict[int, list[tuple[int, ...]]] = defaultdict(list)
    for fact, _, *premises in selection.steps.iter_rows():
        steps[fact].append(tuple(premise for premise in premises if premise is not None))
    finished: dict[int, Claims] = {}

    def claims_of(fact: int, above: frozenset[int]) -> tuple[Claims, bool]:
        """The claims, and whether the search met something above it, so that they hold only here."""
        if fact in finished:
            return finished[fact], False
        found, met = own.get(fact, _NONE), False
        path = above | {fact}
        for premises in steps.get(fact, ()):
            if path.isdisjoint(premises):
                parts = [claims_of(premise, path) for premise in premises]
                found = found.union(*(claims for claims, _ in parts))
                met = met or any(inner for _, inner in parts)
            else:
                met = met or not above.isdisjoint(premises)
        if not met:
            finished[fact] = found
        return found, met

    return {fact: claims_of(fact, frozenset())[0] for fact in dict.fromkeys((*own, *steps))}
