"""What a graph engine promises. It speaks our terms, never Cypher; the contract suite is its specification.

`GraphStore` keeps records and their history. `CandidateViews` proposes synergies to search: engines only propose, the
one ranking above them disposes, on features that do not depend on the engine.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np
import numpy.typing as npt

from kg.model import Member, Record, Synergy
from kg.ontology import Vocabulary
from kg.provenance import Batch, Change, Import, RecordKind, RowResult

Vector = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Filters:
    """Conditions that hold before any cut. Empty means no condition; values of one field are alternatives.

    Concept fields (`materials`, `technologies`, `sectors`, `provider_sectors`, `receiver_sectors`) hold ids already
    widened to all narrower concepts; `sectors` are those of either party. `places` are places as recorded, letter by
    letter. `exclude_groups` and `exclude_ids` hide records (evaluation hides the group under test).
    """

    countries: frozenset[str] = frozenset()
    exclude_countries: frozenset[str] = frozenset()
    places: frozenset[str] = frozenset()
    programmes: frozenset[str] = frozenset()
    kinds: frozenset[str] = frozenset()
    statuses: frozenset[str] = frozenset()
    materials: frozenset[str] = frozenset()
    technologies: frozenset[str] = frozenset()
    sectors: frozenset[str] = frozenset()
    provider_sectors: frozenset[str] = frozenset()
    receiver_sectors: frozenset[str] = frozenset()
    year_from: int | None = None
    year_to: int | None = None
    exclude_groups: frozenset[str] = frozenset()
    exclude_ids: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class SearchDocument:
    """The flat card of a synergy that search scores and shows, the same on every engine.

    `terms` are the analysed words of `text` (kg.text.analyse), in order with repeats; `text` is what the encoder read.
    Sectors are ids of the finest sector concept known, or empty. `quantity_unit` is normalised.
    """

    id: str
    title: str
    text: str
    terms: tuple[str, ...]
    resource: str
    kind: str
    used_as: str
    replaces: str
    technology: str
    materials: tuple[str, ...]
    material_scores: tuple[float, ...]
    technologies: tuple[str, ...]
    waste_code: str
    provider: str
    receiver: str
    provider_sector: str
    receiver_sector: str
    country: str
    place: str
    programme: str
    year: int | None
    status: str
    group: str
    confidence: str
    quantity_value: float | None
    quantity_unit: str
    quantity_as_stated: str
    outcomes: tuple[str, ...]
    source_title: str
    source_publisher: str
    source_year: int | None
    source_url: str
    source_checked: bool
    batch: str = ""


@dataclass(frozen=True, slots=True)
class Proposal:
    """A candidate from one view, best first; `score` is the view's own and only orders that view."""

    id: str
    score: float


@dataclass(frozen=True, slots=True)
class IndexStamp:
    """What built an index: encoder name, hash of its weights, dimension, vocabulary version, analyser version."""

    encoder: str
    encoder_hash: str
    dimension: int
    vocabulary: str
    analyser: str


