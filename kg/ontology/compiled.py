"""From checked rows to the compiled form: one JSON document that loads without rdflib.

Labels of a concept are one flat list `[text, code, text, code, ...]` where the code is
`kind * len(languages) + language`, because a hundred thousand small objects are what would make loading slow.
"""

from __future__ import annotations

import gc
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from kg.model import Concept, Label, LabelKind, Relation, Route
from kg.model import Mapping as ConceptMapping
from kg.ontology.turtle_rows import ConceptRow, SchemeRow

FORMAT = 1
KINDS = tuple(LabelKind)
RELATIONS = tuple(Relation)

Document = dict[str, Any]


@contextmanager
def collector_paused() -> Iterator[None]:
    """Loading makes many objects and no garbage; the collector would walk them again and again."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def compile_document(
    version: str,
    schemes: Sequence[SchemeRow],
    rows: Sequence[ConceptRow],
    routes: Sequence[Route],
    concordances: Mapping[str, Mapping[str, Sequence[str]]],
) -> Document:
    """The JSON document of a whole vocabulary; concepts are ordered by scheme and id."""
    languages = sorted({language for row in rows for _, language, _ in row.labels})
    narrower: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        for parent in row.broader:
            narrower[parent].append(row.id)
    sizes: dict[str, int] = defaultdict(int)
    concepts: dict[str, list[Any]] = {}
    order = {scheme.id: place for place, scheme in enumerate(schemes)}
    for row in sorted(rows, key=lambda row: (order[row.scheme], row.id)):
        sizes[row.scheme] += 1
        concepts[row.id] = _pack(row, sorted(narrower.get(row.id, ())), languages)
    return {
        "format": FORMAT,
        "version": version,
        "languages": languages,
        "schemes": [[s.id, s.titles, s.version, s.licence, s.source, s.note, sizes[s.id]] for s in schemes],
        "concepts": concepts,
        "routes": [_pack_route(route) for route in routes],
        "concordances": concordances,
    }


def unpack(concept: str, packed: Sequence[Any], languages: Sequence[str]) -> Concept:
    """The concept a packed row stands for."""
    (scheme, notation, labels, definition, broader, narrower, related, mappings, dates, replaced, attributes) = packed
    return Concept(
        id=concept,
        scheme=scheme,
        notation=notation,
        labels=tuple(
            Label(text, languages[code % len(languages)], KINDS[code // len(languages)])
            for text, code in zip(labels[::2], labels[1::2], strict=True)
        ),
        definition=definition,
        broader=tuple(broader),
        narrower=tuple(narrower),
        related=tuple(related),
        mappings=tuple(
            ConceptMapping(RELATIONS[code], target) for code, target in zip(mappings[::2], mappings[1::2], strict=True)
        ),
        valid_from=dates[0],
        valid_to=dates[1],
        replaced_by=tuple(replaced),
        attributes=tuple((name, value) for name, value in attributes),
    )


def unpack_route(packed: Sequence[Any]) -> Route:
    return Route(*packed)


def _pack(row: ConceptRow, narrower: list[str], languages: Sequence[str]) -> list[Any]:
    place = {language: index for index, language in enumerate(languages)}
    labels: list[str | int] = []
    for text, language, kind in sorted(row.labels, key=lambda found: (KINDS.index(found[2]), found[1], found[0])):
        labels += [text, KINDS.index(kind) * len(languages) + place[language]]
    mappings: list[str | int] = []
    for relation, target in row.mappings:
        mappings += [RELATIONS.index(relation), target]
    return [
        row.scheme,
        row.notation,
        labels,
        row.definition,
        row.broader,
        narrower,
        row.related,
        mappings,
        [row.valid_from, row.valid_to],
        row.replaced_by,
        row.attributes,
    ]


def _pack_route(route: Route) -> list[str | int]:
    return [
        route.id,
        route.material,
        route.technology,
        route.becomes,
        route.replaces,
        route.receiver_sector,
        route.role,
        route.strength,
        route.conditions,
        route.reference,
        route.reference_checked,
    ]
