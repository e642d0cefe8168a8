"""The shipped vocabulary answers as its interface promises."""

from __future__ import annotations

import pytest

from kg.errors import NotFound
from kg.model import LANGUAGES, Label, LabelKind, Relation
from kg.ontology import Vocabulary


def prefs(vocabulary: Vocabulary, concept: str) -> dict[str, str]:
    labels = vocabulary.concept(concept).labels
    return {label.language: label.text for label in labels if label.kind is LabelKind.PREF}


def test_schemes_say_what_they_are(vocabulary: Vocabulary) -> None:
    schemes = {scheme.id: scheme for scheme in vocabulary.schemes()}
    assert list(schemes)[:6] == ["material", "technology", "nace2", "low", "recovery", "metric"]
    for scheme in schemes.values():
        assert scheme.version
        assert scheme.licence
        assert scheme.source
        assert {label.language for label in scheme.titles} == set(LANGUAGES)
    assert sum(scheme.size for scheme in schemes.values()) == len(vocabulary)


def test_the_list_of_waste_is_complete(vocabulary: Vocabulary) -> None:
    levels: dict[str, list[str]] = {"chapter": [], "sub-chapter": [], "code": []}
    for concept in vocabulary.concepts("low"):
        levels[dict(concept.attributes)["level"]].append(concept.id)
    new = [c.id for c in vocabulary.concepts("low") if c.valid_from and len(c.id) == 10]
    removed = [c.id for c in vocabulary.concepts("low") if c.valid_to]
    assert len(levels["chapter"]) == 20
    assert len(levels["sub-chapter"]) == 112  # 111 and the amendment's 19 14
    assert len(levels["code"]) == 842 + 42
    assert len(new) == 42
    assert removed == ["low:160605", "low:190211", "low:200133", "low:200134"]
    in_force = [vocabulary.concept(i) for i in levels["code"] if i not in removed]
    assert sum(dict(c.attributes)["hazardous"] == "true" for c in in_force) == 435
    before = [vocabulary.concept(i) for i in levels["code"] if i not in new]
    assert sum(dict(c.attributes)["hazardous"] == "true" for c in before) >= 408
    assert all(dict(vocabulary.concept(i).attributes)["entry_type"] for i in levels["code"])


def test_a_removed_code_names_its_successors(vocabulary: Vocabulary) -> None:
    assert vocabulary.concept("low:200134").replaced_by == ("low:200144",)
    assert vocabulary.concept("low:200134").valid_to == "2026-11-08"
    assert vocabulary.concept("low:200144").valid_from == "2026-11-09"


def test_nace_is_complete_and_its_sections_and_divisions_speak_six_languages(vocabulary: Vocabulary) -> None:
    levels = [dict(concept.attributes)["level"] for concept in vocabulary.concepts("nace2")]
    assert {level: levels.count(level) for level in set(levels)} == {
        "section": 21,
        "division": 88,
        "group": 272,
        "class": 615,
    }
    for concept in vocabulary.concepts("nace2"):
        if dict(concept.attributes)["level"] in ("section", "division"):
            assert set(prefs(vocabulary, concept.id)) == set(LANGUAGES), concept.id


@pytest.mark.parametrize("scheme", ["material", "technology", "metric"])
def test_our_own_thesauri_speak_six_languages(vocabulary: Vocabulary, scheme: str) -> None:
    for concept in vocabulary.concepts(scheme):
        assert set(prefs(vocabulary, concept.id)) >= set(LANGUAGES), concept.id
        assert concept.definition, concept.id


def test_a_concept_knows_its_place(vocabulary: Vocabulary) -> None:
    fly_ash = vocabulary.concept("material:fly-ash")
    assert fly_ash.broader == ("material:ash",)
    assert "material:coal-fly-ash" in fly_ash.narrower
    assert vocabulary.ancestors("material:fly-ash") == {"material:ash": 1, "material:combustion-residue": 2}
    assert vocabulary.descendants("material:combustion-residue")["material:fly-ash"] == 2
    assert "low:100102" in vocabulary.mapped("material:fly-ash", "low")
    assert "nace2:35.11" in vocabulary.mapped("material:fly-ash", "nace2")
    assert "material:fly-ash" in vocabulary.materials_of_waste("low:100102")
    assert "material:fly-ash" in vocabulary.materials_of_waste("low:10")
    assert "material:ash" in vocabulary.neighbours("material:fly-ash")


