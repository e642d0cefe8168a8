"""A lock on a directory, held by one process until it lets go or ends, however it ends."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from kg.errors import DataDirectoryLocked, StorageFailed


class DirectoryLock:
    """Makes the directory if need be and owns it.

    Raises `DataDirectoryLocked` when another process does, `StorageFailed` when it cannot be made or written.
    """

    def __init__(self, directory: Path) -> None:
        try:
            directory.mkdir(parents=True, exist_ok=True)
            self._file = os.open(directory / "graph.lock", os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as problem:
            raise StorageFailed(
                f"The directory {directory} cannot be written: {problem.strerror}.",
                hint="Name a directory you can write to with SYMBIOGRAPH_DATA.",
            ) from problem
        if not _try_lock(self._file):
            owner = os.read(self._file, 20).decode("ascii", "replace").strip()
            os.close(self._file)
            raise DataDirectoryLocked(
                f"Process {owner or '?'} owns the graph in {directory}.",
                hint="Stop it, or name another directory with SYMBIOGRAPH_DATA.",
            )
        os.ftruncate(self._file, 0)
        os.write(self._file, f"{os.getpid()}\n".encode("ascii"))

    def release(self) -> None:
        """Let another process own the directory. Harmless when repeated."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1


if sys.platform == "win32":
    import msvcrt

    def _try_lock(file: int) -> bool:
        try:
            os.lseek(file, 1 << 20, os.SEEK_SET)  # past the process id, which others may read
            msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        finally:
            os.lseek(file, 0, os.SEEK_SET)
        return True

else:
    import fcntl

    def _try_lock(file: int) -> bool:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True
