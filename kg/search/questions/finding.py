"""Finds the concept a phrase names: materials and technologies by the linker, sectors by their names."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from functools import cached_property
from typing import Protocol

from kg.graph.protocol import Vector
from kg.model import Label, LabelKind, Link
from kg.ontology import Vocabulary
from kg.search.encoders.protocol import Encoder
from kg.search.questions.interpretation import Entity
from kg.text import stem, words

_CONTAINED = 0.9
"""What a sector's name is worth inside a longer phrase, times the share of the phrase that it covers."""
_LEAST_SHARE = 0.5
_SECTOR = "nace2"


class PhraseLinker(Protocol):
    """The part of the linker that is used here (kg.search.linking.Linker)."""

    def link(
        self, text: str, scheme: str = "material", limit: int = 5, *, vector: Vector | None = None
    ) -> tuple[Link, ...]: ...


class ConceptFinder:
    """The `EntityFinder` of a loaded vocabulary. Phrases asked twice are linked once."""

    def __init__(self, vocabulary: Vocabulary, linker: PhraseLinker, encoder: Encoder, language: str = "en") -> None:
        self._vocabulary = vocabulary
        self._linker = linker
        self._encoder = encoder
        self._language = language
        self._known: dict[tuple[str, str], Entity | None] = {}
        self._vectors: dict[str, Vector] = {}

    def waste_code(self, text: str) -> Entity | None:
        """A code of the List of Waste, in any spelling that has one reading."""
        reading = self._vocabulary.resolve_waste(text)
        if not (reading.certain and len(reading.concepts) == 1):
            return None
        label = self._vocabulary.label(reading.concepts[0], self._language)
        return Entity(reading.concepts[0], label.text, text.strip(), 1.0)

    def material(self, text: str) -> Entity | None:
        """The material a phrase names best, or None."""
        return self._linked(text, "material")

    def technology(self, text: str) -> Entity | None:
        """The technology a phrase names best, or None."""
        return self._linked(text, "technology")

    def sector(self, text: str) -> Entity | None:
        """The sector whose official or everyday name is the phrase, or most of it, or None."""
        said = _key(text)
        if not said:
            return None
        best: tuple[float, int, str, Label] | None = None
        for key, (concept, label) in self._sector_names.items():
            share = 1.0 if key == said else _share(key, said)
            if share >= _LEAST_SHARE:
                score = share if key == said else share * _CONTAINED
                if best is None or (score, len(key)) > best[:2]:
                    best = (score, len(key), concept, label)
        if best is None:
            return None
        score, _, concept, label = best
        shown = self._vocabulary.label(concept, label.language or self._language).text
        return Entity(concept, shown, text, score, label.language)

    def _linked(self, text: str, scheme: str) -> Entity | None:
        key = (scheme, text)
        if key not in self._known:
            if text not in self._vectors:  # encoded once for both schemes: nothing else here takes milliseconds
                self._vectors[text] = self._encoder.encode_queries([text])[0]
            links: Sequence[Link] = self._linker.link(text, scheme, 1, vector=self._vectors[text])
            self._known[key] = self._entity(links[0], text) if links else None
        return self._known[key]

    def _entity(self, link: Link, text: str) -> Entity:
        shown = self._vocabulary.label(link.concept, link.language or self._language).text
        return Entity(link.concept, shown, text, link.score, link.language)

    @cached_property
    def _sector_names(self) -> dict[str, tuple[str, Label]]:
        """Folded name -> (sector, label). A name of several sectors stands for the broadest of them."""
        names: dict[str, list[tuple[str, Label]]] = defaultdict(list)
        for concept in self._vocabulary.concepts(_SECTOR):
            for label in concept.labels:
                if label.kind is not LabelKind.NOTATION and (key := _key(label.text)):
                    names[key].append((concept.id, label))
        return {key: min(found, key=lambda pair: (len(pair[0]), pair[0])) for key, found in names.items()}


def _key(text: str) -> str:
    return " ".join(stem(word) for word in words(text))


def _share(name: str, phrase: str) -> float:
    """Share of the phrase that a name inside it covers, 0 when it is not inside as whole words (or characters)."""
    if re.search(r"[\u3400-\u9fff]", name):
        return len(name) / len(phrase) if name in phrase else 0.0
    padded = f" {phrase} "
    return len(name) / len(phrase) if f" {name} " in padded else 0.0
