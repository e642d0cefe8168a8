"""Workbooks: codes as numbers and dates, formulas, merged cells, several sheets."""

from __future__ import annotations

import datetime

import openpyxl
import pytest
from planned_files import Open, issues, results, synergies, workbook

from kg.errors import InputError, UnreadableFile
from kg.model import Member

pytestmark = pytest.mark.integration


def test_codes_a_workbook_holds_as_numbers_or_dates(plan: Open) -> None:
    rows: list[list[object]] = [
        ["provider", "receiver", "resource", "ewc", "receiver nace", "quantity (t)"],
        ["A", "B", "straw", 20103, 1.1, 1234.5],
        ["A", "C", "ash", datetime.datetime(2002, 1, 10), "23.51", 7],
        ["A", "D", "ash", 100102, "23.51", 7],
    ]

    def padded(book: openpyxl.Workbook) -> None:
        book.active["D4"].number_format = '00" "00" "00'
        book.active["E2"].number_format = "00.00"

    planned = plan(workbook(rows, padded), "codes.xlsx")
    found = synergies(planned)
    assert found[0].flows[0].waste_code == "low:020103"
    assert found[0].receiver.sector_code == "01.10"
    assert found[0].flows[0].quantity is not None
    assert found[0].flows[0].quantity.value == 1234.5
    assert found[2].flows[0].waste_code_text == "10 01 02"
    dated = next(row for row in results(planned) if row.row == 3)
    assert any(issue.cell == "D3" for issue in dated.issues)


def test_formulas_without_a_saved_result(plan: Open) -> None:
    planned = plan(workbook([["provider", "receiver", "resource", "quantity"], ["A", "B", "ash", "=1+1"]]), "f.xlsx")
    issue = issues(planned)["formula-without-value"]
    assert (issue.cell, issue.severity) == ("D2", "warning")
    assert synergies(planned)[0].flows[0].quantity is None


def test_merged_cells_and_headings(plan: Open) -> None:
    rows = [
        ["Our exchanges", None, None, None, None],
        ["Provider", None, "Receiver", None, "Resource"],
        ["Company", "Sector", "Company", "Sector", None],
        ["A", "power", "B", "cement", "ash"],
        [None, None, "C", "bricks", "slag"],
    ]

    def merge(book: openpyxl.Workbook) -> None:
        for cells in ("A1:E1", "A2:B2", "C2:D2", "E2:E3", "A4:A5", "B4:B5"):
            book.active.merge_cells(cells)

    planned = plan(workbook(rows, merge), "merged.xlsx")
    assert planned.table.header == (
        "Provider Company",
        "Provider Sector",
        "Receiver Company",
        "Receiver Sector",
        "Resource",
    )
    assert planned.table.titles == ("Our exchanges",)
    found = synergies(planned)
    assert [(one.provider.organisation, one.receiver.organisation) for one in found] == [("A", "B"), ("A", "C")]
    assert found[1].provider.sector_text == "power"


def test_the_sheet_with_the_table_is_found_and_others_are_named(plan: Open) -> None:
    def more(book: openpyxl.Workbook) -> None:
        sheet = book.create_sheet("Data 2024")
        sheet.append(["provider", "receiver", "resource"])
        sheet.append(["A", "B", "ash"])

    data = workbook([["Read me first"], ["This workbook is about our park"]], more)
    planned = plan(data, "sheets.xlsx")
    assert planned.table.sheet == "Data 2024"
    assert [note.value for note in planned.notes if note.code == "other-sheet"] == ["Sheet"]
    with pytest.raises(InputError, match="no sheet") as caught:
        plan(data, "sheets.xlsx", sheet="Nope")
    assert "Data 2024" in caught.value.hint


def test_a_workbook_with_no_cells(plan: Open) -> None:
    with pytest.raises(UnreadableFile, match="no cells"):
        plan(workbook([]), "empty.xlsx")


def test_text_renamed_xlsx_is_read_as_text(plan: Open) -> None:
    planned = plan("provider,receiver,resource\nA,B,ash\n", "renamed.xlsx")
    assert len(synergies(planned)) == 1
    assert "text-not-workbook" in [note.code for note in planned.notes]


def test_a_workbook_of_members(plan: Open) -> None:
    rows = [["企业名称", "供需", "资源", "数量（吨/年）", "行业代码"], ["甲公司", "供应", "粉煤灰", 1200, "35.11"]]
    planned = plan(workbook(rows), "members.xlsx")
    [member] = [change.after for batch in planned for change in batch.changes]
    assert isinstance(member, Member)
    assert (member.sector, member.resources[0].quantity.value) == ("nace2:35.11", 1200)
