"""Reads one sheet of an XLSX workbook as rows of text, with what the text alone would lose.

openpyxl streams the cells; a first, cheap pass over the sheet's XML finds the merged ranges and the formulas whose
result was never stored, neither of which its streaming reader tells.
"""

from __future__ import annotations

import datetime
import io
import re
import warnings
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from kg.errors import InputError, UnreadableFile
from kg.ingest.archive import chunks, open_archive, refuse_entities

_MERGE = re.compile(rb'<(?:\w+:)?mergeCell\b[^>]*?ref="([A-Z]{1,3})(\d+):([A-Z]{1,3})(\d+)"')
_UNCACHED = re.compile(
    rb'<(?:\w+:)?c\b[^>]*?\br="([A-Z]{1,3})(\d+)"[^>]*>\s*<(?:\w+:)?f\b(?:[^>]*/>|[^>]*>[^<]*</(?:\w+:)?f>)'
    rb"\s*(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v>\s*</(?:\w+:)?v>)?\s*</(?:\w+:)?c>"
)
_OVERLAP = 8_192
_WIDEST_COPY = 60  # columns in which merged values are looked for beyond a row's own last cell
_MOST_MERGES = 200_000
_ZEROS = re.compile(r"^[0 ._/-]+$")


@dataclass(frozen=True, slots=True)
class SheetFacts:
    """What the first pass found. `down` and `across` map a (row, column) to the cell whose value it shows, both from 1.

    `uncached` maps a row to the columns (from 1) of its formulas without a stored result.
    """

    down: dict[tuple[int, int], tuple[int, int]] = field(default_factory=dict)
    across: dict[tuple[int, int], tuple[int, int]] = field(default_factory=dict)
    merged_ranges: int = 0
    uncached: dict[int, tuple[int, ...]] = field(default_factory=dict)


class Workbook:
    """An opened XLSX file. `kind` of a cell is empty for text, else `number`, `date`, `error` or `formula`."""

    def __init__(self, data: bytes, most_inflated: int) -> None:
        """Raises `TooLarge` or `UnreadableFile`; nothing is inflated before the sizes are known to fit."""
        self._data = data
        self._archive = open_archive(data, most_inflated)
        if "xl/workbook.xml" not in self._archive.namelist() and "[Content_Types].xml" not in self._archive.namelist():
            raise UnreadableFile("The file is an archive, not a workbook.", hint="Save it as XLSX or CSV.")
        refuse_entities(self._archive)
        self._facts: dict[str, SheetFacts] = {}
        self._book = self._open()

    def _open(self) -> Any:
        # The library warns of styles and extensions it leaves out; none of them bears on the cells' values.
        warnings.filterwarnings("ignore", category=UserWarning, module=r"openpyxl\..*")
        import openpyxl

        try:
            return openpyxl.load_workbook(io.BytesIO(self._data), read_only=True, data_only=True, keep_links=False)
        except (KeyError, ValueError, TypeError, AttributeError, zipfile.BadZipFile, SyntaxError, OSError) as error:
            raise UnreadableFile(
                "The workbook is damaged or of a kind we cannot read.", hint="Save it as XLSX or CSV and try again."
            ) from error

    def sheets(self) -> list[str]:
        """Names of the visible sheets with cells, in order."""
        return [sheet.title for sheet in self._book.worksheets if sheet.sheet_state == "visible"]

    def facts(self, sheet: str) -> SheetFacts:
        """Merged ranges and formulas without a result."""
        if sheet not in self._facts:
            # The public interface of the streaming reader does not tell which part of the archive a sheet is.
            part = str(self._sheet(sheet)._worksheet_path)
            self._facts[sheet] = _scan(self._archive, part)
        return self._facts[sheet]

    def rows(self, sheet: str, across: bool = False) -> Iterator[tuple[list[str], dict[int, str]]]:
        """Texts of each row from row 1 on, empty rows included, and the kinds of the cells that are not text.

        A vertical merge repeats its value down; `across` also repeats a horizontal one, as headings need it.
        """
        facts = self.facts(sheet)
        shown = {**facts.down, **facts.across} if across else facts.down
        values = _wanted(shown)
        sheet_object = self._sheet(sheet)
        sheet_object.reset_dimensions()
        try:
            for number, cells in enumerate(sheet_object.iter_rows(), 1):
                texts, kinds = _row_texts(cells)
                for column in facts.uncached.get(number, ()):
                    texts.extend([""] * (column - len(texts)))
                    kinds[column - 1] = "formula"
                if shown:
                    _fill(number, texts, shown, values)
                yield texts, kinds
        except (KeyError, ValueError, TypeError, IndexError, SyntaxError, zipfile.BadZipFile, OSError) as error:
            raise UnreadableFile(f"Sheet {sheet!r} is damaged.", hint="Save the workbook again.") from error

    def _sheet(self, name: str) -> Any:
        if name not in self._book.sheetnames:
            names = ", ".join(self._book.sheetnames)
            raise InputError(f"The workbook has no sheet called {name!r}.", hint=f"Its sheets are: {names}.")
        return self._book[name]


