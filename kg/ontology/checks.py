"""What must hold before a vocabulary is used. Every problem names the file and the concept."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from kg.errors import InvalidVocabulary
from kg.model import LabelKind, Route
from kg.ontology.names import SECTOR
from kg.ontology.turtle_rows import ConceptRow, SchemeRow
from kg.text import fold

_SHOWN = 12


def check(
    schemes: Sequence[SchemeRow],
    rows: Sequence[ConceptRow],
    routes: Sequence[tuple[str, Route]],
    concordances: Mapping[str, Mapping[str, Sequence[str]]],
) -> None:
    """Raise `InvalidVocabulary` that lists every problem found, or return. `routes` come with their file names."""
    known = {row.id: row for row in rows}
    problems = [
        *_repeated(rows),
        *_dangling(rows, known, {scheme.id for scheme in schemes}),
        *_cycles(rows, known),
        *_labels(rows),
        *_notations(rows),
        *_route_problems(routes, known),
        *(
            f"{name}.csv: NACE Rev. 2 has no code {code}."
            for name, table in sorted(concordances.items())
            for code in sorted({c for codes in table.values() for c in codes} - _codes(known, SECTOR))
        ),
    ]
    if problems:
        more = f" And {len(problems) - _SHOWN} more." if len(problems) > _SHOWN else ""
        raise InvalidVocabulary(
            "The vocabulary does not hold together. " + " ".join(problems[:_SHOWN]) + more,
            hint="Mend the files named; docs/how-to/add-a-scheme.md says what is checked.",
        )


def _codes(known: Mapping[str, ConceptRow], scheme: str) -> set[str]:
    return {concept.partition(":")[2] for concept, row in known.items() if row.scheme == scheme}


def _repeated(rows: Iterable[ConceptRow]) -> Iterator[str]:
    first: dict[str, str] = {}
    for row in rows:
        if row.id in first:
            yield f"{row.file}: {row.id} is already declared in {first[row.id]}."
        first.setdefault(row.id, row.file)


def _dangling(rows: Iterable[ConceptRow], known: Mapping[str, ConceptRow], schemes: Collection[str]) -> Iterator[str]:
    for row in rows:
        inside = [("broader", t) for t in row.broader] + [("related", t) for t in row.related]
        inside += [("replaced by", t) for t in row.replaced_by]
        for relation, target in inside:
            if target not in known:
                yield f"{row.file}: {row.id} is {relation} {target}, which does not exist."
            elif relation == "broader" and known[target].scheme != row.scheme:
                yield f"{row.file}: {row.id} is broader {target} of another scheme; use skos:broadMatch."
        for target in sorted(_above(row.id, known).intersection(row.related)):
            yield f"{row.file}: {row.id} has {target} as both broader and related."
        for _, target in row.mappings:
            if target.partition(":")[0] in schemes and target not in known:
                yield f"{row.file}: {row.id} is mapped to {target}, which is not in its list."
        for name, value in row.attributes:
            if name in ("input", "output") and value.partition(":")[0] in schemes and value not in known:
                yield f"{row.file}: {row.id} has the {name} {value}, which does not exist."


def _above(concept: str, known: Mapping[str, ConceptRow]) -> set[str]:
    above: set[str] = set()
    edge = [concept]
    while edge:
        row = known.get(edge.pop())
        fresh = [parent for parent in row.broader if parent not in above] if row else []
        above.update(fresh)
        edge += fresh
    return above


def _cycles(rows: Iterable[ConceptRow], known: Mapping[str, ConceptRow]) -> Iterator[str]:
    """Each concept that is its own ancestor, by depth-first search with three colours."""
    done: set[str] = set()
    for row in rows:
        stack: list[tuple[str, Iterator[str]]] = [(row.id, iter(row.broader))]
        path = {row.id}
        while stack and row.id not in done:
            concept, parents = stack[-1]
            parent = next((p for p in parents if p in known and p not in done), None)
            if parent is None:
                done.add(concept)
                path.discard(concept)
                stack.pop()
            elif parent in path:
                yield f"{known[concept].file}: {concept} and {parent} are broader than each other."
            else:
                path.add(parent)
                stack.append((parent, iter(known[parent].broader)))


def _labels(rows: Sequence[ConceptRow]) -> Iterator[str]:
    """Each concept has preferred labels, one a language, and shares no label with another of its thesaurus.

    Exempt are abbreviations and formulas (no language), labels that a concept declares as sym:homograph, and official
    classifications (concepts with notations), whose titles repeat from level to level.
    """
    owners: dict[tuple[str, str, str], dict[str, ConceptRow]] = defaultdict(dict)
    declared = {(row.scheme, fold(value)) for row in rows for name, value in row.attributes if name == "homograph"}
    for row in rows:
        languages = [language for _, language, kind in row.labels if kind is LabelKind.PREF]
        if not languages:
            yield f"{row.file}: {row.id} has no skos:prefLabel."
        for language in sorted({found for found in languages if languages.count(found) > 1}):
            yield f"{row.file}: {row.id} has more than one skos:prefLabel in {language or 'no language'}."
        for text, language, _ in row.labels:
            if not text.strip():
                yield f"{row.file}: {row.id} has an empty label."
            if language and not row.notation:
                owners[row.scheme, language, fold(text)][row.id] = row
    for (scheme, language, text), found in owners.items():
        first, *others = found.values()
        for other in others if (scheme, text) not in declared else ():
            yield f"{other.file}: {other.id} and {first.id} both have the label {text!r} ({language})."


def _notations(rows: Iterable[ConceptRow]) -> Iterator[str]:
    first: dict[tuple[str, str], ConceptRow] = {}
    for row in rows:
        if row.notation:
            other = first.setdefault((row.scheme, row.notation), row)
            if other is not row:
                yield f"{row.file}: {row.id} and {other.id} have the same notation {row.notation}."


def _route_problems(routes: Sequence[tuple[str, Route]], known: Mapping[str, ConceptRow]) -> Iterator[str]:
    seen: dict[str, str] = {}
    for file, route in routes:
        for concept in (route.material, route.technology, route.receiver_sector):
            if concept and concept not in known:
                yield f"{file}: the route of {route.material} to {route.receiver_sector} names {concept}, unknown."
        if route.id in seen:
            yield f"{file}: the route of {route.material} to {route.receiver_sector} is already in {seen[route.id]}."
        seen.setdefault(route.id, file)
