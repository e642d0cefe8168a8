"""What the server can do to us, done by a real one: each is a clear sentence, and the client recovers by itself."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from neo4j_process import Neo4jServerProcess

from kg.errors import StorageFailed, TimedOut, Unavailable
from kg.graph.neo4j.server import Neo4jServer
from kg.settings import Settings

pytestmark = pytest.mark.integration


@pytest.fixture
def connected(clean_neo4j: Settings) -> Iterator[Neo4jServer]:
    server = Neo4jServer(clean_neo4j)
    yield server
    server.close()


@pytest.fixture(scope="module")
def own_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Neo4jServerProcess]:
    """A server of this module's own, to be killed and started with other settings."""
    process = Neo4jServerProcess.start(tmp_path_factory.mktemp("neo4j") / "home")
    yield process
    process.stop()


def refused(settings: Settings, query: str = "RETURN 1") -> Unavailable:
    server = Neo4jServer(settings)
    try:
        with pytest.raises(Unavailable) as caught:
            server.rows(query)
    finally:
        server.close()
    return caught.value


def test_it_tells_its_version(connected: Neo4jServer) -> None:
    assert connected.version().startswith("2026.")


def test_a_wrong_password_names_the_settings(neo4j_server: Neo4jServerProcess) -> None:
    error = refused(neo4j_server.settings(graph_password="wrong-password"))
    assert "refuses the user or the password" in error.message
    assert "SYMBIOGRAPH_GRAPH_PASSWORD" in error.hint


def test_a_password_file_is_read_without_its_line_end(neo4j_server: Neo4jServerProcess, tmp_path: Path) -> None:
    path = tmp_path / "password"
    path.write_text(neo4j_server.connection()["password"] + "\n", encoding="utf-8")
    server = Neo4jServer(neo4j_server.settings(graph_password="", graph_password_file=path))
    assert server.rows("RETURN 1 AS one") == [{"one": 1}]
    server.close()


def test_a_missing_password_file_is_named(neo4j_server: Neo4jServerProcess, tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="absent"):
        Neo4jServer(neo4j_server.settings(graph_password_file=tmp_path / "absent"))


def test_an_unknown_database_is_named(neo4j_server: Neo4jServerProcess) -> None:
    error = refused(neo4j_server.settings(graph_database="elsewhere", graph_retry_time=1.0))
    assert "SYMBIOGRAPH_GRAPH_DATABASE" in error.hint


def test_nobody_there(neo4j_server: Neo4jServerProcess) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    start = time.monotonic()
    error = refused(neo4j_server.settings(graph=f"bolt://127.0.0.1:{port}", graph_retry_time=1.0))
    assert "cannot be reached" in error.message
    assert time.monotonic() - start < 5


def test_somebody_else_there(neo4j_server: Neo4jServerProcess) -> None:
    """A port that accepts and says nothing must not hang a request."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"bolt://127.0.0.1:{silent.getsockname()[1]}"
        start = time.monotonic()
        refused(neo4j_server.settings(graph=address, graph_connect_timeout=1.0, graph_acquire_timeout=2.0))
        assert time.monotonic() - start < 15


def test_a_long_query_ends_at_its_time_limit(neo4j_server: Neo4jServerProcess) -> None:
    server = Neo4jServer(neo4j_server.settings(graph_query_timeout=1.0, graph_retry_time=0.0))
    start = time.monotonic()
    with pytest.raises(TimedOut):
        server.rows("UNWIND range(1, 1000000) AS a UNWIND range(1, 1000000) AS b RETURN count(a + b) AS n")
    assert time.monotonic() - start < 10
    assert server.rows("RETURN 1 AS one") == [{"one": 1}]
    server.close()


def test_a_bug_of_ours_is_not_dressed_up_as_an_outage(connected: Neo4jServer) -> None:
    with pytest.raises(Exception, match="Invalid input") as caught:
        connected.rows("NOT CYPHER")
    assert not isinstance(caught.value, Unavailable)


def test_killed_and_started_again_the_same_client_goes_on(own_server: Neo4jServerProcess) -> None:
    server = Neo4jServer(own_server.settings(graph_retry_time=0.5))
    server.change("CREATE (:Kept {id: 'before'})")
    own_server.stop("--keep")
    start = time.monotonic()
    with pytest.raises(Unavailable):
        server.rows("RETURN 1 AS one")
    assert time.monotonic() - start < 10
    own_server.restart()
    assert server.rows("MATCH (k:Kept) RETURN k.id AS id") == [{"id": "before"}]
    server.close()


def test_a_read_only_server_reads_and_says_why_it_does_not_write(own_server: Neo4jServerProcess) -> None:
    own_server.stop("--keep")
    own_server.restart("--setting", "server.databases.default_to_read_only=true")
    server = Neo4jServer(own_server.settings(graph_retry_time=1.0))
    assert server.rows("RETURN 1 AS one") == [{"one": 1}]
    with pytest.raises(StorageFailed, match="read-only"):
        server.change("CREATE (:Kept {id: 'never'})")
    server.close()


def test_a_transaction_too_large_for_the_server_is_refused_and_leaves_nothing(own_server: Neo4jServerProcess) -> None:
    own_server.stop("--keep")
    own_server.restart("--setting", "db.memory.transaction.max=16m")
    server = Neo4jServer(own_server.settings(graph_retry_time=1.0))
    with pytest.raises(StorageFailed, match="memory"):
        server.change("UNWIND range(1, 300000) AS i CREATE (:Large {id: i, text: toString(i) + ' and more'})")
    assert server.rows("MATCH (n:Large) RETURN count(n) AS n") == [{"n": 0}]
    server.close()
