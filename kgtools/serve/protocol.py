"""What a request asks, by the SPARQL 1.1 Protocol (https://www.w3.org/TR/sparql11-protocol/), and under which view."""

import asyncio
import difflib
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from kgtools.errors import KgError
from kgtools.guard import MOST_BYTES
from kgtools.model import Scope
from kgtools.names import expand
from kgtools.serve.limits import Limits
from kgtools.serve.refusals import Refusal

if TYPE_CHECKING:
    from starlette.requests import Request

_FORM, _QUERY, _UPDATE = "application/x-www-form-urlencoded", "application/sparql-query", "application/sparql-update"
_SCOPE = {
    **dict.fromkeys(("according-to", "excluding"), "many"),
    **dict.fromkeys(("as-of", "known-by", "least-confidence"), "one"),
    **dict.fromkeys(("first-hand", "strict", "include-retracted"), "flag"),
}
_KNOWN = ("query", "update", "default-graph-uri", "named-graph-uri", "view", "timeout", *_SCOPE)
_MOST_BODY = 4 * MOST_BYTES  # a form writes a byte as three
_YES, _NO = ("true", "1", "yes", ""), ("false", "0", "no")

Parameters = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Asked:
    """A query, the graphs that the request names for it, if any, and the view and scope to answer it under."""

    query: str
    default: tuple[str, ...]
    named: tuple[str, ...]
    view: str
    scope: Scope
    seconds: float


async def asked_of(request: "Request", limits: Limits) -> Asked | None:
    """What the request asks; None for a GET that asks nothing, Refusal for anything else that is no query."""
    if request.method not in ("GET", "HEAD", "POST"):
        raise Refusal(405, f"{request.method} is no way to ask; use GET or POST", allow="GET, HEAD, POST, OPTIONS")
    parameters = _decoded(request.scope["query_string"], "the address")
    direct: list[str] = []
    if request.method == "POST":
        kind, body = _kind(request), await _body(request, limits)
        if kind == _FORM:
            parameters += _decoded(body, "the form")
        else:
            direct = [_text(body, "the query")]
    if any(name == "update" for name, _ in parameters):
        raise Refusal(403, "this endpoint is read only; change the curated files instead")
    _check_known(parameters)
    queries = direct + [value for name, value in parameters if name == "query"]
    if len(queries) > 1:
        raise Refusal(400, "the request has more than one query; send one")
    if not queries and (parameters or request.method == "POST"):
        raise Refusal(400, "the request has no query; send query=SELECT…")
    return _asked(queries[0], parameters, limits) if queries else None


def _asked(query: str, parameters: Parameters, limits: Limits) -> Asked:
    def given(name: str) -> tuple[str, ...]:
        return tuple(dict.fromkeys(value for key, value in parameters if key == name))

    def one(name: str, default: str) -> str:
        values = given(name)
        if len(values) > 1:
            raise Refusal(400, f"{name} is given more than once; give it once")
        return values[0] if values else default

    scope = {}
    try:
        for name, kind in _SCOPE.items():
            if given(name):
                values = given(name) if kind == "many" else one(name, "")
                scope[name.replace("-", "_")] = _MADE[kind](name, values)
    except KgError as error:
        raise Refusal(400, str(error)) from None
    return Asked(
        query,
        given("default-graph-uri"),
        given("named-graph-uri"),
        one("view", "all"),
        Scope(**scope),
        _seconds(one("timeout", f"{limits.seconds:g}"), limits),
    )


def _flag(name: str, value: str) -> bool:
    if value.lower() not in _YES + _NO:
        raise Refusal(400, f"{name}={value} is neither true nor false; write {name}=true")
    return value.lower() in _YES


_MADE = {"many": lambda _, values: frozenset(map(expand, values)), "one": lambda _, value: value, "flag": _flag}


def _seconds(text: str, limits: Limits) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds <= limits.seconds:
        raise Refusal(400, f"timeout={text[:40]} is no number of seconds above 0 and up to {limits.seconds:g}")
    return seconds


def _check_known(parameters: Parameters) -> None:
    """Refuse what looks like a slip: a view that is misspelt would be answered as if it were not there."""
    for name, _ in parameters:
        near = [] if name in _KNOWN else difflib.get_close_matches(name, _KNOWN, 1, 0.7)
        if near:
            raise Refusal(400, f"there is no parameter {name[:40]!r}; did you mean {near[0]!r}?")


def _kind(request: "Request") -> str:
    """The media type of the body, one of those that can hold a query."""
    kind, *parameters = (part.strip().lower() for part in request.headers.get("content-type", "").split(";"))
    if kind == _UPDATE:
        raise Refusal(403, "this endpoint is read only; change the curated files instead")
    if kind not in (_FORM, _QUERY):
        raise Refusal(415, f"a body of type {kind[:60]!r} is no query; send {_QUERY} or {_FORM}")
    charsets = [part.partition("=")[2].strip('"') for part in parameters if part.startswith("charset=")]
    if any(charset not in ("utf-8", "utf8", "us-ascii") for charset in charsets):
        raise Refusal(415, f"a query is read as UTF-8, not as {charsets[0][:40]}; send it so")
    if request.headers.get("content-encoding", "identity") != "identity":
        raise Refusal(415, "the body is packed; send it as it is")
    return kind


async def _body(request: "Request", limits: Limits) -> bytes:
    from starlette.requests import ClientDisconnect

    parts, size = [], 0
    try:
        async with asyncio.timeout(limits.receiving):
            async for part in request.stream():
                parts.append(part)
                size += len(part)
                if size > _MOST_BODY:
                    raise Refusal(413, f"the request has more than {_MOST_BODY:,} bytes; shorten the query")
    except ClientDisconnect:
        raise Refusal(499, "the client went away") from None
    except TimeoutError:
        raise Refusal(408, f"the request did not arrive within {limits.receiving:g} seconds; send it again") from None
    return b"".join(parts)


def _decoded(data: bytes, where: str) -> Parameters:
    try:
        return parse_qsl(data.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=100)
    except (UnicodeDecodeError, ValueError):
        raise Refusal(400, f"{where} is not URL-encoded UTF-8, or has over 100 parts; mend it") from None


def _text(data: bytes, what: str) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        raise Refusal(400, f"{what} is not UTF-8 at byte {error.start}; send it as UTF-8") from None
