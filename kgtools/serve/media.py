"""Which form of an answer a client prefers, by its Accept header (RFC 9110, section 12.5.1)."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

_UTF8 = "; charset=utf-8"
# Each form with its media type, then other names under which clients ask for it.
TABLES: Mapping[str, Sequence[str]] = MappingProxyType(
    {
        "json": ("application/sparql-results+json", "application/json"),
        "xml": ("application/sparql-results+xml", "application/xml", "text/xml"),
        "csv": ("text/csv" + _UTF8,),
        "tsv": ("text/tab-separated-values" + _UTF8,),
    }
)
GRAPHS: Mapping[str, Sequence[str]] = MappingProxyType(
    {
        "turtle": ("text/turtle" + _UTF8, "application/x-turtle"),
        "ntriples": ("application/n-triples" + _UTF8, "text/plain"),
        "jsonld": ("application/ld+json", "application/json"),
        "rdfxml": ("application/rdf+xml", "application/xml", "text/xml"),
    }
)
HTML = ("text/html" + _UTF8, "application/xhtml+xml")


def chosen(accept: str, offered: Mapping[str, Sequence[str]]) -> str | None:
    """The offered form that the header prefers, the first of equals; None if it takes none of them."""
    ranges = _ranges(accept)
    weights = {form: _weight([name.partition(";")[0] for name in names], ranges) for form, names in offered.items()}
    best = max(weights.values(), default=0.0)
    return next((form for form, weight in weights.items() if weight == best), None) if best > 0 else None


def takes_gzip(header: str) -> bool:
    """Whether an Accept-Encoding header takes gzip."""
    weights = {name: weight for name, weight, _ in _ranges(header)}
    return bool(header) and weights.get("gzip", weights.get("*", 0.0)) > 0


def _ranges(header: str) -> list[tuple[str, float, int]]:
    """Each range with its weight and how exact it is; all of equal weight if there is no header."""
    found = []
    for part in (header or "*/*").split(","):
        name, *parameters = (piece.strip().lower() for piece in part.split(";"))
        if name:
            found.append((name, _quality(parameters), 2 - name.count("*")))
    return found


def _quality(parameters: list[str]) -> float:
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip() == "q":
            try:
                return min(1.0, max(0.0, float(value)))
            except ValueError:
                return 0.0
    return 1.0


def _weight(names: Sequence[str], ranges: list[tuple[str, float, int]]) -> float:
    """What the most exact range says of a form; of its other names only those that a client writes out."""
    exact = [weight for one, weight, _ in ranges if one in names]
    if exact:
        return max(exact)
    wide = (f"{names[0].partition('/')[0]}/*", "*/*")
    return max(((exactness, weight) for one, weight, exactness in ranges if one in wide), default=(0, 0.0))[1]
