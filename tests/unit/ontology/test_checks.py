"""What must hold before a vocabulary is used, and how its absence is told."""

from __future__ import annotations

import pytest

from kg.errors import InvalidVocabulary
from kg.model import LabelKind, Relation, Route
from kg.ontology.checks import check
from kg.ontology.routes import route_id
from kg.ontology.turtle_rows import ConceptRow, SchemeRow

SCHEMES = [
    SchemeRow(name, f"https://symbiograph.example/{name}/", [(name, "en")], "1", "", "", "", "schemes.ttl")
    for name in ("material", "nace2", "low")
]


OTHER_ASH = [("b", "en", LabelKind.PREF), ("Ash", "en", LabelKind.ALT)]


def concept(concept_id: str, label: str = "", **facts: object) -> ConceptRow:
    row = ConceptRow(id=concept_id, scheme=concept_id.partition(":")[0], file="branch.ttl")
    row.labels = [(label or concept_id, "en", LabelKind.PREF)]
    for name, value in facts.items():
        setattr(row, name, value)
    return row


def problems(
    rows: list[ConceptRow],
    routes: list[tuple[str, Route]] | None = None,
    concordances: dict[str, dict[str, list[str]]] | None = None,
) -> str:
    with pytest.raises(InvalidVocabulary) as caught:
        check(SCHEMES, rows, routes or [], concordances or {})
    return caught.value.message


def test_a_sound_vocabulary_passes() -> None:
    rows = [
        concept("material:a", mappings=[(Relation.CLOSE, "low:01"), (Relation.EXACT, "https://example.org/a")]),
        concept("material:b", broader=["material:a"], related=["material:c"]),
        concept("material:c", broader=["material:a", "material:b"]),
        concept("low:01", notation="01"),
    ]
    check(SCHEMES, rows, [], {})


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([concept("material:a", broader=["material:b"])], "broader material:b, which does not exist"),
        ([concept("material:a", related=["material:b"])], "related material:b, which does not exist"),
        ([concept("material:a", mappings=[(Relation.CLOSE, "low:99")])], "low:99, which is not in its list"),
        ([concept("material:a", broader=["material:a"])], "broader than each other"),
        (
            [concept("material:a", broader=["material:b"]), concept("material:b", broader=["material:a"])],
            "broader than each other",
        ),
        ([concept("material:a", broader=["low:01"]), concept("low:01")], "skos:broadMatch"),
        ([concept("material:a"), concept("material:a", "other")], "already declared in branch.ttl"),
        ([concept("material:a", labels=[])], "no skos:prefLabel"),
        ([concept("material:a", labels=[("x", "en", LabelKind.PREF), ("y", "en", LabelKind.PREF)])], "more than one"),
        ([concept("material:a", labels=[(" ", "en", LabelKind.PREF)])], "empty label"),
        ([concept("material:a", "Ash"), concept("material:b", "ash")], "both have the label"),
        ([concept("material:a", "ash"), concept("material:b", labels=OTHER_ASH)], "both have the label 'ash' (en)"),
        ([concept("low:01", notation="01"), concept("low:02", notation="01")], "same notation 01"),
        (
            [concept("material:a", related=["material:b"], broader=["material:b"]), concept("material:b")],
            "both broader and related",
        ),
    ],
)
def test_each_fault_is_told_with_file_and_concept(rows: list[ConceptRow], words: str) -> None:
    message = problems(rows)
    assert words in message
    assert f"branch.ttl: {rows[0].id}" in message or f"branch.ttl: {rows[-1].id}" in message


def test_routes_name_only_what_exists_and_only_once() -> None:
    rows = [concept("material:a"), concept("nace2:01")]
    route = Route(route_id("material:a", "", "feed", "nace2:01"), "material:a", "", "feed", "", "nace2:01", "feed", 1)
    check(SCHEMES, rows, [("a.csv", route)], {})
    assert "already in a.csv" in problems(rows, [("a.csv", route), ("b.csv", route)])
    assert "nace2:01, unknown" in problems(rows[:1], [("a.csv", route)])


def test_concordances_name_only_codes_of_the_list() -> None:
    rows = [concept("nace2:01.11", notation="01.11")]
    check(SCHEMES, rows, [], {"isic4": {"0111": ["01.11"]}})
    assert "isic4.csv: NACE Rev. 2 has no code 99.99" in problems(rows, None, {"isic4": {"0111": ["99.99"]}})


def test_a_declared_homograph_and_an_abbreviation_may_stand_on_two_concepts() -> None:
    other = concept("material:b", labels=OTHER_ASH, attributes=[("homograph", "ash")])
    check(SCHEMES, [concept("material:a", "ash"), other], [], {})
    formula = [("CO2", "", LabelKind.ALT), ("gas", "en", LabelKind.PREF)]
    second = [("CO2", "", LabelKind.ALT), ("ice", "en", LabelKind.PREF)]
    check(SCHEMES, [concept("material:a", labels=formula), concept("material:b", labels=second)], [], {})


def test_many_faults_are_counted() -> None:
    message = problems([concept(f"material:{n}", broader=["material:x"]) for n in range(20)])
    assert "And 8 more." in message
