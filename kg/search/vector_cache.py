"""Vectors kept by content, so that a rebuild encodes only texts that were never encoded by this very encoder.

Two files for each encoder that only grow: the vectors, and for each a key of its text and a checksum. Vectors are
written first; what has no whole key, or whose checksum does not fit, was never written. Nothing is synced: a power cut
costs the encoding of a few texts, no more. Vectors are kept in the 32 bits they were made with, because index and
ranking promise exact cosines; 100,000 of 384 dimensions take 154 MB of disk and none of memory.
"""

from __future__ import annotations

import hashlib
import os
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType

import numpy as np

from kg.errors import StorageFailed
from kg.graph.protocol import Vector
from kg.search.encoders import Encoder

CHUNK = 64
"""Texts encoded between two writes: what an interrupt loses at most."""

_ENTRY = np.dtype([("high", "<u8"), ("low", "<u8"), ("crc", "<u4")])

Told = Callable[[int], None]


class VectorCache:
    """The vectors of passages by one encoder, in a directory. One process at a time; not for several threads."""

    def __init__(self, directory: Path, encoder: Encoder) -> None:
        """Open, or make, the encoder's files; what an interrupted write left is cut off. Raises `StorageFailed`."""
        self._encoder = encoder
        self._width = encoder.dimension * 4
        name = hashlib.sha256(f"{encoder.weights_hash} {encoder.name} passage".encode()).hexdigest()[:24]
        try:
            directory.mkdir(parents=True, exist_ok=True)
            self._keys = _open(directory / f"{name}.keys")
            self._vectors = _open(directory / f"{name}.vectors")
            self._load()
        except OSError as error:
            raise _refused(error) from error

    def __enter__(self) -> VectorCache:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def __len__(self) -> int:
        return self._count

    def close(self) -> None:
        """Close the files."""
        os.close(self._keys)
        os.close(self._vectors)

    def encode_passages(self, texts: Sequence[str], told: Told = lambda done: None) -> Vector:
        """Vectors of the texts, one row each; those not known are encoded and kept, shortest first.

        `told` is called with the number of texts that are done; it may raise to stop, and what was encoded is kept.
        """
        keys = [_key(text) for text in texts]
        found = np.empty((len(texts), self._encoder.dimension), dtype=np.float32)
        missing: dict[bytes, list[int]] = {}
        for i, key in enumerate(keys):
            vector = self._find(key)
            if vector is None:
                missing.setdefault(key, []).append(i)
            else:
                found[i] = vector
        done = len(texts) - sum(map(len, missing.values()))
        told(done)
        # texts of like length keep the padding of a batch small
        order = sorted(missing, key=lambda key: (len(texts[missing[key][0]]), key))
        for start in range(0, len(order), CHUNK):
            chunk = order[start : start + CHUNK]
            vectors = self._encoder.encode_passages([texts[missing[key][0]] for key in chunk])
            self._add(chunk, vectors)
            for key, vector in zip(chunk, vectors, strict=True):
                found[missing[key]] = vector
                done += len(missing[key])
            told(done)
        return found

    def _load(self) -> None:
        count = min(os.fstat(self._keys).st_size // _ENTRY.itemsize, os.fstat(self._vectors).st_size // self._width)
        os.ftruncate(self._keys, count * _ENTRY.itemsize)
        os.ftruncate(self._vectors, count * self._width)
        entries = np.frombuffer(os.pread(self._keys, count * _ENTRY.itemsize, 0), dtype=_ENTRY)
        # stable: of two entries of one key the later is the mend of a damaged one, and is the last of its run
        order = np.argsort(entries["high"], kind="stable")
        self._sorted, self._rows = entries[order], order.astype(np.int64)
        self._fresh: dict[bytes, tuple[int, int]] = {}
        self._count = count

    def _find(self, key: bytes) -> Vector | None:
        at = self._fresh.get(key) or self._kept(key)
        if at is None:
            return None
        raw = os.pread(self._vectors, self._width, at[0] * self._width)
        return np.frombuffer(raw, dtype=np.float32) if zlib.crc32(raw) == at[1] else None

    def _kept(self, key: bytes) -> tuple[int, int] | None:
        """Row and checksum of a key that was there when the cache was opened."""
        high, low = np.frombuffer(key, dtype="<u8")
        last = int(np.searchsorted(self._sorted["high"], high, side="right")) - 1
        if last < 0 or self._sorted["high"][last] != high or self._sorted["low"][last] != low:
            return None
        return int(self._rows[last]), int(self._sorted["crc"][last])

    def _add(self, keys: Sequence[bytes], vectors: Vector) -> None:
        rows = [row.tobytes() for row in np.ascontiguousarray(vectors, dtype=np.float32)]
        checks = [zlib.crc32(row) for row in rows]
        entries = b"".join(key + check.to_bytes(4, "little") for key, check in zip(keys, checks, strict=True))
        try:
            _append(self._vectors, b"".join(rows), self._count * self._width)
            _append(self._keys, entries, self._count * _ENTRY.itemsize)
        except OSError as error:
            raise _refused(error) from error
        for i, key in enumerate(keys):
            self._fresh[key] = (self._count + i, checks[i])
        self._count += len(keys)


def _key(text: str) -> bytes:
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()


def _open(path: Path) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT, 0o600)


def _append(file: int, data: bytes, at: int) -> None:
    """Write all of `data`: a full disk may take a part of it first."""
    view = memoryview(data)
    while view:
        written = os.pwrite(file, view, at)
        view, at = view[written:], at + written


def _refused(error: OSError) -> StorageFailed:
    return StorageFailed(
        f"The cache of vectors cannot be stored: {error.strerror or error}.",
        hint="Free space, or make the data directory writable, and try again.",
    )
