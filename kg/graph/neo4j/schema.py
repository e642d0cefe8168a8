"""Constraints and indexes of graph and search, derived from the one definition, and what is wrong with those there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from kg.graph.neo4j.server import Neo4jServer, Row
from kg.ontology.schema import KEY, IndexType, NodeType, PropertyType, Schema

AWAIT = "CALL db.awaitIndexes(300)"
"""Waits until every index is filled; 300 s is far above what ours take, and a failed index raises at once."""

_SHOW = (
    "SHOW INDEXES YIELD name, type, state, labelsOrTypes, properties, owningConstraint, options "
    "RETURN name, type, state, labelsOrTypes, properties, owningConstraint, options.indexConfig AS config"
)
_WORDS = {"fulltext.analyzer": "whitespace", "fulltext.eventually_consistent": False}
"""Our own analyser has made the words, Chinese ones too; they are found as soon as they are written."""

_NEARNESS = {"vector.similarity_function": "cosine", "vector.quantization.enabled": False}
"""Vectors are not quantised: the nearest must be the nearest."""


class Kind(StrEnum):
    """Kinds of index. `UNIQUE` is a uniqueness constraint with the range index it owns."""

    UNIQUE = "uniqueness constraint"
    RANGE = "range index"
    TEXT = "text index"
    FULLTEXT = "full-text index"
    VECTOR = "vector index"


@dataclass(frozen=True, slots=True)
class Definition:
    """One index as it should be: on the first of the properties, with the others to filter by."""

    name: str
    label: str
    properties: tuple[str, ...]
    kind: Kind
    config: tuple[tuple[str, object], ...] = ()

    @property
    def statement(self) -> str:
        """The command that creates it, harmless when it exists."""
        what = "CONSTRAINT" if self.kind is Kind.UNIQUE else f"{self.kind.name} INDEX"
        first, *others = (f"n.`{prop}`" for prop in self.properties)
        where = {Kind.UNIQUE: f"REQUIRE {first} IS UNIQUE", Kind.FULLTEXT: f"ON EACH [{first}]"}
        parts = [
            f"CREATE {what} {self.name} IF NOT EXISTS FOR (n:`{self.label}`)",
            where.get(self.kind, f"ON ({first})"),
        ]
        if self.kind is Kind.VECTOR:
            parts = ["CYPHER 25", *parts, f"WITH [{', '.join(others)}]"]
        if self.config:
            settings = ", ".join(f"`{name}`: {_literal(value)}" for name, value in self.config)
            parts.append(f"OPTIONS {{indexConfig: {{{settings}}}}}")
        return " ".join(parts)

    @property
    def words(self) -> str:
        """How a person knows it."""
        return f"{self.kind} {self.name} on {self.label}({self.properties[0]})"

    def fits(self, row: Row) -> bool:
        """Whether an existing index is this one. Newer servers tell some settings under other names: those pass."""
        unique = self.kind is Kind.UNIQUE
        shape = (row["type"], row["labelsOrTypes"], row["properties"], bool(row["owningConstraint"]))
        wanted = ("RANGE" if unique else self.kind.name, [self.label], [*self.properties], unique)
        return shape == wanted and all(_literal(row["config"].get(k, v)) == _literal(v) for k, v in self.config)


def definitions(schema: Schema) -> tuple[Definition, ...]:
    """What the data needs."""
    return _of_nodes(schema.nodes)


def search_definitions(schema: Schema, dimension: object) -> tuple[Definition, ...]:
    """What the search index needs for vectors of a dimension."""
    found = schema.search
    return (*_of_nodes(found.nodes), *(_of_index(index, dimension) for index in found.indexes))


def name_of(index: IndexType) -> str:
    """Name of a full-text or vector index."""
    return f"{index.label}_{index.property}".lower()


def _of_nodes(nodes: Iterable[NodeType]) -> tuple[Definition, ...]:
    """A uniqueness constraint for the key of each node type, and an index for each indexed property."""
    found = []
    for node in nodes:
        prefix = node.label.lower()
        found.append(Definition(f"{prefix}_{KEY}", node.label, (KEY,), Kind.UNIQUE))
        found += [
            Definition(f"{prefix}_{given.name}", node.label, (given.name,), _kind(given))
            for given in node.properties
            if given.indexed
        ]
    return tuple(found)


def _kind(given: PropertyType) -> Kind:
    """Users' words go into text indexes: a range index refuses anything over 8 kB, a text index takes 32 kB."""
    return Kind.TEXT if given.datatype == "string" and not given.internal else Kind.RANGE


def _of_index(index: IndexType, dimension: object) -> Definition:
    vector = index.kind == "vector"
    config: dict[str, object] = {"vector.dimensions": dimension, **_NEARNESS} if vector else _WORDS
    kind = Kind.VECTOR if vector else Kind.FULLTEXT
    return Definition(name_of(index), index.label, (index.property, *index.filters), kind, tuple(config.items()))


def _literal(value: object) -> str:
    """A setting as Cypher writes it. The server tells some in capitals, which mean the same."""
    return f"'{value.lower()}'" if isinstance(value, str) else str(value).lower()


def prepare(server: Neo4jServer, wanted: Iterable[Definition]) -> None:
    """Create what is missing, replace indexes of another shape, and wait until all can be used. Idempotent."""
    there = _existing(server)
    work = []
    for one in wanted:
        row = there.get(one.name)
        if row is not None and not one.fits(row) and not row["owningConstraint"]:
            work.append(f"DROP INDEX {one.name} IF EXISTS")
            row = None
        if row is None:
            work.append(one.statement)
    for statement in work:
        server.define(statement)
    if work or any(row["state"] != "ONLINE" for row in there.values()):
        server.define(AWAIT)


def problems(server: Neo4jServer, wanted: Iterable[Definition]) -> list[str]:
    """Every constraint or index that is missing, of another shape, or not filled, each in one sentence; none when
    all is well."""
    there = _existing(server)
    found = []
    for one in wanted:
        row = there.get(one.name)
        if row is None:
            found.append(f"The {one.words} is missing.")
        elif not one.fits(row):
            found.append(f"The {one.words} is of another shape.")
        elif row["state"] != "ONLINE":
            found.append(f"The {one.words} is {str(row['state']).lower()}.")
    return found


def _existing(server: Neo4jServer) -> Mapping[str, Row]:
    return {row["name"]: row for row in server.rows(_SHOW)}
