"""What the three views propose, in what order, and that filters hold before the cut."""

from __future__ import annotations

import numpy as np
import pytest
from search_cards import around, card, unit

from kg.graph.protocol import CandidateViews, Filters, Proposal

ALL = Filters()


def ids(found: list[Proposal]) -> list[str]:
    return [proposal.id for proposal in found]


def test_empty_views_propose_nothing(views: CandidateViews) -> None:
    assert views.by_vector(unit(1), ALL, 5) == []
    assert views.by_words(["fly"], ALL, 5) == []
    assert views.by_concepts({"material:fly-ash": 1.0}, ALL, 5) == []
    assert views.matching(ALL, 5) == []
    assert views.documents(["a"]) == []
    assert len(views.vectors(["a"])) == 0


def test_nearest_come_first_with_their_cosines(views: CandidateViews) -> None:
    given = around(5)
    views.apply(1, [card(f"s{i}") for i in range(5)], given, ())
    found = views.by_vector(unit(1), ALL, 3)
    assert ids(found) == ["s0", "s1", "s2"]
    assert [p.score for p in found] == pytest.approx((given @ unit(1))[:3].tolist(), abs=1e-5)


def test_opposite_vectors_are_proposed_last(views: CandidateViews) -> None:
    views.apply(1, [card("a"), card("b")], np.stack([unit(-1), unit(0, 1)]), ())
    assert ids(views.by_vector(unit(1), ALL, 5)) == ["b", "a"]


def test_equal_scores_stand_in_id_order(views: CandidateViews) -> None:
    keys = ["s3", "s1", "s2", "s10"]
    views.apply(1, [card(key) for key in keys[:2]], np.stack([unit(1, 2, 3)] * 2), ())
    views.apply(2, [card(key) for key in keys[2:]], np.stack([unit(1, 2, 3)] * 2), ())
    in_order = ["s1", "s10", "s2", "s3"]
    for limit in (1, 2, 4):
        assert ids(views.by_vector(unit(3, 2, 1), ALL, limit)) == in_order[:limit]
        assert ids(views.by_words(["fly", "ash"], ALL, limit)) == in_order[:limit]
        assert ids(views.by_concepts({"material:fly-ash": 0.5}, ALL, limit)) == in_order[:limit]


def test_words_prefer_the_rare_the_repeated_and_the_short(views: CandidateViews) -> None:
    texts = {
        "common": "ash cement ash cement lime",
        "rare": "ash vitrified",
        "long": "ash vitrified " + "in a long sentence of many words " * 3,
        "twice": "ash vitrified vitrified",
        "none": "straw pulp",
    }
    views.apply(1, [card(key, terms=text) for key, text in texts.items()], around(5), ())
    found = views.by_words(["vitrified", "ash"], ALL, 9)
    assert set(ids(found)) == {"common", "rare", "long", "twice"}
    place = {key: i for i, key in enumerate(ids(found))}
    assert place["rare"] < place["long"]
    assert place["rare"] < place["common"]
    assert place["twice"] < place["common"]
    assert all(p.score > 0 for p in found)


def test_unknown_and_empty_words_find_nothing(views: CandidateViews) -> None:
    views.apply(1, [card("a")], around(1), ())
    assert views.by_words(["zeolite"], ALL, 5) == []
    assert views.by_words([], ALL, 5) == []
    assert views.by_words(["", " "], ALL, 5) == []
    assert ids(views.by_words(["zeolite", "ash"], ALL, 5)) == ["a"]


def test_terms_that_look_like_syntax_are_words(views: CandidateViews) -> None:
    views.apply(1, [card("a", terms=("or", "not")), card("b", terms=("c++", "'); drop"))], around(2), ())
    assert ids(views.by_words(["not"], ALL, 5)) == ["a"]
    assert ids(views.by_words(["c++"], ALL, 5)) == ["b"]
    assert views.by_words(['"', "(", "a:b", "*", "AND"], ALL, 5) == []


def test_concepts_score_by_the_best_weight_of_any_kind(views: CandidateViews) -> None:
    documents = [
        card("code", materials=(), material_scores=(), technologies=(), waste_code="low:100102"),
        card("both", materials=("material:a", "material:b"), material_scores=(0.5, 0.5)),
        card("process", materials=(), material_scores=(), technologies=("technology:t",), waste_code=""),
        card("nothing", materials=(), material_scores=(), technologies=(), waste_code=""),
    ]
    views.apply(1, documents, around(4), ())
    weights = {"material:a": 0.3, "material:b": 0.8, "technology:t": 0.9, "low:100102": 0.5, "material:unknown": 1.0}
    found = views.by_concepts(weights, ALL, 9)
    assert [(p.id, pytest.approx(p.score)) for p in found] == [("process", 0.9), ("both", 0.8), ("code", 0.5)]
    assert ids(views.by_concepts(weights, ALL, 2)) == ["process", "both"]
    assert views.by_concepts({}, ALL, 9) == []


def test_no_limit_no_proposals(views: CandidateViews) -> None:
    views.apply(1, [card("a")], around(1), ())
    assert views.by_vector(unit(1), ALL, 0) == []
    assert views.by_words(["fly"], ALL, 0) == []
    assert views.by_concepts({"material:fly-ash": 1.0}, ALL, 0) == []
    assert views.matching(ALL, 0) == []


def test_matching_pages_in_id_order(views: CandidateViews) -> None:
    views.apply(1, [card("c"), card("a", country="CN")], around(2), ())
    views.apply(2, [card("b"), card("d")], around(2), ())
    assert views.matching(ALL, 9) == ["a", "b", "c", "d"]
    assert views.matching(ALL, 2, after="a") == ["b", "c"]
    assert views.matching(ALL, 2, after="bb") == ["c", "d"]
    assert views.matching(Filters(exclude_countries=frozenset({"CN"})), 2) == ["b", "c"]
    assert views.matching(ALL, 9, after="d") == []


def test_facets_count_what_passes(views: CandidateViews) -> None:
    documents = [
        card("a", country="DK", year=2001),
        card("b", country="DK", year=None, programme=""),
        card("c", country="CN", year=2001, status="ended", kind="energy"),
    ]
    views.apply(1, documents, around(3), ())
    found = views.facets(ALL)
    assert dict(found["country"]) == {"DK": 2, "CN": 1}
    assert dict(found["year"]) == {"2001": 2}
    assert dict(found["programme"]) == {"Kalundborg": 2}
    assert dict(found["status"]) == {"operating": 2, "ended": 1}
    assert dict(found["kind"]) == {"material": 2, "energy": 1}
    assert dict(found["receiver_sector"]) == {"nace2:23.51": 3}
    assert dict(found["provider_sector"]) == {"nace2:35.11": 3}
    assert dict(views.facets(Filters(countries=frozenset({"DK"})))["year"]) == {"2001": 1}
    assert dict(views.facets(ALL, ["c", "unknown", "c"])["country"]) == {"CN": 1}
