"""Engines under contract. A further engine adds one entry to `ENGINES`: the suite then runs against it whole.

An entry takes (directory of this test, settings overrides) and yields a function that opens the store. Opening again
after `close` must find what was written, so one entry is one place to keep a graph, emptied for every test.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from kg.graph.protocol import GraphStore
from kg.settings import Settings

Opener = Callable[[], GraphStore]
EnginePlace = Callable[[Path], AbstractContextManager[Opener]]


@contextmanager
def _ladybug(directory: Path) -> Iterator[Opener]:
    from kg.graph.ladybug.store import LadybugStore

    yield lambda: LadybugStore(Settings(data=directory))


ENGINES: dict[str, EnginePlace] = {"ladybug": _ladybug}


@pytest.fixture(params=sorted(ENGINES))
def open_store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Opener]:
    """Opens the store of an empty graph; opened again after `close`, it finds what was written."""
    with ENGINES[request.param](tmp_path) as opener:
        yield opener


@pytest.fixture
def bare_store(open_store: Opener) -> Iterator[GraphStore]:
    """A store that has not been initialised."""
    store = open_store()
    yield store
    store.close()
