"""Finding concepts by meaning: what a person types, in any of six languages, to the concepts it may name."""

from __future__ import annotations

from kg.model import Label, LabelKind, Link, LinkMethod
from kg.ontology import Vocabulary
from kg.search.encoders.protocol import Encoder
from kg.search.linking import LINKED_SCHEMES, Linker

WASTE = "low"
SEARCHED_SCHEMES = (*LINKED_SCHEMES, WASTE)


class ConceptSearch:
    """Concepts of the thesauri and of the List of Waste, best first, with the label that found each."""

    def __init__(self, vocabulary: Vocabulary, linker: Linker, encoder: Encoder) -> None:
        self._vocabulary = vocabulary
        self._linker = linker
        self._encoder = encoder

    def find(self, text: str, scheme: str = "", language: str = "en", limit: int = 10) -> tuple[Link, ...]:
        """What the words may name in a scheme, or in every searched scheme; empty for a blank text or another scheme.

        A waste code in any notation is its own answer. `score` compares the links of one answer, 1 being the best of
        its scheme: it is no promise that the concept is meant. `language` only decides how a code is labelled.
        """
        if not text.strip():
            return ()
        coded = self._coded(text, scheme, language)
        if coded:
            return coded[:limit]
        wanted = [name for name in SEARCHED_SCHEMES if scheme in ("", name)]
        if not wanted:
            return ()
        vector = self._encoder.encode_queries([text])[0]
        found: list[Link] = []
        materials: tuple[Link, ...] = ()
        for name in wanted:
            if name == WASTE:
                found.extend(self._linker.waste_codes(text, vector, limit, materials))
                continue
            guesses = self._linker.guesses(text, vector, name, limit)
            materials = guesses if name == "material" else materials
            found.extend(guesses)
        return tuple(sorted(found, key=lambda link: (-link.score, link.concept))[:limit])

    def _coded(self, text: str, scheme: str, language: str) -> tuple[Link, ...]:
        if scheme not in ("", WASTE) or not any(letter.isdigit() for letter in text):
            return ()
        reading = self._vocabulary.resolve_waste(text)
        if not reading.concepts or not reading.certain:
            return ()
        links = []
        for code in reading.concepts:
            label: Label = self._vocabulary.label(code, language)
            links.append(Link(code, 1.0, LinkMethod.CODE, label.text, label.language, LabelKind.NOTATION, text))
        return tuple(links)
