from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from search_parts import opened_search

from kg.errors import UnreadableFile
from kg.ontology import Vocabulary
from kg.search.evaluation import cases_of_index, cases_of_sheet, evaluate
from kg.search.evaluation.fitting import fit, fold_of
from kg.search.evaluation.measures import measure, monotone_knots, ranks_of_truth, reliability


def test_ranks_count_from_one_and_ties_go_by_column() -> None:
    scores = np.array([[0.5, 0.5, 0.1], [0.1, 0.2, 0.9]])
    assert ranks_of_truth(scores, np.array([1, 2])).tolist() == [2, 1]


def test_measures_average_over_divisions() -> None:
    found = measure(np.array([1, 1, 9]), np.array([0, 0, 1]))
    assert (found.hit_1, found.hit_3, found.by_division) == (0.6667, 0.6667, 0.5)
    assert measure(np.array([], dtype=int), np.array([], dtype=int)).cases == 0


def test_the_fit_finds_what_tells_the_truth_and_drops_what_does_not() -> None:
    generator = np.random.default_rng(7)
    worth = generator.random((300, 5, 2))
    truth = worth[:, :, 0].argmax(axis=1)
    weights = fit(worth, truth)
    assert weights[0] > 3
    assert 0 <= weights[1] < 0.5
    against = worth.copy()
    against[:, :, 1] = -worth[:, :, 0]
    assert fit(against, truth)[1] == 0


def test_folds_hang_on_the_group_alone() -> None:
    assert fold_of("uk-nisp") == fold_of("uk-nisp")
    assert len({fold_of(str(n)) for n in range(200)}) == 10


def test_a_calibrated_map_is_monotone_and_calibrates() -> None:
    generator = np.random.default_rng(3)
    chance = generator.random(4000)
    held = generator.random(4000) < chance**2  # called too high throughout
    knots = monotone_knots(chance, held)
    assert all(a[0] < b[0] and a[1] <= b[1] for a, b in pairwise(knots))
    sure = np.interp(chance, [k[0] for k in knots], [k[1] for k in knots])
    assert reliability(sure, held)[1] < 0.02 < reliability(chance, held)[1]


def test_cases_hide_their_group(vocabulary: Vocabulary) -> None:
    search = opened_search(vocabulary)
    cases = {case.id: case for case in cases_of_index(search.views, vocabulary)}
    assert cases["ash-3"].hidden.exclude_groups == {"ash-2"}
    assert cases["ash-1"].division == "nace2:23"
    assert cases["ash-4"].hidden_network is not None
    assert cases["ash-1"].hidden_network is None


def test_an_evaluation_has_every_table(vocabulary: Vocabulary) -> None:
    search = opened_search(vocabulary)
    found = evaluate(search, cases_of_index(search.views, vocabulary))
    assert {"symbiograph", "popularity", "waste code", "BM25", "dense"} <= found.methods.keys()
    assert found.cases == 7
    assert {"kind", "division", "language", "confidence"} == found.by.keys()
    assert "without routes" in found.ablation
    assert found.model["weights"] == pytest.approx(found.weights)
    with pytest.raises(ValueError, match="no case"):
        evaluate(search, [])


def test_cases_of_a_sheet(vocabulary: Vocabulary, tmp_path: Path) -> None:
    sheet = tmp_path / "cases.csv"
    sheet.write_text("resource,receiver_nace\nfly ash,2351\nwhey,\nslag,99999\n", encoding="utf-8")
    cases = cases_of_sheet(sheet, vocabulary)
    assert [(case.resource, case.division) for case in cases] == [("fly ash", "nace2:23")]
    found = evaluate(opened_search(vocabulary), cases, fitted=False)
    assert found.methods["symbiograph"]["all"].hit_1 == 1.0
    assert found.ablation == {}


def test_a_sheet_without_its_columns_is_refused(vocabulary: Vocabulary, tmp_path: Path) -> None:
    sheet = tmp_path / "cases.csv"
    sheet.write_text("what,who\nfly ash,2351\n", encoding="utf-8")
    with pytest.raises(UnreadableFile, match="no column"):
        cases_of_sheet(sheet, vocabulary)
