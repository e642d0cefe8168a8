"""Questions and their answers: synergies, sectors, recruitment, markets, concepts."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from api.desk import Desk, answers
from kg.search.questions.composing import QuestionAnswer
from kg.search.results import MarketAnswer, RecruitmentAnswer, SectorAnswer, SynergyAnswer, SynergyDetail
from kg.service.answers import ConceptAnswer, ConceptDetail
from kg.service.queries import (
    AskQuery,
    ConceptQuery,
    Language,
    MarketQuery,
    RecruitmentQuery,
    SectorQuery,
    SynergyQuery,
)

SynergyId = Annotated[str, Path(description="Id of a synergy", examples=["ae-ega-carbondust-cement"], max_length=500)]
ConceptId = Annotated[str, Path(description="Id of a concept", examples=["material:fly-ash"], max_length=500)]
Shown = Annotated[Language, Query(description="Language of the labels shown")]


def router(desk: Desk) -> APIRouter:
    """The asking half of the API."""
    routes = APIRouter(prefix="/api/v1", tags=["answers"])
    service, workers = desk.service, desk.workers

    @routes.get("/synergies", **answers(SynergyAnswer, "Ranked synergies, each with why it matched"))
    async def find_synergies(query: Annotated[SynergyQuery, Query()]) -> Response:
        """Find synergies by words, resource, concepts and facts."""
        return await workers.answer(lambda: service.search(query))

    @routes.get("/synergies/{id:path}", **answers(SynergyDetail, "The synergy whole, and synergies like it"))
    async def read_synergy(id: SynergyId, lang: Shown = Language.EN) -> Response:  # noqa: A002
        """One synergy: parties, flows, concepts, outcomes, source, batch and related synergies."""
        return await workers.answer(lambda: service.synergy(id, lang))

    @routes.get("/sectors", **answers(SectorAnswer, "Ranked sectors, each with its evidence and routes"))
    async def rank_sectors(query: Annotated[SectorQuery, Query()]) -> Response:
        """Which sectors take a resource, or give it."""
        return await workers.answer(lambda: service.sectors(query))

    @routes.get("/recruitment", **answers(RecruitmentAnswer, "Sectors the programme has, and sectors to recruit"))
    async def recruit(query: Annotated[RecruitmentQuery, Query()]) -> Response:
        """Which sectors a programme should recruit for a resource, each with its case."""
        return await workers.answer(lambda: service.recruit(query))

    @routes.get("/markets", **answers(MarketAnswer, "Sectors that feed the technology and that buy what it makes"))
    async def find_markets(query: Annotated[MarketQuery, Query()]) -> Response:
        """Who feeds a technology, who buys its products, and what members hold that fits."""
        return await workers.answer(lambda: service.markets(query))

    @routes.post("/ask", **answers(QuestionAnswer, "The answer in words, how the question was read, and the results"))
    async def ask(query: AskQuery) -> Response:
        """Answer a question in plain language, in six languages; only evidence is told, nothing is invented."""
        return await workers.answer(lambda: service.ask(query))

    @routes.get("/concepts", **answers(ConceptAnswer, "Concepts that fit, best first"))
    async def find_concepts(query: Annotated[ConceptQuery, Query()]) -> Response:
        """Find concepts of every scheme by words in any language, by code or by id."""
        return await workers.answer(lambda: service.concepts(query))

    @routes.get("/concepts/{id:path}", **answers(ConceptDetail, "The concept whole"))
    async def read_concept(id: ConceptId, lang: Shown = Language.EN) -> Response:  # noqa: A002
        """One concept: labels by language, hierarchy, mappings and synergy counts."""
        return await workers.answer(lambda: service.concept(id, lang))

    return routes
