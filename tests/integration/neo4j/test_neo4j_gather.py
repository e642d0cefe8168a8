"""Gathering gives what the single calls give, in one transaction, and never what somebody has since replaced."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from search_cards import numbered, numbered_corpus

from kg.errors import StaleIndex
from kg.graph.neo4j.server import Neo4jServer
from kg.graph.neo4j.views import Neo4jViews
from kg.graph.protocol import Filters, Gathered, Gatherer, IndexStamp, SearchDocument, Vector, Wanted
from kg.settings import Settings

pytestmark = pytest.mark.integration

DIMENSION = 32
COUNT = 700
"""More than are scored exactly."""
STAMP = IndexStamp("test", "hash", DIMENSION, "vocabulary", "1")
WANTED = Wanted(None, ("ash", "word3"), {f"material:m{i}": 1 - i / 20 for i in range(5)}, 60, 40, 50)


@pytest.fixture(scope="module")
def corpus() -> tuple[list[SearchDocument], Vector]:
    return numbered_corpus(COUNT, DIMENSION)


@pytest.fixture
def settings(clean_neo4j: Settings) -> Settings:
    return clean_neo4j


@pytest.fixture
def views(settings: Settings, corpus: tuple[list[SearchDocument], Vector]) -> Iterator[Neo4jViews]:
    found = Neo4jViews(settings)
    found.reset(STAMP)
    found.apply(1, *corpus, [])
    yield found
    found.close()


FILTERS = {
    "none": Filters(),
    "countries": Filters(countries=frozenset({"GB", "PT"})),
    "not a country": Filters(exclude_countries=frozenset({"GB"})),
    "countries but one": Filters(countries=frozenset({"GB", "PT"}), exclude_countries=frozenset({"GB"})),
    "years": Filters(year_from=2005, year_to=2011),
    "sector": Filters(receiver_sectors=frozenset({"nace2:3"})),
    "hidden group": Filters(exclude_groups=frozenset({"g5", "g7"}), exclude_ids=frozenset({"d0100"})),
    "material": Filters(materials=frozenset({"material:m3"})),
    "nothing passes": Filters(countries=frozenset({"XX"})),
}


def singly(views: Neo4jViews, wanted: Wanted, filters: Filters) -> Gathered:
    """The same by the single calls."""
    near = views.by_vector(wanted.vector, filters, wanted.nearest) if wanted.vector is not None else []
    worded = views.by_words(wanted.terms, filters, wanted.worded)
    tagged = views.by_concepts(wanted.weights, filters, wanted.tagged)
    lists = [[proposal.id for proposal in proposals] for proposals in (near, worded, tagged)]
    ids = sorted(set().union(*lists))
    documents = {document.id: document for document in views.documents(ids)}
    return Gathered(*lists, documents, dict(zip(ids, views.vectors(ids), strict=True)))


def check_same(found: Gathered, wanted: Gathered) -> None:
    for name in ("nearest", "worded", "tagged", "documents"):
        assert getattr(found, name) == getattr(wanted, name), name
    assert found.vectors.keys() == wanted.vectors.keys()
    assert all((found.vectors[id_] == vector).all() for id_, vector in wanted.vectors.items())


def test_gathering_gives_what_the_single_calls_give(
    views: Neo4jViews, corpus: tuple[list[SearchDocument], Vector]
) -> None:
    assert isinstance(views, Gatherer)
    for filters in FILTERS.values():
        wanted = replace(WANTED, vector=corpus[1][17])
        check_same(views.gather(wanted, filters), singly(views, wanted, filters))


def test_a_view_that_is_asked_nothing_proposes_nothing(views: Neo4jViews) -> None:
    check_same(views.gather(WANTED, Filters()), singly(views, WANTED, Filters()))
    nothing = views.gather(replace(WANTED, terms=(), weights={}), Filters())
    assert nothing == Gathered([], [], [], {}, {})


def test_gathering_is_one_transaction(
    views: Neo4jViews, corpus: tuple[list[SearchDocument], Vector], monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str] = []
    original = Neo4jServer.read

    def counted(self: Neo4jServer, work: Any) -> Any:
        seen.append("read")
        return original(self, work)

    monkeypatch.setattr(Neo4jServer, "read", counted)
    views.gather(replace(WANTED, vector=corpus[1][3]), Filters(exclude_groups=frozenset({"g5"})))
    assert seen == ["read"]


@pytest.mark.parametrize("most", [0, 10, 5_000])
def test_what_another_process_wrote_is_seen_at_once(
    settings: Settings, views: Neo4jViews, corpus: tuple[list[SearchDocument], Vector], most: int
) -> None:
    reader = Neo4jViews(settings.model_copy(update={"graph_cards": most}))
    wanted = replace(WANTED, vector=corpus[1][17])
    for sequence, title in enumerate(("another title", "a third"), start=2):
        reader.gather(wanted, Filters())
        views.apply(sequence, [replace(numbered(17), title=title)], corpus[1][17:18], [numbered(18).id])
        found = reader.gather(wanted, Filters())
        assert found.documents["d0017"].title == title
        check_same(found, singly(views, wanted, Filters()))
    reader.close()


def test_an_index_made_anew_is_seen_at_once(
    settings: Settings, views: Neo4jViews, corpus: tuple[list[SearchDocument], Vector]
) -> None:
    reader = Neo4jViews(settings)
    wanted = replace(WANTED, vector=corpus[1][17])
    reader.gather(wanted, Filters())
    views.reset(STAMP)
    views.apply(1, [replace(one, title="made anew", country="DK") for one in corpus[0][:40]], corpus[1][:40], [])
    without = Filters(exclude_countries=frozenset({"GB"}))
    for filters in (Filters(), without):
        found = reader.gather(wanted, filters)
        assert found.nearest
        assert {one.title for one in found.documents.values()} == {"made anew"}
        check_same(found, singly(views, wanted, filters))
    reader.close()


def test_without_an_index_gathering_says_so(settings: Settings) -> None:
    empty = Neo4jViews(settings)
    with pytest.raises(StaleIndex):
        empty.gather(WANTED, Filters())
    empty.close()
