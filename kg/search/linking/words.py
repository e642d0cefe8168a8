"""Reading a short phrase as a practitioner would: its words in normal form, its head noun, and what only modifies it.

`fly ash bricks` names a brick, `sludge from paper mill` a sludge: words behind a preposition or in brackets weigh less,
and the head noun is the last word before the first preposition (English, German, Chinese) or the first word (Romance
languages). Words come out in a coarser normal form than `kg.text.stem`, so that gender, case and plural endings meet.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache

from kg.text import fold, spell, stem

_WORD = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]+|\d+(?:[.,]\d+)*|[^\W\d_]+\d*(?<![\u3400-\u9fff])")
_MARK = re.compile("[,;/+&、，；]")
_CJK = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")

MODIFIER_WEIGHT = 0.45
"""Weight of a word behind `from`, `of`, `in`: it tells the origin, not the thing. Measured on the tuning half."""
PURPOSE_WEIGHT = 0.2
"""Weight of a word behind `for`, `used as`, `instead of`: it tells where the thing goes."""
ASIDE_WEIGHT = 0.7
"""Weight of a word in brackets: mostly another name of the thing, sometimes its origin."""

# Function words of the six languages, folded: what stands behind `origin` words tells where a thing comes from.
MENDED_WEIGHT = 0.8
"""Share of its weight that a word keeps when it had to be read as another to be known."""

PRODUCTS = frozenset(
    (
        "brick",
        "block",
        "paver",
        "tile",
        "cement",
        "concret",
        "board",
        "panel",
        "insulation",
        "paint",
        "furnitur",
        "fertilizer",
        "asphalt",
        "ziegel",
        "backstein",
        "zement",
        "beto",
        "tijol",
        "bloc",
        "cimento",
        "ladrill",
        "cement",
        "hormigo",
        "briqu",
        "ciment",
        "砖",
        "水泥",
        "混凝土",
    )
)
"""Normal forms of things made from residues: `fly ash bricks` are bricks, though `straw bales` are straw."""

_ORIGIN = frozenset(
    (
        "from",
        "of",
        "in",
        "at",
        "by",
        "after",
        "with",
        "on",
        "out",
        "off",
        "during",
        "left",
        "arising",
        "containing",
        "via",
        "without",
        "aus",
        "von",
        "vom",
        "des",
        "bei",
        "beim",
        "im",
        "mit",
        "nach",
        "einer",
        "eines",
        "der",
        "ohne",
        "de",
        "du",
        "d",
        "issu",
        "issus",
        "issue",
        "en",
        "dans",
        "chez",
        "par",
        "avec",
        "apres",
        "au",
        "aux",
        "sur",
        "sans",
        "del",
        "al",
        "por",
        "con",
        "desde",
        "tras",
        "sin",
        "do",
        "da",
        "dos",
        "das",
        "em",
        "no",
        "na",
        "nos",
        "nas",
        "pelo",
        "pela",
        "com",
        "sem",
        "apos",
        "ao",
    )
)
_PURPOSE = frozenset(
    (
        "for",
        "to",
        "into",
        "as",
        "instead",
        "replacing",
        "fur",
        "zur",
        "zum",
        "als",
        "pour",
        "para",
        "como",
        "comme",
        "statt",
    )
)
_ROMANCE = frozenset(
    (
        "de",
        "du",
        "d",
        "del",
        "do",
        "da",
        "dos",
        "das",
        "des",
    )
)
_GERMAN = frozenset(
    (
        "aus",
        "von",
        "vom",
        "der",
        "beim",
        "zur",
        "zum",
        "fur",
        "und",
        "eines",
        "einer",
        "im",
    )
)
_DROPPED = frozenset(
    (
        "the",
        "a",
        "an",
        "and",
        "or",
        "und",
        "oder",
        "et",
        "ou",
        "y",
        "e",
        "o",
        "la",
        "le",
        "les",
        "el",
        "los",
        "las",
        "un",
        "une",
        "una",
        "um",
        "uma",
        "die",
        "das",
        "den",
        "dem",
        "ein",
        "eine",
        "l",
        "its",
        "their",
        "our",
        "my",
        "is",
        "are",
        "which",
        "that",
        "per",
        "about",
        "ca",
        "approx",
        "other",
        "etc",
    )
)
_FUNCTION = _ORIGIN | _PURPOSE | _DROPPED
_ORIGIN_OR_NOT = dict.fromkeys(_ORIGIN, MODIFIER_WEIGHT)
_FOR_CHINESE = re.compile("用于|用作|作为|替代|代替")
_FROM_CHINESE = re.compile("来自|产生的|中的|的")
_ENDINGS = (
    ("oes", "ao"),
    ("ais", "al"),
    ("eis", "el"),
    ("eaux", "eau"),
    ("aux", "al"),
)
_SHORTEST_STEM = 4


@dataclass(frozen=True, slots=True)
class Word:
    """A word of the text: its normal form, where it stands in the text, and how much it says about the thing named."""

    form: str
    start: int
    end: int
    weight: float


@dataclass(frozen=True, slots=True)
class Phrase:
    """A text as words, with the normal forms of its possible head nouns."""

    text: str
    words: tuple[Word, ...]
    heads: frozenset[str]
    key: str


_fold = lru_cache(maxsize=65_536)(fold)


@lru_cache(maxsize=65_536)
def normal(word: str) -> str:
    """Normal form of one word: folded, American spelling, singular, without the endings of gender and case."""
    folded = _fold(word)
    if not folded or _CJK.match(folded) or folded[0].isdigit():
        return folded
    for ending, replacement in _ENDINGS:
        if len(folded) > len(ending) + 2 and folded.endswith(ending):
            return _bare(folded[: -len(ending)] + replacement)
    return _bare(stem(spell(folded)))


def _bare(word: str) -> str:
    for ending in ("en", "er", "n", "e", "a", "o"):
        if word.endswith(ending) and len(word) - len(ending) >= _SHORTEST_STEM:
            return word[: -len(ending)]
    return word


def key_of(forms: Iterable[str]) -> str:
    """Whole-label key: normal forms without blanks, so that `fly ash`, `fly-ash` and `flyash` are one."""
    return "".join(forms)


def _whole(form: str) -> tuple[str, ...]:
    return (form,)


def read(text: str, split: Callable[[str], tuple[str, ...]] = _whole, mend: Callable[[str], str] = str) -> Phrase:
    """Read a phrase. `split` takes a normal form apart into the normal forms of a compound's parts; `mend`
    gives the known form that a misspelt one was meant to be, which then weighs a little less."""
    words: list[Word] = []
    first_zone: list[str] = []
    key: list[str] = []
    weight, brackets, romance, german = 1.0, 0, False, False
    position = 0
    for match in _WORD.finditer(text):
        between = text[position : match.start()]
        if between and between != " ":
            opened = between.count("(") + between.count("（") - between.count(")") - between.count("）")
            brackets = max(0, brackets + opened)
            if weight != PURPOSE_WEIGHT and _MARK.search(between):
                weight = 1.0
        position = match.end()
        word = match.group()
        if _CJK.match(word):
            words.extend(_chinese(word, match.start(), ASIDE_WEIGHT if brackets else weight))
            key.append(word)
            continue
        folded = _fold(word)
        romance, german = romance or folded in _ROMANCE, german or folded in _GERMAN
        if folded in _FUNCTION and not (len(folded) == 1 and text[position : position + 1] == "-"):
            weight = PURPOSE_WEIGHT if folded in _PURPOSE else min(weight, _ORIGIN_OR_NOT.get(folded, weight))
            continue
        form = normal(word)
        here = min(weight, ASIDE_WEIGHT) if brackets else weight
        parts = split(form)
        meant = [mend(part) for part in parts]
        for part, read_as in zip(parts, meant, strict=True):
            share = 1.0 if part == read_as else MENDED_WEIGHT
            words.append(Word(read_as, match.start(), match.end(), here * share))
        key.append(meant[0] if len(meant) == 1 else form)
        if here == 1.0:
            first_zone.append(meant[-1])
    return Phrase(text, tuple(words), _heads(words, first_zone, romance and not german), key_of(key))


def _heads(words: list[Word], first_zone: list[str], romance: bool) -> frozenset[str]:
    chinese = [word for word in words if _CJK.match(word.form) and word.weight == 1.0]
    end = max((word.end for word in chinese), default=0)
    heads = {word.form for word in chinese if word.end == end}
    if first_zone:
        heads.add(first_zone[0] if romance else first_zone[-1])
    elif words and not heads:
        heads.add(words[0].form)
    return frozenset(heads)


def _chinese(run: str, start: int, weight: float) -> list[Word]:
    """Overlapping pairs and single characters of a run; what is `used for` and what stands before `的` weighs less."""
    purpose = _FOR_CHINESE.search(run)
    origin = max((found.end() for found in _FROM_CHINESE.finditer(run)), default=0)

    def weigh(at: int) -> float:
        if purpose and at >= purpose.start():
            return min(weight, PURPOSE_WEIGHT)
        return min(weight, MODIFIER_WEIGHT) if at < origin else weight

    found: list[Word] = []
    for at in range(len(run)):
        if at + 1 < len(run):
            found.append(Word(run[at : at + 2], start + at, start + at + 2, weigh(at)))
        found.append(Word(run[at], start + at, start + at + 1, weigh(at)))
    return found
