"""Concordances of other sector classifications with NACE Rev. 2, as readable tables, one file a classification."""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from pathlib import Path

from kg.errors import InvalidVocabulary

COLUMNS = ("code", "title", "nace2")


def read_concordance(path: Path) -> dict[str, list[str]]:
    """NACE Rev. 2 classes by the digits of a code and of every shorter code above it (`2394`, `239`, `23`).

    Raises `InvalidVocabulary` naming file and line.
    """
    found: dict[str, set[str]] = defaultdict(set)
    with path.open(encoding="utf-8", newline="") as stream:
        reader = csv.DictReader(stream)
        if tuple(reader.fieldnames or ()) != COLUMNS:
            raise InvalidVocabulary(f"{path.name}: the columns must be {', '.join(COLUMNS)}, in this order.")
        for row in reader:
            digits = re.sub(r"\D", "", row["code"] or "")
            if len(digits) < 2 or not row["nace2"]:
                raise InvalidVocabulary(f"{path.name} line {reader.line_num}: a code and its NACE classes are needed.")
            for length in range(2, len(digits) + 1):
                found[digits[:length]].update(row["nace2"].split("|"))
    return {code: sorted(classes) for code, classes in sorted(found.items())}
