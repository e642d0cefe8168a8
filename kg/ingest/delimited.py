"""Reads delimited text row by row, and notices a quote that was never closed.

A row is what a spreadsheet would show as one row: a cell may hold line ends when it is quoted. When an opening quote is
not closed, the rows it swallowed are given back and only the row where it opened is reported.
"""

from __future__ import annotations

import csv
import io
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

DELIMITERS = (",", ";", "\t", "|")
_LONGEST_RECORD_LINES = 400
_LONGEST_RECORD = 120_000  # under the csv module's own limit of 131,072 characters for a field


@dataclass(frozen=True, slots=True)
class TextRow:
    """Cells of one row, and what is wrong with it: empty, `unclosed-quote` or `line-too-long`."""

    cells: list[str]
    fault: str = ""


class _Lines:
    """Physical lines that can be pushed back, remembering those of the record being read."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._source = iter(lines)
        self._pushed: deque[str] = deque()
        self.record: list[str] = []
        self.stopped = False
        self._size = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        if len(self.record) > _LONGEST_RECORD_LINES or self._size > _LONGEST_RECORD:
            self.stopped = True
            raise StopIteration
        line = self._pushed.popleft() if self._pushed else next(self._source).replace("\0", "")
        self.record.append(line)
        self._size += len(line)
        return line

    def begin(self) -> None:
        self.record.clear()
        self._size = 0
        self.stopped = False

    def push_back(self, lines: list[str]) -> None:
        self._pushed.extendleft(reversed(lines))


def read_rows(lines: Iterable[str], delimiter: str, width: int = 0) -> Iterator[TextRow]:
    """Rows of a delimited text. `width` is the number of header cells; 0 while it is not known.

    With a width, a line inside a quoted cell that is by itself a whole row of that width shows that a quote was left
    open; so does the end of the text inside quotes.
    """
    source = _Lines(lines)
    while True:
        reader = csv.reader(source, delimiter=delimiter, strict=False)
        restart = False
        while not restart:
            source.begin()
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error:
                yield TextRow([cell[:200] for cell in source.record[0].split(delimiter)], "line-too-long")
                source.push_back(source.record[1:])
                restart = True
                continue
            if len(source.record) == 1 and not source.stopped:
                yield TextRow(cells, "unclosed-quote" if _open_at_end(cells, source.record, delimiter) else "")
                continue
            opened = _swallowed(source, delimiter, width)
            if opened is None:
                yield TextRow(cells)
                continue
            yield TextRow(_cells_of_line(opened, delimiter), "unclosed-quote")
            source.push_back(source.record[1:])
            restart = True


def _open_at_end(cells: list[str], record: list[str], delimiter: str) -> bool:
    """Whether a one-line record ended inside quotes: only the last line of the text can."""
    line = record[0]
    if line.count('"') % 2 == 0 or not cells:
        return False
    try:
        list(csv.reader([line], delimiter=delimiter, strict=True))
    except csv.Error as error:
        return "unexpected end of data" in str(error)
    return False


def _swallowed(source: _Lines, delimiter: str, width: int) -> str | None:
    """The line where a quote was left open, or None when the lines of the record belong together."""
    record = source.record
    if source.stopped or _unfinished(record, delimiter):
        return record[0]
    if width >= 2 and any(_is_whole_row(line, delimiter, width) for line in record[1:]):
        return record[0]
    return None


def _unfinished(record: list[str], delimiter: str) -> bool:
    try:
        list(csv.reader(record, delimiter=delimiter, strict=True))
    except csv.Error as error:
        return "unexpected end of data" in str(error)
    return False


def _is_whole_row(line: str, delimiter: str, width: int) -> bool:
    if line.count('"') % 2 or line.count(delimiter) < width - 1:
        return False
    try:
        rows = list(csv.reader([line], delimiter=delimiter, strict=True))
    except csv.Error:
        return False
    return len(rows) == 1 and len(rows[0]) == width


def _cells_of_line(line: str, delimiter: str) -> list[str]:
    """A broken line cut at every delimiter, for the report."""
    return [cell.strip().strip('"') for cell in line.rstrip("\r\n").split(delimiter)]


def text_lines(data: bytes, codec: str) -> Iterator[str]:
    """Lines with their ends kept (LF, CRLF or a bare CR), decoded piece by piece; odd bytes as lone surrogates."""
    errors = "replace" if codec.startswith(("utf-16", "utf-32")) else "surrogateescape"
    return io.TextIOWrapper(io.BytesIO(data), encoding=codec, errors=errors, newline="")
