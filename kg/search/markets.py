"""The market of a technology: sectors that feed it, sectors that buy what it makes, and what members hold that fits."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from kg.model import Level, Link, LinkMethod, Member, SectorRole
from kg.search.explanations import sector_sentence
from kg.search.features import precedent_key, votes
from kg.search.members import MemberReader
from kg.search.presenting import Presenter
from kg.search.question import Question, Reach
from kg.search.relevance import EVIDENCE_FROM, Floats, in_order, relevance
from kg.search.results import MarketAnswer, MarketSector
from kg.search.retrieval import Candidates
from kg.search.searching import Search
from kg.search.sectors import SectorRequest, basis_of, by_count
from kg.search.supports import Support, shown

_ROUTES_SHOWN = 5
_RESOURCES_SHOWN = 8
_EVIDENCE_PART = 0.6
"""Weight of precedents beside known routes in a market sector's score; both are shares."""


@dataclass(frozen=True, slots=True)
class _Market:
    """One technology under question: its candidates, their relevance, and the rows that are evidence."""

    question: Question
    found: Candidates
    scores: Floats
    rows: Sequence[int]


class MarketSearch:
    """Answers of one `Search` to where the market of a technology is."""

    def __init__(self, search: Search) -> None:
        self._search = search

    def answer(
        self, technology: str, request: SectorRequest, programme: str = "", members: Sequence[Member] = ()
    ) -> MarketAnswer:
        """Feedstock sectors and buying sectors of a technology in words or by id; `members` are the programme's."""
        search = self._search
        question = search.questions.read(technology, ("technology",))
        presenter = search.presenter(request.language)
        if not question.links:
            note = (
                f"{technology!r} was not recognised as a technology. GET /api/v1/concepts?scheme=technology lists them."
            )
            return MarketAnswer(technology, None, (), (), (), (), (), programme, (), note)
        concept = question.links[0].concept
        inputs, outputs = self._flows(concept)
        found = search.candidates(question, request.filters)
        scores = relevance(found)
        rows = [row for row in in_order(found, scores, EVIDENCE_FROM) if found.concepts[row] > 0]
        market = _Market(question, found, scores, rows or in_order(found, scores, EVIDENCE_FROM))
        asked = _inputs_question(question, inputs, self._search)
        reader = MemberReader(asked, search.knowledge, search.scale, presenter)
        return MarketAnswer(
            query=technology,
            technology=presenter.ref(concept),
            linked=presenter.linked(question.links),
            inputs=tuple(presenter.ref(material) for material in inputs),
            outputs=tuple(presenter.ref(o).label if search.vocabulary.get(o) else o for o in outputs),
            feedstock=self._side(market, SectorRole.PROVIDER, self._feeding(inputs, request.level), request, presenter),
            buyers=self._side(
                market, SectorRole.RECEIVER, self._buying(question, outputs, request.level), request, presenter
            ),
            programme=programme,
            holders=reader.holders(members),
            note=""
            if market.rows
            else "No completed synergy here used this technology; what follows is known, not shown.",
        )

    def _flows(self, concept: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Inputs and outputs of a technology; of its narrower ones where it names none itself."""
        inputs, outputs = self._search.vocabulary.technology_io(concept)
        if not inputs and not outputs:
            below = [self._search.vocabulary.technology_io(c) for c in self._search.vocabulary.descendants(concept)]
            inputs = tuple(dict.fromkeys(i for io in below for i in io[0]))
            outputs = tuple(dict.fromkeys(o for io in below for o in io[1]))
        known = tuple(i for i in inputs if self._search.vocabulary.get(i) is not None)
        return known, outputs

    def _feeding(self, inputs: Iterable[str], level: Level) -> Mapping[str, list[Support]]:
        """Usual sources of the inputs, by sector."""
        found: dict[str, list[Support]] = defaultdict(list)
        for material in inputs:
            for route in self._search.knowledge.sources_of(material):
                self._add(found, Support(route, _stated(material), 1.0), level)
        return found

    def _buying(self, question: Question, outputs: Iterable[str], level: Level) -> Mapping[str, list[Support]]:
        """Receivers of routes by the technology, and of the routes of what it makes."""
        found: dict[str, list[Support]] = defaultdict(list)
        for concept, reach in question.reach.items():
            if reach.relation in ("same", "narrower"):
                for route in self._search.vocabulary.routes_of_technology(concept):
                    self._add(found, Support(route, reach, reach.weight * route.strength / 3), level)
        for output in outputs:
            for route in self._search.knowledge.routes_of(output):
                self._add(found, Support(route, _stated(output), route.strength / 3), level)
        for supports in found.values():
            supports.sort(key=lambda s: (-round(s.weight, 9), s.route.id))
        return found

    def _add(self, found: dict[str, list[Support]], support: Support, level: Level) -> None:
        sector = self._search.knowledge.sector_at(support.route.receiver_sector, level)
        if sector:
            found[sector].append(support)

    def _side(
        self,
        market: _Market,
        role: SectorRole,
        known: Mapping[str, Sequence[Support]],
        request: SectorRequest,
        presenter: Presenter,
    ) -> tuple[MarketSector, ...]:
        documents = market.found.documents
        sectors = [self._search.features.sector_of(documents[row], role, request.level) for row in market.rows]
        keys = [precedent_key(documents[row]) for row in market.rows]
        shown_by = votes(sectors, keys, market.scores[list(market.rows)], len(sectors))
        weights = {sector: sum(s.weight for s in supports) for sector, supports in known.items()}
        total = sum(weights.values()) or 1.0
        score = {
            sector: _EVIDENCE_PART * shown_by.get(sector, 0.0) + (1 - _EVIDENCE_PART) * weights.get(sector, 0.0) / total
            for sector in {*shown_by, *weights}
        }
        order = sorted(score, key=lambda sector: (-round(score[sector], 9), sector))[: request.limit]
        rows = {sector: [r for r, s in zip(market.rows, sectors, strict=True) if s == sector] for sector in order}
        return tuple(
            self._sector(rank, sector, score[sector], market, rows[sector], known.get(sector, ()), request, presenter)
            for rank, sector in enumerate(order, start=1)
        )

    def _sector(
        self,
        rank: int,
        sector: str,
        score: float,
        market: _Market,
        rows: Sequence[int],
        supports: Sequence[Support],
        request: SectorRequest,
        presenter: Presenter,
    ) -> MarketSector:
        documents = [market.found.documents[row] for row in rows]
        evidence = tuple(
            presenter.evidence(
                market.found.documents[row],
                presenter.match(market.question, market.found, row, self._search.scale),
                float(market.scores[row]),
            )
            for row in rows[: request.evidence_limit]
        )
        routes = tuple(shown(support, presenter) for support in supports[:_ROUTES_SHOWN])
        basis = basis_of(bool(rows), supports)
        ref = presenter.ref(sector)
        precedents = len({precedent_key(document) for document in documents})
        countries = by_count(document.country for document in documents)
        resources = [*by_count(d.resource for d in documents), *(route.material.label for route in routes)]
        return MarketSector(
            rank=rank,
            sector=ref,
            score=round(score, 6),
            basis=basis,
            synergy_count=len(rows),
            precedent_count=precedents,
            countries=countries,
            resources=tuple(dict.fromkeys(resources))[:_RESOURCES_SHOWN],
            evidence=evidence,
            routes=routes,
            explanation=sector_sentence(ref.label, basis, (len(rows), precedents), countries, evidence, routes),
        )


def _stated(concept: str) -> Reach:
    return Reach(1.0, "same", (concept,), Link(concept, 1.0, LinkMethod.STATED))


def _inputs_question(question: Question, inputs: Sequence[str], search: Search) -> Question:
    """The question for what members hold: any of the technology's inputs or a kind of one, never by words alone."""
    reach = {material: _stated(material) for material in inputs}
    for material in inputs:
        for kind in search.vocabulary.descendants(material):
            reach.setdefault(kind, replace(_stated(material), relation="narrower", path=(material, kind)))
    return replace(question, reach=reach, terms=())
