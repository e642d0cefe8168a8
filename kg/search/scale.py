"""Yardsticks that make features comparable: how near unrelated texts are to this encoder, how rare a word is."""

from __future__ import annotations

import math
import os
from collections import Counter
from collections.abc import Collection, Sequence
from contextlib import suppress
from pathlib import Path

import numpy as np
import numpy.typing as npt
import orjson

from kg.graph.protocol import CandidateViews, Filters, Vector
from kg.ontology import Vocabulary
from kg.text import ANALYSER_VERSION, analyse

Floats = npt.NDArray[np.float64]

_SAMPLE = 256
_LEAST_SPREAD = 1e-3


class Scale:
    """How near texts that have nothing to do with a question are to it, and word rarity by the vocabulary's labels.

    `sample` are vectors of a fixed set of documents, the same on every engine; most of them are unrelated to any one
    question, so their median is what the encoder gives unrelated texts. `spread` is that of unrelated pairs.
    """

    def __init__(self, sample: Vector, rarity: dict[str, float], unseen: float) -> None:
        self._sample = sample
        self.spread = spread(sample)
        self._rarity = rarity
        self._unseen = unseen

    def nearness(self, vector: Vector, similarity: Floats) -> Floats:
        """Cosines with a question's vector as spreads above what unrelated documents have with it."""
        if not len(self._sample):
            return similarity / self.spread
        return (similarity - median(self._sample @ vector)) / self.spread

    def rarity(self, term: str) -> float:
        """Weight of an analysed word, from about 0.5 (in every third label) to about 9 (in none)."""
        return self._rarity.get(term, self._unseen)

    def overlap(self, asked: Sequence[str], documents: Sequence[Collection[str]]) -> Floats:
        """For each document the share of the asked words it has, weighted by rarity; 0 when no word was asked."""
        weights = {term: self.rarity(term) for term in asked}
        whole = sum(weights.values())
        if not whole:
            return np.zeros(len(documents))
        apart, pairs = weights.keys().isdisjoint, list(weights.items())
        shared = [
            0.0 if apart(terms) else sum([weight for term, weight in pairs if term in terms]) for terms in documents
        ]
        return np.array(shared) / whole


def measure(views: CandidateViews, vocabulary: Vocabulary, cache: Path | None = None) -> Scale:
    """The scale of an index. The first documents by id are the sample: any engine names the same ones.

    `cache` is a directory in which the words' rarities are kept for the next process.
    """
    ids = views.matching(Filters(), _SAMPLE)
    rarity, unseen = _kept_rarity(vocabulary, cache) if cache else label_rarity(vocabulary)
    return Scale(views.vectors(ids), rarity, unseen)


def spread(vectors: Vector) -> float:
    """Standard deviation of the cosine between vectors that have nothing to do with each other; 1 for fewer than three.

    By the median absolute deviation, because a few pairs are related.
    """
    if len(vectors) < 3:
        return 1.0
    cosines = (vectors @ vectors.T)[np.triu_indices(len(vectors), 1)]
    return max(1.4826 * median(np.abs(cosines - median(cosines))), _LEAST_SPREAD)


def median(values: npt.NDArray[np.floating]) -> float:
    """The median of a vector that is not empty. numpy's own imports masked arrays first: 0.1 s of a cold start."""
    half = len(values) // 2
    parted = np.partition(values, [max(half - 1, 0), half])
    return float(parted[half] if len(values) % 2 else (parted[half - 1] + parted[half]) / 2)


def _kept_rarity(vocabulary: Vocabulary, cache: Path) -> tuple[dict[str, float], float]:
    """Rarities read back, or made and kept: reading nine thousand labels takes half a second."""
    path = cache / f"rarity-{vocabulary.version}-{ANALYSER_VERSION}.json"
    with suppress(OSError, ValueError, TypeError):
        rarity, unseen = orjson.loads(path.read_bytes())
        return rarity, unseen
    found = label_rarity(vocabulary)
    with suppress(OSError):
        cache.mkdir(parents=True, exist_ok=True)
        fresh = path.with_suffix(f".{os.getpid()}")
        fresh.write_bytes(orjson.dumps(found))
        fresh.replace(path)
    return found


def label_rarity(vocabulary: Vocabulary) -> tuple[dict[str, float], float]:
    """Inverse document frequency of words over the English labels of materials, and the rarity of a word in none."""
    counts: Counter[str] = Counter()
    size = 0
    for concept in vocabulary.concepts("material"):
        size += 1
        counts.update({term for label in concept.labels if label.language == "en" for term in analyse(label.text)})
    rarity = {term: math.log(1 + (size + 1) / (count + 0.5)) for term, count in counts.items()}
    return rarity, math.log(1 + (size + 1) / 0.5)
