"""What VoID counts of a set of triples, counted on the lines that the build writes: `subject predicate object` each."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from rdflib import RDF

from kgtools.names import BASE

_TYPE = RDF.type.n3()
_OURS = f"<{BASE}"


@dataclass(frozen=True, slots=True)
class Partition:
    """The triples with one property: how many, and with how many different subjects and objects."""

    triples: int
    subjects: int
    objects: int


@dataclass(frozen=True, slots=True)
class Counts:
    """Counts of different triples, subjects and objects; properties with theirs, classes with their entities.

    Entities are subjects with an IRI under the project's base.
    """

    triples: int
    entities: int
    subjects: int
    objects: int
    properties: Mapping[str, Partition]
    classes: Mapping[str, int]


def counted(triples: Collection[str]) -> Counts:
    """The counts of these different triples, each as N-Triples writes it without its full stop."""
    subjects: dict[str, set[str]] = defaultdict(set)
    objects: dict[str, set[str]] = defaultdict(set)
    classes: dict[str, set[str]] = defaultdict(set)
    times: dict[str, int] = defaultdict(int)
    for triple in triples:
        subject, predicate, term = triple.split(" ", 2)
        times[predicate] += 1
        subjects[predicate].add(subject)
        objects[predicate].add(term)
        if predicate == _TYPE:
            classes[term].add(subject)
    every: set[str] = set().union(*subjects.values())
    return Counts(
        len(triples),
        sum(subject.startswith(_OURS) for subject in every),
        len(every),
        len(set().union(*objects.values())),
        {p[1:-1]: Partition(times[p], len(subjects[p]), len(objects[p])) for p in sorted(times)},
        {term[1:-1]: len(things) for term, things in sorted(classes.items()) if term.startswith("<")},
    )
