"""One process owns a data directory at a time; a server that owns it leaves its address there for the command line."""

from __future__ import annotations

import json
import os
import time
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO

from kg.errors import DataDirectoryLocked, StorageFailed

LOCK_FILE = "owner.lock"
SERVER_FILE = "server.json"
PAUSE = 0.05


@dataclass(frozen=True, slots=True)
class RunningServer:
    """Where the server that owns the data directory listens, and its process id."""

    address: str
    process: int


class Ownership:
    """A held lock on a data directory. The operating system drops it when the process ends, however it ends."""

    def __init__(self, data: Path, file: IO[str]) -> None:
        self._data = data
        self._file = file

    @classmethod
    def take(cls, data: Path, wait: float = 0.0) -> Ownership:
        """Own the directory, waiting at most `wait` seconds for another command to end.

        Raises `DataDirectoryLocked` naming the owner, or `StorageFailed` when the directory cannot be written.
        """
        try:
            data.mkdir(parents=True, exist_ok=True)
            file = (data / LOCK_FILE).open("a+", encoding="ascii")
        except OSError as problem:
            raise StorageFailed(
                f"The data directory {data} cannot be used: {problem.strerror}.",
                hint="Name a directory you can write to with SYMBIOGRAPH_DATA.",
            ) from problem
        until = time.monotonic() + wait
        while not _lock(file):
            if time.monotonic() >= until or running_server(data) is not None:
                owner = _owner(file)
                file.close()
                raise DataDirectoryLocked(
                    f"The data directory {data} is in use by {owner}.",
                    hint="Wait until it has finished, or name another directory with SYMBIOGRAPH_DATA.",
                )
            time.sleep(PAUSE)
        file.seek(0)
        file.truncate()
        file.write(str(os.getpid()))
        file.flush()
        (data / SERVER_FILE).unlink(missing_ok=True)  # left behind by a server that was killed
        return cls(data, file)

    def announce(self, address: str) -> None:
        """Leave the server's address for other processes of the same user (mode 0600)."""
        target = self._data / SERVER_FILE
        fresh = target.with_suffix(".new")
        fresh.unlink(missing_ok=True)
        handle = os.open(fresh, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(asdict(RunningServer(address, os.getpid())), file)
        fresh.replace(target)

    def release(self) -> None:
        """Let another process own the directory. Releasing twice is harmless."""
        if self._file.closed:
            return
        with suppress(OSError):
            (self._data / SERVER_FILE).unlink(missing_ok=True)
        self._file.close()


def running_server(data: Path) -> RunningServer | None:
    """The server that owns the directory now, or None. A file without a lock behind it is never believed: its port
    may belong to somebody else by now."""
    try:
        found = RunningServer(**json.loads((data / SERVER_FILE).read_text(encoding="utf-8")))
        with (data / LOCK_FILE).open("a+", encoding="ascii") as file:
            return None if _lock(file) else found
    except (OSError, ValueError, TypeError):
        return None


def _owner(file: IO[str]) -> str:
    file.seek(0)
    number = file.read(20).strip()
    return f"process {number}" if number.isdigit() else "another process"


def _lock(file: IO[str]) -> bool:
    """Try to lock without waiting. Where the system has no such lock, the graph engine's own one has to do."""
    try:
        import fcntl
    except ImportError:  # pragma: no cover - Windows
        return True
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
