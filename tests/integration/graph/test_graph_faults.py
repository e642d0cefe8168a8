"""A full disk, a directory that cannot be written, a directory in use: told clearly, survived, nothing lost."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from kg.errors import DataDirectoryLocked, StorageFailed
from kg.graph.ladybug import room
from kg.graph.ladybug.store import LadybugStore
from kg.provenance import RecordKind
from kg.settings import Settings

pytestmark = pytest.mark.integration

SCRIPT = Path(__file__).with_name("fills_the_disk.py")
ROOT = SCRIPT.parents[3]


@pytest.mark.skipif(sys.platform == "win32", reason="limits on file size stand for a full disk")
@pytest.mark.parametrize("then", ["go on", "close", "crash"])
@pytest.mark.parametrize(("file", "spare"), [("records.bin", 100), ("wal", 2000)])
def test_a_full_disk_is_told_and_survived(tmp_path: Path, file: str, spare: int, then: str) -> None:
    ran = subprocess.run(
        [sys.executable, str(SCRIPT), str(tmp_path), file, str(spare), then],
        capture_output=True,
        text=True,
        timeout=120,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert ran.returncode == 0, ran.stderr
    told = json.loads(ran.stdout)
    assert str(tmp_path) in told["message"]
    assert "disk space" in told["hint"]
    store = LadybugStore(Settings(data=tmp_path))
    assert store.sequence() == len(store.batches()) == told["sequence"]
    assert len(store.record_ids(RecordKind.SYNERGY)) == told["sequence"] * 12
    store.close()


def test_a_nearly_full_disk_is_told_before_anything_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = LadybugStore(Settings(data=tmp_path))
    monkeypatch.setattr(room, "MARGIN", 1 << 60)
    with pytest.raises(StorageFailed) as told:
        store._engine.write(lambda run: run("CREATE NODE TABLE X(id STRING, PRIMARY KEY(id))", {}))
    assert str(tmp_path) in told.value.message
    store.close()


def test_a_directory_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a directory")
    with pytest.raises(StorageFailed) as told:
        LadybugStore(Settings(data=tmp_path / "file"))
    assert "SYMBIOGRAPH_DATA" in told.value.hint


def test_a_directory_in_use_is_told_and_free_again_after_closing(tmp_path: Path) -> None:
    first = LadybugStore(Settings(data=tmp_path))
    with pytest.raises(DataDirectoryLocked) as told:
        LadybugStore(Settings(data=tmp_path))
    assert str(os.getpid()) in told.value.message
    first.close()
    LadybugStore(Settings(data=tmp_path)).close()


def test_damaged_texts_are_told(tmp_path: Path) -> None:
    engine = LadybugStore(Settings(data=tmp_path))._engine
    kept = engine.keep(["a text", "another"])
    assert engine.recall(kept[::-1]) == ["another", "a text"]
    path = tmp_path / "graph" / "records.bin"
    path.write_bytes(b"\0" * path.stat().st_size)
    with pytest.raises(StorageFailed):
        engine.recall(kept)
    engine.close()
