from pathlib import Path

import pytest

from kg.errors import InvalidVocabulary
from kg.model import Level, SectorRole
from kg.ontology import Vocabulary
from kg.search.estimates import read_estimates
from kg.search.knowledge import Knowledge


def test_shares_sum_to_one_at_every_level(vocabulary: Vocabulary) -> None:
    knowledge = Knowledge(vocabulary)
    for level in Level:
        for role in SectorRole:
            shares = knowledge.share({"material:fly-ash": 1.0, "material:whey": 0.5}, role, level)
            assert sum(shares.values()) == pytest.approx(1.0)


def test_cement_takes_most_fly_ash_and_finer_levels_agree(vocabulary: Vocabulary) -> None:
    knowledge = Knowledge(vocabulary)
    divisions = knowledge.share({"material:coal-fly-ash": 1.0}, SectorRole.RECEIVER, Level.DIVISION)
    assert max(divisions, key=divisions.__getitem__) == "nace2:23"
    classes = knowledge.share({"material:coal-fly-ash": 1.0}, SectorRole.RECEIVER, Level.CLASS)
    mineral = sum(share for sector, share in classes.items() if sector.startswith("nace2:23"))
    assert mineral == pytest.approx(divisions["nace2:23"])


@pytest.mark.parametrize("level", list(Level))
def test_shares_of_divisions_keep_their_sum_at_every_level(vocabulary: Vocabulary, level: Level) -> None:
    divisions = {"nace2:23": 0.7, "nace2:93": 0.3}
    found = Knowledge(vocabulary).refined(divisions, {"material:coal-fly-ash": 1.0}, level)
    assert sum(found.values()) == pytest.approx(1.0)
    assert {vocabulary.sector_at(sector, level.value) or sector for sector in found} == set(found)


def test_a_division_of_which_no_more_is_known_stands_for_itself(vocabulary: Vocabulary) -> None:
    found = Knowledge(vocabulary).refined({"nace2:93": 1.0}, {"material:coal-fly-ash": 1.0}, Level.CLASS)
    assert found == {"nace2:93": 1.0}


def test_an_unknown_material_is_known_to_nobody(vocabulary: Vocabulary) -> None:
    assert Knowledge(vocabulary).share({"material:no-such": 1.0}, SectorRole.RECEIVER, Level.DIVISION) == {}
    assert Knowledge(vocabulary).share({}, SectorRole.RECEIVER, Level.DIVISION) == {}


def test_weak_routes_can_be_switched_off(vocabulary: Vocabulary) -> None:
    every, strong = Knowledge(vocabulary), Knowledge(vocabulary, least_strength=3)
    assert all(route.strength == 3 for route in strong.routes_of("material:coal-fly-ash"))
    assert len(strong.routes_of("material:coal-fly-ash")) < len(every.routes_of("material:coal-fly-ash"))


def test_a_coarser_sector_stands_for_itself_and_an_unknown_one_for_nothing(vocabulary: Vocabulary) -> None:
    knowledge = Knowledge(vocabulary)
    assert knowledge.sector_at("nace2:23.51", Level.DIVISION) == "nace2:23"
    assert knowledge.sector_at("nace2:23", Level.CLASS) == "nace2:23"
    assert knowledge.sector_at("", Level.CLASS) == ""
    assert knowledge.sector_at("nace2:no-such", Level.CLASS) == ""


def test_estimates_name_materials_and_divisions_that_exist(vocabulary: Vocabulary) -> None:
    for material, divisions in read_estimates().items():
        assert material in vocabulary, material
        for division, weight in divisions.items():
            assert vocabulary.sector_at(division, "division") == division
            assert 0 < weight <= 100
        assert sum(divisions.values()) <= 101, material


def test_a_malformed_estimate_is_named(tmp_path: Path) -> None:
    sheet = tmp_path / "receivers.csv"
    sheet.write_text("material,receivers\nfly-ash,23:66\nwhey,10-5\n", encoding="utf-8")
    with pytest.raises(InvalidVocabulary, match="line 3"):
        read_estimates(sheet)
