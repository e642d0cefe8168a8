"""Hashes of model files, remembered by size and time of change so that a start need not read 90 MB again."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Iterable
from pathlib import Path

NOTES = "verified.json"
_MODEL_SUFFIXES = (".safetensors", ".bin", ".json", ".txt", ".model")


def file_hash(path: Path, notes: Path) -> str:
    """SHA-256 of a file; read from `notes` (a directory) when size and time of change are what they were."""
    state = path.stat()
    key, seal = str(path.resolve()), f"{state.st_size}:{state.st_mtime_ns}"
    known = _read(notes / NOTES)
    entry = known.get(key)
    if isinstance(entry, list) and len(entry) == 2 and entry[0] == seal:
        return str(entry[1])
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    known[key] = [seal, digest]
    _write(notes / NOTES, known)
    return digest


def model_hash(directory: Path, notes: Path) -> str:
    """SHA-256 over every file of a model directory that decides its vectors: weights, tokeniser, configuration."""
    total = hashlib.sha256()
    for path in sorted(_model_files(directory)):
        total.update(f"{path.relative_to(directory).as_posix()}\n{file_hash(path, notes)}\n".encode())
    return total.hexdigest()


def _model_files(directory: Path) -> Iterable[Path]:
    for path in directory.rglob("*"):
        inside = path.relative_to(directory).parts
        # exports to other runtimes lie beside the weights of published models and do not decide ours
        if path.suffix in _MODEL_SUFFIXES and path.is_file() and not {"onnx", "openvino"} & set(inside):
            yield path


def _read(path: Path) -> dict[str, object]:
    try:
        found = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _write(path: Path, known: dict[str, object]) -> None:
    """Keep the notes if the directory can be written; they only save time."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".verified-")
        with os.fdopen(handle, "w") as file:
            json.dump(known, file)
        Path(temporary).replace(path)
    except OSError:
        return
