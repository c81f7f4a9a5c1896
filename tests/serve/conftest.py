"""The invented world, served once for each file of tests."""

from collections.abc import Iterator

import pytest
from servers import Running, serving

from kgtools.build import Built
from kgtools.model import Project


@pytest.fixture(scope="module")
def server(world: Built, world_project: Project) -> Iterator[Running]:
    """The invented world, served."""
    with serving(world.folder.parent, "--timeout", "5", graph=world_project.graph) as running:
        yield running
