"""What can go wrong, each with one sentence that says where, what and how to fix it."""

from pathlib import Path


class KgError(Exception):
    """Any problem the user can mend; its text is one complete sentence."""


class UsageError(KgError):
    """The command or call itself is wrong, whatever the data."""


class SourceError(KgError):
    """A file cannot be read as what it should be."""

    def __init__(self, path: Path | str, what: str, line: int | None = None) -> None:
        super().__init__(f"{path}{'' if line is None else f':{line}'}: {what}")
        self.path, self.line, self.what = Path(path), line, what


class QuestionError(KgError):
    """A question, a query or a parameter cannot be used."""


class Forbidden(QuestionError):
    """A query asks for what no query may do here, however it is written."""


class TooLarge(QuestionError):
    """A query is larger than any question needs."""


class InvalidGraph(KgError):
    """The curated data broke a rule, so nothing was built."""


class StoreError(KgError):
    """The snapshot cannot be opened, or a query on it cannot be finished."""
