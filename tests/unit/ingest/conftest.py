"""A small code book and a way to import a text, for tests that need no vocabulary and no disk."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import pytest

from kg.ingest import Limits, NoLinker, plan_import, read_table
from kg.ingest.linking import Linker
from kg.model import Concept, Record
from kg.ontology.readings import CodeReading
from kg.provenance import Change, Issue, RecordKind, RowResult

SECTORS = {"23.51": "nace2:23.51", "35.11": "nace2:35.11", "10": "nace2:10"}
WASTES = {"100102": "low:100102", "100105": "low:100105"}


class SmallBook:
    """Knows three sectors, two waste codes and one metric; reads them with dots, blanks and stars."""

    def get(self, concept: str) -> Concept | None:
        return Concept(concept, "metric", "", ()) if concept == "metric:co2_avoided" else None

    def resolve_sector(self, code: str, scheme: str = "") -> CodeReading:
        found = SECTORS.get(code)
        return CodeReading((found,) if found else (), code, code if found else "", found is not None)

    def resolve_waste(self, text: str) -> CodeReading:
        found = WASTES.get("".join(c for c in text if c.isdigit()))
        return CodeReading((found,) if found else (), text, text if found else "", found is not None)


@dataclass
class Imported:
    """What came of planning a file, with the records as a graph would hold them afterwards."""

    kind: RecordKind
    notes: tuple[Issue, ...]
    rows: list[RowResult] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    batches: int = 0
    records: dict[str, Record] = field(default_factory=dict)

    @property
    def outcomes(self) -> list[str]:
        return [str(row.outcome) for row in self.rows]

    @property
    def codes(self) -> list[str]:
        return [issue.code for row in self.rows for issue in row.issues]

    def issue(self, code: str) -> Issue:
        return next(issue for row in self.rows for issue in row.issues if issue.code == code)


Importer = Callable[..., Imported]


@pytest.fixture
def load() -> Importer:
    """Import a text or bytes: `load(text, into=records, linker=..., limits=...)`."""

    def run(
        source: str | bytes,
        into: Mapping[str, Record] | None = None,
        linker: Linker | None = None,
        limits: Limits | None = None,
    ) -> Imported:
        data = source.encode("utf-8") if isinstance(source, str) else source
        records = dict(into or {})

        def existing(kind: RecordKind, ids: Sequence[str]) -> Mapping[str, Record]:
            return {one: records[one] for one in ids if one in records}

        plan = plan_import(
            read_table(data, "test.csv", limits or Limits()), SmallBook(), linker or NoLinker(), existing
        )
        done = Imported(plan.kind, plan.notes)
        for batch in plan:
            done.batches += 1
            done.rows.extend(batch.rows)
            done.changes.extend(batch.changes)
            done.notes = (*done.notes, *batch.notes)
            for change in batch.changes:
                assert change.before == records.get(change.record)
                assert change.after is not None
                records[change.record] = change.after
        done.records = records
        return done

    return run
