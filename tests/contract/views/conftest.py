"""Candidate views under contract. A further engine adds one entry to `ENGINES`.

An entry takes the test's fixtures and yields a function that opens the views; opened again after `close`, they hold
what was applied where the engine keeps anything.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest
from memory_views import MemoryViews

from kg.graph.protocol import CandidateViews

Opener = Callable[[], CandidateViews]
EnginePlace = Callable[[pytest.FixtureRequest], AbstractContextManager[Opener]]


@contextmanager
def _embedded(request: pytest.FixtureRequest) -> Iterator[Opener]:
    from kg.graph.ladybug.views import EmbeddedViews

    directory = request.getfixturevalue("tmp_path") / "index"
    yield lambda: EmbeddedViews(directory)


@contextmanager
def _memory(request: pytest.FixtureRequest) -> Iterator[Opener]:
    yield MemoryViews


@contextmanager
def _neo4j(request: pytest.FixtureRequest) -> Iterator[Opener]:
    from kg.graph.neo4j.views import Neo4jViews

    settings = request.getfixturevalue("clean_neo4j")
    yield lambda: Neo4jViews(settings)


ENGINES: dict[str, EnginePlace] = {"embedded": _embedded, "memory": _memory, "neo4j": _neo4j}
KEEPS = ("embedded", "neo4j")
"""Engines that hold what was applied after `close`."""


@pytest.fixture(params=sorted(ENGINES))
def open_views(request: pytest.FixtureRequest) -> Iterator[Opener]:
    """Opens views that were never reset."""
    with ENGINES[request.param](request) as opener:
        yield opener


@pytest.fixture(params=KEEPS)
def reopen_views(request: pytest.FixtureRequest) -> Iterator[Opener]:
    """Opens views of an engine that keeps them."""
    with ENGINES[request.param](request) as opener:
        yield opener


@pytest.fixture
def views(open_views: Opener) -> Iterator[CandidateViews]:
    """Empty views, stamped."""
    from search_cards import STAMP

    opened = open_views()
    opened.reset(STAMP)
    yield opened
    opened.close()
