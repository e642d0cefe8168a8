"""Keeping a lexicon on disk: building one takes seconds, reading it back a few hundredths of one."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import fields
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
import orjson

from kg.model import Concept
from kg.search.linking.lexicon import Lexicon, LexiconData, build
from kg.text import ANALYSER_VERSION

_WORDS = ("texts", "languages", "kinds", "keys", "forms", "german")
_CODE = ("words.py", "compounds.py", "lexicon.py")


def open_lexicon(concepts: Sequence[Concept], name: str, version: str, cache: Path | None) -> Lexicon:
    """The lexicon of these concepts: read from `cache` when it was built there by this code from this version of the
    vocabulary, else built and kept. A cache that cannot be read or written only costs time."""
    path = cache / f"lexicon-{name}-{_key(version)}.npz" if cache else None
    data = _read(path) if path else None
    if data is None:
        data = build(concepts)
        if path:
            with suppress(OSError):
                _write(path, data)
    return Lexicon(data)


def _key(version: str) -> str:
    digest = hashlib.sha256(f"{version} {ANALYSER_VERSION}".encode())
    for name in _CODE:
        digest.update((Path(__file__).parent / name).read_bytes())
    return digest.hexdigest()[:16]


def _read(path: Path) -> LexiconData | None:
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as stored:
            words = orjson.loads(stored["words"].tobytes())
            found: dict[str, Any] = {name: tuple(words[name]) for name in _WORDS}
            found.update((field.name, stored[field.name]) for field in fields(LexiconData) if field.name not in _WORDS)
            return LexiconData(**found)
    except (OSError, ValueError, KeyError, EOFError, BadZipFile):
        return None


def _write(path: Path, data: LexiconData) -> None:
    words = orjson.dumps({name: getattr(data, name) for name in _WORDS})
    arrays = {field.name: getattr(data, field.name) for field in fields(data) if field.name not in _WORDS}
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, suffix=".npz")
    try:
        with os.fdopen(handle, "wb") as file:
            np.savez(file, words=np.frombuffer(words, dtype=np.uint8), **arrays)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
