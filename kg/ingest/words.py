"""The words of `headings.toml`, folded and turned round for look-up. Read once, on first use."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

from kg.text import fold

_PUNCTUATION = re.compile(r"[\s_\-./\\:;,'’\"“”#*?!|&+%№°º]+")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_CJK_GAP = re.compile(r"(?<=[\u3400-\u9fff]) (?=[\u3400-\u9fff])")


@dataclass(frozen=True, slots=True)
class Heading:
    """What a heading's words mean: a field, and the languages in which they mean it."""

    field: str
    languages: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class HeadingWords:
    """Look-up tables by folded words. `parties` and `attributes` are put together, the others stand alone."""

    small: frozenset[str]
    parties: dict[str, Heading]
    attributes: dict[str, Heading]
    shared: dict[str, Heading]
    synergy: dict[str, Heading]
    member: dict[str, Heading]
    outcome: dict[str, Heading]
    values: dict[str, dict[str, str]]


def key(text: str, small: frozenset[str] = frozenset()) -> str:
    """The form in which words are compared: folded, punctuation as blanks, small words left out."""
    spaced = _PUNCTUATION.sub(" ", fold(_CAMEL.sub(" ", text))).strip()
    kept = " ".join(word for word in spaced.split() if word not in small) or spaced
    return _CJK_GAP.sub("", kept)


@lru_cache(maxsize=1)
def heading_data() -> dict[str, Any]:
    """The file that ships with the package, as it is written."""
    return tomllib.loads(files("kg.ingest").joinpath("headings.toml").read_text(encoding="utf-8"))


@lru_cache(maxsize=1)
def heading_words() -> HeadingWords:
    """The file's words, folded, by what they mean."""
    data = heading_data()
    small = frozenset(fold(word) for word in data["small_words"])
    return HeadingWords(
        small=small,
        parties=_turned(data["party"], small),
        attributes=_turned(data["attribute"], small),
        shared=_turned(data["shared"], small),
        synergy=_turned(data["synergy"], small),
        member=_turned(data["member"], small),
        outcome=_turned(data["outcome"], small),
        values={
            group: {key(word) or fold(word): meaning for meaning, words in table.items() for word in words}
            for group, table in data["words"].items()
        },
    )


def _turned(table: dict[str, Any], small: frozenset[str]) -> dict[str, Heading]:
    found: dict[str, Heading] = {}
    for field, languages in table.items():
        for language, variants in languages.items():
            for variant in (*variants, field.replace("_", " ")):
                folded = key(variant, small)
                known = found.get(folded)
                if known is None:
                    found[folded] = Heading(field, (language,))
                elif known.field == field and language not in known.languages:
                    found[folded] = Heading(field, (*known.languages, language))
    return found


@lru_cache(maxsize=4096)
def meaning(group: str, text: str) -> str:
    """What a cell's word means in a group of `[words]` (`status`, `kind`, `role`, `truth`, ...), or empty."""
    table = heading_words().values[group]
    return table.get(key(text) or fold(text), "")


@lru_cache(maxsize=1)
def nothing_words() -> frozenset[str]:
    """Folded cell texts that say there is no value."""
    return frozenset(word.casefold() for word in heading_data()["words"]["nothing"]["cell"])
