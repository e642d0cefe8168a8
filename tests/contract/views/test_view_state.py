"""Stamp, sequence, writing, and what stays after closing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from search_cards import DIMENSION, STAMP, around, card, unit

from kg.graph.protocol import CandidateViews, Filters

NOTHING = np.zeros((0, DIMENSION), dtype=np.float32)
Opener = Callable[[], CandidateViews]


def test_views_that_were_never_made_have_no_stamp(open_views: Opener) -> None:
    views = open_views()
    assert views.stamp() is None
    assert views.sequence() == 0
    assert views.count() == 0
    views.close()


def test_reset_stamps_and_empties(views: CandidateViews) -> None:
    views.apply(3, [card("a")], around(1), ())
    other = replace(STAMP, vocabulary="v2")
    views.reset(other)
    assert views.stamp() == other
    assert views.sequence() == 0
    assert views.count() == 0
    assert views.documents(["a"]) == []


def test_a_write_moves_the_sequence(views: CandidateViews) -> None:
    views.apply(3, [card("a"), card("b")], around(2), ())
    assert (views.sequence(), views.count()) == (3, 2)


def test_a_write_without_documents_moves_the_sequence(views: CandidateViews) -> None:
    views.apply(1, [card("a")], around(1), ())
    views.apply(2, [], NOTHING, ())
    assert (views.sequence(), views.count()) == (2, 1)


def test_an_update_replaces_document_words_concepts_and_vector(views: CandidateViews) -> None:
    views.apply(1, [card("a"), card("b")], around(2), ())
    changed = card("a", terms="straw pulp", materials=("material:straw",), country="CN")
    views.apply(2, [changed], unit(0, 0, 1)[None], ())
    assert views.count() == 2
    assert views.documents(["a"]) == [changed]
    assert [p.id for p in views.by_words(["fly"], Filters(), 5)] == ["b"]
    assert [p.id for p in views.by_words(["straw"], Filters(), 5)] == ["a"]
    assert [p.id for p in views.by_concepts({"material:fly-ash": 1.0}, Filters(), 5)] == ["b"]
    assert [p.id for p in views.by_vector(unit(0, 0, 1), Filters(), 1)] == ["a"]
    assert views.matching(Filters(countries=frozenset({"DK"})), 5) == ["b"]


def test_deletes_take_a_document_out_of_every_view(views: CandidateViews) -> None:
    views.apply(1, [card("a"), card("b")], around(2), ())
    views.apply(2, [], NOTHING, ["a", "never was"])
    assert views.count() == 1
    assert views.documents(["a", "b"]) == [card("b")]
    for found in (
        views.by_vector(unit(1), Filters(), 5),
        views.by_words(["fly"], Filters(), 5),
        views.by_concepts({"low:100102": 0.5}, Filters(), 5),
    ):
        assert [p.id for p in found] == ["b"]
    assert views.facets(Filters())["country"] == {"DK": 1}


def test_a_deleted_document_can_come_back(views: CandidateViews) -> None:
    views.apply(1, [card("a")], around(1), ())
    views.apply(2, [], NOTHING, ["a"])
    views.apply(3, [card("a", title="Again")], around(1), ())
    assert [d.title for d in views.documents(["a"])] == ["Again"]
    assert views.count() == 1


def test_of_a_document_deleted_and_written_at_once_the_written_stays(views: CandidateViews) -> None:
    views.apply(1, [card("a")], around(1), ())
    views.apply(2, [card("a", title="Again")], around(1), ["a"])
    assert [d.title for d in views.documents(["a"])] == ["Again"]


def test_applying_the_same_again_changes_nothing(views: CandidateViews) -> None:
    for _ in range(2):
        views.apply(4, [card("a"), card("b")], around(2), ["c"])
    assert (views.sequence(), views.count()) == (4, 2)
    assert len(views.by_vector(unit(1), Filters(), 9)) == 2


def test_documents_come_back_whole_and_in_the_order_asked(views: CandidateViews) -> None:
    odd = card("ö 'quoted' \\", title='"; DROP', year=None, quantity_value=None, outcomes=(), materials=(),
               material_scores=(), text="粉煤灰\t🙂\n", terms=("粉煤", "煤灰"), source_year=1999)  # fmt: skip
    views.apply(1, [odd, card("b")], around(2), ())
    assert views.documents(["b", "unknown", odd.id, "b"]) == [card("b"), odd, card("b")]


def test_vectors_come_back_exactly(views: CandidateViews) -> None:
    given = around(3)
    views.apply(1, [card("a"), card("b"), card("c")], given, ())
    found = views.vectors(["c", "unknown", "a"])
    assert found.dtype == np.float32
    assert np.array_equal(found, given[[2, 0]])


def test_what_was_applied_is_there_after_closing(reopen_views: Opener) -> None:
    views = reopen_views()
    views.reset(STAMP)
    views.apply(1, [card("a"), card("b")], around(2), ())
    views.apply(2, [card("c", terms="straw")], around(1), ["a"])
    views.close()
    again = reopen_views()
    assert (again.stamp(), again.sequence(), again.count()) == (STAMP, 2, 2)
    assert again.documents(["a", "b", "c"]) == [card("b"), card("c", terms="straw")]
    assert [p.id for p in again.by_words(["straw"], Filters(), 5)] == ["c"]
    again.close()
