"""The application: routes, guard, problem documents and the description, around an open service."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version
from typing import Any

from fastapi import FastAPI
from fastapi.responses import RedirectResponse

from api import description, documentation, problems
from api.desk import Desk
from api.guard import Guard
from api.routes import answers, imports, system
from kg.service import Symbiograph
from kg.service.access import Token
from kg.settings import Settings


class _Application(FastAPI):
    """FastAPI with our own description of it."""

    def openapi(self) -> dict[str, Any]:
        """The OpenAPI description, made once."""
        return description.describe(self)


def create_app(service: Symbiograph, settings: Settings, token: Token) -> FastAPI:
    """An application over `service`, which stays the caller's to close."""
    desk = Desk(service, token)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        desk.workers.close()

    app = _Application(
        title=description.TITLE,
        version=version("symbiograph"),
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
        redirect_slashes=False,
    )
    for part in (answers, imports, system):
        app.include_router(part.router(desk))
    app.include_router(documentation.router())

    @app.get("/", include_in_schema=False)
    async def start() -> RedirectResponse:
        return RedirectResponse("docs")

    problems.install(app)
    app.add_middleware(Guard, settings=settings)
    return app
