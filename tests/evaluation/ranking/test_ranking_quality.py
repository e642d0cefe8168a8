"""Floors of the ranking on the open library, each group hidden in turn. They stand two standard errors below what was
reached, so that noise passes and a step back does not; docs/quality.md has the tables."""

from __future__ import annotations

from pathlib import Path

import pytest
from library_data import copy_of, library_directory

from kg.search.evaluation import Evaluation
from kg.search.evaluation.baselines import BASELINES
from kg.search.evaluation.run import NETWORK_OUT, OURS, STRONG_ONLY
from kg.service import Symbiograph
from kg.settings import Settings

pytestmark = [pytest.mark.evaluation, pytest.mark.slow]

FLOORS = {
    "all": {"hit_1": 0.45, "hit_3": 0.72, "hit_5": 0.835, "mrr": 0.61, "by_division": 0.43},
    "material": {"hit_1": 0.475, "hit_3": 0.75, "hit_5": 0.87, "mrr": 0.635, "by_division": 0.46},
}
STRONG_FLOORS = {"hit_1": 0.445, "hit_3": 0.715, "by_division": 0.44}
CALIBRATION = 0.05


@pytest.fixture(scope="module")
def found(pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory) -> Evaluation:
    assert pytestconfig.cache is not None
    library = library_directory(Path(pytestconfig.cache.mkdir("library")))
    service = Symbiograph.open(Settings(data=copy_of(library, tmp_path_factory.mktemp("ranking") / "data")))
    try:
        return service.evaluate()
    finally:
        service.close()


@pytest.mark.parametrize("kind", ["all", "material"])
def test_the_ranking_reaches_its_floors(found: Evaluation, kind: str) -> None:
    reached = found.methods[OURS][kind]
    short = {name: getattr(reached, name) for name, floor in FLOORS[kind].items() if getattr(reached, name) < floor}
    assert not short


@pytest.mark.parametrize("baseline", BASELINES)
@pytest.mark.parametrize("kind", ["all", "material"])
def test_the_ranking_beats_every_simpler_method(found: Evaluation, baseline: str, kind: str) -> None:
    ours, theirs = found.methods[OURS][kind], found.methods[baseline][kind]
    assert ours.hit_3 > theirs.hit_3 + 0.05
    assert ours.mrr > theirs.mrr + 0.05
    assert ours.by_division > theirs.by_division


def test_it_does_not_live_on_niche_routes_or_on_its_own_network(found: Evaluation) -> None:
    strong = found.methods[STRONG_ONLY]["all"]
    assert not {n: getattr(strong, n) for n, floor in STRONG_FLOORS.items() if getattr(strong, n) < floor}
    assert found.methods[NETWORK_OUT]["all"].hit_3 > 0.62


def test_confidence_holds(found: Evaluation) -> None:
    assert found.calibration_error <= CALIBRATION


def test_the_shipped_model_is_the_one_this_library_gives(found: Evaluation) -> None:
    from kg.search.model import load_model

    shipped = dict(zip(found.weights, load_model().weights, strict=True))
    assert shipped == pytest.approx(dict(found.weights), abs=0.15)
