"""What follows from the facts by the rules, each conclusion with its justifications.

Here terms become numbers and back. They are numbered in the order of what they say (properties, other resources,
literals), so that numbers, and with them every choice the fixpoint makes, depend on the data and on nothing else.
"""

import gc
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rdflib import BNode, Literal, URIRef

from kgtools.model import Inference, Term, Triple
from kgtools.reason.rules import Atom, Rule, sort_key

if TYPE_CHECKING:
    from kgtools.reason.fixpoint import Closure


def materialise(
    ruleset: Iterable[Rule], triples: Iterable[Triple], also: Iterable[Triple] = (), *, every: bool = True
) -> list[Inference]:
    """Every one-step justification of everything that follows from *triples* and is not among them, or is in *also*.

    Sorted by conclusion. The first justification of a conclusion is well-founded: its premises are given or inferred in
    an earlier round, and of those that are it has the smallest depth, then rule, then premises. The others may lean on
    one another, but never on their own conclusion directly. A triple of *also*, which is one of *triples*, is given, so
    none of its justifications need be well-founded. With *every* off only the first justification of each conclusion is
    returned: a quarter of the values, for data where all of them would fill the memory.
    """
    from kgtools.reason.fixpoint import NumberRule, Sizes, close

    ordered = sorted(set(ruleset), key=sort_key)
    given = list(triples)
    with _collector_paused():
        groups = _groups(given, ordered)
        terms = [term for group in groups for term in group]
        numbers = {term: number for number, term in enumerate(terms)}
        sizes = Sizes(len(groups[0]), len(groups[0]) + len(groups[1]), len(terms))
        coded = [
            NumberRule(tuple(_coded(a, numbers) for a in rule.body), _coded(rule.head, numbers)) for rule in ordered
        ]
        closure = close(coded, _columns(given, numbers), sizes, _columns(list(also), numbers), every=every)
        return _decoded(ordered, terms, closure)


@contextmanager
def _collector_paused() -> Iterator[None]:
    """No cyclic garbage collection: there are no cycles here, and walking the new values again and again costs half."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def _groups(
    given: Sequence[Triple], ruleset: Sequence[Rule]
) -> tuple[list[URIRef], list[URIRef | BNode], list[Literal]]:
    """The properties, the other resources and the literals of facts and rules, each in the order of what they say."""
    atoms = [atom for rule in ruleset for atom in (*rule.body, rule.head)]
    properties = {p for _, p, _ in given} | {atom.predicate for atom in atoms}
    ends: set[Term] = {end for s, _, o in given for end in (s, o)}
    ends |= {atom.object for atom in atoms if not isinstance(atom.object, int)}
    literals = {term for term in ends if isinstance(term, Literal)}
    resources = {term for term in ends if not isinstance(term, Literal)} - properties
    return (
        sorted(properties, key=str),
        sorted(resources, key=lambda term: (isinstance(term, BNode), str(term))),
        sorted(literals, key=lambda term: (str(term), term.datatype or "", term.language or "")),
    )


def _columns(triples: Sequence[Triple], numbers: Mapping[Term, int]) -> list[list[int]]:
    """Subjects, properties and objects in numbers."""
    return [[numbers[triple[part]] for triple in triples] for part in range(3)]


def _coded(atom: Atom, numbers: Mapping[Term, int]) -> tuple[int, int, int]:
    """The atom in numbers: variable 0 is -1, variable 1 is -2, and so on."""
    end = ~atom.object if isinstance(atom.object, int) else numbers[atom.object]
    return (~atom.subject, numbers[atom.predicate], end)


def _decoded(ruleset: Sequence[Rule], terms: Sequence[Term], closure: "Closure") -> list[Inference]:
    s, p, o = (map(terms.__getitem__, closure.facts[name].to_list()) for name in ("s", "p", "o"))
    facts: list[Triple] = list(zip(s, p, o, strict=True))  # type: ignore[arg-type]
    alone = [(fact,) for fact in facts]  # most steps have one premise: a tuple a fact, not one a step
    sizes = [len(rule.body) for rule in ruleset]
    conclusions, by, *premises = (column.to_list() for column in closure.steps.iter_columns())
    used = [
        alone[row[0]] if sizes[rule] == 1 else tuple(map(facts.__getitem__, row[: sizes[rule]]))
        for rule, row in zip(by, zip(*premises, strict=True), strict=True)
    ]
    names = [rule.name for rule in ruleset]
    return list(map(Inference, map(facts.__getitem__, conclusions), map(names.__getitem__, by), used))
