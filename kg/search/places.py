"""Places as records have them ("Rizhao, Shandong"): which of them a text asks for, and which a question names.

Nothing is looked up in a gazetteer: a place is known when a record has it, under the name that the record gives it.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from functools import cached_property, lru_cache

from kg.text import fold, words

_CJK = r"\u3400-\u9fff"
_FIRST = re.compile(rf"[{_CJK}]{{2}}|[^\W_{_CJK}]+")
"""What names are kept under: two Chinese characters, or a word."""
_PARTS = re.compile(r"[,;/()、，；（）]")
_DIVISIONS = re.compile(rf"([{_CJK}]{{2,}}?)(?:特别行政区|自治区|自治州|省|市|区|县)")
"""Chinese writes province, city and district in one: 山东省日照市."""
_LEAST, _LEAST_OF_A_PART = 3, 4
"""Letters of a whole place's name and of a part's. Shorter ones are mostly words (Eye, Suffolk) or codes."""


class Places:
    """The places on record, prepared for being asked for."""

    def __init__(self, recorded: Sequence[str]) -> None:
        self._recorded = [(place, fold(place)) for place in recorded]

    @cached_property
    def names(self) -> dict[str, str]:
        """Folded name -> the name as recorded, of whole places and of their parts."""
        found: dict[str, str] = {}
        for place, _ in self._recorded:
            for name in _names(place):
                found.setdefault(fold(name), name)
        return found

    @cached_property
    def _by_first(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = defaultdict(list)
        for name in sorted(self.names, key=lambda name: (-len(name), name)):
            if first := _FIRST.match(name):
                found[first.group()].append(name)
        return found

    def containing(self, text: str) -> frozenset[str]:
        """Recorded places that have every word of a text, folded and whole; Chinese as it stands in them."""
        wanted = words(text)
        chinese = [word for word in wanted if is_chinese(word)]
        latin = set(wanted) - set(chinese)
        near = [
            place
            for place, folded in self._recorded
            if wanted and all(word in folded for word in chinese) and all(word in folded for word in latin)
        ]
        return frozenset(place for place in near if latin <= set(words(place)))

    def named_at(self, text: str, at: int) -> str:
        """The longest name, folded, that begins at a position of a folded text and ends with a word; empty if none."""
        first = _FIRST.match(text, at)
        for name in self._by_first.get(first.group(), ()) if first else ():
            end = at + len(name)
            if text.startswith(name, at) and (is_chinese(name) or not _goes_on(text[end : end + 1])):
                return name
        return ""


@lru_cache(maxsize=2)
def places_of(recorded: tuple[str, ...]) -> Places:
    """The prepared places of what `GraphStore.places` tells, which stays the same for long."""
    return Places(recorded)


def is_chinese(text: str) -> bool:
    """Whether a name begins in Chinese characters, which are written without blanks."""
    return re.match(rf"[{_CJK}]", text) is not None


def _goes_on(character: str) -> bool:
    return character.isalnum() and not is_chinese(character)


def _names(place: str) -> list[str]:
    """What a place may be called: by the whole and by each of its parts that is a name and no remark."""
    found = [place] if sum(map(str.isalpha, place)) >= _LEAST else []
    for part in map(str.strip, _PARTS.split(place)):
        if is_chinese(part):
            found += [part, *(match.group(form) for match in _DIVISIONS.finditer(part) for form in (0, 1))]
        elif sum(map(str.isalpha, part)) >= _LEAST_OF_A_PART and not part[:1].islower():
            found.append(part)
    return [name for name in found if len(name) > 1]
