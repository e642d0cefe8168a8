"""What the shared contract cannot ask of the embedded engine: plans, number of queries, the index's own nearness."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from search_cards import numbered_corpus

from kg.graph.neo4j import cards
from kg.graph.neo4j.conditions import Conditions, inside_index, over_cards
from kg.graph.neo4j.server import Neo4jServer
from kg.graph.neo4j.views import Neo4jViews
from kg.graph.protocol import Filters, IndexStamp, Proposal, SearchDocument, Vector
from kg.settings import Settings

pytestmark = pytest.mark.integration

DIMENSION = 32
COUNT = 1_200
STAMP = IndexStamp("test", "hash", DIMENSION, "vocabulary", "1")


@pytest.fixture(scope="module")
def corpus() -> tuple[list[SearchDocument], Vector]:
    return numbered_corpus(COUNT, DIMENSION)


@pytest.fixture(scope="module")
def settings(neo4j_server: Any) -> Settings:
    neo4j_server.wipe()
    found: Settings = neo4j_server.settings()
    return found


@pytest.fixture(scope="module")
def views(settings: Settings, corpus: tuple[list[SearchDocument], Vector]) -> Iterator[Neo4jViews]:
    """An index too large to be scored whole. Nothing in this module writes to it."""
    found = Neo4jViews(settings)
    found.reset(STAMP)
    found.apply(1, *corpus, [])
    yield found
    found.close()


@pytest.fixture(scope="module")
def server(settings: Settings, views: Neo4jViews) -> Iterator[Neo4jServer]:
    found = Neo4jServer(settings)
    yield found
    found.close()


def operators(server: Neo4jServer, query: str, **parameters: object) -> list[str]:
    """Operators of a query's plan with what they look up, from the leaves up."""

    def walk(plan: dict[str, Any]) -> Iterator[str]:
        for child in plan.get("children", []):
            yield from walk(child)
        yield f"{plan['operatorType']} {plan['args'].get('Details', '')}"

    def explain(tx: Any) -> list[str]:
        explained = f"EXPLAIN {query}"
        return list(walk(tx.run(explained, parameters).consume().plan))

    return server.read(explain)


CASES = {
    "all": (Filters(), lambda d: True),
    "countries": (Filters(countries=frozenset({"GB", "PT"})), lambda d: d.country in ("GB", "PT")),
    "not a country": (Filters(exclude_countries=frozenset({"GB"})), lambda d: d.country != "GB"),
    "years": (
        Filters(year_from=2005, year_to=2011),
        lambda d: d.year is not None and 2005 <= d.year <= 2011,
    ),
    "sector and country": (
        Filters(receiver_sectors=frozenset({"nace2:3"}), countries=frozenset({"CN"})),
        lambda d: d.receiver_sector == "nace2:3" and d.country == "CN",
    ),
    "hidden group": (Filters(exclude_groups=frozenset({"g5", "g7"})), lambda d: d.group not in ("g5", "g7")),
    "material": (Filters(materials=frozenset({"material:m3"})), lambda d: "material:m3" in d.materials),
}


@pytest.mark.parametrize("case", CASES)
def test_the_index_finds_the_nearest_that_pass(
    views: Neo4jViews, corpus: tuple[list[SearchDocument], Vector], case: str
) -> None:
    filters, passes = CASES[case]
    documents, vectors = corpus
    question = vectors[17]
    exact = [
        Proposal(d.id, float(vector @ question)) for d, vector in zip(documents, vectors, strict=True) if passes(d)
    ]
    wanted = sorted(exact, key=lambda proposal: (-proposal.score, proposal.id))[:50]
    found = views.by_vector(question, filters, 50)
    assert [proposal.id for proposal in found] == [proposal.id for proposal in wanted]
    assert [proposal.score for proposal in found] == pytest.approx([proposal.score for proposal in wanted], abs=1e-5)


def test_the_filter_is_inside_the_vector_index(server: Neo4jServer) -> None:
    inside = inside_index(Filters(countries=frozenset({"GB"}), year_from=2005), [])
    query = cards.nearest(inside, Conditions("", {}))
    plan = operators(server, query, vector=[0.1] * DIMENSION, fetch=10, limit=10, **inside.parameters)
    assert plan[0].startswith("NodeVectorIndexSearch")
    assert "country IN $f_countries" in plan[0]
    assert "year >= $f_year_from" in plan[0]


def test_a_filter_by_material_starts_from_its_tag(server: Neo4jServer) -> None:
    filters = Filters(materials=frozenset({"material:m3"}))
    passing = over_cards(filters)
    query = cards.exact(passing, filters)
    plan = operators(server, query, vector=[0.1] * DIMENSION, limit=10, **passing.parameters)
    assert not [step for step in plan if "Scan" in step], plan
    assert [step for step in plan if "NodeUniqueIndexSeek" in step], plan


@pytest.mark.parametrize("query", [cards.READ_DOCUMENTS, cards.READ_VECTORS])
def test_cards_are_read_by_key(server: Neo4jServer, query: str) -> None:
    assert "NodeUniqueIndexSeek" in operators(server, query, ids=["d0001"])[0]


@pytest.fixture
def transactions(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """One entry for every transaction that any server object runs from here on."""
    seen: list[str] = []
    for name in ("read", "write"):
        original = getattr(Neo4jServer, name)

        def counted(self: Neo4jServer, work: Any, name: str = name, original: Any = original) -> Any:
            seen.append(name)
            return original(self, work)

        monkeypatch.setattr(Neo4jServer, name, counted)
    return seen


CALLS: dict[str, tuple[Callable[[Neo4jViews, Vector], object], int]] = {
    "stamp": (lambda v, q: v.stamp(), 1),
    "sequence": (lambda v, q: v.sequence(), 1),
    "by_vector": (lambda v, q: v.by_vector(q, Filters(exclude_groups=frozenset({"g5"})), 100), 2),
    "by_words": (lambda v, q: v.by_words(["ash", "word3"], Filters(countries=frozenset({"GB"})), 100), 1),
    "by_concepts": (lambda v, q: v.by_concepts({f"material:m{i}": 1.0 for i in range(11)}, Filters(), 100), 1),
    "matching": (lambda v, q: v.matching(Filters(), 1000), 1),
    "documents": (lambda v, q: v.documents([f"d{i:04d}" for i in range(300)]), 1),
    "vectors": (lambda v, q: v.vectors([f"d{i:04d}" for i in range(300)]), 1),
    "facets": (lambda v, q: v.facets(Filters()), 1),
    "count": (lambda v, q: v.count(), 1),
}


@pytest.mark.parametrize("call", CALLS)
def test_each_call_asks_a_fixed_number_of_times(
    views: Neo4jViews, corpus: tuple[list[SearchDocument], Vector], transactions: list[str], call: str
) -> None:
    ask, most = CALLS[call]
    ask(views, corpus[1][0])
    assert transactions == ["read"] * most


def test_two_processes_share_one_index(settings: Settings, views: Neo4jViews) -> None:
    other = Neo4jViews(settings)
    assert other.stamp() == STAMP
    assert other.count() == COUNT
    other.close()
