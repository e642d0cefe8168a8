"""The compose file starts nothing without a password of the user's own, and publishes to this machine alone."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

COMPOSE = Path(__file__).parents[2] / "compose.yaml"


@pytest.fixture(scope="module")
def services() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(COMPOSE.read_text(encoding="utf-8"))["services"]
    return found


@pytest.mark.parametrize(
    ("service", "variable"),
    [("neo4j", "NEO4J_AUTH"), ("service", "SYMBIOGRAPH_GRAPH_PASSWORD"), ("service", "SYMBIOGRAPH_TOKEN")],
)
def test_secrets_have_no_default(services: dict[str, Any], service: str, variable: str) -> None:
    value = services[service]["environment"][variable]
    assert re.search(r"\$\{[A-Z0-9_]+:\?[^}]+\}", value), "compose must refuse to start without it"
    assert ":-" not in value


def test_every_service_has_a_health_check_and_a_volume(services: dict[str, Any]) -> None:
    dockerfile = (COMPOSE.parent / "Dockerfile").read_text(encoding="utf-8")
    assert services["neo4j"]["healthcheck"]["test"]
    assert "HEALTHCHECK" in dockerfile
    assert all(service["volumes"] for service in services.values())


def test_the_service_waits_for_the_database(services: dict[str, Any]) -> None:
    assert services["service"]["depends_on"]["neo4j"]["condition"] == "service_healthy"


def test_only_loopback_is_published(services: dict[str, Any]) -> None:
    ports = [port for service in services.values() for port in service.get("ports", [])]
    assert ports
    assert all(port.startswith("127.0.0.1:") for port in ports)
