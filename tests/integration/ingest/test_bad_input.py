"""Files as they really arrive: each is made here, read from disk, and judged against the shipped vocabulary."""

from __future__ import annotations

import datetime
import io
import os
import struct
import zipfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import openpyxl
import pytest

from kg.errors import InputError, TooLarge, UnreadableFile
from kg.ingest import ImportPlan, Limits, NoLinker, plan_import, read_table
from kg.model import Member, Record, Synergy
from kg.ontology import Vocabulary
from kg.provenance import Issue, RecordKind, RowResult

pytestmark = pytest.mark.integration

HEAD = "id,provider,provider_nace,receiver,receiver_nace,resource,ewc,quantity,unit,country"
ROW = "s{},Power Ltd,35.11,Cement Ltd,23.51,fly ash,10 01 02,1000,t/yr,DE"
Open = Callable[..., ImportPlan]


@pytest.fixture
def plan(vocabulary: Vocabulary, tmp_path: Path) -> Open:
    """Write a file and plan its import; `name` is what the user calls it."""

    def run(data: bytes | str, name: str = "file.csv", limits: Limits | None = None, **choices: str) -> ImportPlan:
        path = tmp_path / name
        path.write_bytes(data.encode("utf-8") if isinstance(data, str) else data)
        return plan_import(read_table(path, name, limits or Limits(), **choices), vocabulary, NoLinker(), _nothing)

    return run


def _nothing(kind: RecordKind, ids: Sequence[str]) -> Mapping[str, Record]:
    return {}


def results(plan: ImportPlan) -> list[RowResult]:
    return [row for batch in plan for row in batch.rows]


def synergies(plan: ImportPlan) -> list[Synergy]:
    found = [change.after for batch in plan for change in batch.changes]
    return [record for record in found if isinstance(record, Synergy)]


def issues(plan: ImportPlan) -> dict[str, Issue]:
    return {issue.code: issue for row in results(plan) for issue in row.issues}


def workbook(rows: Sequence[Sequence[object]], also: Callable[[openpyxl.Workbook], None] | None = None) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(list(row))
    if also is not None:
        also(book)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


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


# --- archives -------------------------------------------------------------------------------------------------------


