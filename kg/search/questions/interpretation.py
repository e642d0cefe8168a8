"""What a question was understood to ask. Frozen; a user may send it back edited."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Intent(StrEnum):
    SECTORS = "sectors"
    RECRUIT = "recruit"
    MARKETS = "markets"
    SYNERGIES = "synergies"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Entity:
    """A concept named in the question: its id, label, the words, how sure, and the label's language."""

    id: str
    label: str
    words: str
    score: float = 1.0
    language: str = ""


@dataclass(frozen=True, slots=True)
class Interpretation:
    """One reading of a question.

    `sector_role` tells on which side of an exchange `sector` stands: `receiver`, `provider` or empty (either).
    Countries are ISO 3166-1 alpha-2 codes. `quantity` is normalised (`5000 t/yr`). `words` pairs each field that was
    read with the words of the question it came from; `unused` are words that were understood as nothing.
    """

    intent: Intent = Intent.UNKNOWN
    language: str = "en"
    resource: Entity | None = None
    technology: Entity | None = None
    sector: Entity | None = None
    sector_role: str = ""
    include_countries: tuple[str, ...] = ()
    exclude_countries: tuple[str, ...] = ()
    place: str = ""
    programme: str = ""
    year_from: int | None = None
    year_to: int | None = None
    quantity: str = ""
    words: tuple[tuple[str, str], ...] = ()
    unused: tuple[str, ...] = ()
