"""Comparing whole answers."""

from __future__ import annotations

from typing import Any

import pytest


def different(one: Any, other: Any, at: str = "") -> list[str]:
    """Places where two answers differ; scores may by rounding."""
    if isinstance(one, dict) and isinstance(other, dict) and one.keys() == other.keys():
        return [place for key in one for place in different(one[key], other[key], f"{at}.{key}")]
    if isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        pairs = enumerate(zip(one, other, strict=True))
        return [place for i, (a, b) in pairs for place in different(a, b, f"{at}[{i}]")]
    if isinstance(one, float) and isinstance(other, float):
        return [] if one == pytest.approx(other, abs=1e-4) else [f"{at}: {one} and {other}"]
    return [] if one == other else [f"{at}: {one!r:.200} and {other!r:.200}"]
