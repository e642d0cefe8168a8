"""The embedded index against its definition, cut into any parts; and what it refuses to read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from memory_views import MemoryViews
from search_cards import DIMENSION, STAMP, around, card, unit

from kg.errors import StaleIndex, StorageFailed
from kg.graph.ladybug import views_files, views_segment, views_vectors
from kg.graph.ladybug.views import EmbeddedViews
from kg.graph.ladybug.views_files import MANIFEST, segment_path
from kg.graph.protocol import Filters, Proposal, SearchDocument, Vector

NOTHING = np.zeros((0, DIMENSION), dtype=np.float32)


@pytest.fixture(scope="module", autouse=True)
def no_syncing() -> Iterator[None]:
    """What a sync is for, surviving a power cut, no unit test can see; hundreds of them take a minute."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(views_files.os, "fsync", lambda handle: None)
        yield


KEYS = [f"s{i}" for i in range(12)]
WORDS = ("ash", "fly", "straw", "whey", "煤灰")
COUNTRIES = ("DK", "CN", "")

cards = st.builds(
    card,
    st.sampled_from(KEYS),
    terms=st.lists(st.sampled_from(WORDS), max_size=6).map(tuple),
    country=st.sampled_from(COUNTRIES),
    year=st.sampled_from([None, 1999, 2005]),
    group=st.sampled_from(["g1", "g2"]),
    materials=st.sampled_from([(), ("material:a",), ("material:b", "material:a")]),
    waste_code=st.sampled_from(["", "low:100102"]),
)
directions = st.lists(st.integers(-3, 3), min_size=DIMENSION, max_size=DIMENSION).filter(any)
written = st.lists(st.tuples(cards, directions), max_size=6)
batches = st.lists(st.tuples(written, st.lists(st.sampled_from(KEYS), max_size=3)), min_size=1, max_size=6)
conditions = st.builds(
    Filters,
    countries=st.frozensets(st.sampled_from(COUNTRIES), max_size=1),
    exclude_countries=st.frozensets(st.sampled_from(COUNTRIES), max_size=1),
    materials=st.frozensets(st.sampled_from(["material:a", "material:b", "material:c"]), max_size=1),
    year_from=st.sampled_from([None, 2000]),
    exclude_groups=st.frozensets(st.just("g2"), max_size=1),
    exclude_ids=st.frozensets(st.sampled_from(KEYS), max_size=2),
)


def unit_rows(rows: list[list[int]]) -> Vector:
    made = np.array(rows, dtype=np.float32).reshape(len(rows), DIMENSION)
    return (made / np.linalg.norm(made, axis=1, keepdims=True)).astype(np.float32) if rows else NOTHING


def same(found: list[Proposal], expected: list[Proposal]) -> bool:
    """The same scores in the same order; documents whose scores differ only by rounding may change places."""
    scores = {p.id: p.score for p in expected}
    return len(found) == len(expected) and all(
        f.score == pytest.approx(e.score, abs=1e-5) and f.score == pytest.approx(scores.get(f.id, f.score), abs=1e-5)
        for f, e in zip(found, expected, strict=True)
    )


@given(batches=batches, filters=conditions, asked=directions, limit=st.integers(1, 14))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_history_answers_as_the_definition_does(
    tmp_path_factory: pytest.TempPathFactory, batches: list[Any], filters: Filters, asked: list[int], limit: int
) -> None:
    directory = tmp_path_factory.mktemp("history")
    views, reference = EmbeddedViews(directory), MemoryViews()
    for one in (views, reference):
        one.reset(STAMP)
    for sequence, (documents, deletes) in enumerate(batches, start=1):
        last = {document.id: (document, direction) for document, direction in documents}
        upserts = [document for document, _ in last.values()]
        vectors = unit_rows([direction for _, direction in last.values()])
        for one in (views, reference):
            one.apply(sequence, upserts, vectors, deletes)
    query = unit_rows([asked])[0]
    for now in (views, EmbeddedViews(directory)):
        assert now.count() == reference.count()
        assert now.matching(filters, limit) == reference.matching(filters, limit)
        assert now.documents(KEYS) == reference.documents(KEYS)
        assert same(now.by_vector(query, filters, limit), reference.by_vector(query, filters, limit))
        assert same(now.by_words(["ash", "煤灰"], filters, limit), reference.by_words(["ash", "煤灰"], filters, limit))
        weights = {"material:a": 0.5, "low:100102": 0.7, "material:b": 0.5}
        assert now.by_concepts(weights, filters, limit) == reference.by_concepts(weights, filters, limit)
        counted = {name: dict(counts) for name, counts in now.facets(filters).items() if counts}
        assert counted == {name: dict(counts) for name, counts in reference.facets(filters).items()}


