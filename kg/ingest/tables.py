"""Turns a file into a table: which bytes are text, where the headings are, what is a title, a total or a row.

A table can be read again and again, and holds no more than its head in memory: rows come one by one.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import islice
from pathlib import Path

from kg.errors import InputError, TooLarge, UnreadableFile
from kg.ingest.delimited import DELIMITERS, TextRow, read_rows, text_lines
from kg.ingest.encoding import Encoding, detect_encoding, has_odd_bytes, mend_odd_bytes
from kg.ingest.headers import column_name, recognised
from kg.ingest.limits import Limits
from kg.ingest.numbers import read_number
from kg.ingest.spreadsheet import Workbook
from kg.ingest.words import meaning
from kg.provenance import Issue, Severity

_HEAD = 40
_BLANKS = b" \t\r\n\xef\xbb\xbf\xff\xfe\x00"
_SIGNATURES = (
    (b"\xd0\xcf\x11\xe0", "an old Excel (.xls) or a password-protected workbook"),
    (b"%PDF", "a PDF document"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"\x1f\x8b", "a compressed file"),
    (b"7z\xbc\xaf", "a compressed file"),
    (b"Rar!", "a compressed file"),
    (b"PAR1", "a Parquet file"),
    (b"\x7fELF", "a program"),
    (b"MZ\x90", "a program"),
    (b"SQLite format 3", "a database"),
    (b"{\\rtf", "a word-processor document"),
)
_MEND_FORMAT = "Save it as CSV (UTF-8) or XLSX and try again."


class RowRole(StrEnum):
    DATA = "data"
    TOTALS = "totals"
    HEADING = "heading"


@dataclass(frozen=True, slots=True)
class Row:
    """One row below the headings. `kinds` tells which cells were not text in a workbook; `issues` is what reading saw.

    An issue of severity `error` means that the cells cannot be trusted.
    """

    number: int
    cells: list[str]
    kinds: Mapping[int, str] = field(default_factory=dict)
    issues: tuple[Issue, ...] = ()
    role: RowRole = RowRole.DATA


@dataclass(frozen=True, slots=True)
class Table:
    """A file's table. `header_rows` are the spreadsheet rows of the headings; `titles` are the texts above them."""

    name: str
    format: str
    sha256: str
    sheet: str
    encoding: str
    delimiter: str
    header: tuple[str, ...]
    header_rows: tuple[int, ...]
    titles: tuple[str, ...]
    notes: tuple[Issue, ...]
    limits: Limits
    _read: Callable[[int], Iterator[Row]] = field(repr=False, compare=False)

    def rows(self) -> Iterator[Row]:
        """Rows below the headings that are not blank, in order. Raises `TooLarge` beyond the limit of rows."""
        count, last = 0, self.header_rows[-1]
        for row in self._read(len(self.header)):
            if row.number <= last or not (any(row.cells) or row.issues):
                continue
            count += 1
            if count > self.limits.rows:
                raise TooLarge(
                    f"The file holds more than {self.limits.rows:,} rows.", hint="Split it into several files."
                )
            yield self._in_its_role(row)

    def cell(self, index: int, row: int) -> str:
        """Spreadsheet name of a cell, such as F12."""
        return f"{column_name(index)}{row}"

    def _in_its_role(self, row: Row) -> Row:
        if row.issues:
            return row
        if tuple(row.cells[: len(self.header)]) == self.header:
            return Row(row.number, row.cells, row.kinds, role=RowRole.HEADING)
        if _is_totals(row.cells, len(self.header)):
            return Row(row.number, row.cells, row.kinds, role=RowRole.TOTALS)
        return row


def read_table(
    source: bytes | Path,
    name: str,
    limits: Limits | None = None,
    *,
    sheet: str = "",
    encoding: str = "",
) -> Table:
    """Read a CSV, TSV, semicolon, pipe or XLSX file. `sheet` and `encoding` overrule what is found.

    Raises `TooLarge` beyond a limit, `UnreadableFile` for what is no table, `InputError` for an unknown sheet or
    encoding. The file's name decides nothing: its bytes do.
    """
    limits = limits or Limits()
    data = _bytes(source, limits)
    if not data[:4096].strip(_BLANKS) and not data.strip(_BLANKS):
        raise UnreadableFile("The file is empty.", hint="Check that it was saved, and that it is the right file.")
    sha256 = hashlib.sha256(data).hexdigest()
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _workbook_table(data, name, sha256, limits, sheet)
    for signature, kind in _SIGNATURES:
        if data.startswith(signature):
            raise UnreadableFile(f"The file is {kind}, not a table.", hint=_MEND_FORMAT)
    return _text_table(data, name, sha256, limits, encoding)


