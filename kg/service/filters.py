"""From filters as a user writes them to the ids the engines compare; what is not known is refused, never ignored."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence

from rapidfuzz import process

from kg.errors import InputError, UnknownFilter
from kg.graph.protocol import Filters
from kg.ontology import Vocabulary
from kg.search.places import places_of
from kg.service.concepts import ConceptFinder
from kg.service.queries import EvidenceQuery, ProgrammeQuery, TechnologyFilter, Words
from kg.settings import Settings
from kg.text import fold

SECTORS, MATERIALS, TECHNOLOGIES, WASTE = "nace2", "material", "technology", "low"
_COUNTRY = re.compile(r"[A-Za-z]{2}")


class FilterReader:
    """Reads the filters of a query. `programmes` and `places` list the names in the graph now."""

    def __init__(
        self,
        vocabulary: Vocabulary,
        finder: ConceptFinder,
        programmes: Callable[[], Iterable[str]],
        places: Callable[[], tuple[str, ...]],
        settings: Settings,
    ) -> None:
        self._vocabulary = vocabulary
        self._finder = finder
        self._programmes = programmes
        self._places = places
        self._settings = settings

    def read(self, query: EvidenceQuery) -> Filters:
        """The filters of a query, concepts widened to all narrower ones. Raises `UnknownFilter` or `InputError`."""
        self._check_sizes(query)
        technologies = query.technology if isinstance(query, TechnologyFilter) else ()
        programmes = query.programme if isinstance(query, ProgrammeQuery) else ()
        sectors: Words = ()
        takers: Words = ()
        givers: Words = ()
        if isinstance(query, ProgrammeQuery):
            sectors, takers, givers = query.sector, query.receiver_sector, query.provider_sector
        return Filters(
            countries=self._read_countries(query.country),
            exclude_countries=self._read_countries(query.exclude_country),
            places=self._read_places(query.place),
            programmes=self._read_programmes(programmes),
            kinds=frozenset(kind.value for kind in query.kind),
            statuses=frozenset(status.value for status in query.status),
            materials=self._widen("material", query.material, self._materials),
            technologies=self._widen("technology", technologies, self._technologies),
            sectors=self._widen("sector", sectors, self.sectors),
            receiver_sectors=self._widen("receiver_sector", takers, self.sectors),
            provider_sectors=self._widen("provider_sector", givers, self.sectors),
            year_from=query.year_from,
            year_to=query.year_to,
        )

    def _check_sizes(self, query: EvidenceQuery) -> None:
        most = self._settings.max_filter_values
        for name in type(query).model_fields:
            given = getattr(query, name)
            if isinstance(given, tuple) and len(given) > most:
                raise InputError(f"The filter {name} has {len(given)} values.", hint=f"Give at most {most}.")
        if query.year_from is not None and query.year_to is not None and query.year_from > query.year_to:
            raise InputError(
                f"No year is both {query.year_from} or later and {query.year_to} or before.",
                hint="Exchange year_from and year_to.",
            )

    def _widen(self, name: str, given: Sequence[str], read: Callable[[str], Sequence[str]]) -> frozenset[str]:
        found: set[str] = set()
        for text in given:
            ids = read(text)
            if not ids:
                raise UnknownFilter(
                    f"The filter {name} does not know {text[:80]!r}.",
                    hint=f"`symbiograph concept` and GET /api/v1/concepts find what {name} can be.",
                )
            for id_ in ids:
                found.update((id_, *self._vocabulary.descendants(id_)))
        return frozenset(found)

    def _materials(self, text: str) -> Sequence[str]:
        if self._has(text, MATERIALS):
            return (text,)
        if self._has(text, WASTE):
            return self._vocabulary.materials_of_waste(text)
        named = self._finder.named(text, (MATERIALS,))
        if named or not any(character.isdigit() for character in text):
            return named
        codes = self._vocabulary.resolve_waste(text).concepts
        return tuple(id_ for code in codes for id_ in self._vocabulary.materials_of_waste(code))

    def _technologies(self, text: str) -> Sequence[str]:
        return (text,) if self._has(text, TECHNOLOGIES) else self._finder.named(text, (TECHNOLOGIES,))

    def sectors(self, text: str) -> Sequence[str]:
        """Sectors that an id, a code of any supported classification or a label stands for; empty when none does."""
        if self._has(text, SECTORS):
            return (text,)
        named = self._finder.named(text, (SECTORS,))
        return named or self._vocabulary.resolve_sector(text).concepts

    def _has(self, id_: str, scheme: str) -> bool:
        return id_.startswith(scheme + ":") and self._vocabulary.get(id_) is not None

    def _read_countries(self, given: Sequence[str]) -> frozenset[str]:
        for text in given:
            if not _COUNTRY.fullmatch(text):
                raise UnknownFilter(
                    f"{text[:80]!r} is no country code.", hint="Use ISO 3166 codes of two letters, such as GB or CN."
                )
        return frozenset(text.upper() for text in given)

    def _read_places(self, given: Sequence[str]) -> frozenset[str]:
        """Recorded places that have the words of any of the places given."""
        found: set[str] = set()
        for text in given:
            known = places_of(self._places())
            having = known.containing(text)
            if not having:
                raise UnknownFilter(
                    f"No record has the place {text[:80]!r}.",
                    hint=_near(text, known.names)
                    or "Name it as the records do: `symbiograph search` shows their places.",
                )
            found |= having
        return frozenset(found)

    def _read_programmes(self, given: Sequence[str]) -> frozenset[str]:
        return frozenset(self.programme(text) for text in given)

    def programme(self, text: str) -> str:
        """A programme's name as the graph has it; case and accents do not matter. Raises `UnknownFilter`."""
        names = {fold(name): name for name in self._programmes()}
        if fold(text) not in names:
            known = _near(text, names) or "`symbiograph status` lists the programmes."
            raise UnknownFilter(f"There is no programme {text[:80]!r}.", hint=known)
        return names[fold(text)]


def _near(text: str, names: Mapping[str, str]) -> str:
    """A question for the names most like a text, given by their folded form; empty when none is like it."""
    near = [names[match[0]] for match in process.extract(fold(text), list(names), limit=3, score_cutoff=60)]
    return f"Did you mean {', '.join(near)}?" if near else ""
