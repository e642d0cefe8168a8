"""Answers questions in plain language: reads them, asks what they ask, and composes the answer from what is found."""

from __future__ import annotations

from typing import Any

from kg.search.places import places_of
from kg.search.questions import Entity, Intent, Interpretation, read_question
from kg.search.questions.composing import QuestionAnswer, Results, compose
from kg.search.questions.finding import ConceptFinder
from kg.service.parts import Parts
from kg.service.queries import AskQuery, Language, MarketQuery, RecruitmentQuery, SectorQuery, SynergyQuery
from kg.service.questions import Questions

_SHOWN = 10


class Asking:
    """Reads questions with the running service's words and asks its questions."""

    def __init__(self, parts: Parts, questions: Questions) -> None:
        self._parts = parts
        self._questions = questions

    def answer(self, query: AskQuery) -> QuestionAnswer:
        """An answer composed of evidence, or a plain word on what was not understood or is not on record.

        An interpretation that comes with the question stands as it is: the words are then not read again.
        """
        read = query.interpretation or self._read(query)
        return compose(query.question, read, self._ask(read, query.programme or read.programme))

    def _read(self, query: AskQuery) -> Interpretation:
        parts = self._parts
        language = query.language.value if query.language else ""
        finder = ConceptFinder(parts.vocabulary, parts.linker, parts.encoder, language or "en")
        names = [name for name, _, _ in parts.store.programmes()]
        places = places_of(parts.store.places())
        return read_question(query.question, finder, language=language, programmes=names, places=places)

    def _ask(self, read: Interpretation, programme: str) -> Results | None:
        evidence: dict[str, Any] = {
            "country": read.include_countries,
            "exclude_country": read.exclude_countries,
            "place": (read.place,) if read.place else (),
            "year_from": read.year_from,
            "year_to": read.year_to,
            "lang": Language(read.language),
            "limit": _SHOWN,
        }
        resource = _words(read.resource)
        if read.intent is Intent.SYNERGIES:
            return self._questions.search(_synergy_query(read, evidence))
        if read.intent is Intent.MARKETS and read.technology:
            technology = read.technology.id or read.technology.words
            return self._questions.markets(MarketQuery(technology=technology, programme=programme, **evidence))
        if read.intent is Intent.RECRUIT and resource and programme:
            return self._questions.recruit(RecruitmentQuery(resource=resource, programme=programme, **evidence))
        if read.intent in (Intent.SECTORS, Intent.RECRUIT) and resource:
            technology_ids = (read.technology.id,) if read.technology and read.technology.id else ()
            return self._questions.sectors(SectorQuery(resource=resource, technology=technology_ids, **evidence))
        return None


def _words(entity: Entity | None) -> str:
    """What to search for: the user's own words, which say more than a label; the id of a code or an edited concept."""
    if entity is None:
        return ""
    return entity.id if entity.id.startswith("low:") or not entity.words else entity.words


def _synergy_query(read: Interpretation, evidence: dict[str, Any]) -> SynergyQuery:
    sector = (read.sector.id,) if read.sector and read.sector.id else ()
    sides = {"receiver": "receiver_sector", "provider": "provider_sector"}
    party: dict[str, Any] = {sides.get(read.sector_role, "sector"): sector}
    return SynergyQuery(
        resource=_words(read.resource),
        technology=(read.technology.id,) if read.technology and read.technology.id else (),
        programme=(read.programme,) if read.programme else (),
        **party,
        **evidence,
    )
