from __future__ import annotations

from collections.abc import Sequence

import pytest
from search_parts import SYNERGIES, opened_search

from kg.model import Link, LinkMethod, Member, MemberResource, Quantity, ResourceRole, Synergy
from kg.ontology import Vocabulary
from kg.search.markets import MarketSearch
from kg.search.recruitment import RecruitmentSearch
from kg.search.results import Basis
from kg.search.searching import Search
from kg.search.sectors import SectorRequest

FOOD = "material:surplus-and-waste-food"


def member(id_: str, sector: str, *resources: MemberResource) -> Member:
    return Member(id_, f"company {id_}", f"org-{id_}", "P", sector=sector, resources=resources, fictitious=True)


def resource(role: ResourceRole, text: str, material: str, tonnes: float) -> MemberResource:
    link = Link(material, 0.9, LinkMethod.LABEL)
    amount = Quantity(tonnes, "t/yr", f"{tonnes} t")
    return MemberResource(f"r-{text}", role, text, materials=(link,), quantity=amount)


MEMBERS = (
    member("1", "nace2:35.11", resource(ResourceRole.HAVE, "coal fly ash", "material:coal-fly-ash", 800.0)),
    member("2", "nace2:42.11", resource(ResourceRole.WANT, "fly ash", "material:fly-ash", 10.0)),
    member("3", "nace2:56.10", resource(ResourceRole.HAVE, "kitchen waste", FOOD, 20.0)),
)


def read(ids: Sequence[str]) -> Sequence[Synergy]:
    return [one for one in SYNERGIES if one.id in ids]


@pytest.fixture(scope="module")
def search(vocabulary: Vocabulary) -> Search:
    return opened_search(vocabulary)


def test_sectors_with_members_are_told_from_those_to_recruit(search: Search) -> None:
    answer = RecruitmentSearch(search, read).answer("fly ash", "P", MEMBERS, SectorRequest())
    assert "42" in {target.item.sector.code for target in answer.present}
    assert answer.recruit[0].item.sector.code == "23"
    assert not answer.recruit[0].members
    road = next(target for target in answer.present if target.item.sector.code == "42")
    assert road.members[0].id == "2"
    assert road.members[0].wants == ("fly ash",)


def test_a_case_is_made_of_facts_and_never_of_guesses(search: Search) -> None:
    answer = RecruitmentSearch(search, read).answer("fly ash", "P", MEMBERS, SectorRequest())
    case = answer.recruit[0].case
    assert case.held == {"t/yr": 800.0}
    assert "members of P hold 800 t/yr" in case.headline
    assert {source.title for source in case.sources} == {f"source of ash-{n}" for n in (1, 2, 3)}
    assert all(t.item.basis is not Basis.ADJACENT for t in (*answer.present, *answer.recruit))
    assert [holder.member.id for holder in answer.holders] == ["1"]


def test_outcomes_come_with_their_source(search: Search) -> None:
    answer = RecruitmentSearch(search, read).answer(FOOD, "P", (), SectorRequest())
    outcomes = [o for t in answer.recruit for o in t.case.outcomes]
    assert [(o.synergy, o.outcome.value) for o in outcomes] == [("food-1", 66.0)]


def test_a_market_has_both_sides_and_what_members_hold(search: Search) -> None:
    answer = MarketSearch(search).answer("anaerobic digestion", SectorRequest(), "P", MEMBERS)
    assert answer.technology is not None
    assert answer.technology.id == "technology:anaerobic-digestion"
    assert "10" in {sector.sector.code for sector in answer.feedstock}
    assert answer.buyers[0].sector.code == "35"
    assert answer.buyers[0].evidence[0].synergy == "food-1"
    assert "3" in {holder.member.id for holder in answer.holders}


def test_what_is_no_technology_is_said_to_be_none(search: Search) -> None:
    answer = MarketSearch(search).answer("love letters", SectorRequest())
    assert answer.technology is None
    assert answer.feedstock == answer.buyers == ()
    assert "not recognised" in answer.note
