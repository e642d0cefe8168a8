"""The index is brought up from each engine's own log, and built anew from its records."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from counting_encoder import CountingEncoder
from memory_views import MemoryViews

from kg.graph.ladybug.views import EmbeddedViews
from kg.graph.protocol import CandidateViews, Filters, GraphStore
from kg.ontology import Vocabulary
from kg.search import indexing
from kg.search.documents import document_of
from kg.search.indexing import catch_up, rebuild, stamp_of

Make = Callable[..., Any]
ALL = Filters()


@pytest.fixture
def vocabulary(vocabularies: Make) -> Vocabulary:
    """The small vocabulary that the store under test holds."""
    made: Vocabulary = vocabularies()
    return made


def test_catching_up_follows_creations_updates_deletions_and_undo(
    store: GraphStore, desk: Any, synergy: Make, vocabulary: Vocabulary, tmp_path: Path
) -> None:
    views, encoder = MemoryViews(), CountingEncoder()

    def up() -> int:
        return catch_up(store, views, encoder, vocabulary, tmp_path)

    first = desk.create(synergy("a"), synergy("b"), synergy("c"))
    assert up() == 3
    assert views.stamp() == stamp_of(encoder, vocabulary)
    second = desk.write((synergy("a"), synergy("a", country="DK")), (synergy("b"), None))
    assert up() == 2
    assert views.documents(["a", "b", "c"]) == [
        document_of(synergy("a", country="DK"), second.id),
        document_of(synergy("c"), first.id),
    ]
    undone = desk.undo(second)
    assert up() == 2
    assert views.documents(["a", "b"]) == [document_of(synergy("a"), undone.id), document_of(synergy("b"), undone.id)]
    assert views.sequence() == store.sequence() == 3
    assert up() == 0


def test_batches_without_synergies_move_the_sequence(
    store: GraphStore, desk: Any, synergy: Make, member: Make, vocabulary: Vocabulary, tmp_path: Path
) -> None:
    views, encoder = MemoryViews(), CountingEncoder()
    desk.create(synergy("a"))
    catch_up(store, views, encoder, vocabulary, tmp_path)
    desk.create(member("m"))
    desk.write()
    assert catch_up(store, views, encoder, vocabulary, tmp_path) == 0
    assert (views.sequence(), views.count()) == (store.sequence(), 1)


def test_every_status_is_indexed_with_its_status(
    store: GraphStore, desk: Any, synergy: Make, vocabulary: Vocabulary, tmp_path: Path
) -> None:
    views = MemoryViews()
    desk.create(synergy("a"), synergy("b", status=type(synergy("a").status)("idea")))
    catch_up(store, views, CountingEncoder(), vocabulary, tmp_path)
    assert dict(views.facets(ALL)["status"]) == {"operating": 1, "idea": 1}


@pytest.mark.parametrize("changed", ["encoder", "vocabulary"])
def test_another_encoder_or_vocabulary_builds_anew(
    store: GraphStore,
    desk: Any,
    synergy: Make,
    vocabularies: Make,
    vocabulary: Vocabulary,
    tmp_path: Path,
    changed: str,
) -> None:
    views: CandidateViews = EmbeddedViews(tmp_path / "index")
    desk.create(synergy("a"), synergy("b"))
    catch_up(store, views, CountingEncoder(), vocabulary, tmp_path)
    encoder = CountingEncoder("other" if changed == "encoder" else "counting")
    other = vocabularies("v2") if changed == "vocabulary" else vocabulary
    assert catch_up(store, views, encoder, other, tmp_path) == 2
    assert views.stamp() == stamp_of(encoder, other)
    assert len(encoder.read) == (1 if changed == "encoder" else 0)


def test_a_rebuild_gives_the_same_index_and_encodes_nothing_again(
    store: GraphStore, desk: Any, synergy: Make, vocabulary: Vocabulary, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(indexing, "CHUNK", 2)
    views, encoder = MemoryViews(), CountingEncoder()
    for key in "abcde":
        desk.create(synergy(key, country=key))
    desk.write((synergy("c", country="c"), None))
    told: list[tuple[int, int]] = []
    catch_up(store, views, encoder, vocabulary, tmp_path)
    before, read = views.documents(list("abcde")), list(encoder.read)
    assert rebuild(store, views, encoder, vocabulary, tmp_path, lambda *at: told.append(at)) == 4
    assert views.documents(list("abcde")) == before
    assert encoder.read == read
    assert views.sequence() == store.sequence()
    assert told[-1] == (4, 4)
    assert [done for done, _ in told] == sorted(done for done, _ in told)


def test_an_interrupted_rebuild_starts_again_from_cached_vectors(
    store: GraphStore, desk: Any, synergy: Make, vocabulary: Vocabulary, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(indexing, "CHUNK", 1)
    flow = synergy("a").flows[0]
    desk.create(*(synergy(key, flows=(replace(flow, resource=f"ash {key}"),)) for key in "abc"))
    views, stopped = EmbeddedViews(tmp_path / "index"), CountingEncoder(stop_after=2)
    with pytest.raises(KeyboardInterrupt):
        rebuild(store, views, stopped, vocabulary, tmp_path)
    assert views.sequence() == 0
    views.close()
    again, encoder = EmbeddedViews(tmp_path / "index"), CountingEncoder()
    assert catch_up(store, again, encoder, vocabulary, tmp_path) == 3
    assert (again.sequence(), again.matching(ALL, 9)) == (store.sequence(), ["a", "b", "c"])
    assert len(encoder.read) == 1


def test_progress_that_raises_leaves_an_index_to_go_on_from(
    store: GraphStore, desk: Any, synergy: Make, vocabulary: Vocabulary, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(indexing, "CHUNK", 1)
    views, encoder = MemoryViews(), CountingEncoder()
    desk.create(synergy("a"))
    catch_up(store, views, encoder, vocabulary, tmp_path)
    desk.create(synergy("b"))
    desk.create(synergy("c"))

    class Stop(Exception): ...

    def stop(done: int, total: int) -> None:
        if done > 1:
            raise Stop

    with pytest.raises(Stop):
        catch_up(store, views, encoder, vocabulary, tmp_path, stop)
    assert (views.sequence(), views.count()) == (2, 2)
    assert catch_up(store, views, encoder, vocabulary, tmp_path) == 1
    assert views.matching(ALL, 9) == ["a", "b", "c"]
