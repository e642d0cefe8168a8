"""Named features of every sector for one question, as shares that sum to 1 over the sectors of one feature.

`meaning`, `words` and `concepts` are votes of completed synergies; `routes` is what is known of the linked materials,
`offers` how offers worded like the question usually go.
What a feature says is a share, so that no feature depends on how many candidates an engine proposed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from kg.graph.protocol import SearchDocument
from kg.model import Level, SectorRole
from kg.search.knowledge import Knowledge
from kg.search.offers import Offers
from kg.search.question import Question
from kg.search.retrieval import Candidates

Floats = npt.NDArray[np.float64]

FEATURES = ("meaning", "words", "concepts", "routes", "offers")
"""Order of the columns of `SectorFeatures.shares`."""

SHARPNESS = 0.7
"""Spreads of nearness by which a neighbour's vote falls to 1/e of the nearest one's."""
REPEAT = 0.3
"""Worth of each further precedent of one programme or source for one sector, against the one before it."""
_VOTERS = 100
_WORD_VOTERS = 30
_WORD_POWER = 2.0


@dataclass(frozen=True, slots=True)
class SectorFeatures:
    """Shares of shape (sectors, features), rows ordered as `sectors`, which are sorted ids."""

    sectors: tuple[str, ...]
    shares: Floats


class FeatureReader:
    """Computes the features of one role and level. Pure: the same candidates and question give the same shares."""

    def __init__(self, knowledge: Knowledge, offers: Offers) -> None:
        self._knowledge = knowledge
        self._offers = offers

    def read(self, question: Question, found: Candidates, role: SectorRole, level: Level) -> SectorFeatures:
        """Features of every sector that any of them names."""
        sectors = self._sectors_of(found.documents, role, level)
        keys = [precedent_key(document) for document in found.documents]
        guesses = {link.concept: link.score for link in question.guesses}
        columns = [
            votes(sectors, keys, meaning_weights(found.nearness), _VOTERS),
            votes(sectors, keys, _powered(found.words), _WORD_VOTERS),
            votes(sectors, keys, found.concepts, len(sectors)),
            self._knowledge.share(guesses, role, level),
            self._offered(question, guesses, level) if role is SectorRole.RECEIVER else {},
        ]
        names = tuple(sorted(set().union(*columns)))
        place = {name: row for row, name in enumerate(names)}
        shares = np.zeros((len(names), len(columns)))
        for column, values in enumerate(columns):
            for name, value in values.items():
                shares[place[name], column] = value
        return SectorFeatures(names, shares)

    def _offered(self, question: Question, guesses: Mapping[str, float], level: Level) -> Mapping[str, float]:
        return self._knowledge.refined(self._offers.share(question.terms, guesses), guesses, level)

    def _sectors_of(self, documents: Sequence[SearchDocument], role: SectorRole, level: Level) -> list[str]:
        """`sector_of` each document, every sector looked up once."""
        receiver = role is SectorRole.RECEIVER
        named = [document.receiver_sector if receiver else document.provider_sector for document in documents]
        at = {sector: self._knowledge.sector_at(sector, level) for sector in set(named)}
        return [at[sector] for sector in named]

    def sector_of(self, document: SearchDocument, role: SectorRole, level: Level) -> str:
        """The sector a document counts for at a level."""
        sector = document.receiver_sector if role is SectorRole.RECEIVER else document.provider_sector
        return self._knowledge.sector_at(sector, level)

    def prevalence(self, role: SectorRole, level: Level) -> Mapping[str, float]:
        """How much of all known materials each sector takes (or gives); sectors no route leads to are missing."""
        return self._knowledge.shares(role, level).prevalence


def meaning_weights(nearness: Floats) -> Floats:
    """Weight of each neighbour's vote, 1 for the nearest."""
    weights: Floats = np.exp((nearness - nearness.max(initial=-np.inf)) / SHARPNESS) if len(nearness) else nearness
    return weights


def _powered(scores: Floats) -> Floats:
    top = scores.max(initial=0.0)
    weights: Floats = (scores / top) ** _WORD_POWER if top > 0 else np.zeros_like(scores)
    return weights


def precedent_key(document: SearchDocument) -> str:
    """What makes precedents independent of each other: related records count as one."""
    return document.group or document.programme or document.source_title or document.id


def votes(sectors: Sequence[str], keys: Sequence[str], weights: Floats, voters: int) -> dict[str, float]:
    """Share of the votes each sector has. Repeats of one precedent weigh less and less; ties go by position."""
    summed: dict[str, float] = {}
    seen: dict[tuple[str, str], int] = {}
    order = np.argsort(-weights, kind="stable")[:voters]
    for row, weight in zip(order.tolist(), weights[order].tolist(), strict=True):
        if weight <= 0.0:
            break
        sector = sectors[row]
        if not sector:
            continue
        key = keys[row], sector
        repeat = seen.get(key, 0)
        seen[key] = repeat + 1
        summed[sector] = summed.get(sector, 0.0) + weight * REPEAT**repeat
    total = sum(summed.values())
    return {sector: weight / total for sector, weight in summed.items()}
