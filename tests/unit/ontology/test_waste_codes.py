"""Waste codes as written and as spreadsheets leave them."""

from __future__ import annotations

import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.ontology import Vocabulary


@pytest.mark.parametrize(
    "text",
    [
        "10 01 02",
        "100102",
        "10.01.02",
        "10-01-02",
        "10/01/02",
        " 10  01 02 ",
        "EWC 10 01 02",
        "ewc code: 100102",
        "LER 10 01 02",
        "LoW-100102",
        "AVV 10 01 02",
        "ex 10 01 02",
        "100102.0",
        "100102.00",
        "1.00102E5",
        "10 1 2",
        "１０ ０１ ０２",
        "1O 01 02",
        "10 01 02 coal fly ash",
        "10 01 02 - coal fly ash",
        "10.0102",
    ],
)
def test_one_code_many_spellings(vocabulary: Vocabulary, text: str) -> None:
    reading = vocabulary.resolve_waste(text)
    assert reading.concepts == ("low:100102",), reading.note
    assert reading.certain
    assert reading.reading == "10 01 02"
    assert reading.given == text


@pytest.mark.parametrize(
    ("text", "expected", "mended"),
    [
        ("10101", "010101", "zero"),
        ("10101.0", "010101", "number"),
        ("2001-03-01", "030101", "date"),
        ("2001-03-01 00:00:00", "030101", "date"),
        ("01/03/2001", "030101", "date"),
        ("03/01/2001", "030101", "date"),
        ("1-Feb-99", "020199", "date"),
        ("01 févr. 1999", "020199", "date"),
        ("2001年3月1日", "030101", "date"),
        ("13/02/2005", "130205", "date"),
        ("12-Sep-10", "100912", "date"),
        ("101", "0101", "zero"),
        ("1001", "1001", ""),
        ("10", "10", ""),
        ("1", "01", "zero"),
        ("17 05 03*", "170503", ""),
        ("10 01 02*", "100102", "asterisk"),
        ("20 01 34", "200134", "Valid until 2026-11-08"),
        ("20 01 44", "200144", "Valid from 2026-11-09"),
    ],
)
def test_mended_only_with_one_reading(vocabulary: Vocabulary, text: str, expected: str, mended: str) -> None:
    reading = vocabulary.resolve_waste(text)
    assert reading.concepts == (f"low:{expected}",), reading.note
    assert reading.certain
    assert mended in reading.note
    assert bool(mended) == bool(reading.note)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2010-01-02", {"020110", "100102"}),
        ("Mar-01", {"0103", "0301"}),
        ("10.1", {"1001", "1010"}),
        ("10 01 02, 10 01 03", {"100102", "100103"}),
        ("100102/100103", {"100102", "100103"}),
    ],
)
def test_several_readings_are_all_named(vocabulary: Vocabulary, text: str, expected: set[str]) -> None:
    reading = vocabulary.resolve_waste(text)
    assert {concept.partition(":")[2] for concept in reading.concepts} == expected
    assert not reading.certain
    assert reading.note


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "empty"),
        ("*", "empty"),
        ("fly ash", "not a code"),
        ("10 01 98", "10 01 is"),
        ("99 99 99", "not a code"),
        ("1234567", "not a code"),
        ("2001-13-45", "not a code"),
    ],
)
def test_no_reading_says_why(vocabulary: Vocabulary, text: str, words: str) -> None:
    reading = vocabulary.resolve_waste(text)
    assert reading.concepts == ()
    assert not reading.certain
    assert words in reading.note


def test_every_code_survives_every_honest_spelling(vocabulary: Vocabulary) -> None:
    for concept in vocabulary.concepts("low"):
        code = concept.id.partition(":")[2]
        spellings = [code, concept.notation, concept.notation.replace(" ", "."), f"EWC {concept.notation}"]
        if len(code) == 6:
            spellings += [str(int(code)), f"{int(code)}.0", f"{concept.notation}*"]
        for spelling in spellings:
            reading = vocabulary.resolve_waste(spelling)
            assert (reading.concepts, reading.certain) == ((concept.id,), True), spelling


def test_a_code_made_a_date_is_never_read_as_another_code_for_certain(vocabulary: Vocabulary) -> None:
    """Every code that a spreadsheet takes for a date comes back as itself, or as one of several readings."""
    mangled = 0
    for concept in vocabulary.concepts("low"):
        parts = [int(part) for part in concept.notation.split()]
        if len(parts) < 3:
            continue
        for day, month, year in (parts, (parts[1], parts[0], parts[2]), (parts[2], parts[1], parts[0])):
            try:
                made = date(1900 + year if year > 29 else 2000 + year, month, day)
            except ValueError:
                continue
            mangled += 1
            for shown in (made.isoformat(), f"{made.isoformat()} 00:00:00", f"{made:%d/%m/%Y}", f"{made:%m/%d/%Y}"):
                reading = vocabulary.resolve_waste(shown)
                assert concept.id in reading.concepts, (concept.id, shown, reading)
                assert reading.certain == (len(reading.concepts) == 1)
    assert mangled > 300


@given(st.text(max_size=40))
def test_any_text_gives_a_consistent_answer(vocabulary: Vocabulary, text: str) -> None:
    reading = vocabulary.resolve_waste(text)
    assert reading.given == text
    assert reading.certain == (len(reading.concepts) == 1)
    assert all(concept in vocabulary for concept in reading.concepts)
    assert reading.concepts or reading.note


@given(st.from_regex(re.compile(r"[0-9]{1,2}([ ./*-]{0,2}[0-9]{1,4}){0,3}\*?", re.ASCII), fullmatch=True))
def test_anything_like_a_code_gives_a_consistent_answer(vocabulary: Vocabulary, text: str) -> None:
    reading = vocabulary.resolve_waste(text)
    assert reading.certain == (len(reading.concepts) == 1)
    assert all(concept in vocabulary for concept in reading.concepts)
    assert reading.concepts or reading.note
