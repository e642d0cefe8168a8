"""The whole graph as RDF, streamed: Turtle or JSON-LD, record by record, so that memory stays bounded.

The kinds of things and their properties come from the schema, so an export says what `symbiosis.ttl` defines and
`shapes.ttl` checks.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from enum import StrEnum
from typing import TypeVar

from kg.graph.mapping import Subgraph, subgraph
from kg.graph.protocol import GraphStore
from kg.graph.resources import Literal, Resource, resources
from kg.graph.vocabulary_graph import vocabulary_subgraph
from kg.model import Record
from kg.ontology import Vocabulary
from kg.ontology.context import LANGUAGE_TAGGED, context, term
from kg.ontology.names import BASE, DCTERMS, ONTOLOGY, OWL, RDF, SCHEMA, SKOS, XSD
from kg.ontology.schema import schema
from kg.provenance import RecordKind

PAGE = 500
V = TypeVar("V")

PREFIXES = {
    "sym": ONTOLOGY,
    "rdf": RDF,
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "xsd": XSD,
    "owl": OWL,
    "skos": SKOS,
    "dcterms": DCTERMS,
    "schema": SCHEMA,
    "org": "http://www.w3.org/ns/org#",
    "prov": "http://www.w3.org/ns/prov#",
    "qudt": "http://qudt.org/schema/qudt/",
    "geo": "http://www.opengis.net/ont/geosparql#",
}


class RdfFormat(StrEnum):
    TURTLE = "turtle"
    JSON_LD = "json-ld"


def export_rdf(store: GraphStore, vocabulary: Vocabulary | None, form: RdfFormat) -> Iterator[str]:
    """Pieces of one RDF document in UTF-8 text: all records, and the vocabulary too when it is given."""
    found = _all(store, vocabulary)
    return _turtle(found) if form is RdfFormat.TURTLE else _json_ld(found)


def records(store: GraphStore, kind: RecordKind) -> Iterator[Record]:
    """All records of a kind in the order of their ids, read page by page."""
    after = ""
    while ids := store.record_ids(kind, after, PAGE):
        found = store.records(kind, ids)
        yield from (found[id_] for id_ in ids if id_ in found)
        after = ids[-1]


def _all(store: GraphStore, vocabulary: Vocabulary | None) -> Iterator[Resource]:
    if vocabulary is not None:
        yield from resources(vocabulary_subgraph(vocabulary))
    seen: set[str] = set()
    for kind in RecordKind:
        for record in records(store, kind):
            graph = subgraph((record,))
            _drop_seen(graph, seen)
            yield from resources(graph)


def _drop_seen(graph: Subgraph, seen: set[str]) -> None:
    """Write each shared node once, as the first record that names it has it."""
    for label, by_id in graph.nodes.items():
        if schema().node(label).shared:
            for id_ in [id_ for id_ in by_id if f"{label}/{id_}" in seen]:
                del by_id[id_]
            seen.update(f"{label}/{id_}" for id_ in by_id)


# --- Turtle


def _turtle(found: Iterable[Resource]) -> Iterator[str]:
    yield "".join(f"@prefix {name}: <{iri}> .\n" for name, iri in PREFIXES.items())
    for resource in found:
        parts = [f"a {_name(resource.type)}"]
        parts += [f"{_name(property_)} {_turtle_literal(value)}" for property_, value in resource.literals]
        parts += [f"{_name(property_)} <{target}>" for property_, target in resource.objects]
        yield f"\n<{resource.iri}> " + " ;\n    ".join(parts) + " .\n"


def _name(iri: str) -> str:
    for prefix, namespace in PREFIXES.items():
        if iri.startswith(namespace) and iri[len(namespace) :].isalnum():
            return f"{prefix}:{iri[len(namespace) :]}"
    return f"<{iri}>"


def _turtle_literal(literal: Literal) -> str:
    value = literal.value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return f'"{value!r}"^^{_name(literal.datatype)}'
    text = '"' + "".join(map(_escaped, value)) + '"'
    if literal.language:
        return f"{text}@{literal.language}"
    plain = literal.datatype in (XSD + "string", LANGUAGE_TAGGED)
    return text if plain else f"{text}^^{_name(literal.datatype)}"


def _escaped(character: str) -> str:
    if character in '"\\':
        return "\\" + character
    return f"\\u{ord(character):04X}" if character < " " or character == "\x7f" else character


# --- JSON-LD


def _json_ld(found: Iterable[Resource]) -> Iterator[str]:
    yield '{"@context": ' + json.dumps(context(), ensure_ascii=False) + ',\n"@graph": ['
    separator = "\n"
    for resource in found:
        yield separator + json.dumps(_object(resource), ensure_ascii=False)
        separator = ",\n"
    yield "\n]}\n"


def _object(resource: Resource) -> dict[str, object]:
    made: dict[str, object] = {"id": resource.iri.removeprefix(BASE), "type": term(resource.type)}
    _collect(made, resource.literals, _json_literal)
    _collect(made, resource.objects, lambda target: target.removeprefix(BASE) or target)
    return made


def _collect(made: dict[str, object], pairs: list[tuple[str, V]], shown: Callable[[V], object]) -> None:
    grouped: dict[str, list[object]] = {}
    for iri, value in pairs:
        grouped.setdefault(term(iri), []).append(shown(value))
    made |= {name: values if len(values) > 1 else values[0] for name, values in grouped.items()}


def _json_literal(literal: Literal) -> object:
    if literal.language:
        return {"@value": literal.value, "@language": literal.language}
    return literal.value
