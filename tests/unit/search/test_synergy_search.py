from __future__ import annotations

import pytest
from search_parts import SYNERGIES, opened_search, synergy

from kg.errors import BadCursor
from kg.graph.protocol import Filters
from kg.ontology import Vocabulary
from kg.search.searching import Search
from kg.search.synergies import SynergyRequest, SynergySearch


@pytest.fixture(scope="module")
def search(vocabulary: Vocabulary) -> Search:
    return opened_search(vocabulary)


def test_pages_follow_each_other_without_gap_or_repeat(search: Search) -> None:
    found, cursor = [], ""
    while True:
        page = SynergySearch(search).answer(SynergyRequest("fly ash", limit=2, cursor=cursor))
        found += [hit.id for hit in page.items]
        assert page.total == 4
        cursor = page.next_cursor
        if not cursor:
            break
    assert sorted(found) == ["ash-1", "ash-2", "ash-3", "ash-4"]


def test_every_hit_says_why(search: Search) -> None:
    page = SynergySearch(search).answer(SynergyRequest("fly ash"))
    assert [hit.rank for hit in page.items] == [1, 2, 3, 4]
    assert all(hit.match.sentence and hit.match.views for hit in page.items)
    assert page.facets["country"] == {"GB": 1, "DE": 1, "CN": 1, "IN": 1}


def test_nothing_asked_lists_by_id(search: Search) -> None:
    first = SynergySearch(search).answer(SynergyRequest(limit=3))
    assert [hit.id for hit in first.items] == ["ash-1", "ash-2", "ash-3"]
    assert first.total == len(SYNERGIES)
    second = SynergySearch(search).answer(SynergyRequest(limit=10, cursor=first.next_cursor))
    assert [hit.id for hit in second.items] == sorted(one.id for one in SYNERGIES)[3:]
    assert second.next_cursor == ""


def test_a_cursor_of_other_filters_is_refused(search: Search) -> None:
    first = SynergySearch(search).answer(SynergyRequest("fly ash", limit=1))
    other = SynergyRequest("fly ash", Filters(countries=frozenset({"GB"})), 1, first.next_cursor)
    with pytest.raises(BadCursor):
        SynergySearch(search).answer(other)


def test_a_technology_is_found_by_its_concept(search: Search) -> None:
    page = SynergySearch(search).answer(SynergyRequest("anaerobic digestion"))
    assert page.items[0].id == "food-1"
    assert page.items[0].match.relation == "same"


def test_related_leaves_the_synergy_itself_out(vocabulary: Vocabulary) -> None:
    search = opened_search(vocabulary, [*SYNERGIES, synergy("ash-9", "fly ash", "bricks", "nace2:23.32")])
    document = search.views.documents(["ash-2"])[0]
    found = [hit.id for hit in SynergySearch(search).related(document)]
    assert "ash-2" not in found
    assert "ash-3" in found
