"""Questions and their answers, over the parts of a running service."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from kg.errors import InputError, NotFound
from kg.model import Level, Link, Synergy
from kg.search.concept_search import ConceptSearch
from kg.search.markets import MarketSearch
from kg.search.presenting import Presenter
from kg.search.recruitment import RecruitmentSearch
from kg.search.results import MarketAnswer, RecruitmentAnswer, SectorAnswer, SynergyAnswer, SynergyDetail, SynergyHit
from kg.search.searching import Search
from kg.search.sectors import SectorRequest, SectorSearch
from kg.search.synergies import SynergyRequest, SynergySearch
from kg.service.concepts import ConceptFinder
from kg.service.filters import FilterReader
from kg.service.parts import Parts
from kg.service.queries import EvidenceQuery, MarketQuery, RecruitmentQuery, SectorQuery, SynergyQuery

if TYPE_CHECKING:
    from kg.search.evaluation import Evaluation


@dataclass(frozen=True, slots=True)
class _Desks:
    """The kinds of search over one opened index."""

    search: Search
    synergies: SynergySearch
    sectors: SectorSearch
    recruitment: RecruitmentSearch
    markets: MarketSearch


class Questions:
    """Asks the one ranking. What it needs is opened at the first question."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._lock = threading.Lock()
        self._opened: _Desks | None = None

    @cached_property
    def finder(self) -> ConceptFinder:
        """Finds concepts; it needs no index, and counts nothing where there is no graph."""
        parts = self._parts
        return ConceptFinder(
            parts.vocabulary,
            lambda ids: parts.store.concept_counts(ids) if parts.exists else {},
            lambda *asked: ConceptSearch(parts.vocabulary, parts.linker, parts.encoder).find(*asked),
        )

    @cached_property
    def _filters(self) -> FilterReader:
        parts = self._parts
        return FilterReader(
            parts.vocabulary, self.finder, self._programmes, lambda: parts.store.places(), parts.settings
        )

    def _programmes(self) -> list[str]:
        return [name for name, _, _ in self._parts.store.programmes()]

    def warm(self) -> None:
        """Open the index and ask once, so that no person waits for what only the first question needs."""
        if self._parts.require_index().count():
            self.sectors(SectorQuery(resource="fly ash"))

    def evaluation(self, sheet: Path | None, progress: Callable[[str, int, int], None] | None) -> Evaluation:
        """Measures of the ranking: on the index, each synergy's group hidden, or on a sheet of cases."""
        from kg.search.evaluation import cases_of_index, cases_of_sheet, evaluate

        search, vocabulary = self._desks().search, self._parts.vocabulary
        cases = cases_of_sheet(sheet, vocabulary) if sheet else cases_of_index(search.views, vocabulary)
        if not cases:
            raise InputError(
                "No case has a resource and a receiver whose division is known.",
                hint="Import completed synergies with receiver sectors, or name a sheet that has them.",
            )
        return evaluate(search, cases, fitted=sheet is None, progress=progress)

    def search(self, query: SynergyQuery) -> SynergyAnswer:
        """A page of synergies, ranked, or listed when nothing is asked in words."""
        text = " ".join(filter(None, (query.resource, query.q)))
        request = SynergyRequest(text, self._filters.read(query), query.limit, query.cursor, query.lang.value)
        return self._desks().synergies.answer(request)

    def synergy(self, id_: str, language: str) -> SynergyDetail:
        """One synergy whole, with synergies like it; raises `NotFound`."""
        desks = self._desks()
        store = self._parts.store
        found = store.synergies([id_])
        if not found:
            raise NotFound(f"There is no synergy {id_[:100]!r}.", hint="GET /api/v1/synergies finds synergies.")
        documents = desks.search.views.documents([id_])
        related = desks.synergies.related(documents[0], language=language) if documents else ()
        batch = store.synergy_batches([id_]).get(id_, "")
        return _detail(found[0], Presenter(self._parts.vocabulary, language), batch, related)

    def sectors(self, query: SectorQuery) -> SectorAnswer:
        """Sectors that take or give a resource."""
        request = replace(self._request(query, query.level), role=query.role)
        return self._desks().sectors.answer(query.resource, request)

    def recruit(self, query: RecruitmentQuery) -> RecruitmentAnswer:
        """Sectors a programme should recruit; raises `UnknownFilter` for a programme that is not known."""
        desks, programme = self._desks(), self._filters.programme(query.programme)
        members = self._parts.store.members(programme)
        return desks.recruitment.answer(query.resource, programme, members, self._request(query, query.level))

    def markets(self, query: MarketQuery) -> MarketAnswer:
        """The market of a technology, compared with what a programme's members hold if one is named."""
        desks = self._desks()
        programme = self._filters.programme(query.programme) if query.programme else ""
        members = self._parts.store.members(programme) if programme else []
        return desks.markets.answer(query.technology, self._request(query, query.level), programme, members)

    def _request(self, query: EvidenceQuery, level: Level) -> SectorRequest:
        filters = self._filters.read(query)
        return SectorRequest(level=level, filters=filters, limit=query.limit, language=query.lang.value)

    def _desks(self) -> _Desks:
        views = self._parts.require_index()
        with self._lock:
            if self._opened is None or self._opened.search.views is not views:
                parts = self._parts
                cache = parts.settings.models / "search"
                search = Search(views, parts.vocabulary, parts.encoder, parts.linker, cache=cache)
                self._opened = _Desks(
                    search,
                    SynergySearch(search),
                    SectorSearch(search),
                    RecruitmentSearch(search, lambda ids: parts.store.synergies(ids)),
                    MarketSearch(search),
                )
            return self._opened


def _detail(synergy: Synergy, presenter: Presenter, batch: str, related: tuple[SynergyHit, ...]) -> SynergyDetail:
    materials: dict[str, Link] = {}
    for link in (link for flow in synergy.flows for link in flow.materials):
        materials.setdefault(link.concept, link)
    waste = next((flow.waste_code for flow in synergy.flows if flow.waste_code), "")
    return SynergyDetail(
        synergy=synergy,
        provider_sector=presenter.maybe(synergy.provider.sector),
        receiver_sector=presenter.maybe(synergy.receiver.sector),
        materials=presenter.linked(materials.values()),
        technologies=presenter.linked(synergy.technologies),
        waste_code=presenter.maybe(waste),
        batch=batch,
        related=related,
    )