def generated(count: int, dimension: int) -> tuple[list[SearchDocument], Vector]:
    random = np.random.default_rng(5)
    centres = random.standard_normal((20, dimension))
    made = 2 * random.standard_normal(dimension) + centres[random.integers(0, 20, count)]
    made += 0.5 * random.standard_normal((count, dimension))
    documents = [card(f"s{i:05d}", country=COUNTRIES[i % 3], year=1990 + i % 30) for i in range(count)]
    return documents, (made / np.linalg.norm(made, axis=1, keepdims=True)).astype(np.float32)


@pytest.mark.parametrize("filters", [Filters(), Filters(countries=frozenset({"DK"})), Filters(year_from=2019)])
def test_three_steps_find_what_brute_force_finds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, filters: Filters
) -> None:
    """The steps of a large index on a small one: the signs let a fifth through, and the nearest are among them."""
    monkeypatch.setattr(views_vectors, "EXACT_UP_TO", 0)
    monkeypatch.setattr(views_vectors, "GATHER_UP_TO", 0)
    monkeypatch.setattr(views_vectors, "_SIGNED", 600)
    documents, vectors = generated(3_000, 96)
    views = EmbeddedViews(tmp_path)
    views.reset(replace(STAMP, dimension=96))
    views.apply(1, documents[:2_000], vectors[:2_000], ())
    views.apply(2, documents[2_000:], vectors[2_000:], ())
    passing = set(views.matching(filters, 9_999))
    for query in vectors[::500]:
        exact = sorted(((-float(s), d.id) for s, d in zip(vectors @ query, documents, strict=True) if d.id in passing))
        found = [p.id for p in views.by_vector(query, filters, 20)]
        assert len(found) == 20
        assert found[:5] == [key for _, key in exact[:5]]
        assert len(set(found) & {key for _, key in exact[:20]}) >= 19


def test_a_large_part_reads_vectors_and_cards_from_its_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views_segment, "MAPPED_UP_TO", 1)
    documents, vectors = generated(50, DIMENSION)
    views = EmbeddedViews(tmp_path)
    views.reset(STAMP)
    views.apply(1, documents, vectors, ())
    assert np.array_equal(views.vectors([d.id for d in documents]), vectors)
    assert views.documents([d.id for d in documents]) == documents
    assert views.by_vector(vectors[7], Filters(), 1)[0].id == documents[7].id


def test_many_small_writes_leave_few_files(tmp_path: Path) -> None:
    views = EmbeddedViews(tmp_path)
    views.reset(STAMP)
    for i in range(60):
        views.apply(i + 1, [card(f"s{i:02d}")], around(1), ())
    assert len(list(tmp_path.glob("*.segment"))) <= 7
    assert views.matching(Filters(), 99) == [f"s{i:02d}" for i in range(60)]


def test_deleted_documents_leave_the_disk(tmp_path: Path) -> None:
    views = EmbeddedViews(tmp_path)
    views.reset(STAMP)
    documents, vectors = generated(200, DIMENSION)
    views.apply(1, documents, vectors, ())
    before = sum(p.stat().st_size for p in tmp_path.iterdir())
    views.apply(2, [], NOTHING, [d.id for d in documents[:150]])
    assert sum(p.stat().st_size for p in tmp_path.iterdir()) < before
    views.apply(3, [], NOTHING, [d.id for d in documents])
    assert list(tmp_path.glob("*.segment")) == []
    assert views.count() == 0


def test_numbers_of_files_are_not_used_twice(tmp_path: Path) -> None:
    views = EmbeddedViews(tmp_path)
    views.reset(STAMP)
    views.apply(1, [card("a", title="old")], around(1), ())
    first = {p.name for p in tmp_path.glob("*.segment")}
    assert views.documents(["a"])[0].title == "old"
    views.reset(STAMP)
    views.apply(1, [card("a", title="new")], around(1), ())
    assert first.isdisjoint(p.name for p in tmp_path.glob("*.segment"))
    assert views.documents(["a"])[0].title == "new"


