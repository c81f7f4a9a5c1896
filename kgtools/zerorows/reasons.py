"""Why one part of a query leaves no row: small queries to the snapshot, from the plainest reason to the vaguest."""

import difflib
import re
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from rdflib import RDF, Literal, URIRef

from kgtools.errors import StoreError
from kgtools.guard import Token
from kgtools.model import Answer, Term
from kgtools.names import KG, shorten
from kgtools.store import Store
from kgtools.zerorows.parts import Step

_MOST = 5000  # values that are searched for the nearest
_LIKE = 0.7  # difflib's ratio from which a word is near another
_WORDS = re.compile(r"(?<=[a-z])(?=[A-Z])|[-_]")


@dataclass(frozen=True, slots=True)
class Reason:
    """A reason as half a sentence, what may help, and whether it holds in every view alike."""

    text: str
    hint: str | None = None
    everywhere: bool = False


@dataclass(frozen=True, slots=True)
class Prober:
    """Small queries to one store, under the prologue of the query in question and one deadline for all."""

    store: Store
    prologue: str
    until: float  # by the monotonic clock

    def answer(self, query: str, bindings: Mapping[str, Term] | None = None) -> Answer:
        """The answer to a whole query; StoreError where no time is left."""
        left = self.until - time.monotonic()
        if left <= 0:
            raise StoreError("there was no time left to look further; allow more")
        return self.store.query(query, bindings, timeout=left)

    def holds(self, where: str) -> bool:
        """Whether the group has a solution."""
        return bool(self.answer(f"{self.prologue}ASK {{ {where} }}").boolean)

    def values(self, column: str, where: str, most: int = _MOST) -> list[Term]:
        """The values of a variable, written ?name, in the solutions of the group, sorted."""
        query = f"{self.prologue}SELECT DISTINCT {column} {{ {where} }} ORDER BY {column} LIMIT {most}"
        return [term for (term,) in self.answer(query).rows if term is not None]

    def term(self, text: str) -> Term | None:
        """The term that a name or literal of the query stands for."""
        return self.answer(f"{self.prologue}SELECT ({text} AS ?it) {{ }}").rows[0][0]


def why(prober: Prober, step: Step, earlier: Sequence[Step]) -> Reason:
    """Why *step* leaves no row of those that the *earlier* steps leave."""
    before = earlier[-1].where if earlier else ""
    unknown = _unknown_name(prober, step) if step.kind != "MINUS" else None
    if unknown and _needs_each_name(step):
        return unknown
    found = None
    if step.parts is not None:
        found = _of_pattern(prober, step.parts) or _of_values_before(prober, step.parts, earlier)
    found = found or {"FILTER": _of_filter, "VALUES": _of_values}.get(step.kind, _of_whole)(prober, step, before)
    if unknown and not found.hint:
        return replace(found, hint="; ".join(filter(None, (unknown.text, unknown.hint))))
    return found


def unused(prober: Prober, name: str) -> bool:
    """Whether the snapshot has no triple with this name, in its ontology either."""
    return not prober.holds(f"{{ {name} ?p ?o }} UNION {{ ?s {name} ?o }} UNION {{ ?s ?p {name} }}")


def nearest(wanted: Term, known: Iterable[Term], labels: Mapping[URIRef, Iterable[str]]) -> Term | None:
    """Of the terms known the one whose local name, text or label is most like the wanted one's."""
    by_word: dict[str, Term] = {}
    for term in sorted(set(known) - {wanted}, key=str):
        named = labels.get(term, ()) if isinstance(term, URIRef) else ()
        for word in (_word(term), *(label.casefold() for label in named)):
            by_word.setdefault(word, term)
    close = difflib.get_close_matches(_word(wanted), by_word, 1, _LIKE)
    return by_word[close[0]] if close else None


def shown(term: Term) -> str:
    """A term as a query has it, with the project's prefixes."""
    if isinstance(term, Literal) and term.datatype:
        return f"{Literal(str(term)).n3()}^^{shorten(term.datatype)}"
    return shorten(term) if isinstance(term, URIRef) else term.n3()


def _word(term: Term) -> str:
    """What is compared: the text of a literal, and of an IRI the words after the last slash or hash."""
    local = str(term) if isinstance(term, Literal) else re.split(r"[/#]", str(term))[-1]
    return local.casefold() if isinstance(term, Literal) else _WORDS.sub(" ", local).casefold()


def _unknown_name(prober: Prober, step: Step) -> Reason | None:
    for token in step.tokens:
        if token.kind in ("name", "iri") and _is_name(token.text) and unused(prober, token.text):
            term = prober.term(token.text)
            kind = _kind(step, token, term)
            near = _near_declared(prober, kind, term)
            hint = f"the nearest {kind} is {near}" if near else None
            return Reason(f"{token.text} is declared and used nowhere in the snapshot", hint, everywhere=True)
    return None