def bomb(promised: int | None = None) -> bytes:
    """400 MB of zeros in a 400 KB archive; `promised` overwrites the size its directory tells."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/workbook.xml", "<workbook/>")
        with archive.open("xl/worksheets/sheet1.xml", "w") as stream:
            for _ in range(400):
                stream.write(b"0" * 1_000_000)
    data = bytearray(buffer.getvalue())
    if promised is not None:
        size = struct.pack("<I", 400_000_000)
        assert data.count(size) >= 1
        data = data.replace(size, struct.pack("<I", promised))
    return bytes(data)


def test_a_zip_bomb_is_refused_by_what_its_directory_promises(plan: Open) -> None:
    with pytest.raises(TooLarge, match="inflate to 400 MB"):
        plan(bomb(), "bomb.xlsx")


def test_a_zip_bomb_whose_directory_lies_never_inflates(plan: Open) -> None:
    with pytest.raises(UnreadableFile):
        plan(bomb(promised=1000), "bomb.xlsx")


@pytest.mark.parametrize("data", [b"PK\x03\x04" + bytes(200), b"PK\x05\x06" + bytes(18)])
def test_a_damaged_archive(plan: Open, data: bytes) -> None:
    with pytest.raises(UnreadableFile):
        plan(data, "book.xlsx")


def test_an_archive_that_is_no_workbook(plan: Open) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("readme.txt", "hello")
    with pytest.raises(UnreadableFile, match="not a workbook"):
        plan(buffer.getvalue(), "book.xlsx")


def test_xml_entities_are_refused(plan: Open) -> None:
    source = zipfile.ZipFile(io.BytesIO(workbook([["provider", "receiver", "resource"], ["A", "B", "ash"]])))
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for member in source.namelist():
            text = source.read(member)
            if member.startswith("xl/worksheets/"):
                text = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa">]>' + text
            archive.writestr(member, text)
    with pytest.raises(UnreadableFile, match="entities"):
        plan(buffer.getvalue(), "book.xlsx")


def test_a_workbook_cut_short(plan: Open) -> None:
    data = workbook([["provider", "receiver", "resource"], ["A", "B", "ash"]])
    with pytest.raises(UnreadableFile):
        plan(data[: len(data) // 2], "book.xlsx")


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


# --- workbooks ------------------------------------------------------------------------------------------------------


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


# --- the files that ship --------------------------------------------------------------------------------------------


def test_the_library_imports_whole(vocabulary: Vocabulary) -> None:
    import csv
    from importlib.resources import files

    data = files("kg.library").joinpath("synergies.csv").read_bytes()
    planned = plan_import(read_table(data, "synergies.csv", Limits()), vocabulary, NoLinker(), _nothing)
    found = {one.id: one for one in synergies(planned)}
    assert {str(row.outcome) for row in results(planned)} == {"created"}
    assert not planned.notes
    written = {row["id"]: row for row in csv.DictReader(io.StringIO(data.decode("utf-8")))}
    assert found.keys() == written.keys()
    for identity, row in written.items():
        assert _as_row(found[identity], row) == {key: text for key, text in row.items() if text}, identity


def _as_row(synergy: Synergy, row: Mapping[str, str]) -> dict[str, str]:
    """The row again, from the record: shows that the record keeps all of it."""
    from kg.ingest.synergies import join_use

    flow, source, extra = synergy.flows[0], synergy.source, dict(synergy.extra)
    quantity = flow.quantity
    texts = {
        "id": synergy.id,
        "resource": flow.resource,
        "resource_kind": str(flow.kind),
        "ewc": flow.waste_code_text,
        "used_as": extra.get("used_as") or join_use(flow.used_as, flow.replaces),
        "technology": synergy.technology,
        "country": synergy.country,
        "place": synergy.place,
        "programme": synergy.programme,
        "year_start": str(synergy.year_start or ""),
        "status": str(synergy.status),
        "quantity_as_stated": quantity.as_stated if quantity and row["quantity_as_stated"] else "",
        "quantity_value": row["quantity_value"] if quantity and quantity.value is not None else "",
        "quantity_unit": row["quantity_unit"] if quantity else "",
        "outcomes": "; ".join(one.as_stated for one in synergy.outcomes),
        "source_title": source.title,
        "source_publisher": source.publisher,
        "source_year": str(source.year or ""),
        "source_url": source.url,
        "source_checked": "yes" if source.checked else "no",
        "confidence": synergy.confidence,
        "group": synergy.group,
    }
    for side, party in (("provider", synergy.provider), ("receiver", synergy.receiver)):
        texts[f"{side}_company"] = party.organisation
        texts[f"{side}_sector"] = party.sector_text
        texts[f"{side}_nace"] = party.sector_code
    return {key: text for key, text in texts.items() if text}


def test_the_example_members_import_whole_and_say_that_they_are_fictitious(vocabulary: Vocabulary) -> None:
    from importlib.resources import files

    data = files("kg.library").joinpath("example-members-jiangsu.csv").read_bytes()
    planned = plan_import(read_table(data, "members.csv", Limits()), vocabulary, NoLinker(), _nothing)
    members = [change.after for batch in planned for change in batch.changes]
    assert {str(row.outcome) for row in results(planned)} == {"created"}
    assert not [issue for row in results(planned) for issue in row.issues]
    assert 55 <= len(members) <= 70
    assert all(isinstance(one, Member) and one.fictitious and one.sector for one in members)
    assert "ictitious" in planned.table.titles[0]
    assert not [one for one in members if isinstance(one, Member) and one.sector.startswith("nace2:17")]
    assert all(isinstance(one, Member) and 30 < (one.latitude or 0) < 36 for one in members)
