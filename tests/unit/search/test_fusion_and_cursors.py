import pytest

from kg.errors import BadCursor
from kg.graph.protocol import Filters
from kg.search.cursors import fingerprint, read_cursor, write_cursor
from kg.search.fusion import fuse, ranks_of


def test_rank_alone_decides_and_ties_go_by_id() -> None:
    views = {"words": ranks_of(["b", "a"]), "vectors": ranks_of(["a", "b"]), "concepts": ranks_of(["c"])}
    assert fuse(views) == ["a", "b", "c"]


def test_an_id_named_twice_keeps_its_better_rank() -> None:
    assert ranks_of(["a", "b", "a"]) == {"a": 1, "b": 2}


def test_two_views_outweigh_one() -> None:
    assert fuse({"words": {"a": 1, "b": 2}, "vectors": {"b": 3}})[0] == "b"


def test_a_cursor_comes_back_as_it_was_written() -> None:
    assert read_cursor(write_cursor("key", "40"), "key") == "40"


@pytest.mark.parametrize("cursor", ["", "x", "!!!", "WzEsMl0", "eyJhIjoxfQ", "é", write_cursor("other", "3")])
def test_a_foreign_cursor_is_refused(cursor: str) -> None:
    with pytest.raises(BadCursor):
        read_cursor(cursor, "key")


def test_a_cursor_is_bound_to_query_filters_and_index() -> None:
    here = fingerprint(("ash",), Filters(countries=frozenset({"GB", "DE"})), 3)
    assert here == fingerprint(("ash",), Filters(countries=frozenset({"DE", "GB"})), 3)
    assert here != fingerprint(("ash",), Filters(), 3)
    assert here != fingerprint(("ash",), Filters(countries=frozenset({"GB", "DE"})), 4)
    assert here != fingerprint(("slag",), Filters(countries=frozenset({"GB", "DE"})), 3)
