"""Look up in a snapshot why a view has a triple, or what is known of it where the view does not have it."""

import difflib
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from rdflib import RDF, XSD, Literal, URIRef

from kgtools.claims import DENIES, FORECASTS, REPORTS, RETRACTS, SUPPOSES, days, proposition_iri
from kgtools.errors import QuestionError, UsageError
from kgtools.evidence import claim_records, labels
from kgtools.explain.justify import Proof, justifications, sort_key, walk
from kgtools.model import ClaimRecord, Support, Term, Triple
from kgtools.names import PREFIXES, expand, graph_iri, shorten
from kgtools.sources import parse_nquads, read_text
from kgtools.store import Store

if TYPE_CHECKING:
    from kgtools.columns.reasons import Reasons

_CHUNK = 250  # IRIs a lookup, so that no lookup outgrows the guard
Row = tuple[Term | None, ...]


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a view has a triple, or, with no proof, a sentence that says what is known of it instead."""

    triple: Triple
    view: str
    sentence: str
    proofs: tuple[Proof, ...]  # one for each justification, fewest leaves first
    more: int  # justifications that are not among the proofs
    counted: bool  # if not, there were too many to tell apart, and `more` is a guess
    leaves: dict[Triple, Support]  # status "claimed", or "reference", which may be claimed as well
    others: tuple[URIRef, ...]  # further claims about the triple itself, whatever their stance
    claims: dict[URIRef, ClaimRecord]
    labels: dict[URIRef, dict[str, str]]  # IRI -> language -> label


def explain(store: Store, triple: Triple, most: int = 3) -> Explanation:
    """Why the store's view has the triple, by at most *most* justifications; QuestionError on a name unknown to it.

    A literal stands for what the graph has with the same text, whatever its language or datatype, the exact one first.
    """
    from kgtools.columns.reasons import reasons

    if most < 1:
        raise UsageError(f"{most} justifications explain nothing; ask for 1 or more")
    triple, stored, propositions = _look_up(store, triple)
    if not stored and not propositions:
        _check_names(store, triple)
    found = reasons(store.selection(), triple, propositions)
    proofs, more, counted = justifications(triple, found.given, found.inferences, most)
    parts = [part for proof in proofs for part in walk(proof)]
    used = sorted({part.triple for part in parts if part.rule is None}, key=sort_key)
    iris = {leaf: sorted(propositions) if leaf == triple else [proposition_iri(leaf)] for leaf in used}
    leaves = leaves_of(store, found.given, iris)
    about = _about(store, propositions)
    under = {iri for leaf in leaves.values() for iri in (*leaf.claims, *leaf.denials)}
    others = tuple(sorted(about.keys() - under))
    follows = len(proofs) + more > (triple in found.given)  # a given triple is a justification of its own
    sentence = _presence(store, triple, found, follows) if proofs else _absence(store, triple, stored, about)
    claims = claim_records(store, {*under, *others})
    named = labels(store, _iris([*triple, *(term for part in parts for term in part.triple)]))
    return Explanation(triple, store.view, sentence, proofs, more, counted, leaves, others, claims, named)


def parse_triple(text: str) -> Triple:
    """The triple that a person writes: names or IRIs, `a` for the class, and a text in quotes, a date or a number."""
    parts = re.sub(r"\s+\.$", "", text.strip()).split(None, 2)
    if len(parts) < 3:
        raise UsageError(
            f"{text!r} is no triple; write subject, predicate and object, such as actor:jnim kg:opposes actor:isgs"
        )
    subject, predicate, term = parts
    return _iri(subject), RDF.type if predicate == "a" else _iri(predicate), _object(term)


_STORED = """SELECT ?s ?p ?o ?proposition {
  { ?s ?p ?o } UNION { ?proposition kg:subject ?s ; kg:predicate ?p ; kg:object|kg:value ?o }
} ORDER BY ?o ?proposition"""
_PLACES = "SELECT ?s ?p ?o ?graph { GRAPH ?graph { ?s ?p ?o } } ORDER BY ?o ?graph"
_UNDER = """SELECT ?proposition ?claim ?denial {
  VALUES ?proposition { %s }
  { ?proposition kg:restsOn ?claim . ?claim kg:onProposition ?proposition }
  UNION { ?denial kg:countsAgainst ?proposition }
} ORDER BY ?proposition ?claim ?denial"""
_ABOUT = """SELECT ?claim ?stance ?scenario ?relayed {
  VALUES ?proposition { %s } ?claim kg:onProposition ?proposition ; kg:stance ?stance .
  OPTIONAL { ?claim kg:inScenario ?scenario } OPTIONAL { ?claim kg:relays ?relayed }
} ORDER BY ?claim ?scenario ?relayed"""
_DECLARED = "SELECT DISTINCT ?name { VALUES ?name { %s } ?name a ?kind } ORDER BY ?name"
_NAMES = 'SELECT DISTINCT ?name { ?name a ?kind FILTER(STRSTARTS(STR(?name), "%s")) } ORDER BY ?name'
_PROPERTIES = """SELECT DISTINCT ?name {
  VALUES ?kind { owl:ObjectProperty owl:DatatypeProperty owl:AnnotationProperty } ?name a ?kind
} ORDER BY ?name"""
_VIEWS = "SELECT DISTINCT ?view { ?view a kg:View } ORDER BY ?view"


def _look_up(store: Store, triple: Triple) -> tuple[Triple, bool, tuple[URIRef, ...]]:
    """The triple as the store has it, whether the store has it at all, and the propositions that say it."""
    subject, predicate, term = triple
    rows = [row[2:] for row in store.query(_STORED, _bound(triple)).rows]
    known = {row[0] for row in rows}
    if isinstance(term, Literal) and term not in known:
        alike = sorted((o for o in known if isinstance(o, Literal) and str(o) == str(term)), key=lambda o: o.n3())
        term = alike[0] if alike else term
    found = [row[1] for row in rows if row[0] == term]
    return (subject, predicate, term), None in found, tuple(_iris(found))


def _bound(triple: Triple) -> dict[str, Term]:
    """What a lookup binds of a triple: no literal, for that may be another with the same text."""
    return {name: term for name, term in zip("spo", triple, strict=True) if not isinstance(term, Literal)}


def leaves_of(
    store: Store, given: Mapping[Triple, bool], propositions: Mapping[Triple, Sequence[URIRef]]
) -> dict[Triple, Support]:
    """Each leaf with the claims that the view takes it from and those that count against it."""
    claims, denials = defaultdict(set), defaultdict(set)
    for proposition, claim, denial in _lookup(store, _UNDER, {iri for iris in propositions.values() for iri in iris}):
        claims[proposition].update(_iris([claim]))
        denials[proposition].update(_iris([denial]))
    return {
        triple: Support(
            triple,
            "reference" if given[triple] else "claimed",
            tuple(sorted(claim for iri in iris for claim in claims[iri])),
            tuple(sorted(denial for iri in iris for denial in denials[iri])),
        )
        for triple, iris in propositions.items()
    }


def _about(store: Store, propositions: Iterable[URIRef]) -> dict[URIRef, str]:
    """Each claim on the propositions with what it does to them in a word; a mere relay only where it stands alone."""
    words: dict[URIRef, str] = {}
    relays: dict[URIRef, set[URIRef]] = defaultdict(set)
    for claim, stance, scenario, relayed in _lookup(store, _ABOUT, propositions):
        for iri in _iris([claim]):
            word = _STANCES.get(stance, "claimed" if relayed is None else "passed on")
            words[iri] = word if scenario is None else f"{word} in {shorten(str(scenario))}"
            relays[iri].update(_iris([relayed]) if stance == REPORTS else ())
    return {iri: word for iri, word in words.items() if relays[iri].isdisjoint(words)}


_STANCES: Mapping[Term | None, str] = {
    DENIES: "denied",
    FORECASTS: "forecast",
    RETRACTS: "taken back",
    SUPPOSES: "supposed",
}


def _presence(store: Store, triple: Triple, found: "Reasons", follows: bool) -> str:
    words = {
        "claimed": found.taken,
        "stated in the reference data": found.given.get(triple, False),
        "inferred from the reference data alone": found.alone,
        "inferred": follows and not found.alone,
    }
    return f"In the view {store.view} it is {' and '.join(word for word, so in words.items() if so)}."


def _absence(store: Store, triple: Triple, stored: bool, about: Mapping[URIRef, str]) -> str:
    """What is known of a triple that the view does not have, in one sentence."""
    start = f"The view {store.view} does not have it"
    if stored:
        return f"{start} as a fact: it is part of the record itself, in the graph {', '.join(_places(store, triple))}."
    if _stood_once(store, triple):
        return (
            f"{start} any more: what it rests on was taken back or corrected; ask with --include-retracted to see it."
        )
    if views := _other_views(store, triple):
        return f"{start}; of the other views these do: {', '.join(views)}."
    if not about:
        return f"{start}, nor does any other, and no claim is about it."
    return f"{start}, nor does any other: it is only {' and '.join(sorted(set(about.values())))}."


def _places(store: Store, triple: Triple) -> list[str]:
    """The names of the graphs that have the triple, of the one view that a store holds without the view's."""
    rows = store.query(_PLACES, _bound(triple)).rows
    names = (graph.removeprefix(graph_iri("")) for graph in _iris(row[3] for row in rows if row[2] == triple[2]))
    return sorted({re.sub(r"^view/.*/", "view/", name) for name in names})


