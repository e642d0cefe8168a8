"""Parts of a phrase that each name a thing of their own: `slag and dust from steelmaking` names two."""

from __future__ import annotations

import re

from kg.search.linking.words import Phrase, Word, key_of

_JOINT = re.compile(
    r"[,;/+&、，；]|\b(?:and|und|et|y|e|plus|sowie|ou|or|oder|with|mit|avec|con|com)\b|[和与及或]", re.IGNORECASE
)
_MOST_PARTS = 6


def parts_of(phrase: Phrase) -> tuple[Phrase, ...]:
    """The parts between commas and conjunctions, none when there is only one.

    A part keeps the weights its words have in the whole, so what stands behind `from` or `for` names nothing new.
    """
    joints = [match.span() for match in _JOINT.finditer(phrase.text)]
    if not joints:
        return ()
    starts = [0, *(end for _, end in joints)]
    ends = [*(start for start, _ in joints), len(phrase.text)]
    parts: list[Phrase] = []
    for start, end in zip(starts, ends, strict=True):
        words = tuple(word for word in phrase.words if start <= word.start and word.end <= end)
        told = [word for word in words if word.weight >= 0.7]
        if told:
            parts.append(Phrase(phrase.text, words, _heads(told), key_of(word.form for word in words)))
    return tuple(parts[:_MOST_PARTS]) if len(parts) > 1 else ()


def _heads(words: list[Word]) -> frozenset[str]:
    """First and last word: which one is the head depends on the language, and here a label must agree as well."""
    return frozenset({words[0].form, words[-1].form, *(word.form for word in words if word.end == words[-1].end)})
