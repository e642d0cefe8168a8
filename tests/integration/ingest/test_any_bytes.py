"""No file, however broken, brings the reader down: it is read or refused with a sentence."""

from __future__ import annotations

import io
import random
import zipfile

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.errors import SymbiographError
from kg.ingest import NoLinker, plan_import, read_table
from kg.ontology import Vocabulary

pytestmark = pytest.mark.integration
HEAD = b"provider,receiver,resource,quantity,ewc,country\n"


def survives(data: bytes, vocabulary: Vocabulary) -> None:
    """Plan the import of any bytes; only our own errors may come of it."""
    try:
        for batch in plan_import(read_table(data, "any"), vocabulary, NoLinker(), lambda kind, ids: {}):
            assert batch.rows or batch.notes
    except SymbiographError:
        return


@settings(max_examples=150, deadline=None)
@given(data=st.binary(max_size=300), head=st.sampled_from([b"", HEAD, b"PK\x03\x04", b"\xff\xfe", HEAD + b'A,"B']))
def test_any_bytes(vocabulary: Vocabulary, data: bytes, head: bytes) -> None:
    survives(head + data, vocabulary)


def small_workbook() -> dict[str, bytes]:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["provider", "receiver", "resource", "quantity", "ewc"])
    for number in range(10):
        sheet.append(["A", "B", f"ash {number}", number, 100102])
    sheet.merge_cells("A3:A5")
    buffer = io.BytesIO()
    book.save(buffer)
    archive = zipfile.ZipFile(buffer)
    return {name: archive.read(name) for name in archive.namelist()}


def test_workbooks_with_parts_cut_changed_or_missing(vocabulary: Vocabulary) -> None:
    parts, chance = small_workbook(), random.Random(11)  # noqa: S311
    for _ in range(60):
        name = chance.choice(list(parts))
        text = bytearray(parts[name])
        if chance.random() < 0.4:
            del text[chance.randrange(len(text)) :]
        else:
            for _ in range(chance.randint(1, 5)):
                text[chance.randrange(len(text))] = chance.choice(b'<>"=/0 a&9')
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as archive:
            for part, content in parts.items():
                if part != name:
                    archive.writestr(part, content)
                elif chance.random() < 0.9:
                    archive.writestr(part, bytes(text))
        survives(buffer.getvalue(), vocabulary)
