"""Facts, what follows from them, why it follows, and the claims that each rests on, as N-Quads."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping

import polars as pl
from rdflib import RDF, Literal

from kgtools.columns.index import Index
from kgtools.columns.rests import resting
from kgtools.columns.select import Selection
from kgtools.names import KG, PREFIXES, graph_iri
from kgtools.reason.closure import Closed
from kgtools.sources import nt, terms_of

_DIGEST_LENGTH = 20
Texts = tuple[str, str, str]  # a triple as N-Triples writes it


def view_lines(selection: Selection, name: str) -> set[str]:
    """The lines of the view called *name*."""
    closed = selection.index.closed
    rests = resting(selection)
    texts = triples_of(closed, selection.steps, rests)
    iris = {fact: proposition_text(triple) for fact, triple in texts.items()}
    taken = set(selection.taken["fact"])
    claims = selection.index.names.gather(selection.index.claims["iri"]).to_list()
    facts, inferred, inferences = (_end(f"view/{name}/{part}") for part in ("facts", "inferred", "inferences"))
    lines = {f"{' '.join(texts[fact])}{facts if fact in taken else inferred}" for fact in rests}
    lines |= {f"{iris[fact]} {_RESTS_ON} {claims[claim]}{inferences}" for fact in rests for claim in rests[fact]}
    return lines | {line + inferences for line in reasons(closed.rules, selection.steps, texts, iris)}


def reference_lines(index: Index) -> set[str]:
    """The lines of what follows from the reference data alone, and why."""
    texts = triples_of(index.closed, index.grounds)
    iris = {fact: proposition_text(triple) for fact, triple in texts.items()}
    inferred, inferences = (_end(f"reference/{part}") for part in ("inferred", "inferences"))
    lines = {f"{' '.join(texts[fact])}{inferred}" for fact in index.grounds["fact"]}
    return lines | {line + inferences for line in reasons(index.closed.rules, index.grounds, texts, iris)}


def triples_of(closed: Closed, steps: pl.DataFrame, more: Iterable[int] = ()) -> dict[int, Texts]:
    """The triples by number: conclusions and premises of the steps, and *more*."""
    columns = [steps[name] for name in steps.columns if name != "rule"]
    numbers = pl.concat([*columns, pl.Series(list(more), dtype=pl.UInt32)]).unique().drop_nulls()
    return dict(zip(numbers, closed.texts(numbers).iter_rows(), strict=True))


def reasons(
    rules: tuple[str, ...], steps: pl.DataFrame, texts: Mapping[int, Texts], iris: Mapping[int, str]
) -> Iterator[str]:
    """Each step as an inference, and each triple in it as a proposition: subject, predicate and object of each quad."""
    used: set[int] = set()
    literal = [nt(Literal(rule)) for rule in rules]
    for fact, rule, *rest in steps.iter_rows():
        premises = [premise for premise in rest if premise is not None]
        used.update((fact, *premises))
        node = _hashed("inference", " ".join([iris[fact][1:-1], rules[rule], *(iris[p][1:-1] for p in premises)]))
        yield f"{node} {_TYPE} {_INFERENCE}"
        yield f"{node} {_CONCLUDES} {iris[fact]}"
        yield f"{node} {_BY_RULE} {literal[rule]}"
        yield from (f"{node} {_PREMISE} {iris[premise]}" for premise in premises)
    for fact in used:
        subject, predicate, term = texts[fact]
        yield f"{iris[fact]} {_TYPE} {_PROPOSITION}"
        yield f"{iris[fact]} {_SUBJECT} {subject}"
        yield f"{iris[fact]} {_PREDICATE} {predicate}"
        yield f"{iris[fact]} {_VALUE if term.startswith(_QUOTE) else _OBJECT} {term}"


def proposition_text(triple: Texts) -> str:
    """The IRI of the proposition in angle brackets: the one that `claims.proposition_iri` gives."""
    subject, predicate, term = triple
    if term.startswith(_QUOTE) and "\\" in term:
        term = terms_of([term])[0].n3()  # the only terms that n3() writes in another way
    return _hashed("proposition", f"{subject} {predicate} {term}")


def _hashed(kind: str, text: str) -> str:
    return f"<{PREFIXES[kind]}{hashlib.sha256(text.encode()).hexdigest()[:_DIGEST_LENGTH]}>"


def _end(graph: str) -> str:
    return f" {nt(graph_iri(graph))} .\n"


_QUOTE = '"'
_TYPE, _INFERENCE, _PROPOSITION = RDF.type.n3(), KG.Inference.n3(), KG.Proposition.n3()
_CONCLUDES, _BY_RULE, _PREMISE, _RESTS_ON = (KG[name].n3() for name in ("concludes", "byRule", "premise", "restsOn"))
_SUBJECT, _PREDICATE, _OBJECT, _VALUE = (KG[name].n3() for name in ("subject", "predicate", "object", "value"))
