"""The one layer around every request: names, sizes, time, security headers, and the last word on failures.

Pure ASGI and without per-request objects it does not need, because it is on the path of every answer.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api import problems
from kg.errors import AddressTooLong, Forbidden, MalformedRequest, SymbiographError, TimedOut, TooLarge
from kg.service.access import accepted_hosts, host_name
from kg.settings import Settings

UPLOAD_PATH = "/api/v1/imports"
FORM_ALLOWANCE = 65_536
"""Bytes a multipart form may have around the file it carries."""

HEADERS: tuple[tuple[bytes, bytes], ...] = (
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=()"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'; base-uri 'none'"),
    (b"cache-control", b"no-store"),
)


class Guard:
    """ASGI middleware that refuses what must not reach the routes and gives every answer its security headers."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app = app
        self._settings = settings
        self._hosts = accepted_hosts(settings)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self._app(scope, receive, send)
            return
        sent = _Sender(send)
        upload = scope["method"] == "POST" and scope["path"] == UPLOAD_PATH
        limit = self._settings.max_upload_bytes + FORM_ALLOWANCE if upload else self._settings.max_body_bytes
        seconds = self._settings.import_timeout if upload else self._settings.request_timeout
        failure: Response
        try:
            self._check(scope, limit)
            async with asyncio.timeout(seconds):
                await self._app(scope, _limited(receive, limit), sent)
            return
        except SymbiographError as error:
            failure = problems.respond(error, headers={"Connection": "close"})
        except TimeoutError:
            failure = problems.respond(_too_slow(seconds))
        except Exception as error:  # noqa: BLE001 - the last place where a bug can be told of in our own shape
            failure = problems.respond_to_bug(error, scope["path"])
        if not sent.started:
            await failure(scope, receive, sent)

    def _check(self, scope: Scope, limit: int) -> None:
        if len(scope["raw_path"]) + len(scope["query_string"]) > self._settings.max_address_characters:
            raise AddressTooLong(
                f"The address has more than {self._settings.max_address_characters} characters.",
                hint="Ask with fewer or shorter parameters.",
            )
        names = [value for name, value in scope["headers"] if name == b"host"]
        if len(names) != 1 or host_name(names[0].decode("latin-1")) not in self._hosts:
            raise Forbidden(
                "The Host header names no address of this service.",
                hint="Ask through localhost, or add the name to SYMBIOGRAPH_ALLOWED_HOSTS.",
            )
        for name, value in scope["headers"]:
            if name == b"content-length":
                if not value.isdigit():
                    raise MalformedRequest("The Content-Length header is no number.")
                if int(value) > limit:
                    raise _too_large(limit)


def _too_large(limit: int) -> TooLarge:
    return TooLarge(
        f"The request's body is larger than {limit} bytes.",
        hint="Split the file, or raise SYMBIOGRAPH_MAX_UPLOAD_BYTES.",
    )


def _too_slow(seconds: float) -> TimedOut:
    return TimedOut(
        f"The request took longer than {seconds:g} seconds.",
        hint="Ask again; if it stays slow, ask for less or raise SYMBIOGRAPH_REQUEST_TIMEOUT.",
    )


def _limited(receive: Receive, limit: int) -> Receive:
    """Count the body as it arrives: a sender may state no length or a wrong one."""
    seen = 0

    async def counted() -> Message:
        nonlocal seen
        message = await receive()
        if message["type"] == "http.request":
            seen += len(message.get("body", b""))
            if seen > limit:
                raise _too_large(limit)
        return message

    return counted


class _Sender:
    """Adds the security headers that the route has not set, and remembers whether the answer has begun."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self.started = False

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.started = True
            message["headers"] = _with_security(message.get("headers", ()))
        await self._send(message)


def _with_security(headers: Iterable[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    given = list(headers)
    names = {name.lower() for name, _ in given}
    return [*given, *(header for header in HEADERS if header[0] not in names)]
