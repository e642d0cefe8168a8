"""Dates that a spreadsheet made of a code, taken apart again."""

from __future__ import annotations

import re
from dataclasses import dataclass

_MONTH_NAMES = (
    "jan janv january januar janvier janeiro enero ene jänner",
    "feb fev fév févr february februar février fevereiro febrero",
    "mar mär mrz mars march märz marzo março",
    "apr abr avr april abril avril",
    "may mai mayo maio",
    "jun juin june juni junio junho",
    "jul juil july juli julio julho juillet",
    "aug ago août aou august agosto",
    "sep sept set september septiembre setembro septembre",
    "oct okt out october oktober octubre octobre outubro",
    "nov november noviembre novembre novembro",
    "dec dez dic déc december dezember diciembre décembre dezembro",
)
_MONTHS = {name: number for number, names in enumerate(_MONTH_NAMES, start=1) for name in names.split()}
_TIME = r"(?:[T ]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?"
_YEAR_FIRST = re.compile(r"^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})" + _TIME + "$")
_CHINESE = re.compile(r"^(?:(\d{2}|\d{4})年)?(\d{1,2})月(\d{1,2})日$")
_YEAR_LAST = re.compile(r"^(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})" + _TIME + "$")
_DAY_NAMED = re.compile(r"^(\d{1,2})[-/. ]+([^\W\d_]{3,10})\.?(?:[-/. ]+(\d{2}|\d{4}))?$")
_NAMED_DAY = re.compile(r"^([^\W\d_]{3,10})\.?[-/. ]+(\d{1,2})(?:[-/., ]+(\d{2}|\d{4}))?$")


@dataclass(frozen=True, slots=True)
class WrittenDate:
    """A date as it stands in a cell. `year` is None when it is not shown.

    `ordered` is false when day and month may be the other way round (`01/03/2001`).
    """

    day: int
    month: int
    year: int | None
    ordered: bool = True

    def orders(self) -> tuple[tuple[int, int], ...]:
        """(day, month) as they may have been meant."""
        both = ((self.day, self.month), (self.month, self.day))
        return both[:1] if self.ordered else tuple(dict.fromkeys(both))


def read_date(text: str) -> WrittenDate | None:
    """The date a cell shows, or None when it is none."""
    if match := _YEAR_FIRST.match(text):
        return _dated(int(match.group(3)), int(match.group(2)), int(match.group(1)))
    if match := _CHINESE.match(text):
        year = int(match.group(1)) if match.group(1) else None
        return _dated(int(match.group(3)), int(match.group(2)), year)
    if match := _YEAR_LAST.match(text):
        return _dated(int(match.group(1)), int(match.group(2)), int(match.group(3)), ordered=False)
    for pattern, day, name in ((_DAY_NAMED, 1, 2), (_NAMED_DAY, 2, 1)):
        match = pattern.match(text)
        month = _MONTHS.get(match.group(name).casefold()) if match else None
        if match and month:
            number, year = int(match.group(day)), int(match.group(3)) if match.group(3) else None
            return _dated(1, month, number) if number > 31 and year is None else _dated(number, month, year)
    return None


def _dated(day: int, month: int, year: int | None, *, ordered: bool = True) -> WrittenDate | None:
    if not ordered and month > 12 >= day:
        day, month, ordered = month, day, True
    return WrittenDate(day, month, year, ordered) if 1 <= month <= 12 and 1 <= day <= 31 else None
