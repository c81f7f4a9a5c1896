"""The Sahel Knowledge Graph: curated claims, views of them, and questions asked of both."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

__all__ = ["__version__", "load_ipython_extension"]

__version__ = "0.1.0"


def load_ipython_extension(shell: "InteractiveShell") -> None:
    """Register `%%sparql` and `%kg` when a notebook says `%load_ext kgtools`."""
    from kgtools.notebook import register

    register(shell)
