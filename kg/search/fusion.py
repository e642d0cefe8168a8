"""Fusion of ranked lists by rank alone: views' own scores are never compared with each other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

RRF_CONSTANT = 60
"""Reciprocal rank fusion's constant (Cormack, Clarke and Büttcher 2009), their value."""


def ranks_of(ids: Sequence[str]) -> dict[str, int]:
    """Rank from 1 of every id of a list, best first; an id named twice keeps its better rank."""
    ranks = dict(zip(ids, range(1, len(ids) + 1), strict=True))
    if len(ranks) == len(ids):
        return ranks
    ranks = {}
    for rank, id_ in enumerate(ids, start=1):
        ranks.setdefault(id_, rank)
    return ranks


def fuse(views: Mapping[str, Mapping[str, int]], constant: int = RRF_CONSTANT) -> list[str]:
    """Ids of all views by the sum of 1 / (constant + rank), ties by id."""
    scores: dict[str, float] = {}
    for ranks in views.values():
        for id_, rank in ranks.items():
            scores[id_] = scores.get(id_, 0.0) + 1.0 / (constant + rank)
    return [id_ for _, id_ in sorted([(-score, id_) for id_, score in scores.items()])]
