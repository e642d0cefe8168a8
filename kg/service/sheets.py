"""CSV for spreadsheets: values that a spreadsheet would run as a formula are made text."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

from kg.provenance import Issue, RowResult

_RISKY = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_NUMBER = re.compile(r"[+-]?\d+([.,]\d+)*([eE][+-]?\d+)?")
REPORT_COLUMNS = ("row", "sheet", "outcome", "record", "severity", "code", "cell", "column", "value", "reason", "mend")


def guarded(value: object) -> str:
    """The text of a cell; one that a spreadsheet would take for a formula gets an apostrophe before it."""
    if value is None:
        return ""
    text = str(value)
    stripped = text.lstrip(" ")
    return "'" + text if stripped.startswith(_RISKY) and not _NUMBER.fullmatch(stripped) else text


def csv_lines(header: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """Lines of a CSV file (RFC 4180), header first, each cell guarded."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    for row in chain((header,), rows):
        writer.writerow([guarded(cell) for cell in row])
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()


def report_lines(rows: Sequence[RowResult]) -> Iterator[str]:
    """An import's report: one line for each issue of a row (one for a row without), then the row as it was given."""
    columns = tuple(dict.fromkeys(name for row in rows for name, _ in row.original))
    return csv_lines((*REPORT_COLUMNS, *columns), _report_rows(rows, columns))


def _report_rows(rows: Iterable[RowResult], columns: Sequence[str]) -> Iterator[Sequence[object]]:
    for row in rows:
        given = dict(row.original)
        original = [given.get(column, "") for column in columns]
        for issue in row.issues or (None,):
            yield (row.row, row.sheet, row.outcome.value, row.record, *_issue_cells(issue), *original)


def _issue_cells(issue: Issue | None) -> tuple[str, ...]:
    if issue is None:
        return ("",) * 7
    return (issue.severity.value, issue.code, issue.cell, issue.column, issue.value, issue.reason, issue.mend)
