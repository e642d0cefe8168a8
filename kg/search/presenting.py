"""From ids and documents to what is shown: labels in the asked language, amounts, sources, why something matched."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from kg.graph.protocol import SearchDocument
from kg.model import Link, Source
from kg.ontology import Vocabulary
from kg.search.question import Question, Reach
from kg.search.results import Amount, ConceptRef, Evidence, LinkedConcept, Match, SynergyHit, ViewRank
from kg.search.retrieval import Candidates
from kg.search.scale import Scale

_WORDS_SHOWN = 6


class Presenter:
    """Shows concepts in one language, falling back visibly. Remembers what it has shown, so one serves many answers."""

    def __init__(self, vocabulary: Vocabulary, language: str = "en") -> None:
        self.vocabulary = vocabulary
        self.language = language
        self._refs: dict[str, ConceptRef] = {}

    def ref(self, concept: str) -> ConceptRef:
        """The concept as shown; one that is not known shows its own id."""
        known = self._refs.get(concept)
        if known is None:
            known = self._refs[concept] = self._read(concept)
        return known

    def _read(self, concept: str) -> ConceptRef:
        label = self.vocabulary.label(concept, self.language)
        found = self.vocabulary.get(concept)
        scheme = found.scheme if found else concept.partition(":")[0]
        return ConceptRef(concept, scheme, found.notation if found else "", label.text, label.language)

    def maybe(self, concept: str) -> ConceptRef | None:
        """The concept as shown, or None for an empty id."""
        return self.ref(concept) if concept else None

    def linked(self, links: Iterable[Link]) -> tuple[LinkedConcept, ...]:
        """How the words of a question were read."""
        return tuple(
            LinkedConcept(
                self.ref(link.concept),
                round(link.score, 4),
                link.method.value,
                link.label,
                link.language,
                link.label_kind.value,
                link.matched_text,
            )
            for link in links
        )

    def match(self, question: Question, found: Candidates, row: int, scale: Scale) -> Match:
        """Why one candidate matched: views and ranks, concept path and label, shared words, similarity."""
        document, reach = found.documents[row], found.reaches[row]
        views = tuple(ViewRank(view, ranks[document.id]) for view, ranks in found.ranks.items() if document.id in ranks)
        shared = sorted(
            {*question.terms, *question.translated} & set(document.terms), key=lambda term: (-scale.rarity(term), term)
        )
        similarity = round(float(found.similarity[row]), 4)
        if reach is None:
            return Match(
                views=views,
                words=tuple(shared[:_WORDS_SHOWN]),
                similarity=similarity,
                sentence=_unlinked_sentence(document, shared),
            )
        return Match(
            views=views,
            asked=self.ref(reach.path[0]),
            found=self.ref(reach.path[-1]),
            relation=reach.relation,
            path=reach.path,
            label=reach.link.label,
            label_language=reach.link.language,
            words=tuple(shared[:_WORDS_SHOWN]),
            similarity=similarity,
            sentence=self._linked_sentence(document, reach),
        )

    def _linked_sentence(self, document: SearchDocument, reach: Reach) -> str:
        asked, found = self.ref(reach.path[0]).label, self.ref(reach.path[-1]).label
        if reach.relation == "same":
            named = document.resource.casefold() == found.casefold()
            return f"{found}, as asked" if named else f"{document.resource} is {found}"
        words = {
            "narrower": f"a kind of {asked}",
            "broader": f"which includes {asked}",
            "related": f"related to {asked}",
            "code": f"the waste code of {asked}",
        }
        return f"{document.resource} is {found}, {words[reach.relation]}"

    def evidence(self, document: SearchDocument, match: Match, relevance: float) -> Evidence:
        """A document as evidence behind an answer."""
        return Evidence(
            synergy=document.id,
            title=document.title,
            matched=match.sentence,
            relevance=round(relevance, 4),
            source=source_of(document),
            resource=document.resource,
            used_as=document.used_as,
            provider=document.provider,
            receiver=document.receiver,
            provider_sector=self.maybe(document.provider_sector),
            receiver_sector=self.maybe(document.receiver_sector),
            country=document.country,
            place=document.place,
            programme=document.programme,
            year=document.year,
            quantity=amount_of(document),
            outcomes=document.outcomes,
            match=match,
        )

    def hit(self, rank: int, document: SearchDocument, score: float, match: Match) -> SynergyHit:
        """A document as a row of a result list."""
        return SynergyHit(
            rank=rank,
            id=document.id,
            title=document.title,
            score=round(score, 4),
            resource=document.resource,
            kind=document.kind,
            used_as=document.used_as,
            replaces=document.replaces,
            technology=document.technology,
            provider=document.provider,
            provider_sector=self.maybe(document.provider_sector),
            receiver=document.receiver,
            receiver_sector=self.maybe(document.receiver_sector),
            country=document.country,
            place=document.place,
            programme=document.programme,
            year=document.year,
            status=document.status,
            confidence=document.confidence,
            quantity=amount_of(document),
            outcomes=document.outcomes,
            source=source_of(document),
            batch=document.batch,
            match=match,
        )


def _unlinked_sentence(document: SearchDocument, shared: Sequence[str]) -> str:
    if shared:
        return f"{document.resource} shares the words {', '.join(shared[:_WORDS_SHOWN])}"
    return f"{document.resource} is close in meaning"


def source_of(document: SearchDocument) -> Source:
    """Where the synergy was read."""
    return Source(
        document.source_title,
        document.source_publisher,
        document.source_year,
        document.source_url,
        document.source_checked,
    )


def amount_of(document: SearchDocument) -> Amount | None:
    """The quantity of the synergy, or None when none was given."""
    if not document.quantity_as_stated and document.quantity_value is None:
        return None
    return Amount(document.quantity_value, document.quantity_unit, document.quantity_as_stated)