def _needs_each_name(step: Step) -> bool:
    """Whether the part can match nothing once one of its names is unknown."""
    if step.parts is not None:
        return not re.search(r"[|*?!]", _without_iris(step.parts[1]))
    return step.kind == "VALUES" and len(_listed_values(step)) == 1


def _is_name(text: str) -> bool:
    return not text.startswith(("?", "$", "_:", "[", "(", '"', "'")) and (":" in text or text.startswith("<"))


def _kind(step: Step, token: Token, term: Term | None) -> str:
    """What the name would have to be where it stands."""
    if step.parts is not None and token.text in re.split(r"[\^!*+?/|()]+", step.parts[1]):
        return "property"
    if step.parts is not None and token.text == step.parts[2] and _is_type(step.parts[1]):
        return "class"
    if not str(term).startswith(KG):
        return "name"
    return "class" if str(term)[len(KG) :][:1].isupper() else "property"


def _is_type(predicate: str) -> bool:
    return predicate in ("a", "rdf:type", f"<{RDF.type}>")


_PROPERTIES = """{ ?it a ?kind VALUES ?kind { owl:ObjectProperty owl:DatatypeProperty owl:AnnotationProperty } }
  UNION { SELECT DISTINCT ?it { ?s ?it ?o } }"""
_CLASSES = "{ ?it a owl:Class } UNION { SELECT DISTINCT ?it { ?s a ?it } }"
_NEAREST = """SELECT DISTINCT ?it ?label { %s FILTER(ISIRI(?it))
  OPTIONAL { ?it skos:prefLabel|dcterms:title ?label FILTER(LANG(?label) IN ("en", "")) } }"""


def _near_declared(prober: Prober, kind: str, wanted: Term | None) -> str | None:
    if not isinstance(wanted, URIRef):
        return None
    space = re.split(r"[^/#]*$", str(wanted))[0]
    things = f"?it a ?kind FILTER(STRSTARTS(STR(?it), {Literal(space).n3()}))"
    rows = prober.answer(_NEAREST % {"property": _PROPERTIES, "class": _CLASSES}.get(kind, things)).rows
    labels: dict[URIRef, list[str]] = {}
    for term, label in rows:
        if isinstance(term, URIRef):
            labels.setdefault(term, []).extend([] if label is None else [str(label)])
    near = nearest(wanted, labels, labels)
    return (
        None
        if not isinstance(near, URIRef)
        else shown(near) + "".join(f" (“{label}”)" for label in sorted(labels[near])[:1])
    )


def _of_pattern(prober: Prober, parts: tuple[str, str, str]) -> Reason | None:
    """Why a pattern matches nothing even alone; None if it does match."""
    _, predicate, term = parts
    view = f"view {prober.store.view}"
    if prober.holds(" ".join(parts)):
        return None
    if _is_type(predicate) and _is_name(term):
        return Reason(f"nothing in {view} is of the class {term}")
    if not (_is_name(predicate) or predicate == "a") or re.search(r"[\^!*+?/|()]", _without_iris(predicate)):
        return Reason(f"nothing in {view} matches this pattern, whatever stands before it")
    if not prober.holds(f"?s {predicate} ?o"):
        return _never_used(prober, predicate, view)
    if term[:1] in "\"'+-0123456789" or term in ("true", "false"):
        return _of_literal(prober, parts)
    return _of_ends(prober, parts, f"{predicate} is used in {view}, but never")


def _without_iris(path: str) -> str:
    return re.sub(r"<[^>]*>", "", path)


def _never_used(prober: Prober, predicate: str, view: str) -> Reason:
    """A property without a triple; claims may have it all the same, such as denials and forecasts."""
    if prober.holds(f"?c kg:onProposition ?p . ?p kg:predicate {predicate}"):
        hint = f"claims have it: ?claim kg:onProposition ?p . ?p kg:predicate {predicate}"
        return Reason(f"{view} takes no claim on {predicate} as a fact", hint)
    return Reason(f"{predicate} is declared, but no triple in {view} has it")


def _of_ends(prober: Prober, parts: tuple[str, str, str], never: str) -> Reason:
    """Which end a property that is used never has, and whether it has matches the other way round."""
    subject, predicate, term = parts
    turned = f"{term} {predicate} {subject}"
    hint = f"turned round, {turned}, it has matches" if prober.holds(turned) else None
    if _is_name(subject) and not prober.holds(f"{subject} {predicate} ?o"):
        return Reason(f"{never} with {subject} as its subject", hint)
    if _is_name(term) and not prober.holds(f"?s {predicate} {term}"):
        return Reason(f"{never} with {term} as its object", hint)
    return Reason(f"{never} joins these two", hint)


