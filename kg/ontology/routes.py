"""Known routes as readable tables: one file a branch, one row a receiver."""

from __future__ import annotations

import csv
import hashlib
from pathlib import Path

from kg.errors import InvalidVocabulary
from kg.model import Route
from kg.ontology.names import MATERIAL, SECTOR, TECHNOLOGY

COLUMNS = (
    "material",
    "technology",
    "becomes",
    "replaces",
    "receiver_nace",
    "role",
    "strength",
    "conditions",
    "reference",
    "reference_checked",
)
ROLES = frozenset(
    {
        "construction",
        "feed",
        "feedstock",
        "fill",
        "fuel",
        "heat",
        "product",
        "reuse",
        "soil",
        "treatment-agent",
        "water",
    }
)
"""What the receiver uses the material as."""
CHECKED = frozenset({"", "confirmed", "doubtful"})
PRACTICE = "practice"
"""The reference of a row that names no document: common practice, in our judgement."""


def read_routes(path: Path) -> list[Route]:
    """Routes of a file in file order. Raises `InvalidVocabulary` naming file and line."""
    with path.open(encoding="utf-8", newline="") as stream:
        reader = csv.DictReader(stream)
        if tuple(reader.fieldnames or ()) != COLUMNS:
            raise InvalidVocabulary(f"{path.name}: the columns must be {', '.join(COLUMNS)}, in this order.")
        return [_route(row, f"{path.name} line {reader.line_num}") for row in reader]


def route_id(material: str, technology: str, becomes: str, receiver: str) -> str:
    """Stable id of a route: a hash of what makes it that route, so that rewording a condition keeps it."""
    key = "\x1f".join((material, technology, " ".join(becomes.casefold().split()), receiver))
    return "route:" + hashlib.sha256(key.encode()).hexdigest()[:12]


def _route(row: dict[str, str], where: str) -> Route:
    if None in row or None in row.values():
        raise InvalidVocabulary(f"{where}: the row has another number of cells than the heading.")
    if row["role"] not in ROLES:
        raise InvalidVocabulary(f"{where}: the role {row['role']!r} is not one of {', '.join(sorted(ROLES))}.")
    if row["strength"] not in ("1", "2", "3"):
        raise InvalidVocabulary(f"{where}: the strength {row['strength']!r} is not 1, 2 or 3.")
    if row["reference_checked"] not in CHECKED:
        raise InvalidVocabulary(f"{where}: reference_checked {row['reference_checked']!r} is not known.")
    if row["reference_checked"] and row["reference"] in ("", PRACTICE):
        raise InvalidVocabulary(f"{where}: there is no document whose existence could be {row['reference_checked']}.")
    technology = "" if row["technology"] in ("", "none") else f"{TECHNOLOGY}:{row['technology']}"
    material, receiver = f"{MATERIAL}:{row['material']}", f"{SECTOR}:{row['receiver_nace']}"
    return Route(
        id=route_id(material, technology, row["becomes"], receiver),
        material=material,
        technology=technology,
        becomes=row["becomes"],
        replaces=row["replaces"],
        receiver_sector=receiver,
        role=row["role"],
        strength=int(row["strength"]),
        conditions=row["conditions"],
        reference=row["reference"],
        reference_checked=row["reference_checked"],
    )
