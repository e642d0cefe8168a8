"""Small search documents with vectors, for tests of candidate views."""

from __future__ import annotations

from typing import Any

import numpy as np

from kg.graph.protocol import IndexStamp, SearchDocument, Vector

DIMENSION = 8
STAMP = IndexStamp(encoder="test", encoder_hash="a" * 64, dimension=DIMENSION, vocabulary="v1", analyser="1")


def card(key: str, **given: Any) -> SearchDocument:
    """A document about fly ash in cement, except for what is given; `terms` may be given as one string."""
    values: dict[str, Any] = {
        "id": key,
        "title": f"Title of {key}",
        "text": "fly ash; cement",
        "terms": ("fly", "ash", "cement"),
        "resource": "fly ash",
        "kind": "material",
        "used_as": "cement additive",
        "replaces": "clinker",
        "technology": "blending",
        "materials": ("material:fly-ash",),
        "material_scores": (0.9,),
        "technologies": ("technology:blending",),
        "waste_code": "low:100102",
        "provider": "Power plant",
        "receiver": "Cement works",
        "provider_sector": "nace2:35.11",
        "receiver_sector": "nace2:23.51",
        "country": "DK",
        "place": "Kalundborg",
        "programme": "Kalundborg",
        "year": 2005,
        "status": "operating",
        "group": "g1",
        "confidence": "high",
        "quantity_value": 1200.5,
        "quantity_unit": "t/yr",
        "quantity_as_stated": "1,200.5 t a year",
        "outcomes": ("co2_avoided 900 t",),
        "source_title": "A source",
        "source_publisher": "",
        "source_year": None,
        "source_url": "",
        "source_checked": True,
        "batch": "b1",
    }
    values.update(given)
    if isinstance(values["terms"], str):
        values["terms"] = tuple(values["terms"].split())
    return SearchDocument(**values)


def unit(*values: float) -> Vector:
    """A vector of unit length that begins with `values`."""
    vector = np.zeros(DIMENSION, dtype=np.float32)
    vector[: len(values)] = values
    return (vector / np.linalg.norm(vector)).astype(np.float32)


def around(count: int) -> Vector:
    """`count` vectors, the first along the first axis and each one further from it than the one before."""
    return np.stack([unit(1.0, 0.1 * i) for i in range(count)]) if count else np.zeros((0, DIMENSION), np.float32)


NUMBERED_COUNTRIES = ("GB", "CN", "PT", "")


def numbered(i: int) -> SearchDocument:
    """One of many documents that differ in what filters ask for."""
    return card(
        f"d{i:04d}",
        terms=f"ash word{i % 7}",
        materials=(f"material:m{i % 11}",),
        material_scores=(1.0,),
        country=NUMBERED_COUNTRIES[i % len(NUMBERED_COUNTRIES)],
        year=2000 + i % 20 if i % 5 else None,
        group=f"g{i // 3}",
        receiver_sector=f"nace2:{i % 9}",
    )


def numbered_corpus(count: int, dimension: int) -> tuple[list[SearchDocument], Vector]:
    """So many numbered documents with unit vectors, the same every time."""
    vectors = np.random.default_rng(4).normal(size=(count, dimension)).astype(np.float32)
    return [numbered(i) for i in range(count)], vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
