"""Reading sector codes: NACE Rev. 2 in all its spellings, and other classifications through their concordances.

A code is read in every classification it could be of. Readings that agree, or that meet in one group or division, give
one concept; readings that do not are all returned, and the note says so.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from kg.ontology.names import SECTOR
from kg.ontology.readings import CodeReading
from kg.ontology.spreadsheet_dates import read_date

TITLES = {
    "nace2": "NACE Rev. 2",
    "nace21": "NACE Rev. 2.1",
    "isic4": "ISIC Rev. 4",
    "isic5": "ISIC Rev. 5",
    "cnae2": "CNAE 2",
    "naics2022": "NAICS 2022",
}
"""Classifications that can be read, by the name a column hint uses."""

_FAMILIES = (
    (r"nace\W*(?:rev)?\W*2\W+1\b|nace\W*(?:rev)?\W*21\b|nace\W*2025\b", "nace21"),
    (r"nace|\bwz\b|\bnaf\b|\bateco\b|uk\s*sic\b", "nace2"),
    (r"(?:isic|ciiu|citi)\W*(?:rev)?\W*5\b", "isic5"),
    (r"isic|ciiu|citi", "isic4"),
    (r"cnae", "cnae2"),
    (r"naics|scian", "naics2022"),
)
_PREFIX = re.compile(
    r"^\s*((?:nace|isic|ciiu|citi|cnae|naics|scian|wz|naf|ateco|uk\s*sic)"
    r"(?:\s*[-.]?\s*(?:rev(?:ision)?\.?\s*)?(?:2\.[01]|2\.3|[245]|2008|2017|2022|2025)(?=[\s:]))?)[\s:.\-]*(?=[A-Z]?\d|[A-V]$)",
    re.IGNORECASE,
)
_CODE = re.compile(r"^([A-V])?[\s.\-]*(\d(?:[\d.\-/ ]*\d)?)?([A-Z](?=\W|$))?(.*)$", re.IGNORECASE | re.DOTALL)
_CHECK_DIGIT = re.compile(r"^(?:[A-U])?\s*\d{2}\.?\d{2}-\d(?:/\d{2})?\b", re.IGNORECASE)
_SHOWN = 6
_MOST = 0.75


@dataclass(frozen=True, slots=True)
class _Reading:
    """One way to read a code: in which classification, as which notation, and the NACE Rev. 2 concepts of it."""

    scheme: str
    notation: str
    concepts: tuple[str, ...]
    note: str = ""


class SectorReader:
    """Reads sector codes against the tables of one vocabulary."""

    def __init__(
        self,
        nace: Mapping[str, str],
        ancestors: Callable[[str], Mapping[str, int]],
        concordances: Mapping[str, Mapping[str, Sequence[str]]],
        national: Mapping[tuple[str, str], tuple[str, ...]],
    ) -> None:
        self._nace = nace
        self._ancestors = ancestors
        self._concordances = concordances
        self._national = {(scheme, notation.casefold()): found for (scheme, notation), found in national.items()}
        self._national_schemes = {scheme for scheme, _ in national}

    def read(self, code: str, hint: str = "") -> CodeReading:
        """What a code stands for; `hint` names a classification in any usual spelling, or is empty."""
        text = " ".join(unicodedata.normalize("NFKC", code).split())
        if not text:
            return CodeReading((), code, "", False, "The cell is empty.")
        scheme = scheme_named(hint, self._national_schemes)
        if hint.strip() and not scheme:
            return CodeReading((), code, "", False, f"The classification {hint.strip()!r} is not known.")
        prefix = _PREFIX.match(text)
        if prefix:
            scheme = scheme_named(prefix.group(1)) or scheme
            text = text[prefix.end() :]
        if scheme in self._national_schemes:
            return self._settle(code, list(self._national_readings(text, scheme)), scheme)
        dates = self._dates(text)
        if dates:
            return self._settle(code, dates, scheme)
        readings = self._hinted(text, scheme) if scheme and scheme != SECTOR else self._all(text, scheme)
        return self._settle(code, list(readings), scheme)

    def _all(self, text: str, scheme: str) -> Iterator[_Reading]:
        """Readings as NACE Rev. 2 and, when nothing names the classification, as the others a bare number may be."""
        direct = [] if self._is_cnae(text) else list(self._as_nace(text))
        yield from direct
        if scheme:
            return
        letter, digits, _, words = _parts(text)
        dotted = "." in text
        if not direct or not dotted:
            for other in _classifications(len(digits), dotted):
                yield from self._in_table(letter, digits, other, words)
        elif self._changed_in_revision(direct):
            notation = direct[0].notation
            yield _Reading(SECTOR, notation, direct[0].concepts, f"In NACE Rev. 2.1 {notation} means something else.")
        if not direct:
            yield from self._national_readings(text, "")

    def _is_cnae(self, text: str) -> bool:
        """Whether the code has the check digit after a dash that only CNAE writes."""
        digits = re.sub(r"\D", "", text)
        return bool(_CHECK_DIGIT.match(text)) and digits[:5] in self._concordances.get("cnae2", {})

    def _changed_in_revision(self, direct: Sequence[_Reading]) -> bool:
        key = direct[0].notation.replace(".", "")
        revised = self._concordances.get("nace21", {}).get(key)
        local = direct[0].notation
        return bool(revised) and len(key) == 4 and local not in (revised or ())

    def _as_nace(self, text: str) -> Iterator[_Reading]:
        letter, digits, suffix, words = _parts(text)
        note = _set_aside(words)
        if letter and not digits:
            if letter in self._nace:
                yield _Reading(SECTOR, letter, (self._nace[letter],), note)
            return
        written = text[: len(text) - len(words)].strip() if words else text
        for notation, mend in _nace_notations(written, digits, suffix):
            concept = self._nace.get(notation)
            if concept:
                yield _Reading(
                    SECTOR, notation, (concept,), _sentences(mend, self._wrong_letter(letter, concept), note)
                )
                if len(digits) != 3 or "." in written:
                    return

    def _wrong_letter(self, letter: str, concept: str) -> str:
        section = [local for local in (a.partition(":")[2] for a in self._ancestors(concept)) if local.isalpha()]
        if letter and section and letter not in section:
            return f"The letter {letter} is not its section, which is {section[0]}."
        return ""

    def _hinted(self, text: str, scheme: str) -> Iterator[_Reading]:
        letter, digits, _, words = _parts(text)
        if letter and not digits:
            if scheme in ("isic4", "cnae2") and letter in self._nace:
                yield _Reading(scheme, letter, (self._nace[letter],), _set_aside(words))
            return
        yield from self._in_table(letter, digits, scheme, words)

    def _in_table(self, letter: str, digits: str, scheme: str, words: str) -> Iterator[_Reading]:
        """Readings of a code in one concordance: as written, shortened (CNAE subclass), with its leading zero back."""
        tries = [(digits, "")]
        if scheme == "cnae2" and len(digits) == 7:
            tries = [(digits[:5], "The subclass was read as its class.")]
        if digits and digits[0] != "0" and scheme != "naics2022" and len(digits) in (1, 3, 4, 6):
            full = "0" + (digits[:4] if scheme == "cnae2" and len(digits) == 6 else digits)
            tries.append((full, "A leading zero was lost and put back."))
        for key, mend in tries:
            found = self._under(key, scheme)
            if found is not None:
                concepts = tuple(self._nace[local] for local in found if local in self._nace)
                yield _Reading(scheme, _spelt(key, scheme), concepts, _sentences(mend, _set_aside(words)))
                return

    def _under(self, key: str, scheme: str) -> list[str] | None:
        """NACE codes of a class, or of a coarser code what most of its classes share; None when there is no such code.

        A coarser code whose classes lie for the most part in one division is that division: the rest are boundary
        cases of the concordance.
        """
        table = self._concordances.get(scheme, {})
        if key in table:
            return list(table[key])
        leaves = [codes for code, codes in table.items() if code.startswith(key)] if len(key) > 1 else []
        if not leaves:
            return None
        shares = Counter(division for codes in leaves for division in {code[:2] for code in codes})
        division, count = min(shares.items(), key=lambda found: (-found[1], found[0]))
        if len(key) == 2 and count >= _MOST * len(leaves):
            return [division]
        return sorted(
            {code for codes in leaves for code in codes if count < _MOST * len(leaves) or code[:2] == division}
        )

    def _national_readings(self, text: str, scheme: str) -> Iterator[_Reading]:
        for found in sorted(self._national_schemes):
            concepts = self._national.get((found, text.casefold()))
            if concepts and scheme in ("", found):
                yield _Reading(found, text, concepts)

    def _dates(self, text: str) -> list[_Reading]:
        """Classes that a spreadsheet may have turned into a date: day.month, or month.year on the first of a month."""
        date = read_date(text)
        if date is None:
            return []
        notations = [f"{day:02d}.{month:02d}" for day, month in date.orders()]
        if date.year is not None and date.day == 1:
            notations.append(f"{date.month:02d}.{date.year % 100:02d}")
        mend = "A spreadsheet had turned the code into a date."
        return [_Reading(SECTOR, n, (self._nace[n],), mend) for n in dict.fromkeys(notations) if n in self._nace]

    def _settle(self, given: str, readings: list[_Reading], scheme: str) -> CodeReading:
        if not readings:
            where = TITLES.get(scheme, scheme) if scheme else "no classification that can be read"
            note = f"It is not a code of {where}." if scheme else f"It is a code of {where}."
            return CodeReading((), given, "", False, note)
        first = readings[0]
        notes = [first.note] if first.note else []
        if len(first.concepts) == 1 and all(self._agrees(first.concepts[0], other) for other in readings[1:]):
            told = "" if first.scheme == SECTOR else f"Read as {_named(readings[:1])}."
            return CodeReading(first.concepts, given, _local(first.concepts[0]), True, _sentences(told, *notes))
        found = {concept for reading in readings for concept in reading.concepts}
        every = tuple(sorted(c for c in found if not found & self._ancestors(c).keys()))
        told = _named(readings)
        if not every:
            return CodeReading((), given, "", False, f"{told} has no counterpart in NACE Rev. 2.")
        meeting = self._meeting_point(every)
        if meeting:
            note = f"Read as {told}, which is {_listed(every)}; taken as what these share."
            return CodeReading((meeting,), given, _local(meeting), True, _sentences(note, *notes))
        if len(every) > _SHOWN:
            every = tuple(sorted({f"{SECTOR}:{_local(concept)[:2]}" for concept in every}))
        note = f"It could be {told}, which is {_listed(every)}."
        return CodeReading(every, given, " or ".join(map(_local, every)), False, _sentences(note, *notes))

    def _agrees(self, concept: str, other: _Reading) -> bool:
        """Whether another reading holds the concept, something in it, or something it lies in."""
        above = self._ancestors(concept)
        return any(c == concept or c in above or concept in self._ancestors(c) for c in other.concepts)

    def _meeting_point(self, concepts: Sequence[str]) -> str:
        """The narrowest group or division that holds every concept, or empty."""
        if not concepts:
            return ""
        shared = set.intersection(*({concept, *self._ancestors(concept)} for concept in concepts))
        inner = [concept for concept in shared if not _local(concept).isalpha()]
        return max(inner, key=len, default="")


def scheme_named(hint: str, national: Collection[str] = ()) -> str:
    """Name of the classification a column heading or a person's words mean, or empty."""
    text = unicodedata.normalize("NFKC", hint).strip().casefold()
    if text in TITLES or text in national:
        return text
    squeezed = re.sub(r"\W", "", text)
    own = [scheme for scheme in sorted(national) if re.sub(r"\W", "", scheme) in squeezed]
    if own:
        return max(own, key=len)
    return next((scheme for pattern, scheme in _FAMILIES if re.search(pattern, text)), "")


