"""What the server says instead of an answer: a status of HTTP and one sentence."""


class Refusal(Exception):
    """The request is not answered; `again` is after how many seconds to try again."""

    def __init__(self, status: int, sentence: str, *, again: int | None = None, allow: str = "") -> None:
        super().__init__(sentence)
        self.status, self.sentence, self.again, self.allow = status, sentence, again, allow