def _scan(archive: zipfile.ZipFile, part: str) -> SheetFacts:
    merges: set[tuple[bytes, ...]] = set()
    uncached: dict[int, set[int]] = {}
    tail = b""
    for piece in chunks(archive, part):
        window = tail + piece
        if b"mergeCell" in window:
            merges.update(_MERGE.findall(window))
        if b"<f" in window or b":f" in window:
            for letters, row in _UNCACHED.findall(window):
                uncached.setdefault(int(row), set()).add(_column(letters))
        tail = window[-_OVERLAP:]
    down: dict[tuple[int, int], tuple[int, int]] = {}
    across: dict[tuple[int, int], tuple[int, int]] = {}
    for left, top, right, bottom in merges:
        _spread(_column(left), int(top), _column(right), int(bottom), down, across)
    columns = {row: tuple(sorted(found)) for row, found in uncached.items()}
    return SheetFacts(down, across, len(merges), columns)


def _spread(
    left: int, top: int, right: int, bottom: int, down: dict[tuple[int, int], tuple[int, int]],
    across: dict[tuple[int, int], tuple[int, int]],
) -> None:  # fmt: skip
    if len(down) + len(across) + (bottom - top + 1) * (right - left + 1) > _MOST_MERGES:
        return
    for row in range(top, bottom + 1):
        for column in range(left, right + 1):
            if row > top and column == left:
                down[row, column] = (top, left)
            elif column > left:
                across[row, column] = (top, left)


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _wanted(shown: dict[tuple[int, int], tuple[int, int]]) -> dict[tuple[int, int], str]:
    return dict.fromkeys(shown.values(), "")


def _fill(
    number: int, texts: list[str], shown: dict[tuple[int, int], tuple[int, int]], values: dict[tuple[int, int], str]
) -> None:
    """Remember values that later cells show, and show those remembered."""
    for index, text in enumerate(texts, 1):
        if (number, index) in values:
            values[number, index] = text
    for column in range(1, max(len(texts), _WIDEST_COPY) + 1):
        source = shown.get((number, column))
        if source is not None and values[source]:
            texts.extend([""] * (column - len(texts)))
            texts[column - 1] = texts[column - 1] or values[source]


def _row_texts(cells: Sequence[Any]) -> tuple[list[str], dict[int, str]]:
    texts: list[str] = []
    kinds: dict[int, str] = {}
    for index, cell in enumerate(cells):
        value = cell.value
        if value is None:
            texts.append("")
        elif isinstance(value, str):
            texts.append(value)
            if cell.data_type == "e":
                kinds[index] = "error"
        else:
            text, kinds[index] = _typed(value, cell)
            texts.append(text)
    while texts and not texts[-1] and len(texts) - 1 not in kinds:
        texts.pop()
    return texts, kinds


def _typed(value: Any, cell: Any) -> tuple[str, str]:
    if isinstance(value, bool):
        return ("yes" if value else "no"), "number"
    if isinstance(value, int | float):
        return _number_text(value, cell.number_format), "number"
    if isinstance(value, datetime.datetime):
        midnight = value.time() == datetime.time(0)
        return (value.date().isoformat() if midnight else value.isoformat(sep=" ", timespec="seconds")), "date"
    if isinstance(value, datetime.date | datetime.time):
        return value.isoformat(), "date"
    return str(value), "date"


def _number_text(value: float, number_format: str) -> str:
    """A number as the sheet shows it when its format only pads with zeros (`00.00`, `00 00 00`), else in full."""
    shape = number_format.replace("\\", "").replace('"', "")
    if shape.count("0") > 1 and _ZEROS.match(shape) and value >= 0:
        if "." in shape:
            decimals = len(shape.rpartition(".")[2])
            return f"{value:0{len(shape)}.{decimals}f}"
        if value == int(value):
            digits = f"{int(value):0{shape.count('0')}d}"
            return _into_shape(digits, shape) if len(digits) == shape.count("0") else digits
    if isinstance(value, float) and value == int(value) and abs(value) < 1e15:
        return str(int(value))
    return f"{value:.15g}"


def _into_shape(digits: str, shape: str) -> str:
    source = iter(digits)
    return "".join(next(source) if sign == "0" else sign for sign in shape)
