"""How relevant a completed synergy is to a question, 0 to 1, and which are relevant enough to be evidence."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from kg.search.retrieval import Candidates

Floats = npt.NDArray[np.float64]

MEANING, CONCEPT, WORDS = 0.45, 0.35, 0.20
"""Parts of relevance: nearness of meaning, concept path, shared words."""
EVIDENCE_FROM = 0.3
"""Least relevance of evidence: what is only near in meaning must be very near, or share a concept or rare words."""
LISTED_FROM = 0.15
"""Least relevance of a row in a list of synergies, where a person judges."""
NAMED = 0.4
"""Relevance of a row that names the asked concept, or a narrower one, whatever its words: asked in German, a case
written in English shares no words and is less near in meaning, yet it is the same whey. A broader concept alone does
not do."""
_NEAR_FROM, _NEAR_FULL = 1.5, 5.0


def relevance(found: Candidates) -> Floats:
    """Relevance of every candidate."""
    meaning = np.clip((found.nearness - _NEAR_FROM) / (_NEAR_FULL - _NEAR_FROM), 0.0, 1.0)
    concepts = np.minimum(found.concepts, 1.0)
    weighed: Floats = np.maximum(MEANING * meaning + CONCEPT * concepts + WORDS * found.words, NAMED * concepts)
    return weighed


def in_order(found: Candidates, scores: Floats, least: float) -> list[int]:
    """Rows of at least a score, best first, ties by id."""
    rows = [row for row in range(len(found)) if scores[row] >= least]
    return sorted(rows, key=lambda row: (-round(float(scores[row]), 9), found.documents[row].id))
