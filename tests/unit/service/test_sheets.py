"""CSV for spreadsheets is RFC 4180 and runs nothing."""

from __future__ import annotations

import csv
import io

from hypothesis import given
from hypothesis import strategies as st

from kg.ingest.report import guard_cell
from kg.service.sheets import csv_lines


def test_formulas_become_text_and_nothing_an_empty_cell() -> None:
    assert list(csv_lines(["a"], [["=1+1"], [-5], [None]])) == ["a\r\n", "'=1+1\r\n", "-5\r\n", '""\r\n']


@given(st.lists(st.lists(st.text(st.characters(exclude_characters="\r\x00", codec="utf-8")), min_size=2, max_size=2)))
def test_every_text_comes_back(rows: list[list[str]]) -> None:
    text = "".join(csv_lines(["a", "b"], rows))
    read = list(csv.reader(io.StringIO(text, newline="")))
    assert read == [["a", "b"], *([guard_cell(cell) for cell in row] for row in rows)]
