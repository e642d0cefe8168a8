"""A process that runs out of room while it writes, gets room again, and goes on. Run by the fault tests.

The limit on file size stands for a full disk: writing beyond it fails as ENOSPC does, with EFBIG.
"""

from __future__ import annotations

import importlib.util
import json
import os
import resource
import sys
from pathlib import Path

from kg.errors import StorageFailed
from kg.graph.ladybug.store import LadybugStore
from kg.provenance import Batch, Import, ImportState, RecordKind
from kg.settings import Settings

spec = importlib.util.spec_from_file_location("writes", Path(__file__).with_name("writes_until_killed.py"))
assert spec is not None
assert spec.loader is not None
writes = importlib.util.module_from_spec(spec)
spec.loader.exec_module(writes)
WHEN = "2026-01-01T00:00:00Z"


def commit(store: LadybugStore) -> None:
    number = store.sequence() + 1
    progress = Import("imp", "f.csv", "0", RecordKind.SYNERGY, "x", WHEN, ImportState.RUNNING, 0, number)
    store.commit(Batch(f"b{number}", "imp", RecordKind.SYNERGY, "x", WHEN), writes.changes(number), (), progress)


def limit(size: int) -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))


def main() -> None:
    directory, file, spare, then = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), sys.argv[4]
    store = LadybugStore(Settings(data=directory))
    store.initialise(writes.vocabulary())
    commit(store)
    limit(max(path.stat().st_size for path in (directory / "graph").iterdir() if file in path.name) + spare)
    failures: list[StorageFailed] = []
    while len(failures) < 2:
        try:
            commit(store)
        except StorageFailed as problem:
            failures.append(problem)
    stood = store.sequence()
    assert len(store.record_ids(RecordKind.SYNERGY)) == stood * writes.SIZE
    if then == "go on":
        limit(resource.RLIM_INFINITY)
        commit(store)
        assert store.sequence() == stood + 1
        stood += 1
    if then != "crash":
        store.close()
    answer = {"sequence": stood, "message": failures[-1].message, "hint": failures[-1].hint}
    sys.stdout.write(json.dumps(answer))
    sys.stdout.flush()
    os._exit(0)


if __name__ == "__main__":
    main()
