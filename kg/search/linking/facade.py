"""One linker for materials and technologies, as search and ingest use it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from threading import Lock
from typing import Protocol

from kg.graph.protocol import Vector
from kg.model import Concept, Link
from kg.ontology import Vocabulary
from kg.search.encoders.protocol import Encoder
from kg.search.linking.concept_vectors import open_vectors
from kg.search.linking.linker import PROPOSED, Context, Reading, SchemeLinker
from kg.search.linking.store import open_lexicon
from kg.search.linking.wastes import rank_wastes, waste_concepts

LINKED_SCHEMES = ("material", "technology")
_BATCH = 256
_WASTES_WEIGHED = 60
MATERIALS_ASKED = 6
_KEPT = 3
"""Links kept of a record's resource: what it names, and close seconds."""


class _MaterialRequest(Protocol):
    """What a row says of a resource (kg.ingest.linking.MaterialRequest)."""

    @property
    def text(self) -> str: ...
    @property
    def waste_code(self) -> str: ...


class _TechnologyRequest(Protocol):
    """What a row says of a process (kg.ingest.linking.TechnologyRequest)."""

    @property
    def text(self) -> str: ...


class Linker:
    """Links texts to concepts. Scores are chances that a practitioner would accept the best concept; 0.4 is the least
    that is shown. Every answer is the same for the same text, alone or in a batch."""

    def __init__(
        self,
        schemes: Mapping[str, SchemeLinker],
        codes: Mapping[str, Sequence[str]],
        wastes: Callable[[], SchemeLinker],
    ) -> None:
        self._schemes = schemes
        self._codes = codes
        self._open_wastes = wastes
        self._opening = Lock()
        self._wastes: SchemeLinker | None = None

    def link(
        self,
        text: str,
        scheme: str = "material",
        limit: int = 5,
        context: Context | None = None,
        vector: Vector | None = None,
    ) -> tuple[Link, ...]:
        """Concepts the text names, best first, empty when nothing fits.

        `vector` is the text as the encoder reads a query, when the caller has it already. Raises `KeyError` for a
        scheme that is not linked.
        """
        return self.read(text, scheme, limit, context, vector).links

    def read(
        self,
        text: str,
        scheme: str = "material",
        limit: int = 5,
        context: Context | None = None,
        vector: Vector | None = None,
    ) -> Reading:
        """The same with what is named apart from what is only close, and whether the text is ambiguous."""
        vectors = vector.reshape(1, -1) if vector is not None else None
        return self._schemes[scheme].read_many([text], [context] if context else (), vectors, limit)[0]

    def weigh(
        self, text: str, vector: Vector, scheme: str = "material", limit: int = 5
    ) -> tuple[tuple[Link, ...], tuple[Link, ...]]:
        """What the text names, and, for ranking to weigh, all that it may name (odds against the best, which has 1)."""
        reading, guesses = self._schemes[scheme].weigh(text, vector, limit)
        return reading.links, guesses

    def guesses(self, text: str, vector: Vector, scheme: str, limit: int) -> tuple[Link, ...]:
        """All that a text may name in a scheme however unsure, for a person to choose from; scores are odds."""
        return self._schemes[scheme].guesses(text, vector, limit)

    def waste_codes(
        self, text: str, vector: Vector, limit: int = 10, materials: Sequence[Link] = ()
    ) -> tuple[Link, ...]:
        """List of Waste codes for what a company calls its waste, best first; scores are odds against the first.

        `vector` is the text as the encoder reads a query. A link tells the name that matched, which for a code found
        through a material is the material's. `materials` are the text's guesses, when the caller has at least six.
        Opened at the first question.
        """
        with self._opening:
            if self._wastes is None:
                self._wastes = self._open_wastes()
        wastes = self._wastes.guesses(text, vector, _WASTES_WEIGHED)
        if not MATERIALS_ASKED <= len(materials) <= PROPOSED:  # more are weighed from more labels
            materials = self._schemes["material"].guesses(text, vector, MATERIALS_ASKED)
        return tuple(rank_wastes(wastes, materials[:MATERIALS_ASKED], self._codes, limit))

    def link_many(self, texts: Sequence[str], scheme: str = "material", limit: int = 5) -> list[tuple[Link, ...]]:
        """Links of each text; equal texts are encoded once."""
        return [reading.links for reading in self._batches(texts, [Context()] * len(texts), scheme, limit)]

    def link_materials(self, requests: Sequence[_MaterialRequest]) -> list[tuple[Link, ...]]:
        """Materials each resource names, with the waste code beside it as support."""
        contexts = [Context((request.waste_code,) if request.waste_code else ()) for request in requests]
        texts = [request.text for request in requests]
        return [reading.links for reading in self._batches(texts, contexts, "material", _KEPT)]

    def link_technologies(self, requests: Sequence[_TechnologyRequest]) -> list[tuple[Link, ...]]:
        """Technologies each process names."""
        texts = [request.text for request in requests]
        return [reading.links for reading in self._batches(texts, [Context()] * len(texts), "technology", _KEPT)]

    def _batches(self, texts: Sequence[str], contexts: Sequence[Context], scheme: str, limit: int) -> list[Reading]:
        distinct = list(dict.fromkeys(zip(texts, contexts, strict=True)))
        readings: dict[tuple[str, Context], Reading] = {}
        for start in range(0, len(distinct), _BATCH):
            batch = distinct[start : start + _BATCH]
            read = self._schemes[scheme].read_many([t for t, _ in batch], [c for _, c in batch], limit=limit)
            readings.update(zip(batch, read, strict=True))
        return [readings[pair] for pair in zip(texts, contexts, strict=True)]


def open_linker(
    vocabulary: Vocabulary, encoder: Encoder, cache: Path | None = None, languages: Sequence[str] = ()
) -> Linker:
    """A linker for the vocabulary's materials and technologies.

    The first opening with a new vocabulary builds its lexicons (seconds) and encodes the labels that neither came with
    the package nor were encoded before; `cache` is the directory where both are kept. `languages` names those the
    encoder reads, so that it need not encode labels in others; labels are matched as words in every language.
    """

    def open_scheme(name: str, concepts: Sequence[Concept]) -> SchemeLinker:
        lexicon = open_lexicon(concepts, name, vocabulary.version, cache)
        vectors = open_vectors(concepts, encoder, cache, languages)
        return SchemeLinker(concepts, lexicon, vectors, encoder.encode_queries, vocabulary.ancestors)

    schemes = {name: open_scheme(name, list(vocabulary.concepts(name))) for name in LINKED_SCHEMES}
    codes = {concept.id: vocabulary.mapped(concept.id, "low") for concept in vocabulary.concepts("material")}
    return Linker(schemes, codes, lambda: open_scheme("low", waste_concepts(vocabulary)))
