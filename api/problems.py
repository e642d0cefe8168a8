"""RFC 9457 problem documents: every failure of every route has this one shape."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from kg.errors import (
    InputError,
    MalformedRequest,
    MethodNotAllowed,
    NotFound,
    SymbiographError,
    Unauthorized,
    Unavailable,
)

MEDIA_TYPE = "application/problem+json"
TYPE_BASE = "https://symbiograph.example/problems/"
RETRY_AFTER = "5"
_log = logging.getLogger("symbiograph.api")


@dataclass(frozen=True, slots=True)
class FieldProblem:
    """What is wrong with one parameter or part of the body."""

    field: str
    message: str


@dataclass(frozen=True, slots=True)
class Problem:
    """A problem document. `code` is stable; `hint` says how to mend it; `incident` names the log entry of a 500."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    hint: str = ""
    incident: str = ""
    errors: tuple[FieldProblem, ...] = field(default=())


def respond(
    error: SymbiographError,
    *,
    incident: str = "",
    errors: Sequence[FieldProblem] = (),
    headers: Mapping[str, str] | None = None,
) -> Response:
    """The response that tells of an error."""
    document = Problem(
        type=TYPE_BASE + error.code,
        title=error.title,
        status=error.status,
        detail=error.message,
        code=error.code,
        hint=error.hint,
        incident=incident,
        errors=tuple(errors),
    )
    extra = dict(headers or {})
    if isinstance(error, Unauthorized):
        extra["WWW-Authenticate"] = 'Bearer realm="symbiograph"'
    if isinstance(error, Unavailable):
        extra["Retry-After"] = RETRY_AFTER
    return Response(orjson.dumps(document), error.status, extra, MEDIA_TYPE)


def respond_to_bug(error: BaseException, path: str) -> Response:
    """The response to an unforeseen error: it names an incident in the log and shows nothing of the error itself."""
    incident = secrets.token_hex(6)
    _log.error("incident %s at %s", incident, path, exc_info=error)
    told = SymbiographError(
        "The service failed at this request. Nothing was changed by it that is not reported.",
        hint=f"The log tells what happened under incident {incident}.",
    )
    return respond(told, incident=incident)


def _of_http(error: HTTPException) -> SymbiographError:
    if error.status_code == NotFound.status:
        return NotFound("There is nothing at this address.", hint="The addresses are listed at /docs.")
    if error.status_code == MethodNotAllowed.status:
        return MethodNotAllowed("This address does not take this method.", hint="The methods are listed at /docs.")
    return MalformedRequest(str(error.detail)[:200], hint="The form of each request is described at /docs.")


def _sentence(problem: Mapping[str, Any]) -> FieldProblem:
    place = [str(part) for part in problem["loc"] if part not in ("query", "body", "path")]
    return FieldProblem(".".join(place) or str(problem["loc"][0]), str(problem["msg"]))


def install(app: FastAPI) -> None:
    """Give every error that FastAPI, Starlette and the product raise the one shape."""

    async def told(_: Request, error: Exception) -> Response:
        if isinstance(error, SymbiographError):
            return respond(error)
        if isinstance(error, RequestValidationError):
            errors = [_sentence(problem) for problem in error.errors()]
            named = ", ".join(dict.fromkeys(entry.field for entry in errors))
            return respond(InputError(f"These parameters cannot be used: {named[:200]}."), errors=errors)
        if isinstance(error, HTTPException):
            return respond(_of_http(error), headers=error.headers)
        raise error

    for kind in (SymbiographError, RequestValidationError, HTTPException):
        app.add_exception_handler(kind, told)
