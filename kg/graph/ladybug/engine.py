"""LadybugDB behind the engine protocol: one database file, owned by one process, with a bounded buffer pool."""

from __future__ import annotations

import ctypes
import logging
import os
import shutil
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, TypeVar

import ladybug

from kg.errors import DataDirectoryLocked, StorageFailed, Unavailable
from kg.graph.engine import Row, Run
from kg.graph.ladybug.lock import DirectoryLock
from kg.graph.ladybug.room import MARGIN, prove_room, require_room
from kg.graph.ladybug.tables import column_type, declare
from kg.graph.ladybug.texts import TextFile
from kg.ontology.schema import PropertyType, Schema

T = TypeVar("T")
log = logging.getLogger(__name__)

ADDRESS_SPACE = 1 << 36
"""64 GiB: the largest the database may grow to. The default reserves 8 TiB of addresses, which containers refuse."""
FOLD_BYTES = 16 << 20
"""Length of the write-ahead log after which it is folded into the database file."""
THREADS = 4

_DAMAGED = "wal file is corrupted"
_DISK = (
    "no space left",
    "io exception",
    "cannot write",
    "file too large",
    "disk quota",
    "read-only file system",
    _DAMAGED,
)
_MEMORY = "buffer manager exception"


class LadybugEngine:
    """The embedded engine. Readers see the last committed state while one writer at a time works."""

    name = "ladybug"
    alone = True

    def __init__(self, directory: Path, memory: int) -> None:
        self._path = directory / "graph.lbdb"
        self._memory = memory
        self._prepared = False
        self._closed = False
        self._broken = False
        self._writing = threading.RLock()
        self._gate = threading.Condition()
        self._busy = 0
        self._changing = False
        self._idle: list[Any] = []
        self._lock = DirectoryLock(directory)
        try:
            self._texts = TextFile(directory / "records.bin")
            self._database = self._open()
            self._durable = self._log_length()
        except BaseException:
            self._lock.release()
            raise

    def _open(self) -> Any:
        try:
            return self._open_file(strict=True)
        except StorageFailed as problem:
            if _DAMAGED not in str(problem.__cause__).lower():
                raise
        # A full disk and then a crash leave half a transaction at the end of the log; all before it is whole.
        kept = self._log_file.with_name(f"{self._log_file.name}.damaged-{int(time.time())}")
        shutil.copyfile(self._log_file, kept)
        log.warning(
            "The graph's log ended in the middle of a transaction, which was left out; the log is kept: %s", kept
        )
        return self._open_file(strict=False)

    def _open_file(self, strict: bool) -> Any:
        with self._translated():
            return ladybug.Database(
                str(self._path),
                buffer_pool_size=self._memory,
                max_num_threads=min(THREADS, os.cpu_count() or 1),
                max_db_size=ADDRESS_SPACE,
                auto_checkpoint=False,
                throw_on_wal_replay_failure=strict,
            )

    def prepare(self, schema: Schema) -> None:
        """Create tables, and what a newer schema has added. Idempotent."""
        self.write(lambda run: declare(run, schema))
        self._prepared = True

    def prepared(self) -> bool:
        """Whether the tables are there."""
        if not self._prepared:
            rows = self.read(lambda run: run("CALL show_tables() RETURN name", {}))
            self._prepared = any(row["name"] == "Meta" for row in rows)
        return self._prepared

    def read(self, work: Callable[[Run], T]) -> T:
        """Run `work` on one snapshot. Goes on after a failed write, on what was committed before it."""
        with self._connection() as connection, self._translated():
            return _transaction(connection, "BEGIN TRANSACTION READ ONLY", work)

    def write(self, work: Callable[[Run], T]) -> T:
        """Run `work` in one transaction, one writer at a time."""
        with self._writing:
            require_room(self._path.parent)
            if self._broken:
                self._recover()
            try:
                with self._connection() as connection, self._translated():
                    result = _transaction(connection, "BEGIN TRANSACTION", work)
            except StorageFailed as problem:
                self._broken = _MEMORY not in str(problem.__cause__).lower()
                raise
            self._durable = self._log_length()
            if self._durable > FOLD_BYTES:
                self._fold()
        return result

    def typed(self, expression: str, given: PropertyType) -> str:
        """LadybugDB cannot tell the type of a null or an empty list; single texts are never null."""
        return expression if column_type(given) == "STRING" else f"CAST({expression} AS {column_type(given)})"

    def keep(self, texts: Sequence[str]) -> list[str]:
        """Keys of texts that are on disk now."""
        return self._texts.keep(texts)

    def recall(self, kept: Sequence[str]) -> list[str]:
        """Texts by key."""
        return self._texts.recall(kept)

    def close(self) -> None:
        """Fold the log into the database, close it and let another process have the directory."""
        with self._writing:
            if self._closed:
                return
            with self._exclusive():
                self._closed = True
                try:
                    self._let_go()
                finally:
                    self._texts.close()
                    self._lock.release()

    @contextmanager
    def _connection(self) -> Iterator[Any]:
        """A connection of its own for one thread, taken from the idle ones and put back."""
        with self._gate:
            self._gate.wait_for(lambda: not self._changing)
            if self._closed:
                raise Unavailable("The graph has been closed.")
            self._busy += 1
        try:
            connection = self._idle.pop() if self._idle else self._connect()
            yield connection
            self._idle.append(connection)
        finally:
            with self._gate:
                self._busy -= 1
                self._gate.notify_all()

    def _connect(self) -> Any:
        with self._translated():
            return ladybug.Connection(self._database)

    def settle(self) -> None:
        """Give back the memory of a large refresh."""
        with self._writing:
            self._fold()

    def _fold(self) -> None:
        """Fold the log into the database by closing and opening it, which also gives its memory back.

        A plain CHECKPOINT leaves some 8 MB in memory for each relation table that was written (tried: 550 MB after a
        few batches, 140 MB after opening anew). A failure loses nothing, the log holds what is committed.
        """
        try:
            with self._exclusive(), self._translated():
                self._connect().execute("CHECKPOINT").close()
                self._let_go()
                _trim()
                self._database = self._open()
            self._durable = 0
        except StorageFailed as problem:
            self._broken = True
            log.warning("The graph's log could not be folded in, which is tried again: %s", problem)

    def _recover(self) -> None:
        """Open the database anew after a failed write, once there is room; raises `StorageFailed` while there is none.

        After a failed write LadybugDB waits for ever at the next one and ends the process when it is closed, because it
        cannot write what it still holds (tried). So the old object is never closed, and what it wrote of the failed
        transaction is cut off the log.
        """
        prove_room(self._path.parent, self._durable + MARGIN)
        with self._exclusive():
            self._let_go()
            self._database = self._open()
            self._broken = False
            self._durable = self._log_length()

    def _let_go(self) -> None:
        """Close the database, or abandon it when it failed."""
        if not self._broken:
            while self._idle:
                self._idle.pop().close()
            with self._translated():
                self._database.close()
            return
        for held in (self._database, getattr(self._database, "_database", None), *self._idle):
            ctypes.pythonapi.Py_IncRef(ctypes.py_object(held))  # never freed, so never closed
        self._idle.clear()
        if self._log_length() > self._durable:
            os.truncate(self._log_file, self._durable)

    @property
    def _log_file(self) -> Path:
        return self._path.with_name(self._path.name + ".wal")

    def _log_length(self) -> int:
        return self._log_file.stat().st_size if self._log_file.exists() else 0

    @contextmanager
    def _exclusive(self) -> Iterator[None]:
        """Wait until no connection is in use, and let none be taken meanwhile."""
        with self._gate:
            self._changing = True
            self._gate.wait_for(lambda: self._busy == 0)
        try:
            yield
        finally:
            with self._gate:
                self._changing = False
                self._gate.notify_all()

    @contextmanager
    def _translated(self) -> Iterator[None]:
        """LadybugDB raises RuntimeError for everything: tell apart what a user can mend."""
        try:
            yield
        except RuntimeError as problem:
            text = str(problem)
            lowered = text.lower()
            if "could not set lock" in lowered:
                raise DataDirectoryLocked(
                    f"Another process has {self._path} open.", hint="Stop it, or name another directory."
                ) from problem
            if _MEMORY in lowered:
                raise StorageFailed(
                    f"The graph needs more memory than its buffer pool of {self._memory >> 20} MB.",
                    hint="Raise SYMBIOGRAPH_GRAPH_MEMORY, or import in smaller batches.",
                ) from problem
            if any(sign in lowered for sign in _DISK):
                raise StorageFailed(
                    f"The graph at {self._path} cannot be read or written: {text.splitlines()[0]}",
                    hint="Free some disk space and check that the directory can be written.",
                ) from problem
            raise


def _trim() -> None:
    """Let the C library give freed memory back to the system, where it is one that keeps it (glibc)."""
    if sys.platform == "linux":
        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
        if trim is not None:
            trim(0)


def _transaction(connection: Any, begin: str, work: Callable[[Run], T]) -> T:
    def run(query: str, parameters: Mapping[str, Any]) -> list[Row]:
        result = connection.execute(query, dict(parameters))
        try:
            return list(result.rows_as_dict())
        finally:
            result.close()

    run(begin, {})
    try:
        done = work(run)
        run("COMMIT", {})
    except BaseException:
        with suppress(RuntimeError):  # a failed statement may have ended the transaction already
            run("ROLLBACK", {})
        raise
    return done
