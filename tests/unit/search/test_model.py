from dataclasses import replace

import numpy as np
import pytest

from kg.search.features import FEATURES, SectorFeatures
from kg.search.model import load_model, model_of, rarity_of, softmax, stored_form
from kg.search.searching import ranked


def test_the_shipped_model_is_monotone_and_never_speaks_against_a_sector() -> None:
    model = load_model()
    assert all(weight >= 0 for weight in model.weights)
    assert list(model.chances) == sorted(set(model.chances))
    assert list(model.confidences) == sorted(model.confidences)
    assert 0 <= model.confidences[0] <= model.confidences[-1] <= 1


def test_a_model_of_other_features_is_refused() -> None:
    with pytest.raises(ValueError, match="features"):
        model_of({"version": "1", "weights": {"luck": 1.0}, "confidence": [[0, 0], [1, 1]]})


def test_the_stored_form_is_read_back() -> None:
    stored = stored_form("7", [1.0] * len(FEATURES), [(0.0, 0.0), (1.0, 1.0)], {"cases": 3})
    assert model_of(stored).version == "7"


def test_equal_scores_go_by_id_and_parts_sum_to_the_score() -> None:
    shares = np.zeros((2, len(FEATURES)))
    shares[:, 0] = 0.5
    found = ranked(load_model(), SectorFeatures(("nace2:10", "nace2:11"), shares), {"nace2:10": 0.1, "nace2:11": 0.1})
    assert found.sectors == ("nace2:10", "nace2:11")
    assert found.parts.sum(axis=1) == pytest.approx(found.scores)


def test_what_takes_everything_says_less() -> None:
    common, rare = rarity_of(("a", "b"), {"a": 0.2, "b": 0.01})
    assert 0 <= common < rare
    assert rarity_of(("a",), {"a": 1.0})[0] == 0


def test_confidence_follows_the_chances() -> None:
    model = replace(load_model(), chances=(0.0, 1.0), confidences=(0.0, 1.0))
    assert model.confidence(np.array([1.0, 1.0])) == pytest.approx([0.5, 0.5])
    assert softmax(np.zeros(0)).shape == (0,)
