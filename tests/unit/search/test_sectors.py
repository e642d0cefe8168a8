from __future__ import annotations

import pytest
from search_parts import opened_search

from kg.graph.protocol import Filters
from kg.model import Level, SectorRole
from kg.ontology import Vocabulary
from kg.search.results import Basis
from kg.search.searching import Search
from kg.search.sectors import SectorRequest, SectorSearch


@pytest.fixture(scope="module")
def search(vocabulary: Vocabulary) -> Search:
    return opened_search(vocabulary)


def test_evidence_and_routes_stand_apart(search: Search) -> None:
    answer = SectorSearch(search).answer("fly ash", SectorRequest())
    first = answer.items[0]
    assert first.sector.code == "23"
    assert first.basis is Basis.BOTH
    assert {evidence.synergy for evidence in first.evidence} == {"ash-1", "ash-2", "ash-3"}
    assert all(route.sector.code.startswith("23") for route in first.routes)
    assert first.synergy_count == 3
    assert first.precedent_count == 2  # ash-2 and ash-3 are of one group
    assert first.countries == ("CN", "DE", "GB")
    assert first.quantities == {"t/yr": 1500.0}
    assert "3 completed synergies from 2 independent sources" in first.explanation
    assert answer.evidence_count + answer.route_count + answer.adjacent_count == len(answer.items)


def test_the_parts_of_a_score_sum_to_it(search: Search) -> None:
    for item in SectorSearch(search).answer("fly ash", SectorRequest()).items:
        assert sum(item.features.values()) == pytest.approx(item.score, abs=1e-4)
        assert 0 <= item.confidence <= 1


def test_a_match_tells_path_label_and_ranks(search: Search) -> None:
    found = SectorSearch(search).answer("fly ash", SectorRequest()).items[0]
    kind = next(e for e in found.evidence if e.synergy == "ash-1")
    assert kind.match.relation == "narrower"
    assert kind.match.path == ("material:fly-ash", "material:coal-fly-ash")
    assert kind.match.label.casefold() == "fly ash"
    assert {view.view for view in kind.match.views} == {"concepts", "vectors", "words"}
    assert kind.source.url == "https://example.org/ash-1"


def test_what_only_routes_know_is_called_so(search: Search) -> None:
    answer = SectorSearch(search).answer("whey", SectorRequest())
    assert answer.evidence_count == 0
    assert {item.basis for item in answer.items} <= {Basis.ROUTE, Basis.ADJACENT}
    assert all(not item.evidence for item in answer.items)
    assert "rests on known routes" in answer.note
    assert answer.nearest


def test_nobody_has_used_it_and_nothing_is_known(search: Search) -> None:
    answer = SectorSearch(search).answer("zzyzx", SectorRequest())
    assert answer.items == ()
    assert answer.linked == ()
    assert len(answer.nearest) > 0
    assert "Nobody here has used" in answer.note


def test_filters_hold_before_the_cut(search: Search) -> None:
    request = SectorRequest(filters=Filters(countries=frozenset({"DE"})))
    answer = SectorSearch(search).answer("fly ash", request)
    assert {e.country for item in answer.items for e in item.evidence} == {"DE"}


def test_levels_and_roles(search: Search) -> None:
    classes = SectorSearch(search).answer("fly ash", SectorRequest(level=Level.CLASS))
    assert "23.51" in {item.sector.code for item in classes.items}
    sections = SectorSearch(search).answer("fly ash", SectorRequest(level=Level.SECTION))
    assert sections.items[0].sector.code == "C"
    providers = SectorSearch(search).answer("fly ash", SectorRequest(role=SectorRole.PROVIDER))
    assert providers.items[0].sector.code == "35"


@pytest.mark.parametrize("asked", ["material:fly-ash", "10 01 02", "low:100102", "粉煤灰"])
def test_ids_codes_and_languages_reach_the_same_sector(search: Search, asked: str) -> None:
    answer = SectorSearch(search).answer(asked, SectorRequest(language="de"))
    assert answer.items[0].sector.code == "23"
    assert answer.items[0].sector.language == "de"


def test_the_same_question_has_the_same_answer(search: Search, vocabulary: Vocabulary) -> None:
    request = SectorRequest()
    once = SectorSearch(search).answer("fly ash", request)
    assert once == SectorSearch(opened_search(vocabulary)).answer("fly ash", request)
