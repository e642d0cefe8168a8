"""Engines under contract. A further engine adds one entry to `ENGINES`: the suite then runs against it whole.

An entry takes the test's fixtures and yields a function that opens the store. Opening again after `close` must find
what was written, so one entry is one place to keep a graph, emptied for every test.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest

from kg.graph.protocol import GraphStore
from kg.settings import Settings

Opener = Callable[[], GraphStore]
EnginePlace = Callable[[pytest.FixtureRequest], AbstractContextManager[Opener]]


@contextmanager
def _ladybug(request: pytest.FixtureRequest) -> Iterator[Opener]:
    from kg.graph.ladybug.store import LadybugStore

    directory = request.getfixturevalue("tmp_path")
    yield lambda: LadybugStore(Settings(data=directory))


@contextmanager
def _neo4j(request: pytest.FixtureRequest) -> Iterator[Opener]:
    from kg.graph.neo4j.store import Neo4jStore

    settings = request.getfixturevalue("clean_neo4j")
    yield lambda: Neo4jStore(settings)


ENGINES: dict[str, EnginePlace] = {"ladybug": _ladybug, "neo4j": _neo4j}


@pytest.fixture(params=sorted(ENGINES))
def open_store(request: pytest.FixtureRequest) -> Iterator[Opener]:
    """Opens the store of an empty graph; opened again after `close`, it finds what was written."""
    with ENGINES[request.param](request) as opener:
        yield opener


@pytest.fixture
def bare_store(open_store: Opener) -> Iterator[GraphStore]:
    """A store that has not been initialised."""
    store = open_store()
    yield store
    store.close()
