"""Whom a programme should recruit for a resource: sectors without members of its own, each with its business case."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from kg.model import Member, Synergy
from kg.search.explanations import listed, plural
from kg.search.members import MemberReader, held_quantities
from kg.search.question import Question
from kg.search.results import (
    Basis,
    BusinessCase,
    CaseOutcome,
    RecruitmentAnswer,
    RecruitmentTarget,
    SectorItem,
)
from kg.search.searching import Search
from kg.search.sectors import SectorRequest, SectorSearch

ReadSynergies = Callable[[Sequence[str]], Sequence[Synergy]]


class RecruitmentSearch:
    """Answers of one `Search` to whom to recruit. `synergies` reads whole synergies for their outcomes."""

    def __init__(self, search: Search, synergies: ReadSynergies) -> None:
        self._search = search
        self._sectors = SectorSearch(search)
        self._synergies = synergies

    def answer(
        self, resource: str, programme: str, members: Sequence[Member], request: SectorRequest
    ) -> RecruitmentAnswer:
        """Receiving sectors, split by whether `members` (all of the programme's) are in them. Adjacent guesses are left
        out: a company is not recruited on a guess."""
        search = self._search
        question = search.questions.read(resource)
        found = self._sectors.answer_question(question, request)
        presenter = search.presenter(request.language)
        reader = MemberReader(question, search.knowledge, search.scale, presenter)
        there = reader.by_sector(members, request.level)
        holders = reader.holders(members)
        items = [item for item in found.items if item.basis is not Basis.ADJACENT]
        outcomes = self._outcomes(items)
        held = held_quantities(holders)
        targets = [
            RecruitmentTarget(
                item, tuple(there.get(item.sector.id, ())), case_of(item, question, held, outcomes, programme)
            )
            for item in items
        ]
        return RecruitmentAnswer(
            query=found.query,
            programme=programme,
            member_count=len(members),
            present=tuple(target for target in targets if target.members),
            recruit=tuple(target for target in targets if not target.members),
            holders=holders,
            linked=found.linked,
            nearest=found.nearest,
            note=found.note,
        )

    def _outcomes(self, items: Sequence[SectorItem]) -> Mapping[str, tuple[CaseOutcome, ...]]:
        """Outcomes by synergy; one read for all evidence shown."""
        ids = sorted({evidence.synergy for item in items for evidence in item.evidence if evidence.outcomes})
        return {
            synergy.id: tuple(CaseOutcome(synergy.id, outcome, synergy.source) for outcome in synergy.outcomes)
            for synergy in (self._synergies(ids) if ids else ())
        }


def case_of(
    item: SectorItem,
    question: Question,
    held: Mapping[str, float],
    outcomes: Mapping[str, tuple[CaseOutcome, ...]],
    programme: str,
) -> BusinessCase:
    """The case for recruiting a sector, from its evidence and routes alone."""
    uses = [evidence.used_as for evidence in item.evidence if evidence.used_as]
    uses += [route.becomes for route in item.routes if route.becomes]
    return BusinessCase(
        headline=_headline(item, question.text, held, programme),
        uses=tuple(dict.fromkeys(uses)),
        countries=item.countries,
        programmes=item.programmes,
        quantities=item.quantities,
        held=held,
        outcomes=tuple(outcome for evidence in item.evidence for outcome in outcomes.get(evidence.synergy, ())),
        sources=tuple(dict.fromkeys(evidence.source for evidence in item.evidence)),
    )


def _headline(item: SectorItem, resource: str, held: Mapping[str, float], programme: str) -> str:
    if item.synergy_count:
        done = f"{plural(item.synergy_count, 'completed synergy', 'completed synergies')} took {resource} here"
        if item.countries:
            done += f", in {listed(item.countries)}"
    else:
        done = f"no completed synergy yet; {plural(len(item.routes), 'known route leads', 'known routes lead')} here"
    text = f"{item.sector.label}: {done}"
    if held:
        amounts = listed([f"{amount:,.0f} {unit}" for unit, amount in held.items()])
        text += f"; members of {programme} hold {amounts}"
    return f"{text}."
