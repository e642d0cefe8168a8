"""Typical offers: how an offer that is worded like the question usually goes. Judgement, shipped as a readable table.

A route knows a material; the words beside its name decide more: *food-grade* carbon dioxide is drunk, *whole* tyres
shelter a sea wall, steam of a *sawmill* dries wood. Each row of the table is a wording of one material with the shares
of the divisions that such offers go to. Wordings are compared by their words, so that no encoder is asked and a wording
in another language counts as the plain material.
"""

from __future__ import annotations

import csv
import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np
import numpy.typing as npt

from kg.errors import InvalidVocabulary
from kg.text import analyse

Floats = npt.NDArray[np.float64]

SHIPPED = Path(__file__).parent / "data" / "offers.csv"

CLOSENESS = 0.2
"""Likeness (0 to 1) by which an offer's say grows by e: an offer worded like the question says e^5 times what one says
that shares no word. Between 0.15 and 0.35 the measures move less than their error."""

_DIVISIONS = 100
"""Divisions of NACE are numbers of two digits: a row of shares has a place for each."""


@dataclass(frozen=True, slots=True)
class MaterialOffers:
    """The offers of one material: row i of `shares` (offers, divisions) sums to 1, `weights[i]` is that of its words.

    `rarity` is that of each word among these offers, `holders` the offers that have it.
    """

    shares: Floats
    weights: Sequence[float]
    rarity: Mapping[str, float]
    holders: Mapping[str, Sequence[int]]

    def mixed(self, asked: frozenset[str]) -> Floats:
        """Sum over the offers of their shares times how much they say to a text of these words, over their number."""
        common: dict[int, float] = defaultdict(float)
        for word in asked & self.holders.keys():
            for offer in self.holders[word]:
                common[offer] += self.rarity[word]
        whole = sum([self.rarity.get(word, self.unseen) for word in asked])
        says = np.ones(len(self.weights))
        for offer, weight in common.items():
            says[offer] = math.exp(weight / math.sqrt(whole * self.weights[offer]) / CLOSENESS)
        found: Floats = says @ self.shares / len(says)
        return found

    @property
    def unseen(self) -> float:
        """Rarity of a word that none of the offers has."""
        return _rarity(len(self.weights), 0)


class Offers:
    """Typical offers by material. The rows of a material are read when it is first asked about."""

    def __init__(self, lines: Iterable[str], name: str = "offers") -> None:
        """From lines of CSV with the columns material, wording and receivers, the first of which are headings."""
        self._name = name
        self._rows: dict[str, list[tuple[int, str]]] = defaultdict(list)
        for number, line in islice(enumerate(lines, start=1), 1, None):
            material, _, rest = line.partition(",")
            self._rows[f"material:{material}"].append((number, rest))
        self._read: dict[str, MaterialOffers] = {}

    @property
    def materials(self) -> Iterable[str]:
        """Ids of the materials that have offers."""
        return self._rows.keys()

    def of(self, material: str) -> MaterialOffers:
        """Offers of exactly this material, one of `materials`. Raises `InvalidVocabulary` for a malformed row."""
        if material not in self._read:
            self._read[material] = self._parsed(self._rows[material])
        return self._read[material]

    def share(self, terms: Iterable[str], materials: Mapping[str, float]) -> dict[str, float]:
        """Shares of the divisions (sum 1; empty when no material has offers) for a text that may name these materials.

        `terms` are the text's analysed words, `materials` the weight of each. Inside a material offers count by how
        much their wording is like the text: by the words both have, weighted by how few of its offers have them.
        """
        asked = frozenset(terms)
        summed = np.zeros(_DIVISIONS)
        for material, weight in materials.items():
            if material in self._rows:
                summed += weight * self.of(material).mixed(asked)
        total = summed.sum()
        return {f"nace2:{place:02}": float(summed[place] / total) for place in np.flatnonzero(summed).tolist()}

    def _parsed(self, rows: Sequence[tuple[int, str]]) -> MaterialOffers:
        shares = np.zeros((len(rows), _DIVISIONS))
        holders: dict[str, list[int]] = defaultdict(list)
        for place, (number, row) in enumerate(rows):
            try:
                wording, receivers = next(csv.reader([row]))
                for entry in receivers.split():
                    division, weight = entry.split(":")
                    shares[place, int(division)] = float(weight)
            except (ValueError, IndexError) as problem:
                raise InvalidVocabulary(
                    f"{self._name} line {number}: a row is a material, a wording and pairs such as 23:66."
                ) from problem
            for word in frozenset(analyse(wording)):
                holders[word].append(place)
        rarity = {word: _rarity(len(rows), len(held)) for word, held in holders.items()}
        weights = [0.0] * len(rows)
        for word, held in holders.items():
            for place in held:
                weights[place] += rarity[word]
        return MaterialOffers(shares / shares.sum(axis=1, keepdims=True), weights, rarity, holders)


def _rarity(offers: int, having: int) -> float:
    return math.log(1 + (offers + 1) / (having + 0.5))


def read_offers(path: Path = SHIPPED) -> Offers:
    """The offers of a table."""
    return Offers(path.read_text(encoding="utf-8").splitlines(), path.name)
