"""The row-by-row report of an import as CSV, safe to open in a spreadsheet."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator

from kg.provenance import RowOutcome, RowResult

COLUMNS = ("row", "sheet", "outcome", "record", "severity", "cells", "columns", "reasons", "mends")
_DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠", "|", "%")
_PLAIN_NUMBER = re.compile(r"^[+-]?\d[\d.,\s]*(?:[eE][+-]?\d+)?$")
_RANK = {"error": 0, "warning": 1, "note": 2}


def guard_cell(text: str) -> str:
    """A text that no spreadsheet program runs as a formula: an apostrophe is put before one that could be.

    Plain numbers, negative ones too, stay as they are.
    """
    if text.lstrip(" ").startswith(_DANGEROUS) and not _PLAIN_NUMBER.match(text):
        return "'" + text
    return text


def report_csv(rows: Iterable[RowResult], *, only_problems: bool = False) -> Iterator[str]:
    """CSV text piece by piece, with a byte order mark so that Excel reads UTF-8: the result, then the original row.

    With `only_problems`, rows that were rejected or have a warning. The original headings come from the first row.
    """
    headings: tuple[str, ...] | None = None
    for result in rows:
        if headings is None:
            headings = tuple(heading for heading, _ in result.original)
            yield "\ufeff" + _line([*COLUMNS, *headings])
        worst = min((_RANK[issue.severity] for issue in result.issues), default=3)
        if only_problems and worst > 1 and result.outcome is not RowOutcome.REJECTED:
            continue
        yield _line([*_told(result), *_placed(result, headings)])
    if headings is None:
        yield "\ufeff" + _line(COLUMNS)


def _told(result: RowResult) -> list[str]:
    issues = sorted(result.issues, key=lambda issue: _RANK[issue.severity])
    return [
        str(result.row),
        result.sheet,
        str(result.outcome),
        result.record,
        str(issues[0].severity) if issues else "",
        "; ".join(issue.cell for issue in issues if issue.cell),
        "; ".join(dict.fromkeys(issue.column for issue in issues if issue.column)),
        " ".join(issue.reason for issue in issues),
        " ".join(dict.fromkeys(issue.mend for issue in issues if issue.mend)),
    ]


def _placed(result: RowResult, headings: tuple[str, ...]) -> list[str]:
    texts = [text for _, text in result.original]
    return texts + [""] * (len(headings) - len(texts))


def _line(cells: Iterable[str]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer).writerow([guard_cell(cell) for cell in cells])
    return buffer.getvalue()
