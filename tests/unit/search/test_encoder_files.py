"""Hashes of model files, and where models are looked for."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from kg.errors import Unavailable
from kg.search.encoders.files import NOTES, file_hash, model_hash
from kg.search.encoders.multilingual import MultilingualEncoder
from kg.search.encoders.onnx_encoder import GRAPH, PASSPORT, _passport
from kg.search.encoders.sources import find_model


def model(directory: Path, weights: bytes = b"weights") -> Path:
    directory.mkdir(parents=True)
    (directory / "model.safetensors").write_bytes(weights)
    (directory / "config.json").write_text("{}")
    (directory / "README.md").write_text("words")
    return directory


def test_a_file_is_hashed_once_while_it_stays_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "weights.bin"
    path.write_bytes(b"one")
    expected = hashlib.sha256(b"one").hexdigest()
    assert file_hash(path, tmp_path) == expected
    known = json.loads((tmp_path / NOTES).read_text())
    known[str(path)][1] = "remembered"
    (tmp_path / NOTES).write_text(json.dumps(known))
    assert file_hash(path, tmp_path) == "remembered"
    path.write_bytes(b"other")
    assert file_hash(path, tmp_path) == hashlib.sha256(b"other").hexdigest()


@pytest.mark.parametrize("notes", ["", "not json", "[1, 2]", '{"a": 3}'])
def test_damaged_notes_cost_only_time(tmp_path: Path, notes: str) -> None:
    (tmp_path / NOTES).write_text(notes)
    path = tmp_path / "weights.bin"
    path.write_bytes(b"one")
    assert file_hash(path, tmp_path) == hashlib.sha256(b"one").hexdigest()


def test_notes_that_cannot_be_kept_are_no_failure(tmp_path: Path) -> None:
    path = tmp_path / "weights.bin"
    path.write_bytes(b"one")
    assert file_hash(path, path / "no directory") == hashlib.sha256(b"one").hexdigest()


def test_a_model_is_told_apart_by_what_decides_its_vectors(tmp_path: Path) -> None:
    first = model_hash(model(tmp_path / "a"), tmp_path)
    assert model_hash(model(tmp_path / "b"), tmp_path) == first
    assert model_hash(model(tmp_path / "c", b"other"), tmp_path) != first
    (tmp_path / "b" / "README.md").write_text("other words")
    assert model_hash(tmp_path / "b", tmp_path) == first
    (tmp_path / "b" / "config.json").write_text('{"a": 1}')
    assert model_hash(tmp_path / "b", tmp_path) != first


def test_a_model_is_found_by_path_and_shown_without_its_folders(tmp_path: Path) -> None:
    found = find_model(str(model(tmp_path / "my-model")), tmp_path)
    assert (found.name, found.directory) == ("my-model", tmp_path / "my-model")


@pytest.mark.parametrize("name", ["somebody/some-model", "some-model"])
def test_a_model_is_found_by_name_in_the_cache_of_this_machine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    owner = name if "/" in name else f"sentence-transformers/{name}"
    folder = tmp_path / "hub" / ("models--" + owner.replace("/", "--"))
    snapshot = model(folder / "snapshots" / "abc")
    (folder / "refs").mkdir()
    (folder / "refs" / "main").write_text("abc\n")
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "hub"))
    found = find_model(name, tmp_path)
    assert (found.name, found.directory) == (name, snapshot)


def test_a_model_that_is_not_here_is_refused_and_not_fetched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path))
    with pytest.raises(Unavailable) as refused:
        find_model("somebody/some-model", tmp_path)
    assert "not on this machine" in refused.value.message
    assert refused.value.hint


def test_other_weights_are_refused(tmp_path: Path) -> None:
    weights = tmp_path / "e5-small-q4.bin"
    weights.write_bytes(b"something else")
    with pytest.raises(Unavailable, match="not the ones we know"):
        MultilingualEncoder(weights, tmp_path)


@pytest.mark.parametrize("damage", ["no passport", "not json", "other graph", "other model", "no tokeniser"])
def test_a_damaged_export_is_made_again(tmp_path: Path, damage: str) -> None:
    directory = tmp_path / "export"
    directory.mkdir()
    (directory / GRAPH).write_bytes(b"graph")
    (directory / "tokenizer.json").write_text("{}")
    passport = {
        "format": 1, "name": "m", "model_hash": "h", "graph_sha256": hashlib.sha256(b"graph").hexdigest(),
        "dimension": 3, "max_tokens": 9, "query_prefix": "", "passage_prefix": "", "cosine": 1.0,
    }  # fmt: skip
    (directory / PASSPORT).write_text(json.dumps(passport))
    assert _passport(directory, "h", tmp_path) is not None
    if damage == "no passport":
        (directory / PASSPORT).unlink()
    elif damage == "not json":
        (directory / PASSPORT).write_text("{")
    elif damage == "other graph":
        (directory / GRAPH).write_bytes(b"graph that was changed")
    elif damage == "no tokeniser":
        (directory / "tokenizer.json").unlink()
    assert _passport(directory, "g" if damage == "other model" else "h", tmp_path) is None
