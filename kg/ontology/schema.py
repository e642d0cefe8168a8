"""The graph's node, relation and property types, derived from `symbiosis.ttl`.

The Turtle file is the one definition. `schema.json` is its compiled form (`python scripts/schema.py`; a test checks
that it is current), so that opening a store never has to import rdflib.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

KEY = "id"
"""Every node type has this one key property: unique, never empty."""

DATATYPES = ("string", "integer", "number", "boolean", "bytes")


@dataclass(frozen=True, slots=True)
class PropertyType:
    """A property of nodes or relations. `many` holds a list. `rdf_datatype` is the IRI of its RDF literals."""

    name: str
    iri: str
    datatype: str
    rdf_datatype: str
    many: bool
    indexed: bool
    internal: bool
    comment: str


@dataclass(frozen=True, slots=True)
class NodeType:
    """A kind of node, keyed by `id`. `shared` nodes are merged by id and go with the last record that needs them;
    `internal` ones are the store's own bookkeeping and are not exported."""

    label: str
    iri: str
    shared: bool
    internal: bool
    comment: str
    properties: tuple[PropertyType, ...]


@dataclass(frozen=True, slots=True)
class RelationType:
    """A kind of relation between the `pairs` of (from label, to label)."""

    type: str
    iri: str
    internal: bool
    pairs: tuple[tuple[str, str], ...]
    comment: str
    properties: tuple[PropertyType, ...]


@dataclass(frozen=True, slots=True)
class IndexType:
    """A `full-text` or `vector` index on a property; a vector index filters by `filters` while it searches."""

    kind: str
    label: str
    property: str
    filters: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SearchSchema:
    """What an engine that keeps the search index in the graph has beside the data. It is made from the data: nothing
    of it is exported, counted or part of the schema's version."""

    nodes: tuple[NodeType, ...]
    relations: tuple[RelationType, ...]
    indexes: tuple[IndexType, ...]

    def index(self, kind: str) -> IndexType:
        """The index of a kind; raises `KeyError` for one the definition does not know."""
        return {index.kind: index for index in self.indexes}[kind]


@dataclass(frozen=True)
class Schema:
    """Every type of the data, in order of label, and the search index; `version` is a digest of the data's types."""

    version: str
    nodes: tuple[NodeType, ...]
    relations: tuple[RelationType, ...]
    search: SearchSchema

    @cached_property
    def node_by_label(self) -> dict[str, NodeType]:
        return {node.label: node for node in self.nodes}

    @cached_property
    def relation_by_type(self) -> dict[str, RelationType]:
        return {relation.type: relation for relation in self.relations}

    def node(self, label: str) -> NodeType:
        """The node type of a label; raises `KeyError` for one the definition does not know."""
        return self.node_by_label[label]

    def relation(self, type_: str) -> RelationType:
        """The relation type of a name; raises `KeyError` for one the definition does not know."""
        return self.relation_by_type[type_]

    def sharing(self, label: str) -> tuple[tuple[str, str], ...]:
        """(from label, relation type) of every relation that can need a node of this label."""
        return tuple((a, r.type) for r in self.relations for a, b in r.pairs if b == label)


@cache
def schema() -> Schema:
    """The shipped schema."""
    return read_schema(Path(__file__).with_name("schema.json").read_text("utf-8"))


def read_schema(text: str) -> Schema:
    """A schema from its compiled form."""
    document: dict[str, Any] = json.loads(text)
    search = document["search"]
    indexes = tuple(IndexType(**{**given, "filters": tuple(given["filters"])}) for given in search["indexes"])
    return Schema(document["version"], *_types(document), search=SearchSchema(*_types(search), indexes=indexes))


def _types(document: dict[str, Any]) -> tuple[tuple[NodeType, ...], tuple[RelationType, ...]]:
    nodes = tuple(NodeType(**{**given, "properties": _properties(given)}) for given in document["nodes"])
    relations = tuple(
        RelationType(**{**given, "pairs": tuple((a, b) for a, b in given["pairs"]), "properties": _properties(given)})
        for given in document["relations"]
    )
    return nodes, relations


def _properties(owner: dict[str, Any]) -> tuple[PropertyType, ...]:
    return tuple(PropertyType(**given) for given in owner["properties"])
