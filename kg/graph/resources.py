"""Nodes and relations as RDF resources: what every RDF format writes, independent of its syntax."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from kg.graph.mapping import Row, Subgraph
from kg.ontology.context import LANGUAGE_TAGGED
from kg.ontology.names import BASE, ONTOLOGY, RDF
from kg.ontology.names import iri as concept_iri
from kg.ontology.schema import PropertyType, RelationType, schema

LINK = ONTOLOGY + "Link"


@dataclass(frozen=True, slots=True)
class Literal:
    """A value in RDF; `language` is set for language-tagged text only."""

    value: str | int | float | bool
    datatype: str
    language: str = ""


@dataclass(slots=True)
class Resource:
    """One subject with its type, literals and relations, each as (IRI of the property, value)."""

    iri: str
    type: str
    literals: list[tuple[str, Literal]] = field(default_factory=list)
    objects: list[tuple[str, str]] = field(default_factory=list)


def node_iri(label: str, id_: str) -> str:
    """IRI of a node. Concepts and schemes keep the IRIs of their scheme files."""
    if label == "Concept":
        return concept_iri(_quoted(id_))
    if label == "Scheme":
        return f"{BASE}{_quoted(id_)}/"
    return f"{BASE}{label.lower()}/{_quoted(id_)}"


def resources(graph: Subgraph) -> Iterator[Resource]:
    """Every node of the graph as a resource, then the judgements of its links."""
    objects: dict[tuple[str, str], list[tuple[str, str]]] = defaultdict(list)
    links: list[Resource] = []
    for (type_, start, end), rows in graph.relations.items():
        relation = schema().relation(type_)
        for row in rows if not relation.internal else ():
            objects[(start, row["a"])].append((relation.iri, node_iri(end, row["b"])))
            if relation.properties:
                links.append(_link(relation, start, end, row))
    for label, by_id in graph.nodes.items():
        node = schema().node(label)
        for id_, row in by_id.items() if not node.internal else ():
            yield Resource(node_iri(label, id_), node.iri, _literals(row, node.properties), objects[(label, id_)])
    yield from links


def _link(relation: RelationType, start: str, end: str, row: Row) -> Resource:
    subject, target = node_iri(start, row["a"]), node_iri(end, row["b"])
    return Resource(
        iri=f"{BASE}link/{relation.type.lower()}/{_quoted(row['a'])}/{_quoted(row['b'])}",
        type=LINK,
        literals=_literals(row, relation.properties),
        objects=[(RDF + "subject", subject), (RDF + "predicate", relation.iri), (RDF + "object", target)],
    )


def _literals(row: Row, properties: Sequence[PropertyType]) -> list[tuple[str, Literal]]:
    found = []
    for given in properties:
        value = row.get(given.name)
        for one in value if isinstance(value, list) else (value,):
            if one not in (None, "") and not given.internal:
                found.append((given.iri, _literal(one, given)))
    return found


def _literal(value: Any, given: PropertyType) -> Literal:
    if given.rdf_datatype == LANGUAGE_TAGGED:
        text, _, language = str(value).rpartition("@")
        return Literal(text, LANGUAGE_TAGGED, language)
    return Literal(value, given.rdf_datatype)


def _quoted(id_: str) -> str:
    return quote(id_, safe=":-._~")
