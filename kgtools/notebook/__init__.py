"""The graph in a notebook: `%%sparql` and `%kg` after `%load_ext kgtools`, or the same from Python with a Session."""

from kgtools.notebook.answered import Answered
from kgtools.notebook.drawn import Render
from kgtools.notebook.magics import register
from kgtools.notebook.session import Session
from kgtools.notebook.shown import Text

__all__ = ["Answered", "Render", "Session", "Text", "register"]
