"""Years and quantities in a question."""

from __future__ import annotations

import re
from dataclasses import dataclass

from kg.search.questions.cues import Cues
from kg.search.questions.spans import Reader


@dataclass(frozen=True, slots=True)
class Years:
    """First and last year that are wanted, either may be open, and the words that said so."""

    first: int | None = None
    last: int | None = None
    words: str = ""


def read_years(reader: Reader, cues: Cues) -> Years:
    """Years of a question. "Before 2010" ends with 2009 and "after 2010" begins with 2011; "since", "until" include."""
    between = reader.find(cues.years["between"])
    if between:
        first, last = sorted(int(year) for year in between.groups() if year)
        return Years(first, last, reader.take(*between.span()))
    first_year, last_year, words = None, None, []
    for name, step, is_first in (("since", 0, True), ("after", 1, True), ("until", 0, False), ("before", -1, False)):
        if match := reader.find(cues.years[name]):
            year = next(int(group) for group in match.groups() if group) + step
            if is_first:
                first_year = year
            else:
                last_year = year
            words.append(reader.take(*match.span()))
    if not words and (match := reader.find(cues.years["during"])):
        first_year = last_year = next(int(group) for group in match.groups() if group)
        words.append(reader.take(*match.span()))
    return Years(first_year, last_year, " ".join(words))


def read_quantity(reader: Reader, cues: Cues) -> tuple[str, str]:
    """(normalised quantity such as `5000 t/yr`, the words), both empty when there is none."""
    u = cues.units
    scale = rf"(?P<scale>万|亿|{u['million']}|{u['thousand']})?"
    unit = rf"(?:(?P<kt>kt)|(?P<tonne>{u['tonne']})|(?P<volume>{u['cubic_metre']})|(?P<energy>[mg]wh))"
    rate = rf"(?P<rate>\s*(?:{u['per_year']}))?"
    lead = rf"(?P<lead>(?:{u['per_year']})\s*(?:有|产生|产)?\s*)?" if cues.language == "zh" else ""
    end = "" if cues.language == "zh" else r"(?!\w)"
    pattern = re.compile(rf"{lead}(?P<number>\d[\d.,\s]*\d|\d)\s*{scale}\s*{unit}{end}{rate}")
    match = reader.find(pattern)
    if not match:
        return "", ""
    number = _number(match.group("number")) * _scale(match.group("scale") or "", cues)
    unit_name = "t" if match.group("kt") or match.group("tonne") else "m3" if match.group("volume") else "MWh"
    if match.group("kt"):
        number *= 1000
    if (match.group("energy") or "").startswith("g"):
        number *= 1000
    words = reader.take(*match.span())
    yearly = bool(match.group("rate")) or bool(lead and match.group("lead"))
    if not yearly and (rate_words := reader.find(re.compile(rf"(?:{u['per_year']})(?!\w)"))):
        words = f"{words} … {reader.take(*rate_words.span())}"
        yearly = True
    return f"{number:.12g} {unit_name}{'/yr' if yearly else ''}", words


def _scale(word: str, cues: Cues) -> float:
    if not word:
        return 1.0
    if word == "万":
        return 1e4
    if word == "亿":
        return 1e8
    return 1e6 if re.fullmatch(cues.units["million"], word) else 1e3


def _number(text: str) -> float:
    """A number with blanks, dots or commas between thousands; a last group of other than three digits is decimal."""
    compact = re.sub(r"\s", "", text)
    parts = re.split(r"[.,]", compact)
    if len(parts) == 1:
        return float(compact)
    if all(len(part) == 3 for part in parts[1:]) and len(parts[0]) <= 3:
        return float("".join(parts))
    return float("".join(parts[:-1]) + "." + parts[-1])
