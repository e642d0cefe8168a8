"""The vocabulary in memory: concepts of every scheme and the known routes, immutable and quick to ask."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from types import MappingProxyType
from typing import Any

from kg.errors import NotFound
from kg.model import Concept, Label, LabelKind, Route
from kg.ontology.compiled import Document, collector_paused, unpack, unpack_route
from kg.ontology.names import MATERIAL, SCHEMES, SECTOR, WASTE
from kg.ontology.readings import CodeReading
from kg.ontology.sector_codes import SectorReader
from kg.ontology.waste_codes import WasteReader

_READINGS = 4096
"""Readings remembered: a file repeats few codes in many rows."""
_LEVELS = {"section": 1, "division": 2, "group": 3, "class": 4}


@dataclass(frozen=True, slots=True)
class Scheme:
    """A concept scheme: a thesaurus or a classification. `size` counts its concepts."""

    id: str
    titles: tuple[Label, ...]
    version: str
    licence: str
    source: str
    note: str
    size: int


class Vocabulary:
    """Every scheme and route. Concepts are made when first asked for, so loading costs little; ids are `scheme:local`.

    Unknown ids give empty answers, except in `concept`, which raises `NotFound`.
    """

    def __init__(self, document: Document) -> None:
        self.version: str = document["version"]
        self._languages: Sequence[str] = document["languages"]
        self._packed: Mapping[str, Sequence[Any]] = document["concepts"]
        self._made: dict[str, Concept] = {}
        self._schemes = tuple(
            Scheme(row[0], tuple(Label(t, lang, LabelKind.PREF) for t, lang in row[1]), *row[2:])
            for row in document["schemes"]
        )
        self._packed_routes: Sequence[Sequence[Any]] = document["routes"]
        self._concordances: Mapping[str, Mapping[str, Sequence[str]]] = document["concordances"]
        self._ancestors: dict[str, Mapping[str, int]] = {}
        self._descendants: dict[str, Mapping[str, int]] = {}

    def schemes(self) -> tuple[Scheme, ...]:
        return self._schemes

    def __contains__(self, concept: object) -> bool:
        return concept in self._packed

    def __len__(self) -> int:
        return len(self._packed)

    def get(self, concept: str) -> Concept | None:
        """The concept of an id, or None."""
        made = self._made.get(concept)
        if made is None and concept in self._packed:
            made = self._made[concept] = unpack(concept, self._packed[concept], self._languages)
        return made

    def concept(self, concept: str) -> Concept:
        """The concept of an id; raises `NotFound` whose hint names the nearest ids."""
        found = self.get(concept)
        if found is None:
            from rapidfuzz import process  # only needed to be helpful

            near = [match[0] for match in process.extract(concept, self._packed.keys(), limit=3, score_cutoff=70)]
            hint = f"Did you mean {', '.join(near)}?" if near else "GET /api/v1/concepts finds concepts by their words."
            raise NotFound(f"There is no concept {concept!r}.", hint=hint)
        return found

    def concepts(self, scheme: str = "") -> Iterator[Concept]:
        """Concepts in order of scheme and id, of one scheme if named."""
        for concept, packed in self._packed.items():
            if not scheme or packed[0] == scheme:
                yield self.concept(concept)

    def by_notation(self, scheme: str, notation: str) -> Concept | None:
        """The concept that carries exactly this official notation."""
        return self.get(self._notations.get((scheme, notation), ""))

    def label(self, concept: str, language: str = "en") -> Label:
        """Preferred label in a language, else in English, else the first there is; the label tells its language.

        A concept that is not known is labelled by its own id, in no language.
        """
        found = self.get(concept)
        prefs = [label for label in found.labels if label.kind is LabelKind.PREF] if found else []
        by_language = {label.language: label for label in prefs}
        fallback = prefs[0] if prefs else Label(concept, "", LabelKind.NOTATION)
        return by_language.get(language) or by_language.get("en") or fallback

    def ancestors(self, concept: str) -> Mapping[str, int]:
        """Every broader concept with its distance in steps (1 is a parent), nearest first."""
        if concept not in self._ancestors:
            self._ancestors[concept] = self._walk(concept, 4)
        return self._ancestors[concept]

    def descendants(self, concept: str) -> Mapping[str, int]:
        """Every narrower concept with its distance in steps (1 is a child), nearest first."""
        if concept not in self._descendants:
            self._descendants[concept] = self._walk(concept, 5)
        return self._descendants[concept]

    def neighbours(self, concept: str) -> tuple[str, ...]:
        """Ids one step away: broader, narrower and related."""
        found = self.get(concept)
        return tuple(sorted({*found.broader, *found.narrower, *found.related})) if found else ()

    def mapped(self, concept: str, scheme: str = "") -> tuple[str, ...]:
        """Targets of the concept's mappings (waste codes and sectors of a material), of one scheme if named."""
        found = self.get(concept)
        targets = [mapping.target for mapping in found.mappings] if found else []
        return tuple(target for target in targets if not scheme or target.startswith(scheme + ":"))

    def materials_of_waste(self, waste: str) -> tuple[str, ...]:
        """Materials that usually carry a waste code; for a chapter or sub-chapter, any code in it."""
        codes = (waste, *self.descendants(waste))
        return tuple(sorted({material for code in codes for material in self._materials_by_waste.get(code, ())}))

    @cached_property
    def routes(self) -> tuple[Route, ...]:
        """Every known route, ordered by material, technology, receiver and id."""
        with collector_paused():
            return tuple(unpack_route(packed) for packed in self._packed_routes)

    def routes_of_material(self, concept: str) -> tuple[Route, ...]:
        """Routes of exactly this material; the caller walks the hierarchy."""
        return self._routes_by[0].get(concept, ())

    def routes_of_technology(self, concept: str) -> tuple[Route, ...]:
        """Routes by exactly this technology."""
        return self._routes_by[1].get(concept, ())

    def routes_of_sector(self, concept: str) -> tuple[Route, ...]:
        """Routes received by exactly this sector."""
        return self._routes_by[2].get(concept, ())

    def technology_io(self, concept: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """What a technology takes in and gives out: material ids, or plain words where no material stands for it."""
        found = self.get(concept)
        attributes = found.attributes if found else ()
        return (
            tuple(value for name, value in attributes if name == "input"),
            tuple(value for name, value in attributes if name == "output"),
        )

    def sector_at(self, concept: str, level: str) -> str:
        """The sector of a level ("section", "division", "group", "class") that a NACE concept lies in, or is.

        Empty when the concept is coarser than the level or no sector. Raises `KeyError` for another level.
        """
        wanted = _LEVELS[level]
        chain = [concept, *self.ancestors(concept)] if concept.startswith(SECTOR + ":") else []
        return next((found for found in chain if found in self._packed and _level(found) == wanted), "")

    def resolve_sector(self, code: str, scheme: str = "") -> CodeReading:
        """NACE Rev. 2 concepts a sector code stands for; `scheme` names the classification when the file says it."""
        return self._read_sector(code, scheme)

    def resolve_waste(self, text: str) -> CodeReading:
        """List of Waste concepts a waste code stands for, mangled by a spreadsheet or not."""
        return self._read_waste(text)

    def _walk(self, concept: str, field: int) -> Mapping[str, int]:
        distance: dict[str, int] = {}
        edge = [concept]
        step = 0
        while edge:
            step += 1
            reached = sorted({other for near in edge for other in self._links(near, field)})
            edge = [other for other in reached if other not in distance and other != concept]
            distance.update(dict.fromkeys(edge, step))
        return MappingProxyType(distance)

    def _links(self, concept: str, field: int) -> Iterable[str]:
        packed = self._packed.get(concept)
        return packed[field] if packed else ()

    @cached_property
    def _notations(self) -> dict[tuple[str, str], str]:
        return {(str(p[0]), str(p[1])): concept for concept, p in self._packed.items() if p[1]}

    @cached_property
    def _materials_by_waste(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = defaultdict(list)
        for concept in self.concepts(MATERIAL):
            for mapping in concept.mappings:
                if mapping.target.startswith(WASTE + ":"):
                    found[mapping.target].append(concept.id)
        return dict(found)

    @cached_property
    def _routes_by(self) -> tuple[Mapping[str, tuple[Route, ...]], ...]:
        groups: list[dict[str, list[Route]]] = [defaultdict(list), defaultdict(list), defaultdict(list)]
        for route in self.routes:
            for group, key in zip(groups, (route.material, route.technology, route.receiver_sector), strict=True):
                if key:
                    group[key].append(route)
        return tuple({key: tuple(routes) for key, routes in group.items()} for group in groups)

    @cached_property
    def _read_sector(self) -> Callable[[str, str], CodeReading]:
        national = dict(self._national(SECTOR))
        nace = {p[1]: concept for concept, p in self._packed.items() if p[0] == SECTOR}
        return lru_cache(_READINGS)(SectorReader(nace, self.ancestors, self._concordances, national).read)

    @cached_property
    def _read_waste(self) -> Callable[[str], CodeReading]:
        national = {notation: targets for (_, notation), targets in self._national(WASTE)}
        return lru_cache(_READINGS)(WasteReader({c.id: c for c in self.concepts(WASTE)}, national).read)

    def _national(self, scheme: str) -> Iterator[tuple[tuple[str, str], tuple[str, ...]]]:
        """(scheme, notation) of each concept of a user's own schemes, with its mappings to one of ours."""
        for key, concept in self._notations.items():
            targets = self.mapped(concept, scheme) if key[0] not in SCHEMES else ()
            if targets:
                yield key, targets


def _level(sector: str) -> int:
    local = sector.partition(":")[2]
    if local.isalpha():
        return 1
    return len(local.replace(".", ""))
