"""Filters and words as Neo4j is asked for them."""

from __future__ import annotations

import pytest

from kg.graph.neo4j.cards import lucene
from kg.graph.neo4j.conditions import inside_index, over_cards
from kg.graph.protocol import Filters


def test_no_filter_is_no_condition() -> None:
    assert over_cards(Filters()).where == ""
    assert inside_index(Filters(), ["GB"]).where == ""


def test_every_filter_is_in_the_condition() -> None:
    values = {
        name: frozenset({"x"}) if kind.startswith("frozenset") else 2010
        for name, kind in Filters.__annotations__.items()
    }
    conditions = over_cards(Filters(**values))
    assert set(conditions.parameters) == {f"f_{name}" for name in values}
    assert all(f"$f_{name}" in conditions.where for name in values)


def test_values_travel_as_parameters_in_one_order() -> None:
    conditions = over_cards(Filters(countries=frozenset({"b'] OR true //", "a"})))
    assert conditions.where == "WHERE c.country IN $f_countries"
    assert conditions.parameters == {"f_countries": ["a", "b'] OR true //"]}


def test_excluded_countries_become_the_rest() -> None:
    conditions = inside_index(Filters(exclude_countries=frozenset({"GB"})), ["CN", "GB", "PT", ""])
    assert conditions.where == "WHERE c.country IN $f_countries"
    assert conditions.parameters == {"f_countries": ["", "CN", "PT"]}


def test_asked_and_excluded_countries_meet() -> None:
    filters = Filters(countries=frozenset({"GB", "CN"}), exclude_countries=frozenset({"GB"}))
    assert inside_index(filters, ["CN", "GB", "PT"]).parameters == {"f_countries": ["CN"]}


def test_what_an_index_cannot_hold_is_not_asked_of_it() -> None:
    filters = Filters(exclude_groups=frozenset({"g"}), exclude_ids=frozenset({"i"}), year_from=2001)
    assert inside_index(filters, []).where == "WHERE c.year >= $f_year_from"


@pytest.mark.parametrize(
    ("terms", "asked"),
    [
        (["fly", "ash"], "fly ash"),
        (["ash", "fly", "ash"], "ash^2 fly"),
        (["a:b", "(c", "d*", '"e', "f~2", "g/h", "\\"], 'a\\:b \\(c d\\* \\"e f\\~2 g\\/h \\\\'),
        (["AND", "or"], "and or"),
        (["粉煤", "煤灰"], "粉煤 煤灰"),
        (["", "x"], "x"),
        ([], ""),
    ],
)
def test_words_are_never_syntax(terms: list[str], asked: str) -> None:
    assert lucene(terms, 100) == asked


def test_no_more_words_than_the_index_takes() -> None:
    assert lucene([str(i) for i in range(2000)], 3) == "0 1 2"
