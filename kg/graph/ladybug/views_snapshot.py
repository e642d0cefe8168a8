"""What a reader sees: the parts of the index at one moment, asked as one. Immutable, so that readers need no lock."""

from __future__ import annotations

from collections import Counter, OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from heapq import merge
from itertools import islice
from threading import Lock
from typing import Any

import numpy as np
import numpy.typing as npt

from kg.graph.ladybug.views_segment import NO_YEAR, Part, Segment
from kg.graph.ladybug.views_tables import Mask
from kg.graph.ladybug.views_vectors import nearest, top
from kg.graph.protocol import Filters, Proposal, SearchDocument, Vector

FACETS = ("country", "kind", "status", "programme", "receiver_sector", "provider_sector")
_SATURATION = 1.2
_LENGTH = 0.75
"""BM25's usual constants; the documents are short and of one length, so they matter little here."""

_CACHED_MASKS = 16

_CACHED_DOCUMENTS = 4_096
"""Parsed documents kept, the newest read: about 12 MB, three times a library."""

_Known = tuple[SearchDocument, tuple[int, int]]
"""A document with its part and row."""

Index = npt.NDArray[np.intp]
Scores = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Found:
    """Rows of one segment with their scores."""

    segment: Segment
    rows: Index
    scores: npt.NDArray[Any]


class Snapshot:
    """The three views, filters and facets over a fixed set of parts."""

    def __init__(self, parts: Sequence[Part]) -> None:
        self.parts = tuple(one for one in parts if one.live)
        self.count = sum(one.live for one in self.parts)
        self._mean_length = max(sum(one.total_length for one in self.parts) / max(self.count, 1), 1e-9)
        self._masks: OrderedDict[Filters, list[Mask | None]] = OrderedDict()
        self._known: dict[str, _Known] = {}
        self._lock = Lock()

    def by_vector(self, vector: Vector, filters: Filters, limit: int) -> list[Proposal]:
        """Nearest by cosine."""
        query = np.ascontiguousarray(vector, dtype=np.float32).reshape(-1)
        hits = nearest([(one.segment, mask) for one, mask in self._passing(filters)], query, limit)
        return _best([Found(hit.segment, hit.rows, hit.scores) for hit in hits], limit)

    def by_words(self, terms: Sequence[str], filters: Filters, limit: int) -> list[Proposal]:
        """Best by BM25. Frequencies are those of the whole index, however it is cut into parts."""
        asked = {term: (times, self._rarity(term)) for term, times in Counter(filter(None, terms)).items()}
        known = {term: times * rarity for term, (times, rarity) in asked.items() if rarity > 0}
        if not known:
            return []
        found = []
        for one, mask in self._passing(filters):
            scores = self._word_scores(one, known)
            if mask is not None:
                scores *= mask
            rows = top(scores, limit, floor=0.0)
            found.append(Found(one.segment, rows, scores[rows]))
        return _best(found, limit)

    def by_concepts(self, weights: Mapping[str, float], filters: Filters, limit: int) -> list[Proposal]:
        """Documents that name a weighted concept; the score is the best weight."""
        ordered = sorted(weights.items(), key=lambda pair: -pair[1])
        return _best([_named(one, mask, ordered, limit) for one, mask in self._passing(filters)], limit)

    def matching(self, filters: Filters, limit: int, after: str) -> list[str]:
        """Ids that pass, in order, after the one given."""
        lists = []
        for one, mask in self._passing(filters):
            ids = one.segment.ids
            start = ids.position_after(after)
            rows: Any = range(start, one.segment.count) if mask is None else np.flatnonzero(mask[start:]) + start
            lists.append([ids.values[row] for row in rows[:limit]])
        return list(islice(merge(*lists), limit))

    def facets(self, filters: Filters) -> dict[str, dict[str, int]]:
        """Counts over what passes the filters."""
        return _counted((one, slice(None) if mask is None else mask) for one, mask in self._passing(filters))

    def facets_of(self, ids: Sequence[str]) -> dict[str, dict[str, int]]:
        """Counts over the named documents."""
        rows: dict[int, list[int]] = {}
        for key in dict.fromkeys(ids):
            if (at := self._place(key)) is not None:
                rows.setdefault(at[0], []).append(at[1])
        return _counted((self.parts[i], np.array(chosen, dtype=np.intp)) for i, chosen in rows.items())

    def locate(self, document_id: str) -> tuple[int, int] | None:
        """Part and row of a document."""
        for i, one in enumerate(self.parts):
            if (row := one.row_of(document_id)) >= 0:
                return i, row
        return None

    def documents(self, ids: Sequence[str]) -> list[SearchDocument]:
        """Documents in the order asked; those asked before are not parsed again."""
        known, found = self._known, []
        for key in ids:
            one = known.get(key) or self._read(key)
            if one is not None:
                found.append(one[0])
        return found

    def vectors(self, ids: Sequence[str], dimension: int) -> Vector:
        """Stored vectors in the order asked."""
        places = [at for key in ids if (at := self._place(key)) is not None]
        parts = [part for part, _ in places]
        rows = np.array([row for _, row in places], dtype=np.intp)
        if len(set(parts)) == 1:
            return self.parts[parts[0]].segment.exact(rows)
        found = np.empty((len(places), dimension), dtype=np.float32)
        for i in set(parts):
            mine = np.array(parts) == i
            found[mine] = self.parts[i].segment.exact(rows[mine])
        return found

    def _place(self, key: str) -> tuple[int, int] | None:
        """Part and row of a document, without a search for one that was read before."""
        known = self._known.get(key)
        return known[1] if known else self.locate(key)

    def _read(self, key: str) -> _Known | None:
        """A document parsed, with its place; it is kept for the next question."""
        at = self.locate(key)
        if at is None:
            return None
        known = self.parts[at[0]].segment.document(at[1]), at
        with self._lock:
            self._known[key] = known
            while len(self._known) > _CACHED_DOCUMENTS:
                del self._known[next(iter(self._known))]
        return known

    def _passing(self, filters: Filters) -> Iterator[tuple[Part, Mask | None]]:
        """Parts with the rows that pass; the views of one question share the masks."""
        with self._lock:
            masks = self._masks.get(filters)
        if masks is None:
            masks = [one.segment.passing(filters, one.dead) for one in self.parts]
            with self._lock:
                self._masks[filters] = masks
                while len(self._masks) > _CACHED_MASKS:
                    self._masks.popitem(last=False)
        return zip(self.parts, masks, strict=True)

    def _rarity(self, term: str) -> float:
        """Inverse document frequency over live documents; 0 for a term that none has."""
        having = 0
        for one in self.parts:
            at = one.segment.terms.words.find(term)
            having += int(one.term_counts[at]) if at >= 0 else 0
        return float(np.log1p((self.count - having + 0.5) / (having + 0.5))) if having else 0.0

    def _word_scores(self, one: Part, weights: Mapping[str, float]) -> Scores:
        segment = one.segment
        scores = np.zeros(segment.count, dtype=np.float32)
        for term, weight in weights.items():
            at = segment.terms.words.find(term)
            if at < 0:
                continue
            place = slice(segment.terms.starts[at], segment.terms.starts[at + 1])
            rows, often = segment.terms.rows[place], segment.frequencies[place].astype(np.float32)
            relative = segment.lengths[rows] * np.float32(_LENGTH / self._mean_length) + np.float32(1 - _LENGTH)
            scores[rows] += (
                np.float32(weight * (_SATURATION + 1)) * often / (often + np.float32(_SATURATION) * relative)
            )
        return scores


