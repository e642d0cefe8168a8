"""Turtle in and out: what is read is written back the same, in one stable layout."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg.errors import InvalidVocabulary
from kg.model import LabelKind, Relation
from kg.ontology.assemble import read_turtle
from kg.ontology.turtle_rows import ConceptRow
from kg.ontology.turtle_writer import write_turtle

SCHEME = """
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix material: <https://symbiograph.example/material/> .
@prefix sym: <https://symbiograph.example/ontology#> .
material: a skos:ConceptScheme ; dcterms:title "Materials"@en .
"""


def read(tmp_path: Path, *texts: str) -> dict[str, ConceptRow]:
    files = []
    for number, text in enumerate((SCHEME, *texts)):
        path = tmp_path / f"{number}.ttl"
        path.write_text(text, encoding="utf-8")
        files.append(path)
    return {row.id: row for row in read_turtle(files)[1]}


def full_row() -> ConceptRow:
    return ConceptRow(
        id="material:ash",
        scheme="material",
        file="1.ttl",
        notation="A 1",
        labels=[
            ("ash", "en", LabelKind.PREF),
            ('the "grey" \\ one', "en", LabelKind.ALT),
            ("灰", "zh", LabelKind.PREF),
        ],
        definition="What is left.",
        broader=["material:residue"],
        related=["material:slag"],
        mappings=[(Relation.CLOSE, "low:100101"), (Relation.EXACT, "https://example.org/ash")],
        valid_from="2026-11-09",
        valid_to="2027-01-01",
        replaced_by=["material:slag"],
        attributes=[("hazardous", "false"), ("input", "material:slag"), ("output", "process heat"), ("unit", "t")],
    )


def test_a_concept_survives_writing_and_reading(tmp_path: Path) -> None:
    row = full_row()
    found = read(tmp_path, write_turtle([row], "A heading."))["material:ash"]
    for slot in ConceptRow.__slots__:
        wanted = getattr(row, slot)
        assert getattr(found, slot) == (sorted(wanted) if isinstance(wanted, list) else wanted), slot


def test_the_same_rows_give_the_same_text_in_any_order() -> None:
    rows = [
        ConceptRow(id=f"material:{n}", scheme="material", file="", broader=["material:a"] if n != "a" else [])
        for n in "abc"
    ]
    text = write_turtle(rows, "Letters.")
    assert text == write_turtle(rows[::-1], "Letters.")
    assert text.startswith("# Letters.\n")
    assert text.index("material:a a ") < text.index("material:b a ")


def test_a_file_can_add_to_a_concept_of_another(tmp_path: Path) -> None:
    row = 'material:ash a skos:Concept ; skos:inScheme material: ; skos:prefLabel "ash"@en .'
    prefixes = SCHEME.replace('material: a skos:ConceptScheme ; dcterms:title "Materials"@en .', "")
    found = read(tmp_path, prefixes + row, prefixes + 'material:ash skos:altLabel "cenere"@it .')
    assert ("cenere", "it", LabelKind.ALT) in found["material:ash"].labels


def test_narrower_is_read_as_the_broader_of_the_other(tmp_path: Path) -> None:
    prefixes = SCHEME.replace('material: a skos:ConceptScheme ; dcterms:title "Materials"@en .', "")
    found = read(
        tmp_path,
        prefixes
        + 'material:ash a skos:Concept ; skos:inScheme material: ; skos:prefLabel "ash"@en .'
        + "material:ash skos:narrower material:fly ."
        + 'material:fly a skos:Concept ; skos:inScheme material: ; skos:prefLabel "fly ash"@en .',
    )
    assert found["material:fly"].broader == ["material:ash"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("material:ash a skos:Concept ;", "not readable as Turtle"),
        ('material:ash a skos:Concept ; skos:prefLabel "ash"@en .', "no concept scheme"),
        ("material:ash a skos:Concept ; skos:inScheme material: ; skos:prefLable 'ash'@en .", "prefLable"),
        ("material:ash a skos:Concept ; skos:inScheme material: ; sym:colour 'grey' .", "colour"),
        ("material:ash skos:altLabel 'ash' .", "no file declares"),
    ],
)
def test_what_cannot_be_read_is_named_with_its_file(tmp_path: Path, text: str, words: str) -> None:
    prefixes = SCHEME.replace('material: a skos:ConceptScheme ; dcterms:title "Materials"@en .', "")
    with pytest.raises(InvalidVocabulary) as caught:
        read(tmp_path, prefixes + text)
    assert words in caught.value.message
    assert "1.ttl" in caught.value.message
