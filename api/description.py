"""The OpenAPI description, with the one problem shape on every operation instead of the framework's own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import TypeAdapter

from api.problems import MEDIA_TYPE, Problem

TITLE = "Symbiograph"
SUMMARY = (
    "Who elsewhere has used this resource, how, and with what result; which sectors to recruit; where the market is."
)
EVERYWHERE = {
    "400": "The request cannot be read",
    "403": "The Host header names no address of this service",
    "413": "The body is over a limit",
    "414": "The address is too long",
    "422": "A parameter cannot be used",
    "500": "The service failed; `incident` names its log entry",
    "503": "The graph or index cannot answer now; `Retry-After` tells when to ask again",
}
ON_WRITING = {"401": "A bearer token is needed", "409": "Later work stands in the way"}
ON_ONE = {"404": "There is nothing with this id"}


def describe(app: FastAPI) -> dict[str, Any]:
    """The description as a JSON object; made once and kept by the application."""
    if app.openapi_schema is None:
        document = get_openapi(title=TITLE, version=app.version, summary=SUMMARY, routes=app.routes)
        schemas = document.setdefault("components", {}).setdefault("schemas", {})
        for name in ("HTTPValidationError", "ValidationError"):
            schemas.pop(name, None)
        problem = TypeAdapter(Problem).json_schema(ref_template="#/components/schemas/{model}")
        schemas.update(problem.pop("$defs", {}))
        schemas["Problem"] = problem
        for path, operations in document["paths"].items():
            for operation in operations.values():
                _tell_problems(path, operation)
        app.openapi_schema = document
    return app.openapi_schema


def _tell_problems(path: str, operation: dict[str, Any]) -> None:
    told: Mapping[str, str] = EVERYWHERE
    if "security" in operation:
        told = {**told, **ON_WRITING}
    if "{" in path:
        told = {**told, **ON_ONE}
    for status, description in told.items():
        operation["responses"][status] = {
            "description": description,
            "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
    operation["responses"] = dict(sorted(operation["responses"].items()))