def _of_literal(prober: Prober, parts: tuple[str, str, str]) -> Reason:
    subject, predicate, text = parts
    triple = f"{subject} {predicate} ?it"
    others = _otherwise_written(prober, "?it", text, triple)
    if others:
        return Reason(f"{text} occurs only as {', '.join(map(shown, others))}", _as_written(others))
    wanted = prober.term(text)
    near = nearest(wanted, prober.values("?it", triple), {}) if wanted is not None else None
    hint = f"the nearest value is {shown(near)}" if near is not None else None
    return Reason(f"{predicate} never has the value {text} there", hint)


def _as_written(others: Sequence[Term]) -> str:
    return f"write {shown(others[0])}, tag, datatype and case included"


def _of_values_before(prober: Prober, parts: tuple[str, str, str], earlier: Sequence[Step]) -> Reason:
    """A pattern that matches alone: either a value fixed by VALUES before it does not fit, or the join fails."""
    for step in earlier:
        listed = [pair for pair in _listed_values(step) if pair[0] in parts]
        unknown = _unknown_name(prober, step) if listed else None
        if unknown and _needs_each_name(step):
            return unknown
        for variable, value in listed:
            subject, predicate, term = (value if part == variable else part for part in parts)
            found = _of_pattern(prober, (subject, predicate, term))
            if found is not None:
                return Reason(f"for {variable} = {value}, {found.text}", found.hint)
    if parts[1] == "kg:restsOn":
        return Reason(f"view {prober.store.view} takes none of the propositions before it as a fact")
    return Reason("it has matches of its own, but none fits the parts before it")


def _listed_values(step: Step) -> list[tuple[str, str]]:
    """The variable and each value of a VALUES with one variable."""
    if step.kind != "VALUES" or step.tokens[1].kind != "variable":
        return []
    return [(step.tokens[1].text, token.text) for token in step.tokens[3:-1] if token.text.upper() != "UNDEF"]


def _of_values(prober: Prober, step: Step, before: str) -> Reason:
    listed = _listed_values(step)
    if not listed:
        return Reason("no row that was left has these values together" if before else "it lists no value")
    variable, first = listed[0]
    for _, text in listed:
        others = _otherwise_written(prober, variable, text, before)
        if others:
            return Reason(f"{text} is there only as {', '.join(map(shown, others))}", _as_written(others))
    wanted = prober.term(first)
    near = nearest(wanted, prober.values(variable, before), {}) if wanted is not None else None
    hint = f"the nearest value is {shown(near)}" if near is not None else None
    return Reason(f"no row that was left has one of these values for {variable}", hint)


def _otherwise_written(prober: Prober, variable: str, text: str, where: str) -> list[Term]:
    """The values of the variable that have the literal's text, but another tag, datatype or case."""
    if text[:1] not in "\"'+-0123456789" or prober.holds(f"{where} FILTER({variable} = {text})"):
        return []
    return prober.values(variable, f"{where} FILTER(LCASE(STR({variable})) = LCASE(STR({text})))", 3)


def _of_filter(prober: Prober, step: Step, before: str) -> Reason:
    words = [token.text.upper() for token in step.tokens[1:3]]
    if words == ["NOT", "EXISTS"]:
        return Reason("every row that was left has what it rules out")
    if words[0] == "EXISTS":
        return Reason("no row that was left has what it asks for")
    for variable, text in _compared(step.tokens):
        others = _otherwise_written(prober, variable, text, before)
        if others:
            written = ", ".join(map(shown, others))
            return Reason(f"{text} is there only as {written}, in {variable}", _as_written(others))
    return Reason("no row that was left passes it")


def _compared(tokens: Sequence[Token]) -> list[tuple[str, str]]:
    """Each variable that is set equal to a term, and the term as written."""
    pairs = []
    for left, sign, right in zip(tokens, tokens[1:], tokens[2:], strict=False):
        if sign.text == "=" and "variable" in (left.kind, right.kind):
            pairs.append((left.text, right.text) if left.kind == "variable" else (right.text, left.text))
    return pairs


def _of_whole(prober: Prober, step: Step, before: str) -> Reason:
    """MINUS, UNION, a subquery and a bare group: no more is said than that they fit nothing."""
    if step.kind == "MINUS":
        return Reason("it takes away every row that was left")
    if before and prober.holds(step.alone):
        return Reason("it has matches of its own, but none fits the parts before it")
    return Reason("none of its branches matches anything" if step.kind == "UNION" else "nothing matches it")
