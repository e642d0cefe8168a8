"""Every shipped scheme conforms to the SHACL shapes, and the shapes do find faults."""

from __future__ import annotations

from pathlib import Path

import pytest
from pyshacl import validate
from rdflib import Graph

from kg.ontology.load import SCHEMES_DIRECTORY

pytestmark = pytest.mark.integration
SHAPES = Graph().parse(Path(SCHEMES_DIRECTORY).parent / "vocabulary_shapes.ttl")

FAULTY = """
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix material: <https://symbiograph.example/material/> .
@prefix low: <https://symbiograph.example/low/> .
@prefix sym: <https://symbiograph.example/ontology#> .
material: a skos:ConceptScheme ; dcterms:title "Materials"@en ; dcterms:license "MIT" ; dcterms:source "us" ;
    owl:versionInfo "1" .
"""


def conforms(graph: Graph) -> tuple[bool, str]:
    result, _, text = validate(graph, shacl_graph=SHAPES, inference="none", meta_shacl=False)
    return bool(result), str(text)


def test_every_shipped_scheme_conforms() -> None:
    graph = Graph()
    for path in sorted(SCHEMES_DIRECTORY.glob("*.ttl")):
        graph.parse(path)
    result, report = conforms(graph)
    assert result, report[:3000]


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("material:a a skos:Concept ; skos:inScheme material: .", "preferred label"),
        ('material:a a skos:Concept ; skos:inScheme material: ; skos:prefLabel "a"@en .', "en, zh, pt, es, fr and de"),
        ('low:a a skos:Concept ; skos:inScheme low: ; skos:prefLabel "a"@en .', "exactly one declared scheme"),
        ('low:010101 sym:hazardous true ; sym:entryType "perhaps" .', "entryType"),
    ],
)
def test_the_shapes_find_faults(statement: str, words: str) -> None:
    result, report = conforms(Graph().parse(data=FAULTY + statement, format="turtle"))
    assert not result
    assert words in report