def _classifications(digits: int, dotted: bool) -> tuple[str, ...]:
    """Classifications, other than NACE Rev. 2, whose codes have this many digits."""
    if dotted:
        return ("nace21",) if digits in (3, 4) else ("cnae2",)
    return {
        3: ("isic4", "isic5"),
        4: ("isic4", "isic5", "nace21"),
        5: ("cnae2",),
        6: ("naics2022",),
        7: ("cnae2",),
    }.get(digits, ())


def _named(readings: Sequence[_Reading]) -> str:
    return " or ".join(dict.fromkeys(f"{TITLES.get(r.scheme, r.scheme)} {r.notation}" for r in readings))


def _parts(text: str) -> tuple[str, str, str, str]:
    """Section letter, digits, letter suffix (`23.51Z`) and the words that follow a code."""
    match = _CODE.match(text)
    if not match:
        return "", "", "", text
    letter, number, suffix, words = (part or "" for part in match.groups())
    if letter and not number and words.strip():
        return "", "", "", text
    whole = re.fullmatch(r"(\d{3,})\.0+", number)
    digits = whole.group(1) if whole else re.sub(r"\D", "", number)
    return letter.upper(), digits, suffix, words.strip(" .:;,-–—*")


def _nace_notations(written: str, digits: str, suffix: str) -> Iterator[tuple[str, str]]:
    """Notations a written number may stand for, with what was mended, likeliest first."""
    dotted = re.match(r"^(?:[A-V][\s.\-]*)?(\d{1,2})[.\- ](\d{1,2})(?:$|[^\d])", written, re.IGNORECASE)
    if dotted:
        division, rest = dotted.groups()
        if len(division) == 1:
            yield f"0{division}.{rest}", "A leading zero was lost and put back."
        else:
            yield f"{division}.{rest}", ""
        if rest == "0" and len(digits) <= 3:
            yield division.zfill(2), "Read as a division written as a decimal number."
        return
    if len(digits) == 1:
        yield f"0{digits}", "A leading zero was lost and put back."
    elif len(digits) == 2:
        yield digits, ""
    elif len(digits) in (3, 4):
        yield f"{digits[:2]}.{digits[2:]}", ""
        if len(digits) == 3:
            yield f"0{digits[0]}.{digits[1:]}", "A leading zero was lost and put back."
    elif len(digits) in (5, 6) and (suffix or "." in written or len(digits) == 5):
        yield f"{digits[:2]}.{digits[2:4]}", "A longer national code was read as its class."


def _spelt(digits: str, scheme: str) -> str:
    if scheme == "nace21" and len(digits) > 2:
        return f"{digits[:2]}.{digits[2:]}"
    if scheme == "cnae2" and len(digits) > 2:
        return f"{digits[:2]}.{digits[2:4]}" + (f"-{digits[4]}" if len(digits) == 5 else "")
    return digits


def _set_aside(words: str) -> str:
    return f"The words {words!r} after the code were set aside." if words else ""


def _sentences(*notes: str) -> str:
    return " ".join(dict.fromkeys(note for note in notes if note))


def _local(concept: str) -> str:
    return concept.partition(":")[2]


def _listed(concepts: Iterable[str]) -> str:
    locals_ = [_local(concept) for concept in concepts]
    more = f" and {len(locals_) - _SHOWN} more" if len(locals_) > _SHOWN else ""
    return f"NACE {', '.join(locals_[:_SHOWN])}{more}"
