"""Which sectors take (or give) a resource: ranked, each with its evidence, its known routes, and why."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from kg.graph.protocol import Filters, SearchDocument
from kg.model import Level, SectorRole
from kg.search.explanations import sector_sentence
from kg.search.features import precedent_key
from kg.search.model import PARTS
from kg.search.presenting import Presenter
from kg.search.question import Question
from kg.search.relevance import EVIDENCE_FROM, Floats, in_order, relevance
from kg.search.results import Basis, NearestResource, SectorAnswer, SectorItem
from kg.search.retrieval import Candidates
from kg.search.searching import Ranked, Search
from kg.search.supports import Support, shown, supports, weightiest_first
from kg.text import fold

_ROUTES_SHOWN = 5
_NEAREST_SHOWN = 5
_NEAREST_READ = 50
_LISTED = 12


@dataclass(frozen=True, slots=True)
class SectorRequest:
    """What to ask of sectors: role, level, filters that hold before the cut, items and evidence rows wanted."""

    role: SectorRole = SectorRole.RECEIVER
    level: Level = Level.DIVISION
    filters: Filters = field(default_factory=Filters)
    limit: int = 20
    evidence_limit: int = 5
    language: str = "en"


class SectorSearch:
    """Answers of one `Search` to questions about sectors."""

    def __init__(self, search: Search) -> None:
        self._search = search

    def answer(self, resource: str, request: SectorRequest) -> SectorAnswer:
        """Ranked sectors for a resource in words, by concept id or by waste code."""
        return self.answer_question(self._search.questions.read(resource), request)

    def answer_question(self, question: Question, request: SectorRequest) -> SectorAnswer:
        """The same for a question read already."""
        search = self._search
        found = search.candidates(question, request.filters)
        scores = relevance(found)
        rows = in_order(found, scores, EVIDENCE_FROM)
        presenter = search.presenter(request.language)
        nearest = () if rows else nearest_resources(found, presenter)
        if not rows and not question.links:
            return SectorAnswer(
                question.text, request.role, request.level, (), nearest=nearest, note=_nothing_known(question.text)
            )
        grounds = _Grounds(self._search, question, request, found, scores, rows, presenter)
        ranking = search.rank(question, found, request.role, request.level)
        items = grounds.items(ranking)
        bases = Counter(item.basis for item in items)
        return SectorAnswer(
            query=question.text,
            role=request.role,
            level=request.level,
            items=tuple(items),
            linked=presenter.linked(question.links),
            nearest=nearest,
            evidence_count=bases[Basis.EVIDENCE] + bases[Basis.BOTH],
            route_count=bases[Basis.ROUTE],
            adjacent_count=bases[Basis.ADJACENT],
            note="" if rows else _only_knowledge(question.text, bool(items)),
        )


class _Grounds:
    """Collects the grounds of one question's sectors and builds their items."""

    def __init__(
        self,
        search: Search,
        question: Question,
        request: SectorRequest,
        found: Candidates,
        scores: Floats,
        rows: Sequence[int],
        presenter: Presenter,
    ) -> None:
        self._search = search
        self._question = question
        self._request = request
        self._found = found
        self._scores = scores
        self._presenter = presenter
        self._routes = supports(question, search.knowledge, request.role, request.level)
        self._rows: Mapping[str, list[int]] = self._by_sector(rows)

    def _by_sector(self, rows: Sequence[int]) -> dict[str, list[int]]:
        grouped: dict[str, list[int]] = defaultdict(list)
        for row in rows:
            document = self._found.documents[row]
            sector = self._search.features.sector_of(document, self._request.role, self._request.level)
            if sector:
                grouped[sector].append(row)
        return grouped

    def items(self, ranking: Ranked) -> list[SectorItem]:
        """The first sectors of a ranking, each with its grounds."""
        return [self._item(place, ranking) for place in range(min(self._request.limit, len(ranking.sectors)))]

    def _item(self, place: int, ranking: Ranked) -> SectorItem:
        sector = ranking.sectors[place]
        rows, routes = self._rows.get(sector, []), weightiest_first(self._routes.get(sector, ()))
        documents = [self._found.documents[row] for row in rows]
        basis = basis_of(bool(rows), routes)
        kept = [route for route in routes if route.direct or basis is Basis.ADJACENT][:_ROUTES_SHOWN]
        routes_shown = tuple(shown(route, self._presenter) for route in kept)
        evidence = tuple(
            self._presenter.evidence(
                self._found.documents[row],
                self._presenter.match(self._question, self._found, row, self._search.scale),
                float(self._scores[row]),
            )
            for row in rows[: self._request.evidence_limit]
        )
        ref = self._presenter.ref(sector)
        precedents = len({precedent_key(document) for document in documents})
        countries = by_count(document.country for document in documents)
        return SectorItem(
            rank=place + 1,
            sector=ref,
            score=round(float(ranking.scores[place]), 6),
            confidence=round(float(ranking.confidences[place]), 4),
            basis=basis,
            synergy_count=len(rows),
            precedent_count=precedents,
            countries=countries,
            programmes=by_count(document.programme for document in documents),
            technologies=by_count(document.technology for document in documents)[:_LISTED],
            quantities=total_quantities(documents),
            evidence=evidence,
            routes=routes_shown,
            features={name: round(part, 6) for name, part in zip(PARTS, ranking.parts[place].tolist(), strict=True)},
            explanation=sector_sentence(ref.label, basis, (len(rows), precedents), countries, evidence, routes_shown),
        )


