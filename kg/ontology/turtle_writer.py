"""SKOS in Turtle, written so that a person can read and edit it: broad before narrow, one thought a line."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence

from kg.model import LANGUAGES, LabelKind, Relation
from kg.ontology.names import BASE, DCTERMS, ONTOLOGY, SCHEMA, SCHEMES, SKOS, XSD, iri
from kg.ontology.turtle import ATTRIBUTES, LABELS, MAPPINGS, NOTES
from kg.ontology.turtle_rows import ConceptRow

_PREFIXES = {"skos": SKOS, "dcterms": DCTERMS, "schema": SCHEMA, "xsd": XSD, "sym": ONTOLOGY}
_LOCAL = re.compile(r"[A-Za-z0-9_]([A-Za-z0-9_.-]*[A-Za-z0-9_-])?")
_PLAIN = {"hazardous", "entry_type", "maturity", "level", "operation", "outcome_kind", "unit"}
_WIDTH = 118
_BREAK = "\n        "


def write_turtle(rows: Iterable[ConceptRow], heading: str, *, order: Callable[[ConceptRow], str] | None = None) -> str:
    """Turtle text of concepts under a heading comment.

    Without `order`, concepts follow the hierarchy: tops by id, each followed by its narrower ones; a concept with two
    parents stands under the first. The same rows always give the same text.
    """
    listed = list(rows)
    tops = {row.id for row in listed if not row.broader}
    flat = len(tops) == len(listed)
    ordered = (
        [(row, 2 if flat else _depth(row, tops)) for row in sorted(listed, key=order)]
        if order
        else list(_by_hierarchy(listed))
    )
    comment = [f"# {line}".rstrip() for line in heading.strip().splitlines()]
    body = "\n".join(line for row, depth in ordered for line in ("", *_banner(row, depth), *_block(row)))
    known = {**_PREFIXES, **{scheme: f"{BASE}{scheme}/" for scheme in SCHEMES}}
    prefixes = [
        f"@prefix {name}: <{address}> ." for name, address in sorted(known.items()) if re.search(rf"\b{name}:", body)
    ]
    return "\n".join([*comment, "", *prefixes]) + f"\n{body}\n"


def _depth(row: ConceptRow, tops: set[str]) -> int:
    """Depth for the comment above a concept: 0 a top, 1 just below one, 2 deeper or in a list without levels."""
    if not row.broader:
        return 0
    return 1 if tops.intersection(row.broader) else 2


def _by_hierarchy(rows: Sequence[ConceptRow]) -> Iterator[tuple[ConceptRow, int]]:
    here = {row.id: row for row in rows}
    children: dict[str, list[str]] = defaultdict(list)
    tops = []
    for row in rows:
        parents = [parent for parent in row.broader if parent in here]
        if parents:
            children[parents[0]].append(row.id)
        else:
            tops.append(row.id)
    stack = [(top, 0) for top in sorted(tops, reverse=True)]
    while stack:
        concept, depth = stack.pop()
        yield here[concept], depth
        stack += [(child, depth + 1) for child in sorted(children[concept], reverse=True)]


def _banner(row: ConceptRow, depth: int) -> list[str]:
    name = next((text for text, language, kind in row.labels if kind is LabelKind.PREF and language == "en"), row.id)
    if depth == 0:
        return ["#" * 100, f"## {name}", "#" * 100]
    return [f"# {name}"] if depth == 1 else []


def _block(row: ConceptRow) -> list[str]:
    lines = [f"{_name(row.id)} a skos:Concept ;", f"    skos:inScheme {row.scheme}: ;"]
    lines += [f"    {predicate}{'' if value.startswith(_BREAK) else ' '}{value} ;" for predicate, value in _facts(row)]
    lines[-1] = lines[-1][:-1] + "."
    return lines


def _facts(row: ConceptRow) -> Iterator[tuple[str, str]]:
    if row.notation:
        yield "skos:notation", _quoted(row.notation)
    if row.broader:
        yield "skos:broader", _joined([_name(parent) for parent in row.broader])
    for predicate, kind in LABELS.items():
        labels = sorted((label for label in row.labels if label[2] is kind), key=_label_order)
        if labels:
            yield predicate.replace(SKOS, "skos:"), _labels(labels)
    if row.definition:
        yield "skos:definition", _quoted(row.definition) + "@en"
    yield from _own_facts(row)
    if row.related:
        yield "skos:related", _joined([_name(other) for other in row.related])
    for predicate, relation in MAPPINGS.items():
        by_scheme: dict[str, list[str]] = defaultdict(list)
        for found, target in row.mappings:
            if found is Relation(relation):
                by_scheme[target.partition(":")[0]].append(_name(target))
        for names in by_scheme.values():
            yield predicate.replace(SKOS, "skos:"), _joined(names)
    yield from _validity(row)


def _own_facts(row: ConceptRow) -> Iterator[tuple[str, str]]:
    local = {name: f"sym:{own}" for own, name in ATTRIBUTES.items()}
    notes = {name: predicate.replace(SKOS, "skos:") for predicate, name in NOTES.items()}
    grouped: dict[str, list[str]] = defaultdict(list)
    for name, value in row.attributes:
        grouped[name].append(value)
    for name in (*notes, *local):
        if grouped[name]:
            yield (notes | local)[name], _joined([_attribute(name, value) for value in grouped[name]])


def _attribute(name: str, value: str) -> str:
    if name == "hazardous":
        return value
    if ":" in value and value.partition(":")[0] in SCHEMES and " " not in value:
        return _name(value)
    return _quoted(value) if name in _PLAIN else _quoted(value) + "@en"


def _validity(row: ConceptRow) -> Iterator[tuple[str, str]]:
    if row.valid_from:
        yield "schema:validFrom", f'"{row.valid_from}"^^xsd:date'
    if row.valid_to:
        yield "schema:validThrough", f'"{row.valid_to}"^^xsd:date'
    if row.replaced_by:
        yield "dcterms:isReplacedBy", _joined([_name(other) for other in row.replaced_by])


def _labels(labels: Sequence[tuple[str, str, LabelKind]]) -> str:
    """One line for each language, wrapped, so that a change of one label is a change of one line."""
    by_language: dict[str, list[str]] = defaultdict(list)
    for text, language, _ in labels:
        by_language[language].append(_quoted(text) + (f"@{language}" if language else ""))
    if len(labels) == 1:
        return next(iter(by_language.values()))[0]
    return _BREAK + f" ,{_BREAK}".join(_joined(group) for group in by_language.values())


def _label_order(label: tuple[str, str, LabelKind]) -> tuple[int, str, str]:
    text, language, _ = label
    place = LANGUAGES.index(language) if language in LANGUAGES else len(LANGUAGES)
    return place, text.casefold(), text


def _joined(parts: Sequence[str]) -> str:
    lines, width = [""], 0
    for position, part in enumerate(parts):
        last = position == len(parts) - 1
        piece = part if last else f"{part} , "
        if width and width + len(piece) > _WIDTH - 12:
            lines.append("")
            width = 0
        lines[-1] += piece
        width += len(piece)
    return _BREAK.join(line.rstrip() for line in lines)


def _name(concept: str) -> str:
    scheme, _, local = concept.partition(":")
    if scheme in SCHEMES and _LOCAL.fullmatch(local):
        return concept
    return f"<{iri(concept)}>"


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'
