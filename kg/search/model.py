"""The one ranking: a weighted sum of named features, and how sure its answers are. Weights are versioned data.

`score = sum over features of weight * ln(1 + share / EPSILON) + GENERALITY * ln(1 / prevalence)`. Each part is at least
0: a score is a sum of grounds. The last one is the discount of sectors that take nearly everything against those that
take few things: what points to a rare receiver says more.
The softmax of the scores is the chance of each sector under the fitted choice model; a monotone map of a few knots,
fitted on held-out groups, turns it into confidence. `symbiograph evaluate --model FILE` makes both anew.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import orjson

from kg.search.features import FEATURES, SectorFeatures

Floats = npt.NDArray[np.float64]

PARTS = (*FEATURES, "rarity")
"""Names of the parts of a score, in order."""

EPSILON = 0.01
"""Share below which a feature says next to nothing; from 0.003 to 0.03 the measures move less than their error."""
GENERALITY = 0.35
"""Weight of the discount. At 0 hit@3 over all cases is best by half a point, hit@3 averaged over divisions is worse by
six; beyond 0.4 the first falls faster than the second rises (docs/quality.md)."""
_RAREST = 1e-3
SHIPPED = Path(__file__).parent / "data" / "ranking.json"


@dataclass(frozen=True, slots=True)
class RankingModel:
    """Weights of the features in their order, and the knots of the confidence map (both increasing)."""

    version: str
    weights: tuple[float, ...]
    chances: tuple[float, ...]
    confidences: tuple[float, ...]

    def parts(self, features: SectorFeatures, prevalence: Mapping[str, float]) -> Floats:
        """What each of `PARTS` adds to each sector's score, shape (sectors, parts)."""
        grounds = evidence_of(features.shares) * np.array(self.weights)
        return np.column_stack([grounds, rarity_of(features.sectors, prevalence)])

    def confidence(self, scores: Floats) -> Floats:
        """Calibrated confidence of every sector of one answer from all its scores."""
        chances = softmax(scores)
        sure: Floats = np.interp(chances, self.chances, self.confidences)
        return sure


def evidence_of(shares: Floats) -> Floats:
    """Shares as weight of evidence: ln(1 + share / EPSILON)."""
    worth: Floats = np.log1p(shares / EPSILON)
    return worth


def rarity_of(sectors: Sequence[str], prevalence: Mapping[str, float]) -> Floats:
    """What the generality discount leaves of each sector: nothing of one that takes everything."""
    held = np.array([prevalence.get(sector, _RAREST) for sector in sectors])
    worth: Floats = GENERALITY * np.log(1.0 / np.minimum(np.maximum(held, _RAREST), 1.0))
    return worth


def softmax(scores: Floats) -> Floats:
    """Chances that sum to 1; empty for no scores."""
    if not len(scores):
        return scores
    odds = np.exp(scores - scores.max())
    chances: Floats = odds / odds.sum()
    return chances


def load_model(path: Path = SHIPPED) -> RankingModel:
    """The shipped model, or another of the same format. Raises `ValueError` for features of another version."""
    data = orjson.loads(path.read_bytes())
    return model_of(data)


def model_of(data: Mapping[str, object]) -> RankingModel:
    """A model from its stored form. Raises `ValueError` when it was made for other features."""
    weights, knots = data["weights"], data["confidence"]
    if not isinstance(weights, dict) or tuple(weights) != FEATURES or not isinstance(knots, list):
        raise ValueError(f"The ranking model must have the features {', '.join(FEATURES)}, in this order.")
    return RankingModel(
        version=str(data["version"]),
        weights=tuple(float(weight) for weight in weights.values()),
        chances=tuple(float(chance) for chance, _ in knots),
        confidences=tuple(float(sure) for _, sure in knots),
    )


def stored_form(
    version: str, weights: Sequence[float], knots: Sequence[tuple[float, float]], trained_on: Mapping[str, object]
) -> dict[str, object]:
    """What `model_of` reads, with what it was trained on."""
    return {
        "version": version,
        "trained_on": dict(trained_on),
        "weights": dict(zip(FEATURES, weights, strict=True)),
        "confidence": [list(knot) for knot in knots],
    }