def _named(one: Part, mask: Mask | None, ordered: Sequence[tuple[str, float]], limit: int) -> Found:
    """The `limit` rows that name the weightiest concepts, ascending weights first, so that the best one stays."""
    scores = np.zeros(one.segment.count)
    for concept, weight in reversed(ordered):
        for held in one.segment.holding(concept):
            scores[held] = weight
    if mask is not None:
        scores *= mask
    rows = np.flatnonzero(scores)
    rows = rows[np.argsort(-scores[rows], kind="stable")[:limit]]
    return Found(one.segment, rows, scores[rows])


def _best(found: Sequence[Found], limit: int) -> list[Proposal]:
    """The best of all parts: score descending, then id."""
    if not found:
        return []
    scores = np.concatenate([one.scores for one in found])
    ids = [one.segment.ids.values[row] for one in found for row in one.rows.tolist()]
    order = np.argsort(-scores, kind="stable")
    if len(found) > 1 and bool((np.diff(scores[order]) == 0).any()):
        # rows of one part stand in id order; those of several that tie have to be put into it
        order = np.array(sorted(order.tolist(), key=lambda i: (-scores[i], ids[i])), dtype=np.intp)
    order = order[:limit]
    return list(map(Proposal, [ids[i] for i in order.tolist()], scores[order].tolist()))


def _counted(chosen: Iterator[tuple[Part, Any]]) -> dict[str, dict[str, int]]:
    totals: dict[str, Counter[str]] = {name: Counter() for name in (*FACETS, "year")}
    for one, rows in chosen:
        for name in FACETS:
            column = one.segment.columns[name]
            counts = np.bincount(column.codes[rows], minlength=len(column.words.values))
            for code in np.flatnonzero(counts).tolist():
                totals[name][column.words.values[code]] += int(counts[code])
        years, counts = np.unique(one.segment.years[rows], return_counts=True)
        for year, count in zip(years.tolist(), counts.tolist(), strict=True):
            if year != NO_YEAR:
                totals["year"][str(year)] += count
    return {name: _ordered(counter) for name, counter in totals.items()}


def _ordered(counter: Counter[str]) -> dict[str, int]:
    """Most frequent first, then by value; what is not known is not counted."""
    return dict(sorted(((k, v) for k, v in counter.items() if k), key=lambda pair: (-pair[1], pair[0])))
