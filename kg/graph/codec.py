"""Records, batches, imports and row results as canonical JSON: equal objects have equal text, which reads back equal.

Fields keep the order of their dataclass, so the text of a record is stable and can be compared. A field added later
with a default reads from older text.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cache
from typing import Any

import orjson
from pydantic import TypeAdapter

from kg.errors import InputError
from kg.model import Member, Record, Synergy
from kg.provenance import Batch, Import, RecordKind, RowResult

_TYPES: dict[RecordKind, type[Any]] = {RecordKind.SYNERGY: Synergy, RecordKind.MEMBER: Member}


@cache
def _adapter(kind: Any) -> TypeAdapter[Any]:
    return TypeAdapter(kind)


@cache
def _record_adapter(kind: RecordKind) -> TypeAdapter[Any]:
    return TypeAdapter(_TYPES[kind])


def kind_of(record: Record) -> RecordKind:
    return RecordKind.SYNERGY if isinstance(record, Synergy) else RecordKind.MEMBER


def encode(record: Record | Batch | Import) -> str:
    """Canonical JSON. Raises `InputError` for text with half a surrogate pair and for numbers that are not finite."""
    if isinstance(record, Synergy | Member):
        _require_finite(record)
    return _dump(record)


def decode(kind: RecordKind, text: str) -> Record:
    """The record of a canonical JSON text."""
    record: Record = _record_adapter(kind).validate_json(text)
    return record


def decode_batch(text: str) -> Batch:
    batch: Batch = _adapter(Batch).validate_json(text)
    return batch


def decode_import(text: str) -> Import:
    progress: Import = _adapter(Import).validate_json(text)
    return progress


def encode_rows(rows: Sequence[RowResult]) -> str:
    """Canonical JSON of a run of row results."""
    return _dump(list(rows))


def decode_rows(text: str) -> list[RowResult]:
    rows: list[RowResult] = _adapter(list[RowResult]).validate_json(text)
    return rows


def _dump(value: object) -> str:
    try:
        return orjson.dumps(value).decode()
    except TypeError as problem:
        raise InputError(
            "A text holds half of a character (a lone surrogate) and cannot be stored.",
            hint="Save the file again as UTF-8.",
        ) from problem


def _require_finite(record: Synergy | Member) -> None:
    if isinstance(record, Synergy):
        amounts = [flow.quantity.value for flow in record.flows if flow.quantity]
        amounts += [outcome.value for outcome in record.outcomes]
        amounts += [link.score for flow in record.flows for link in flow.materials]
        amounts += [link.score for link in record.technologies]
    else:
        amounts = [held.quantity.value for held in record.resources if held.quantity]
        amounts += [link.score for held in record.resources for link in held.materials]
        amounts += [record.latitude, record.longitude]
    if any(amount is not None and not math.isfinite(amount) for amount in amounts):
        raise InputError(f"{record.id!r} holds an amount that is not a finite number.", hint="Leave the amount empty.")
