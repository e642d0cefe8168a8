"""What is read from a server's address and version, and how its errors are said in our terms."""

from __future__ import annotations

import pytest
from neo4j.exceptions import ClientError, Neo4jError, ServiceUnavailable

from kg.errors import StorageFailed, SymbiographError, TimedOut, Unavailable
from kg.graph.neo4j.failures import explain
from kg.graph.neo4j.server import is_address, read_version, refuse_old


@pytest.mark.parametrize("graph", ["neo4j://host", "neo4j+s://x.databases.neo4j.io", "bolt://127.0.0.1:7687"])
def test_addresses_of_a_server(graph: str) -> None:
    assert is_address(graph)


@pytest.mark.parametrize("graph", ["ladybug", "", "http://host", "neo4j", "://"])
def test_what_is_no_address_of_a_server(graph: str) -> None:
    assert not is_address(graph)


@pytest.mark.parametrize(
    ("agent", "version"),
    [("Neo4j/2026.09.0", (2026, 9, 0)), ("5.26.1", (5, 26, 1)), ("2026.02", (2026, 2)), ("unknown", ())],
)
def test_versions_are_numbers(agent: str, version: tuple[int, ...]) -> None:
    assert read_version(agent) == version


@pytest.mark.parametrize("agent", ["2026.02.0", "2026.09.0", "2027.01.0", "5.27-aura"])
def test_new_enough_servers_are_taken(agent: str) -> None:
    refuse_old(agent, "neo4j://host")


@pytest.mark.parametrize("agent", ["5.26.1", "2025.11.0", "2026.01.4", "4.4.0", ""])
def test_an_older_server_is_refused_with_a_clear_sentence(agent: str) -> None:
    with pytest.raises(Unavailable, match=r"needs 2026\.02 or newer") as caught:
        refuse_old(agent, "neo4j://host")
    assert "neo4j://host" in caught.value.message
    assert caught.value.hint


@pytest.mark.parametrize(
    ("code", "kind", "words"),
    [
        ("Neo.ClientError.Security.Unauthorized", Unavailable, "refuses the user"),
        ("Neo.ClientError.Security.AuthenticationRateLimit", Unavailable, "refuses the user"),
        ("Neo.ClientError.Database.DatabaseNotFound", Unavailable, "no database"),
        ("Neo.ClientError.General.ForbiddenOnReadOnlyDatabase", StorageFailed, "read-only"),
        ("Neo.ClientError.Cluster.NotALeader", StorageFailed, "not the one that writes"),
        ("Neo.TransientError.General.MemoryPoolOutOfMemoryError", StorageFailed, "memory"),
        ("Neo.ClientError.Transaction.TransactionTimedOutClientConfiguration", TimedOut, "time limit"),
        ("Neo.TransientError.Transaction.DeadlockDetected", Unavailable, "busy"),
        ("Neo.DatabaseError.General.UnknownError", StorageFailed, "failed"),
    ],
)
def test_server_errors_in_our_terms(code: str, kind: type[SymbiographError], words: str) -> None:
    error = Neo4jError._hydrate_neo4j(code=code, message="told by the server")
    ours = explain(error, "neo4j://host")
    assert type(ours) is kind
    assert words in ours.message
    assert ours.hint


def test_a_lost_connection_recovers_by_itself() -> None:
    ours = explain(ServiceUnavailable("refused"), "neo4j://host")
    assert isinstance(ours, Unavailable)
    assert "recovers by itself" in ours.hint


def test_our_own_mistakes_stay_what_they_are() -> None:
    error = Neo4jError._hydrate_neo4j(code="Neo.ClientError.Statement.SyntaxError", message="Invalid input")
    assert isinstance(error, ClientError)
    assert explain(error, "neo4j://host") is None
