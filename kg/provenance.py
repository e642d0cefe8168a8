"""How facts come in and can be taken back: imports, batches, changes and per-row results. Frozen, no I/O.

An *import* is one file given by one person. Its rows are written in one or more *batches*, each all or nothing and of
bounded size, numbered by the store in one unbroken sequence. A batch holds the *changes* it made, with the record
before and after, so that it can be undone.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from kg.model import Record


class RecordKind(StrEnum):
    SYNERGY = "synergy"
    MEMBER = "member"


class RowOutcome(StrEnum):
    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    REJECTED = "rejected"


class Severity(StrEnum):
    """`error` rejects the row; `warning` is for a person to look at; `note` tells what was mended or kept aside."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


class ImportState(StrEnum):
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    INTERRUPTED = "interrupted"
    UNDONE = "undone"


@dataclass(frozen=True, slots=True)
class Issue:
    """What was noticed about a cell: `cell` as a spreadsheet names it (`F12`), the reason, and how to mend it."""

    severity: Severity
    code: str
    column: str
    cell: str
    value: str
    reason: str
    mend: str = ""


@dataclass(frozen=True, slots=True)
class RowResult:
    """What became of one row. `row` counts from 1 as the file's own rows do; `original` is (header, text) in order."""

    row: int
    sheet: str
    outcome: RowOutcome
    record: str
    issues: tuple[Issue, ...] = ()
    original: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Change:
    """One record before and after a batch; None means it did not exist (before) or is deleted (after)."""

    record: str
    kind: RecordKind
    before: Record | None
    after: Record | None


@dataclass(frozen=True, slots=True)
class Batch:
    """One all-or-nothing write. `sequence` is 0 until the store commits it; `when` is an ISO 8601 UTC time."""

    id: str
    import_id: str
    kind: RecordKind
    who: str
    when: str
    sequence: int = 0
    undoes: str = ""
    undone_by: str = ""
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    rejected: int = 0


@dataclass(frozen=True, slots=True)
class Import:
    """One file's way into the graph. `rows_done` counts rows that are committed; `problem` tells why it failed."""

    id: str
    file_name: str
    file_sha256: str
    kind: RecordKind
    who: str
    when: str
    state: ImportState
    rows_total: int = 0
    rows_done: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    rejected: int = 0
    problem: str = ""
    notes: tuple[Issue, ...] = ()
