"""What is asked of search, read once: words, vector, concepts and everything the concepts reach in the graph."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from kg.graph.protocol import SearchDocument, Vector
from kg.model import LabelKind, Link, LinkMethod
from kg.ontology import Vocabulary
from kg.search.encoders.protocol import Encoder
from kg.text import analyse

NARROWER, BROADER, RELATED, CODE = 0.85, 0.45, 0.35, 0.3
"""What a step to a narrower, broader, related or waste-code concept keeps of a link's weight: generality costs more
than detail, for what takes fly ash takes coal fly ash, while not every ash is taken where fly ash is."""

_MOST_STEPS_UP = 2
_FAINTEST = 0.02
_SURE = 0.9
"""How sure a link must be before its English name is searched for as well."""


class QueryLinker(Protocol):
    """Reads words as concepts, best first; `vector` is the encoded text, so that nothing is encoded twice."""

    def weigh(
        self, text: str, vector: Vector, scheme: str = "material", limit: int = 5
    ) -> tuple[tuple[Link, ...], tuple[Link, ...]]:
        """Concepts the words name, with calibrated scores (empty when nothing fits), and all that they may name however
        unsure, scored by their odds against the best."""


@dataclass(frozen=True, slots=True)
class Reach:
    """How a concept is reached from a link: the weight left, the relation, and the path of ids, both ends included."""

    weight: float
    relation: str
    path: tuple[str, ...]
    link: Link


@dataclass(frozen=True, slots=True)
class Question:
    """Words asked, their vector (None when a code or concept without words was asked), terms, links and reach.

    `links` are sure enough to be shown and walked; `guesses` are all that the words may name, with a little weight even
    for the unlikely, for known routes to be weighed by. `translated` are the analysed words of the English name of what
    was surely asked in another language: most cases are written in English, and words meet only in one language.
    """

    text: str
    vector: Vector | None
    terms: tuple[str, ...]
    links: tuple[Link, ...]
    guesses: tuple[Link, ...] = ()
    reach: Mapping[str, Reach] = field(default_factory=dict)
    translated: tuple[str, ...] = ()

    @property
    def weights(self) -> dict[str, float]:
        """Weight of every reached concept, as the concept view of an engine takes it."""
        return {concept: reach.weight for concept, reach in self.reach.items()}


class QuestionReader:
    """Reads resources and technologies: words in any language, a concept id or a waste code in any notation."""

    def __init__(self, vocabulary: Vocabulary, encoder: Encoder, linker: QueryLinker) -> None:
        self._vocabulary = vocabulary
        self._encoder = encoder
        self._linker = linker

    def read(self, text: str, schemes: Sequence[str] = ("material",), vector: Vector | None = None) -> Question:
        """The question of a text, linked to concepts of some schemes. A vector known already spares encoding it."""
        stated = self._stated(text, schemes)
        words = self._words_of(stated) if stated else text
        if vector is None:
            vector = self._encoder.encode_queries([words])[0]
        links, guesses = stated, stated
        if not stated:
            weighed = [self._linker.weigh(text, vector, scheme) for scheme in schemes]
            found = [link for links_there, _ in weighed for link in links_there]
            links = tuple(sorted(found, key=lambda link: (-link.score, link.concept)))
            guesses = tuple(guess for _, guesses_there in weighed for guess in guesses_there)
        terms = tuple(analyse(words))
        return Question(text, vector, terms, links, guesses, self._reach(links), self._translated(links))

    def _translated(self, links: Sequence[Link]) -> tuple[str, ...]:
        """Words of the English name of the surest concept when another language's label matched; else none."""
        if not links or links[0].score < _SURE or links[0].language in ("", "en"):
            return ()
        return tuple(analyse(self._vocabulary.label(links[0].concept, "en").text))

    def encode(self, texts: Sequence[str]) -> Vector:
        """Vectors of question texts, one row each."""
        return self._encoder.encode_queries(texts)

    def of_document(self, document: SearchDocument, vector: Vector | None) -> Question:
        """The question that asks for synergies like a document: its own concepts, words and stored vector."""
        links = tuple(
            Link(concept, score, LinkMethod.STATED)
            for concept, score in zip(document.materials, document.material_scores, strict=True)
        )
        return Question(document.text, vector, document.terms, links, links, self._reach(links))

    def _stated(self, text: str, schemes: Sequence[str]) -> tuple[Link, ...]:
        given = text.strip()
        if self._vocabulary.get(given) is not None:
            return self._of_code(given) if given.startswith("low:") else (_stated_link(given, given),)
        if "material" not in schemes or not any(c.isdigit() for c in given) or any(c.isalpha() for c in given):
            return ()
        codes = self._vocabulary.resolve_waste(given).concepts
        return tuple(link for code in codes for link in self._of_code(code))

    def _of_code(self, code: str) -> tuple[Link, ...]:
        materials = self._vocabulary.materials_of_waste(code)
        share = 1.0 / max(1, len(materials)) ** 0.5
        own = Link(code, 1.0, LinkMethod.CODE, label_kind=LabelKind.NOTATION, matched_text=code)
        return (own, *(Link(material, share, LinkMethod.CODE, matched_text=code) for material in materials))

    def _words_of(self, links: Sequence[Link]) -> str:
        return "; ".join(dict.fromkeys(self._vocabulary.label(link.concept).text for link in links[:3]))

    def _reach(self, links: Sequence[Link]) -> dict[str, Reach]:
        found: dict[str, Reach] = {}
        for link in links:
            for reach in self._walk(link):
                concept = reach.path[-1]
                if reach.weight >= _FAINTEST and (concept not in found or found[concept].weight < reach.weight):
                    found[concept] = reach
        return found

    def _walk(self, link: Link) -> list[Reach]:
        vocabulary, start, score = self._vocabulary, link.concept, link.score
        reached = [Reach(score, "same", (start,), link)]
        for concept, steps in vocabulary.descendants(start).items():
            reached.append(Reach(score * NARROWER**steps, "narrower", (start, concept), link))
        for concept, steps in vocabulary.ancestors(start).items():
            if steps <= _MOST_STEPS_UP:
                reached.append(Reach(score * BROADER**steps, "broader", (start, concept), link))
        found = vocabulary.get(start)
        for concept in found.related if found else ():
            reached.append(Reach(score * RELATED, "related", (start, concept), link))
        for code in vocabulary.mapped(start, "low"):
            reached.append(Reach(score * CODE, "code", (start, code), link))
        return reached


def _stated_link(concept: str, text: str) -> Link:
    return Link(concept, 1.0, LinkMethod.STATED, matched_text=text)
