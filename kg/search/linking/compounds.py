"""German compounds: words written together are read as the words of other labels they are made of."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

_SPLIT_FROM = 8
"""Shortest word that is tried as a compound; shorter ones are mostly simple and split into nonsense."""
_SHORTEST_PART = 4
_JOINTS = ("", "s", "n", "en", "e", "es")
_MOST_PARTS = 3


class Compounds:
    """Splits a normal form into known normal forms, longest last part first; remembers what it split.

    A compound that is itself a known word is split too: `Altsand` in a label and `Gießereialtsand` in a text must meet.
    """

    def __init__(self, known: Iterable[str]) -> None:
        self.known = frozenset(word for word in known if len(word) >= _SHORTEST_PART)
        self._memory: dict[str, tuple[str, ...]] = {}

    def split(self, word: str) -> tuple[str, ...]:
        """Parts in order, or the word alone."""
        if len(word) < _SPLIT_FROM:
            return (word,)
        parts = self._memory.get(word)
        if parts is None:
            if len(self._memory) > 50_000:
                self._memory.clear()
            parts = self._memory[word] = self._parts(word, _MOST_PARTS) or (word,)
        return parts

    def _parts(self, word: str, most: int) -> tuple[str, ...]:
        """The word as at most `most` known parts, empty when there is no way."""
        if most < 2:
            return ()
        for at in range(_SHORTEST_PART, len(word) - _SHORTEST_PART + 1):
            tail = word[at:]
            if tail not in self.known:
                continue
            for joint in _JOINTS:
                head = word[: at - len(joint)] if joint else word[:at]
                if not word[:at].endswith(joint) or len(head) < _SHORTEST_PART:
                    continue
                if head in self.known:
                    return (*self._deeper(head, most - 1), tail)
                rest = self._parts(head, most - 1)
                if rest:
                    return (*rest, tail)
        return ()

    def _deeper(self, head: str, most: int) -> tuple[str, ...]:
        return (self._parts(head, most) if len(head) >= _SPLIT_FROM else ()) or (head,)


def frequent_parts(words: Iterable[str], often: int = 3) -> frozenset[str]:
    """What is left of at least `often` compounds once a known word is taken off: `rest` of `Glasrest`, `Holzrest`."""
    known = {word for word in words if len(word) >= _SHORTEST_PART}
    left: Counter[str] = Counter()
    for word in known:
        for at in range(_SHORTEST_PART, len(word) - _SHORTEST_PART + 1):
            if word[:at] in known:
                left[word[at:]] += 1
            if word[at:] in known:
                left[word[:at]] += 1
    return frozenset(part for part, count in left.items() if count >= often and part not in known)
