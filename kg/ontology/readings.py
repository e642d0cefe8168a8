"""What a written code was taken to mean."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CodeReading:
    """A code as given and as read.

    `concepts` holds the concept it stands for, several when there is more than one reading, none when there is no
    reading. `reading` is the normalised notation, or the readings joined by " or ". `certain` is true when there is
    exactly one. `note` says what was mended, or why it is unclear; empty when the code was written as it should be.
    """

    concepts: tuple[str, ...]
    given: str
    reading: str
    certain: bool
    note: str = ""
