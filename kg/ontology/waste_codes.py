"""Reading European waste codes, as written and as spreadsheets leave them: numbers, dates, lost zeros.

A code is mended only when exactly one code of the list can have been meant; otherwise the possible ones are named.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping

from kg.model import Concept
from kg.ontology.names import WASTE
from kg.ontology.readings import CodeReading
from kg.ontology.spreadsheet_dates import read_date

_PREFIX = re.compile(
    r"^\s*(?:(?:ewc|eural|low|ler|ler-code|ced|cer|avv|eak|eav|asn|ex|code|waste code|abfallschlüssel|código ler)"
    r"(?:\s*(?:code|no|nr|n°|nº|num)\.?)?)\s*[:\-.]?\s*(?=\d)",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"^\d+(?:\.\d+)?(?:e\+?\d+)?$", re.IGNORECASE)
_GROUPED = re.compile(r"^(\d{1,2})[\s.\-_/·,]+(\d{1,2})(?:[\s.\-_/·,]+(\d{1,2}))?$")
_MIXED = re.compile(r"^(\d{1,2})[\s.\-_/·,]+(\d{4})$|^(\d{4})[\s.\-_/·,]+(\d{1,2})$")
_SEVERAL = re.compile(r"(?<!\d)(\d{2}[ .]?\d{2}[ .]?\d{2})(?!\d)")
_LEADING = re.compile(r"^(\d{2}[ .\-]?\d{2}[ .\-]?\d{2}|\d{6})\s*\*?\s*[-–—:,;(]*\s*(?=[^\W\d_])")


class WasteReader:
    """Reads waste codes against one list."""

    def __init__(self, concepts: Mapping[str, Concept], national: Mapping[str, tuple[str, ...]] | None = None) -> None:
        """`concepts` of the list by id; `national` gives the list's entries for codes of a user's own catalogues."""
        self._concepts = concepts
        self._national = {notation.casefold(): found for notation, found in (national or {}).items()}

    def read(self, given: str) -> CodeReading:
        """The list entries a text can stand for; chapters and sub-chapters count as entries."""
        text = " ".join(unicodedata.normalize("NFKC", given).replace("\u00d8", "0").split())
        starred = "*" in text
        text = " ".join(_PREFIX.sub("", text).replace("*", " ").split())
        if not text:
            return CodeReading((), given, "", False, "The cell is empty.")
        national = self._national.get(text.casefold())
        if national:
            spelt = " or ".join(self._concepts[concept].notation for concept in national)
            note = f"A code of a national catalogue, which is {spelt} of the List of Waste."
            return CodeReading(national, given, spelt, len(national) == 1, note)
        leading = _LEADING.match(text)
        aside = f"The words {text[leading.end() :]!r} after the code were set aside." if leading else ""
        text = leading.group(1) if leading else text
        listed = dict.fromkeys(re.sub(r"\D", "", code) for code in _SEVERAL.findall(text))
        if len(listed) > 1 and any(code in self for code in listed):
            return self._settle(given, [(code, "The cell holds several codes.") for code in listed], False, aside)
        return self._settle(given, list(self._candidates(text)), starred, aside)

    def __contains__(self, code: object) -> bool:
        return f"{WASTE}:{code}" in self._concepts

    def _candidates(self, text: str) -> Iterator[tuple[str, str]]:
        """Digits of each possible code with what was mended; the first way of reading that finds any is the one."""
        for way in (_from_date, _from_groups, _from_number, _from_lookalikes):
            found = [(code, mend) for code, mend in way(text) if code]
            if found:
                yield from found
                return

    def _settle(self, given: str, candidates: list[tuple[str, str]], starred: bool, aside: str) -> CodeReading:
        known: dict[str, str] = {}
        for code, mend in candidates:
            if code in self:
                known.setdefault(code, mend)
        if len(known) == 1:
            code, mend = next(iter(known.items()))
            concept = self._concepts[f"{WASTE}:{code}"]
            note = " ".join(n for n in (mend, self._star(concept, starred), _dates(concept), aside) if n)
            return CodeReading((concept.id,), given, concept.notation, True, note)
        if known:
            spelt = " or ".join(_spelt(code) for code in known)
            why = next(iter(known.values()))
            note = f"{why} It could be {spelt}." if why else f"It could be {spelt}."
            return CodeReading(
                tuple(f"{WASTE}:{code}" for code in known), given, spelt, False, f"{note} {aside}".strip()
            )
        return CodeReading((), given, "", False, self._unknown([code for code, _ in candidates]))

    def _star(self, concept: Concept, starred: bool) -> str:
        hazardous = dict(concept.attributes).get("hazardous")
        return (
            "The asterisk does not belong: the list has this code as non-hazardous."
            if (starred and hazardous == "false")
            else ""
        )

    def _unknown(self, codes: Iterable[str]) -> str:
        for code in codes:
            for length in (4, 2):
                if len(code) > length and code[:length] in self:
                    return f"{_spelt(code)} is not in the List of Waste; {_spelt(code[:length])} is."
        return "It is not a code of the List of Waste."


def _from_date(text: str) -> Iterator[tuple[str, str]]:
    """Codes that a spreadsheet may have turned into this date: day, month, year of two digits in the orders in use."""
    date = read_date(text)
    if date is None:
        return
    mend = "A spreadsheet had turned the code into a date."
    for day, month in date.orders():
        groups: list[tuple[int, ...]] = [(day, month), (month, day)]
        if date.year is not None:
            year = date.year % 100
            groups = [(day, month, year), (month, day, year), (year, month, day)]
        for group in groups:
            yield "".join(f"{part:02d}" for part in group), mend


def _from_groups(text: str) -> Iterator[tuple[str, str]]:
    """Two or three groups of digits: `10 01 02`, `1-1-1`, `1.0101`."""
    if match := _GROUPED.match(text):
        groups = [group for group in match.groups() if group]
        short = any(len(group) == 1 for group in groups)
        mend = "Leading zeros were lost and put back." if short else ""
        yield "".join(group.zfill(2) for group in groups), mend
        if len(groups) == 2 and len(groups[1]) == 1 and "." in text:
            yield groups[0].zfill(2) + groups[1] + "0", "A spreadsheet had turned the code into a number."
    elif match := _MIXED.match(text):
        head, tail = (match.group(1), match.group(2)) if match.group(1) else (match.group(3), match.group(4))
        odd = "" if len(head + tail) == 6 else "A leading zero was lost and put back."
        yield head.zfill(2 if len(tail) == 4 else 4) + tail.zfill(2 if len(head) == 4 else 4), odd


def _from_number(text: str) -> Iterator[tuple[str, str]]:
    """A run of digits, or a number that a spreadsheet made of it."""
    compact = re.sub(r"[\s.\-_/·,]", "", text)
    number = text.replace(",", ".")
    if _NUMBER.match(number) and not number.isdigit():
        value = float(number)
        if value.is_integer() and value < 1e6:
            digits = str(int(value))
            yield digits.zfill(len(digits) + len(digits) % 2), "A spreadsheet had turned the code into a number."
            return
    if compact.isdigit() and len(compact) in (1, 3, 5):
        yield "0" + compact, "A leading zero was lost and put back."
    elif compact.isdigit() and len(compact) in (2, 4, 6):
        yield compact, ""


def _from_lookalikes(text: str) -> Iterator[tuple[str, str]]:
    """Letters that look like digits, when the text is otherwise a code."""
    mended = text.translate(str.maketrans("OoIl", "0011"))
    compact = re.sub(r"[\s.\-]", "", mended)
    if mended != text and compact.isdigit() and len(compact) == 6:
        yield compact, "Letters that look like digits were read as digits."


def _dates(concept: Concept) -> str:
    note = f"Valid until {concept.valid_to}." if concept.valid_to else ""
    return f"Valid from {concept.valid_from}." if concept.valid_from else note


def _spelt(code: str) -> str:
    return " ".join(code[i : i + 2] for i in range(0, len(code), 2))
