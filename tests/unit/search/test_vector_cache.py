"""Vectors by content: encoded once, whatever happens in between."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from counting_encoder import CountingEncoder
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.errors import StorageFailed
from kg.search.vector_cache import CHUNK, VectorCache

TEXTS = ["straw", "fly ash", "", "粉煤灰", "half \ud800", "straw"]


def test_only_new_texts_are_encoded_each_once_and_shortest_first(tmp_path: Path) -> None:
    encoder = CountingEncoder()
    with VectorCache(tmp_path, encoder) as cache:
        found = cache.encode_passages(TEXTS)
    assert encoder.read == sorted(set(TEXTS), key=len) or [len(t) for t in encoder.read] == [0, 3, 5, 6, 7]
    assert np.array_equal(found, CountingEncoder().encode_queries(TEXTS))
    again = CountingEncoder()
    with VectorCache(tmp_path, again) as cache:
        assert len(cache) == 5
        assert np.array_equal(cache.encode_passages([*TEXTS, "new"])[:-1], found)
    assert again.read == ["new"]


def test_vectors_of_two_encoders_do_not_meet(tmp_path: Path) -> None:
    with VectorCache(tmp_path, CountingEncoder("one")) as cache:
        cache.encode_passages(["straw"])
    other = CountingEncoder("two")
    with VectorCache(tmp_path, other) as cache:
        cache.encode_passages(["straw"])
    assert other.read == ["straw"]


def test_what_was_encoded_before_an_interrupt_is_kept(tmp_path: Path) -> None:
    texts = [f"text {i}" for i in range(3 * CHUNK)]
    stopped = CountingEncoder(stop_after=2)
    with VectorCache(tmp_path, stopped) as cache, pytest.raises(KeyboardInterrupt):
        cache.encode_passages(texts)
    again = CountingEncoder()
    with VectorCache(tmp_path, again) as cache:
        cache.encode_passages(texts)
    assert len(again.read) == CHUNK
    assert set(again.read) | set(stopped.read) == set(texts)


def test_progress_tells_what_is_done_and_may_stop(tmp_path: Path) -> None:
    told: list[int] = []
    texts = ["same", *(f"text {i}" for i in range(CHUNK)), "same"]
    with VectorCache(tmp_path, CountingEncoder()) as cache:
        cache.encode_passages(texts[:10], told.append)
        cache.encode_passages(texts, told.append)
    assert told == [0, 10, 11, len(texts)]


def test_progress_that_raises_stops_the_encoding(tmp_path: Path) -> None:
    class Stop(Exception): ...

    def stop(done: int) -> None:
        if done:
            raise Stop

    with VectorCache(tmp_path, CountingEncoder()) as cache:
        with pytest.raises(Stop):
            cache.encode_passages(["a", "b"], stop)
        assert len(cache) == 2


@given(cut=st.integers(0, 40), of=st.sampled_from(["keys", "vectors"]))
@settings(max_examples=30, deadline=None)
def test_a_torn_write_is_cut_off(tmp_path_factory: pytest.TempPathFactory, cut: int, of: str) -> None:
    directory = tmp_path_factory.mktemp("torn")
    with VectorCache(directory, CountingEncoder()) as cache:
        cache.encode_passages(["a", "b", "c"])
    path = next(directory.glob(f"*.{of}"))
    path.write_bytes(path.read_bytes()[: path.stat().st_size - cut])
    encoder = CountingEncoder()
    with VectorCache(directory, encoder) as cache:
        assert np.array_equal(cache.encode_passages(["a", "b", "c"]), CountingEncoder().encode_queries(["a", "b", "c"]))
    assert len(encoder.read) == -(-cut // (20 if of == "keys" else 32))


def test_a_damaged_vector_is_encoded_again_and_mended(tmp_path: Path) -> None:
    with VectorCache(tmp_path, CountingEncoder()) as cache:
        expected = cache.encode_passages(["a", "b"])
    path = next(tmp_path.glob("*.vectors"))
    raw = bytearray(path.read_bytes())
    raw[3] ^= 255
    path.write_bytes(raw)
    for times in (1, 0):
        encoder = CountingEncoder()
        with VectorCache(tmp_path, encoder) as cache:
            assert np.array_equal(cache.encode_passages(["a", "b"]), expected)
        assert len(encoder.read) == times


def test_a_cache_that_cannot_be_made_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageFailed) as refused:
        VectorCache(tmp_path / "file" / "vectors", CountingEncoder())
    assert refused.value.hint
