"""One immutable part of the embedded index: documents in id order, with all that filters and the three views need."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from kg.graph.ladybug.views_cards import from_bytes
from kg.graph.ladybug.views_files import SegmentEntry, SegmentFile
from kg.graph.ladybug.views_tables import Column, Lists, Mask, Rows, Words, read_column, read_lists, read_text
from kg.graph.protocol import Filters, SearchDocument, Vector

COLUMNS = ("country", "place", "programme", "kind", "status", "group", "provider_sector", "receiver_sector")
LISTS = ("materials", "technologies", "waste_code")
NO_YEAR = np.iinfo(np.int32).min

_ONE_OF = (
    ("country", "countries"),
    ("place", "places"),
    ("programme", "programmes"),
    ("kind", "kinds"),
    ("status", "statuses"),
    ("provider_sector", "provider_sectors"),
    ("receiver_sector", "receiver_sectors"),
)
_NONE_OF = (("country", "exclude_countries"), ("group", "exclude_groups"))
_ANY_OF = (("materials", "materials"), ("technologies", "technologies"))

MAPPED_UP_TO = 16_384
"""Rows of a segment up to which vectors and cards are read through the mapping, and so may all become resident (40 MB);
those of a larger one are read from the file: a microsecond a row, and no memory."""


@dataclass(frozen=True, slots=True)
class Vectors:
    """Vectors of a segment of n rows: exact (n, d); in eight bits (n, d) with the value of one step for each row; and
    the signs of what is left when `centre` is taken away, 64 to a word, word by word (d / 64, n)."""

    exact: Vector
    coarse: npt.NDArray[np.int8]
    steps: npt.NDArray[np.float32]
    signs: npt.NDArray[np.uint64]
    centre: Vector


class Segment:
    """A segment opened for reading."""

    def __init__(self, directory: Path, entry: SegmentEntry) -> None:
        self.entry = entry
        self.count = entry.count
        self._file = SegmentFile(directory, entry)
        self.ids = Words(read_text(self._file, "ids"))
        self.columns: dict[str, Column] = {name: read_column(self._file, name) for name in COLUMNS}
        self.lists: dict[str, Lists] = {name: read_lists(self._file, name) for name in LISTS}
        self.terms = read_lists(self._file, "terms")
        self.frequencies: npt.NDArray[np.uint16] = self._file.array("terms.frequency")
        self.lengths: npt.NDArray[np.int32] = self._file.array("lengths")
        self.years: npt.NDArray[np.int32] = self._file.array("years")
        self.vectors = Vectors(*(self._file.array(name) for name in ("exact", "coarse", "steps", "signs", "centre")))
        self.card_starts: npt.NDArray[np.int64] = self._file.array("card.starts")
        self.card_data: npt.NDArray[np.uint8] = self._file.array("card.data")

    def document(self, row: int) -> SearchDocument:
        """The document of a row, parsed anew."""
        start, end = int(self.card_starts[row]), int(self.card_starts[row + 1])
        return from_bytes(self._file.read("card.data", start, end - start))

    def exact(self, rows: npt.NDArray[np.intp]) -> Vector:
        """Stored vectors of rows, copied."""
        if self.count <= MAPPED_UP_TO:
            return np.take(self.vectors.exact, rows, axis=0)
        width = self.vectors.exact.shape[1] * 4
        read = self._file.read
        raw = b"".join([read("exact", row * width, width) for row in rows.tolist()])
        return np.frombuffer(raw, dtype=np.float32).reshape(len(rows), -1)

    def passing(self, filters: Filters, dead: Mask | None) -> Mask | None:
        """Rows that live and pass the filters, or None for every row."""
        masks = [] if dead is None else [~dead]
        masks += [self.columns[name].having(wanted) for name, field in _ONE_OF if (wanted := getattr(filters, field))]
        masks += [~self.columns[name].having(hidden) for name, field in _NONE_OF if (hidden := getattr(filters, field))]
        masks += [
            self.lists[name].having(wanted, self.count)
            for name, field in _ANY_OF
            if (wanted := getattr(filters, field))
        ]
        if filters.sectors:
            masks.append(
                self.columns["provider_sector"].having(filters.sectors)
                | self.columns["receiver_sector"].having(filters.sectors)
            )
        if filters.year_from is not None:
            masks.append((self.years >= filters.year_from) & (self.years != NO_YEAR))
        if filters.year_to is not None:
            masks.append((self.years <= filters.year_to) & (self.years != NO_YEAR))
        if filters.exclude_ids:
            masks.append(~self.ids.among(filters.exclude_ids))
        if not masks:
            return None
        both: npt.NDArray[np.bool_] = np.logical_and.reduce(masks)
        return both

    def holding(self, concept: str) -> list[Rows]:
        """Rows that name a concept as material, technology or waste code."""
        return [self.lists[name].of(concept) for name in LISTS]


@dataclass(frozen=True, slots=True)
class Part:
    """A segment with its deleted rows, as a snapshot sees it, and how many live documents have each of its terms."""

    segment: Segment
    dead: Mask | None
    live: int
    total_length: int
    term_counts: npt.NDArray[np.int64]

    def row_of(self, document_id: str) -> int:
        """Row of a live document, or -1."""
        row = self.segment.ids.find(document_id)
        return -1 if row >= 0 and self.dead is not None and self.dead[row] else row


def part(segment: Segment, dead: Mask | None) -> Part:
    """A part with its counts, which take one pass over the postings when rows are deleted."""
    counts = np.diff(segment.terms.starts)
    if dead is None:
        return Part(segment, None, segment.count, int(segment.lengths.sum(dtype=np.int64)), counts)
    alive = ~dead
    running = np.concatenate(([0], np.cumsum(alive[segment.terms.rows], dtype=np.int64)))
    return Part(
        segment=segment,
        dead=dead,
        live=int(alive.sum()),
        total_length=int(segment.lengths[alive].sum(dtype=np.int64)),
        term_counts=running[segment.terms.starts[1:]] - running[segment.terms.starts[:-1]],
    )
