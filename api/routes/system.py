"""How the service is: alive, ready, what it holds; and making its index anew."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import orjson
from fastapi import APIRouter, Depends, Query, Response
from fastapi.responses import StreamingResponse

from api import problems
from api.desk import Desk, answers
from kg.errors import Unavailable
from kg.service.answers import Readiness, Rebuild, Status
from kg.service.exports import MEDIA_TYPES

Exported = Annotated[Literal["synergies", "members", "turtle", "json-ld"], Query(description="What to write out")]
WRITTEN_OUT: dict[str, Any] = {
    "description": "The sheet, or the graph",
    "content": {kind.partition(";")[0]: {"schema": {"type": "string"}} for kind in dict.fromkeys(MEDIA_TYPES.values())},
}
ENDINGS = {"turtle": "ttl", "json-ld": "jsonld"}
ALIVE = orjson.dumps({"status": "alive"})


def router(desk: Desk) -> APIRouter:
    """Routes for monitors and operators."""
    routes = APIRouter(tags=["system"])
    service, workers = desk.service, desk.workers

    @routes.get("/healthz", **answers(dict[str, str], "The process answers"))
    async def alive() -> Response:
        """Liveness: asks nothing of the graph."""
        return Response(ALIVE, media_type="application/json")

    @routes.get(
        "/readyz",
        **answers(Readiness, "Questions can be answered"),
    )
    async def ready() -> Response:
        """Readiness; when something is missing, the problem document says what."""
        found = await workers.run(service.ready)
        if found.ready:
            return await workers.answer(lambda: found)
        missing = [problems.FieldProblem("readiness", sentence) for sentence in found.missing]
        return problems.respond(Unavailable(" ".join(found.missing)), errors=missing)

    @routes.get("/api/v1/status", **answers(Status, "Versions, counts, model and vocabulary"))
    async def status() -> Response:
        """Versions, counts, model and vocabulary."""
        return await workers.answer(service.status)

    @routes.post(
        "/api/v1/rebuild",
        status_code=202,
        dependencies=[Depends(desk.may_write)],
        **answers(Rebuild, "It is begun; follow it at the same address"),
    )
    async def rebuild() -> Response:
        """Make the index anew from the graph. What was encoded before is not encoded again."""
        response = await workers.answer(service.upkeep.rebuild)
        response.status_code = 202
        response.headers["Location"] = "/api/v1/rebuild"
        return response

    @routes.get("/api/v1/rebuild", **answers(Rebuild, "How far it is"))
    async def rebuilding() -> Response:
        """How far the making of the index is."""
        return await workers.answer(service.upkeep.state)

    @routes.get("/api/v1/export", responses={200: WRITTEN_OUT}, response_class=StreamingResponse)
    async def export(what: Exported = "synergies") -> Response:
        """All synergies or members as a sheet that can be imported as it is, or the whole graph as RDF."""
        pieces = await workers.run(lambda: service.export(what))
        name = {"Content-Disposition": f'attachment; filename="{what}.{ENDINGS.get(what, "csv")}"'}
        return StreamingResponse(pieces, media_type=MEDIA_TYPES[what], headers=name)

    return routes
