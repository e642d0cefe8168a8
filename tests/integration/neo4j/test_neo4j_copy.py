"""A whole graph moves between the engines, either way, and both hold the same afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from small_graph import commit, created, fill, synergy, vocabulary

from kg.errors import Conflict, StaleIndex
from kg.graph.copy import Place, contents, copy
from kg.graph.ladybug.store import LadybugStore
from kg.graph.ladybug.views import EmbeddedViews
from kg.graph.neo4j.store import Neo4jStore
from kg.graph.neo4j.views import Neo4jViews
from kg.settings import Settings

pytestmark = pytest.mark.integration


class Stop(Exception):
    """What interrupts a copy here."""


def embedded(directory: Path) -> Place:
    return Place(LadybugStore(Settings(data=directory)), EmbeddedViews(directory / "index"))


def close(place: Place) -> None:
    place.store.close()
    place.views.close()


@pytest.fixture
def source(tmp_path: Path) -> Iterator[Place]:
    place = embedded(tmp_path / "source")
    fill(place.store, place.views)
    yield place
    close(place)


@pytest.fixture
def target(clean_neo4j: Settings) -> Iterator[Place]:
    place = Place(Neo4jStore(clean_neo4j), Neo4jViews(clean_neo4j))
    yield place
    close(place)


@pytest.fixture
def back(tmp_path: Path) -> Iterator[Place]:
    place = embedded(tmp_path / "back")
    yield place
    close(place)


def test_there_and_back_again(source: Place, target: Place, back: Place) -> None:
    report = copy(source, target, vocabulary())
    assert (report.batches, report.documents) == (8, 24)
    assert report.contents == contents(source)
    assert copy(target, back, vocabulary()).contents == contents(source)
    undone = back.store.undo("i1-4", "ann", "2026-02-01T00:00:00Z")
    assert undone.sequence == 9
    assert back.store.synergies(["s00000"]) == [synergy(0)]


def test_copied_again_there_is_nothing_to_do(source: Place, target: Place) -> None:
    copy(source, target, vocabulary())
    report = copy(source, target, vocabulary())
    assert (report.batches, report.documents) == (0, 0)


def test_what_was_written_since_is_brought_over(source: Place, target: Place) -> None:
    copy(source, target, vocabulary())
    commit(source.store, 9, created([synergy(900)]))
    source.views.apply(source.store.sequence(), [], source.views.vectors([]), ["s00001"])
    report = copy(source, target, vocabulary())
    assert report.batches == 1
    assert target.views.count() == 23


@pytest.mark.parametrize("moment", [("batches", 3), ("documents", 24), ("verifying", 1)])
def test_interrupted_it_goes_on_where_it_was(source: Place, target: Place, moment: tuple[str, int]) -> None:
    def interrupt(what: str, done: int, total: int) -> None:
        if (what, done) == moment:
            raise Stop

    with pytest.raises(Stop):
        copy(source, target, vocabulary(), interrupt)
    report = copy(source, target, vocabulary())
    assert report.batches == (5 if moment[0] == "batches" else 0)
    assert report.documents == (24 if moment[0] == "batches" else 0)
    assert report.contents == contents(source)


def test_a_target_with_a_graph_of_its_own_is_left_alone(source: Place, target: Place) -> None:
    target.store.initialise(vocabulary())
    commit(target.store, 1, created([synergy(1)]), "own")
    with pytest.raises(Conflict, match="graph of its own"):
        copy(source, target, vocabulary())
    assert [batch.import_id for batch in target.store.batches()] == ["own"]


def test_a_damaged_copy_is_told(source: Place, target: Place) -> None:
    copy(source, target, vocabulary())
    assert isinstance(target.store, Neo4jStore)
    swap = "MATCH (a:Card {id: 's00003'}) MATCH (b:Card {id: 's00004'}) SET a.packed = b.packed"
    target.store.server.change(swap)
    target.store.server.change("MATCH (n:Synergy {id: 's00003'}) DETACH DELETE n")
    with pytest.raises(Conflict, match="synergy, index"):
        copy(source, target, vocabulary())


def test_another_vocabulary_is_refused(source: Place, target: Place) -> None:
    with pytest.raises(StaleIndex, match="another vocabulary"):
        copy(source, target, vocabulary("newer"))
