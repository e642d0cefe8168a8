"""Finds out what each column of a table holds, from its heading in any of our users' languages."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from kg.ingest.words import Heading, heading_words, key
from kg.provenance import Issue, RecordKind, Severity
from kg.text import fold

_BRACKET = re.compile(r"[(\[（【{]([^)\]）】}]*)[)\]）】}]")
_IN_UNIT = re.compile(r"(?:,|\bin\b|\ben\b|\bem\b)\s*([^\s,]{1,6}\s*/\s*[^\s,]{1,8}|t|kg|m3|MWh|GJ)\s*$", re.IGNORECASE)
_SCHEMES = {
    "nace": "nace2", "nacerev2": "nace2", "nace2": "nace2", "nacerev21": "nace21", "nace21": "nace21",
    "isic": "isic4", "isicrev4": "isic4", "isic4": "isic4", "citi": "isic4", "ciiu": "isic4",
    "isicrev5": "isic5", "isic5": "isic5", "cnae": "cnae", "cnae20": "cnae", "cnaefiscal": "cnae",
    "naics": "naics", "naics2022": "naics", "naics2017": "naics", "scian": "naics",
    "wz": "nace2", "wz2008": "nace2", "naf": "nace2", "ape": "nace2", "cae": "nace2",
}  # fmt: skip
_NOT_UNITS = frozenset({"optional", "required", "text", "name", "words", "iso", "wgs84", "wgs 84"})
_LONGEST_HEADING = 80
"""Longer cells of a file's first rows are texts, and trying every way to cut them would take long."""
_MEMBER_FIELDS = {"company": "organisation", "contact_name": "contact_name"}
_PARTY_ONLY = frozenset({"provider", "receiver"})


@dataclass(frozen=True, slots=True)
class Column:
    """What one column holds. `field` is empty for a column we do not know, which is kept as it is.

    `unit` is the unit named in the heading, `scheme` the code list (`nace2`, `isic4`, ...), `heading` the words.
    """

    index: int
    heading: str
    field: str
    unit: str = ""
    scheme: str = ""
    languages: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class HeaderMap:
    """What a table's columns mean, as synergies or as members. `languages` are those of its headings, best first."""

    kind: RecordKind
    columns: tuple[Column, ...]
    languages: tuple[str, ...]
    notes: tuple[Issue, ...] = ()

    @property
    def known(self) -> dict[str, Column]:
        """Columns by field."""
        return {column.field: column for column in self.columns if column.field}

    @property
    def unknown(self) -> tuple[Column, ...]:
        """Columns that are kept as they are."""
        return tuple(column for column in self.columns if not column.field and column.heading)


def column_name(index: int) -> str:
    """Spreadsheet letters of a column counted from 0: 0 is A, 26 is AA."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def map_headers(headings: Sequence[str], row: int = 1, kind: RecordKind | None = None) -> HeaderMap:
    """The better of the two readings, or the one of the stated kind. `row` is the heading's row, for the notes."""
    if kind is not None:
        return _map_as(kind, headings, row)
    synergies = _map_as(RecordKind.SYNERGY, headings, row)
    members = _map_as(RecordKind.MEMBER, headings, row)
    return max((synergies, members), key=_fit)


def _fit(header: HeaderMap) -> tuple[bool, int]:
    """Order of readings: what a row cannot be without first, then the number of known columns."""
    known = header.known
    if header.kind is RecordKind.SYNERGY:
        sides = sum(any(field.startswith(side) for field in known) for side in _PARTY_ONLY)
        return "resource" in known and sides > 0, len(known) + 3 * sides
    return "organisation" in known, len(known) + 3 * ("role" in known)


def recognised(headings: Iterable[str]) -> int:
    """How many distinct fields a row of headings names, in its better reading: tells a heading row from others."""
    texts = [text for text in headings if text]
    return max(
        len({found.field for text in texts if (found := read_heading(kind, text)).field})
        for kind in (RecordKind.SYNERGY, RecordKind.MEMBER)
    )


def _map_as(kind: RecordKind, headings: Sequence[str], row: int) -> HeaderMap:
    columns: list[Column] = []
    notes: list[Issue] = []
    taken: dict[str, str] = {}
    for index, heading in enumerate(headings):
        read = read_heading(kind, heading) if heading else _UNKNOWN
        cell = f"{column_name(index)}{row}"
        if read.field and read.field in taken:
            notes.append(_duplicate(heading, cell, taken[read.field]))
            read = _UNKNOWN
        elif read.field:
            taken[read.field] = cell
        elif heading:
            notes.append(
                Issue(
                    Severity.NOTE,
                    "unknown-column",
                    heading,
                    cell,
                    heading,
                    "This heading is not known; the column is kept as it is.",
                )
            )
        columns.append(Column(index, heading, read.field, read.unit, read.scheme, read.languages))
    return HeaderMap(kind, tuple(columns), _languages(columns), tuple(notes))


