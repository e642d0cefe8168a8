"""Every failure of every route is a problem document of one shape."""

from __future__ import annotations

import pytest
from fastapi import FastAPI
from httpx import Response
from starlette.testclient import TestClient

from api.app import create_app
from kg.errors import every_error
from kg.service import Symbiograph
from kg.service.access import Token
from kg.settings import Settings

pytestmark = pytest.mark.integration

SHAPE = {"type", "title", "status", "detail", "code", "hint", "incident", "errors"}
CODES = {error.code: error for error in every_error()}


def is_problem(response: Response, status: int, code: str) -> dict[str, object]:
    """Check shape, status and code; return the document."""
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    document: dict[str, object] = response.json()
    assert set(document) == SHAPE
    assert (document["status"], document["code"]) == (status, code)
    assert document["type"] == f"https://symbiograph.example/problems/{code}"
    assert document["title"] == CODES[code].title
    assert document["detail"]
    return document


def routes(app: FastAPI) -> list[tuple[str, str]]:
    return [(method.upper(), path) for path, operations in app.openapi()["paths"].items() for method in operations]


def test_every_route_refuses_a_foreign_host(app: FastAPI, client: TestClient) -> None:
    for method, path in routes(app):
        is_problem(client.request(method, path, headers={"Host": "evil.example"}), 403, "forbidden")


def test_every_route_refuses_other_methods(app: FastAPI, client: TestClient) -> None:
    paths = {path.replace("{id}", "x") for _, path in routes(app)}
    for path in paths:
        response = client.request("PATCH", path)
        is_problem(response, 405, "method-not-allowed")
        assert response.headers["allow"]


def test_every_route_refuses_a_large_body(app: FastAPI, client: TestClient) -> None:
    for method, path in routes(app):
        if (method, path) != ("POST", "/api/v1/imports"):
            is_problem(client.request(method, path, content=b"x" * 100_000), 413, "too-large")


def test_every_route_refuses_a_long_address(app: FastAPI, client: TestClient) -> None:
    for method, path in routes(app):
        is_problem(client.request(method, path + "?x=" + "y" * 30_000), 414, "address-too-long")


def test_every_reading_route_refuses_unknown_parameters_or_takes_none(app: FastAPI, client: TestClient) -> None:
    for path in ("synergies", "sectors", "recruitment", "markets", "concepts"):
        document = is_problem(client.get(f"/api/v1/{path}?graph=false"), 422, "invalid-input")
        assert {"field": "graph", "message": "Extra inputs are not permitted"} in document["errors"]  # type: ignore[operator]


def test_every_writing_route_needs_the_token(app: FastAPI, client: TestClient) -> None:
    document = app.openapi()
    writing = [(m, p) for m, p in routes(app) if "security" in document["paths"][p][m.lower()]]
    assert {m for m, _ in writing} == {"POST", "DELETE"}
    reading = [(m, p) for m, p in routes(app) if (m, p) not in writing]
    assert {p for m, p in reading if m != "GET"} <= {"/api/v1/ask"}, "whatever writes needs the token"
    for method, path in writing:
        for headers in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": "Basic eDp5"}):
            response = client.request(method, path, headers=headers)
            is_problem(response, 401, "unauthorized")
            assert response.headers["www-authenticate"].startswith("Bearer")


@pytest.mark.parametrize(
    "path",
    [
        "/nothing",
        "/api/v1/nothing",
        "/docs/..%2f..%2fetc%2fpasswd",
        "/api/v1/synergies/no-such-synergy",
        "/api/v1/concepts/material:no-such",
        "/api/v1/imports/no-such",
        "/api/v1/imports/no-such/report",
    ],
)
def test_what_is_not_there_is_not_found(path: str, client: TestClient) -> None:
    is_problem(client.get(path), 404, "not-found")


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("sectors", "invalid-input"),
        ("sectors?resource=", "invalid-input"),
        ("sectors?resource=straw&limit=0", "invalid-input"),
        ("sectors?resource=straw&limit=101", "invalid-input"),
        ("sectors?resource=straw&limit=many", "invalid-input"),
        ("sectors?resource=straw&role=owner", "invalid-input"),
        ("sectors?resource=straw&level=planet", "invalid-input"),
        ("sectors?resource=straw&year_from=2020&year_to=2010", "invalid-input"),
        ("sectors?resource=straw&kind=magic", "invalid-input"),
        ("sectors?resource=straw&country=England", "unknown-filter"),
        ("sectors?resource=straw&place=Atlantis", "unknown-filter"),
        ("sectors?resource=straw&sector=99.99.99", "unknown-filter"),
        ("sectors?resource=straw&material=material:no-such", "unknown-filter"),
        ("sectors?resource=straw&technology=magic", "unknown-filter"),
        ("sectors?resource=straw&programme=no such", "unknown-filter"),
        ("recruitment?resource=straw&programme=no such", "unknown-filter"),
        ("synergies?cursor=rubbish", "bad-cursor"),
        ("synergies?q=" + "ash " * 600, "invalid-input"),
        ("synergies?country=" + "&country=".join(["GB"] * 51), "invalid-input"),
    ],
)
def test_what_cannot_be_used_is_told(query: str, code: str, client: TestClient) -> None:
    document = is_problem(client.get(f"/api/v1/{query}"), 422, code)
    assert document["hint"] or document["errors"]


def test_a_bug_names_an_incident_and_shows_nothing_of_itself(
    settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    class Broken(Symbiograph):
        def status(self) -> object:  # type: ignore[override]
            raise ValueError("secret of the house")

    broken = create_app(Broken(settings), settings, Token("x"))
    with TestClient(broken, base_url="http://localhost", raise_server_exceptions=False) as client:
        response = client.get("/api/v1/status")
    document = is_problem(response, 500, "internal")
    assert "secret" not in response.text
    assert str(document["incident"]) in caplog.text
    assert "secret of the house" in caplog.text


def test_a_slow_answer_ends_on_time(settings: Settings) -> None:
    import threading

    go = threading.Event()

    class Slow(Symbiograph):
        def status(self) -> object:  # type: ignore[override]
            return go.wait(10)

    quick = settings.model_copy(update={"request_timeout": 0.2})
    with TestClient(create_app(Slow(quick), quick, Token("x")), base_url="http://localhost") as client:
        response = client.get("/api/v1/status")
        go.set()
    is_problem(response, 503, "timed-out")
    assert response.headers["retry-after"]


def test_a_directory_without_a_graph_answers_with_what_to_do(tmp_path_factory: pytest.TempPathFactory) -> None:
    empty = Settings(data=tmp_path_factory.mktemp("empty"))
    with TestClient(create_app(Symbiograph(empty), empty, Token("x")), base_url="http://localhost") as client:
        assert client.get("/healthz").json() == {"status": "alive"}
        document = is_problem(client.get("/readyz"), 503, "unavailable")
        assert "symbiograph init" in str(document["detail"])
        is_problem(client.get("/api/v1/sectors?resource=straw"), 503, "not-initialised")
        assert client.get("/api/v1/status").json()["ready"] is False
        assert client.get("/api/v1/concepts?q=fly ash").json()["items"]
    assert not (empty.data / "graph").exists(), "asking makes no graph"