def _bytes(source: bytes | Path, limits: Limits) -> bytes:
    size = len(source) if isinstance(source, bytes) else source.stat().st_size
    if size > limits.upload_bytes:
        raise TooLarge(
            f"The file has {size / 1e6:,.0f} MB; the limit is {limits.upload_bytes / 1e6:,.0f} MB.",
            hint="Split it, or raise SYMBIOGRAPH_MAX_UPLOAD_BYTES.",
        )
    return source if isinstance(source, bytes) else source.read_bytes()


# --- text -----------------------------------------------------------------------------------------------------------


def _text_table(data: bytes, name: str, sha256: str, limits: Limits, stated: str) -> Table:
    encoding = detect_encoding(data, stated)
    head = list(islice(text_lines(data, encoding.codec), 400))
    delimiter, skip = _delimiter(head)
    rows = _TextRows(data, encoding, delimiter, skip, limits)
    first = list(islice(rows(0), _HEAD))
    header, header_rows = _headings([row.cells for row in first])
    notes = [] if not stated and not encoding.odd_bytes else _encoding_notes(encoding)
    if name.lower().endswith((".xlsx", ".xlsm")):
        notes.append(Issue(Severity.NOTE, "text-not-workbook", "", "", name, "The file is text and was read as CSV."))
    titles = _titles(first, header_rows)
    return Table(
        name, "csv", sha256, "", encoding.codec, delimiter, header, header_rows, titles, tuple(notes), limits, rows
    )


def _encoding_notes(encoding: Encoding) -> list[Issue]:
    if encoding.codec.startswith("utf-16") or encoding.codec.startswith("utf-32"):
        return []
    reason = f"The file was read as {encoding.codec}; check letters with accents."
    return [Issue(Severity.NOTE, "encoding", "", "", encoding.codec, reason, "Save the file as CSV UTF-8.")]


@dataclass(frozen=True, slots=True)
class _TextRows:
    """Reads a text file's rows from its start, each time it is called with the number of headings."""

    data: bytes
    encoding: Encoding
    delimiter: str
    skip: bool
    limits: Limits

    def __call__(self, width: int) -> Iterator[Row]:
        lines = text_lines(self.data, self.encoding.codec)
        for number, found in enumerate(read_rows(lines, self.delimiter, width), 1):
            if number == 1 and self.skip:
                yield Row(1, [])
                continue
            issues = _text_faults(found, number, self.limits) if found.fault else ()
            cells = found.cells
            if self.encoding.odd_bytes and any(map(has_odd_bytes, cells)):
                cells, odd = _mended(cells, number)
                issues = (*issues, *odd)
            yield Row(number, _checked_width(cells, number, self.limits), issues=issues)


def _text_faults(found: TextRow, number: int, limits: Limits) -> tuple[Issue, ...]:
    first = next((i for i, cell in enumerate(found.cells) if cell), 0)
    cell = f"{column_name(first)}{number}"
    value = found.cells[first][:80] if found.cells else ""
    if found.fault == "unclosed-quote":
        reason = "A quotation mark opens in this row and is never closed; the rows after it were read on their own."
        return (
            Issue(
                Severity.ERROR,
                "unclosed-quote",
                "",
                cell,
                value,
                reason,
                'Close the quotation mark, or double it ("").',
            ),
        )
    reason = f"A cell of this row is longer than {limits.cell_characters:,} characters."
    return (Issue(Severity.ERROR, "cell-too-long", "", cell, value, reason, "Shorten the text."),)


def _mended(cells: list[str], number: int) -> tuple[list[str], tuple[Issue, ...]]:
    issues = tuple(
        Issue(
            Severity.WARNING,
            "odd-byte",
            "",
            f"{column_name(index)}{number}",
            mend_odd_bytes(cell)[:80],
            "A byte of this cell does not fit the file's encoding and was read as Windows-1252.",
            "Check the text, and save the file as CSV UTF-8.",
        )
        for index, cell in enumerate(cells)
        if has_odd_bytes(cell)
    )
    return [mend_odd_bytes(cell) for cell in cells], issues


def _delimiter(head: Sequence[str]) -> tuple[str, bool]:
    """The delimiter that makes most known headings, then the most even rows; whether the first line only names it."""
    if head and head[0].lower().startswith("sep=") and len(head[0].strip()) == 5:
        return head[0].strip()[4], True
    scored = []
    for order, delimiter in enumerate(DELIMITERS):
        rows = [found.cells for found in islice(read_rows(head, delimiter), _HEAD) if any(found.cells)]
        known = max((recognised(cells) for cells in rows[:_HEAD]), default=0)
        widths = Counter(len(cells) for cells in rows)
        width, times = max(widths.items(), key=lambda item: (item[1] * (item[0] > 1), item[0]), default=(1, 0))
        even = times / max(len(rows), 1) if width > 1 else 0.0
        scored.append((known if known > 1 else 0, even, width, -order, delimiter))
    return max(scored)[-1], False


# --- workbooks ------------------------------------------------------------------------------------------------------


