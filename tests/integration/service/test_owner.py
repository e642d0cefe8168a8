"""One process owns a data directory; a server's address is believed only while its lock is held."""

from __future__ import annotations

import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from kg.errors import DataDirectoryLocked, StorageFailed
from kg.service.owner import Ownership, RunningServer, running_server

pytestmark = pytest.mark.integration

HOLD = """
import sys, time
from pathlib import Path
from kg.service.owner import Ownership
owned = Ownership.take(Path(sys.argv[1]))
owned.announce("http://127.0.0.1:1")
print("held", flush=True)
time.sleep(60)
"""


def test_a_second_owner_is_refused_until_the_first_leaves(tmp_path: Path) -> None:
    first = Ownership.take(tmp_path)
    with pytest.raises(DataDirectoryLocked):
        Ownership.take(tmp_path)
    first.release()
    first.release()
    Ownership.take(tmp_path).release()


def test_a_server_is_found_while_it_lives_and_not_after_a_kill(tmp_path: Path) -> None:
    process = subprocess.Popen([sys.executable, "-c", HOLD, str(tmp_path)], stdout=subprocess.PIPE)
    assert process.stdout is not None
    with process, process.stdout:
        process.stdout.readline()
        assert running_server(tmp_path) == RunningServer("http://127.0.0.1:1", process.pid)
        assert stat.S_IMODE((tmp_path / "server.json").stat().st_mode) == 0o600
        begun = time.monotonic()
        with pytest.raises(DataDirectoryLocked) as refused:
            Ownership.take(tmp_path, wait=30)
        assert str(process.pid) in str(refused.value)
        assert time.monotonic() - begun < 10, "a server does not leave: waiting for it is in vain"
        process.kill()
    assert running_server(tmp_path) is None
    Ownership.take(tmp_path).release()
    assert not (tmp_path / "server.json").exists()


@pytest.mark.parametrize("content", ["", "[]", "{", '{"address": 1}', '{"address": "x", "process": 1, "more": 2}'])
def test_a_damaged_address_is_no_server(content: str, tmp_path: Path) -> None:
    owned = Ownership.take(tmp_path)
    (tmp_path / "server.json").write_text(content)
    assert running_server(tmp_path) is None
    owned.release()


def test_a_directory_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StorageFailed):
        Ownership.take(tmp_path / "file" / "data")
