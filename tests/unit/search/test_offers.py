import csv
from pathlib import Path

import pytest

from kg.errors import InvalidVocabulary
from kg.ontology import load_vocabulary
from kg.search.offers import SHIPPED, Offers, read_offers
from kg.text import analyse

OFFERS = Offers(
    """material,wording,receivers
co2,carbon dioxide,20:60 11:40
co2,food-grade CO2,11:100
tyres,"whole tyres, old",42:50 38:50
tyres,chipped tyres,23:100
""".splitlines()
)


def test_shares_sum_to_one_and_follow_the_wording() -> None:
    plain = OFFERS.share(analyse("carbon dioxide"), {"material:co2": 1.0})
    graded = OFFERS.share(analyse("food-grade carbon dioxide"), {"material:co2": 1.0})
    assert sum(plain.values()) == pytest.approx(1.0)
    assert plain["nace2:20"] > graded["nace2:20"]
    assert graded["nace2:11"] > 0.5


def test_a_wording_that_shares_no_word_is_the_plain_material() -> None:
    assert OFFERS.share(analyse("废轮胎"), {"material:tyres": 1.0}) == {
        "nace2:23": pytest.approx(0.5),
        "nace2:38": pytest.approx(0.25),
        "nace2:42": pytest.approx(0.25),
    }


def test_materials_count_by_their_weight_however_many_offers_they_have() -> None:
    found = OFFERS.share(analyse("something else"), {"material:co2": 3.0, "material:tyres": 1.0})
    assert found["nace2:11"] + found["nace2:20"] == pytest.approx(0.75)


def test_no_offer_no_say() -> None:
    assert OFFERS.share(analyse("fly ash"), {"material:fly-ash": 1.0}) == {}
    assert OFFERS.share((), {}) == {}


def test_the_shipped_table_names_what_exists() -> None:
    vocabulary = load_vocabulary()
    with SHIPPED.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.reader(stream))[1:]
    assert len(rows) > 8_000
    assert set(read_offers().materials) <= {concept.id for concept in vocabulary.concepts("material")}
    pairs = [entry.split(":") for _, _, receivers in rows for entry in receivers.split()]
    named = {f"nace2:{division}" for division, _ in pairs}
    assert {division for division in named if vocabulary.sector_at(division, "division") != division} == set()
    assert all(float(weight) > 0 for _, weight in pairs)
    assert all(wording and receivers for _, wording, receivers in rows)


def test_a_malformed_row_is_named(tmp_path: Path) -> None:
    table = tmp_path / "offers.csv"
    table.write_text("material,wording,receivers\nfly-ash,fly ash,23=60\n")
    with pytest.raises(InvalidVocabulary, match=r"offers\.csv line 2"):
        read_offers(table).of("material:fly-ash")
