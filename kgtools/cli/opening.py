"""What the arguments of a command mean: the project, its snapshot, a store within its scope."""

from argparse import Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from kgtools.asking import scope_of
from kgtools.model import Answer, Project
from kgtools.sources import find_project

if TYPE_CHECKING:
    from kgtools.store import Store


def project_of(arguments: Namespace) -> Project:
    """The project that the arguments name."""
    return find_project(arguments.root, arguments.graph)


def out_of(arguments: Namespace) -> Path:
    """Where its build lies."""
    return arguments.build or project_of(arguments).root / "build"


def snapshot_of(arguments: Namespace) -> Path:
    """The folder of its last snapshot."""
    from kgtools.build import snapshot_folder

    return snapshot_folder(out_of(arguments))


def open_store(arguments: Namespace) -> "Store":
    """The store that the arguments of a question ask for, within their scope."""
    from kgtools.store import Store

    return Store.open(snapshot_of(arguments), arguments.view, scope=scope_of(arguments), timeout=arguments.timeout)


def check_known(project: Project, name: str) -> None:
    """Refuse a misspelt question before a store is opened for it."""
    from kgtools.questions import find_question

    find_question(project.ontology / "questions", name)


def answer_of(store: "Store", project: Project, name: str, given: dict[str, str]) -> tuple[str, Answer]:
    """The summary of a question and its answer."""
    from kgtools.questions import ask as ask_question
    from kgtools.questions import find_question

    question = find_question(project.ontology / "questions", name)
    return question.summary, ask_question(store, question, given)