def _workbook_table(data: bytes, name: str, sha256: str, limits: Limits, sheet: str) -> Table:
    book = Workbook(data, limits.inflated_bytes)
    names = [sheet] if sheet else book.sheets()
    heads = {title: list(islice((cells for cells, _ in book.rows(title, across=True)), _HEAD)) for title in names}
    filled = {title: head for title, head in heads.items() if any(map(any, head))}
    if not filled:
        raise UnreadableFile("The workbook holds no cells.", hint="Check that it is the right file.")
    best = max(filled, key=lambda title: (_best_score(filled[title]), -names.index(title)))
    header, header_rows = _headings(filled[best])
    facts = book.facts(best)
    notes = [
        Issue(
            Severity.NOTE if _best_score(filled[title]) < 3 else Severity.WARNING,
            "other-sheet",
            "",
            "",
            title,
            f"Sheet {title!r} was not read; this import is of sheet {best!r}.",
            "Save that sheet as a file of its own and import it too.",
        )
        for title in filled
        if title != best
    ]
    if facts.merged_ranges:
        text = f"{facts.merged_ranges} merged ranges: each row of a vertical one has its value."
        notes.append(Issue(Severity.NOTE, "merged-cells", "", "", "", text))
    rows = _SheetRows(book, best, limits)
    titles = _titles([Row(i, cells) for i, cells in enumerate(filled[best], 1)], header_rows)
    return Table(name, "xlsx", sha256, best, "", "", header, header_rows, titles, tuple(notes), limits, rows)


@dataclass(frozen=True, slots=True)
class _SheetRows:
    book: Workbook
    sheet: str
    limits: Limits

    def __call__(self, width: int) -> Iterator[Row]:
        for number, (cells, kinds) in enumerate(self.book.rows(self.sheet), 1):
            yield Row(number, _checked_width(cells, number, self.limits), kinds)


# --- headings -------------------------------------------------------------------------------------------------------


def _checked_width(cells: list[str], number: int, limits: Limits) -> list[str]:
    if len(cells) > limits.columns and any(cells[limits.columns :]):
        raise TooLarge(
            f"Row {number} has {len(cells):,} columns; the limit is {limits.columns:,}.",
            hint="Remove the columns that are not needed.",
        )
    return cells


def _best_score(head: Sequence[list[str]]) -> int:
    return max((recognised(cells) for cells in head), default=0)


def _headings(head: Sequence[list[str]]) -> tuple[tuple[str, ...], tuple[int, ...]]:
    """The headings and the rows (from 1) they stand in: one row, or two where a group heading stands above.

    Where no row holds known headings, the first with two cells is taken; raises `InputError` when there is none.
    """
    scores = [recognised(cells) for cells in head]
    best = max(range(len(head)), key=lambda i: (scores[i], -i), default=-1)
    if best >= 0 and scores[best] >= 1:
        for top in (best - 1, best):
            if 0 <= top < len(head) - 1 and any(head[top]):
                both = _joined(head[top], head[top + 1])
                if recognised(both) > scores[best] and len(set(filter(None, head[top]))) > 1:
                    return _trimmed(both), (top + 1, top + 2)
        if scores[best] >= 2 or len([cell for cell in head[best] if cell]) > 1:
            return _trimmed(head[best]), (best + 1,)
    for index, cells in enumerate(head):
        if len([cell for cell in cells if cell.strip()]) > 1:
            return _trimmed(cells), (index + 1,)
    raise InputError(
        "No row with column headings was found.",
        hint="The first row of the table should name its columns, such as provider, receiver and resource.",
    )


def _joined(top: Sequence[str], below: Sequence[str]) -> list[str]:
    """Group headings carried to the right and put before the headings below them."""
    joined: list[str] = []
    group = ""
    for index in range(max(len(top), len(below))):
        over = top[index] if index < len(top) else ""
        under = below[index] if index < len(below) else ""
        group = over or group
        joined.append(over if not under or over == under else f"{group} {under}".strip())
    return joined


def _trimmed(cells: Sequence[str]) -> tuple[str, ...]:
    texts = [" ".join(cell.split()) for cell in cells]
    while texts and not texts[-1]:
        texts.pop()
    return tuple(texts)


def _titles(head: Sequence[Row], header_rows: Sequence[int]) -> tuple[str, ...]:
    """Texts of the rows above the headings, each repeated cell once."""
    above = [row for row in head if row.number < header_rows[0]]
    return tuple(
        " ".join(dict.fromkeys(cell.strip() for cell in row.cells if cell.strip())) for row in above if any(row.cells)
    )


def _is_totals(cells: Sequence[str], width: int) -> bool:
    """A row that begins with a word for total and else holds only numbers: a company may be called Total too."""
    if len(cells) - cells.count("") > max(3, width // 3):
        return False
    filled = [cell for cell in cells if cell.strip()]
    if not filled or meaning("totals", filled[0].rstrip(" :：")) != "first_cell":
        return False
    return all(read_number(cell).value is not None for cell in filled[1:])
