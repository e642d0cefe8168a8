"""kill -9 of the server in the middle of an import and under a read load: nothing acknowledged is lost, no batch is
half there, no request hangs, and everybody goes on with the objects they had."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
from neo4j_process import Neo4jServerProcess
from search_cards import STAMP
from small_graph import commit, created, documents, synergy, vocabulary

from kg.errors import Unavailable
from kg.graph.neo4j.store import Neo4jStore
from kg.graph.neo4j.views import Neo4jViews
from kg.graph.protocol import Filters
from kg.provenance import RecordKind

pytestmark = [pytest.mark.integration, pytest.mark.slow]

SIZE = 40
KILLS = 2
LONGEST = 30.0
"""Seconds after which a request must have failed while the server is away. The settings below allow 2 s of retries and
5 s to connect; the rest is for a busy machine. A request that hangs never ends."""


@dataclass
class Load:
    """What the threads of a run did."""

    stop: threading.Event = field(default_factory=threading.Event)
    acknowledged: list[int] = field(default_factory=list)
    failures: int = 0
    answers: list[float] = field(default_factory=list)
    longest: float = 0.0  # of the requests that failed, in seconds
    unexpected: list[BaseException] = field(default_factory=list)

    def timed(self, call: Callable[[], object]) -> bool:
        """Whether the call answered; one that could not must say so as `Unavailable`."""
        start = time.monotonic()
        try:
            call()
        except Unavailable:
            self.failures += 1
            self.longest = max(self.longest, time.monotonic() - start)
            return False
        except Exception as error:  # noqa: BLE001 - whatever else comes is what this test must show
            self.unexpected.append(error)
            self.stop.set()
            return False
        self.answers.append(time.monotonic())
        return True


@pytest.fixture
def process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Neo4jServerProcess]:
    started = Neo4jServerProcess.start(tmp_path_factory.mktemp("neo4j") / "home")
    yield started
    started.stop()


def write(store: Neo4jStore, load: Load) -> None:
    """Import batch after batch; one that was not acknowledged is looked for before it is written again."""
    number = 0
    while not load.stop.is_set():
        changes = created([synergy(i) for i in range(number * SIZE, (number + 1) * SIZE)])

        def bring(number: int = number, changes: list = changes) -> None:
            if f"i1-{number}" not in {batch.id for batch in store.batches()}:
                commit(store, number, changes)

        if load.timed(bring):
            load.acknowledged.append(number)
            number += 1
        else:
            time.sleep(0.2)


def read(store: Neo4jStore, views: Neo4jViews, load: Load) -> None:
    _, vectors = documents(24)
    while not load.stop.is_set():
        answered = load.timed(lambda: views.by_vector(vectors[3], Filters(), 10))
        answered &= load.timed(lambda: store.synergies(["s00001"]))
        if not answered:
            time.sleep(0.1)


def wait_for(condition: Callable[[], bool], load: Load, seconds: float = 300.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition() and not load.unexpected:
        assert time.monotonic() < deadline, "nothing happened"
        time.sleep(0.02)


def test_killed_while_importing_and_reading(process: Neo4jServerProcess) -> None:
    settings = process.settings(graph_retry_time=2.0)
    store, views = Neo4jStore(settings), Neo4jViews(settings)
    store.initialise(vocabulary())
    views.reset(STAMP)
    views.apply(0, *documents(24), [])
    writing, reading = Load(), Load()
    threads = [threading.Thread(target=write, args=(store, writing))]
    threads += [threading.Thread(target=read, args=(store, views, reading)) for _ in range(3)]
    for thread in threads:
        thread.start()
    try:
        for kill in range(KILLS):
            done = len(writing.acknowledged)
            wait_for(lambda done=done: len(writing.acknowledged) > done + 1, writing)
            time.sleep(0.03 + 0.11 * kill)  # somewhere inside the next batch
            process.stop("--keep")
            failed = reading.failures
            wait_for(lambda failed=failed: reading.failures > failed, reading)
            process.restart()
            back = time.monotonic()
            wait_for(lambda back=back: reading.answers[-1] > back, reading)
        done = len(writing.acknowledged)
        wait_for(lambda: len(writing.acknowledged) > done + 1, writing)
    finally:
        for load in (writing, reading):
            load.stop.set()
        for thread in threads:
            thread.join(timeout=60)
    assert not any(thread.is_alive() for thread in threads), "a request hung"
    assert [*writing.unexpected, *reading.unexpected] == []
    assert max(writing.longest, reading.longest) < LONGEST
    check_whole(store, writing)
    store.close()
    views.close()


def check_whole(store: Neo4jStore, load: Load) -> None:
    """Every acknowledged batch is there, and every batch that is there is there whole, in one unbroken sequence."""
    batches = sorted(store.batches(), key=lambda batch: batch.sequence)
    assert [batch.sequence for batch in batches] == list(range(1, len(batches) + 1))
    assert {f"i1-{number}" for number in load.acknowledged} <= {batch.id for batch in batches}
    ids: list[str] = []
    while page := store.record_ids(RecordKind.SYNERGY, ids[-1] if ids else "", 1000):
        ids += page
    assert ids == [synergy(i).id for i in range(len(batches) * SIZE)]
    assert store.counts()["flow"] == len(ids)
    assert sum(1 for _ in store.changes_since(0)) == len(ids)
    assert sum(1 for _ in store.row_results("i1")) == len(ids)
