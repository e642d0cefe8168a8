"""How often a request asks the server: a fixed number of times, however much it shows and however many members.

Counted where the driver sends a query; the queries are real and so are their answers.
"""

from __future__ import annotations

from typing import Any

import neo4j
import pytest
from api_calls import settled
from library_data import PROGRAMME, SYNERGIES
from starlette.testclient import TestClient

pytestmark = pytest.mark.integration

LOOK = 3
"""Queries by which a process sees that the index still fits, at most once in two seconds."""

PROPOSED = 6
"""Three views (a vector search looks first which way is best), then documents and vectors."""

MOST = {
    "synergies?q=fly ash&": PROPOSED + 2,
    "synergies?": 4,
    "synergies?country=GB&": 4,
    "sectors?resource=fly ash&": PROPOSED + 1,
    "sectors?resource=straw&exclude_country=CN&level=class&": PROPOSED + 1,
    f"recruitment?resource=straw&programme={PROGRAMME}&": PROPOSED + 5,
    "markets?technology=anaerobic digestion&": PROPOSED,
    f"markets?technology=anaerobic digestion&programme={PROGRAMME}&": PROPOSED + 3,
    "concepts?q=ash&": 2,
}
ONCE = {
    "synergies/ae-ega-carbondust-cement": PROPOSED + 4,
    "concepts/material:fly-ash": 2,
    "concepts/nace2:C": 2,
    "imports": 1,
    "batches": 1,
    "status": 26,
}
"""Status counts fifteen kinds of node, each from the server's own count store."""

SHEET = "organisation,site,country,sector,sector_code,programme,role,resource,resource_kind"


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every query that is sent from here on."""
    queries: list[str] = []
    original = neo4j.ManagedTransaction.run

    def counted(self: neo4j.ManagedTransaction, query: str, *args: Any, **kwargs: Any) -> Any:
        queries.append(query)
        return original(self, query, *args, **kwargs)

    monkeypatch.setattr(neo4j.ManagedTransaction, "run", counted)
    return queries


def asked(client: TestClient, sent: list[str], path: str) -> list[str]:
    """Queries of one request, asked before so that what is kept is there."""
    for _ in range(2):
        sent.clear()
        response = client.get(path if path.startswith("/") else f"/api/v1/{path}")
        assert response.status_code == 200, response.text
    return list(sent)


@pytest.mark.parametrize("path", MOST)
def test_the_number_of_queries_does_not_grow_with_what_is_shown(
    neo4j_client: TestClient, sent: list[str], path: str
) -> None:
    for limit in (5, 20, 100):
        queries = asked(neo4j_client, sent, f"{path}limit={limit}")
        assert 0 < len(queries) <= MOST[path] + LOOK, queries


@pytest.mark.parametrize("path", ONCE)
def test_the_number_of_queries_is_fixed(neo4j_client: TestClient, sent: list[str], path: str) -> None:
    queries = asked(neo4j_client, sent, path)
    assert 0 < len(queries) <= ONCE[path] + LOOK, queries


def test_the_number_of_queries_does_not_grow_with_the_members(
    neo4j_client: TestClient, sent: list[str], writer: dict[str, str]
) -> None:
    lines = [
        f"{name} {i},Farm {i},PT,growing of cereals,01.11,{name},have,straw,material"
        for name, count in (("Few members", 1), ("Many members", 60))
        for i in range(count)
    ]
    done = settled(neo4j_client, writer, "members.csv", "\n".join([SHEET, *lines]).encode())["progress"]
    assert (done["state"], done["created"]) == ("done", 61), done
    try:
        for programme in ("Few members", "Many members"):
            path = f"recruitment?resource=straw&limit=20&programme={programme}"
            queries = asked(neo4j_client, sent, path)
            assert 0 < len(queries) <= PROPOSED + 5 + LOOK, queries
    finally:
        neo4j_client.delete(f"/api/v1/imports/{done['id']}", headers=writer)


def test_everything_is_counted_once_while_the_index_stands_still(neo4j_client: TestClient, sent: list[str]) -> None:
    def counts() -> int:
        queries = asked(neo4j_client, sent, "synergies?limit=5")
        return sum("UNWIND [['country'" in query for query in queries)

    assert counts() == 0
    facets = neo4j_client.get("/api/v1/synergies?limit=5").json()["facets"]
    assert sum(facets["status"].values()) == SYNERGIES
