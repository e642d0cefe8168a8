"""Fitting the weights: a conditional logit over sectors with a ridge, by Newton's method. A handful of parameters."""

from __future__ import annotations

import zlib
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

FOLDS = 10
RIDGE = 1.0
_STEPS = 30


def fold_of(group: str) -> int:
    """The fold of a group: a checksum, so that it never changes with the order or the number of cases."""
    return zlib.crc32(group.encode()) % FOLDS


def fit(worth: Floats, truth: Ints, active: Sequence[int] | None = None) -> Floats:
    """Weights of the features that make the true sectors likeliest. `worth` has shape (cases, sectors, features).

    Only `active` features are used (all by default). A weight below 0 is set to 0 and the rest fitted again: a ground
    never speaks against a sector.
    """
    features = worth.shape[2]
    use = list(range(features)) if active is None else list(active)
    while use:
        found = _newton(worth[:, :, use], truth)
        if (found >= 0).all():
            break
        use = [feature for feature, weight in zip(use, found, strict=True) if weight > 0]
    weights = np.zeros(features)
    if use:
        weights[use] = found
    return weights


def _newton(worth: Floats, truth: Ints) -> Floats:
    weights = np.zeros(worth.shape[2])
    rows = np.arange(len(truth))
    value, chances = _likelihood(worth, truth, weights)
    for _ in range(_STEPS):
        expected = np.einsum("cs,csf->cf", chances, worth)
        slope = (worth[rows, truth] - expected).sum(axis=0) - 2 * RIDGE * weights
        weighted = chances[:, :, None] * worth
        second = np.einsum("csf,csg->fg", weighted, worth) - expected.T @ expected
        step = np.linalg.solve(second + 2 * RIDGE * np.eye(len(weights)), slope)
        if np.abs(step).max() < 1e-6:
            break
        better, chances_there = _likelihood(worth, truth, weights + step)
        while better < value and np.abs(step).max() > 1e-6:  # a full step may overshoot far from the top
            step = step / 2
            better, chances_there = _likelihood(worth, truth, weights + step)
        weights, value, chances = weights + step, better, chances_there
    return weights


def _likelihood(worth: Floats, truth: Ints, weights: Floats) -> tuple[float, Floats]:
    """Penalised log likelihood of the true sectors, and every sector's chance."""
    scores = worth @ weights
    odds = np.exp(scores - scores.max(axis=1, keepdims=True))
    chances = odds / odds.sum(axis=1, keepdims=True)
    own = np.maximum(chances[np.arange(len(truth)), truth], 1e-300)
    return float(np.log(own).sum() - RIDGE * weights @ weights), chances