def basis_of(evidence: bool, routes: Sequence[Support]) -> Basis:
    """What a sector rests on: routes count only when they are of what was asked or of a kind of it."""
    direct = any(route.direct for route in routes)
    if evidence:
        return Basis.BOTH if direct else Basis.EVIDENCE
    return Basis.ROUTE if direct else Basis.ADJACENT


def by_count(names: Iterable[str]) -> tuple[str, ...]:
    """Distinct names, most frequent first, then by name; empty ones left out."""
    counts: dict[str, int] = {}
    for name in names:
        if name:
            counts[name] = counts.get(name, 0) + 1
    if len(counts) < 2:
        return tuple(counts)
    return tuple(sorted(counts, key=lambda name: (-counts[name], name)))


def total_quantities(documents: Sequence[SearchDocument]) -> dict[str, float]:
    """Sums of the quantities by unit."""
    sums: dict[str, float] = defaultdict(float)
    for document in documents:
        if document.quantity_value is not None and document.quantity_unit:
            sums[document.quantity_unit] += document.quantity_value
    return dict(sorted(sums.items()))


def nearest_resources(found: Candidates, presenter: Presenter) -> tuple[NearestResource, ...]:
    """Resources that have been used and are nearest in meaning, one for each wording."""
    close = np.argsort(-found.similarity, kind="stable")[:_NEAREST_READ].tolist()
    grouped: dict[str, list[int]] = defaultdict(list)
    for row in close:
        grouped[fold(found.documents[row].resource)].append(row)
    best = {name: rows[0] for name, rows in grouped.items()}
    order = sorted(best, key=lambda name: (-round(float(found.similarity[best[name]]), 9), name))[:_NEAREST_SHOWN]
    return tuple(
        NearestResource(
            resource=found.documents[best[name]].resource,
            similarity=round(float(found.similarity[best[name]]), 4),
            synergy_count=len(grouped[name]),
            synergy=found.documents[best[name]].id,
            concept=presenter.maybe(next(iter(found.documents[best[name]].materials), "")),
        )
        for name in order
    )


def _nothing_known(text: str) -> str:
    return f"Nobody here has used {text!r}, and no known route was found for it. The nearest resources are named."


def _only_knowledge(text: str, items: bool) -> str:
    if not items:
        return f"Nobody here has used {text!r}, and no known route leads from it. The nearest resources are named."
    return f"No completed synergy here has used {text!r}: what follows rests on known routes, not on precedents."
