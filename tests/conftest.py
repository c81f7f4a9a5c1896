"""The repository's own project and the invented world, built once a session."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from kgtools.build import Built, build
from kgtools.model import Project
from kgtools.store import Store

# How long an example takes says nothing on a noisy machine.
settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any machine")

ROOT = Path(__file__).resolve().parent.parent


# Files that take long although they have few tests: begun first, so that no core waits for the last of them.
LONG = (
    "test_site.py",
    "test_real_graph.py",
    "test_stories.py",
    "test_benchmarks.py",
    "test_questions.py",
    "test_lab.py",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: LONG.index(item.path.name) if item.path.name in LONG else len(LONG))


@pytest.fixture(scope="session")
def real_project() -> Project:
    return Project(ROOT, ROOT / "ontology", ROOT / "graph")


@pytest.fixture(scope="session")
def world_project() -> Project:
    return Project(ROOT, ROOT / "ontology", ROOT / "tests" / "world" / "graph")


@pytest.fixture(scope="session")
def real(real_project: Project, tmp_path_factory: pytest.TempPathFactory) -> Built:
    return build(real_project, tmp_path_factory.mktemp("real"))


@pytest.fixture(scope="session")
def world(world_project: Project, tmp_path_factory: pytest.TempPathFactory) -> Built:
    return build(world_project, tmp_path_factory.mktemp("world"))


@pytest.fixture(scope="session")
def store(world: Built):
    """The invented world, opened once under the view all; a test that breaks its store opens one of its own."""
    with Store.open(world.folder) as opened:
        yield opened


@pytest.fixture(scope="session")
def real_store(real: Built):
    with Store.open(real.folder) as opened:
        yield opened
