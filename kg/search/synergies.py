"""Finding completed synergies: ranked by relevance with why each matched, or listed by id when nothing is asked."""

from __future__ import annotations

from dataclasses import dataclass, field

from kg.errors import BadCursor
from kg.graph.protocol import Filters, SearchDocument
from kg.search.cursors import fingerprint, read_cursor, write_cursor
from kg.search.question import Question
from kg.search.relevance import LISTED_FROM, Floats, in_order, relevance
from kg.search.results import Match, SynergyAnswer, SynergyHit
from kg.search.retrieval import Candidates
from kg.search.searching import Search

SCHEMES = ("material", "technology")


@dataclass(frozen=True, slots=True)
class SynergyRequest:
    """What to look for (`text`), among what, how many, from where on. An empty text lists all that passes."""

    text: str = ""
    filters: Filters = field(default_factory=Filters)
    limit: int = 20
    cursor: str = ""
    language: str = "en"


class SynergySearch:
    """Answers of one `Search` to questions for synergies."""

    def __init__(self, search: Search) -> None:
        self._search = search

    def answer(self, request: SynergyRequest) -> SynergyAnswer:
        """One page. Raises `BadCursor` for a cursor of another query or of an index that has changed since."""
        bound_to = fingerprint((request.text,), request.filters, self._search.views.sequence())
        position = read_cursor(request.cursor, bound_to) if request.cursor else ""
        if not request.text.strip():
            return self._listed(request, bound_to, position)
        return self._ranked(request, bound_to, _offset(position))

    def related(self, document: SearchDocument, limit: int = 5, language: str = "en") -> tuple[SynergyHit, ...]:
        """Synergies like one: near its own stored vector and concepts, itself and its repeats left out."""
        search = self._search
        filters = Filters(exclude_ids=frozenset({document.id}))
        vectors = search.views.vectors([document.id])
        question = search.questions.of_document(document, vectors[0] if len(vectors) else None)
        found = search.candidates(question, filters)
        scores = relevance(found)
        return self._hits(question, found, scores, in_order(found, scores, LISTED_FROM)[:limit], 0, language)

    def _ranked(self, request: SynergyRequest, bound_to: str, offset: int) -> SynergyAnswer:
        search = self._search
        question = search.questions.read(request.text, SCHEMES)
        found = search.candidates(question, request.filters)
        scores = relevance(found)
        rows = in_order(found, scores, LISTED_FROM)
        page = rows[offset : offset + request.limit]
        after = offset + len(page)
        return SynergyAnswer(
            query=request.text,
            items=self._hits(question, found, scores, page, offset, request.language),
            total=len(rows),
            linked=search.presenter(request.language).linked(question.links),
            facets=search.views.facets(request.filters, [found.documents[row].id for row in rows]) if rows else {},
            next_cursor=write_cursor(bound_to, str(after)) if after < len(rows) else "",
        )

    def _hits(
        self, question: Question, found: Candidates, scores: Floats, rows: list[int], offset: int, language: str
    ) -> tuple[SynergyHit, ...]:
        presenter = self._search.presenter(language)
        return tuple(
            presenter.hit(
                offset + place,
                found.documents[row],
                float(scores[row]),
                presenter.match(question, found, row, self._search.scale),
            )
            for place, row in enumerate(rows, start=1)
        )

    def _listed(self, request: SynergyRequest, bound_to: str, after: str) -> SynergyAnswer:
        views = self._search.views
        ids = views.matching(request.filters, request.limit + 1, after)
        page = ids[: request.limit]
        facets = views.facets(request.filters)
        presenter = self._search.presenter(request.language)
        return SynergyAnswer(
            query="",
            items=tuple(
                presenter.hit(place, document, 0.0, Match(sentence="passes the filters"))
                for place, document in enumerate(views.documents(page), start=1)
            ),
            total=sum(facets.get("status", {}).values()),
            facets=facets,
            next_cursor=write_cursor(bound_to, page[-1]) if len(ids) > len(page) else "",
        )


def _offset(position: str) -> int:
    if position and not position.isdecimal():
        raise BadCursor("This is no page cursor.", hint="Start again without a cursor.")
    return int(position or 0)
