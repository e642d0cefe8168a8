"""Which encoding a text file is in, decided over the whole file and not over its first lines.

UTF-8 is tried strictly over every byte. A file that is UTF-8 but for a few odd bytes stays UTF-8: the odd bytes are
carried as lone surrogates (`surrogateescape`) until the cell that holds them is known, and are mended there.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

from kg.errors import InputError, UnreadableFile

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_HIGH_RUN = re.compile(rb"[\x80-\xff]+")
_MULTIBYTE = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_SAMPLE = 262_144
_CHUNK = 1_048_576
_ODD_BYTE = re.compile("[\udc80-\udcff]")


@dataclass(frozen=True, slots=True)
class Encoding:
    """A codec name, and whether some bytes do not fit it and come through as lone surrogates."""

    codec: str
    odd_bytes: bool = False


def detect_encoding(data: bytes, stated: str = "") -> Encoding:
    """The encoding of a whole file; `stated` is the user's word and wins when it is a known codec.

    Raises `InputError` for an unknown stated codec and `UnreadableFile` for binary data.
    """
    if stated:
        return Encoding(_known_codec(stated), odd_bytes=True)
    for mark, codec in _BOMS:
        if data.startswith(mark):
            return Encoding(codec, odd_bytes=codec != "utf-8-sig" or not _decodes(data, "utf-8"))
    wide = _utf16_without_mark(data[:_SAMPLE])
    if wide:
        return Encoding(wide, odd_bytes=True)
    # A byte in nine of compressed or random data is a control character; a stray one in a text is a slip.
    if len(_CONTROL.findall(data[:_SAMPLE])) > max(len(data[:_SAMPLE]) * 0.05, 8):
        raise UnreadableFile(
            "The file holds binary data, not a table of text.", hint="Save it as CSV (UTF-8) or XLSX and try again."
        )
    if _decodes(data, "utf-8"):
        return Encoding("utf-8")
    return _eight_bit(data)


def mend_odd_bytes(text: str) -> str:
    """Text with bytes that did not fit the file's encoding read as Windows-1252, the usual stray."""
    return _ODD_BYTE.sub(lambda m: bytes([ord(m.group()) - 0xDC00]).decode("cp1252", "replace"), text)


def has_odd_bytes(text: str) -> bool:
    """Whether a decoded text carries bytes that did not fit."""
    return _ODD_BYTE.search(text) is not None


def _known_codec(name: str) -> str:
    try:
        return codecs.lookup(name).name
    except LookupError:
        raise InputError(
            f"There is no encoding called {name!r}.", hint="Try utf-8, utf-16, windows-1252 or gb18030."
        ) from None


def _decodes(data: bytes, codec: str) -> bool:
    """Whether every byte fits, read in pieces so that no second copy of the file is made."""
    decoder = codecs.getincrementaldecoder(codec)("strict")
    view = memoryview(data)
    try:
        for start in range(0, len(data), _CHUNK):
            decoder.decode(bytes(view[start : start + _CHUNK]))
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _utf16_without_mark(sample: bytes) -> str:
    """UTF-16 without a byte order mark: commas, digits and line ends put their zero bytes all on one side."""
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    few = len(sample) // 200
    if max(even, odd) <= max(few, 1) or min(even, odd) * 20 > max(even, odd):
        return ""
    codec = "utf-16-le" if odd > even else "utf-16-be"
    whole = sample[: len(sample) // 2 * 2]
    text = whole.decode(codec, "replace")
    readable = sum(c.isprintable() or c in "\r\n\t" for c in text)
    return codec if readable > 0.95 * len(text) else ""


def _eight_bit(data: bytes) -> Encoding:
    """Choose between UTF-8 with odd bytes, GB18030 and the single-byte encodings."""
    runs = _HIGH_RUN.findall(data)
    high = sum(map(len, runs))
    good = sum(map(len, _MULTIBYTE.findall(data)))
    if good > 0.8 * high and good > 8:
        return Encoding("utf-8", odd_bytes=True)
    # In GB text nearly all high bytes stand in pairs; an accented letter of a Latin word stands alone.
    paired = sum(len(run) for run in runs if len(run) % 2 == 0)
    if paired > 0.7 * high and _decodes(data, "gb18030"):
        return Encoding("gb18030")
    return Encoding(_single_byte(data), odd_bytes=True)


def _single_byte(data: bytes) -> str:
    """Windows-1252 unless its reading is implausible; then the best guess among the other Windows code pages."""
    runs = _HIGH_RUN.findall(data[:_SAMPLE]) or _HIGH_RUN.findall(data)
    letters = b"".join(runs)
    latin = sum(
        (c.isalpha() and c not in "ÐÞðþ") or c in "€–—‘’“”°²³µ£§ ·" for c in letters.decode("cp1252", "replace")
    )
    long_runs = sum(len(run) for run in runs if len(run) > 3)
    if latin > 0.9 * len(letters) and long_runs < 0.3 * len(letters):
        return "cp1252"
    from charset_normalizer import from_bytes

    lines = b"\n".join(line for line in data[:_SAMPLE].splitlines() if _HIGH_RUN.search(line))
    best = from_bytes(lines, cp_isolation=["cp1252", "cp1250", "cp1251", "cp1253", "big5", "cp932", "cp949"]).best()
    return best.encoding if best is not None else "cp1252"
