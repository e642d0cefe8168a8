"""Known routes and usual sources as arrays: for every material, which sectors take it and which give it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from kg.model import Route
from kg.ontology import Vocabulary
from kg.search.results import Level, SectorRole

Floats = npt.NDArray[np.float64]

STRENGTHS = (0.0, 1.0, 2.0, 3.0)
"""Weight of a route by its strength. Doubling instead of counting changed hit@3 by less than its error."""
NARROWER_SHARE = 0.0
"""Part of a general material's sectors that comes from its narrower materials, where it has routes itself."""
BROADER_SHARE = 0.0
"""Weight of a material's direct broader materials beside its own routes."""


@dataclass(frozen=True, slots=True)
class Shares:
    """For one role and level: `matrix[i, j]` is the share of sector `sectors[j]` for the i-th material, rows sum to 1
    (or 0 for a material nothing is known of)."""

    sectors: tuple[str, ...]
    place: Mapping[str, int]
    matrix: Floats


class Knowledge:
    """Routes of a vocabulary. `least_strength` leaves weaker routes out (3 keeps the mainstream ones only)."""

    def __init__(self, vocabulary: Vocabulary, least_strength: int = 1) -> None:
        self.vocabulary = vocabulary
        self._least = least_strength
        self._shares: dict[tuple[SectorRole, Level], Shares] = {}
        self._sector_at: dict[tuple[str, Level], str] = {}
        self._columns: dict[Level, tuple[tuple[str, ...], npt.NDArray[np.int64]]] = {}

    def sector_at(self, sector: str, level: Level) -> str:
        """The sector counted at a level: a coarser one stands for itself, an unknown one is empty."""
        key = (sector, level)
        if key not in self._sector_at:
            known = self.vocabulary.get(sector) is not None
            self._sector_at[key] = (self.vocabulary.sector_at(sector, level) or sector) if known else ""
        return self._sector_at[key]

    def routes_of(self, material: str) -> tuple[Route, ...]:
        """Routes of exactly this material that are strong enough."""
        return tuple(r for r in self.vocabulary.routes_of_material(material) if r.strength >= self._least)

    def share(self, weights: Mapping[str, float], role: SectorRole, level: Level) -> tuple[tuple[str, ...], Floats]:
        """Sectors and their shares (sum 1, or all 0) for weighted materials."""
        shares = self.shares(role, level)
        known = [(self.materials[m], w) for m, w in sorted(weights.items()) if m in self.materials]
        if not known:
            return shares.sectors, np.zeros(len(shares.sectors))
        rows = shares.matrix[[i for i, _ in known]]
        return shares.sectors, _normalised(np.array([w for _, w in known]) @ rows)

    def route_columns(self, level: Level) -> tuple[tuple[str, ...], npt.NDArray[np.int64]]:
        """Receiving sectors at a level, and for each route of the vocabulary its place among them (-1: left out)."""
        if level not in self._columns:
            found = [self.sector_at(r.receiver_sector, level) if r.strength >= self._least else "" for r in self._all]
            names = tuple(sorted({name for name in found if name}))
            place = {name: column for column, name in enumerate(names)}
            self._columns[level] = names, np.array([place.get(name, -1) for name in found], dtype=np.int64)
        return self._columns[level]

    @property
    def _all(self) -> tuple[Route, ...]:
        return self.vocabulary.routes

    @cached_property
    def materials(self) -> dict[str, int]:
        """Row of each material."""
        return {concept.id: row for row, concept in enumerate(self.vocabulary.concepts("material"))}

    def shares(self, role: SectorRole, level: Level) -> Shares:
        """Shares of a role and level, computed once."""
        key = (role, level)
        if key not in self._shares:
            self._shares[key] = self._measure(role, level)
        return self._shares[key]

    def _measure(self, role: SectorRole, level: Level) -> Shares:
        entries = list(self._takers(level) if role is SectorRole.RECEIVER else self._givers(level))
        sectors = tuple(sorted({sector for _, sector, _ in entries}))
        place = {sector: column for column, sector in enumerate(sectors)}
        own = np.zeros((len(self.materials), len(sectors)))
        for material, sector, weight in entries:
            own[self.materials[material], place[sector]] = max(weight, own[self.materials[material], place[sector]])
        return Shares(sectors, place, self._spread(_normalised(own)))

    def _takers(self, level: Level) -> Iterable[tuple[str, str, float]]:
        for route in self._all:
            sector = self.sector_at(route.receiver_sector, level)
            if route.strength >= self._least and sector and route.material in self.materials:
                yield route.material, sector, STRENGTHS[route.strength]

    def _givers(self, level: Level) -> Iterable[tuple[str, str, float]]:
        for material in self.materials:
            for sector in self.vocabulary.mapped(material, "nace2"):
                if found := self.sector_at(sector, level):
                    yield material, found, 1.0

    def _spread(self, own: Floats) -> Floats:
        """Own shares, mixed with those of narrower materials and a little of the broader ones."""
        mixed = own.copy()
        for material, row in self.materials.items():
            below = [self.materials[m] for m in self.vocabulary.descendants(material) if m in self.materials]
            if below:
                narrower = _normalised(own[below].sum(axis=0))
                part = (NARROWER_SHARE if own[row].any() else 1.0) if narrower.any() else 0.0
                mixed[row] = (1 - part) * own[row] + part * narrower
            above = [self.materials[m] for m, steps in self.vocabulary.ancestors(material).items() if steps == 1]
            if above:
                mixed[row] += BROADER_SHARE * own[above].mean(axis=0)
        return _normalised(mixed)


def _normalised(values: Floats) -> Floats:
    total = values.sum(axis=-1, keepdims=True)
    shares: Floats = np.divide(values, total, out=np.zeros_like(values), where=total > 0)
    return shares
