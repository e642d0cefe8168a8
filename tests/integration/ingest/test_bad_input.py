"""Files as they really arrive: each is made here, read from disk, and judged against the shipped vocabulary."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from planned_files import HEAD, ROW, Open, issues, results, synergies

from kg.errors import InputError, TooLarge, UnreadableFile
from kg.ingest import Limits, read_table
from kg.provenance import RecordKind

pytestmark = pytest.mark.integration


# --- files that are no table ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("data", [b"", b"\n\n \r\n", b"\xef\xbb\xbf", b"\xff\xfe"])
def test_an_empty_file(plan: Open, data: bytes) -> None:
    with pytest.raises(UnreadableFile, match="empty"):
        plan(data)


def test_a_heading_and_nothing_else(plan: Open) -> None:
    planned = plan(HEAD + "\n")
    assert results(planned) == []
    assert planned.kind is RecordKind.SYNERGY


@pytest.mark.parametrize(
    "data",
    [
        b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20,
        b"%PDF-1.7\n" + bytes(range(256)) * 20,
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(4000),
        bytes(range(256)) * 40,
        bytes(5000),
        os.urandom(20_000),
    ],
    ids=["png", "pdf", "xls", "all-bytes", "zeros", "noise"],
)
def test_a_binary_renamed_csv(plan: Open, data: bytes) -> None:
    with pytest.raises(UnreadableFile) as caught:
        plan(data)
    assert caught.value.hint


def test_a_file_over_the_size_limit_is_refused_before_it_is_read(plan: Open, tmp_path: Path) -> None:
    path = tmp_path / "huge.csv"
    with path.open("wb") as stream:
        stream.truncate(200_000_000)
    with pytest.raises(TooLarge, match="200 MB"):
        read_table(path, "huge.csv", Limits())


def test_too_many_rows_or_columns(plan: Open) -> None:
    with pytest.raises(TooLarge, match="rows"):
        results(plan(HEAD + "\n" + "".join(ROW.format(i) + "\n" for i in range(30)), limits=Limits(rows=20)))
    with pytest.raises(TooLarge, match="columns"):
        results(plan(HEAD + ",x" * 300 + "\n" + ROW.format(1) + "\n"))


def test_headings_that_name_nothing_we_need(plan: Open) -> None:
    with pytest.raises(InputError, match="no column") as caught:
        plan("date,temperature,wind\n2020-01-01,5,3\n")
    assert "temperature" in caught.value.hint


# --- text: encodings, delimiters, quotes ----------------------------------------------------------------------------


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "gb18030"])
def test_encodings(plan: Open, codec: str) -> None:
    text = "编号,提供方,接收方,资源名称,数量（吨/年）\n1,云山示例发电厂,石桥示例水泥,粉煤灰,1.2万\n"
    [found] = synergies(plan(text.encode(codec)))
    assert found.provider.organisation == "云山示例发电厂"
    assert found.flows[0].quantity is not None
    assert (found.flows[0].quantity.value, found.flows[0].quantity.unit) == (12000, "t/yr")


def test_windows_1252(plan: Open) -> None:
    text = "Abgeber;Abnehmer;Abfall;Menge (t/a)\nMüller & Söhne;Zürcher Gießerei;Asche – trocken;1,5\n"
    [found] = synergies(plan(text.encode("cp1252")))
    assert (found.provider.organisation, found.flows[0].resource) == ("Müller & Söhne", "Asche – trocken")


def test_a_byte_order_mark_before_a_quoted_heading(plan: Open) -> None:
    [found] = synergies(plan(b'\xef\xbb\xbf"provider","receiver","resource"\r\n"A, Inc.","B","ash"\r\n'))
    assert found.provider.organisation == "A, Inc."


def test_an_odd_byte_after_thousands_of_clean_rows_names_its_cell(plan: Open) -> None:
    rows = [ROW.format(i).replace("Power", "Énergie") for i in range(6000)]
    data = bytearray("\n".join([HEAD, *rows, ""]).encode())
    data = data.replace(b"s5000,\xc3\x89nergie", b"s5000,\xc9nergie")
    planned = plan(bytes(data))
    assert planned.table.encoding == "utf-8"
    issue = issues(planned)["odd-byte"]
    assert (issue.cell, issue.value) == ("B5002", "Énergie Ltd")
    assert len(synergies(planned)) == 6000


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiters_with_decimal_commas_about(plan: Open, delimiter: str) -> None:
    head = ["Proveedor", "Receptor", "Residuo", "Cantidad (t/año)", "Uso"]
    rows = [["A, S.A.", "B", "ceniza", '"1.234,5"' if delimiter == "," else "1.234,5", "a, b, c, d, e"]] * 2
    quoted = [
        [f'"{cell}"' if delimiter == "," and "," in cell and cell[0] != '"' else cell for cell in row] for row in rows
    ]
    planned = plan("\n".join(delimiter.join(row) for row in [head, *quoted]))
    assert planned.table.delimiter == delimiter
    quantity = synergies(planned)[0].flows[0].quantity
    assert quantity is not None
    assert quantity.value == 1234.5


def test_excels_line_that_names_the_delimiter(plan: Open) -> None:
    planned = plan("sep=;\nprovider;receiver;resource\nA;B;ash\n")
    assert [row.row for row in results(planned)] == [3]


def test_one_unclosed_quote_costs_one_row(plan: Open) -> None:
    rows = [ROW.format(i) for i in range(500)]
    rows[100] = rows[100].replace("Power Ltd", '"Power Ltd')
    rows[300] = rows[300].replace("fly ash", '"fly ash, dry"')
    found = results(plan("\n".join([HEAD, *rows, ""])))
    assert [row.row for row in found if row.outcome == "rejected"] == [102]
    assert len(found) == 500
    issue = next(row for row in found if row.row == 102).issues[0]
    assert (issue.code, issue.severity) == ("unclosed-quote", "error")


def test_line_ends_in_cells_and_bare_carriage_returns(plan: Open) -> None:
    [found] = synergies(plan('provider,receiver,resource\n"A\nLtd",B,ash\n'))
    assert found.provider.organisation == "A Ltd"
    assert [row.row for row in results(plan("provider,receiver,resource\rA,B,ash\rC,D,slag\r"))] == [2, 3]


def test_control_characters_and_zero_bytes(plan: Open) -> None:
    [found] = synergies(plan("provider,receiver,resource\nA\x0bB\x00,\x07C,fly\x1fash\n"))
    assert (found.provider.organisation, found.receiver.organisation, found.flows[0].resource) == (
        "A B",
        "C",
        "fly ash",
    )


def test_a_cell_over_the_limit_is_named(plan: Open) -> None:
    for length in (30_000, 300_000):
        found = issues(plan(f"provider,receiver,resource\nA,B,{'x' * length}\nC,D,ash\n"))
        assert "cell-too-long" in found


def test_titles_totals_blank_rows_and_repeated_headings(plan: Open) -> None:
    head = "provider,receiver,resource,quantity"
    text = f"Exchanges of our park,,,\n,,,\n{head}\nA,B,ash,5\n\n{head}\nTotal SE,B,slag,6\nTotal,,,11\n"
    planned = plan(text)
    assert planned.table.header_rows == (3,)
    assert [note.value for note in planned.notes if note.code == "title-row"] == ["Exchanges of our park"]
    assert [row.row for row in results(planned)] == [4, 7]
    notes = [note for batch in planned for note in batch.notes]
    assert [(note.code, note.cell) for note in notes] == [("repeated-heading", "A6"), ("totals-row", "A8")]


def test_group_headings_above_headings(plan: Open) -> None:
    text = "Provider,,Receiver,,Resource\nCompany,NACE,Company,NACE,\nA,35.11,B,23.51,ash\n"
    planned = plan(text)
    assert planned.table.header_rows == (1, 2)
    [found] = synergies(planned)
    assert (found.provider.sector, found.receiver.organisation) == ("nace2:35.11", "B")


# --- codes ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", ["10 01 02", "100102", "10.01.02", "10-01-02", "１０ ０１ ０２"])
def test_waste_codes_in_every_dress(plan: Open, code: str) -> None:
    [found] = synergies(plan(f"provider,receiver,resource,ewc\nA,B,ash,{code}\n"))
    assert (found.flows[0].waste_code, found.flows[0].waste_code_text) == ("low:100102", code)


def test_a_zero_that_a_spreadsheet_ate_is_mended_and_named(plan: Open) -> None:
    planned = plan("provider,receiver,resource,ewc,provider_nace\nA,B,straw,20103,1.11\n")
    [found] = synergies(planned)
    assert (found.flows[0].waste_code, found.provider.sector) == ("low:020103", "nace2:01.11")
    assert issues(planned)["code-mended"].severity == "note"


def test_unknown_codes_are_kept_as_written(plan: Open) -> None:
    planned = plan("provider,receiver,resource,ewc,provider_nace\nA,B,ash,99 99 99,77.77\n")
    [found] = synergies(planned)
    assert (found.flows[0].waste_code, found.flows[0].waste_code_text) == ("", "99 99 99")
    assert (found.provider.sector, found.provider.sector_code) == ("", "77.77")
    assert {"unknown-waste-code", "unknown-sector-code"} <= set(issues(planned))
