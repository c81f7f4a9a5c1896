"""The process that runs Java: reads one request as JSON from stdin, writes one reply as JSON to stdout.

It is run as a file, not imported, so that it loads nothing but jpype. Java's objects have no types a checker knows.
"""

import json
import sys
from collections.abc import Callable, Sequence
from typing import Any

RDF_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"


def main() -> None:
    """Answer the request."""
    import jpype

    request = json.load(sys.stdin)
    jpype.startJVM(request["library"], "-Xss64m", classpath=[request["jar"]], convertStrings=True)
    api, ontology = jpype.JPackage("org").semanticweb, None
    reply: dict[str, Any] = {"failure": "", "violations": [], "clashes": [], "entailed": []}
    try:
        ontology = load(api, request["ontology"])
        if request["task"] == "report":
            reply["violations"] = violations(api.owlapi.profiles, ontology)
        reply["clashes"] = clashes(api, ontology)
        if request["task"] == "entail" and not reply["clashes"]:
            reply["entailed"] = entailed(api.HermiT.Reasoner(ontology), ontology)
    except jpype.JException as error:
        reply["failure"] = str(error.getMessage() or error)
    sys.stdout.write(json.dumps(reply) + "\n")


def load(api: Any, text: str) -> Any:
    """The ontology in an RDF/XML text."""
    manager = api.owlapi.apibinding.OWLManager.createOWLOntologyManager()
    return manager.loadOntologyFromOntologyDocument(api.owlapi.io.StringDocumentSource(text))


def violations(profiles: Any, ontology: Any) -> list[tuple[str, str]]:
    """What lies outside a profile.

    OWL 2 RL holds all the rules of OWL 2 DL, so what both name is said once. Its checker also minds the datatypes of
    annotations, which no reasoner reads, so what RL alone says of annotations is left out.
    """
    full, small = (
        {str(one): one for one in profile.checkOntology(ontology).getViolations()}
        for profile in (profiles.OWL2DLProfile(), profiles.OWL2RLProfile())
    )
    more = {text for text, one in small.items() if text not in full and not on_annotation(one)}
    return [*(("OWL 2 DL", text) for text in sorted(full)), *(("OWL 2 RL", text) for text in sorted(more))]


def on_annotation(violation: Any) -> bool:
    """Whether the violation is of an axiom that only annotates."""
    axiom = violation.getAxiom()
    return axiom is not None and bool(axiom.isAnnotationAxiom())


def clashes(api: Any, ontology: Any) -> list[dict[str, Any]]:
    """The contradiction in the whole, or else each class that can have no member, with a least set of axioms."""
    axioms = sorted(ontology.getLogicalAxioms(), key=str)

    def explained(kind: Any) -> dict[str, Any]:
        blamed = least([], axioms, lambda some: broken(api, ontology, some, kind))
        return {"name": "" if kind is None else str(kind.getIRI()), "axioms": sorted(map(str, blamed))}

    whole = api.HermiT.Reasoner(ontology)
    if not whole.isConsistent():
        return [explained(None)]
    kinds = sorted(whole.getUnsatisfiableClasses().getEntitiesMinusBottom(), key=str)
    return [explained(kind) for kind in kinds]


def broken(api: Any, ontology: Any, axioms: Sequence[Any], kind: Any) -> bool:
    """Whether these axioms contradict one another, or with a class given, leave it without any possible member."""
    reasoner = api.HermiT.Reasoner(ontology.getOWLOntologyManager().createOntology(java_set(axioms)))
    return not (reasoner.isConsistent() if kind is None else reasoner.isSatisfiable(kind))


def java_set(items: Sequence[Any]) -> Any:
    """The items as a Java set."""
    import jpype

    found = jpype.java.util.HashSet()
    for item in items:
        found.add(item)
    return found


def least(known: Sequence[Any], candidates: Sequence[Any], broken: Callable[[Sequence[Any]], bool]) -> list[Any]:
    """The fewest candidates that, with what is known, are still broken: none can be left out (QuickXplain)."""
    if not candidates or (known and broken(known)):
        return []
    if len(candidates) == 1:
        return list(candidates)
    half = len(candidates) // 2
    first, second = candidates[:half], candidates[half:]
    needed = least([*known, *first], second, broken)
    return [*least([*known, *needed], first, broken), *needed]


def entailed(reasoner: Any, ontology: Any) -> list[tuple[str, str, str]]:
    """The types of named individuals and the object properties between them."""
    found = set()
    paths = [path for path in ontology.getObjectPropertiesInSignature() if not path.isBuiltIn()]
    for individual in ontology.getIndividualsInSignature():
        name = str(individual.getIRI())
        kinds = reasoner.getTypes(individual, False).getFlattened()
        found |= {(name, RDF_TYPE, str(kind.getIRI())) for kind in kinds if not kind.isOWLThing()}
        for path in paths:
            values = reasoner.getObjectPropertyValues(individual, path).getFlattened()
            found |= {(name, str(path.getIRI()), str(value.getIRI())) for value in values}
    return sorted(found)


if __name__ == "__main__":
    main()
