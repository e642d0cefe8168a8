"""Archives that are bombs, damaged, or no workbooks."""

from __future__ import annotations

import io
import struct
import zipfile

import pytest
from planned_files import Open, workbook

from kg.errors import TooLarge, UnreadableFile

pytestmark = pytest.mark.integration


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
