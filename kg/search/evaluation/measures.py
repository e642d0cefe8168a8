"""Measures over ranks: hit@k, mean reciprocal rank, hit@3 averaged over divisions; and of calibration."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Measures:
    """Shares of cases whose true division is among the first k; `by_division` averages hit@3 over true divisions."""

    cases: int
    hit_1: float
    hit_3: float
    hit_5: float
    hit_10: float
    mrr: float
    by_division: float


def ranks_of_truth(scores: Floats, truth: Ints) -> Ints:
    """Rank from 1 of the true column of each row; ties go by column, which is by id."""
    rows = np.arange(len(truth))
    own = scores[rows, truth][:, None]
    columns = np.arange(scores.shape[1])[None, :]
    ahead = (scores > own) | ((scores == own) & (columns < truth[:, None]))
    ranks: Ints = 1 + ahead.sum(axis=1)
    return ranks


def measure(ranks: Ints, truth: Ints) -> Measures:
    """Measures of some cases; all 0 for none."""
    if not len(ranks):
        return Measures(0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
    by_division = [float((ranks[truth == division] <= 3).mean()) for division in np.unique(truth)]
    first, third, fifth, tenth = (round(float((ranks <= k).mean()), 4) for k in (1, 3, 5, 10))
    return Measures(
        len(ranks),
        first,
        third,
        fifth,
        tenth,
        round(float((1.0 / ranks).mean()), 4),
        round(float(np.mean(by_division)), 4),
    )


@dataclass(frozen=True, slots=True)
class ReliabilityBin:
    """Answers called about the same: how many, what they were called on average, what share of them held."""

    called_from: float
    answers: int
    called: float
    held: float


def reliability(called: Floats, held: npt.NDArray[np.bool_], bins: int = 10) -> tuple[list[ReliabilityBin], float]:
    """Reliability table by tenths, and the expected calibration error (mean gap, weighted by answers)."""
    place = np.minimum((called * bins).astype(int), bins - 1)
    table: list[ReliabilityBin] = []
    gap = 0.0
    for number in range(bins):
        there = place == number
        if there.any():
            mean, share = float(called[there].mean()), float(held[there].mean())
            table.append(ReliabilityBin(number / bins, int(there.sum()), round(mean, 4), round(share, 4)))
            gap += float(there.sum()) * abs(mean - share)
    return table, round(gap / max(1, len(called)), 4)


def monotone_knots(called: Floats, held: npt.NDArray[np.bool_], least: int = 40) -> list[tuple[float, float]]:
    """A monotone map from chances to shares that held: isotonic regression, thinned to blocks of at least `least`."""
    order = np.argsort(called, kind="stable")
    blocks: list[list[float]] = []
    for start in range(0, len(order), least):
        rows = order[start : start + least]
        blocks.append([float(called[rows].mean()), float(held[rows].mean()), float(len(rows))])
        while len(blocks) > 1 and blocks[-2][1] >= blocks[-1][1]:
            blocks[-2:] = [_merged(blocks[-2], blocks[-1])]
    knots = [(0.0, 0.0), *((round(chance, 4), round(share, 4)) for chance, share, _ in blocks)]
    return _increasing([*knots, (1.0, max(knots[-1][1], 0.99))])


def _merged(one: Sequence[float], other: Sequence[float]) -> list[float]:
    size = one[2] + other[2]
    return [(one[0] * one[2] + other[0] * other[2]) / size, (one[1] * one[2] + other[1] * other[2]) / size, size]


def _increasing(knots: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    kept = [knots[0]]
    for chance, share in knots[1:]:
        if chance > kept[-1][0]:
            kept.append((chance, max(share, kept[-1][1])))
    return kept
