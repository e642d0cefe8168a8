"""Files of the embedded index: segments that never change, and one manifest that says which of them count.

A segment is a file of named arrays. The manifest is replaced by rename after everything it names is on the disk, so
that a kill at any moment leaves the old state or the new one. All parts carry checksums: what does not fit is refused.
"""

from __future__ import annotations

import mmap
import os
import zlib
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any
from weakref import finalize

import numpy as np
import numpy.typing as npt
import orjson

from kg.errors import StaleIndex, StorageFailed
from kg.graph.protocol import IndexStamp

FORMAT = 2
"""2: a segment has a column of places."""
MANIFEST = "manifest"
_MAGIC = b"SYGSEG1\n"
_PAGE = 4096
_READ = 1 << 20

Array = npt.NDArray[Any]
Chunks = Iterable[Array]


@dataclass(frozen=True, slots=True)
class SegmentEntry:
    """A segment as the manifest knows it. `dead` marks its deleted rows, packed and compressed; empty when none."""

    number: int
    count: int
    size: int
    checksum: int
    dead: str = ""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What the index is: its stamp, the last graph batch it holds, and its segments."""

    stamp: IndexStamp
    sequence: int
    card: str
    next_number: int = 1
    segments: tuple[SegmentEntry, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class Plan:
    """An array to be written: its type and shape, and its content in pieces, so that it need not be in memory whole."""

    dtype: str
    shape: tuple[int, ...]
    chunks: Chunks


def stale(reason: str) -> StaleIndex:
    """The refusal of an index that cannot be trusted."""
    return StaleIndex(f"The search index {reason}.", hint="Run `symbiograph rebuild`.")


def segment_path(directory: Path, number: int) -> Path:
    """File of a segment."""
    return directory / f"{number:08d}.segment"


def read_manifest(directory: Path) -> Manifest | None:
    """The manifest, or None when there is no index. Raises `StaleIndex` when it is damaged or of another format."""
    try:
        raw = (directory / MANIFEST).read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise StorageFailed("The search index cannot be read.", hint=str(error)) from error
    checksum, _, body = raw.partition(b"\n")
    if checksum != f"{zlib.crc32(body):08x}".encode():
        raise stale("is damaged")
    found = orjson.loads(body)
    if found.pop("format", None) != FORMAT:
        raise stale("was written by another version")
    entries = tuple(SegmentEntry(**entry) for entry in found.pop("segments"))
    return Manifest(stamp=IndexStamp(**found.pop("stamp")), segments=entries, **found)


def write_manifest(directory: Path, manifest: Manifest) -> None:
    """Make `manifest` the state of the index, durably: from this rename on, and not before, its segments count."""
    body = orjson.dumps({"format": FORMAT} | asdict(manifest))
    raw = f"{zlib.crc32(body):08x}\n".encode() + body
    temporary = directory / f".{MANIFEST}"
    with guarded():
        with temporary.open("wb") as file:
            file.write(raw)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(directory / MANIFEST)
        sync_directory(directory)


def write_segment(directory: Path, number: int, count: int, plans: Mapping[str, Plan]) -> SegmentEntry:
    """Write a segment's arrays, page-aligned, and bring them to the disk; nothing refers to them yet."""
    path = segment_path(directory, number)
    with guarded(), path.open("wb") as file:
        file.write(_MAGIC + bytes(16))
        arrays = {name: _write_array(file, plan) for name, plan in plans.items()}
        header = orjson.dumps({"arrays": arrays})
        start = file.tell()
        file.write(header)
        size = file.tell()
        file.seek(len(_MAGIC))
        file.write(start.to_bytes(8, "little") + len(header).to_bytes(8, "little"))
        file.flush()
        os.fsync(file.fileno())
        sync_directory(directory)
    return SegmentEntry(number=number, count=count, size=size, checksum=zlib.crc32(header))


def _write_array(file: Any, plan: Plan) -> dict[str, Any]:
    file.write(bytes(-file.tell() % _PAGE))
    offset, checksum = file.tell(), 0
    for chunk in plan.chunks:
        data = np.ascontiguousarray(chunk, dtype=plan.dtype).reshape(-1).view(np.uint8)
        checksum = zlib.crc32(data.data, checksum)
        file.write(data)
    return {"dtype": plan.dtype, "shape": plan.shape, "offset": offset, "size": file.tell() - offset, "crc": checksum}


