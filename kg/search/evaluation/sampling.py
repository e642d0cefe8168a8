"""Features of every case, computed once, and scores by weights that never saw the case."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from kg.graph.protocol import Filters, SearchDocument, Vector
from kg.model import Level, SectorRole
from kg.search.evaluation.cases import Case
from kg.search.evaluation.fitting import FOLDS, fit, fold_of
from kg.search.features import FEATURES, FeatureReader
from kg.search.model import evidence_of, rarity_of
from kg.search.searching import Search

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
Progress = Callable[[str, int, int], None]
"""Called with a stage, how much of it is done, and how much there is."""

NOT_NAMED = -1e6
"""Score of a sector that no feature names: it would not be in the answer."""
_ENCODED = 128


@dataclass(frozen=True, slots=True)
class Sample:
    """Worth of shape (cases, divisions, features), the discount of every division, true columns, and folds."""

    divisions: tuple[str, ...]
    worth: Floats
    rarity: Floats
    truth: Ints
    folds: Ints

    def scores(self, worth: Floats, weights: Floats) -> Floats:
        """Scores of some cases' divisions, rounded as the ranking rounds them."""
        scored = worth @ weights + self.rarity
        found: Floats = np.where(worth.any(axis=2), scored, NOT_NAMED).round(9)
        return found


def held_out(
    sample: Sample, learnt_from: Sequence[Sample], active: Sequence[int] | None = None, elsewhere: Sample | None = None
) -> Floats:
    """Scores of every case of `sample` by weights fitted without its fold; `elsewhere` asks other cases by these.

    `learnt_from` are the same cases with different knowledge switched on.
    """
    asked_of = elsewhere or sample
    scores = np.zeros(asked_of.worth.shape[:2])
    for fold in range(FOLDS):
        seen, asked = sample.folds != fold, asked_of.folds == fold
        if asked.any() and seen.any():
            weights = learn(learnt_from, seen, active)
            scores[asked] = sample.scores(asked_of.worth[asked], weights)
    return scores


def learn(samples: Sequence[Sample], seen: Bools, active: Sequence[int] | None = None) -> Floats:
    """Weights that make the true sectors of the seen cases likeliest in all samples alike."""
    worth = np.concatenate([sample.worth[seen] for sample in samples])
    return fit(worth, np.concatenate([sample.truth[seen] for sample in samples]), active)


def encode_cases(search: Search, cases: Sequence[Case], progress: Progress | None) -> dict[str, Vector]:
    """Vectors of the distinct resource texts."""
    texts = sorted({case.resource for case in cases})
    found: dict[str, Vector] = {}
    for start in range(0, len(texts), _ENCODED):
        batch = texts[start : start + _ENCODED]
        found.update(zip(batch, search.questions.encode(batch), strict=True))
        if progress:
            progress("encode", start + len(batch), len(texts))
    return found


def divisions_of(search: Search, cases: Sequence[Case]) -> tuple[str, ...]:
    """Every division of the classification, in order."""
    every = [c.id for c in search.vocabulary.concepts("nace2") if search.vocabulary.sector_at(c.id, "division") == c.id]
    return tuple(sorted({*every, *(case.division for case in cases)}))


def samples(
    search: Search,
    readers: Sequence[FeatureReader],
    cases: Sequence[Case],
    hidden: Sequence[Filters],
    vectors: Mapping[str, Vector],
    progress: Progress | None,
) -> list[Sample]:
    """A sample by each reader, from the same candidates."""
    divisions = divisions_of(search, cases)
    place = {division: column for column, division in enumerate(divisions)}
    shares = np.zeros((len(readers), len(cases), len(divisions), len(FEATURES)))
    for row, (case, filters) in enumerate(zip(cases, hidden, strict=True)):
        question = search.questions.read(case.resource, vector=vectors[case.resource])
        found = search.candidates(question, filters)
        for number, reader in enumerate(readers):
            features = reader.read(question, found, SectorRole.RECEIVER, Level.DIVISION)
            for sector, values in zip(features.sectors, features.shares, strict=True):
                if sector in place:
                    shares[number, row, place[sector]] = values
        if progress and row % 50 == 49:
            progress("ask", row + 1, len(cases))
    truth = np.array([place[case.division] for case in cases], dtype=np.int64)
    folds = np.array([fold_of(case.group) for case in cases], dtype=np.int64)
    rarities = [rarity_of(divisions, reader.prevalence(SectorRole.RECEIVER, Level.DIVISION)) for reader in readers]
    return [
        Sample(divisions, evidence_of(each), rarity, truth, folds)
        for each, rarity in zip(shares, rarities, strict=True)
    ]


def division_of(search: Search, document: SearchDocument) -> str:
    """The receiver's division of an indexed synergy, or empty."""
    return search.vocabulary.sector_at(document.receiver_sector, "division") if document.receiver_sector else ""
