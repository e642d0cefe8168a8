"""From a table to bounded batches of changes, with what becomes of every row. Nothing is written here.

Rows are read one by one; `batch_rows` of them are compared with what the graph holds, linked and handed over together,
so memory does not grow with the file (but for one short key a row, by which repeats are found).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from kg.errors import InputError
from kg.ingest.cells import Cells, Layout
from kg.ingest.codes import CodeBook, Codes
from kg.ingest.fields import Styles
from kg.ingest.headers import HeaderMap, map_headers
from kg.ingest.linking import Linker
from kg.ingest.member_plan import MemberPlanner
from kg.ingest.numbers import NumberStyle, number_style
from kg.ingest.synergy_plan import SynergyPlanner
from kg.ingest.tables import Row, RowRole, Table
from kg.model import Record
from kg.provenance import Change, Issue, RecordKind, RowResult, Severity

Existing = Callable[[RecordKind, Sequence[str]], Mapping[str, Record]]
"""Records the graph holds, by id; unknown ids are left out."""

_STYLE_SAMPLE = 500


@dataclass(frozen=True, slots=True)
class PlannedBatch:
    """Changes to commit together, and the results of the rows they came from, in file order.

    `notes` are about rows that hold no record: totals and repeated headings.
    """

    kind: RecordKind
    changes: tuple[Change, ...]
    rows: tuple[RowResult, ...]
    notes: tuple[Issue, ...] = ()


@dataclass(frozen=True, slots=True)
class ImportPlan:
    """An import about to be made. Iterate over it for its batches; commit each before asking for the next.

    `notes` are about the file as a whole: its encoding, sheets, titles, unknown and repeated columns.
    """

    table: Table
    header: HeaderMap
    notes: tuple[Issue, ...]
    _vocabulary: CodeBook
    _linker: Linker
    _existing: Existing

    @property
    def kind(self) -> RecordKind:
        """Whether the file holds synergies or members."""
        return self.header.kind

    def __iter__(self) -> Iterator[PlannedBatch]:
        table, layout = self.table, Layout(self.header)
        codes, styles = Codes(self._vocabulary), _styles(table, layout)
        planner: SynergyPlanner | MemberPlanner
        if self.kind is RecordKind.SYNERGY:
            planner = SynergyPlanner(table, layout, codes, styles, self._linker, self._existing)
        else:
            planner = MemberPlanner(table, layout, codes, styles, self._linker, self._existing)
        rows = table.rows()
        while chunk := list(islice(rows, table.limits.batch_rows)):
            data = [Cells(layout, row) for row in chunk if row.role is RowRole.DATA]
            notes = tuple(_set_aside(row) for row in chunk if row.role is not RowRole.DATA)
            changes, results = planner.plan(data)
            yield PlannedBatch(self.kind, tuple(changes), tuple(results), notes)


def plan_import(
    table: Table,
    vocabulary: CodeBook,
    linker: Linker,
    existing: Existing,
    *,
    kind: RecordKind | None = None,
) -> ImportPlan:
    """Plan a table's import. `kind` overrules what the headings say.

    Raises `InputError` when the headings lack what every row needs.
    """
    header = map_headers(table.header, table.header_rows[-1], kind)
    missing = _missing(header)
    if missing:
        found = ", ".join(heading for heading in table.header if heading)[:300]
        raise InputError(
            f"The table has no column for {missing}.",
            hint=f"The headings found in row {table.header_rows[-1]} are: {found}. See the import format.",
        )
    notes = (*table.notes, *(_title(text) for text in table.titles), *header.notes)
    return ImportPlan(table, header, notes, vocabulary, linker, existing)


def _missing(header: HeaderMap) -> str:
    known = header.known
    if header.kind is RecordKind.MEMBER:
        return "" if "organisation" in known else "the resource and its provider or receiver, nor for an organisation"
    if "resource" not in known:
        return "the resource"
    sides = any(field.startswith(("provider", "receiver")) for field in known)
    return "" if sides else "the provider or the receiver"


def _title(text: str) -> Issue:
    return Issue(Severity.NOTE, "title-row", "", "", text[:200], "A row above the headings was read as a title.")


def _set_aside(row: Row) -> Issue:
    text = " ".join(cell for cell in row.cells if cell)[:200]
    if row.role is RowRole.TOTALS:
        return Issue(
            Severity.NOTE, "totals-row", "", f"A{row.number}", text, "The row was read as a total, not as a record."
        )
    return Issue(
        Severity.NOTE, "repeated-heading", "", f"A{row.number}", text, "The headings are repeated in this row."
    )


def _styles(table: Table, layout: Layout) -> Styles:
    """How the quantity and the outcome columns write decimals, from the first rows."""
    index = layout.index.get("quantity", -1)
    others = {column.index for column in layout.outcomes}
    quantity: list[str] = []
    other: list[str] = []
    for row in islice(table.rows(), _STYLE_SAMPLE):
        for place, text in enumerate(row.cells):
            if place == index and place not in row.kinds:
                quantity.append(text)
            elif place in others and place not in row.kinds:
                other.append(text)
    found = number_style(quantity)
    # A semicolon between cells is how spreadsheets set to a decimal comma save.
    if not found.decimal and table.delimiter == ";":
        found = NumberStyle(",")
    return Styles(found, number_style(other) if other else found)
