"""Killed at any moment of an import, the embedded graph keeps every acknowledged batch whole and no part of another."""

from __future__ import annotations

import importlib.util
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from kg.graph.ladybug.store import LadybugStore
from kg.provenance import RecordKind
from kg.settings import Settings

pytestmark = [
    pytest.mark.integration,
    pytest.mark.skipif(not hasattr(os, "fork"), reason="kill -9 is tried where there is fork"),
]

SCRIPT = Path(__file__).with_name("writes_until_killed.py")
spec = importlib.util.spec_from_file_location("writes_until_killed", SCRIPT)
assert spec is not None
assert spec.loader is not None
child = importlib.util.module_from_spec(spec)
spec.loader.exec_module(child)

KILLS = 20
KILLS_AT_START = 8


def moment(number: int, longest: float) -> float:
    """Moments that spread evenly over a span, the same in every run."""
    return (number * 0.6180339887) % 1.0 * longest


@pytest.fixture(scope="module")
def writers() -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, str(SCRIPT)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(SCRIPT.parents[3])},
    )
    yield process
    process.kill()
    process.communicate()


def run_and_kill(writers: subprocess.Popen[str], directory: Path, marker: str, times: int, delay: float) -> int:
    """Let a worker run until it has said `marker` so many times and a moment more; the last batch it acknowledged."""
    assert writers.stdin is not None
    assert writers.stdout is not None
    writers.stdin.write(f"{directory}\n")
    writers.stdin.flush()
    acknowledged, seen, killed = 0, 0, False
    for line in writers.stdout:
        pid, said, *number = line.split()
        if said == "over":
            assert killed, "the worker ended by itself"
            break
        acknowledged = int(number[0]) if said == "done" else acknowledged
        seen += said == marker
        if seen == times and not killed:
            time.sleep(delay)
            os.kill(int(pid), signal.SIGKILL)
            killed = True
    return acknowledged


def check(directory: Path, acknowledged: int) -> int:
    """Open what is left and hold it against what was promised; the number of whole batches found."""
    store = LadybugStore(Settings(data=directory))
    try:
        found = store.sequence()
        assert found >= acknowledged
        assert [batch.sequence for batch in store.batches()] == list(range(found, 0, -1))
        if not store.vocabulary_version():
            assert found == 0
            return found
        expected = {}
        for number in range(1, found + 1):
            for n in range(child.SIZE):
                rewritten = number < found and n < child.REWRITTEN
                record = child.record(number, n, "second" if rewritten else "first")
                expected[record.id] = record
        ids = store.record_ids(RecordKind.SYNERGY, limit=len(expected) + 1)
        assert dict(store.records(RecordKind.SYNERGY, ids)) == expected
        counts = store.counts()
        assert counts["synergy"] == counts["flow"] == found * child.SIZE
        assert counts["organisation"] == counts["source"] == found
        assert set(store.concept_counts(child.CONCEPTS).values()) == {found * child.SIZE}
        assert len(list(store.row_results("imp"))) == found * child.SIZE
        assert store.programmes() == ([("P", 0, found * child.SIZE)] if found else [])
        assert not found or store.import_("imp").rows_done == found * child.SIZE
    finally:
        store.close()
    return found


def test_killed_while_it_imports(writers: subprocess.Popen[str], tmp_path: Path) -> None:
    acknowledged = 0
    for kill in range(KILLS):
        marker = "done" if kill % 3 == 1 else "begin"
        last = run_and_kill(writers, tmp_path, marker, 1 + kill % 3, moment(kill, 0.15))
        acknowledged = max(acknowledged, last)
        if kill % 4 == 3:  # between checks, the next worker recovers what the last one left
            acknowledged = check(tmp_path, acknowledged)
    assert check(tmp_path, acknowledged) >= KILLS // 2


def test_killed_while_it_sets_up(writers: subprocess.Popen[str], tmp_path: Path) -> None:
    for place in range(KILLS_AT_START // 2):
        directory = tmp_path / str(place)
        for attempt in range(2):
            run_and_kill(writers, directory, "opening", 1, moment(2 * place + attempt, 0.6))
        acknowledged = run_and_kill(writers, directory, "done", 1, 0.0)
        assert check(directory, acknowledged) >= 1
