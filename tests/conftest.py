"""Fixtures every tier shares."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from neo4j_process import NO_NEO4J, Neo4jServerProcess

from kg.ontology import Vocabulary, load_vocabulary
from kg.settings import Settings


@pytest.fixture(scope="session")
def vocabulary_cache(pytestconfig: pytest.Config) -> Path:
    """Where compiled vocabularies are kept between test runs."""
    assert pytestconfig.cache is not None
    return Path(pytestconfig.cache.mkdir("vocabulary"))


@pytest.fixture(scope="session")
def vocabulary(vocabulary_cache: Path) -> Vocabulary:
    """The shipped vocabulary."""
    return load_vocabulary(cache=vocabulary_cache)


@pytest.fixture(scope="session")
def neo4j_server() -> Iterator[Neo4jServerProcess]:
    """One real Neo4j server for the whole run; `SYMBIOGRAPH_TEST_NEO4J` names the home of one that already runs."""
    running = os.environ.get("SYMBIOGRAPH_TEST_NEO4J")
    process = Neo4jServerProcess(Path(running)) if running else Neo4jServerProcess.start()
    yield process
    process.disconnect()
    if not running:
        process.stop()


@pytest.fixture
def clean_neo4j(neo4j_server: Neo4jServerProcess) -> Settings:
    """Settings of the server, its database emptied: as fast as a wipe can be, since Community has one database."""
    neo4j_server.wipe()
    return neo4j_server.settings()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say loudly which tests had no server to run on."""
    without = [r for r in terminalreporter.getreports("skipped") if NO_NEO4J in str(r.longrepr)]
    if without:
        terminalreporter.section("NOT RUN: no Neo4j server", red=True, bold=True)
        for report in without:
            terminalreporter.write_line(report.nodeid)
