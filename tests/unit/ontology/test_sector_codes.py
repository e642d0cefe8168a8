"""Sector codes in every spelling that files hold."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.ontology import Vocabulary

CERTAIN = [
    ("23.51", "", "23.51"),
    ("2351", "", "23.51"),
    ("23 51", "", "23.51"),
    ("23-51", "", "23.51"),
    (" 23.51 ", "", "23.51"),
    ("2351.0", "", "23.51"),
    ("C23.51", "", "23.51"),
    ("C 23.51", "", "23.51"),
    ("c2351", "", "23.51"),
    ("23.51Z", "", "23.51"),
    ("23510", "", "23.51"),
    ("２３．５１", "", "23.51"),
    ("23.51 Manufacture of cement", "", "23.51"),
    ("NACE 23.51", "", "23.51"),
    ("NACE Rev. 2 23.51", "", "23.51"),
    ("NACE Rev. 2: 23.51", "", "23.51"),
    ("23", "", "23"),
    ("C", "", "C"),
    ("11.0", "", "11.0"),
    ("1.1", "", "01.1"),
    ("1.11", "", "01.11"),
    ("111", "", "01.11"),
    ("1", "", "01"),
    ("1.0", "", "01"),
    ("2394", "ISIC Rev. 4", "23.5"),
    ("ISIC 2394", "", "23.5"),
    ("111", "isic4", "01.11"),
    ("23", "isic4", "23"),
    ("2320-6/00", "", "23.5"),
    ("23.20-6", "CNAE 2.0", "23.5"),
    ("CNAE 2320600", "", "23.5"),
    ("327310", "NAICS", "23.5"),
    ("NAICS 327310", "", "23.5"),
    ("112111", "NAICS 2022", "01.42"),
    ("10.11", "NACE Rev. 2.1", "10.11"),
    ("38.23", "", "38.2"),
    ("1104", "", "11.0"),
    ("1-Nov", "", "01.11"),
    ("2026-11-10 00:00:00", "", "10.11"),
    ("Okt 81", "", "10.81"),
]


@pytest.mark.parametrize(("code", "hint", "expected"), CERTAIN)
def test_one_reading(vocabulary: Vocabulary, code: str, hint: str, expected: str) -> None:
    reading = vocabulary.resolve_sector(code, hint)
    assert reading.concepts == (f"nace2:{expected}",), reading.note
    assert reading.certain
    assert reading.reading == expected
    assert reading.given == code


@pytest.mark.parametrize(
    ("code", "hint", "expected"),
    [("161", "", ("01.61", "16.1")), ("322", "", ("03.22", "32.2")), ("01.11.2024", "", ("01.11", "11.01"))],
)
def test_several_readings_are_all_named(
    vocabulary: Vocabulary, code: str, hint: str, expected: tuple[str, ...]
) -> None:
    reading = vocabulary.resolve_sector(code, hint)
    assert reading.concepts == tuple(f"nace2:{local}" for local in expected)
    assert not reading.certain
    assert all(local in reading.note for local in expected)


@pytest.mark.parametrize(
    ("code", "hint", "words"),
    [
        ("", "", "empty"),
        ("99.99", "", "no classification"),
        ("cement", "", "no classification"),
        ("Z", "", "no classification"),
        ("46.89", "NACE 2.1", "no counterpart"),
        ("9999", "isic4", "not a code of ISIC Rev. 4"),
        ("2351", "SIC 1987 of Atlantis", "not known"),
    ],
)
def test_no_reading_says_why(vocabulary: Vocabulary, code: str, hint: str, words: str) -> None:
    reading = vocabulary.resolve_sector(code, hint)
    assert reading.concepts == ()
    assert not reading.certain
    assert words in reading.note


def test_what_was_mended_is_told_and_a_clean_code_has_no_note(vocabulary: Vocabulary) -> None:
    assert vocabulary.resolve_sector("23.51").note == ""
    assert "zero" in vocabulary.resolve_sector("1.11").note
    assert "set aside" in vocabulary.resolve_sector("23.51 cement").note
    assert "section" in vocabulary.resolve_sector("A23.51").note
    assert "NAICS 2022 327310" in vocabulary.resolve_sector("327310").note


def test_every_nace_notation_reads_as_itself_in_every_plain_spelling(vocabulary: Vocabulary) -> None:
    for concept in vocabulary.concepts("nace2"):
        section = vocabulary.sector_at(concept.id, "section").partition(":")[2]
        spellings = {concept.notation, f"NACE {concept.notation}", f" {concept.notation.lower()} "}
        if not concept.notation.isalpha():
            spellings.add(section + concept.notation)
        for spelling in spellings:
            reading = vocabulary.resolve_sector(spelling)
            assert (reading.concepts, reading.certain) == ((concept.id,), True), spelling


def test_a_number_without_dots_never_names_a_wrong_class(vocabulary: Vocabulary) -> None:
    """Without the dot a class may be of another classification: then the answer is coarser or open, never elsewhere."""
    for concept in vocabulary.concepts("nace2"):
        if len(concept.notation) == 5:
            reading = vocabulary.resolve_sector(concept.notation.replace(".", ""))
            near = {concept.id, *vocabulary.ancestors(concept.id)}
            assert near & set(reading.concepts), (concept.id, reading)
            assert vocabulary.resolve_sector(concept.notation.replace(".", ""), "nace").concepts == (concept.id,)


@given(st.text(max_size=30))
def test_any_text_gives_a_consistent_answer(vocabulary: Vocabulary, text: str) -> None:
    reading = vocabulary.resolve_sector(text)
    assert reading.given == text
    assert reading.certain == (len(reading.concepts) == 1)
    assert all(concept in vocabulary for concept in reading.concepts)
    assert reading.concepts or reading.note


@given(
    st.from_regex(
        re.compile(r"[A-U]? ?[0-9]{1,2}([. -]?[0-9]{1,3}){0,2}(-[0-9](/[0-9]{2})?)?", re.ASCII), fullmatch=True
    )
)
def test_anything_like_a_code_gives_a_consistent_answer(vocabulary: Vocabulary, text: str) -> None:
    for hint in ("", "isic4", "cnae", "naics", "nace 2.1"):
        reading = vocabulary.resolve_sector(text, hint)
        assert reading.certain == (len(reading.concepts) == 1)
        assert all(concept in vocabulary for concept in reading.concepts)
