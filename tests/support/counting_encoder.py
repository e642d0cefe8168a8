"""An encoder for tests of what stands above encoders: a vector follows from a text's letters, and calls are seen."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np

from kg.graph.protocol import Vector


class CountingEncoder:
    """Eight dimensions; `read` lists the texts encoded, in order, and `stop_after` counts down to an interrupt."""

    dimension = 8

    def __init__(self, name: str = "counting", stop_after: int = -1) -> None:
        self.name = name
        self.weights_hash = hashlib.sha256(name.encode()).hexdigest()
        self.read: list[str] = []
        self.stop_after = stop_after

    def encode_queries(self, texts: Sequence[str]) -> Vector:
        return self._encode(texts)

    def encode_passages(self, texts: Sequence[str]) -> Vector:
        if self.stop_after == 0:
            raise KeyboardInterrupt
        self.stop_after -= 1
        self.read.extend(texts)
        return self._encode(texts)

    def _encode(self, texts: Sequence[str]) -> Vector:
        rows = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for row, text in zip(rows, texts, strict=True):
            digest = hashlib.sha256(f"{self.name} {text}".encode("utf-8", "surrogatepass")).digest()
            row[:] = np.frombuffer(digest[:8], dtype=np.uint8).astype(np.float32) - 127.5
            row /= np.linalg.norm(row)
        return rows
