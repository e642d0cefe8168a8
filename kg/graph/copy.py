"""Moves a whole graph from one engine to another, history and vectors included, and proves that both hold the same.

It speaks the protocols alone, so any engine copies to any other. History is written again batch by batch, under its own
ids, and the index page by page; interrupted, it goes on where the target stands.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby, islice
from operator import itemgetter

from kg.errors import Conflict, StaleIndex
from kg.graph import codec
from kg.graph.ladybug.views_cards import to_bytes
from kg.graph.protocol import CandidateViews, Filters, GraphStore, IndexStamp, SearchDocument
from kg.ontology import Vocabulary
from kg.provenance import Batch, Change, RecordKind, RowResult

PAGE = 500
"""Records or documents read at once: a few megabytes."""

Progress = Callable[[str, int, int], None]
"""Called with what is being done (`batches`, `documents`, `verifying`), how many are done, and how many there are."""


@dataclass(frozen=True, slots=True)
class Place:
    """One engine: where records are kept and where they are searched."""

    store: GraphStore
    views: CandidateViews


@dataclass(frozen=True, slots=True)
class Contents:
    """What an engine holds: nodes by kind, and a SHA-256 over every part in a fixed order."""

    counts: Mapping[str, int]
    digests: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class CopyReport:
    """What a copy moved this time (`batches`, `documents`), and the contents both engines now have."""

    batches: int
    documents: int
    contents: Contents


def copy(source: Place, target: Place, vocabulary: Vocabulary, progress: Progress | None = None) -> CopyReport:
    """Bring the target to what the source holds, and verify it.

    The target must be empty or hold the beginning of the same history. Raises `Conflict` when it holds something else,
    when the source was written to meanwhile, or when the contents differ at the end; `StaleIndex` when the source was
    made with another vocabulary than the one given.
    """
    tell = progress or (lambda what, done, total: None)
    if source.store.vocabulary_version() != vocabulary.version:
        raise StaleIndex(
            "The graph to copy was made with another vocabulary", hint="Run `symbiograph rebuild` on it first."
        )
    before = source.store.sequence()
    target.store.initialise(vocabulary)
    batches = _copy_history(source.store, target.store, tell)
    documents = _copy_index(source.views, target.views, tell)
    if source.store.sequence() != before:
        raise Conflict("The graph was written to while it was copied", hint="Run the same command again: it goes on.")
    return CopyReport(batches, documents, _verify(source, target, tell))


def contents(place: Place) -> Contents:
    """Counts and digests of everything an engine holds. Reads all of it."""
    stamp = place.views.stamp()
    return Contents(
        counts=dict(place.store.counts()),
        digests={
            **{kind.value: _digest(_records(place.store, kind)) for kind in RecordKind},
            "history": _digest(_history(place.store)),
            "imports": _digest(_imports(place.store)),
            "index": _digest(_index(place.views, stamp)),
        },
    )


def _copy_history(source: GraphStore, target: GraphStore, tell: Progress) -> int:
    batches = sorted(source.batches(), key=lambda batch: batch.sequence)
    done = sorted(target.batches(), key=lambda batch: batch.sequence)
    if [batch.id for batch in done] != [batch.id for batch in batches[: len(done)]]:
        raise Conflict("The target holds a graph of its own", hint="Copy into an empty data directory or database.")
    start = done[-1].sequence if done else 0
    rows = _RowReader(source, batches)
    for batch in done:
        rows.take(batch)
    for number, (batch, changes) in enumerate(_with_changes(source, batches[len(done) :], start), start=len(done) + 1):
        target.commit(batch, changes, rows.take(batch), source.import_(batch.import_id))
        tell("batches", number, len(batches))
    for state in source.imports():
        target.save_import(state)
    return len(batches) - len(done)


def _with_changes(source: GraphStore, batches: list[Batch], start: int) -> Iterator[tuple[Batch, list[Change]]]:
    """Each batch with its changes, one batch in memory at a time; a batch may have none."""
    groups = groupby(source.changes_since(start), key=itemgetter(0))
    sequence, group = next(groups, (0, iter(())))
    for batch in batches:
        if sequence == batch.sequence:
            yield batch, [change for _, change in group]
            sequence, group = next(groups, (0, iter(())))
        else:
            yield batch, []


class _RowReader:
    """Cuts an import's row results where its batches were cut; whatever is left goes with its last batch."""

    def __init__(self, source: GraphStore, batches: list[Batch]) -> None:
        self._source = source
        self._readers: dict[str, Iterator[RowResult]] = {}
        self._last = {batch.import_id: batch.id for batch in batches if not batch.undoes}

    def take(self, batch: Batch) -> list[RowResult]:
        if batch.undoes:
            return []
        if batch.import_id not in self._readers:
            self._readers[batch.import_id] = self._source.row_results(batch.import_id)
        size = batch.created + batch.updated + batch.unchanged + batch.rejected
        limit = None if self._last[batch.import_id] == batch.id else size
        return list(islice(self._readers[batch.import_id], limit))


