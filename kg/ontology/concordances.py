"""Concordances of other sector classifications with NACE Rev. 2, as readable tables, one file a classification."""

from __future__ import annotations

import csv
import re
from pathlib import Path

from kg.errors import InvalidVocabulary

COLUMNS = ("code", "title", "nace2")


def read_concordance(path: Path) -> dict[str, list[str]]:
    """NACE Rev. 2 classes by the digits of each class of another classification; none when it has no counterpart.

    Raises `InvalidVocabulary` naming file and line.
    """
    found: dict[str, list[str]] = {}
    with path.open(encoding="utf-8", newline="") as stream:
        reader = csv.DictReader(stream)
        if tuple(reader.fieldnames or ()) != COLUMNS:
            raise InvalidVocabulary(f"{path.name}: the columns must be {', '.join(COLUMNS)}, in this order.")
        for row in reader:
            digits = re.sub(r"\D", "", row["code"] or "")
            if len(digits) < 4 or row["nace2"] is None or digits in found:
                raise InvalidVocabulary(
                    f"{path.name} line {reader.line_num}: a class code, once, and its NACE classes are needed."
                )
            found[digits] = sorted(code for code in row["nace2"].split("|") if code)
    return found
