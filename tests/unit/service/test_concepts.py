"""Concepts are found by id, code and words in six languages, best way of matching first."""

from __future__ import annotations

import pytest

from kg.errors import NotFound
from kg.ontology import Vocabulary
from kg.service.concepts import ConceptFinder
from kg.text import fold


@pytest.fixture(scope="module")
def finder(vocabulary: Vocabulary) -> ConceptFinder:
    return ConceptFinder(vocabulary, lambda ids: dict.fromkeys(ids, 1))


@pytest.mark.parametrize(
    ("text", "how", "found"),
    [
        ("material:fly-ash", "id", "material:fly-ash"),
        ("10 01 02", "code", "low:100102"),
        ("23.51", "code", "nace2:23.51"),
        ("Fly Ash", "label", "material:fly-ash"),
    ],
)
def test_the_best_way_of_matching_comes_first(text: str, how: str, found: str, finder: ConceptFinder) -> None:
    first = finder.find(text, "", "en", 5).items[0]
    assert (first.how, first.concept.id) == (how, found)


def test_words_are_found_where_they_stand_and_nowhere_else(finder: ConceptFinder) -> None:
    answer = finder.find("ash coal", "material", "en", 100)
    assert answer.items
    for hit in answer.items:
        assert hit.concept.scheme == "material"
        assert {"ash", "coal"} <= {w for w in ("ash", "coal") if w in fold(hit.matched)}
    ids = [hit.concept.id for hit in answer.items]
    assert len(ids) == len(set(ids))
    assert answer.total >= len(ids)


def test_an_empty_text_lists_a_scheme_and_nonsense_nothing(finder: ConceptFinder, vocabulary: Vocabulary) -> None:
    size = next(scheme.size for scheme in vocabulary.schemes() if scheme.id == "recovery")
    assert finder.find("", "recovery", "en", 3).total == size
    assert finder.find("qqqxyz", "", "en", 3).items == ()
    assert finder.find("ash", "no-such-scheme", "en", 3).items == ()


def test_a_concept_is_shown_whole_and_an_unknown_one_names_the_nearest(finder: ConceptFinder) -> None:
    detail = finder.show("material:fly-ash", "de")
    assert detail.concept.language == "de"
    assert {"en", "zh", "pt", "es", "fr", "de"} <= set(detail.labels)
    with pytest.raises(NotFound) as told:
        finder.show("material:fly-ashh", "en")
    assert "material:fly-ash" in told.value.hint
