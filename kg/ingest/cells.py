"""One row's cells by field, tidied, with the notes that reading them makes. No I/O."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from functools import lru_cache

from kg.ingest.headers import Column, HeaderMap, column_name
from kg.ingest.tables import Row
from kg.ingest.words import nothing_words
from kg.provenance import Issue, Severity
from kg.text import clean

_LONGEST_NOTHING = 8
_SHORT = 48
_SHOWN = 120


def tidy(text: str) -> str:
    """`kg.text.clean`, without its work on text that is clean already."""
    if (
        text.isprintable()
        and "  " not in text
        and text[:1] != " "
        and text[-1:] != " "
        and (text.isascii() or unicodedata.is_normalized("NFC", text))
    ):
        return text
    return clean(text)


@lru_cache(maxsize=65_536)
def _short(text: str) -> str:
    """A short text tidied, and empty when it is a word for nothing. Short texts repeat from row to row."""
    tidied = tidy(text)
    return "" if len(tidied) <= _LONGEST_NOTHING and tidied.casefold() in nothing_words() else tidied


class Layout:
    """Where each field stands, worked out once for a table."""

    def __init__(self, header: HeaderMap) -> None:
        self.columns: Mapping[str, Column] = header.known
        self.index: dict[str, int] = {field: column.index for field, column in header.known.items()}
        self.width = len(header.columns)
        self.blanks = [""] * (self.width + 1)
        self.unknown = [(column.index, column.heading) for column in header.unknown]
        self.headings = tuple(column.heading or f"(column {column_name(column.index)})" for column in header.columns)
        self.languages = header.languages
        self.outcomes = [column for field, column in header.known.items() if field.startswith("outcome:")]


class Cells:
    """Reads the cells of one row by field and collects issues."""

    __slots__ = ("_index", "issues", "layout", "row", "texts")

    def __init__(self, layout: Layout, row: Row) -> None:
        self.layout = layout
        self.row = row
        self.issues: list[Issue] = list(row.issues)
        self.texts = [_short(cell) if len(cell) <= _SHORT else tidy(cell) for cell in row.cells[: layout.width]]
        # One blank more than there are columns: a field without a column reads the last.
        self.texts.extend(layout.blanks[len(self.texts) :])
        self._index = layout.index

    def text(self, field: str) -> str:
        """Tidied text of a field; empty when there is no such column, no cell, or a word that says nothing."""
        return self.texts[self._index.get(field, -1)]

    def written(self, field: str) -> str:
        """Tidied text of a field, words that say nothing included: NA is a country too."""
        index = self._index.get(field, -1)
        return tidy(self.row.cells[index]) if 0 <= index < len(self.row.cells) else ""

    def kind(self, field: str) -> str:
        """`number`, `date`, `error`, `formula`, or empty for text."""
        return self.row.kinds.get(self.layout.index.get(field, -1), "") if self.row.kinds else ""

    def note(self, severity: Severity, code: str, field: str, reason: str, mend: str = "") -> None:
        """Add an issue about a field's cell; the cell is empty when the file has no such column."""
        column = self.layout.columns.get(field)
        if column is None:
            self.issues.append(Issue(severity, code, field.replace("_", " "), "", "", reason, mend))
            return
        text = self.row.cells[column.index] if column.index < len(self.row.cells) else ""
        cell = f"{column_name(column.index)}{self.row.number}"
        self.issues.append(Issue(severity, code, column.heading, cell, text[:_SHOWN], reason, mend))

    def warn(self, code: str, field: str, reason: str, mend: str = "") -> None:
        """A warning about a field's cell."""
        self.note(Severity.WARNING, code, field, reason, mend)

    def reject(self, code: str, field: str, reason: str, mend: str = "") -> None:
        """An error: the row will not be taken."""
        self.note(Severity.ERROR, code, field, reason, mend)

    @property
    def rejected(self) -> bool:
        """Whether an error was noted."""
        return any(issue.severity is Severity.ERROR for issue in self.issues)

    def kept_aside(self, also: Iterable[tuple[str, str]] = ()) -> tuple[tuple[str, str], ...]:
        """Unknown columns with a text in them, and `also`: what would else be lost."""
        texts = self.texts
        kept = [(heading, texts[i]) for i, heading in self.layout.unknown if texts[i]]
        kept.extend(pair for pair in also if pair[1])
        return tuple(kept)

    def original(self) -> tuple[tuple[str, str], ...]:
        """(heading, text) of the row as it was, for the report."""
        cells = self.row.cells
        pairs = tuple(zip(self.layout.headings, cells, strict=False))
        if len(cells) <= self.layout.width:
            return pairs
        return pairs + tuple(
            (f"(column {column_name(i)})", cells[i]) for i in range(self.layout.width, len(cells)) if cells[i]
        )

    def check_shape(self, longest: int) -> None:
        """Reject a row of the wrong shape, warn of what its cells lack.

        `longest` is the most characters one cell may hold.
        """
        cells, width = self.row.cells, self.layout.width
        if len(cells) > width and any(cells[width:]):
            cell = f"{column_name(width)}{self.row.number}"
            reason = f"The row has {len(cells)} cells but there are {width} headings, so its cells may be shifted."
            mend = "Put quotation marks around a text that holds the delimiter."
            self.issues.append(Issue(Severity.ERROR, "too-many-cells", "", cell, cells[width][:_SHOWN], reason, mend))
        elif 0 < len(cells) <= width // 2 and not self.row.kinds and width > 3 and self.row.cells[-1:] != [""]:
            self._short(len(cells), width)
        if max(map(len, cells), default=0) > longest:
            for index in (i for i, text in enumerate(cells) if len(text) > longest):
                self._about(
                    index,
                    Severity.ERROR,
                    "cell-too-long",
                    f"The text has more than {longest:,} characters.",
                    "Shorten it.",
                )
        for index, kind in self.row.kinds.items() if self.row.kinds else ():
            if kind == "formula":
                self._about(
                    index, Severity.WARNING, "formula-without-value",
                    "The cell holds a formula whose result was not saved; it was read as empty.",
                    "Open the workbook in a spreadsheet program, save it, and import it again.",
                )  # fmt: skip
            elif kind == "error":
                self._about(
                    index,
                    Severity.WARNING,
                    "error-value",
                    "The cell's formula fails; it was read as empty.",
                    "Mend the formula.",
                )

    def _short(self, count: int, width: int) -> None:
        cell = f"{column_name(count - 1)}{self.row.number}"
        reason = f"The row ends after {count} of {width} cells; the rest was read as empty."
        self.issues.append(Issue(Severity.WARNING, "short-row", "", cell, "", reason, "Check that the row is whole."))

    def _about(self, index: int, severity: Severity, code: str, reason: str, mend: str) -> None:
        heading = self.layout.headings[index] if index < self.layout.width else ""
        value = self.row.cells[index][:_SHOWN] if index < len(self.row.cells) else ""
        self.issues.append(
            Issue(severity, code, heading, f"{column_name(index)}{self.row.number}", value, reason, mend)
        )
