"""Reads a question: takes out what is said of places, years, amounts and programmes, then what is asked, then names.

What remains between the understood parts are noun phrases; an `EntityFinder` says which concepts they name, or none.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Protocol

from kg.search.places import Places
from kg.search.questions.cues import Cues, cues, likely_languages
from kg.search.questions.interpretation import Entity, Intent, Interpretation
from kg.search.questions.localities import read_place, take_unknown
from kg.search.questions.measures import read_quantity, read_years
from kg.search.questions.places import read_countries
from kg.search.questions.spans import Reader
from kg.text import clean, fold

_CODE = re.compile(r"(?<![\d.])\d{2}[ .\-]\d{2}[ .\-]\d{2}\s?\*?(?![\d.])|(?<!\d)\d{6}\*?(?!\d)")
_SURE = 0.75
"""Without a word that says what is asked, a name must be this sure, or the text is no question of ours."""
_LIKELY = 0.6
"""With such a word, but others beside it that mean nothing to us, a name must be this sure."""
_RIVAL_MARGIN = 0.05
"""A sector or technology must fit a phrase by this much better than a material to be preferred without a cue."""


class EntityFinder(Protocol):
    """Finds the concept a phrase names, in any language; None when it names none of that kind."""

    def waste_code(self, text: str) -> Entity | None: ...

    def material(self, text: str) -> Entity | None: ...

    def technology(self, text: str) -> Entity | None: ...

    def sector(self, text: str) -> Entity | None: ...


def read_question(
    question: str,
    finder: EntityFinder,
    *,
    language: str = "",
    programmes: Sequence[str] = (),
    places: Places | None = None,
) -> Interpretation:
    """Interpretation of a question. `programmes` and `places` have the names that may be mentioned; none is guessed.

    When the words fit several languages alike, each is tried, and the reading that leaves least unexplained is kept.
    """
    text = clean(question)
    languages = (language,) if language else likely_languages(text)
    readings = [_read(text, finder, tongue, programmes, places) for tongue in languages]
    least = min(map(_unexplained, readings))
    best = [reading for reading in readings if _unexplained(reading) == least]
    named = best[0].resource or best[0].technology or best[0].sector
    return next((reading for reading in best if named and reading.language == named.language), best[0])


def _unexplained(reading: Interpretation) -> tuple[bool, int, int, int]:
    """What a reading leaves open, most telling first; of equals, the one whose names are shortest understood most."""
    named = [part for part in (reading.resource, reading.technology, reading.sector) if part is not None]
    unknown = reading.intent is Intent.UNKNOWN
    return unknown, len(reading.unused), -len(named), sum(len(part.words) for part in named)


def _read(
    text: str, finder: EntityFinder, language: str, programmes: Sequence[str], places: Places | None
) -> Interpretation:
    tongue = cues(language)
    reader = Reader(text)
    words: dict[str, str] = {}
    programme = _read_programme(reader, programmes, words)
    code = _read_code(reader, finder, words)
    years = read_years(reader, tongue)
    quantity, words["quantity"] = read_quantity(reader, tongue)
    place, words["place"] = read_place(reader, tongue, places) if places else ("", "")
    included, excluded = read_countries(reader, tongue)
    words["year"] = years.words
    words["include_countries"] = ", ".join(name for _, name in included)
    words["exclude_countries"] = ", ".join(name for _, name in excluded)
    unknown = take_unknown(reader, tongue, finder)
    sided = _side(reader, tongue)
    asked = _read_intent(reader, tongue, words)
    entities, unused = _read_entities(reader, finder, tongue, asked, code)
    intent = _settle(asked, entities, unused, place)
    unused += unknown
    if intent is Intent.UNKNOWN:  # what is too unsure to act on is not shown as understood
        unused = [*(entity.words for entity in entities.values()), *unused]
        entities = {}
    for name, entity in entities.items():
        words.setdefault(name, entity.words)
    return Interpretation(
        intent=intent,
        language=language,
        resource=entities.get("resource"),
        technology=entities.get("technology"),
        sector=entities.get("sector"),
        sector_role=sided if "sector" in entities and "resource" not in entities else "",
        include_countries=tuple(dict.fromkeys(code for code, _ in included)),
        exclude_countries=tuple(dict.fromkeys(code for code, _ in excluded)),
        place=place,
        programme=programme,
        year_from=years.first,
        year_to=years.last,
        quantity=quantity,
        words=tuple((name, said) for name, said in words.items() if said),
        unused=tuple(unused),
    )


def _read_programme(reader: Reader, programmes: Sequence[str], words: dict[str, str]) -> str:
    for name in sorted(programmes, key=lambda name: (-len(name), name)):
        start = reader.work.find(fold(name)) if name.strip() else -1
        if start >= 0:
            words["programme"] = reader.take(start, start + len(fold(name)))
            return name
    return ""


def _read_code(reader: Reader, finder: EntityFinder, words: dict[str, str]) -> Entity | None:
    for match in _CODE.finditer(reader.work):
        found = finder.waste_code(match.group())
        if found is not None:
            words["resource"] = reader.take(*match.span())
            return found
    return None


def _side(reader: Reader, tongue: Cues) -> str:
    """Whether the question asks what a sector takes (`receiver`) or gives (`provider`)."""
    if reader.find(tongue.patterns["provider"]):
        return "provider"
    return "receiver" if reader.find(tongue.patterns["receiver"]) else ""


def _read_intent(reader: Reader, tongue: Cues, words: dict[str, str]) -> Intent:
    """What is asked, by the first kind of cue that occurs; its words, wherever they stand, are taken out."""
    found = Intent.UNKNOWN
    for intent in (Intent.RECRUIT, Intent.MARKETS, Intent.SYNERGIES, Intent.SECTORS):
        while match := reader.find(tongue.patterns[intent.value]):
            if match.start() == match.end():
                break
            inner = _gap(match.group(), tongue)
            said = reader.take(match.start(), match.end()) if inner is None else _take_around(reader, match, inner)
            if found is Intent.UNKNOWN:
                found, words["intent"] = intent, said
    return found


def _gap(text: str, tongue: Cues) -> tuple[int, int] | None:
    """In German the verb stands at the end: the noun phrase between "wen sollten wir" and it must stay readable."""
    if tongue.language != "de":
        return None
    match = re.match(r"(wen \w+ wir )(.+?)( (?:anwerben|einladen|ansprechen|gewinnen|rekrutieren|aufnehmen))$", text)
    return (match.start(2), match.end(2)) if match else None


def _take_around(reader: Reader, match: re.Match[str], inner: tuple[int, int]) -> str:
    start = match.start()
    head = reader.take(start, start + inner[0])
    tail = reader.take(start + inner[1], match.end())
    return f"{head} … {tail}"


def _read_entities(
    reader: Reader, finder: EntityFinder, tongue: Cues, asked: Intent, code: Entity | None
) -> tuple[dict[str, Entity], list[str]]:
    entities: dict[str, Entity] = {"resource": code} if code else {}
    unused: list[str] = []
    for variants in _phrases(reader, tongue):
        kind, entity = _name(variants, finder, asked, entities)
        if entity is None:
            unused.append(variants[0])
        else:
            entities.setdefault(kind, entity)
    return entities, unused


def _phrases(reader: Reader, tongue: Cues) -> list[tuple[str, ...]]:
    """Noun phrases in the user's words: what is left between understood parts, small words trimmed from the edges.

    Words like "used" may belong to a name or not, so that a phrase can come in two variants, the shorter first.
    """
    while match := reader.find(tongue.patterns["breaks"]):
        reader.take(*match.span())
    found: list[tuple[str, ...]] = []
    for start, end in list(reader.chunks()):
        for part in re.finditer(r"[^,;?!？！，。；]+", reader.work[start:end]):
            variants: list[str] = []
            for noise in ("noise", "firm_noise"):
                left, right = _trim(part.group(), tongue.patterns[noise])
                variants.append(reader.original(start + part.start() + left, start + part.start() + right))
            kept = tuple(dict.fromkeys(words for words in variants if any(letter.isalnum() for letter in words)))
            if kept:
                found.append(kept)
    return found


def _trim(text: str, noise: re.Pattern[str]) -> tuple[int, int]:
    """Bounds of `text` without blanks and small words at its edges."""
    left, right = 0, len(text)
    while True:
        inner = text[left:right]
        stripped_left = len(inner) - len(inner.lstrip(" '\"«»“”.¿¡:"))
        stripped_right = len(inner.rstrip(" '\"«»“”.:"))
        inner = inner[stripped_left:stripped_right]
        left, right = left + stripped_left, left + stripped_right
        match = noise.search(inner)
        if not match or match.start() == match.end():
            return left, max(left, right)
        if match.start() == 0:
            left += match.end()
        else:
            right = left + match.start()


def _name(
    variants: tuple[str, ...], finder: EntityFinder, asked: Intent, entities: dict[str, Entity]
) -> tuple[str, Entity | None]:
    """The best concept for a phrase. A market question names a technology; elsewhere the closest fit wins."""
    favour = {"resource": _RIVAL_MARGIN, "technology": 0.0, "sector": 0.0}
    if asked is Intent.MARKETS:
        favour = {"resource": 0.0, "technology": 2 * _RIVAL_MARGIN, "sector": 0.0}
    ranked: list[tuple[float, str, Entity]] = []
    for phrase in variants:
        sector = finder.sector(phrase)
        if sector is not None and sector.score >= 1.0:  # the whole phrase is a sector's own name
            ranked.append((1.0 + 2 * _RIVAL_MARGIN, "sector", sector))
        named = (
            ("resource", finder.material(phrase)),
            ("technology", finder.technology(phrase)),
            ("sector", sector),
        )
        ranked += [(entity.score + favour[kind], kind, entity) for kind, entity in named if entity is not None]
    ranked.sort(key=lambda item: (-item[0], item[1], -len(item[2].words)))
    for _, kind, entity in ranked:
        if kind not in entities:
            return kind, entity
    return "", None


def _settle(asked: Intent, entities: dict[str, Entity], unused: Sequence[str], place: str) -> Intent:
    """The intent when names are known: nothing named, nothing understood; a bare name asks the usual. Exchanges can be
    asked for by their place alone."""
    if asked is Intent.SYNERGIES and place and not entities and not unused:
        return asked
    surest = max((entity.score for entity in entities.values()), default=0.0)
    if not entities or surest < (_SURE if asked is Intent.UNKNOWN else _LIKELY if unused else 0.0):
        return Intent.UNKNOWN
    if "resource" in entities:
        if asked is Intent.UNKNOWN or (asked is Intent.MARKETS and "technology" not in entities):
            return Intent.SECTORS
        return asked
    if "technology" in entities and asked in (Intent.UNKNOWN, Intent.SECTORS):
        return Intent.MARKETS
    if "sector" in entities and asked in (Intent.UNKNOWN, Intent.SECTORS):
        return Intent.SYNERGIES
    return asked
