"""`CandidateViews` in files beside the embedded graph."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from threading import Lock

import numpy as np

from kg.errors import StaleIndex, StorageFailed
from kg.graph.ladybug.views_build import write_documents, write_merged
from kg.graph.ladybug.views_cards import CARD_VERSION
from kg.graph.ladybug.views_files import (
    Manifest,
    SegmentEntry,
    guarded,
    pack_dead,
    read_manifest,
    remove_orphans,
    stale,
    unpack_dead,
    write_manifest,
)
from kg.graph.ladybug.views_segment import Part, Segment, part
from kg.graph.ladybug.views_snapshot import Snapshot
from kg.graph.protocol import Filters, IndexStamp, Proposal, SearchDocument, Vector

_FEWEST_DEAD = 0.25
"""Share of deleted rows from which a part is written anew."""


class EmbeddedViews:
    """Three views in one process: any number of threads read while one writes; a reader never waits for a writer.

    What is damaged, of another format or of other cards is refused: every method but `reset` raises `StaleIndex`.
    """

    def __init__(self, directory: Path) -> None:
        """Open the index in `directory`, verifying all of it; nothing is made before `reset`."""
        self._directory = directory
        self._writing = Lock()
        self._problem: StaleIndex | None = None
        self._state: tuple[Manifest | None, Snapshot] = (None, Snapshot(()))
        try:
            self._state = self._opened(read_manifest(directory))
        except StaleIndex as error:
            self._problem = error

    def stamp(self) -> IndexStamp | None:
        """What built the index, or None when there is none."""
        manifest = self._manifest()
        return manifest.stamp if manifest else None

    def sequence(self) -> int:
        """Sequence of the last graph batch the index holds; 0 when there is no index."""
        manifest = self._manifest()
        return manifest.sequence if manifest else 0

    def reset(self, stamp: IndexStamp) -> None:
        """Empty the index and stamp it. What was there is gone only when the new state is on the disk."""
        with self._writing:
            with guarded():
                self._directory.mkdir(parents=True, exist_ok=True)
            # numbers are not used twice: readers of the old state still map its files
            before = self._state[0].next_number if self._state[0] else 1
            number = max((int(p.stem) + 1 for p in self._directory.glob("*.segment") if p.stem.isdigit()), default=1)
            manifest = Manifest(stamp=stamp, sequence=0, card=CARD_VERSION, next_number=max(before, number))
            write_manifest(self._directory, manifest)
            self._publish(manifest, ())
            self._problem = None

    def apply(self, sequence: int, upserts: Sequence[SearchDocument], vectors: Vector, deletes: Sequence[str]) -> None:
        """Bring documents up to `sequence`: all of it is on the disk when this returns, or none of it counts.

        Deletes go first: an id in both is updated. Raises `StorageFailed` when the disk refuses; nothing has changed.
        """
        with self._writing:
            manifest, snapshot = self._required()
            if vectors.shape != (len(upserts), manifest.stamp.dimension) and len(upserts):
                raise ValueError(f"{len(upserts)} documents with vectors of shape {vectors.shape}")
            try:
                parts, number = self._written(manifest, snapshot, upserts, vectors, deletes)
                entries = tuple(_entry(one) for one in parts)
                after = replace(manifest, sequence=sequence, next_number=number, segments=entries)
                write_manifest(self._directory, after)
            except StorageFailed:
                remove_orphans(self._directory, [entry.number for entry in manifest.segments])
                raise
            self._publish(after, parts)

    def _written(
        self,
        manifest: Manifest,
        snapshot: Snapshot,
        upserts: Sequence[SearchDocument],
        vectors: Vector,
        deletes: Sequence[str],
    ) -> tuple[list[Part], int]:
        """The parts after a write, all on the disk though no manifest names them yet, and the next free number."""
        number = manifest.next_number
        gone = {*deletes, *(document.id for document in upserts)}
        parts = [_without(one, gone) for one in snapshot.parts]
        if upserts:
            entry = write_documents(self._directory, number, upserts, vectors)
            parts.append(part(Segment(self._directory, entry), None))
            number += 1
        parts = [one for one in parts if one.live]
        merging = _to_merge(parts)
        if merging:
            entry = write_merged(self._directory, number, [parts[i] for i in merging])
            kept = [one for i, one in enumerate(parts) if i not in set(merging)]
            parts = [*kept, part(Segment(self._directory, entry), None)]
            number += 1
        return parts, number

    def by_vector(self, vector: Vector, filters: Filters, limit: int) -> list[Proposal]:
        """Nearest by cosine."""
        return self._snapshot().by_vector(vector, filters, limit) if limit > 0 else []

    def by_words(self, terms: Sequence[str], filters: Filters, limit: int) -> list[Proposal]:
        """Best by BM25 over analysed terms; a term asked twice counts twice."""
        return self._snapshot().by_words(terms, filters, limit) if limit > 0 else []

    def by_concepts(self, weights: Mapping[str, float], filters: Filters, limit: int) -> list[Proposal]:
        """Synergies that name a weighted concept; the score is the best weight."""
        return self._snapshot().by_concepts(weights, filters, limit) if limit > 0 and weights else []

    def matching(self, filters: Filters, limit: int, after: str = "") -> list[str]:
        """Ids that pass the filters, in id order."""
        return self._snapshot().matching(filters, limit, after) if limit > 0 else []

    def documents(self, ids: Sequence[str]) -> list[SearchDocument]:
        """Documents in the order asked; unknown ids are left out."""
        return self._snapshot().documents(ids)

    def vectors(self, ids: Sequence[str]) -> Vector:
        """Stored vectors, one row for each id of `documents(ids)`."""
        manifest, snapshot = self._read()
        return snapshot.vectors(ids, manifest.stamp.dimension if manifest else 0)

    def facets(self, filters: Filters, ids: Sequence[str] | None = None) -> Mapping[str, Mapping[str, int]]:
        """Counts by facet over what passes the filters, or over `ids` alone; most frequent first."""
        snapshot = self._snapshot()
        return snapshot.facets(filters) if ids is None else snapshot.facets_of(ids)

    def count(self) -> int:
        """Number of documents."""
        return self._snapshot().count

    def close(self) -> None:
        """Let go of the files; the views answer nothing afterwards."""
        with self._writing:
            self._state = (None, Snapshot(()))

    def _read(self) -> tuple[Manifest | None, Snapshot]:
        if self._problem is not None:
            raise self._problem
        return self._state

    def _manifest(self) -> Manifest | None:
        return self._read()[0]

    def _snapshot(self) -> Snapshot:
        return self._read()[1]

    def _required(self) -> tuple[Manifest, Snapshot]:
        manifest, snapshot = self._read()
        if manifest is None:
            raise stale("does not exist yet")
        return manifest, snapshot

    def _opened(self, manifest: Manifest | None) -> tuple[Manifest | None, Snapshot]:
        if manifest is None:
            return None, Snapshot(())
        if manifest.card != CARD_VERSION:
            raise stale("was written by another version")
        return manifest, Snapshot(
            [part(Segment(self._directory, entry), unpack_dead(entry.dead, entry.count)) for entry in manifest.segments]
        )

    def _publish(self, manifest: Manifest, parts: Sequence[Part]) -> None:
        """Show the new state to readers, then remove files that it does not name."""
        self._state = (manifest, Snapshot(parts))
        with guarded():
            remove_orphans(self._directory, [entry.number for entry in manifest.segments])


def _without(one: Part, gone: set[str]) -> Part:
    """The part with more of its rows deleted."""
    rows = [row for key in gone if (row := one.row_of(key)) >= 0]
    if not rows:
        return one
    dead = np.zeros(one.segment.count, dtype=np.bool_) if one.dead is None else one.dead.copy()
    dead[rows] = True
    return part(one.segment, dead)


def _entry(one: Part) -> SegmentEntry:
    return replace(one.segment.entry, dead=pack_dead(one.dead))


def _to_merge(parts: Sequence[Part]) -> list[int]:
    """Parts to write as one: the newest with older ones while these are not much larger, so that there are never more
    than a handful and each document is rewritten only a few times; and any part with many deleted rows."""
    last = len(parts)
    total = 0
    while last > 0 and (total == 0 or parts[last - 1].live <= 2 * total):
        last -= 1
        total += parts[last].live
    run = list(range(last, len(parts))) if len(parts) - last > 1 else []
    worn = [i for i, one in enumerate(parts) if one.live < (1 - _FEWEST_DEAD) * one.segment.count and i not in run]
    return sorted({*run, *worn})
