"""Rows of delimited text, whole and broken."""

from __future__ import annotations

import csv
import io

from hypothesis import given
from hypothesis import strategies as st

from kg.ingest.delimited import TextRow, read_rows


def rows(text: str, width: int = 3, delimiter: str = ",") -> list[TextRow]:
    return list(read_rows(io.StringIO(text, newline=""), delimiter, width))


def cells(text: str, width: int = 3) -> list[list[str]]:
    return [row.cells for row in rows(text, width)]


def test_line_ends_of_every_kind() -> None:
    for end in ("\n", "\r\n", "\r"):
        assert cells(end.join(["a,b,c", "1,2,3", ""])) == [["a", "b", "c"], ["1", "2", "3"]]


def test_blank_lines_count_as_rows() -> None:
    assert cells("a,b,c\n\n1,2,3\n") == [["a", "b", "c"], [], ["1", "2", "3"]]


def test_line_ends_inside_quotes_belong_to_the_cell() -> None:
    assert cells('a,b,c\n1,"two\nlines, and a comma",3\n4,5,6\n')[1] == ["1", "two\nlines, and a comma", "3"]
    assert cells('a,b,c\n"two\nlines",2,3\n4,5,6\n')[1:] == [["two\nlines", "2", "3"], ["4", "5", "6"]]


def test_an_unclosed_quote_costs_its_own_row_only() -> None:
    text = 'a,b,c\n1,2,3\n4,"five,6\n7,8,9\n10,11,12\n'
    found = rows(text)
    assert [row.fault for row in found] == ["", "", "unclosed-quote", "", ""]
    assert found[2].cells == ["4", "five", "6"]
    assert found[3].cells == ["7", "8", "9"]


def test_an_unclosed_quote_that_a_later_quoted_cell_seems_to_close() -> None:
    text = 'a,b,c\n4,"five,6\n7,8,9\n10,"eleven, or so",12\n13,14,15\n'
    found = rows(text)
    assert [row.fault for row in found] == ["", "unclosed-quote", "", "", ""]
    assert found[3].cells == ["10", "eleven, or so", "12"]


def test_an_unclosed_quote_before_thousands_of_rows() -> None:
    text = 'a,b,c\n4,"five,6\n' + "7,8,9\n" * 5000
    found = rows(text)
    assert len(found) == 5002
    assert [row.fault for row in found[:3]] == ["", "unclosed-quote", ""]


def test_an_unclosed_quote_in_the_last_row() -> None:
    assert [row.fault for row in rows('a,b,c\n1,2,3\n4,5,"six')] == ["", "", "unclosed-quote"]


def test_an_inch_sign_is_no_quote() -> None:
    assert rows('a,b,c\n1,5" pipe,3\n')[1] == TextRow(["1", '5" pipe', "3"])


def test_a_field_beyond_all_measure_is_one_broken_row() -> None:
    found = rows("a,b,c\n1," + "x" * 200_000 + ",3\n4,5,6\n")
    assert [row.fault for row in found] == ["", "line-too-long", ""]


@given(st.text(max_size=300))
def test_no_text_breaks_the_reader(text: str) -> None:
    assert all(isinstance(row.cells, list) for row in rows(text))


cell = st.text(st.characters(blacklist_characters="\0", blacklist_categories=("Cs",)), max_size=12)


@given(st.lists(st.lists(cell, min_size=4, max_size=4), min_size=1, max_size=8))
def test_what_the_csv_module_writes_reads_back(table: list[list[str]]) -> None:
    buffer = io.StringIO(newline="")
    csv.writer(buffer, quoting=csv.QUOTE_ALL).writerows(table)
    if any(line.count(",") >= 3 for row in table for text in row for line in text.splitlines()[1:]):
        return  # a cell that holds a whole row of the table is what an unclosed quote looks like
    assert [row.cells for row in rows(buffer.getvalue(), 4)] == table
