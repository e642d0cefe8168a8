"""Search documents as bytes: a JSON list of the fields in order, a third of the size of one with names."""

from __future__ import annotations

import hashlib
from dataclasses import fields
from typing import Any

import orjson

from kg.graph.protocol import SearchDocument

_NAMES = tuple(f.name for f in fields(SearchDocument))
_TUPLES = tuple(i for i, f in enumerate(fields(SearchDocument)) if str(f.type).startswith("tuple"))

_FORM = 2
"""Raised when an engine keeps other properties beside the card: 2 keeps the place."""
_DESCRIBED = " ".join([str(_FORM), *(f"{f.name}:{f.type}" for f in fields(SearchDocument))])

CARD_VERSION = hashlib.sha256(_DESCRIBED.encode()).hexdigest()[:16]
"""Changes with the fields of a search document: cards of other fields are refused, not guessed at."""


def to_bytes(document: SearchDocument) -> bytes:
    """The card's bytes."""
    return orjson.dumps([getattr(document, name) for name in _NAMES])


def from_bytes(raw: bytes | memoryview) -> SearchDocument:
    """The search document that `to_bytes` wrote."""
    values = orjson.loads(raw)
    for i in _TUPLES:
        values[i] = tuple(values[i])
    return SearchDocument(*values)


def storable(document: SearchDocument) -> SearchDocument:
    """The document with lone surrogates, which no text file can hold, as question marks; nearly always itself."""
    try:
        to_bytes(document)
    except orjson.JSONEncodeError:
        return SearchDocument(*(_storable(getattr(document, name)) for name in _NAMES))
    return document


def _storable(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode("utf-8")
    if isinstance(value, tuple):
        return tuple(_storable(item) for item in value)
    return value
