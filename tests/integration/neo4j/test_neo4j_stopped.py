"""The server goes away and comes back: every route says so clearly and soon, and the same process answers again."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from api_calls import post
from library_data import PROGRAMME, SYNERGIES, copy_of
from neo4j_process import Neo4jServerProcess
from starlette.testclient import TestClient

from api.app import create_app
from kg.service import Symbiograph
from kg.service.access import access_token
from kg.settings import Settings

pytestmark = pytest.mark.integration

RETRIES = 2.0
"""Seconds a query is tried again: by what is under way when the server goes, not by each request after that."""

ALIVE = {"GET /healthz": "/healthz", "GET /api/v1/rebuild": "/api/v1/rebuild"}
ASKING = {
    "GET /readyz": "/readyz",
    "GET /api/v1/status": "/api/v1/status",
    "GET /api/v1/synergies": "/api/v1/synergies?q=fly ash",
    "GET /api/v1/synergies/{id}": "/api/v1/synergies/ae-ega-carbondust-cement",
    "GET /api/v1/sectors": "/api/v1/sectors?resource=fly ash",
    "GET /api/v1/recruitment": f"/api/v1/recruitment?resource=straw&programme={PROGRAMME}",
    "GET /api/v1/markets": "/api/v1/markets?technology=anaerobic digestion",
    "POST /api/v1/ask": "/api/v1/ask",
    "GET /api/v1/concepts": "/api/v1/concepts?q=ash",
    "GET /api/v1/concepts/{id}": "/api/v1/concepts/material:fly-ash",
    "GET /api/v1/imports": "/api/v1/imports",
    "GET /api/v1/imports/{id}": "/api/v1/imports/unknown",
    "GET /api/v1/imports/{id}/report": "/api/v1/imports/unknown/report",
    "GET /api/v1/batches": "/api/v1/batches",
    "GET /api/v1/export": "/api/v1/export?what=members",
}
WRITING = {
    "POST /api/v1/imports": "/api/v1/imports",
    "POST /api/v1/rebuild": "/api/v1/rebuild",
    "DELETE /api/v1/imports/{id}": "/api/v1/imports/unknown",
    "DELETE /api/v1/batches/{id}": "/api/v1/batches/unknown",
}
MEMBERS = "organisation,site,country,sector,sector_code,programme,role,resource,resource_kind\n" + "\n".join(
    f"Cut off {i},Farm {i},PT,growing of cereals,01.11,Cut off,have,straw,material" for i in range(300)
)


@pytest.fixture
def server(neo4j_server: Neo4jServerProcess) -> Iterator[Neo4jServerProcess]:
    """The shared server, which runs again afterwards whatever happens."""
    yield neo4j_server
    neo4j_server.restart()


def opened(settings: Settings) -> tuple[Symbiograph, TestClient]:
    service = Symbiograph.open(settings)
    service.warm()
    app = create_app(service, settings, access_token(settings))
    return service, TestClient(app, base_url="http://localhost:8745")


def call(client: TestClient, route: str, path: str, headers: dict[str, str]) -> Any:
    method, _, form = route.partition(" ")
    if form == "/api/v1/imports" and method == "POST":
        return post(client, headers, "members.csv", MEMBERS.encode())
    body = {"question": "Who took straw?"} if form == "/api/v1/ask" else None
    return client.request(method, path, headers=headers, json=body)


def is_unavailable(response: Any, route: str) -> None:
    assert response.status_code == 503, (route, response.text)
    assert response.headers["content-type"] == "application/problem+json"
    assert response.headers["retry-after"]
    document = response.json()
    assert document["code"] == "unavailable", (route, document)
    assert "cannot be reached" in document["detail"], (route, document)


def check_all_say_so(client: TestClient, writer: dict[str, str], limit: float) -> None:
    """Every route of the description is asked."""
    described = client.get("/openapi.json").json()["paths"]
    routes = {f"{method.upper()} {path}" for path, operations in described.items() for method in operations}
    assert routes == {*ALIVE, *ASKING, *WRITING}
    for route, path in ALIVE.items():
        assert call(client, route, path, {}).status_code == 200
    taken = []
    for route, path in (ASKING | WRITING).items():
        start = time.monotonic()
        is_unavailable(call(client, route, path, writer), route)
        taken.append((time.monotonic() - start, route))
    assert max(taken)[0] < limit, max(taken)


def state_of(client: TestClient, location: str) -> dict[str, Any]:
    response = client.get(location)
    assert response.status_code == 200, response.text
    progress: dict[str, Any] = response.json()["progress"]
    return progress


def wait_for(client: TestClient, location: str, key: str) -> dict[str, Any]:
    """Follow an import until some rows are in (`rows_done`), or until it has ended (`problem`)."""
    until = time.monotonic() + 60
    while not (progress := state_of(client, location))[key]:
        assert time.monotonic() < until, progress
        time.sleep(0.02)
    return progress


def until_200(client: TestClient, path: str) -> Any:
    until = time.monotonic() + 60
    while (response := client.get(path)).status_code != 200:
        assert time.monotonic() < until, response.text
        time.sleep(0.2)
    return response.json()


def first_sectors(client: TestClient) -> list[str]:
    """What a person reads first. Ranks further down may move: a server that starts puts its word index in order."""
    return [item["sector"]["id"] for item in until_200(client, ASKING["GET /api/v1/sectors"])["items"][:3]]


def test_a_process_outlives_its_server(
    server: Neo4jServerProcess, neo4j_library: Settings, writer: dict[str, str], tmp_path: Path
) -> None:
    changed = {"graph_retry_time": RETRIES, "batch_rows": 10}
    settings = neo4j_library.model_copy(update={**changed, "data": copy_of(neo4j_library.data, tmp_path / "one")})
    service, client = opened(settings)
    late = settings.model_copy(update={"data": copy_of(neo4j_library.data, tmp_path / "late")})
    with client:
        before = first_sectors(client)
        location = post(client, writer, "members.csv", MEMBERS.encode(), dry_run="false").headers["location"]
        wait_for(client, location, "rows_done")
        server.stop("--keep")
        cut = wait_for(client, location, "problem")
        assert (cut["state"], "cannot be reached" in cut["problem"]) == ("failed", True)
        check_all_say_so(client, writer, settings.request_timeout)
        late_service, late_client = opened(late)  # a process may also start while the server is away
        with late_client:
            is_unavailable(late_client.get("/readyz"), "GET /readyz")
            server.restart()
            for one in (client, late_client):
                assert until_200(one, "/readyz") == {"ready": True, "missing": []}
                assert first_sectors(one) == before
        for route in ("POST /api/v1/ask", "GET /api/v1/concepts", "GET /api/v1/imports", "GET /api/v1/export"):
            assert call(client, route, ASKING[route], {}).status_code == 200, route
        assert state_of(client, location)["state"] == "failed"
        undone = client.delete(location, headers=writer)
        assert undone.json()["progress"]["state"] == "undone", undone.text
        status = client.get("/api/v1/status").json()
        assert (status["counts"]["synergy"], status["indexed"]) == (SYNERGIES, SYNERGIES)
        assert "Cut off" not in {one["name"] for one in status["programmes"]}
    for one_service in (service, late_service):
        one_service.close()
