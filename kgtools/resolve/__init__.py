"""What a name may mean, and which handles may be of one thing; choosing and deciding are left to people."""

from kgtools.resolve.candidates import MATCHES, Candidate, Use, candidate_lines, candidates, candidates_json, nearest
from kgtools.resolve.spelling import fold
from kgtools.resolve.suggest import Suggestion, suggestion_lines, suggestions, suggestions_json

__all__ = [
    "MATCHES",
    "Candidate",
    "Suggestion",
    "Use",
    "candidate_lines",
    "candidates",
    "candidates_json",
    "fold",
    "nearest",
    "suggestion_lines",
    "suggestions",
    "suggestions_json",
]
