"""What the service tells of itself and of concepts: frozen dataclasses, serialised as they are at the faces."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from kg.provenance import Import, RowResult
from kg.search.results import ConceptRef


@dataclass(frozen=True, slots=True)
class Readiness:
    """Whether questions can be answered, and if not, what is missing and what to do, in sentences."""

    ready: bool
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Status:
    """Versions, counts, model and vocabulary of a running service. `index_sequence` follows `graph_sequence`.

    `counts` are nodes of the graph by kind, `indexed` the synergies that search knows, `schemes` concepts by scheme.
    """

    version: str
    engine: str
    data: str
    ready: bool
    missing: tuple[str, ...]
    encoder: str
    encoder_hash: str
    dimension: int
    vocabulary: str
    schemes: Mapping[str, int]
    routes: int
    counts: Mapping[str, int]
    programmes: tuple[ProgrammeSize, ...]
    indexed: int
    graph_sequence: int
    index_sequence: int


@dataclass(frozen=True, slots=True)
class ProgrammeSize:
    """A programme with the number of its members and of the synergies it facilitated."""

    name: str
    members: int
    synergies: int


@dataclass(frozen=True, slots=True)
class LabelText:
    """A label and what it is to its concept: `pref`, `alt`, `hidden` or `notation`."""

    text: str
    kind: str


@dataclass(frozen=True, slots=True)
class ConceptHit:
    """A concept that was found, with the label that matched and how: `id`, `code`, `label`, `meaning`,
    `start`, `words`."""

    rank: int
    concept: ConceptRef
    matched: str
    language: str
    how: str
    synergy_count: int


@dataclass(frozen=True, slots=True)
class ConceptAnswer:
    """Concepts that fit, best first. `total` counts all of them."""

    query: str
    items: tuple[ConceptHit, ...]
    total: int


@dataclass(frozen=True, slots=True)
class MappedConcept:
    """A concept of another scheme that this one is mapped to, and the SKOS relation."""

    relation: str
    concept: ConceptRef


@dataclass(frozen=True, slots=True)
class ConceptDetail:
    """One concept whole. `labels` are by language; `synergy_count` counts completed synergies that name it itself,
    `synergy_count_narrower` those that name it or anything narrower. `attributes` are what only some schemes have."""

    concept: ConceptRef
    definition: str
    labels: Mapping[str, tuple[LabelText, ...]]
    broader: tuple[ConceptRef, ...]
    narrower: tuple[ConceptRef, ...]
    related: tuple[ConceptRef, ...]
    mappings: tuple[MappedConcept, ...]
    attributes: Mapping[str, tuple[str, ...]]
    valid_from: str
    valid_to: str
    replaced_by: tuple[ConceptRef, ...]
    synergy_count: int
    synergy_count_narrower: int


@dataclass(frozen=True, slots=True)
class Taken:
    """An import that was taken: follow it at `location`. `dry_run` ones are never written."""

    id: str
    location: str
    dry_run: bool


@dataclass(frozen=True, slots=True)
class ImportView:
    """An import as it stands, and whether it was only tried."""

    progress: Import
    dry_run: bool


@dataclass(frozen=True, slots=True)
class ImportReport:
    """An import with what became of every row, in file order."""

    progress: Import
    dry_run: bool
    rows: tuple[RowResult, ...]


@dataclass(frozen=True, slots=True)
class Rebuild:
    """How far the making of the index is. `state` is `none`, `running`, `done` or `failed`; `problem` tells why."""

    state: str
    done: int = 0
    total: int = 0
    problem: str = ""