def _stood_once(store: Store, triple: Triple) -> bool:
    """Whether the view would have the triple if nothing had been taken back."""
    from kgtools.columns.reasons import reasons
    from kgtools.ondemand import selection_in

    if store.scope.include_retracted:
        return False
    found = reasons(selection_in(store.folder, store.rule, replace(store.scope, include_retracted=True)), triple)
    return bool(found.inferences or found.given)


def _other_views(store: Store, triple: Triple) -> list[str]:
    """The other views that have the triple; a store holds one view only, so their files are searched."""
    names = [str(view).removeprefix(PREFIXES["view"]) for (view,) in store.query(_VIEWS).rows]
    start = f"\n<{triple[0]}> <{triple[1]}> "
    found = []
    for name in names:
        text = "" if name == store.view else "\n" + read_text(store.folder / "views" / f"{name}.nq")
        lines = [start + rest.partition("\n")[0] for rest in text.split(start)[1:]]
        if any(quad[:3] == triple for quad in parse_nquads("".join(lines).encode())):
            found.append(name)
    return found


def _check_names(store: Store, triple: Triple) -> None:
    """QuestionError at the first name that is declared nowhere, with the nearest that is."""
    subject, predicate, term = triple
    ends = [name for name in (subject, term) if isinstance(name, URIRef)]
    declared = {row[0] for row in _lookup(store, _DECLARED, ends)}
    for name in ends:
        if name not in declared:
            space = next((iri for iri in _SPACES if name.startswith(iri)), None)
            known = [str(row[0]) for row in store.query(_NAMES % space).rows] if space else []
            raise QuestionError(f"{shorten(name)} is declared nowhere{_near(name, known)}")
    properties = [str(RDF.type), *(str(row[0]) for row in store.query(_PROPERTIES).rows)]
    if str(predicate) not in properties:
        raise QuestionError(f"{shorten(predicate)} is no property{_near(predicate, properties)}")


