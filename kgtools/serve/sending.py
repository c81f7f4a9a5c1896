"""Answers on their way: sent in parts, so that a client who takes them slowly is told from one who takes nothing."""

from collections import Counter
from collections.abc import Mapping

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from kgtools.serve.limits import Limits
from kgtools.serve.refusals import Refusal
from kgtools.serve.turns import less

_PART = 1 << 18  # bytes


class Sending:
    """The answers that clients have not taken yet, which stay in memory until then."""

    def __init__(self, limits: Limits) -> None:
        """None is."""
        self._most, self._most_of_client = limits.unsent_mb << 20, limits.unsent_mb_of_client << 20
        self._unsent: Counter[str] = Counter()

    def check(self, client: str) -> None:
        """Refusal if too much waits to be taken, by the client or by all."""
        if self._unsent[client] > self._most_of_client:
            raise Refusal(429, "answers that you asked for wait to be taken; read them first", again=5)
        if self._unsent.total() > self._most:
            raise Refusal(503, "too many answers wait to be taken; try again", again=5)

    def response(self, body: bytes, media: str, headers: Mapping[str, str], client: str) -> Response:
        """The answer as a response, which counts until the client has taken it or is gone."""
        return _Counted(self._unsent, client, body, media, headers)


class _Counted(Response):
    """A body in parts, each of which is sent when the client has taken the last."""

    def __init__(
        self, unsent: "Counter[str]", client: str, body: bytes, media: str, headers: Mapping[str, str]
    ) -> None:
        super().__init__(body, media_type=media, headers=headers)
        self._unsent, self._client = unsent, client

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it."""
        size = len(self.body)
        self._unsent[self._client] += size
        try:
            await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
            for start in range(0, size, _PART) if scope["method"] != "HEAD" else ():
                part = self.body[start : start + _PART]
                await send({"type": "http.response.body", "body": part, "more_body": True})
            await send({"type": "http.response.body", "body": b""})
        finally:
            less(self._unsent, self._client, size)
