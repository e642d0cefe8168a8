"""Sector and waste codes of a file against the vocabulary, each distinct code read once."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Protocol

from kg.ingest.cells import Cells
from kg.model import Concept
from kg.ontology.readings import CodeReading
from kg.provenance import Severity

_SEVERAL = re.compile(r"\s*[;,/|+&\n]\s*|\s+(?:and|und|et|y|e)\s+")


class CodeBook(Protocol):
    """What ingest needs of the vocabulary."""

    def get(self, concept: str) -> Concept | None:
        """The concept of an id, or None."""

    def resolve_sector(self, code: str, scheme: str = "") -> CodeReading:
        """NACE Rev. 2 concepts a sector code stands for."""

    def resolve_waste(self, text: str) -> CodeReading:
        """List of Waste concepts a waste code stands for."""


class Codes:
    """Reads codes through a bounded cache and notes on the row what was mended or is unclear."""

    def __init__(self, book: CodeBook) -> None:
        self._sector = lru_cache(maxsize=20_000)(book.resolve_sector)
        self._waste = lru_cache(maxsize=20_000)(book.resolve_waste)
        self._get = lru_cache(maxsize=1_000)(book.get)

    def sector(self, cells: Cells, field: str, country: str) -> tuple[str, str]:
        """(code as written, concept id or empty) of a sector code's cell."""
        given = cells.text(field)
        if not given:
            return "", ""
        scheme = cells.layout.columns[field].scheme
        if scheme == "cnae" and country == "ES":
            scheme = "nace2"  # Spain's CNAE-2009 is NACE Rev. 2 under another name
        reading = self._sector(given, scheme)
        return given, self._settle(cells, field, reading, "sector code")

    def waste(self, cells: Cells, field: str = "waste_code") -> tuple[str, str]:
        """(code as written, concept id or empty) of a waste code's cell."""
        given = cells.text(field)
        if not given:
            return "", ""
        reading = self._waste(given)
        parts = [part for part in _SEVERAL.split(given) if part]
        if not reading.concepts and len(parts) > 1:
            each = [self._waste(part) for part in parts]
            if all(one.certain for one in each):
                cells.warn(
                    "several-waste-codes",
                    field,
                    f"The cell holds {len(parts)} codes; the row is linked to the first, {each[0].reading}.",
                    "Give each waste code a row of its own.",
                )
                return given, each[0].concepts[0]
        return given, self._settle(cells, field, reading, "waste code")

    def metric(self, name: str) -> str:
        """Concept id of a metric by its name, or empty."""
        found = f"metric:{name}"
        return found if self._get(found) is not None else ""

    def _settle(self, cells: Cells, field: str, reading: CodeReading, what: str) -> str:
        if reading.certain and reading.concepts:
            if reading.note:
                cells.note(Severity.NOTE, "code-mended", field, f"Read as {reading.reading}. {reading.note}")
            return reading.concepts[0]
        slug = what.replace(" ", "-")
        if reading.concepts:
            cells.warn(
                f"unclear-{slug}",
                field,
                f"The {what} may be {reading.reading}. {reading.note}".strip(),
                "Write the code in full, as text.",
            )
        else:
            cells.warn(
                f"unknown-{slug}",
                field,
                f"The {what} is not known; it is kept as written. {reading.note}".strip(),
                "Check it against the list of codes.",
            )
        return ""
