"""Estimates of how exchanges of a material spread over receiving divisions: judgement, shipped as a readable table."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path

from kg.errors import InvalidVocabulary

SHIPPED = Path(__file__).parent / "data" / "receivers.csv"


def read_estimates(path: Path = SHIPPED) -> Mapping[str, Mapping[str, float]]:
    """Material id -> division id -> weight. Raises `InvalidVocabulary` that names the line of a malformed row."""
    found: dict[str, dict[str, float]] = {}
    with path.open(encoding="utf-8", newline="") as stream:
        reader = csv.reader(stream)
        next(reader, None)
        for row in reader:
            try:
                material, receivers = row
                pairs = [entry.split(":") for entry in receivers.split()]
                found[f"material:{material}"] = {f"nace2:{division}": float(weight) for division, weight in pairs}
            except ValueError as problem:
                raise InvalidVocabulary(
                    f"{path.name} line {reader.line_num}: a row is a material and pairs such as 23:66."
                ) from problem
    return found
