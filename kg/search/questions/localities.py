"""A place named in a question: a province, town or park that some record has, behind a word that says where."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from kg.search.places import Places
from kg.search.questions.cues import Cues
from kg.search.questions.places import country_at, excludes
from kg.search.questions.spans import TAKEN, Reader

if TYPE_CHECKING:
    from kg.search.questions.reading import EntityFinder

# Alone they are something else that is written large: Portland cement.
_NOT_A_PLACE = frozenset({"portland"})
_SMALL = "de|do|da|dos|das|del|la|le|les|el|los|las|du|des|sur|of|upon"
_NAME = re.compile(rf"[^\W\d_]{{3,}}(?:[ -](?:(?:{_SMALL})\b|[^\W\d_]{{3,}}))*")
"""Words of a name; those of two letters only inside it: Rio de Janeiro."""
_ALL_WRITTEN_ALIKE = ("de", "zh")
"""Languages in which writing does not tell a name from a noun."""


def read_place(reader: Reader, cues: Cues, places: Places) -> tuple[str, str]:
    """(name as recorded, words of the question) of the longest place named, or two empty texts.

    A name in Latin letters counts behind a preposition of place and written large, since many are words too; a Chinese
    one wherever it stands. A country's name stays the country's, and a place to leave out is not read.
    """
    longest: tuple[int, str, int] | None = None
    for begin, at in _openings(reader, cues):
        name = places.named_at(reader.work, at)
        if len(name) > (len(longest[1]) if longest else 0) and _fits(reader, cues, at, name):
            longest = begin, name, at
    if longest is None:
        return "", ""
    begin, name, at = longest
    end = at + len(name)
    kind = re.compile(rf"\s*{cues.patterns['place_after'].pattern}").match(reader.work, end)
    said = reader.original(at, end)
    reader.take(begin, kind.end() if kind else end)
    return places.names[name], said


def take_unknown(reader: Reader, cues: Cues, finder: EntityFinder) -> list[str]:
    """Names that stand where a place would and are none that we know, so that the answer can say so.

    Only names written large in a language that writes nouns small, at the end of a phrase, that name no thing.
    """
    found: list[str] = []
    if cues.language in _ALL_WRITTEN_ALIKE:
        return found
    judged = 0
    openings = (*cues.patterns["place"].finditer(reader.work), *cues.patterns["exclude"].finditer(reader.work))
    for cue in sorted(openings, key=lambda match: match.start()):
        start = cue.end() + reader.work[cue.end() : cue.end() + 1].count(" ")
        name = _NAME.match(reader.work, start) if cue.start() >= judged else None
        while name and not _large(reader, name):
            name = _NAME.fullmatch(reader.work, start, max(name.group().rfind(" "), 0) + start)
        if name is None or not _ends_phrase(reader.work[name.end() :], cues):
            continue
        judged = name.end()
        said = reader.original(*name.span())
        if not (finder.material(said) or finder.technology(said) or finder.sector(said)):
            found.append(said)
            reader.take(cue.start(), name.end())
    return found


def _openings(reader: Reader, cues: Cues) -> Iterator[tuple[int, int]]:
    """(where its preposition begins, where it begins) of all that may be a place."""
    for cue in cues.patterns["place"].finditer(reader.work):
        inner = [cue.start() + word.start() for word in re.finditer(r"(?<=\s)\w", cue.group())]
        behind = cue.end() + reader.work[cue.end() : cue.end() + 1].count(" ")
        yield from ((cue.start(), at) for at in (*inner, behind))
    for chinese in re.finditer(r"[\u3400-\u9fff]", reader.work):
        yield chinese.start(), chinese.start()


def _fits(reader: Reader, cues: Cues, at: int, name: str) -> bool:
    """Whether a name is written as one, is no country's and is not to be left out."""
    end = at + len(name)
    if name in _NOT_A_PLACE or reader.original(at, end).islower():
        return False
    return country_at(reader, cues, at) < end and not excludes(reader, cues, at, end)


def _large(reader: Reader, name: re.Match[str]) -> bool:
    """Whether every word of a name begins large and goes on small; small words may stand within."""
    first, *others = re.split("[ -]", reader.original(*name.span()))
    last = others[-1] if others else first
    return first.istitle() and last.istitle() and all(word.istitle() or word in _SMALL.split("|") for word in others)


def _ends_phrase(rest: str, cues: Cues) -> bool:
    following = re.match(rf"\s*(?:$|[?!.,;:{TAKEN}])", rest)
    return following is not None or cues.patterns["noise"].match(rest.lstrip()) is not None