def test_waste_mappings_are_close_and_sector_mappings_related(vocabulary: Vocabulary) -> None:
    for mapping in vocabulary.concept("material:fly-ash").mappings:
        close = mapping.target.startswith("low:")
        assert mapping.relation is (Relation.CLOSE if close else Relation.RELATED)


def test_an_unknown_concept_is_answered_with_the_nearest(vocabulary: Vocabulary) -> None:
    assert vocabulary.get("material:fly-ahs") is None
    assert vocabulary.ancestors("material:nothing") == {}
    assert vocabulary.mapped("material:nothing") == ()
    with pytest.raises(NotFound) as caught:
        vocabulary.concept("material:fly-ahs")
    assert "material:fly-ash" in caught.value.hint


def test_labels_fall_back_and_say_so(vocabulary: Vocabulary) -> None:
    assert vocabulary.label("material:fly-ash", "de") == Label("Flugasche", "de", LabelKind.PREF)
    assert vocabulary.label("material:fly-ash", "fi") == Label("fly ash", "en", LabelKind.PREF)
    assert vocabulary.label("low:100102", "de").language == "en"
    assert vocabulary.label("material:nothing").text == "material:nothing"


def test_notations_are_exact(vocabulary: Vocabulary) -> None:
    found = vocabulary.by_notation("low", "10 01 02")
    assert found is not None
    assert found.id == "low:100102"
    assert vocabulary.by_notation("low", "100102") is None
    assert vocabulary.by_notation("nace2", "23.51") == vocabulary.concept("nace2:23.51")


@pytest.mark.parametrize(
    ("concept", "level", "expected"),
    [
        ("nace2:23.51", "class", "nace2:23.51"),
        ("nace2:23.51", "group", "nace2:23.5"),
        ("nace2:23.51", "division", "nace2:23"),
        ("nace2:23.51", "section", "nace2:C"),
        ("nace2:23", "class", ""),
        ("nace2:C", "division", ""),
        ("nace2:99.99", "division", ""),
        ("material:ash", "division", ""),
        ("", "division", ""),
    ],
)
def test_a_sector_at_a_level(vocabulary: Vocabulary, concept: str, level: str, expected: str) -> None:
    assert vocabulary.sector_at(concept, level) == expected


def test_routes_are_reached_from_all_three_sides(vocabulary: Vocabulary) -> None:
    route = vocabulary.routes_of_material("material:fly-ash")[0]
    assert route in vocabulary.routes_of_sector(route.receiver_sector)
    assert not route.technology or route in vocabulary.routes_of_technology(route.technology)
    assert vocabulary.routes_of_material("material:nothing") == ()
    assert len({route.id for route in vocabulary.routes}) == len(vocabulary.routes)


def test_a_route_without_a_document_is_never_shown_as_checked(vocabulary: Vocabulary) -> None:
    assert {route.reference_checked for route in vocabulary.routes} == {"", "confirmed", "doubtful"}
    for route in vocabulary.routes:
        assert not (route.reference_checked and route.reference in ("", "practice")), route


def test_a_technology_tells_what_goes_in_and_out(vocabulary: Vocabulary) -> None:
    inputs, outputs = vocabulary.technology_io("technology:thermal-treatment")
    assert "material:sewage-sludge" in inputs
    assert "process heat" in outputs
    assert "material:ash" in outputs
    assert vocabulary.technology_io("technology:nothing") == ((), ())


def test_metrics_of_the_library_exist_with_units(vocabulary: Vocabulary) -> None:
    for local in (
        "co2_avoided",
        "investment",
        "cost_saved",
        "revenue",
        "energy_saved",
        "water_saved",
        "virgin_material_saved",
        "landfill_diverted",
        "jobs",
    ):
        attributes = dict(vocabulary.concept(f"metric:{local}").attributes)
        assert attributes["unit"]
        assert attributes["outcome_kind"] in ("environmental", "economic", "social", "innovation")
