"""A user's own scheme: the worked example of the how-to, and how a faulty one is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg.errors import InvalidVocabulary
from kg.model import Relation
from kg.ontology import Vocabulary, load_vocabulary
from kg.ontology.assemble import read_turtle
from kg.ontology.checks import check
from kg.ontology.load import SCHEMES_DIRECTORY
from kg.ontology.waste_codes import WasteReader

EXAMPLE = Path(__file__).parents[3] / "docs" / "how-to" / "examples" / "gbt4754-excerpt.ttl"
PREFIXES = EXAMPLE.read_text(encoding="utf-8").partition("gbt:C30 a")[0]


@pytest.fixture(scope="module")
def extended(vocabulary_cache: Path) -> Vocabulary:
    return load_vocabulary(extra=[EXAMPLE], cache=vocabulary_cache)


def refused(tmp_path: Path, text: str) -> str:
    path = tmp_path / "mine.ttl"
    path.write_text(PREFIXES + text, encoding="utf-8")
    files = [SCHEMES_DIRECTORY / "schemes.ttl", SCHEMES_DIRECTORY / "metrics.ttl", path]
    with pytest.raises(InvalidVocabulary) as caught:
        check(*read_turtle(files, {str(path)}), [], {})
    assert "mine.ttl" in caught.value.message
    return caught.value.message


def test_the_example_loads_beside_our_schemes(vocabulary: Vocabulary, extended: Vocabulary) -> None:
    assert [scheme.id for scheme in extended.schemes()][-1] == "gbt4754"
    assert extended.version != vocabulary.version
    cement = extended.concept("gbt4754:C3011")
    assert cement.broader == ("gbt4754:C301",)
    assert [(m.relation, m.target) for m in cement.mappings] == [(Relation.EXACT, "nace2:23.51")]
    assert extended.label("gbt4754:C3011", "zh").text == "水泥制造"
    assert extended.by_notation("gbt4754", "D4411") == extended.concept("gbt4754:D4411")


@pytest.mark.parametrize("hint", ["GB/T 4754-2017", "gbt4754", "行业代码 GB/T 4754"])
def test_its_codes_lead_to_our_sectors(extended: Vocabulary, hint: str) -> None:
    reading = extended.resolve_sector("C3012", hint)
    assert reading.concepts == ("nace2:23.52",)
    assert reading.certain
    assert "gbt4754 C3012" in reading.note


def test_a_code_only_it_knows_is_read_without_a_hint(extended: Vocabulary) -> None:
    assert extended.resolve_sector("D4430").concepts == ("nace2:35.30",)
    assert extended.resolve_sector("C9999", "gbt4754").concepts == ()


def test_a_national_waste_code_leads_to_the_list_of_waste(vocabulary: Vocabulary) -> None:
    wastes = {concept.id: concept for concept in vocabulary.concepts("low")}
    reader = WasteReader(wastes, {"900-001-S01": ("low:100102",)})
    reading = reader.read("900-001-S01")
    assert reading.concepts == ("low:100102",)
    assert reading.certain
    assert "national" in reading.note


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('gbt:X a skos:Concept ; skos:inScheme gbt: ; skos:prefLabel "x"@en ; skos:broader gbt:Y .', "gbt4754:Y"),
        ('gbt:X a skos:Concept ; skos:prefLabel "x"@en .', "no concept scheme"),
        ("gbt:X a skos:Concept ; skos:inScheme gbt: .", "gbt4754:X has no skos:prefLabel"),
        ('gbt:X a skos:Concept ; skos:inScheme gbt: ; skos:prefLabel "x"@en ; skos:narrower gbt:Y .', "gbt4754:Y"),
        ('gbt:X a skos:Concept ; skos:inScheme gbt: ; skos:prefLabel "x"@en ; skos:wider gbt:X .', "wider"),
        ('nace2: a skos:ConceptScheme ; dcterms:title "mine"@en .', "nace2 is already declared"),
        ('<https://a.example/m/> a skos:ConceptScheme ; dcterms:title "mine"@en .', "no short name"),
    ],
)
def test_a_faulty_scheme_is_refused_by_name(tmp_path: Path, text: str, words: str) -> None:
    assert words in refused(tmp_path, text)


def test_a_mapping_to_nowhere_is_refused(tmp_path: Path, vocabulary_cache: Path) -> None:
    path = tmp_path / "mine.ttl"
    text = 'gbt:X a skos:Concept ; skos:inScheme gbt: ; skos:prefLabel "x"@en ; skos:closeMatch nace2:99.98 .'
    path.write_text(PREFIXES + text, encoding="utf-8")
    with pytest.raises(InvalidVocabulary, match=r"mine\.ttl: gbt4754:X is mapped to nace2:99\.98"):
        load_vocabulary(extra=[path], cache=vocabulary_cache)
