"""Whether the disk has room for a write. LadybugDB must not be let run into a full disk: see `LadybugEngine`."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from kg.errors import StorageFailed

MARGIN = 64 << 20
"""Free bytes below which nothing is written: a batch of 2,000 takes some 10 MB of log, folding it in as much again."""


def require_room(directory: Path) -> None:
    """Raise `StorageFailed` when the disk is nearly full."""
    try:
        free = shutil.disk_usage(directory).free
    except OSError as problem:
        raise no_room(directory, problem.strerror or str(problem)) from problem
    if free < MARGIN:
        raise no_room(directory, f"only {free >> 20} MB are free")


def prove_room(directory: Path, size: int) -> None:
    """Write a file of `size` bytes and take it away again; raises `StorageFailed` when that cannot be done.

    Finds what free space does not tell: quotas, limits on file size, directories that have become read-only.
    """
    probe = directory / "probe.tmp"
    block = bytes(1 << 20)
    try:
        with probe.open("wb") as file:
            for start in range(0, size, len(block)):
                file.write(block[: size - start])
            file.flush()
            os.fsync(file.fileno())
    except OSError as problem:
        raise no_room(directory, problem.strerror or str(problem)) from problem
    finally:
        probe.unlink(missing_ok=True)


def no_room(directory: Path, reason: str) -> StorageFailed:
    return StorageFailed(
        f"The graph in {directory} cannot be written: {reason}.",
        hint="Free some disk space and check that the directory can be written, then try again; nothing was lost.",
    )
