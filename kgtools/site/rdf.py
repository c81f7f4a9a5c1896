"""Turtle and JSON-LD of a few triples: canonical, prefixed, sorted, each lexical form as it was curated."""

import json
import re
from collections.abc import Iterable, Mapping
from functools import cache

from kgtools.names import PREFIXES
from kgtools.site.read import TYPE, bare, datatype_of, language_of, value_of

Triples = Iterable[tuple[str, str, str]]  # terms as N-Triples writes them

_BY_LENGTH = sorted(((iri, prefix) for prefix, iri in PREFIXES.items()), key=lambda pair: -len(pair[0]))
_LOCAL = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_-]*")


def turtle_of(triples: Triples) -> str:
    """The triples as Turtle: one property a line, subjects and properties in order, no prefix that is not used."""
    used: set[str] = set()
    blocks = [_block(subject, node, used) for subject, node in _grouped(triples)]
    head = [f"@prefix {prefix}: <{PREFIXES[prefix]}> .\n" for prefix in sorted(used)]
    return "\n".join(["".join(head), *blocks]) if blocks else ""


def json_ld_of(triples: Triples) -> str:
    """The triples as flattened JSON-LD whose context lies in it, a property a line."""
    used: set[str] = set()
    nodes = [_json_node(subject, node, used) for subject, node in _grouped(triples)]
    prefixes = [f"  {_string(prefix)}: {_string(PREFIXES[prefix])}" for prefix in sorted(used)]
    context = ",\n".join(['  "@version": 1.1', *prefixes])
    return f'{{\n "@context": {{\n{context}\n }},\n "@graph": [{",".join(nodes)}]\n}}\n'


def _grouped(triples: Triples) -> list[tuple[str, Mapping[str, list[str]]]]:
    """Subjects with what is said of them, all sorted; a class first."""
    found: dict[str, dict[str, set[str]]] = {}
    for subject, predicate, term in triples:
        found.setdefault(subject, {}).setdefault(predicate, set()).add(term)
    return [
        (subject, {p: sorted(found[subject][p]) for p in sorted(found[subject], key=_class_first)})
        for subject in sorted(found)
    ]


def _class_first(predicate: str) -> tuple[bool, str]:
    return (bare(predicate) != TYPE, predicate)


def _block(subject: str, node: Mapping[str, list[str]], used: set[str]) -> str:
    lines = []
    for predicate, terms in node.items():
        verb = "a" if bare(predicate) == TYPE else _term(predicate, used)
        lines.append(f"{verb} " + ",\n        ".join(_term(term, used) for term in terms))
    return f"{_term(subject, used)} " + " ;\n    ".join(lines) + " .\n"


def _term(term: str, used: set[str]) -> str:
    if term.startswith("<"):
        return _name(term, used) or term
    kind = datatype_of(term) if term.startswith('"') else ""
    return term[: -len(kind) - 2] + (_name(f"<{kind}>", used) or f"<{kind}>") if kind else term


def _name(iri: str, used: set[str]) -> str | None:
    found = _split(iri)
    if found is None:
        return None
    used.add(found[0])
    return f"{found[0]}:{found[1]}"


@cache
def _split(iri: str) -> tuple[str, str] | None:
    """The prefix and the local name of an IRI, where a prefix of ours fits and the rest needs no escape."""
    text = iri[1:-1]
    for namespace, prefix in _BY_LENGTH:
        if text.startswith(namespace):
            local = text[len(namespace) :]
            return (prefix, local) if _LOCAL.fullmatch(local) else None
    return None


def _json_node(subject: str, node: Mapping[str, list[str]], used: set[str]) -> str:
    lines = [f'  "@id": {_string(_json_name(subject, used))}']
    for predicate, terms in node.items():
        if bare(predicate) == TYPE and not any(term.startswith('"') for term in terms):
            lines.append(f'  "@type": [{", ".join(_string(_json_name(term, used)) for term in terms)}]')
        else:
            values = ", ".join(_json_value(term, used) for term in terms)
            lines.append(f"  {_string(_json_name(predicate, used))}: [{values}]")
    return "{\n" + ",\n".join(lines) + "\n }"


def _json_name(term: str, used: set[str]) -> str:
    return (_name(term, used) or bare(term)) if term.startswith("<") else term


def _json_value(term: str, used: set[str]) -> str:
    if not term.startswith('"'):
        return f'{{"@id": {_string(_json_name(term, used))}}}'
    value, language, kind = _string(value_of(term)), language_of(term), datatype_of(term)
    if language:
        return f'{{"@value": {value}, "@language": "{language}"}}'
    return (
        f'{{"@value": {value}, "@type": {_string(_json_name(f"<{kind}>", used))}}}'
        if kind
        else f'{{"@value": {value}}}'
    )


_string = json.JSONEncoder(ensure_ascii=False).encode
