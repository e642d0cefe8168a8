import numpy as np
import pytest

from kg.search.features import meaning_weights, votes


def test_votes_are_shares() -> None:
    found = votes(["a", "b", "a"], ["1", "2", "3"], np.array([1.0, 1.0, 2.0]), 10)
    assert found == {"a": pytest.approx(0.75), "b": pytest.approx(0.25)}


def test_two_sources_outweigh_two_rows_of_one() -> None:
    independent = votes(["a", "a", "b"], ["1", "2", "3"], np.ones(3), 10)
    repeated = votes(["a", "a", "b"], ["1", "1", "3"], np.ones(3), 10)
    assert independent["a"] > repeated["a"] > 0.5


def test_a_sector_that_is_not_known_does_not_vote_nor_does_no_weight() -> None:
    assert votes(["", "a", "b"], ["1", "2", "3"], np.array([1.0, 1.0, 0.0]), 10) == {"a": 1.0}
    assert votes([], [], np.zeros(0), 10) == {}


def test_only_the_first_voters_count() -> None:
    assert votes(["a", "b"], ["1", "2"], np.array([1.0, 2.0]), 1) == {"b": 1.0}


def test_the_nearest_neighbour_weighs_one() -> None:
    weights = meaning_weights(np.array([2.0, 3.0, 1.0]))
    assert weights.max() == 1.0
    assert weights.argmax() == 1
    assert len(meaning_weights(np.zeros(0))) == 0