def _duplicate(heading: str, cell: str, first: str) -> Issue:
    return Issue(
        Severity.WARNING,
        "duplicate-heading",
        heading,
        cell,
        heading,
        f"Column {first} has the same meaning and is the one that is used; this one is kept as it is.",
        "Give each column its own heading.",
    )


def _languages(columns: Sequence[Column]) -> tuple[str, ...]:
    """Languages in which the headings are known, most headings first."""
    votes: dict[str, float] = {}
    for column in columns:
        for language in column.languages:
            votes[language] = votes.get(language, 0.0) + 1 / len(column.languages)
    return tuple(sorted(votes, key=lambda language: (-votes[language], language)))


@dataclass(frozen=True, slots=True)
class _Read:
    field: str
    unit: str = ""
    scheme: str = ""
    languages: tuple[str, ...] = ()


_UNKNOWN = _Read("")


@lru_cache(maxsize=8192)
def read_heading(kind: RecordKind, heading: str) -> _Read:
    """Field, unit, code list and languages of one heading; an empty field when it is not known."""
    if len(heading) > _LONGEST_HEADING:
        return _UNKNOWN
    text = " ".join(heading.split())
    whole = _look_up(kind, key(text.translate(_NO_BRACKETS), heading_words().small))
    brackets = [found.strip() for found in _BRACKET.findall(text)]
    bare = _BRACKET.sub(" ", text)
    trailing = _IN_UNIT.search(bare)
    if whole is not None:
        return _finish(whole, "", brackets, bare)
    found = _look_up(kind, key(bare, heading_words().small))
    if found is None and trailing:
        found = _look_up(kind, key(bare[: trailing.start()], heading_words().small))
    if found is None:
        return _UNKNOWN
    unit = next((part for part in brackets if fold(part) not in _NOT_UNITS and not _scheme_in(part)), "")
    return _finish(found, unit or (trailing.group(1) if trailing else ""), brackets, bare)


_NO_BRACKETS = str.maketrans(dict.fromkeys("()[]（）【】{}", " "))


def _finish(found: Heading, unit: str, brackets: Sequence[str], bare: str) -> _Read:
    field = found.field
    if not field.endswith(("sector", "sector_code")):
        return _Read(field, unit, "", found.languages)
    scheme = next((code for part in (*brackets, bare) if (code := _scheme_in(part))), "")
    if field.endswith("sector") and scheme:
        field += "_code"
    return _Read(field, unit, scheme, found.languages)


def _scheme_in(text: str) -> str:
    """The code list a text names, the longest name first (`Sector code ISIC Rev. 5` is not ISIC)."""
    parts = re.findall(r"[a-z]+|[0-9]+", fold(text))
    for start in range(len(parts)):
        for end in range(len(parts), start, -1):
            scheme = _SCHEMES.get("".join(parts[start:end]))
            if scheme:
                return scheme
    return ""


def _look_up(kind: RecordKind, folded: str) -> Heading | None:
    words = heading_words()
    if not folded:
        return None
    own = words.synergy if kind is RecordKind.SYNERGY else words.member
    found = own.get(folded)
    if found is None and kind is RecordKind.SYNERGY:
        found = _outcome(folded) or _party(folded)
    if found is None:
        found = words.shared.get(folded)
    if found is None and kind is RecordKind.MEMBER:
        attribute = words.attributes.get(folded)
        if attribute is not None:
            return Heading(_MEMBER_FIELDS.get(attribute.field, attribute.field), attribute.languages)
    return found


def _outcome(folded: str) -> Heading | None:
    found = heading_words().outcome.get(folded)
    return Heading(f"outcome:{found.field}", found.languages) if found else None


def _party(folded: str) -> Heading | None:
    """A party word and an attribute word in either order; a party word alone is its company."""
    words = heading_words()
    alone = words.parties.get(folded)
    if alone is not None:
        return Heading(alone.field, alone.languages)
    for cut in _cuts(folded):
        for party_words, attribute_words in (cut, cut[::-1]):
            party, attribute = words.parties.get(party_words), words.attributes.get(attribute_words)
            if party and attribute:
                field = party.field if attribute.field == "company" else f"{party.field}_{attribute.field}"
                both = tuple(tag for tag in party.languages if tag in attribute.languages)
                return Heading(field, both or party.languages)
    return None


def _cuts(folded: str) -> Iterable[tuple[str, str]]:
    """Every way to cut a heading in two: between words, or anywhere in a run of Chinese characters."""
    for place in range(1, len(folded)):
        if folded[place] == " ":
            yield folded[:place], folded[place + 1 :]
        elif ord(folded[place]) >= 0x3400:
            yield folded[:place].strip(), folded[place:]
