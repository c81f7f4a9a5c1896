"""Snapshots made of a few claims, with literals that programs like to change: for tests of exports."""

import json
from collections.abc import Iterable
from pathlib import Path

from rdflib import XSD, Literal, URIRef

from kgtools.claims import proposition_iri
from kgtools.export import ClaimNode, LocatorNode, claim_lines
from kgtools.freeze import nquads
from kgtools.model import Proposition, Quad
from kgtools.names import KG, PREFIXES, graph_iri


def _typed(text: str, name: str) -> Literal:
    return Literal(text, datatype=XSD[name], normalize=False)


AWKWARD = {
    "empty": Literal(""),
    "empty-in-french": Literal("", lang="fr"),
    "zero-in-front": _typed("01", "integer"),
    "zero-behind": _typed("1.50", "decimal"),
    "plus": _typed("+1", "integer"),
    "long-number": _typed("123456789012345678901234567890", "integer"),
    "exponent": _typed("1E05", "double"),
    "not-a-number": _typed("NaN", "double"),
    "year": _typed("2023", "gYear"),
    "year-with-zone": _typed("2023Z", "gYear"),
    "year-before": _typed("-0044", "gYear"),
    "month": _typed("2023-07", "gYearMonth"),
    "day-with-zone": _typed("2023-07-01+01:00", "date"),
    "no-day": _typed("2023-02-30", "date"),
    "time": _typed("2023-07-01T24:00:00.123456789Z", "dateTime"),
    "no-boolean": _typed("1", "boolean"),
    "own-type": Literal("a b", datatype=URIRef("https://example.org/type#a,b"), normalize=False),
    "comma-and-quotes": Literal('a "quoted", comma; semicolon'),
    "one-quote": Literal('"'),
    "line-feed": Literal("one\ntwo\n"),
    "line-break": Literal("one\r\ntwo"),
    "carriage-return": Literal("one\rtwo\r"),
    "spaces-and-tabs": Literal(" \t a  b \t "),
    "separators": Literal("a\u2028b\u2029c\u0085d\u000be"),
    "controls": Literal("\u0000a\u0001b\u001fc\u007fd\ufffee\uffff"),
    "formula": Literal("=HYPERLINK(1)"),
    "at": Literal("@SUM(1)", lang="en"),
    "markup": Literal("<b>&amp;</b>]]>"),
    "backslashes": Literal(r"\n \u0041 \\u0041 \N \""),
    "arabic": Literal("جماعة نصرة الإسلام", lang="ar"),
    "directions": Literal("a\u202eb\u2066c\ufeffd\u200fe"),
    "beyond": Literal("𒀀 👩\u200d🚀 e\u0301", lang="fr-latn-ml"),
    "bar-and-null": Literal("a | b|c;NULL,\\N"),
}


def claim(number: int, *values: Literal | URIRef, **properties: tuple[Literal | URIRef, ...]) -> ClaimNode:
    """A claim on each of the values, with these properties."""
    iri = URIRef(f"{PREFIXES['claim']}made-{number:03}")
    subject, predicate = URIRef(f"{PREFIXES['actor']}made"), KG.isCalled
    triples = sorted({(subject, predicate, value) for value in values}, key=proposition_iri)
    propositions = tuple(Proposition(proposition_iri(triple), *triple) for triple in triples)
    place = LocatorNode(
        URIRef(f"{PREFIXES['locator']}made-{number:03}"),
        {KG.section: tuple(v for v in values if isinstance(v, Literal))},
    )
    given = {
        KG.holder: (URIRef(f"{PREFIXES['actor']}speaker"),),
        KG.stance: (URIRef(f"{PREFIXES['stance']}asserts"),),
        **{KG[name]: terms for name, terms in properties.items()},
    }
    return ClaimNode(iri, URIRef(f"{PREFIXES['source']}made"), dict(sorted(given.items())), propositions, (place,))


def snapshot(folder: Path, claims: Iterable[ClaimNode], facts: Iterable[Proposition] = ()) -> Path:
    """A snapshot of these claims alone, with these facts in its one view."""
    (folder / "views").mkdir(parents=True)
    (folder / "manifest.json").write_text(json.dumps({"views": {"all": {}}, "snapshot": "made"}), encoding="utf-8")
    for name in ("ontology.nq", "reference.nq", "withdrawn.nq", "scenarios.nq"):
        (folder / name).write_bytes(b"")
    (folder / "claims.nq").write_bytes(claim_lines(claims))
    quads: list[Quad] = [(*one.triple, graph_iri("view/all/facts")) for one in facts]
    (folder / "views" / "all.nq").write_bytes(nquads(quads))
    return folder
