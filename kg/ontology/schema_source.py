"""Compiles `symbiosis.ttl` into the schema's JSON form. The only place where the graph schema meets rdflib."""

from __future__ import annotations

import hashlib
import json
from itertools import product
from pathlib import Path
from typing import Any

from rdflib import OWL, RDFS, XSD, Graph, Namespace, URIRef
from rdflib.term import Node

from kg.ontology.names import ONTOLOGY, SCHEMA

SYM = Namespace(ONTOLOGY)
_SCHEMA = Namespace(SCHEMA)
_DATATYPES = {
    XSD.integer: "integer",
    XSD.double: "number",
    XSD.float: "number",
    XSD.boolean: "boolean",
    XSD.base64Binary: "bytes",
}
SOURCE = Path(__file__).with_name("symbiosis.ttl")


def compile_schema(source: Path = SOURCE) -> str:
    """JSON form of the schema. Raises `ValueError` when a property names a class or relation that is not defined."""
    graph = Graph().parse(source, format="turtle")
    labels = {iri: str(label) for iri, label in graph.subject_objects(SYM.nodeLabel)}
    _check(graph, labels)
    data = _types(graph, labels, search=False)
    version = hashlib.sha256(json.dumps(data, sort_keys=True).encode()).hexdigest()[:12]
    search = {**_types(graph, labels, search=True), "indexes": _indexes(graph, labels)}
    return json.dumps({"version": version, **data, "search": search}, ensure_ascii=False, indent=1) + "\n"


def _types(graph: Graph, labels: dict[Node, str], search: bool) -> dict[str, list[dict[str, Any]]]:
    """Node and relation types of the data, or those of the search index."""
    relations = graph.subjects(SYM.relationshipType)
    nodes = [_node(graph, iri, labels) for iri in labels if _flag(graph, iri, SYM.searchIndex) is search]
    related = [_relation(graph, iri, labels) for iri in relations if _flag(graph, iri, SYM.searchIndex) is search]
    return {
        "nodes": sorted(nodes, key=lambda node: str(node["label"])),
        "relations": sorted(related, key=lambda relation: str(relation["type"])),
    }


def _indexes(graph: Graph, labels: dict[Node, str]) -> list[dict[str, Any]]:
    """The full-text and vector indexes, with the properties that a vector index holds to filter by."""
    found = []
    for kind, annotation in (("full-text", SYM.fullTextIndexed), ("vector", SYM.vectorIndexed)):
        for iri, owner in graph.subject_objects(annotation):
            filters = graph.subjects(SYM.filtersVectors, owner) if kind == "vector" else ()
            found.append(
                {
                    "kind": kind,
                    "label": labels[owner],
                    "property": str(graph.value(iri, SYM.propertyName)),
                    "filters": sorted(str(graph.value(one, SYM.propertyName)) for one in filters),
                }
            )
    return sorted(found, key=lambda index: (index["label"], index["kind"]))


def _node(graph: Graph, iri: Node, labels: dict[Node, str]) -> dict[str, Any]:
    owned = [p for p in graph.subjects(_SCHEMA.domainIncludes, iri) if (p, SYM.propertyName, None) in graph]
    return {
        "label": labels[iri],
        "iri": str(iri),
        "shared": _flag(graph, iri, SYM.shared),
        "internal": _flag(graph, iri, SYM.internal),
        "comment": str(graph.value(iri, RDFS.comment) or ""),
        "properties": _sorted(_property(graph, p, (p, SYM.indexed, iri) in graph) for p in owned),
    }


def _relation(graph: Graph, iri: Node, labels: dict[Node, str]) -> dict[str, Any]:
    domains = sorted(labels[c] for c in graph.objects(iri, _SCHEMA.domainIncludes))
    ranges = sorted(labels[c] for c in graph.objects(iri, _SCHEMA.rangeIncludes))
    return {
        "type": str(graph.value(iri, SYM.relationshipType)),
        "iri": str(iri),
        "internal": _flag(graph, iri, SYM.internal),
        "comment": str(graph.value(iri, RDFS.label) or ""),
        "pairs": list(product(domains, ranges)),
        "properties": _sorted(_property(graph, p, False) for p in graph.subjects(SYM.onRelation, iri)),
    }


def _property(graph: Graph, iri: Node, indexed: bool) -> dict[str, Any]:
    kind = graph.value(iri, RDFS.range)
    return {
        "name": str(graph.value(iri, SYM.propertyName)),
        "iri": str(iri),
        "datatype": _DATATYPES.get(kind, "string") if isinstance(kind, URIRef) else "string",
        "rdf_datatype": str(kind or XSD.string),
        "many": _flag(graph, iri, SYM.many),
        "indexed": indexed,
        "internal": _flag(graph, iri, SYM.internal),
        "comment": str(graph.value(iri, RDFS.label) or ""),
    }


def _sorted(properties: Any) -> list[dict[str, Any]]:
    return sorted(properties, key=lambda given: str(given["name"]))


def _flag(graph: Graph, subject: Node, predicate: URIRef) -> bool:
    value = graph.value(subject, predicate)
    return value is not None and str(value) == "true"


def _check(graph: Graph, labels: dict[Node, str]) -> None:
    known = set(labels) | {c for c, _, _ in graph.triples((None, None, OWL.Class))}
    indexing = (SYM.indexed, SYM.fullTextIndexed, SYM.vectorIndexed, SYM.filtersVectors)
    for predicate in (_SCHEMA.domainIncludes, _SCHEMA.rangeIncludes, *indexing):
        for subject, target in graph.subject_objects(predicate):
            if target not in known:
                raise ValueError(f"{subject} names {target}, which is not a class here")
    for subject, target in graph.subject_objects(SYM.onRelation):
        if (target, SYM.relationshipType, None) not in graph:
            raise ValueError(f"{subject} names {target}, which is not a relation here")
