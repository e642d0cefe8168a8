"""What a scheme file states, as plain rows: between Turtle and the compiled vocabulary."""

from __future__ import annotations

from dataclasses import dataclass, field

from kg.model import LabelKind, Relation


@dataclass(slots=True)
class SchemeRow:
    """A concept scheme as a file declares it. `base` is its IRI."""

    id: str
    base: str
    titles: list[tuple[str, str]]
    version: str
    licence: str
    source: str
    note: str
    file: str


@dataclass(slots=True)
class ConceptRow:
    """A concept as a file states it, before any check; ids that are of no known scheme stay IRIs.

    An empty `scheme` means that the file only adds to a concept that another file declares.
    """

    id: str
    scheme: str
    file: str
    notation: str = ""
    labels: list[tuple[str, str, LabelKind]] = field(default_factory=list)
    definition: str = ""
    broader: list[str] = field(default_factory=list)
    related: list[str] = field(default_factory=list)
    mappings: list[tuple[Relation, str]] = field(default_factory=list)
    valid_from: str = ""
    valid_to: str = ""
    replaced_by: list[str] = field(default_factory=list)
    attributes: list[tuple[str, str]] = field(default_factory=list)
