"""Long texts beside the graph: an append-only file whose keys, offset and length, are kept in the graph.

LadybugDB rewrites a whole column segment (131,072 rows) at a checkpoint, which for records of a kilobyte means
hundreds of megabytes of memory and ever slower imports (tried). So the graph holds keys, and this file holds the texts.
A text is on disk before the transaction that names it commits; what a crash leaves behind is named by nothing and
costs only room.
"""

from __future__ import annotations

import os
import threading
import zlib
from collections.abc import Sequence
from pathlib import Path

from kg.errors import StorageFailed

_LEVEL = 1  # half the size at 40 microseconds a record; higher levels save little more


class TextFile:
    """Keeps texts durably and gives them back by key. Safe to share between threads; one process at a time."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        try:
            self._file = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o600)
            self._end = os.fstat(self._file).st_size
        except OSError as problem:
            raise self._failed("cannot be opened", problem) from problem

    def keep(self, texts: Sequence[str]) -> list[str]:
        """Append texts and wait until the disk holds them; raises `StorageFailed` and keeps none when it cannot."""
        frames = [zlib.compress(text.encode("utf-8"), _LEVEL) for text in texts]
        if not frames:
            return []
        with self._lock:
            start = self._end
            try:
                self._append(b"".join(frames), start)
                os.fsync(self._file)
            except OSError as problem:
                os.ftruncate(self._file, start)
                raise self._failed("cannot be written", problem) from problem
            keys = []
            for frame in frames:
                keys.append(f"{self._end}+{len(frame)}")
                self._end += len(frame)
        return keys

    def _append(self, body: bytes, start: int) -> None:
        written = 0
        while written < len(body):
            os.lseek(self._file, start + written, os.SEEK_SET)
            written += os.write(self._file, body[written : written + (1 << 24)])

    def recall(self, keys: Sequence[str]) -> list[str]:
        """The texts of the keys; raises `StorageFailed` when the file is shorter or other than the graph says."""
        texts = []
        for key in keys:
            offset, _, length = key.partition("+")
            try:
                texts.append(zlib.decompress(self._pread(int(length), int(offset))).decode("utf-8"))
            except (OSError, ValueError, zlib.error) as problem:
                raise self._failed(f"cannot be read at {key}", problem) from problem
        return texts

    def _pread(self, length: int, offset: int) -> bytes:
        if hasattr(os, "pread"):
            return os.pread(self._file, length, offset)
        with self._lock:  # Windows has no read at an offset
            os.lseek(self._file, offset, os.SEEK_SET)
            return os.read(self._file, length)

    def close(self) -> None:
        """Close the file. Harmless when repeated."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1

    def _failed(self, what: str, problem: Exception) -> StorageFailed:
        reason = getattr(problem, "strerror", None) or str(problem)
        return StorageFailed(
            f"{self._path} {what}: {reason}.",
            hint="Free some disk space, check that the directory can be written, or restore it from a backup.",
        )
