"""Printing: tables for people, JSON for machines, CSV for spreadsheets; results to stdout, all else to stderr."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from kg.cli.options import Form
from kg.text import clean

NARROWEST = 100
"""Width of a table that does not go to a terminal, where there is no width to ask for."""
SHORT = 12
"""A column whose every value is this short is never broken into lines."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column; `wide` ones are too long for a table of people and stand in the CSV only."""

    name: str
    wide: bool = False
    number: bool = False


@dataclass(frozen=True, slots=True)
class Sheet:
    """An answer as rows, with sentences before and after them."""

    columns: Sequence[Column]
    rows: Sequence[Sequence[object]]
    before: Sequence[str] = ()
    after: Sequence[str] = field(default=())


def emit(answer: object, sheet: Callable[[], Sheet], form: Form) -> None:
    """Print an answer in the form asked for."""
    if form is Form.JSON:
        import orjson

        sys.stdout.buffer.write(orjson.dumps(answer, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))
        sys.stdout.buffer.flush()
    elif form is Form.CSV:
        from kg.service.sheets import csv_lines

        table = sheet()
        sys.stdout.writelines(csv_lines([column.name for column in table.columns], table.rows))
    else:
        _print_table(sheet())


def tell(sentence: str) -> None:
    """Say something about the work, on stderr."""
    sys.stderr.write(sentence + "\n")
    sys.stderr.flush()


class Progress:
    """How far long work is: a bar on a terminal, elsewhere a plain line at every tenth of it."""

    def __init__(self) -> None:
        self._told = ("", -1)

    def show(self, done: int, total: int, what: str = "") -> None:
        """Tell of `done` of `total` things; `total` 0 is not known yet."""
        if sys.stderr.isatty():
            filled = 30 * done // total if total else 0
            sys.stderr.write(f"\r[{'#' * filled}{'.' * (30 - filled)}] {done} of {total or '?'} {what} ")
            sys.stderr.flush()
            return
        reached = (what, 10 * done // total if total else -1)
        if reached[1] >= 0 and reached != self._told:
            self._told = reached
            tell(f"{done} of {total} {what}".strip())

    def end(self) -> None:
        """Leave the bar's line; elsewhere there is none to leave."""
        if sys.stderr.isatty():
            tell("")


def listed(values: Sequence[str], most: int = 4) -> str:
    """A few values and how many more there are."""
    shown = ", ".join(values[:most])
    return f"{shown} +{len(values) - most}" if len(values) > most else shown


def amounts(quantities: Mapping[str, float]) -> str:
    """Sums by unit, in words."""
    return "; ".join(f"{value:,.0f} {unit}" for unit, value in quantities.items())


def _print_table(sheet: Sheet) -> None:
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console(markup=False, highlight=False, emoji=False)
    if not console.is_terminal:
        console.width = max(console.width, NARROWEST)
    for sentence in sheet.before:
        console.print(Text(clean(sentence)))
    if sheet.rows:
        shown = [place for place, column in enumerate(sheet.columns) if not column.wide]
        table = Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False)
        for place in shown:
            column = sheet.columns[place]
            longest = max(len(_shown(row[place])) for row in sheet.rows)
            table.add_column(
                Text(column.name),
                justify="right" if column.number else "left",
                overflow="fold",
                no_wrap=longest <= SHORT or column.name == "id",  # an id is copied whole; the room is for sentences
            )
        for row in sheet.rows:
            table.add_row(*(Text(_shown(row[place])) for place in shown))
        console.print(table)
    for sentence in sheet.after:
        console.print(Text(clean(sentence)))


def _shown(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.3f}"
    return "" if value is None else clean(str(value))
