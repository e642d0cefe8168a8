"""Several processes that write one index: it never goes back, and two makings are never mixed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from search_cards import DIMENSION, STAMP, around, card

from kg.errors import Conflict
from kg.graph.neo4j.views import Neo4jViews
from kg.graph.protocol import Filters
from kg.settings import Settings

pytestmark = pytest.mark.integration

NOTHING = np.zeros((0, DIMENSION), dtype=np.float32)


@pytest.fixture
def two(clean_neo4j: Settings) -> Iterator[tuple[Neo4jViews, Neo4jViews]]:
    """The index as two processes have it."""
    both = Neo4jViews(clean_neo4j), Neo4jViews(clean_neo4j)
    both[0].reset(STAMP)
    yield both
    for one in both:
        one.close()


def test_what_the_index_has_passed_is_left(two: tuple[Neo4jViews, Neo4jViews]) -> None:
    one, other = two
    one.apply(5, [card("a", title="newer")], around(1), ())
    other.apply(4, [card("a", title="older"), card("b")], around(2), ())
    assert (one.sequence(), one.count()) == (5, 1)
    assert one.documents(["a"])[0].title == "newer"


def test_who_is_overtaken_in_making_it_anew_is_told(two: tuple[Neo4jViews, Neo4jViews]) -> None:
    one, other = two
    one.apply(0, [card("a")], around(1), ())
    other.reset(replace(STAMP, vocabulary="v2"))
    with pytest.raises(Conflict, match="anew"):
        one.apply(0, [card("b")], around(1), ())
    with pytest.raises(Conflict, match="anew"):
        one.apply(7, [], NOTHING, ())
    other.apply(0, [card("c")], around(1), ())
    other.apply(7, [], NOTHING, ())
    assert (other.sequence(), other.matching(Filters(), 9)) == (7, ["c"])
    assert one.stamp() == replace(STAMP, vocabulary="v2")
    one.apply(8, [card("d")], around(1), ())  # it has seen the new making, and goes on from there
    assert other.matching(Filters(), 9) == ["c", "d"]


def test_counts_over_everything_follow_what_others_write(two: tuple[Neo4jViews, Neo4jViews]) -> None:
    one, other = two
    one.apply(1, [card("a", country="DK")], around(1), ())
    for _ in range(2):
        assert other.facets(Filters())["country"] == {"DK": 1}
    one.apply(2, [card("b", country="PT")], around(1), ())
    assert other.facets(Filters())["country"] == {"DK": 1, "PT": 1}
    one.reset(STAMP)
    assert other.facets(Filters())["country"] == {}
    one.apply(2, [card("c", country="CN")], around(1), ())
    assert other.facets(Filters())["country"] == {"CN": 1}
