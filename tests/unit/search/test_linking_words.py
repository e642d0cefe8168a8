"""Reading phrases: normal forms, heads, what only modifies."""

from __future__ import annotations

import pytest

from kg.search.linking.compounds import Compounds, frequent_parts
from kg.search.linking.spelling import Speller
from kg.search.linking.words import MODIFIER_WEIGHT, PURPOSE_WEIGHT, normal, read
from kg.text import analyse


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("tyres", "tire"),
        ("aluminium", "aluminum"),
        ("sulphuric", "sulfuric"),
        ("ashes", "ash"),
        ("Aschen", "Asche"),
        ("usados", "usada"),
        ("cascalhos", "cascalho"),
        ("gases", "gas"),
    ],
)
def test_ways_of_writing_one_word_meet(one: str, other: str) -> None:
    assert normal(one) == normal(other)


def test_words_that_differ_stay_apart() -> None:
    assert len({normal(word) for word in ("can", "cane", "wine", "win", "lime", "limb")}) == 6


def test_key_ignores_blanks_and_hyphens() -> None:
    assert read("fly-ash").key == read("Fly ash").key == "flyash"


def test_the_e_of_e_waste_is_no_conjunction() -> None:
    assert read("e-waste").key != read("waste").key


def test_what_stands_behind_from_weighs_less_and_is_no_head() -> None:
    phrase = read("sludge from paper mill")
    assert phrase.heads == {normal("sludge")}
    assert [word.weight for word in phrase.words] == [1.0, MODIFIER_WEIGHT, MODIFIER_WEIGHT]


def test_a_purpose_weighs_least() -> None:
    assert read("straw for feed").words[-1].weight == PURPOSE_WEIGHT


def test_head_is_last_in_english_and_first_in_romance_languages() -> None:
    assert read("fly ash bricks").heads == {"brick"}
    assert read("cinza de casca de arroz").heads == {normal("cinza")}


def test_chinese_is_read_in_pairs_and_its_head_is_last() -> None:
    phrase = read("电厂的粉煤灰")
    assert "煤灰" in phrase.heads
    assert {word.form: word.weight for word in phrase.words}["电厂"] == MODIFIER_WEIGHT


def test_words_know_where_they_stand() -> None:
    text = "Altöl (aus Motoren)"
    assert [text[word.start : word.end] for word in read(text).words] == ["Altöl", "Motoren"]


def test_compounds_split_into_known_words_only() -> None:
    compounds = Compounds(["giesserei", "altsand", "sand"])
    assert compounds.split("giessereialtsand") == ("giesserei", "altsand")
    assert compounds.split("fensterbrett") == ("fensterbrett",)


def test_parts_shared_by_compounds_become_known() -> None:
    assert "karton" in frequent_parts(["gips", "gipskarton", "well", "wellkarton", "falt", "faltkarton"])


def test_misspelt_words_are_mended_and_short_ones_left() -> None:
    speller = Speller(["sludg", "plastic", "ash"])
    assert speller.mend("slugd") == "sludg"
    assert speller.mend("asj") == "asj"
    assert speller.mend("completely") == "completely"


def test_index_terms_share_one_spelling() -> None:
    assert analyse("sulphur tyres, fly ashes") == analyse("sulfur tires; fly ash")