def _copy_index(source: CandidateViews, target: CandidateViews, tell: Progress) -> int:
    """Documents copied. The target's sequence stays 0 until all are there, which is how an unfinished copy is known."""
    stamp = source.stamp()
    if stamp is None:
        return 0
    total = source.count()
    if target.stamp() == stamp and target.sequence() == source.sequence() and target.count() == total:
        return 0
    if target.stamp() != stamp or target.sequence() != 0:
        target.reset(stamp)
    copied, skip = 0, target.count()
    for ids in _pages(source):
        skip, missing = max(skip - len(ids), 0), ids[skip:]
        if missing:
            target.apply(0, source.documents(missing), source.vectors(missing), [])
            copied += len(missing)
            tell("documents", total - len(ids) if skip else copied, total)
    target.apply(source.sequence(), [], source.vectors([]), [])
    return copied


def _verify(source: Place, target: Place, tell: Progress) -> Contents:
    tell("verifying", 0, 2)
    wanted = contents(source)
    tell("verifying", 1, 2)
    found = contents(target)
    tell("verifying", 2, 2)
    different = [
        *(name for name, digest in wanted.digests.items() if found.digests.get(name) != digest),
        *(f"number of {kind}s" for kind, count in wanted.counts.items() if found.counts.get(kind) != count),
    ]
    if different:
        raise Conflict(
            f"The copy differs in: {', '.join(different)}",
            hint="Empty the target and copy again; if it differs again, report it.",
        )
    return found


def _records(store: GraphStore, kind: RecordKind) -> Iterator[bytes]:
    after = ""
    while ids := store.record_ids(kind, after, PAGE):
        for id_, record in store.records(kind, ids).items():
            yield id_.encode()
            yield codec.encode(record).encode()
        after = ids[-1]


def _history(store: GraphStore) -> Iterator[bytes]:
    for batch in sorted(store.batches(), key=lambda batch: batch.sequence):
        yield codec.encode(batch).encode()
    for sequence, change in store.changes_since(0):
        yield f"{sequence} {change.kind} {change.record}".encode()
        for side in (change.before, change.after):
            yield codec.encode(side).encode() if side else b""


def _imports(store: GraphStore) -> Iterator[bytes]:
    for state in sorted(store.imports(), key=lambda state: state.id):
        yield codec.encode(state).encode()
        for row in store.row_results(state.id):
            yield codec.encode_rows([row]).encode()


def _index(views: CandidateViews, stamp: IndexStamp | None) -> Iterator[bytes]:
    if stamp is None:
        return
    yield f"{stamp} {views.sequence()}".encode()
    for ids in _pages(views):
        documents: list[SearchDocument] = views.documents(ids)
        for document, vector in zip(documents, views.vectors(ids), strict=True):
            yield to_bytes(document)
            yield vector.astype("<f4").tobytes()


def _pages(views: CandidateViews) -> Iterator[list[str]]:
    after = ""
    while ids := views.matching(Filters(), PAGE, after):
        yield ids
        after = ids[-1]


def _digest(parts: Iterator[bytes]) -> str:
    """SHA-256 of the parts, each with its length, so that no two different sequences meet."""
    sha = hashlib.sha256()
    for part in parts:
        sha.update(len(part).to_bytes(8, "little"))
        sha.update(part)
    return sha.hexdigest()
