"""What is known of a material's receivers and sources, as arrays: routes, estimates, usual sources."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from kg.model import Level, Route, SectorRole
from kg.ontology import Vocabulary
from kg.search.estimates import read_estimates

Floats = npt.NDArray[np.float64]
Weights = Mapping[tuple[str, str], float]
"""Weight by material and sector."""

STRENGTHS = (0.0, 1.0, 2.0, 3.0)
"""Weight of a route by its strength. Doubling instead of counting changed hit@3 by less than its error."""
ESTIMATED = 0.6
"""Part of a material's shares that comes from the estimates where there are any; from 0.3 to 0.7 nothing changes."""
_LEAST_PREVALENCE = 1e-3


@dataclass(frozen=True, slots=True)
class Shares:
    """For one role and level: `matrix[i, j]` is the share of sector `sectors[j]` for the i-th material, rows sum to 1
    (or 0 for a material nothing is known of). `prevalence[j]` is how much of all materials a sector takes."""

    sectors: tuple[str, ...]
    matrix: Floats
    prevalence: Mapping[str, float]


class Knowledge:
    """Knowledge of a vocabulary. `least_strength` leaves weaker routes out, and estimates of divisions that no stronger
    route leads to (3 keeps the mainstream only)."""

    def __init__(self, vocabulary: Vocabulary, least_strength: int = 1) -> None:
        self.vocabulary = vocabulary
        self._least = least_strength
        self._shares: dict[tuple[SectorRole, Level], Shares] = {}
        self._sector_at: dict[tuple[str, Level], str] = {}
        self._routes_at: dict[tuple[SectorRole, str, Level], tuple[tuple[str, Route], ...]] = {}

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

    def receiving(self, material: str, level: Level) -> tuple[tuple[str, Route], ...]:
        """Routes of exactly this material with the sector each counts for at a level."""
        return self._at(self.routes_of, SectorRole.RECEIVER, material, level)

    def giving(self, material: str, level: Level) -> tuple[tuple[str, Route], ...]:
        """Usual sources of exactly this material, likewise."""
        return self._at(self.sources_of, SectorRole.PROVIDER, material, level)

    def _at(
        self, read: Callable[[str], tuple[Route, ...]], role: SectorRole, material: str, level: Level
    ) -> tuple[tuple[str, Route], ...]:
        key = (role, material, level)
        if key not in self._routes_at:
            found = [(self.sector_at(route.receiver_sector, level), route) for route in read(material)]
            self._routes_at[key] = tuple((sector, route) for sector, route in found if sector)
        return self._routes_at[key]

    def sources_of(self, material: str) -> tuple[Route, ...]:
        """Sectors that usually generate a material, in the shape of routes of role `source`: judgement of the
        vocabulary, without reference."""
        if not material.startswith("material:"):
            return ()
        return tuple(
            Route(f"source:{material}:{sector}", material, "", "", "", sector, "source", 2, reference="practice")
            for sector in self.vocabulary.mapped(material, "nace2")
        )

    def share(self, weights: Mapping[str, float], role: SectorRole, level: Level) -> dict[str, float]:
        """Shares of sectors (sum 1; empty when nothing is known) for weighted materials."""
        shares = self.shares(role, level)
        known = [(self.materials[m], w) for m, w in sorted(weights.items()) if m in self.materials]
        if not known:
            return {}
        rows = shares.matrix[[i for i, _ in known]]
        mixed = _normalised(np.array([w for _, w in known]) @ rows)
        return {shares.sectors[i]: float(mixed[i]) for i in np.flatnonzero(mixed)}

    def refined(
        self, divisions: Mapping[str, float], weights: Mapping[str, float], level: Level
    ) -> Mapping[str, float]:
        """Shares of receiving divisions at another level: summed at a coarser one, at a finer one spread inside each
        division as what is known of the weighted materials is. A division of which no more is known stands for itself.
        """
        if level is Level.DIVISION:
            return divisions
        if level is Level.SECTION:
            summed: dict[str, float] = {}
            for division, share in divisions.items():
                section = self.sector_at(division, level)
                summed[section] = summed.get(section, 0.0) + share
            return summed
        inside: dict[str, dict[str, float]] = {}
        for sector, share in self.share(weights, SectorRole.RECEIVER, level).items():
            inside.setdefault(self.sector_at(sector, Level.DIVISION), {})[sector] = share
        return {
            sector: share * part / sum(parts.values())
            for division, share in divisions.items()
            for parts in [inside.get(division, {division: 1.0})]
            for sector, part in parts.items()
        }

    @cached_property
    def materials(self) -> dict[str, int]:
        """Row of each material."""
        return {concept.id: row for row, concept in enumerate(self.vocabulary.concepts("material"))}

    def shares(self, role: SectorRole, level: Level) -> Shares:
        """Shares of a role and level, computed once."""
        key = (role, level)
        if key not in self._shares:
            receiver = role is SectorRole.RECEIVER
            self._shares[key] = self._received(level) if receiver else self._given(level)
        return self._shares[key]

    def _received(self, level: Level) -> Shares:
        if level is Level.DIVISION:
            routes = self._routes(level)
            return self._shares_of(routes, self._estimates(routes))
        return self._shares_of(self._summed(level) if level is Level.SECTION else self._spread(level))

    def _given(self, level: Level) -> Shares:
        return self._shares_of(
            {
                (material, found): 1.0
                for material in self.materials
                for sector in self.vocabulary.mapped(material, "nace2")
                if (found := self.sector_at(sector, level))
            }
        )

    def _routes(self, level: Level) -> Weights:
        """The strongest route's weight of every material and sector."""
        found: dict[tuple[str, str], float] = {}
        for route in self.vocabulary.routes:
            key = route.material, self.sector_at(route.receiver_sector, level)
            if route.strength >= self._least and key[1] and key[0] in self.materials:
                found[key] = max(STRENGTHS[route.strength], found.get(key, 0.0))
        return found

    def _estimates(self, routes: Weights) -> Weights:
        return {
            (material, division): weight
            for material, divisions in read_estimates().items()
            for division, weight in divisions.items()
            if material in self.materials and (self._least <= 1 or (material, division) in routes)
        }

    def _by_division(self) -> dict[tuple[str, str], float]:
        shares = self.shares(SectorRole.RECEIVER, Level.DIVISION)
        names = list(self.materials)
        rows, columns = np.nonzero(shares.matrix)
        return {
            (names[row], shares.sectors[column]): float(shares.matrix[row, column])
            for row, column in zip(rows.tolist(), columns.tolist(), strict=True)
        }

    def _summed(self, level: Level) -> Weights:
        """A coarser level: the sum of its divisions."""
        found: dict[tuple[str, str], float] = {}
        for (material, division), share in self._by_division().items():
            key = material, self.sector_at(division, level)
            found[key] = found.get(key, 0.0) + share
        return found

    def _spread(self, level: Level) -> Weights:
        """A finer level: each division's share spread over its sectors as the routes are. A division that only an
        estimate knows stands for itself."""
        routes = self._routes(level)
        inside: dict[tuple[str, str], float] = {}
        for (material, sector), weight in routes.items():
            key = material, self.sector_at(sector, Level.DIVISION)
            inside[key] = inside.get(key, 0.0) + weight
        shares = self._by_division()
        found = {key: share for key, share in shares.items() if key not in inside}
        for (material, sector), weight in routes.items():
            key = material, self.sector_at(sector, Level.DIVISION)
            found[material, sector] = shares.get(key, 0.0) * weight / inside[key]
        return found

    def _shares_of(self, own: Weights, estimates: Weights | None = None) -> Shares:
        estimates = estimates or {}
        sectors = tuple(sorted({sector for _, sector in (*own, *estimates)}))
        known, estimated = self._matrix(own, sectors), self._matrix(estimates, sectors)
        part = ESTIMATED * estimated.any(axis=1, keepdims=True)
        matrix = _normalised((1 - part) * known + part * estimated)
        mean = matrix.mean(axis=0) if len(matrix) else np.zeros(0)
        prevalence = {s: float(value) + _LEAST_PREVALENCE for s, value in zip(sectors, mean, strict=True)}
        return Shares(sectors, matrix, prevalence)

    def _matrix(self, weights: Weights, sectors: tuple[str, ...]) -> Floats:
        place = {sector: column for column, sector in enumerate(sectors)}
        matrix = np.zeros((len(self.materials), len(sectors)))
        for (material, sector), weight in weights.items():
            matrix[self.materials[material], place[sector]] = weight
        return _normalised(matrix)


def _normalised(values: Floats) -> Floats:
    total = values.sum(axis=-1, keepdims=True)
    shares: Floats = np.divide(values, total, out=np.zeros_like(values), where=total > 0)
    return shares
