"""Country names in the six languages, and whether a question includes or excludes them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

from kg.model import LANGUAGES
from kg.search.questions.cues import Cues
from kg.search.questions.spans import Reader
from kg.text import fold

# Everyday names that the standard's own lists lack.
_EVERYDAY = {
    "uk": "GB", "u.k.": "GB", "great britain": "GB", "britain": "GB", "england": "GB", "usa": "US", "u.s.": "US",
    "u.s.a.": "US", "the states": "US", "america": "US", "eua": "US", "ee.uu.": "US", "eeuu": "US",
    "etats-unis": "US", "korea": "KR", "coreia": "KR", "corea": "KR", "coree": "KR", "holland": "NL", "holanda": "NL",
    "inglaterra": "GB", "gra-bretanha": "GB", "gran bretana": "GB", "angleterre": "GB", "grossbritannien": "GB",
    "czech republic": "CZ", "turkey": "TR", "uae": "AE", "prc": "CN", "republic of korea": "KR", "pays-bas": "NL",
    "paises bajos": "NL", "中国大陆": "CN", "台湾": "TW", "vereinigten konigreich": "GB",
    "vereinigten staaten": "US",
}  # fmt: skip
# Names that are common words of some language ("turkey" stays: a bird is no country to exclude).
_NOT_A_COUNTRY = frozenset({"jersey", "togo", "guernsey", "oman", "mali", "chad", "niger", "man"})
# Written small they are words of some language ("usa" is "uses" in Portuguese).
_WRITTEN_LARGE = frozenset({"usa", "uk", "uae", "prc", "eua"})


@cache
def country_names(language: str) -> Mapping[str, str]:
    """Folded country name -> ISO 3166-1 alpha-2 code, in the language and in English."""
    from babel import Locale

    names: dict[str, str] = {}
    for code_language in dict.fromkeys((language, "en")):
        for code, name in Locale(code_language).territories.items():
            if len(code) == 2 and code.isalpha() and code not in ("EU", "EZ", "UN", "QO", "XA", "XB", "ZZ"):
                names.setdefault(fold(name), code)
    names.update(_EVERYDAY)
    return {name: code for name, code in names.items() if name not in _NOT_A_COUNTRY}


def country_label(code: str, language: str) -> str:
    """A country's name in a language; the code itself when it is not known."""
    from babel import Locale

    return str(Locale(language if language in LANGUAGES else "en").territories.get(code, code))


@cache
def _pattern(language: str) -> re.Pattern[str]:
    names = sorted(country_names(language), key=len, reverse=True)
    body = "|".join(re.escape(name) for name in names)
    return re.compile(f"(?:{body})" if language == "zh" else rf"(?<!\w)(?:{body})(?:s|n)?(?!\w)")


def read_countries(reader: Reader, cues: Cues) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """(included, excluded) countries as (code, words). Names joined by "and", "or" or a comma share one polarity."""
    included: list[tuple[str, str]] = []
    excluded: list[tuple[str, str]] = []
    while first := _first(reader, cues.language):
        run = [first]
        joiner = cues.patterns["joiners"]
        while following := _next(reader, run[-1].end(), joiner, cues.language):
            run.append(following)
        start, end = first.start(), run[-1].end()
        before = _marker_before(reader.work[:start], cues)
        after = _marker_after(reader.work[end:], cues)
        start = before if before is not None else start
        end += after.end() if after else 0
        names = country_names(cues.language)
        found = [(_code(match.group(), names), reader.original(*match.span())) for match in run]
        (excluded if before is not None or after else included).extend(found)
        reader.take(start, end)
    return included, excluded


def country_at(reader: Reader, cues: Cues, start: int) -> int:
    """Where a country's name ends that begins at a position; 0 when none does."""
    match = _pattern(cues.language).match(reader.work, start)
    return match.end() if match else 0


def excludes(reader: Reader, cues: Cues, start: int, end: int) -> bool:
    """Whether a name is said to be left out, by words before or behind it."""
    return _marker_before(reader.work[:start], cues) is not None or _marker_after(reader.work[end:], cues) is not None


def _first(reader: Reader, language: str) -> re.Match[str] | None:
    """First country named in what is not yet understood."""
    for match in _pattern(language).finditer(reader.work):
        if _WRITTEN_LARGE.isdisjoint((match.group(), match.group()[:-1])) or reader.original(*match.span()).isupper():
            return match
    return None


def _next(reader: Reader, end: int, joiner: re.Pattern[str], language: str) -> re.Match[str] | None:
    gap = joiner.match(reader.work, end)
    if gap is None or gap.end() == end:
        return None
    return _pattern(language).match(reader.work, gap.end())


def _marker_before(text: str, cues: Cues) -> int | None:
    """Where an excluding word begins that stands right before the text's end, small words between allowed."""
    for match in cues.patterns["exclude"].finditer(text):
        gap = cues.patterns["joiners"].match(text, match.end())
        if gap is not None and gap.end() == len(text):
            return match.start()
    return None


def _marker_after(text: str, cues: Cues) -> re.Match[str] | None:
    """The excluding word with which a text begins."""
    return re.match(rf"[\s,，]*(?:{cues.patterns['exclude_after'].pattern})", text)


def _code(name: str, names: Mapping[str, str]) -> str:
    return names.get(name) or names[name[:-1]]
