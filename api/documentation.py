"""The documentation page: Swagger UI from an installed package, without internet and without inline script."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

from fastapi import APIRouter, Response
from fastapi.responses import FileResponse, HTMLResponse

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "connect-src 'self'; font-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""Only this service's own files; Swagger UI sets styles inline and draws its icons from data addresses."""

PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Symbiograph API</title>
<link rel="icon" href="docs/favicon.png">
<link rel="stylesheet" href="docs/swagger-ui.css">
</head>
<body>
<div id="page"></div>
<noscript>The description of the API is at <a href="openapi.json">openapi.json</a>.</noscript>
<script src="docs/swagger-ui-bundle.js"></script>
<script src="docs/start.js"></script>
</body>
</html>
"""
START = """"use strict";
SwaggerUIBundle({
  url: "openapi.json",
  dom_id: "#page",
  deepLinking: true,
  displayRequestDuration: true,
  presets: [SwaggerUIBundle.presets.apis],
  layout: "BaseLayout",
  validatorUrl: null,
});
"""
ASSETS = ("swagger-ui-bundle.js", "swagger-ui.css", "favicon.png")
KEEP = {"Cache-Control": "public, max-age=86400"}


def asset_directory() -> Path:
    """Where the installed package keeps Swagger UI's files."""
    spec = find_spec("fastapi_offline")
    if spec is None or not spec.submodule_search_locations:
        raise RuntimeError("the package fastapi-offline is not installed")
    return Path(spec.submodule_search_locations[0]) / "static"


def router() -> APIRouter:
    """Routes of the page and its files; they are not part of the described API."""
    routes = APIRouter(include_in_schema=False)
    directory = asset_directory()

    @routes.get("/docs")
    async def page() -> Response:
        return HTMLResponse(PAGE, headers={"Content-Security-Policy": POLICY})

    @routes.get("/docs/start.js")
    async def start() -> Response:
        return Response(START, media_type="text/javascript", headers=KEEP)

    def add(name: str) -> None:
        async def asset() -> Response:
            return FileResponse(directory / name, headers=KEEP)

        routes.add_api_route(f"/docs/{name}", asset, methods=["GET"])

    for name in ASSETS:
        add(name)
    return routes
