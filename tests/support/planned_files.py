"""Files made in a test, planned, and what came of their rows."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence

import openpyxl

from kg.ingest import ImportPlan
from kg.model import Record, Synergy
from kg.provenance import Issue, RecordKind, RowResult

HEAD = "id,provider,provider_nace,receiver,receiver_nace,resource,ewc,quantity,unit,country"
ROW = "s{},Power Ltd,35.11,Cement Ltd,23.51,fly ash,10 01 02,1000,t/yr,DE"
Open = Callable[..., ImportPlan]


def nothing(kind: RecordKind, ids: Sequence[str]) -> Mapping[str, Record]:
    """A graph that holds no record."""
    return {}


def results(plan: ImportPlan) -> list[RowResult]:
    return [row for batch in plan for row in batch.rows]


def synergies(plan: ImportPlan) -> list[Synergy]:
    found = [change.after for batch in plan for change in batch.changes]
    return [record for record in found if isinstance(record, Synergy)]


def issues(plan: ImportPlan) -> dict[str, Issue]:
    return {issue.code: issue for row in results(plan) for issue in row.issues}


def workbook(rows: Sequence[Sequence[object]], also: Callable[[openpyxl.Workbook], None] | None = None) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(list(row))
    if also is not None:
        also(book)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()
