"""The files that ship with the product."""

from __future__ import annotations

from pathlib import Path

_DIRECTORY = Path(__file__).parents[1] / "library"

LIBRARY = _DIRECTORY / "synergies.csv"
"""The open library of completed synergies, from public sources."""

EXAMPLE_MEMBERS = _DIRECTORY / "example-members-jiangsu.csv"
"""Members of an example programme, all fictitious."""
