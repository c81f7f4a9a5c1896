"""A project of links for notebooks to run in."""

from pathlib import Path

import pytest

from kgtools.build import build
from kgtools.model import Project

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="package")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project of links, so that a notebook finds its snapshot and the repository stays clean."""
    root = tmp_path_factory.mktemp("project")
    for name in ("ontology", "graph"):
        (root / name).symlink_to(ROOT / name)
    build(Project(root, root / "ontology", root / "graph"), root / "build")
    (root / "notebooks").mkdir()
    return root
