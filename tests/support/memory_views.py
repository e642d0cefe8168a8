"""`CandidateViews` in plain Python and numpy: small, exact, for tests of what stands above an engine."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np

from kg.graph.protocol import Filters, IndexStamp, Proposal, SearchDocument, Vector


class MemoryViews:
    """Every method by its definition, over a dict. Proposals are exact."""

    def __init__(self) -> None:
        self._stamp: IndexStamp | None = None
        self._sequence = 0
        self._documents: dict[str, SearchDocument] = {}
        self._vectors: dict[str, Vector] = {}
        self._frozen: tuple[list[str], Vector, dict[str, dict[str, float]]] | None = None

    def stamp(self) -> IndexStamp | None:
        return self._stamp

    def sequence(self) -> int:
        return self._sequence

    def reset(self, stamp: IndexStamp) -> None:
        self._documents, self._vectors, self._frozen, self._sequence = {}, {}, None, 0
        self._stamp = stamp

    def apply(self, sequence: int, upserts: Sequence[SearchDocument], vectors: Vector, deletes: Sequence[str]) -> None:
        for id_ in deletes:
            self._documents.pop(id_, None)
            self._vectors.pop(id_, None)
        for document, vector in zip(upserts, vectors, strict=True):
            self._documents[document.id] = document
            self._vectors[document.id] = vector
        self._sequence, self._frozen = sequence, None

    def _state(self) -> tuple[list[str], Vector, dict[str, dict[str, float]]]:
        if self._frozen is None:
            ids = sorted(self._documents)
            matrix = np.array([self._vectors[id_] for id_ in ids], dtype=np.float32)
            self._frozen = ids, matrix, self._postings(ids)
        return self._frozen

    def _postings(self, ids: Sequence[str]) -> dict[str, dict[str, float]]:
        counts = {id_: Counter(self._documents[id_].terms) for id_ in ids}
        lengths = {id_: len(self._documents[id_].terms) for id_ in ids}
        mean = sum(lengths.values()) / max(1, len(ids))
        frequency = Counter(term for count in counts.values() for term in count)
        found: dict[str, dict[str, float]] = {}
        for id_, count in counts.items():
            for term, often in count.items():
                rarity = math.log(1 + (len(ids) - frequency[term] + 0.5) / (frequency[term] + 0.5))
                norm = 1.2 * (0.25 + 0.75 * lengths[id_] / max(mean, 1e-9))
                found.setdefault(term, {})[id_] = rarity * often * 2.2 / (often + norm)
        return found

    def by_vector(self, vector: Vector, filters: Filters, limit: int) -> list[Proposal]:
        ids, matrix, _ = self._state()
        if not ids:
            return []
        scores = matrix @ vector
        return self._best({id_: float(scores[i]) for i, id_ in enumerate(ids)}, filters, limit)

    def by_words(self, terms: Sequence[str], filters: Filters, limit: int) -> list[Proposal]:
        scores: dict[str, float] = {}
        for term in dict.fromkeys(terms):
            for id_, worth in self._state()[2].get(term, {}).items():
                scores[id_] = scores.get(id_, 0.0) + worth
        return self._best(scores, filters, limit)

    def by_concepts(self, weights: Mapping[str, float], filters: Filters, limit: int) -> list[Proposal]:
        scores = {}
        for id_, document in self._documents.items():
            named = (*document.materials, *document.technologies, document.waste_code)
            best = max((weights[concept] for concept in named if concept in weights), default=0.0)
            if best > 0:
                scores[id_] = best
        return self._best(scores, filters, limit)

    def _best(self, scores: Mapping[str, float], filters: Filters, limit: int) -> list[Proposal]:
        order = sorted(scores, key=lambda id_: (-scores[id_], id_))
        kept = (id_ for id_ in order if passes(self._documents[id_], filters))
        return [Proposal(id_, scores[id_]) for id_, _ in zip(kept, range(limit), strict=False)]

    def matching(self, filters: Filters, limit: int, after: str = "") -> list[str]:
        return [i for i in sorted(self._documents) if i > after and passes(self._documents[i], filters)][:limit]

    def documents(self, ids: Sequence[str]) -> list[SearchDocument]:
        return [self._documents[id_] for id_ in ids if id_ in self._documents]

    def vectors(self, ids: Sequence[str]) -> Vector:
        found = [self._vectors[id_] for id_ in ids if id_ in self._vectors]
        return np.array(found, dtype=np.float32) if found else np.zeros((0, 0), dtype=np.float32)

    def facets(self, filters: Filters, ids: Sequence[str] | None = None) -> Mapping[str, Mapping[str, int]]:
        chosen = self.documents(list(dict.fromkeys(ids))) if ids is not None else self._documents.values()
        found: dict[str, Counter[str]] = {}
        for document in chosen:
            if passes(document, filters):
                for name in ("country", "kind", "status", "programme", "year", "receiver_sector", "provider_sector"):
                    value = getattr(document, name)
                    if value not in ("", None):
                        found.setdefault(name, Counter())[str(value)] += 1
        return found

    def count(self) -> int:
        return len(self._documents)

    def close(self) -> None:
        self._documents.clear()


def passes(document: SearchDocument, filters: Filters) -> bool:
    """Whether a document meets every condition."""
    parties = {document.provider_sector, document.receiver_sector}
    alternatives = (
        (filters.countries, {document.country}),
        (filters.places, {document.place}),
        (filters.programmes, {document.programme}),
        (filters.kinds, {document.kind}),
        (filters.statuses, {document.status}),
        (filters.materials, set(document.materials)),
        (filters.technologies, set(document.technologies)),
        (filters.sectors, parties),
        (filters.provider_sectors, {document.provider_sector}),
        (filters.receiver_sectors, {document.receiver_sector}),
    )
    year = document.year
    return (
        all(not wanted or wanted & held for wanted, held in alternatives)
        and document.country not in filters.exclude_countries
        and document.group not in filters.exclude_groups
        and document.id not in filters.exclude_ids
        and (filters.year_from is None or (year is not None and year >= filters.year_from))
        and (filters.year_to is None or (year is not None and year <= filters.year_to))
    )
