"""The cells that `notebooks.py` runs: one query of each kind that people write, the same text for both notebooks."""

PREFIXES = """PREFIX kg: <https://w3id.org/sahel-kg/def/>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>
"""

NAMES = """SELECT ?group ?name WHERE {
  ?group a kg:ArmedGroup ; skos:prefLabel ?name . FILTER(LANG(?name) = "en")
} ORDER BY ?group ?name LIMIT 50"""

VALUES = """SELECT ?place ?name ?north ?letters ?tropical ?day WHERE {
  ?place kg:latitude ?north ; skos:prefLabel ?name .
  BIND(STRLEN(?name) AS ?letters) BIND(?north < 23.4 AS ?tropical) BIND("2026-04-10"^^xsd:date AS ?day)
} ORDER BY ?place (LANG(?name)) ?name LIMIT 50"""

COUNTS = """SELECT ?stance (COUNT(DISTINCT ?claim) AS ?claims) (COUNT(DISTINCT ?source) AS ?sources) WHERE {
  ?claim kg:stance ?stance ; kg:statedIn ?source .
} GROUP BY ?stance ORDER BY ?stance"""

YES_OR_NO = "ASK { ?claim kg:holder ?group . ?group a kg:ArmedGroup }"

EDGES = """{
  VALUES ?predicate { kg:controlsRoute kg:escortsRoute kg:preysOnRoute kg:taxesRoute kg:usesRoute }
  ?subject ?predicate ?object .
}"""

BUILT = f"CONSTRUCT {{ ?subject ?predicate ?object }} WHERE {EDGES}"

DESCRIBED = "DESCRIBE ?route WHERE { { SELECT ?route WHERE { ?route a kg:Route } ORDER BY ?route LIMIT 1 } }"

NO_ROWS = "SELECT ?group ?other WHERE { ?group a kg:ArmedGroup ; kg:oposes ?other }"

WRONG = """SELECT ?group WHERE {
  ?group a kg:ArmedGroup ;
    kg:opposes }"""

QUERIES = {
    "SELECT, IRIs and labels": NAMES,
    "SELECT, typed values": VALUES,
    "aggregate": COUNTS,
    "ASK": YES_OR_NO,
    "CONSTRUCT": BUILT,
    "DESCRIBE": DESCRIBED,
    "no rows": NO_ROWS,
    "syntax error": WRONG,
}

# graph-notebook draws a SELECT whose columns are called so; of other servers' CONSTRUCT it shows the text alone.
DRAWN = f"SELECT ?subject ?predicate ?object WHERE {EDGES} ORDER BY ?subject ?predicate ?object"

# What a variable of the notebook then holds: the Python type of each column's first value.
PROBE = """if hasattr(kept, "columns"):
    first = {name: kept[name].iloc[0] for name in kept.columns}
else:
    first = kept["results"]["bindings"][0]
for name, value in first.items():
    inner = type(value["value"]).__name__ + " in a " if isinstance(value, dict) else ""
    print(name, inner + type(value).__name__, sep="=")"""


def cell(query: str, flags: str = "") -> str:
    """A query as a cell."""
    return f"%%sparql {flags}".rstrip() + f"\n{PREFIXES}\n{query}"


def cells(load: str, drawing: str) -> dict[str, str]:
    """The ten cells by what they are."""
    return {"import": load, **{name: cell(query) for name, query in QUERIES.items()}, "drawing": drawing}


def probes(load: str, flags: str) -> list[str]:
    """Cells that keep the typed values in a variable and print their types."""
    return [load, cell(VALUES, f"--store-to kept {flags}"), PROBE]
