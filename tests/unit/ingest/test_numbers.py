"""Numbers in the formats of our users' countries, and texts that hold no single number."""

from __future__ import annotations

import pytest
from babel.numbers import format_decimal
from hypothesis import given
from hypothesis import strategies as st

from kg.ingest.numbers import NumberStyle, number_style, read_number


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("12", 12),
        ("12.5", 12.5),
        ("12,5", 12.5),
        ("1.234,5", 1234.5),
        ("1,234.5", 1234.5),
        ("1 234 567", 1234567),
        ("1\u202f234", 1234),
        ("1'234", 1234),
        ("1,23,456", 123456),
        ("1.234.567", 1234567),
        ("0,125", 0.125),
        ("５００", 500),
        ("٣٤٥", 345),
        ("1.5E+03", 1500),
        ("-7", -7),
        ("−7", -7),
        (".5", 0.5),
        ("3 million", 3e6),
        ("2,5 Mio. t", 2.5e6),
        ("1.2万吨", 12000),
        ("3亿", 3e8),
        ("about 5000", 5000),
        ("~40", 40),
        ("约300", 300),
        ("ca. 12", 12),
    ],
)
def test_one_number(text: str, value: float) -> None:
    assert read_number(text).value == pytest.approx(value)


@pytest.mark.parametrize(
    "text",
    ["", "many", "5-10", "5 to 7", "5–10 t", "> 500", "up to 40", "超过100", "1e400", "12 of 15 lines of 3"[12:]],
)
def test_no_single_number_is_invented(text: str) -> None:
    found = read_number(text)
    assert found.value is None
    assert found.doubt


def test_a_lone_separator_before_three_digits_is_doubtful_until_its_column_tells() -> None:
    assert read_number("1.234").doubt
    assert read_number("1,234").value == 1234
    german = number_style(["12,5", "1.234", "800"])
    assert german == NumberStyle(",")
    assert read_number("1.234", german).value == 1234
    assert not read_number("1.234", german).doubt
    assert read_number("1,234", german).value == pytest.approx(1.234)


def test_what_stands_behind_the_number_is_kept() -> None:
    assert read_number("5000 t/yr").rest == "t/yr"
    assert read_number("1.2万吨").rest == "吨"


@given(
    st.decimals(min_value=-(10**9), max_value=10**9, allow_nan=False, places=2),
    st.sampled_from(["en", "de", "fr", "pt_BR", "es", "zh", "de_CH", "en_IN", "pl", "sv"]),
)
def test_a_number_written_by_any_locale_reads_as_itself(value: object, locale: str) -> None:
    text = format_decimal(value, format="#,##0.00", locale=locale)
    assert read_number(text).value == pytest.approx(float(str(value)), abs=1e-9)


@given(st.text())
def test_no_text_breaks_the_reader(text: str) -> None:
    value = read_number(text).value
    assert value is None or value == value
