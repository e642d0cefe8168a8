"""Every filter, in every view, before the cut."""

from __future__ import annotations

import pytest
from search_cards import around, card, unit

from kg.graph.protocol import CandidateViews, Filters

DOCUMENTS = [
    card("s0"),
    card("s1", country="CN", place="Rizhao, Shandong", programme="Suzhou", year=2010, group="g2"),
    card("s2", country="GB", place="山东日照", programme="NISP", year=2015, kind="energy", status="ended", group="g2"),
    card("s3", country="", year=None, receiver_sector="nace2:17.11", materials=("material:straw", "material:fly-ash"),
         material_scores=(0.4, 0.9), group="g3"),
    card("s4", country="BR", provider_sector="nace2:10.81", technologies=("technology:drying",), status="idea"),
]  # fmt: skip

CASES = {
    "nothing": (Filters(), {0, 1, 2, 3, 4}),
    "countries": (Filters(countries=frozenset({"CN", "GB", "ZZ"})), {1, 2}),
    "unknown country": (Filters(countries=frozenset({"ZZ"})), set()),
    "not countries": (Filters(exclude_countries=frozenset({"CN", "DK"})), {2, 3, 4}),
    "countries but not one": (
        Filters(countries=frozenset({"CN", "GB"}), exclude_countries=frozenset({"CN"})),
        {2},
    ),
    "place": (Filters(places=frozenset({"Rizhao, Shandong"})), {1}),
    "places": (Filters(places=frozenset({"Rizhao, Shandong", "山东日照", "Atlantis"})), {1, 2}),
    "part of a place": (Filters(places=frozenset({"Shandong"})), set()),
    "place and country": (
        Filters(places=frozenset({"Rizhao, Shandong", "山东日照"}), countries=frozenset({"GB"})),
        {2},
    ),
    "programme": (Filters(programmes=frozenset({"NISP"})), {2}),
    "kind": (Filters(kinds=frozenset({"energy"})), {2}),
    "status": (Filters(statuses=frozenset({"operating"})), {0, 1, 3}),
    "materials": (Filters(materials=frozenset({"material:straw"})), {3}),
    "technologies": (Filters(technologies=frozenset({"technology:drying", "technology:x"})), {4}),
    "provider sectors": (Filters(provider_sectors=frozenset({"nace2:10.81"})), {4}),
    "receiver sectors": (Filters(receiver_sectors=frozenset({"nace2:17.11"})), {3}),
    "sectors": (Filters(sectors=frozenset({"nace2:17.11", "nace2:10.81"})), {3, 4}),
    "from": (Filters(year_from=2010), {1, 2}),
    "to": (Filters(year_to=2009), {0, 4}),
    "years": (Filters(year_from=2005, year_to=2010), {0, 1, 4}),
    "not groups": (Filters(exclude_groups=frozenset({"g2", "none"})), {0, 3, 4}),
    "not ids": (Filters(exclude_ids=frozenset({"s0", "s4", "none"})), {1, 2, 3}),
    "several": (Filters(countries=frozenset({"CN", "BR", "GB"}), year_from=2006, kinds=frozenset({"material"})), {1}),
}


@pytest.mark.parametrize("case", CASES)
def test_filters_hold_before_the_cut(views: CandidateViews, case: str) -> None:
    """The one asked for is the worst by every view, so that a filter after the cut would lose it."""
    filters, passing = CASES[case]
    views.apply(1, DOCUMENTS[:3], around(5)[:3], ())
    views.apply(2, DOCUMENTS[3:], around(5)[3:], ())
    expected = [f"s{i}" for i in sorted(passing)]
    weights = {"material:fly-ash": 1.0}
    assert views.matching(filters, 9) == expected
    assert [p.id for p in views.by_vector(unit(1), filters, 9)] == expected
    assert sorted(p.id for p in views.by_words(["fly"], filters, 9)) == expected
    assert [p.id for p in views.by_concepts(weights, filters, 9)] == expected
    assert sum(views.facets(filters)["status"].values() if expected else ()) == len(expected)
    for found in (views.by_vector(unit(1), filters, 1), views.by_concepts(weights, filters, 1)):
        assert [p.id for p in found] == expected[:1]
    assert len(views.by_words(["fly"], filters, 1)) == min(1, len(expected))