@runtime_checkable
class GraphStore(Protocol):
    """Records with their history. Every method raises `Unavailable` when the engine cannot answer."""

    engine: str

    def initialise(self, vocabulary: Vocabulary) -> None:
        """Create schema and constraints, load or refresh the concepts. Idempotent; existing records stay."""

    def vocabulary_version(self) -> str:
        """Version of the vocabulary whose concepts the graph holds, or empty before `initialise`."""

    def sequence(self) -> int:
        """Sequence number of the last committed batch; 0 when there is none."""

    def commit(self, batch: Batch, changes: Sequence[Change], rows: Sequence[RowResult], progress: Import) -> Batch:
        """Write all of it or nothing; return the batch with its sequence.

        `progress` is the import as it stands after this batch and is stored in the same transaction. Raises `Conflict`
        when a record is no longer what its change calls `before`. Shared nodes (organisation, site, programme, source)
        are merged by id and disappear with the last record that needs them.
        """

    def undo(self, batch_id: str, who: str, when: str) -> Batch:
        """Restore every record of the batch to what it was before, as a new batch.

        Raises `NotFound`, or `Conflict` when it was undone already or a later batch changed one of its records.
        """

    def save_import(self, progress: Import) -> None:
        """Insert or replace an import's state."""

    def imports(self) -> list[Import]:
        """All imports, newest first."""

    def import_(self, import_id: str) -> Import:
        """One import; raises `NotFound`."""

    def batches(self, import_id: str = "") -> list[Batch]:
        """Batches, newest first, of one import if named."""

    def row_results(self, import_id: str) -> Iterator[RowResult]:
        """What became of each row, in file order."""

    def changes_since(self, sequence: int) -> Iterator[tuple[int, Change]]:
        """Every change committed after `sequence`, oldest first, with its batch's sequence."""

    def synergies(self, ids: Sequence[str]) -> list[Synergy]:
        """The named synergies, in the order asked; unknown ids are left out."""

    def synergy_batches(self, ids: Sequence[str]) -> Mapping[str, str]:
        """Batch that last wrote each synergy."""

    def record_ids(self, kind: RecordKind, after: str = "", limit: int = 1000) -> list[str]:
        """Ids in order, for walking the whole graph page by page."""

    def records(self, kind: RecordKind, ids: Sequence[str]) -> Mapping[str, Record]:
        """Records by id; unknown ids are left out."""

    def members(self, programme: str) -> list[Member]:
        """All members of a programme by its id or name (case-insensitive), ordered by id; empty when unknown."""

    def programmes(self) -> list[tuple[str, int, int]]:
        """(name, number of members, number of synergies), ordered by name."""

    def places(self) -> tuple[str, ...]:
        """Every place that a synergy or a member has, as recorded, in order. Kept until the next batch."""

    def concept_counts(self, concepts: Iterable[str]) -> Mapping[str, int]:
        """Completed synergies that name each concept directly (material, technology, sector or waste code)."""

    def counts(self) -> Mapping[str, int]:
        """Number of nodes by kind (`synergy`, `member`, `organisation`, `concept`, ...)."""

    def close(self) -> None:
        """Release the engine; the store cannot be used afterwards."""


@runtime_checkable
class CandidateViews(Protocol):
    """Three views that propose synergies widely, with filters before the cut; order is score descending, then id."""

    def stamp(self) -> IndexStamp | None:
        """What built the index, or None when there is none."""

    def sequence(self) -> int:
        """Sequence of the last graph batch the index holds."""

    def reset(self, stamp: IndexStamp) -> None:
        """Empty the index and stamp it."""

    def apply(self, sequence: int, upserts: Sequence[SearchDocument], vectors: Vector, deletes: Sequence[str]) -> None:
        """Bring documents (row i of `vectors`, normalised, belongs to `upserts[i]`) up to `sequence`, durably."""

    def by_vector(self, vector: Vector, filters: Filters, limit: int) -> list[Proposal]:
        """Nearest by cosine."""

    def by_words(self, terms: Sequence[str], filters: Filters, limit: int) -> list[Proposal]:
        """Best by BM25 over analysed terms."""

    def by_concepts(self, weights: Mapping[str, float], filters: Filters, limit: int) -> list[Proposal]:
        """Synergies whose materials, technologies or waste code are among the weighted concepts; score is the best
        weight."""

    def matching(self, filters: Filters, limit: int, after: str = "") -> list[str]:
        """Ids that pass the filters, in id order."""

    def documents(self, ids: Sequence[str]) -> list[SearchDocument]:
        """Documents in the order asked; unknown ids are left out."""

    def vectors(self, ids: Sequence[str]) -> Vector:
        """Stored vectors, one row for each id of `documents(ids)`."""

    def facets(self, filters: Filters, ids: Sequence[str] | None = None) -> Mapping[str, Mapping[str, int]]:
        """Counts by `country`, `kind`, `status`, `programme`, `year`, `receiver_sector`, `provider_sector` over what
        passes the filters, or over `ids` alone."""

    def count(self) -> int:
        """Number of documents."""

    def close(self) -> None:
        """Release files or connections."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to propose synergies for, and how many by each view; a view that is asked for nothing proposes nothing."""

    vector: Vector | None
    terms: Sequence[str]
    weights: Mapping[str, float]
    nearest: int
    worded: int
    tagged: int


@dataclass(frozen=True, slots=True)
class Gathered:
    """Ids by view, best first, as the three views give them; and each one's document and vector."""

    nearest: Sequence[str]
    worded: Sequence[str]
    tagged: Sequence[str]
    documents: Mapping[str, SearchDocument]
    vectors: Mapping[str, Vector]


@runtime_checkable
class Gatherer(Protocol):
    """A capability of views that lie over a network: the three views and what they propose, in few trips."""

    def gather(self, wanted: Wanted, filters: Filters) -> Gathered:
        """The same proposals, documents and vectors as the single calls give."""
