"""Small working parts for tests of search: an encoder of word bags, a linker of exact labels, some synergies."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np
from memory_views import MemoryViews

from kg.graph.protocol import Vector
from kg.model import (
    Flow,
    LabelKind,
    Link,
    LinkMethod,
    Outcome,
    Party,
    Quantity,
    ResourceKind,
    Source,
    Synergy,
    SynergyStatus,
)
from kg.ontology import Vocabulary
from kg.search.documents import document_of
from kg.search.searching import Search
from kg.text import analyse, fold

DIMENSION = 64


class BagEncoder:
    """Each word is a fixed direction; a text is the sum of its words, so texts are near when they share words."""

    name, dimension, weights_hash = "bag of words", DIMENSION, "0" * 64

    def encode_queries(self, texts: Sequence[str]) -> Vector:
        return np.array([self._text(text) for text in texts], dtype=np.float32).reshape(-1, DIMENSION)

    encode_passages = encode_queries

    def _text(self, text: str) -> Vector:
        vector = np.full(DIMENSION, 1e-3, dtype=np.float32)
        for word in analyse(text):
            seed = int.from_bytes(hashlib.sha256(word.encode()).digest()[:8], "big")
            vector += np.random.default_rng(seed).standard_normal(DIMENSION).astype(np.float32)
        return vector / np.float32(np.linalg.norm(vector))


class LabelLinker:
    """Links a text that is, in any language, exactly a label of a concept; nothing else."""

    def __init__(self, vocabulary: Vocabulary, concepts: Sequence[str]) -> None:
        self._by_label: dict[tuple[str, str], Link] = {}
        for concept in concepts:
            for label in vocabulary.concept(concept).labels:
                link = Link(concept, 0.95, LinkMethod.LABEL, label.text, label.language, label.kind, label.text)
                self._by_label.setdefault((concept.partition(":")[0], fold(label.text)), link)

    def weigh(
        self, text: str, vector: Vector, scheme: str = "material", limit: int = 5
    ) -> tuple[tuple[Link, ...], tuple[Link, ...]]:
        found = self._by_label.get((scheme, fold(text)))
        if found is None:
            return (), ()
        return (found,), (Link(found.concept, 1.0, LinkMethod.VECTOR, label_kind=LabelKind.PREF),)


LINKED = (
    "material:fly-ash",
    "material:coal-fly-ash",
    "material:whey",
    "material:cereal-straw",
    "technology:anaerobic-digestion",
)


def synergy(
    id_: str,
    resource: str,
    used_as: str,
    receiver: str,
    *,
    material: str = "",
    group: str = "",
    country: str = "GB",
    programme: str = "",
    technology: str = "",
    provider: str = "nace2:35.11",
    year: int | None = 2015,
    tonnes: float | None = None,
    outcomes: tuple[Outcome, ...] = (),
) -> Synergy:
    """A completed synergy with one flow."""
    links = (Link(f"material:{material}", 0.9, LinkMethod.LABEL),) if material else ()
    technologies = (Link(f"technology:{technology}", 0.9, LinkMethod.LABEL),) if technology else ()
    quantity = Quantity(tonnes, "t/yr", f"{tonnes:g} t/yr") if tonnes is not None else None
    return Synergy(
        id=id_,
        title=f"{resource} as {used_as}",
        provider=Party(sector=provider),
        receiver=Party(sector=receiver),
        flows=(Flow(resource, ResourceKind.MATERIAL, links, used_as=used_as, quantity=quantity),),
        technology=technology.replace("-", " "),
        technologies=technologies,
        country=country,
        programme=programme,
        year_start=year,
        status=SynergyStatus.OPERATING,
        outcomes=outcomes,
        source=Source(title=f"source of {id_}", url=f"https://example.org/{id_}", checked=True),
        confidence="high",
        group=group or id_,
    )


SYNERGIES = (
    synergy("ash-1", "coal fly ash", "cement raw material", "nace2:23.51", material="coal-fly-ash", tonnes=1000.0),
    synergy("ash-2", "fly ash", "concrete addition", "nace2:23.63", material="fly-ash", country="DE", tonnes=500.0),
    synergy("ash-3", "fly ash", "cement raw material", "nace2:23.51", material="fly-ash", country="CN", group="ash-2"),
    synergy("ash-4", "fly ash", "road base", "nace2:42.11", material="fly-ash", country="IN", programme="P"),
    synergy("straw-1", "wheat straw", "bedding", "nace2:01.41", material="wheat-straw", provider="nace2:01.11"),
    synergy(
        "food-1",
        "food waste",
        "biogas feedstock",
        "nace2:35.21",
        material="surplus-and-waste-food",
        technology="anaerobic-digestion",
        provider="nace2:10.89",
        outcomes=(Outcome("metric:co2_avoided", 66.0, "t/yr", "66 t a year"),),
    ),
    synergy("oil-1", "used cooking oil", "biodiesel feedstock", "nace2:20.59", material="used-cooking-oil", year=None),
)


def opened_search(vocabulary: Vocabulary, synergies: Sequence[Synergy] = SYNERGIES) -> Search:
    """A search over some synergies, in memory."""
    encoder, views = BagEncoder(), MemoryViews()
    documents = [document_of(one, "batch-1") for one in synergies]
    views.apply(1, documents, encoder.encode_passages([document.text for document in documents]), [])
    return Search(views, vocabulary, encoder, LabelLinker(vocabulary, LINKED))
