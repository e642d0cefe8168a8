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
_DATATYPES = {XSD.integer: "integer", XSD.double: "number", XSD.boolean: "boolean"}
SOURCE = Path(__file__).with_name("symbiosis.ttl")


def compile_schema(source: Path = SOURCE) -> str:
    """JSON form of the schema. Raises `ValueError` when a property names a class or relation that is not defined."""
    graph = Graph().parse(source, format="turtle")
    labels = {iri: str(label) for iri, label in graph.subject_objects(SYM.nodeLabel)}
    _check(graph, labels)
    nodes = [_node(graph, iri, labels) for iri in labels]
    relations = [_relation(graph, iri, labels) for iri in graph.subjects(SYM.relationshipType)]
    document = {
        "nodes": sorted(nodes, key=lambda node: str(node["label"])),
        "relations": sorted(relations, key=lambda relation: str(relation["type"])),
    }
    version = hashlib.sha256(json.dumps(document, sort_keys=True).encode()).hexdigest()[:12]
    return json.dumps({"version": version, **document}, ensure_ascii=False, indent=1) + "\n"


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
    for predicate in (_SCHEMA.domainIncludes, _SCHEMA.rangeIncludes, SYM.indexed):
        for subject, target in graph.subject_objects(predicate):
            if target not in known:
                raise ValueError(f"{subject} names {target}, which is not a class here")
    for subject, target in graph.subject_objects(SYM.onRelation):
        if (target, SYM.relationshipType, None) not in graph:
            raise ValueError(f"{subject} names {target}, which is not a relation here")
