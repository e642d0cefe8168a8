"""Candidates: what the three views of an engine propose, with exact features that do not depend on the engine."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from kg.graph.protocol import CandidateViews, Filters, Gatherer, SearchDocument, Vector, Wanted
from kg.search.fusion import fuse, ranks_of
from kg.search.question import Question, Reach
from kg.search.scale import Scale

Floats = npt.NDArray[np.float64]
_NO_VECTORS: Vector = np.zeros((0, 0), dtype=np.float32)


@dataclass(frozen=True, slots=True)
class Depth:
    """How many candidates each view proposes before the one ranking takes over."""

    vectors: int = 120
    words: int = 60
    concepts: int = 150


@dataclass(frozen=True, slots=True)
class Candidates:
    """Candidates in fused order with their features, one entry or row each.

    `similarity` is the exact cosine, `nearness` the same in spreads above what unrelated documents have,
    `words` the share (0 to 1) of the question's words, weighted by rarity, that the candidate has, `concepts` the best
    weight (0 to 1) of its concepts, `reaches` that concept's path or None. `ranks` is view -> id -> rank from 1.
    """

    documents: Sequence[SearchDocument]
    ranks: Mapping[str, Mapping[str, int]]
    similarity: Floats
    nearness: Floats
    words: Floats
    concepts: Floats
    reaches: Sequence[Reach | None]

    def __len__(self) -> int:
        return len(self.documents)


def propose(views: CandidateViews, question: Question, filters: Filters, depth: Depth) -> dict[str, dict[str, int]]:
    """Ranks by view, before anything is scored."""
    proposed: dict[str, dict[str, int]] = {}
    if question.reach:
        found = views.by_concepts(question.weights, filters, depth.concepts)
        proposed["concepts"] = ranks_of([proposal.id for proposal in found])
    if question.vector is not None:
        found = views.by_vector(question.vector, filters, depth.vectors)
        proposed["vectors"] = ranks_of([proposal.id for proposal in found])
    if question.terms:
        found = views.by_words((*question.terms, *question.translated), filters, depth.words)
        proposed["words"] = ranks_of([proposal.id for proposal in found])
    return proposed


def retrieve(
    views: CandidateViews, question: Question, filters: Filters, scale: Scale, depth: Depth | None = None
) -> Candidates:
    """Propose widely, fuse by rank, and measure every candidate exactly."""
    ranks, documents, vectors = _gather(views, question, filters, depth or Depth())
    similarity = nearness = np.zeros(len(documents))
    if question.vector is not None and documents:
        similarity = (vectors @ question.vector).astype(np.float64)
        nearness = scale.nearness(question.vector, similarity)
    proposed = ranks.get("concepts", {})
    # a view that proposed fewer than it may has proposed all: the others name no concept that the question reaches
    every = len(proposed) < (depth or Depth()).concepts
    reaches = best_reaches(documents, question.reach, proposed if every else {document.id for document in documents})
    return Candidates(
        documents=documents,
        ranks=ranks,
        similarity=similarity,
        nearness=nearness,
        words=_shared(question, documents, scale),
        concepts=np.array([weight for weight, _ in reaches]),
        reaches=[reach for _, reach in reaches],
    )


def _gather(
    views: CandidateViews, question: Question, filters: Filters, depth: Depth
) -> tuple[dict[str, dict[str, int]], list[SearchDocument], Vector]:
    """Ranks by view, and documents and vectors in fused order; in one call where the engine can."""
    if not isinstance(views, Gatherer):
        ranks = propose(views, question, filters, depth)
        ids = fuse(ranks)
        documents = views.documents(ids)
        asked = question.vector is not None and documents
        return ranks, documents, views.vectors(ids) if asked else _NO_VECTORS
    terms = (*question.terms, *question.translated) if question.terms else ()
    wanted = Wanted(question.vector, terms, question.weights, depth.vectors, depth.words, depth.concepts)
    found = views.gather(wanted, filters)
    proposed = {"concepts": found.tagged, "vectors": found.nearest, "words": found.worded}
    asked_of = {"concepts": question.reach, "vectors": question.vector is not None, "words": question.terms}
    ranks = {name: ranks_of(ids) for name, ids in proposed.items() if asked_of[name]}
    ids = [id_ for id_ in fuse(ranks) if id_ in found.documents]
    vectors = np.stack([found.vectors[id_] for id_ in ids]) if ids else _NO_VECTORS
    return ranks, [found.documents[id_] for id_ in ids], vectors


def _shared(question: Question, documents: Sequence[SearchDocument], scale: Scale) -> Floats:
    """Share of the asked words a document has, in the language asked or in English, whichever is more."""
    terms = [document.terms for document in documents]
    words = scale.overlap(question.terms, terms)
    return np.maximum(words, scale.overlap(question.translated, terms)) if question.translated else words


def best_reaches(
    documents: Sequence[SearchDocument], reach: Mapping[str, Reach], reaching: Container[str]
) -> list[tuple[float, Reach | None]]:
    """`best_reach` of each document; those that are not among the `reaching` ids have none."""
    return [best_reach(document, reach) if document.id in reaching else (0.0, None) for document in documents]


def best_reach(document: SearchDocument, reach: Mapping[str, Reach]) -> tuple[float, Reach | None]:
    """The weightiest concept of a document that the question reaches, times how sure the document's link is."""
    best, best_weight = None, 0.0
    for concept, score in zip(document.materials, document.material_scores, strict=True):
        found = reach.get(concept)
        if found and found.weight * score > best_weight:
            best, best_weight = found, found.weight * score
    for concept in (*document.technologies, document.waste_code):
        found = reach.get(concept)
        if found and found.weight > best_weight:
            best, best_weight = found, found.weight
    return best_weight, best
