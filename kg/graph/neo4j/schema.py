"""Constraints and indexes of the graph, derived from the one definition, and what is wrong with those that exist."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from kg.graph.neo4j.server import Neo4jServer, Row
from kg.ontology.schema import KEY, PropertyType, Schema

AWAIT = "CALL db.awaitIndexes(300)"
"""Waits until every index is filled; 300 s is far above what ours take, and a failed index raises at once."""

_SHOW = "SHOW INDEXES YIELD name, type, state, labelsOrTypes, properties, owningConstraint"


class Kind(StrEnum):
    """Kinds of index. `UNIQUE` is a uniqueness constraint with the range index it owns."""

    UNIQUE = "uniqueness constraint"
    RANGE = "range index"
    TEXT = "text index"


@dataclass(frozen=True, slots=True)
class Definition:
    """One index as it should be."""

    name: str
    label: str
    prop: str
    kind: Kind

    @property
    def statement(self) -> str:
        """The command that creates it, harmless when it exists."""
        if self.kind is Kind.UNIQUE:
            return f"CREATE CONSTRAINT {self.name} IF NOT EXISTS FOR (n:`{self.label}`) REQUIRE n.`{KEY}` IS UNIQUE"
        kind = self.kind.name
        return f"CREATE {kind} INDEX {self.name} IF NOT EXISTS FOR (n:`{self.label}`) ON (n.`{self.prop}`)"

    @property
    def words(self) -> str:
        """How a person knows it."""
        return f"{self.kind} {self.name} on {self.label}({self.prop})"

    def fits(self, row: Row) -> bool:
        """Whether an existing index is this one."""
        unique = self.kind is Kind.UNIQUE
        shape = (row["type"], row["labelsOrTypes"], row["properties"], bool(row["owningConstraint"]))
        return shape == ("RANGE" if unique else self.kind.name, [self.label], [self.prop], unique)


def definitions(schema: Schema) -> tuple[Definition, ...]:
    """A uniqueness constraint for the key of each node type, and an index for each indexed property."""
    found = []
    for node in schema.nodes:
        prefix = node.label.lower()
        found.append(Definition(f"{prefix}_{KEY}", node.label, KEY, Kind.UNIQUE))
        found += [
            Definition(f"{prefix}_{given.name}", node.label, given.name, _kind(given))
            for given in node.properties
            if given.indexed
        ]
    return tuple(found)


def _kind(given: PropertyType) -> Kind:
    """Users' words go into text indexes: a range index refuses anything over 8 kB, a text index takes 32 kB."""
    return Kind.TEXT if given.datatype == "string" and not given.internal else Kind.RANGE


def prepare(server: Neo4jServer, schema: Schema) -> None:
    """Create what is missing, replace indexes of another shape, and wait until all can be used. Idempotent."""
    there = _existing(server)
    work = []
    for wanted in definitions(schema):
        row = there.get(wanted.name)
        if row is not None and not wanted.fits(row) and not row["owningConstraint"]:
            work.append(f"DROP INDEX {wanted.name} IF EXISTS")
            row = None
        if row is None:
            work.append(wanted.statement)
    for statement in work:
        server.define(statement)
    if work or any(row["state"] != "ONLINE" for row in there.values()):
        server.define(AWAIT)


def problems(server: Neo4jServer, schema: Schema) -> list[str]:
    """Every constraint or index that is missing, of another shape, or not filled, each in one sentence; none when
    all is well."""
    there = _existing(server)
    found = []
    for wanted in definitions(schema):
        row = there.get(wanted.name)
        if row is None:
            found.append(f"The {wanted.words} is missing.")
        elif not wanted.fits(row):
            found.append(f"The {wanted.words} is of another shape.")
        elif row["state"] != "ONLINE":
            found.append(f"The {wanted.words} is {str(row['state']).lower()}.")
    return found


def _existing(server: Neo4jServer) -> Mapping[str, Row]:
    return {row["name"]: row for row in server.rows(_SHOW)}