def test_lone_surrogates_are_stored_as_question_marks(tmp_path: Path) -> None:
    views = EmbeddedViews(tmp_path)
    views.reset(STAMP)
    views.apply(1, [card("a", title="x\ud800", terms=("\udfff", "ash"), country="\ud800")], around(1), ())
    assert views.documents(["a"])[0].title == "x?"
    assert [p.id for p in EmbeddedViews(tmp_path).by_words(["ash"], Filters(), 3)] == ["a"]


def test_a_write_before_reset_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StaleIndex):
        EmbeddedViews(tmp_path).apply(1, [card("a")], around(1), ())


def test_vectors_of_another_dimension_are_a_mistake_of_the_caller(tmp_path: Path) -> None:
    views = EmbeddedViews(tmp_path)
    views.reset(STAMP)
    with pytest.raises(ValueError, match="shape"):
        views.apply(1, [card("a")], np.ones((1, 3), dtype=np.float32), ())
    assert views.count() == 0


def damaged(path: Path, at: int) -> None:
    raw = bytearray(path.read_bytes())
    raw[at] ^= 0x55
    path.write_bytes(raw)


def filled(directory: Path) -> Path:
    views = EmbeddedViews(directory)
    views.reset(STAMP)
    views.apply(5, [card(f"s{i}") for i in range(9)], around(9), ())
    views.close()
    return directory


@given(where=st.floats(0, 1, exclude_max=True), which=st.sampled_from(["manifest", "segment"]))
@settings(max_examples=60, deadline=None)
def test_one_changed_byte_is_seen_wherever_it_is(
    tmp_path_factory: pytest.TempPathFactory, where: float, which: str
) -> None:
    directory = filled(tmp_path_factory.mktemp("damaged") / "index")
    path = directory / MANIFEST if which == "manifest" else segment_path(directory, 1)
    raw = path.read_bytes()
    at = int(where * len(raw))
    damaged(path, at)
    views = EmbeddedViews(directory)
    padding = which == "segment" and raw[at] == 0
    if not padding:
        with pytest.raises(StaleIndex) as refused:
            views.stamp()
        assert "rebuild" in refused.value.hint


@pytest.mark.parametrize("damage", ["no segment", "short segment", "empty manifest", "other format", "other cards"])
def test_what_does_not_fit_is_refused_until_it_is_reset(tmp_path: Path, damage: str) -> None:
    directory = filled(tmp_path / "index")
    segment, manifest = segment_path(directory, 1), directory / MANIFEST
    if damage == "no segment":
        segment.unlink()
    elif damage == "short segment":
        segment.write_bytes(segment.read_bytes()[:-1])
    elif damage == "empty manifest":
        manifest.write_bytes(b"")
    else:
        held = views_files.read_manifest(directory)
        assert held is not None
        if damage == "other cards":
            views_files.write_manifest(directory, replace(held, card="other"))
        else:
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(views_files, "FORMAT", 99)
                views_files.write_manifest(directory, held)
    views = EmbeddedViews(directory)
    for ask in (
        views.stamp, views.sequence, views.count, lambda: views.documents(["s1"]), lambda: views.vectors(["s1"]),
        lambda: views.by_vector(unit(1), Filters(), 3), lambda: views.by_words(["ash"], Filters(), 3),
        lambda: views.by_concepts({"a": 1.0}, Filters(), 3), lambda: views.matching(Filters(), 3),
        lambda: views.facets(Filters()), lambda: views.apply(9, [], NOTHING, ()),
    ):  # fmt: skip
        with pytest.raises(StaleIndex):
            ask()
    views.reset(STAMP)
    assert views.count() == 0
    assert EmbeddedViews(directory).stamp() == STAMP


def test_a_disk_that_refuses_leaves_everything_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    views = EmbeddedViews(filled(tmp_path / "index"))

    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(views_files.os, "fsync", full)
        with pytest.raises(StorageFailed) as refused:
            views.apply(6, [card("more")], around(1), ["s0"])
    assert "No space left" in refused.value.message
    assert (views.sequence(), views.count()) == (5, 9)
    assert len(list((tmp_path / "index").glob("*.segment"))) == 1
    views.apply(6, [card("more")], around(1), ["s0"])
    assert EmbeddedViews(tmp_path / "index").matching(Filters(), 99) == [
        "more", *(f"s{i}" for i in range(1, 9))
    ]  # fmt: skip