_SPACES = sorted(PREFIXES.values(), key=len, reverse=True)


def _near(name: URIRef, known: Iterable[str]) -> str:
    """A hint at the known name whose local part is nearest."""
    by_local = {re.split(r"[/#]", iri)[-1]: iri for iri in known}
    close = difflib.get_close_matches(re.split(r"[/#]", name)[-1], sorted(by_local), 1, 0.6)
    return f"; did you mean {shorten(by_local[close[0]])}?" if close else "; check its spelling"


def _iri(text: str) -> URIRef:
    if text.startswith('"'):
        raise UsageError(f"{text} is a text, and only the object of a triple may be one; write a name instead")
    iri = expand(text)
    if not re.fullmatch(r'[^<>"{}|^`\\\x00-\x20\ud800-\udfff]+', iri):
        raise UsageError(f"{text!r} holds a character that no IRI may have; write a name such as actor:jnim")
    return iri


def _object(text: str) -> Term:
    if quoted := _QUOTED.fullmatch(text):
        value = re.sub(r"\\(.)", lambda match: {"n": "\n", "t": "\t", "r": "\r"}.get(match[1], match[1]), quoted[1])
        datatype = _iri(quoted[3]) if quoted[3] else None
        return Literal(value, lang=quoted[2], datatype=datatype, normalize=False)
    for pattern, datatype in _BARE.items():
        if re.fullmatch(pattern, text):
            literal = Literal(text, datatype=datatype, normalize=False)
            if "-" in text[1:] and days(literal) is None:
                raise UsageError(f"{text} is no real date; write a day, a month or a year such as 2023-07-15")
            return literal
    if text.startswith('"') or ":" not in text:
        raise UsageError(f"{text!r} is neither a name nor a text; write a name such as actor:jnim, or a text in quotes")
    return _iri(text)


_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"(?:@([A-Za-z]+(?:-[A-Za-z0-9]+)*)|\^\^(\S+))?', re.DOTALL)
_BARE: Mapping[str, URIRef] = {
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}": XSD.date,
    r"[0-9]{4}-[0-9]{2}": XSD.gYearMonth,
    r"[0-9]{4}": XSD.gYear,
    r"[+-]?[0-9]+": XSD.integer,
    r"[+-]?[0-9]*\.[0-9]+": XSD.decimal,
    r"true|false": XSD.boolean,
}


def _iris(terms: Iterable[Term | None]) -> list[URIRef]:
    return [term for term in terms if isinstance(term, URIRef)]


def _lookup(store: Store, query: str, iris: Iterable[URIRef]) -> list[Row]:
    ordered = sorted(set(iris))
    rows: list[Row] = []
    for start in range(0, len(ordered), _CHUNK):
        rows += store.query(query % " ".join(iri.n3() for iri in ordered[start : start + _CHUNK])).rows
    return rows
