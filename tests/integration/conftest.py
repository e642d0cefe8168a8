"""Fixtures of tests that need the whole product on the real library."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from library_data import copy_of, holds_library, library_directory, until_ready
from neo4j_process import Neo4jServerProcess
from pydantic import SecretStr
from starlette.testclient import TestClient

from api.app import create_app
from kg.graph.neo4j.store import Neo4jStore
from kg.graph.neo4j.views import Neo4jViews
from kg.service import Symbiograph
from kg.service.access import access_token
from kg.service.copying import copy_graph
from kg.settings import Settings

TOKEN = "a-token-for-tests-only"


@pytest.fixture(scope="session")
def library(pytestconfig: pytest.Config) -> Path:
    """A data directory with the library; copy it before opening it."""
    assert pytestconfig.cache is not None
    return library_directory(Path(pytestconfig.cache.mkdir("library")))


@pytest.fixture(scope="session")
def settings(library: Path, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings of a data directory of our own that holds the library. Tests leave it as they found it."""
    data = copy_of(library, tmp_path_factory.mktemp("service") / "data")
    return Settings(data=data, token=SecretStr(TOKEN), max_address_characters=20_000)


@pytest.fixture(scope="session")
def service(settings: Settings) -> Iterator[Symbiograph]:
    """The service over the library."""
    opened = Symbiograph.open(settings)
    opened.warm()
    until_ready(opened)
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def app(service: Symbiograph, settings: Settings) -> FastAPI:
    """The application over the library."""
    return create_app(service, settings, access_token(settings))


@pytest.fixture(scope="session")
def client(app: FastAPI) -> Iterator[TestClient]:
    """Asks the application as a program on this computer would."""
    with TestClient(app, base_url="http://localhost:8745") as opened:
        yield opened


@pytest.fixture(scope="session")
def writer() -> dict[str, str]:
    """Headers of who may write."""
    return {"Authorization": f"Bearer {TOKEN}"}


@pytest.fixture(scope="module")
def neo4j_library(
    library: Path, neo4j_server: Neo4jServerProcess, tmp_path_factory: pytest.TempPathFactory
) -> Settings:
    """Settings of the shared Neo4j server with the library in it; copied only when the module before has not left it.

    Tests leave the records as they found them.
    """
    data = copy_of(library, tmp_path_factory.mktemp("neo4j-library") / "data")
    found = neo4j_server.settings(data=data, token=SecretStr(TOKEN), max_address_characters=20_000)
    store, views = Neo4jStore(found), Neo4jViews(found)
    there = holds_library(store, views)
    store.close()
    views.close()
    if not there:
        neo4j_server.wipe()
        copy_graph(found, "ladybug", found.graph)
    return found


@pytest.fixture(scope="module")
def neo4j_service(neo4j_library: Settings) -> Iterator[Symbiograph]:
    """The service over the library on Neo4j."""
    opened = Symbiograph.open(neo4j_library)
    opened.warm()
    until_ready(opened)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def neo4j_client(neo4j_service: Symbiograph, neo4j_library: Settings) -> Iterator[TestClient]:
    """Asks the application over Neo4j."""
    app = create_app(neo4j_service, neo4j_library, access_token(neo4j_library))
    with TestClient(app, base_url="http://localhost:8745") as opened:
        yield opened
