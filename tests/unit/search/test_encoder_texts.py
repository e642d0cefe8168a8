"""What is done to a text before a model reads it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.search.encoders.protocol import MAX_CHARACTERS, empty, readable


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ""),
        ("fly ash", "fly ash"),
        ("  fly\t ash\r\n", "fly ash"),
        ("a\x00b", "a b"),
        ("half \ud800 pair", "half ? pair"),
        ("cafe\u0301", "café"),
        ("㎏ ｆｌｙ", "kg fly"),
        ("粉煤灰", "粉煤灰"),
        ("🙂", "🙂"),
    ],
)
def test_texts_become_readable(text: str, expected: str) -> None:
    assert readable(text) == expected


def test_a_character_that_stands_for_eighteen_cannot_outgrow_the_limit() -> None:
    assert len(readable("\ufdfa" * MAX_CHARACTERS)) <= MAX_CHARACTERS


@given(st.text(alphabet=st.characters(), max_size=300))
def test_what_is_readable_is_utf8_without_controls_and_stays_so(text: str) -> None:
    once = readable(text)
    once.encode("utf-8")
    assert "\x00" not in once
    assert readable(once) == once


def test_no_texts_have_a_shape() -> None:
    assert empty(384).shape == (0, 384)
