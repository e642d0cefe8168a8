"""What every kind of search shares, opened once: views, vocabulary, reader of questions, scale, knowledge, model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from kg.graph.protocol import CandidateViews, Filters
from kg.model import Level, SectorRole
from kg.ontology import Vocabulary
from kg.search.encoders.protocol import Encoder
from kg.search.features import FeatureReader, SectorFeatures
from kg.search.knowledge import Knowledge
from kg.search.model import RankingModel, load_model
from kg.search.offers import read_offers
from kg.search.presenting import Presenter
from kg.search.question import QueryLinker, Question, QuestionReader
from kg.search.retrieval import Candidates, Depth, retrieve
from kg.search.scale import Scale, measure

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Ranked:
    """Sectors of one question with features, scores and confidences, best first, ties by id."""

    sectors: tuple[str, ...]
    parts: Floats
    scores: Floats
    confidences: Floats


class Search:
    """Opened parts. Immutable but for memories of pure functions; safe to share between threads."""

    def __init__(
        self,
        views: CandidateViews,
        vocabulary: Vocabulary,
        encoder: Encoder,
        linker: QueryLinker,
        model: RankingModel | None = None,
        least_strength: int = 1,
        cache: Path | None = None,
    ) -> None:
        self.views = views
        self.vocabulary = vocabulary
        self.questions = QuestionReader(vocabulary, encoder, linker)
        self.knowledge = Knowledge(vocabulary, least_strength)
        self.offers = read_offers()
        self.features = FeatureReader(self.knowledge, self.offers)
        self.model = model or load_model()
        self.depth = Depth()
        self._presenters: dict[str, Presenter] = {}
        self._cache = cache
        self._scale: tuple[bool, Scale] | None = None

    @property
    def scale(self) -> Scale:
        """The scale of the index, measured at first use and again once an empty index has been filled."""
        if self._scale is None or not self._scale[0]:
            self._scale = self.views.count() > 0, measure(self.views, self.vocabulary, self._cache)
        return self._scale[1]

    def presenter(self, language: str) -> Presenter:
        """The presenter of a language, one for all answers."""
        if language not in self._presenters:
            self._presenters[language] = Presenter(self.vocabulary, language)
        return self._presenters[language]

    def candidates(self, question: Question, filters: Filters) -> Candidates:
        """Candidates of a question under filters, measured exactly."""
        return retrieve(self.views, question, filters, self.scale, self.depth)

    def rank(self, question: Question, found: Candidates, role: SectorRole, level: Level) -> Ranked:
        """Sectors by score."""
        features = self.features.read(question, found, role, level)
        return ranked(self.model, features, self.features.prevalence(role, level))


def ranked(model: RankingModel, features: SectorFeatures, prevalence: Mapping[str, float]) -> Ranked:
    """Features scored by a model; scores that differ by less than rounding tie, and go by id."""
    parts = model.parts(features, prevalence)
    scores = parts.sum(axis=1)
    sure = model.confidence(scores)
    keys = [(-round(score, 9), sector) for score, sector in zip(scores.tolist(), features.sectors, strict=True)]
    order = sorted(range(len(keys)), key=keys.__getitem__)
    return Ranked(tuple(features.sectors[row] for row in order), parts[order], scores[order], sure[order])
