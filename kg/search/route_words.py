"""Words of known routes: a phrase such as "chipped tyres for playgrounds" meets what routes say of their uses."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from functools import cached_property

import numpy as np
import numpy.typing as npt

from kg.model import Route
from kg.ontology import Vocabulary
from kg.text import analyse

Floats = npt.NDArray[np.float64]

_SATURATION, _LENGTH = 1.2, 0.5
"""BM25's k1 and b; route texts are short and of similar length."""


class RouteWords:
    """BM25 over the routes' own words: material label, what it becomes, what it replaces, conditions."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary

    def scores(self, terms: Sequence[str]) -> Floats:
        """One score a route, in the vocabulary's order of routes; 0 where no word is shared."""
        routes = len(self._vocabulary.routes)
        scores = np.zeros(routes)
        for term in dict.fromkeys(terms):
            found = self._postings.get(term)
            if found is not None:
                scores[found[0]] += found[1]
        return scores

    @cached_property
    def _postings(self) -> dict[str, tuple[npt.NDArray[np.int32], Floats]]:
        texts = [analyse(self._text(route)) for route in self._vocabulary.routes]
        mean = sum(map(len, texts)) / max(1, len(texts))
        counts: dict[str, dict[int, int]] = defaultdict(dict)
        for place, terms in enumerate(texts):
            for term in terms:
                counts[term][place] = counts[term].get(place, 0) + 1
        postings = {}
        for term, places in counts.items():
            rarity = math.log(1 + (len(texts) - len(places) + 0.5) / (len(places) + 0.5))
            lengths = [1 - _LENGTH + _LENGTH * len(texts[place]) / mean for place in places]
            worth = [
                f * (_SATURATION + 1) / (f + _SATURATION * n) for f, n in zip(places.values(), lengths, strict=True)
            ]
            postings[term] = (np.fromiter(places, np.int32, len(places)), rarity * np.array(worth))
        return postings

    def _text(self, route: Route) -> str:
        label = self._vocabulary.label(route.material).text
        return f"{label} {route.becomes} {route.replaces} {route.conditions}"
