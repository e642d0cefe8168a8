"""Bringing the candidate views up to the graph: from its log of changes, or anew from all its records.

Both write chunks of bounded size and may be interrupted at any moment: what is on the disk is a state the next call
goes on from, and no text is encoded twice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np

from kg.graph.protocol import CandidateViews, GraphStore, IndexStamp, Vector
from kg.model import Synergy
from kg.ontology import Vocabulary
from kg.provenance import RecordKind
from kg.search.documents import document_of
from kg.search.encoders import Encoder
from kg.search.vector_cache import VectorCache
from kg.text import ANALYSER_VERSION

CHUNK = 2_000
"""Documents of one durable write: 3 MB of vectors. A write costs some 30 ms beyond its documents."""

Progress = Callable[[int, int], None]


def stamp_of(encoder: Encoder, vocabulary: Vocabulary) -> IndexStamp:
    """What an index built now would be stamped with; an index with any other stamp must not be read."""
    return IndexStamp(
        encoder=encoder.name,
        encoder_hash=encoder.weights_hash,
        dimension=encoder.dimension,
        vocabulary=vocabulary.version,
        analyser=ANALYSER_VERSION,
    )


def catch_up(
    store: GraphStore,
    views: CandidateViews,
    encoder: Encoder,
    vocabulary: Vocabulary,
    cache: Path,
    progress: Progress = lambda done, total: None,
) -> int:
    """Bring the views up to the store's last batch; return how many documents were written or removed.

    Views with another stamp, none, or nothing of the log yet are built anew. `progress` is told of documents done and
    to do, as far as is known, and may raise to stop. Raises `StaleIndex` when the index is damaged: `rebuild` mends it.
    """
    if views.stamp() != stamp_of(encoder, vocabulary) or (views.sequence() == 0 and store.sequence() > 0):
        return rebuild(store, views, encoder, vocabulary, cache, progress)
    target, done = store.sequence(), 0
    if views.sequence() >= target:
        return 0
    with VectorCache(cache, encoder) as vectors:
        writer = _Writer(store, views, vectors, encoder.dimension)
        for sequence, changed in _batches(store, views.sequence()):
            total = done + len(changed)
            writer.write(sequence, changed, _after(progress, done, total))
            done = total
    if views.sequence() < target:
        views.apply(target, (), _none(encoder), ())
    return done


def rebuild(
    store: GraphStore,
    views: CandidateViews,
    encoder: Encoder,
    vocabulary: Vocabulary,
    cache: Path,
    progress: Progress = lambda done, total: None,
) -> int:
    """Empty the views and build them from every synergy of the store, whatever its status; return how many.

    The sequence is set last, so that an interrupted rebuild is seen for what it is and starts again, from the cached
    vectors. What is committed meanwhile is left to the next `catch_up`.
    """
    target, total, done = store.sequence(), store.counts().get("synergy", 0), 0
    views.reset(stamp_of(encoder, vocabulary))
    with VectorCache(cache, encoder) as vectors:
        writer = _Writer(store, views, vectors, encoder.dimension)
        for ids in _pages(store):
            records = store.records(RecordKind.SYNERGY, ids)
            held: dict[str, Synergy | None] = {key: r for key, r in records.items() if isinstance(r, Synergy)}
            writer.write(0, held, _after(progress, done, max(total, done + len(held))))
            done += len(held)
    views.apply(target, (), _none(encoder), ())
    progress(done, done)
    return done


class _Writer:
    """Turns records into documents with vectors, and writes them."""

    def __init__(self, store: GraphStore, views: CandidateViews, vectors: VectorCache, dimension: int) -> None:
        self._store, self._views, self._vectors, self._dimension = store, views, vectors, dimension

    def write(self, sequence: int, records: dict[str, Synergy | None], told: Callable[[int], None]) -> None:
        """Write records as they are now; None stands for one that was deleted."""
        present = [record for record in records.values() if record is not None]
        batches = self._store.synergy_batches([record.id for record in present])
        documents = [document_of(record, batches.get(record.id, "")) for record in present]
        encoded = self._vectors.encode_passages([document.text for document in documents], told)
        deletes = [key for key, record in records.items() if record is None]
        self._views.apply(sequence, documents, encoded.reshape(len(documents), self._dimension), deletes)


def _batches(store: GraphStore, since: int) -> Iterator[tuple[int, dict[str, Synergy | None]]]:
    """Last state of each synergy changed, over whole batches of the log, some thousands of records at a time."""
    changed: dict[str, Synergy | None] = {}
    reached = since
    for sequence, change in store.changes_since(since):
        if sequence != reached and len(changed) >= CHUNK:
            yield reached, changed
            changed = {}
        reached = sequence
        if change.kind is RecordKind.SYNERGY:
            changed[change.record] = change.after if isinstance(change.after, Synergy) else None
    if reached > since:
        yield reached, changed


def _pages(store: GraphStore) -> Iterator[Sequence[str]]:
    after = ""
    while ids := store.record_ids(RecordKind.SYNERGY, after, CHUNK):
        yield ids
        after = ids[-1]


def _after(progress: Progress, done: int, total: int) -> Callable[[int], None]:
    """Progress of one chunk as progress of the whole."""
    return lambda more: progress(done + more, total)


def _none(encoder: Encoder) -> Vector:
    return np.zeros((0, encoder.dimension), dtype=np.float32)
