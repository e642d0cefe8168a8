"""Opaque page cursors, bound to the query they belong to and to the state of the index."""

from __future__ import annotations

import base64
import binascii
import hashlib
from dataclasses import fields

import orjson

from kg.errors import BadCursor
from kg.graph.protocol import Filters


def fingerprint(words: tuple[str, ...], filters: Filters, sequence: int) -> str:
    """What a cursor is bound to: another query, other filters or a changed index give another fingerprint."""
    held = {f.name: getattr(filters, f.name) for f in fields(filters)}
    plain = {name: sorted(value) if isinstance(value, frozenset) else value for name, value in held.items()}
    return hashlib.sha256(orjson.dumps([words, plain, sequence], option=orjson.OPT_SORT_KEYS)).hexdigest()[:16]


def write_cursor(bound_to: str, position: str) -> str:
    """A cursor to go on from `position`."""
    return base64.urlsafe_b64encode(orjson.dumps([bound_to, position])).decode().rstrip("=")


def read_cursor(cursor: str, bound_to: str) -> str:
    """The position of a cursor. Raises `BadCursor` when it is none of ours, or of another query or index state."""
    try:
        held = orjson.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, binascii.Error) as error:
        raise BadCursor("This is no page cursor.", hint="Start again without a cursor.") from error
    if not isinstance(held, list) or len(held) != 2 or not all(isinstance(part, str) for part in held):
        raise BadCursor("This is no page cursor.", hint="Start again without a cursor.")
    if held[0] != bound_to:
        raise BadCursor(
            "The cursor belongs to another query, or the data has changed since.", hint="Start again without a cursor."
        )
    return str(held[1])
