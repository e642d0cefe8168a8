"""Words that no label has, read as the word they were probably meant to be."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from rapidfuzz import process
from rapidfuzz.distance import OSA

_SHORTEST = 5
_ALIKE = 0.79
"""One letter in five wrong, missing, too many or swapped with its neighbour."""
_REMEMBERED = 50_000


class Speller:
    """Finds the known word nearest to an unknown one, among those that begin with the same letter."""

    def __init__(self, known: Iterable[str]) -> None:
        self._by_letter: dict[str, list[str]] = defaultdict(list)
        for word in known:
            if len(word) >= _SHORTEST - 1 and word[0].isascii() and word.isalpha():
                self._by_letter[word[0]].append(word)
        self._memory: dict[str, str] = {}

    def mend(self, word: str) -> str:
        """The known word meant, or the word itself when none is near or it is too short to tell."""
        if len(word) < _SHORTEST or not (word.isascii() and word.isalpha()):
            return word
        if word not in self._memory:
            if len(self._memory) > _REMEMBERED:
                self._memory.clear()
            near = [known for known in self._by_letter.get(word[0], ()) if abs(len(known) - len(word)) <= 1]
            found = process.extractOne(word, near, scorer=OSA.normalized_similarity, score_cutoff=_ALIKE)
            self._memory[word] = found[0] if found else word
        return self._memory[word]
