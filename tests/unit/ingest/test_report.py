"""The report as CSV: the result of each row, the row as it was, and nothing a spreadsheet would run."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from typing import Any

import pytest

from kg.ingest import guard_cell, report_csv


@pytest.mark.parametrize("text", ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", "＝1", " =1", "\r=1"])
def test_formulas_are_guarded(text: str) -> None:
    assert guard_cell(text) == "'" + text


@pytest.mark.parametrize("text", ["", "fly ash", "-5", "+1,234.5", "-1e5", "a=b"])
def test_plain_texts_and_numbers_are_not(text: str) -> None:
    assert guard_cell(text) == text


def test_the_report_holds_results_and_originals(load: Callable[..., Any]) -> None:
    done = load("id,provider,receiver,resource\n1,=HYPERLINK(0),B,ash\n2,A,B,\n")
    text = "".join(report_csv(done.rows))
    assert text.startswith("\ufeffrow,sheet,outcome")
    rows = list(csv.DictReader(io.StringIO(text.lstrip("\ufeff"))))
    assert [row["outcome"] for row in rows] == ["created", "rejected"]
    assert rows[0]["provider"] == "'=HYPERLINK(0)"
    assert (rows[1]["row"], rows[1]["cells"], rows[1]["severity"]) == ("3", "D3", "error")
    assert rows[1]["mends"]
    problems = list(csv.DictReader(io.StringIO("".join(report_csv(done.rows, only_problems=True)).lstrip("\ufeff"))))
    assert [row["row"] for row in problems] == ["3"]


def test_an_empty_report_has_its_headings() -> None:
    assert "".join(report_csv([])).count("\n") == 1
