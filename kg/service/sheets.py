"""CSV for spreadsheets, in which no cell runs as a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

from kg.ingest.report import guard_cell


def csv_lines(header: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """Lines of a CSV file (RFC 4180), header first, each cell guarded; None is an empty cell."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    for row in chain((header,), rows):
        writer.writerow(["" if cell is None else guard_cell(str(cell)) for cell in row])
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()