class SegmentFile:
    """A segment mapped for reading, verified first. Arrays are views of the mapping; nothing is copied."""

    def __init__(self, directory: Path, entry: SegmentEntry) -> None:
        path = segment_path(directory, entry.number)
        try:
            self._file = os.open(path, os.O_RDONLY)
            # readers of an old state may hold it for a while: the file is closed with the last of them
            finalize(self, os.close, self._file)
            with open(self._file, "rb", closefd=False) as file:
                self._arrays = _verified(file, entry)
            self._map = mmap.mmap(self._file, 0, access=mmap.ACCESS_READ)
        except FileNotFoundError as error:
            raise stale("lacks one of its files") from error
        except OSError as error:
            raise StorageFailed("The search index cannot be read.", hint=str(error)) from error

    def array(self, name: str) -> Array:
        """A named array, read-only."""
        found = self._arrays[name]
        count = int(np.prod(found["shape"], dtype=np.int64))
        flat = np.frombuffer(self._map, dtype=found["dtype"], count=count, offset=found["offset"])
        return flat.reshape(found["shape"])

    def read(self, name: str, start: int, size: int) -> bytes:
        """Bytes of an array, read and not mapped: what is read here and there of a large array would otherwise make
        all of it resident, because the system maps the neighbours of every page that is touched."""
        return os.pread(self._file, size, self._arrays[name]["offset"] + start)

    def release(self, name: str) -> None:
        """Let the pages of an array go from this process; they come back from the page cache when they are read."""
        found = self._arrays[name]
        if found["size"] and hasattr(mmap, "MADV_DONTNEED"):
            self._map.madvise(mmap.MADV_DONTNEED, found["offset"], found["size"])


def _verified(file: Any, entry: SegmentEntry) -> dict[str, Any]:
    """Header of a segment whose every byte fits. It is read, not mapped, so that verifying costs no resident memory."""
    start = file.read(len(_MAGIC) + 16)
    position, length = int.from_bytes(start[8:16], "little"), int.from_bytes(start[16:24], "little")
    if start[:8] != _MAGIC or position + length != entry.size or os.fstat(file.fileno()).st_size != entry.size:
        raise stale("is damaged")
    file.seek(position)
    header = file.read(length)
    if zlib.crc32(header) != entry.checksum:
        raise stale("is damaged")
    arrays: dict[str, Any] = orjson.loads(header)["arrays"]
    for found in arrays.values():
        file.seek(found["offset"])
        if _checksum(file, found["size"]) != found["crc"]:
            raise stale("is damaged")
    return arrays


def _checksum(file: Any, size: int) -> int:
    checksum = 0
    while size > 0:
        block = file.read(min(size, _READ))
        if not block:
            raise stale("is damaged")
        checksum = zlib.crc32(block, checksum)
        size -= len(block)
    return checksum


def pack_dead(dead: npt.NDArray[np.bool_] | None) -> str:
    """A mask of deleted rows as text; empty when there are none."""
    if dead is None or not dead.any():
        return ""
    return b64encode(zlib.compress(np.packbits(dead).tobytes())).decode()


def unpack_dead(text: str, count: int) -> npt.NDArray[np.bool_] | None:
    """The mask that `pack_dead` wrote, of `count` rows."""
    if not text:
        return None
    bits = np.frombuffer(zlib.decompress(b64decode(text)), dtype=np.uint8)
    return np.unpackbits(bits, count=count).astype(np.bool_)


def remove_orphans(directory: Path, keep: Iterable[int]) -> None:
    """Delete segment files that no manifest names: what an interrupted write or a merge left behind."""
    wanted = {segment_path(directory, number).name for number in keep}
    for path in directory.glob("*.segment"):
        if path.name not in wanted:
            path.unlink(missing_ok=True)


def sync_directory(directory: Path) -> None:
    """Bring the names in a directory to the disk."""
    handle = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


class guarded:  # noqa: N801 - reads as a statement
    """Turns what the disk refuses into `StorageFailed`, with a hint on what to do."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, OSError):
            raise StorageFailed(
                f"The search index cannot be stored: {error.strerror or error}.",
                hint="Free space, or make the data directory writable, and try again; the index is as it was.",
            ) from error


def pieces(
    rows: npt.NDArray[np.intp], read: Callable[[npt.NDArray[np.intp]], Array], size: int = 4096
) -> Iterator[Array]:
    """What `read` gives for rows, a few thousand at a time."""
    for start in range(0, len(rows), size):
        yield read(rows[start : start + size])
