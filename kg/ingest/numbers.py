"""Reads numbers as people write them: decimal commas, thousands separators, Chinese myriads, ranges, bounds.

A text with no single number in it gives no number; nothing is invented.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

_GAPS = re.compile(r"(?<=\d)[\s\u00a0\u202f\u2009'’](?=\d{3}(?!\d))")
_NUMBER = re.compile(r"[+-]?(?:\d[\d.,]*|[.,]\d+)(?:[eE][+-]?\d{1,3})?(?![\d])")
_RANGE = re.compile(r"\d\s*(?:[-–—~～至]|\bto\b|\bbis\b|\ba\b|\bà\b|\bbetween\b)\s*\d")
_BOUND = re.compile(
    r"^\s*(?:[<>≤≥＜＞]=?|up to|at least|at most|more than|less than|over|under|max\b|min\b|bis zu|mehr als|"
    r"jusqu|plus de|moins de|hasta|mas de|más de|menos de|até|mais de|超过|不少于|不超过|最多|至少)",
    re.IGNORECASE,
)
_ABOUT = re.compile(
    r"^\s*(?:~|≈|about|approx(?:imately)?\.?|around|circa|ca\.?|c\.|etwa|rund|environ|env\.?|aprox(?:\.|imadamente)?|"
    r"cerca de|约|大约)\s*",
    re.IGNORECASE,
)
_SCALES = (
    (re.compile(r"^\s*(?:billions?|bn|mrd\.?|milliards?)\b", re.IGNORECASE), 1e9),
    (
        re.compile(r"^\s*(?:millions?|mio\.?|mill\.?|milhão|milhões|millones|millón|mln\.?)(?![a-z])", re.IGNORECASE),
        1e6,
    ),
    (re.compile(r"^\s*(?:thousands?|tausend|mille|mil)(?![a-z])", re.IGNORECASE), 1e3),
    (re.compile(r"^\s*亿"), 1e8),
    (re.compile(r"^\s*万"), 1e4),
)


@dataclass(frozen=True, slots=True)
class NumberStyle:
    """How a column writes numbers: `decimal` is `.`, `,` or empty while nothing in it tells."""

    decimal: str = ""


PLAIN = NumberStyle()
"""A column that tells nothing about its decimal sign."""


@dataclass(frozen=True, slots=True)
class ReadNumber:
    """A number found in a text: None when there is no single one, with the rest of the text after it.

    `doubt` says why there is none, or what was assumed; empty when there is one reading.
    """

    value: float | None
    rest: str = ""
    doubt: str = ""


def number_style(texts: Iterable[str]) -> NumberStyle:
    """What the unmistakable numbers of a column say about its decimal sign; the majority wins."""
    votes = {".": 0, ",": 0}
    for text in texts:
        for found in _NUMBER.findall(_western(text)):
            sign = _certain_decimal(found)
            if sign:
                votes[sign] += 1
    if votes["."] == votes[","]:
        return NumberStyle()
    return NumberStyle("." if votes["."] > votes[","] else ",")


def read_number(text: str, style: NumberStyle = PLAIN) -> ReadNumber:
    """The one number a text holds, and what stands behind it. Ranges and bounds hold no single number."""
    plain = _western(text)
    if _BOUND.search(plain):
        return ReadNumber(None, "", "a bound, not a number")
    plain = _ABOUT.sub("", plain, count=1)
    if _RANGE.search(plain):
        return ReadNumber(None, "", "a range, not a number")
    match = _NUMBER.search(plain)
    if match is None:
        return ReadNumber(None, plain.strip(), "no number")
    if plain[: match.start()].strip():
        return ReadNumber(None, plain.strip(), "words before the number")
    value, doubt = _value(match.group(), style)
    rest = plain[match.end() :]
    for scale, factor in _SCALES:
        found = scale.match(rest)
        if found and value is not None:
            value, rest = value * factor, rest[found.end() :]
            break
    return ReadNumber(value, rest.strip(), doubt)


def _western(text: str) -> str:
    """ASCII digits and signs, thousands gaps closed."""
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text).replace("−", "-").replace("٫", ".").replace("٬", ",")
        text = "".join(str(unicodedata.digit(c)) if not c.isascii() and c.isdecimal() else c for c in text)
    return _GAPS.sub("", text) if " " in text or "'" in text or not text.isascii() else text


def _certain_decimal(digits: str) -> str:
    """The decimal sign of a number that can be read in one way only."""
    body = digits.lstrip("+-").split("e")[0].split("E")[0]
    points, commas = body.count("."), body.count(",")
    if points and commas:
        return "." if body.rindex(".") > body.rindex(",") else ","
    if points + commas == 0:
        return ""
    sign = "." if points else ","
    if points + commas > 1:
        return "," if sign == "." else "."
    whole, _, part = body.partition(sign)
    if len(part) == 3 and 1 <= len(whole) <= 3 and whole != "0":
        return ""
    return sign if part else ""


def _value(digits: str, style: NumberStyle) -> tuple[float | None, str]:
    decimal = _certain_decimal(digits)
    doubt = ""
    if not decimal and ("." in digits or "," in digits):
        decimal = style.decimal
        if not decimal:
            # Nothing in the column tells: read as English would, where 1,234 is a thousand and 1.234 is one.
            decimal = "."
            doubt = "the separator could be a decimal sign or a thousands sign"
    thousands = "," if decimal == "." else "."
    plain = digits.replace(thousands, "").replace(decimal or ".", ".")
    try:
        value = float(plain)
    except ValueError:
        return None, "not a number"
    if value != value or value in (float("inf"), float("-inf")):
        return None, "not a finite number"
    return value, doubt
