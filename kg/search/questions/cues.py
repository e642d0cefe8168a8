"""The ways of asking, read from `cues.toml` and compiled once a language."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from kg.model import LANGUAGES
from kg.text import fold

_YEAR = r"((?:19|20)\d\d)"
# An elided article ("l'", "d'") is followed by a letter, every other word by something that is none.
_WORD_END = r"(?:(?<=')|(?!\w))"


@dataclass(frozen=True, slots=True)
class Cues:
    """Compiled patterns of one language by name; `units` are alternations for quantities."""

    language: str
    patterns: Mapping[str, re.Pattern[str]]
    years: Mapping[str, re.Pattern[str]]
    units: Mapping[str, str]


@cache
def cues(language: str) -> Cues:
    """Patterns of a language of `LANGUAGES`."""
    raw = _raw()[language]
    latin = language != "zh"
    names = ("recruit", "markets", "synergies", "sectors", "receiver", "provider", "exclude", "exclude_after", "breaks",
             "place", "place_after")  # fmt: skip
    patterns = {name: _compile(raw[name], latin) for name in names}
    patterns["joiners"] = re.compile(rf"(?:[\s,;、，]|{_alternation(raw['joiners'], latin)})*")
    noise = [*raw["noise"], *raw["receiver"], *raw["provider"]]
    patterns["noise"] = _edge(noise, latin)
    firm = [line for line in noise if not re.fullmatch("|".join(raw["used"]), line)]
    patterns["firm_noise"] = _edge(firm, latin)
    years = {
        name: _compile([line.replace("{y}", _YEAR) for line in raw[name]], latin)
        for name in ("between", "since", "after", "until", "before", "during")
    }
    units = {
        name: _alternation(raw[name], False) for name in ("thousand", "million", "tonne", "cubic_metre", "per_year")
    }
    return Cues(language, patterns, years, units)


def likely_languages(text: str) -> tuple[str, ...]:
    """Languages whose small words and cues cover most of the question; all of them when nothing tells."""
    if re.search(r"[\u3400-\u9fff]", text):
        return ("zh",)
    words = re.findall(r"[^\W\d_]+", fold(text))
    scores = {language: sum(word in _small_words(language) for word in words) for language in LANGUAGES}
    best = max(scores.values())
    return tuple(language for language in LANGUAGES if scores[language] == best)


@cache
def _small_words(language: str) -> frozenset[str]:
    raw = _raw()[language]
    lines = " ".join([*raw["noise"], *raw["joiners"], *raw["receiver"], *raw["provider"], *raw["sectors"]])
    return frozenset(re.findall(r"[^\W\d_]{2,}|\b[aeoyu]\b", fold(re.sub(r"\(\?[:=!]|[?|()\[\]\\]", " ", lines))))


@cache
def _raw() -> Mapping[str, Mapping[str, list[str]]]:
    text = files("kg.search.questions").joinpath("cues.toml").read_text(encoding="utf-8")
    loaded: Mapping[str, Mapping[str, list[str]]] = tomllib.loads(text)
    return loaded


def _alternation(lines: list[str], latin: bool) -> str:
    ordered = sorted((_fold_pattern(line) for line in lines), key=len, reverse=True)
    # A line that looks ahead says itself what follows it.
    bounded = [line if "(?=" in line or not latin else rf"{line}{_WORD_END}" for line in ordered]
    body = "|".join(bounded) or r"(?!)"
    return rf"(?:(?<!\w)(?:{body}))" if latin else f"(?:{body})"


def _compile(lines: list[str], latin: bool) -> re.Pattern[str]:
    return re.compile(_alternation(lines, latin))


def _edge(lines: list[str], latin: bool) -> re.Pattern[str]:
    body = "|".join(sorted((fold(line) for line in lines), key=len, reverse=True))
    if not latin:
        return re.compile(rf"^(?:{body})+|(?:{body})+$")
    return re.compile(rf"^(?:(?:{body}){_WORD_END}[\s,;:]*)+|(?:[\s,;:]*(?<!\w)(?:{body}))+$")


def _fold_pattern(line: str) -> str:
    r"""Fold the letters of a pattern; `\W` must not become `\w`."""
    return r"\W".join(fold(part) if part.strip() else part for part in line.split(r"\W"))
