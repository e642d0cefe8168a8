"""Linking on a vocabulary of five concepts and an encoder that knows nothing: what labels alone decide."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pytest

from kg.graph.protocol import Vector
from kg.model import Concept, Label, LabelKind, LinkMethod, Relation
from kg.model import Mapping as Mapped
from kg.search.linking import Context, SchemeLinker
from kg.search.linking.concept_vectors import ConceptVectors, encode_slots, open_vectors, slots_of, write_vectors
from kg.search.linking.lexicon import Lexicon, build
from kg.search.linking.store import open_lexicon
from kg.search.linking.wastes import rank_wastes


class HashEncoder:
    """Vectors that depend on nothing but the letters: no meaning, always the same."""

    name = "letters"
    dimension = 32
    weights_hash = "0" * 64

    def encode_queries(self, texts: Sequence[str]) -> Vector:
        rows = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for row, text in zip(rows, texts, strict=True):
            for letter in text:
                row[ord(letter) % self.dimension] += 1.0
        return rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)

    def encode_passages(self, texts: Sequence[str]) -> Vector:
        return self.encode_queries(texts)


def concept(name: str, *labels: tuple[str, str], waste: str = "", broader: tuple[str, ...] = ()) -> Concept:
    made = tuple(Label(text, lang, LabelKind.ALT if at else LabelKind.PREF) for at, (text, lang) in enumerate(labels))
    mappings = (Mapped(Relation.CLOSE, waste),) if waste else ()
    return Concept(f"material:{name}", "material", "", made, mappings=mappings, broader=broader)


CONCEPTS = (
    concept("ash", ("ash", "en"), ("Asche", "de"), ("灰渣", "zh"), ("CO9", "")),
    concept("fly-ash", ("fly ash", "en"), ("Flugasche", "de"), ("飞灰", "zh"), ("CO9", ""), waste="low:100102"),
    concept("brick-rubble", ("brick rubble", "en"), ("broken bricks", "en"), ("Ziegelbruch", "de"), waste="low:170102"),
    concept("whey", ("whey", "en"), ("Molke", "de"), ("suero de leche", "es"), waste="low:020501"),
    concept("end-of-life-tyre", ("end-of-life tyres", "en"), ("scrap tyres", "en"), ("Altreifen", "de")),
)


def ancestors(concept_id: str) -> Mapping[str, int]:
    return {"material:ash": 1} if concept_id == "material:fly-ash" else {}


@pytest.fixture(scope="module")
def linker() -> SchemeLinker:
    encoder = HashEncoder()
    slots = slots_of(CONCEPTS)
    known = encode_slots(slots, encoder)
    vectors = ConceptVectors(slots, np.array([known[slot.key] for slot in slots]), len(CONCEPTS))
    return SchemeLinker(CONCEPTS, Lexicon(build(CONCEPTS)), vectors, encoder.encode_queries, ancestors)


def best(linker: SchemeLinker, text: str, *codes: str) -> str:
    links = linker.read_many([text], [Context(codes)])[0].links
    return links[0].concept if links else ""


def test_a_whole_label_links_and_tells_itself(linker: SchemeLinker) -> None:
    link = linker.read_many(["Flugasche"])[0].links[0]
    assert (link.concept, link.label, link.language, link.label_kind) == (
        "material:fly-ash",
        "Flugasche",
        "de",
        LabelKind.ALT,
    )
    assert link.method is LinkMethod.LABEL
    assert link.matched_text == "Flugasche"
    assert 0.5 < link.score <= 1.0


@pytest.mark.parametrize("text", ["scrap tires", "Scrap-Tyres", "scrpa tyres", "scrap  tyre"])
def test_spelling_does_not_matter(linker: SchemeLinker, text: str) -> None:
    assert best(linker, text) == "material:end-of-life-tyre"


def test_blank_text_links_to_nothing(linker: SchemeLinker) -> None:
    assert linker.read_many(["", "   ", "?!"])[1].links == ()


def test_two_things_named_are_both_linked(linker: SchemeLinker) -> None:
    reading = linker.read_many(["whey and scrap tyres"])[0]
    assert {link.concept for link in reading.named} == {"material:whey", "material:end-of-life-tyre"}


def test_an_abbreviation_of_several_means_the_widest(linker: SchemeLinker) -> None:
    assert best(linker, "CO9") == "material:ash"


def test_bricks_of_fly_ash_are_no_fly_ash(linker: SchemeLinker) -> None:
    links = linker.read_many(["fly ash bricks"])[0].links
    assert not links or links[0].score < 0.9


def test_a_waste_code_supports_its_material(linker: SchemeLinker) -> None:
    alone = linker.read_many(["rubble of bricks"])[0].links[0].score
    coded = linker.read_many(["rubble of bricks"], [Context(("low:170102",))])[0].links[0].score
    assert coded > alone


def test_a_text_links_alike_alone_and_among_others(linker: SchemeLinker) -> None:
    texts = ["fly ash", "whey powder", "fly ash"]
    assert linker.read_many(texts)[1] == linker.read_many([texts[1]])[0]


def test_guesses_are_odds_against_the_best(linker: SchemeLinker) -> None:
    vector = HashEncoder().encode_queries(["fly ash"])[0]
    scores = [link.score for link in linker.guesses("fly ash", vector, 5)]
    assert scores[0] == 1.0
    assert scores == sorted(scores, reverse=True)


def test_a_lexicon_is_read_back_as_it_was(tmp_path: Path) -> None:
    first = open_lexicon(CONCEPTS, "material", "1", tmp_path)
    again = open_lexicon(CONCEPTS, "material", "1", tmp_path)
    assert len(list(tmp_path.glob("lexicon-material-*.npz"))) == 1
    assert again.data.forms == first.data.forms
    assert again.matches(again.read("fly ash"), 3) == first.matches(first.read("fly ash"), 3)


def test_a_torn_lexicon_is_built_anew(tmp_path: Path) -> None:
    open_lexicon(CONCEPTS, "material", "1", tmp_path)
    for path in tmp_path.glob("*.npz"):
        path.write_bytes(path.read_bytes()[:100])
    assert open_lexicon(CONCEPTS, "material", "1", tmp_path).data.forms


def test_vectors_are_encoded_once_and_kept_apart_by_encoder(tmp_path: Path) -> None:
    class Counting(HashEncoder):
        asked = 0

        def encode_queries(self, texts: Sequence[str]) -> Vector:
            self.asked += len(texts)
            return super().encode_queries(texts)

    encoder = Counting()
    open_vectors(CONCEPTS, encoder, tmp_path)
    first = encoder.asked
    open_vectors(CONCEPTS, encoder, tmp_path)
    assert encoder.asked == first
    other = Counting()
    other.weights_hash = "1" * 64
    open_vectors(CONCEPTS, other, tmp_path)
    assert other.asked == first


def test_vectors_kept_in_eight_bits_stay_close(tmp_path: Path) -> None:
    from kg.search.linking.concept_vectors import read_vectors

    vectors = encode_slots(slots_of(CONCEPTS), HashEncoder())
    write_vectors(tmp_path / "v.npz", vectors, "0" * 64)
    kept = read_vectors(tmp_path / "v.npz", "0" * 64)
    assert all(np.abs(kept[key] - vector).max() < 0.01 for key, vector in vectors.items())
    assert read_vectors(tmp_path / "v.npz", "1" * 64) == {}


def test_a_material_brings_its_waste_code(linker: SchemeLinker) -> None:
    vector = HashEncoder().encode_queries(["whey"])[0]
    materials = linker.guesses("whey", vector, 2)
    codes = {"material:whey": ("low:020501",), "material:fly-ash": ("low:100102",)}
    assert rank_wastes((), materials, codes)[0].concept == "low:020501"
