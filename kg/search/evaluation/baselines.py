"""What any ranking must beat: popularity, waste-code match, BM25 neighbours, plain dense neighbours."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from kg.graph.protocol import CandidateViews, Filters, Vector
from kg.search.evaluation.cases import Case
from kg.text import analyse

Floats = npt.NDArray[np.float64]

BASELINES = ("popularity", "waste code", "BM25", "dense")
_NEIGHBOURS = 30
_FALLBACK = 1e-6
"""Weight of popularity below everything a baseline found itself."""


class Baselines:
    """Scores of shape (divisions,) for a case. `division_of` maps every indexed id to its receiver's division."""

    def __init__(
        self,
        views: CandidateViews,
        divisions: Sequence[str],
        division_of: Mapping[str, str],
        groups: Mapping[str, str],
        codes: Mapping[str, str],
    ) -> None:
        self._views = views
        self._place = {division: place for place, division in enumerate(divisions)}
        self._division_of = division_of
        self._groups = groups
        self._codes = codes
        self._counts = Counter(division for division in division_of.values() if division)
        self._by_group: dict[str, Counter[str]] = {}
        for id_, group in groups.items():
            self._by_group.setdefault(group, Counter())[division_of[id_]] += 1

    def scores(self, case: Case, vector: Vector) -> dict[str, Floats]:
        """Scores by baseline, the case's hidden records left out."""
        popular = self._popularity(case)
        return {
            "popularity": popular,
            "waste code": self._waste_code(case) + _FALLBACK * popular,
            "BM25": self._words(case.resource, case.hidden) + _FALLBACK * popular,
            "dense": self._dense(vector, case.hidden) + _FALLBACK * popular,
        }

    def _popularity(self, case: Case) -> Floats:
        seen = self._counts - self._by_group.get(case.group, Counter())
        return self._vector({division: float(count) for division, count in seen.items()})

    def _waste_code(self, case: Case) -> Floats:
        found: dict[str, float] = {}
        for id_, code in self._codes.items():
            if case.waste_code and code and self._groups[id_] != case.group and id_ != case.id:
                shared = next((n for n in (10, 8, 6) if code[:n] == case.waste_code[:n]), 0)
                if shared:
                    division = self._division_of[id_]
                    found[division] = found.get(division, 0.0) + 10.0 ** (shared - 10)
        return self._vector(found)

    def _words(self, text: str, hidden: Filters) -> Floats:
        found: dict[str, float] = {}
        for proposal in self._views.by_words(tuple(analyse(text)), hidden, _NEIGHBOURS):
            division = self._division_of[proposal.id]
            found[division] = found.get(division, 0.0) + max(proposal.score, 0.0)
        return self._vector(found)

    def _dense(self, vector: Vector, hidden: Filters) -> Floats:
        found: dict[str, float] = {}
        for rank, proposal in enumerate(self._views.by_vector(vector, hidden, _NEIGHBOURS)):
            division = self._division_of[proposal.id]
            found[division] = found.get(division, 0.0) + 1.0 / (1 + rank)
        return self._vector(found)

    def _vector(self, found: Mapping[str, float]) -> Floats:
        scores = np.zeros(len(self._place))
        for division, score in found.items():
            if division in self._place:
                scores[self._place[division]] = score
        return scores
