"""Readers of the fields that both kinds of row share: quantities, years, countries, kinds, contacts."""

from __future__ import annotations

import re
from dataclasses import dataclass

from kg.ingest.cells import Cells
from kg.ingest.numbers import PLAIN, NumberStyle, ReadNumber, read_number
from kg.ingest.places import read_country
from kg.ingest.units import UnitReading, read_unit
from kg.ingest.words import meaning
from kg.model import Contact, Quantity, ResourceKind

ABSURD = 1e10
"""A tenth of all the material the world uses in a year (about 1e11 t): above it, a slip of the keyboard."""
_YEAR = re.compile(r"(?<!\d)(1[6-9]\d\d|20\d\d|21\d\d)(?!\d)")
_FIRST_YEAR, _LAST_YEAR = 1600, 2100


@dataclass(frozen=True, slots=True)
class Styles:
    """How the number columns of a table write their decimals, by field."""

    quantity: NumberStyle = PLAIN
    other: NumberStyle = PLAIN


def read_quantity(cells: Cells, style: NumberStyle) -> Quantity | None:
    """The quantity of a row in a normalised unit, or None when none was given.

    A value that is no single number, negative or absurd is left out with a warning; its words stay.
    """
    text, stated = cells.text("quantity"), cells.text("quantity_as_stated")
    if not text:
        return _from_words(stated, style) if stated else None
    column = cells.layout.columns["quantity"]
    unit = cells.text("quantity_unit") or column.unit
    number = _number(cells, "quantity", text, style)
    if number.rest and number.value is not None:
        unit = _own_unit(cells, number.rest, unit)
    words = stated or (text if number.rest and number.value is not None else f"{text} {unit}".strip())
    if number.value is None:
        reason = f"The quantity holds {number.doubt}; it is kept in words only."
        cells.warn("no-single-number", "quantity", reason, "Write one number, and the unit in its own column.")
        return Quantity(None, read_unit(unit).unit, words)
    reading = read_unit(unit)
    value = float(f"{number.value * reading.factor:.12g}")
    if value < 0:
        cells.warn(
            "negative-quantity",
            "quantity",
            "A quantity cannot be negative; it is kept in words only.",
            "Check the sign.",
        )
        return Quantity(None, reading.unit, words)
    if value > ABSURD:
        cells.warn(
            "absurd-quantity",
            "quantity",
            "No exchange is this large; it is kept in words only.",
            "Check the number and its unit.",
        )
        return Quantity(None, reading.unit, words)
    return Quantity(value, reading.unit, words)


def _number(cells: Cells, field: str, text: str, style: NumberStyle) -> ReadNumber:
    if cells.kind(field) == "number":
        try:
            return ReadNumber(float(text))
        except ValueError:
            return ReadNumber(None, "", "no number")
    if cells.kind(field) == "date":
        return ReadNumber(None, "", "a date, which a spreadsheet may have made of a number")
    number = read_number(text, style)
    if number.value is not None and number.doubt:
        cells.warn(
            "unclear-number", field, f"Read as {number.value:g}: {number.doubt}.", "Write it without a thousands sign."
        )
    return number


def _own_unit(cells: Cells, rest: str, unit: str) -> str:
    """The unit written in the quantity's own cell, which goes before the column's."""
    own = read_unit(rest)
    if unit and own.known and read_unit(unit) != own:
        cells.warn("two-units", "quantity", f"The cell says {rest!r} and its column {unit!r}; the cell's unit is used.")
    if unit and not own.known:
        return f"{rest} ({unit})"
    return rest


def _from_words(stated: str, style: NumberStyle) -> Quantity:
    """A quantity given in words alone: a number only when the words are one number and a known unit."""
    number = read_number(stated, style)
    reading: UnitReading = read_unit(number.rest)
    if number.value is not None and not number.doubt and reading.known and 0 <= number.value * reading.factor <= ABSURD:
        return Quantity(float(f"{number.value * reading.factor:.12g}"), reading.unit, stated)
    return Quantity(None, "", stated)


def read_year(cells: Cells, field: str) -> int | None:
    """The year in a cell: `2013`, a date, `since 2013`; None with a warning when there is not exactly one."""
    text = cells.text(field)
    if not text:
        return None
    if len(text) == 4 and text.isdecimal() and _FIRST_YEAR <= int(text) <= _LAST_YEAR:
        return int(text)
    found = sorted(set(_YEAR.findall(text)))
    if len(found) == 1:
        return int(found[0])
    what = "more than one year" if found else "no year"
    cells.warn("unclear-year", field, f"The cell holds {what}; it is left out.", "Write one year in four digits.")
    return None


def read_country_cell(cells: Cells) -> tuple[str, str]:
    """(alpha-2 code, words to keep): the words are empty when they were the code itself."""
    text = cells.text("country") or ("NA" if cells.written("country") == "NA" else "")
    if not text:
        return "", ""
    code = read_country(text)
    if not code:
        cells.warn(
            "unknown-country",
            "country",
            "This country is not known; it is kept as written.",
            "Write its name or ISO code.",
        )
    return code, "" if text == code else text


def read_kind(cells: Cells, unit: str) -> ResourceKind:
    """The kind as the file says it; where it says none, energy when the unit measures energy, else material."""
    text = cells.text("resource_kind")
    if not text:
        return ResourceKind.ENERGY if unit.startswith(("MWh", "MW")) else ResourceKind.MATERIAL
    found = meaning("kind", text)
    if not found:
        cells.warn(
            "unknown-kind",
            "resource_kind",
            "This kind is not known; it is read as other.",
            "Write material, energy, water or other.",
        )
    return ResourceKind(found or "other")


def read_contact(cells: Cells, prefix: str) -> Contact | None:
    """A party's contact, or None when nothing of it is given. `prefix` is empty or ends with an underscore."""
    if f"{prefix}contact_name" not in cells.layout.index and f"{prefix}email" not in cells.layout.index \
            and f"{prefix}phone" not in cells.layout.index:  # fmt: skip
        return None
    contact = Contact(cells.text(f"{prefix}contact_name"), cells.text(f"{prefix}email"), cells.text(f"{prefix}phone"))
    return contact if contact != Contact() else None


def read_truth(cells: Cells, field: str) -> bool | None:
    """Yes or no in our users' languages; None when the cell is empty or neither."""
    found = meaning("truth", cells.text(field)) if cells.text(field) else ""
    return None if not found else found == "yes"


def keep(cells: Cells, field: str, kept: str) -> tuple[str, str]:
    """(heading, text) to keep beside a field whose text was turned into something else; empty text when equal."""
    column = cells.layout.columns.get(field)
    text = cells.text(field)
    return (column.heading, text) if column is not None and text != kept else ("", "")
