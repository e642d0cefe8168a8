from search_parts import synergy

from kg.model import Outcome
from kg.search.documents import document_of, outcome_words


def test_the_text_is_resource_and_use_and_the_terms_know_the_technology() -> None:
    document = document_of(synergy("a", "fly ash", "cement", "nace2:23.51", technology="slag-grinding"), "b")
    assert document.text == "fly ash; cement"
    assert document.terms[-2:] == ("slag", "grinding")
    assert document.batch == "b"


def test_concepts_keep_their_scores_and_the_quantity_its_unit() -> None:
    document = document_of(synergy("a", "fly ash", "cement", "nace2:23.51", material="fly-ash", tonnes=5.0))
    assert document.materials == ("material:fly-ash",)
    assert document.material_scores == (0.9,)
    assert (document.quantity_value, document.quantity_unit) == (5.0, "t/yr")


def test_outcomes_in_words() -> None:
    assert outcome_words(Outcome("metric:co2_avoided", 6600.0, "t", "x")) == "co2_avoided 6600 t"
    assert outcome_words(Outcome("metric:jobs", None, "", "a few jobs")) == "jobs a few jobs"
