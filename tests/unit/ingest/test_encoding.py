"""Encodings found over the whole file."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.errors import InputError, UnreadableFile
from kg.ingest.delimited import text_lines
from kg.ingest.encoding import detect_encoding, has_odd_bytes, mend_odd_bytes

LATIN = "id,provider,resource\r\n1,Société Générale des Déchets,déchets d'étain\r\n2,Müller,Gießereisand\r\n"
CHINESE = "编号,提供方,资源名称\r\n1,江苏某某发电厂,粉煤灰\r\n2,石桥水泥,脱硫石膏\r\n"


@pytest.mark.parametrize(
    ("text", "codec", "expected"),
    [
        (LATIN, "utf-8", "utf-8"),
        (LATIN, "utf-8-sig", "utf-8-sig"),
        (LATIN, "utf-16", "utf-16"),
        (LATIN, "utf-16-le", "utf-16-le"),
        (LATIN, "utf-16-be", "utf-16-be"),
        (LATIN, "cp1252", "cp1252"),
        (CHINESE, "utf-8", "utf-8"),
        (CHINESE, "utf-16-le", "utf-16-le"),
        (CHINESE, "gb18030", "gb18030"),
        (CHINESE * 50, "gb18030", "gb18030"),
    ],
)
def test_each_encoding_reads_back(text: str, codec: str, expected: str) -> None:
    data = text.encode(codec)
    found = detect_encoding(data)
    assert found.codec == expected
    assert "".join(text_lines(data, found.codec)) == text


def test_an_odd_byte_after_thousands_of_clean_rows_does_not_change_the_encoding() -> None:
    clean = "é,ü,值\n" * 5000
    data = clean.encode() + b"caf\xe9,x,y\n" + clean.encode()
    found = detect_encoding(data)
    assert (found.codec, found.odd_bytes) == ("utf-8", True)
    odd = [line for line in text_lines(data, found.codec) if has_odd_bytes(line)]
    assert [mend_odd_bytes(line) for line in odd] == ["café,x,y\n"]


def test_one_odd_byte_in_ascii_is_windows_1252() -> None:
    assert detect_encoding(b"a,b,c\n" * 5000 + b"caf\xe9,x,y\n").codec == "cp1252"


def test_the_users_word_wins() -> None:
    assert detect_encoding(LATIN.encode("cp1252"), "windows-1252").codec == "cp1252"
    with pytest.raises(InputError, match="no encoding"):
        detect_encoding(b"a,b", "klingon")


def test_binary_is_refused() -> None:
    with pytest.raises(UnreadableFile):
        detect_encoding(bytes(range(32)) * 100)


@given(st.binary(max_size=400))
def test_any_bytes_are_decoded_or_refused(data: bytes) -> None:
    try:
        found = detect_encoding(data)
    except UnreadableFile:
        return
    assert isinstance("".join(text_lines(data, found.codec)), str)
