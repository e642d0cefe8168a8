"""Folded text that remembers where each character came from, and what has been understood already.

The question is never rewritten before it is read: spans found in the folded text point back into the original words.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field

TAKEN = "\x00"
"""Stands in the working text where a phrase was understood; no pattern of ours matches it."""


def fold_with_offsets(text: str) -> tuple[str, tuple[int, ...]]:
    """The folded text (as `kg.text.fold`, blanks kept) and, for each of its characters, the index in `text`."""
    folded: list[str] = []
    offsets: list[int] = []
    for index, character in enumerate(text):
        for part in unicodedata.normalize("NFKD", character).casefold():
            if not unicodedata.combining(part):
                folded.append(" " if part.isspace() else part)
                offsets.append(index)
    return "".join(folded), tuple(offsets)


@dataclass(slots=True)
class Reader:
    """A question being read: `work` is the folded text with understood parts blotted out."""

    text: str
    work: str = field(init=False)
    folded: str = field(init=False)
    offsets: tuple[int, ...] = field(init=False)

    def __post_init__(self) -> None:
        self.folded, self.offsets = fold_with_offsets(self.text)
        self.work = self.folded

    def original(self, start: int, end: int) -> str:
        """The user's own words for a span of the folded text."""
        if start >= end:
            return ""
        return self.text[self.offsets[start] : self.offsets[end - 1] + 1].strip()

    def take(self, start: int, end: int) -> str:
        """Mark a span as understood and return the user's words for it."""
        self.work = self.work[:start] + TAKEN * (end - start) + self.work[end:]
        return self.original(start, end)

    def find(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        """First place where the pattern stands in what is not yet understood."""
        return pattern.search(self.work)

    def chunks(self) -> Iterator[tuple[int, int]]:
        """Spans that are still not understood, without blanks at their edges."""
        for match in re.finditer(rf"[^{TAKEN}]+", self.work):
            start, end = match.span()
            while start < end and not self.work[start].isalnum():
                start += 1
            while end > start and not (self.work[end - 1].isalnum() or self.work[end - 1] in ")%*"):
                end -= 1
            if start < end:
                yield start, end
