"""CSV for spreadsheets is RFC 4180 and runs nothing."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.provenance import Issue, RowOutcome, RowResult, Severity
from kg.service.sheets import REPORT_COLUMNS, csv_lines, guarded, report_lines


@pytest.mark.parametrize("risky", ["=1+1", "+cmd", "-cmd", "@SUM(A1)", "\tx", "\r=1", "  =1", "＝1"])
def test_formulas_become_text(risky: str) -> None:
    assert guarded(risky) == "'" + risky


@pytest.mark.parametrize("harmless", ["fly ash", "-5", "+3.5", "-1.2e6", "", "10 01 02", "a=b"])
def test_what_runs_nothing_stays(harmless: str) -> None:
    assert guarded(harmless) == harmless


def test_nothing_is_an_empty_cell() -> None:
    assert guarded(None) == ""


@given(st.lists(st.lists(st.text(st.characters(exclude_characters="\r\x00", codec="utf-8")), min_size=2, max_size=2)))
def test_every_text_comes_back(rows: list[list[str]]) -> None:
    text = "".join(csv_lines(["a", "b"], rows))
    read = list(csv.reader(io.StringIO(text, newline="")))
    assert read == [["a", "b"], *([guarded(cell) for cell in row] for row in rows)]


def test_a_report_has_a_line_for_each_remark_and_the_row_as_given() -> None:
    remark = Issue(Severity.ERROR, "no-resource", "resource", "F2", "", "The resource is missing.", "Fill the cell.")
    rows = [
        RowResult(2, "", RowOutcome.REJECTED, "", (remark, remark), (("id", "a"), ("resource", "=x"))),
        RowResult(3, "", RowOutcome.CREATED, "b", (), (("id", "b"), ("note", "new"))),
    ]
    lines = list(csv.DictReader(io.StringIO("".join(report_lines(rows)), newline="")))
    assert list(lines[0]) == [*REPORT_COLUMNS, "id", "resource", "note"]
    assert [line["row"] for line in lines] == ["2", "2", "3"]
    assert (lines[0]["cell"], lines[0]["resource"], lines[2]["note"]) == ("F2", "'=x", "new")
