"""Limits of one import, so that the readers need not know the settings object."""

from __future__ import annotations

from dataclasses import dataclass

from kg.settings import Settings


@dataclass(frozen=True, slots=True)
class Limits:
    """Bytes, rows, columns and characters one file may hold; `batch_rows` is the size of one planned batch."""

    upload_bytes: int = 50_000_000
    inflated_bytes: int = 300_000_000
    rows: int = 200_000
    columns: int = 200
    cell_characters: int = 20_000
    batch_rows: int = 2_000

    @classmethod
    def of(cls, settings: Settings) -> Limits:
        """The limits the settings name."""
        return cls(
            upload_bytes=settings.max_upload_bytes,
            inflated_bytes=settings.max_inflated_bytes,
            rows=settings.max_rows,
            columns=settings.max_columns,
            cell_characters=settings.max_cell_characters,
            batch_rows=settings.batch_rows,
        )
