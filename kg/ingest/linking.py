"""What ingest asks of the linker: words in, judged links out. Search implements it; the service joins the two."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from kg.model import Link


@dataclass(frozen=True, slots=True)
class MaterialRequest:
    """A resource to be linked, with what the row says beside it.

    `languages` are BCP 47 tags, most likely first. `waste_code` and `provider_sector` are concept ids or empty.
    """

    text: str
    kind: str = ""
    waste_code: str = ""
    provider_sector: str = ""
    used_as: str = ""
    languages: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TechnologyRequest:
    """A process to be linked, with the resource it works on."""

    text: str
    resource: str = ""
    languages: tuple[str, ...] = ()


class Linker(Protocol):
    """Links in batches, because it encodes. The i-th answer belongs to the i-th request; no link is an empty tuple."""

    def link_materials(self, requests: Sequence[MaterialRequest]) -> list[tuple[Link, ...]]:
        """Materials each resource names, best first."""

    def link_technologies(self, requests: Sequence[TechnologyRequest]) -> list[tuple[Link, ...]]:
        """Technologies each process names, best first."""


class NoLinker:
    """Links nothing: for a dry run without an encoder, and for what only needs the words."""

    def link_materials(self, requests: Sequence[MaterialRequest]) -> list[tuple[Link, ...]]:
        """No link for any request."""
        return [() for _ in requests]

    def link_technologies(self, requests: Sequence[TechnologyRequest]) -> list[tuple[Link, ...]]:
        """No link for any request."""
        return [() for _ in requests]
