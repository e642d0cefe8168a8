"""Loading the vocabulary: from Turtle and tables once, from a compiled cache ever after.

The files are the truth. What is compiled from them is kept under a name that holds the hash of every file and of the
code that compiles, so a change of either compiles anew, and a cache is never wrong, only unused.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

import orjson

from kg.errors import InvalidVocabulary
from kg.ontology.compiled import FORMAT, Document, collector_paused
from kg.ontology.vocabulary import Vocabulary

_HERE = Path(__file__).parent
SCHEMES_DIRECTORY = _HERE / "schemes"
ROUTES_DIRECTORY = _HERE / "routes"
CONCORDANCES_DIRECTORY = _HERE / "concordances"
_COMPILERS = ("assemble", "checks", "compiled", "concordances", "names", "routes", "turtle", "turtle_rows")
_KEPT = 4
"""Compiled vocabularies kept in one cache: the shipped one, and a user's with further schemes, before and after."""


def load_vocabulary(extra: Sequence[Path] = (), cache: Path | None = None) -> Vocabulary:
    """The shipped schemes and routes, and the SKOS files in `extra`.

    `cache` is the directory of compiled vocabularies; it is made when missing, and without one, or with one that cannot
    be written, every load compiles anew (seconds instead of a tenth of one). Raises `InvalidVocabulary` that names file
    and concept when the files do not hold together.
    """
    files = [*source_files(), *extra]
    contents = [(_read(path), path) for path in files]
    version = _digest((path.name, content) for content, path in contents)[:12]
    key = _digest([("version", version.encode()), *_code()])[:24]
    target = cache / f"vocabulary-{key}.json" if cache else None
    with collector_paused():
        document = _cached(target, version)
        if document is None:
            from kg.ontology.assemble import assemble  # rdflib: only when something changed

            document = orjson.loads(orjson.dumps(assemble(version, files, extra)))
            if target:
                _keep(target, document)
        return Vocabulary(document)


def source_files() -> list[Path]:
    """Every file of the shipped vocabulary, in a fixed order."""
    return [
        *sorted(SCHEMES_DIRECTORY.glob("*.ttl")),
        *sorted(ROUTES_DIRECTORY.glob("*.csv")),
        *sorted(CONCORDANCES_DIRECTORY.glob("*.csv")),
    ]


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as problem:
        raise InvalidVocabulary(f"The scheme file {path} cannot be read: {problem.strerror}.") from problem


def _digest(parts: Sequence[tuple[str, bytes]] | Iterator[tuple[str, bytes]]) -> str:
    digest = hashlib.sha256()
    for name, content in parts:
        digest.update(f"{name}\x00{len(content)}\x00".encode())
        digest.update(content)
    return digest.hexdigest()


def _code() -> Iterator[tuple[str, bytes]]:
    yield "format", str(FORMAT).encode()
    for name in _COMPILERS:
        with suppress(OSError):
            yield name, (_HERE / f"{name}.py").read_bytes()


def _cached(target: Path | None, version: str) -> Document | None:
    if target is None:
        return None
    try:
        document = orjson.loads(target.read_bytes())
    except (OSError, orjson.JSONDecodeError):
        return None
    fits = isinstance(document, dict) and document.get("format") == FORMAT and document.get("version") == version
    return document if fits else None


def _keep(target: Path, document: Document) -> None:
    """Write the compiled form in one step, so that a reader sees all of it or nothing; a full disk does no harm."""
    with suppress(OSError):
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=".vocabulary-", dir=target.parent)
        temporary = Path(name)
        try:
            with os.fdopen(handle, "wb") as stream:
                stream.write(orjson.dumps(document))
            temporary.replace(target)
        except OSError:
            temporary.unlink(missing_ok=True)
            raise
        kept = sorted(target.parent.glob("vocabulary-*.json"), key=lambda path: path.stat().st_mtime, reverse=True)
        for old in kept[_KEPT:]:
            old.unlink(missing_ok=True)
