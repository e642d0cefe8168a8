"""Canonical JSON of records and history."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kg.errors import InputError
from kg.graph import codec
from kg.model import Flow, Member, Party, Quantity, Synergy
from kg.provenance import Batch, Import, ImportState, Issue, RecordKind, RowOutcome, RowResult, Severity

SYNERGY = Synergy("s1", "粉煤灰 \x00 😀", Party(), Party(), (Flow("ash", quantity=Quantity(2.0, "t", "2 t")),))


def test_text_reads_back_equal() -> None:
    member = Member("m1", "Org", "organisation:x", "P")
    assert codec.decode(RecordKind.SYNERGY, codec.encode(SYNERGY)) == SYNERGY
    assert codec.decode(RecordKind.MEMBER, codec.encode(member)) == member
    batch = Batch("b", "i", RecordKind.SYNERGY, "x", "2026")
    assert codec.decode_batch(codec.encode(batch)) == batch
    note = Issue(Severity.NOTE, "c", "F", "F1", "v", "r")
    progress = Import("i", "f", "0", RecordKind.MEMBER, "x", "2026", ImportState.DONE, notes=(note,))
    assert codec.decode_import(codec.encode(progress)) == progress
    rows = [RowResult(2, "", RowOutcome.REJECTED, "", (note,), (("a", "b"),))]
    assert codec.decode_rows(codec.encode_rows(rows)) == rows


def test_equal_records_have_equal_text() -> None:
    assert codec.encode(replace(SYNERGY, title="x")) == codec.encode(replace(SYNERGY, title="x"))


def test_older_text_without_a_later_field_reads() -> None:
    text = codec.encode(SYNERGY).replace(',"extra":[]', "")
    assert "extra" not in text
    assert codec.decode(RecordKind.SYNERGY, text) == SYNERGY


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
def test_numbers_that_are_not_finite_are_refused(value: float) -> None:
    with pytest.raises(InputError):
        codec.encode(replace(SYNERGY, flows=(Flow("ash", quantity=Quantity(value, "t", "?")),)))
    with pytest.raises(InputError):
        codec.encode(Member("m", "o", "", "p", latitude=value))


def test_half_a_character_is_refused() -> None:
    with pytest.raises(InputError):
        codec.encode(replace(SYNERGY, title="\ud83d"))
